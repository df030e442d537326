package archive

import (
	"bytes"
	"strconv"
)

// maxHeader is how far, in bytes, a Content-Length is looked for.
const maxHeader = 256 << 10

// believe looks for a Content-Length in the header behind the separator at buf[g.r], n bytes long,
// and believes it when a separator or the end of the archive is exactly where it says.
//
// QUIRK: servers add the field and lists then change the body, so most of these figures are wrong.
func (g *guard) believe(n int) {
	body, length, ok := g.contentLength(n)
	if !ok {
		return
	}
	end := body + length
	g.ensure(end + maxSeparator)
	d := g.buf[g.r:g.w]
	if !g.endsAt(d, end) {
		return
	}
	g.trusted = g.off + int64(end)
	g.verbatim = bytes.HasPrefix(d[body:end], fromPrefix) || bytes.Contains(d[body:end], bareFrom)
}

// contentLength returns where the body starts in the window and what the header says of its length.
func (g *guard) contentLength(n int) (body, length int, ok bool) {
	length = -1
	pos := n
	for {
		d := g.buf[g.r:g.w]
		i := bytes.IndexByte(d[pos:], '\n')
		if i < 0 {
			if len(d) > maxHeader || g.full() || !g.fill() {
				return 0, 0, false
			}
			continue
		}
		line := trimEOL(d[pos : pos+i])
		pos += i + 1
		if len(line) == 0 {
			return pos, length, length >= 0
		}
		if pos > maxHeader {
			return 0, 0, false
		}
		name, value, found := bytes.Cut(line, colon)
		if !found || len(name) != len("Content-Length") || !bytes.EqualFold(name, []byte("Content-Length")) {
			continue
		}
		v, err := strconv.ParseUint(string(bytes.TrimSpace(value)), 10, 31)
		if err != nil || v > maxLength {
			return 0, 0, false
		}
		length = int(v)
	}
}

// ensure makes the window hold n bytes, or all there are. The buffer grows to twice that, so that
// what is left in it is seldom moved.
func (g *guard) ensure(n int) {
	if n > len(g.buf) {
		buf := make([]byte, 2*n)
		g.w = copy(buf, g.buf[g.r:g.w])
		g.r = 0
		g.buf = buf
	}
	if g.r+n > len(g.buf) {
		g.w = copy(g.buf, g.buf[g.r:g.w])
		g.r = 0
	}
	for more := true; more && g.w-g.r < n; {
		more = g.fill()
	}
}

// endsAt reports whether a mail can end at d[end], where d is the window: nothing but empty lines
// follow up to a separator or to the end of the archive.
func (g *guard) endsAt(d []byte, end int) bool {
	if end > len(d) {
		return false
	}
	fresh := end > 0 && d[end-1] == '\n'
	rest := d[end:min(len(d), end+maxSeparator)]
	for {
		k := emptyLine(rest)
		if k == 0 {
			break
		}
		rest = rest[k:]
		fresh = true
	}
	if len(rest) == 0 {
		return g.err != nil && len(d)-end < maxSeparator
	}
	line := rest
	if i := bytes.IndexByte(rest, '\n'); i >= 0 {
		line = rest[:i]
	}
	return fresh && isSeparator(line)
}
