package analysis

import (
	"cmp"
	"math"
	"slices"
)

// A debate is found by its shape before its words: two or three people who answer each other on
// substance. Means over a whole thread hide the one branch that matters, so everything here is
// taken from exchanges (runs of answers between the same few people) and branches (subtrees), and
// the strongest one speaks for the thread.

// features are what the thread models see. All are bounded and do not grow with the mere number
// of mails, because volume is not heat.
const (
	featReplies     = iota // log of prose replies by people
	featPeople             // log of distinct people who wrote prose
	featExchange           // longest run of answers between two people, capped
	featDepth              // log of the deepest prose reply
	featPatchShare         // share of mails that are posted patches
	featProse              // log of words of prose per reply
	featTagged             // share of replies that give a review tag
	featArguments          // log of distinct arguments in the strongest branch
	featArgued             // share of replies with an argument
	featOppose             // mean of the three strongest opposing replies
	featContest            // log of replies that oppose or set a condition
	featSupport            // log of replies of support that are no mere tag
	featBothSides          // support and opposition in one exchange
	featNegative           // mean of the three most negative replies
	featNegExchange        // mean negativity of the hottest exchange
	featUncivil            // mean of the two most uncivil replies
	featUncivilNum         // log of uncivil replies
	featPolicy             // share of arguments about process, governance, cost of two languages
	featRustProse          // log of replies whose own prose is about Rust
	featMixed              // replies with Rust and an opposing sentence
	featDiscussion         // the root is no patch
	numFeatures
)

var featureNames = [numFeatures]string{
	"replies", "people", "exchange", "depth", "patch-share", "prose", "tagged", "arguments", "argued", "oppose", "contest",
	"support", "both-sides", "negative", "negative-exchange", "uncivil", "uncivil-replies", "policy", "rust-prose", "mixed", "discussion",
}

// policyTopics are the arguments about whether and at what price, as against how.
var policyTopics = map[string]bool{
	"dual-language-burden": true, "culture-process": true, "licensing-and-governance": true, "kernel-vs-rewrite": true,
	"architecture-support": true, "toolchain-versions": true, "developer-onboarding": true, "memory-safety": true,
	"driver-adoption": true, "third-party-crates": true,
}

// threadFeatures reads the shape of a conversation from its messages in tree order.
func threadFeatures(msgs []*Draft) [numFeatures]float64 {
	var f [numFeatures]float64
	byID := make(map[string]*Draft, len(msgs))
	for _, d := range msgs {
		byID[d.Record.ID] = d
	}
	people := map[string]bool{}
	var patches, words, tagged, argued, contest, support, uncivil, rustProse, mixed, policy, arguments, human int
	var oppose, negative, rude []float64
	var replies []*Draft
	deepest := 0
	for _, d := range msgs {
		r := &d.Record
		if r.Kind == kindBot {
			continue
		}
		human++
		if r.Kind == kindPatch || r.Kind == kindCover {
			patches++
			continue
		}
		if r.Words < 4 {
			if r.Signal != "none" {
				tagged++
			}
			continue
		}
		replies = append(replies, d)
		people[r.Person] = true
		words += r.Words
		deepest = max(deepest, r.Depth)
		if len(d.arguments) > 0 {
			argued++
		}
		for _, a := range d.arguments {
			arguments++
			if policyTopics[a.Label] {
				policy++
			}
		}
		if r.Signal != "none" && r.Signal != "nak" {
			tagged++
		}
		oppose = append(oppose, d.oppose)
		negative = append(negative, d.negative)
		rude = append(rude, d.uncivil)
		if d.oppose > 0.5 {
			contest++
			if d.aboutRust {
				mixed++
			}
		}
		if d.support > 0.5 && r.Signal == "none" {
			support++
		}
		if d.uncivil > 0.5 {
			uncivil++
		}
		if d.aboutRust {
			rustProse++
		}
	}
	if human == 0 {
		return f
	}
	n := float64(max(len(replies), 1))
	f[featReplies] = logp(len(replies))
	f[featPeople] = logp(len(people))
	f[featDepth] = logp(deepest)
	f[featPatchShare] = float64(patches) / float64(human)
	f[featProse] = math.Log1p(float64(words)/n) / 3
	f[featTagged] = float64(tagged) / float64(max(human-patches, 1))
	f[featArgued] = float64(argued) / n
	f[featOppose] = topMean(oppose, 3)
	f[featContest] = logp(contest)
	f[featSupport] = logp(support)
	f[featNegative] = topMean(negative, 3)
	f[featUncivil] = topMean(rude, 2)
	f[featUncivilNum] = logp(uncivil)
	f[featPolicy] = float64(policy) / float64(max(arguments, 1))
	f[featRustProse] = logp(rustProse)
	f[featMixed] = logp(mixed)
	f[featArguments] = logp(branchArguments(msgs))
	if len(msgs) > 0 && msgs[0].Record.Kind != kindPatch && msgs[0].Record.Kind != kindCover {
		f[featDiscussion] = 1
	}
	for _, ex := range exchanges(replies, byID) {
		f[featExchange] = max(f[featExchange], math.Min(float64(len(ex)), 8)/8)
		var sum, con, pro float64
		for _, d := range ex {
			sum += d.negative
			con = max(con, d.oppose)
			pro = max(pro, d.support)
		}
		if len(ex) >= 2 {
			f[featNegExchange] = max(f[featNegExchange], sum/float64(len(ex)))
			f[featBothSides] = max(f[featBothSides], math.Min(con, pro))
		}
	}
	return f
}

const maxExchange = 12 // mails of one exchange that are looked at

// exchanges finds the runs in which each mail answers the other person's last: A to B to A.
// Each reply is the end of at most one run; runs of one are left out unless nothing is longer.
func exchanges(replies []*Draft, byID map[string]*Draft) [][]*Draft {
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

// branchArguments is the largest number of distinct arguments below one child of the root.
func branchArguments(msgs []*Draft) int {
	branch := map[string]string{} // message -> the branch it is in
	seen := map[string]map[string]bool{}
	most := 0
	for _, d := range msgs {
		b := d.Record.ID
		if up, ok := branch[d.Record.Parent]; ok && d.Record.Depth > 1 {
			b = up
		}
		branch[d.Record.ID] = b
		for _, a := range d.arguments {
			if seen[b] == nil {
				seen[b] = map[string]bool{}
			}
			seen[b][a.Label] = true
		}
		most = max(most, len(seen[b]))
	}
	return most
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
