package report_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"pgregory.net/rapid"

	"rustle/pkg/analysis"
	"rustle/pkg/report"
)

func TestLoreURL(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"https://lore.kernel.org/lkml/a.b@example.org/": "https://lore.kernel.org/r/a.b@example.org",
		"https://lore.kernel.org/lkml/":                 "https://lore.kernel.org/r/https%3A%2F%2Flore.kernel.org%2Flkml%2F",
		"":                                              "https://lore.kernel.org/r/",
		"<a.b-c_d~1@host.org>":                          "https://lore.kernel.org/r/a.b-c_d~1@host.org",
		"x+y=z@h":                                       "https://lore.kernel.org/r/x%2By=z@h",
		"a b/c)](d|e%\"é":                               "https://lore.kernel.org/r/a%20b%2Fc%29%5D%28d%7Ce%25%22%C3%A9",
	} {
		if got := report.LoreURL(in); got != want {
			t.Errorf("LoreURL(%q) = %s, want %s", in, got, want)
		}
	}
}

func TestEscape(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain words, in a row.":       "plain words, in a row.",
		" two\n lines\t":               "two lines",
		"a|b $x$ *b* _c_ <i>":          `a&#124;b &#36;x&#36; \*b\* \_c\_ \<i\>`,
		"`x` and `y`":                  "\\`x\\` and \\`y\\`",
		"see https://a.example/x_y.":   "see `https://a.example/x_y.`",
		"<a.b@c.example>, x":           "\\<`a.b@c.example`\\>, x",
		"the end.'a@b.example":         "the `end.'a@b.example`",
		"`a@b.c``d@e.f`":               "&#96;`a@b.c`&#96;&#96;`d@e.f`&#96;",
		"zero\u200bwidth \u202eturned": "zerowidth turned",
		"a -- b - c --foo":             `a \-\- b \- c \-\-foo`,
		"\x1b[31mred\x00":              `\[31mred`,
		"bad \xff byte":                "bad \uFFFD byte",
		"&amp; &#60;":                  `\&amp; \&\#60;`,
	} {
		if got := report.Escape(in); got != want {
			t.Errorf("Escape(%q) = %q, want %q", in, got, want)
		}
	}
}

func parser() goldmark.Markdown {
	return goldmark.New(goldmark.WithExtensions(extension.GFM, extension.DefinitionList, extension.Footnote), goldmark.WithRendererOptions(html.WithUnsafe()))
}

// hostile draws text that tries to be Markdown or HTML.
func hostile(t *rapid.T, label string) string {
	parts := []string{
		"*", "**", "_", "`", "```", "~~", "|", "||", "\\", "\\|", "<", ">", "<b>", "</td>", "<script>", "<!--", "-->", "&", "&lt;", "&#124;", "[", "]", "](", "[x](http://e.example)", "![", "](x)",
		"http://e.example", "https://e.example/a_b*c", "www.e.example", "mailto:a@b.example", "a@b.example", "@", "://", "#", "# x", "- ", "+ ", "1. ", "> ", "---", "===", "\n", "\n\n", "\r\n", "\t", "    ", " ", "word", "é", "\u200b",
		"{#id}", "$x$", "^a^", "[^1]", "[ref]: http://e.example", "\x00", "\x1b[0m", "\u202e", ":", "-", "'", "\"", "(", ")", "=", "!", "xmpp:a@b.example", "HTTP://E.example", "ftp://e.example",
	}
	return strings.Join(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(parts), rapid.String()), 0, 8).Draw(t, label), "")
}

// shown is the text that a reader sees of escaped text in a table cell, and the elements in it beside text and code.
func shown(t *rapid.T, escaped string) (string, []string) {
	src := []byte("| h | k |\n| --- | --- |\n| “" + escaped + "” | end |\n")
	doc := parser().Parser().Parse(text.NewReader(src))
	var kinds []string
	var cells []string
	err := ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n.Kind() {
		case ast.KindDocument, east.KindTable, east.KindTableHeader, east.KindTableRow, ast.KindText, ast.KindString, ast.KindCodeSpan:
		case east.KindTableCell:
			cells = append(cells, "")
		default:
			kinds = append(kinds, n.Kind().String())
		}
		if s, ok := n.(*ast.Text); ok && len(cells) > 0 {
			raw := s.Segment.Value(src)
			if _, code := n.Parent().(*ast.CodeSpan); !code {
				var b bytes.Buffer
				if err := parser().Renderer().Render(&b, src, n); err != nil {
					t.Fatal(err)
				}
				raw = []byte(unescapeHTML(b.String()))
			}
			cells[len(cells)-1] += string(raw)
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(cells) != 4 || cells[3] != "end" {
		t.Fatalf("%q is no single cell: %q", escaped, cells)
	}
	return strings.TrimSuffix(strings.TrimPrefix(cells[2], "“"), "”"), kinds
}

func unescapeHTML(s string) string {
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&amp;", "&").Replace(s)
}

// Whatever the text: it stays one cell of a table, shows as it is, and makes no element but code.
func TestEscapeIsInert(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := hostile(t, "text")
		escaped := report.Escape(in)
		got, kinds := shown(t, escaped)
		if len(kinds) > 0 {
			t.Fatalf("%q became %q with %v", in, escaped, kinds)
		}
		plain := report.Escape(got) // what is shown, escaped again, is the same: nothing was lost or added
		if plain != escaped {
			t.Fatalf("%q became %q, shown as %q", in, escaped, got)
		}
	})
}

