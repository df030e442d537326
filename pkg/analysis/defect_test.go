package analysis_test

import (
	"slices"
	"strings"
	"testing"

	"rustle/pkg/analysis"
	"rustle/pkg/body"
)

// Who counts words or tags learns that the end of a mail was not looked at.
func TestTooManySentencesIsADefect(t *testing.T) {
	t.Parallel()
	a := analyzer(t)
	const subject = "[PATCH] clk: fix a leak"
	for sentences, want := range map[int]bool{body.MaxSentences + 1: true, body.MaxSentences: false} {
		c := written(t, []letter{{"Ada", -1, subject, "This fixes it."}, {"Ben", 0, "Re: " + subject, strings.Repeat("I like it.\n", sentences)}})
		r := a.Thread(c.tree, c.inputs)
		defects := records(&r)["1"].Defects
		if got := slices.Contains(defects, analysis.DefectTooManySentences); got != want {
			t.Errorf("%d sentences: defects %q", sentences, defects)
		}
	}
	if !analysis.Damage(analysis.DefectTooManySentences) {
		t.Error("a mail that was not read whole is whole")
	}
}
