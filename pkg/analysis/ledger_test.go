package analysis_test

import (
	"strings"
	"testing"

	"rustle/pkg/analysis"
)

func TestPositions(t *testing.T) {
	t.Parallel()
	const (
		cover = "[PATCH 0/2] rust: clk: add abstractions"
		one   = "[PATCH 1/2] rust: clk: add Clk"
		two   = "[PATCH 2/2] rust: clk: use Clk"
		re    = "Re: " + cover
	)
	series := []letter{
		{"Ada", -1, cover, "This series adds Rust abstractions for clocks."},
		{"Ada", 0, one, "Add it.\n\nSigned-off-by: Ada Tester <ada@example.org>"},
		{"Ada", 0, two, "Use it.\n\nSigned-off-by: Ada Tester <ada@example.org>"},
	}
	nak := letter{"Ben", 0, re, "Nacked-by: Ben Tester <ben@example.org>"}
	nakOne := letter{"Ben", 1, "Re: " + one, "Nacked-by: Ben Tester <ben@example.org>"}
	with := func(more ...letter) []letter { return append(append([]letter{}, series...), more...) }
	tests := []struct {
		name    string
		letters []letter
		fate    string // of Ben's NAK
		mail    string
	}{
		{"no NAK", with(letter{"Ben", 0, re, "Acked-by: Ben Tester <ben@example.org>"}), "", ""},
		{"it stands", with(nak), "standing", ""},
		{"another one's ack", with(nak, letter{"Cleo", 0, re, "Acked-by: Cleo Tester <cleo@example.org>"}), "standing", ""},
		{"his own ack", with(nak, letter{"Ben", 0, re, "Fine.\n\nAcked-by: Ben Tester <ben@example.org>"}), "lifted", "4"},
		{"taken back in words", with(nak, letter{"Ben", 0, re, "You explained it well. I withdraw my NAK."}), "lifted", "4"},
		{"somebody else takes back his", with(nak, letter{"Cleo", 0, re, "I withdraw my NAK."}), "standing", ""},
		{"only promised", with(nak, letter{"Ben", 0, re, "If you fix the comment I will withdraw my NAK."}), "standing", ""},
		{"a NAK again", with(nak, letter{"Ben", 0, re, "Acked-by: Ben Tester <ben@example.org>"}, nak), "standing", ""},
		{"applied all the same", with(nak, letter{"Cleo", 0, re, "Applied to clk-next, thanks!"}), "overridden", "4"},
		{"applied before", with(letter{"Cleo", 0, re, "Applied to clk-next, thanks!"}, nak), "standing", ""},
		{"merged, says a robot", with(nak, letter{"bot", 0, re, "This series was applied to clk-next by Cleo."}), "overridden", "4"},
		{"the whole series is applied", with(nakOne, letter{"Cleo", 0, re, "Applied to clk-next, thanks!"}), "overridden", "4"},
		{"this patch is applied", with(nakOne, letter{"Cleo", 1, "Re: " + one, "Applied to clk-next, thanks!"}), "overridden", "4"},
		{"the other patch is applied", with(nakOne, letter{"Cleo", 2, "Re: " + two, "Applied to clk-next, thanks!"}), "standing", ""},
		{"nothing is applied in a discussion", []letter{
			{"Ada", -1, "Rust and clocks", "What about Rust for clocks?"},
			{"Ben", 0, "Re: Rust and clocks", "Nacked-by: Ben Tester <ben@example.org>"},
			{"Cleo", 0, "Re: Rust and clocks", "Applied, thanks!"},
		}, "standing", ""},
	}
	a := analyzer(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := written(t, tt.letters)
			r := a.Thread(c.tree, c.inputs)
			all := make([]*analysis.Record, len(r.Messages))
			for i, d := range r.Messages {
				all[i] = &d.Record
			}
			var got analysis.Position
			for _, p := range analysis.Positions(all) {
				if p.Person == "" || strings.Contains(p.Person, "robot") {
					t.Errorf("a position of %q", p.Person)
				}
				if strings.HasPrefix(p.Person, "Ben") {
					got = p
				}
			}
			mail := ""
			if got.FateMail != nil {
				mail = strings.TrimSuffix(got.FateMail.ID, "@example.org")
			}
			if got.Fate != tt.fate || mail != tt.mail {
				t.Errorf("fate %q by %q, want %q by %q", got.Fate, mail, tt.fate, tt.mail)
			}
			for _, p := range r.Summary.Participants {
				if strings.HasPrefix(p.Person, "Ben") && p.Nak != tt.fate {
					t.Errorf("participant: NAK %q, want %q", p.Nak, tt.fate)
				}
			}
		})
	}
}

// Parents in a circle, empty records and unknown kinds must not hang or panic.
func TestPositionsHostile(t *testing.T) {
	t.Parallel()
	a, b := &analysis.Record{ID: "a", Parent: "b", Person: "A", Signal: "nak"}, &analysis.Record{ID: "b", Parent: "a", Person: "B", Signal: "apply"}
	got := analysis.Positions([]*analysis.Record{a, b, {}})
	if len(got) != 3 || got[0].Person != "" || got[1].Fate != analysis.NakStanding {
		t.Errorf("positions %+v", got)
	}
	if got := analysis.Positions(nil); len(got) != 0 {
		t.Errorf("positions of nothing: %v", got)
	}
}

func TestAppliedShowsMaintainer(t *testing.T) {
	t.Parallel()
	const subject = "[PATCH] rust: clk: add Clk"
	first := letter{"Ada", -1, subject, "Add it.\n\nSigned-off-by: Ada Tester <ada@example.org>"}
	for _, tt := range []struct{ text, role string }{
		{"Looks good.", "developer"},
		{"I applied it here and it builds.", "developer"},
		{"Applied, thanks!", "developer"}, // he may mean his own machine
		{"Applied to clk-next, thanks!", "maintainer"},
		{"Applied to rust-next, thanks!", "rust-maintainer"},
	} {
		c := written(t, []letter{first, {"Ben", 0, "Re: " + subject, tt.text}})
		r := analyzer(t).Thread(c.tree, c.inputs)
		got := records(&r)["1"]
		if got.Role != tt.role {
			t.Errorf("%q: role %s, want %s (signal %s)", tt.text, got.Role, tt.role, got.Signal)
		}
		if tt.role != "developer" && !strings.HasPrefix(got.RoleClaim.Source, "the mail: Applied") {
			t.Errorf("%q: source %q", tt.text, got.RoleClaim.Source)
		}
	}
}
