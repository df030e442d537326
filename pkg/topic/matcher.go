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
	words    wordTable         // lower-case word -> symbol
	spelling map[string]int32  // exact spelling -> symbol
	heads    map[uint32][]head // by headKey: the beginnings that share it
	nodes    []node
	root     []int32 // symbol -> child of the root, 0 for none
	first    sieve   // of the words with which a cue begins
	all      sieve
	spelled  bits // hashes of the words that have a spelling
	patterns int
}

type head struct {
	text string
	sym  int32
}

// headKey makes an index of the first three bytes of a word, letter case ignored; different words may share it.
func headKey[T string | []byte](word T) uint32 {
	return uint32(word[0]&31)<<10 | uint32(word[1]&31)<<5 | uint32(word[2]&31)
}

// A sieve tells words that stand in no cue, nearly all of a text, from those that may: a word is looked up only when its
// bit is set, and what follows it only when a cue begins there.
type sieve struct {
	hashes bits // of words and spellings
	heads  bits // keys of the beginnings of words
}

// bits is a set of 2^15 numbers; larger ones share.
type bits [1 << 9]uint64

func (b *bits) has(n uint32) bool { return b[n>>6&(1<<9-1)]&(1<<(n&63)) != 0 }
func (b *bits) set(n uint32)      { b[n>>6&(1<<9-1)] |= 1 << (n & 63) }

func (f *sieve) may(text string, t *token) bool {
	return f.hashes.has(t.hash) || t.curly || t.end-t.start >= minPrefix && f.heads.has(headKey(text[t.start:t.end]))
}

func (f *sieve) add(e *element) {
	switch e.kind {
	case prefix:
		f.heads.set(headKey(e.text))
	case literal, exact:
		_, h := appendLower(nil, e.text)
		f.hashes.set(h)
	case anyWord, gap:
	}
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

// newMatcher compiles cues; cues[i] holds the readings of pattern i, none of a pattern that is not looked for.
func newMatcher(cues [][][]element) *matcher {
	m := &matcher{
		spelling: map[string]int32{}, heads: map[uint32][]head{},
		nodes: make([]node, 1), patterns: len(cues),
	}
	syms := int32(0)
	words, heads := map[string]int32{}, map[string]int32{}
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
			m.first.add(&seq[0])
			at := int32(0)
			for _, e := range seq {
				m.all.add(&e)
				switch e.kind {
				case literal:
					s, _ := symbol(words, e.text)
					at = m.child(at, s)
				case exact:
					_, h := appendLower(nil, e.text)
					m.spelled.set(h)
					s, _ := symbol(m.spelling, e.text)
					at = m.child(at, s)
				case prefix:
					s, fresh := symbol(heads, e.text)
					if fresh {
						key := headKey(e.text)
						m.heads[key] = append(m.heads[key], head{e.text, s})
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
	m.words = newWordTable(words)
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
	text     string
	toks     []token
	searches [families]search
}

// A search is what one matcher finds in the text of a scan.
type search struct {
	m     *matcher
	text  string
	toks  []token
	syms  []int32 // symbols of the words looked up so far, flat
	at    []span  // where those of word i stand in syms
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

func newScan(matchers *[families]*matcher) *scan {
	s := &scan{}
	for f, m := range matchers {
		s.searches[f] = search{m: m, seen: make([]uint32, m.patterns)}
	}
	return s
}

// read sets the text in which find looks.
func (s *scan) read(text string) {
	s.text = text
	s.toks = tokens(s.toks[:0], text)
}

// find returns the matches of a family in the text, each pattern once, at its leftmost place, in the order of the
// text. The slice is valid until the next call for that family.
func (s *scan) find(f family) []match {
	r := &s.searches[f]
	r.hits, r.at = r.hits[:0], r.at[:0]
	for i := range s.toks {
		if !r.m.first.may(s.text, &s.toks[i]) {
			continue
		}
		if len(r.at) == 0 {
			r.begin(s)
		}
		for _, sym := range r.symbols(int32(i)) {
			if to := r.m.root[sym]; to != 0 {
				r.walk(to, int32(i), int32(i)+1)
			}
		}
	}
	return r.hits
}

// unknown marks a word whose symbols nobody asked for yet.
const unknown = -1

// begin makes ready for the first word of the text with which a cue may begin.
func (s *search) begin(of *scan) {
	s.text, s.toks = of.text, of.toks
	s.syms = s.syms[:0]
	for range s.toks {
		s.at = append(s.at, span{unknown, unknown})
	}
	s.round++
	if s.round == 0 { // wrapped around: old marks would look new
		clear(s.seen)
		s.round = 1
	}
}

// symbols returns what word i is to the matcher: a word, a spelling, beginnings.
func (s *search) symbols(i int32) []int32 {
	at := s.at[i]
	if at.from == unknown {
		at = s.lookUp(i)
	}
	return s.syms[at.from:at.to]
}

func (s *search) lookUp(i int32) span {
	at := span{from: int32(len(s.syms)), to: int32(len(s.syms))}
	t := &s.toks[i]
	if !s.m.all.may(s.text, t) {
		s.at[i] = at
		return at
	}
	word := s.text[t.start:t.end]
	s.lower, _ = appendLower(s.lower[:0], word)
	if sym := s.m.words.lookup(s.lower, t.hash); sym != 0 {
		s.syms = append(s.syms, sym)
	}
	if s.m.spelled.has(t.hash) && string(s.lower) != word {
		if sym, ok := s.m.spelling[word]; ok {
			s.syms = append(s.syms, sym)
		}
	}
	if len(s.lower) >= minPrefix {
		if key := headKey(s.lower); s.m.all.heads.has(key) {
			for _, h := range s.m.heads[key] {
				if len(h.text) <= len(s.lower) && string(s.lower[:len(h.text)]) == h.text {
					s.syms = append(s.syms, h.sym)
				}
			}
		}
	}
	at.to = int32(len(s.syms))
	s.at[i] = at
	return at
}

// walk follows the trie from node at; pos is the next word, first the word where the match began.
// Depth is bounded by the longest cue, branching by maxCueGaps and maxGapWords.
func (s *search) walk(at, first, pos int32) {
	n := &s.m.nodes[at]
	for _, p := range n.out {
		if s.seen[p] != s.round {
			s.seen[p] = s.round
			s.hits = append(s.hits, match{p, first, pos - 1})
		}
	}
	if int(pos) < len(s.toks) {
		if len(n.edges) > 0 {
			for _, sym := range s.symbols(pos) {
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
			if to.any == 0 && len(s.symbols(pos+k)) == 0 {
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

// A placeIndex finds for a text who has a place that fits it, without a look at the places of all: most mail touches
// nothing that an entity knows.
type placeIndex struct {
	byFirst [256][]owned // by the first byte of what the text must begin with
	others  []owned
}

type owned struct {
	place
	owner int
}

func (ix *placeIndex) add(owner int, places []place) {
	for _, p := range places {
		o := owned{p, owner}
		if p.front || p.core == "" {
			ix.others = append(ix.others, o)
		} else {
			ix.byFirst[p.core[0]] = append(ix.byFirst[p.core[0]], o)
		}
	}
}

// mark sets in owners whose places fit the text.
func (ix *placeIndex) mark(owners []bool, text string) {
	if text != "" {
		markOwned(owners, ix.byFirst[text[0]], text)
	}
	markOwned(owners, ix.others, text)
}

func markOwned(owners []bool, places []owned, text string) {
	for i := range places {
		if p := &places[i]; !owners[p.owner] && p.match(text) {
			owners[p.owner] = true
		}
	}
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
