package analysis

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"math"
	"math/rand/v2"
	"slices"

	"rustle/pkg/linear"
	"rustle/pkg/sentiment"
	"rustle/pkg/stance"
)

//go:embed data/shape.json
var shapeJSON []byte

// A shapeModel turns the features of a thread into a debate score and a heat. Both are plain linear
// models on standardised features: on some hundred labelled threads of two lists, anything
// stronger learns the lists.
type shapeModel struct {
	Debate scorer    `json:"debate"` // logit that a thread about Rust is a debate
	Heat   scorer    `json:"heat"`   // of any thread, on a scale from 0 up
	Cuts   []float64 `json:"cuts"`   // heat 1, 2, 3 begin at these values
	Limit  float64   `json:"limit"`  // debate from this value of the logistic function on, in (0, 1]; 1: never
	Card   string    `json:"card"`   // what it was learned from
}

// A scorer is a linear model with its own choice of features.
type scorer struct {
	Terms     []term  `json:"terms"`
	Intercept float64 `json:"intercept"`
}

type term struct {
	Feature string  `json:"feature"`
	Mean    float64 `json:"mean"`
	Scale   float64 `json:"scale"`
	Weight  float64 `json:"weight"`

	at int
}

// The features of each model. Both lists are short on purpose: with more, both models got better on
// the labels and worse from one list to the other.
func debateFeatures() []int {
	return []int{featTagged, featOppose, featBothSides, featContradict, featContradictEx, featPolicy, featMixed}
}

func heatFeatures() []int {
	return []int{featContestPeople, featBothSides, featContradict, featContradictEx, featPolicy, featMixed, featUncivil, featUncivilTop, featUncivilEx, featNegativeMean}
}

// degrees of heat: 0 calm, 1 pointed, 2 heated, 3 hostile.
const degrees = 4

const (
	debateLimit = 0.45 // best F1 of debate in cross-validation and from list to list
	debateRidge = 0.3
	debateShare = 0.35 // of the weight of all examples that debates have, however many there are: lists differ in it
	heatRidge   = 0.3
)

func loadShape(data []byte) (*shapeModel, error) {
	var m shapeModel
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, fmt.Errorf("thread model: %w", err)
	}
	if len(m.Cuts) != degrees-1 || !slices.IsSorted(m.Cuts) {
		return nil, errors.New("thread model: wants three rising cuts of heat")
	}
	if !(m.Limit > 0 && m.Limit <= 1) {
		return nil, errors.New("thread model: the limit of debates must be above 0 and at most 1")
	}
	if err := errors.Join(m.Debate.resolve(), m.Heat.resolve()); err != nil {
		return nil, fmt.Errorf("thread model: %w", err)
	}
	return &m, nil
}

// sectionShape names the text of a bundle that holds the thread model.
const sectionShape = "threads/shape"

// Bundle puts models of tone, position and threads into one file's content, as Options.Model names it.
func Bundle(tone, position *linear.Bundle, shape []byte, card string) *linear.Bundle {
	b := &linear.Bundle{Card: card, Models: map[string]*linear.Model{}, Logits: map[string]*linear.Logit{}, Texts: map[string]string{sectionShape: string(shape)}}
	for _, part := range []*linear.Bundle{tone, position} {
		maps.Copy(b.Models, part.Models)
		maps.Copy(b.Logits, part.Logits)
	}
	return b
}

// With returns an analyzer of the same rules with other models: of tone, of position, and of threads as
// FitShape writes it; nil keeps that of a.
func (a *Analyzer) With(tone *sentiment.Model, position *stance.Model, shape []byte) (*Analyzer, error) {
	b := *a
	b.tone, b.stance = tone, position
	if shape != nil {
		var err error
		if b.shape, err = loadShape(shape); err != nil {
			return nil, err
		}
	}
	h := fnv.New64a()
	_, _ = fmt.Fprintln(h, a.rules, tone.Fingerprint(), position.Fingerprint())
	h.Write(shape)
	b.print = fmt.Sprintf("%016x", h.Sum64())
	return &b, nil
}

