package archive

import (
	"bytes"
	"errors"
	"io"
)

// These are constants that Go has no syntax for; nothing writes to them.
var (
	fromPrefix = []byte("From ")
	lf         = []byte("\n")
	crlf       = []byte("\r\n")
	bareFrom   = []byte("\nFrom ")
	colon      = []byte(":")
	quoteMark  = []byte(">")
	bom        = []byte("\xef\xbb\xbf")
	emptyLines = bytes.Repeat(lf, 512)
)

const (
	window = 256 << 10 // bytes read at a time
	// maxQuotes is the longest run of '>' before "From " that the guard takes notice of, to keep its
	// search linear. It matters only in mboxcl2, where the guard has to quote such lines itself.
	maxQuotes = 4096
	// maxLength is the largest Content-Length that is believed: the body has to fit in memory to
	// see whether a separator follows.
	maxLength = 16 << 20
)

// errNoSeparator is what a guard ends with when its input does not start with a separator.
var errNoSeparator = errors.New(`does not start with a "From " line that carries a date`)

// An entry is one mail as the guard saw it. Offsets count bytes of the unpacked input.
type entry struct {
	start  int64 // of the "From " line
	end    int64 // of the next entry, or of the input
	blanks int   // empty lines at the end of the mail, which the guard keeps back
}

// A guard is a reader to put in front of go-mbox, which by itself takes every line that starts with
// "From " for a separator, gives no offsets, drops or keeps trailing empty lines by their parity,
// and knows mboxo's quoting only. The guard passes the input on such that go-mbox splits exactly where
// it should: text lines that start with "From " get a '>' that go-mbox takes off again, and
// empty lines at the end of a mail are kept back and counted. The offsets are in entries.
//
// Memory is bounded by the window (grown to hold a believed Content-Length) however long the lines.
type guard struct {
	src  io.Reader
	err  error // what src ended with, io.EOF included
	buf  []byte
	r, w int   // buf[r:w] has been read and not yet been passed on
	off  int64 // offset of buf[r]

	lore    bool // the archive starts with lore's separator
	started bool // the first separator has been passed on
	middle  bool // buf[r] is inside a line
	held    int  // empty lines before buf[r], not yet passed on

	trusted  int64 // end of a body with a believed Content-Length: nothing before is a separator
	verbatim bool  // mboxcl2: that body is not quoted

	// What is to be passed on next, in this order.
	out   []byte // aliases buf or a constant
	lines int    // empty lines
	quote bool   // one '>'
	plain int    // bytes at buf[r]

	entries []entry // entries[taken:] are begun but not yet taken by next
	taken   int
	done    int // entries[:done] are complete
}

// newGuard returns a guard over r, whose first byte has the given offset in the archive. lore says
// that the archive starts with lore's separator; at offset 0 the guard finds out by itself.
func newGuard(r io.Reader, offset int64, lore bool) *guard {
	return windowGuard(make([]byte, window), r, offset, lore)
}

// windowGuard is newGuard with a window of the caller's.
func windowGuard(buf []byte, r io.Reader, offset int64, lore bool) *guard {
	return &guard{src: r, off: offset, lore: lore, buf: buf}
}

// next takes the oldest entry, once it is complete.
func (g *guard) next() (entry, bool) {
	if g.taken == g.done {
		return entry{}, false
	}
	e := g.entries[g.taken]
	g.taken++
	if n := len(g.entries); g.taken == n || g.taken > 1024 {
		g.entries = append(g.entries[:0], g.entries[g.taken:]...)
		g.done -= g.taken
		g.taken = 0
	}
	return e, true
}

// Read implements io.Reader.
func (g *guard) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if len(g.out) > 0 {
			k := copy(p[n:], g.out)
			g.out = g.out[k:]
			n += k
			continue
		}
		switch {
		case g.lines > 0:
			g.out = emptyLines[:min(g.lines, len(emptyLines))]
			g.lines -= len(g.out)
		case g.quote:
			g.out = quoteMark
			g.quote = false
		case g.plain > 0:
			g.out = g.buf[g.r : g.r+g.plain]
			g.take(g.plain)
			g.plain = 0
		default:
			if n > 0 && g.drained() {
				return n, nil // before waiting for more input
			}
			if err := g.decide(); err != nil {
				if n > 0 {
					return n, nil
				}
				return 0, err
			}
		}
	}
	return n, nil
}

// drained reports whether going on needs the source.
func (g *guard) drained() bool { return g.r == g.w && g.err == nil }

// take moves past n bytes.
func (g *guard) take(n int) {
	g.r += n
	g.off += int64(n)
}

// fill reads more into the window and reports whether there was more. It moves what is left only
// when the end of the buffer is reached, and grow doubles, so the moving stays linear.
func (g *guard) fill() bool {
	if g.err != nil {
		return false
	}
	if g.w == len(g.buf) {
		copy(g.buf, g.buf[g.r:g.w])
		g.w -= g.r
		g.r = 0
	}
	for range 100 {
		n, err := g.src.Read(g.buf[g.w:])
		g.w += n
		g.err = err
		if n > 0 || err != nil {
			return n > 0
		}
	}
	g.err = io.ErrNoProgress
	return false
}

