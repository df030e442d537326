package analysis_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"rustle/pkg/analysis"
)

func TestCounts(t *testing.T) {
	t.Parallel()
	var c analysis.Counts
	for _, s := range []analysis.Verdict{
		{},
		{Label: "none", Score: 0.9},
		{Label: "sideways", Score: 0.9},
		{Label: "support", Score: 0.5},
		{Label: "support", Score: 0.49},
		{Label: "support", Score: 1},
		{Label: "oppose", Score: 0.1},
		{Label: "oppose"},
	} {
		c.Add(&analysis.Record{Stance: s})
	}
	if want := "support 2 (1 unsure), conditional 0, oppose 0 (2 unsure)"; c.String() != want {
		t.Errorf("got %s, want %s", c, want)
	}
	if want := "support 2 (1 unsure), oppose 0 (2 unsure)"; c.Taken() != want || c.Total().Short() != "2 (3)" || c.Conditional.Short() != "0" {
		t.Errorf("got %s and %s, want %s", c.Taken(), c.Total().Short(), want)
	}
	if diff := cmp.Diff(map[string]int{"support": 1, "conditional": 0, "oppose": 2}, c.Unsure()); diff != "" {
		t.Errorf("unsure (-want +got):\n%s", diff)
	}
	if got := analysis.CountsOf(map[string]int{"support": 2, "none": 9}, c.Unsure()); got != c {
		t.Errorf("CountsOf gave %v, want %v", got, c)
	}
	if got, want := c.Of("oppose"), (analysis.Count{Unsure: 2}); got != want || c.Of("none") != (analysis.Count{}) {
		t.Errorf("Of gave %v and %v", got, c.Of("none"))
	}
}

func TestTones(t *testing.T) {
	t.Parallel()
	var n analysis.Tones
	for _, k := range []struct {
		tone     analysis.Verdict
		uncivil  analysis.Verdict
		want     string
		unsure   string
		uncivils [2]bool
	}{
		{want: "neutral"},
		{tone: analysis.Verdict{Label: "sour", Score: 0.9}, want: "neutral"},
		{tone: analysis.Verdict{Label: "neutral", Score: 0.3}, uncivil: analysis.Verdict{Label: "false", Score: 0.9}, want: "neutral"},
		{tone: analysis.Verdict{Label: "negative", Score: 0.31}, uncivil: analysis.Verdict{Label: "true", Score: 0.49}, want: "neutral", unsure: "negative", uncivils: [2]bool{false, true}},
		{tone: analysis.Verdict{Label: "negative", Score: 0.5}, uncivil: analysis.Verdict{Label: "true", Score: 0.5}, want: "negative", uncivils: [2]bool{true, false}},
		{tone: analysis.Verdict{Label: "positive", Score: 0.49}, want: "neutral", unsure: "positive"},
		{tone: analysis.Verdict{Label: "positive", Score: 0.98}, want: "positive"},
	} {
		r := &analysis.Record{Sentiment: k.tone, Incivility: k.uncivil}
		n.Add(r)
		if r.Tone() != k.want || r.UnsureTone() != k.unsure || r.Uncivil() != k.uncivils[0] || r.UnsureUncivil() != k.uncivils[1] {
			t.Errorf("%v %v: tone %q, unsure %q, uncivil %t, unsure %t", k.tone, k.uncivil, r.Tone(), r.UnsureTone(), r.Uncivil(), r.UnsureUncivil())
		}
	}
	one := analysis.Count{Sure: 1, Unsure: 1}
	if want := (analysis.Tones{Positive: one, Negative: one, Uncivil: one}); n != want {
		t.Errorf("got %v, want %v", n, want)
	}
	if got := analysis.TonesOf(map[string]int{"positive": 1, "negative": 1, "uncivil": 1}, n.Unsure()); got != n {
		t.Errorf("TonesOf gave %v, want %v", got, n)
	}
	twice := n
	twice.Sum(n)
	if two := (analysis.Count{Sure: 2, Unsure: 2}); twice != (analysis.Tones{Positive: two, Negative: two, Uncivil: two}) {
		t.Errorf("Sum gave %v", twice)
	}
	if diff := cmp.Diff(map[string]int{"positive": 1, "negative": 1, "uncivil": 1}, n.Unsure()); diff != "" {
		t.Errorf("unsure (-want +got):\n%s", diff)
	}
}

func TestArguments(t *testing.T) {
	t.Parallel()
	a, b, c := analysis.Tag{ID: "a", Score: 0.269}, analysis.Tag{ID: "b", Score: 0.27}, analysis.Tag{ID: "c", Score: 0.9}
	sure, unsure := (&analysis.Record{Topics: []analysis.Tag{c, a, b}}).Arguments()
	if diff := cmp.Diff([][]analysis.Tag{{c, b}, {a}}, [][]analysis.Tag{sure, unsure}); diff != "" {
		t.Errorf("arguments (-want +got):\n%s", diff)
	}
}

// TestThreadTopicsCount holds that a thread counts the arguments of its mails, and that one of which none counts leads no list.
func TestThreadTopicsCount(t *testing.T) {
	t.Parallel()
	a := analyzer(t)
	for _, c := range corpus(t) {
		r := a.Thread(c.tree, c.inputs)
		want := map[string]analysis.Count{}
		for _, d := range r.Messages {
			sure, unsure := d.Record.Arguments()
			for _, tag := range sure {
				n := want[tag.ID]
				n.Sure++
				want[tag.ID] = n
			}
			for _, tag := range unsure {
				n := want[tag.ID]
				n.Unsure++
				want[tag.ID] = n
			}
		}
		none := false
		for _, tag := range r.Summary.Topics {
			if tag.Count() != want[tag.ID] {
				t.Errorf("%s: %s is of %s mails, want %s", r.Summary.ID, tag.ID, tag.Count(), want[tag.ID])
			}
			if none && tag.Messages > 0 {
				t.Errorf("%s: an unsure topic stands before %s", r.Summary.ID, tag.ID)
			}
			none = none || tag.Messages == 0
		}
	}
}
