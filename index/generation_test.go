package index_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"rustle/index"
	"rustle/index/query"
	"rustle/pkg/analysis"
)

func sample(t testing.TB, n int) index.Doc {
	t.Helper()
	return parse(t, fmt.Sprintf("From: Ada Example <ada@example.org>\nTo: list@example.org\nMessage-ID: <m%d@x>\nDate: Mon, 3 Feb 2025 10:00:%02d +0000\nSubject: mail %d\n\n"+
		"> quoted number%d\nThe drivers of number%d work.\n", n, n%60, n, n, n))
}

func samples(t testing.TB, from, to int) []index.Doc {
	t.Helper()
	var out []index.Doc
	for n := from; n < to; n++ {
		out = append(out, sample(t, n))
	}
	return out
}

func count(t testing.TB, r *index.Reader, q string) int {
	t.Helper()
	n, err := query.Parse(q, query.Options{Now: now()})
	if err != nil {
		t.Fatal(err)
	}
	c, err := r.Count(t.Context(), n, false)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func generations(t testing.TB, dir string) []string {
	t.Helper()
	gens, err := filepath.Glob(filepath.Join(dir, "gen-*"))
	if err != nil {
		t.Fatal(err)
	}
	return gens
}

func TestNothingPublished(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "index")
	if _, err := index.Open(dir); !errors.Is(err, index.ErrNoIndex) {
		t.Errorf("Open of nothing: %v", err)
	}
	w, err := index.OpenWriter(dir, index.WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Put(samples(t, 0, 3)...); err != nil {
		t.Fatal(err)
	}
	r, err := w.Reader()
	if err != nil {
		t.Fatal(err)
	}
	if c := count(t, r, "*"); c != 0 {
		t.Errorf("%d messages are visible before a commit", c)
	}
	if v, err := r.Internal("cursor"); v != nil || err != nil {
		t.Errorf("Internal = %q, %v", v, err)
	}
	if ids, err := r.Related(t.Context(), []string{"m1@x"}); len(ids) != 0 || err != nil {
		t.Errorf("Related = %q, %v", ids, err)
	}
	if err := errors.Join(r.Close(), w.Close()); err != nil {
		t.Fatal(err)
	}
	if err := w.Put(sample(t, 1)); !errors.Is(err, index.ErrClosed) {
		t.Errorf("Put after Close: %v", err)
	}
	if _, err := index.Open(dir); !errors.Is(err, index.ErrNoIndex) {
		t.Errorf("Open of an index that was given up: %v", err)
	}
	if s, err := index.Check(dir, ""); s != index.Missing || err != nil {
		t.Errorf("Check = %v, %v", s, err)
	}
	if gens := generations(t, dir); len(gens) != 0 {
		t.Errorf("left behind: %q", gens)
	}
}

// What is put comes back as it was.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	d := sample(t, 1)
	d.Record.Topics = []analysis.Tag{{ID: "memory-safety", Score: 0.5, Evidence: []analysis.Evidence{{Text: "The drivers work.", Start: 0, End: 5, Rule: "r", Weight: 1}}}}
	d.Record.Sources = []analysis.Source{{Path: "/a", Offset: 7, List: "l"}}
	d.Record.Series = &analysis.Series{Version: 2}
	d.Record.Defects = []string{"differs"}
	s := summaries([]index.Doc{d})[0]
	s.Heat = 2
	dir := t.TempDir()
	write(t, dir, []index.Doc{d}, []*analysis.ThreadSummary{s}, map[string][]byte{"cursor": []byte("abc"), "gone": []byte("x")})
	write(t, dir, nil, nil, map[string][]byte{"gone": nil, "more": []byte("def")})
	r := open(t, dir)

	recs, err := r.Records("m1@x")
	if diff := cmp.Diff([]analysis.Record{d.Record}, recs); diff != "" || err != nil {
		t.Errorf("Records (-want +got) %v:\n%s", err, diff)
	}
	mails, err := r.Mails("m1@x")
	if err != nil || len(mails) != 1 {
		t.Fatal(mails, err)
	}
	if diff := cmp.Diff(d.Mail, mails[0], cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("Mails (-want +got):\n%s", diff)
	}
	doc, err := r.Document("m1@x", d.Record.Hash)
	if diff := cmp.Diff(&d, doc, cmpopts.EquateEmpty()); diff != "" || err != nil {
		t.Errorf("Document (-want +got) %v:\n%s", err, diff)
	}
	if doc, err := r.Document("m1@x", "other"); doc != nil || err != nil {
		t.Errorf("Document of another hash: %v, %v", doc, err)
	}
	got, err := r.Thread("m1@x")
	if diff := cmp.Diff(s, got); diff != "" || err != nil {
		t.Errorf("Thread (-want +got) %v:\n%s", err, diff)
	}
	if got, err := r.Thread("none"); got != nil || err != nil {
		t.Errorf("Thread of nothing: %v, %v", got, err)
	}
	for key, want := range map[string]string{"cursor": "abc", "gone": "", "more": "def"} {
		if v, err := r.Internal(key); string(v) != want || err != nil {
			t.Errorf("Internal(%s) = %q, %v", key, v, err)
		}
	}
	st, err := r.Stats(t.Context())
	if err != nil || st.Messages != 1 || st.Threads != 1 || st.Bytes == 0 || st.First.IsZero() || st.Fingerprint != "rules-1" {
		t.Errorf("Stats = %+v, %v", st, err)
	}
	if err := index.Verify(t.Context(), dir); err != nil {
		t.Error(err)
	}
}

