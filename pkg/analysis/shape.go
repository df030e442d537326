package analysis

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
)

//go:embed data/shape.json
var shapeJSON []byte

// A shapeModel turns the features of a thread into a debate score and a heat. Both are plain linear
// models on standardised features: on some hundred labelled threads of two lists, anything
// stronger learns the lists.
type shapeModel struct {
	Features []string  `json:"features"` // names, to notice a model of another version
	Mean     []float64 `json:"mean"`
	Scale    []float64 `json:"scale"`
	Debate   []float64 `json:"debate"` // logistic; the last one is the intercept
	Heat     []float64 `json:"heat"`   // ridge; the last one is the intercept
	Cuts     []float64 `json:"cuts"`   // heat 1, 2, 3 begin at these values
	Limit    float64   `json:"limit"`  // debate from this probability
	Card     string    `json:"card"`   // what it was learned from
}

func loadShape(data []byte) (*shapeModel, error) {
	var m shapeModel
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, fmt.Errorf("thread model: %w", err)
	}
	if len(m.Features) != numFeatures || len(m.Mean) != numFeatures || len(m.Scale) != numFeatures ||
		len(m.Debate) != numFeatures+1 || len(m.Heat) != numFeatures+1 || len(m.Cuts) != 3 {
		return nil, fmt.Errorf("thread model: made for %d features, this program has %d", len(m.Features), int(numFeatures))
	}
	for i, name := range featureNames {
		if m.Features[i] != name {
			return nil, fmt.Errorf("thread model: feature %d is %q, want %q", i, m.Features[i], name)
		}
	}
	return &m, nil
}

func (m *shapeModel) standard(f [numFeatures]float64) [numFeatures]float64 {
	for i := range f {
		f[i] = (f[i] - m.Mean[i]) / m.Scale[i]
	}
	return f
}

// debate is the probability that a thread about Rust is a debate.
func (m *shapeModel) debate(f [numFeatures]float64) float64 {
	return logistic(linearScore(m.Debate, m.standard(f)))
}

// heat is 0 calm to 3 hostile.
func (m *shapeModel) heat(f [numFeatures]float64) int {
	v := linearScore(m.Heat, m.standard(f))
	h := 0
	for _, c := range m.Cuts {
		if v >= c {
			h++
		}
	}
	return h
}

func linearScore(w []float64, f [numFeatures]float64) float64 {
	s := w[numFeatures]
	for i, x := range f {
		s += w[i] * x
	}
	return s
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// A ShapeExample is a labelled thread for training: features as ThreadFeatures gives them.
type ShapeExample struct {
	Features []float64
	Rust     bool // the thread is about Rust: only these teach what a debate is
	Debate   bool
	Heat     int
}

// FitShape learns the thread models with the given strength of regularisation and returns them in
// the form of data/shape.json. It is deterministic: the problems are convex and small enough for
// plain gradient descent from zero.
func FitShape(examples []ShapeExample, strength float64, card string) ([]byte, error) {
	m := &shapeModel{Features: featureNames[:], Mean: make([]float64, numFeatures), Scale: make([]float64, numFeatures), Limit: 0.5, Card: card}
	n := float64(len(examples))
	for i := range m.Mean {
		var sum, square float64
		for _, e := range examples {
			sum += e.Features[i]
			square += e.Features[i] * e.Features[i]
		}
		m.Mean[i] = sum / n
		m.Scale[i] = max(math.Sqrt(max(square/n-m.Mean[i]*m.Mean[i], 0)), 0.05)
	}
	rows := make([][numFeatures]float64, len(examples))
	for i, e := range examples {
		rows[i] = m.standard([numFeatures]float64(e.Features))
	}
	m.Debate = descend(rows, strength, func(i int, score float64) (residual, weight float64) {
		if !examples[i].Rust {
			return 0, 0
		}
		y := 0.0
		if examples[i].Debate {
			y = 1
		}
		return logistic(score) - y, 1
	})
	m.Heat = descend(rows, strength, func(i int, score float64) (residual, weight float64) {
		return score - float64(examples[i].Heat), 1
	})
	m.Cuts = bestCuts(rows, m.Heat, examples)
	return json.MarshalIndent(m, "", " ")
}

// descend minimises the mean loss plus strength/2 times the squared weights.
func descend(rows [][numFeatures]float64, strength float64, gradient func(i int, score float64) (residual, weight float64)) []float64 {
	w := make([]float64, numFeatures+1)
	const steps, rate = 4000, 0.1
	for range steps {
		var g [numFeatures + 1]float64
		total := 0.0
		for i := range rows {
			r, wt := gradient(i, linearScore(w, rows[i]))
			total += wt
			for j, x := range rows[i] {
				g[j] += r * x
			}
			g[numFeatures] += r
		}
		for j := range w {
			step := g[j] / total
			if j < numFeatures {
				step += strength * w[j]
			}
			w[j] -= rate * step
		}
	}
	return w
}

// bestCuts sets the limits between the degrees of heat where the training labels are parted with
// the smallest squared error; ridge pulls everything to the middle, so rounding would never say 3.
func bestCuts(rows [][numFeatures]float64, w []float64, examples []ShapeExample) []float64 {
	cuts := []float64{0.5, 1.5, 2.5}
	for range 3 {
		for k := range cuts {
			low, high := -0.5, 3.5
			if k > 0 {
				low = cuts[k-1] + 0.05
			}
			if k < 2 {
				high = cuts[k+1] - 0.05
			}
			best, bestLoss := cuts[k], math.Inf(1)
			for c := low; c <= high; c += 0.02 {
				cuts[k] = c
				if loss := cutLoss(rows, w, examples, cuts); loss < bestLoss-1e-9 {
					best, bestLoss = c, loss
				}
			}
			cuts[k] = best
		}
	}
	return cuts
}

func cutLoss(rows [][numFeatures]float64, w []float64, examples []ShapeExample, cuts []float64) float64 {
	loss := 0.0
	for i := range rows {
		v := linearScore(w, rows[i])
		h := 0
		for _, c := range cuts {
			if v >= c {
				h++
			}
		}
		d := float64(h - examples[i].Heat)
		loss += d * d
	}
	return loss
}
