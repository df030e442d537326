package thread_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rustle/pkg/mail"
	"rustle/pkg/thread"
)

// msg makes a header. date is in minutes; refs "a b" are References, "a b|c" adds In-Reply-To c.
func msg(date int, id, refs string) *mail.Header {
	h := &mail.Header{ID: at(id), Subject: "about " + id}
	if date > 0 {
		h.Date = time.Unix(int64(date)*60, 0).UTC()
	}
	refs, irt, _ := strings.Cut(refs, "|")
	for r := range strings.FieldsSeq(refs) {
		h.References = append(h.References, at(r))
	}
	for r := range strings.FieldsSeq(irt) {
		h.InReplyTo = append(h.InReplyTo, at(r))
	}
	return h
}

// at makes an id of a letter; names with "=" stand for themselves.
func at(id string) string {
	if s, ok := strings.CutPrefix(id, "="); ok {
		return s
	}
	return id + "@x"
}

// dump writes threads as "ID[root(child child)]", missing mails in braces.
func dump(threads []*thread.Thread) string {
	var b strings.Builder
	for i, t := range threads {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strings.TrimSuffix(t.ID, "@x"))
		if t.Partial {
			b.WriteByte('?')
		}
		b.WriteByte('[')
		depth := 0
		for j, n := range t.Nodes {
			switch {
			case n.Depth > depth:
				b.WriteByte('(')
			case j > 0:
				b.WriteString(strings.Repeat(")", depth-n.Depth) + " ")
			}
			depth = n.Depth
			name := strings.TrimSuffix(n.ID, "@x")
			if n.Missing() {
				name = "{" + name + "}"
			}
			b.WriteString(name)
		}
		b.WriteString(strings.Repeat(")", depth) + "]")
	}
	return b.String()
}

func TestBuild(t *testing.T) {
	t.Parallel()
	bare := msg(2, "b", "|a")
	bare.Defects = []string{mail.DefectBareReference}
	list := msg(2, "b", "=list@example.org")
	list.Lists = []string{"list.example.org"}
	to := msg(2, "b", "=someone@example.org")
	to.To = []mail.Address{{Addr: "Someone@example.org"}}
	tests := []struct {
		name string
		in   []*mail.Header
		want string
	}{
		{"nothing", nil, ""},
		{"nil header", []*mail.Header{nil}, ""},
		{"refers to itself", []*mail.Header{msg(1, "a", "a|a")}, "a[a]"},
		{"y and n", []*mail.Header{msg(1, "a", "|=y"), msg(2, "b", "|=y")}, "a[a] b[b]"},
		{"id without at sign", []*mail.Header{msg(1, "=odd", ""), msg(2, "b", "=odd")}, "odd[odd(b)]"},
		{"list address", []*mail.Header{list}, "b[b]"},
		{"recipient", []*mail.Header{to}, "b[b]"},
		{"address of nobody's mail", []*mail.Header{msg(1, "a", "=root@host.org"), msg(2, "b", "=root@host.org")}, "a[a] b[b]"},
		{
			"address that is an id",
			[]*mail.Header{msg(1, "a", "=root@host.org"), msg(0, "=root@host.org", ""), msg(2, "b", "a =root@host.org")},
			"root@host.org[root@host.org(a b)]",
		},
		{"bare in-reply-to", []*mail.Header{msg(1, "a", ""), bare}, "a[a] b[b]"},
		{"single", []*mail.Header{msg(1, "a", "")}, "a[a]"},
		{"two threads", []*mail.Header{msg(1, "b", ""), msg(2, "a", "")}, "a[a] b[b]"},
		{"answer", []*mail.Header{msg(2, "b", "a"), msg(1, "a", "")}, "a[a(b)]"},
		{"in-reply-to only", []*mail.Header{msg(1, "a", ""), msg(2, "b", "|a")}, "a[a(b)]"},
		{"last reference wins", []*mail.Header{msg(1, "a", ""), msg(2, "b", "a"), msg(3, "c", "a b|a")}, "a[a(b(c))]"},
		{"children by date", []*mail.Header{msg(1, "a", ""), msg(3, "b", "a"), msg(2, "c", "a"), msg(0, "d", "a")}, "a[a(c b d)]"},
		{"children by id", []*mail.Header{msg(1, "a", ""), msg(2, "c", "a"), msg(2, "b", "a")}, "a[a(b c)]"},
		{"missing root, one answer", []*mail.Header{msg(2, "c", "a b")}, "a?[c]"},
		{"missing root, two answers", []*mail.Header{msg(2, "b", "a"), msg(3, "c", "a")}, "a?[{a}(b c)]"},
		{"missing root far up", []*mail.Header{msg(2, "c", "a b"), msg(3, "d", "a b")}, "a?[{b}(c d)]"},
		{"missing in the middle", []*mail.Header{msg(1, "a", ""), msg(3, "d", "a b c")}, "a[a({c}(d))]"},
		{"missing join", []*mail.Header{msg(1, "a", ""), msg(3, "d", "a b c"), msg(4, "e", "a b")}, "a[a({b}({c}(d) e))]"},
		{"missing leaf", []*mail.Header{msg(1, "a", ""), msg(2, "b", "a|z")}, "a[a(b)]"},
		{"ghost joins", []*mail.Header{msg(1, "a", "x"), msg(2, "b", "|x")}, "x?[{x}(a b)]"},
		{"circle", []*mail.Header{msg(1, "a", "b"), msg(2, "b", "a")}, "a[a(b)]"},
		{"circle of three", []*mail.Header{msg(1, "a", "c"), msg(2, "b", "a"), msg(3, "c", "b")}, "a[a(b(c))]"},
		{"circle broken by an older reference", []*mail.Header{msg(1, "a", "x b"), msg(2, "b", "a")}, "x?[a(b)]"},
		{"circle with in-reply-to", []*mail.Header{msg(1, "a", "b|x"), msg(2, "b", "a")}, "x?[a(b)]"},
		{"one mail joins two threads", []*mail.Header{msg(1, "a", ""), msg(2, "b", ""), msg(3, "c", "a b")}, "a[a b(c)]"},
		{"ghost circle", []*mail.Header{msg(1, "a", "x y"), msg(2, "b", "y x")}, "x?[{x}({y}(a) b)]"},
		{"same id twice", []*mail.Header{msg(2, "a", "x"), msg(1, "a", ""), msg(3, "b", "a")}, "a[a(b)]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := dump(thread.Build(slices.Values(tt.in))); got != tt.want {
				t.Errorf("Build = %s, want %s", got, tt.want)
			}
		})
	}
}

