package ingest_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rustle/index"
	"rustle/index/query"
	"rustle/pkg/ingest"
)

// quarrel is a debate of seven mails, each as a text of its own, and the pieces that may belong to it.
func quarrel() (debate, pieces []string) {
	mail := func(id, from, subject, ref string, day int, body string) string {
		l := letter{id: id + "@x.test", from: from, subject: subject, body: body, date: time.Date(2025, 3, day, 0, 0, 0, 0, time.UTC)}
		if ref != "" {
			l.refs = []string{ref + "@x.test"}
		}
		return l.text(0)
	}
	const ann, bob, cy = "Ann Other <ann@people.test>", "Bob Unseen <bob@people.test>", "Cy Farrow <cy@people.test>"
	const re = "Re: [TOPIC] Rust in the DMA layer"
	debate = []string{
		mail("d0", ann, "[TOPIC] Rust in the DMA layer", "", 1, "I propose Rust abstractions for the DMA layer. Rust gives us memory safety, and drivers in Rust are easier to get right."),
		mail("d1", bob, re, "d0", 2, "NAK. I do not want a second language in the kernel. Rust makes the maintenance burden twice as large, and nobody in this subsystem reads Rust. This is a terrible idea."),
		mail("d2", ann, re, "d1", 3, "I disagree. Rust prevents use after free bugs that C code has every week, and the Rust people will maintain the bindings. Your claim is wrong."),
		mail("d3", cy, re, "d2", 3, "You are wrong. Every change of the C API breaks the Rust bindings, and then I have to fix Rust code that I do not understand. I will not accept Rust here."),
		mail("d4", ann, re, "d3", 4, "That is not true. The policy says that Rust code may break and that the Rust maintainers fix it. We support Rust, and I do not see why you oppose it."),
		mail("d5", bob, re, "d4", 5, "This is nonsense. A mixed language code base is a nightmare. I object to Rust in this subsystem and I will keep saying no."),
		mail("d6", ann, re, "d5", 6, "I strongly disagree. Rust has found soundness bugs in the C code already. Please stop blocking Rust."),
	}
	pieces = []string{
		mail("p0", cy, re, "unseen", 5, "Agreed."),
		mail("p1", cy, re, "", 7, "Agreed as well."), // no reference at all
		mail("n0", cy, "Re: [TOPIC v2] Rust in the DMA layer", "unseen2", 5, "Agreed."),
		mail("n1", cy, "[TOPIC] Rust in the DMA layer", "", 5, "It begins with no answer."),
		mail("n2", cy, re, "unseen3", 80, "Agreed."), // long after it
	}
	return debate, pieces
}

// parts are the threads that are pieces: "p0 other of d0".
func parts(t *testing.T, dir string) string {
	t.Helper()
	r, err := index.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	var out []string
	for s, err := range r.AllThreads(t.Context(), query.All{}) {
		if err != nil {
			t.Fatal(err)
		}
		if p := s.PartOf; p != nil {
			if s.Label != "debate" || p.Label == "debate" || s.DebateScore <= p.DebateScore {
				t.Errorf("%s: label %s with %v, by itself %s with %v", s.ID, s.Label, s.DebateScore, p.Label, p.DebateScore)
			}
			out = append(out, strings.TrimSuffix(s.ID, "@x.test")+" of "+strings.TrimSuffix(p.ID, "@x.test"))
		}
	}
	return strings.Join(out, ", ")
}

// An answer that lost its thread belongs to the debate with its subject, in whichever order they come.
func TestPiecesOfADebate(t *testing.T) {
	t.Parallel()
	debate, pieces := quarrel()
	d, p := strings.Join(debate, ""), strings.Join(pieces, "")
	dir := t.TempDir()
	var want []string
	for i, steps := range [][]string{
		{d + p},
		{p + d},
		{d, p},
		{p, d},
		{pieces[0], debate[0], debate[1] + debate[2], strings.Join(debate[3:], ""), strings.Join(pieces[1:], "")},
		{strings.Join(debate[1:], ""), p, debate[0]}, // the root comes last
	} {
		index := filepath.Join(dir, fmt.Sprint("index", i))
		for k, step := range steps {
			box := write(t, filepath.Join(dir, fmt.Sprint(i, "-", k)), step)
			take(t, index, ingest.Options{Sources: []ingest.Source{{Path: box, List: "l"}}})
		}
		if got := parts(t, index); got != "p0 of d0, p1 of d0" {
			t.Errorf("steps %d: pieces %q, want p0 and p1 of d0", i, got)
		}
		if want == nil {
			want = dumpWithout(t, index)
		}
		same(t, fmt.Sprint("steps ", i), want, dumpWithout(t, index))
		if _, err := ingest.Retag(t.Context(), ingest.RetagOptions{Dir: index, Analyzer: analyzer(), Force: true}); err != nil {
			t.Fatal(err)
		}
		same(t, fmt.Sprint("retagged ", i), want, dumpWithout(t, index))
	}
}

// A debate that an archive takes back leaves its pieces what they are by themselves.
func TestPiecesOfNothing(t *testing.T) {
	t.Parallel()
	lists, index := t.TempDir(), filepath.Join(t.TempDir(), "index")
	debate, pieces := quarrel()
	var history []commit
	for _, text := range append(debate, pieces[0]) {
		_, mail, _ := strings.Cut(text, "\n")
		history = append(history, commit{text: mail})
	}
	repo := filepath.Join(lists, "x", "git", "0.git")
	epoch(t, repo, history)
	take(t, index, ingest.Options{Sources: sources(lists)})
	if got := parts(t, index); got != "p0 of d0" {
		t.Errorf("pieces %q, want p0 of d0", got)
	}
	for _, c := range history[1:7] {
		history = append(history, commit{c.text, true})
	}
	epoch(t, repo, history)
	take(t, index, ingest.Options{Sources: sources(lists)})
	if got := parts(t, index); got != "" {
		t.Errorf("pieces of what is gone: %q", got)
	}
}
