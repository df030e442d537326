package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rustle/index/query"
)

// TestReadme runs the session of the README from the root of the repository, against a new index, and
// compares what it prints; -update writes what it printed. The README cannot rot.
func TestReadme(t *testing.T) {
	const path = "../../README.md"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	getenv := func(name string) string {
		switch name {
		case "HOME", "XDG_CONFIG_HOME":
			return dir
		case "RUSTLE_INDEX":
			return filepath.Join(dir, "index")
		}
		return ""
	}
	t.Chdir("../..")
	run := func(line string) string {
		var out, notes bytes.Buffer
		execute(t.Context(), shellWords(t, line), &env{
			stdin: strings.NewReader(""), stdout: &out, stderr: &notes, getenv: getenv,
			now: func() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) },
		})
		return head(out.String()) + notes.String()
	}
	got, commands := rerun(string(text), run)
	if commands < 5 {
		t.Fatalf("the README runs %d commands: the session is gone", commands)
	}
	if *update {
		if err := os.WriteFile("README.md", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(text), got); diff != "" {
		t.Errorf("the README prints something else (-README +run); go test ./cmd/rustle -run Readme -update\n%s", diff)
	}
}

// rerun replaces what follows each "$ rustle ..." of the console blocks by what the command prints. A
// line "..." in the README stands for lines left out: the lines before it must agree.
func rerun(text string, run func(string) string) (out string, commands int) {
	var b strings.Builder
	in, skip := false, false
	for line := range strings.Lines(text) {
		switch {
		case strings.HasPrefix(line, "```"):
			in = !in && strings.HasPrefix(line, "```console")
			skip = false
		case in && strings.HasPrefix(line, "$ "):
			b.WriteString(line)
			skip = true
			if args, ok := strings.CutPrefix(strings.TrimSpace(line), "$ rustle "); ok {
				commands++
				b.WriteString(run(args))
			}
			continue
		case in && skip:
			continue
		}
		b.WriteString(line)
	}
	return b.String(), commands
}

// head keeps the README short: the first lines of a long answer.
func head(s string) string {
	const most = 14
	lines := strings.SplitAfter(s, "\n")
	if len(lines) <= most+1 {
		return s
	}
	return strings.Join(lines[:most], "") + "...\n"
}

// shellWords splits a command line of the README: words and 'quoted words'.
func shellWords(t *testing.T, line string) []string {
	t.Helper()
	var words []string
	for rest := strings.TrimSpace(line); rest != ""; rest = strings.TrimSpace(rest) {
		if quoted, ok := strings.CutPrefix(rest, "'"); ok {
			word, after, closed := strings.Cut(quoted, "'")
			if !closed {
				t.Fatalf("README: unbalanced quote in %q", line)
			}
			words, rest = append(words, word), after
			continue
		}
		word, after, _ := strings.Cut(rest, " ")
		words, rest = append(words, word), after
	}
	return words
}

// TestReadmeFields holds the README's table of query fields against the parser's own.
func TestReadmeFields(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range query.Fields() {
		if !strings.Contains(string(text), "`"+string(f.Name)+":`") {
			t.Errorf("the README does not name the field %s:", f.Name)
		}
	}
}
