package report_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"rustle/pkg/analysis"
	"rustle/pkg/report"
)

func TestThread(t *testing.T) {
	t.Parallel()
	golden(t, "debate.md", []byte(markdown(t, debate(), report.Options{SVG: "debate.svg"})))
	golden(t, "anonymous.md", []byte(markdown(t, debate(), report.Options{Anonymous: true})))
	golden(t, "debate.svg", report.Build(debate(), report.Options{}).SVG())
	var b bytes.Buffer
	if err := report.ThreadHTML(&b, debate(), report.Options{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "debate.html", b.Bytes())
}

func TestThreadWithoutMail(t *testing.T) {
	t.Parallel()
	got := markdown(t, report.ThreadInput{}, report.Options{})
	if !strings.HasPrefix(got, "# (no subject)\n") || !strings.Contains(got, "no mail of this thread") {
		t.Errorf("an empty thread gave:\n%s", got)
	}
	if svg := report.Build(report.ThreadInput{}, report.Options{}).SVG(); !bytes.Contains(svg, []byte("no mail")) {
		t.Errorf("an empty thread gave the picture %s", svg)
	}
}

// The order of the records does not show in any page.
func TestThreadOrder(t *testing.T) {
	t.Parallel()
	for _, o := range []report.Options{{}, {Anonymous: true}, {Full: true}} {
		for _, in := range []report.ThreadInput{debate(), large(150)} {
			want := markdown(t, in, o)
			rng := rand.New(rand.NewPCG(5, 8))
			for range 5 {
				rng.Shuffle(len(in.Records), func(i, j int) { in.Records[i], in.Records[j] = in.Records[j], in.Records[i] })
				if diff := cmp.Diff(want, markdown(t, in, o)); diff != "" {
					t.Fatalf("order changes the page (-want +got):\n%s", diff)
				}
			}
		}
	}
}

func TestThreadDoesNotChangeItsInput(t *testing.T) {
	t.Parallel()
	in := debate()
	markdown(t, in, report.Options{Anonymous: true})
	if diff := cmp.Diff(debate(), in); diff != "" {
		t.Errorf("the input changed (-want +got):\n%s", diff)
	}
}

// What a record says must reach the page: who answered first, the NAK and its fate, the change of position.
func TestTurningPoints(t *testing.T) {
	t.Parallel()
	got := map[string]string{}
	for _, e := range report.Build(debate(), report.Options{}).Turning {
		got[e.Kind] += e.Text + "\n"
	}
	want := map[string]string{
		"first-maintainer": "Boris Tamm (maintainer) was the first maintainer to answer.\n", // no delay: the first mail is missing
		"nak":              "Boris Tamm gave a NAK. The same person lifted it on 12 March 2024 with an ack.\n",
		"stance":           "Boris Tamm went from opposition to support.\n",
		"apply":            "Ada Quill applied or pulled the change.\n",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("turning points (-want +got):\n%s", diff)
	}
}

func TestNakFates(t *testing.T) {
	t.Parallel()
	check := func(want string, outcome string, later ...func(*mailbox)) {
		t.Helper()
		m := newMailbox("r@x")
		m.add("r@x", "ada", "", 0, func(r *analysis.Record) { r.Kind = "patch" })
		m.add("n@x", "boris", "r@x", 1, signals("nak", "NAK."))
		for _, l := range later {
			l(m)
		}
		p := report.Build(report.ThreadInput{Summary: analysis.ThreadSummary{ID: "r@x", Outcome: analysis.Outcome{Label: outcome}}, Records: m.records}, report.Options{})
		for _, s := range p.Signals {
			if s.Kind == "nak" && s.Fate != want {
				t.Errorf("fate = %q, want %q", s.Fate, want)
			}
		}
	}
	check("In this thread it stands.", "")
	check("It stands; a new version followed.", "superseded")
	check("It did not hold: the change was applied.", "applied")
	check("It did not hold: Dora van Hall applied the change on 4 March 2024.", "", func(m *mailbox) { m.add("a@x", "dora", "r@x", 2, signals("apply", "Applied.")) })
	check("The same person took it back on 4 March 2024.", "", func(m *mailbox) {
		m.add("a@x", "boris", "r@x", 2, func(r *analysis.Record) {
			r.Settles = []analysis.Evidence{{Text: "I take that back.", Start: 1, End: 18, Rule: "NAK-lifted"}}
		})
	})
	check("The same person lifted it on 4 March 2024 with a review tag.", "applied",
		func(m *mailbox) { m.add("a@x", "dora", "r@x", 2, signals("apply", "Applied.")) },
		func(m *mailbox) { m.add("b@x", "boris", "r@x", 3, signals("review", "Reviewed.")) })
}

func TestArgumentSides(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		polarity, stance string
		score            float64
		want             string
	}{
		{"pro", "none", 0.9, "open"},
		{"con", "none", 0.9, "open"},
		{"", "", 0, "open"},
		{"con", "support", 0.6, "supporting"},
		{"pro", "oppose", 0.5, "critical"},
		{"pro", "conditional", 0.6, "critical"},
		{"con", "support", 0.49, "open"},
		{"pro", "oppose", 0.3, "open"},
	} {
		m := newMailbox("r@x")
		m.add("r@x", "ada", "", 0, argues("t", "This is the sentence that says it."), func(r *analysis.Record) { r.Stance.Label, r.Stance.Score = c.stance, c.score })
		p := report.Build(report.ThreadInput{Records: m.records, Topics: []report.TopicInfo{{ID: "t", Polarity: c.polarity}}}, report.Options{})
		for _, s := range p.Arguments[0].Sides() {
			if (s.Mails == 1) != (s.Name == c.want) {
				t.Errorf("polarity %q, stance %q: %s has %d mails, want it under %s", c.polarity, c.stance, s.Name, s.Mails, c.want)
			}
		}
	}
}

