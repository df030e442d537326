package index

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"rustle/index/query"
	"rustle/pkg/analysis"
)

// threadInfo is what threads are sorted by, and where the summary is.
type threadInfo struct {
	at       place
	last     int64
	messages int64
	heat     byte
}

// threadInfos reads the sort values of all threads, once.
func (r *Reader) threadInfos() (map[string]*threadInfo, error) {
	if r.vals != nil {
		return r.vals, nil
	}
	vals := map[string]*threadInfo{}
	for _, v := range r.views {
		for it := v.threads.Iterator(); it.HasNext(); {
			n := it.Next()
			id, err := v.value(fThread, n)
			if err != nil {
				return nil, err
			}
			info := &threadInfo{at: place{v, n}}
			vals[string(id)] = info
			term, err := v.value(fLast, n)
			if err != nil {
				return nil, err
			}
			if len(term) == secondLen+numberLen+1 {
				info.last = secondOf(term)
				info.messages = numberOf(term[secondLen:])
				info.heat = term[secondLen+numberLen]
			}
		}
	}
	r.vals = vals
	return vals, nil
}

func (t *threadInfo) weight(by Sort) float64 {
	switch {
	case t == nil:
		return 0
	case by == ByHeat:
		return float64(t.heat)
	}
	return float64(t.messages)
}

// weighThreads gives messages the weight of their thread.
func (r *Reader) weighThreads(list []candidate, by Sort) error {
	infos, err := r.threadInfos()
	if err != nil {
		return err
	}
	for i := range list {
		id, err := list[i].view.value(fThread, list[i].n)
		if err != nil {
			return err
		}
		list[i].weight = infos[string(id)].weight(by)
	}
	return nil
}

// group is a thread with matches while results are put in order.
type group struct {
	id      string
	matched int
	newest  int64 // of the matches
	weight  float64
}

// Threads finds the threads that hold a message that matches. By date they are in the order of their
// newest match.
func (r *Reader) Threads(ctx context.Context, n query.Node, o SearchOptions) (res ThreadResults, err error) {
	defer guard(&err)
	found, err := r.matches(ctx, n)
	if err != nil {
		return ThreadResults{}, err
	}
	groups, err := r.groups(ctx, n, found, o.Sort)
	if err != nil {
		return ThreadResults{}, err
	}
	res.Total = len(groups)
	from := min(max(o.Offset, 0), len(groups))
	to := len(groups)
	if o.Limit > 0 {
		to = min(from+o.Limit, to)
	}
	for _, g := range groups[from:to] {
		if err := ctx.Err(); err != nil {
			return ThreadResults{}, err
		}
		s, err := r.Thread(g.id)
		if err != nil {
			return ThreadResults{}, err
		}
		if s == nil { // written before its summary; cannot be after a Commit of package ingest
			s = &analysis.ThreadSummary{ID: g.id, Messages: g.matched}
		}
		h := ThreadHit{Summary: *s, Matched: g.matched}
		if o.Sort == ByRank {
			h.Score = g.weight
		}
		res.Hits = append(res.Hits, h)
	}
	return res, nil
}

func (r *Reader) groups(ctx context.Context, n query.Node, found []*roaring.Bitmap, by Sort) ([]*group, error) {
	list, err := r.candidates(ctx, n, found, by)
	if err != nil {
		return nil, err
	}
	byID := map[string]*group{}
	for i := range list {
		c := &list[i]
		id, err := c.view.value(fThread, c.n)
		if err != nil {
			return nil, err
		}
		g := byID[string(id)]
		if g == nil {
			g = &group{id: string(id), newest: c.when, weight: c.weight}
			byID[g.id] = g
		}
		g.matched++
		g.newest = max(g.newest, c.when)
		g.weight = max(g.weight, c.weight)
	}
	out := make([]*group, 0, len(byID))
	for _, g := range byID {
		out = append(out, g)
	}
	slices.SortFunc(out, func(a, b *group) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(b.newest, a.newest), cmp.Compare(a.id, b.id))
	})
	return out, nil
}

// AllThreads yields the summaries of all threads that hold a message that matches, by id. An error
// ends the sequence.
func (r *Reader) AllThreads(ctx context.Context, n query.Node) iter.Seq2[*analysis.ThreadSummary, error] {
	return func(yield func(*analysis.ThreadSummary, error) bool) {
		ids, err := r.threadIDs(ctx, n)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, id := range ids {
			s, err := r.Thread(id)
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if s != nil && !yield(s, nil) {
				return
			}
		}
	}
}

func (r *Reader) threadIDs(ctx context.Context, n query.Node) (out []string, err error) {
	defer guard(&err)
	found, err := r.matches(ctx, n)
	if err != nil {
		return nil, err
	}
	ids, err := r.threadsOf(ctx, found)
	for id := range ids {
		out = append(out, id)
	}
	slices.Sort(out)
	return out, err
}

// ThreadRecords are the messages of a thread by its id, oldest first; none is no error.
func (r *Reader) ThreadRecords(id string) (recs []analysis.Record, err error) {
	defer guard(&err)
	at, err := r.threadPlaces(id)
	if err != nil {
		return nil, err
	}
	for _, p := range at {
		rec, err := r.record(p)
		if err != nil {
			return nil, err
		}
		recs = append(recs, rec)
	}
	return recs, nil
}

// ThreadDocuments are the messages of a thread as they were put, oldest first; see Document.
func (r *Reader) ThreadDocuments(id string) (docs []*Doc, err error) {
	defer guard(&err)
	at, err := r.threadPlaces(id)
	if err != nil {
		return nil, err
	}
	for _, p := range at {
		d, err := r.document(p)
		if err != nil {
			return nil, err
		}
		docs = append(docs, d)
	}
	return docs, nil
}

func (r *Reader) threadPlaces(id string) ([]place, error) {
	var list []candidate
	for _, v := range r.views {
		bm, err := v.term(fThread, id)
		if err != nil {
			return nil, err
		}
		for it := and(bm, v.messages).Iterator(); it.HasNext(); {
			c := candidate{place: place{v, it.Next()}}
			term, err := v.value(fWhen, c.n)
			if err != nil {
				return nil, err
			}
			c.when = secondOf(term)
			list = append(list, c)
		}
	}
	slices.SortFunc(list, older)
	out := make([]place, len(list))
	for i, c := range list {
		out[i] = c.place
	}
	return out, nil
}
