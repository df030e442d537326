package analysis_test

import "testing"

func TestOutcome(t *testing.T) {
	t.Parallel()
	const cover = "[PATCH 0/2] rust: clk: add abstractions"
	first := letter{"Ada", -1, cover, "This series adds Rust abstractions for clocks."}
	re := "Re: " + cover
	nak := letter{"Ben", 0, re, "Nacked-by: Ben Tester <ben@example.org>"}
	tests := []struct {
		name    string
		letters []letter
		want    string
		id      string
	}{
		{"nobody answers", []letter{first}, "undecided", ""},
		{"an ack decides nothing", []letter{first, {"Ben", 0, re, "Acked-by: Ben Tester <ben@example.org>"}}, "undecided", ""},
		{"a discussion is undecided", []letter{{"Ada", -1, "Rust and clocks", "What do you think of Rust for clocks?"}, {"Ben", 0, "Re: Rust and clocks", "I like it."}}, "undecided", ""},
		{"applied in a discussion", []letter{{"Ada", -1, "Rust and clocks", "What do you think of Rust for clocks?"}, {"Ben", 0, "Re: Rust and clocks", "Applied, thanks!"}}, "undecided", ""},
		{"applied", []letter{first, {"Ben", 0, re, "Applied to clk-next, thanks!"}}, "applied", "1@example.org"},
		{"who posts it picks something up", []letter{first, {"Ben", 0, re, "Could you use a helper?"}, {"Ada", 1, re, "Thanks, picked this one up as well."}}, "undecided", ""},
		{"a robot says merged", []letter{first, {"bot", 0, re, "This series was applied to clk-next by Ben."}}, "applied", "1@example.org"},
		{"a robot that found errors says nothing", []letter{first, {"bot", 0, re, "Build errors were noticed."}}, "undecided", ""},
		{"a NAK stands", []letter{first, nak}, "naked", "1@example.org"},
		{"a NAK lifted", []letter{first, nak, {"Ben", 1, re, "You convinced me.\n\nAcked-by: Ben Tester <ben@example.org>"}}, "undecided", ""},
		{"an ack by another does not lift it", []letter{first, nak, {"Cleo", 1, re, "Acked-by: Cleo Tester <cleo@example.org>"}}, "naked", "1@example.org"},
		{"applied over a NAK", []letter{first, nak, {"Cleo", 0, re, "Applied to clk-next, thanks!"}}, "applied", "2@example.org"},
		{"a NAK after applying comes late", []letter{first, {"Cleo", 0, re, "Applied to clk-next, thanks!"}, nak}, "applied", "1@example.org"},
		{"a later version in the thread", []letter{first, {"Ada", 0, "[PATCH v2 0/2] rust: clk: add abstractions", "Second version."}}, "superseded", "1@example.org"},
		{"the later version is applied", []letter{
			first,
			{"Ada", 0, "[PATCH v2 0/2] rust: clk: add abstractions", "Second version."},
			{"Ben", 1, "Re: [PATCH v2 0/2] rust: clk: add abstractions", "Applied to clk-next, thanks!"},
		}, "applied", "2@example.org"},
		{"a NAK of the version before", []letter{first, nak, {"Ada", 0, "[PATCH v2 0/2] rust: clk: add abstractions", "Second version."}}, "superseded", "2@example.org"},
		{"a link to a later version", []letter{first, {"Ada", 0, re, "I sent a new version.\n\nv2: https://lore.kernel.org/r/v2-cover@example.org/"}}, "superseded", "1@example.org"},
		{"a link to an earlier version", []letter{
			{"Ada", -1, "[PATCH v3 0/2] rust: clk: add abstractions", "Third version."},
			{"Ada", 0, "Re: [PATCH v3 0/2] rust: clk: add abstractions", "It was discussed before.\n\nv2: https://lore.kernel.org/r/v2-cover@example.org/"},
		}, "undecided", ""},
		{"a NAK of one patch of many", []letter{
			{"Ada", -1, "[PATCH 0/4] rust: clk: add abstractions", "A series."},
			{"Ada", 0, "[PATCH 2/4] rust: clk: two", "Two."},
			{"Ben", 1, "Re: [PATCH 2/4] rust: clk: two", "Nacked-by: Ben Tester <ben@example.org>"},
		}, "undecided", ""},
		{"a NAK of half of the patches", []letter{
			{"Ada", -1, "[PATCH 0/4] rust: clk: add abstractions", "A series."},
			{"Ada", 0, "[PATCH 2/4] rust: clk: two", "Two."},
			{"Ada", 0, "[PATCH 3/4] rust: clk: three", "Three."},
			{"Ben", 1, "Re: [PATCH 2/4] rust: clk: two", "Nacked-by: Ben Tester <ben@example.org>"},
			{"Ben", 2, "Re: [PATCH 3/4] rust: clk: three", "Nacked-by: Ben Tester <ben@example.org>"},
		}, "naked", "4@example.org"},
		{"one patch of many taken back", []letter{
			{"Ada", -1, "[PATCH 0/4] rust: clk: add abstractions", "A series."},
			{"Ada", 0, "[PATCH 2/4] rust: clk: two", "Two."},
			{"Ada", 1, "Re: [PATCH 2/4] rust: clk: two", "I will drop this patch."},
		}, "undecided", ""},
		{"the series taken back in answer to a patch", []letter{
			{"Ada", -1, "[PATCH 0/4] rust: clk: add abstractions", "A series."},
			{"Ada", 0, "[PATCH 2/4] rust: clk: two", "Two."},
			{"Ada", 1, "Re: [PATCH 2/4] rust: clk: two", "Please ignore this series."},
		}, "dropped", "2@example.org"},
		{"taken back", []letter{first, {"Ada", 0, re, "Please ignore this series, I sent the wrong branch."}}, "dropped", "1@example.org"},
		{"somebody else cannot take it back", []letter{first, {"Ben", 0, re, "Please drop this patch from the series."}}, "undecided", ""},
		{"a question takes nothing back", []letter{first, {"Ada", 0, re, "Should I abandon this series?"}}, "undecided", ""},
		{"dropped from the tree", []letter{first, {"Ben", 0, re, "Applied to clk-next, thanks!"}, {"Ben", 1, re, "I have dropped the series again, it does not build."}}, "dropped", "2@example.org"},
	}
	a := analyzer(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := written(t, tt.letters)
			r := a.Thread(c.tree, c.inputs)
			if got := r.Summary.Outcome; got.Label != tt.want || got.ID != tt.id {
				t.Errorf("outcome %s %q, want %s %q", got.Label, got.ID, tt.want, tt.id)
			}
			checkSummary(t, &r)
		})
	}
}
