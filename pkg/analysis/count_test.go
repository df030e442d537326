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
