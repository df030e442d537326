package index_test

import (
	"context"
	"fmt"
	"os"

	"rustle/index"
	"rustle/index/query"
	"rustle/pkg/analysis"
	"rustle/pkg/mail"
)

// A mail is written, published and found.
func Example() {
	dir, err := os.MkdirTemp("", "index")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	ctx := context.Background()

	w, err := index.OpenWriter(dir, index.WriterOptions{Fingerprint: "rules of today"})
	if err != nil {
		fmt.Println(err)
		return
	}
	m := &mail.Message{Text: "The bindings are unsound.\n"}
	m.ID = "one@example.org"
	err = w.Put(index.Doc{
		Record: analysis.Record{ID: m.ID, Thread: m.ID, Subject: "rust: dma"},
		Mail:   m,
		Parts:  []index.Part{{Kind: index.Own, Start: 0, End: len(m.Text)}},
	})
	if err == nil {
		err = w.Commit(ctx, map[string][]byte{"cursor": []byte("here")})
	}
	if err != nil {
		fmt.Println(err)
	}
	if err := w.Close(); err != nil {
		fmt.Println(err)
	}

	r, err := index.Open(dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = r.Close() }()
	n, err := query.Parse("s:dma nq:binding", query.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	res, err := r.Search(ctx, n, index.SearchOptions{Limit: 20})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(res.Total, res.Hits[0].Record.Subject)
	// Output: 1 rust: dma
}
