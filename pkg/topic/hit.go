package topic

import (
	"slices"
	"strings"
)

// A Hit is one reason for a verdict: what one sentence, or one part of its surroundings, says for it. Cues that stand
// in the same sentence are one reason.
type Hit struct {
	Sentence int     // index in Mail.Sentences; -1 for subject, recipients, files, quoted text and thread
	Rule     string  // "cue ID: EXPR; EXPR", "title ID: EXPR", "path ID: PATTERN", ...
	Weight   float64 // what it adds to the score
}

// joined puts the hits of one sentence and source together, in the place of the first: the expressions behind each other,
// the weights added up. It works in place.
func joined(hits []Hit) []Hit {
	out := hits[:0]
next:
	for _, h := range hits {
		source, expr, ok := strings.Cut(h.Rule, ": ")
		for i := range out {
			had, exprs, both := strings.Cut(out[i].Rule, ": ")
			if ok && both && out[i].Sentence == h.Sentence && had == source {
				out[i].Weight += h.Weight
				if !slices.Contains(strings.Split(exprs, "; "), expr) { // a word can be a cue of text and of titles
					out[i].Rule += "; " + expr
				}
				continue next
			}
		}
		out = append(out, h)
	}
	return out
}
