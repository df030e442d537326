package body

import "slices"

// shingle is the number of words that must stand in the same order to count as repeated.
const shingle = 4

// maxParent is how many bytes of a parent are remembered.
const maxParent = 256 << 10

// shingles is the set of word sequences of a text, as a bit table of hashes. A false hit has a chance of at most one in
// four, for one sequence; a verdict needs many.
type shingles struct {
	bits []uint64
	mask uint32
}

func newShingles(text string) *shingles {
	text = text[:min(len(text), maxParent)]
	size := uint32(1 << 12)
	for int(size) < len(text) {
		size <<= 1
	}
	sh := &shingles{bits: make([]uint64, size/64), mask: size - 1}
	var w window
	for i := 0; i < len(text); {
		h, next := wordHash(text, i)
		if next < 0 {
			break
		}
		i = next
		if key, full := w.push(h); full {
			sh.bits[key&sh.mask/64] |= 1 << (key & 63)
		}
	}
	return sh
}

func (sh *shingles) has(key uint32) bool {
	return sh.bits[key&sh.mask/64]&(1<<(key&63)) != 0
}

// wordHash hashes the first word of text at or after i, case ignored, and returns the offset behind it; -1 when there is
// no word left. Quote marks, punctuation and line ends are no part of words.
func wordHash(text string, i int) (h uint32, next int) {
	for i < len(text) && wordFold[text[i]] == 0 {
		i++
	}
	if i == len(text) {
		return 0, -1
	}
	h = 2166136261
	for i < len(text) {
		c := wordFold[text[i]]
		if c == 0 {
			break
		}
		h = (h ^ uint32(c)) * 16777619
		i++
	}
	return h, i
}

// wordFold gives for each byte of a word the byte in lower case, 0 for all others. Read only.
var wordFold = func() (fold [256]byte) {
	for i := range fold {
		switch c := byte(i); {
		case isUpper(c):
			fold[i] = c | 0x20
		case isWord(c):
			fold[i] = c
		}
	}
	return fold
}()

// window is the last words of a running text and the rolling hash over them.
type window struct {
	last [shingle]uint32
	sum  uint32
	n    int
}

// roll is the base of the rolling hash; rollOut takes the word that leaves the window out of it.
const (
	roll    uint32 = 0x9e3779b1 // 2^32 divided by the golden ratio
	rollOut uint32 = 0x9e3779b1 * 0x9e3779b1 % (1 << 32) * 0x9e3779b1 % (1 << 32) * 0x9e3779b1 % (1 << 32)
)

// push adds a word and returns the hash of the last words once there are enough.
func (w *window) push(h uint32) (key uint32, full bool) {
	slot := &w.last[w.n%shingle]
	w.sum = w.sum*roll + h - *slot*rollOut
	*slot = h
	w.n++
	return w.sum ^ w.sum>>15, w.n >= shingle
}

// known is a parent whose shingles are made.
type known struct {
	text     string
	shingles *shingles
}

// maxKnown is how many parents are kept: a thread goes back up by that many answers at most to one that has another.
const maxKnown = 8

// known returns the parent's shingles.
func (s *splitter) known() *shingles {
	if s.parent == nil {
		s.parent = s.of.known(s.o.Parent)
	}
	return s.parent
}

func (sp *Splitter) known(text string) *shingles {
	at := slices.IndexFunc(sp.parents, func(k known) bool { return k.text == text })
	k := known{text, nil}
	switch {
	case at >= 0:
		k = sp.parents[at]
		sp.parents = slices.Delete(sp.parents, at, at+1)
	case len(sp.parents) == maxKnown:
		sp.parents = sp.parents[:maxKnown-1]
	}
	if k.shingles == nil {
		k.shingles = newShingles(text)
	}
	sp.parents = slices.Insert(sp.parents, 0, k)
	return k.shingles
}

// coverage counts the words of the lines from..to-1, skip bytes of each left out, and how many of their sequences the
// parent has.
func (s *splitter) coverage(from, to, skip int) (words, hits int) {
	sh := s.known()
	var w window
	for i := from; i < to; i++ {
		v := s.raw(i)
		v = v[min(skip, len(v)):]
		for k := 0; k < len(v); {
			h, next := wordHash(v, k)
			if next < 0 {
				break
			}
			k = next
			words++
			if key, full := w.push(h); full && sh.has(key) {
				hits++
			}
		}
	}
	return words, hits
}

// continues reports whether in the parent the words of line i follow the end of the line above.
func (s *splitter) continues(i int) bool {
	sh := s.known()
	var w window
	for pos, v := 0, s.raw(i-1); pos < len(v); {
		h, next := wordHash(v, pos)
		if next < 0 {
			break
		}
		pos = next
		w.push(h)
	}
	if w.n < shingle {
		return false
	}
	all, hits := 0, 0
	for pos, v := 0, s.raw(i); pos < len(v); {
		h, next := wordHash(v, pos)
		if next < 0 {
			break
		}
		pos = next
		all++
		if key, _ := w.push(h); sh.has(key) {
			hits++
		}
	}
	return all > 0 && hits == all
}

// unmarked decides paragraphs without any quote mark whose words the parent has: quotes that a mail program or their
// author re-wrapped.
func (s *splitter) unmarked() {
	if s.o.Parent == "" || s.o.Patch {
		return
	}
	found := false
	for i := 0; i < len(s.lines); i++ {
		if !s.paragraphLine(i) {
			continue
		}
		end := i + 1
		for end < len(s.lines) && s.paragraphLine(end) {
			end++
		}
		if s.repeats(i, end) {
			for k := i; k < end; k++ {
				s.lines[k].kind, s.lines[k].done, s.lines[k].depth = Quote, true, 1
			}
			found = true
		}
		i = end
	}
	if found {
		s.attributions()
	}
}

// repeats reports whether the parent has the words of the lines from..to-1.
func (s *splitter) repeats(from, to int) bool {
	const least = 7 // words
	if s.parent == nil && s.shorter(from, to, least) {
		return false // the parent need not be read for it
	}
	words, hits := s.coverage(from, to, 0)
	if words < least {
		return false
	}
	possible := words - shingle + 1
	if words < 10 {
		return hits == possible
	}
	return hits*10 >= possible*8
}

// shorter reports whether the lines from..to-1 have fewer than n words.
func (s *splitter) shorter(from, to, n int) bool {
	for i := from; i < to; i++ {
		v := s.raw(i)
		for k := 0; k < len(v); {
			_, next := wordHash(v, k)
			if next < 0 {
				break
			}
			k = next
			if n--; n == 0 {
				return false
			}
		}
	}
	return true
}

// paragraphLine reports whether line i can be part of an unmarked quote.
func (s *splitter) paragraphLine(i int) bool {
	l := &s.lines[i]
	return !l.blank && (!l.done || l.kind == Code || l.kind == Log)
}
