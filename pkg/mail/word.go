package mail

import (
	"bytes"
	"encoding/base64"
	"unicode/utf8"
)

// encodedWord reads an RFC 2047 word at the start of s. n is its length, 0 when there is none.
// QUIRK: blanks and quotes inside the word, which the RFC forbids, are common enough:
// =?UTF-8?Q? "First_Last" ?= occurs in real mail.
func encodedWord(s []byte) (charset, text []byte, enc byte, n int) {
	const longest = 1024 // the RFC says 75
	if len(s) < 8 || s[0] != '=' || s[1] != '?' {
		return nil, nil, 0, 0
	}
	s = s[:min(len(s), longest)]
	q1 := bytes.IndexByte(s[2:], '?')
	if q1 <= 0 || q1 > 40 {
		return nil, nil, 0, 0
	}
	q1 += 2
	if q1+2 >= len(s) || s[q1+2] != '?' {
		return nil, nil, 0, 0
	}
	enc = s[q1+1] | 0x20
	if enc != 'q' && enc != 'b' {
		return nil, nil, 0, 0
	}
	body := q1 + 3
	end := bytes.Index(s[body:], []byte("?="))
	if end < 0 {
		return nil, nil, 0, 0
	}
	charset = s[2:q1]
	if star := bytes.IndexByte(charset, '*'); star >= 0 {
		charset = charset[:star] // RFC 2231 language
	}
	return charset, s[body : body+end], enc, body + end + 2
}

// decodeWord appends the bytes of an encoded word's text to dst, still in its charset.
func decodeWord(dst, text []byte, enc byte, d *defects) []byte {
	if enc == 'b' {
		clean := make([]byte, 0, len(text))
		for _, c := range text {
			if c > ' ' && c != '=' {
				clean = append(clean, c)
			}
		}
		out, err := base64.RawStdEncoding.AppendDecode(dst, clean)
		if err != nil {
			d.add(DefectBadEncodedWord)
		}
		return out
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '_':
			dst = append(dst, ' ')
		case '=':
			if i+2 < len(text) {
				hi, lo := unhex(text[i+1]), unhex(text[i+2])
				if hi < 16 && lo < 16 {
					dst = append(dst, hi<<4|lo)
					i += 2
					continue
				}
			}
			d.add(DefectBadEncodedWord)
			dst = append(dst, c)
		case ' ', '\t', '\r', '\n':
			d.add(DefectBadEncodedWord)
			dst = append(dst, ' ')
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

func unhex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 0xff
}

// appendText appends the unstructured header text src to dst: encoded words decoded, white space
// folded to single blanks and trimmed, everything that could disturb a terminal or turn the reading
// order removed, valid UTF-8.
func appendText(dst, src []byte, d *defects) []byte {
	if plainText(src) {
		return append(dst, src...)
	}
	if bytes.Contains(src, []byte("=?")) {
		src = decodeWords(src, d)
	} else if !isASCII(src) {
		d.add(DefectRaw8BitHeader)
		src = guessUTF8(src)
	}
	return appendClean(dst, src, d)
}

// plainText reports whether s needs no work at all.
func plainText(s []byte) bool {
	prev := byte(' ')
	for _, c := range s {
		if c < ' ' || c > '~' || c == '?' && prev == '=' || c == ' ' && prev == ' ' {
			return false
		}
		prev = c
	}
	return prev != ' ' || len(s) == 0
}

func decodeWords(src []byte, d *defects) []byte {
	var out, pend []byte // pend: bytes of encoded words in one charset, not yet converted
	var pendCharset []byte
	flush := func() {
		if pend != nil {
			word := &defects{}
			text := toUTF8(string(pendCharset), pend, word)
			if len(word.names) > 0 {
				d.add(DefectUnknownCharset)
			}
			out = append(out, text...)
			pend = nil
		}
	}
	for i := 0; i < len(src); {
		charset, text, enc, n := encodedWord(src[i:])
		if n > 0 {
			// QUIRK: one character cut in two between adjacent words, which the RFC forbids: join the
			// bytes first and convert then.
			if pend != nil && !bytes.EqualFold(charset, pendCharset) {
				flush()
			}
			pendCharset = charset
			if pend == nil {
				pend = []byte{}
			}
			pend = decodeWord(pend, text, enc, d)
			i += n
			continue
		}
		if pend != nil {
			// White space between two encoded words is no text.
			j := i
			for j < len(src) && isSpace(src[j]) {
				j++
			}
			if _, _, _, n := encodedWord(src[j:]); j > i && n > 0 {
				i = j
				continue
			}
			flush()
		}
		// Plain bytes up to the next candidate.
		j := i + 1
		for j < len(src) && !(src[j] == '=' && j+1 < len(src) && src[j+1] == '?') {
			j++
		}
		piece := src[i:j]
		if !isASCII(piece) {
			d.add(DefectRaw8BitHeader)
			piece = guessUTF8(piece)
		}
		out = append(out, piece...)
		i = j
	}
	flush()
	return out
}

// appendClean appends s with white space folded and trimmed and without control characters.
func appendClean(dst, s []byte, d *defects) []byte {
	start := len(dst)
	blank := false
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			i++
			switch {
			case isSpace(c):
				blank = true
			case c < ' ' || c == 0x7f:
				d.add(DefectControlCharacters)
			default:
				if blank && len(dst) > start {
					dst = append(dst, ' ')
				}
				blank = false
				dst = append(dst, c)
			}
			continue
		}
		r, n := utf8.DecodeRune(s[i:])
		i += n
		switch {
		case r == 0xa0 || r == 0x2028 || r == 0x2029:
			blank = true
		case hidden(r):
			d.add(DefectControlCharacters)
		default:
			if r == utf8.RuneError && n == 1 {
				d.add(DefectBadUTF8)
			}
			if blank && len(dst) > start {
				dst = append(dst, ' ')
			}
			blank = false
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst
}

// hidden reports whether r is a C1 control, a mark that overrides the reading direction, or one of the
// invisible characters used to make two names look the same.
func hidden(r rune) bool {
	return 0x80 <= r && r <= 0x9f ||
		r == 0xad || r == 0x61c || r == 0x200b || r == 0x200e || r == 0x200f || r == 0xfeff ||
		0x202a <= r && r <= 0x202e || 0x2060 <= r && r <= 0x206f ||
		0xe0000 <= r && r <= 0xe007f
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f'
}

// cut shortens s to at most n bytes without cutting a character.
func cut(s []byte, n int) []byte {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
