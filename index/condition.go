package index

import (
	"context"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// A condition is a part of a query, ready to be held against a segment. What match returns needs to
// be right only for documents in within, and may be part of a mapped file: nobody changes it.
type condition interface {
	match(ctx context.Context, v *view, within *roaring.Bitmap) (*roaring.Bitmap, error)
	cost() int // rough order in which the parts of an AND are tried
}

// Costs of conditions.
const (
	costTerm = iota
	costRange
	costThreads
	costScan
	costText
)

type (
	everything struct{}
	allOf      []condition
	anyOf      []condition
	noneOf     struct{ condition }
	anyField   []aScan // each of another field; they are gone through side by side

	// aTerm is a term of a field, in some places of the body only.
	aTerm struct {
		field, term string
		bits        int // everywhere for fields other than the body
	}
	// aSpan is the terms of a field from start up to but without end.
	aSpan struct {
		field      string
		start, end []byte
	}
	// aScan is the terms of a field between start and end that pass a test.
	aScan struct {
		field      string
		start, end []byte
		bits       int
		words      []string // a term that passes holds them, folded, one after the other; none is no help
		ok         func(term string) bool
	}
)

func (everything) cost() int { return costTerm }
func (aTerm) cost() int      { return costTerm }
func (aSpan) cost() int      { return costRange }
func (aScan) cost() int      { return costScan }
func (anyField) cost() int   { return costScan }

func (c allOf) cost() int { return worst(c) }
func (c anyOf) cost() int { return worst(c) }

func worst(list []condition) int {
	most := costTerm
	for _, c := range list {
		most = max(most, c.cost())
	}
	return most
}

func (everything) match(_ context.Context, _ *view, within *roaring.Bitmap) (*roaring.Bitmap, error) {
	return within, nil
}

func (c allOf) match(ctx context.Context, v *view, within *roaring.Bitmap) (*roaring.Bitmap, error) {
	for _, part := range c {
		if within.IsEmpty() {
			return within, nil
		}
		bm, err := part.match(ctx, v, within)
		if err != nil {
			return nil, err
		}
		within = roaring.And(within, bm)
	}
	return within, nil
}

// byCost puts the cheap conditions first, which leaves few documents to the dear ones.
func byCost(parts []condition) allOf {
	slices.SortStableFunc(parts, func(a, b condition) int { return a.cost() - b.cost() })
	return parts
}

func (c anyOf) match(ctx context.Context, v *view, within *roaring.Bitmap) (*roaring.Bitmap, error) {
	out := roaring.New()
	for _, part := range c {
		left := within
		if part.cost() >= costText && !out.IsEmpty() {
			left = roaring.AndNot(within, out)
		}
		bm, err := part.match(ctx, v, left)
		if err != nil {
			return nil, err
		}
		out.Or(bm)
	}
	return out, nil
}

func (c noneOf) match(ctx context.Context, v *view, within *roaring.Bitmap) (*roaring.Bitmap, error) {
	bm, err := c.condition.match(ctx, v, within)
	if err != nil {
		return nil, err
	}
	return roaring.AndNot(within, bm), nil
}

func (c aTerm) match(ctx context.Context, v *view, within *roaring.Bitmap) (*roaring.Bitmap, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return v.where(c.field, c.term, c.bits, within)
}

func (c aSpan) match(ctx context.Context, v *view, _ *roaring.Bitmap) (*roaring.Bitmap, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return v.termRange(c.field, c.start, c.end)
}

// checkEvery is after how many terms of a scan the context is looked at.
const checkEvery = 1024

func (c aScan) match(ctx context.Context, v *view, within *roaring.Bitmap) (*roaring.Bitmap, error) {
	d, err := v.dict(c.field)
	if err != nil {
		return nil, err
	}
	out := roaring.New()
	seen := 0
	err = v.terms(c.field, c.start, c.end, newOrdered(c.words), func(term string) (bool, error) {
		if seen++; seen%checkEvery == 0 && ctx.Err() != nil {
			return false, ctx.Err()
		}
		if !c.ok(term) {
			return true, nil
		}
		if c.bits != everywhere {
			bm, err := v.where(c.field, term, c.bits, within)
			if err != nil {
				return false, err
			}
			out.Or(bm)
			return true, nil
		}
		_, err := into(out, d, []byte(term), nil)
		return true, err
	})
	return out, err
}

func (c anyField) match(ctx context.Context, v *view, within *roaring.Bitmap) (*roaring.Bitmap, error) {
	for _, scan := range c {
		if _, err := v.dict(scan.field); err != nil { // from here on each worker only reads its own
			return nil, err
		}
	}
	found := make([]*roaring.Bitmap, len(c))
	err := sideBySide(ctx, len(c), 1, func() func(i int) error {
		return func(i int) (err error) {
			found[i], err = c[i].match(ctx, v, within)
			return err
		}
	})
	if err != nil {
		return nil, err
	}
	return roaring.FastOr(found...), nil
}

// aDate is a range of the Date header: whole days by the day, the ends by the second.
type aDate struct {
	from, to       int64 // inclusive
	hasFrom, hasTo bool
}

func (aDate) cost() int { return costRange }

func (c aDate) match(ctx context.Context, v *view, _ *roaring.Bitmap) (*roaring.Bitmap, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	firstDay, lastDay := int64(-dayZero), int64(numberMax-dayZero-1)
	if c.hasFrom {
		firstDay = dayOf(c.from + secondsOfDay - 1)
	}
	if c.hasTo {
		lastDay = dayOf(c.to - secondsOfDay + 1) // the last one that ends before or with to
	}
	if firstDay > lastDay { // all within two days
		return c.seconds(v, c.from, c.to)
	}
	out, err := v.termRange(fDay, []byte(numberTerm(firstDay+dayZero)), []byte(numberTerm(lastDay+1+dayZero)))
	if err != nil {
		return nil, err
	}
	if c.hasFrom && c.from < firstDay*secondsOfDay {
		bm, err := c.seconds(v, c.from, firstDay*secondsOfDay-1)
		if err != nil {
			return nil, err
		}
		out.Or(bm)
	}
	if next := (lastDay + 1) * secondsOfDay; c.hasTo && c.to >= next {
		bm, err := c.seconds(v, next, c.to)
		if err != nil {
			return nil, err
		}
		out.Or(bm)
	}
	return out, nil
}

func (c aDate) seconds(v *view, from, to int64) (*roaring.Bitmap, error) {
	return v.termRange(fWhen, []byte(secondTerm(from)), after(secondTerm(to)))
}

// inThreads is the messages of a set of threads.
type inThreads struct{ ids map[string]struct{} }

func (inThreads) cost() int { return costThreads }

// lookupFactor is how many terms of a dictionary are walked over in the time of one look-up.
const lookupFactor = 8

func (c inThreads) match(ctx context.Context, v *view, _ *roaring.Bitmap) (*roaring.Bitmap, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	d, err := v.dict(fThread)
	if err != nil {
		return nil, err
	}
	out := roaring.New()
	if len(c.ids)*lookupFactor < d.Cardinality() {
		for id := range c.ids {
			if _, err := into(out, d, []byte(id), nil); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	err = v.terms(fThread, nil, nil, nil, func(term string) (bool, error) {
		if _, ok := c.ids[term]; !ok {
			return true, nil
		}
		_, err := into(out, d, []byte(term), nil)
		return true, err
	})
	return out, err
}
