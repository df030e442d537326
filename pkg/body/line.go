package body

import "strings"

// line is one line of the text and what is known about it.
type line struct {
	start, end int // end is before the line end and the blanks there
	next       int // start of the next line
	first      int // first byte that is no white space; end when there is none
	kind       Kind
	depth      uint8
	indent     uint8 // columns of white space in front, a tab counts eight; at most 255
	blank      bool
	done       bool // kind is decided
}

// splitter is the state of one Split.
type splitter struct {
	text   string
	o      Options
	lines  []line
	of     *Splitter
	parent *shingles // nil until needed
}

// maxLook is how many bytes of a line are looked at to judge it.
const maxLook = 400

func newSplitter(text string, o Options, of *Splitter) *splitter {
	s := &splitter{text: text, o: o, lines: of.lines[:0], of: of}
	for pos := 0; pos < len(text); {
		l := line{start: pos, end: len(text), next: len(text)}
		if i := strings.IndexByte(text[pos:], '\n'); i >= 0 {
			l.end = pos + i
			l.next = l.end + 1
		}
		for l.end > l.start && isBlank(text[l.end-1]) {
			l.end--
		}
		indent := 0
		l.first = l.start
		for l.first < l.end && isBlank(text[l.first]) {
			if text[l.first] == '\t' {
				indent += 8
			} else {
				indent++
			}
			l.first++
		}
		l.indent = uint8(min(indent, 255))
		l.blank = l.end == l.start
		s.lines = append(s.lines, l)
		pos = l.next
	}
	of.lines = s.lines
	return s
}

// raw returns line i without the blanks at its end.
func (s *splitter) raw(i int) string {
	return s.text[s.lines[i].start:s.lines[i].end]
}

// at returns at most maxLook bytes of line i, without white space at the ends.
func (s *splitter) at(i int) string {
	l := &s.lines[i]
	return s.text[l.first:min(l.end, l.first+maxLook)]
}

// mark decides line i, unless it is decided already.
func (s *splitter) mark(i int, k Kind) {
	l := &s.lines[i]
	if !l.done {
		l.kind, l.done = k, true
	}
}

// markRange decides the lines from..to-1. Blank lines among them are decided too.
func (s *splitter) markRange(from, to int, k Kind) {
	for i := from; i < to; i++ {
		s.mark(i, k)
	}
}

// open reports whether line i exists, is not blank and not decided.
func (s *splitter) open(i int) bool {
	return i >= 0 && i < len(s.lines) && !s.lines[i].blank && !s.lines[i].done
}

// isQuote reports whether line i exists and is decided to be a quote.
func (s *splitter) isQuote(i int) bool {
	return i >= 0 && i < len(s.lines) && s.lines[i].done && s.lines[i].kind == Quote
}

// nextText returns the first line after i that is not blank, len(lines) when there is none.
func (s *splitter) nextText(i int) int {
	i++
	for i < len(s.lines) && s.lines[i].blank {
		i++
	}
	return i
}

// prevText returns the last line before i that is not blank, -1 when there is none.
func (s *splitter) prevText(i int) int {
	i--
	for i >= 0 && s.lines[i].blank {
		i--
	}
	return i
}

// classify decides every line.
func (s *splitter) classify() {
	s.quotes()
	s.diffs()
	s.headerBlocks()
	s.footers()
	s.signatures()
	s.marks()
	s.attributions()
	s.wrapped()
	s.trailers()
	s.logs()
	s.codes()
	s.unmarked()
	s.setOff()
	s.frame()
}

// blocks writes the decided lines as blocks and collects the own text.
func (s *splitter) blocks(t *Text) {
	n := 0
	for i := range s.lines {
		if i == 0 || s.lines[i].kind != s.lines[i-1].kind {
			n++
		}
	}
	t.Blocks = make([]Block, 0, n+2)
	for i := range s.lines {
		l := &s.lines[i]
		if k := len(t.Blocks) - 1; k >= 0 {
			b := &t.Blocks[k]
			if l.blank || b.Kind == l.kind && b.Depth == int(l.depth) {
				b.End = l.next
				continue
			}
		}
		if l.blank {
			continue // in front of everything: taken by the first block below
		}
		start := l.start
		if len(t.Blocks) == 0 {
			start = 0
		}
		t.Blocks = append(t.Blocks, Block{Kind: l.kind, Start: start, End: l.next, Depth: int(l.depth), Own: -1})
	}
	if len(t.Blocks) == 0 && s.text != "" {
		t.Blocks = append(t.Blocks, Block{Kind: Prose, End: len(s.text), Own: -1})
	}
	t.collect()
}

// collect fills Own.
func (t *Text) collect() {
	size, runs := 0, 0
	for i, b := range t.Blocks {
		if b.Kind.Own() {
			t.owned = append(t.owned, i)
			size += b.End - b.Start + 1
			if i == 0 || !t.Blocks[i-1].Kind.Own() {
				runs++
			}
		}
	}
	if runs <= 1 {
		// All own blocks meet: no copy.
		first := -1
		for i := range t.Blocks {
			b := &t.Blocks[i]
			if !b.Kind.Own() {
				continue
			}
			if first < 0 {
				first = b.Start
			}
			b.Own = b.Start - first
			t.Own = t.Text[first:b.End]
		}
		return
	}
	var out strings.Builder
	out.Grow(size)
	for i := range t.Blocks {
		b := &t.Blocks[i]
		if !b.Kind.Own() {
			continue
		}
		if i > 0 && !t.Blocks[i-1].Kind.Own() && out.Len() > 0 && !strings.HasSuffix(out.String(), "\n\n") {
			out.WriteByte('\n')
		}
		b.Own = out.Len()
		out.WriteString(t.Text[b.Start:b.End])
	}
	t.Own = out.String()
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }
func isLower(c byte) bool { return 'a' <= c && c <= 'z' }
func isAlpha(c byte) bool { return isLower(c | 0x20) }

// isWord reports whether c can be part of a word; all bytes of other scripts can.
func isWord(c byte) bool { return isAlpha(c) || isDigit(c) || c >= 0x80 }

func isHex(c byte) bool { return isDigit(c) || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F' }

// hasFold reports whether s starts with prefix, which is lower case, in any case of letters.
func hasFold(s, prefix string) bool {
	if len(s) < len(prefix) {
		return false
	}
	for i := range len(prefix) {
		c := s[i]
		if isUpper(c) {
			c |= 0x20
		}
		if c != prefix[i] {
			return false
		}
	}
	return true
}

// containsFold reports whether s contains part, which is lower case ASCII, in any case of letters.
func containsFold(s, part string) bool {
	for i := 0; i+len(part) <= len(s); i++ {
		if s[i]|0x20 == part[0]|0x20 && hasFold(s[i:], part) {
			return true
		}
	}
	return false
}

// leadingDigits returns how many digits s starts with.
func leadingDigits(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}
