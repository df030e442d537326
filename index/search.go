package index

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"sync/atomic"

	"github.com/RoaringBitmap/roaring/v2"
	"golang.org/x/sync/errgroup"

	"rustle/index/query"
	"rustle/pkg/analysis"
)

// Sort is an order of results. Every order is total: what is equal goes by newest, then by id.
type Sort uint8

// The orders.
const (
	ByDate       Sort = iota // newest first
	ByRank                   // best first
	ByThreadSize             // messages of the largest threads first
	ByHeat                   // messages of the most heated threads first
)

func (s Sort) String() string {
	names := [...]string{"date", "rank", "thread-size", "heat"}
	if int(s) < len(names) {
		return names[s]
	}
	return "unknown"
}

// ParseSort reads the name of an order.
func ParseSort(s string) (Sort, error) {
	for _, o := range []Sort{ByDate, ByRank, ByThreadSize, ByHeat} {
		if s == o.String() {
			return o, nil
		}
	}
	return 0, fmt.Errorf("index: unknown order %q", s)
}

// SearchOptions say which results to return and how.
type SearchOptions struct {
	Limit    int  // at most so many; 0 means all
	Offset   int  // after leaving out so many
	Sort     Sort //
	Snippets bool // fill Hit.Snippet
}

// A Hit is a message that was found.
type Hit struct {
	Record  analysis.Record
	Score   float64 // with ByRank, else 0
	Snippet string  // the place of the match in the mail, hits between SnippetOpen and SnippetClose; one line
}

// Results are the messages of one page.
type Results struct {
	Hits  []Hit
	Total int // messages that match, on all pages
}

// A ThreadHit is a thread that holds at least one message that was found.
type ThreadHit struct {
	Summary analysis.ThreadSummary
	Matched int     // messages that match
	Score   float64 // of its best message with ByRank, else 0
}

// ThreadResults are the threads of one page.
type ThreadResults struct {
	Hits  []ThreadHit
	Total int // threads with a match, on all pages
}

// candidate is a matching message while results are put in order.
type candidate struct {
	place
	when   int64
	weight float64 // higher is first; by date it is 0
	key    string  // read when two are equal otherwise
}

func (c *candidate) id() string {
	if c.key == "" {
		c.key, _ = c.view.key(c.n) // a document without a key cannot have been found
	}
	return c.key
}

func before(a, b *candidate) int {
	if c := cmp.Compare(b.weight, a.weight); c != 0 {
		return c
	}
	if c := cmp.Compare(b.when, a.when); c != 0 {
		return c
	}
	return compareKeys(a, b) // reads the index, so it must not be asked for nothing
}

// older is the order of time.
func older(a, b candidate) int {
	if c := cmp.Compare(a.when, b.when); c != 0 {
		return c
	}
	return compareKeys(&a, &b)
}

func compareKeys(a, b *candidate) int {
	if a.place == b.place {
		return 0
	}
	return cmp.Compare(a.id(), b.id())
}

// Search finds messages.
func (r *Reader) Search(ctx context.Context, n query.Node, o SearchOptions) (res Results, err error) {
	defer guard(&err)
	found, err := r.matches(ctx, n)
	if err != nil {
		return Results{}, err
	}
	res.Total = total(found)
	page, err := r.page(ctx, n, found, o)
	if err != nil {
		return Results{}, err
	}
	var marks *marker
	if o.Snippets {
		marks = newMarker(n)
	}
	res.Hits = make([]Hit, len(page))
	err = sideBySide(ctx, len(page), hitsPerPart, func() func(i int) error {
		var buf []byte
		return func(i int) error {
			c, h := &page[i], &res.Hits[i]
			if o.Sort == ByRank {
				h.Score = c.weight
			}
			return c.view.blob(c.n, func(blob []byte) error {
				m, grown, err := r.unzip.message(blob, buf)
				buf = grown
				if err != nil {
					return err
				}
				if marks != nil {
					h.Snippet = marks.snippet(&m)
				}
				return m.decodeRecord(&h.Record)
			})
		}
	})
	if err != nil {
		return Results{}, err
	}
	return res, nil
}

// hitsPerPart is how many results are worth a goroutine.
const hitsPerPart = 8

// sideBySide works on the items 0 to n-1, on as many at once as there are processors, unless there are fewer than
// least for each. A worker, of which each processor gets one of its own, takes the next item when it is done with one:
// mails differ in size by a factor of a thousand. It must not use the Reader's own buffer.
func sideBySide(ctx context.Context, n, least int, worker func() func(i int) error) error {
	var next atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	for range max(1, min(runtime.GOMAXPROCS(0), n/least)) {
		group.Go(func() (err error) {
			defer guard(&err)
			work := worker()
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return nil
				}
				if err := ctx.Err(); err != nil {
					return err
				}
				if err := work(i); err != nil {
					return err
				}
			}
		})
	}
	return group.Wait()
}

// page puts the matches in order and cuts out what was asked for.
func (r *Reader) page(ctx context.Context, n query.Node, found []*roaring.Bitmap, o SearchOptions) ([]candidate, error) {
	count := total(found)
	from := min(max(o.Offset, 0), count)
	to := count
	if o.Limit > 0 {
		to = min(from+o.Limit, count)
	}
	if from == to {
		return nil, nil
	}
	var list []candidate
	var err error
	if o.Sort == ByDate && count > fewMatches && to < count/2 {
		list, err = r.newest(ctx, found, to)
	} else {
		list, err = r.candidates(ctx, n, found, o.Sort)
	}
	if err != nil {
		return nil, err
	}
	list = best(list, to)
	sorted := make([]*candidate, len(list))
	for i := range list {
		sorted[i] = &list[i]
	}
	slices.SortFunc(sorted, before)
	out := make([]candidate, 0, to-from)
	for _, c := range sorted[from:min(to, len(sorted))] {
		out = append(out, *c)
	}
	return out, nil
}

