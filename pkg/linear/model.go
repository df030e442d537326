package linear

import (
	"math"
	"slices"
	"strings"
)

// A Model scores sentences on several heads at once. It is read-only after training or loading and
// then safe for concurrent use.
//
// The logit of head k is Bias + Dense·weights + (sum of word weights)/sqrt(words) + (sum of char
// weights)/sqrt(grams); the weights of all heads of one bucket lie side by side, so one look-up
// serves them all.
type Model struct {
	Heads []Head
	words []int8 // WordBuckets * len(Heads)
	chars []int8 // CharBuckets * len(Heads)
	clear []Clear
	known map[uint32]int32 // bucket -> index in clear

	wordRows, charRows rows // words and chars as Score adds them up
}

// A Head is one yes-or-no question, its dense weights and its calibration.
type Head struct {
	Name      string
	Bias      float64
	Dense     []float64 // one per dense feature
	WordScale float64   // what one unit of an int8 word weight means
	CharScale float64
	Slope     float64 // calibration: probability = sigmoid(Slope*logit + Shift)
	Shift     float64
}

// Clear is a word or word pair kept readable: what a bucket stands for.
type Clear struct {
	Token  string
	Bucket uint32
}

// A Contribution is a word or pair of a sentence with what it added to a head's logit.
type Contribution struct {
	Token  string
	Weight float64
}

// Head returns the index of the head called name, -1 when there is none.
func (m *Model) Head(name string) int {
	return slices.IndexFunc(m.Heads, func(h Head) bool { return h.Name == name })
}

// MaxHeads bounds the heads of one model: what a bucket weighs for each of them is a byte of one word, see rows.
const MaxHeads = 8

// Score writes the logit of every head to out, which must have room for len(m.Heads). Dense features
// beyond or short of what the model knows count as zero. The result does not depend on what memo holds.
func (m *Model) Score(s *Sentence, memo *Memo, out []float64) {
	var sum, csum [MaxHeads]int32
	m.wordRows.sum(s.Words, &sum)
	grams := memo.sum(m, s, &csum)
	wn, cn := norm(len(s.Words)), norm(grams)
	var room [64]int32 // which dense features are there: most are not
	there := room[:0]
	for j, v := range s.Dense {
		if v != 0 {
			there = append(there, int32(j))
		}
	}
	for k := range m.Heads {
		h := &m.Heads[k]
		z := h.Bias + float64(sum[k])*h.WordScale*wn + float64(csum[k])*h.CharScale*cn
		for _, j := range there {
			if int(j) < len(h.Dense) {
				z += h.Dense[j] * float64(s.Dense[j])
			}
		}
		out[k] = z
	}
}

// Probability turns the logit of head k into a calibrated probability.
func (m *Model) Probability(k int, logit float64) float64 {
	h := &m.Heads[k]
	return Sigmoid(h.Slope*logit + h.Shift)
}

// Calibrated turns the logit of head k into a calibrated logit.
func (m *Model) Calibrated(k int, logit float64) float64 {
	return m.Heads[k].Slope*logit + m.Heads[k].Shift
}

// Explain returns the words and pairs of s that moved head k the most, at most limit of them,
// strongest first. Only words kept in the clear are named: a word that merely shares a bucket with
// one is not.
func (m *Model) Explain(s *Sentence, k, limit int) []Contribution {
	var all []Contribution
	n := len(m.Heads)
	wn := norm(len(s.Words)) * m.Heads[k].WordScale
	for i, b := range s.Words {
		at, ok := m.known[b]
		if !ok {
			continue
		}
		w := float64(m.words[int(b)*n+k]) * wn
		if w == 0 || !spelled(s, i, m.clear[at].Token) {
			continue
		}
		all = append(all, Contribution{m.clear[at].Token, w})
	}
	slices.SortStableFunc(all, func(a, b Contribution) int {
		switch {
		case math.Abs(a.Weight) > math.Abs(b.Weight):
			return -1
		case math.Abs(a.Weight) < math.Abs(b.Weight):
			return 1
		}
		return strings.Compare(a.Token, b.Token)
	})
	return all[:min(limit, len(all))]
}

// spelled says that the i-th word feature of s is really spelled token.
func spelled(s *Sentence, i int, token string) bool {
	return featureText(s, i) == token
}

// featureText spells the i-th word feature: a word for even i, the pair that ends in it for odd i.
func featureText(s *Sentence, i int) string {
	t := i / 2
	word := tokenText(s.Text, &s.Tokens[t])
	if i%2 == 0 {
		return word
	}
	if t == 0 {
		return "^ " + word
	}
	return tokenText(s.Text, &s.Tokens[t-1]) + " " + word
}

func tokenText(text string, t *Token) string {
	switch t.Kind {
	case Name:
		return "<name>"
	case Number:
		return "<number>"
	case Code:
		return "<code>"
	case URL:
		return "<url>"
	case Word, Mark, Emoticon:
	}
	return strings.ReplaceAll(strings.ToLower(text[t.Start:t.End]), "\u2019", "'")
}

// Strongest returns the words kept in the clear with the largest weights for head k, at most n.
func (m *Model) Strongest(k, n int) []Contribution {
	all := make([]Contribution, 0, len(m.clear))
	for _, c := range m.clear {
		w := float64(m.words[int(c.Bucket)*len(m.Heads)+k]) * m.Heads[k].WordScale
		all = append(all, Contribution{c.Token, w})
	}
	slices.SortStableFunc(all, func(a, b Contribution) int {
		switch {
		case a.Weight > b.Weight:
			return -1
		case a.Weight < b.Weight:
			return 1
		}
		return strings.Compare(a.Token, b.Token)
	})
	return all[:min(n, len(all))]
}

// index makes what is derived from the weights.
func (m *Model) index() {
	m.known = make(map[uint32]int32, len(m.clear))
	for i, c := range m.clear {
		if _, ok := m.known[c.Bucket]; !ok {
			m.known[c.Bucket] = int32(i)
		}
	}
	m.wordRows, m.charRows = newRows(m.words, len(m.Heads)), newRows(m.chars, len(m.Heads))
}

// Sigmoid is the logistic function, safe for any argument.
func Sigmoid(z float64) float64 {
	if z < 0 {
		e := math.Exp(z)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-z))
}
