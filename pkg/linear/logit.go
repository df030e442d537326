package linear

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// A Logit is a multinomial logistic regression over named numbers: the second stage, which weighs what
// the sentences of a mail scored together with what is known about the mail. Its weights can be read
// and printed. Read-only after training or loading, then safe for concurrent use.
type Logit struct {
	Labels   []string
	Features []string
	Mean     []float64   // of each feature in training
	Spread   []float64   // standard deviation in training, 1 for a constant
	Weights  [][]float64 // per label: one per feature, then the bias
	Heat     float64     // temperature: logits are divided by it
}

// Probabilities writes the probability of each label to out (len(l.Labels)). x must have one value per
// feature; values that are not finite count as the mean.
func (l *Logit) Probabilities(x, out []float64) {
	l.logits(x, out)
	softmax(out)
}

func (l *Logit) logits(x, out []float64) {
	var room [128]float64
	standard := room[:0]
	for j := range l.Features {
		standard = append(standard, l.standard(j, x[j]))
	}
	for k := range l.Labels {
		w := l.Weights[k]
		z := w[len(w)-1]
		for j, v := range standard {
			z += w[j] * v
		}
		out[k] = z / l.Heat
	}
}

func (l *Logit) standard(j int, x float64) float64 {
	v := (x - l.Mean[j]) / l.Spread[j]
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	return max(-limit, min(limit, v))
}

// limit bounds a standardised feature: what was nearly constant in training must not decide alone when a
// new list has it differently.
const limit = 2.5

// Part returns what feature j with value x adds to the logit of label k, against the mean of all
// labels.
func (l *Logit) Part(k, j int, x float64) float64 {
	mean := 0.0
	for i := range l.Labels {
		mean += l.Weights[i][j]
	}
	mean /= float64(len(l.Labels))
	return (l.Weights[k][j] - mean) * l.standard(j, x) / l.Heat
}

func softmax(z []float64) {
	top := slices.Max(z)
	sum := 0.0
	for k := range z {
		z[k] = math.Exp(z[k] - top)
		sum += z[k]
	}
	for k := range z {
		z[k] /= sum
	}
}

// A Case is one training row of a Logit.
type Case struct {
	X      []float64
	Label  int     // index in the labels
	Weight float64 // 0 means 1
	Group  string  // cases of one group stay together in the calibration split
}

// TrainLogit learns a Logit with an L2 penalty on the weights of standardised features. ridge is the
// penalty per case; 0 means 0.01. It chooses the temperature by cross-validation over groups.
func TrainLogit(labels, features []string, cases []Case, ridge float64) (*Logit, error) {
	const folds = 5
	fold := Folds(len(cases), folds, func(i int) string { return cases[i].Group })
	l, _, err := CrossfitLogit(labels, features, cases, ridge, fold, folds)
	return l, err
}

// CrossfitLogit is TrainLogit with the folds (0 to k-1, of each case) given. It also returns the logits
// learned without each fold, all with the one temperature; nil for a fold outside of which there is no
// case.
func CrossfitLogit(labels, features []string, cases []Case, ridge float64, fold []int, k int) (*Logit, []*Logit, error) {
	if len(labels) < 2 {
		return nil, nil, errors.New("train: fewer than two labels")
	}
	if len(cases) == 0 {
		return nil, nil, errors.New("train: no cases")
	}
	if len(fold) != len(cases) {
		return nil, nil, fmt.Errorf("train: folds of %d cases, want %d", len(fold), len(cases))
	}
	for i := range cases {
		if len(cases[i].X) != len(features) {
			return nil, nil, fmt.Errorf("train: case %d has %d features, want %d", i, len(cases[i].X), len(features))
		}
		if l := cases[i].Label; l < 0 || l >= len(labels) {
			return nil, nil, fmt.Errorf("train: case %d has label %d of %d", i, l, len(labels))
		}
	}
	if ridge == 0 {
		ridge = 0.01
	}
	parts := make([]*Logit, k)
	for f := range k {
		var in []Case
		for i := range cases {
			if fold[i] != f {
				in = append(in, cases[i])
			}
		}
		if len(in) > 0 {
			parts[f] = fitLogit(labels, features, in, ridge)
		}
	}
	whole := fitLogit(labels, features, cases, ridge)
	whole.Heat = temperature(cases, fold, parts)
	for _, l := range parts {
		if l != nil {
			l.Heat = whole.Heat
		}
	}
	return whole, parts, nil
}

