package mail

import (
	"bytes"
	"io"
	"unicode/utf8"

	"github.com/emersion/go-message/charset"
)

// Names under which mail programs declare that they know nothing better than bytes, or plain ASCII.
// QUIRK: charset=y comes from people who answer yes to a question of git send-email.
func plainCharset(name string) (utf8OK, known bool) {
	switch {
	case name == "", equalFold(name, "us-ascii"), equalFold(name, "ascii"), equalFold(name, "ansi_x3.4-1968"):
		return false, true
	case equalFold(name, "utf-8"), equalFold(name, "utf8"):
		return true, true
	}
	return false, false
}

// toUTF8 converts b from the charset of the given name. The result may still hold invalid UTF-8 when
// the input did; it may share memory with b.
func toUTF8(name string, b []byte, d *defects) []byte {
	isUTF8, known := plainCharset(name)
	switch {
	case isUTF8:
		return b
	case known:
		if isASCII(b) {
			return b
		}
		d.add(DefectRaw8BitBody)
		return guessUTF8(b)
	}
	r, err := charset.Reader(name, bytes.NewReader(b))
	if err == nil {
		out, err := io.ReadAll(r)
		if err == nil {
			return out
		}
		if len(out) > 0 {
			d.add(DefectBadUTF8)
			return out
		}
	}
	d.add(DefectUnknownCharset)
	return guessUTF8(b)
}

// guessUTF8 reads bytes of no known charset: as UTF-8 when they are valid UTF-8, else as Windows-1252,
// which is what undeclared text in Latin script has been since 1995.
func guessUTF8(b []byte) []byte {
	if utf8.Valid(b) {
		return b
	}
	r, err := charset.Reader("windows-1252", bytes.NewReader(b))
	if err != nil {
		return b
	}
	out, err := io.ReadAll(r)
	if err != nil {
		return b
	}
	return out
}

func isASCII[T []byte | string](b T) bool {
	for i := range len(b) {
		if b[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
