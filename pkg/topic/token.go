package topic

import (
	"strings"
	"unicode/utf8"
)

// A token is one word of a text as the matcher sees it.
type token struct {
	start, end int32  // byte range in the text
	hash       uint32 // of the word as appendLower writes it
	brk        bool   // a ';', ':', '(' or ')' stands between it and the word before
	curly      bool   // holds U+2019: its spelling in lower case has other bytes
}

// maxTokens bounds the words read of one sentence. Longer "sentences" are pasted tables and logs.
const maxTokens = 400

// tokens appends the words of text to dst. A word is a run of letters, digits, '_' and bytes above
// 0x7f; an apostrophe between letters belongs to it ("don't"), a possessive 's does not. "C++" is one
// word. Everything else separates, so a hyphen or a slash matches like a space.
func tokens(dst []token, text string) []token {
	brk := false
	for i := 0; i < len(text) && len(dst) < maxTokens; {
		c := text[i]
		if wordFold[c] == 0 {
			brk = brk || c == ';' || c == ':' || c == '(' || c == ')'
			i++
			continue
		}
		if curly(text, i) {
			i += 3
			continue
		}
		if n := address(text[i:]); n > 0 {
			i += n
			continue
		}
		t := token{start: int32(i), hash: fnvOffset, brk: brk}
		stem := t.hash // of what stands before the last apostrophe
		for i < len(text) {
			low := wordFold[text[i]]
			if low == 0 && text[i] != '\'' {
				break
			}
			if low == 0 || low == curlyLead {
				if n := apostrophe(text, int(t.start), i); n > 0 {
					stem = t.hash
					t.hash = (t.hash ^ '\'') * fnvPrime
					t.curly = t.curly || n > 1
					i += n
					continue
				}
				if low == 0 || curly(text, i) {
					break
				}
			}
			t.hash = (t.hash ^ uint32(low)) * fnvPrime
			i++
		}
		t.end = int32(i)
		if n := possessive(text[t.start:t.end]); n > 0 {
			t.end -= int32(n)
			t.hash = stem
		}
		if t.end-t.start == 1 && (c == 'c' || c == 'C') && i+1 < len(text) && text[i] == '+' && text[i+1] == '+' {
			i += 2
			t.end = int32(i)
			t.hash = ((t.hash^'+')*fnvPrime ^ '+') * fnvPrime
		}
		dst = append(dst, t)
		brk = false
	}
	return dst
}

// wordFold gives for each byte of a word the byte in lower case, 0 for all that parts words. Read only.
var wordFold = func() (fold [256]byte) {
	for c := range fold {
		switch b := byte(c); {
		case b >= 'A' && b <= 'Z':
			fold[c] = b + 'a' - 'A'
		case wordByte(b):
			fold[c] = b
		}
	}
	return fold
}()

// address returns the length of the web address that text starts with, 0 for none. The words of an
// address say nothing: every second mail links to a page of the project.
func address(text string) int {
	if len(text) < 8 || text[0] != 'h' || !strings.HasPrefix(text, "http://") && !strings.HasPrefix(text, "https://") {
		return 0
	}
	if n := strings.IndexAny(text, " \t\n<>)]\""); n >= 0 {
		return n
	}
	return len(text)
}

func wordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c >= utf8.RuneSelf
}

// curlyLead is the first byte of typographic quotation marks and dashes in UTF-8.
const curlyLead = 0xe2

// curly says that a typographic quotation mark or dash (U+2010 to U+203F) starts at i: it separates.
func curly(text string, i int) bool {
	return text[i] == curlyLead && i+2 < len(text) && text[i+1] == 0x80 && text[i+2] >= 0x90 && text[i+2] <= 0xbf
}

// apostrophe returns the length of the apostrophe at i when it stands inside a word, else 0.
//
// QUIRK: mailers write U+2019 for the ASCII apostrophe; both count.
func apostrophe(text string, start, i int) int {
	var n int
	switch {
	case text[i] == '\'':
		n = 1
	case curly(text, i) && text[i+2] == 0x99:
		n = 3
	default:
		return 0
	}
	if i == start || i+n >= len(text) || !wordByte(text[i+n]) || curly(text, i+n) {
		return 0
	}
	return n
}

func possessive(word string) int {
	n := len(word)
	if n > 2 && word[n-2] == '\'' && (word[n-1] == 's' || word[n-1] == 'S') {
		return 2
	}
	if n > 4 && word[n-4:n-1] == "\u2019" && (word[n-1] == 's' || word[n-1] == 'S') {
		return 4
	}
	return 0
}

// Words are hashed by FNV-1a, 32 bits.
const (
	fnvOffset uint32 = 2166136261
	fnvPrime  uint32 = 16777619
)

// appendLower appends word in lower case, with U+2019 as the ASCII apostrophe, and returns a hash of what it appended.
func appendLower(dst []byte, word string) ([]byte, uint32) {
	h := fnvOffset
	for i := 0; i < len(word); i++ {
		c := word[i]
		switch {
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		case c == curlyLead && i+2 < len(word) && word[i+1] == 0x80 && word[i+2] == 0x99:
			c = '\''
			i += 2
		}
		dst = append(dst, c)
		h = (h ^ uint32(c)) * fnvPrime
	}
	return dst, h
}

// lowered returns word as the matcher compares it.
func lowered(word string) string {
	b, _ := appendLower(nil, word)
	return string(b)
}
