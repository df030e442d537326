package index_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"rustle/index"
	"rustle/pkg/analysis"
	"rustle/pkg/mail"
)

// parse makes a document of a mail the way ingestion does, in small: quoted lines, diffs, threads by
// the first reference. A header X-Record holds JSON that is laid over the record.
func parse(t fataler, raw string) index.Doc {
	t.Helper()
	m, err := mail.Parse([]byte(raw))
	if m == nil {
		t.Fatal(err)
	}
	d := index.Doc{Mail: m, Parts: parts(m.Text)}
	d.Record = analysis.Record{
		ID: m.ID, Thread: m.ID, Date: m.Date, Received: m.Received, Subject: m.Subject, From: person(m.From), Person: m.From.Name,
		Role: "developer", Kind: "mail", To: persons(m.To), Cc: persons(m.Cc), Lists: append([]string{}, m.Lists...), Sources: []analysis.Source{},
		References: append([]string{}, m.References...), InReplyTo: append([]string{}, m.InReplyTo...), Trailers: []analysis.Trailer{}, Files: []string{},
		Topics: []analysis.Tag{}, Entities: []analysis.Tag{}, Signal: "none", Defects: append([]string{}, m.Defects...), Hash: m.Hash,
		Sentiment: analysis.Verdict{Label: "neutral"}, Incivility: analysis.Verdict{Label: "false"}, Stance: analysis.Verdict{Label: "none"},
	}
	r := &d.Record
	if parents := slices.Concat(m.References, m.InReplyTo); len(parents) > 0 {
		r.Thread, r.Parent, r.Depth, r.Kind = parents[0], parents[len(parents)-1], len(m.References), "reply"
	}
	for line := range strings.Lines(m.Text) {
		line = strings.TrimRight(line, "\n")
		if path, ok := strings.CutPrefix(line, "+++ b/"); ok {
			r.Files = append(r.Files, path)
		}
		if ids, ok := strings.CutPrefix(line, "index "); ok {
			pre, post, _ := strings.Cut(strings.Fields(ids)[0], "..")
			d.BlobsPre, d.BlobsPost = append(d.BlobsPre, pre), append(d.BlobsPost, post)
		}
		if token, value, ok := strings.Cut(line, "-by: "); ok && !strings.Contains(token, " ") {
			r.Trailers = append(r.Trailers, analysis.Trailer{Token: token + "-by", Value: value, Given: true})
		}
	}
	for line := range strings.Lines(raw) {
		if patch, ok := strings.CutPrefix(line, "X-Record: "); ok {
			if err := json.Unmarshal([]byte(patch), r); err != nil {
				t.Fatalf("%s: %v", m.ID, err)
			}
		}
		if id, ok := strings.CutPrefix(line, "X-Patch-ID: "); ok {
			d.PatchID = strings.TrimSpace(id)
		}
	}
	return d
}

func parts(text string) []index.Part {
	var out []index.Part
	diff := false
	at := 0
	for line := range strings.Lines(text) {
		kind := index.Own
		switch {
		case strings.HasPrefix(line, "diff --git"):
			diff, kind = true, index.Diff
		case line == "-- \n":
			diff, kind = false, index.Other
		case diff:
			kind = index.Diff
		case strings.HasPrefix(line, ">"):
			kind = index.Quoted
		case strings.HasSuffix(line, " wrote:\n"):
			kind = index.Other
		}
		if n := len(out); n > 0 && out[n-1].Kind == kind {
			out[n-1].End += len(line)
		} else {
			out = append(out, index.Part{Kind: kind, Start: at, End: at + len(line)})
		}
		at += len(line)
	}
	return out
}

func person(a mail.Address) analysis.Person { return analysis.Person{Name: a.Name, Addr: a.Addr} }

func persons(list []mail.Address) []analysis.Person {
	out := []analysis.Person{}
	for _, a := range list {
		out = append(out, person(a))
	}
	return out
}

// summaries makes the summaries of the threads of some documents.
func summaries(docs []index.Doc) []*analysis.ThreadSummary {
	byID := map[string]*analysis.ThreadSummary{}
	var out []*analysis.ThreadSummary
	for i := range docs {
		r := &docs[i].Record
		s := byID[r.Thread]
		if s == nil {
			s = &analysis.ThreadSummary{ID: r.Thread, Subject: r.Subject, Label: "other", Outcome: analysis.Outcome{Label: "undecided"}, First: r.Date}
			byID[s.ID] = s
			out = append(out, s)
		}
		s.Messages++
		if r.Date.After(s.Last) {
			s.Last = r.Date
		}
		if !slices.ContainsFunc(s.Participants, func(p analysis.Participant) bool { return p.Person == r.Person }) {
			s.Participants = append(s.Participants, analysis.Participant{Person: r.Person})
		}
	}
	return out
}

// write puts documents and their threads into a new or existing index and publishes it.
func write(t testing.TB, dir string, docs []index.Doc, threads []*analysis.ThreadSummary, internal map[string][]byte) {
	t.Helper()
	w, err := index.OpenWriter(dir, index.WriterOptions{Fingerprint: "rules-1"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := w.Put(docs...); err != nil {
		t.Fatal(err)
	}
	for _, s := range threads {
		if err := w.PutThread(s); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Commit(t.Context(), internal); err != nil {
		t.Fatal(err)
	}
}

func open(t testing.TB, dir string) *index.Reader {
	t.Helper()
	r, err := index.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func now() time.Time { return time.Date(2025, 2, 19, 13, 45, 10, 0, time.UTC) }

// fataler is what parse needs of a test, so that it works in a rapid check too.
type fataler interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}
