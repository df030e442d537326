package eval

import (
	"slices"
	"strings"
	"unicode"
)

// baselines gives the main figure of the simple ways to tag: always the commonest label, and those of baselineOf.
func (f *field) baselines() []Figure {
	if len(f.items) == 0 {
		return nil
	}
	if f.multi {
		return []Figure{{Name: "majority", Value: f.commonest()}}
	}
	count := map[string]int{}
	for _, it := range f.items {
		count[it.gold]++
	}
	best := ""
	for _, c := range f.classes() { // the first of equals, in the order of the classes
		if count[c] > count[best] {
			best = c
		}
	}
	out := []Figure{{Name: "majority", Value: f.of(f.confusion(f.items, func(*item) string { return best }))}}
	names := map[string]int{}
	for _, it := range f.items {
		for name := range it.baseline {
			names[name]++
		}
	}
	for _, name := range distinct(keys(names)) {
		var sub []item
		for _, it := range f.items {
			if _, ok := it.baseline[name]; ok {
				sub = append(sub, it)
			}
		}
		label := name
		if len(sub) < len(f.items) {
			label += " (where there is text)"
		}
		out = append(out, Figure{Name: label, Value: f.of(f.confusion(sub, func(it *item) string { return it.baseline[name] }))})
	}
	return out
}

func keys(m map[string]int) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	return out
}

// commonest predicts the one most frequent id for every case.
func (f *field) commonest() float64 {
	count := map[string]int{}
	var ids []string
	for _, it := range f.items {
		for _, id := range it.goldSet {
			count[id]++
			ids = append(ids, id)
		}
	}
	best := ""
	for _, id := range distinct(ids) {
		if count[id] > count[best] {
			best = id
		}
	}
	var s Sets
	for _, it := range f.items {
		s.Add(it.goldSet, []string{best})
	}
	return s.MicroF1()
}

// baselineOf tags one mail in the simple ways that apply to the field: from the explicit signal alone, and by counting
// words of a stock lexicon where the text is at hand.
func baselineOf(field string, p *Prediction, lex *lexicon) map[string]string {
	out := map[string]string{}
	if p.Signal != "" && field != FieldSignal {
		out["tags only"] = byTag(field, p.Signal)
	}
	if p.Text != "" && field != FieldSignal {
		out["stock lexicon"] = lex.label(field, p.Text)
	}
	return out
}

func byTag(field, signal string) string {
	good := slices.Contains([]string{"ack", "review", "test", "apply"}, signal)
	switch field {
	case FieldSentiment:
		switch {
		case good:
			return "positive"
		case signal == "nak":
			return "negative"
		}
		return "neutral"
	case FieldStance:
		switch {
		case good:
			return "support"
		case signal == "nak":
			return "oppose"
		}
		return "none"
	}
	return "false"
}

// byWord is what a search for the letters r, u, s, t says of a thread: a long one is a debate.
func byWord(g *Thread, p *ThreadPrediction) string {
	rust := strings.Contains(strings.ToLower(g.Subject+" "+p.Subject), "rust")
	switch {
	case rust && max(g.Messages, p.Messages) >= 20:
		return "debate"
	case rust:
		return "rust-nondebate"
	}
	return "not-rust"
}

// bySize takes volume for heat.
func bySize(messages int) string {
	switch {
	case messages >= 100:
		return "2"
	case messages >= 15:
		return "1"
	}
	return "0"
}

// lexicon is a small list of words as general-purpose tools have them: it does not know that kill, panic and fatal are
// everyday words here, which is the point of comparing with it.
//
// Source: written for this project; common English words of praise and blame, none taken from a published list.
type lexicon struct {
	good, bad, rude, yes, no map[string]bool
}

func newLexicon() *lexicon {
	set := func(words string) map[string]bool {
		m := map[string]bool{}
		for w := range strings.FieldsSeq(words) {
			m[w] = true
		}
		return m
	}
	return &lexicon{
		good: set("good great nice thanks thank excellent awesome cool love like glad happy perfect useful helpful elegant clean better best fine welcome " +
			"appreciate appreciated impressive works pleased well easy safe"),
		bad: set("bad wrong broken ugly horrible terrible awful hate stupid crap garbage bug bugs fail fails failed failure error errors problem problems panic kill " +
			"abort dead fatal crash unsafe unfortunately annoying worse worst nonsense ridiculous pain mess useless sad never"),
		rude: set("stupid idiot idiotic moron crap garbage shit shut fuck fucking damn bullshit dumb insane joke clown pathetic ridiculous nonsense liar lazy"),
		yes:  set("agree support yes useful like love benefit benefits worth welcome great"),
		no:   set("disagree against oppose no reject rejected nack nak never unacceptable object wrong"),
	}
}

func (l *lexicon) label(field, text string) string {
	var good, bad, rude, yes, no int
	for w := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) }) {
		good += one(l.good[w])
		bad += one(l.bad[w])
		rude += one(l.rude[w])
		yes += one(l.yes[w])
		no += one(l.no[w])
	}
	switch field {
	case FieldSentiment:
		switch {
		case good > bad:
			return "positive"
		case bad > good:
			return "negative"
		}
		return "neutral"
	case FieldStance:
		switch {
		case yes > no:
			return "support"
		case no > yes:
			return "oppose"
		}
		return "none"
	}
	if rude > 0 {
		return "true"
	}
	return "false"
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}