// Bots are named and counted apart.
func TestBots(t *testing.T) {
	t.Parallel()
	n := report.Build(debate(), report.Options{}).Numbers
	if n.Bots != 1 || n.Mails != 11 || n.People != 5 {
		t.Errorf("numbers = %+v, want 1 mail by bots, 11 by 5 people", n)
	}
}

// A long thread stays readable, and Full shows all of it.
func TestLargeThread(t *testing.T) {
	t.Parallel()
	const n = 400
	p := report.Build(large(n), report.Options{})
	if len(p.Tree) > 120 || p.Hidden == 0 {
		t.Errorf("the tree has %d lines and hides %d mails", len(p.Tree), p.Hidden)
	}
	shown := 0
	for _, b := range p.Tree {
		if b.Ref != nil {
			shown++
		}
	}
	if shown+p.Hidden != n {
		t.Errorf("%d mails shown, %d hidden, want %d in all", shown, p.Hidden, n)
	}
	if len(p.Markdown()) > 60_000 {
		t.Errorf("the page has %d bytes", len(p.Markdown()))
	}
	if full := report.Build(large(n), report.Options{Full: true}); full.Hidden != 0 || len(full.Tree) != n {
		t.Errorf("the full tree has %d lines and hides %d", len(full.Tree), full.Hidden)
	}
}