func TestBuildFields(t *testing.T) {
	t.Parallel()
	first := msg(5, "b", "x a")
	second := msg(5, "b", "x a")
	second.Subject = "changed on the way"
	got := thread.Build(slices.Values([]*mail.Header{second, first, msg(9, "c", "|b"), msg(0, "d", "y b")}))
	if len(got) != 1 {
		t.Fatalf("%d threads, want 1", len(got))
	}
	th := got[0]
	if th.ID != "x@x" || !th.Partial || th.Messages != 3 || th.Subject != "about b" || len(th.Headers()) != 4 {
		t.Errorf("thread %+v", th)
	}
	if !th.First.Equal(time.Unix(300, 0)) || !th.Last.Equal(time.Unix(540, 0)) {
		t.Errorf("dates %v .. %v", th.First, th.Last)
	}
	if diff := cmp.Diff([]string{"a@x", "x@x", "y@x"}, th.Missing); diff != "" {
		t.Errorf("Missing (-want +got):\n%s", diff)
	}
	root := th.Root
	if root.Header != first || len(root.Variants) != 1 || root.Variants[0] != second {
		t.Error("variants are not in their fixed order")
	}
	if root.ParentID != "a@x" || root.Parent != nil || root.Via != thread.ViaNone {
		t.Errorf("root names %q as parent, via %v", root.ParentID, root.Via)
	}
	if c := root.Children[0]; c.Via != thread.ViaInReplyTo || c.Depth != 1 || c.Parent != root {
		t.Errorf("child %+v", c)
	}
}

// headers draws a random set of mails over a small alphabet, so that circles, ghosts and repeats are common.
func headers(t *rapid.T) []*mail.Header {
	letter := rapid.StringMatching(`[a-p]`)
	n := rapid.IntRange(0, 25).Draw(t, "n")
	out := make([]*mail.Header, n)
	for i := range out {
		refs := strings.Join(rapid.SliceOfN(letter, 0, 4).Draw(t, "refs"), " ")
		if rapid.Bool().Draw(t, "irt") {
			refs += "|" + letter.Draw(t, "parent")
		}
		out[i] = msg(rapid.IntRange(0, 6).Draw(t, "date"), letter.Draw(t, "id"), refs)
		if rapid.Bool().Draw(t, "patch") {
			out[i].Subject = fmt.Sprintf("[PATCH v%d %d/%d] about %s", rapid.IntRange(1, 2).Draw(t, "v"), rapid.IntRange(0, 3).Draw(t, "part"),
				rapid.IntRange(1, 3).Draw(t, "total"), out[i].ID)
		}
	}
	return out
}

