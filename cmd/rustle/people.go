package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rustle/index"
	"rustle/index/query"
	"rustle/pkg/analysis"
	"rustle/pkg/export"
)

type peopleOptions struct {
	selection
	paging
	format
	query, graph, out, identities string

	explain, suggest bool
}

func newPeople(c *command) *cobra.Command {
	var o peopleOptions
	cmd := &cobra.Command{
		Use:   "people [NAME]",
		Short: "who takes part, in which role, with which position",
		Long: `People lists who wrote mail about Rust, most mail first: threads, mails by position and of
negative tone, role, signals, subsystems, addresses. A position or tone that is unsure does not
count; in brackets stands how many mails have one. With a name or an address it tells of one
person: roles and where they show, the debates with the position in each, the arguments, whom he
answers and who answers him, and the tone in debates against that of his other mail. --query takes
other mail than is:rust, for instance '*' for all.

--graph writes who answered whom, with positions and tone on the edges: graphml for Gephi, igraph
and NetworkX, dot for Graphviz, csv as an edge list. Bots are left out. With -o FILE a card
FILE.card.json says where the data came from, as with ` + "`rustle export`" + `, which can --verify it.

--explain says why the names and addresses of a person count as one, and who may be the same
person but was not joined. --suggest writes such cases of all people as a TOML file. Read it, keep
what you know to be true, and apply it with ` + "`rustle retag --identities FILE`" + `:

  [[join]]
  name = "Jo Doe"
  members = ["jo@example.org", "J. Doe"]

  [[split]]                      # a name or an address that several people share
  name = "Sam Lee"
  addr = "team@example.org"

Positions and tone are tags and can be wrong: ` + "`rustle stances`" + ` shows the sentences.

` + exitHelp,
		Example: "  rustle people\n  rustle people \"Christoph Hellwig\"\n  rustle people --query is:debate --graph graphml -o replies.graphml\n  rustle people --explain ojeda\n  rustle people --suggest > identities.toml",
		RunE: func(cmd *cobra.Command, args []string) error {
			o.paging.all(cmd, o.format.name)
			return c.runPeople(cmd.Context(), o, args)
		},
	}
	f := cmd.Flags()
	o.selection.flags(f)
	o.paging.flags(f, 40)
	o.format.flags(f, "table", "jsonl", "json", "csv")
	f.StringVar(&o.query, "query", "is:rust", "the mail to look at")
	f.StringVar(&o.graph, "graph", "", "write the network of replies: graphml, dot or csv")
	f.StringVarP(&o.out, "output", "o", "-", "file for --graph; - is stdout")
	f.BoolVar(&o.explain, "explain", false, "say why names and addresses of one person were joined")
	f.BoolVar(&o.suggest, "suggest", false, "write who else may be one person, as a file for --identities")
	f.StringVar(&o.identities, "identities", "", "explain with this file of joins and splits")
	return cmd
}

// graphForm refuses a form that no network is written in.
func graphForm(name string) error {
	if slices.Contains([]string{"graphml", "dot", "csv"}, name) {
		return nil
	}
	return withHint(usagef("--graph %s is not known", name), "choose graphml, dot or csv")
}

