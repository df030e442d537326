package analysis_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What the README says of sarcasm and of restated positions. A change of the models changes these figures: put the new
// ones there too.
func TestLimits(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/limits.txt")
	if err != nil {
		t.Fatal(err)
	}
	a := analyzer(t)
	const subject = "[PATCH 0/3] rust: clk: add abstractions"
	got := map[string]map[string]int{"sarcasm": {}, "restated": {"support": 0}}
	kind := ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
			continue
		case line[0] == '[':
			kind = strings.Trim(line, "[]")
			continue
		}
		c := written(t, []letter{{"Ada", -1, subject, "This series adds Rust abstractions for clocks."}, {"Ben", 0, "Re: " + subject, line}})
		r := a.Thread(c.tree, c.inputs)
		answer := records(&r)["1"]
		if kind == "sarcasm" {
			got[kind][answer.Sentiment.Label]++
		} else {
			got[kind][answer.Stands()]++
		}
		t.Logf("%s: tone %s, stance %s %.2f: %s", kind, answer.Sentiment.Label, answer.Stance.Label, answer.Stance.Score, line)
	}
	want := map[string]map[string]int{
		"sarcasm":  {"negative": 7, "neutral": 13, "positive": 10}, // 23% are heard
		"restated": {"support": 0, "none": 20},                     // never taken for the support it is
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("figures (-want +got):\n%s", diff)
	}
}
