package index

import (
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
func (c *collector) body(runs []stretch) (own int) {
	col := c.columns[fBody]
	next := pairs{in: c}
	first := len(col.uses)
	for _, run := range runs {
		next.end()
		bits := run.bits
		if bits == inOwn {
			bits = 1
		}
		text := fold(run.text)
		for i := 0; i < len(text); {
			from, to, end := cutWord(text, i)
			if i = end; to-from > maxToken || from >= len(text) {
				next.end()
				continue
			}
			n := c.number(col, text[from:to])
			t := &col.terms[n]
			if !t.known {
				t.known, t.compound, t.code = true, strings.IndexByte(t.text, '_') >= 0, pairCodes[t.text]
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
		t := &col.terms[u.term]
		if !t.stemmed {
			t.stemmed, t.twin = true, c.stems.twin(t.text)
		}
		if t.twin != "" {
			c.use(col, t.twin).mark(bits)
		}
	}
	return own
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
	add := func(word string, freq int32) {
		u := c.use(col, word)
		u.freq = max(u.freq, freq)
	}
	read := func(text string, freq int32) {
		for _, w := range words(text) {
			if len(w) > maxToken {
				continue
			}
			pos++
			add(w, freq)
			col.places = append(col.places, location{col.terms[col.numbers[w]].last, pos})
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
