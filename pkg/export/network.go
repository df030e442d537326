package export

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"

	"rustle/pkg/analysis"
)

// Edge is how one person answered another: all answers of From to mails of To.
type Edge struct {
	From        string `json:"from"`
	To          string `json:"to"`
	FromRole    string `json:"from_role"`
	ToRole      string `json:"to_role"`
	Messages    int    `json:"messages"`
	Threads     int    `json:"threads"`
	Support     int    `json:"support"` // answers in support of Rust or of the change at hand, not of the person
	Conditional int    `json:"conditional"`
	Oppose      int    `json:"oppose"`
	Positive    int    `json:"positive"` // tone of the answers
	Negative    int    `json:"negative"`
	Uncivil     int    `json:"uncivil"`
	First       string `json:"first"`
	Last        string `json:"last"`

	Unsure map[string]int `json:"unsure"` // answers by the position or tone they are tagged with but that does not count
}

// Stance is the stance of most answers that take one, none when none does; a tie goes to the more critical one.
func (e *Edge) Stance() string {
	best, n := "none", 0
	for _, k := range []struct {
		name string
		n    int
	}{{"oppose", e.Oppose}, {"conditional", e.Conditional}, {"support", e.Support}} {
		if k.n > n {
			best, n = k.name, k.n
		}
	}
	return best
}

// Network returns the reply network of the records, by names. A reply counts when the mail it answers is among the
// records. People who answer themselves, and bots, are left out. It keeps id, author and role of every record.
func Network(records iter.Seq[analysis.Record]) []Edge {
	type sender struct {
		name, role string
		bot        bool
	}
	type reply struct {
		to, thread, date string
		from             sender
		positions        analysis.Counts
		tones            analysis.Tones
	}
	by := map[string]sender{}
	var replies []reply
	for r := range records {
		s := sender{cmp.Or(r.Person, r.From.Name, r.From.Addr), r.Role, r.Role == "bot" || r.Kind == "bot"}
		by[r.ID] = s
		if r.Parent != "" && !s.bot {
			a := reply{to: r.Parent, thread: r.Thread, date: when(r.Date), from: s}
			a.positions.Add(&r)
			a.tones.Add(&r)
			replies = append(replies, a)
		}
	}
	type pair struct{ from, to string }
	edges := map[pair]*Edge{}
	threads := map[pair]map[string]bool{}
	roles := map[string]map[string]int{}
	for _, s := range by {
		if roles[s.name] == nil {
			roles[s.name] = map[string]int{}
		}
		roles[s.name][s.role]++
	}
	for _, r := range replies {
		to, known := by[r.to]
		if !known || to.bot || to.name == r.from.name {
			continue
		}
		k := pair{r.from.name, to.name}
		e := edges[k]
		if e == nil {
			e = &Edge{From: k.from, To: k.to, FromRole: commonest(roles[k.from]), ToRole: commonest(roles[k.to]), Unsure: map[string]int{}}
			edges[k], threads[k] = e, map[string]bool{}
		}
		e.Messages++
		threads[k][r.thread] = true
		e.Threads = len(threads[k])
		e.Support += r.positions.Support.Sure
		e.Conditional += r.positions.Conditional.Sure
		e.Oppose += r.positions.Oppose.Sure
		e.Positive += r.tones.Positive.Sure
		e.Negative += r.tones.Negative.Sure
		e.Uncivil += r.tones.Uncivil.Sure
		for _, unsure := range []map[string]int{r.positions.Unsure(), r.tones.Unsure()} {
			for l, n := range unsure {
				e.Unsure[l] += n
			}
		}
		if r.date != "" && (e.First == "" || r.date < e.First) {
			e.First = r.date
		}
		e.Last = max(e.Last, r.date)
	}
	out := make([]Edge, 0, len(edges))
	for _, e := range edges {
		out = append(out, *e)
	}
	slices.SortFunc(out, func(a, b Edge) int { return cmp.Or(strings.Compare(a.From, b.From), strings.Compare(a.To, b.To)) })
	return out
}

func commonest(m map[string]int) string {
	best := ""
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if best == "" || m[k] > m[best] {
			best = k
		}
	}
	return best
}

func edgeTable() []column[Edge] {
	type e = Edge
	num := func(of func(*e) int) func(*e) string { return func(x *e) string { return strconv.Itoa(of(x)) } }
	return slices.Concat([]column[e]{
		{"from", "string", "who answered", func(x *e) string { return x.From }},
		{"to", "string", "whom", func(x *e) string { return x.To }},
		{"from_role", "string", "role that most mails of the one show", func(x *e) string { return x.FromRole }},
		{"to_role", "string", "role that most mails of the other show", func(x *e) string { return x.ToRole }},
		{"messages", "integer", "answers", num(func(x *e) int { return x.Messages })},
		{"threads", "integer", "threads they are in", num(func(x *e) int { return x.Threads })},
		{"stance", "string", "stance of most answers that take one, toward Rust or the change at hand", func(x *e) string { return x.Stance() }},
		{"support", "integer", "answers in support", num(func(x *e) int { return x.Support })},
		{"conditional", "integer", "answers that put a condition", num(func(x *e) int { return x.Conditional })},
		{"oppose", "integer", "answers in opposition", num(func(x *e) int { return x.Oppose })},
		{"positive", "integer", "answers of positive tone, with a score of 0.5 or more", num(func(x *e) int { return x.Positive })},
		{"negative", "integer", "answers of negative tone, with a score of 0.5 or more", num(func(x *e) int { return x.Negative })},
		{"uncivil", "integer", "uncivil answers, with a score of 0.5 or more", num(func(x *e) int { return x.Uncivil })},
		{"first", "time", "first answer, UTC", func(x *e) string { return x.First }},
		{"last", "time", "last answer, UTC", func(x *e) string { return x.Last }},
	}, unsureColumns(func(x *e) map[string]int { return x.Unsure }, slices.Concat(positionNames(), toneNames())...))
}

