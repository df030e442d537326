package query

import (
	"iter"
	"strconv"
	"strings"
	"time"
)

// A Node is a condition on a message: [All], [And], [Or], [Not], [Term], [Range] or [Thread].
// Nodes are values without hidden state and may be shared and compared with go-cmp.
type Node interface {
	// String is a query that parses to an equal node, whatever the options, if Parse or AllOf made
	// this one.
	String() string

	write(b *strings.Builder, level int)
}

// All matches every message. It is what an empty query and a lone * mean.
type All struct{}

// And matches what every one of its two or more nodes matches.
type And struct{ Nodes []Node }

// Or matches what at least one of its two or more nodes matches.
type Or struct{ Nodes []Node }

// Not matches what its node does not.
type Not struct{ Node Node }

// Form says how the text of a [Term] is meant.
type Form uint8

// The forms of a term.
const (
	Word    Form = iota // as typed, without quotes; may hold several words as in a-b or a/b
	Phrase              // between quotes: the words in this order, in exactly this form
	Prefix              // typed with a * at its end, which is not part of Text
	Fuzzy               // typed with ~ at its end: up to Edits letters differ
	Pattern             // /between slashes/: a regular expression in Go's syntax
)

// Term asks for a text in a field.
type Term struct {
	Field Field
	Text  string // as typed, less quotes, slashes and escapes; never empty
	Form  Form
	Edits int // 1 or 2 for Fuzzy, else 0
}

// Range asks for a number or a time between two bounds.
type Range struct {
	Field          Field
	Min, Max       int64 // inclusive; seconds since 1970 for dates, bytes for sizes
	HasMin, HasMax bool  // at least one is true
}

// Thread asks for all messages of threads: the one that holds the message ID, or, when Query is not
// nil, those that hold a message that matches it.
type Thread struct {
	ID    string
	Query Node
}

// Binding strength of what stands around a node, for parentheses.
const (
	inOr = iota
	inAnd
	inNot
)

func (n All) String() string    { return text(n) }
func (n And) String() string    { return text(n) }
func (n Or) String() string     { return text(n) }
func (n Not) String() string    { return text(n) }
func (n Term) String() string   { return text(n) }
func (n Range) String() string  { return text(n) }
func (n Thread) String() string { return text(n) }

func text(n Node) string {
	var b strings.Builder
	n.write(&b, inOr)
	return b.String()
}

func (n All) write(b *strings.Builder, _ int) { b.WriteByte('*') }

func (n And) write(b *strings.Builder, level int) { join(b, n.Nodes, " ", inAnd, level) }

func (n Or) write(b *strings.Builder, level int) { join(b, n.Nodes, " OR ", inOr, level) }

func join(b *strings.Builder, nodes []Node, between string, own, outer int) {
	if outer > own {
		b.WriteByte('(')
		defer b.WriteByte(')')
	}
	for i, c := range nodes {
		if i > 0 {
			b.WriteString(between)
		}
		c.write(b, own+1)
	}
}

func (n Not) write(b *strings.Builder, _ int) {
	b.WriteByte('-')
	if _, nested := n.Node.(Not); nested {
		b.WriteByte('(')
		defer b.WriteByte(')')
	}
	n.Node.write(b, inNot)
}

func (n Term) write(b *strings.Builder, _ int) {
	if n.Field != Any {
		b.WriteString(string(n.Field))
		b.WriteByte(':')
		if n.Form != Phrase && strings.HasPrefix(n.Text, ":") { // two colons are no field
			b.WriteByte('(')
			defer b.WriteByte(')')
		}
	}
	switch n.Form {
	case Word:
		b.WriteString(n.Text)
	case Prefix:
		b.WriteString(n.Text)
		b.WriteByte('*')
	case Fuzzy:
		b.WriteString(n.Text)
		b.WriteByte('~')
		if n.Edits == 2 {
			b.WriteByte('2')
		}
	case Phrase:
		writeQuoted(b, n.Text)
	case Pattern:
		b.WriteByte('/')
		for i := 0; i < len(n.Text); i++ {
			switch c := n.Text[i]; {
			case c == '/':
				b.WriteByte('\\')
			case c == '\\' && i+1 < len(n.Text):
				b.WriteByte(c)
				i++
			}
			b.WriteByte(n.Text[i])
		}
		b.WriteByte('/')
	}
}

func writeQuoted(b *strings.Builder, s string) {
	b.WriteByte('"')
	for i := range len(s) {
		if s[i] == '"' || s[i] == '\\' {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	b.WriteByte('"')
}

func (n Range) write(b *strings.Builder, _ int) {
	b.WriteString(string(n.Field))
	b.WriteByte(':')
	bound := func(v int64) {
		if info, _ := Lookup(string(n.Field)); info.Kind == KindDate {
			b.WriteString(formatSecond(v))
			return
		}
		b.WriteString(strconv.FormatInt(v, 10))
	}
	if n.HasMin {
		bound(n.Min)
	}
	b.WriteString("..")
	if n.HasMax {
		bound(n.Max)
	}
}

// formatSecond names the zone, so that the text means the same under every Options.Location.
func formatSecond(unix int64) string {
	if t := time.Unix(unix, 0).UTC(); t.Year() >= 1000 && t.Year() <= 9999 {
		return t.Format("2006-01-02T15:04:05Z")
	}
	return "@" + strconv.FormatInt(unix, 10)
}

func (n Thread) write(b *strings.Builder, _ int) {
	b.WriteString(string(ThreadID))
	b.WriteByte(':')
	if n.Query == nil {
		writeQuoted(b, n.ID)
		return
	}
	b.WriteByte('{')
	n.Query.write(b, inOr)
	b.WriteByte('}')
}

// Walk yields n and every node below it, parents first, those of thread:{...} included.
func Walk(n Node) iter.Seq[Node] {
	return func(yield func(Node) bool) { walk(n, yield) }
}

func walk(n Node, yield func(Node) bool) bool {
	if !yield(n) {
		return false
	}
	each := func(nodes []Node) bool {
		for _, c := range nodes {
			if !walk(c, yield) {
				return false
			}
		}
		return true
	}
	switch n := n.(type) {
	case And:
		return each(n.Nodes)
	case Or:
		return each(n.Nodes)
	case Not:
		return walk(n.Node, yield)
	case Thread:
		return n.Query == nil || walk(n.Query, yield)
	}
	return true
}

// AllOf joins nodes with AND. Nodes that are nil or All add nothing; without any other it is All.
func AllOf(nodes ...Node) Node {
	var out []Node
	for _, n := range nodes {
		switch n := n.(type) {
		case nil, All:
		case And:
			out = append(out, n.Nodes...)
		default:
			out = append(out, n)
		}
	}
	switch len(out) {
	case 0:
		return All{}
	case 1:
		return out[0]
	}
	return And{out}
}

// Terms yields the terms that a match can show: those outside of every NOT and thread:{...}.
func Terms(n Node) iter.Seq[Term] {
	return func(yield func(Term) bool) { terms(n, yield) }
}

func terms(n Node, yield func(Term) bool) bool {
	each := func(nodes []Node) bool {
		for _, c := range nodes {
			if !terms(c, yield) {
				return false
			}
		}
		return true
	}
	switch n := n.(type) {
	case And:
		return each(n.Nodes)
	case Or:
		return each(n.Nodes)
	case Term:
		return yield(n)
	}
	return true
}
