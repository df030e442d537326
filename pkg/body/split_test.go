package body_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rustle/pkg/body"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares got with the file and rewrites it under -update.
func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (run with -update to create it)", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// TestSplitFiles splits every text of testdata: adding a file adds a test. NAME.parent is the parent's text; a name
// that begins with "patch-" stands for a posted patch. The author is Ada Example.
func TestSplitFiles(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			o := body.Options{Author: "Ada Example", Patch: strings.HasPrefix(name, "patch-")}
			if parent, err := os.ReadFile(strings.TrimSuffix(file, ".txt") + ".parent"); err == nil {
				o.Parent = string(parent)
			}
			split := body.Split(string(text), o)
			check(t, split, string(text))
			golden(t, strings.TrimSuffix(file, ".txt")+".golden", []byte(dump(split)))
		})
	}
}

// dump writes every line with the kind of its block, then the sentences with the block they answer.
func dump(t *body.Text) string {
	var out strings.Builder
	for _, b := range t.Blocks {
		for line := range strings.Lines(t.Text[b.Start:b.End]) {
			kind := b.Kind.String()
			if b.Depth > 0 {
				kind = fmt.Sprintf("%s %d", kind, b.Depth)
			}
			fmt.Fprintf(&out, "%-11s|%s\n", kind, strings.TrimSuffix(line, "\n"))
		}
	}
	out.WriteString("\n")
	for _, s := range t.Sentences {
		fmt.Fprintf(&out, "%d: %s\n", s.Answers, strings.Join(strings.Fields(t.Own[s.Start:s.End]), " "))
	}
	return out.String()
}

// check holds a split against what Split promises.
func check(t interface {
	Helper()
	Fatalf(string, ...any)
}, s *body.Text, text string,
) {
	t.Helper()
	if s.Text != text {
		t.Fatalf("text changed")
	}
	end := 0
	for i, b := range s.Blocks {
		if b.Start != end || b.End <= b.Start || b.End > len(text) {
			t.Fatalf("block %d is %d..%d after %d", i, b.Start, b.End, end)
		}
		end = b.End
		if (b.Kind == body.Quote) != (b.Depth > 0) {
			t.Fatalf("block %d: %v of depth %d", i, b.Kind, b.Depth)
		}
		if b.Kind.Own() != (b.Own >= 0) {
			t.Fatalf("block %d: %v at %d in Own", i, b.Kind, b.Own)
		}
		if i > 0 && s.Blocks[i-1].Kind == b.Kind && s.Blocks[i-1].Depth == b.Depth {
			t.Fatalf("blocks %d and %d are one", i-1, i)
		}
		if b.Own >= 0 {
			if got := s.Own[b.Own : b.Own+b.End-b.Start]; got != text[b.Start:b.End] {
				t.Fatalf("block %d: %q in Own, %q in Text", i, got, text[b.Start:b.End])
			}
			if start, stop := s.Locate(b.Own, b.Own+b.End-b.Start); start != b.Start || stop != b.End {
				t.Fatalf("block %d: Locate gives %d..%d, want %d..%d", i, start, stop, b.Start, b.End)
			}
			if at := s.BlockAt(b.Own); at != i {
				t.Fatalf("BlockAt(%d) = %d, want %d", b.Own, at, i)
			}
		}
	}
	if end != len(text) {
		t.Fatalf("blocks end at %d of %d", end, len(text))
	}
	last := 0
	for i, q := range s.Sentences {
		if q.Start < last || q.End <= q.Start || q.End > len(s.Own) {
			t.Fatalf("sentence %d is %d..%d after %d", i, q.Start, q.End, last)
		}
		last = q.End
		v := s.Own[q.Start:q.End]
		if strings.TrimSpace(v) != v && strings.Trim(v, " \t\n") != v {
			t.Fatalf("sentence %d has blanks around it: %q", i, v)
		}
		at := s.BlockAt(q.Start)
		if at < 0 || s.Blocks[at].Kind != body.Prose || s.BlockAt(q.End-1) != at {
			t.Fatalf("sentence %d is not inside of one prose block", i)
		}
		if q.Answers >= 0 && (q.Answers >= at || s.Blocks[q.Answers].Kind != body.Quote) {
			t.Fatalf("sentence %d answers block %d", i, q.Answers)
		}
		if start, stop := s.Locate(q.Start, q.End); text[start:stop] != v {
			t.Fatalf("sentence %d: Locate gives %q, want %q", i, text[start:stop], v)
		}
	}
	whole(t, s)
	quoted := strings.Join(s.Quotes(), "")
	for _, part := range []string{s.Prose(), quoted, s.Diff(), s.Trailers(), s.Signature()} {
		if len(part) > len(text)+len(s.Blocks) {
			t.Fatalf("a part is longer than the text")
		}
	}
}