// best leaves out what cannot be among the first n: sorting numbers is cheap, sorting candidates not.
func best(list []candidate, n int) []candidate {
	if n == 0 || len(list) <= fewMatches || n > len(list)/2 {
		return list
	}
	key := func(c *candidate) float64 { return c.weight }
	if !slices.ContainsFunc(list, func(c candidate) bool { return c.weight != list[0].weight }) {
		key = func(c *candidate) float64 { return float64(c.when) }
	}
	keys := make([]float64, len(list))
	for i := range list {
		keys[i] = key(&list[i])
	}
	slices.Sort(keys)
	least := keys[len(keys)-n]
	return slices.DeleteFunc(list, func(c candidate) bool { return key(&c) < least })
}

// fewMatches is how many messages are sorted without trying to look at fewer.
const fewMatches = 1000

// candidates is all matches with what they are sorted by.
func (r *Reader) candidates(ctx context.Context, n query.Node, found []*roaring.Bitmap, by Sort) ([]candidate, error) {
	var rank *ranker
	if by == ByRank {
		rank = r.newRanker(n)
	}
	out := make([]candidate, 0, total(found))
	for i, v := range r.views {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		first := len(out)
		lengths := make([]byte, 0, found[i].GetCardinality())
		for it := found[i].Iterator(); it.HasNext(); {
			c := candidate{place: place{v, it.Next()}}
			term, err := v.value(fWhen, c.n)
			if err != nil {
				return nil, err
			}
			c.when = secondOf(term)
			length := byte(0)
			if len(term) > secondLen {
				length = term[secondLen]
			}
			lengths = append(lengths, length)
			out = append(out, c)
		}
		var err error
		switch by {
		case ByRank:
			err = rank.score(v, found[i], out[first:], lengths)
		case ByThreadSize, ByHeat:
			err = r.weighThreads(out[first:], by)
		case ByDate:
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// newest is the newest matches, at least as many as wanted if there are so many: it goes from day to
// day and stops early.
func (r *Reader) newest(ctx context.Context, found []*roaring.Bitmap, wanted int) ([]candidate, error) {
	byDay := map[string][]int{}
	for i, v := range r.views {
		err := v.terms(fDay, nil, nil, nil, func(term string) (bool, error) {
			day := clone(term)
			byDay[day] = append(byDay[day], i)
			return true, nil
		})
		if err != nil {
			return nil, err
		}
	}
	days := make([]string, 0, len(byDay))
	for d := range byDay {
		days = append(days, d)
	}
	slices.Sort(days)
	var out []candidate
	for _, day := range slices.Backward(days) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for _, i := range byDay[day] {
			v := r.views[i]
			bm, err := v.term(fDay, day)
			if err != nil {
				return nil, err
			}
			for it := and(bm, found[i]).Iterator(); it.HasNext(); {
				c := candidate{place: place{v, it.Next()}}
				term, err := v.value(fWhen, c.n)
				if err != nil {
					return nil, err
				}
				c.when = secondOf(term)
				out = append(out, c)
			}
		}
		if len(out) >= wanted {
			return out, nil
		}
	}
	return r.candidates(ctx, nil, found, ByDate) // mail without a date is wanted as well
}

// Count is the number of messages that match, or of threads that hold one.
func (r *Reader) Count(ctx context.Context, n query.Node, threads bool) (count int, err error) {
	defer guard(&err)
	found, err := r.matches(ctx, n)
	if err != nil || !threads {
		return total(found), err
	}
	ids, err := r.threadsOf(ctx, found)
	return len(ids), err
}

// All yields the messages that match, oldest first. The records are the caller's; an error ends the
// sequence. No other method of r may be called in between.
func (r *Reader) All(ctx context.Context, n query.Node) iter.Seq2[analysis.Record, error] {
	return func(yield func(analysis.Record, error) bool) {
		r.each(ctx, n, func(p place) bool {
			rec, err := r.record(p)
			return yield(rec, err) && err == nil
		}, func(err error) { yield(analysis.Record{}, err) })
	}
}

// Documents yields the messages that match as they were put, as Document does; see All.
func (r *Reader) Documents(ctx context.Context, n query.Node) iter.Seq2[*Doc, error] {
	return func(yield func(*Doc, error) bool) {
		r.each(ctx, n, func(p place) bool {
			d, err := r.document(p)
			return yield(d, err) && err == nil
		}, func(err error) { yield(nil, err) })
	}
}

func (r *Reader) each(ctx context.Context, n query.Node, f func(place) bool, fail func(error)) {
	list, err := r.oldest(ctx, n)
	if err != nil {
		fail(err)
		return
	}
	for i := range list {
		if err := ctx.Err(); err != nil {
			fail(err)
			return
		}
		if !f(list[i]) {
			return
		}
	}
}

// oldest is the messages that match, oldest first.
func (r *Reader) oldest(ctx context.Context, n query.Node) (out []place, err error) {
	defer guard(&err)
	found, err := r.matches(ctx, n)
	if err != nil {
		return nil, err
	}
	list, err := r.candidates(ctx, nil, found, ByDate)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(list, older)
	out = make([]place, len(list))
	for i, c := range list {
		out[i] = c.place
	}
	return out, nil
}
