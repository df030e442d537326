package query_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rustle/index/query"
)

// now is a Wednesday.
func now() time.Time { return time.Date(2025, 2, 19, 13, 45, 10, 0, time.UTC) }

func options() query.Options {
	return query.Options{Now: now(), Values: map[query.Field][]string{query.Topic: {"memory-safety", "toolchain-versions"}}}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, at, msg, hint string }{
		{`autor:torvalds`, "autor", "unknown field", "did you mean `a:` or `f:`"},
		{`sentimnt:negative`, "sentimnt", "unknown field", "`sentiment:`"},
		{`form:x`, "form", "unknown field", "`f:`"},
		{`xyzzy:1 b`, "xyzzy", "unknown field `xyzzy`", `"xyzzy:1"`},
		{`warning:`, "warning", "unknown field", `"warning:"`},
		{`a "b c`, `"`, "quote is not closed", `"b c"`},
		{`""`, `""`, "nothing between the quotes", ""},
		{`s:`, "s:", "needs a value", "for example s:"},
		{`s: dma`, "s:", "needs a value directly after the colon", ""},
		{`(a b`, "(", "not closed", "add a `)`"},
		{`a b)`, ")", "closes nothing", ""},
		{`()`, ")", "nothing between", ""},
		{`f(x y`, "(", "not closed", "quotes"},
		{`a OR`, "OR", "nothing after OR", "a OR b"},
		{`OR a`, "OR", "nothing before OR", ""},
		{`AND a`, "AND", "both sides", ""},
		{`a AND`, "AND", "both sides", ""},
		{`a AND OR b`, "OR", "two operators", ""},
		{`NOT`, "NOT", "nothing after NOT", ""},
		{`NOT OR b`, "OR", "condition is missing", `"OR"`},
		{`a - b`, "-", "nothing after -", ""},
		{`+a OR b`, "+", "OR leaves open", ""},
		{`a XOR b`, "XOR", "not supported", ""},
		{`a NEAR b`, "NEAR", "not supported", `"NEAR"`},
		{`dri*er`, "dri*er", "only at the end", ""},
		{`*er`, "*er", "begin with *", "driver*"},
		{`s:*`, "*", "lone *", ""},
		{`"a b"*`, "*", "ends at its quote", "single words"},
		{`word~3`, "word~3", "one or two letters", "word~2"},
		{`word~99`, "word~99", "one or two letters", "word~2"},
		{`word~99999999999999999999`, "word~99999999999999999999", "one or two letters", "word~2"},
		{`a-b~`, "a-b~", "single word", ""},
		{`lid:x*`, "x*", "takes no *", ""},
		{`topic:memory-safty`, "memory-safty", "has no value", "topic:memory-safety"},
		{`stance:against`, "against", "has no value", "support conditional oppose none"},
		{`is:debat`, "debat", "has no value", "is:debate"},
		{`b:/kmalloc/`, "/kmalloc/", "takes no /pattern/", "s:/kmalloc/"},
		{`/kmalloc/`, "/kmalloc/", "takes no /pattern/", "s:/kmalloc/"},
		{`s:/a[/`, "/a[/", "not valid", ""},
		{`s:/` + strings.Repeat("a", 201) + `/`, "/" + strings.Repeat("a", 201) + "/", "1 to 200 bytes", ""},
		{`s:/abc`, "/", "not closed", ""},
		{`d:3m..`, "3m..", "bare `m`", "3min or 3mo"},
		{`d:2025-13`, "2025-13", "does not exist", ""},
		{`d:2025-02-30`, "2025-02-30", "does not exist", ""},
		{`d:soon`, "soon", "not a date", "2.weeks.ago"},
		{`d:..`, "..", "not a date", ""},
		{`d:2025-03..2025-02`, "2025-03..2025-02", "ends before it begins", "d:2025-02..2025-03"},
		{`z:big`, "big", "not a number", "z:100k.."},
		{`messages:>10`, ">10", "not a number", "two dots"},
		{`messages:5..2`, "5..2", "ends before", "messages:2..5"},
		{`heat:-1`, "-1", "not a number", ""},
		{`thread:(a)`, "(", "braces", "thread:{"},
		{`thread:{a`, "{", "not closed", "thread:{"},
		{`thread:{a OR}`, "OR", "nothing after OR", ""},
		{`s:(f:x)`, "f:", "inside a group of `s:`", ""},
		{"a \x01", "\x01", "control character", ""},
		{strings.Repeat("(", 70) + "a", "(", "too many parentheses", ""},
		{strings.Repeat("a ", 1100), "a", "too many conditions", ""},
		{strings.Repeat("a", 20000), "", "longer than", ""},
		{"a \xff", "", "not valid UTF-8", ""},
	} {
		name := c.in[:min(len(c.in), 30)]
		n, err := query.Parse(c.in, options())
		var se *query.SyntaxError
		if !errors.As(err, &se) {
			t.Errorf("%q: no syntax error but %v, %v", name, n, err)
			continue
		}
		if got := c.in[se.Pos:se.End]; got != c.at {
			t.Errorf("%q: error is at %q (%d-%d), want %q", name, got, se.Pos, se.End, c.at)
		}
		if !strings.Contains(se.Msg, c.msg) || !strings.Contains(se.Hint, c.hint) {
			t.Errorf("%q: message %q, hint %q; want %q, %q", name, se.Msg, se.Hint, c.msg, c.hint)
		}
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	word := func(s string) query.Node { return query.Term{Text: s} }
	in := func(f query.Field, s string) query.Node { return query.Term{Field: f, Text: s} }
	and := func(n ...query.Node) query.Node { return query.And{Nodes: n} }
	or := func(n ...query.Node) query.Node { return query.Or{Nodes: n} }
	not := func(n query.Node) query.Node { return query.Not{Node: n} }
	phrase := func(f query.Field, s string) query.Node { return query.Term{Field: f, Text: s, Form: query.Phrase} }
	count := func(f query.Field, from, to int64) query.Node {
		return query.Range{Field: f, Min: max(from, 0), Max: max(to, 0), HasMin: from >= 0, HasMax: to >= 0}
	}
	for _, c := range []struct {
		in   string
		want query.Node
	}{
		{"", query.All{}},
		{" \t", query.All{}},
		{"*", query.All{}},
		{"a b", and(word("a"), word("b"))},
		{"a AND b", and(word("a"), word("b"))},
		{"a b OR c", or(and(word("a"), word("b")), word("c"))},
		{"a (b OR c)", and(word("a"), or(word("b"), word("c")))},
		{"a -b", and(word("a"), not(word("b")))},
		{"a NOT b", and(word("a"), not(word("b")))},
		{"-(a b)", not(and(word("a"), word("b")))},
		{"--a", not(not(word("a")))},
		{"+a +b", and(word("a"), word("b"))},
		{"and or not", and(word("and"), word("or"), word("not"))},
		{"ORACLE", word("ORACLE")},
		{`"AND"`, phrase("", "AND")},
		{`"a \"b\" \\ c"`, phrase("", `a "b" \ c`)},
		{"driver*", query.Term{Text: "driver", Form: query.Prefix}},
		{"bindgen~", query.Term{Text: "bindgen", Form: query.Fuzzy, Edits: 1}},
		{"s:bindgen~2", query.Term{Field: query.Subject, Text: "bindgen", Form: query.Fuzzy, Edits: 2}},
		{"std::sync::Arc", word("std::sync::Arc")},
		{"https://lore.kernel.org/x", word("https://lore.kernel.org/x")},
		{"12:30", word("12:30")},
		{"kmalloc()", word("kmalloc()")},
		{"(kmalloc())", word("kmalloc()")},
		{"/usr/lib/", word("/usr/lib/")},
		{"/dev/null", word("/dev/null")},
		{"a-b", word("a-b")},
		{"s:(a OR -b)", or(in(query.Subject, "a"), not(in(query.Subject, "b")))},
		{"subject:a from:b to:c cc:d body:e list:f id:g@h file:i tag:bot", and(in(query.Subject, "a"), in(query.From, "b"), in(query.ToCc, "c"), in(query.Cc, "d"),
			in(query.Body, "e"), in(query.ListPart, "f"), phrase(query.ID, "g@h"), in(query.File, "i"), in(query.Is, "bot"))},
		{"S:a", in(query.Subject, "a")},
		{`s:/a\/b c/ d`, and(query.Term{Field: query.Subject, Text: "a/b c", Form: query.Pattern}, word("d"))},
		{"dfn:rust/kernel/*", query.Term{Field: query.File, Text: "rust/kernel/", Form: query.Prefix}},
		{"dfn:/dev/null", in(query.File, "/dev/null")},
		{"mid:<a@b>", phrase(query.ID, "a@b")},
		{"mid:https://lore.kernel.org/all/a%2Bb@c/T/#u", phrase(query.ID, "a+b@c")},
		{"references:id:a@b", phrase(query.References, "a@b")},
		{"dfblob:1B2D", phrase(query.Blob, "1b2d")},
		{"dfblob:1B2D*", query.Term{Field: query.Blob, Text: "1b2d", Form: query.Prefix}},
		{"thread:<a@b>", query.Thread{ID: "a@b"}},
		{"thread:{f:x s:y} z", and(query.Thread{Query: and(in(query.From, "x"), in(query.Subject, "y"))}, word("z"))},
		{`thread:"{f:x}"`, query.Thread{Query: in(query.From, "x")}},
		{"thread:{thread:{a} (b OR c)}", query.Thread{Query: and(query.Thread{Query: word("a")}, or(word("b"), word("c")))}},
		{"z:10k..1M", count(query.Size, 10<<10, 1<<20)},
		{"z:..2kb", count(query.Size, -1, 2<<10)},
		{"messages:10..", count(query.Messages, 10, -1)},
		{"participants:3", count(query.Participants, 3, 3)},
		{"heat:2.. v:3", and(count(query.Heat, 2, -1), count(query.Version, 3, 3))},
		{"stance:Oppose", in(query.Stance, "oppose")},
		{"topic:memory-safety", in(query.Topic, "memory-safety")},
		{"topic:memory*", query.Term{Field: query.Topic, Text: "memory", Form: query.Prefix}},
		{`person:"Miguel Ojeda"`, phrase(query.PersonName, "Miguel Ojeda")},
	} {
		got, err := query.Parse(c.in, options())
		if err != nil {
			t.Errorf("%q: %v", c.in, err)
			continue
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.in, diff)
		}
		roundTrip(t, got)
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	east := time.FixedZone("", 2*3600)
	for _, c := range []struct {
		in       string
		zone     *time.Location
		from, to string // RFC 3339, inclusive; empty is open
	}{
		{"d:2025", nil, "2025-01-01T00:00:00Z", "2025-12-31T23:59:59Z"},
		{"d:2025-02", nil, "2025-02-01T00:00:00Z", "2025-02-28T23:59:59Z"},
		{"d:2025-02-03", nil, "2025-02-03T00:00:00Z", "2025-02-03T23:59:59Z"},
		{"d:20250203", nil, "2025-02-03T00:00:00Z", "2025-02-03T23:59:59Z"},
		{"d:20250203", east, "2025-02-02T22:00:00Z", "2025-02-03T21:59:59Z"},
		{"d:2025-02-01..2025-03-01", nil, "2025-02-01T00:00:00Z", "2025-03-01T23:59:59Z"},
		{"d:..2025-02", nil, "", "2025-02-28T23:59:59Z"},
		{"d:2025-02..", nil, "2025-02-01T00:00:00Z", ""},
		{"dt:20250203101500..20250203101600", nil, "2025-02-03T10:15:00Z", "2025-02-03T10:16:00Z"},
		{"dt:2025-02-03T10:15", east, "2025-02-03T08:15:00Z", "2025-02-03T08:15:59Z"},
		{"dt:2025-02-03T10:15:07Z", east, "2025-02-03T10:15:07Z", "2025-02-03T10:15:07Z"},
		{"dt:2025-02-03T10:15:07+0530", nil, "2025-02-03T04:45:07Z", "2025-02-03T04:45:07Z"},
		{"rt:@1738540800..", nil, "2025-02-03T00:00:00Z", ""},
		{"d:today", nil, "2025-02-19T00:00:00Z", "2025-02-19T23:59:59Z"},
		{"d:yesterday", nil, "2025-02-18T00:00:00Z", "2025-02-18T23:59:59Z"},
		{"d:2.weeks.ago..", nil, "2025-02-05T00:00:00Z", ""},
		{"d:2_weeks_ago..", nil, "2025-02-05T00:00:00Z", ""},
		{`d:"2 weeks ago.."`, nil, "2025-02-05T00:00:00Z", ""},
		{"d:2w..", nil, "2025-02-05T00:00:00Z", ""},
		{"d:1w2d..", nil, "2025-02-10T00:00:00Z", ""},
		{"d:3.days", nil, "2025-02-16T00:00:00Z", "2025-02-16T23:59:59Z"},
		{"dt:3.days.ago..", nil, "2025-02-16T13:45:10Z", ""},
		{"d:90min..", nil, "2025-02-19T12:15:10Z", ""},
		{"d:1mo..", nil, "2025-01-19T00:00:00Z", ""},
		{"d:1.year.ago..now", nil, "2024-02-19T00:00:00Z", "2025-02-19T13:45:10Z"},
		{"d:last.week", nil, "2025-02-10T00:00:00Z", "2025-02-16T23:59:59Z"},
		{"d:last.month", nil, "2025-01-01T00:00:00Z", "2025-01-31T23:59:59Z"},
		{"d:last.month..yesterday", nil, "2025-01-01T00:00:00Z", "2025-02-18T23:59:59Z"},
		{"d:this.year", nil, "2025-01-01T00:00:00Z", "2025-12-31T23:59:59Z"},
		{"d:wednesday", nil, "2025-02-12T00:00:00Z", "2025-02-12T23:59:59Z"},
		{"d:last.friday", nil, "2025-02-14T00:00:00Z", "2025-02-14T23:59:59Z"},
		{"d:december", nil, "2024-12-01T00:00:00Z", "2024-12-31T23:59:59Z"},
	} {
		o := options()
		o.Location = c.zone
		n, err := query.Parse(c.in, o)
		if err != nil {
			t.Errorf("%q: %v", c.in, err)
			continue
		}
		r := n.(query.Range)
		var from, to string
		if r.HasMin {
			from = time.Unix(r.Min, 0).UTC().Format(time.RFC3339)
		}
		if r.HasMax {
			to = time.Unix(r.Max, 0).UTC().Format(time.RFC3339)
		}
		if from != c.from || to != c.to {
			t.Errorf("%q: got %s..%s, want %s..%s", c.in, from, to, c.from, c.to)
		}
		roundTrip(t, n)
	}
	if _, err := query.Parse("d:yesterday", query.Options{}); err == nil || !strings.Contains(err.Error(), "present time") {
		t.Errorf("a relative date without a present time: %v", err)
	}
}