func fitLogit(labels, features []string, cases []Case, ridge float64) *Logit {
	n, p, kk := len(cases), len(features), len(labels)
	l := &Logit{
		Labels: slices.Clone(labels), Features: slices.Clone(features),
		Mean: make([]float64, p), Spread: make([]float64, p), Weights: make([][]float64, kk), Heat: 1,
	}
	for k := range kk {
		l.Weights[k] = make([]float64, p+1)
	}
	for j := range p {
		for i := range cases {
			l.Mean[j] += cases[i].X[j]
		}
		l.Mean[j] /= float64(n)
		for i := range cases {
			l.Spread[j] += (cases[i].X[j] - l.Mean[j]) * (cases[i].X[j] - l.Mean[j])
		}
		l.Spread[j] = math.Sqrt(l.Spread[j] / float64(n))
		if l.Spread[j] < 1e-9 {
			l.Spread[j] = 1
		}
	}
	x := make([][]float64, n)
	total := 0.0
	for i := range cases {
		x[i] = make([]float64, p+1)
		for j := range p {
			x[i][j] = l.standard(j, cases[i].X[j])
		}
		x[i][p] = 1
		total += weight(&cases[i])
	}
	// Accelerated gradient descent with the step of the Lipschitz bound: simple, and exact enough with
	// a few dozen features.
	step := 1 / (curvature(x, cases, total)/2 + ridge)
	prev := make([][]float64, kk)
	look := make([][]float64, kk)
	grad := make([][]float64, kk)
	for k := range kk {
		prev[k] = make([]float64, p+1)
		look[k] = make([]float64, p+1)
		grad[k] = make([]float64, p+1)
	}
	prob := make([]float64, kk)
	for it := range 600 {
		for k := range kk {
			clear(grad[k])
		}
		for i := range x {
			for k := range kk {
				z := 0.0
				for j, v := range x[i] {
					z += look[k][j] * v
				}
				prob[k] = z
			}
			softmax(prob)
			for k := range kk {
				r := prob[k]
				if cases[i].Label == k {
					r--
				}
				r *= weight(&cases[i]) / total
				for j, v := range x[i] {
					grad[k][j] += r * v
				}
			}
		}
		change := 0.0
		beta := float64(it) / float64(it+3)
		for k := range kk {
			for j := range p + 1 {
				g := grad[k][j]
				if j < p {
					g += ridge * look[k][j]
				}
				next := look[k][j] - step*g
				change = max(change, math.Abs(next-prev[k][j]))
				look[k][j] = next + beta*(next-prev[k][j])
				prev[k][j] = next
			}
		}
		if change < 1e-5 {
			break
		}
	}
	for k := range kk {
		copy(l.Weights[k], prev[k])
	}
	return l
}

// curvature is the largest eigenvalue of the weighted second moments of x, by power iteration from the
// vector of ones, with a tenth to spare.
func curvature(x [][]float64, cases []Case, total float64) float64 {
	p := len(x[0])
	v := make([]float64, p)
	next := make([]float64, p)
	for j := range v {
		v[j] = 1 / math.Sqrt(float64(p))
	}
	top := 1.0
	for range 60 {
		clear(next)
		for i := range x {
			dot := 0.0
			for j := range v {
				dot += x[i][j] * v[j]
			}
			dot *= weight(&cases[i]) / total
			for j := range v {
				next[j] += dot * x[i][j]
			}
		}
		size := 0.0
		for j := range next {
			size += next[j] * next[j]
		}
		size = math.Sqrt(size)
		if size == 0 {
			return 1
		}
		top = size
		for j := range v {
			v[j] = next[j] / size
		}
	}
	return top * 1.1
}

func weight(c *Case) float64 {
	if c.Weight == 0 {
		return 1
	}
	return c.Weight
}

// temperature returns the divisor of the logits with the least log loss of each case under the part
// that was learned without it.
func temperature(cases []Case, fold []int, parts []*Logit) float64 {
	z := make([][]float64, len(cases))
	n := 0
	for i := range cases {
		if l := parts[fold[i]]; l != nil {
			n = len(l.Labels)
			z[i] = make([]float64, n)
			l.logits(cases[i].X, z[i])
		}
	}
	best, loss := 1.0, math.Inf(1)
	p := make([]float64, n)
	for t := 0.5; t <= 3; t *= 1.05 {
		sum := 0.0
		for i := range cases {
			if z[i] == nil {
				continue
			}
			for k := range p {
				p[k] = z[i][k] / t
			}
			softmax(p)
			sum -= weight(&cases[i]) * math.Log(max(p[cases[i].Label], 1e-9))
		}
		if sum < loss {
			best, loss = t, sum
		}
	}
	return best
}

// Folds deals n rows into folds 0..k-1 so that rows of one group share a fold: groups in order of
// size, each to the smallest fold so far. Rows of the group "" stand alone. The result depends on
// nothing but its arguments.
func Folds(n, k int, group func(i int) string) []int {
	type g struct {
		name string
		rows []int
	}
	at := map[string]int{}
	var groups []g
	for i := range n {
		name := group(i)
		j, ok := at[name]
		if !ok || name == "" {
			j = len(groups)
			at[name] = j
			groups = append(groups, g{name: name})
		}
		groups[j].rows = append(groups[j].rows, i)
	}
	slices.SortStableFunc(groups, func(a, b g) int { return len(b.rows) - len(a.rows) })
	size := make([]int, k)
	fold := make([]int, n)
	for _, gr := range groups {
		f := 0
		for j := range size {
			if size[j] < size[f] {
				f = j
			}
		}
		size[f] += len(gr.rows)
		for _, i := range gr.rows {
			fold[i] = f
		}
	}
	return fold
}
