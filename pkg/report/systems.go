package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"rustle/pkg/analysis"
)

// EntityInfo describes one system that the debates are about.
type EntityInfo struct {
	ID   string
	Name string // empty: made from ID
	Kind string // driver, subsystem, abstraction, infrastructure, tool, project; may be empty
}

// System is a system that the thread is about, and what shows it.
type System struct {
	ID, Name, Kind string
	Mails, People  int
	Quote          *Quote // a sentence that names it; nil when only subjects, files and addresses show it
	Shown          string // what shows it then: "the path rust/kernel/alloc"
	First          Ref    // the first mail about it
}

// mostSystems is how many systems of a thread have a row.
const mostSystems = 15

// naming is one mail about a system.
type naming struct {
	r   *analysis.Record
	tag analysis.Tag
}

// namings gathers the mails of people by the system they are about, each list by date.
func (c *conversation) namings() map[string][]naming {
	out := map[string][]naming{}
	for _, r := range c.people() {
		for _, t := range r.Entities {
			out[t.ID] = append(out[t.ID], naming{r, t})
		}
	}
	return out
}

// systems returns what the thread is about, the most spoken of first, and how many more are only named.
func (c *conversation) systems() (out []System, more []string) {
	namings := c.namings()
	for id, mails := range namings {
		out = append(out, System{ID: id, Name: c.systemName(id), Kind: clean(c.entities[id].Kind), Mails: len(mails), People: peopleOf(mails), First: c.ref(mails[0].r)})
	}
	slices.SortFunc(out, func(a, b System) int {
		return cmp.Or(cmp.Compare(b.People, a.People), cmp.Compare(b.Mails, a.Mails), strings.Compare(a.ID, b.ID))
	})
	if len(out) > mostSystems && !c.opts.Full {
		for _, s := range out[mostSystems:] {
			more = append(more, s.Name)
		}
		out = out[:mostSystems]
	}
	used := map[string]bool{} // a sentence that names two systems stands for one, where the other has another
	for i := range out {
		s := &out[i]
		qs := c.namingQuotes(namings[s.ID], 5)
		if len(qs) == 0 {
			s.Shown = shownBy(namings[s.ID])
			continue
		}
		s.Quote = &qs[max(0, slices.IndexFunc(qs, func(q Quote) bool { return !used[q.Text] }))]
		used[s.Quote.Text] = true
	}
	return out, more
}

func peopleOf(mails []naming) int {
	names := map[string]bool{}
	for _, m := range mails {
		names[author(m.r)] = true
	}
	return len(names)
}

// namingQuotes returns the best sentences that name a system, one for each person and n at most. A sentence that reads
// well goes before one that does not, for all name it.
func (c *conversation) namingQuotes(mails []naming, n int) []Quote {
	var all []Quote
	for _, m := range mails {
		for _, k := range remarks(m.r, m.tag.Evidence) {
			if len(strings.Fields(k.text)) >= 4 {
				all = append(all, Quote{Text: quotation(k.text, quoteRunes), Ref: c.ref(m.r), strength: k.strength()})
			}
		}
	}
	return strongest(all, n)
}

// shownBy says which part of a mail shows a system that no sentence names.
func shownBy(mails []naming) string {
	for _, m := range mails {
		for _, e := range m.tag.Evidence {
			source, what, _ := strings.Cut(e.Rule, ": ")
			kind, _, _ := strings.Cut(source, " ")
			switch kind {
			case "path":
				return "files that its patches touch (" + clean(what) + ")"
			case "area":
				return "the prefix of its subjects (" + clean(what) + ")"
			case "name":
				return "the subject of a mail"
			}
		}
	}
	return "lists and people that are addressed"
}

func (c *conversation) systemName(id string) string {
	return cmp.Or(clean(c.entities[id].Name), strings.ReplaceAll(clean(id), "-", " "))
}

func (p *Page) markdownSystems(w *writer) {
	if len(p.Systems) == 0 {
		return
	}
	w.heading(2, "Systems")
	w.header("System", "Kind", "People>", "Mails>", "First", "What shows it")
	for _, s := range p.Systems {
		shown := Escape(upperFirst(s.Shown))
		if s.Quote != nil {
			shown = "“" + Escape(s.Quote.Text) + "” (" + Escape(s.Quote.Ref.Person) + ", " + link(s.Quote.Ref) + ")"
		}
		w.row(Escape(s.Name), Escape(s.Kind), strconv.Itoa(s.People), strconv.Itoa(s.Mails), link(s.First), shown)
	}
	w.line()
	if len(p.MoreSystems) > 0 {
		w.paragraph("Also spoken of: ", Escape(join(p.MoreSystems)), ".")
	}
}

// systemsPage tells the systems over all threads of a set.
func (k *collection) systemsPage() *document {
	d := k.page("Systems", "systems", "")
	type about struct {
		system  System
		mails   []*analysis.Record
		quotes  []Quote
		entries []*entry
		people  map[string]int
	}
	all := map[string]*about{}
	for i := range k.entries {
		e := &k.entries[i]
		for id, mails := range e.c.namings() {
			a := all[id]
			if a == nil {
				a = &about{system: System{ID: id, Name: e.c.systemName(id), Kind: clean(e.c.entities[id].Kind)}, people: map[string]int{}}
				all[id] = a
			}
			a.entries = append(a.entries, e)
			a.quotes = append(a.quotes, e.c.namingQuotes(mails, 3)...)
			for _, m := range mails {
				a.mails = append(a.mails, m.r)
				a.people[author(m.r)]++
			}
		}
	}
	order := make([]*about, 0, len(all))
	for _, a := range all {
		slices.SortFunc(a.mails, func(x, y *analysis.Record) int { return cmp.Or(x.Date.Compare(y.Date), strings.Compare(x.ID, y.ID)) })
		order = append(order, a)
	}
	slices.SortFunc(order, func(a, b *about) int {
		return cmp.Or(cmp.Compare(len(b.people), len(a.people)), cmp.Compare(len(b.mails), len(a.mails)), strings.Compare(a.system.ID, b.system.ID))
	})
	if len(order) == 0 {
		d.text(plain("No mail of the set is about a system that the rules know."))
		return d
	}
	d.text(plain("The drivers, subsystems and tools that the threads are about, by names, files, prefixes of subjects and lists."))
	rows := make([][]line, 0, len(order))
	for _, a := range order {
		rows = append(rows, []line{plain(a.system.Name), plain(a.system.Kind), number10(len(a.entries)), number10(len(a.people)), number10(len(a.mails))})
	}
	d.table([]string{"System", "Kind", "Threads>", "People>", "Mails>"}, rows)
	pages := k.pagesOf()
	for _, a := range order {
		d.heading(2, plain(a.system.Name))
		unit, b := fitting(a.mails)
		d.timeline("Mails about it", Tone{Unit: unit, Bins: b})
		d.text(plain("Most by "), whoMost(a.people, pages, 8), plain("."))
		for _, q := range strongest(a.quotes, 3) {
			d.quote(q)
		}
		items := make([]line, 0, 5)
		for _, e := range a.entries[:min(5, len(a.entries))] {
			items = append(items, lines(plain(shortDate(e.page.First)+" "), k.link(e, "")))
		}
		if n := len(a.entries) - len(items); n > 0 {
			items = append(items, plain("and "+count(n, "other thread")))
		}
		d.list(items)
	}
	return d
}
