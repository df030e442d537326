package index

import (
	"context"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/vellum/levenshtein"
)

// aFuzzy is the terms of a field that an automaton accepts, stems left out.
type aFuzzy struct {
	field string
	bits  int
	dfa   *levenshtein.DFA
}

func (aFuzzy) cost() int { return costScan }

func (c aFuzzy) match(ctx context.Context, v *view, within *roaring.Bitmap) (*roaring.Bitmap, error) {
	out := roaring.New()
	var hits []string
	err := v.terms(c.field, nil, nil, c.dfa, func(term string) (bool, error) {
		if !strings.HasPrefix(term, stemMark) {
			hits = append(hits, clone(term))
		}
		return true, ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	for _, term := range hits {
		bm, err := v.where(c.field, term, c.bits, within)
		if err != nil {
			return nil, err
		}
		out.Or(bm)
	}
	return out, nil
}