// Mail with the same id: the same content replaces, another one stands beside.
func TestReplaceAndDelete(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, b := sample(t, 1), sample(t, 1)
	b.Record.Hash, b.Mail.Hash = "other", "other"
	write(t, dir, append(samples(t, 0, 10), b), summaries(samples(t, 0, 10)), nil)
	changed := a
	changed.Record.Stance.Label = "oppose"
	write(t, dir, []index.Doc{changed}, nil, nil)

	w, err := index.OpenWriter(dir, index.WriterOptions{Fingerprint: "rules-1"})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		w.DeleteMessage("m2@x", sample(t, 2).Record.Hash), w.DeleteMessage("m3@x", "unknown"), w.Put(sample(t, 20)), w.Delete("m4@x", "m20@x", "nothing@x"),
		w.DeleteThread("m5@x"), w.Commit(t.Context(), nil), w.Close(),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	r := open(t, dir)
	hashes, err := r.Hashes(t.Context(), []string{"m9@x", "m1@x", "m2@x", "m3@x", "m4@x", "m20@x"})
	want := map[string][]string{"m1@x": {a.Record.Hash, "other"}, "m3@x": {sample(t, 3).Record.Hash}, "m9@x": {sample(t, 9).Record.Hash}}
	if diff := cmp.Diff(want, hashes); diff != "" || err != nil {
		t.Errorf("Hashes (-want +got) %v:\n%s", err, diff)
	}
	for q, want := range map[string]int{"*": 9, "mid:m1@x": 2, "stance:oppose": 1, "number2": 0, "m:m1": 2, "-number2": 9} {
		if got := count(t, r, q); got != want {
			t.Errorf("%s: %d, want %d", q, got, want)
		}
	}
	if s, err := r.Thread("m5@x"); s != nil || err != nil {
		t.Errorf("deleted thread: %v, %v", s, err)
	}
	if st, err := r.Stats(t.Context()); err != nil || st.Messages != 9 || st.Threads != 9 {
		t.Errorf("Stats = %+v, %v", st, err)
	}
}

