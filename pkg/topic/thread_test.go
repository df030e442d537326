package topic_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rustle/pkg/topic"
)

func said(branch int, ids ...string) topic.Contribution {
	c := topic.Contribution{Branch: branch}
	for _, id := range ids {
		c.Arguments = append(c.Arguments, topic.Verdict{Label: id, Score: 0.8})
	}
	return c
}

func TestPool(t *testing.T) {
	t.Parallel()
	rules := topic.Default()
	ids := func(ms []topic.Contribution) []string {
		var out []string
		for _, k := range rules.Pool(ms) {
			out = append(out, k.ID)
		}
		return out
	}
	check := func(name string, ms []topic.Contribution, want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, ids(ms)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	check("empty", nil)
	check("nothing said", []topic.Contribution{said(0), said(0)})
	check("unknown id", []topic.Contribution{said(0, "no-such-topic")})
	check("one message", []topic.Contribution{said(0, "memory-safety")}, "memory-safety")

	var long []topic.Contribution
	for range 30 {
		long = append(long, said(0, "build-integration"))
	}
	check("a lone voice in a long thread", append(long, said(0, "memory-safety")), "build-integration")
	for range 10 {
		long = append(long, said(7, "licensing-and-governance"))
	}
	check("a branch of its own", long, "build-integration", "licensing-and-governance")

	bots := []topic.Contribution{said(0, "memory-safety"), said(0, "memory-safety")}
	for range 4 {
		c := said(0, "build-integration")
		c.Weight = 0.05
		bots = append(bots, c)
	}
	check("bots weigh little", bots, "memory-safety")
}

func TestPoolProperties(t *testing.T) {
	t.Parallel()
	rules := topic.Default()
	rapid.Check(t, func(t *rapid.T) {
		ms := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) topic.Contribution {
			c := topic.Contribution{Branch: rapid.IntRange(0, 3).Draw(t, "branch"), Weight: rapid.SampledFrom([]float64{0, 0.5, 1}).Draw(t, "weight")}
			for _, id := range rapid.SliceOfNDistinct(rapid.SampledFrom(taxonomy), 0, 3, rapid.ID[string]).Draw(t, "ids") {
				c.Arguments = append(c.Arguments, topic.Verdict{Label: id, Score: rapid.SampledFrom([]float64{0.25, 0.5, 1}).Draw(t, "score")})
			}
			return c
		}), 0, 30).Draw(t, "messages")
		got := rules.Pool(ms)
		if len(got) > topic.MaxThreadTopics {
			t.Fatalf("%d topics", len(got))
		}
		prior := rules.Prior(ms)
		for i, k := range got {
			if k.Score <= 0 || k.Score > 1 || k.Messages < 1 || k.Messages > len(ms) || i > 0 && k.Score > got[i-1].Score {
				t.Errorf("topic %+v at %d", k, i)
			}
			if prior[k.ID] != k.Score {
				t.Errorf("prior of %s %v, want %v", k.ID, prior[k.ID], k.Score)
			}
		}
		again := rules.Pool(rapid.Permutation(ms).Draw(t, "order"))
		for i := range again {
			again[i].Score = 0
		}
		for i := range got {
			got[i].Score = 0 // sums differ in the last bit
		}
		byID := func(ks []topic.ThreadTopic) map[string]int {
			m := map[string]int{}
			for _, k := range ks {
				m[k.ID] = k.Messages
			}
			return m
		}
		if diff := cmp.Diff(byID(got), byID(again)); diff != "" && len(got) == len(again) && len(got) < topic.MaxThreadTopics {
			t.Errorf("the order of messages matters (-want +got):\n%s", diff)
		}
	})
}
