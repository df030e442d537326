package topic

import (
	"cmp"
	"math"
	"slices"
)

// The score of a topic in a mail is a logistic function of a few numbers that mean the same for every
// topic; so nothing is learned about single topics, people or lists, and a new topic needs no training.
type feature uint8

const (
	fBias       feature = iota
	fOwn                // log(1 + weights of distinct cues in the author's text)
	fBest               // log(1 + weight of the strongest sentence)
	fShare              // share of all topics' weights
	fTitle              // log(1 + title weights)
	fThread             // the same for the thread's title
	fQuote              // log(1 + weights in quoted text)
	fQuoteShare         // share of all topics' quoted weights
	fPlace              // paths and areas
	fPrior              // score of the topic in the thread
	fBrief              // title, when the author wrote little himself
	fPosted             // title, of a posted patch
	fRust               // 1 when the mail itself is about Rust
	fOff                // 1 when neither the mail nor its thread is about Rust
	features
)

var featureNames = [features]string{
	"bias", "own", "best", "share", "title", "thread", "quote", "quote_share", "place", "prior", "brief", "posted", "rust", "off",
}

// Settings of the choice of arguments, beside the features in the [score] table.
const (
	nameThreshold = "threshold" // lowest score of an argument
	nameRatio     = "ratio"     // lowest score relative to the best
	nameAmple     = "ample"     // weight of the author's own cues from which the best does not matter
)

type model struct {
	weights   [features]float64
	threshold float64
	ratio     float64
	ample     float64
}

func modelNames() map[string]int {
	names := make(map[string]int, int(features)+3)
	for i, n := range featureNames {
		names[n] = i
	}
	names[nameThreshold], names[nameRatio], names[nameAmple] = -1, -1, -1
	return names
}

func newModel(score map[string]float64) model {
	m := model{threshold: score[nameThreshold], ratio: score[nameRatio], ample: score[nameAmple]}
	for i, n := range featureNames {
		m.weights[i] = score[n]
	}
	if m.ample == 0 { // not set
		m.ample = math.Inf(1)
	}
	return m
}

// briefWords is the number of words below which a mail lives from its title and parent.
const briefWords = 60

// Context is what the thread of a mail adds to its reading.
type Context struct {
	Topics map[string]float64 // scores in 0..1 of the thread's topics, see [Rules.Prior]
	Rust   float64            // score of the thread's [ThreadRelevance]
}

// Features returns the numbers the score of every topic is made of, in the order of Topics; see the
// [score] table for their weights. It is meant for training and for explanations.
func (rd *Reading) Features(c *Context) [][]float64 {
	rust, off, prior := 0.0, 0.0, map[string]float64(nil)
	if rd.level.Level == About {
		rust = 1
	}
	if c != nil {
		prior = c.Topics
		if rust == 0 && c.Rust < aboutScore {
			off = 1
		}
	}
	all, quoted := 0.0, 0.0
	for i := range rd.topics {
		all += rd.topics[i].sum
		quoted += rd.topics[i].quoted
	}
	out := make([][]float64, len(rd.topics))
	flat := make([]float64, len(rd.topics)*int(features))
	for i := range rd.topics {
		t := &rd.topics[i]
		x := flat[i*int(features) : (i+1)*int(features) : (i+1)*int(features)]
		x[fBias] = 1
		x[fOwn] = math.Log1p(t.sum)
		x[fBest] = math.Log1p(t.strongest())
		x[fTitle] = math.Log1p(t.title)
		x[fThread] = math.Log1p(t.thread)
		x[fQuote] = math.Log1p(t.quoted)
		x[fPlace] = min(t.place, 1.5)
		x[fPrior] = prior[rd.rules.topics[i].ID]
		x[fRust], x[fOff] = rust, off
		if all > 0 {
			x[fShare] = t.sum / all
		}
		if quoted > 0 {
			x[fQuoteShare] = t.quoted / quoted
		}
		if rd.words < briefWords {
			x[fBrief] = x[fTitle]
		}
		if rd.mail.Patch {
			x[fPosted] = x[fTitle]
		}
		out[i] = x
	}
	return out
}

// strongest returns the weight of the sentence with the most cues.
func (t *tally) strongest() float64 {
	best, sum := 0.0, 0.0
	for i, f := range t.own {
		if i > 0 && f.sentence != t.own[i-1].sentence {
			sum = 0
		}
		sum += f.weight
		best = max(best, sum)
	}
	return best
}

func (m *model) score(x []float64) float64 {
	z := 0.0
	for i, w := range m.weights {
		z += w * x[i]
	}
	return 1 / (1 + math.Exp(-z))
}

// MaxArguments is the most arguments one message is given.
const MaxArguments = 3

// Arguments returns the arguments the author puts forward, at most [MaxArguments], the surest first.
// c is nil as long as the thread is unknown.
func (rd *Reading) Arguments(c *Context) []Verdict {
	var prior map[string]float64
	if c != nil {
		prior = c.Topics
		if c.Rust < aboutScore && rd.level.Level == Absent {
			return nil
		}
	}
	type scored struct {
		topic int
		score float64
	}
	var all []scored
	for i, x := range rd.Features(c) {
		t := &rd.topics[i]
		if t.sum == 0 && len(t.context) == 0 && x[fPrior] == 0 {
			continue // nothing to show for it
		}
		if s := rd.rules.model.score(x); s >= rd.rules.model.threshold {
			all = append(all, scored{i, s})
		}
	}
	slices.SortStableFunc(all, func(a, b scored) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return a.topic - b.topic
	})
	var out []Verdict
	for _, s := range all {
		if len(out) == MaxArguments {
			break
		}
		// What the author dwells on counts, whatever else he says: long mails argue several things.
		if s.score < all[0].score*rd.rules.model.ratio && rd.topics[s.topic].sum < rd.rules.model.ample {
			continue
		}
		out = append(out, Verdict{Label: rd.rules.topics[s.topic].ID, Score: s.score, Hits: rd.reasons(s.topic, prior), Policy: rd.rules.topics[s.topic].Policy})
	}
	return out
}

// reasons returns the strongest hits of a topic: own sentences first, that with the most cues at the head, then context.
func (rd *Reading) reasons(topic int, prior map[string]float64) []Hit {
	t, id := &rd.topics[topic], rd.rules.topics[topic].ID
	hits := make([]Hit, 0, len(t.own))
	total := make(map[int]float64, len(t.own)) // of a sentence
	for _, f := range t.own {
		total[int(f.sentence)] += f.weight
		hits = append(hits, Hit{int(f.sentence), "cue " + id + ": " + rd.rules.patterns[f.pattern].expr, f.weight})
	}
	byWeight := func(a, b Hit) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(a.Sentence, b.Sentence))
	}
	slices.SortStableFunc(hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(total[b.Sentence], total[a.Sentence]), byWeight(a, b))
	})
	around := make([]Hit, 0, len(t.context))
	for _, c := range t.context {
		around = append(around, Hit{-1, c.source + " " + id + ": " + c.by, c.weight})
	}
	slices.SortStableFunc(around, byWeight)
	hits = append(hits[:min(len(hits), maxHits-1)], around...)
	if p := prior[id]; p > 0 && len(hits) < maxHits {
		hits = append(hits, Hit{-1, "thread " + id, p})
	}
	return hits[:min(len(hits), maxHits)]
}
