package archive

import (
	"bytes"
	"io"
	"strings"
	"time"
)

// WriteMboxrd writes one mail to w as an entry of an mboxrd archive: a separator, the mail with a '>'
// before every line that is any number of '>' and then "From ", and an empty line. Line ends become
// LF; a last line without one gets one. Reading the archive gives the same bytes again.
//
// From is the envelope sender, in which white space and control characters are replaced. Without one,
// or without a date, the separator is the fixed one of lore.kernel.org. It does not use go-mbox's
// Writer, which quotes as mboxo does and so cannot be undone.
func WriteMboxrd(w io.Writer, from string, date time.Time, raw []byte) error {
	b := make([]byte, 0, len(raw)+len(raw)/64+128)
	b = appendSeparator(b, from, date)
	for len(raw) > 0 {
		end := bytes.IndexByte(raw, '\n') + 1
		if end == 0 {
			end = len(raw)
		}
		line := trimEOL(raw[:end])
		if quotedFrom(line) >= 0 {
			b = append(b, '>')
		}
		b = append(b, line...)
		b = append(b, '\n')
		raw = raw[end:]
	}
	b = append(b, '\n')
	_, err := w.Write(b)
	return err
}

// appendSeparator appends a "From " line.
func appendSeparator(b []byte, from string, date time.Time) []byte {
	date = date.UTC()
	if from == "" || date.IsZero() || date.Year() < 0 || date.Year() > 9999 {
		b = append(b, loreLine...)
		return append(b, '\n')
	}
	from = strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f {
			return '_'
		}
		return r
	}, from)
	if len(from) > maxSeparator/2 {
		from = from[:maxSeparator/2]
	}
	b = append(b, fromPrefix...)
	b = append(b, from...)
	b = append(b, ' ')
	b = date.AppendFormat(b, time.ANSIC)
	return append(b, '\n')
}
