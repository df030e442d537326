package index

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"rustle/index/query"
)

// A Count is a value of a facet and how many of the messages found have it.
type Count struct {
	Value string
	Count int
}

// Facets are the names that Reader.Facet takes, in the order of help.
func Facets() []string {
	return []string{"person", "role", "topic", "entity", "stance", "signal", "sentiment", "incivility", "kind", "list", "file", "defect", "day", "month", "year"}
}

// Facet counts the messages that match by a property: person, topic, list, ..., month (2025-02). The
// most frequent value is first, equal ones in alphabetical order; times are in their own order.
func (r *Reader) Facet(ctx context.Context, n query.Node, name string) (counts []Count, err error) {
	defer guard(&err)
	field, byTime := name, ""
	switch name {
	case "day":
		field, byTime = fDay, time.DateOnly
	case "month":
		field, byTime = fDay, "2006-01"
	case "year":
		field, byTime = fDay, "2006"
	case "incivility", "person", "role", "topic", "entity", "stance", "signal", "sentiment", "kind", "list", "file", "defect":
	default:
		return nil, fmt.Errorf("index: unknown facet %q", name)
	}
	found, err := r.matches(ctx, n)
	if err != nil {
		return nil, err
	}
	sum := map[string]int{}
	for i, v := range r.views {
		if found[i].IsEmpty() {
			continue
		}
		err := v.terms(field, nil, nil, nil, func(term string) (bool, error) {
			bm, err := v.term(field, term)
			if err != nil {
				return false, err
			}
			if hits := bm.AndCardinality(found[i]); hits > 0 {
				value := clone(term)
				if byTime != "" {
					day := numberOf([]byte(term)) - dayZero
					value = time.Unix(day*secondsOfDay, 0).UTC().Format(byTime)
				}
				sum[value] += int(hits)
			}
			return true, ctx.Err()
		})
		if err != nil {
			return nil, err
		}
	}
	for v, c := range sum {
		counts = append(counts, Count{v, c})
	}
	slices.SortFunc(counts, func(a, b Count) int {
		if byTime != "" {
			return cmp.Compare(a.Value, b.Value)
		}
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
	return counts, nil
}
