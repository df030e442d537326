package mail

import (
	"bytes"
	"errors"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/emersion/go-message/textproto"
)

// partHeader is what of a part's header decides how it is read.
type partHeader struct {
	contentType []byte
	encoding    []byte
	disposition []byte
}

// A walker collects the text of a mail part by part.
type walker struct {
	d           *defects
	plain       []byte   // text so far; may be a slice of the raw mail until a second part comes
	html        [][]byte // HTML parts, decoded
	attachments []Attachment
	parts       int
	room        int // bytes of text that may still be taken
}

// root reads the body of the mail itself.
func (w *walker) root(h partHeader, body []byte) {
	m := w.media(h, "text/plain")
	if !strings.HasPrefix(m.kind, "multipart/") {
		w.leaf(h, m, body)
		return
	}
	if m.boundary == "" {
		w.d.add(DefectBrokenMIME)
		w.leaf(h, media{kind: "text/plain"}, body)
		return
	}
	try := walker{d: &defects{}, room: w.room}
	if err := try.stream(bytes.NewReader(body), m, 1); err == nil {
		try.parts += w.parts
		for _, name := range try.d.names {
			w.d.add(name)
		}
		try.d = w.d
		*w = try
		return
	}
	// What go-message refuses is cut by the boundary lines alone.
	w.d.add(DefectBrokenMIME)
	w.split(body, m, 1)
	if w.parts == 0 {
		w.leaf(partHeader{}, media{kind: "text/plain"}, body)
	}
}

// media reads the Content-Type of h; missing is what a part without one is.
func (w *walker) media(h partHeader, missing string) media {
	m := parseMedia(h.contentType, w.d)
	if slash := strings.IndexByte(m.kind, '/'); slash <= 0 || slash == len(m.kind)-1 || strings.ContainsFunc(m.kind, noToken) {
		if len(h.contentType) > 0 && m.kind != "text" {
			w.d.add(DefectBadContentType)
		}
		m.kind = missing
	}
	return m
}

// noToken reports whether r cannot stand in a media type: a token is ASCII without blanks and control
// characters (RFC 2045, 5.1).
func noToken(r rune) bool { return r <= ' ' || r >= 0x7f || r == '"' || r == '<' || r == '>' }

// enter counts a part; false means that no more are taken.
func (w *walker) enter() bool {
	if w.parts++; w.parts > MaxParts {
		w.d.add(DefectTooManyParts)
		return false
	}
	return true
}

var errPartHeader = errors.New("mail: part header too large")

// headerGate ends a stream when a part's header gets too long; while open it lets everything through.
type headerGate struct {
	r    io.Reader
	left int64
}

func (g *headerGate) Read(p []byte) (int, error) {
	if g.left <= 0 {
		return 0, errPartHeader
	}
	if int64(len(p)) > g.left {
		p = p[:g.left]
	}
	n, err := g.r.Read(p)
	g.left -= int64(n)
	return n, err
}

// stream reads a multipart with go-message. An error means that the structure is broken; what was
// collected until then is not complete.
func (w *walker) stream(r io.Reader, m media, depth int) error {
	gate := &headerGate{r: r}
	mr := textproto.NewMultipartReader(gate, m.boundary)
	missing := "text/plain"
	if m.kind == "multipart/digest" {
		missing = "message/rfc822"
	}
	for {
		gate.left = MaxField
		part, err := mr.NextPart()
		gate.left = math.MaxInt64
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if !w.enter() {
			return nil
		}
		h := partHeader{
			contentType: []byte(part.Header.Get("Content-Type")),
			encoding:    []byte(part.Header.Get("Content-Transfer-Encoding")),
			disposition: []byte(part.Header.Get("Content-Disposition")),
		}
		pm := w.media(h, missing)
		switch {
		case strings.HasPrefix(pm.kind, "multipart/"):
			switch {
			case depth >= MaxDepth:
				w.d.add(DefectMIMETooDeep)
				w.attach(pm, media{}, 0)
			case pm.boundary == "":
				return errors.New("mail: multipart without boundary")
			default:
				if err := w.stream(part, pm, depth+1); err != nil {
					return err
				}
			}
		case w.isText(h, pm):
			// Three bytes of quoted-printable make one of text.
			body, err := io.ReadAll(io.LimitReader(part, int64(3*w.room)+1024))
			if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
				return err
			}
			if err != nil {
				w.d.add(DefectBrokenMIME) // no end boundary
			}
			w.leaf(h, pm, body)
		default:
			var size sizer
			size.base64 = equalFold(bytes.TrimSpace(h.encoding), "base64")
			if _, err := io.Copy(&size, part); err != nil {
				if !errors.Is(err, io.ErrUnexpectedEOF) {
					return err
				}
				w.d.add(DefectBrokenMIME)
			}
			w.attach(pm, parseMedia(h.disposition, w.d), size.bytes())
		}
		// The rest must be gone before the gate closes.
		if _, err := io.Copy(io.Discard, part); err != nil {
			if errors.Is(err, io.ErrUnexpectedEOF) {
				w.d.add(DefectBrokenMIME)
				return nil
			}
			return err
		}
	}
}