// Parents in a circle, a mail that is its own parent, one id twice: every mail is in the tree once.
func TestTreeOfBrokenThreads(t *testing.T) {
	t.Parallel()
	m := newMailbox("a@x")
	m.add("a@x", "ada", "c@x", 0)
	m.add("b@x", "boris", "a@x", 1)
	m.add("c@x", "chen", "b@x", 2)
	m.add("d@x", "dora", "d@x", 3)
	m.add("e@x", "emil", "gone@x", 4)
	m.add("a@x", "ada", "", 5)
	var lines []string
	for _, b := range report.Build(report.ThreadInput{Records: m.records}, report.Options{Full: true}).Tree {
		lines = append(lines, b.Prefix+b.Text[:min(len(b.Text), 28)])
	}
	want := []string{
		"[1] 2024-03-04 Ada Quill: [R", "└ [2] 2024-03-04 Boris Tamm", "  └ [3] 2024-03-04 Chen Moreau", "[4] 2024-03-04 Dora van Hall", "(mail missing from the data)",
		"└ [5] 2024-03-04 Emil Okoye: [",
	}
	for i := range want {
		if i >= len(lines) || !strings.HasPrefix(lines[i], strings.TrimSuffix(want[i], ": [")) {
			t.Fatalf("tree:\n%s\nwant:\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
		}
	}
	if len(lines) != 6 {
		t.Errorf("tree has %d lines, want 6:\n%s", len(lines), strings.Join(lines, "\n"))
	}
}

// A deep thread neither overflows nor runs off the page.
func TestDeepThread(t *testing.T) {
	t.Parallel()
	m := newMailbox("0@x")
	parent := ""
	for i := range 20_000 {
		id := fmt.Sprint(i, "@x")
		m.add(id, "ada", parent, 0, func(r *analysis.Record) { r.Date = r.Date.Add(time.Duration(i) * time.Second) })
		parent = id
	}
	for l := range strings.SplitSeq(markdown(t, report.ThreadInput{Records: m.records}, report.Options{}), "\n") {
		if len([]rune(l)) > 1000 {
			t.Errorf("a line of %d characters", len([]rune(l)))
		}
	}
}

func TestAnonymous(t *testing.T) {
	t.Parallel()
	in := debate()
	in.Records[2].Topics[0].Evidence[0].Text = "As Boris said, and DORA too, see https://lore.kernel.org/r/b1@tamm.example or ask ada.quill@example.org, cmoreau, Tamm's tree, nobody@else.example."
	in.Records[5].Subject = "Re: what Dora van Hall and Quill, Ada wrote"
	in.Records[3].Cc = []analysis.Person{{Name: "Fitzgerald Nobody-Else", Addr: "fne@example.org"}}
	in.Records[6].Topics[0].Evidence[0].Text = "I showed it to Nobody-Else, and Fitzgerald liked it; Suggested-by: Somebody Quite Unknown"
	for _, o := range []report.Options{{Anonymous: true}, {Anonymous: true, Full: true}} {
		var page strings.Builder
		page.WriteString(markdown(t, in, o))
		if err := report.ThreadHTML(&page, in, o); err != nil {
			t.Fatal(err)
		}
		low := strings.ToLower(page.String())
		for _, name := range []string{
			"ada", "quill", "boris", "tamm", "chen", "moreau", "dora", "van hall", "emil", "okoye", "cmoreau", "fitzgerald", "nobody", "unknown", "@", "lore", "example.org",
		} {
			for at := 0; ; {
				i := strings.Index(low[at:], name)
				if i < 0 {
					break
				}
				i += at
				at = i + 1
				if word(low, i, len(name)) && !strings.Contains(page.String()[max(i-30, 0):i], "@media") && page.String()[i:min(i+6, page.Len())] != "@media" {
					t.Errorf("%q is left: …%s…", name, low[max(i-40, 0):min(i+40, len(low))])
				}
			}
		}
	}
	a, b := markdown(t, in, report.Options{Anonymous: true, Key: []byte("k")}), markdown(t, in, report.Options{Anonymous: true, Key: []byte("k")})
	if a != b {
		t.Error("the same key gave two pages")
	}
	if a == markdown(t, in, report.Options{Anonymous: true, Key: []byte("other")}) {
		t.Error("another key gave the same pseudonyms")
	}
}

func word(s string, i, n int) bool {
	letter := func(c byte) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' }
	return (i == 0 || !letter(s[i-1])) && (i+n == len(s) || !letter(s[i+n]))
}

func TestTemplate(t *testing.T) {
	t.Parallel()
	if _, err := report.ParseTemplate("bad", "{{nonsense}}"); err == nil {
		t.Error("an unknown function gave no error")
	}
	tmpl, err := report.ParseTemplate("short", "{{md .Title}}: {{.Numbers.Mails}} mails, {{day .First}}, {{spark .Tone}}{{range .Arguments}}\n- {{md .Name}}{{end}}\n")
	if err != nil {
		t.Fatal(err)
	}
	want := "\\[RFC PATCH v2 0/3\\] rust: abstractions for the widget bus: 11 mails, 2024-03-04, █▄▁·····▁▁\n- burden of two languages\n- design of the abstractions\n- memory safety\n"
	if diff := cmp.Diff(want, markdown(t, debate(), report.Options{Template: tmpl})); diff != "" {
		t.Errorf("template (-want +got):\n%s", diff)
	}
}

func TestCollection(t *testing.T) {
	t.Parallel()
	in := report.CollectionInput{Query: `rust s:"widget|bus"`, Threads: []report.ThreadInput{debate(), calm()}, Topics: topics(), Method: method()}
	files := report.Collection(in, report.Options{})
	for _, f := range files {
		if strings.HasSuffix(f.Name, ".md") && (!strings.HasPrefix(f.Name, "people/") || strings.Contains(f.Name, "boris")) && !strings.HasPrefix(f.Name, "threads/") {
			golden(t, "collection/"+f.Name, f.Data)
		}
	}
	linked(t, files, "](", ")")
	// A thread more changes no page of the others.
	more := in
	more.Threads = append([]report.ThreadInput{large(30)}, in.Threads...)
	after := map[string]string{}
	for _, f := range report.Collection(more, report.Options{}) {
		after[f.Name] = string(f.Data)
	}
	for _, f := range files {
		if strings.HasPrefix(f.Name, "threads/") {
			if diff := cmp.Diff(string(f.Data), after[f.Name]); diff != "" {
				t.Errorf("%s changed (-want +got):\n%s", f.Name, diff)
			}
		}
	}
	for _, f := range report.Collection(in, report.Options{Anonymous: true}) {
		if bytes.Contains(f.Data, []byte("Quill")) || bytes.Contains(f.Data, []byte("lore.kernel.org/r/")) {
			t.Errorf("%s names somebody", f.Name)
		}
	}
	if files := report.Collection(report.CollectionInput{}, report.Options{}); len(files) != 5 {
		t.Errorf("an empty set has %d files, want 5", len(files))
	}
}

// linked fails for a relative link that leads to no file of the set.
func linked(t *testing.T, files []report.File, before, after string) {
	t.Helper()
	names := map[string]bool{}
	for _, f := range files {
		names[f.Name] = true
	}
	for _, f := range files {
		for _, part := range strings.Split(string(f.Data), before)[1:] {
			target, _, _ := strings.Cut(part, after)
			if !strings.Contains(target, "://") && !names[path.Join(path.Dir(f.Name), target)] {
				t.Errorf("%s links to %s, which is not there", f.Name, target)
			}
		}
	}
}

func TestCollectionHTML(t *testing.T) {
	t.Parallel()
	in := report.CollectionInput{Threads: []report.ThreadInput{debate(), calm(), nasty()}, Topics: topics(), Method: method()}
	files := report.Collection(in, report.Options{HTML: true})
	linked(t, files, `href="`, `"`)
	for _, f := range files {
		if !strings.HasSuffix(f.Name, ".html") || !bytes.HasPrefix(bytes.TrimSpace(f.Data), []byte("<!DOCTYPE html>")) {
			t.Errorf("%s is no HTML page", f.Name)
		}
		if strings.Contains(f.Name, "boris") || f.Name == "arguments.html" {
			golden(t, "collection/"+f.Name, f.Data)
		}
		standsAlone(t, f.Name, f.Data)
	}
}

func TestDigest(t *testing.T) {
	t.Parallel()
	day := func(d int) time.Time { return time.Date(2024, 3, d, 0, 0, 0, 0, time.UTC) }
	in := report.DigestInput{
		Since: day(1), Until: day(31), Threads: []report.ThreadInput{calm(), debate()}, Topics: topics(),
		Known: func(name string) bool { return name != "Chen Moreau" },
	}
	var b strings.Builder
	empty, err := report.Digest(&b, in, report.Options{})
	if err != nil || empty {
		t.Fatalf("empty %v, error %v", empty, err)
	}
	golden(t, "digest.md", []byte(b.String()))
	b.Reset()
	in.Since, in.Until = day(12), day(13)
	if empty, err = report.Digest(&b, in, report.Options{}); err != nil || empty {
		t.Fatalf("empty %v, error %v", empty, err)
	}
	if got := b.String(); strings.Contains(got, "New debates") || !strings.Contains(got, "Debates that went on") || strings.Contains(got, "Newcomers") {
		t.Errorf("digest of one day:\n%s", got)
	}
	b.Reset()
	in.Since, in.Until = day(20), time.Time{}
	in.Threads = in.Threads[1:]
	if empty, err = report.Digest(&b, in, report.Options{}); err != nil || !empty {
		t.Errorf("empty %v, error %v, want an empty digest", empty, err)
	}
}

// The HTML page stands alone: nothing in it makes a browser fetch anything, and its tags close.
func TestHTMLStandsAlone(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := report.ThreadHTML(&b, debate(), report.Options{}); err != nil {
		t.Fatal(err)
	}
	standsAlone(t, "page", b.Bytes())
}

func standsAlone(t *testing.T, name string, page []byte) {
	t.Helper()
	z := html.NewTokenizer(bytes.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if !errors.Is(z.Err(), io.EOF) {
				t.Error(z.Err())
			}
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			tok := z.Token()
			for _, a := range tok.Attr {
				if tok.Data == "script" || tok.Data == "img" || tok.Data == "link" || a.Key == "src" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(strings.ToLower(a.Val), "javascript:") {
					t.Errorf("%s holds %s", name, tok)
				}
			}
		default:
		}
	}
}

