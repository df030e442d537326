package eval

import (
	"cmp"
	"math"
	"slices"
)

// Confusion counts labels against predictions: Count[i][j] is how often Classes[i] was predicted as Classes[j].
type Confusion struct {
	Classes []string `json:"classes"`
	Count   [][]int  `json:"count"`
}

// NewConfusion makes an empty table over the classes.
func NewConfusion(classes []string) *Confusion {
	c := &Confusion{Classes: slices.Clone(classes), Count: make([][]int, len(classes))}
	for i := range c.Count {
		c.Count[i] = make([]int, len(classes))
	}
	return c
}

// Add counts one case; a class that the table does not hold is ignored.
func (c *Confusion) Add(gold, predicted string) {
	i, j := slices.Index(c.Classes, gold), slices.Index(c.Classes, predicted)
	if i >= 0 && j >= 0 {
		c.Count[i][j]++
	}
}

func (c *Confusion) add(o *Confusion) {
	for i := range c.Count {
		for j := range c.Count[i] {
			c.Count[i][j] += o.Count[i][j]
		}
	}
}

func (c *Confusion) reset() {
	for i := range c.Count {
		clear(c.Count[i])
	}
}

// Total is the number of cases.
func (c *Confusion) Total() int {
	n := 0
	for i := range c.Count {
		n += c.support(i)
	}
	return n
}

func (c *Confusion) support(i int) int {
	n := 0
	for _, k := range c.Count[i] {
		n += k
	}
	return n
}

func (c *Confusion) predicted(j int) int {
	n := 0
	for i := range c.Count {
		n += c.Count[i][j]
	}
	return n
}

// Class holds the figures of one class.
type Class struct {
	Name      string  `json:"name"`
	Support   int     `json:"support"`   // labelled so
	Predicted int     `json:"predicted"` // predicted so
	Precision float64 `json:"precision"` // 0 when nothing was predicted
	Recall    float64 `json:"recall"`    // 0 when nothing was labelled
	F1        float64 `json:"f1"`
}

// Class returns the figures of the class at index i.
func (c *Confusion) Class(i int) Class {
	k := Class{Name: c.Classes[i], Support: c.support(i), Predicted: c.predicted(i)}
	k.Precision = ratio(c.Count[i][i], k.Predicted)
	k.Recall = ratio(c.Count[i][i], k.Support)
	k.F1 = ratio(2*c.Count[i][i], k.Predicted+k.Support)
	return k
}

// Accuracy is the share of right predictions, 0 for an empty table.
func (c *Confusion) Accuracy() float64 {
	right := 0
	for i := range c.Count {
		right += c.Count[i][i]
	}
	return ratio(right, c.Total())
}

