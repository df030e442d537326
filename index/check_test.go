package index_test

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rustle/index"
	"rustle/index/query"
)

// files are the files of an index, below its directory, by name.
func files(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all[name], err = os.ReadFile(filepath.Join(dir, name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// A bit that flips anywhere, in any file, is told with the name of the file: by Verify, and by a Writer before
// it goes on from it. Whatever else a damaged index does, it does not panic.
func TestFlippedBits(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, samples(t, 0, 300), summaries(samples(t, 0, 30)), map[string][]byte{"cursor": []byte("300")})
	write(t, dir, samples(t, 300, 303), nil, nil) // a second segment
	random := rand.New(rand.NewPCG(1, 2))
	told := map[string]int{}
	whole := files(t, dir)
	for _, name := range slices.Sorted(maps.Keys(whole)) { // in order, so that the same bits flip each time
		good := whole[name]
		path := filepath.Join(dir, name)
		for i := range min(len(good), 40) {
			bad := bytes.Clone(good)
			at := random.IntN(len(bad))
			if len(bad) <= 40 { // every byte
				at = i
			}
			bad[at] ^= 1 << random.IntN(8)
			if err := os.WriteFile(path, bad, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := index.Verify(t.Context(), dir); !errors.Is(err, index.ErrCorrupt) || !strings.Contains(err.Error(), path) {
				t.Errorf("%s, byte %d: %v", name, at, err)
			} else {
				told[filepath.Base(name)]++
			}
			if err := change(t, dir, nil); !errors.Is(err, index.ErrCorrupt) || !strings.Contains(err.Error(), path) {
				t.Errorf("%s, byte %d: a writer says %v", name, at, err)
			}
			searchAnyhow(t, dir)
		}
		if err := os.WriteFile(path, good, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := index.Verify(t.Context(), dir); err != nil {
		t.Error(err)
	}
	if len(told) < 6 {
		t.Errorf("flips in %v, want some in CURRENT, meta.json, index_meta.json, root.bolt, the dictionary and segments", told)
	}
}

// change puts a mail into an index and publishes it, after prepare.
func change(t *testing.T, dir string, prepare func(w *index.Writer) error) error {
	t.Helper()
	w, err := index.OpenWriter(dir, index.WriterOptions{Fingerprint: "rules-1"})
	if err != nil {
		return err
	}
	defer func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}()
	if prepare != nil {
		if err := prepare(w); err != nil {
			return err
		}
	}
	if err := w.Put(sample(t, 1)); err != nil {
		return err
	}
	return w.Commit(t.Context(), nil)
}

// searchAnyhow searches an index that may be damaged.
func searchAnyhow(t *testing.T, dir string) {
	t.Helper()
	r, err := index.Open(dir)
	if err != nil {
		return
	}
	for _, q := range []string{"drivers", "\"of number3\"", "f:ada", "d:2025", "thread:{number4}", "numbr~", "s:/mail/"} {
		n, err := query.Parse(q, query.Options{})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = r.Search(t.Context(), n, index.SearchOptions{Sort: index.ByRank, Snippets: true})
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// Of an index that is too large to be read whole each time, a writer reads what it merges, so that damage never
// gets a checksum that fits; what it leaves alone stays as it is, and Verify tells.
func TestLargeIndexIsReadWhenMerged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, samples(t, 0, 30), nil, nil)
	paths, err := filepath.Glob(filepath.Join(dir, "gen-*", "store", "*.zap"))
	if err != nil || len(paths) != 1 {
		t.Fatal(paths, err)
	}
	name := filepath.Base(paths[0])
	flip := func() { // the last bit of the checksum, which nothing else reads
		paths, err := filepath.Glob(filepath.Join(dir, "gen-*", "store", name))
		if err != nil || len(paths) == 0 {
			t.Fatal(paths, err)
		}
		text, err := os.ReadFile(paths[0])
		if err != nil {
			t.Fatal(err)
		}
		text[len(text)-1] ^= 1
		if err := os.WriteFile(paths[0], text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	err = change(t, dir, func(w *index.Writer) error {
		flip()
		w.AsIfUnread(name)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := index.Verify(t.Context(), dir); !errors.Is(err, index.ErrCorrupt) {
		t.Errorf("what was left alone: %v", err)
	}
	flip() // mended
	before := generations(t, dir)
	err = change(t, dir, func(w *index.Writer) error {
		flip()
		w.AsIfUnread(name)
		return w.Compact(t.Context())
	})
	if !errors.Is(err, index.ErrCorrupt) || !strings.Contains(err.Error(), name) {
		t.Errorf("what was merged: %v", err)
	}
	if after := generations(t, dir); len(after) != 1 || after[0] != before[0] {
		t.Errorf("published: %v instead of %v", after, before)
	}
}
