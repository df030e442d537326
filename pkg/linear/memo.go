package linear

// A Memo remembers what the n-grams of words add up to for the heads of a model: text repeats its words, and a word has
// two dozen n-grams, each of them somewhere else in a table of half a megabyte. The zero value is ready; it serves one
// model at a time and is not safe for concurrent use.
type Memo struct {
	of    *Model
	words []remembered // by hash, nil before the first word
}

// remembered is a word with its sums.
type remembered struct {
	hash  uint64
	grams int32
	sums  [maxHeads]int16 // of gramsOfAWord weights, 8 bits each
}

// memoWords is how many words are kept, 48 bytes each: 14 of 15 words of mail are found among them.
const memoWords = 1 << 13

// sum adds the weights of the n-grams of s for each head and returns how many there are.
func (mo *Memo) sum(m *Model, s *Sentence, into *[maxHeads]int32) (grams int) {
	if mo.of != m {
		*mo = Memo{of: m, words: make([]remembered, memoWords)}
	}
	for i := range s.Tokens {
		t := &s.Tokens[i]
		if t.Kind != Word || grams > maxGrams {
			continue
		}
		if !t.plain {
			grams += m.sumWord(s.Text[t.Start:t.End], into)
			continue
		}
		w := &mo.words[t.Hash%memoWords]
		if w.hash != t.Hash {
			var sums [maxHeads]int32
			w.hash, w.grams = t.Hash, int32(m.sumWord(s.Text[t.Start:t.End], &sums))
			for k := range sums {
				w.sums[k] = int16(sums[k])
			}
		}
		grams += int(w.grams)
		for k := range w.sums {
			into[k] += int32(w.sums[k])
		}
	}
	return grams
}

// sumWord adds the weights of the n-grams of a word for each head and returns how many there are.
func (m *Model) sumWord(word string, into *[maxHeads]int32) (grams int) {
	var room [gramsOfAWord]uint32
	all := appendGrams(room[:0], word)
	m.charRows.sum(all, into)
	return len(all)
}
