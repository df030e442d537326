package index

import (
	"cmp"
	"context"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"rustle/index/query"
)

// matches is the messages that fulfil a query, by segment.
func (r *Reader) matches(ctx context.Context, n query.Node) ([]*roaring.Bitmap, error) {
	c, err := r.compile(ctx, n)
	if err != nil {
		return nil, err
	}
	out := make([]*roaring.Bitmap, len(r.views))
	for i, v := range r.views {
		bm, err := c.match(ctx, v, v.messages)
		if err != nil {
			return nil, err
		}
		out[i] = and(bm, v.messages)
	}
	return out, nil
}

// and is roaring.And that sees when there is nothing to do.
func and(a, b *roaring.Bitmap) *roaring.Bitmap {
	if a == b {
		return a
	}
	return roaring.And(a, b)
}

func total(found []*roaring.Bitmap) int {
	n := 0
	for _, bm := range found {
		n += int(bm.GetCardinality())
	}
	return n
}

// threadsOf is the ids of the threads that messages belong to.
func (r *Reader) threadsOf(ctx context.Context, found []*roaring.Bitmap) (map[string]struct{}, error) {
	ids := map[string]struct{}{}
	for i, v := range r.views {
		bm := found[i]
		d, err := v.dict(fThread)
		if err != nil {
			return nil, err
		}
		if int(bm.GetCardinality()) < d.Cardinality() {
			for it := bm.Iterator(); it.HasNext(); {
				id, err := v.value(fThread, it.Next())
				if err != nil {
					return nil, err
				}
				ids[string(id)] = struct{}{}
			}
			continue
		}
		err = v.terms(fThread, nil, nil, nil, func(term string) (bool, error) {
			t, err := v.term(fThread, term)
			if err == nil && t.Intersects(bm) {
				ids[clone(term)] = struct{}{}
			}
			return err == nil, err
		})
		if err != nil {
			return nil, err
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// sortPlaces orders documents by their keys.
func sortPlaces(keys []string, at []place) {
	order := make([]int, len(keys))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(keys[a], keys[b]) })
	oldKeys, oldAt := slices.Clone(keys), slices.Clone(at)
	for to, from := range order {
		keys[to], at[to] = oldKeys[from], oldAt[from]
	}
}
