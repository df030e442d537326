package index

import (
	"strings"
	"sync"
)

// Phrases of two words that nearly every mail holds ("the kernel") would have to be looked for in the
// text of nearly every mail. So two or three neighbours that are all on these lists are indexed together, unless
// more than one of them is a function word: nobody looks for "of the". The lists decide only how fast a phrase is
// found, never what is found; a change of them is a change of SchemaVersion.
const (
	functionWords = `
the a to is in by for on this and of if it off that at be not with i are from or but so can we all use you have
when which will do no only an there should also has was some more like one just would get out need then because
does using up other any may since here same else now about what these instead don't think they them my
could while without me than before where always your how such still even been already both too being its
right however those really must cannot another above most their very well who least say our were had few go much many`
	contentWords = `
wrote file linux c config scripts files make build kbuild add used code patch new commit thanks into name version
module static set check see kconfig call error case support change struct regards test return changes option default
int time modules symbol type link list compiler fix work init size tree function after data define remove way source
first line info tools target next want create run warning please output following value long documentation find end
read debug path section export user drivers driver system good issue different building note sure something enable
two current might each needed why functions entry know possible based done rust part order issues common seems
patches better works point problem needs actually generic kernel people maintainers maintainer memory review bug
thing things lot going developers safety unsafe subsystem lang api abstractions abstraction upstream stable free
lock device bindings process community discussion language policy project`
)

// pairCode is a frequent word in two letters; the zero value is any other word.
type pairCode struct {
	letters  [2]byte
	function bool
}

// pairCodes is never written to. It is made when it is first asked for: most queries do not.
var pairCodes = sync.OnceValue(func() map[string]pairCode {
	codes := map[string]pairCode{}
	for i, list := range []string{functionWords, contentWords} {
		for w := range strings.FieldsSeq(list) {
			n := len(codes)
			codes[w] = pairCode{[2]byte{byte('0' + n/64), byte('0' + n%64)}, i == 0}
		}
	}
	return codes
})

// A code is a frequent word with its pairCode.
type code struct {
	word string
	pairCode
}

// codes is pairCodes by the hash of the word; ten times as many slots as words.
type codes [4096]code

// pairTable is never written to.
var pairTable = sync.OnceValue(func() *codes {
	t := new(codes)
	for w, c := range pairCodes() {
		*t.find(wordHash(w), w) = code{w, c}
	}
	return t
})

// find is the slot of a word, an empty one when it has no code.
func (t *codes) find(hash uint32, word string) *code {
	for slot := hash % uint32(len(t)); ; slot = (slot + 1) % uint32(len(t)) {
		if c := &t[slot]; c.word == "" || c.word == word {
			return c
		}
	}
}

// maxNeighbours is how many words are indexed together at most, minNeighbours how many at least.
const (
	minNeighbours = 2
	maxNeighbours = 3
)

// pairs notes which frequent words follow each other in a run of text.
type pairs struct {
	in    *digest
	field uint8
	last  [maxNeighbours]pairCode // the present word and those before it, the zero value where there is none
}

// word is told the code of every word in turn.
func (p *pairs) word(code pairCode) {
	copy(p.last[:], p.last[1:])
	p.last[maxNeighbours-1] = code
	for n := minNeighbours; n <= maxNeighbours; n++ {
		key, ok := neighbourKey(p.last[maxNeighbours-n:])
		if !ok {
			return // and so is every longer one
		}
		p.in.number(p.field, inPlace(key[:2*n])) // with frequency 0
	}
}

// end says that the run ends, or that a word is left out.
func (p *pairs) end() { p.last = [maxNeighbours]pairCode{} }

// neighbourKey is the codes of up to maxNeighbours words one after the other; not ok when they are not indexed
// together.
func neighbourKey(codes []pairCode) (key [2 * maxNeighbours]byte, ok bool) {
	functions := 0
	for i, c := range codes {
		if c == (pairCode{}) {
			return key, false
		}
		if c.function {
			functions++
		}
		key[2*i], key[2*i+1] = c.letters[0], c.letters[1]
	}
	return key, functions <= 1
}

// neighbourTerm is the index term for two or three words that follow each other, "" when there is none.
func neighbourTerm(words []string) string {
	var codes [maxNeighbours]pairCode
	for i, w := range words {
		codes[i] = pairCodes()[w]
	}
	key, ok := neighbourKey(codes[:len(words)])
	if !ok {
		return ""
	}
	return string(key[:2*len(words)])
}
