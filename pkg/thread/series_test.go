package thread_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"rustle/pkg/mail"
	"rustle/pkg/patch"
	"rustle/pkg/thread"
)

func post(date int, id, refs, author, subject string) *mail.Header {
	h := msg(date, id, refs)
	h.From.Addr = author + "@example.org"
	h.Subject = subject
	return h
}

// series writes a series as "v2 3: cover | part part", "-" for what is not there, "~" before inferred ones.
func series(s *thread.Series) string {
	name := func(n *thread.Node) string {
		switch {
		case n == nil:
			return "-"
		case slices.Contains(s.Inferred, n):
			return "~" + strings.TrimSuffix(n.ID, "@x")
		}
		return strings.TrimSuffix(n.ID, "@x")
	}
	parts := make([]string, len(s.Parts))
	for i, p := range s.Parts {
		parts[i] = name(p)
	}
	return fmt.Sprintf("v%d %d: %s | %s", s.Version, s.Total, name(s.Cover), strings.Join(parts, " "))
}

func TestSeries(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		in   []*mail.Header
		want []string
	}{
		{"no patch", []*mail.Header{post(1, "a", "", "jo", "hello"), post(2, "b", "a", "al", "Re: [PATCH 1/2] x")}, nil},
		{"absurd part", []*mail.Header{post(1, "a", "", "jo", "[PATCH 9999/9999] x"), post(2, "b", "a", "jo", "[PATCH 1/9999] x")}, []string{"v1 9999: - | b"}},
		{"single", []*mail.Header{post(1, "a", "", "jo", "[PATCH] x")}, []string{"v1 0: - | a"}},
		{"cover and parts", []*mail.Header{
			post(1, "a", "", "jo", "[PATCH v2 0/2] all"), post(1, "b", "a", "jo", "[PATCH v2 1/2] one"), post(1, "c", "a", "jo", "[PATCH v2 2/2] two"),
			post(2, "d", "a b", "al", "Re: [PATCH v2 1/2] one"),
		}, []string{"v2 2: a | b c"}},
		{"chained parts", []*mail.Header{
			post(1, "a", "", "jo", "[PATCH 0/3] all"), post(1, "b", "a", "jo", "[PATCH 1/3] one"), post(1, "c", "a b", "jo", "[PATCH 2/3] two"), post(1, "d", "a b c", "jo", "[PATCH 3/3] three"),
		}, []string{"v1 3: a | b c d"}},
		{"no cover", []*mail.Header{post(1, "a", "", "jo", "[PATCH 1/2] one"), post(1, "b", "a", "jo", "[PATCH 2/2] two")}, []string{"v1 2: - | a b"}},
		{"cover lost", []*mail.Header{post(1, "b", "a", "jo", "[PATCH 1/3] one"), post(1, "d", "a", "jo", "[PATCH 3/3] three")}, []string{"v1 3: - | b - d"}},
		{"next version in the thread", []*mail.Header{
			post(1, "a", "", "jo", "[PATCH 0/1] all"), post(1, "b", "a", "jo", "[PATCH 1/1] one"),
			post(3, "c", "a", "jo", "[PATCH v2 0/1] all"), post(3, "d", "c", "jo", "[PATCH v2 1/1] one"),
		}, []string{"v1 1: a | b", "v2 1: c | d"}},
		{"sent twice", []*mail.Header{
			post(1, "a", "", "jo", "[PATCH 0/1] all"), post(1, "b", "a", "jo", "[PATCH 1/1] one"),
			post(3, "c", "a", "jo", "[PATCH 0/1] all"), post(3, "d", "c", "jo", "[PATCH 1/1] one"),
		}, []string{"v1 1: a | b", "v1 1: c | d"}},
		{"a fix by another", []*mail.Header{
			post(1, "a", "", "jo", "[PATCH 0/1] all"), post(1, "b", "a", "jo", "[PATCH 1/1] one"), post(2, "c", "a b", "al", "[PATCH] fix"),
		}, []string{"v1 1: a | b", "v1 0: - | c"}},
		{"number lost", []*mail.Header{
			post(1, "a", "", "jo", "[PATCH 0/2] all"), post(1, "b", "a", "jo", "[PATCH] one"), post(1, "c", "a", "jo", "[PATCH 2/2] two"),
		}, []string{"v1 2: a | ~b c"}},
		{"cover without a counter", []*mail.Header{
			post(1, "a", "", "jo", "[RFC] all of it"), post(1, "b", "a", "jo", "[PATCH RFC 1/2] one"), post(1, "c", "a", "jo", "[PATCH RFC 2/2] two"),
		}, []string{"v1 2: ~a | b c"}},
		{"parts below another's mail", []*mail.Header{
			post(1, "a", "", "al", "a bug"), post(2, "b", "a", "jo", "[PATCH 1/2] one"), post(2, "c", "a", "jo", "[PATCH 2/2] two"),
		}, []string{"v1 2: - | b c"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, th := range thread.Build(slices.Values(tt.in)) {
				for _, s := range th.Series {
					got = append(got, series(s))
				}
			}
			if diff := cmp.Diff(tt.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("series (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPositions(t *testing.T) {
	t.Parallel()
	th := thread.Build(slices.Values([]*mail.Header{post(1, "a", "", "jo", "[PATCH 0/2] all"), post(1, "b", "a", "jo", "[PATCH 2/2] two")}))[0]
	pos := th.Positions()
	for _, n := range th.Nodes {
		want := 0
		if n.ID == "b@x" {
			want = 2
		}
		if p := pos[n]; p.Series != th.Series[0] || p.Part != want || p.Inferred {
			t.Errorf("%s at %+v", n.ID, p)
		}
	}
}

func posting(id string, day, version int, author, title string) thread.Posting {
	return thread.Posting{
		ID: id, Thread: "t" + id, Author: author, Key: patch.ParseSubject(title).Key(), Version: version,
		Date: time.Date(2024, 1, 1+day, 0, 0, 0, 0, time.UTC), IDs: []string{id, id + ".1"},
	}
}

func TestRevisions(t *testing.T) {
	t.Parallel()
	changed := func(p thread.Posting, id string) thread.Posting { p.ChangeID = id; return p }
	linked := func(p thread.Posting, id string, version int) thread.Posting {
		p.Links = append(p.Links, patch.Link{ID: id, Version: version})
		return p
	}
	rfc := func(p thread.Posting) thread.Posting { p.RFC = true; return p }
	resend := func(p thread.Posting) thread.Posting { p.Resend = true; return p }
	parts := func(p thread.Posting, titles ...string) thread.Posting { p.Parts = titles; return p }
	const title = "rust: add things"
	tests := []struct {
		name string
		in   []thread.Posting
		want []string
	}{
		{"none", nil, nil},
		{"empty postings", make([]thread.Posting, 3), nil},
		{"another author", []thread.Posting{posting("a", 0, 1, "jo", title), posting("b", 1, 2, "al", title)}, nil},
		{"a title that tells nothing", []thread.Posting{posting("a", 0, 1, "jo", "fix"), posting("b", 1, 2, "jo", "fix")}, nil},
		{"backwards in time", []thread.Posting{posting("a", 5, 1, "jo", title), posting("b", 1, 2, "jo", title)}, nil},
		{"years later", []thread.Posting{posting("a", 0, 1, "jo", title), posting("b", 1000, 2, "jo", title)}, nil},
		{"a link to what it depends on", []thread.Posting{posting("a", 0, 1, "al", "rust: base of all"), linked(posting("b", 1, 2, "jo", title), "a", 0)}, nil},
		{
			"author and subject",
			[]thread.Posting{posting("a", 0, 1, "jo", title), posting("b", 1, 2, "jo", title), posting("c", 2, 3, "jo", title)},
			[]string{"a b same author and subject", "b c same author and subject"},
		},
		{"a version left out", []thread.Posting{posting("a", 0, 1, "jo", title), posting("c", 2, 3, "jo", title)}, []string{"a c same author and subject"}},
		{"change id", []thread.Posting{changed(posting("a", 0, 1, "jo", title), "c1"), changed(posting("b", 1, 2, "al", "renamed it all"), "c1")}, []string{"a b change-id c1"}},
		{"link", []thread.Posting{posting("a", 0, 1, "jo", title), linked(posting("b", 1, 2, "jo", "rust: another name"), "a.1", 1)}, []string{"a b link to v1 in the cover"}},
		{
			"all reasons",
			[]thread.Posting{changed(posting("a", 0, 1, "jo", title), "c1"), linked(changed(posting("b", 1, 2, "jo", title), "c1"), "a", 1)},
			[]string{"a b change-id c1, link to v1 in the cover, same author and subject"},
		},
		{
			"after an RFC",
			[]thread.Posting{rfc(posting("a", 0, 2, "jo", title)), posting("b", 1, 1, "jo", title), posting("c", 2, 2, "jo", title)},
			[]string{"a b same author and subject", "b c same author and subject"},
		},
		{"sent again", []thread.Posting{posting("a", 0, 1, "jo", title), resend(posting("b", 1, 1, "jo", title))}, []string{"a b same author and subject"}},
		{"cover renamed", []thread.Posting{
			parts(posting("a", 0, 1, "jo", title), "rust one", "rust two two"), parts(posting("b", 1, 2, "jo", "rust: another name"), "rust two two", "rust three three"),
		}, []string{"a b same author and 1 of 2 patches"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, l := range thread.Revisions(tt.in) {
				if l.Kind != thread.LinkRevision {
					t.Errorf("kind %q", l.Kind)
				}
				got = append(got, l.Old+" "+l.New+" "+strings.Join(l.Reasons, ", "))
			}
			if diff := cmp.Diff(tt.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("links (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRevisionsOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 12).Draw(t, "n")
		in := make([]thread.Posting, n)
		for i := range in {
			p := posting(fmt.Sprintf("p%d", i), rapid.IntRange(0, 4).Draw(t, "day"), rapid.IntRange(1, 3).Draw(t, "v"),
				rapid.SampledFrom([]string{"jo", "al"}).Draw(t, "author"), rapid.SampledFrom([]string{"rust: one thing", "rust: two things"}).Draw(t, "title"))
			p.ChangeID = rapid.SampledFrom([]string{"", "", "c"}).Draw(t, "change")
			p.RFC = rapid.Bool().Draw(t, "rfc")
			p.Links = []patch.Link{{ID: fmt.Sprintf("p%d", rapid.IntRange(0, n).Draw(t, "link")), Version: rapid.IntRange(0, 2).Draw(t, "lv")}}
			p.Parts = rapid.SliceOfN(rapid.SampledFrom([]string{"rust part one", "rust part two"}), 0, 2).Draw(t, "parts")
			in[i] = p
		}
		want := thread.Revisions(in)
		got := thread.Revisions(rapid.Permutation(in).Draw(t, "order"))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("the order of postings changes the links (-want +got):\n%s", diff)
		}
		for _, l := range want {
			if l.Old == l.New || len(l.Reasons) == 0 {
				t.Fatalf("link %+v", l)
			}
		}
	})
}

func TestPosting(t *testing.T) {
	t.Parallel()
	th := thread.Build(slices.Values([]*mail.Header{post(1, "a", "", "jo", "[RFC PATCH v3 0/1] rust: all"), post(1, "b", "a", "jo", "[RFC PATCH v3 1/1] rust: one")}))[0]
	got := th.Series[0].Posting("Jo", "---\nchange-id: c-1\n- Link to v2: https://lore.kernel.org/r/x@y\n")
	want := thread.Posting{
		ID: "a@x", Thread: "a@x", Author: "Jo", Key: "rust all", Version: 3, RFC: true, Date: time.Unix(60, 0).UTC(), ChangeID: "c-1",
		IDs: []string{"a@x", "b@x"}, Parts: []string{"rust one"}, Links: []patch.Link{{ID: "x@y", Version: 2, Start: 33, End: 62}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Posting (-want +got):\n%s", diff)
	}
}

func TestSubjectLinks(t *testing.T) {
	t.Parallel()
	in := []*mail.Header{
		post(1, "a", "", "jo", "Rust in the tree"),
		post(5, "b", "", "al", "Re: Rust in the tree"),       // lost its References
		post(6, "c", "", "al", "Rust in the tree"),           // no answer
		post(300_000, "d", "", "al", "Re: Rust in the tree"), // much later
		post(7, "e", "", "al", "Re: rust"),                   // tells nothing
		post(1, "f", "", "al", "rust"),
	}
	got := thread.SubjectLinks(thread.Build(slices.Values(in)))
	want := []thread.Link{{Kind: thread.LinkSubject, Old: "a@x", New: "b@x", OldThread: "a@x", NewThread: "b@x", Reasons: []string{"same subject"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("SubjectLinks (-want +got):\n%s", diff)
	}
}
