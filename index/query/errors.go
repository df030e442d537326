package query

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A SyntaxError says where a query cannot be understood, why, and what to write instead.
type SyntaxError struct {
	Query string // the whole query
	Pos   int    // byte offset of the part that is meant
	End   int    // end of that part; at least Pos
	Msg   string // what is wrong; lower case, no full stop
	Hint  string // what to do about it, with an example; may be empty
}

// Error is the message on one line, with its column in characters, from 1.
func (e *SyntaxError) Error() string {
	s := fmt.Sprintf("query: column %d: %s", 1+utf8.RuneCountInString(e.Query[:e.Pos]), e.Msg)
	if e.Hint != "" {
		s += ": " + e.Hint
	}
	return strings.Map(visible, s)
}

// Explain is the message, the query with a caret under the place, and the hint, on up to four
// lines without the last line feed. Control characters are replaced, so it can go to a terminal.
func (e *SyntaxError) Explain() string {
	const most = 60 // characters of the query shown on either side of the place
	before, at, after := []rune(e.Query[:e.Pos]), []rune(e.Query[e.Pos:e.End]), []rune(e.Query[e.End:])
	lead, tail := "", ""
	if len(before) > most {
		before, lead = before[len(before)-most:], "…"
	}
	if len(at) > most {
		at, after, tail = at[:most], nil, "…"
	}
	if len(after) > most {
		after, tail = after[:most], "…"
	}
	var b strings.Builder
	b.WriteString(strings.Map(visible, e.Msg))
	b.WriteString("\n    ")
	b.WriteString(strings.Map(visible, lead+string(before)+string(at)+string(after)+tail))
	b.WriteString("\n    ")
	b.WriteString(strings.Repeat(" ", len([]rune(lead))+len(before)))
	b.WriteByte('^')
	b.WriteString(strings.Repeat("~", max(0, len(at)-1)))
	if e.Hint != "" {
		b.WriteByte('\n')
		b.WriteString(strings.Map(visible, e.Hint))
	}
	return b.String()
}

func visible(r rune) rune {
	if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError {
		return '?'
	}
	return r
}
