package ingest_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rustle/index"
	"rustle/index/query"
	"rustle/pkg/analysis"
	"rustle/pkg/export"
	"rustle/pkg/ingest"
)

// childVar turns the test program into an ingest of what it names: see TestKill.
const childVar = "RUSTLE_TEST_INGEST"

func TestMain(m *testing.M) {
	if job := os.Getenv(childVar); job != "" {
		if err := child(job); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(highWater())
		os.Exit(0)
	}
	flag.Parse()
	// A check takes several whole ingests, so the default of 100 is only for those who ask for it.
	if f := flag.Lookup("rapid.checks"); f != nil && f.Value.String() == f.DefValue {
		if err := f.Value.Set("15"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

var now = time.Date(2025, 11, 24, 12, 0, 0, 0, time.UTC)

// analyzer compiles the rules once for all tests.
var analyzer = sync.OnceValue(func() *analysis.Analyzer {
	a, err := analysis.New(analysis.Options{})
	if err != nil {
		panic(err)
	}
	return a
})

// failer is what testing.T and rapid.T have in common.
type failer interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func sources(paths ...string) []ingest.Source {
	var out []ingest.Source
	for _, p := range paths {
		out = append(out, ingest.Source{Path: p})
	}
	return out
}

// take runs an ingest that must not fail.
func take(t failer, dir string, o ingest.Options) ingest.Stats {
	t.Helper()
	o.Dir, o.Analyzer, o.Now = dir, analyzer(), now
	stats, err := ingest.Run(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return stats
}

// A document is all that the index holds of a mail.
type document struct {
	Record analysis.Record
	Mail   json.RawMessage
	Parts  []index.Part
}

// dump is the whole content of an index, line by line in a fixed order, and all exports of it.
func dump(t failer, dir string) []string {
	t.Helper()
	return lines(t, dir, func(*analysis.Record) {})
}

// exports are the lines of all exports, each with its place: the order is a part of them.
func exports(t failer, r *index.Reader, change func(*analysis.Record)) []string {
	t.Helper()
	records := func(yield func(analysis.Record) bool) {
		for rec, err := range r.All(context.Background(), query.All{}) {
			if err != nil {
				t.Fatal(err)
			}
			change(&rec)
			if !yield(rec) {
				return
			}
		}
	}
	threads := func(yield func(analysis.ThreadSummary) bool) {
		for s, err := range r.AllThreads(context.Background(), query.All{}) {
			if err != nil {
				t.Fatal(err)
			}
			if !yield(*s) {
				return
			}
		}
	}
	var out []string
	for name, write := range map[string]func(io.Writer) (int, error){
		"messages":  func(w io.Writer) (int, error) { return export.Messages(w, "csv", records) },
		"threads":   func(w io.Writer) (int, error) { return export.Threads(w, "csv", threads) },
		"people":    func(w io.Writer) (int, error) { return export.People(w, "csv", records) },
		"sentences": func(w io.Writer) (int, error) { return export.Sentences(w, "csv", records) },
	} {
		var b strings.Builder
		if _, err := write(&b); err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.SplitAfter(b.String(), "\n") {
			out = append(out, fmt.Sprintf("export of %s, line %04d: %s", name, i, line))
		}
	}
	return out
}

// dumpWithout is dump without the places where mail was found.
func dumpWithout(t failer, dir string) []string {
	t.Helper()
	return lines(t, dir, func(r *analysis.Record) { r.Sources = nil })
}

func lines(t failer, dir string, change func(*analysis.Record)) []string {
	t.Helper()
	r, err := index.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}()
	var out []string
	add := func(v any) {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(text))
	}
	for d, err := range r.Documents(context.Background(), query.All{}) {
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(d.Mail)
		if err != nil {
			t.Fatal(err)
		}
		change(&d.Record)
		add(document{d.Record, text, d.Parts})
	}
	messages := len(out)
	for s, err := range r.AllThreads(context.Background(), query.All{}) {
		if err != nil {
			t.Fatal(err)
		}
		add(s)
		messages -= s.Messages
	}
	if messages != 0 {
		t.Fatalf("threads count %d messages too few", messages)
	}
	out = append(out, exports(t, r, change)...)
	slices.Sort(out)
	return out
}

// same fails when two dumps differ and shows where.
func same(t failer, what string, want, got []string) {
	t.Helper()
	if slices.Equal(want, got) {
		return
	}
	missing := slices.DeleteFunc(slices.Clone(want), func(s string) bool { return slices.Contains(got, s) })
	extra := slices.DeleteFunc(slices.Clone(got), func(s string) bool { return slices.Contains(want, s) })
	t.Fatalf("%s: %d lines instead of %d\nmissing %d, the first:\n%s\ntoo many %d, the first:\n%s\ndiff: %s", what, len(got), len(want),
		len(missing), first(missing), len(extra), first(extra), cmp.Diff(first(missing), first(extra)))
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

func generation(t failer, dir string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "CURRENT"))
	if err != nil {
		t.Fatal(err)
	}
	gen, _, _ := strings.Cut(strings.TrimSpace(string(text)), " ")
	return gen
}

func write(t failer, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// git runs git in a repository with nothing of the user's configuration.
func git(t failer, repo, stdin string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", append([]string{"--git-dir=" + repo}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1")
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}
