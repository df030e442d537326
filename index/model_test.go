package index_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"rustle/index"
	"rustle/index/query"
)

// A small world: words without stems, so that a naive search can say what must be found.
func modelWords() []string { return []string{"alfa", "bravo", "the", "linux", "kernel", "zulu", "x_y"} }

type modelMail struct {
	id, thread          string
	subject, own, quote []string
	day                 int
}

func (m *modelMail) raw() string {
	refs := ""
	if m.thread != m.id {
		refs = "References: <" + m.thread + "@x>\n"
	}
	return fmt.Sprintf("From: someone@example.org\nMessage-ID: <%s@x>\n%sDate: %d Feb 2025 10:00:00 +0000\nSubject: %s\n\n%s\n\n> %s\n",
		m.id, refs, m.day, strings.Join(m.subject, " "), strings.Join(m.own, " "), strings.Join(m.quote, " "))
}

// TestModel compares searches with going through all mails.
func TestModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sentence := rapid.SliceOfN(rapid.SampledFrom(modelWords()), 1, 6)
		mails := make([]*modelMail, rapid.IntRange(1, 12).Draw(t, "mails"))
		for i := range mails {
			m := &modelMail{
				id: fmt.Sprintf("m%02d", i), subject: sentence.Draw(t, "subject"), own: sentence.Draw(t, "own"),
				quote: sentence.Draw(t, "quote"), day: rapid.IntRange(1, 5).Draw(t, "day"),
			}
			if m.thread = m.id; i > 0 && rapid.Bool().Draw(t, "reply") {
				m.thread = mails[rapid.IntRange(0, i-1).Draw(t, "parent")].thread
			}
			mails[i] = m
		}
		dir, remove := tempDir(t)
		defer remove()
		docs := make([]index.Doc, len(mails))
		for i, m := range mails {
			docs[i] = parse(t, m.raw())
		}
		half := rapid.IntRange(0, len(docs)).Draw(t, "half")
		put(t, dir, docs[:half])
		put(t, dir, docs[half:])
		r, err := index.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = r.Close() }()
		for range 8 {
			n := modelQuery(t, 3)
			var want []string
			for _, m := range slices.Backward(mails) {
				if modelMatch(n, m, mails) {
					want = append(want, m.id)
				}
			}
			slices.SortStableFunc(want, func(a, b string) int {
				day := func(id string) int {
					return mails[slices.IndexFunc(mails, func(m *modelMail) bool { return m.id == id })].day
				}
				if d := day(b) - day(a); d != 0 {
					return d
				}
				return strings.Compare(a, b)
			})
			res, err := r.Search(t.Context(), n, index.SearchOptions{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, h := range res.Hits {
				got = append(got, strings.TrimSuffix(h.Record.ID, "@x"))
			}
			if !slices.Equal(want, got) {
				t.Fatalf("%s: want %q, got %q", n, want, got)
			}
		}
	})
}

func modelQuery(t *rapid.T, depth int) query.Node {
	kind := rapid.IntRange(0, 6).Draw(t, "kind")
	if depth == 0 {
		kind %= 3
	}
	field := rapid.SampledFrom([]query.Field{query.Any, query.Subject, query.Body, query.Own, query.Quoted, query.BodySubject}).Draw(t, "field")
	word := func() string { return rapid.SampledFrom(modelWords()).Draw(t, "word") }
	switch kind {
	case 0:
		return query.Term{Field: field, Text: word()}
	case 1:
		words := rapid.SliceOfN(rapid.SampledFrom(modelWords()), 2, 4).Draw(t, "phrase")
		return query.Term{Field: field, Text: strings.Join(words, " "), Form: query.Phrase}
	case 2:
		return query.Term{Field: field, Text: word()[:1], Form: query.Prefix}
	case 3:
		return query.And{Nodes: []query.Node{modelQuery(t, depth-1), modelQuery(t, depth-1)}}
	case 4:
		return query.Or{Nodes: []query.Node{modelQuery(t, depth-1), modelQuery(t, depth-1)}}
	case 5:
		return query.Not{Node: modelQuery(t, depth-1)}
	}
	return query.Thread{Query: modelQuery(t, depth-1)}
}

func modelMatch(n query.Node, m *modelMail, all []*modelMail) bool {
	each := func(c query.Node) bool { return modelMatch(c, m, all) }
	switch n := n.(type) {
	case query.And:
		return !slices.ContainsFunc(n.Nodes, func(c query.Node) bool { return !each(c) })
	case query.Or:
		return slices.ContainsFunc(n.Nodes, each)
	case query.Not:
		return !each(n.Node)
	case query.Thread:
		return slices.ContainsFunc(all, func(o *modelMail) bool { return o.thread == m.thread && modelMatch(n.Query, o, all) })
	case query.Term:
		texts := map[query.Field][][]string{
			query.Any: {m.subject, m.own, m.quote}, query.Subject: {m.subject}, query.Body: {m.own, m.quote},
			query.Own: {m.own}, query.Quoted: {m.quote}, query.BodySubject: {m.subject, m.own, m.quote},
		}[n.Field]
		return slices.ContainsFunc(texts, func(text []string) bool { return modelFinds(n, text) })
	}
	panic("no such query is made here")
}

func modelFinds(n query.Term, text []string) bool {
	if n.Form == query.Prefix {
		return slices.ContainsFunc(text, func(w string) bool {
			return strings.HasPrefix(w, n.Text) || n.Text == "y" && w == "x_y" // a part of it
		})
	}
	words := strings.Fields(n.Text)
	for i := range len(text) - len(words) + 1 {
		if slices.Equal(text[i:i+len(words)], words) {
			return true
		}
	}
	return false
}
