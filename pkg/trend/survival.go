package trend

import (
	"cmp"
	"math"
	"slices"
)

// Wait is one time of waiting in days. Over says that it ended with what was waited for; else it was only watched so long.
type Wait struct {
	Days float64
	Over bool
}

// Step is a point of a curve: from Days on, Answered is the share that is over, with its 95% interval.
type Step struct {
	Days     float64 `json:"days"`
	AtRisk   int     `json:"at_risk"` // still waiting and watched just before
	Events   int     `json:"events"`
	Answered float64 `json:"answered"`
	Low      float64 `json:"low"`
	High     float64 `json:"high"`
}

// Curve is the Kaplan-Meier estimate of the share that is over by a time.
type Curve struct {
	N, Events int
	Steps     []Step  // where something ended, by time
	Until     float64 // longest time anybody was watched, days

	// Median waiting time in days with its 95% interval (Brookmeyer and Crowley); +Inf where the curve does not get there.
	Median, MedianLow, MedianHigh float64
}

const z95 = 1.959963984540054

// KaplanMeier estimates the curve. The interval of a step is Greenwood's on the log(-log) scale (Kalbfleisch and Prentice),
// which stays between 0 and 1. Negative times count as 0.
func KaplanMeier(waits []Wait) Curve {
	all := slices.Clone(waits)
	for i := range all {
		if !(all[i].Days > 0) {
			all[i].Days = 0
		}
	}
	slices.SortFunc(all, func(a, b Wait) int { return cmp.Compare(a.Days, b.Days) })
	c := Curve{N: len(all), Median: math.Inf(1), MedianLow: math.Inf(1), MedianHigh: math.Inf(1)}
	if len(all) > 0 {
		c.Until = all[len(all)-1].Days
	}
	open, variance, high := 1.0, 0.0, 1.0 // share still waiting
	for i := 0; i < len(all); {
		at, ended, left := i, 0, len(all)-i
		for ; i < len(all) && all[i].Days == all[at].Days; i++ {
			if all[i].Over {
				ended++
			}
		}
		if ended == 0 {
			continue
		}
		c.Events += ended
		n, d := float64(left), float64(ended)
		open *= (n - d) / n
		low := 0.0
		if ended < left {
			variance += d / (n * (n - d))
			spread := z95 * math.Sqrt(variance) / -math.Log(open)
			low, high = math.Pow(open, math.Exp(spread)), math.Pow(open, math.Exp(-spread))
		} else {
			open = 0 // everybody watched so long has ended: the bound before is the best there is
		}
		s := Step{Days: all[at].Days, AtRisk: left, Events: ended, Answered: 1 - open, Low: 1 - high, High: 1 - low}
		c.Steps = append(c.Steps, s)
		reach := func(median *float64, share float64) {
			if math.IsInf(*median, 1) && share <= 0.5+1e-12 {
				*median = s.Days
			}
		}
		reach(&c.Median, open)
		reach(&c.MedianLow, low)
		reach(&c.MedianHigh, high)
	}
	return c
}

// At returns the share that is over by a day with its interval. ok is false when nobody was watched so long: the curve says
// nothing there.
func (c Curve) At(days float64) (s Step, ok bool) {
	for _, k := range c.Steps {
		if k.Days > days {
			break
		}
		s = k
	}
	return s, c.N > 0 && days <= c.Until
}

// Test is a log-rank test: whether two groups wait equally long.
type Test struct {
	ChiSquared float64 // one degree of freedom
	P          float64 // 1 when there is nothing to compare
}

// LogRank compares two groups in each stratum and adds up, so that a difference between strata is none between groups.
func LogRank(strata ...[2][]Wait) Test {
	var difference, variance float64
	for _, s := range strata {
		d, v := logRank(s[0], s[1])
		difference += d
		variance += v
	}
	if variance <= 0 {
		return Test{P: 1}
	}
	x := difference * difference / variance
	return Test{ChiSquared: x, P: math.Erfc(math.Sqrt(x / 2))}
}

// logRank returns observed minus expected ends of the first group, and the variance of that.
func logRank(a, b []Wait) (difference, variance float64) {
	type mark struct {
		Wait
		first bool
	}
	all := make([]mark, 0, len(a)+len(b))
	for _, w := range a {
		all = append(all, mark{w, true})
	}
	for _, w := range b {
		all = append(all, mark{w, false})
	}
	slices.SortFunc(all, func(x, y mark) int { return cmp.Compare(x.Days, y.Days) })
	left := [2]float64{float64(len(a)), float64(len(b))}
	for i := 0; i < len(all); {
		var ended, gone [2]float64
		at := i
		for ; i < len(all) && all[i].Days == all[at].Days; i++ {
			k := 1
			if all[i].first {
				k = 0
			}
			gone[k]++
			if all[i].Over {
				ended[k]++
			}
		}
		if d, n := ended[0]+ended[1], left[0]+left[1]; d > 0 {
			difference += ended[0] - d*left[0]/n
			if n > 1 {
				variance += d * left[0] * left[1] * (n - d) / (n * n * (n - 1))
			}
		}
		left[0] -= gone[0]
		left[1] -= gone[1]
	}
	return difference, variance
}
