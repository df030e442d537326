package index

import (
	"iter"
	"slices"
	"strings"
)

// mark adds the places in which a word stands.
func (u *use) mark(bits int) {
	old := int(u.freq)
	own := old&inOwn + bits&inOwn
	u.freq = int32((old|bits)&^inOwn | min(own, inOwn))
}

// wholeWord is set while a text is read on words that stand for themselves somewhere.
const wholeWord = 1 << 8

// body adds the words of a mail's text and returns how many are the author's own.
func (c *collector) body(runs iter.Seq[stretch]) (own int) {
	col := c.columns[fBody]
	next := pairs{in: c}
	first := len(col.uses)
	for run := range runs {
		next.end()
		bits := run.bits
		if bits == inOwn {
			bits = 1
		}
		c.folded = appendFold(c.folded[:0], run.text)
		text := inPlace(c.folded)
		for i := 0; i < len(text); {
			from, to, end := cutWord(text, i)
			if i = end; to-from > maxToken || from >= len(text) {
				next.end()
				continue
			}
			n := c.number(col, text[from:to])
			t := &col.terms[n]
			if !t.known {
				w := text[from:to]
				t.known, t.compound, t.code = true, strings.IndexByte(w, '_') >= 0, pairCodes[w]
			}
			next.word(t.code)
			c.useOf(col, n).mark(bits | wholeWord)
			own += bits & 1
			if t.compound {
				c.parts(col, text[from:to], bits)
			}
		}
	}
	for i := range col.uses[first:] {
		u := &col.uses[first+i]
		bits := int(u.freq) & inProse
		whole := u.freq&wholeWord != 0
		u.freq &^= wholeWord
		if bits == 0 || !whole { // parts of identifiers are not stemmed
			continue
		}
		if twin := c.twin(col, u.term); twin != single {
			c.useOf(col, twin).mark(bits)
		}
	}
	return own
}

// twin is the term for the stem of a term, single when it is its own.
func (c *collector) twin(col *column, n int32) int32 {
	twin := col.terms[n].twin
	if twin == untwinned {
		twin = single
		if stem := c.stems.twin(string(col.textOf(&col.terms[n]))); stem != "" {
			twin = c.number(col, stem)
		}
		col.terms[n].twin = twin
	}
	return twin
}

// parts adds the pieces of snake_case.
func (c *collector) parts(col *column, word string, bits int) {
	for p := range strings.SplitSeq(word, "_") {
		if p != "" && p != word {
			c.use(col, p).mark(bits)
		}
	}
}

// Frequencies in the subject field.
const (
	noiseWord = 1
	titleWord = 2
)

// subject adds the words of a subject with their positions. Words of Re: and [PATCH ...] count
// as noise.
func (c *collector) subject(subject string) {
	col := c.columns[fSubject]
	noise := len(subject) - len(title(subject))
	pos := int32(0)
	add := func(word string, freq int32) (n int32) {
		n = c.number(col, word)
		u := c.useOf(col, n)
		u.freq = max(u.freq, freq)
		return n
	}
	read := func(text string, freq int32) {
		for _, w := range words(text) {
			if len(w) > maxToken {
				continue
			}
			pos++
			n := add(w, freq)
			col.places = append(col.places, location{col.terms[n].last, pos})
			more := slices.DeleteFunc(strings.Split(w, "_"), func(p string) bool { return p == "" || p == w })
			if t := c.stems.twin(w); t != "" {
				more = append(more, t)
			}
			for _, p := range more {
				add(p, freq)
			}
		}
	}
	read(subject[:noise], noiseWord)
	read(subject[noise:], titleWord)
}

// title is the subject without reply marks and bracketed tags at its beginning.
func title(s string) string {
	for {
		t := strings.TrimLeft(s, " \t")
		low := t[:min(len(t), 4)]
		switch {
		case len(low) >= 3 && (strings.EqualFold(low[:3], "re:") || strings.EqualFold(low[:3], "aw:")):
			s = t[3:]
			continue
		case strings.EqualFold(low, "fwd:"):
			s = t[4:]
			continue
		case t != "" && t[0] == '[':
			if i := strings.IndexByte(t, ']'); i > 0 {
				s = t[i+1:]
				continue
			}
		}
		return t
	}
}