// Every example of the table parses, names and aliases are unique, and the table is a copy.
func TestFields(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, f := range query.Fields() {
		for _, name := range append(f.Aliases, string(f.Name)) {
			if seen[name] {
				t.Errorf("two fields are called %s", name)
			}
			seen[name] = true
			if got, ok := query.Lookup(strings.ToUpper(name)); !ok || got.Name != f.Name {
				t.Errorf("Lookup(%s) = %v, %v", name, got.Name, ok)
			}
		}
		n, err := query.Parse(f.Example, options())
		if err != nil {
			t.Errorf("example of %s: %v", f.Name, err)
			continue
		}
		roundTrip(t, n)
		if f.Meaning == "" {
			t.Errorf("%s has no meaning", f.Name)
		}
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	_, err := query.Parse("é autor:torvalds", query.Options{})
	var se *query.SyntaxError
	if !errors.As(err, &se) {
		t.Fatal(err)
	}
	want := "unknown field `autor`\n" +
		"    é autor:torvalds\n" +
		"      ^~~~~\n" +
		"did you mean `a:` or `f:`, as in a:hch@lst.de? For the text itself write \"autor:torvalds\""
	if diff := cmp.Diff(want, se.Explain()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMessageID(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                                       "",
		"<>":                                     "",
		"a@b":                                    "a@b",
		"\t<a@b>\n":                              "a@b",
		"id:a@b":                                 "a@b",
		"https://lore.kernel.org/r/a@b":          "a@b",
		"https://lore.kernel.org/l/a%40b/#t":     "a@b",
		"http://x.org/nothing":                   "http://x.org/nothing",
		"https://lore.kernel.org/r/no-at/":       "no-at",
		"https://lore.kernel.org/l/no%2Fat/T/#u": "no/at",
	} {
		if got := query.MessageID(in); got != want {
			t.Errorf("MessageID(%q) = %q, want %q", in, got, want)
		}
	}
}

// fataler is a test, a rapid check or a fuzz call.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

func roundTrip(t fataler, n query.Node) {
	t.Helper()
	s := n.String()
	again, err := query.Parse(s, query.Options{Location: time.FixedZone("", -5*3600)})
	if err != nil {
		t.Fatalf("%q does not parse again: %v", s, err)
	}
	if diff := cmp.Diff(n, again); diff != "" {
		t.Fatalf("%q (-first +again):\n%s", s, diff)
	}
}

// Trees put together at random print as queries that parse to the same tree.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var gen func(depth int, inBraces bool) string
		value := func() string {
			return rapid.SampledFrom([]string{"dma", `"memory safety"`, "kmalloc()", "a-b", "std::sync", "driver*", "bindgen~2", "/dev/null", "*", `"}"`, "x{y"}).Draw(t, "value")
		}
		fielded := func() string {
			return rapid.SampledFrom([]string{
				"s:x", "f:a@b", "dfn:rust/*", "d:2025..", "z:..5k", "is:bot", "s:/a\\/b/", "s:(a OR b)", "thread:<a@b>",
				"heat:2", "lid:x.y", "topic:q*", "s:-x", "rt:@5..", "s:OR", `f:"x y"`, "mid:a@b",
			}).Draw(t, "fielded")
		}
		gen = func(depth int, inBraces bool) string {
			kind := rapid.IntRange(0, 6).Draw(t, "kind")
			if depth == 0 {
				kind %= 2
			}
			switch kind {
			case 0:
				return value()
			case 1:
				return fielded()
			case 2:
				return gen(depth-1, inBraces) + " " + gen(depth-1, inBraces)
			case 3:
				return gen(depth-1, inBraces) + " OR " + gen(depth-1, inBraces)
			case 4:
				return "-(" + gen(depth-1, inBraces) + ")"
			case 5:
				return "(" + gen(depth-1, inBraces) + ")"
			}
			return "thread:{" + gen(depth-1, true) + "}"
		}
		n, err := query.Parse(gen(4, false), options())
		if err != nil {
			t.Fatalf("%v", err)
		}
		roundTrip(t, n)
	})
}

