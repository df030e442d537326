package export

import (
	"iter"
	"strconv"

	"rustle/pkg/analysis"
)

// Sentence is one piece of evidence: a sentence, the mail it stands in, and the tag it is a reason for.
type Sentence struct {
	ID     string  `json:"id"`
	Thread string  `json:"thread"`
	Date   string  `json:"date"`
	Person string  `json:"person"`
	Role   string  `json:"role"`
	Axis   string  `json:"axis"` // topic | entity | sentiment | incivility | stance | signal | rust
	Label  string  `json:"label"`
	Score  float64 `json:"score"`
	Start  int     `json:"start"`
	End    int     `json:"end"`
	Rule   string  `json:"rule"`
	Weight float64 `json:"weight"`
	Text   string  `json:"text"`
}

func sentenceTable() []column[Sentence] {
	type s = Sentence
	return []column[s]{
		{"id", "string", "Message-ID of the mail", func(e *s) string { return e.ID }},
		{"thread", "string", "Message-ID of the root of the thread", func(e *s) string { return e.Thread }},
		{"date", "time", "Date header, UTC", func(e *s) string { return e.Date }},
		{"person", "string", "author", func(e *s) string { return e.Person }},
		{"role", "string", "role of the author", func(e *s) string { return e.Role }},
		{"axis", "string", "topic | entity | sentiment | incivility | stance | signal | rust", func(e *s) string { return e.Axis }},
		{"label", "string", "the tag: id of the topic or entity, or the label chosen on the axis", func(e *s) string { return e.Label }},
		{"score", "number", "score of the tag, 0..1; empty for signal and rust", func(e *s) string {
			if e.Axis == "signal" || e.Axis == "rust" {
				return ""
			}
			return score(e.Score)
		}},
		{"start", "integer", "first byte in the author's own text; 0 with end 0: evidence from headers or files", func(e *s) string { return strconv.Itoa(e.Start) }},
		{"end", "integer", "byte after the last", func(e *s) string { return strconv.Itoa(e.End) }},
		{"rule", "string", "rule or model head that fired", func(e *s) string { return e.Rule }},
		{"weight", "number", "how much it added to the score", func(e *s) string { return score(e.Weight) }},
		{"text", "string", "the sentence, white space folded", func(e *s) string { return e.Text }},
	}
}

func sentencesOf(records iter.Seq[analysis.Record]) iter.Seq[Sentence] {
	return func(yield func(Sentence) bool) {
		for r := range records {
			base := Sentence{ID: r.ID, Thread: r.Thread, Date: when(r.Date), Person: r.Person, Role: r.Role}
			put := func(axis, label string, score float64, evidence []analysis.Evidence) bool {
				for _, e := range evidence {
					s := base
					s.Axis, s.Label, s.Score = axis, label, score
					s.Start, s.End, s.Rule, s.Weight, s.Text = e.Start, e.End, e.Rule, e.Weight, e.Text
					if !yield(s) {
						return false
					}
				}
				return true
			}
			ok := true
			for _, t := range r.Topics {
				ok = ok && put("topic", t.ID, t.Score, t.Evidence)
			}
			for _, t := range r.Entities {
				ok = ok && put("entity", t.ID, t.Score, t.Evidence)
			}
			ok = ok && put("sentiment", r.Sentiment.Label, r.Sentiment.Score, r.Sentiment.Evidence) &&
				put("incivility", r.Incivility.Label, r.Incivility.Score, r.Incivility.Evidence) &&
				put("stance", r.Stance.Label, r.Stance.Score, r.Stance.Evidence) &&
				put("signal", r.Signal, 0, r.SignalBy) &&
				put("rust", strconv.FormatBool(r.Rust), 0, r.RustBy)
			if !ok {
				return
			}
		}
	}
}
