package index_test

import (
	"path/filepath"
	"testing"

	"github.com/blevesearch/bleve/v2"

	"rustle/index"
)

// Whoever knows bleve can open a generation with it; more than counting and stored fields is not
// promised.
func TestBleveOpensAGeneration(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "index")
	for round, want := range []uint64{3, 5} { // the second is derived from the first
		w, err := index.OpenWriter(dir, index.WriterOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Put(samples(t, 3*round, int(want))...); err != nil {
			t.Fatal(err)
		}
		if err := w.Commit(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		gens := generations(t, dir)
		b, err := bleve.OpenUsing(gens[len(gens)-1], map[string]any{"read_only": true})
		if err != nil {
			t.Fatal(err)
		}
		n, err := b.DocCount()
		if err != nil || n != want {
			t.Errorf("bleve counts %d documents (%v), want %d", n, err, want)
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
