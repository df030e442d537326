package report_test

import (
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rustle/pkg/analysis"
	"rustle/pkg/report"
)

var update = flag.Bool("update", false, "write the golden files")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", filepath.FromSlash(name))
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// mailbox builds records of made-up people. Everything in it was written for this test.
type mailbox struct {
	records []analysis.Record
	start   time.Time
	thread  string
}

type person struct{ name, addr, role string }

func cast() map[string]person {
	return map[string]person{
		"ada":   {"Ada Quill", "ada.quill@example.org", "rust-maintainer"},
		"boris": {"Boris Tamm", "boris@tamm.example", "maintainer"},
		"chen":  {"Chen Moreau", "cmoreau@example.net", "developer"},
		"dora":  {"Dora van Hall", "dora@hall.example", "reviewer"},
		"emil":  {"Emil Okoye", "emil.okoye@example.com", "developer"},
		"robot": {"build robot", "robot@ci.example", "bot"},
	}
}

func newMailbox(thread string) *mailbox {
	return &mailbox{start: time.Date(2024, 3, 4, 9, 0, 0, 0, time.UTC), thread: thread}
}

// add writes a mail of who, hours after the start, in answer to parent; change sets the tags.
func (m *mailbox) add(id, who, parent string, hours int, change ...func(*analysis.Record)) {
	p := cast()[who]
	r := analysis.Record{
		ID: id, Thread: m.thread, Parent: parent, Date: m.start.Add(time.Duration(hours) * time.Hour), Subject: "Re: [RFC] rust: abstractions for the widget bus",
		From: analysis.Person{Name: p.name, Addr: p.addr}, Person: p.name, Role: p.role, Kind: "reply", Lists: []string{"widgets"}, Words: 60, Rust: true,
		Sentiment: analysis.Verdict{Label: "neutral", Score: 0.7}, Incivility: analysis.Verdict{Label: "false", Score: 0.9},
		Stance: analysis.Verdict{Label: "none", Score: 0.6}, Signal: "none", Hash: id,
	}
	for _, c := range change {
		c(&r)
	}
	m.records = append(m.records, r)
}

func said(text string, weight float64) []analysis.Evidence {
	return []analysis.Evidence{{Text: text, Start: 10, End: 10 + len(text), Rule: "TEST-1", Weight: weight}}
}

func stands(label, text string) func(*analysis.Record) {
	return func(r *analysis.Record) {
		r.Stance = analysis.Verdict{Label: label, Score: 0.8, Evidence: said(text, 1)}
	}
}

// leans is a position that is too unsure to count.
func leans(label, text string) func(*analysis.Record) {
	return func(r *analysis.Record) {
		r.Stance = analysis.Verdict{Label: label, Score: 0.3, Evidence: said(text, 0.4)}
	}
}

func argues(id, text string) func(*analysis.Record) {
	return func(r *analysis.Record) {
		r.Topics = append(r.Topics, analysis.Tag{ID: id, Score: 0.7, Evidence: said(text, 3)})
	}
}

func sounds(label, text string) func(*analysis.Record) {
	return func(r *analysis.Record) {
		r.Sentiment = analysis.Verdict{Label: label, Score: 0.8, Evidence: said(text, 1)}
	}
}

func insults(text string) func(*analysis.Record) {
	return func(r *analysis.Record) {
		r.Incivility = analysis.Verdict{Label: "true", Score: 0.7, Evidence: said(text, 1)}
	}
}

func signals(kind, text string) func(*analysis.Record) {
	return func(r *analysis.Record) { r.Signal, r.SignalBy = kind, said(text, 2) }
}

func topics() []report.TopicInfo {
	return []report.TopicInfo{
		{ID: "memory-safety", Name: "memory safety", Definition: "whether Rust removes memory errors", Polarity: "pro"},
		{ID: "dual-language-burden", Name: "burden of two languages", Definition: "who pays for the second language", Polarity: "con"},
		{ID: "subsystem-abstractions", Name: "design of the abstractions", Definition: "how the Rust side wraps the C side", Polarity: "both"},
	}
}

func about(id, rule, text string) func(*analysis.Record) {
	return func(r *analysis.Record) {
		by := []analysis.Evidence{{Text: r.Subject, Rule: rule, Weight: 1}}
		if text != "" {
			by = said(text, 0.5)
		}
		r.Entities = append(r.Entities, analysis.Tag{ID: id, Score: 0.8, Evidence: by})
	}
}

