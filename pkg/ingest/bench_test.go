package ingest_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"rustle/pkg/archive"
	"rustle/pkg/ingest"
)

// box is the mailbox that MBOX names, plain, else one made of the test corpus.
func box(b *testing.B) []byte {
	b.Helper()
	path := os.Getenv("MBOX")
	if path == "" {
		path = "../../testdata/archives/linux-rust.mbox"
	}
	text, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	return text
}

// BenchmarkRun takes a whole archive in: that named by MBOX, else the test corpus.
func BenchmarkRun(b *testing.B) {
	path := os.Getenv("MBOX")
	if path == "" {
		path = "../../testdata/archives"
	}
	b.ReportAllocs()
	mails := 0
	for b.Loop() {
		stats := take(b, b.TempDir(), ingest.Options{Sources: sources(path)})
		mails = stats.Read
	}
	b.ReportMetric(float64(mails), "mails/op")
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N)/float64(max(mails, 1)), "ms/mail")
}

// BenchmarkIncrement takes in the last 100 mails of a mailbox whose others are in the index: that named by MBOX.
// What it costs should follow the 100, not the others; "others" and "mails written" say how many they were.
func BenchmarkIncrement(b *testing.B) {
	const last = 100
	text := box(b)
	path := write(b, filepath.Join(b.TempDir(), "box.mbox"), string(text))
	opened, err := archive.Open(b.Context(), path, archive.Options{})
	if err != nil {
		b.Fatal(err)
	}
	var at []int64
	for raw, err := range opened[0].Messages(b.Context(), archive.Cursor{}) {
		if err != nil {
			b.Fatal(err)
		}
		at = append(at, raw.Position.Offset)
	}
	n := min(last, len(at)/2)
	cut := at[len(at)-n]
	write(b, path, string(text[:cut]))
	base := filepath.Join(b.TempDir(), "base")
	take(b, base, ingest.Options{Sources: sources(path)})
	write(b, path, string(text))
	b.ReportAllocs()
	var stats ingest.Stats
	var took time.Duration
	for b.Loop() {
		b.StopTimer()
		dir := filepath.Join(b.TempDir(), "index")
		if err := os.CopyFS(dir, os.DirFS(base)); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		begin := time.Now()
		stats = take(b, dir, ingest.Options{Sources: sources(path)})
		took += time.Since(begin)
		b.StopTimer()
		if err := os.RemoveAll(dir); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	if stats.Read != n && stats.Read != n+1 {
		b.Fatalf("%d mails read, want the last %d", stats.Read, n)
	}
	b.ReportMetric(float64(len(at)-n), "others")
	b.ReportMetric(float64(stats.Written), "written/op")
	b.ReportMetric(float64(took.Milliseconds())/float64(b.N)/float64(n), "ms/mail")
}

// BenchmarkAgain takes in a mailbox that is known and has not changed, as most runs of a schedule do.
func BenchmarkAgain(b *testing.B) {
	path := write(b, filepath.Join(b.TempDir(), "box.mbox"), string(box(b)))
	dir := filepath.Join(b.TempDir(), "index")
	take(b, dir, ingest.Options{Sources: sources(path)})
	for b.Loop() {
		if stats := take(b, dir, ingest.Options{Sources: sources(path)}); stats.Read != 0 {
			b.Fatalf("%d mails read again", stats.Read)
		}
	}
}
