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
	fShare              // share of all topics' weights and a few more
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
	nameFew       = "few"       // weight of cues that is few: a lone cue is no share of one
)

type model struct {
	weights   [features]float64
	threshold float64
	ratio     float64
	ample     float64
	few       float64
}

func modelNames() map[string]int {
	names := make(map[string]int, int(features)+4)
	for i, n := range featureNames {
		names[n] = i
	}
	names[nameThreshold], names[nameRatio], names[nameAmple], names[nameFew] = -1, -1, -1, -1
	return names
}

func newModel(score map[string]float64) model {
	m := model{threshold: score[nameThreshold], ratio: score[nameRatio], ample: score[nameAmple], few: max(score[nameFew], 0)}
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
	all := rd.weigh(c)
	out := make([][]float64, len(all.topics))
	for i := range out {
		x := all.features(i)
		out[i] = x[:]
	}
	return out
}

// weighed is what a mail argues, with all that the scores of its topics are made of.
type weighed struct {
	*argued
	rd          *Reading
	prior       map[string]float64
	rust, off   float64
	sum, quoted float64 // weights of all topics
}

func (rd *Reading) weigh(c *Context) *weighed {
	w := &weighed{argued: rd.arguments(), rd: rd}
	if rd.level.Level == About {
		w.rust = 1
	}
	if c != nil {
		w.prior = c.Topics
		if w.rust == 0 && c.Rust < aboutScore {
			w.off = 1
		}
	}
	for i := range w.topics {
		w.sum += w.topics[i].sum
		w.quoted += w.topics[i].quoted
	}
	return w
}

// shown says that there is something to show for a topic. The subject of a reply, what it quotes and its thread are the
// words of others: they make an argument surer, and none by themselves.
func (w *weighed) shown(topic int) bool {
	t := &w.topics[topic]
	return t.sum != 0 || w.rd.mail.Patch && (len(t.context) > 0 || w.prior[w.rd.rules.topics[topic].ID] != 0)
}

func (w *weighed) features(topic int) (x [features]float64) {
	t := &w.topics[topic]
	x[fBias] = 1
	x[fOwn] = math.Log1p(t.sum)
	x[fBest] = math.Log1p(t.strongest())
	x[fTitle] = math.Log1p(t.title)
	x[fThread] = math.Log1p(t.thread)
	x[fQuote] = math.Log1p(t.quoted)
	x[fPlace] = min(t.place, 1.5)
	x[fPrior] = w.prior[w.rd.rules.topics[topic].ID]
	x[fRust], x[fOff] = w.rust, w.off
	if w.sum > 0 {
		x[fShare] = t.sum / (w.sum + w.rd.rules.model.few)
	}
	if w.quoted > 0 {
		x[fQuoteShare] = t.quoted / (w.quoted + w.rd.rules.model.few)
	}
	if w.words < briefWords {
		x[fBrief] = x[fTitle]
	}
	if w.rd.mail.Patch {
		x[fPosted] = x[fTitle]
	}
	return x
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

func (m *model) score(x *[features]float64) float64 {
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
	out := rd.Scores(c)
	var prior map[string]float64
	if c != nil {
		prior = c.Topics
	}
	for i := range out {
		out[i].Hits = rd.reasons(rd.rules.topicIndex[out[i].Label], prior)
	}
	return out
}

// Scores returns Arguments without their hits, which cost more than the choice.
func (rd *Reading) Scores(c *Context) []Verdict {
	if c != nil && c.Rust < aboutScore && rd.level.Level == Absent {
		return nil
	}
	type scored struct {
		topic int
		score float64
	}
	m, w := &rd.rules.model, rd.weigh(c)
	var all []scored
	for i := range w.topics {
		if !w.shown(i) {
			continue
		}
		x := w.features(i)
		if s := m.score(&x); s >= m.threshold {
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
		if s.score < all[0].score*m.ratio && w.topics[s.topic].sum < m.ample {
			continue
		}
		t := &rd.rules.topics[s.topic]
		out = append(out, Verdict{Label: t.ID, Score: s.score, Policy: t.Policy})
	}
	return out
}

// reasons returns the strongest hits of a topic: own sentences first, that with the most cues at the head, then context.
func (rd *Reading) reasons(topic int, prior map[string]float64) []Hit {
	t, id := &rd.arguments().topics[topic], rd.rules.topics[topic].ID
	own := make([]Hit, 0, len(t.own))
	for _, f := range t.own {
		own = append(own, Hit{int(f.sentence), "cue " + id + ": " + rd.rules.patterns[f.pattern].expr, f.weight})
	}
	around := make([]Hit, 0, len(t.context))
	for _, c := range t.context {
		around = append(around, Hit{-1, c.source + " " + id + ": " + c.by, c.weight})
	}
	own, around = strongestFirst(own), strongestFirst(around)
	hits := slices.Concat(own[:min(len(own), maxHits-1)], around)
	if p := prior[id]; p > 0 && len(hits) < maxHits {
		hits = append(hits, Hit{-1, "thread " + id, p})
	}
	return hits[:min(len(hits), maxHits)]
}

// strongestFirst joins the hits and sorts them, and within each the strongest cue first.
func strongestFirst(hits []Hit) []Hit {
	byWeight := func(a, b Hit) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(a.Sentence, b.Sentence))
	}
	slices.SortStableFunc(hits, byWeight)
	hits = joined(hits)
	slices.SortStableFunc(hits, byWeight)
	return hits
}
