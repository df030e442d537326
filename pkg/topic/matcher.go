package topic

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// A matcher finds many cues in one pass over a sentence: a trie over words whose edges are words,
// word beginnings, spellings, wildcards and gaps. It is immutable.
type matcher struct {
	words    map[string]int32 // lower-case word -> symbol, while compiling
	table    wordTable        // the same, for lookups
	spelling map[string]int32 // exact spelling -> symbol
	prefixes [1 << 15][]head  // by headKey: the beginnings that share it
	nodes    []node
	root     []int32 // symbol -> child of the root, 0 for none
	patterns int
}

type head struct {
	text string
	sym  int32
}

// headKey makes an index of the first three bytes of a word; different words may share it.
func headKey[T string | []byte](word T) int {
	return int(word[0]&31)<<10 | int(word[1]&31)<<5 | int(word[2]&31)
}

type edge struct {
	sym int32
	to  int32
}

type gapEdge struct {
	n  int
	to int32
}

type node struct {
	edges []edge // by symbol
	gaps  []gapEdge
	out   []int32 // patterns that end here
	any   int32   // child for any word, 0 for none
}

// newMatcher compiles cues; cues[i] holds the readings of pattern i.
func newMatcher(cues [][][]element) *matcher {
	m := &matcher{
		words: map[string]int32{}, spelling: map[string]int32{},
		nodes: make([]node, 1), patterns: len(cues),
	}
	syms := int32(0)
	heads := map[string]int32{}
	symbol := func(table map[string]int32, text string) (int32, bool) {
		if s, ok := table[text]; ok {
			return s, false
		}
		syms++
		table[text] = syms
		return syms, true
	}
	for i, readings := range cues {
		for _, seq := range readings {
			at := int32(0)
			for _, e := range seq {
				switch e.kind {
				case literal:
					s, _ := symbol(m.words, e.text)
					at = m.child(at, s)
				case exact:
					s, _ := symbol(m.spelling, e.text)
					at = m.child(at, s)
				case prefix:
					s, fresh := symbol(heads, e.text)
					if fresh {
						key := headKey(e.text)
						m.prefixes[key] = append(m.prefixes[key], head{e.text, s})
					}
					at = m.child(at, s)
				case anyWord:
					if m.nodes[at].any == 0 {
						m.nodes = append(m.nodes, node{})
						m.nodes[at].any = int32(len(m.nodes) - 1)
					}
					at = m.nodes[at].any
				case gap:
					at = m.gapChild(at, e.n)
				}
			}
			if !slices.Contains(m.nodes[at].out, int32(i)) {
				m.nodes[at].out = append(m.nodes[at].out, int32(i))
			}
		}
	}
	m.table = newWordTable(m.words)
	m.root = make([]int32, syms+1)
	for _, e := range m.nodes[0].edges {
		m.root[e.sym] = e.to
	}
	return m
}

func (m *matcher) child(at, sym int32) int32 {
	i, ok := slices.BinarySearchFunc(m.nodes[at].edges, sym, func(e edge, s int32) int { return cmp.Compare(e.sym, s) })
	if ok {
		return m.nodes[at].edges[i].to
	}
	m.nodes = append(m.nodes, node{})
	to := int32(len(m.nodes) - 1)
	m.nodes[at].edges = slices.Insert(m.nodes[at].edges, i, edge{sym, to})
	return to
}

func (m *matcher) gapChild(at int32, n int) int32 {
	for _, g := range m.nodes[at].gaps {
		if g.n == n {
			return g.to
		}
	}
	m.nodes = append(m.nodes, node{})
	to := int32(len(m.nodes) - 1)
	m.nodes[at].gaps = append(m.nodes[at].gaps, gapEdge{n, to})
	return to
}

// step returns the child for a symbol, 0 for none. Most nodes have few edges.
func (n *node) step(sym int32) int32 {
	edges := n.edges
	for len(edges) > 8 {
		half := len(edges) / 2
		if edges[half].sym <= sym {
			edges = edges[half:]
		} else {
			edges = edges[:half]
		}
	}
	for _, e := range edges {
		if e.sym == sym {
			return e.to
		}
	}
	return 0
}

// A scan is the working memory of one pass. It is reused, never shared.
type scan struct {
	m     *matcher
	toks  []token
	syms  []int32 // symbols of all words, flat
	first []int32 // first[i]..first[i+1] are the symbols of word i
	lower []byte
	seen  []uint32 // last round in which a pattern was reported
	round uint32
	hits  []match
}

// A match says that a pattern matched, at words [first, last] of the sentence.
type match struct {
	pattern     int32
	first, last int32
}

func (m *matcher) newScan() *scan { return &scan{m: m, seen: make([]uint32, m.patterns)} }

