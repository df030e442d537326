package eval

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Interval is a 95% interval.
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Bootstrap draws n samples of clusters with replacement and returns the 2.5th and 97.5th percentile of the metric, which
// gets the indices drawn (it must not keep the slice). One cluster or none, or n <= 0, gives no interval: false.
func Bootstrap(clusters, n int, seed uint64, metric func(drawn []int) float64) (Interval, bool) {
	if clusters < 2 || n <= 0 {
		return Interval{}, false
	}
	rng := rand.New(rand.NewPCG(seed, 0x5EED))
	drawn := make([]int, clusters)
	values := make([]float64, n)
	for i := range n {
		for k := range drawn {
			drawn[k] = rng.IntN(clusters)
		}
		values[i] = metric(drawn)
	}
	slices.Sort(values)
	return Interval{Low: percentile(values, 0.025), High: percentile(values, 0.975)}, true
}

// percentile interpolates between the nearest ranks of sorted values.
func percentile(sorted []float64, p float64) float64 {
	at := p * float64(len(sorted)-1)
	i := int(math.Floor(at))
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}
