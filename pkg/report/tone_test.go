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

// What is unsure is counted in brackets everywhere, and quoted, ranked and drawn nowhere.
func TestUnsureTags(t *testing.T) {
	t.Parallel()
	m := newMailbox("r@x")
	m.add("r@x", "ada", "", 0, argues("sure", "The abstraction keeps the driver safe because the lock is taken."))
	m.add("u@x", "boris", "r@x", 1, argues("sure", "We should keep the driver safe because it matters."), argues("doubtful", "We should keep the driver fast because it matters."), func(r *analysis.Record) {
		r.Topics[0].Score, r.Topics[1].Score = 0.2, 0.26
		r.Sentiment = analysis.Verdict{Label: "negative", Score: 0.31, Evidence: r.Topics[0].Evidence}
		r.Incivility = analysis.Verdict{Label: "true", Score: 0.4, Evidence: r.Topics[0].Evidence}
	})
	m.add("p@x", "chen", "u@x", 2, leans("oppose", "I do not think that it is worth it."), func(r *analysis.Record) { r.Sentiment = analysis.Verdict{Label: "positive", Score: 0.49} })
	in := report.ThreadInput{Summary: analysis.ThreadSummary{ID: "r@x", Subject: "widgets"}, Records: m.records}
	p := report.Build(in, report.Options{})
	if n := p.Numbers; n.Negative != 0 || n.Positive != 0 || n.Uncivil != 0 || n.Neutral != 3 || n.Tones.Negative.Unsure != 1 {
		t.Errorf("numbers %+v", n)
	}
	if len(p.Arguments) != 1 || p.Arguments[0].Mails != 1 || p.Arguments[0].People != 1 || p.Arguments[0].Unsure != 1 {
		t.Errorf("arguments %+v", p.Arguments)
	}
	if len(p.Minor) != 1 || p.Minor[0].Mails != 0 || p.Minor[0].Unsure != 1 {
		t.Errorf("minor arguments %+v", p.Minor)
	}
	page := p.Markdown()
	for _, want := range []string{
		"| Sure | 1 | 1 (1 unsure) | 0 | 0 | 1 |\n| Doubtful | 0 | 0 (1 unsure) | 0 | 0 | 0 |",
		"0 (1 unsure) of 3 mails (0%) are negative in tone, 0 (1 unsure) positive; 0 (1 unsure) are uncivil.",
		"| 3 | 0 (1 unsure) | 3 | 0 (1 unsure) | 0 (1 unsure) |",
		"A mail whose tone is unsure is counted as neutral",
		"counted in brackets only, and on no side.",
		"Nobody took a position that the tags are sure of. One person took only positions that are unsure;",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in\n%s", want, page)
		}
	}
	for _, not := range []string{"it matters", "!!", "Who answered whom"} {
		if strings.Contains(strings.ReplaceAll(page, "`!!` uncivil", ""), not) {
			t.Errorf("%q in\n%s", not, page)
		}
	}
	set := report.CollectionInput{Threads: []report.ThreadInput{in}}
	for _, f := range report.Collection(set, report.Options{Full: true}) {
		text := string(f.Data)
		if f.Name == "arguments.md" && (!strings.Contains(text, "| Sure | 1 | 1 | 1 (1 unsure) |") || !strings.Contains(text, "| Doubtful | 0 | 0 | 0 (1 unsure) |") || strings.Contains(text, "## Doubtful")) {
			t.Errorf("arguments of the set:\n%s", text)
		}
		if f.Name == "people.md" && !strings.Contains(text, "| 0 (1 unsure), 0% | 0 (1 unsure) |") {
			t.Errorf("people of the set:\n%s", text)
		}
	}
}
