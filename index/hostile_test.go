package index_test

import (
	"strings"
	"testing"
	"time"

	"rustle/index"
	"rustle/index/query"
	"rustle/pkg/mail"
)

// Mail made to break things is taken in and found, in bounded time.
func TestHostileMail(t *testing.T) {
	t.Parallel()
	doc := func(id, text string, parts ...index.Part) index.Doc {
		m := &mail.Message{Text: text, Hash: "h"}
		m.ID = id
		d := index.Doc{Mail: m, Parts: parts}
		d.Record.ID, d.Record.Hash, d.Record.Thread, d.Record.Subject = id, "h", id, "marker "+strings.Repeat("s", 100)
		return d
	}
	whole := func(id, text string) index.Doc { return doc(id, text, index.Part{End: len(text)}) }
	var distinct strings.Builder
	for i := range 200_000 {
		distinct.WriteString("w")
		distinct.WriteString(strings.Repeat("x", i%7))
		distinct.WriteByte(byte('a' + i%26))
		distinct.WriteByte(byte('a' + i/26%26))
		distinct.WriteByte(byte('a' + i/676%26))
		distinct.WriteByte(' ')
	}
	docs := []index.Doc{
		whole("line@x", strings.Repeat("a", 10<<20)),
		whole("underscores@x", strings.Repeat("a_", 1<<20)),
		whole("words@x", distinct.String()),
		whole("apostrophes@x", strings.Repeat("a'b's", 1<<18)),
		whole("accents@x", strings.Repeat("e\u0301\u0302\u0303", 1<<18)),
		whole("invalid@x", strings.Repeat("\xff\x00 ", 1<<16)),
		doc("diff@x", strings.Repeat("@@\n+a\n-b\n c\n", 1<<16), index.Part{Kind: index.Diff, End: 12 << 16}),
		doc("parts@x", "short", index.Part{Start: 3, End: 5}, index.Part{Start: 1, End: 99}, index.Part{Start: -4, End: -1}, index.Part{Kind: 77, Start: 50, End: 60}),
		whole("../../etc/passwd\x1b[31m@x", "path-like"),
		whole(strings.Repeat("i", 5000)+"@x", "long id"),
		whole("\u202eevil@x", "bidi"),
	}
	many := whole("recipients@x", "x")
	for range 20_000 {
		many.Record.To = append(many.Record.To, person(mail.Address{Name: "N", Addr: "n@example.org"}))
		many.Record.References = append(many.Record.References, "r@x")
	}
	docs = append(docs, many)
	dir := t.TempDir()
	start := time.Now()
	write(t, dir, docs, nil, nil)
	t.Logf("written in %v", time.Since(start))
	r := open(t, dir)
	if n := count(t, r, "marker"); n != len(docs) {
		t.Errorf("%d of %d found", n, len(docs))
	}
	for _, d := range docs {
		recs, err := r.Records(d.Record.ID)
		if err != nil || len(recs) != 1 || recs[0].ID != d.Record.ID {
			t.Errorf("%.20q: %d records, %v", d.Record.ID, len(recs), err)
		}
	}
	// What a person may ask to break things.
	for _, q := range []string{
		"a*", "s:/(a+)+$/", "s:/(((((.*)*)*)*)*)x/", `"` + strings.Repeat("the ", 500) + `"`, strings.Repeat("-(", 60) + "a" + strings.Repeat(")", 60),
		strings.Repeat("a OR ", 500) + "a", strings.Repeat("thread:{", 30) + "a" + strings.Repeat("}", 30), "marker~2", `"a b c"`, "m:/./", "d:..9999", "z:0..", `"path-like"`,
	} {
		n, err := query.Parse(q, query.Options{})
		if err != nil {
			t.Errorf("%.40s: %v", q, err)
			continue
		}
		start := time.Now()
		if _, err := r.Search(t.Context(), n, index.SearchOptions{Sort: index.ByRank, Snippets: true, Limit: 20}); err != nil {
			t.Errorf("%.40s: %v", q, err)
		}
		if d := time.Since(start); d > 10*time.Second {
			t.Errorf("%.40s took %v", q, d)
		}
	}
}
