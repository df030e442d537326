package index

import (
	"context"

	"rustle/pkg/analysis"
)

// ThreadsFrom is the ids of the threads in which one of the senders wrote, in order. Names and addresses
// are those of the records, to the letter.
func (r *Reader) ThreadsFrom(ctx context.Context, senders []analysis.Person) ([]string, error) {
	terms := make([]string, len(senders))
	for i, p := range senders {
		terms[i] = personTerm(p)
	}
	return r.threadsOfTerms(ctx, fFrom, terms, nil)
}

// SeriesTitle is what the subjects of all revisions of a posted patch have in common, to the letter.
func SeriesTitle(subject string) string { return title(subject) }

// ThreadsOfSeries is the ids of the threads in which a patch with one of the titles was posted, in order.
// Titles come from SeriesTitle.
func (r *Reader) ThreadsOfSeries(ctx context.Context, titles []string) ([]string, error) {
	return r.threadsOfTerms(ctx, fSeries, titles, nil)
}
