package linear

import (
	"fmt"
	"slices"
	"strings"
)

// Merge puts the heads of several models side by side, so that one pass over a sentence scores them
// all. All must expect the same dense features.
func Merge(models ...*Model) (*Model, error) {
	out := &Model{}
	for _, m := range models {
		out.Heads = append(out.Heads, m.Heads...)
		out.clear = append(out.clear, m.clear...)
	}
	n := len(out.Heads)
	if n == 0 || n > MaxHeads {
		return nil, fmt.Errorf("merge: %d heads, want 1 to %d", n, MaxHeads)
	}
	out.words = make([]int8, WordBuckets*n)
	out.chars = make([]int8, CharBuckets*n)
	at := 0
	for _, m := range models {
		interleave(out.words, m.words, at, n, len(m.Heads))
		interleave(out.chars, m.chars, at, n, len(m.Heads))
		at += len(m.Heads)
	}
	slices.SortFunc(out.clear, func(a, b Clear) int { return strings.Compare(a.Token, b.Token) })
	out.clear = slices.CompactFunc(out.clear, func(a, b Clear) bool { return a.Token == b.Token })
	out.index()
	return out, nil
}

// interleave copies the columns of src to columns at.. of dst, which has n columns.
func interleave(dst, src []int8, at, n, columns int) {
	for b := range len(src) / columns {
		copy(dst[b*n+at:], src[b*columns:(b+1)*columns])
	}
}
