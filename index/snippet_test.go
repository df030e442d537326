package index_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rustle/index"
	"rustle/index/query"
)

// snippet is that of the only mail that a query finds, with hits in square brackets.
func snippet(t *testing.T, r *index.Reader, q string) string {
	t.Helper()
	n, err := query.Parse(q, query.Options{})
	if err != nil {
		t.Fatal(err)
	}
	res, err := r.Search(t.Context(), n, index.SearchOptions{Snippets: true})
	if err != nil || len(res.Hits) != 1 {
		t.Fatalf("%s: %v, %v", q, res, err)
	}
	return strings.NewReplacer(index.SnippetOpen, "[", index.SnippetClose, "]").Replace(res.Hits[0].Snippet)
}

func TestSnippet(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("filler goes on and on here. ", 20)
	raw := "From: a@example.org\nMessage-ID: <one@x>\nSubject: s\n\n> quoted unsound drivers\n\n" + long + "The Driver’s bindings are unsound in dma_alloc.\n" + long + "\n"
	dir := t.TempDir()
	write(t, dir, []index.Doc{parse(t, raw)}, nil, nil)
	r := open(t, dir)
	for q, want := range map[string]string{
		"driver":         "… The [Driver]’s bindings are unsound in dma_alloc. filler …",
		"unsound driver": "[Driver]’s bindings are [unsound]",
		"dma_alloc":      "[dma_alloc].",
		"alloc":          "[dma_alloc].",
		"DMA":            "[dma_alloc].",
		"ünsound":        "[unsound]",
		"bind*":          "[bindings]",
		"q:unsound":      "[unsound]",
		"f:a":            "filler goes on and on here.",
		"s:s -nothing":   "filler goes on and on here.",
	} {
		got := snippet(t, r, q)
		if !strings.Contains(got, strings.Trim(strings.Split(want, " filler")[0], "… ")) || len(got) > 400 || strings.Contains(got, "\n") {
			t.Errorf("%s (-want +got):\n%s", q, cmp.Diff(want, got))
		}
	}
}

// Of a long patch the first place will do, but one that has its only place at the end shows that.
func TestSnippetOfLongPatch(t *testing.T) {
	t.Parallel()
	diff := "diff --git a/lib.rs b/lib.rs\n@@ -0,0 +1,9000 @@\n+unsafe fn first()\n" + strings.Repeat("-line\n+line that is new\n", 9000) + "+unsafe { unsafe { last() } }\n"
	m := parse(t, "From: a@example.org\nMessage-ID: <one@x>\nSubject: s\n\nA crate.\n")
	start := len(m.Mail.Text)
	m.Mail.Text += diff
	m.Parts = append(m.Parts, index.Part{Kind: index.Diff, Start: start, End: start + len(diff)})
	dir := t.TempDir()
	write(t, dir, []index.Doc{m}, nil, nil)
	r := open(t, dir)
	for q, want := range map[string]string{"unsafe": "[unsafe] fn first()", "last": "{ [last]() }", "unsafe last": "[unsafe] fn first()"} {
		got := snippet(t, r, q)
		if !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", q, got, want)
		}
	}
}
