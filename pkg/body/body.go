package body

import (
	"sort"
	"strings"
)

// A Kind says what a block of a mail is.
type Kind uint8

// The kinds. Own text is made of Prose, Greeting, Closing, Trailer, Log and Code.
const (
	Prose       Kind = iota // what the author says
	Quote                   // what he repeats of others
	Attribution             // the line above a quote that says who wrote it; in-body From: of a patch
	Diff                    // diff, diffstat, and the "---" above them
	Trailer                 // Token-by: and the like
	Signature               // below "-- "
	Footer                  // added by list software, OpenPGP armor, base-commit lines
	Greeting                // Hi Ada,
	Closing                 // Thanks, Ada
	Log                     // kernel log, trace, compiler output, configuration
	Code                    // C, Rust, shell, tables
)

// String returns the kind's name in lower case.
func (k Kind) String() string {
	names := [...]string{"prose", "quote", "attribution", "diff", "trailer", "signature", "footer", "greeting", "closing", "log", "code"}
	if int(k) < len(names) {
		return names[k]
	}
	return "unknown"
}

// Own reports whether text of this kind is the author's own.
func (k Kind) Own() bool {
	switch k {
	case Prose, Greeting, Closing, Trailer, Log, Code:
		return true
	case Quote, Attribution, Diff, Signature, Footer:
	}
	return false
}

// A Block is a run of lines of one kind. Blank lines belong to the block above them.
type Block struct {
	Kind  Kind
	Start int // byte range in Text.Text; blocks cover it exactly and in order
	End   int
	Depth int // quote depth; 0 for all but quotes
	Own   int // offset in Text.Own of an authored block, -1 otherwise
}

// A Sentence is a sentence of the author's prose. Lines wrapped inside it stay as they are.
type Sentence struct {
	Start   int // byte range in Text.Own, without white space at the ends
	End     int
	Answers int // index in Blocks of the quote it stands under, -1 when there is none
}

// Text is the text of a mail, cut into blocks.
type Text struct {
	Text      string
	Blocks    []Block
	Own       string     // own blocks joined; a line end is added where two of them do not meet in the text
	Sentences []Sentence // at most MaxSentences
	Cut       bool       // there were more sentences

	owned []int // indexes of the blocks that are part of Own
}

// Options tell Split what is known about a mail beyond its text. The zero value is a reply to nothing.
type Options struct {
	Patch  bool   // a posted patch or cover letter: commit message, "---", diffstat, diff
	Parent string // text of the mail this one replies to, to find quotes without marks; empty when unknown
	Author string // display name of the author; makes names that stand alone at the end certain
}

// Split cuts text into blocks. It never fails, and its time and memory are proportional to the text's and the
// parent's length. The result shares memory with text.
func Split(text string, o Options) *Text { return new(Splitter).Split(text, o) }

// A Splitter cuts the mails of a thread, one after the other: it knows the last parents, which have several answers, and
// keeps its buffers. The zero value is ready; not safe for concurrent use.
type Splitter struct {
	lines   []line
	parents []known // the last ones asked for, newest first
}

// Split is the function of that name.
func (sp *Splitter) Split(text string, o Options) *Text {
	s := newSplitter(text, o, sp)
	s.classify()
	t := &Text{Text: text}
	s.blocks(t)
	t.sentences()
	return t
}

// keptLines bounds the lines for which room is kept, 32 bytes each; hardly any mail has more.
const keptLines = 1 << 16

// Forget lets go of all texts. The buffers stay.
func (sp *Splitter) Forget() {
	clear(sp.parents)
	sp.parents = sp.parents[:0]
	if cap(sp.lines) > keptLines {
		sp.lines = nil
	}
}

// Quotes returns the quotes one by one, marks included.
func (t *Text) Quotes() []string {
	n := 0
	for _, b := range t.Blocks {
		if b.Kind == Quote {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	out := make([]string, 0, n)
	for _, b := range t.Blocks {
		if b.Kind == Quote {
			out = append(out, t.Text[b.Start:b.End])
		}
	}
	return out
}

// Diff returns the diffs and diffstats of the mail's own, not quoted ones.
func (t *Text) Diff() string { return t.join(Diff) }

// Prose returns the author's prose without greeting, closing, trailers, code and logs.
func (t *Text) Prose() string { return t.join(Prose) }

// Trailers returns the trailer lines outside of quotes.
func (t *Text) Trailers() string { return t.join(Trailer) }

// Signature returns what stands below "-- ".
func (t *Text) Signature() string { return t.join(Signature) }

// join returns the blocks of one kind; it copies only when there are several.
func (t *Text) join(k Kind) string {
	first, n, size := -1, 0, 0
	for i, b := range t.Blocks {
		if b.Kind == k {
			if first < 0 {
				first = i
			}
			n++
			size += b.End - b.Start
		}
	}
	switch n {
	case 0:
		return ""
	case 1:
		return t.Text[t.Blocks[first].Start:t.Blocks[first].End]
	}
	var out strings.Builder
	out.Grow(size + n)
	for _, b := range t.Blocks[first:] {
		if b.Kind != k {
			continue
		}
		part := t.Text[b.Start:b.End]
		out.WriteString(part)
		if !strings.HasSuffix(part, "\n") {
			out.WriteByte('\n')
		}
	}
	return out.String()
}

// Locate returns the range in Text.Text of the range ownStart, ownEnd of Own. A range over several blocks gives the
// range from its first to its last byte in the text, with what lies between. Offsets outside of Own are moved to its ends.
func (t *Text) Locate(ownStart, ownEnd int) (start, end int) {
	ownStart = min(max(ownStart, 0), len(t.Own))
	ownEnd = min(max(ownEnd, ownStart), len(t.Own))
	start = t.locate(ownStart, false)
	if ownEnd == ownStart {
		return start, start
	}
	return start, max(start, t.locate(ownEnd, true))
}

// locate maps an offset of Own; at a border between two blocks an end belongs to the first.
func (t *Text) locate(own int, isEnd bool) int {
	// The last own block that begins at or before the offset.
	k := sort.Search(len(t.owned), func(i int) bool { return t.Blocks[t.owned[i]].Own > own }) - 1
	if k < 0 {
		return 0
	}
	b := t.Blocks[t.owned[k]]
	if isEnd && own == b.Own && k > 0 {
		if p := t.Blocks[t.owned[k-1]]; p.Own+p.End-p.Start == own {
			return p.End
		}
	}
	return min(b.Start+own-b.Own, b.End)
}

// BlockAt returns the index of the block that holds the given offset of Own, -1 when there is none.
func (t *Text) BlockAt(own int) int {
	k := sort.Search(len(t.owned), func(i int) bool { return t.Blocks[t.owned[i]].Own > own }) - 1
	if k < 0 {
		return -1
	}
	if b := t.Blocks[t.owned[k]]; own >= b.Own+b.End-b.Start {
		return -1
	}
	return t.owned[k]
}
