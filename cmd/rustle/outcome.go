package main

import (
	"context"
	"time"

	"rustle/index"
	"rustle/index/query"
	"rustle/pkg/analysis"
	"rustle/pkg/patch"
)

// settler returns a function that corrects the outcome of a thread by what the other threads know: a series that nobody
// decided on was superseded when its author posted a later version in a thread of its own. The stored outcome,
// which queries ask for, looks at the thread alone, so that it does not depend on what else was taken in.
func (c *command) settler(ctx context.Context, r *index.Reader) (func(*analysis.ThreadSummary), error) {
	type series struct{ title, author string }
	type posting struct {
		version int
		first   time.Time
		id      string
		subject string
	}
	newest := map[series]posting{}
	keyOf := func(s *analysis.ThreadSummary) (series, int, bool) {
		subject := patch.ParseSubject(s.Subject)
		return series{subject.Key(), s.Author}, max(subject.Version, 1), subject.Patch && !subject.Reply && s.Author != ""
	}
	for s, err := range r.AllThreads(ctx, query.All{}) {
		if err != nil {
			return nil, err
		}
		k, version, ok := keyOf(s)
		if old := newest[k]; ok && (version > old.version || version == old.version && s.First.Before(old.first)) {
			newest[k] = posting{version, s.First, s.ID, s.Subject}
		}
	}
	return func(s *analysis.ThreadSummary) {
		k, version, ok := keyOf(s)
		next := newest[k]
		if !ok || s.Outcome.Label != "undecided" || next.version <= version || !next.first.After(s.First) {
			return
		}
		s.Outcome = analysis.Outcome{Label: "superseded", ID: next.id, Evidence: []analysis.Evidence{{Text: next.subject, Rule: "OUT-later", Weight: 1}}}
	}, nil
}
