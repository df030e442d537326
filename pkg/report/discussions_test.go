package report_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rustle/pkg/analysis"
	"rustle/pkg/report"
)

func TestDiscussions(t *testing.T) {
	t.Parallel()
	got := []string{}
	for _, d := range report.Build(debate(), report.Options{}).Discussions {
		s := fmt.Sprintf("%d %s | %s | %d by %d | %s", d.Depth, d.Heading(), d.Ref.Person, d.Mails, d.People, d.Kind())
		for _, turn := range d.Turns() {
			if turn.In != nil {
				s += " | " + turn.Where() + ": " + turn.In.ID
			} else {
				s += fmt.Sprintf(" | %s: %s", turn.Head, turn.Quote.Ref.ID)
			}
		}
		got = append(got, s)
	}
	want := []string{
		"0 Burden of two languages | Boris Tamm | 4 by 2 | a debate, heated | Heats up in the discussion within that Chen Moreau opened: c1@example.net",
		"1 Who keeps it | Chen Moreau | 3 by 2 | a debate, heated | Heats up: b2@tamm.example",
		"0 No argument stands out | Dora van Hall | 5 by 3 | about Rust, not contested, pointed | Cools: a2@example.org",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("discussions (-want +got):\n%s", diff)
	}
}

// A branch whose mail is not among the records is counted, never shown; of very many the largest are shown.
func TestDiscussionsAreBounded(t *testing.T) {
	t.Parallel()
	in := large(150)
	for i := range 40 {
		in.Summary.Branches = append(in.Summary.Branches, analysis.Branch{ID: fmt.Sprintf("m%d@example.org", i+1), Subject: in.Summary.Subject, Messages: 5 + i, Heat: 9})
	}
	in.Summary.Branches = append(in.Summary.Branches, analysis.Branch{ID: "nowhere@example.org", Messages: 90})
	p := report.Build(in, report.Options{})
	if len(p.Discussions) != 19 || p.MoreDiscussions != 22 {
		t.Errorf("%d shown, %d counted", len(p.Discussions), p.MoreDiscussions)
	}
	for _, d := range p.Discussions {
		if d.Mails < 26 {
			t.Errorf("a small one is shown: %+v", d)
		}
	}
	if p := report.Build(in, report.Options{Full: true}); len(p.Discussions) != 40 || p.MoreDiscussions != 1 {
		t.Errorf("in full: %d shown, %d counted", len(p.Discussions), p.MoreDiscussions)
	}
}

func TestSystems(t *testing.T) {
	t.Parallel()
	m := newMailbox("r@x")
	m.add("r@x", "ada", "", 0, about("widget-bus", "area widget-bus: widget", ""))
	m.add("a@x", "boris", "r@x", 1, about("widget-bus", "", "Yes, widget."), about("gadget", "list gadget: gadgets@example.org", ""))
	m.add("b@x", "chen", "r@x", 2, about("widget-bus", "", "The widget bus has had three maintainers in two years."), about("tool", "name tool: tool", ""))
	m.add("c@x", "robot", "r@x", 3, about("noise", "name noise: noise", ""))
	got := []string{}
	for _, s := range report.Build(report.ThreadInput{Records: m.records, Entities: entities()}, report.Options{}).Systems {
		q := ""
		if s.Quote != nil {
			q = s.Quote.Text
		}
		got = append(got, fmt.Sprintf("%s %d/%d %d %s%s", s.Name, s.People, s.Mails, s.First.Number, q, s.Shown))
	}
	want := []string{
		"Widget bus 3/3 1 The widget bus has had three maintainers in two years.", // a scrap names nothing a reader can check
		"gadget 1/1 2 lists and people that are addressed",
		"tool 1/1 3 the subject of a mail",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("systems (-want +got):\n%s", diff)
	}
	m.add("d@x", "ada", "r@x", 4, about("other-thing", "path other-thing: lib/other", ""))
	for _, s := range report.Build(report.ThreadInput{Records: m.records}, report.Options{}).Systems {
		if s.ID == "other-thing" && (s.Name != "other thing" || s.Shown != "files that its patches touch (lib/other)") {
			t.Errorf("a system nobody described: %+v", s)
		}
	}
}

