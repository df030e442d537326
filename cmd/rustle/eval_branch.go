package main

import (
	"rustle/index"
	"rustle/pkg/analysis"
	"rustle/pkg/eval"
	"rustle/pkg/train"
)

// sameBranch is how much of two branches must be common for them to be the same discussion: mails of both by mails of
// either. Two readers, too, begin a discussion a mail earlier or later.
const sameBranch = 0.7

// labelledBranch is what the index says of a labelled branch: its branch with the same root, else the one with the most
// mails in common; nil when there is none.
func labelledBranch(r *index.Reader, g *eval.Thread) (*eval.ThreadPrediction, error) {
	found, err := r.Records(g.ID)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	summary, err := r.Thread(found[0].Thread)
	if err != nil || summary == nil || len(summary.Branches) == 0 {
		return nil, err
	}
	records, err := r.ThreadRecords(found[0].Thread)
	if err != nil {
		return nil, err
	}
	answers := map[string][]string{}
	for i := range records {
		answers[records[i].Parent] = append(answers[records[i].Parent], records[i].ID)
	}
	want := subtree(answers, g.ID)
	var best *analysis.Branch
	most := 0.0
	for i := range summary.Branches {
		b := &summary.Branches[i]
		if share := overlap(want, subtree(answers, b.ID)); share > most || b.ID == g.ID {
			best, most = b, share
		}
		if b.ID == g.ID {
			break
		}
	}
	if most < sameBranch {
		return nil, nil
	}
	p := train.Thread(&analysis.ThreadSummary{ID: g.ID, Subject: best.Subject, Label: best.Label, DebateScore: best.DebateScore, Heat: best.Heat, Messages: best.Messages, Topics: best.Topics, Evidence: best.Evidence})
	return &p, nil
}

// subtree is a mail and all that answers it.
func subtree(answers map[string][]string, root string) map[string]bool {
	out := map[string]bool{}
	for todo := []string{root}; len(todo) > 0; {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !out[id] {
			out[id] = true
			todo = append(todo, answers[id]...)
		}
	}
	return out
}

func overlap(a, b map[string]bool) float64 {
	both := 0
	for id := range a {
		if b[id] {
			both++
		}
	}
	return float64(both) / float64(len(a)+len(b)-both)
}
