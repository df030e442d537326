package index

import "strings"

// Phrases of two words that nearly every mail holds ("the kernel") would have to be looked for in the
// text of nearly every mail. So neighbours that are both on this list are indexed as a pair. The list
// decides only how fast a phrase is found, never what is found; a change of it is a change of
// SchemaVersion.
const frequentWords = `
the a to is in by for on this and kernel of if it off that at be not with i wrote file are from
linux but or c so config scripts we can all use you files have make when which will build do no kbuild only an add
there used code patch should also has new was some more like one just commit would thanks into get out need then because
name version does module static using set up other any check see kconfig may call since error case support change
here struct same regards else test return changes now option about default what these instead time int modules don't symbol
type link list compiler think fix they them work my init size tree function after could data define while without
remove me way source than before line first info tools target next want where create always your run how warning such
still even please output following value been long documentation already find end read debug path section export user
drivers driver system both good too issue different building note sure something enable being two current might each needed its why
functions entry right know possible based done rust part order issues however those really must common cannot seems patches
better works point another problem needs above actually most their generic people maintainers maintainer
memory review bug say thing things many much very well who lot going developers least say our were
had few go safety unsafe subsystem lang api abstractions abstraction upstream stable free lock device bindings
process community discussion language policy project
`

// pairCodes gives each frequent word two letters. It is never written to.
var pairCodes = func() map[string][2]byte {
	codes := map[string][2]byte{}
	for w := range strings.FieldsSeq(frequentWords) {
		if _, ok := codes[w]; !ok {
			n := len(codes)
			codes[w] = [2]byte{byte('0' + n/64), byte('0' + n%64)}
		}
	}
	return codes
}()

// pairs notes which frequent words follow each other in a run of text.
type pairs struct {
	bag  *bag
	last [2]byte
	has  bool
}

// word is told every word in turn; those that are not indexed as "".
func (p *pairs) word(w string) {
	code, ok := pairCodes[w]
	if ok && p.has {
		key := [4]byte{p.last[0], p.last[1], code[0], code[1]}
		if p.bag.terms[string(key[:])] == nil {
			p.bag.set(string(key[:]), 0)
		}
	}
	p.last, p.has = code, ok
}

// end says that the run ends.
func (p *pairs) end() { p.has = false }

// pairTerm is the index term for two words that follow each other, "" when they are not both frequent.
func pairTerm(a, b string) string {
	x, ok := pairCodes[a]
	y, okToo := pairCodes[b]
	if !ok || !okToo {
		return ""
	}
	return string([]byte{x[0], x[1], y[0], y[1]})
}
