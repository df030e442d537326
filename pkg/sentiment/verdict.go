package sentiment

import (
	"cmp"
	"math"
	"slices"

	"rustle/pkg/linear"
)

// Factors of the labels' probabilities before the largest is taken, and the least probability of
// incivility. The labelled mails hold few positive and negative ones beside those that a signal decides; the
// factors were chosen by cross-validation over threads for macro-F1 (see the card).
const (
	factorPositive = 1.5
	factorNegative = 2.0
	cutUncivil     = 0.33
)

// Signals and the tone that goes with them (labelling rule 5).
func signalTone(signal string) string {
	switch signal {
	case "ack", "review", "test", "apply":
		return Positive
	case "nak":
		return Negative
	}
	return ""
}

// mailFeatures names what the second stage weighs.
func mailFeatures(l *Lexicon) []string {
	names := make([]string, 0, 34+l.Width())
	for _, head := range []string{"positive", "negative", "displeased", "mail-positive", "mail-negative", "uncivil"} {
		names = append(names, head+"-max", head+"-top3", head+"-mean", head+"-first", head+"-last")
	}
	names = append(names, "sentences", "reply", "patch", "empty")
	for _, g := range l.FeatureNames() {
		names = append(names, "mail-"+g)
	}
	return names
}

// features appends the values of mailFeatures.
func (m *Model) features(x []float64, in *Input, text *linear.Text, marks []Mark) []float64 {
	for _, of := range []func(*Mark) float64{
		func(k *Mark) float64 { return k.general[0] }, func(k *Mark) float64 { return k.general[1] },
		func(k *Mark) float64 { return k.general[2] },
		func(k *Mark) float64 { return k.mail[0] }, func(k *Mark) float64 { return k.mail[1] },
		func(k *Mark) float64 { return logit(k.Uncivil) },
	} {
		x = pool(x, marks, of)
	}
	x = append(x, math.Log1p(float64(len(marks))), number(in.Reply), number(in.Patch), number(len(marks) == 0))
	at := len(x)
	for range m.lexicon.Width() {
		x = append(x, 0)
	}
	sums := x[at:]
	for i := range text.Sentences {
		for j, v := range text.Sentences[i].Dense {
			sums[j] += float64(v)
		}
	}
	for j := range sums {
		sums[j] = math.Log1p(sums[j]) // a mail's second thanks says less than its first
	}
	return x
}

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// logit of a probability, kept within what calibration can tell apart.
func logit(p float64) float64 {
	p = min(max(p, 0.002), 0.998)
	return math.Log(p / (1 - p))
}

// least is the logit, either way, beyond which a head's word counts no more.
const least = 6

// silent says that no sentence has a word.
func silent(text *linear.Text) bool {
	for i := range text.Sentences {
		if len(text.Sentences[i].Tokens) > 0 {
			return false
		}
	}
	return true
}

// pool appends a head's view of a whole mail, in logits: the strongest sentence, the mean of the three
// strongest, the mean of all, the first and the last. The strongest sentences carry tone; means over a
// long mail hide it.
func pool(x []float64, marks []Mark, of func(*Mark) float64) []float64 {
	if len(marks) == 0 {
		z := logit(0)
		return append(x, z, z, z, z, z)
	}
	top := [3]float64{math.Inf(-1), math.Inf(-1), math.Inf(-1)}
	sum := 0.0
	for i := range marks {
		z := min(max(of(&marks[i]), -least), least)
		sum += z
		switch {
		case z > top[0]:
			top[0], top[1], top[2] = z, top[0], top[1]
		case z > top[1]:
			top[1], top[2] = z, top[1]
		case z > top[2]:
			top[2] = z
		}
	}
	n := min(len(marks), 3)
	t := 0.0
	for _, z := range top[:n] {
		t += z
	}
	first, last := of(&marks[0]), of(&marks[len(marks)-1])
	return append(x, top[0], t/float64(n), sum/float64(len(marks)), min(max(first, -least), least), min(max(last, -least), least))
}

// decide sets labels, scores and hits.
func (m *Model) decide(in *Input, text *linear.Text, r *Result) {
	switch {
	case silent(text): // nothing to show, so nothing to say
		r.Tone = Verdict{Label: Neutral, Score: r.Neutral}
	case r.Negative*factorNegative > r.Neutral && r.Negative*factorNegative >= r.Positive*factorPositive:
		r.Tone = Verdict{Label: Negative, Score: r.Negative}
	case r.Positive*factorPositive > r.Neutral:
		r.Tone = Verdict{Label: Positive, Score: r.Positive}
	default:
		r.Tone = Verdict{Label: Neutral, Score: r.Neutral}
	}
	if label := signalTone(in.Signal); label != "" {
		r.Tone = Verdict{Label: label, Score: signalScore, Hits: []Hit{{-1, "TONE-" + in.Signal, 1}}}
	}
	switch r.Tone.Label {
	case Positive:
		r.Tone.Hits = append(r.Tone.Hits, m.evidence(text, r.Marks, "tone-positive", func(k Mark) float64 { return k.Positive }, in.Signal)...)
	case Negative:
		r.Tone.Hits = append(r.Tone.Hits, m.evidence(text, r.Marks, "tone-negative", func(k Mark) float64 { return k.Negative }, in.Signal)...)
	}
	if r.Uncivil >= cutUncivil && !silent(text) {
		r.Incivility = Verdict{Label: True, Score: r.Uncivil}
		r.Incivility.Hits = m.evidence(text, r.Marks, "uncivil", func(k Mark) float64 { return k.Uncivil }, "")
	} else {
		r.Incivility = Verdict{Label: False, Score: 1 - r.Uncivil}
	}
}

// signalScore is how often the tone of a mail with a signal is the signal's (labels of the development
// set: 108 of 110).
const signalScore = 0.98

// evidence returns the strongest sentence and those above one half, at most three. With a signal at
// hand a weak sentence adds nothing.
func (m *Model) evidence(text *linear.Text, marks []Mark, rule string, of func(Mark) float64, signal string) []Hit {
	hits := make([]Hit, 0, len(text.Sentences))
	for i := range text.Sentences {
		hits = append(hits, Hit{i, rule, of(marks[i])})
	}
	slices.SortStableFunc(hits, func(a, b Hit) int { return cmp.Compare(b.Weight, a.Weight) })
	keep := 0
	for keep < min(len(hits), 3) && (hits[keep].Weight >= 0.5 || keep == 0 && signalTone(signal) == "") {
		keep++
	}
	return hits[:keep]
}
