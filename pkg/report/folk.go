package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"time"

	"rustle/pkg/analysis"
)

// folk is one person over all threads of a set.
type folk struct {
	name, role, page  string // page: name of his own page, empty without one
	mails, words      int
	tones             analysis.Tones
	parts             []part         // the newest thread first
	sure, unsure      map[string]int // threads by the last position taken that counts; where none does, by the last unsure one
	signal            int            // signals given
	arguments         map[string]int
	answers, answered map[string]int
}

// positions counts his threads.
func (f *folk) positions() analysis.Counts { return analysis.CountsOf(f.sure, f.unsure) }

// part is what a person did in one thread.
type part struct {
	e *entry
	p Participant
}

// leastMails is how many mails give a person a page of his own without a position.
const leastMails = 3

// gather collects the people of all threads, those in most threads first.
func (k *collection) gather() []folk {
	all := map[string]*folk{}
	for i := range k.entries {
		e := &k.entries[i]
		for _, x := range append(slices.Clone(e.page.Participants), e.page.Quiet...) {
			f := all[x.Person]
			if f == nil {
				f = &folk{name: x.Person, role: x.Role, sure: map[string]int{}, unsure: map[string]int{}, arguments: map[string]int{}, answers: map[string]int{}, answered: map[string]int{}}
				all[x.Person] = f
			}
			if roleRank(x.Role) < roleRank(f.role) {
				f.role = x.Role
			}
			f.mails += x.Mails
			f.words += x.Words
			f.tones.Sum(x.Tones)
			f.parts = append(f.parts, part{e, x})
			f.sure[x.Last]++
			f.unsure[x.Leaning]++
		}
		for _, r := range e.c.people() {
			f := all[author(r)]
			f.signal += one(signal(r) != "")
			sure, _ := r.Arguments()
			for _, t := range sure {
				f.arguments[e.c.topicName(t.ID)]++
			}
			if p := e.c.byID(r.Parent); p != nil && !isBot(p) && author(p) != f.name {
				f.answers[author(p)]++
				all[author(p)].answered[f.name]++
			}
		}
	}
	out := make([]folk, 0, len(all))
	for _, f := range all {
		if f.positions().Total().Sure > 0 || f.mails >= leastMails || k.opts.Full {
			h := sha256.Sum256(append(slices.Clone(k.opts.Key), f.name...))
			f.page = slug(f.name) + "-" + hex.EncodeToString(h[:3])
		}
		out = append(out, *f)
	}
	slices.SortFunc(out, func(a, b folk) int {
		return cmp.Or(cmp.Compare(len(b.parts), len(a.parts)), cmp.Compare(b.mails, a.mails), strings.Compare(a.name, b.name))
	})
	return out
}

// pagesOf returns the links to the pages of people from a page beside people.md.
func (k *collection) pagesOf() map[string]string {
	out := map[string]string{}
	for _, f := range k.folks {
		if f.page != "" {
			out[f.name] = "people/" + f.page + k.ending()
		}
	}
	return out
}

func (k *collection) people() *document {
	d := k.page("People", "people", "")
	mails, negative := 0, 0
	for _, f := range k.folks {
		mails += f.mails
		negative += f.tones.Negative.Sure
	}
	if mails > 0 {
		d.text(plain("The positions are counts of threads, by the last word of a person in each that the tags are sure of; unsure are threads without one, by the last that may be one. Over all, " + percent(negative, mails) +
			" of the mails are negative in tone; read a person's share beside that and beside the number of mails. What is unsure is part of no share."))
	}
	rest := 0
	var rows [][]line
	pages := k.pagesOf()
	for _, f := range k.folks {
		if f.page == "" {
			rest++
			continue
		}
		args := byCount(f.arguments)
		rows = append(rows, slices.Concat([]line{
			anchor(f.name, pages[f.name]), plain(roleName(f.role)), number10(len(f.parts)), number10(f.mails),
		}, positionCells(f.positions()), []line{
			number10(f.signal), plain(f.tones.Negative.String() + ", " + percent(f.tones.Negative.Sure, f.mails)), plain(f.tones.Uncivil.String()), plain(strings.Join(args[:min(3, len(args))], ", ")),
		}))
	}
	d.table([]string{"Who", "Role", "Threads>", "Mails>", "Support>", "Conditions>", "Opposition>", "Signals>", "Negative>", "Uncivil>", "Arguments"}, rows)
	if rest > 0 {
		d.text(plain(upperFirst(count(rest, "more person")) + " wrote one or two mails and took no position."))
	}
	return d
}