// A revision that has a page in the set is linked there, by name or anonymous; the others at the archive.
func TestRevisionsLinkWithinTheSet(t *testing.T) {
	t.Parallel()
	series := func(id, thread string, version, day int) report.ThreadInput {
		m := newMailbox(thread)
		m.add(id, "chen", "", 24*day, func(r *analysis.Record) {
			r.Kind, r.Subject, r.Series = "patch", fmt.Sprintf("[PATCH v%d] rust: widget: gears", version), &analysis.Series{Version: version}
		})
		return report.ThreadInput{Summary: analysis.ThreadSummary{ID: thread, Subject: m.records[0].Subject, First: m.records[0].Date, Last: m.records[0].Date}, Records: m.records}
	}
	one, two, three := series("v1@x", "v1@x", 1, 0), series("v2@x", "v2@x", 2, 1), series("v3@x", "v3@x", 3, 2)
	one.Others = slices.Concat(two.Records, three.Records)
	for _, anonymous := range []bool{false, true} {
		for _, html := range []bool{false, true} {
			var page, second string
			for _, f := range report.Collection(report.CollectionInput{Threads: []report.ThreadInput{one, two}}, report.Options{Anonymous: anonymous, HTML: html}) {
				switch {
				case strings.HasSuffix(f.Name, ".svg"):
				case strings.HasPrefix(f.Name, "threads/2024-03-04"):
					page = string(f.Data)
				case strings.HasPrefix(f.Name, "threads/2024-03-05"):
					second = strings.TrimPrefix(f.Name, "threads/")
				}
			}
			link, outside := "]("+second+")", "](https://lore.kernel.org/r/v3@x)"
			if html {
				link, outside = `href="`+second+`"`, `href="https://lore.kernel.org/r/v3@x"`
			}
			if second == "" || strings.Count(page, link) != 1 || strings.Contains(page, outside) == anonymous {
				t.Errorf("anonymous %t, html %t: no link to %q in the set, or a wrong one outside:\n%s", anonymous, html, second, page)
			}
		}
	}
}

// A piece of a debate and the debate link to each other in a set, by name or anonymous, and to the archive where they have
// no page.
func TestPiecesLinkWithinTheSet(t *testing.T) {
	t.Parallel()
	thread := func(id string, day int) report.ThreadInput {
		m := newMailbox(id)
		m.add(id, "chen", "", 24*day, func(r *analysis.Record) { r.Subject = "Rust kernel policy" })
		return report.ThreadInput{Summary: analysis.ThreadSummary{ID: id, Subject: "Rust kernel policy", Label: "debate", Messages: 1, First: m.records[0].Date, Last: m.records[0].Date}, Records: m.records}
	}
	whole, piece, absent := thread("whole@x", 0), thread("piece@x", 1), thread("absent@x", 2)
	for _, p := range []*report.ThreadInput{&piece, &absent} {
		p.Summary.PartOf = &analysis.Part{ID: "whole@x", Label: "rust"}
		whole.Pieces = append(whole.Pieces, p.Summary)
	}
	for _, anonymous := range []bool{false, true} {
		for _, html := range []bool{false, true} {
			pages, names := map[string]string{}, map[string]string{}
			for _, f := range report.Collection(report.CollectionInput{Threads: []report.ThreadInput{whole, piece}}, report.Options{Anonymous: anonymous, HTML: html}) {
				if name, ok := strings.CutPrefix(f.Name, "threads/2024-03-0"); ok && !strings.HasSuffix(name, ".svg") {
					pages[name[:1]], names[name[:1]] = string(f.Data), "2024-03-0"+name
				}
			}
			link := func(to string) string {
				if html {
					return `href="` + to + `"`
				}
				return "](" + to + ")"
			}
			if names["5"] == "" || strings.Count(pages["4"], link(names["5"])) != 1 || strings.Count(pages["5"], link(names["4"])) != 1 {
				t.Errorf("anonymous %t, html %t: the debate and its piece do not link to each other:\n%s\n%s", anonymous, html, pages["4"], pages["5"])
			}
			if strings.Contains(pages["4"], link("https://lore.kernel.org/r/absent@x")) == anonymous || !strings.Contains(pages["4"], "1 mail of 6 March 2024") {
				t.Errorf("anonymous %t, html %t: a piece without a page is not told, or linked wrongly:\n%s", anonymous, html, pages["4"])
			}
		}
	}
	if p := report.Build(piece, report.Options{}); !strings.Contains(p.Markdown(), "[the debate it is a piece of](https://lore.kernel.org/r/whole@x)") {
		t.Errorf("a page by itself does not link to the debate:\n%s", p.Markdown())
	}
}

// Roles of the release before each mail are told apart from those of one file, with pseudonyms too.
func TestMethodSaysOfWhenRolesAre(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"MAINTAINERS 6.12 (snapshot): RUST": "for older mail too",
		"MAINTAINERS: RUST":                 "for older mail too",
		"":                                  "for older mail too",
		"the mail: maintainer of widgets":   "for older mail too",
		"MAINTAINERS 6.9: RUST":             "time of writing",
		"MAINTAINERS 6.1: RUST (a later release)": "time of writing",
	} {
		in := calm()
		in.Records[1].RoleClaim.Source = source
		for _, o := range []report.Options{{}, {Anonymous: true}} {
			if got := markdown(t, in, o); !strings.Contains(got, want) {
				t.Errorf("source %q, anonymous %t: the method does not say %q", source, o.Anonymous, want)
			}
		}
	}
}
