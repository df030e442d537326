package analysis_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rustle/pkg/analysis"
)

// checkEvidence holds one proof against the author's own text.
func checkEvidence(t *testing.T, what, own string, e analysis.Evidence) {
	t.Helper()
	switch {
	case e.Rule == "":
		t.Errorf("%s: evidence %q names no rule", what, e.Text)
	case e.Text == "":
		t.Errorf("%s: evidence by %q is empty", what, e.Rule)
	case e.Start == 0 && e.End == 0: // from headers or files
	case e.Start < 0 || e.Start >= e.End || e.End > len(own):
		t.Errorf("%s: evidence %d..%d of %d bytes", what, e.Start, e.End, len(own))
	case strings.Join(strings.Fields(own[e.Start:e.End]), " ") != e.Text:
		t.Errorf("%s: evidence says %q, the text %q", what, e.Text, own[e.Start:e.End])
	}
}

// checkOnce holds that no sentence is shown twice for one tag.
func checkOnce(t *testing.T, what string, evidence []analysis.Evidence) {
	t.Helper()
	shown := map[[2]int]string{}
	for _, e := range evidence {
		if at := [2]int{e.Start, e.End}; e.End > e.Start {
			if rule, ok := shown[at]; ok {
				t.Errorf("%s: %q is shown by %q and by %q", what, e.Text, rule, e.Rule)
			}
			shown[at] = e.Rule
		}
	}
}

func TestEveryTagHasEvidence(t *testing.T) {
	t.Parallel()
	a := analyzer(t)
	tags := map[string]int{}
	for _, c := range corpus(t) {
		r := a.Thread(c.tree, c.inputs)
		for _, d := range r.Messages {
			rec := &d.Record
			check := func(what, neutral, label string, evidence []analysis.Evidence) {
				what = rec.ID + ": " + what + " " + label
				if label == neutral {
					if len(evidence) > 0 {
						t.Errorf("%s has evidence", what)
					}
					return
				}
				tags[label]++
				if len(evidence) == 0 {
					t.Errorf("%s has no evidence", what)
				}
				for _, e := range evidence {
					checkEvidence(t, what, d.Text.Own, e)
				}
				checkOnce(t, what, evidence)
			}
			check("sentiment", "neutral", rec.Sentiment.Label, rec.Sentiment.Evidence)
			check("incivility", "false", rec.Incivility.Label, rec.Incivility.Evidence)
			check("stance", "none", rec.Stance.Label, rec.Stance.Evidence)
			check("signal", "none", rec.Signal, rec.SignalBy)
			for _, tag := range rec.Topics {
				check("topic", "", tag.ID, tag.Evidence)
			}
			for _, tag := range rec.Entities {
				check("entity", "", tag.ID, tag.Evidence)
			}
			rust := "not rust"
			if rec.Rust {
				rust = "rust"
			}
			check("relevance", "not rust", rust, rec.RustBy)
		}
		checkSummary(t, &r)
	}
	for _, label := range []string{"positive", "negative", "support", "oppose", "nak", "ack", "review", "apply", "rust"} {
		if tags[label] == 0 {
			t.Errorf("the corpus shows no %s", label)
		}
	}
}

// checkScore holds that no label stands beside a score that speaks against it.
func checkScore(t *testing.T, id, label string, score float64) {
	t.Helper()
	if score < 0 || score > 1 || (label == "debate") != (score >= analysis.Sure) || label == "other" && score != 0 {
		t.Errorf("%s: %s with score %v", id, label, score)
	}
}

