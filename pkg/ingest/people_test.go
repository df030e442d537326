package ingest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rustle/index"
	"rustle/index/query"
	"rustle/pkg/ingest"
)

// by says who wrote each mail of an index.
func by(t *testing.T, dir string) map[string]string {
	t.Helper()
	r, err := index.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	out := map[string]string{}
	for rec, err := range r.All(context.Background(), query.All{}) {
		if err != nil {
			t.Fatal(err)
		}
		out[strings.TrimSuffix(rec.ID, "@x.test")] = rec.Person
	}
	return out
}

// mails makes an mbox of mail that begins threads of its own, by these senders.
func mails(first int, from ...string) string {
	var b strings.Builder
	for i, f := range from {
		n := first + i
		l := letter{
			id: fmt.Sprintf("m%d@x.test", n), from: f, subject: fmt.Sprintf("Rust in part %d", n), body: bodies[0],
			date: time.Date(2025, 3, 1, 0, n, 0, 0, time.UTC),
		}
		b.WriteString(l.text(0))
	}
	return b.String()
}

// An address under two names joins them, in mail that was taken in long before too; an address of many people joins
// nobody, as soon as that shows.
func TestPeopleAreJoined(t *testing.T) {
	t.Parallel()
	dir, index := t.TempDir(), filepath.Join(t.TempDir(), "index")
	add := func(name, text string) ingest.Stats {
		return take(t, index, ingest.Options{Sources: sources(write(t, filepath.Join(dir, name), text))})
	}
	add("a", mails(0, "wren@people.test", "Wren Tallow <wren@home.test>", "Wei Wang <team@people.test>", "tern@people.test"))
	want := map[string]string{"m0": "wren@people.test", "m1": "Wren Tallow", "m2": "Wei Wang <team@people.test>", "m3": "tern@people.test"}
	if diff := cmp.Diff(want, by(t, index)); diff != "" {
		t.Errorf("before (-want +got):\n%s", diff)
	}
	stats := add("b", mails(4, "Wren Tallow <wren@people.test>"))
	want["m0"], want["m4"] = "Wren Tallow", "Wren Tallow"
	if diff := cmp.Diff(want, by(t, index)); diff != "" {
		t.Errorf("after a name for the address (-want +got):\n%s", diff)
	}
	if stats.Threads != 2 || stats.Written != 2 { // the new one, and the one of the address; m1 stays as it is
		t.Errorf("%d threads and %d mails written, want 2", stats.Threads, stats.Written)
	}
	add("c", mails(5, "Hana Example <team@people.test>", "Ivo Sampleton <team@people.test>"))
	want["m5"], want["m6"] = "Hana Example", "Ivo Sampleton"
	if diff := cmp.Diff(want, by(t, index)); diff != "" {
		t.Errorf("after others wrote from an address (-want +got):\n%s", diff)
	}
	same(t, "retagged", dump(t, index), func() []string {
		if _, err := ingest.Retag(t.Context(), ingest.RetagOptions{Dir: index, Analyzer: analyzer(), Force: true}); err != nil {
			t.Fatal(err)
		}
		return dump(t, index)
	}())
}

// A later version supersedes an older thread, in whichever order they come, and only if the same person posted it; when
// it goes, the older one is undecided again.
func TestRevisionsSupersede(t *testing.T) {
	t.Parallel()
	outcome := func(index string) string {
		var out []string
		for _, line := range dump(t, index) {
			var s struct {
				ID      string `json:"id"`
				Outcome struct {
					Label, ID string
				} `json:"outcome"`
			}
			if strings.Contains(line, `"outcome":`) && json.Unmarshal([]byte(line), &s) == nil && s.Outcome.Label != "" {
				out = append(out, strings.TrimSuffix(s.ID, "@x.test")+" "+s.Outcome.Label+" "+strings.TrimSuffix(s.Outcome.ID, "@x.test"))
			}
		}
		slices.Sort(out)
		return strings.Join(out, ", ")
	}
	version := func(n int, from, subject string) string {
		l := letter{id: fmt.Sprintf("m%d@x.test", n), from: from, subject: subject, body: bodies[5], date: time.Date(2025, 3, n, 0, 0, 0, 0, time.UTC)}
		return l.text(0)
	}
	one := version(1, "Ann Other <ann@people.test>", "[PATCH] rust: dma: add abstractions")
	other := version(2, "Bob Unseen <bob@people.test>", "[PATCH v9] rust: dma: add abstractions")
	two := version(3, "Ann Other <ann@home.test>", "[PATCH v2] rust: dma: add abstractions")
	dir := t.TempDir()
	for i, parts := range [][]string{{one + other + two}, {one, other, two}, {two, other, one}, {two + one, other}} {
		index := filepath.Join(dir, fmt.Sprint("index", i))
		for k, part := range parts {
			take(t, index, ingest.Options{Sources: sources(write(t, filepath.Join(dir, fmt.Sprint(i, "-", k)), part))})
		}
		if got, want := outcome(index), "m1 superseded m3, m2 undecided , m3 undecided "; got != want {
			t.Errorf("in %d parts: %q, want %q", len(parts), got, want)
		}
		if _, err := ingest.Retag(t.Context(), ingest.RetagOptions{Dir: index, Analyzer: analyzer(), Force: true}); err != nil {
			t.Fatal(err)
		}
		if got, want := outcome(index), "m1 superseded m3, m2 undecided , m3 undecided "; got != want {
			t.Errorf("in %d parts, retagged: %q, want %q", len(parts), got, want)
		}
	}
}

// Mail that an archive takes back takes back what it joined.
func TestPeopleArePartedAgain(t *testing.T) {
	t.Parallel()
	lists, index := t.TempDir(), filepath.Join(t.TempDir(), "index")
	text := func(n int, from string) string {
		_, mail, _ := strings.Cut(mails(n, from), "\n")
		return mail
	}
	history := []commit{{text: text(0, "wren@people.test")}, {text: text(1, "Wren Tallow <wren@people.test>")}}
	repo := filepath.Join(lists, "x", "git", "0.git")
	epoch(t, repo, history)
	take(t, index, ingest.Options{Sources: sources(lists)})
	if diff := cmp.Diff(map[string]string{"m0": "Wren Tallow", "m1": "Wren Tallow"}, by(t, index)); diff != "" {
		t.Errorf("before (-want +got):\n%s", diff)
	}
	epoch(t, repo, append(history, commit{history[1].text, true}))
	take(t, index, ingest.Options{Sources: sources(lists)})
	if diff := cmp.Diff(map[string]string{"m0": "wren@people.test"}, by(t, index)); diff != "" {
		t.Errorf("after (-want +got):\n%s", diff)
	}
}