// find returns the matches in text, each pattern once, at its leftmost place, in the order of the text.
// The slice is valid until the next call.
func (s *scan) find(text string) []match {
	s.toks = tokens(s.toks[:0], text)
	s.syms, s.first, s.hits = s.syms[:0], s.first[:0], s.hits[:0]
	s.round++
	if s.round == 0 { // wrapped around: old marks would look new
		clear(s.seen)
		s.round = 1
	}
	for _, t := range s.toks {
		s.first = append(s.first, int32(len(s.syms)))
		s.symbols(text[t.start:t.end])
	}
	s.first = append(s.first, int32(len(s.syms)))
	for i := range s.toks {
		for _, sym := range s.syms[s.first[i]:s.first[i+1]] {
			if to := s.m.root[sym]; to != 0 {
				s.walk(to, int32(i), int32(i)+1)
			}
		}
	}
	return s.hits
}

func (s *scan) symbols(word string) {
	var hash uint32
	s.lower, hash = appendLower(s.lower[:0], word)
	if sym := s.m.table.lookup(s.lower, hash); sym != 0 {
		s.syms = append(s.syms, sym)
	}
	if len(s.m.spelling) > 0 && string(s.lower) != word {
		if sym, ok := s.m.spelling[word]; ok {
			s.syms = append(s.syms, sym)
		}
	}
	if len(s.lower) >= minPrefix {
		for _, h := range s.m.prefixes[headKey(s.lower)] {
			if len(h.text) <= len(s.lower) && string(s.lower[:len(h.text)]) == h.text {
				s.syms = append(s.syms, h.sym)
			}
		}
	}
}

// walk follows the trie from node at; pos is the next word, first the word where the match began.
// Depth is bounded by the longest cue, branching by maxCueGaps and maxGapWords.
func (s *scan) walk(at, first, pos int32) {
	n := &s.m.nodes[at]
	for _, p := range n.out {
		if s.seen[p] != s.round {
			s.seen[p] = s.round
			s.hits = append(s.hits, match{p, first, pos - 1})
		}
	}
	if int(pos) < len(s.toks) {
		if len(n.edges) > 0 {
			for _, sym := range s.syms[s.first[pos]:s.first[pos+1]] {
				if to := n.step(sym); to != 0 {
					s.walk(to, first, pos+1)
				}
			}
		}
		if n.any != 0 {
			s.walk(n.any, first, pos+1)
		}
	}
	for _, g := range n.gaps {
		to := &s.m.nodes[g.to]
		for k := int32(0); k <= int32(g.n) && int(pos+k) < len(s.toks); k++ {
			// Most words lead nowhere: look before going there. No cue ends with a gap.
			if s.first[pos+k] == s.first[pos+k+1] && to.any == 0 {
				continue
			}
			s.walk(g.to, first, pos+k)
		}
	}
}

// A place is a pattern for paths, areas and addresses: a '*' at either end, or a '/' at the end, matches
// whatever stands there; without them the text must be equal.
type place struct {
	expr, core  string
	front, back bool
}

func newPlaces(exprs []string) []place {
	out := make([]place, 0, len(exprs))
	for _, e := range exprs {
		out = append(out, place{
			expr: e, core: strings.Trim(e, "*"),
			front: strings.HasPrefix(e, "*"), back: strings.HasSuffix(e, "*") || strings.HasSuffix(e, "/"),
		})
	}
	return out
}

func (p *place) match(text string) bool {
	switch {
	case p.front && p.back:
		return strings.Contains(text, p.core)
	case p.front:
		return strings.HasSuffix(text, p.core)
	case p.back:
		return strings.HasPrefix(text, p.core)
	}
	return text == p.core
}

// firstMatch returns the first place that fits the text.
func firstMatch(places []place, text string) (string, bool) {
	for i := range places {
		if places[i].match(text) {
			return places[i].expr, true
		}
	}
	return "", false
}

// share returns the part of the files that one of the places fits, and the first such place.
func share(places []place, files []string) (float64, string) {
	if len(places) == 0 || len(files) == 0 {
		return 0, ""
	}
	n, by := 0, ""
	for _, f := range files {
		if p, ok := firstMatch(places, f); ok {
			n++
			if by == "" {
				by = p
			}
		}
	}
	return float64(n) / float64(len(files)), by
}

// places are the compiled paths, areas and lists of a topic, an entity or the relevance rules.
type places struct{ paths, areas, lists, people []place }

// A wordTable is a hash table from lower-case words to symbols, with the hash computed while the word
// is put in lower case. It is read for every word of every mail; the map of the language costs twice.
type wordTable struct {
	slots []slot
	mask  uint32
}

type slot struct {
	word string
	hash uint32
	sym  int32 // 0: free
}

func newWordTable(words map[string]int32) wordTable {
	size := uint32(16)
	for int(size) < 3*len(words) {
		size *= 2
	}
	t := wordTable{slots: make([]slot, size), mask: size - 1}
	var lower []byte
	for _, w := range slices.Sorted(maps.Keys(words)) {
		var h uint32
		lower, h = appendLower(lower[:0], w)
		i := h & t.mask
		for t.slots[i].sym != 0 {
			i = (i + 1) & t.mask
		}
		t.slots[i] = slot{string(lower), h, words[w]}
	}
	return t
}

func (t *wordTable) lookup(word []byte, hash uint32) int32 {
	for i := hash & t.mask; ; i = (i + 1) & t.mask {
		s := &t.slots[i]
		if s.sym == 0 {
			return 0
		}
		if s.hash == hash && s.word == string(word) {
			return s.sym
		}
	}
}
