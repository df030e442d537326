package topic

import (
	"math"
	"slices"
	"strings"
)

// A Contribution is one message's part in the topics of its thread.
type Contribution struct {
	Arguments []Verdict // as [Reading.Arguments] gives them
	Branch    int       // which of the thread's larger branches the message stands in; 0 when there is one only
	Weight    float64   // 0 means 1; less for bots and for patches that only restate their cover letter
}

// A ThreadTopic is a topic of a thread.
type ThreadTopic struct {
	ID       string
	Score    float64 // 0..1
	Messages int     // messages that put it forward
}

// MaxThreadTopics is the most topics a thread is given.
const MaxThreadTopics = 5

// Pool makes the topics of a thread from those of its messages, at most [MaxThreadTopics], the
// strongest first. Each branch is pooled by itself and the strongest branch counts beside the whole,
// for a debate often lives in one branch of a long thread.
func (r *Rules) Pool(messages []Contribution) []ThreadTopic {
	scores, counts := r.pool(messages)
	var out []ThreadTopic
	for i, s := range scores {
		if s > 0 {
			out = append(out, ThreadTopic{ID: r.topics[i].ID, Score: s, Messages: counts[i]})
		}
	}
	slices.SortFunc(out, func(a, b ThreadTopic) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return strings.Compare(a.ID, b.ID)
	})
	arguing := 0
	for _, m := range messages {
		if len(m.Arguments) > 0 {
			arguing++
		}
	}
	return out[:keep(out, arguing)]
}

// keep returns how many of the sorted topics are kept. A long thread holds more topics, each with a
// smaller part of the messages: the bar falls with its length, from poolShort to poolLong messages.
func keep(topics []ThreadTopic, arguing int) int {
	long := (float64(arguing) - poolShort) / (poolLong - poolShort)
	long = max(0, min(1, long))
	threshold := poolThreshold + long*(poolThresholdLong-poolThreshold)
	ratio := poolRatio + long*(poolRatioLong-poolRatio)
	n := 0
	for n < min(len(topics), MaxThreadTopics) {
		if topics[n].Score < max(threshold, ratio*topics[0].Score) {
			break
		}
		n++
	}
	return n
}

// How many topics of a thread are kept.
const (
	poolShort         = 6.0  // messages that argue: up to here the bar is highest
	poolLong          = 40.0 // from here on it is lowest
	poolThreshold     = 0.08 // lowest score
	poolThresholdLong = 0.05
	poolRatio         = 0.45 // lowest part of the best score
	poolRatioLong     = 0.18
)

// Prior returns the pooled scores of all topics, as context for [Reading.Arguments].
func (r *Rules) Prior(messages []Contribution) map[string]float64 {
	scores, _ := r.pool(messages)
	out := map[string]float64{}
	for i, s := range scores {
		if s > 0 {
			out[r.topics[i].ID] = s
		}
	}
	return out
}

// pool returns for each topic the mean score over messages that argue at all, mixed with the same
// over the branch where it is strongest, and the number of messages.
func (r *Rules) pool(messages []Contribution) (scores []float64, counts []int) {
	n := len(r.topics)
	total, weight := make([]float64, n), 0.0
	counts = make([]int, n)
	branches, weights := map[int][]float64{}, map[int]float64{}
	for _, m := range messages {
		if len(m.Arguments) == 0 {
			continue
		}
		w := m.Weight
		if w == 0 {
			w = 1
		}
		weight += w
		weights[m.Branch] += w
		b := branches[m.Branch]
		if b == nil {
			b = make([]float64, n)
			branches[m.Branch] = b
		}
		for _, a := range m.Arguments {
			if i, ok := r.topicIndex[a.Label]; ok {
				total[i] += w * a.Score
				b[i] += w * a.Score
				counts[i]++
			}
		}
	}
	scores = make([]float64, n)
	if weight == 0 {
		return scores, counts
	}
	for i := range scores {
		best := 0.0
		for id, b := range branches {
			// A branch of two messages proves little: shrink its mean.
			best = max(best, b[i]/(weights[id]+2)*math.Sqrt(min(1, weights[id]/8)))
		}
		scores[i] = min(1, 0.7*total[i]/(weight+0.5)+0.3*best)
	}
	return scores, counts
}
