package train

import (
	"rustle/pkg/analysis"
	"rustle/pkg/eval"
)

// Message is what a record says, as package eval compares it. text is what the author wrote, for the
// baselines that count words.
func Message(r *analysis.Record, text string) eval.Prediction {
	p := eval.Prediction{
		Message: eval.Message{
			ID: r.ID, Thread: r.Thread, From: r.From.Name, Subject: r.Subject, Sentiment: r.Sentiment.Label, Incivility: r.Incivility.Label,
			Stance: r.Stance.Label, Signal: r.Signal, Argued: true, Text: text,
		},
		Score: map[string]float64{
			eval.FieldSentiment: r.Sentiment.Score, eval.FieldIncivility: r.Incivility.Score, eval.FieldStance: r.Stance.Score,
		},
		Reasons: map[string][]string{
			eval.FieldSentiment: sentencesOf(r.Sentiment.Evidence), eval.FieldIncivility: sentencesOf(r.Incivility.Evidence),
			eval.FieldStance: sentencesOf(r.Stance.Evidence), eval.FieldSignal: sentencesOf(r.SignalBy),
		},
	}
	for _, t := range r.Topics {
		p.Arguments = append(p.Arguments, t.ID)
		p.Reasons[eval.FieldArguments+"/"+t.ID] = sentencesOf(t.Evidence)
	}
	return p
}

func sentencesOf(evidence []analysis.Evidence) []string {
	out := make([]string, 0, len(evidence))
	for _, e := range evidence {
		out = append(out, e.Text)
	}
	return out
}

// Thread is what a summary says, as package eval compares it.
func Thread(t *analysis.ThreadSummary) eval.ThreadPrediction {
	p := eval.ThreadPrediction{
		Thread: eval.Thread{ID: t.ID, Subject: t.Subject, Label: t.Label, Heat: t.Heat, Messages: t.Messages, Topical: true},
		Score:  1 - t.DebateScore,
	}
	if t.Label == "debate" {
		p.Score = t.DebateScore
	}
	for _, tag := range t.Topics {
		p.Topics = append(p.Topics, tag.ID)
	}
	for _, e := range t.Evidence {
		p.Reasons = append(p.Reasons, e.Text)
	}
	return p
}
