package analysis

import (
	"cmp"
	"math"
	"slices"
)

// A debate is found by its shape before its words: two or three people who answer each other on
// substance. Means over a whole thread hide the one branch that matters, so most of what is looked
// at comes from exchanges (runs of answers between the same two people) and from the strongest few
// messages, and the strongest one speaks for the thread.

// features are what the thread models see. They are bounded or grow with the logarithm, because
// volume is not heat. What did not carry from one list to the other was left out: density of Rust
// words, share of patches, depth, length of the mails.
const (
	featTagged        = iota // share of replies that give a review tag
	featOppose               // mean of the three replies most likely to oppose or set a condition
	featContestPeople        // log of people who oppose or set a condition
	featBothSides            // how likely support and opposition are in one exchange, the lesser of both
	featContradict           // log of replies that contradict
	featContradictEx         // mean of contradicting sentences in the most contrary exchange, capped
	featPolicy               // share of arguments about whether and at what price
	featMixed                // log of replies with Rust in their own words that more likely oppose than not
	featUncivil              // mean of the two most uncivil replies
	featUncivilTop           // mean of the ten most uncivil sentences
	featUncivilEx            // mean incivility of the worst exchange
	featNegative             // mean of the three most negative replies
	featNegativeMean         // mean of all replies
	numFeatures
)

// FeatureNames names what ThreadFeatures returns, in its order.
func FeatureNames() []string {
	return []string{
		"tagged", "oppose", "contest-people", "both-sides", "contradict", "contradict-exchange", "policy", "mixed",
		"uncivil", "uncivil-sentences", "uncivil-exchange", "negative", "negative-mean",
	}
}

// ThreadFeatures returns what the thread models see of an analysed thread, each value in 0..3; see
// FitShape.
func ThreadFeatures(r *Result) []float64 {
	f := threadFeatures(r.Messages)
	return f[:]
}

// fewWords: a reply with fewer words of prose says nothing by itself: "Thanks!", "Ping?".
const fewWords = 4

// threadFeatures reads the shape of a conversation from its messages in tree order.
func threadFeatures(msgs []*Draft) [numFeatures]float64 {
	var f [numFeatures]float64
	replies, answers, tagged := proseReplies(msgs)
	if len(replies) == 0 {
		return f
	}
	critics := map[string]bool{}
	var mixed, policy, arguments, contradict int
	against, negative := make([]float64, len(replies)), make([]float64, len(replies))
	rude, sentences := make([]float64, len(replies)), make([]float64, 0, len(replies)*rudest)
	sum := 0.0
	for i, d := range replies {
		for _, a := range d.arguments {
			arguments++
			if a.Policy {
				policy++
			}
		}
		if d.dissent > 0 {
			contradict++
		}
		if d.stand.Label == oppose || d.stand.Label == conditional {
			critics[d.Record.Person] = true
		}
		if d.aboutRust && d.oppose > Sure {
			mixed++
		}
		against[i], negative[i], rude[i] = d.oppose, d.negative, d.uncivil
		sentences = append(sentences, d.rude...)
		sum += d.negative
	}
	f[featTagged] = float64(tagged) / float64(max(answers, 1))
	f[featOppose] = topMean(against, 3)
	f[featContestPeople] = logp(len(critics))
	f[featContradict] = logp(contradict)
	f[featPolicy] = float64(policy) / float64(max(arguments, 1))
	f[featMixed] = logp(mixed)
	f[featUncivil] = topMean(rude, 2)
	f[featUncivilTop] = topMean(sentences, rudest)
	f[featNegative] = topMean(negative, 3)
	f[featNegativeMean] = sum / float64(len(replies))
	exchangeFeatures(&f, replies)
	return f
}

// proseReplies are the messages in which people talk, as against patches, robots and bare tags. It
// also counts the answers of any length and those of them that give a tag.
func proseReplies(msgs []*Draft) (replies []*Draft, answers, tagged int) {
	for _, d := range msgs {
		r := &d.Record
		if r.Kind == kindBot || r.Kind == kindPatch || r.Kind == kindCover || r.Kind == kindPull {
			continue
		}
		answers++
		if r.Signal != none && r.Signal != nak {
			tagged++
		}
		if r.Words >= fewWords {
			replies = append(replies, d)
		}
	}
	return replies, answers, tagged
}

// exchangeFeatures takes the strongest exchange on each count.
func exchangeFeatures(f *[numFeatures]float64, replies []*Draft) {
	for _, ex := range exchanges(replies) {
		if len(ex) < 2 {
			continue
		}
		var rude, con, pro, against float64
		for _, d := range ex {
			rude += d.uncivil
			against += min(float64(d.dissent), 3) / 3
			con, pro = max(con, d.oppose), max(pro, d.support)
		}
		f[featUncivilEx] = max(f[featUncivilEx], rude/float64(len(ex)))
		f[featContradictEx] = max(f[featContradictEx], against/float64(len(ex)))
		f[featBothSides] = max(f[featBothSides], min(con, pro))
	}
}

const maxExchange = 12 // mails of one exchange that are looked at

// exchanges finds the runs in which each mail answers the other person's last: A to B to A.
// Each reply is the end of at most one run; runs of one are left out unless nothing is longer.
func exchanges(replies []*Draft) [][]*Draft {
	byID := make(map[string]*Draft, len(replies))
	for _, d := range replies {
		byID[d.Record.ID] = d
	}
	extended := map[*Draft]bool{}
	runs := make(map[*Draft][]*Draft, len(replies))
	for _, d := range replies { // tree order: a parent comes first
		run := []*Draft{d}
		if p := byID[d.Record.Parent]; p != nil && p.Record.Person != d.Record.Person {
			before := runs[p]
			switch {
			case len(before) >= 2 && before[len(before)-2].Record.Person == d.Record.Person:
				// The last few answers say how hot it is; without the bound a chain of a hundred
				// thousand mails would cost its square.
				run = append(slices.Clone(before[max(0, len(before)-maxExchange+1):]), d)
				extended[p] = true
			case len(before) >= 1:
				run = []*Draft{p, d}
			}
		}
		runs[d] = run
	}
	var out [][]*Draft
	for _, d := range replies {
		if !extended[d] {
			out = append(out, runs[d])
		}
	}
	return out
}

func logp(n int) float64 { return math.Log1p(float64(n)) / 3 }

// topMean is the mean of the k largest values; values that are not there count as zero.
func topMean(xs []float64, k int) float64 {
	xs = slices.Clone(xs)
	slices.SortFunc(xs, func(a, b float64) int { return cmp.Compare(b, a) })
	sum := 0.0
	for i := range min(k, len(xs)) {
		sum += xs[i]
	}
	return sum / float64(k)
}
