package archive_test

import (
	"bytes"
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
