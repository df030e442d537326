package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"rustle/pkg/analysis"
)

// CollectionInput is all that a set of pages is made from.
type CollectionInput struct {
	Title    string // empty: "Debates about Rust in the kernel"
	Query    string // that selected the threads, as the user wrote it; shown on the method page
	Threads  []ThreadInput
	Topics   []TopicInfo  // used for every thread that brings none
	Entities []EntityInfo // used for every thread that brings none
	Method   Method       // used for every thread that brings none, and for the method page
}

// File is one file of a set; Name is relative with "/" between parts and stays inside the set.
type File struct {
	Name string
	Data []byte
}

// Collection makes an index page, a page for each thread, one of people with a page for each who took a position or wrote
// three mails, one of arguments and one on the method, as Markdown with charts beside it or, with [Options.HTML], as HTML
// that holds its charts. Links are relative. The names of files depend only on the thread and the person, so that a second
// run over more mail changes only what changed. Files come sorted by name; the caller writes them.
func Collection(in CollectionInput, o Options) []File {
	k := newCollection(in, o)
	files := make([]File, 0, 4+2*len(k.entries)+len(k.folks))
	add := func(name string, d *document) {
		data := d.markdown()
		if o.HTML {
			var err error
			if data, err = d.html(); err != nil {
				data = d.markdown() // never: a test lays every kind of block out
			}
		}
		files = append(files, File{name + k.ending(), data})
	}
	add("index", k.index())
	add("people", k.people())
	add("arguments", k.argumentsPage())
	add("systems", k.systemsPage())
	add("method", k.method())
	for i := range k.folks {
		if f := &k.folks[i]; f.page != "" {
			add("people/"+f.page, k.person(f))
		}
	}
	for _, e := range k.entries {
		if o.HTML {
			var b strings.Builder
			_ = e.page.HTML(&b) // never fails: the template is our own, and so is the writer
			files = append(files, File{"threads/" + e.name + ".html", []byte(b.String())})
			continue
		}
		files = append(files,
			File{"threads/" + e.name + ".md", []byte(e.page.Markdown())},
			File{"threads/" + e.name + ".svg", e.page.SVG()})
	}
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return files
}

// ending is what the names of the pages end in.
func (k *collection) ending() string {
	if k.opts.HTML {
		return ".html"
	}
	return ".md"
}

// entry is one thread of a set.
type entry struct {
	name string // of its files, without ending
	c    *conversation
	page *Page
}

type collection struct {
	in      CollectionInput
	opts    Options
	entries []entry // the newest first
	folks   []folk  // those in most threads first
}

func newCollection(in CollectionInput, o Options) *collection {
	in.Title = cmp.Or(clean(in.Title), "Debates about Rust in the kernel")
	if o.Anonymous { // one person has one pseudonym on all pages, and is hidden in threads he did not write in
		o.People = slices.Clone(o.People)
		for i := range in.Threads {
			for j := range in.Threads[i].Records {
				r := &in.Threads[i].Records[j]
				o.People = append(o.People, Identity{Person: author(r), Names: []string{r.From.Name}, Addrs: []string{r.From.Addr}})
			}
		}
	}
	if !o.Anonymous {
		var all []*analysis.Record
		for i := range in.Threads {
			for j := range in.Threads[i].Records {
				all = append(all, &in.Threads[i].Records[j])
			}
		}
		o.names = shortNames(all)
	}
	k := &collection{in: in, opts: o}
	seen, names := map[string]bool{}, map[string]string{} // names: of the files of a thread, by its id
	for _, t := range in.Threads {
		if seen[t.Summary.ID] {
			continue
		}
		seen[t.Summary.ID] = true
		if t.Topics == nil {
			t.Topics = in.Topics
		}
		if t.Entities == nil {
			t.Entities = in.Entities
		}
		if t.Method.Tool == "" && t.Method.Fingerprint == "" {
			t.Method = in.Method
		}
		h := sha256.Sum256(append(slices.Clone(o.Key), t.Summary.ID...))
		co := o
		c := newConversation(t, co)
		p := c.page()
		name := shortDate(p.First) + "-" + slug(p.Title) + "-" + hex.EncodeToString(h[:3])
		p.Chart, p.Home = name+".svg", "../index"+k.ending()
		k.entries = append(k.entries, entry{name: name, c: c, page: p})
		names[t.Summary.ID] = name
	}
	page := func(thread string) string {
		if names[thread] == "" {
			return ""
		}
		return names[thread] + k.ending()
	}
	for _, e := range k.entries {
		for i := range e.page.Series {
			if s := &e.page.Series[i]; s.Other {
				s.Page = page(s.thread)
			}
		}
		for i := range e.page.Pieces {
			e.page.Pieces[i].Page = page(e.page.Pieces[i].thread)
		}
		if d := e.page.Debate; d != nil {
			d.Page = page(d.thread)
		}
	}
	slices.SortFunc(k.entries, func(a, b entry) int {
		return cmp.Or(b.page.First.Compare(a.page.First), strings.Compare(a.name, b.name))
	})
	k.folks = k.gather()
	pages := map[string]string{}
	for _, f := range k.folks {
		if f.page != "" {
			pages[f.name] = "../people/" + f.page + k.ending()
		}
	}
	for _, e := range k.entries {
		for _, list := range [][]Participant{e.page.Participants, e.page.Quiet} {
			for i := range list { // what the thread alone warrants: other threads do not change this page
				if list[i].Last != "" || list[i].Mails >= leastMails || o.Full {
					list[i].Page = pages[list[i].Person]
				}
			}
		}
	}
	return k
}