// check holds what must be true of any result.
func check(t interface{ Fatalf(string, ...any) }, in []*mail.Header, got []*thread.Thread) {
	seen := make(map[*mail.Header]bool)
	ids := make(map[string]bool)
	last := ""
	for _, th := range got {
		if th.ID <= last && last != "" {
			t.Fatalf("threads are not sorted by distinct ids: %q after %q", th.ID, last)
		}
		last = th.ID
		if len(th.Roots) == 0 || th.Root != th.Roots[0] || th.Nodes[0] != th.Root {
			t.Fatalf("thread %q has no proper root", th.ID)
		}
		if th.Partial != slices.Contains(th.Missing, th.ID) {
			t.Fatalf("thread %q: partial %v, missing %q", th.ID, th.Partial, th.Missing)
		}
		place := make(map[*thread.Node]bool)
		for _, n := range th.Nodes {
			if ids[n.ID] {
				t.Fatalf("id %q twice", n.ID)
			}
			ids[n.ID] = true
			if n.Parent != nil && (!place[n.Parent] || n.Depth != n.Parent.Depth+1 || !slices.Contains(n.Parent.Children, n)) {
				t.Fatalf("node %q does not stand below its parent", n.ID)
			}
			if n.Parent == nil && n.Depth != 0 {
				t.Fatalf("root %q at depth %d", n.ID, n.Depth)
			}
			if n.Missing() && len(n.Children) == 0 {
				t.Fatalf("placeholder %q without an answer", n.ID)
			}
			place[n] = true
			for _, h := range append([]*mail.Header{n.Header}, n.Variants...) {
				if h == nil {
					continue
				}
				if h.ID != n.ID || seen[h] {
					t.Fatalf("mail %q misplaced or twice", h.ID)
				}
				seen[h] = true
			}
		}
		for _, s := range th.Series {
			if s.First() == nil {
				t.Fatalf("empty series in %q", th.ID)
			}
		}
		th.Positions()
	}
	if len(seen) != len(in) {
		t.Fatalf("%d mails in, %d out", len(in), len(seen))
	}
}

// shape describes a result fully but for pointers.
func shape(threads []*thread.Thread) []string {
	var out []string
	for _, th := range threads {
		out = append(out, fmt.Sprintf("%s %v %v %v %v %q", th.ID, th.Partial, th.Missing, th.First, th.Last, th.Subject))
		for _, n := range th.Nodes {
			line := fmt.Sprintf("%d %s parent %q via %v", n.Depth, n.ID, n.ParentID, n.Via)
			if n.Header != nil {
				line += fmt.Sprintf(" %v %q %v", n.Header.Date, n.Header.Subject, n.Header.References)
			}
			for _, v := range n.Variants {
				line += fmt.Sprintf(" / %v %q %v", v.Date, v.Subject, v.References)
			}
			out = append(out, line)
		}
		for _, s := range th.Series {
			line := fmt.Sprintf("series %d/%d", s.Version, s.Total)
			for n, p := range th.Positions() {
				if p.Series == s && n == s.First() {
					line += " " + n.ID
				}
			}
			for _, p := range s.Parts {
				if p != nil {
					line += " " + p.ID
				}
			}
			out = append(out, line)
		}
	}
	return out
}

func TestBuildProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := headers(t)
		got := thread.Build(slices.Values(in))
		check(t, in, got)
		want := shape(got)

		mixed := rapid.Permutation(in).Draw(t, "order")
		if diff := cmp.Diff(want, shape(thread.Build(slices.Values(mixed)))); diff != "" {
			t.Fatalf("the order of mails changes the result (-want +got):\n%s", diff)
		}

		// Threads are independent of each other: building each alone gives the same.
		var alone []string
		for _, th := range got {
			one := thread.Build(slices.Values(th.Headers()))
			if len(one) != 1 {
				t.Fatalf("a thread alone makes %d threads", len(one))
			}
			alone = append(alone, shape(one)...)
		}
		if diff := cmp.Diff(want, alone); diff != "" {
			t.Fatalf("threads depend on one another (-together +alone):\n%s", diff)
		}
	})
}

