package main

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// A screen is a list of lines with a cursor, or a text to scroll.
type screen struct {
	title  string
	text   bool                            // to read: there is no cursor, moving scrolls
	render func(width int) ([]line, error) // the lines for a width in columns
	open   func(line) (*screen, error)     // what enter opens; nil when nothing

	lines       []line
	shown       []int // the lines that the limit leaves
	cursor, top int   // in shown
	width, room int   // what it was drawn for: columns, lines
	limit       string
	search      string
}

// A line is a styled line of a screen and what it stands for.
type line struct {
	styled string
	id     string // of the thread or mail
	whole  string // what / and l look at when the line itself is cut short; "" is the line
}

// textScreen shows text that is already laid out.
func textScreen(title, text string) *screen {
	return &screen{title: title, text: true, render: func(width int) ([]line, error) { return textLines(text, width), nil }}
}

// textLines cuts text at the width of the terminal: a mail must be read whole.
func textLines(text string, width int) []line {
	var out []line
	for l := range strings.Lines(text) {
		l = expandTabs(strings.TrimSuffix(l, "\n"))
		for part := range strings.SplitSeq(ansi.Hardwrap(l, max(width, 1), true), "\n") {
			out = append(out, line{styled: part})
		}
	}
	return out
}

// expandTabs puts blanks for tabs, up to the next column that 8 divides.
func expandTabs(s string) string {
	const stop = 8
	out := ""
	for before, rest, ok := strings.Cut(s, "\t"); ; before, rest, ok = strings.Cut(rest, "\t") {
		out += before
		if !ok {
			return out
		}
		out += spaces(stop - ansi.StringWidth(out)%stop)
	}
}

func spaces(n int) string { return strings.Repeat(" ", max(n, 0)) }

// draw renders the lines when the width has changed and keeps the cursor in sight.
func (s *screen) draw(width, room int) error {
	s.room = room
	if s.width != width {
		lines, err := s.render(width)
		if err != nil {
			return err
		}
		s.width, s.lines = width, lines
		s.keep(s.limit)
	}
	s.move(0)
	return nil
}

// keep limits the screen to the lines that hold the word; "" is all of them.
func (s *screen) keep(word string) {
	id := ""
	if len(s.shown) > s.cursor && s.shown[s.cursor] < len(s.lines) {
		id = s.at().id
	}
	s.limit, s.shown, s.cursor = word, s.shown[:0], min(s.cursor, len(s.lines))
	for i, l := range s.lines {
		if word == "" || holds(l, word) {
			if id != "" && l.id == id {
				s.cursor = len(s.shown)
			}
			s.shown = append(s.shown, i)
		}
	}
	s.move(0)
}

func holds(l line, word string) bool {
	return strings.Contains(strings.ToLower(ansi.Strip(orElse(l.whole, l.styled))), strings.ToLower(word))
}

// at is the line under the cursor; there must be one.
func (s *screen) at() line { return s.lines[s.shown[s.cursor]] }

// move moves the cursor, or the text, and scrolls so that it is seen.
func (s *screen) move(by int) {
	last := max(len(s.shown)-1, 0)
	if s.text {
		last = max(len(s.shown)-s.room, 0)
	}
	s.cursor = min(max(s.cursor+by, 0), last)
	switch {
	case s.text:
		s.top = s.cursor
	default:
		s.top = min(max(s.top, s.cursor-s.room+1), s.cursor, max(len(s.shown)-s.room, 0))
	}
}

// find moves to the next or previous line with the searched word, going round at the ends. Here
// says that the present line counts.
func (s *screen) find(back, here bool) bool {
	n := len(s.shown)
	for i := range n {
		by := i + 1
		if here {
			by = i
		}
		if back {
			by = -by
		}
		at := ((s.cursor+by)%n + n) % n
		if holds(s.lines[s.shown[at]], s.search) {
			s.move(at - s.cursor)
			return true
		}
	}
	return false
}

// view is what is seen of the lines, each ended, exactly room of them.
func (s *screen) view(p painter) string {
	var b strings.Builder
	for i := s.top; i < s.top+s.room; i++ {
		if i < len(s.shown) {
			b.WriteString(s.lineView(p, i))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func (s *screen) lineView(p painter, i int) string {
	l := s.lines[s.shown[i]].styled
	switch {
	case !s.text && i == s.cursor:
		// Styles inside would end the reverse in the middle of the line.
		plain := cut("> "+ansi.Strip(l), s.width)
		return p.paint(reverse, plain+spaces(s.width-ansi.StringWidth(plain)))
	case !s.text:
		return cut("  "+l, s.width)
	case s.search != "" && holds(line{styled: l}, s.search):
		return highlight(p, ansi.Strip(l), s.search)
	}
	return l
}

// highlight reverses the first place of a word. Where lower case is longer or shorter than the
// letters themselves the place cannot be told and the line stays as it is.
func highlight(p painter, text, word string) string {
	low := strings.ToLower(text)
	at := strings.Index(low, strings.ToLower(word))
	end := at + len(strings.ToLower(word))
	if at < 0 || len(low) != len(text) {
		return text
	}
	return text[:at] + p.paint(reverse, text[at:end]) + text[end:]
}

// position says where in the screen the cursor is.
func (s *screen) position() string {
	switch {
	case len(s.shown) == 0 && s.limit != "":
		return "no line holds " + s.limit
	case len(s.shown) == 0:
		return "nothing found"
	case s.text && s.top+s.room >= len(s.shown):
		return "end"
	case s.text:
		return fmt.Sprintf("%d%%", (s.top+s.room)*100/len(s.shown))
	case s.limit != "":
		return fmt.Sprintf("%d of %d, limited to %s", s.cursor+1, len(s.shown), s.limit)
	}
	return fmt.Sprintf("%d of %d", s.cursor+1, len(s.shown))
}