// split reads a multipart by its boundary lines, whatever stands between them.
func (w *walker) split(body []byte, m media, depth int) {
	delimiter := []byte("--" + m.boundary)
	start := -1
	part := func(b []byte) bool {
		if !w.enter() {
			return false
		}
		w.piece(b, depth)
		return true
	}
	for pos := 0; pos < len(body); {
		end := len(body)
		if i := bytes.IndexByte(body[pos:], '\n'); i >= 0 {
			end = pos + i + 1
		}
		line := bytes.TrimRight(body[pos:end], " \t\r\n")
		if bytes.HasPrefix(line, delimiter) {
			last := len(line) == len(delimiter)+2 && bytes.HasSuffix(line, []byte("--"))
			if last || len(line) == len(delimiter) {
				if start >= 0 && !part(body[start:pos]) {
					return
				}
				start = end
				if last {
					return
				}
			}
		}
		pos = end
	}
	if start >= 0 && start < len(body) {
		part(body[start:])
	}
}

// piece reads one part of split.
func (w *walker) piece(b []byte, depth int) {
	// The header goes through the tolerant scanner.
	f, rest := &fields{}, b
	if !bytes.HasPrefix(b, []byte("\n")) && !bytes.HasPrefix(b, []byte("\r\n")) {
		f, rest = scanFields(b, w.d)
		if f.n == 0 {
			rest = b
		}
	}
	h := partHeader{contentType: f.mediaType, encoding: f.encoding, disposition: f.dispose}
	m := w.media(h, "text/plain")
	switch {
	case strings.HasPrefix(m.kind, "multipart/") && m.boundary != "":
		if depth >= MaxDepth {
			w.d.add(DefectMIMETooDeep)
			w.attach(m, media{}, 0)
			return
		}
		w.split(rest, m, depth+1)
	case strings.HasPrefix(m.kind, "multipart/"):
		w.leaf(partHeader{}, media{kind: "text/plain"}, rest)
	default:
		w.leaf(h, m, bytes.TrimSuffix(rest, []byte("\n")))
	}
}

// isText reports whether a part is shown as text: plain text and patches, unless attached under another name.
func (w *walker) isText(h partHeader, m media) bool {
	attached := hasPrefixFold(bytes.TrimSpace(h.disposition), "attachment")
	switch m.kind {
	case "text/x-patch", "text/x-diff", "text/patch", "text/diff", "application/x-patch", "application/x-diff":
		return true
	case "text/html":
		return !attached
	case "text/plain", "text/x-c", "text/x-csrc", "text/x-rust", "text/x-log", "text/x-shellscript":
		if !attached {
			return true
		}
		name := m.name
		if name == "" {
			name = parseMedia(h.disposition, w.d).name
		}
		return name == "" || strings.HasSuffix(name, ".patch") || strings.HasSuffix(name, ".diff")
	}
	return false
}

// leaf takes a part that is no multipart.
func (w *walker) leaf(h partHeader, m media, body []byte) {
	if !w.isText(h, m) {
		var size sizer
		size.base64 = equalFold(bytes.TrimSpace(h.encoding), "base64")
		size.count(body)
		w.attach(m, parseMedia(h.disposition, w.d), size.bytes())
		return
	}
	// Three bytes of quoted-printable make one of text.
	if limit := 3*w.room + 1024; len(body) > limit {
		body = body[:limit]
		w.d.add(DefectTextTruncated)
	}
	text := decodeTransfer(h.encoding, body, w.d)
	if m.kind == "text/html" && m.charset == "" {
		m.charset = htmlCharset(text)
	}
	text = cleanText(toUTF8(m.charset, text, w.d), w.d)
	if m.kind != "text/html" && m.flowed {
		text = unflow(text, m.delSp)
	}
	if len(text) > w.room {
		text = cut(text, w.room)
		w.d.add(DefectTextTruncated)
	}
	w.room -= len(text)
	switch {
	case m.kind == "text/html":
		w.html = append(w.html, text)
		return
	case len(w.plain) == 0:
		w.plain = slices.Clip(text) // the next append must copy
	case len(text) > 0:
		if w.plain[len(w.plain)-1] != '\n' {
			w.plain = append(w.plain, '\n')
		}
		w.plain = append(w.plain, text...)
	}
	if disposition := parseMedia(h.disposition, w.d); m.kind != "text/plain" || disposition.kind == "attachment" {
		w.attach(m, disposition, len(text)) // a patch is text and has a name to be found by
	}
}

func (w *walker) attach(m, disposition media, size int) {
	name := disposition.name
	if name == "" {
		name = m.name
	}
	w.attachments = append(w.attachments, Attachment{Name: name, Type: m.kind[:min(len(m.kind), MaxName)], Size: size})
}