// withRules returns an analyzer that has not learned anything: models of an older form must not stand in
// the way of new ones.
func (a *Analyzer) withRules() (*Analyzer, error) {
	tone, err := sentiment.Untrained()
	if err != nil {
		return nil, err
	}
	position, err := stance.Rules()
	if err != nil {
		return nil, err
	}
	return a.With(tone, position, []byte(`{"cuts":[1,2,3],"limit":1}`))
}

func (a *Analyzer) withBundle(b *linear.Bundle) (*Analyzer, error) {
	tone, err := sentiment.New(b)
	if err != nil {
		return nil, err
	}
	position, err := stance.New(b)
	if err != nil {
		return nil, err
	}
	shape, ok := b.Texts[sectionShape]
	if !ok {
		return nil, errors.New("thread model: the model file has none")
	}
	return a.With(tone, position, []byte(shape))
}

func (s *scorer) resolve() error {
	names := FeatureNames()
	for i := range s.Terms {
		t := &s.Terms[i]
		if t.at = slices.Index(names, t.Feature); t.at < 0 {
			return fmt.Errorf("no feature %q", t.Feature)
		}
		if !(t.Scale > 0) {
			return fmt.Errorf("feature %q: scale must be positive", t.Feature)
		}
	}
	return nil
}

func (s *scorer) score(f []float64) float64 {
	sum := s.Intercept
	for i := range s.Terms {
		t := &s.Terms[i]
		sum += t.Weight * (f[t.at] - t.Mean) / t.Scale
	}
	return sum
}

// debate is how much a thread about Rust is a debate, 0..1, rounded as records show it: from [Sure] on it is one. The best
// limit of the model lies elsewhere, for debates have more weight in training than there are of them; what lies below it is
// stretched to below one half, what lies above it to above, so that no label stands beside a score that speaks against it.
func (m *shapeModel) debate(f []float64) float64 {
	p := logistic(m.Debate.score(f))
	if p < m.Limit || m.Limit == 1 {
		return round(Sure * p / m.Limit)
	}
	return round(1 - (1-Sure)*(1-p)/(1-m.Limit))
}

// heat is 0 calm to 3 hostile.
func (m *shapeModel) heat(f []float64) int { return cut(m.Heat.score(f), m.Cuts) }