// MacroF1 is the mean F1 of the classes that occur in labels or predictions, 0 for an empty table.
func (c *Confusion) MacroF1() float64 {
	sum, n := 0.0, 0
	for i := range c.Classes {
		if s, p := c.support(i), c.predicted(i); s+p > 0 {
			sum += ratio(2*c.Count[i][i], s+p)
			n++
		}
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}

// F1 is the F1 of one class by name, 0 when the table does not hold it.
func (c *Confusion) F1(class string) float64 {
	i := slices.Index(c.Classes, class)
	if i < 0 {
		return 0
	}
	return c.Class(i).F1
}

// Kappa is Cohen's kappa: agreement beyond chance (J. Cohen 1960). It is 1 when both sides say one and the same thing
// throughout, and 0 for an empty table.
func (c *Confusion) Kappa() float64 {
	return c.weighted(func(i, j int) float64 {
		if i == j {
			return 0
		}
		return 1
	})
}

// QuadraticKappa is kappa with the square of the distance between classes as the cost (J. Cohen 1968); the order of
// Classes is the scale.
func (c *Confusion) QuadraticKappa() float64 {
	return c.weighted(func(i, j int) float64 { return float64((i - j) * (i - j)) })
}

func (c *Confusion) weighted(cost func(i, j int) float64) float64 {
	total := c.Total()
	if total == 0 {
		return 0
	}
	seen, chance := 0.0, 0.0
	for i := range c.Classes {
		for j := range c.Classes {
			w := cost(i, j)
			seen += w * float64(c.Count[i][j])
			chance += w * float64(c.support(i)) * float64(c.predicted(j)) / float64(total)
		}
	}
	if chance == 0 {
		return 1
	}
	return 1 - seen/chance
}

// Ranked is one case for [AveragePrecision].
type Ranked struct {
	Score    float64
	Positive bool
}

// AveragePrecision is the area under the curve of precision over recall, summed stepwise from the highest score down.
// Cases of equal score form one step, so that their order cannot matter. It is 0 without a positive case.
func AveragePrecision(cases []Ranked) float64 {
	all := slices.Clone(cases)
	slices.SortFunc(all, func(a, b Ranked) int { return cmp.Compare(b.Score, a.Score) })
	positives := 0
	for _, c := range all {
		if c.Positive {
			positives++
		}
	}
	if positives == 0 {
		return 0
	}
	ap, hits := 0.0, 0
	for i := 0; i < len(all); {
		j, gained := i, 0
		for ; j < len(all) && all[j].Score == all[i].Score; j++ {
			if all[j].Positive {
				gained++
			}
		}
		hits += gained
		ap += float64(gained) / float64(positives) * float64(hits) / float64(j)
		i = j
	}
	return ap
}

// Judged is one prediction with the confidence in it.
type Judged struct {
	Confidence float64 // 0..1
	Right      bool
}

// CalibrationError is the expected calibration error over ten equal bins of confidence: the mean distance of confidence
// and accuracy, weighted by cases.
func CalibrationError(cases []Judged) float64 {
	const n = 10
	var sum [n]float64
	var right, count [n]int
	for _, c := range cases {
		b := min(max(int(c.Confidence*n), 0), n-1)
		sum[b] += c.Confidence
		count[b]++
		if c.Right {
			right[b]++
		}
	}
	if len(cases) == 0 {
		return 0
	}
	e := 0.0
	for b := range n {
		e += math.Abs(sum[b] - float64(right[b]))
	}
	return e / float64(len(cases))
}

// Point says how much is covered, and how well, when predictions under a confidence are left out.
type Point struct {
	Threshold float64 `json:"threshold"`
	Coverage  float64 `json:"coverage"`
	Accuracy  float64 `json:"accuracy"` // 0 when nothing is covered
}

// CoverageAt returns the point of one threshold.
func CoverageAt(cases []Judged, threshold float64) Point {
	covered, right := 0, 0
	for _, c := range cases {
		if c.Confidence >= threshold {
			covered++
			if c.Right {
				right++
			}
		}
	}
	return Point{Threshold: threshold, Coverage: ratio(covered, len(cases)), Accuracy: ratio(right, covered)}
}

// Sets counts sets of ids against sets of ids.
type Sets struct {
	Both, GoldOnly, PredictedOnly int
}

// Add counts one case; both lists must be sorted and free of repeats.
func (s *Sets) Add(gold, predicted []string) {
	both := 0
	for _, g := range gold {
		if _, ok := slices.BinarySearch(predicted, g); ok {
			both++
		}
	}
	s.Both += both
	s.GoldOnly += len(gold) - both
	s.PredictedOnly += len(predicted) - both
}

// MicroF1 is the F1 over all ids of all cases.
func (s Sets) MicroF1() float64 { return ratio(2*s.Both, 2*s.Both+s.GoldOnly+s.PredictedOnly) }

// Precision is the share of predicted ids that are right.
func (s Sets) Precision() float64 { return ratio(s.Both, s.Both+s.PredictedOnly) }

// Recall is the share of labelled ids that were found.
func (s Sets) Recall() float64 { return ratio(s.Both, s.Both+s.GoldOnly) }

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
