package index_test

import (
	"bytes"
	"fmt"
	"os"
	"testing"

	"rustle/index"
	"rustle/index/query"
)

// benchDocs are the mails of the archive named by MBOX, or made ones.
func benchDocs(b *testing.B, most int) []index.Doc {
	b.Helper()
	path := os.Getenv("MBOX")
	if path == "" {
		docs := samples(b, 0, min(most, 500))
		for i := range docs {
			docs[i].Mail.Text += fmt.Sprintf("word%d %s\n", i, bytes.Repeat([]byte("some more text of the mail "), 40))
			docs[i].Parts[len(docs[i].Parts)-1].End = len(docs[i].Mail.Text)
		}
		return docs
	}
	data, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	var docs []index.Doc
	for raw := range bytes.SplitSeq(data, []byte("\n\nFrom ")) {
		if _, rest, ok := bytes.Cut(raw, []byte("\n")); ok && len(docs) < most {
			docs = append(docs, parse(b, string(rest)+"\n"))
		}
	}
	return docs
}

func BenchmarkPut(b *testing.B) {
	docs := benchDocs(b, 3000)
	size := 0
	for _, d := range docs {
		size += len(d.Mail.Text)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		write(b, b.TempDir(), docs, nil, nil)
	}
	b.ReportMetric(float64(len(docs)), "mails/op")
}

func BenchmarkSearch(b *testing.B) {
	dir := b.TempDir()
	write(b, dir, benchDocs(b, 20_000), nil, nil)
	for _, q := range []string{"kernel", "rust driver", `"of the"`, "s:rust", "d:2025", "thread:{f:ada}", "drivr~", "kern*"} {
		n, err := query.Parse(q, query.Options{Now: now()})
		if err != nil {
			b.Fatal(err)
		}
		for _, by := range []index.Sort{index.ByDate, index.ByRank} {
			b.Run(q+"/"+by.String(), func(b *testing.B) {
				r, err := index.Open(dir)
				if err != nil {
					b.Fatal(err)
				}
				defer func() { _ = r.Close() }()
				b.ReportAllocs()
				for b.Loop() {
					if _, err := r.Search(b.Context(), n, index.SearchOptions{Sort: by, Limit: 20, Snippets: true}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkOpen is what every command pays first.
func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	write(b, dir, benchDocs(b, 20_000), nil, nil)
	b.ReportAllocs()
	for b.Loop() {
		r, err := index.Open(dir)
		if err != nil {
			b.Fatal(err)
		}
		if err := r.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkIncrement takes a hundred mails into an index of many.
func BenchmarkIncrement(b *testing.B) {
	docs := benchDocs(b, 20_000)
	few := min(100, len(docs)/2)
	dir := b.TempDir()
	write(b, dir, docs[few:], nil, nil)
	b.ReportAllocs()
	for b.Loop() {
		write(b, dir, docs[:few], nil, nil)
	}
}