// nasty is a debate whose names, subject and sentences try to be HTML and Markdown.
func nasty() report.ThreadInput {
	in := debate()
	evil := `</title></p></td><script>alert(1)</script><img src=x onerror=alert(2)> [x](javascript:alert(3)) | *b*`
	in.Summary.ID, in.Summary.Subject = "nasty@example.org", evil
	for i := range in.Records {
		r := &in.Records[i]
		r.ID, r.Thread = "nasty-"+r.ID, "nasty@example.org"
		if r.Parent != "" {
			r.Parent = "nasty-" + r.Parent
		}
		r.Person, r.From.Name, r.Subject, r.RoleClaim.Subsystem = evil+r.Person, evil+r.Person, evil, evil
		r.Stance.Evidence = append(r.Stance.Evidence, said("Because "+evil+" we must never take this more than once in a release.", 2)...)
	}
	return in
}

func TestSVGIsXML(t *testing.T) {
	t.Parallel()
	in := debate()
	in.Summary.Subject = `<script>alert("&")</script> 'x'`
	for _, in := range []report.ThreadInput{in, large(300), {}} {
		d := xml.NewDecoder(bytes.NewReader(report.Build(in, report.Options{}).SVG()))
		for {
			_, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

// No uncivil mail of the tallest bar is drawn outside the picture, and those without a dot are a number.
func TestSVGShowsEveryUncivilMail(t *testing.T) {
	t.Parallel()
	m := newMailbox("m0@example.org")
	for i := range 8 {
		m.add("m"+strconv.Itoa(i)+"@example.org", "boris", "", 0, insults("That is nonsense, and you know it."))
	}
	svg := string(report.Build(report.ThreadInput{Summary: analysis.ThreadSummary{ID: "m0@example.org", Messages: 8}, Records: m.records}, report.Options{}).SVG())
	if n := strings.Count(svg, "<circle") - 1; n != 5 { // one is in the legend
		t.Errorf("%d dots, want 5", n)
	}
	if !strings.Contains(svg, ">+3</text>") {
		t.Error("three mails without a dot are not told")
	}
	if strings.Contains(svg, `cy="-`) {
		t.Error("a dot is outside the picture")
	}
}

func TestSparkline(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff("▁·▄█", report.Sparkline([]int{1, 0, 4, 8})); diff != "" {
		t.Error(diff)
	}
	if got := report.Sparkline([]int{0, -1}) + report.Sparkline(nil); got != "··" {
		t.Errorf("empty sparkline %q", got)
	}
}

func ExampleThread() {
	in := report.ThreadInput{
		Summary: analysis.ThreadSummary{ID: "1@example.org", Subject: "rust: a question", Lists: []string{"widgets"}, Label: "rust"},
		Records: []analysis.Record{{ID: "1@example.org", Person: "Ada Quill", Date: time.Date(2024, 3, 4, 9, 0, 0, 0, time.UTC), Subject: "rust: a question"}},
	}
	tmpl, err := report.ParseTemplate("line", "{{.Title}} ({{date .First}}): {{index .Abstract 0}}\n")
	if err != nil {
		panic(err)
	}
	if err := report.Thread(os.Stdout, in, report.Options{Template: tmpl}); err != nil {
		panic(err)
	}
	// Output: rust: a question (4 March 2024): On 4 March 2024, 1 person wrote 1 mail on widgets.
}

func BenchmarkThread(b *testing.B) {
	in := large(200)
	b.ReportAllocs()
	for b.Loop() {
		if err := report.Thread(io.Discard, in, report.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAnonymous(b *testing.B) {
	in := large(200)
	b.ReportAllocs()
	for b.Loop() {
		if err := report.Thread(io.Discard, in, report.Options{Anonymous: true}); err != nil {
			b.Fatal(err)
		}
	}
}

// What stands for an argument must be a sentence that argues: whole, in the author's own voice, no courtesy.
func TestWeakSentencesAreNotQuoted(t *testing.T) {
	t.Parallel()
	quotes := func(text string) []report.Quote {
		m := newMailbox("r@x")
		m.add("r@x", "ada", "", 0, stands("support", text), argues("t", text))
		return report.Build(report.ThreadInput{Records: m.records}, report.Options{}).Arguments[0].Supporting.Quotes
	}
	for _, text := range []string{
		"Thanks for giving the bindings a try on your board, much appreciated!",
		"Good to know.",
		"* the caller must hold the lock while it walks the list of devices",
		"(a) it makes the wrappers easier to keep,",
		"There are two ways in which a subsystem can deal with that:",
	} {
		if q := quotes(text); len(q) != 0 {
			t.Errorf("quoted for an argument: %q", text)
		}
	}
	if text := "The wrappers are useful because a driver cannot forget to drop its reference any more."; len(quotes(text)) != 1 {
		t.Errorf("not quoted: %q", text)
	}
}

// A sentence in the place of a name, as spam has it, must not eat the words of everybody.
func TestPseudonymsLeaveWords(t *testing.T) {
	t.Parallel()
	in := debate()
	in.Records[0].Cc = []analysis.Person{{Name: "Interface", Addr: "interface@lists.example.org"}}
	got := markdown(t, in, report.Options{Anonymous: true, People: []report.Identity{
		{Person: "I WILL NOT MAINTAIN TWO VERSIONS EVER", Names: []string{"I WILL NOT MAINTAIN TWO VERSIONS EVER"}},
		{Person: "Own", Names: []string{"These"}},
	}})
	if !strings.Contains(got, "I will not maintain two versions of every interface.") {
		t.Errorf("words were taken for names:\n%s", got)
	}
}
