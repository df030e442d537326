package index

import (
	"iter"
	"strings"
)

// PartKind says what a part of a mail's text is.
type PartKind uint8

// The kinds of parts.
const (
	Own    PartKind = iota // what the author wrote
	Quoted                 // what he quotes
	Diff                   // a patch he posts; the index tells its lines apart
	Other                  // attributions, signatures, footers: searchable, belongs to nobody
)

// A Part is a byte range of a mail's text. Parts come in order and do not overlap; text between
// them cannot be found.
type Part struct {
	Kind       PartKind
	Start, End int
}

// Where a word of the body stands, as bits of its frequency. The lowest two count how often it is in
// the own text, up to three.
const (
	inOwn     = 3
	inQuoted  = 1 << 2
	inAdded   = 1 << 3
	inRemoved = 1 << 4
	inContext = 1 << 5
	inHunk    = 1 << 6
	inOther   = 1 << 7

	inProse    = inOwn | inQuoted | inOther // stemmed
	inDiff     = inAdded | inRemoved | inContext | inHunk
	everywhere = inProse | inDiff
)

// stretch is a run of text whose words stand in one place.
type stretch struct {
	text string
	bits int
}

// clip makes parts what they ought to be: in order, apart, inside a text of n bytes, none empty, of
// known kinds.
func clip(parts []Part, n int) []Part {
	out := make([]Part, 0, len(parts))
	at := 0
	for _, p := range parts {
		p.Start = min(max(p.Start, at), n)
		p.End = min(max(p.End, p.Start), n)
		p.Kind = min(p.Kind, Other)
		if at = p.End; p.Start < p.End {
			out = append(out, p)
		}
	}
	return out
}

// stretches cuts the text of a mail into runs, diffs by kind of line.
func stretches(text string, parts []Part) iter.Seq[stretch] {
	return func(yield func(stretch) bool) {
		for _, p := range parts {
			s := text[p.Start:p.End]
			var more bool
			switch p.Kind {
			case Own:
				more = yield(stretch{s, inOwn})
			case Quoted:
				more = yield(stretch{s, inQuoted})
			case Diff:
				more = diffStretches(s, yield)
			default:
				more = yield(stretch{s, inOther})
			}
			if !more {
				return
			}
		}
	}
}

// diffStretches joins neighbouring lines of one kind. Before the first hunk header of a file all is
// metadata: the names of files are words there like others.
func diffStretches(s string, yield func(stretch) bool) (more bool) {
	inHunks := false
	for start := 0; start < len(s); {
		end := start
		bits := 0
		for at := start; at < len(s); {
			next := lineEnd(s, at)
			b, hunks := diffLine(s[at:next], inHunks)
			if bits != 0 && b != bits {
				break
			}
			bits, inHunks, at, end = b, hunks, next, next
		}
		if !yield(stretch{s[start:end], bits}) {
			return false
		}
		start = end
	}
	return true
}

func lineEnd(s string, at int) int {
	if i := strings.IndexByte(s[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(s)
}

func diffLine(line string, inHunks bool) (bits int, hunks bool) {
	switch {
	case len(line) > 2 && line[:2] == "@@":
		return inHunk, true
	case len(line) > 4 && line[:5] == "diff ":
		return inOther, false
	case !inHunks:
		return inOther, false
	case line[0] == '+':
		return inAdded, true
	case line[0] == '-':
		return inRemoved, true
	}
	return inContext, true
}
