package linear

// A Memo remembers what the n-grams of words add up to for the heads of a model: text repeats its words, and a word has
// two dozen n-grams, each of them somewhere else in a table of half a megabyte. The zero value is ready; it serves one
// model at a time and is not safe for concurrent use.
type Memo struct {
	of    *Model
	words []remembered // by hash, nil before the first word
}

// remembered is a word with the sum of its n-grams.
type remembered struct {
	hash  uint64
	grams packed
}

// memoWords is how many words are kept, 32 bytes each: 14 of 15 words of mail are found among them.
const memoWords = 1 << 13

// sum adds the weights of the n-grams of s for each head and returns how many there are.
func (mo *Memo) sum(m *Model, s *Sentence, into *[MaxHeads]int32) (grams int) {
	if mo.of != m {
		*mo = Memo{of: m, words: make([]remembered, memoWords)}
	}
	var sum packed
	for i := range s.Tokens {
		t := &s.Tokens[i]
		if t.Kind != Word || grams > maxGrams {
			continue
		}
		var word packed
		if t.plain {
			w := &mo.words[t.Hash%memoWords]
			if w.hash != t.Hash {
				*w = remembered{t.Hash, m.packWord(s.Text[t.Start:t.End])}
			}
			word = w.grams
		} else {
			word = m.packWord(s.Text[t.Start:t.End])
		}
		if !sum.fits(&word) {
			sum.unpack(into)
			sum = packed{}
		}
		sum.add(&word)
		grams += word.n
	}
	sum.unpack(into)
	return grams
}

// packWord adds the weights of the n-grams of a word up; they are fewer than maxLane.
func (m *Model) packWord(word string) packed {
	var room [gramsOfAWord]uint32
	return m.charRows.pack(appendGrams(room[:0], word))
}