// Edges writes the network as a table.
func Edges(w io.Writer, f Format, edges []Edge) (int, error) {
	return write(w, f, edgeTable(), slices.Values(edges), func(e Edge) any { return e })
}

// nodes returns the people of the network with their roles, by name.
func nodes(edges []Edge) []Edge {
	role := map[string]string{}
	for _, e := range edges {
		role[e.From], role[e.To] = e.FromRole, e.ToRole
	}
	out := make([]Edge, 0, len(role))
	for _, name := range slices.Sorted(maps.Keys(role)) {
		out = append(out, Edge{From: name, FromRole: role[name]})
	}
	return out
}

// GraphML writes the network for Gephi, igraph, NetworkX and the like.
func GraphML(w io.Writer, edges []Edge) error {
	b := bufio.NewWriter(w)
	line := func(format string, args ...any) {
		for i, a := range args {
			if s, ok := a.(string); ok {
				args[i] = xmlText(s)
			}
		}
		_, _ = fmt.Fprintf(b, format+"\n", args...) // the error comes back from Flush
	}
	line(`<?xml version="1.0" encoding="UTF-8"?>`)
	line(`<graphml xmlns="http://graphml.graphdrawing.org/xmlns">`)
	line(`  <key id="name" for="node" attr.name="name" attr.type="string"/>`)
	line(`  <key id="role" for="node" attr.name="role" attr.type="string"/>`)
	line(`  <key id="stance" for="edge" attr.name="stance" attr.type="string"/>`)
	for _, k := range []string{"weight", "threads", "support", "conditional", "oppose", "positive", "negative", "uncivil", "unsure_support", "unsure_conditional", "unsure_oppose", "unsure_positive", "unsure_negative", "unsure_uncivil"} {
		line(`  <key id="%s" for="edge" attr.name="%s" attr.type="int"/>`, k, k)
	}
	line(`  <graph id="replies" edgedefault="directed">`)
	id := map[string]string{}
	for i, n := range nodes(edges) {
		id[n.From] = "n" + strconv.Itoa(i)
		line(`    <node id="%s"><data key="name">%s</data><data key="role">%s</data></node>`, id[n.From], n.From, n.FromRole)
	}
	for i := range edges {
		e := &edges[i]
		line(`    <edge source="%s" target="%s"><data key="weight">%d</data><data key="threads">%d</data><data key="stance">%s</data><data key="support">%d</data>`+
			`<data key="conditional">%d</data><data key="oppose">%d</data><data key="positive">%d</data><data key="negative">%d</data><data key="uncivil">%d</data>`+
			`<data key="unsure_support">%d</data><data key="unsure_conditional">%d</data><data key="unsure_oppose">%d</data>`+
			`<data key="unsure_positive">%d</data><data key="unsure_negative">%d</data><data key="unsure_uncivil">%d</data></edge>`,
			id[e.From], id[e.To], e.Messages, e.Threads, e.Stance(), e.Support, e.Conditional, e.Oppose, e.Positive, e.Negative, e.Uncivil,
			e.Unsure["support"], e.Unsure["conditional"], e.Unsure["oppose"], e.Unsure["positive"], e.Unsure["negative"], e.Unsure["uncivil"])
	}
	line(`  </graph>`)
	line(`</graphml>`)
	return b.Flush()
}

// xmlText escapes text for XML 1.0 and drops what it cannot hold.
func xmlText(s string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&quot;")
		case r < ' ' && r != '\t' && r != '\n' && r != '\r', r == 0xFFFE, r == 0xFFFF:
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// DOT writes the network for Graphviz: the width of an edge shows answers, the colour the stance.
func DOT(w io.Writer, edges []Edge) error {
	b := bufio.NewWriter(w)
	out := func(parts ...string) {
		for _, p := range parts {
			_, _ = b.WriteString(p) // the error comes back from Flush
		}
	}
	out("digraph replies {\n  node [shape=box, fontname=\"Helvetica\"];\n")
	for _, n := range nodes(edges) {
		out("  ", dotText(n.From), " [tooltip=", dotText(n.FromRole), "];\n")
	}
	for i := range edges {
		e := &edges[i]
		colour := map[string]string{"support": "#3b8eb5", "conditional": "#c9a227", "oppose": "#d9622b"}[e.Stance()]
		out("  ", dotText(e.From), " -> ", dotText(e.To), " [weight=", strconv.Itoa(e.Messages), ", penwidth=",
			strconv.FormatFloat(min(1+float64(e.Messages)/4, 6), 'g', 3, 64), ", color=", dotText(cmp.Or(colour, "#999999")), ", tooltip=", dotText(e.Stance()), "];\n")
	}
	out("}\n")
	return b.Flush()
}

// dotText quotes a name for DOT.
func dotText(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
