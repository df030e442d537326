package index

import (
	"strings"

	bleve "github.com/blevesearch/bleve_index_api"
)

// A bag collects the words of one field of one document.
type bag struct {
	terms bleve.TokenFrequencies
	order []string          // terms in the order of their first coming
	slab  []bleve.TokenFreq // where new entries are taken from
}

func newBag(size int) *bag {
	return &bag{terms: make(bleve.TokenFrequencies, size)}
}

func (b *bag) entry(term string) *bleve.TokenFreq {
	tf := b.terms[term]
	if tf == nil {
		if len(b.slab) == 0 {
			b.slab = make([]bleve.TokenFreq, 64)
		}
		tf, b.slab = &b.slab[0], b.slab[1:]
		b.terms[term] = tf
		b.order = append(b.order, term)
	}
	return tf
}

// set notes that a term is there.
func (b *bag) set(term string, freq int) {
	if term != "" {
		b.entry(term).SetFrequency(freq)
	}
}

// mark adds the places in which a word stands.
func (b *bag) mark(term string, bits int) {
	tf := b.entry(term)
	old := tf.Frequency()
	own := old&inOwn + bits&inOwn
	tf.SetFrequency((old|bits)&^inOwn | min(own, inOwn))
}

// body collects the words of a mail's text and returns how many are the author's own.
func (b *bag) body(runs []stretch, st *stemmer, next *pairs) (own int) {
	for _, run := range runs {
		next.end()
		bits := run.bits
		if bits == inOwn {
			bits = 1
		}
		s := fold(run.text)
		for i := 0; i < len(s); {
			from, to, end := cutWord(s, i)
			if i = end; to-from > maxToken || from >= len(s) {
				next.end()
				continue
			}
			w := s[from:to]
			next.word(w)
			b.mark(w, bits|wholeWord)
			own += bits & 1
			if strings.IndexByte(w, '_') >= 0 {
				b.parts(w, bits)
			}
		}
	}
	for _, w := range b.order {
		tf := b.terms[w]
		bits := tf.Frequency() & inProse
		whole := tf.Frequency()&wholeWord != 0
		tf.SetFrequency(tf.Frequency() &^ wholeWord)
		if bits == 0 || !whole { // parts of identifiers are not stemmed
			continue
		}
		if twin := st.twin(w); twin != "" {
			b.mark(twin, bits)
		}
	}
	return own
}

// wholeWord is set while a bag is filled on words that stand for themselves somewhere.
const wholeWord = 1 << 8

// parts adds the pieces of snake_case.
func (b *bag) parts(w string, bits int) {
	for p := range strings.SplitSeq(w, "_") {
		if p != "" && p != w {
			b.mark(p, bits)
		}
	}
}

// Frequencies in the subject field.
const (
	noiseWord = 1
	titleWord = 2
)

// subject collects the words of a subject with their positions. Words of Re: and [PATCH ...] count
// as noise.
func (b *bag) subject(subject string, st *stemmer) {
	noise := len(subject) - len(title(subject))
	pos := 0
	add := func(text string, freq int) {
		for _, w := range words(text) {
			if len(w) > maxToken {
				continue
			}
			pos++
			tf := b.entry(w)
			tf.SetFrequency(max(tf.Frequency(), freq))
			tf.Locations = append(tf.Locations, &bleve.TokenLocation{Position: pos})
			more := strings.FieldsFunc(w, func(r rune) bool { return r == '_' })
			if len(more) == 1 && more[0] == w {
				more = nil
			}
			if t := st.twin(w); t != "" {
				more = append(more, t)
			}
			for _, p := range more {
				tf := b.entry(p)
				tf.SetFrequency(max(tf.Frequency(), freq))
			}
		}
	}
	add(subject[:noise], noiseWord)
	add(subject[noise:], titleWord)
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
