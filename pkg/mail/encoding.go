package mail

import (
	"bytes"
	"encoding/base64"
)

// decodeTransfer undoes a Content-Transfer-Encoding as far as it can be undone. The result may share
// memory with b.
func decodeTransfer(encoding, b []byte, d *defects) []byte {
	encoding = bytes.TrimSpace(encoding)
	switch {
	case len(encoding) == 0, equalFold(encoding, "7bit"), equalFold(encoding, "8bit"), equalFold(encoding, "binary"):
		return b
	case equalFold(encoding, "quoted-printable"):
		return decodeQuotedPrintable(b, d)
	case equalFold(encoding, "base64"):
		return decodeBase64(b, d)
	}
	// QUIRK: 8-bit, 8bits, utf-8, 7-bit and the like stand for no encoding at all.
	d.add(DefectBadTransferEncoding)
	return b
}

// decodeQuotedPrintable follows RFC 2045, 6.7; an = that starts no code is kept as it is.
func decodeQuotedPrintable(b []byte, d *defects) []byte {
	out := make([]byte, 0, len(b))
	for len(b) > 0 {
		line, rest := b, []byte(nil)
		newline := false
		if i := bytes.IndexByte(b, '\n'); i >= 0 {
			line, rest, newline = b[:i], b[i+1:], true
		}
		b = rest
		line = bytes.TrimRight(line, " \t\r")
		soft := false
		for len(line) > 0 {
			i := bytes.IndexByte(line, '=')
			if i < 0 {
				out = append(out, line...)
				break
			}
			out = append(out, line[:i]...)
			line = line[i+1:]
			switch {
			case len(line) == 0:
				soft = true
			case len(line) >= 2 && unhex(line[0]) < 16 && unhex(line[1]) < 16:
				out = append(out, unhex(line[0])<<4|unhex(line[1]))
				line = line[2:]
			default:
				d.add(DefectBadEncoding)
				out = append(out, '=')
			}
		}
		if newline && !soft {
			out = append(out, '\n')
		}
	}
	return out
}

// base64Class sorts bytes of a base64 body: 0 foreign, 1 alphabet, 2 padding, 3 white space.
func base64Class(c byte) uint8 {
	switch {
	case 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '+', c == '/':
		return 1
	case c == '=':
		return 2
	case isSpace(c):
		return 3
	}
	return 0
}

// decodeBase64 decodes line by line.
// QUIRK: list software appends its footer in plain text below the base64 lines; it is kept as text. Padding in
// the middle comes from encoders that work in pieces.
func decodeBase64(b []byte, d *defects) []byte {
	out := make([]byte, 0, base64.StdEncoding.DecodedLen(len(b)))
	var pend []byte // alphabet only
	flush := func() {
		if len(pend)%4 == 1 {
			d.add(DefectBadEncoding)
			pend = pend[:len(pend)-1]
		}
		decoded, err := base64.RawStdEncoding.AppendDecode(out, pend)
		if err != nil {
			d.add(DefectBadEncoding)
		}
		out = decoded
		pend = pend[:0]
	}
	for len(b) > 0 {
		line, rest := b, []byte(nil)
		if i := bytes.IndexByte(b, '\n'); i >= 0 {
			line, rest = b[:i+1], b[i+1:]
		}
		if foreign(line) {
			d.add(DefectBadEncoding)
			flush()
			if len(out) > 0 && out[len(out)-1] != '\n' {
				out = append(out, '\n')
			}
			return append(out, b...)
		}
		for _, c := range line {
			switch base64Class(c) {
			case 1:
				pend = append(pend, c)
			case 2:
				if len(pend) > 0 {
					flush()
				}
			}
		}
		b = rest
	}
	flush()
	return out
}

// foreign reports whether a line can be no base64: a byte outside the alphabet, or words.
func foreign(line []byte) bool {
	inside := bytes.TrimSpace(line)
	for _, c := range inside {
		if base64Class(c) == 0 || c == ' ' {
			return true
		}
	}
	// Lines of one repeated sign are rules above a footer, not data.
	return len(inside) >= 4 && inside[0] == '=' && bytes.Count(inside, inside[:1]) == len(inside)
}

// A sizer counts the decoded bytes written to it.
type sizer struct {
	base64 bool
	n      int
}

func (s *sizer) Write(p []byte) (int, error) {
	s.count(p)
	return len(p), nil
}

func (s *sizer) count(p []byte) {
	if !s.base64 {
		s.n += len(p)
		return
	}
	// Line ends and padding are all that stands between the letters.
	s.n += len(p) - bytes.Count(p, []byte("\n")) - bytes.Count(p, []byte("\r")) - bytes.Count(p, []byte("="))
}

func (s *sizer) bytes() int {
	if s.base64 {
		return s.n * 3 / 4
	}
	return s.n
}