// A line of nothing but the signs that may follow a link is none.
func TestSignsAlone(t *testing.T) {
	t.Parallel()
	for _, signs := range []string{";", ",", ",;,", ";;;;", "[", "<", "(", "-", "/*", "\"", "“"} {
		for _, above := range []string{"", "The lock is taken here, which is\n", "* The lock is taken\n", "    x = 1;\n"} {
			for _, indent := range []string{"", "  ", "    "} {
				for _, below := range []string{"", "and that is how it should go on.", "The lock is not taken then."} {
					text := "He said:\n\n" + above + indent + signs + "\n" + below + "\n"
					check(t, body.Split(text, body.Options{Author: "Ada"}), text)
				}
			}
		}
	}
}

// whole holds the sentences against the prose: a line of it that has a letter is in them from its first to its last byte.
func whole(t interface {
	Helper()
	Fatalf(string, ...any)
}, s *body.Text,
) {
	t.Helper()
	if s.Cut {
		return
	}
	next := 0 // the first sentence that does not end before the line
	for _, b := range s.Blocks {
		if b.Kind != body.Prose {
			continue
		}
		at := b.Own
		for line := range strings.Lines(s.Own[b.Own : b.Own+b.End-b.Start]) {
			end := at + len(line)
			letters := strings.ContainsFunc(line, func(r rune) bool { return r > unicode.MaxASCII || 'a' <= r|0x20 && r|0x20 <= 'z' })
			for pos := at; pos < end && letters; pos++ {
				if strings.IndexByte(" \t\n", s.Own[pos]) >= 0 {
					continue
				}
				for next < len(s.Sentences) && s.Sentences[next].End <= pos {
					next++
				}
				if next == len(s.Sentences) || s.Sentences[next].Start > pos {
					t.Fatalf("byte %d of line %q is in no sentence", pos-at, line)
				}
			}
			at = end
		}
	}
}

// line draws lines as they occur in mail, and some that do not.
func line(t *rapid.T) string {
	return rapid.OneOf(
		rapid.SampledFrom([]string{
			"", " ", "\t", "> q", ">> q", "> > q", " > q", "-- ", "--", "---", "-", "On Mon, 3 Mar 2025, Bob <b@example.org> wrote:", "wrote:", "Hi,", "Thanks,", "Ada", "NAK.",
			"diff --git a/f b/f", "--- a/f", "+++ b/f", "@@ -1,3 +1,3 @@", "@@ -1 +1 @@", "@@ -1,99999 +1,99999 @@", " a", "-a", "+a", "\\ No newline at end of file", "index 1..2",
			" f.c | 2 +-", " 1 file changed", "Reviewed-by: A <a@example.org>", "Fixes: 0123456789ab (\"x\")", "[   12.345678] x", "f.c:1:2: error: x", "\tint x = 0;", "{", "}", "```", "-- >8 --", "8<---",
			"From: A <a@example.org>", "Sent: x", "To: y", "Subject: z", "Date: x", "-----Original Message-----", "_______________________________________________", "a mailing list", "To unsubscribe from this list",
			"-----BEGIN PGP SIGNED MESSAGE-----", "-----BEGIN PGP SIGNATURE-----", "-----END PGP SIGNATURE-----", "| a", "| a | b |", ": a", "AB> a", "- item", "1. item", "a. b? c! d... e :-)", ":", "http://x", "[1] http://x",
			"1:  0123456 ! 1:  0123456 x", "    @@ x", "base-commit: 1", "From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001", ">From x", "some words that are plain and long enough to be a sentence",
		}),
		rapid.StringMatching(`[ -~\t]{0,40}`),
		rapid.String(),
	).Draw(t, "line")
}

func drawText(t *rapid.T, label string) string {
	n := rapid.IntRange(0, 30).Draw(t, label)
	lines := make([]string, n)
	for i := range lines {
		lines[i] = line(t)
	}
	text := strings.Join(lines, "\n")
	if rapid.Bool().Draw(t, "newline") {
		text += "\n"
	}
	return text
}

func TestSplitCoversText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := drawText(t, "lines")
		o := body.Options{Patch: rapid.Bool().Draw(t, "patch"), Author: rapid.SampledFrom([]string{"", "Ada Example", "-"}).Draw(t, "author")}
		if rapid.Bool().Draw(t, "has parent") {
			o.Parent = drawText(t, "parent")
		}
		check(t, body.Split(text, o), text)
	})
}