// full reports that the window holds as much as it can without growing.
func (g *guard) full() bool { return g.r == 0 && g.w == len(g.buf) }

// decide looks at the window and sets lines, quote and plain; its error ends the stream.
func (g *guard) decide() error {
	for {
		d := g.buf[g.r:g.w]
		if len(d) == 0 {
			if !g.fill() {
				return g.finish()
			}
			continue
		}
		if g.middle {
			g.plain = len(d)
			if i := bytes.IndexByte(d, '\n'); i >= 0 {
				g.plain = i + 1
				g.middle = false
			}
			return nil
		}
		if g.off == 0 && !g.started && bytes.HasPrefix(d, bom) { // QUIRK: a byte order mark that an editor left.
			g.take(len(bom))
			continue
		}
		if n := g.blankLines(d); n > 0 {
			g.take(n)
			continue
		}
		// Whole lines, as far as there are any.
		whole := bytes.LastIndexByte(d, '\n') + 1
		if whole == 0 {
			if len(d) < maxQuotes+maxSeparator && !g.full() && g.fill() {
				continue
			}
			if len(trimCR(d)) == 0 && g.err != nil { // the last line, without its LF
				g.held++
				g.take(len(d))
				continue
			}
			whole = len(d)
			g.middle = true
		}
		return g.line(d[:whole])
	}
}

// line decides about the first line of d, which is not empty, and about as many after it as can be
// passed on together.
func (g *guard) line(d []byte) error {
	end := len(d)
	if i := bytes.IndexByte(d, '\n'); i >= 0 {
		end = i + 1
	}
	skip := 0
	if q := quotedFrom(d); q == 0 && g.separates(d[:end]) {
		return g.begin(end)
	} else if !g.started {
		return errNoSeparator
	} else if q >= 0 {
		g.quote = q == 0 || g.verbatimAt(g.off)
		skip = q + len(fromPrefix)
	}
	g.lines, g.held = g.held, 0
	if i := nextFrom(d, skip); i >= 0 {
		end = i
	} else {
		end = len(d)
	}
	// Empty lines at the end go the way of those at the start: they may be the mail's last.
	for {
		t := trimEOL(d[:end])
		if d[end-1] != '\n' || len(t) == 0 || t[len(t)-1] != '\n' {
			break
		}
		end = len(t)
	}
	g.plain = end
	return nil
}

// separates reports whether line, which starts with "From ", is where a mail starts.
func (g *guard) separates(line []byte) bool {
	switch {
	case g.off < g.trusted:
		return false
	case !g.started || g.held > 0 || g.off == g.trusted:
		return isSeparator(line)
	default:
		// QUIRK: archives joined without an empty line between them. In an mboxrd archive no text
		// line can look like this.
		return g.lore && isLore(line)
	}
}

// begin starts a mail at buf[g.r], whose separator line has n bytes.
func (g *guard) begin(n int) error {
	line := g.buf[g.r : g.r+n]
	if !g.started {
		g.started = true
		g.lore = g.lore || isLore(line)
	}
	g.complete()
	g.entries = append(g.entries, entry{start: g.off})
	g.verbatim = false
	if !g.lore {
		g.believe(n)
	}
	g.plain = n
	return nil
}

// complete fills in the end of the newest entry. One empty line belongs to the separator.
func (g *guard) complete() {
	if n := len(g.entries); n > g.done {
		g.entries[n-1].end = g.off
		g.entries[n-1].blanks = max(0, g.held-1)
		g.done = n
	}
	g.held = 0
}

// finish ends the stream.
func (g *guard) finish() error {
	if g.err == io.EOF { //nolint:errorlint // readers return io.EOF itself
		if !g.started {
			return errNoSeparator
		}
		g.complete()
	}
	return g.err
}

// blankLines counts the empty lines d starts with into held and returns their bytes.
func (g *guard) blankLines(d []byte) int {
	n := 0
	for {
		k := emptyLine(d[n:])
		if k == 0 {
			return n
		}
		n += k
		g.held++
	}
}

// verbatimAt reports whether the line at off is text that mboxcl2 left unquoted.
func (g *guard) verbatimAt(off int64) bool { return g.verbatim && off < g.trusted }

// quotedFrom returns how many '>' stand before "From " at the start of d, or -1 if d starts otherwise.
func quotedFrom(d []byte) int {
	q := 0
	for q < len(d) && d[q] == '>' {
		q++
	}
	if bytes.HasPrefix(d[q:], fromPrefix) {
		return q
	}
	return -1
}

// nextFrom returns where in d, behind the first skip bytes, the next line starts that is any number
// of '>' and then "From "; -1 if none does. It looks for the words and not at every line.
func nextFrom(d []byte, skip int) int {
	for i := skip; ; {
		k := bytes.Index(d[i:], fromPrefix)
		if k < 0 {
			return -1
		}
		i += k
		start := i
		for start > 0 && i-start <= maxQuotes && d[start-1] == '>' {
			start--
		}
		if start > 0 && i-start <= maxQuotes && d[start-1] == '\n' {
			return start
		}
		i += len(fromPrefix)
	}
}
