package index

import (
	"context"
	"maps"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
	segment "github.com/blevesearch/scorch_segment_api/v2"

	"rustle/pkg/analysis"
)

// ThreadsFrom is the ids of the threads in which one of the senders wrote, in order. Names and addresses
// are those of the records, to the letter.
func (r *Reader) ThreadsFrom(ctx context.Context, senders []analysis.Person) ([]string, error) {
	terms := make([]string, len(senders))
	for i, p := range senders {
		terms[i] = personTerm(p)
	}
	return r.threadsOfTerms(ctx, fFrom, terms)
}

// SeriesTitle is what the subjects of all revisions of a posted patch have in common, to the letter.
func SeriesTitle(subject string) string { return title(subject) }

// ThreadsOfSeries is the ids of the threads in which a patch with one of the titles was posted, in order.
// Titles come from SeriesTitle.
func (r *Reader) ThreadsOfSeries(ctx context.Context, titles []string) ([]string, error) {
	return r.threadsOfTerms(ctx, fSeries, titles)
}

func (r *Reader) threadsOfTerms(ctx context.Context, field string, terms []string) (threads []string, err error) {
	defer guard(&err)
	sorted := slices.Compact(slices.Sorted(slices.Values(terms)))
	found := make([]*roaring.Bitmap, len(r.views))
	for i, v := range r.views {
		bm := roaring.New()
		found[i] = bm
		dict, err := v.dict(field)
		if err != nil {
			return nil, err
		}
		var pl segment.PostingsList
		for k, term := range sorted {
			if k%checkEvery == 0 && ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if pl, err = into(bm, dict, []byte(term), pl); err != nil {
				return nil, err
			}
		}
		bm.And(v.messages)
	}
	set, err := r.threadsOf(ctx, found)
	if err != nil {
		return nil, err
	}
	return slices.Sorted(maps.Keys(set)), nil
}
