package index_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"rustle/index"
	"rustle/index/query"
	"rustle/pkg/analysis"
)

// TestSearch runs testdata/search/*.txtar. An archive holds mails (*.eml, see parse), summaries laid
// over those of their threads (*.thread, JSON with an id) and queries, one per line:
//
//	QUERY => IDS                 in the order of the results, newest first; an id is written without @x
//	rank| QUERY => IDS           in another order: rank, thread-size, heat
//	threads| QUERY => IDS        threads, by newest match
//	facet NAME| QUERY => VALUE=COUNT ...
//	error| QUERY => a part of the message
func TestSearch(t *testing.T) {
	t.Parallel()
	archives, err := filepath.Glob("testdata/search/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, path := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			a, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var docs []index.Doc
			for _, f := range a.Files {
				if filepath.Ext(f.Name) == ".eml" {
					docs = append(docs, parse(t, string(f.Data)))
				}
			}
			threads := summaries(docs)
			for _, f := range a.Files {
				if filepath.Ext(f.Name) == ".thread" {
					overlay(t, threads, f.Data)
				}
			}
			dir := t.TempDir()
			half := len(docs) / 2 // two segments at least, and a generation made from another
			write(t, dir, docs[:half], nil, nil)
			write(t, dir, docs[half:], threads, nil)
			r := open(t, dir)
			for _, f := range a.Files {
				if f.Name != "queries" {
					continue
				}
				for i, line := range strings.Split(string(f.Data), "\n") {
					if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
						ask(t, r, fmt.Sprintf("%s:%d", filepath.Base(path), i+1), line)
					}
				}
			}
		})
	}
}

func overlay(t *testing.T, threads []*analysis.ThreadSummary, data []byte) {
	t.Helper()
	var id struct{ ID string }
	if err := json.Unmarshal(data, &id); err != nil {
		t.Fatal(err)
	}
	for _, s := range threads {
		if s.ID == id.ID {
			if err := json.Unmarshal(data, s); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatalf("no thread %q", id.ID)
}

func ask(t *testing.T, r *index.Reader, at, line string) {
	t.Helper()
	q, want, ok := strings.Cut(line, "=>")
	if !ok {
		t.Errorf("%s: no => in %q", at, line)
		return
	}
	mode, rest, ok := strings.Cut(q, "|")
	if ok {
		q = rest
	} else {
		mode = "date"
	}
	q, want = strings.TrimSpace(q), strings.TrimSpace(want)
	n, err := query.Parse(q, query.Options{Now: now()})
	if err != nil {
		t.Errorf("%s: %v", at, err)
		return
	}
	got, err := answer(t, r, mode, n)
	if mode == "error" {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %s: error %v, want %q", at, q, err, want)
		}
		return
	}
	if err != nil {
		t.Errorf("%s: %s: %v", at, q, err)
		return
	}
	if diff := cmp.Diff(strings.Fields(want), strings.Fields(got)); diff != "" {
		t.Errorf("%s: %s (-want +got):\n%s", at, q, diff)
	}
}

func answer(t *testing.T, r *index.Reader, mode string, n query.Node) (string, error) {
	t.Helper()
	var out []string
	short := func(id string) string { return strings.TrimSuffix(id, "@x") }
	switch name, isFacet := strings.CutPrefix(mode, "facet "); {
	case isFacet:
		counts, err := r.Facet(t.Context(), n, strings.TrimSpace(name))
		for _, c := range counts {
			out = append(out, fmt.Sprintf("%s=%d", strings.ReplaceAll(c.Value, " ", "_"), c.Count))
		}
		return strings.Join(out, " "), err
	case mode == "threads":
		res, err := r.Threads(t.Context(), n, index.SearchOptions{})
		for _, h := range res.Hits {
			out = append(out, short(h.Summary.ID))
		}
		if c, err := r.Count(t.Context(), n, true); err != nil || c != len(out) || res.Total != c {
			t.Errorf("%s: %d threads, counted %d, total %d: %v", n, len(out), c, res.Total, err)
		}
		return strings.Join(out, " "), err
	}
	by := index.ByDate
	if mode != "error" {
		var err error
		if by, err = index.ParseSort(strings.TrimSpace(mode)); err != nil {
			return "", err
		}
	}
	res, err := r.Search(t.Context(), n, index.SearchOptions{Sort: by, Snippets: true})
	if err != nil {
		return "", err
	}
	for _, h := range res.Hits {
		out = append(out, short(h.Record.ID))
	}
	if c, err := r.Count(t.Context(), n, false); err != nil || c != len(out) || res.Total != c {
		t.Errorf("%s: %d hits, counted %d, total %d: %v", n, len(out), c, res.Total, err)
	}
	// A negation finds all the others.
	rest, err := r.Count(t.Context(), query.Not{Node: n}, false)
	all, allErr := r.Count(t.Context(), query.All{}, false)
	if err != nil || allErr != nil || rest+len(out) != all {
		t.Errorf("%s: %d match, %d do not, of %d: %v, %v", n, len(out), rest, all, err, allErr)
	}
	return strings.Join(out, " "), nil
}