func entities() []report.EntityInfo {
	return []report.EntityInfo{{ID: "widget-bus", Name: "Widget bus", Kind: "subsystem"}, {ID: "bindgen", Kind: "tool"}}
}

func method() report.Method {
	return report.Method{
		Tool: "rustle v0.0.1", Fingerprint: "feedc0de", Schema: "1", Messages: 400, Threads: 31, Sources: []string{"widgets.mbox"},
		Quality: []string{"stance: macro-F1 0.55 on lists not trained on"}, Maintainers: "MAINTAINERS of a made-up tree",
	}
}

func debate() report.ThreadInput {
	m := newMailbox("root@example.org")
	m.add("root@example.org", "ada", "lost@example.org", 0, func(r *analysis.Record) {
		r.Kind, r.Subject = "cover", "[RFC PATCH v2 0/3] rust: abstractions for the widget bus"
		r.Series = &analysis.Series{Version: 2, Total: 3, Flags: []string{"RFC"}}
		r.RoleClaim = analysis.RoleClaim{Subsystem: "RUST", Source: "MAINTAINERS: RUST"}
	}, stands("support", "These wrappers let a driver be written without a single unsafe block."),
		argues("memory-safety", "These wrappers let a driver be written without a single unsafe block."), about("widget-bus", "path widget-bus: drivers/widget", ""))
	m.add("b1@tamm.example", "boris", "root@example.org", 3, stands("oppose", "I will not maintain two versions of every interface."),
		argues("dual-language-burden", "I will not maintain two versions of every interface."), sounds("negative", "Nobody asked me before this was posted."),
		signals("nak", "NAK for this series."))
	m.add("c1@example.net", "chen", "b1@tamm.example", 5, stands("conditional", "It is fine by me as long as the Rust side follows when C changes."),
		argues("dual-language-burden", "It is fine by me as long as the Rust side follows when C changes."))
	m.add("b2@tamm.example", "boris", "c1@example.net", 6, sounds("negative", "You have clearly never kept a tree alive."), insults("You have clearly never kept a tree alive."),
		argues("dual-language-burden", "In two years the people who want this today will be gone, and I will still be here."), stands("oppose", "My answer does not change."))
	m.add("c2@example.net", "chen", "b2@tamm.example", 7, sounds("negative", "That is uncalled for."), about("bindgen", "", "Whatever Boris says, bindgen writes the declarations for you."),
		leans("support", "Whatever Boris says, bindgen writes the declarations for you."))
	m.add("d1@hall.example", "dora", "root@example.org", 20, argues("subsystem-abstractions", "Could the handle own its reference instead of borrowing it?"),
		leans("conditional", "Could the handle own its reference instead of borrowing it?"))
	m.add("a2@example.org", "ada", "d1@hall.example", 22, argues("subsystem-abstractions", "The handle owns its reference in the next version."), stands("support", "The handle owns its reference in the next version."),
		sounds("positive", "Thank you for the close reading."))
	m.add("d2@hall.example", "dora", "a2@example.org", 30, signals("review", "Reviewed-by: Dora van Hall <dora@hall.example>"), stands("support", "Reviewed-by: Dora van Hall <dora@hall.example>"), sounds("positive", "Looks good now."))
	m.add("bot@ci.example", "robot", "root@example.org", 31)
	m.add("e1@example.com", "emil", "root@example.org", 40, leans("oppose", "That is one more thing to build."))
	m.add("b3@tamm.example", "boris", "a2@example.org", 200, stands("support", "With the owner listed in MAINTAINERS, and Ada Quill answering for it, I can live with this."),
		signals("ack", "Acked-by: Boris Tamm <boris@tamm.example>"))
	m.add("a3@example.org", "ada", "b3@tamm.example", 210, signals("apply", "Applied to the widget tree, thanks."), stands("support", "Applied to the widget tree, thanks."))
	return report.ThreadInput{
		Summary: analysis.ThreadSummary{
			ID: "root@example.org", Subject: "[RFC PATCH v2 0/3] rust: abstractions for the widget bus", Lists: []string{"widgets"}, Messages: len(m.records), Partial: true,
			First: m.records[0].Date, Last: m.records[len(m.records)-1].Date, Missing: []string{"lost@example.org"}, Label: "debate", Heat: 2,
			Outcome: analysis.Outcome{Label: "applied", ID: "a3@example.org", Evidence: said("Applied to the widget tree, thanks.", 1)},
			Branches: []analysis.Branch{
				{
					ID: "b1@tamm.example", Subject: "Re: [RFC] rust: abstractions for the widget bus", Person: "Boris Tamm", Messages: 4, People: 2, Label: "debate", Heat: 2,
					Topics: []analysis.ThreadTag{{ID: "dual-language-burden", Messages: 3}}, Heated: &analysis.ThreadEvidence{ID: "b2@tamm.example", Evidence: said("You have clearly never kept a tree alive.", 1)[0]},
				},
				{
					ID: "c1@example.net", Within: "b1@tamm.example", Subject: "who keeps it (was: [RFC] rust: abstractions for the widget bus)", Person: "Chen Moreau", Messages: 3, People: 2, Label: "debate", Heat: 2,
					Topics: []analysis.ThreadTag{{ID: "dual-language-burden", Messages: 2}}, Heated: &analysis.ThreadEvidence{ID: "b2@tamm.example", Evidence: said("You have clearly never kept a tree alive.", 1)[0]},
				},
				{
					ID: "d1@hall.example", Subject: "Re: [RFC] rust: abstractions for the widget bus", Person: "Dora van Hall", Messages: 5, People: 3, Label: "rust", Heat: 1, Topics: []analysis.ThreadTag{},
					Heated: &analysis.ThreadEvidence{ID: "gone@example.org", Evidence: said("Nobody has this mail.", 1)[0]}, Cooled: &analysis.ThreadEvidence{ID: "a2@example.org", Evidence: said("Thank you for the close reading.", 1)[0]},
				},
			},
		},
		Records: m.records, Topics: topics(), Entities: entities(), Method: method(),
	}
}