func cut(v float64, cuts []float64) int {
	h := 0
	for _, c := range cuts {
		if v >= c {
			h++
		}
	}
	return h
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// A ShapeExample is a labelled thread for training.
type ShapeExample struct {
	Features []float64 // as ThreadFeatures gives them, by models that did not learn from this thread
	Rust     bool      // the thread is about Rust: only these teach what a debate is
	Debate   bool
	Heat     int // 0..3; -1: not labelled
}

// FitShape learns the thread models and returns them in the form of data/shape.json. The features
// must come from models of tone and stance that did not see the thread, else they look surer than
// they will be on new mail. It is deterministic: the problems are convex and small enough for plain
// gradient descent from zero. An error means that a kind of example is missing.
func FitShape(examples []ShapeExample, card string) ([]byte, error) {
	m := shapeModel{Limit: debateLimit, Card: card}
	var about, all [][]float64
	var isDebate, heats []float64
	debates := 0
	for i := range examples {
		e := &examples[i]
		if len(e.Features) != numFeatures {
			return nil, fmt.Errorf("example %d: %d features, want %d", i, len(e.Features), int(numFeatures))
		}
		if e.Rust {
			y := 0.0
			if e.Debate {
				y = 1
				debates++
			}
			about, isDebate = append(about, e.Features), append(isDebate, y)
		}
		if e.Heat >= 0 {
			all, heats = append(all, e.Features), append(heats, float64(e.Heat))
		}
	}
	if debates == 0 || debates == len(about) || len(heats) == 0 {
		return nil, errors.New("thread model: wants debates, other threads about Rust, and labels of heat")
	}
	weight := make([]float64, len(about))
	for i, y := range isDebate {
		weight[i] = debateShare / float64(debates)
		if y == 0 {
			weight[i] = (1 - debateShare) / float64(len(about)-debates)
		}
	}
	m.Debate = fit(about, isDebate, weight, debateFeatures(), debateRidge, func(score, y float64) float64 { return logistic(score) - y })
	m.Heat = fit(all, heats, slices.Repeat([]float64{1 / float64(len(all))}, len(all)), heatFeatures(), heatRidge, func(score, y float64) float64 { return score - y })
	scores := make([]float64, len(all))
	for i, f := range all {
		scores[i] = m.Heat.score(f)
	}
	m.Cuts = bestCuts(scores, heats)
	return json.MarshalIndent(m, "", "\t")
}

// fit minimises the weighted loss, whose slope gradient gives, plus ridge/2 times the squared weights of
// the features. weight of the rows adds up to 1.
func fit(rows [][]float64, y, weight []float64, features []int, ridge float64, gradient func(score, y float64) float64) scorer {
	names := FeatureNames()
	s := scorer{Terms: make([]term, len(features))}
	for k, at := range features {
		var mean, square float64
		for i, f := range rows {
			mean += weight[i] * f[at]
			square += weight[i] * f[at] * f[at]
		}
		s.Terms[k] = term{Feature: names[at], Mean: mean, Scale: max(math.Sqrt(max(square-mean*mean, 0)), 0.05), at: at}
	}
	const steps, rate = 6000, 0.1
	slope := make([]float64, len(features)+1)
	for range steps {
		clear(slope)
		for i, f := range rows {
			r := gradient(s.score(f), y[i]) * weight[i]
			for k := range s.Terms {
				t := &s.Terms[k]
				slope[k] += r * (f[t.at] - t.Mean) / t.Scale
			}
			slope[len(features)] += r
		}
		for k := range s.Terms {
			s.Terms[k].Weight -= rate * (slope[k] + ridge*s.Terms[k].Weight)
		}
		s.Intercept -= rate * slope[len(features)]
	}
	return s
}

// draws is how many samples of the threads the limits of heat are sought in.
const draws = 30

// bestCuts sets the limits between the degrees of heat where the training labels agree best with them, by quadratic kappa.
// The squared error would take the middle for what it is not sure of, and hardly ever say that a thread is heated. The upper
// limits rest on a handful of threads, so each is the median over samples drawn with replacement.
func bestCuts(scores, heats []float64) []float64 {
	rng := rand.New(rand.NewPCG(draws, uint64(len(scores))))
	var found [degrees - 1][]float64
	s, h := make([]float64, len(scores)), make([]float64, len(scores))
	for range draws {
		for i := range s {
			k := rng.IntN(len(scores))
			s[i], h[i] = scores[k], heats[k]
		}
		for k, c := range kappaCuts(s, h) {
			found[k] = append(found[k], c)
		}
	}
	cuts := make([]float64, len(found))
	for k, all := range found {
		slices.Sort(all)
		cuts[k] = all[draws/2]
	}
	return cuts
}

// kappaCuts seeks the limits that agree best with heats, one limit after the other, in steps. That of a degree which none
// reaches stays in the middle between two degrees.
func kappaCuts(scores, heats []float64) []float64 {
	const step, apart = 0.02, 0.05
	cuts := []float64{0.5, 1.5, 2.5}
	for range 3 {
		for k := range min(len(cuts), int(slices.Max(heats))) {
			low, high := -0.5, 3.5
			if k > 0 {
				low = cuts[k-1] + apart
			}
			if k < len(cuts)-1 {
				high = cuts[k+1] - apart
			}
			best, bestKappa := cuts[k], math.Inf(-1)
			for c := low; c <= high; c += step {
				cuts[k] = c
				if kappa := quadraticKappa(scores, heats, cuts); kappa > bestKappa+1e-9 {
					best, bestKappa = c, kappa
				}
			}
			cuts[k] = best
		}
	}
	return cuts
}

// quadraticKappa is the agreement of the heats that cuts make of scores with the labelled ones, corrected for chance, where a
// difference counts by its square (Cohen 1968): 1 is full agreement, 0 that of chance.
func quadraticKappa(scores, heats, cuts []float64) float64 {
	var square, sum, sumSquare, label, labelSquare float64
	for i, v := range scores {
		said, is := float64(cut(v, cuts)), heats[i]
		square += (said - is) * (said - is)
		sum, sumSquare = sum+said, sumSquare+said*said
		label, labelSquare = label+is, labelSquare+is*is
	}
	n := float64(len(scores))
	chance := sumSquare + labelSquare - 2*sum*label/n // the mean square of all pairs, times n
	if chance == 0 {
		return 0 // all the same: nothing to agree upon
	}
	return 1 - square/chance
}
