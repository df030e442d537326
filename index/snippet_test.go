package index_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rustle/index"
	"rustle/index/query"
)

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
		n, err := query.Parse(q, query.Options{})
		if err != nil {
			t.Fatal(err)
		}
		res, err := r.Search(t.Context(), n, index.SearchOptions{Snippets: true})
		if err != nil || len(res.Hits) != 1 {
			t.Fatalf("%s: %v, %v", q, res, err)
		}
		got := strings.NewReplacer(index.SnippetOpen, "[", index.SnippetClose, "]").Replace(res.Hits[0].Snippet)
		if !strings.Contains(got, strings.Trim(strings.Split(want, " filler")[0], "… ")) || len(got) > 400 || strings.Contains(got, "\n") {
			t.Errorf("%s (-want +got):\n%s", q, cmp.Diff(want, got))
		}
	}
}