func calm() report.ThreadInput {
	m := newMailbox("calm@example.org")
	m.start = m.start.AddDate(0, 2, 0)
	m.add("calm@example.org", "chen", "", 0, func(r *analysis.Record) { r.Kind, r.Subject = "patch", "[PATCH] rust: widget: fix a comment" })
	m.add("calm-2@example.org", "ada", "calm@example.org", 1, signals("ack", "Acked-by: Ada Quill <ada.quill@example.org>"), stands("support", "Acked-by: Ada Quill <ada.quill@example.org>"))
	return report.ThreadInput{
		Summary: analysis.ThreadSummary{ID: "calm@example.org", Subject: "[PATCH] rust: widget: fix a comment", Messages: 2, First: m.records[0].Date, Last: m.records[1].Date, Label: "rust"},
		Records: m.records, Topics: topics(), Method: method(),
	}
}

// large makes a thread of n mails in which most are routine.
func large(n int) report.ThreadInput {
	m := newMailbox("m0@example.org")
	who := []string{"ada", "boris", "chen", "dora", "emil"}
	for i := range n {
		parent := ""
		if i > 0 {
			parent = "m" + strconv.Itoa((i-1)/2) + "@example.org"
		}
		var tags []func(*analysis.Record)
		switch {
		case i%11 == 3:
			tags = append(tags, stands("support", "Point "+strconv.Itoa(i)+" speaks for taking this in the next cycle."), argues("memory-safety", "Point "+strconv.Itoa(i)+" speaks for taking this in the next cycle."))
		case i%13 == 5:
			tags = append(tags, stands("oppose", "Point "+strconv.Itoa(i)+" speaks against it, and nobody has answered it."), sounds("negative", "I am tired of point "+strconv.Itoa(i)+"."))
		}
		m.add("m"+strconv.Itoa(i)+"@example.org", who[i%len(who)], parent, i, tags...)
	}
	return report.ThreadInput{
		Summary: analysis.ThreadSummary{ID: "m0@example.org", Subject: "rust: a long thread", Messages: n, First: m.records[0].Date, Last: m.records[n-1].Date, Label: "debate", Heat: 1},
		Records: m.records, Topics: topics(),
	}
}

func markdown(t testing.TB, in report.ThreadInput, o report.Options) string {
	t.Helper()
	var b strings.Builder
	if err := report.Thread(&b, in, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