// slug makes part of a file name from a title: at most 40 bytes of lower-case ASCII letters, digits and "-".
func slug(title string) string {
	var b strings.Builder
	for _, r := range fold(title) {
		switch {
		case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 40 {
			break
		}
	}
	return cmp.Or(strings.Trim(b.String(), "-"), "thread")
}

// link links to the page of a thread from a page that lies in a directory, "" or "../".
func (k *collection) link(e *entry, up string) line {
	return anchor(cut(e.page.Title, 80), up+"threads/"+e.name+k.ending())
}

// page begins a page of the set with the way to the others.
func (k *collection) page(title, here, up string) *document {
	d := &document{title: title}
	var nav line
	for i, l := range [][2]string{{"Threads", "index"}, {"People", "people"}, {"Arguments", "arguments"}, {"Systems", "systems"}, {"Method", "method"}} {
		if i > 0 {
			nav = append(nav, span{Text: " · "})
		}
		if l[1] == here {
			nav = append(nav, bold(l[0])...)
		} else {
			nav = append(nav, anchor(l[0], up+l[1]+k.ending())...)
		}
	}
	d.text(nav)
	return d
}

func (k *collection) index() *document {
	d := k.page(k.in.Title, "index", "")
	d.text(plain(k.abstract()))
	var rows [][]line
	for i := range k.entries {
		e := &k.entries[i]
		p := e.page
		names := make([]string, 0, 3)
		for _, a := range p.Arguments[:min(3, len(p.Arguments))] {
			names = append(names, a.Name)
		}
		rows = append(rows, slices.Concat([]line{
			k.link(e, ""), plain(shortDate(p.First)), plain(shortDate(p.Last)), number10(p.Numbers.Mails), number10(p.Numbers.People), number10(p.Heat),
			plain(strings.Join(names, ", ")),
		}, positionCells(p.Numbers.Positions), []line{plain(p.Outcome.Label)}))
	}
	d.table([]string{"Thread", "First", "Last", "Mails>", "People>", "Heat>", "Arguments", "Support>", "Conditions>", "Opposition>", "Outcome"}, rows)
	if len(rows) > 0 {
		d.text(plain("Heat is that of the thread as a whole: 0 calm, 1 pointed, 2 heated, 3 hostile. Positions are people, by the last word of each that the tags are sure of; unsure are those who took none, by the last that they may have taken."))
	}
	k.inside(d)
	return d
}

// mostInside is how many discussions inside threads the index page tells.
const mostInside = 20

// inside lists the most heated, then the largest discussions inside the threads that are debates.
func (k *collection) inside(d *document) {
	type part struct {
		e *entry
		d *Discussion
	}
	var all []part
	for i := range k.entries {
		e := &k.entries[i]
		for j := range e.page.Discussions {
			if x := &e.page.Discussions[j]; x.Label == "debate" {
				all = append(all, part{e, x})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b part) int {
		return cmp.Or(cmp.Compare(b.d.Heat, a.d.Heat), cmp.Compare(b.d.Mails, a.d.Mails), a.d.Ref.Date.Compare(b.d.Ref.Date), strings.Compare(a.d.Ref.ID, b.d.Ref.ID))
	})
	var rows [][]line
	for _, x := range all[:min(mostInside, len(all))] {
		rows = append(rows, []line{
			anchor(cut(x.d.Heading(), 80), x.d.Ref.URL), plain(x.d.Ref.Person), k.link(x.e, ""), plain(shortDate(x.d.Ref.Date)), number10(x.d.Mails), number10(x.d.People), number10(x.d.Heat),
		})
	}
	if len(rows) == 0 {
		return
	}
	d.heading(2, plain("Debates inside large threads"))
	d.text(plain("An answer in a thread with all that answers it, the most heated first; one can lie inside another. The page of the thread tells where each heated up and cooled."))
	d.table([]string{"Discussion", "Opened by", "Thread", "Began", "Mails>", "People>", "Heat>"}, rows)
}

// positionCells are the positions in three cells of a table.
func positionCells(c analysis.Counts) []line {
	return []line{plain(c.Support.String()), plain(c.Conditional.String()), plain(c.Oppose.String())}
}

func (w *writer) bytes() []byte { return []byte(strings.TrimRight(w.String(), "\n") + "\n") }

// abstract is the set in numbers.
func (k *collection) abstract() string {
	if len(k.entries) == 0 {
		return "No thread matched."
	}
	mails := 0
	debates, pieces, hot := 0, 0, 0
	first, last := k.entries[0].page.First, k.entries[0].page.Last
	for _, e := range k.entries {
		p := e.page
		mails += p.Numbers.Mails
		debates += one(p.Label == "debate")
		pieces += one(p.Debate != nil)
		hot += one(p.Heat >= 2)
		if p.First.Before(first) {
			first = p.First
		}
		if p.Last.After(last) {
			last = p.Last
		}
	}
	s := upperFirst(dates(first, last)) + ", " + count(len(k.folks), "person") + " wrote " + count(mails, "mail") + " in " + count(len(k.entries), "thread") + ". "
	s += upperFirst(number(debates)) + " of the threads " + verb(debates, "is a debate", "are debates")
	if pieces > 0 {
		s += ", " + number(pieces) + " of them " + verb(pieces, "a piece of a larger one", "pieces of larger ones")
	}
	s += "; " + strings.TrimSpace(who(hot, "is", "are")) + " heated or hostile."
	return s
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// matter is one argument over all threads of a set.
type matter struct {
	id, name, definition string
	mails                []*analysis.Record
	threads, unsure      int
	people               map[string]int
	sides                map[string]*Side
	answered             map[[2]string]int
}

func (k *collection) matters() []*matter {
	all := map[string]*matter{}
	for i := range k.entries {
		e := &k.entries[i]
		for _, a := range append(slices.Clone(e.page.Arguments), e.page.Minor...) {
			m := all[a.ID]
			if m == nil {
				m = &matter{id: a.ID, name: a.Name, definition: a.Definition, people: map[string]int{}, sides: map[string]*Side{}, answered: map[[2]string]int{}}
				all[a.ID] = m
			}
			m.threads += one(a.Mails > 0)
			m.unsure += a.Unsure
			for _, p := range a.Answered {
				m.answered[[2]string{p.From, p.To}] += p.Mails
			}
			for _, s := range a.Sides() {
				t := m.sides[s.Name]
				if t == nil {
					t = &Side{Name: s.Name}
					m.sides[s.Name] = t
				}
				t.Mails += s.Mails
				t.Unsure += s.Unsure
				t.Quotes = append(t.Quotes, s.Quotes...)
			}
		}
		for _, r := range e.c.people() {
			sure, _ := r.Arguments()
			for _, t := range sure {
				if m := all[t.ID]; m != nil {
					m.mails = append(m.mails, r)
					m.people[author(r)]++
				}
			}
		}
	}
	out := slices.Collect(maps.Values(all))
	for _, m := range out {
		slices.SortFunc(m.mails, func(a, b *analysis.Record) int { return cmp.Or(a.Date.Compare(b.Date), strings.Compare(a.ID, b.ID)) })
		for _, s := range m.sides {
			s.Quotes = strongest(s.Quotes, 3)
		}
	}
	slices.SortFunc(out, func(a, b *matter) int {
		return cmp.Or(cmp.Compare(len(b.people), len(a.people)), cmp.Compare(len(b.mails), len(a.mails)), strings.Compare(a.id, b.id))
	})
	return out
}

// strongest keeps the best quotes, one for each person and one of each text.
func strongest(quotes []Quote, n int) []Quote {
	slices.SortStableFunc(quotes, func(a, b Quote) int {
		return cmp.Or(cmp.Compare(b.strength, a.strength), a.Ref.Date.Compare(b.Ref.Date), strings.Compare(a.Text, b.Text))
	})
	seen := map[string]bool{}
	var out []Quote
	for _, q := range quotes {
		if len(out) < n && !seen[q.Ref.Person] {
			seen[q.Ref.Person] = true
			out = append(out, q)
		}
	}
	return out
}

// whoMost names the n people with the most mails, linked to their pages, and counts the others.
func whoMost(mails map[string]int, pages map[string]string, n int) line {
	names := byCount(mails)
	var out line
	for i, name := range names[:min(n, len(names))] {
		if i > 0 {
			out = append(out, span{Text: ", "})
		}
		out = append(out, span{Text: name, URL: pages[name]}, span{Text: " (" + strconv.Itoa(mails[name]) + ")"})
	}
	if more := len(names) - n; more > 0 {
		out = append(out, span{Text: " and " + count(more, "other")})
	}
	return out
}

func (k *collection) argumentsPage() *document {
	d := k.page("Arguments", "arguments", "")
	matters := k.matters()
	var rows [][]line
	for _, m := range matters {
		rows = append(rows, []line{
			plain(upperFirst(m.name)), number10(m.threads), number10(len(m.people)), plain(analysis.Count{Sure: len(m.mails), Unsure: m.unsure}.String()),
			plain(m.sides[sideSupporting].Count().String()), plain(m.sides[sideCritical].Count().String()), plain(m.sides[sideOpen].Count().String()),
		})
	}
	d.table([]string{"Argument", "Threads>", "People>", "Mails>", "Supporting>", "Critical>", "Open>"}, rows)
	if note := sidesNote(slices.ContainsFunc(matters, func(m *matter) bool { return m.sides[sideSupporting].Unsure+m.sides[sideCritical].Unsure > 0 }),
		slices.ContainsFunc(matters, func(m *matter) bool { return m.unsure > 0 })); note != "" {
		d.text(plain(note))
	}
	pages := k.pagesOf()
	for _, m := range matters {
		if len(m.mails) == 0 {
			continue // the table says how many may put it forward
		}
		d.heading(2, plain(upperFirst(m.name)))
		if m.definition != "" {
			d.text(emphasis(strings.TrimSuffix(upperFirst(m.definition), ".") + "."))
		}
		unit, b := fitting(m.mails)
		d.timeline("Mails with this argument", Tone{Unit: unit, Bins: b})
		d.text(plain("Used most by "), whoMost(m.people, pages, 8), plain("."))
		for _, name := range []string{sideSupporting, sideCritical, sideOpen} {
			s := m.sides[name]
			if s.Mails == 0 {
				continue
			}
			d.text(bold(s.Title()), plain(" ("+count(s.Mails, "mail")+")"))
			for _, q := range s.Quotes {
				d.quote(q)
			}
		}
		if s := (Argument{Answered: pairs(m.answered)}).Answers(); s != "" {
			d.text(plain(s))
		}
	}
	return d
}

func (k *collection) method() *document {
	d := k.page("Method", "method", "")
	if k.in.Query != "" && !k.opts.Anonymous {
		d.text(plain("The threads are those that answer the query: “" + k.in.Query + "”."))
	}
	c := &conversation{in: ThreadInput{Method: k.in.Method}}
	for _, e := range k.entries {
		c.records = append(c.records, e.c.records...)
		c.dated = c.dated || e.c.dated
	}
	var items []line
	for _, s := range c.method(&Page{Anonymous: k.opts.Anonymous}) {
		items = append(items, plain(s))
	}
	d.list(items)
	d.heading(2, plain("The arguments"))
	d.text(plain("What each argument means, and the side that as a rule puts it forward."))
	var rows [][]line
	for _, t := range k.in.Topics {
		rows = append(rows, []line{plain(cmp.Or(t.Name, strings.ReplaceAll(t.ID, "-", " "))), plain(t.Polarity), plain(t.Definition)})
	}
	d.table([]string{"Argument", "Side", "Meaning"}, rows)
	return d
}