func (c *command) runPeople(ctx context.Context, o peopleOptions, args []string) error {
	if err := firstError(o.paging.check(), o.format.check()); err != nil {
		return err
	}
	name := strings.Join(args, " ")
	switch {
	case o.graph != "" && graphForm(o.graph) != nil:
		return graphForm(o.graph)
	case o.graph != "" && name != "":
		return withHint(usagef("--graph is of many people"), "narrow it with --query, for instance --query 'thread:{f:%s}'", name)
	case o.explain && name == "":
		return withHint(usagef("--explain takes a name"), "`rustle people` lists them; a part of the name is enough")
	case o.explain && o.suggest:
		return usagef("--explain is of one person, --suggest of all")
	case o.graph == "" && o.out != "-" && o.out != "":
		return withHint(usagef("-o goes with --graph"), "redirect the table, or use `rustle export --what people -o FILE`")
	}
	node, r, err := c.ask(o.selection, []string{o.query})
	if err != nil {
		return err
	}
	defer r.Close()
	switch {
	case o.suggest:
		return c.suggestJoins(ctx, r, name)
	case o.explain:
		return c.explainPerson(ctx, r, o.identities, name)
	case name != "":
		return c.onePerson(ctx, r, o, node, name)
	}
	if o.graph != "" {
		return c.exportFile(ctx, r, exportOptions{what: string(export.EdgeTable), format: format{name: o.graph}, out: o.out}, node, "edge")
	}
	var broken error
	records := ended(r.All(ctx, node), &broken)
	all := export.Persons(records)
	if broken != nil {
		return broken
	}
	slices.SortStableFunc(all, func(a, b export.Person) int { return cmp.Compare(b.Messages, a.Messages) })
	rows := window(all, o.paging)
	unsure := 0
	err = c.output(o.format.name, func(w io.Writer) error {
		if o.format.name != "table" {
			_, err := export.PersonRows(w, export.Format(o.format.name), slices.Values(rows))
			return err
		}
		t := table{width: c.env.width, flex: 10, right: []bool{true, true, true, true, true, true}}
		t.row("MAILS", "THREADS", "SUPP", "COND", "OPP", "NEG", "PERSON", "ROLE", "SIGNALS", "SUBSYSTEMS", "ADDRESSES")
		for i := range rows {
			p := &rows[i]
			n, tones := p.Counts(), p.Tones()
			unsure += n.Total().Unsure + tones.Negative.Unsure
			t.row(strconv.Itoa(p.Messages), strconv.Itoa(p.Threads), n.Support.Short(), n.Conditional.Short(), n.Oppose.Short(),
				tones.Negative.Short(), safe(p.Person), p.Role, personSignals(p), safe(some(p.Subsystems, 1)), safe(strings.Join(p.Addresses, " ")))
		}
		return t.write(w)
	})
	if err != nil {
		return err
	}
	if unsure > 0 {
		c.notef("in brackets: mails whose position or tone is unsure and does not count")
	}
	c.notef("%s", found(len(all), len(rows), o.offset, "person"))
	return nil
}

// some names the first n of a list and counts the rest.
func some(items []string, n int) string {
	if len(items) <= n {
		return strings.Join(items, ", ")
	}
	return strings.Join(items[:n], ", ") + " +" + strconv.Itoa(len(items)-n)
}

func personSignals(p *export.Person) string {
	return strings.TrimPrefix(signalCounts(map[string]int{"nak": p.Naks, "ack": p.Acks, "review": p.Reviews, "test": p.Tests, "apply": p.Applied}), ", ")
}

// findPerson finds the one person meant by a name, a part of one, or an address.
func (c *command) findPerson(ctx context.Context, r *index.Reader, text string) (string, error) {
	var node query.Node = query.All{}
	if strings.Contains(text, "@") {
		node = query.Term{Field: query.From, Text: text, Form: query.Phrase}
	}
	counts, err := r.Facet(ctx, node, "person")
	if err != nil {
		return "", err
	}
	var hits []string
	low := strings.ToLower(text)
	for _, n := range counts {
		name := strings.ToLower(n.Value)
		if name == low {
			return n.Value, nil
		}
		if strings.Contains(name, low) || strings.Contains(text, "@") {
			hits = append(hits, n.Value)
		}
	}
	switch len(hits) {
	case 0:
		return "", withHint(fmt.Errorf("nobody called %q wrote mail in %s", text, c.indexDir()), "`rustle people` lists who did; a part of the name is enough")
	case 1:
		return hits[0], nil
	}
	return "", withHint(usagef("%q is %d people", text, len(hits)), "write one of: %s", some(hits, 8))
}

// A profile is one person in the mail of a query.
type profile struct {
	export.Person
	Claims     []roleClaim     `json:"claims"`
	Ledger     []export.Stance `json:"ledger"`
	Answers    []namedCount    `json:"answers"`
	AnsweredBy []namedCount    `json:"answered_by"`
	InDebates  toneShare       `json:"tone_in_debates"`
	Elsewhere  toneShare       `json:"tone_elsewhere"`
}

