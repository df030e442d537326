package archive_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"rustle/pkg/archive"
)

// count reads everything at path and returns the number of mails and their bytes.
func count(tb testing.TB, path string) (mails int, size int64) {
	tb.Helper()
	sources, err := archive.Open(tb.Context(), path, archive.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	for _, s := range sources {
		for raw, err := range s.Messages(tb.Context(), archive.Cursor{}) {
			if err != nil {
				tb.Fatal(err)
			}
			mails++
			size += int64(len(raw.Bytes))
		}
	}
	return mails, size
}

// BenchmarkMessages reads an archive; MBOX=path names a real one of any form.
func BenchmarkMessages(b *testing.B) {
	path := os.Getenv("MBOX")
	if path == "" {
		path = filepath.Join(b.TempDir(), "list.mbox")
		var all bytes.Buffer
		for i := range 4000 {
			writeMail(b, &all, i, 60)
		}
		if err := os.WriteFile(path, all.Bytes(), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	var mails int
	for b.Loop() {
		var size int64
		mails, size = count(b, path)
		b.SetBytes(size)
	}
	b.ReportMetric(float64(mails), "msgs/op")
}

// BenchmarkFinder reads single mails of a packed mailbox, in no order.
func BenchmarkFinder(b *testing.B) {
	path := writeFile(b, filepath.Join(b.TempDir(), "list.mbox.gz"), pack(b, "gz", mboxOf(b, 2000, 100)))
	var at []archive.Position
	for raw, err := range openOne(b, path, archive.Options{}).Messages(b.Context(), archive.Cursor{}) {
		if err != nil {
			b.Fatal(err)
		}
		at = append(at, raw.Position)
	}
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(at), func(i, k int) { at[i], at[k] = at[k], at[i] })
	b.ReportAllocs()
	for b.Loop() {
		var f archive.Finder
		var size int64
		for _, pos := range at {
			mail, err := f.ReadAt(b.Context(), pos)
			if err != nil {
				b.Fatal(err)
			}
			size += int64(len(mail))
		}
		f.Close()
		b.SetBytes(size)
	}
	b.ReportMetric(float64(len(at)), "msgs/op")
}
