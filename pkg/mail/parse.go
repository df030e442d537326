package mail

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// Parse reads a whole raw mail, LF or CRLF, without the "From " line of an mbox. It keeps no part of raw. The
// error is ErrEmpty when there is nothing usable; everything else that is wrong is named in Defects and what
// could be read is kept.
func Parse(raw []byte) (*Message, error) {
	if len(bytes.TrimSpace(raw[:min(len(raw), 4096)])) == 0 && len(bytes.TrimSpace(raw)) == 0 {
		return nil, ErrEmpty
	}
	r := newReader(raw)
	m := &Message{Header: r.header(), Size: len(raw)}
	text := r.text(m)
	m.Text = string(text)
	if m.ChangeID == "" {
		m.ChangeID = changeID(m.Text, &r.d)
	}
	m.Hash = hash(&m.Header, text, r.sent)
	if m.ID == "" {
		m.ID = m.Hash + "@no-message-id.invalid"
	}
	m.Defects = r.d.sorted()
	return m, nil
}

// text returns the text of the mail, which may be a slice of it, and fills Attachments.
func (r *reader) text(m *Message) []byte {
	w := walker{d: &r.d, room: MaxText}
	w.root(partHeader{contentType: r.f.mediaType, encoding: r.f.encoding, disposition: r.f.dispose}, r.body)
	m.Attachments = w.attachments
	text := w.plain
	if len(w.html) > 0 && len(bytes.TrimSpace(trimFooters(text))) == 0 {
		// QUIRK: a mailing list adds its footer as a plain part to a mail that has only HTML.
		r.d.add(DefectHTMLOnly)
		var out []byte
		for _, h := range w.html {
			out = append(out, htmlText(h)...)
		}
		if len(bytes.TrimSpace(text)) > 0 {
			out = append(append(out, '\n'), text...)
		}
		text = out
	}
	if len(text) > MaxText {
		text = cut(text, MaxText)
		r.d.add(DefectTextTruncated)
	}
	return text
}

// changeID finds the "change-id:" line b4 writes below the text of a cover letter or patch.
func changeID(text string, d *defects) string {
	const key = "change-id: "
	id := ""
	for rest, at := text, 0; ; {
		i := strings.Index(rest[at:], key)
		if i < 0 {
			return id
		}
		i += at
		at = i + len(key)
		if i > 0 && rest[i-1] != '\n' {
			continue
		}
		value, _, _ := strings.Cut(rest[at:], "\n")
		value = strings.TrimSpace(value)
		switch {
		case value == "" || len(value) > 200 || strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r == 0x7f || hidden(r) }):
		case id == "":
			id = strings.Clone(value)
		case id != value:
			d.add(DefectSeveralChangeIDs)
			return id
		}
	}
}

// cleanText makes b valid UTF-8 with LF line ends and without NUL. It returns b itself when there is nothing to do.
//
// QUIRK: CR CR LF of broken gateways counts as one line end, a lone CR too.
func cleanText(b []byte, d *defects) []byte {
	if !utf8.Valid(b) {
		d.add(DefectBadUTF8)
		b = bytes.ToValidUTF8(b, []byte("\uFFFD"))
	}
	if bytes.IndexByte(b, 0) >= 0 {
		d.add(DefectNulBytes)
		b = bytes.ReplaceAll(b, []byte{0}, []byte("\uFFFD"))
	}
	i := bytes.IndexByte(b, '\r')
	if i < 0 {
		return b
	}
	out := make([]byte, 0, len(b))
	for i >= 0 {
		out = append(out, b[:i]...)
		for i < len(b) && b[i] == '\r' {
			i++
		}
		if i == len(b) || b[i] != '\n' {
			out = append(out, '\n')
		}
		b = b[i:]
		i = bytes.IndexByte(b, '\r')
	}
	return append(out, b...)
}