func TestRelated(t *testing.T) {
	t.Parallel()
	mail := func(id string, refs ...string) index.Doc {
		raw := "From: a@b.c\nMessage-ID: <" + id + ">\n"
		if len(refs) > 0 {
			raw += "References: <" + strings.Join(refs, "> <") + ">\n"
		}
		return parse(t, raw+"Subject: s\n\nx\n")
	}
	dir := t.TempDir()
	docs := []index.Doc{mail("a@x"), mail("b@x", "a@x"), mail("c@x", "ghost@x"), mail("d@x", "ghost@x", "c@x"), mail("e@x")}
	write(t, dir, docs, nil, nil)
	r := open(t, dir)
	for ids, want := range map[string]string{"a@x": "a@x", "b@x": "a@x", "ghost@x": "ghost@x", "e@x": "e@x", "c@x e@x nothing@x": "e@x ghost@x", "a@": ""} {
		got, err := r.Related(t.Context(), strings.Fields(ids))
		if diff := cmp.Diff(strings.Fields(want), got, cmpopts.EquateEmpty()); diff != "" || err != nil {
			t.Errorf("Related(%s) (-want +got) %v:\n%s", ids, err, diff)
		}
	}
	recs, err := r.ThreadRecords("ghost@x")
	if err != nil || len(recs) != 2 {
		t.Errorf("ThreadRecords = %v, %v", recs, err)
	}
	docsOf, err := r.ThreadDocuments("a@x")
	if err != nil || len(docsOf) != 2 || docsOf[0].Record.ID != "a@x" {
		t.Errorf("ThreadDocuments = %v, %v", docsOf, err)
	}
}

