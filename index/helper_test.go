package index_test

import (
	"context"
	"os"

	"pgregory.net/rapid"

	"rustle/index"
)

func tempDir(t *rapid.T) (dir string, remove func()) {
	dir, err := os.MkdirTemp("", "index-model-")
	if err != nil {
		t.Fatal(err)
	}
	return dir, func() { _ = os.RemoveAll(dir) }
}

func put(t *rapid.T, dir string, docs []index.Doc) {
	w, err := index.OpenWriter(dir, index.WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Put(docs...); err != nil {
		t.Fatal(err)
	}
	if err := w.Commit(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}
