package index

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"
	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// Related is the ids of the threads that hold a message with one of the given Message-IDs or one that
// refers to one of them, in order. It is made for thousands of ids.
func (r *Reader) Related(ctx context.Context, ids []string) (threads []string, err error) {
	return r.threadsOfTerms(ctx, fRefs, ids, r.addKeys)
}

// threadsOfTerms is the ids of the threads with a message that has one of the terms in a field, in order; also
// adds the messages that a term stands for otherwise, when it is not nil.
func (r *Reader) threadsOfTerms(ctx context.Context, field string, terms []string, also func(*view, *roaring.Bitmap, string) error) (threads []string, err error) {
	defer guard(&err)
	found := make([]*roaring.Bitmap, len(r.views))
	sorted := slices.Compact(slices.Sorted(slices.Values(terms)))
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
			if also == nil {
				continue
			}
			if err := also(v, bm, term); err != nil {
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

// addKeys adds the documents of a Message-ID.
func (r *Reader) addKeys(v *view, bm *roaring.Bitmap, id string) error {
	d, err := v.dict(fID)
	if err != nil {
		return err
	}
	prefix := messagePrefix(id)
	return v.terms(fID, []byte(prefix), after(prefix), nil, func(term string) (bool, error) {
		_, err := into(bm, d, []byte(term), nil)
		return true, err
	})
}

// Hashes tells which of the given Message-IDs are there, each with the hashes of its messages in
// order. It is made for thousands of ids.
func (r *Reader) Hashes(ctx context.Context, ids []string) (hashes map[string][]string, err error) {
	defer guard(&err)
	hashes = map[string][]string{}
	sorted := slices.Compact(slices.Sorted(slices.Values(ids)))
	for _, v := range r.views {
		for k, id := range sorted {
			if k%checkEvery == 0 && ctx.Err() != nil {
				return nil, ctx.Err()
			}
			prefix := messagePrefix(id)
			var keys []string
			err := v.terms(fID, []byte(prefix), after(prefix), nil, func(term string) (bool, error) {
				keys = append(keys, clone(term))
				return true, nil
			})
			if err != nil {
				return nil, err
			}
			for _, key := range keys {
				bm, err := v.term(fID, key)
				if err != nil {
					return nil, err
				}
				if bm.Intersects(v.messages) {
					hashes[id] = append(hashes[id], strings.TrimPrefix(key, prefix))
				}
			}
		}
	}
	for _, h := range hashes {
		slices.Sort(h)
	}
	return hashes, nil
}
