package linear_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rustle/pkg/linear"
)

// kinds spells the tokens of a sentence as "text/kind".
func kinds(s string) []string {
	names := [...]string{"word", "name", "number", "code", "url", "mark", "smile"}
	var r linear.Reader
	tokens := r.Read([]string{s}, nil).Sentences[0].Tokens
	if len(tokens) == 0 {
		return nil
	}
	out := make([]string, 0, len(tokens))
	for _, t := range tokens {
		out = append(out, s[t.Start:t.End]+"/"+names[t.Kind])
	}
	return out
}

func TestTokens(t *testing.T) {
	t.Parallel()
	check := func(in string, want ...string) {
		t.Helper()
		if d := cmp.Diff(want, kinds(in)); d != "" {
			t.Errorf("%q (-want +got):\n%s", in, d)
		}
	}
	check("")
	check("  \t ")
	check("\xff\xfe", "\xff\xfe/word")
	check("Nice catch, thanks!", "Nice/word", "catch/word", ",/mark", "thanks/word", "!/mark")
	check("I asked Ada why.", "I/word", "asked/word", "Ada/name", "why/word", "./mark")
	check("don\u2019t DO it...", "don\u2019t/word", "DO/word", "it/word", ".../mark")
	check("call foo_bar() in mm/slab.c", "call/word", "foo_bar()/code", "in/word", "mm/slab.c/code")
	check("p->x and a::b", "p->x/code", "and/word", "a::b/code")
	check("use `x + y` here", "use/word", "`x + y`/code", "here/word")
	check("since v6.12 or 42", "since/word", "v6.12/number", "or/word", "42/number")
	check("see https://example.org/a?b=c now", "see/word", "https://example.org/a?b=c/url", "now/word")
	check("mail ada@example.org", "mail/word", "ada@example.org/code")
	check("well :-) or ;) or :(", "well/word", ":-)/smile", "or/word", ";)/smile", "or/word", ":(/smile")
	check("what sh*t #%^$!", "what/word", "sh*t/word", "#%^$!/word")
	check("ack/nack it", "ack/nack/word", "it/word")
	check("+1 from me", "+1/word", "from/word", "me/word")
	check("why?! no", "why/word", "?!/mark", "no/word")
}

// Tokens lie in the text, in order, do not overlap, and their number is bounded.
func TestTokensCover(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringOfN(rapid.SampledFrom([]rune("aZ9 .,!?'`:;-_/*()<>@#%\u2019\u2026")), 0, 300, -1)).Draw(t, "s")
		var r linear.Reader
		x := r.Read([]string{s}, nil).Sentences[0]
		last := int32(0)
		for _, k := range x.Tokens {
			if k.Start < last || k.End <= k.Start || int(k.End) > len(s) {
				t.Fatalf("token %+v after %d in %q", k, last, s)
			}
			last = k.End
		}
		if len(x.Tokens) > 400 || len(x.Words) != 2*len(x.Tokens) {
			t.Fatalf("%d tokens, %d words", len(x.Tokens), len(x.Words))
		}
		for _, b := range x.Words {
			if b >= linear.WordBuckets {
				t.Fatalf("bucket %d", b)
			}
		}
		for _, b := range x.Chars(nil) {
			if b >= linear.CharBuckets {
				t.Fatalf("bucket %d", b)
			}
		}
	})
}

// What follows a name does not depend on who is named: the heads must not learn who writes.
func TestNamesAreHidden(t *testing.T) {
	t.Parallel()
	var a, b linear.Reader
	x := a.Read([]string{"I asked Ada about this."}, nil).Sentences[0]
	y := b.Read([]string{"I asked Grace about this."}, nil).Sentences[0]
	if d := cmp.Diff(x.Words, y.Words); d != "" {
		t.Errorf("words differ:\n%s", d)
	}
	if d := cmp.Diff(x.Chars(nil), y.Chars(nil)); d != "" {
		t.Errorf("grams differ:\n%s", d)
	}
}

func TestReadDoesNotAllocate(t *testing.T) {
	sentences := []string{"This is a plain sentence about locking.", "I don't think Ada's patch `x` helps; see mm/slab.c :-)"}
	var r linear.Reader
	r.Read(sentences, nil)
	if n := testing.AllocsPerRun(100, func() { r.Read(sentences, nil) }); n > 0 {
		t.Errorf("%v allocations per text", n)
	}
}

func BenchmarkRead(b *testing.B) {
	sentences := strings.SplitAfter(strings.Repeat("I do not see why this needs a lock at all. The driver calls foo_bar() from its own thread, and nothing else does. ", 5), ". ")
	n := 0
	for _, s := range sentences {
		n += len(s)
	}
	b.SetBytes(int64(n))
	b.ReportAllocs()
	var r linear.Reader
	for b.Loop() {
		r.Read(sentences, nil)
	}
}
