package analysis

import (
	"strings"
	"unicode/utf8"
)

// phrases are looked for in every mail, and hardly any holds one of them. Before a sentence is put in lower case and on
// one line to be searched for each of them, a sieve takes one pass over its bytes.
type phrases struct {
	all   []string
	sieve [1 << 9]uint64 // bits of three letters in a row
}

// newPhrases makes a list of phrases, each of which holds one of the parts. Parts are ASCII letters, three at least, of
// which the first three count: they should be rare in mail.
func newPhrases(parts []string, all ...string) *phrases {
	p := &phrases{all: all}
	for _, part := range parts {
		key := uint32(0)
		for i := range 3 {
			key = roll(key, part[i])
		}
		p.sieve[key>>6] |= 1 << (key & 63)
	}
	return p
}

// roll adds a byte to the key of the last three, letter case ignored.
func roll(key uint32, c byte) uint32 { return (key<<5 | uint32(c&31)) & (1<<15 - 1) }

// may says that text may hold one of the phrases. All that is not ASCII may: its letter case is another matter.
func (p *phrases) may(text string) bool {
	key := uint32(0)
	for i := range len(text) {
		c := text[i]
		key = roll(key, c)
		if c >= utf8.RuneSelf || p.sieve[key>>6]&(1<<(key&63)) != 0 {
			return true
		}
	}
	return false
}

// folded returns a sentence as phrases are looked for in it: on one line, in lower case.
func folded(sentence string) string { return strings.ToLower(oneLine(sentence)) }
