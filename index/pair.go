package index

import "strings"

// Phrases of two words that nearly every mail holds ("the kernel") would have to be looked for in the
// text of nearly every mail. So neighbours that are both on these lists are indexed as a pair, unless
// both are function words: nobody looks for "of the". The lists decide only how fast a phrase is
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

// pairCodes is never written to.
var pairCodes = func() map[string]pairCode {
	codes := map[string]pairCode{}
	for i, list := range []string{functionWords, contentWords} {
		for w := range strings.FieldsSeq(list) {
			n := len(codes)
			codes[w] = pairCode{[2]byte{byte('0' + n/64), byte('0' + n%64)}, i == 0}
		}
	}
	return codes
}()

// pairs notes which frequent words follow each other in a run of text.
type pairs struct {
	in   *collector
	last pairCode
}

// word is told the code of every word in turn.
func (p *pairs) word(code pairCode) {
	if code != (pairCode{}) && p.last != (pairCode{}) && !(p.last.function && code.function) {
		key := pairKey(p.last, code)
		p.in.use(p.in.columns[fPairs], string(key[:]))
	}
	p.last = code
}

// end says that the run ends, or that a word is left out.
func (p *pairs) end() { p.last = pairCode{} }

func pairKey(a, b pairCode) [4]byte {
	return [4]byte{a.letters[0], a.letters[1], b.letters[0], b.letters[1]}
}

// pairTerm is the index term for two words that follow each other, "" when there is none.
func pairTerm(a, b string) string {
	x, ok := pairCodes[a]
	y, okToo := pairCodes[b]
	if !ok || !okToo || x.function && y.function {
		return ""
	}
	key := pairKey(x, y)
	return string(key[:])
}
