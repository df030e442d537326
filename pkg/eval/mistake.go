package eval

import (
	"cmp"
	"slices"
	"strings"
)

// Mistake is one case where prediction and label differ.
type Mistake struct {
	Field          string   `json:"field"`
	ID             string   `json:"id"`
	URL            string   `json:"url"`
	Subject        string   `json:"subject"`
	Gold           string   `json:"gold"`
	Predicted      string   `json:"predicted"`
	Confidence     float64  `json:"confidence"`      // in the prediction, 0 when it has none
	GoldConfidence int      `json:"gold_confidence"` // of the labeller, 1..3, 0 when not given
	Evidence       []string `json:"evidence"`        // what the prediction rests on
	GoldEvidence   string   `json:"gold_evidence,omitempty"`
}

// mistakes returns the worst ones: sure labels missed by sure predictions first. For sets the number of ids that differ
// takes the place of the confidence.
func (f *field) mistakes(n int) []Mistake {
	if n < 0 {
		return nil
	}
	type ranked struct {
		m     Mistake
		worth float64
	}
	var all []ranked
	for _, it := range f.items {
		m := Mistake{
			Field: f.name, ID: it.id, URL: loreURL(it.id), Subject: it.subject, Gold: it.gold, Predicted: it.pred,
			Confidence: max(it.confidence, 0), GoldConfidence: it.goldConfidence, GoldEvidence: it.goldEvidence, Evidence: slices.Clone(it.reasons[:min(3, len(it.reasons))]),
		}
		if m.Evidence == nil {
			m.Evidence = []string{}
		}
		sure := 0.5
		if it.confidence >= 0 {
			sure = it.confidence
		}
		if f.multi {
			var s Sets
			s.Add(it.goldSet, it.predSet)
			if s.GoldOnly+s.PredictedOnly == 0 {
				continue
			}
			m.Gold, m.Predicted = strings.Join(it.goldSet, ";"), strings.Join(it.predSet, ";")
			sure = float64(s.GoldOnly+s.PredictedOnly) - float64(s.Both)/2
		} else if it.gold == it.pred {
			continue
		}
		if f.metric == metricQuadratic && it.gold != "" && it.pred != "" {
			d := float64(it.gold[0]) - float64(it.pred[0])
			sure = d * d
		}
		all = append(all, ranked{m, sure * float64(cmp.Or(it.goldConfidence, 2))})
	}
	slices.SortStableFunc(all, func(a, b ranked) int { return cmp.Or(cmp.Compare(b.worth, a.worth), strings.Compare(a.m.ID, b.m.ID)) })
	out := make([]Mistake, 0, min(n, len(all)))
	for _, r := range all[:min(n, len(all))] {
		out = append(out, r.m)
	}
	return out
}

// loreURL is the address of a mail at lore.kernel.org.
func loreURL(id string) string {
	const hex = "0123456789ABCDEF"
	if id == "" {
		return ""
	}
	b := []byte("https://lore.kernel.org/r/")
	for i := range len(id) {
		c := id[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~@=", c) >= 0 {
			b = append(b, c)
			continue
		}
		b = append(b, '%', hex[c>>4], hex[c&15])
	}
	return string(b)
}
