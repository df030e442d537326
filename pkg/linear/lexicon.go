package linear

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A Lexicon finds phrases in sentences. It is compiled once, read-only and safe for concurrent use.
//
// A pattern is a row of elements parted by blanks:
//
//	word        that word, in any case; marks like "!" or "," are words here
//	a|b         either word
//	a?  a|b?    the word may be missing
//	_           any one word
//	*           up to three words, none of them a mark
//	**          up to seven words, commas allowed
//	^  $        begin and end of the sentence (marks before the end do not count)
//	<name> <number> <code> <url> <smile>   a token of that kind
//
// The first element (after ^) must be a word, words or a kind.
type Lexicon struct {
	patterns [][]element
	ids      []int32
	first    startTable
	kinds    [Emoticon + 1]starts
	maybe    [256]uint64 // bit hash%2^14 is set for every first word: most words begin nothing
}

// starts are the patterns that begin with a word or kind, and the sieve for the second of all of them.
type starts struct {
	second uint64
	all    []start
}

func (ss *starts) add(s start) {
	if n := len(ss.all); n > 0 && ss.all[n-1].pattern == s.pattern {
		return // the word stands twice in it
	}
	ss.second |= s.second
	ss.all = append(ss.all, s)
}

// A start is a pattern under its first word, with a sieve for the second: most words are not followed by it.
type start struct {
	second  uint64 // see sieve
	pattern int32
}

// sieve returns one of 63 bits for a word.
func sieve(hash uint64) uint64 { return 1 << min(hash>>20&63, 62) }

const anySecond = 1 << 63 // stands for any token, and for the end of the sentence

// secondOf returns the bits of the words of which one must follow the first element of es.
func secondOf(es []element) uint64 {
	bits := uint64(0)
	for _, e := range es[1:] {
		if e.special != 0 {
			return anySecond
		}
		for _, h := range e.any {
			bits |= sieve(h)
		}
		if !e.optional {
			return bits
		}
	}
	return anySecond
}

// A startTable finds the starts of a word by its hash: open addressing, a power of two of slots, at most half of them used.
// It is asked for every third word of all mail, and the map of the language takes thrice as long.
type startTable struct {
	hashes []uint64 // 0: free
	starts []starts
}

func newStartTable(first map[uint64]*starts) startTable {
	size := 2
	for size < 2*len(first) {
		size *= 2
	}
	t := startTable{make([]uint64, size), make([]starts, size)}
	for h, ss := range first {
		i := h
		for t.hashes[i&uint64(size-1)] != 0 {
			i++
		}
		t.hashes[i&uint64(size-1)], t.starts[i&uint64(size-1)] = h, *ss
	}
	return t
}

// of returns the starts of a word, nil when no pattern begins with it.
func (t *startTable) of(hash uint64) *starts {
	mask := uint64(len(t.hashes) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		switch t.hashes[i] {
		case hash:
			return &t.starts[i]
		case 0:
			return nil
		}
	}
}

// A Phrase is a pattern and the caller's id for it.
type Phrase struct {
	Pattern string
	ID      int
}

// A Match is a phrase found: tokens First to Last-1 of the sentence.
type Match struct {
	ID, First, Last int
}

type element struct {
	any      []uint64 // hashes
	kind     Kind     // for the <...> elements
	special  byte     // 0 words, '_' one word, '*' gap, '^', '$', '<' kind
	optional bool
	gap      int
}

// NewLexicon compiles phrases. An error names the pattern that does not parse.
func NewLexicon(phrases []Phrase) (*Lexicon, error) {
	l := &Lexicon{}
	first := make(map[uint64]*starts, len(phrases))
	for _, p := range phrases {
		es, err := parsePattern(p.Pattern)
		if err != nil {
			return nil, fmt.Errorf("pattern %q: %w", p.Pattern, err)
		}
		n := int32(len(l.patterns))
		l.patterns = append(l.patterns, es)
		l.ids = append(l.ids, int32(p.ID))
		if es[0].special == '^' {
			es = es[1:]
		}
		at := start{second: secondOf(es), pattern: n}
		if es[0].special == '<' {
			l.kinds[es[0].kind].add(at)
		}
		for _, h := range es[0].any {
			l.maybe[h>>6&255] |= 1 << (h & 63)
			if first[h] == nil {
				first[h] = &starts{}
			}
			first[h].add(at)
		}
	}
	l.first = newStartTable(first)
	return l, nil
}

