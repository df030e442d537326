package ingest

import (
	"context"

	"rustle/index"
	"rustle/index/query"
	"rustle/pkg/analysis"
	"rustle/pkg/patch"
)

// pieces gathers the debates and the threads that may be pieces of them: see [analysis.Part].
type pieces struct {
	debates analysis.Debates
	loose   bool                      // a thread at work may be a piece
	stirred []string                  // subjects of the debates at work, and of those at work that were debates
	others  []*analysis.ThreadSummary // loose threads of the index that are not at work, with these subjects
}

// note takes in a thread that was analysed, loose or not.
func (v *pieces) note(s *analysis.ThreadSummary, loose bool) {
	v.loose = v.loose || loose
	if v.debates.Note(s) {
		v.stirred = append(v.stirred, s.Subject)
	}
}

// gather looks in the index, when all threads at work are noted, for the threads not at work that matter to them. old are
// those at work as the index has them.
func (v *pieces) gather(ctx context.Context, r *run, old []*analysis.ThreadSummary) error {
	for _, s := range old {
		if s.Label == "debate" && s.PartOf == nil {
			v.stirred = append(v.stirred, s.Subject)
		}
	}
	if n, err := r.base.Count(ctx, query.All{}, true); err != nil || n == len(r.before) {
		return err // all are at work
	}
	if v.loose || len(v.stirred) > 0 {
		for s, err := range r.base.AllThreads(ctx, query.Term{Field: query.Is, Text: "debate"}) {
			if err != nil {
				return err
			}
			if !r.before[s.ID] {
				v.debates.Note(s)
			}
		}
	}
	seen := map[string]bool{}
	for _, subject := range v.stirred {
		title := patch.ParseSubject(subject).Title
		if seen[title] || title == "" {
			continue
		}
		seen[title] = true
		found, err := r.base.Threads(ctx, query.Term{Field: query.Subject, Text: title, Form: query.Phrase}, index.SearchOptions{})
		if err != nil {
			return err
		}
		for i := range found.Hits {
			s := &found.Hits[i].Summary
			if !r.before[s.ID] && analysis.Loose(s) {
				v.others = append(v.others, s)
			}
		}
	}
	return nil
}
