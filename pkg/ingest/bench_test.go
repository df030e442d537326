package ingest_test

import (
	"os"
	"testing"
	"time"

	"rustle/pkg/analysis"
	"rustle/pkg/ingest"
)

// BenchmarkRun takes a whole archive in: that named by MBOX, else the test corpus.
func BenchmarkRun(b *testing.B) {
	path := os.Getenv("MBOX")
	if path == "" {
		path = "../../testdata/archives"
	}
	a, err := analysis.New(analysis.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	mails := 0
	for b.Loop() {
		stats, err := ingest.Run(b.Context(), ingest.Options{
			Dir: b.TempDir(), Sources: []ingest.Source{{Path: path}}, Analyzer: a, Now: time.Unix(1_770_000_000, 0),
		})
		if err != nil {
			b.Fatal(err)
		}
		mails = stats.Read
	}
	b.ReportMetric(float64(mails), "mails/op")
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N)/float64(max(mails, 1)), "ms/mail")
}