// A roleClaim is a role with where and when it shows.
type roleClaim struct {
	Role      string    `json:"role"`
	Subsystem string    `json:"subsystem"`
	Source    string    `json:"source"`
	Messages  int       `json:"messages"`
	First     time.Time `json:"first"`
	Last      time.Time `json:"last"`
	ID        string    `json:"id"` // the first mail with it
}

type namedCount struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

type toneShare struct {
	Messages int `json:"messages"`
	Negative int `json:"negative"`
	Uncivil  int `json:"uncivil"`

	Unsure map[string]int `json:"unsure"` // positive, negative, uncivil: tagged so but not counted

	tones analysis.Tones
}

func (t *toneShare) add(r *analysis.Record) {
	t.Messages++
	t.tones.Add(r)
}

// fill counts what was added.
func (t *toneShare) fill() {
	t.Negative, t.Uncivil, t.Unsure = t.tones.Negative.Sure, t.tones.Uncivil.Sure, t.tones.Unsure()
}

func (c *command) onePerson(ctx context.Context, r *index.Reader, o peopleOptions, node query.Node, text string) error {
	if o.format.name == "csv" {
		return withHint(usagef("one person is no table"), "choose table or json; `rustle export --what stances --format csv` gives the positions")
	}
	name, err := c.findPerson(ctx, r, text)
	if err != nil {
		return err
	}
	p, err := c.profile(ctx, r, node, name)
	if err != nil {
		return err
	}
	return c.output(o.format.name, func(w io.Writer) error {
		if o.format.name != "table" {
			return writeJSON(w, o.format.name, []profile{*p})
		}
		return c.printProfile(w, p, o.query)
	})
}

// profile gathers a person's mail that matches, and his baseline from all of his mail.
func (c *command) profile(ctx context.Context, r *index.Reader, node query.Node, name string) (*profile, error) {
	his := query.Term{Field: query.PersonName, Text: name, Form: query.Phrase}
	p := &profile{}
	claims := map[[3]string]*roleClaim{}
	debates := map[string]bool{}
	for s, err := range r.AllThreads(ctx, query.And{Nodes: []query.Node{his, query.Term{Field: query.Is, Text: "debate"}}}) {
		if err != nil {
			return nil, err
		}
		debates[s.ID] = true
	}
	for rec, err := range r.All(ctx, his) {
		if err != nil {
			return nil, err
		}
		if personOf(&rec) != name {
			continue
		}
		if debates[rec.Thread] {
			p.InDebates.add(&rec)
		} else {
			p.Elsewhere.add(&rec)
		}
		k := [3]string{rec.Role, rec.RoleClaim.Subsystem, rec.RoleClaim.Source}
		if claims[k] == nil {
			claims[k] = &roleClaim{Role: rec.Role, Subsystem: rec.RoleClaim.Subsystem, Source: rec.RoleClaim.Source, First: rec.Date, ID: rec.ID}
		}
		claims[k].Messages++
		claims[k].Last = rec.Date
	}
	p.InDebates.fill()
	p.Elsewhere.fill()
	var mine []analysis.Record
	var threads []string
	seen := map[string]bool{}
	for rec, err := range r.All(ctx, query.And{Nodes: []query.Node{his, node}}) {
		if err != nil {
			return nil, err
		}
		if personOf(&rec) != name {
			continue
		}
		mine = append(mine, rec)
		if !seen[rec.Thread] {
			seen[rec.Thread] = true
			threads = append(threads, rec.Thread)
		}
	}
	p.Person.Person = name
	if all := export.Persons(slices.Values(mine)); len(all) > 0 {
		p.Person = all[0]
	}
	answers, answered := map[string]int{}, map[string]int{}
	for _, id := range threads {
		records, err := r.ThreadRecords(id)
		if err != nil {
			return nil, err
		}
		for _, s := range export.Ledger(records) {
			if s.Person == name {
				p.Ledger = append(p.Ledger, s)
			}
		}
		author := map[string]string{}
		for i := range records {
			author[records[i].ID] = personOf(&records[i])
		}
		for i := range records {
			from, to := personOf(&records[i]), author[records[i].Parent]
			switch {
			case to == "" || from == to || records[i].Role == "bot":
			case from == name:
				answers[to]++
			case to == name:
				answered[from]++
			}
		}
	}
	p.Answers, p.AnsweredBy = ranked(answers), ranked(answered)
	for _, k := range claims {
		p.Claims = append(p.Claims, *k)
	}
	slices.SortFunc(p.Claims, func(a, b roleClaim) int {
		return cmp.Or(cmp.Compare(b.Messages, a.Messages), a.First.Compare(b.First), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Source, b.Source))
	})
	return p, nil
}

