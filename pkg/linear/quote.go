package linear

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Key names a sentence without showing it: 16 hex digits of the SHA-256 of its letters and digits in
// lower case. Labels that must not carry text name their sentence so.
func Key(sentence string) string {
	sum := sha256.Sum256([]byte(letters(sentence)))
	return hex.EncodeToString(sum[:8])
}

// FindQuote returns the index of the sentence that holds quote, comparing letters and digits only; -1
// when none does. A quotation that runs over a sentence's end is found by its first half.
func FindQuote(sentences []string, quote string) int {
	want := letters(quote)
	if len(want) < 4 {
		return -1
	}
	for i, s := range sentences {
		if got := letters(s); strings.Contains(got, want) || len(got) >= 12 && strings.Contains(want, got) {
			return i
		}
	}
	if n := len(want) / 2; n >= 12 {
		for i, s := range sentences {
			if strings.Contains(letters(s), want[:n]) {
				return i
			}
		}
	}
	return -1
}

// letters returns the letters and digits of s in lower case.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r >= 0x80:
			return r
		}
		return -1
	}, s)
}