// skeleton returns the elements of a rendered page, tables with their sizes, without the text.
func skeleton(t rapid.TB, page string) []string {
	src := []byte(page)
	doc := parser().Parser().Parse(text.NewReader(src))
	var out []string
	err := ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Text, *ast.String, *ast.CodeSpan:
		case *ast.Link:
			out = append(out, "Link "+string(n.Destination))
		default:
			out = append(out, n.Kind().String())
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A page with hostile names, subjects and sentences has the same elements as one with harmless ones: nothing in the mail
// adds, removes or changes a heading, a table, a link or a tag.
func TestThreadIsInert(t *testing.T) {
	t.Parallel()
	harmless := elements(t, filledPage(t, func(string) string { return " x" }))
	rapid.Check(t, func(t *rapid.T) {
		got := elements(t, filledPage(t, func(label string) string { return hostile(t, label) }))
		if diff := cmp.Diff(harmless, got); diff != "" {
			t.Fatalf("elements of the page (-want +got):\n%s", diff)
		}
	})
}

// filledPage is the page of the debate with more text in every place that mail fills.
func filledPage(t rapid.TB, fill func(label string) string) string {
	in := debate()
	in.Summary.Subject = "T" + fill("subject")
	in.Summary.Lists = []string{"L" + fill("list")}
	names := map[string]string{}
	longer := func(list []analysis.Evidence) {
		for k := range list {
			list[k].Text = "This is a sentence of some length " + list[k].Text + fill("sentence")
		}
	}
	for i := range in.Records {
		r := &in.Records[i]
		if names[r.Person] == "" {
			names[r.Person] = r.Person + fill("name of "+r.Person)
		}
		r.Person = names[r.Person]
		r.RoleClaim.Subsystem += fill("subsystem")
		r.Subject = in.Summary.Subject
		for _, list := range [][]analysis.Evidence{r.Stance.Evidence, r.Sentiment.Evidence, r.Incivility.Evidence, r.SignalBy} {
			longer(list)
		}
		for k := range r.Topics {
			longer(r.Topics[k].Evidence)
		}
	}
	longer(in.Summary.Outcome.Evidence)
	var b strings.Builder
	if err := report.Thread(&b, in, report.Options{Full: true}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// elements counts the elements of a page; links count by whether they lead to a mail. Which sentence is quoted depends on
// the text, so paragraphs inside lists and emphasis are not told apart further.
func elements(t rapid.TB, page string) map[string]int {
	out := map[string]int{}
	for _, e := range skeleton(t, page) {
		if target, ok := strings.CutPrefix(e, "Link "); ok {
			e = "link to a mail"
			if !strings.HasPrefix(target, "https://lore.kernel.org/r/") {
				e = "link to " + target
			}
		}
		out[e]++
	}
	return out
}

// In a set of pages about mail that tries to be HTML and Markdown, links lead to mails and pages, and nothing is raw.
func TestCollectionIsInert(t *testing.T) {
	t.Parallel()
	in := report.CollectionInput{Query: nasty().Summary.Subject, Threads: []report.ThreadInput{nasty(), calm()}, Topics: topics(), Method: method()}
	in.Threads[1].Others = nasty().Records[:2]
	for _, f := range report.Collection(in, report.Options{Full: true}) {
		if !strings.HasSuffix(f.Name, ".md") {
			continue
		}
		for _, e := range skeleton(t, string(f.Data)) {
			target, link := strings.CutPrefix(e, "Link ")
			if e == "RawHTML" || e == "HTMLBlock" || e == "Image" && !strings.HasPrefix(f.Name, "threads/") ||
				link && !strings.HasPrefix(target, "https://lore.kernel.org/r/") && !strings.HasSuffix(target, ".md") {
				t.Errorf("%s holds %s", f.Name, e)
			}
		}
	}
}

func FuzzEscape(f *testing.F) {
	for _, s := range []string{"a|b", "`x@y.z`", "<https://e.example>", "\\", "www.x.y", "*a*_b_"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := report.Escape(s)
		if strings.ContainsAny(got, "\n\r|$") {
			t.Errorf("Escape(%q) = %q", s, got)
		}
	})
}
