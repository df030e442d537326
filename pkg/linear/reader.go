package linear

import "math"

// Bucket counts of the two hash spaces. Powers of two; part of the file format.
const (
	WordBuckets = 1 << 16 // words and word pairs
	CharBuckets = 1 << 16 // character 3-, 4- and 5-grams inside words
)

// maxGrams bounds the character n-grams kept of one sentence.
const maxGrams = 4096

// A Sentence is a sentence as the heads see it. It belongs to the Reader that made it and is valid
// until the next Read.
type Sentence struct {
	Text   string
	Tokens []Token
	Words  []uint32  // buckets of words and word pairs, repeats kept
	Dense  []float32 // what the caller's Densify wrote; nil without one
}

// A Text is a sequence of sentences, read once for all heads.
type Text struct {
	Sentences []Sentence
}

// A Reader turns sentences into features. It keeps its buffers, so reading does not allocate after
// the first few texts. The zero value is ready; not safe for concurrent use.
type Reader struct {
	text   Text
	tokens []Token
	words  []uint32
	dense  []float32
	cuts   []cut
}

// cut says where the features of a sentence end in the arenas.
type cut struct{ tokens, words int }

// A Densifier computes dense features of a sentence.
type Densifier interface {
	Width() int                          // number of features
	Densify(s *Sentence, into []float32) // into has Width elements, all zero
}

// Read cuts sentences into tokens and features. d may be nil. The result is valid until the next use
// of r and refers to the strings given.
func (r *Reader) Read(sentences []string, d Densifier) *Text {
	r.cut(sentences, true)
	r.densify(d)
	return &r.text
}

// Tokens cuts sentences into tokens only: enough for a Lexicon, not for a Model.
func (r *Reader) Tokens(sentences []string) *Text {
	r.cut(sentences, false)
	return &r.text
}

// View returns the sentences of t with the dense features of d in place of its own, so that several
// packages share one reading of a text. t must come from another Reader and stay valid.
func (r *Reader) View(t *Text, d Densifier) *Text {
	r.text.Sentences = append(r.text.Sentences[:0], t.Sentences...)
	r.densify(d)
	return &r.text
}

// cut fills r.text from sentences.
func (r *Reader) cut(sentences []string, features bool) {
	r.tokens, r.words = r.tokens[:0], r.words[:0]
	r.text.Sentences = r.text.Sentences[:0]
	// Slices into the arenas are cut after everything is appended, since appending may move them.
	r.cuts = r.cuts[:0]
	for _, s := range sentences {
		from := len(r.tokens)
		r.tokens = appendTokens(r.tokens, s)
		if features {
			r.words = appendWords(r.words, r.tokens[from:])
		}
		r.cuts = append(r.cuts, cut{len(r.tokens), len(r.words)})
	}
	var last cut
	for i, s := range sentences {
		c := r.cuts[i]
		r.text.Sentences = append(r.text.Sentences, Sentence{
			Text:   s,
			Tokens: r.tokens[last.tokens:c.tokens:c.tokens],
			Words:  r.words[last.words:c.words:c.words],
		})
		last = c
	}
}

// densify sets the dense features of r.text.
func (r *Reader) densify(d Densifier) {
	all := r.text.Sentences
	if d == nil {
		return
	}
	width := d.Width()
	if n := width * len(all); cap(r.dense) < n {
		r.dense = make([]float32, n)
	} else {
		r.dense = r.dense[:n]
		clear(r.dense)
	}
	for i := range all {
		all[i].Dense = r.dense[i*width : (i+1)*width : (i+1)*width]
		d.Densify(&all[i], all[i].Dense)
	}
}

// Clone returns a copy of s that stays valid, for training.
func (s *Sentence) Clone() Sentence {
	c := *s
	c.Tokens = append([]Token(nil), s.Tokens...)
	c.Words = append([]uint32(nil), s.Words...)
	c.Dense = append([]float32(nil), s.Dense...)
	return c
}

// feature is the hash of a token as the heads see it: names lose their spelling.
func (t *Token) feature() uint64 {
	if t.Kind == Name {
		return kindHash(Name)
	}
	return t.Hash
}

func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	return h
}

func wordBucket(h uint64) uint32 { return uint32(mix(h) & (WordBuckets - 1)) }

func pairHash(a, b uint64) uint64 { return a*0x9e3779b97f4a7c15 + b ^ 0x5bd1e995 }

func appendWords(dst []uint32, tokens []Token) []uint32 {
	prev := hashWord(" begin")
	for i := range tokens {
		h := tokens[i].feature()
		dst = append(dst, wordBucket(h), wordBucket(pairHash(prev, h)))
		prev = h
	}
	return dst
}

// Chars appends the buckets of the character n-grams of the words of s to dst, repeats kept.
func (s *Sentence) Chars(dst []uint32) []uint32 {
	base := len(dst)
	for i := range s.Tokens {
		if t := &s.Tokens[i]; t.Kind == Word && len(dst)-base <= maxGrams {
			dst = appendGrams(dst, s.Text[t.Start:t.End])
		}
	}
	return dst
}

// Limits of one word.
const (
	maxLetters   = 38 // what follows them is not read
	gramsOfAWord = 3 * maxLetters
)

// appendGrams appends the n-grams of a word. It is read with one boundary on either side, in ASCII lower case.
func appendGrams(dst []uint32, word string) []uint32 {
	var buf [maxLetters + 2]byte
	w := append(buf[:0], '<')
	for i := range min(len(word), maxLetters) {
		c := word[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		w = append(w, c)
	}
	w = append(w, '>')
	for j := 0; j+3 <= len(w); j++ {
		h := uint32(2166136261)
		h = (h ^ uint32(w[j])) * 16777619
		h = (h ^ uint32(w[j+1])) * 16777619
		h = (h ^ uint32(w[j+2])) * 16777619
		dst = append(dst, charBucket(h))
		if j+4 > len(w) {
			break
		}
		h = (h ^ uint32(w[j+3])) * 16777619
		dst = append(dst, charBucket(h))
		if j+5 > len(w) {
			break
		}
		h = (h ^ uint32(w[j+4])) * 16777619
		dst = append(dst, charBucket(h))
	}
	return dst
}

func charBucket(h uint32) uint32 {
	h ^= h >> 15
	h *= 0x85ebca6b
	h ^= h >> 13
	return h & (CharBuckets - 1)
}

// norm is the scale of a block of n counts: the length of a vector of n ones, so that long sentences
// do not score higher just for their length.
func norm(n int) float64 {
	if n == 0 {
		return 0
	}
	return 1 / math.Sqrt(float64(n))
}