func FuzzSplit(f *testing.F) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text), "", false)
		f.Add(string(text), string(text), true)
	}
	f.Fuzz(func(t *testing.T, text, parent string, patch bool) {
		s := body.Split(text, body.Options{Patch: patch, Parent: parent, Author: "Ada Example"})
		check(t, s, text)
	})
}

func TestLocateOutOfRange(t *testing.T) {
	t.Parallel()
	s := body.Split("> q\none\n> q\ntwo\n", body.Options{})
	if s.Own != "one\n\ntwo\n" {
		t.Fatalf("Own %q", s.Own)
	}
	for _, tt := range []struct{ from, to, start, end int }{
		{-5, -1, 4, 4},
		{0, 3, 4, 7},
		{0, 4, 4, 8},
		{4, 5, 8, 12}, // the added line end lies between the blocks
		{5, 8, 12, 15},
		{0, 9, 4, 16},
		{7, 99, 14, 16},
		{99, 99, 16, 16},
		{6, 2, 13, 13},
	} {
		if start, end := s.Locate(tt.from, tt.to); start != tt.start || end != tt.end {
			t.Errorf("Locate(%d, %d) = %d, %d, want %d, %d", tt.from, tt.to, start, end, tt.start, tt.end)
		}
	}
	if s.BlockAt(4) != -1 || s.BlockAt(-1) != -1 || s.BlockAt(100) != -1 {
		t.Error("BlockAt finds a block where there is none")
	}
}

// TestHostile feeds texts that are made to cost time.
func TestHostile(t *testing.T) {
	t.Parallel()
	const n = 200000
	for name, text := range map[string]string{
		"long line":       strings.Repeat("x", 10<<20),
		"long quote":      strings.Repeat(">", 10<<20),
		"long words":      strings.Repeat("word ", 2<<20),
		"stops":           strings.Repeat(". ", 1<<20),
		"counted stops":   strings.Repeat("1! 2! ", n),
		"counted colons":  strings.Repeat("1:\n", n),
		"deep stops":      strings.Repeat(" ", n) + strings.Repeat("1! ", n),
		"signature lines": strings.Repeat("-- \n", n),
		"dashes":          strings.Repeat("--\nx\n", n),
		"rules":           strings.Repeat("_______________________________________________\n", n/4),
		"attributions":    strings.Repeat("On x@y wrote:\n", n),
		"half quotes":     strings.Repeat("On x@y\nwrote:\n> q\n", n/2),
		"headers":         strings.Repeat("From: a@b\n", n),
		"outlook":         strings.Repeat("From: a@b\nSent: x\nTo: y\n", n/2),
		"pgp":             strings.Repeat("-----BEGIN PGP SIGNATURE-----\n", n/4),
		"pgp open":        strings.Repeat("-----BEGIN PGP MESSAGE-----\nx\n\n", n/4),
		"hunks":           strings.Repeat("@@ -1,9999999 +1,9999999 @@\n", n/2),
		"blank hunks":     strings.Repeat("@@ -1,9999999 +1,9999999 @@\n\n", n/2),
		"hunk and blanks": "@@ -1,9999999 +1,9999999 @@\n" + strings.Repeat("\n", n),
		"plus lines":      strings.Repeat("+\n", n),
		"range-diff":      strings.Repeat("1:  0123456 ! 1:  0123456 x\n", n/2) + strings.Repeat("\n", n),
		"fences":          strings.Repeat("```\n", n),
		"scissors":        strings.Repeat("-- >8 --\n", n),
		"patches":         strings.Repeat("Subject: x\n\n", n/2),
		"rule and blanks": strings.Repeat("---\n\n", n/2),
		"names":           strings.Repeat("Ada\n\n", n),
		"closings":        strings.Repeat("Thanks,\nAda\n> q\n", n/2),
		"bars":            strings.Repeat("| x\n", n),
		"blank lines":     strings.Repeat("\n", n*5),
		"spaced blanks":   strings.Repeat("> q\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n", n/10),
		"open blanks":     strings.Repeat("x\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n", n/10),
		"indented":        strings.Repeat("    x\n", n),
		"steps":           strings.Repeat("    x\n      x\n", n),
		"quotation marks": strings.Repeat("\"x\n", n),
		"code and blanks": strings.Repeat("    x = y;\n\n\n\n\n\n\n\n\n\n\n    x\n", n/10),
	} {
		t.Run(name, func(t *testing.T) {
			check(t, body.Split(text, body.Options{Parent: text[:min(len(text), 1<<20)], Author: "Ada"}), text)
			check(t, body.Split(text, body.Options{Patch: true}), text)
		})
	}
}
