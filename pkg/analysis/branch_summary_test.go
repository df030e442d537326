package analysis_test

import (
	"slices"
	"strings"
	"testing"

	"rustle/pkg/analysis"
)

// burden is a thread with a quarrel, a question and a digression under a subject of its own.
func burden() []letter {
	const re = "Re: [PATCH 0/3] rust: clk: add abstractions"
	return []letter{
		{"Ada", -1, "[PATCH 0/3] rust: clk: add abstractions", "This series adds Rust abstractions for clocks."},
		{"Ben", 0, re, "I am against a second language here. Who will maintain the Rust code when the C API changes?"},
		{"Ada", 1, re, "I will maintain the Rust abstractions myself."},
		{"Ben", 2, re, "This is nonsense. You are wasting everybody's time with this garbage, and I have to clean up the Rust code."},
		{"Cleo", 3, re, "Rust would have prevented the memory safety bugs of last year."},
		{"Ada", 4, re, "Fair enough, you are right about the burden of Rust. I will write down who maintains what."},
		{"Dora", 0, re, "Which minimum version of rustc does this need?"},
		{"Ada", 6, re, "1.78, the minimum version of the kernel."},
		{"Dora", 7, re, "Then the Rust toolchain of my distribution is too old."},
		{"Ada", 8, re, "You can install Rust with rustup."},
		{"Dora", 9, re, "Builds must work without a network."},
		{"Eve", 7, "clock names (was: [PATCH 0/3] rust: clk: add abstractions)", "The names in the device tree are wrong since last summer."},
		{"Fay", 11, "Re: clock names (was: [PATCH 0/3] rust: clk: add abstractions)", "I will send a patch."},
		{"Eve", 12, "Re: clock names (was: [PATCH 0/3] rust: clk: add abstractions)", "Thanks for the patch."},
		{"bot", 0, re, "Build errors were noticed."},
	}
}

func TestBranchSummaries(t *testing.T) {
	t.Parallel()
	a := analyzer(t)
	c := written(t, burden())
	r := a.Thread(c.tree, c.inputs)
	got := map[string]analysis.Branch{}
	for _, b := range r.Summary.Branches {
		got[b.ID] = b
		if len(b.Evidence) == 0 || len(b.Evidence) > 4 {
			t.Errorf("branch %s: evidence %+v", b.ID, b.Evidence)
		}
		if b.Messages < 3 || b.People < 1 || b.People > b.Messages {
			t.Errorf("branch %s: %d mails of %d people", b.ID, b.Messages, b.People)
		}
	}
	for _, want := range []struct {
		id, within string
		messages   int
	}{{"1", "", 5}, {"6", "", 8}, {"11", "6", 3}} {
		id, within := want.id+"@example.org", ""
		if want.within != "" {
			within = want.within + "@example.org"
		}
		if b, ok := got[id]; !ok || b.Within != within || b.Messages != want.messages {
			t.Errorf("branch %s: %+v, want %d mails within %q", want.id, b, want.messages, within)
		}
	}
	if len(got) != 3 {
		t.Errorf("%d branches, want 3: %+v", len(got), r.Summary.Branches)
	}
	quarrel := got["1@example.org"]
	if quarrel.Heat == 0 || quarrel.Heated == nil || !slices.Contains([]string{"1@example.org", "3@example.org"}, quarrel.Heated.ID) {
		t.Errorf("heat %d, heated up by %+v", quarrel.Heat, quarrel.Heated)
	}
	if quarrel.Cooled == nil || quarrel.Cooled.ID != "5@example.org" || quarrel.Cooled.Rule != "CALM-1" {
		t.Errorf("cooled by %+v", quarrel.Cooled)
	}
	if calm := got["6@example.org"]; calm.Heat == 0 && (calm.Heated != nil || calm.Cooled != nil) {
		t.Errorf("a calm branch heats up: %+v", calm)
	}
}

// TestBranchEvidence holds what label and heat of a branch are shown by.
func TestBranchEvidence(t *testing.T) {
	t.Parallel()
	c := written(t, burden())
	r := analyzer(t).Thread(c.tree, c.inputs)
	stances := map[string]string{}
	for _, d := range r.Messages {
		stances[d.Record.ID] = d.Record.Stance.Label
	}
	for _, b := range r.Summary.Branches {
		var against, drift bool
		hot := b.Heat == 0
		for _, e := range b.Evidence {
			checkEvidence(t, b.ID, ownText(&r, e.ID), e.Evidence)
			against = against || stances[e.ID] == "oppose" || stances[e.ID] == "conditional"
			for rule := range strings.SplitSeq(e.Rule, "; ") {
				hot = hot || rule == "uncivil" || rule == "tone-negative" || strings.HasPrefix(rule, "heat: ")
			}
			drift = drift || e.Rule == "drift: 0 of 3 mails about Rust"
		}
		if !hot {
			t.Errorf("%s: heat %d rests on nothing in %+v", b.ID, b.Heat, b.Evidence)
		}
		if b.Label == "debate" && !against {
			t.Errorf("debate %s: nobody contests in %+v", b.ID, b.Evidence)
		}
		if (b.Label == "other") != drift {
			t.Errorf("%s %s: evidence %+v", b.Label, b.ID, b.Evidence)
		}
	}
}

