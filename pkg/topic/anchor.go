package topic

import "strings"

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

// newAnchors chooses of each reading the word that stands in most of them, "rust" of "rust is", the longest where several do.
func newAnchors(cues [][][]element) *anchors {
	count := map[anchor]int{}
	for _, readings := range cues {
		for _, seq := range readings {
			for _, e := range seq {
				if c, ok := e.anchor(); ok {
					count[c]++
				}
			}
		}
	}
	a := &anchors{words: map[uint32][]anchor{}}
	chosen := map[anchor]bool{}
	for _, readings := range cues {
		for _, seq := range readings {
			var best anchor
			for _, e := range seq {
				c, ok := e.anchor()
				if ok && (count[c] > count[best] || count[c] == count[best] && len(c.text) > len(best.text)) {
					best = c
				}
			}
			if best.text == "" {
				a.none = true
			} else if !chosen[best] {
				chosen[best] = true
				key := headKey(best.text)
				a.keys.set(key)
				a.words[key] = append(a.words[key], best)
			}
		}
	}
	return a
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