func FuzzParse(f *testing.F) {
	for _, i := range query.Fields() {
		f.Add(i.Example)
	}
	for _, s := range []string{"a OR -(b c)", `thread:{"{" OR s:/a\/b/}`, "s:(a OR (b c))", "mid:<<id:x>>", "d:1w2d..yesterday", "--a", `"\\" x~`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := query.Parse(s, options())
		var se *query.SyntaxError
		if err != nil {
			if !errors.As(err, &se) || se.Pos < 0 || se.End < se.Pos || se.End > len(s) || se.Msg == "" || n != nil {
				t.Fatalf("%q: %#v with %v", s, err, n)
			}
			_, _ = se.Explain(), se.Error()
			return
		}
		roundTrip(t, n)
		for c := range query.Walk(n) {
			if c == nil {
				t.Fatal("a nil node")
			}
		}
	})
}

func ExampleParse() {
	n, err := query.Parse(`s:dma (f:"Miguel Ojeda" OR role:maintainer) -is:bot d:2025-02`, query.Options{})
	fmt.Println(n, err)

	_, err = query.Parse("autor:torvalds", query.Options{})
	if se, ok := errors.AsType[*query.SyntaxError](err); ok {
		fmt.Println(se.Explain())
	}
	// Output:
	// s:dma (f:"Miguel Ojeda" OR role:maintainer) -is:bot d:2025-02-01T00:00:00Z..2025-02-28T23:59:59Z <nil>
	// unknown field `autor`
	//     autor:torvalds
	//     ^~~~~
	// did you mean `a:` or `f:`, as in a:hch@lst.de? For the text itself write "autor:torvalds"
}