// TestBuildIncremental rebuilds only the threads that new mail touches, as the index does.
func TestBuildIncremental(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := headers(t)
		cut := rapid.IntRange(0, len(in)).Draw(t, "cut")
		old, added := thread.Build(slices.Values(in[:cut])), in[cut:]
		touched := make(map[string]bool) // ids that the new mails are or name
		for _, h := range added {
			touched[h.ID] = true
			for _, r := range append(slices.Clone(h.References), h.InReplyTo...) {
				touched[r] = true
			}
		}
		again := slices.Clone(added)
		var all []*thread.Thread
		for _, th := range old {
			hit := false
			for _, n := range th.Nodes {
				hit = hit || touched[n.ID]
			}
			for _, id := range th.Missing {
				hit = hit || touched[id]
			}
			if hit {
				again = append(again, th.Headers()...)
			} else {
				all = append(all, th)
			}
		}
		all = append(all, thread.Build(slices.Values(again))...)
		slices.SortFunc(all, func(a, b *thread.Thread) int { return strings.Compare(a.ID, b.ID) })
		if diff := cmp.Diff(shape(thread.Build(slices.Values(in))), shape(all)); diff != "" {
			t.Fatalf("an increment differs from one batch (-batch +increment):\n%s", diff)
		}
	})
}

// chain makes n mails that answer one another.
func chain(n int) []*mail.Header {
	out := make([]*mail.Header, n)
	for i := range out {
		refs := ""
		if i > 0 {
			refs = fmt.Sprintf("m%d m%d", max(0, i-2), i-1)
		}
		out[i] = msg(i+1, fmt.Sprintf("m%d", i), refs)
	}
	return out
}

// wide makes a thread of n mails of random shape.
func wide(n int) []*mail.Header {
	rnd := rand.New(rand.NewPCG(1, 1))
	out := make([]*mail.Header, n)
	for i := range out {
		refs := ""
		if i > 0 {
			refs = fmt.Sprintf("m0 m%d", rnd.IntN(i))
		}
		out[i] = msg(i+1, fmt.Sprintf("m%d", i), refs)
	}
	return out
}

func TestBuildLarge(t *testing.T) {
	t.Parallel()
	for _, in := range [][]*mail.Header{chain(100_000), wide(100_000)} {
		slices.Reverse(in)
		got := thread.Build(slices.Values(in))
		if len(got) != 1 || got[0].Messages != len(in) || got[0].ID != "m0@x" {
			t.Fatalf("%d threads, the first %q", len(got), got[0].ID)
		}
	}
	// Missing mails, all the way down.
	deep := msg(1, "a", "")
	for i := range 50_000 {
		deep.References = append(deep.References, fmt.Sprintf("g%d@x", i))
	}
	got := thread.Build(slices.Values([]*mail.Header{deep, msg(2, "b", "g0")}))
	if s := dump(got); s != "g0?[{g0}({g49999}(a) b)]" {
		t.Errorf("deep chain of missing mails: %s", s)
	}
}

func FuzzBuild(f *testing.F) {
	f.Add([]byte("abcabcabc"))
	f.Add([]byte{0, 1, 2, 3, 1, 2, 0, 0, 255, 16, 32})
	f.Fuzz(func(t *testing.T, data []byte) {
		// Three bytes make a mail: its id, a reference and a parent, over 16 names.
		var in []*mail.Header
		name := func(b byte) string { return string('a' + rune(b%16)) }
		for i := 0; i+2 < len(data) && i < 600; i += 3 {
			in = append(in, msg(int(data[i]/16), name(data[i]), name(data[i+1])+" "+name(data[i+1]/16)+"|"+name(data[i+2])))
		}
		got := thread.Build(slices.Values(in))
		check(t, in, got)
		want := shape(got)
		slices.Reverse(in)
		if diff := cmp.Diff(want, shape(thread.Build(slices.Values(in)))); diff != "" {
			t.Fatalf("the order of mails changes the result (-want +got):\n%s", diff)
		}
	})
}

func BenchmarkBuild(b *testing.B) {
	for _, bench := range []struct {
		name string
		in   []*mail.Header
	}{{"chain", chain(10_000)}, {"wide", wide(100_000)}} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				thread.Build(slices.Values(bench.in))
			}
			b.ReportMetric(float64(len(bench.in))*float64(b.N)/b.Elapsed().Seconds(), "msgs/s")
		})
	}
}