// checkSummary holds the thread's own tags and counts against its messages.
func checkSummary(t *testing.T, r *analysis.Result) {
	t.Helper()
	s := &r.Summary
	own := map[string]string{}
	stances := map[string]int{"support": 0, "conditional": 0, "oppose": 0, "none": 0}
	unsure := map[string]int{"support": 0, "conditional": 0, "oppose": 0}
	signals := map[string]int{"ack": 0, "review": 0, "test": 0, "nak": 0, "apply": 0}
	for _, d := range r.Messages {
		own[d.Record.ID] = d.Text.Own
		if d.Record.Kind == "bot" {
			if d.Record.Stance.Label != "none" || d.Record.Signal != "none" {
				t.Errorf("%s: a robot takes a stand", d.Record.ID)
			}
			continue
		}
		stances[d.Record.Stands()]++
		if l := d.Record.Stance.Label; l != "none" && d.Record.Stance.Score < 0.5 {
			unsure[l]++
		}
		if d.Record.Signal != "none" {
			signals[d.Record.Signal]++
		}
	}
	checkScore(t, s.ID, s.Label, s.DebateScore)
	for i := range s.Branches {
		b := &s.Branches[i]
		checkScore(t, b.ID, b.Label, b.DebateScore)
	}
	if diff := cmp.Diff(stances, s.Stances); diff != "" {
		t.Errorf("%s: stances (-want +got):\n%s", s.ID, diff)
	}
	if diff := cmp.Diff(unsure, s.Unsure); diff != "" {
		t.Errorf("%s: unsure (-want +got):\n%s", s.ID, diff)
	}
	if diff := cmp.Diff(signals, s.Signals); diff != "" {
		t.Errorf("%s: signals (-want +got):\n%s", s.ID, diff)
	}
	if (s.Label != "other" || s.Heat > 0) && len(s.Evidence) == 0 {
		t.Errorf("%s: %s of heat %d without evidence", s.ID, s.Label, s.Heat)
	}
	for _, e := range s.Evidence {
		checkEvidence(t, s.ID+": thread", own[e.ID], e.Evidence)
	}
	if s.Outcome.Label != "undecided" {
		if _, ok := own[s.Outcome.ID]; !ok || len(s.Outcome.Evidence) == 0 {
			t.Errorf("%s: %s, shown by nothing", s.ID, s.Outcome.Label)
		}
		for _, e := range s.Outcome.Evidence {
			checkEvidence(t, s.ID+": outcome", own[s.Outcome.ID], e)
		}
	}
}

func TestOrderOfInputsDoesNotMatter(t *testing.T) {
	t.Parallel()
	a := analyzer(t)
	all := corpus(t)
	want := make([]analysis.Result, len(all))
	for i, c := range all {
		want[i] = a.Thread(c.tree, c.inputs)
	}
	rapid.Check(t, func(t *rapid.T) {
		i := rapid.IntRange(0, len(all)-1).Draw(t, "thread")
		got := a.Thread(all[i].tree, rapid.Permutation(all[i].inputs).Draw(t, "inputs"))
		if diff := cmp.Diff(want[i].Summary, got.Summary); diff != "" {
			t.Fatalf("summary (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(recordsOf(&want[i]), recordsOf(&got)); diff != "" {
			t.Fatalf("records (-want +got):\n%s", diff)
		}
	})
}

func recordsOf(r *analysis.Result) []analysis.Record {
	out := make([]analysis.Record, 0, len(r.Messages))
	for _, d := range r.Messages {
		out = append(out, d.Record)
	}
	return out
}

func TestRobotsCountForNothing(t *testing.T) {
	t.Parallel()
	a := analyzer(t)
	letters := []letter{
		{"Ada", -1, "[PATCH] rust: sync: add a lock", "Add a lock for Rust drivers.\n\nSigned-off-by: Ada Tester <ada@example.org>"},
		{"Ben", 0, "Re: [PATCH] rust: sync: add a lock", "I do not see why we need a second lock in Rust. This only adds to the burden of maintaining two languages."},
		{"Ada", 1, "Re: [PATCH] rust: sync: add a lock", "The C lock cannot be used without unsafe code, and the Rust one makes a missing unlock impossible."},
	}
	robot := letter{"bot", 0, "Re: [PATCH] rust: sync: add a lock", "Hi Ada,\n\nkernel test robot noticed the following build errors. This is broken and must not be applied.\n\nReported-by: kernel test robot <lkp@intel.com>"}
	quiet := written(t, letters)
	loud := written(t, append(slices.Clone(letters), robot))
	x, y := a.Thread(quiet.tree, quiet.inputs), a.Thread(loud.tree, loud.inputs)
	if got := records(&y)["3"].Kind; got != "bot" {
		t.Fatalf("the robot is of kind %s", got)
	}
	if diff := cmp.Diff(x.Summary.Stances, y.Summary.Stances); diff != "" {
		t.Errorf("stances (-without +with):\n%s", diff)
	}
	if diff := cmp.Diff(x.Summary.Signals, y.Summary.Signals); diff != "" {
		t.Errorf("signals (-without +with):\n%s", diff)
	}
	if diff := cmp.Diff(analysis.ThreadFeatures(&x), analysis.ThreadFeatures(&y)); diff != "" {
		t.Errorf("features (-without +with):\n%s", diff)
	}
}

func TestStands(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		label string
		score float64
		want  string
	}{
		{"", 0.9, "none"},
		{"none", 0.9, "none"},
		{"neither", 0.9, "none"},
		{"oppose", 0.49, "none"},
		{"oppose", analysis.Sure, "oppose"},
		{"conditional", 0.5, "conditional"},
		{"support", 1, "support"},
	} {
		r := analysis.Record{Stance: analysis.Verdict{Label: c.label, Score: c.score}}
		if got := r.Stands(); got != c.want {
			t.Errorf("%s %v stands for %s", c.label, c.score, got)
		}
	}
}