// TestBranchEvidenceIsItsOwn holds that a branch shows what stands in no branch within it, and the same as that one only where
// it has nothing of its own.
func TestBranchEvidenceIsItsOwn(t *testing.T) {
	t.Parallel()
	const named = "Re: who maintains it (was: [PATCH 0/3] rust: clk: add abstractions)"
	const against = "Sorry, but I am not convinced that Rust belongs into this subsystem."
	const harder = "I am against a second language in this subsystem, because we have to maintain the Rust code when the C API changes."
	within := []string{"3@example.org", "4@example.org", "5@example.org"}
	for _, tt := range []struct {
		name, outer string
		shared      bool
	}{
		{"contested outside and inside", "You are clueless, your Rust code is complete garbage. " + against, false},
		{"contested inside only", "Which clocks does this Rust series cover?", true},
	} {
		letters := burden()
		letters[1].text = tt.outer
		letters[3] = letter{"Ben", 2, named, "NAK. You are wasting everybody's time with this garbage. " + harder}
		letters[4].subject, letters[5].subject = named, named
		c := written(t, letters)
		var outer, inner *analysis.Branch
		r := analyzer(t).Thread(c.tree, c.inputs)
		for i := range r.Summary.Branches {
			switch b := &r.Summary.Branches[i]; b.ID {
			case "1@example.org":
				outer = b
			case "3@example.org":
				inner = b
			}
		}
		if outer == nil || inner == nil || inner.Within != outer.ID || len(outer.Evidence) == 0 || len(inner.Evidence) == 0 {
			t.Fatalf("%s: branches %+v", tt.name, r.Summary.Branches)
		}
		own, shared := 0, 0
		for _, e := range outer.Evidence {
			if !slices.Contains(within, e.ID) {
				own++
			} else if slices.Contains(inner.Evidence, e) {
				shared++
			}
		}
		if (shared > 0) != tt.shared || own+shared == 0 {
			t.Errorf("%s: label %s, heat %d, %d of its own, %d of the branch within: %+v", tt.name, outer.Label, outer.Heat, own, shared, outer.Evidence)
		}
	}
}

func ownText(r *analysis.Result, id string) string {
	for _, d := range r.Messages {
		if d.Record.ID == id {
			return d.Text.Own
		}
	}
	return ""
}

// TestHeatUp holds that a question, a quarrel with a compiler and one annoyed mail heat up nothing, and that two annoyed people
// and one uncivil mail do.
func TestHeatUp(t *testing.T) {
	t.Parallel()
	a := analyzer(t)
	const quarrel, answer = "It is annoying that nobody reads the documentation of the clocks.", "Sadly nobody tested that, and everybody is unhappy with this broken mess."
	for name, tt := range map[string]struct {
		third, fourth string
		want          string
	}{
		"calm":            {"I will look at the Rust abstractions next week.", "Thanks, next week is fine.", ""},
		"a question":      {"How does this horrible thing work with stable Rust kernels?", "How does that work with -stable at all?", ""},
		"of himself":      {"I wasted my week on my own terrible mistake.", "I hate my mistakes.", ""},
		"one is annoyed":  {quarrel, "Thanks, that is fine.", ""},
		"two are annoyed": {quarrel, answer, "3@example.org"},
		"one is uncivil":  {"You are an idiot and your code is complete garbage.", "Thanks, that is fine.", "3@example.org"},
	} {
		letters := burden()
		letters[3].text, letters[4].text = tt.third, tt.fourth
		letters[1].text, letters[5].text = "Who will maintain the Rust code?", "I write down who maintains what."
		c := written(t, letters)
		for _, b := range a.Thread(c.tree, c.inputs).Summary.Branches {
			if b.ID != "1@example.org" {
				continue
			}
			got := ""
			if b.Heated != nil {
				got = b.Heated.ID
			}
			if got != tt.want {
				t.Errorf("%s: heat %d, heats up at %q, want %q", name, b.Heat, got, tt.want)
			}
		}
	}
}

func TestSmallThreadsHaveNoBranches(t *testing.T) {
	t.Parallel()
	c := written(t, burden()[:10])
	r := analyzer(t).Thread(c.tree, c.inputs)
	if len(r.Summary.Branches) != 0 || r.Summary.Branches == nil {
		t.Errorf("branches %#v, want an empty list", r.Summary.Branches)
	}
}
