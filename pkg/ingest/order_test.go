package ingest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"rustle/pkg/ingest"
)

// One ingest of everything is the same as any order of archives and any cut into increments.
func TestAnyOrderAnySplit(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	check := 0
	rapid.Check(t, func(t *rapid.T) {
		check++
		work := filepath.Join(root, fmt.Sprint(check))
		defer func() { _ = os.RemoveAll(work) }()
		var paths []string
		var texts []string
		for i, b := range mailboxes(t, letters(t)) {
			texts = append(texts, strings.Join(b, ""))
			paths = append(paths, write(t, filepath.Join(work, "boxes", fmt.Sprintf("box%d.mbox", i)), texts[i]))
		}
		whole := filepath.Join(work, "whole")
		stats := take(t, whole, ingest.Options{Sources: sources(paths...), Workers: 2})
		want := dump(t, whole)
		if stats.Read != stats.New+stats.Known {
			t.Fatalf("%d read, but %d new and %d known", stats.Read, stats.New, stats.Known)
		}

		// Once more adds nothing.
		gen := generation(t, whole)
		if again := take(t, whole, ingest.Options{Sources: sources(paths...)}); again.New+again.Written+again.Threads != 0 {
			t.Fatalf("a second ingest did something: %+v", again)
		}
		if got := generation(t, whole); got != gen {
			t.Fatalf("a second ingest published %s after %s", got, gen)
		}

		// In another order, in small pieces, and with archives that grow between runs.
		pieces := filepath.Join(work, "pieces")
		type step struct {
			box, bytes int
		}
		var steps []step
		for i, text := range texts {
			if rapid.Bool().Draw(t, "grows") {
				steps = append(steps, step{i, rapid.IntRange(len("From mboxrd@z Thu Jan  1 00:00:00 1970\nFrom: x\n"), len(text)).Draw(t, "bytes")})
			}
		}
		for _, i := range rapid.Permutation(indices(len(texts))).Draw(t, "then") {
			steps = append(steps, step{i, len(texts[i])})
		}
		for _, s := range steps {
			write(t, paths[s.box], texts[s.box][:s.bytes])
			take(t, pieces, ingest.Options{
				Sources: sources(paths[s.box]), Workers: rapid.IntRange(1, 2).Draw(t, "workers"), Chunk: rapid.SampledFrom([]int{0, 1, 3}).Draw(t, "chunk"),
			})
		}
		same(t, "in pieces", want, dump(t, pieces))
	})
}

// The mails of a maildir and of an mbox make the same index, apart from where they were found.
func TestForms(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var box strings.Builder
	for i := range 5 {
		l := letter{id: fmt.Sprintf("m%d@x.test", i), from: "Ann <ann@people.test>", subject: "Rust in the kernel", body: bodies[i], date: now}
		if i > 0 {
			l.refs = []string{fmt.Sprintf("m%d@x.test", (i-1)/2)}
		}
		box.WriteString(l.text(1))
		_, mail, _ := strings.Cut(l.text(1), "\n")
		write(t, filepath.Join(dir, "maildir", "cur", fmt.Sprintf("%d.x:2,S", i)), strings.TrimSuffix(mail, "\n"))
	}
	for _, sub := range []string{"new", "tmp"} {
		if err := os.MkdirAll(filepath.Join(dir, "maildir", sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(dir, "box.mbox"), box.String())
	take(t, filepath.Join(dir, "a"), ingest.Options{Sources: []ingest.Source{{Path: filepath.Join(dir, "box.mbox"), List: "l"}}})
	take(t, filepath.Join(dir, "b"), ingest.Options{Sources: []ingest.Source{{Path: filepath.Join(dir, "maildir"), List: "l"}}})
	same(t, "maildir", dumpWithout(t, filepath.Join(dir, "a")), dumpWithout(t, filepath.Join(dir, "b")))
}