func TestOneWriter(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w, err := index.OpenWriter(dir, index.WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	// At once: if it waited for the first, this would not end.
	if _, err := index.OpenWriter(dir, index.WriterOptions{}); !errors.Is(err, index.ErrBusy) {
		t.Errorf("second writer: %v", err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if w, err = index.OpenWriter(dir, index.WriterOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Close(), w.Close()); err != nil {
		t.Error(err)
	}
}

// A reader keeps its state, segments are shared between generations, and old ones go away.
func TestGenerations(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, samples(t, 0, 50), nil, nil)
	before := segments(t, dir)
	old := open(t, dir)
	w, err := index.OpenWriter(dir, index.WriterOptions{Fingerprint: "rules-1"})
	if err != nil {
		t.Fatal(err)
	}
	for chunk := range 3 { // several commits of one writer
		if err := w.Put(samples(t, 50+chunk, 51+chunk)...); err != nil {
			t.Fatal(err)
		}
		if all := segments(t, dir); chunk == 0 && (len(all) != 2*len(before) || !os.SameFile(all[0], all[len(before)])) {
			t.Errorf("the new generation does not share its segments: %v", all)
		}
		if c := count(t, open(t, dir), "*"); c != 50+chunk {
			t.Errorf("%d messages while writing, want %d", c, 50+chunk)
		}
		if err := w.Commit(t.Context(), map[string][]byte{"n": []byte(strconv.Itoa(chunk))}); err != nil {
			t.Fatal(err)
		}
		if len(generations(t, dir)) != 1 {
			t.Errorf("generations: %q", generations(t, dir))
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if c := count(t, old, "drivers"); c != 50 {
		t.Errorf("the old reader sees %d messages", c)
	}
	if recs, err := old.Records("m7@x"); len(recs) != 1 || err != nil {
		t.Errorf("the old reader reads %v, %v", recs, err)
	}
	if c := count(t, open(t, dir), "drivers"); c != 53 {
		t.Errorf("a new reader sees %d messages", c)
	}
}

func segments(t testing.TB, dir string) []fs.FileInfo {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "gen-*", "store", "*.zap"))
	if err != nil {
		t.Fatal(err)
	}
	var out []fs.FileInfo
	for _, p := range paths {
		st, err := os.Stat(p)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, st)
	}
	return out
}

func TestCompact(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for i := range 4 {
		write(t, dir, samples(t, 10*i, 10*i+12), nil, map[string][]byte{"n": []byte("x")})
	}
	w, err := index.OpenWriter(dir, index.WriterOptions{Fingerprint: "rules-1"})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{w.Compact(t.Context()), w.Commit(t.Context(), nil), w.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	r := open(t, dir)
	st, err := r.Stats(t.Context())
	if err != nil || st.Segments != 1 || st.Deleted != 0 || st.Messages != 42 || len(segments(t, dir)) != 1 {
		t.Errorf("Stats = %+v, %v", st, err)
	}
	if v, err := r.Internal("n"); string(v) != "x" || err != nil {
		t.Errorf("Internal = %q, %v", v, err)
	}
}

func TestCancelledCommit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, samples(t, 0, 5), nil, nil)
	w, err := index.OpenWriter(dir, index.WriterOptions{Fingerprint: "rules-1"})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Put(samples(t, 5, 9)...); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := w.Commit(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("Commit = %v", err)
	}
	if err := w.Put(sample(t, 1)); err == nil {
		t.Error("a writer goes on after a failed commit")
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if c := count(t, open(t, dir), "*"); c != 5 {
		t.Errorf("%d messages", c)
	}
}

// An index of another schema or other rules, or with damaged files, says so.
func TestState(t *testing.T) {
	t.Parallel()
	edit := func(t *testing.T, dir string, f func(meta map[string]any)) {
		t.Helper()
		path := filepath.Join(generations(t, dir)[0], "meta.json")
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var meta map[string]any
		if err := json.Unmarshal(text, &meta); err != nil {
			t.Fatal(err)
		}
		f(meta)
		if text, err = json.Marshal(meta); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		// Without the checksum, else that is what is told.
		if err := os.WriteFile(filepath.Join(dir, "CURRENT"), []byte(filepath.Base(filepath.Dir(path))+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	schema := func(v int) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			t.Helper()
			edit(t, dir, func(m map[string]any) { m["schema"] = v })
		}
	}
	segment := func(f func(text []byte) []byte) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			t.Helper()
			paths, _ := filepath.Glob(filepath.Join(dir, "gen-*", "store", "*.zap"))
			text, err := os.ReadFile(paths[0])
			if err != nil {
				t.Fatal(err)
			}
			if text = f(text); text == nil {
				err = os.Remove(paths[0])
			} else {
				err = os.WriteFile(paths[0], text, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, c := range []struct {
		name   string
		damage func(t *testing.T, dir string)
		print  string
		want   index.State
		opens  error // of Open and OpenWriter; nil: both work
	}{
		{"ready", func(*testing.T, string) {}, "rules-1", index.Ready, nil},
		{"other rules", func(*testing.T, string) {}, "rules-2", index.OtherRules, nil},
		{"older schema", schema(index.SchemaVersion - 1), "rules-1", index.OlderSchema, &index.SchemaError{}},
		{"newer schema", schema(index.SchemaVersion + 1), "rules-1", index.NewerSchema, &index.SchemaError{}},
		{"pointer to nothing", func(t *testing.T, dir string) {
			t.Helper()
			if err := os.WriteFile(filepath.Join(dir, "CURRENT"), []byte("gen-000099\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, "rules-1", index.Corrupt, index.ErrCorrupt},
		{"pointer outside", func(t *testing.T, dir string) {
			t.Helper()
			if err := os.WriteFile(filepath.Join(dir, "CURRENT"), []byte("../elsewhere\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, "rules-1", index.Corrupt, index.ErrCorrupt},
		{"segment cut short", segment(func(b []byte) []byte { return b[:len(b)/2] }), "rules-1", index.Corrupt, index.ErrCorrupt},
		{"segment missing", segment(func([]byte) []byte { return nil }), "rules-1", index.Corrupt, index.ErrCorrupt},
		{"count wrong", func(t *testing.T, dir string) {
			t.Helper()
			edit(t, dir, func(m map[string]any) { m["messages"] = 7 })
		}, "rules-1", index.Ready, index.ErrCorrupt},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, dir, samples(t, 0, 5), nil, nil)
			c.damage(t, dir)
			if got, err := index.Check(dir, c.print); got != c.want {
				t.Errorf("Check = %v, %v; want %v", got, err, c.want)
			}
			r, err := index.Open(dir)
			var schemaError *index.SchemaError
			switch {
			case c.opens == nil && err != nil,
				errors.As(c.opens, &schemaError) && !errors.As(err, &schemaError),
				c.opens == index.ErrCorrupt && !errors.Is(err, index.ErrCorrupt): //nolint:errorlint // the table holds the bare value
				t.Errorf("Open: %v", err)
			}
			if err == nil {
				if err := r.Close(); err != nil {
					t.Error(err)
				}
			}
			// A fresh index replaces whatever is there.
			w, err := index.OpenWriter(dir, index.WriterOptions{Fresh: true, Fingerprint: "rules-3"})
			if err != nil {
				t.Fatal(err)
			}
			for _, err := range []error{w.Put(samples(t, 0, 2)...), w.Commit(t.Context(), nil), w.Close()} {
				if err != nil {
					t.Fatal(err)
				}
			}
			if n := count(t, open(t, dir), "*"); n != 2 {
				t.Errorf("the fresh index has %d messages", n)
			}
		})
	}
}

func TestOtherRules(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, samples(t, 0, 5), nil, nil)
	if _, err := index.OpenWriter(dir, index.WriterOptions{Fingerprint: "rules-2"}); !errors.Is(err, index.ErrRules) {
		t.Errorf("OpenWriter with other rules: %v", err)
	}
	w, err := index.OpenWriter(dir, index.WriterOptions{Fingerprint: "rules-2", Retag: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{w.Commit(t.Context(), nil), w.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if r := open(t, dir); r.Fingerprint() != "rules-2" || count(t, r, "*") != 5 {
		t.Errorf("retagged: %s", r.Fingerprint())
	}
}

// Readers open and search all the time while generations come and go.
func TestReadersAndWriter(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, samples(t, 0, 10), nil, map[string][]byte{"n": []byte("10")})
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				r, err := index.Open(dir)
				if err != nil {
					t.Error(err)
					return
				}
				n, err := query.Parse("drivers", query.Options{})
				if err != nil {
					t.Error(err)
				}
				found, err := r.Count(t.Context(), n, false)
				want, ierr := r.Internal("n")
				if err != nil || ierr != nil || strconv.Itoa(found) != string(want) {
					t.Errorf("found %d, the cursor says %s: %v, %v", found, want, err, ierr)
				}
				if err := r.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for n := 10; n < 40; n += 3 {
		write(t, dir, samples(t, n, n+3), nil, map[string][]byte{"n": []byte(strconv.Itoa(n + 3))})
	}
	close(stop)
	wg.Wait()
}

const killEnv = "INDEX_TEST_KILL_DIR"

// TestKilled kills a writing process again and again. What is published always belongs together, and
// nothing is left of what was not.
func TestKilled(t *testing.T) {
	t.Parallel()
	if dir := os.Getenv(killEnv); dir != "" {
		writeForEver(t, dir)
		return
	}
	if testing.Short() {
		t.Skip("starts processes")
	}
	dir := filepath.Join(t.TempDir(), "index")
	rnd := rand.New(rand.NewPCG(3, 4))
	last := 0
	for kill := range 30 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestKilled$") //nolint:noctx // it is killed below
		cmd.Env = append(os.Environ(), killEnv+"="+dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(5+rnd.IntN(250)) * time.Millisecond)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // killed
		r, err := index.Open(dir)
		if errors.Is(err, index.ErrNoIndex) && last == 0 {
			continue
		}
		if err != nil {
			t.Fatalf("kill %d: %v", kill, err)
		}
		text, err := r.Internal("n")
		if err != nil {
			t.Fatal(err)
		}
		n, err := strconv.Atoi(string(text))
		if err != nil {
			t.Fatal(err)
		}
		if found := count(t, r, "drivers"); found != n || n < last {
			t.Errorf("kill %d: %d messages, the cursor says %d, before it was %d", kill, found, n, last)
		}
		last = n
		if err := errors.Join(index.Verify(t.Context(), dir), r.Close()); err != nil {
			t.Errorf("kill %d: %v", kill, err)
		}
	}
	t.Logf("%d messages after 30 kills", last)
	write(t, dir, nil, nil, nil)
	if gens := generations(t, dir); len(gens) != 1 {
		t.Errorf("left behind: %q", gens)
	}
}

// writeForEver publishes three messages and a count at a time.
func writeForEver(t *testing.T, dir string) {
	t.Helper()
	w, err := index.OpenWriter(dir, index.WriterOptions{Fingerprint: "rules-1"})
	if err != nil {
		t.Fatal(err)
	}
	r, err := w.Reader()
	if err != nil {
		t.Fatal(err)
	}
	text, err := r.Internal("n")
	if err != nil {
		t.Fatal(err)
	}
	n, _ := strconv.Atoi(string(text)) // nothing yet is 0
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	for ; ; n += 3 {
		if err := w.Put(samples(t, n, n+3)...); err != nil {
			t.Fatal(err)
		}
		if err := w.Commit(t.Context(), map[string][]byte{"n": []byte(strconv.Itoa(n + 3))}); err != nil {
			t.Fatal(err)
		}
	}
}
