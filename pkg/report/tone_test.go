package report_test

import (
	"strings"
	"testing"

	"rustle/pkg/analysis"
	"rustle/pkg/report"
)

// Who calls himself stupid, and a mild sentence in a mail that the tag takes for uncivil, are not shown as attacks.
func TestHardWords(t *testing.T) {
	t.Parallel()
	check := func(want string, sentences ...analysis.Evidence) {
		t.Helper()
		m := newMailbox("r@x")
		m.add("r@x", "ada", "", 0)
		m.add("a@x", "boris", "r@x", 1, sounds("negative", "Nobody can read this without getting angry at it."))
		m.add("b@x", "ada", "a@x", 2, sounds("negative", "I have heard that from you more than once now, Boris."))
		m.add("c@x", "boris", "b@x", 3, func(r *analysis.Record) {
			r.Incivility = analysis.Verdict{Label: "true", Score: 0.7, Evidence: sentences}
		})
		got := ""
		for _, e := range report.Build(report.ThreadInput{Records: m.records}, report.Options{}).Exchanges {
			if e.Quote != nil {
				got = e.Quote.Text
			}
		}
		if !strings.HasPrefix(got, want) {
			t.Errorf("quoted %q, want %q", got, want)
		}
	}
	at := func(start int, text string, weight float64) analysis.Evidence {
		return analysis.Evidence{Text: text, Start: start, End: start + len(text), Rule: "uncivil", Weight: weight}
	}
	self := at(10, "I say stupid things at times, and people tell me so.", 0.9)
	check("Your argument is rubbish", self, at(200, "Your argument is rubbish and always was.", 0.5))
	check("This is garbage from beginning", self, at(200, "This is garbage from beginning to end.", 0.5))
	check("Nobody can read this", self)                                                                      // what is left is the sour mail
	check("Nobody can read this", at(10, "Chen, you know that code well, can you say how it behaves?", 0.3)) // hardly uncivil
}
