package eval

import (
	"cmp"
	"encoding/binary"
	"hash/fnv"
	"maps"
	"math"
	"slices"
	"strings"
)

// Item is one thing that can be drawn.
type Item struct {
	ID      string
	Stratum string // e.g. "maintainer/2024"; the empty one is a stratum like any other
}

// Drawn is an item of a sample. Weight is how many items of its stratum it stands for: a base rate is the weighted mean.
type Drawn struct {
	Item
	Weight float64
}

// Sample draws n items, as evenly over the strata as their sizes allow: every stratum gives the same number until it is
// used up. Inside a stratum the draw is by a hash of seed and id, so it depends neither on the order of the items nor on
// what else is there. Items of one id count once. The result is ordered by a hash too, so that strata come mixed and a
// labeller who stops half-way has seen all of them.
func Sample(items []Item, n int, seed uint64) []Drawn {
	strata := map[string][]Item{}
	seen := map[string]bool{}
	sorted := slices.Clone(items)
	slices.SortFunc(sorted, func(a, b Item) int { return cmp.Or(strings.Compare(a.ID, b.ID), strings.Compare(a.Stratum, b.Stratum)) })
	for _, it := range sorted {
		if !seen[it.ID] {
			seen[it.ID] = true
			strata[it.Stratum] = append(strata[it.Stratum], it)
		}
	}
	names := slices.Sorted(maps.Keys(strata))
	share := allot(names, strata, min(max(n, 0), len(seen)))
	var out []Drawn
	for i, name := range names {
		group := strata[name]
		slices.SortFunc(group, func(a, b Item) int {
			return cmp.Or(cmp.Compare(draw(seed, a.ID), draw(seed, b.ID)), strings.Compare(a.ID, b.ID))
		})
		for _, it := range group[:share[i]] {
			out = append(out, Drawn{Item: it, Weight: float64(len(group)) / float64(share[i])})
		}
	}
	slices.SortFunc(out, func(a, b Drawn) int {
		return cmp.Or(cmp.Compare(draw(seed+1, a.ID), draw(seed+1, b.ID)), strings.Compare(a.ID, b.ID))
	})
	return out
}

// allot spreads n over the strata, one round at a time; what is left over goes to the largest strata.
func allot(names []string, strata map[string][]Item, n int) []int {
	share := make([]int, len(names))
	for n > 0 {
		var open []int
		for i, name := range names {
			if share[i] < len(strata[name]) {
				open = append(open, i)
			}
		}
		if len(open) == 0 {
			break
		}
		each := n / len(open)
		if each == 0 {
			slices.SortStableFunc(open, func(a, b int) int { return cmp.Compare(len(strata[names[b]]), len(strata[names[a]])) })
			for _, i := range open[:n] {
				share[i]++
			}
			break
		}
		for _, i := range open {
			k := min(each, len(strata[names[i]])-share[i])
			share[i] += k
			n -= k
		}
	}
	return share
}

func draw(seed uint64, id string) uint64 {
	h := fnv.New64a()
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], seed)
	_, _ = h.Write(b[:]) // never fails
	_, _ = h.Write([]byte(id))
	x := h.Sum64() // FNV mixes the last bytes badly into the high bits: finish as splitmix64 does
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// Wilson is the 95% interval of a share by Wilson's score (E. B. Wilson 1927): k of n. Without cases it is 0 to 1.
func Wilson(k, n int) Interval {
	if n <= 0 {
		return Interval{0, 1}
	}
	const z = 1.959963984540054
	p, m := float64(k)/float64(n), float64(n)
	centre := p + z*z/(2*m)
	spread := z * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return Interval{Low: max((centre-spread)/(1+z*z/m), 0), High: min((centre+spread)/(1+z*z/m), 1)}
}
