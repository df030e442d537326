package topic

import (
	"cmp"
	"slices"
	"strings"
)

// Anchors are words of which one stands in every text that a list of cues finds something in. A text without any need not
// be cut into words to know that nothing is found there: most of what mail quotes is of that sort.
type anchors struct {
	keys  bits                // headKey of each word
	words map[uint32][]anchor // by headKey
	none  bool                // a cue has no word to look for: every text may hold it
}

// An anchor is a word, or what stands of it before an apostrophe, which has two spellings.
type anchor struct {
	text string
	open bool // a beginning: more letters may follow
}

// newAnchors takes the only word of a reading that has no other, "rust", and of each reading without one of these its
// longest: "rusty" of "rusty code".
func newAnchors(cues [][][]element) *anchors {
	a := &anchors{words: map[uint32][]anchor{}}
	var open [][]anchor // readings with several words
	for _, readings := range cues {
		for _, seq := range readings {
			var words []anchor
			for _, e := range seq {
				if w, ok := e.anchor(); ok {
					words = append(words, w)
				}
			}
			switch len(words) {
			case 0:
				a.none = true
			case 1:
				a.add(words[0])
			default:
				open = append(open, words)
			}
		}
	}
	for _, words := range open {
		if !slices.ContainsFunc(words, a.has) {
			a.add(slices.MaxFunc(words, func(x, y anchor) int { return cmp.Compare(len(x.text), len(y.text)) }))
		}
	}
	return a
}

func (a *anchors) has(w anchor) bool { return slices.Contains(a.words[headKey(w.text)], w) }

func (a *anchors) add(w anchor) {
	if key := headKey(w.text); !a.has(w) {
		a.keys.set(key)
		a.words[key] = append(a.words[key], w)
	}
}

// anchor returns what can be looked for of the element; false when that is too short.
func (e *element) anchor() (anchor, bool) {
	text, _, cut := strings.Cut(lowered(e.text), "'")
	return anchor{text, cut || e.kind == prefix}, len(text) >= minPrefix
}

// may says that a cue may be found in the text.
func (a *anchors) may(text string) bool {
	if a.none {
		return text != ""
	}
	key := uint32(0)
	for i := range len(text) {
		key = (key<<5 | uint32(text[i]&31)) & (1<<15 - 1) // headKey of the last three bytes
		if a.keys.has(key) && i >= 2 && a.at(text, i-2, key) {
			return true
		}
	}
	return false
}

// at says that one of the words with that key stands at i.
func (a *anchors) at(text string, i int, key uint32) bool {
	if i > 0 && asciiWord(text[i-1]) {
		return false
	}
	for _, w := range a.words[key] {
		end := i + len(w.text)
		if end <= len(text) && foldsTo(text[i:end], w.text) && (w.open || end == len(text) || !asciiWord(text[end])) {
			return true
		}
	}
	return false
}

// asciiWord says that c surely belongs to the word beside it; of other bytes that depends on what they are part of.
func asciiWord(c byte) bool { return wordFold[c] != 0 && c < 0x80 }

// foldsTo says that text is low, which has its length, but for the case of letters.
func foldsTo(text, low string) bool {
	for i := range len(low) {
		if wordFold[text[i]] != low[i] {
			return false
		}
	}
	return true
}
