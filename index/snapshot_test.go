package index

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2/util"
	bolt "go.etcd.io/bbolt"

	"rustle/pkg/analysis"
	"rustle/pkg/mail"
)

// Checksums keep a changed root.bolt from being opened at all. What another program wrote there, with sums that fit, is
// an error as well.
func TestSnapshotForm(t *testing.T) {
	t.Parallel()
	put := func(key []byte, value string) func(*bolt.Bucket) error {
		return func(b *bolt.Bucket) error { return b.Put(key, []byte(value)) }
	}
	meta := util.BoltMetaDataKey
	for _, test := range []struct {
		name   string
		change func(newest *bolt.Bucket) error
		want   string
	}{
		{"no form", func(b *bolt.Bucket) error { return b.DeleteBucket(meta) }, "how its segments are written"},
		{"other kind", in(put(util.BoltMetaDataSegmentTypeKey, "zip"), meta), `"zip"`},
		{"other version", in(put(util.BoltMetaDataSegmentVersionKey, "\x00\x00\x00\x10"), meta), "version 16"},
		{"no version", in(put(util.BoltMetaDataSegmentVersionKey, ""), meta), "version 0"},
		{"encrypted", in(put(util.BoltMetaDataFileWriterIDKey, "key-1"), meta), "key-1"},
		{"no such segment", segments(put(util.BoltPathKey, "00ff.zap")), "00ff.zap"},
		{"no segments", segments(nil), ""},
		{"broken list", segments(put(util.BoltDeletedKey, "\x01")), "deleted documents"},
		{"deleted", segments(put(util.BoltDeletedKey, deletedFirst(t))), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			gen := smallGeneration(t)
			db, err := bolt.Open(filepath.Join(gen, storeName, boltName), 0, nil)
			if err != nil {
				t.Fatal(err)
			}
			err = db.Update(func(tx *bolt.Tx) error {
				all := tx.Bucket(util.BoltSnapshotsBucket)
				newest, _ := all.Cursor().Last()
				return test.change(all.Bucket(newest))
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			s, err := openSnapshot(gen)
			if test.want != "" {
				if err == nil || !strings.Contains(err.Error(), test.want) {
					t.Fatalf("%v, want %q", err, test.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range s.views {
				if n := v.messages.GetCardinality(); n != 0 {
					t.Errorf("%d messages", n)
				}
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// What is published holds one snapshot however often it was gone on from, with the values of every Commit.
func TestOneSnapshot(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const commits = 4
	for i := range commits {
		w, err := OpenWriter(dir, WriterOptions{BatchBytes: 1}) // each message makes a snapshot of scorch's
		if err != nil {
			t.Fatal(err)
		}
		for j := range commits {
			d := Doc{Mail: &mail.Message{Text: "text"}}
			d.Record.ID = fmt.Sprintf("%d.%d@x", i, j)
			d.Record.Thread = d.Record.ID
			if err := w.Put(d); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Commit(t.Context(), map[string][]byte{fmt.Sprint(i): []byte("value")}); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	r, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if messages, _ := r.counts(); messages != commits*commits {
		t.Errorf("%d messages, want %d", messages, commits*commits)
	}
	for i := range commits {
		if v, err := r.Internal(fmt.Sprint(i)); err != nil || string(v) != "value" {
			t.Errorf("value %d is %q: %v", i, v, err)
		}
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	_, gen, err := published(dir)
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, gen, storeName, boltName+"*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%q: %v, want one file", files, err)
	}
	db, err := bolt.Open(files[0], 0, &bolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }() // it was only read
	err = db.View(func(tx *bolt.Tx) error {
		snapshots := 0
		err := tx.Bucket(util.BoltSnapshotsBucket).ForEachBucket(func([]byte) error { snapshots++; return nil })
		if snapshots != 1 {
			t.Errorf("%d snapshots, want one", snapshots)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// in does something in an inner bucket.
func in(change func(*bolt.Bucket) error, name []byte) func(*bolt.Bucket) error {
	return func(b *bolt.Bucket) error { return change(b.Bucket(name)) }
}

// segments does something in the bucket of each segment; nil removes them.
func segments(change func(*bolt.Bucket) error) func(*bolt.Bucket) error {
	return func(b *bolt.Bucket) error {
		var names [][]byte
		err := b.ForEachBucket(func(name []byte) error {
			if string(name) != string(util.BoltMetaDataKey) && string(name) != string(util.BoltInternalKey) {
				names = append(names, name)
			}
			return nil
		})
		for _, name := range names {
			if err != nil {
				return err
			}
			if change == nil {
				err = b.DeleteBucket(name)
			} else {
				err = change(b.Bucket(name))
			}
		}
		return err
	}
}

// deletedFirst is the list of deleted documents that holds the first one.
func deletedFirst(t *testing.T) string {
	t.Helper()
	list, err := roaring.BitmapOf(0).ToBytes()
	if err != nil {
		t.Fatal(err)
	}
	return string(list)
}

// smallGeneration is a published generation with one message.
func smallGeneration(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	w, err := OpenWriter(dir, WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	d := Doc{Mail: &mail.Message{Text: "text"}}
	d.Record.ID, d.Record.Thread = "a@x", "a@x"
	if err := w.Put(d); err != nil {
		t.Fatal(err)
	}
	if err := w.Commit(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	_, gen, err := published(dir)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, gen)
}

// A batch that was given up on a full disk may return after the store was closed, and what looks at the store then is
// told so.
func TestClosedStore(t *testing.T) {
	t.Parallel()
	s, err := writeStore(filepath.Join(t.TempDir(), "generation"), map[string]any{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if snap, err := s.snapshot(); snap != nil || !errors.Is(err, ErrClosed) {
		t.Errorf("a closed store has the state %v, %v", snap, err)
	}
	s.forget()
}

// Bleve goes on with an empty index when it cannot open a segment. Committed, that would be the loss of all mail.
func TestWriterMissesASegment(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w, err := OpenWriter(dir, WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	put := func() error {
		return w.PutThread(&analysis.ThreadSummary{ID: "one@x"})
	}
	if err := errors.Join(put(), w.Commit(t.Context(), nil)); err != nil {
		t.Fatal(err)
	}
	segments, err := filepath.Glob(filepath.Join(dir, w.base, storeName, "*.zap"))
	if err != nil || len(segments) == 0 {
		t.Fatal(segments, err)
	}
	for _, s := range segments {
		if err := os.Remove(s); err != nil {
			t.Fatal(err)
		}
	}
	if err := put(); err == nil || !strings.Contains(err.Error(), "0 of the 1 documents") {
		t.Errorf("a writer without its segment: %v", err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}

// What fails right after the store was made leaves a Writer that can be closed.
func TestStoreCannotBegin(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w, err := OpenWriter(dir, WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	w.was.Threads = 1 // of which the new store has none
	if err := w.PutThread(&analysis.ThreadSummary{ID: "one@x"}); err == nil {
		t.Error("a store without its documents was taken")
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "gen-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