func ranked(m map[string]int) []namedCount {
	out := make([]namedCount, 0, len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, namedCount{k, m[k]})
	}
	slices.SortStableFunc(out, func(a, b namedCount) int { return cmp.Compare(b.Count, a.Count) })
	return out
}

// printProfile shows a person in the mail that the query finds, and roles and tone in all of his mail.
func (c *command) printProfile(w io.Writer, p *profile, asked string) error {
	var b strings.Builder
	b.WriteString(c.paint.paint(bold, safe(p.Person.Person)) + "\n")
	if len(p.Addresses) > 0 {
		b.WriteString("  " + safe(strings.Join(p.Addresses, " ")) + "\n")
	}
	if p.Messages == 0 {
		b.WriteString("  no mail of the query; --query '*' looks at all of it\n")
	} else {
		of := ""
		if all := p.InDebates.Messages + p.Elsewhere.Messages; all > p.Messages {
			of = fmt.Sprintf(" (%s, of %d in all)", safe(asked), all)
		}
		fmt.Fprintf(&b, "  %s in %s, %s to %s%s\n", plural(p.Messages, "mail"), plural(p.Threads, "thread"), p.First[:10], p.Last[:10], of)
		b.WriteString("  mails by position: " + p.Counts().String())
		if s := personSignals(&p.Person); s != "" {
			b.WriteString("; " + s)
		}
		b.WriteByte('\n')
	}
	b.WriteString("\nroles (all mails)\n")
	claims := table{right: []bool{true}}
	for _, k := range p.Claims[:min(8, len(p.Claims))] {
		// Claims that the mail shows and those it does not are two rows, and their sources say which.
		claims.row("  "+strconv.Itoa(k.Messages), c.day(k.First)+" to "+c.day(k.Last), k.Role, safe(k.Source))
	}
	if err := claims.write(&b); err != nil {
		return err
	}
	if len(p.Topics) > 0 {
		b.WriteString("\narguments (mails)\n")
		doubtful := map[string]string{}
		for _, t := range p.UnsureTopics {
			id, n, _ := strings.Cut(t, "=")
			doubtful[id] = " (" + n + " unsure)"
		}
		topics := make([]string, 0, 12)
		for _, t := range p.Topics[:min(12, len(p.Topics))] {
			id, n, _ := strings.Cut(t, "=")
			topics = append(topics, id+" "+n+doubtful[id])
		}
		b.WriteString("  " + wrapItems(topics, 78, "  ") + "\n")
	}
	for _, l := range []struct {
		head string
		list []namedCount
	}{{"answers", p.Answers}, {"is answered by", p.AnsweredBy}} {
		if len(l.list) == 0 {
			continue
		}
		names := make([]string, 0, 10)
		for _, n := range l.list[:min(10, len(l.list))] {
			names = append(names, safe(n.Name)+" "+strconv.Itoa(n.Count))
		}
		b.WriteString("\n" + l.head + "\n  " + wrapItems(names, 78, "  ") + "\n")
	}
	b.WriteString("\ntone (all mails)\n")
	tone := table{}
	tone.row("  in debates", c.toneText(p.InDebates))
	tone.row("  elsewhere", c.toneText(p.Elsewhere))
	if err := tone.write(&b); err != nil {
		return err
	}
	if len(p.Ledger) > 0 {
		b.WriteString("\npositions\n\n")
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return err
	}
	return c.stanceTable(w, p.Ledger)
}

// toneText counts, and gives the share with its interval where there is enough mail to speak of one.
func (c *command) toneText(t toneShare) string {
	s := fmt.Sprintf("%s of %s negative, %s uncivil", t.tones.Negative, plural(t.Messages, "mail"), t.tones.Uncivil)
	if t.Messages >= fewMails {
		s += "; " + shareText(t.Negative, t.Messages) + " negative"
	}
	return s
}