// person is the page of one person.
func (k *collection) person(f *folk) *document {
	d := k.page(f.name, "", "../")
	first, last := f.parts[0].e.page.First, f.parts[0].e.page.Last
	var mine []*analysis.Record
	for _, p := range f.parts {
		for _, r := range p.e.c.people() {
			if author(r) == f.name {
				mine = append(mine, r)
			}
		}
	}
	slices.SortFunc(mine, func(a, b *analysis.Record) int { return cmp.Or(a.Date.Compare(b.Date), strings.Compare(a.ID, b.ID)) })
	if len(mine) > 0 {
		first, last = mine[0].Date, mine[len(mine)-1].Date
	}
	s := upperFirst(count(f.mails, "mail")) + " in " + count(len(f.parts), "thread") + " of this set, " + strings.TrimPrefix(dates(first, last), "on ") + "."
	n := f.positions()
	if total := n.Total(); total.Sure > 0 {
		s += " A position that the tags are sure of in " + count(total.Sure, "thread") + ", by the last word in each: " + inWords(n.Support.Sure, n.Conditional.Sure, n.Oppose.Sure) + "."
	} else {
		s += " No position that the tags are sure of."
	}
	if total := n.Total(); total.Unsure > 0 {
		s += " An unsure one only in " + count(total.Unsure, "thread") + ": " + inWords(n.Support.Unsure, n.Conditional.Unsure, n.Oppose.Unsure) + "."
	}
	d.text(plain(s))
	d.table([]string{"Role", "For, by", "First mail", "Last mail", "Mails>"}, k.roles(mine))
	d.heading(2, plain("Threads"))
	var rows [][]line
	for _, p := range f.parts {
		said := line{}
		if q := p.p.Quote; q != nil {
			said = lines(plain("“"+q.Text+"” ("), mailLine(q.Ref), plain(")"))
		}
		rows = append(rows, []line{
			k.link(p.e, "../"), plain(shortDate(p.e.page.First)), number10(p.p.Mails), plain(p.p.Position()), plain(negativeAndUncivil(p.p.Tones)), said,
		})
	}
	d.table([]string{"Thread", "Began", "Mails>", "Position", "Tone", "In the person's own words"}, rows)
	k.personArguments(d, f)
	k.personSignals(d, mine)
	k.personTone(d, f, mine)
	k.personAnswers(d, f)
	return d
}

// inWords counts threads by position: "support in two and opposition in one".
func inWords(support, conditional, oppose int) string {
	var parts []string
	for _, k := range []struct {
		name string
		n    int
	}{{"support", support}, {"conditions", conditional}, {"opposition", oppose}} {
		if k.n > 0 {
			parts = append(parts, k.name+" in "+number(k.n))
		}
	}
	return join(parts)
}

// roles lists the roles that a person's mails show, by the first of each.
func (k *collection) roles(mine []*analysis.Record) [][]line {
	type role struct{ name, claim string }
	type span struct {
		first, last time.Time
		mails       int
	}
	var order []role
	seen := map[role]*span{}
	for _, r := range mine {
		x := role{r.Role, claim(r.RoleClaim)}
		if seen[x] == nil {
			seen[x] = &span{first: r.Date}
			order = append(order, x)
		}
		seen[x].last = r.Date
		seen[x].mails++
	}
	rows := make([][]line, 0, len(order))
	for _, x := range order {
		s := seen[x]
		rows = append(rows, []line{plain(upperFirst(roleName(x.name))), plain(x.claim), plain(shortDate(s.first)), plain(shortDate(s.last)), number10(s.mails)})
	}
	return rows
}

// personArguments tells which arguments a person put forward, and on which side his mails stood.
func (k *collection) personArguments(d *document, f *folk) {
	type use struct {
		mails, open          int
		supporting, critical analysis.Count
	}
	uses := map[string]*use{}
	quotes, doubtful := map[string][]Quote{}, map[string]int{}
	for _, p := range f.parts {
		for _, r := range p.e.c.people() {
			if author(r) != f.name {
				continue
			}
			sure, unsure := r.Arguments()
			for _, t := range unsure {
				doubtful[p.e.c.topicName(t.ID)]++
			}
			for _, t := range sure {
				name := p.e.c.topicName(t.ID)
				u := uses[name]
				if u == nil {
					u = &use{}
					uses[name] = u
				}
				u.mails++
				u.supporting.Sure += one(side(r) == sideSupporting)
				u.critical.Sure += one(side(r) == sideCritical)
				u.open += one(side(r) == sideOpen)
				u.supporting.Unsure += one(sideOf(r.Unsure()) == sideSupporting)
				u.critical.Unsure += one(sideOf(r.Unsure()) == sideCritical)
				for _, m := range remarks(r, t.Evidence) {
					if m.printable() {
						quotes[name] = append(quotes[name], Quote{Text: quotation(m.text, quoteRunes), Ref: p.e.c.ref(r), strength: m.strength()})
					}
				}
			}
		}
	}
	if len(uses) == 0 {
		return
	}
	d.heading(2, plain("Arguments"))
	names := byCount(f.arguments)
	rows := make([][]line, 0, len(names))
	open, unsure := false, false
	for _, name := range names {
		u := uses[name]
		open = open || u.supporting.Unsure+u.critical.Unsure > 0
		unsure = unsure || doubtful[name] > 0
		rows = append(rows, []line{plain(upperFirst(name)), plain(analysis.Count{Sure: u.mails, Unsure: doubtful[name]}.String()), plain(u.supporting.String()), plain(u.critical.String()), number10(u.open)})
	}
	d.table([]string{"Argument", "Mails>", "In mails that support>", "That oppose or set conditions>", "Open>"}, rows)
	if note := sidesNote(open, unsure); note != "" {
		d.text(plain(note))
	}
	used := map[string]bool{}
	for _, name := range names[:min(5, len(names))] {
		qs := slices.DeleteFunc(quotes[name], func(q Quote) bool { return used[q.Text] })
		if q := strongest(qs, 1); len(q) > 0 {
			used[q[0].Text] = true
			d.heading(3, plain(upperFirst(name)))
			d.quote(q[0])
		}
	}
}