func parsePattern(s string) ([]element, error) {
	fields := strings.Fields(s)
	es := make([]element, 0, len(fields))
	for _, f := range fields {
		var e element
		switch f {
		case "_", "^", "$":
			e.special = f[0]
		case "*":
			e.special, e.gap = '*', 3
		case "**":
			e.special, e.gap = '*', 7
		case "<name>", "<number>", "<code>", "<url>", "<smile>":
			e.special = '<'
			e.kind = map[string]Kind{"<name>": Name, "<number>": Number, "<code>": Code, "<url>": URL, "<smile>": Emoticon}[f]
		default:
			if len(f) > 1 && strings.HasSuffix(f, "?") && f != "!?" {
				e.optional = true
				f = f[:len(f)-1]
			}
			for w := range strings.SplitSeq(f, "|") {
				if w == "" {
					return nil, fmt.Errorf("empty word in %q", f)
				}
				if len(w) > 1 && strings.Contains(w, "-") {
					return nil, fmt.Errorf("hyphen in %q: write two words", w)
				}
				e.any = append(e.any, hashWord(w))
			}
		}
		es = append(es, e)
	}
	at := 0
	if len(es) > 0 && es[0].special == '^' {
		at = 1
	}
	if len(es) <= at || len(es[at].any) == 0 && es[at].special != '<' || es[at].optional {
		return nil, errors.New("must begin with a word or a kind")
	}
	for i, e := range es {
		if e.special == '^' && i > 0 || e.special == '$' && i < len(es)-1 {
			return nil, fmt.Errorf("misplaced %q", string(e.special))
		}
	}
	return es, nil
}

// Find appends all matches in s to dst, in order of their first token. A pattern may match at several
// places, and matches may overlap.
func (l *Lexicon) Find(s *Sentence, dst []Match) []Match {
	lead := 0
	for lead < len(s.Tokens) && (s.Tokens[lead].Kind == Mark || s.Tokens[lead].Kind == Emoticon) {
		lead++
	}
	for i := range s.Tokens {
		t := &s.Tokens[i]
		if l.maybe[t.Hash>>6&255]&(1<<(t.Hash&63)) != 0 {
			if ss := l.first.of(t.Hash); ss != nil {
				dst = l.at(s, i, lead, ss, dst)
			}
		}
		if ss := &l.kinds[t.Kind]; len(ss.all) > 0 {
			dst = l.at(s, i, lead, ss, dst)
		}
	}
	return dst
}

// at tries the patterns of ss at token i.
func (l *Lexicon) at(s *Sentence, i, lead int, ss *starts, dst []Match) []Match {
	next := uint64(anySecond)
	if i+1 < len(s.Tokens) {
		next |= sieve(s.Tokens[i+1].Hash)
	}
	if ss.second&next == 0 {
		return dst
	}
	for _, one := range ss.all {
		if one.second&next == 0 {
			continue
		}
		n := one.pattern
		es := l.patterns[n]
		if es[0].special == '^' {
			if i != lead {
				continue
			}
			es = es[1:]
		}
		if end := match(s.Tokens, i+1, es[1:]); end >= 0 { // the first is there
			dst = append(dst, Match{int(l.ids[n]), i, end})
		}
	}
	return dst
}

// match returns the end of the match of es at token i, -1 when there is none. Gaps are tried short
// first; their number and length are small, so the search is bounded.
func match(tokens []Token, i int, es []element) int {
	for n := range es {
		e := &es[n]
		switch e.special {
		case '$':
			for j := i; j < len(tokens); j++ {
				if tokens[j].Kind != Mark && tokens[j].Kind != Emoticon {
					return -1
				}
			}
			return i
		case '_':
			if i >= len(tokens) || tokens[i].Kind == Mark {
				return -1
			}
			i++
		case '<':
			if i >= len(tokens) || tokens[i].Kind != e.kind {
				return -1
			}
			i++
		case '*':
			for skip := 0; skip <= e.gap && i+skip <= len(tokens); skip++ {
				if end := match(tokens, i+skip, es[n+1:]); end >= 0 {
					return end
				}
				if i+skip < len(tokens) && stops(&tokens[i+skip], e.gap > 3) {
					break
				}
			}
			return -1
		default:
			ok := i < len(tokens) && slices.Contains(e.any, tokens[i].Hash)
			if e.optional {
				if ok {
					if end := match(tokens, i+1, es[n+1:]); end >= 0 {
						return end
					}
				}
				continue
			}
			if !ok {
				return -1
			}
			i++
		}
	}
	return i
}

// stops says that a gap must not run over t.
func stops(t *Token, commas bool) bool {
	return t.Kind == Mark && (!commas || t.Hash != hashWord(","))
}

// PhraseHash returns the hash a token spelled word has.
func PhraseHash(word string) uint64 { return hashWord(word) }
