package index

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxToken is the longest word that is indexed, in bytes. Longer ones are encoded data.
const maxToken = 64

// fold brings text to the form in which it is indexed: lower case, no accents, plain apostrophes.
func fold(s string) string {
	ascii := true
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			ascii = false
			break
		}
	}
	if ascii {
		return strings.ToLower(s)
	}
	return string(appendFold(make([]byte, 0, len(s)), s))
}

// appendFold appends the folded form of s.
func appendFold(b []byte, s string) []byte {
	for {
		ascii := 0
		for ascii < len(s) && s[ascii] < utf8.RuneSelf {
			ascii++
		}
		start := len(b)
		b = append(b, s[:ascii]...)
		for i, c := range b[start:] {
			if 'A' <= c && c <= 'Z' {
				b[start+i] = c + 'a' - 'A'
			}
		}
		if s = s[ascii:]; s == "" {
			return b
		}
		r, n := utf8.DecodeRuneInString(s)
		b = foldRune(b, r)
		s = s[n:]
	}
}

// foldRune appends the folded form of a rune beyond ASCII.
func foldRune(b []byte, r rune) []byte {
	switch r {
	case '’', 'ʼ':
		return append(b, '\'')
	case 'ł', 'Ł': // these have no decomposition
		return append(b, 'l')
	case 'ø', 'Ø':
		return append(b, 'o')
	case 'đ', 'Đ':
		return append(b, 'd')
	}
	var buf [utf8.UTFMax]byte
	size := utf8.EncodeRune(buf[:], r)
	parts := norm.NFKD.Properties(buf[:size]).Decomposition()
	if parts == nil {
		parts = buf[:size]
	}
	for len(parts) > 0 {
		r, n := utf8.DecodeRune(parts)
		parts = parts[n:]
		if !unicode.Is(unicode.Mn, r) {
			b = utf8.AppendRune(b, unicode.ToLower(r))
		}
	}
	return b
}

// Classes of bytes of folded text.
const (
	gap   = iota
	wordy // letters, digits, underscore
	quote // ' joins letters
	multi // part of a rune beyond ASCII
)

var byteClass = func() (t [256]uint8) {
	for c := range 256 {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '_':
			t[c] = wordy
		case c == '\'':
			t[c] = quote
		case c >= utf8.RuneSelf:
			t[c] = multi
		}
	}
	return t
}()

// cutWord finds the next word of folded text at or after i: from..to, with end behind everything
// that belongs to it. Without a word from is len(s).
//
// Words are runs of letters, digits and underscores; an apostrophe between letters belongs to the
// word, a final 's does not. Each ideograph and kana is a word of its own.
func cutWord(s string, i int) (from, to, end int) {
	for {
		for i < len(s) && (byteClass[s[i]] == gap || byteClass[s[i]] == quote) {
			i++
		}
		if i >= len(s) {
			return len(s), len(s), len(s)
		}
		from = i
		n := 0
		for i < len(s) {
			switch byteClass[s[i]] {
			case wordy:
				i++
				continue
			case quote:
				if i > from && i+1 < len(s) && isLetter(s[i-1]) && isLetter(s[i+1]) {
					i++
					continue
				}
			case multi:
				var r rune
				r, n = utf8.DecodeRuneInString(s[i:])
				if alone(r) {
					if i == from {
						return from, i + n, i + n
					}
				} else if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r) {
					i += n
					continue
				}
			}
			break
		}
		if i == from { // a rune that is no part of any word
			i += max(n, 1)
			continue
		}
		to, end = i, i
		if to-from > 2 && s[to-2:to] == "'s" {
			to -= 2
		}
		if strings.Trim(s[from:to], "_") == "" {
			continue
		}
		return from, to, end
	}
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || c >= utf8.RuneSelf }

// alone tells the scripts that are written without spaces.
func alone(r rune) bool {
	return r >= 0x2e80 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

// words cuts text into its words, folded.
func words(text string) []string {
	s := fold(text)
	var out []string
	for i := 0; i < len(s); {
		from, to, end := cutWord(s, i)
		if from < len(s) {
			out = append(out, s[from:to])
		}
		i = end
	}
	return out
}

// holdsPhrase tells whether folded text has the given words one after the other. With prefix the
// last one needs only to begin so.
func holdsPhrase(s string, phrase []string, prefix bool) bool {
	first := phrase[0]
	for at := 0; ; {
		i := strings.Index(s[at:], first)
		if i < 0 {
			return false
		}
		at += i
		if phraseAt(s, at, phrase, prefix) {
			return true
		}
		at++
	}
}

func phraseAt(s string, at int, phrase []string, prefix bool) bool {
	// The word must begin here: what stands before is no part of it.
	if at > 0 {
		r, _ := utf8.DecodeLastRuneInString(s[:at])
		if r == '_' || (unicode.IsLetter(r) || unicode.IsDigit(r)) && !alone(r) {
			return false
		}
		if r == '\'' && at > 1 && isLetter(s[at-2]) && isLetter(s[at]) {
			return false
		}
	}
	i := at
	for k, w := range phrase {
		from, to, end := cutWord(s, i)
		last := prefix && k == len(phrase)-1
		if s[from:to] != w && !(last && strings.HasPrefix(s[from:to], w)) || k == 0 && from != at {
			return false
		}
		i = end
	}
	return true
}