// personSignals lists NAKs and "applied", and counts the other signals.
func (k *collection) personSignals(d *document, mine []*analysis.Record) {
	kinds := map[string]int{}
	for _, r := range mine {
		if s := signal(r); s != "" {
			kinds[s]++
		}
	}
	if len(kinds) == 0 {
		return
	}
	d.heading(2, plain("Signals"))
	keys := byCount(kinds)
	slices.SortStableFunc(keys, func(a, b string) int { return cmp.Compare(signalOrder(a), signalOrder(b)) })
	parts := make([]string, 0, len(keys))
	for _, s := range keys {
		parts = append(parts, signalNoun(s, kinds[s]))
	}
	d.text(plain("Explicit signals: " + join(parts) + "."))
	var items []line
	for i := range k.entries {
		for _, s := range k.entries[i].page.Signals {
			if s.Ref.Person != d.title || s.Kind != signalNak && s.Kind != signalApply {
				continue
			}
			text := lines(plain(shortDate(s.Ref.Date)+" "), bold(signalName(s.Kind)), plain(" in "), k.link(&k.entries[i], "../"), plain(" ("), mailLine(s.Ref), plain(")"))
			if s.Quote != "" {
				text = append(text, span{Text: ": “" + s.Quote + "”"})
			}
			if s.Fate != "" {
				text = append(text, span{Text: " " + s.Fate})
			}
			items = append(items, text)
		}
	}
	d.list(items)
}

// personTone sets the tone of the heated threads against that of the others: one's own baseline.
func (k *collection) personTone(d *document, f *folk, mine []*analysis.Record) {
	d.heading(2, plain("Tone"))
	type tally struct {
		mails int
		tones analysis.Tones
	}
	var by [2]tally
	for _, p := range f.parts {
		t := &by[one(p.e.page.Heat >= 2)]
		t.mails += p.p.Mails
		t.tones.Sum(p.p.Tones)
	}
	var rows [][]line
	for i, name := range []string{"In calm and pointed threads", "In heated and hostile threads"} {
		if t := by[i]; t.mails > 0 {
			rows = append(rows, []line{plain(name), number10(t.mails), plain(t.tones.Negative.String()), plain(t.tones.Uncivil.String()), plain(percent(t.tones.Negative.Sure, t.mails))})
		}
	}
	everyone, tones := 0, analysis.Tones{}
	for _, x := range k.folks {
		everyone += x.mails
		tones.Sum(x.tones)
	}
	rows = append(rows, []line{plain("All mails of this set"), number10(everyone), plain(tones.Negative.String()), plain(tones.Uncivil.String()), plain(percent(tones.Negative.Sure, everyone))})
	d.table([]string{"Where", "Mails>", "Negative>", "Uncivil>", "Share negative>"}, rows)
	if f.mails < 30 {
		d.text(plain("Shares of fewer than 30 mails say little."))
	}
	unit, b := fitting(mine)
	d.timeline("Mails", Tone{Unit: unit, Bins: b})
}

// personAnswers says with whom a person talked.
func (k *collection) personAnswers(d *document, f *folk) {
	if len(f.answers)+len(f.answered) == 0 {
		return
	}
	d.heading(2, plain("Answers"))
	names := map[string]bool{}
	for _, m := range []map[string]int{f.answers, f.answered} {
		for name := range m {
			names[name] = true
		}
	}
	order := slices.SortedFunc(maps.Keys(names), func(a, b string) int {
		return cmp.Or(cmp.Compare(f.answers[b]+f.answered[b], f.answers[a]+f.answered[a]), strings.Compare(a, b))
	})
	pages := k.pagesOf()
	var rows [][]line
	for _, name := range order[:min(15, len(order))] {
		link := ""
		if pages[name] != "" {
			link = "../" + pages[name]
		}
		rows = append(rows, []line{anchor(name, link), number10(f.answers[name]), number10(f.answered[name])})
	}
	d.table([]string{"With", "Answers to>", "Answers from>"}, rows)
	if n := len(order) - 15; n > 0 {
		d.text(plain("And with " + count(n, "other person") + "."))
	}
}
