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
	Title   string // empty: "Debates about Rust in the kernel"
	Query   string // that selected the threads, as the user wrote it; shown on the method page
	Threads []ThreadInput
	Topics  []TopicInfo // used for every thread that brings none
	Method  Method      // used for every thread that brings none, and for the method page
}

// File is one file of a set; Name is relative with "/" between parts and stays inside the set.
type File struct {
	Name string
	Data []byte
}

// Collection makes an index page, a page with its chart for each thread, a page of people, one of arguments and one on the
// method. Links are relative. The names of files depend only on the thread, so that a second run over more mail changes
// only what changed. Files come sorted by name; the caller writes them.
func Collection(in CollectionInput, o Options) []File {
	k := newCollection(in, o)
	files := make([]File, 0, 4+2*len(k.entries))
	files = append(files, File{"index.md", k.index()}, File{"people.md", k.people()}, File{"arguments.md", k.argumentsPage()}, File{"method.md", k.method()})
	for _, e := range k.entries {
		files = append(files,
			File{"threads/" + e.name + ".md", []byte(e.page.Markdown())},
			File{"threads/" + e.name + ".svg", e.page.SVG()})
	}
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return files
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
	k := &collection{in: in, opts: o}
	seen := map[string]bool{}
	for _, t := range in.Threads {
		if seen[t.Summary.ID] {
			continue
		}
		seen[t.Summary.ID] = true
		if t.Topics == nil {
			t.Topics = in.Topics
		}
		if t.Method.Tool == "" && t.Method.Fingerprint == "" {
			t.Method = in.Method
		}
		h := sha256.Sum256(append(slices.Clone(o.Key), t.Summary.ID...))
		co := o
		c := newConversation(t, co)
		p := c.page()
		name := shortDate(p.First) + "-" + slug(p.Title) + "-" + hex.EncodeToString(h[:3])
		p.Chart = name + ".svg"
		k.entries = append(k.entries, entry{name: name, c: c, page: p})
	}
	slices.SortFunc(k.entries, func(a, b entry) int {
		return cmp.Or(b.page.First.Compare(a.page.First), strings.Compare(a.name, b.name))
	})
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

// pageLink links to the page of a thread.
func (e *entry) pageLink() string {
	return "[" + Escape(cut(e.page.Title, 80)) + "](threads/" + e.name + ".md)"
}

func navigation(w *writer, here string) {
	parts := make([]string, 0, 4)
	for _, l := range [][2]string{{"Threads", "index.md"}, {"People", "people.md"}, {"Arguments", "arguments.md"}, {"Method", "method.md"}} {
		if l[1] == here {
			parts = append(parts, "**"+l[0]+"**")
		} else {
			parts = append(parts, "["+l[0]+"]("+l[1]+")")
		}
	}
	w.paragraph(strings.Join(parts, " · "))
}

func (k *collection) index() []byte {
	w := &writer{}
	w.heading(1, Escape(k.in.Title))
	navigation(w, "index.md")
	w.paragraph(Escape(k.abstract()))
	if len(k.entries) > 0 {
		w.header("Thread", "First", "Last", "Mails>", "People>", "Heat>", "Arguments", "Support / conditions / opposition>", "Outcome")
	}
	for i := range k.entries {
		e := &k.entries[i]
		p := e.page
		names := make([]string, 0, 3)
		for _, a := range p.Arguments[:min(3, len(p.Arguments))] {
			names = append(names, a.Name)
		}
		w.row(e.pageLink(), shortDate(p.First), shortDate(p.Last), strconv.Itoa(p.Numbers.Mails), strconv.Itoa(p.Numbers.People), strconv.Itoa(p.Heat),
			Escape(strings.Join(names, ", ")), balance(p.Numbers), Escape(p.Outcome.Label))
	}
	w.line()
	w.paragraph("Heat is that of the hottest exchange: 0 calm, 1 pointed, 2 heated, 3 hostile. Positions are people, by the last word of each.")
	return w.bytes()
}

func balance(n Numbers) string {
	return strconv.Itoa(n.Support) + " / " + strconv.Itoa(n.Conditional) + " / " + strconv.Itoa(n.Oppose)
}

func (w *writer) bytes() []byte { return []byte(strings.TrimRight(w.String(), "\n") + "\n") }

// abstract is the set in numbers.
func (k *collection) abstract() string {
	if len(k.entries) == 0 {
		return "No thread matched."
	}
	mails, people := 0, map[string]bool{}
	debates, hot := 0, 0
	first, last := k.entries[0].page.First, k.entries[0].page.Last
	for _, e := range k.entries {
		p := e.page
		mails += p.Numbers.Mails
		for _, x := range append(slices.Clone(p.Participants), p.Quiet...) {
			people[x.Person] = true
		}
		debates += one(p.Label == "debate")
		hot += one(p.Heat >= 2)
		if p.First.Before(first) {
			first = p.First
		}
		if p.Last.After(last) {
			last = p.Last
		}
	}
	s := upperFirst(dates(first, last)) + ", " + count(len(people), "person") + " wrote " + count(mails, "mail") + " in " + count(len(k.entries), "thread") + ". "
	s += upperFirst(number(debates)) + " of the threads " + verb(debates, "is a debate", "are debates") + "; " + strings.TrimSpace(who(hot, "is", "are")) + " heated or hostile."
	return s
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// folk is one person over all threads of a set.
type folk struct {
	name, role                           string
	mails, words, negative, uncivil      int
	threads                              []string // links with positions, the newest thread first
	support, conditional, oppose, signal int
	arguments                            map[string]int
}

func (k *collection) folks() []folk {
	all := map[string]*folk{}
	for i := range k.entries {
		e := &k.entries[i]
		for _, x := range append(slices.Clone(e.page.Participants), e.page.Quiet...) {
			f := all[x.Person]
			if f == nil {
				f = &folk{name: x.Person, role: x.Role, arguments: map[string]int{}}
				all[x.Person] = f
			}
			if roleRank(x.Role) < roleRank(f.role) {
				f.role = x.Role
			}
			f.mails += x.Mails
			f.words += x.Words
			f.negative += x.Negative
			f.uncivil += x.Uncivil
			if x.Last != "" {
				f.threads = append(f.threads, e.pageLink()+": "+Escape(x.Position()))
				switch x.Last {
				case stanceSupport:
					f.support++
				case stanceConditional:
					f.conditional++
				case stanceOppose:
					f.oppose++
				}
			} else {
				f.threads = append(f.threads, e.pageLink())
			}
		}
		for _, r := range e.c.people() {
			f := all[author(r)]
			f.signal += one(signal(r) != "")
			for _, t := range r.Topics {
				f.arguments[e.c.topicName(t.ID)]++
			}
		}
	}
	out := make([]folk, 0, len(all))
	for _, f := range all {
		out = append(out, *f)
	}
	slices.SortFunc(out, func(a, b folk) int {
		return cmp.Or(cmp.Compare(len(b.threads), len(a.threads)), cmp.Compare(b.mails, a.mails), strings.Compare(a.name, b.name))
	})
	return out
}

func (k *collection) people() []byte {
	w := &writer{}
	w.heading(1, "People")
	navigation(w, "people.md")
	folks := k.folks()
	mails, negative := 0, 0
	for _, f := range folks {
		mails += f.mails
		negative += f.negative
	}
	w.paragraph("The positions are counts of threads, by the last word of a person in each. Over all, ", percent(negative, mails), " of the mails are negative in tone; read a person's share beside that and beside the number of mails.")
	w.header("Who", "Role", "Threads>", "Mails>", "Support / conditions / opposition>", "Signals>", "Negative>", "Uncivil>", "Arguments")
	rest := 0
	for _, f := range folks {
		if len(f.threads) == 1 && f.mails < 3 && f.support+f.conditional+f.oppose == 0 && !k.opts.Full {
			rest++
			continue
		}
		args := byCount(f.arguments)
		w.row(Escape(f.name), Escape(roleName(f.role)), strconv.Itoa(len(f.threads)), strconv.Itoa(f.mails),
			strconv.Itoa(f.support)+" / "+strconv.Itoa(f.conditional)+" / "+strconv.Itoa(f.oppose), strconv.Itoa(f.signal),
			strconv.Itoa(f.negative)+" ("+percent(f.negative, f.mails)+")", strconv.Itoa(f.uncivil), Escape(strings.Join(args[:min(3, len(args))], ", ")))
	}
	w.line()
	if rest > 0 {
		w.paragraph(upperFirst(count(rest, "more person")), " wrote one or two mails in one thread and took no position.")
	}
	w.heading(2, "Where they spoke")
	for _, f := range folks {
		if f.support+f.conditional+f.oppose == 0 || len(f.threads) < 2 && !k.opts.Full {
			continue
		}
		w.heading(3, Escape(f.name))
		for _, t := range f.threads[:min(len(f.threads), 25)] {
			w.line("- ", t)
		}
		if n := len(f.threads) - 25; n > 0 {
			w.line("- and ", count(n, "more thread"))
		}
		w.line()
	}
	return w.bytes()
}

// matter is one argument over all threads of a set.
type matter struct {
	id, name, definition string
	mails                []*analysis.Record
	threads              int
	people               map[string]int
	sides                map[string]*Side
}

func (k *collection) matters() []*matter {
	all := map[string]*matter{}
	for i := range k.entries {
		e := &k.entries[i]
		for _, a := range append(slices.Clone(e.page.Arguments), e.page.Minor...) {
			m := all[a.ID]
			if m == nil {
				m = &matter{id: a.ID, name: a.Name, definition: a.Definition, people: map[string]int{}, sides: map[string]*Side{}}
				all[a.ID] = m
			}
			m.threads++
			for _, s := range a.Sides() {
				t := m.sides[s.Name]
				if t == nil {
					t = &Side{Name: s.Name}
					m.sides[s.Name] = t
				}
				t.Mails += s.Mails
				t.Quotes = append(t.Quotes, s.Quotes...)
			}
		}
		for _, r := range e.c.people() {
			for _, t := range r.Topics {
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
			slices.SortStableFunc(s.Quotes, func(a, b Quote) int {
				return cmp.Or(cmp.Compare(b.strength, a.strength), a.Ref.Date.Compare(b.Ref.Date), strings.Compare(a.Text, b.Text))
			})
			s.Quotes = oneEach(s.Quotes, 3)
		}
	}
	slices.SortFunc(out, func(a, b *matter) int {
		return cmp.Or(cmp.Compare(len(b.people), len(a.people)), cmp.Compare(len(b.mails), len(a.mails)), strings.Compare(a.id, b.id))
	})
	return out
}

// oneEach keeps the first quotes, one for each person.
func oneEach(quotes []Quote, n int) []Quote {
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

func (k *collection) argumentsPage() []byte {
	w := &writer{}
	w.heading(1, "Arguments")
	navigation(w, "arguments.md")
	matters := k.matters()
	if len(matters) > 0 {
		w.header("Argument", "Threads>", "People>", "Mails>", "Supporting>", "Critical>", "Open>")
	}
	for _, m := range matters {
		w.row(Escape(upperFirst(m.name)), strconv.Itoa(m.threads), strconv.Itoa(len(m.people)), strconv.Itoa(len(m.mails)),
			strconv.Itoa(m.sides[sideSupporting].Mails), strconv.Itoa(m.sides[sideCritical].Mails), strconv.Itoa(m.sides[sideOpen].Mails))
	}
	w.line()
	for _, m := range matters {
		w.heading(2, Escape(upperFirst(m.name)))
		if m.definition != "" {
			w.paragraph("*", Escape(strings.TrimSuffix(upperFirst(m.definition), ".")), ".*")
		}
		unit, b := fitting(m.mails)
		t := Tone{Unit: unit, Bins: b}.filled()
		if len(b) > 1 {
			w.paragraph("Mails per ", unit, ", ", b[0].Label, " to ", b[len(b)-1].Label, ": `", Sparkline(t.mails()), "`")
		}
		w.paragraph("Used most by ", Escape(some(byCount(m.people), 8)), ".")
		for _, name := range []string{sideSupporting, sideCritical, sideOpen} {
			s := m.sides[name]
			if s.Mails == 0 {
				continue
			}
			w.paragraph("**", s.Title(), "** (", count(s.Mails, "mail"), ")")
			for _, q := range s.Quotes {
				w.quote(q)
			}
		}
	}
	return w.bytes()
}

func (k *collection) method() []byte {
	w := &writer{}
	w.heading(1, "Method")
	navigation(w, "method.md")
	if k.in.Query != "" && !k.opts.Anonymous {
		w.paragraph("The threads are those that answer the query: “", Escape(k.in.Query), "”.")
	}
	c := &conversation{in: ThreadInput{Method: k.in.Method}}
	for _, e := range k.entries {
		c.records = append(c.records, e.c.records...)
	}
	for _, s := range c.method(&Page{Anonymous: k.opts.Anonymous}) {
		w.line("- ", Escape(s))
	}
	w.line()
	w.heading(2, "The arguments")
	w.paragraph("What each argument means, and the side that as a rule puts it forward.")
	w.header("Argument", "Side", "Meaning")
	for _, t := range k.in.Topics {
		w.row(Escape(cmp.Or(t.Name, strings.ReplaceAll(t.ID, "-", " "))), Escape(t.Polarity), Escape(t.Definition))
	}
	return w.bytes()
}
