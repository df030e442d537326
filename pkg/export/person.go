package export

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"

	"rustle/pkg/analysis"
)

// Person is one row of the table of people: what the records of a set hold of him.
type Person struct {
	Person      string   `json:"person"`
	Addresses   []string `json:"addresses"`
	Role        string   `json:"role"` // the one most mails show
	Roles       []string `json:"roles"`
	Subsystems  []string `json:"subsystems"`
	Bot         bool     `json:"bot"`
	First       string   `json:"first"`
	Last        string   `json:"last"`
	Messages    int      `json:"messages"`
	Threads     int      `json:"threads"`
	Words       int      `json:"words"`
	Rust        int      `json:"rust"`
	Support     int      `json:"support"`
	Conditional int      `json:"conditional"`
	Oppose      int      `json:"oppose"`
	Positive    int      `json:"positive"`
	Negative    int      `json:"negative"`
	Uncivil     int      `json:"uncivil"`
	Acks        int      `json:"acks"`
	Reviews     int      `json:"reviews"`
	Tests       int      `json:"tests"`
	Naks        int      `json:"naks"`
	Applied     int      `json:"applied"`
	Topics      []string `json:"topics"` // id=mails, the most used first

	Unsure       map[string]int `json:"unsure"`        // mails by the position or tone they are tagged with but that does not count
	UnsureTopics []string       `json:"unsure_topics"` // id=mails that are tagged with an argument but do not count
}

// Counts are the mails by position.
func (p *Person) Counts() analysis.Counts {
	return analysis.CountsOf(map[string]int{"support": p.Support, "conditional": p.Conditional, "oppose": p.Oppose}, p.Unsure)
}

// Tones are the mails that are not neutral, and those that are uncivil.
func (p *Person) Tones() analysis.Tones {
	return analysis.TonesOf(map[string]int{"positive": p.Positive, "negative": p.Negative, "uncivil": p.Uncivil}, p.Unsure)
}

func personTable() []column[Person] {
	type p = Person
	num := func(of func(*p) int) func(*p) string { return func(x *p) string { return strconv.Itoa(of(x)) } }
	return slices.Concat([]column[p]{
		{"person", "string", "canonical name", func(x *p) string { return x.Person }},
		{"addresses", "list", "addresses written from", func(x *p) string { return list(x.Addresses) }},
		{"role", "string", "the role that most mails show", func(x *p) string { return x.Role }},
		{"roles", "list", "all roles: role=mails", func(x *p) string { return list(x.Roles) }},
		{"subsystems", "list", "entries of MAINTAINERS behind the roles", func(x *p) string { return list(x.Subsystems) }},
		{"bot", "boolean", "a program, left out of stance and sentiment", func(x *p) string { return strconv.FormatBool(x.Bot) }},
		{"first", "time", "first mail, UTC", func(x *p) string { return x.First }},
		{"last", "time", "last mail, UTC", func(x *p) string { return x.Last }},
		{"messages", "integer", "mails", num(func(x *p) int { return x.Messages })},
		{"threads", "integer", "threads", num(func(x *p) int { return x.Threads })},
		{"words", "integer", "words of own prose", num(func(x *p) int { return x.Words })},
		{"rust", "integer", "mails in discussions about Rust", num(func(x *p) int { return x.Rust })},
		{"support", "integer", "mails in support, with a score of 0.5 or more", num(func(x *p) int { return x.Support })},
		{"conditional", "integer", "mails that put a condition, with a score of 0.5 or more", num(func(x *p) int { return x.Conditional })},
		{"oppose", "integer", "mails in opposition, with a score of 0.5 or more", num(func(x *p) int { return x.Oppose })},
		{"positive", "integer", "mails of positive tone, with a score of 0.5 or more", num(func(x *p) int { return x.Positive })},
		{"negative", "integer", "mails of negative tone, with a score of 0.5 or more", num(func(x *p) int { return x.Negative })},
		{"uncivil", "integer", "uncivil mails, with a score of 0.5 or more", num(func(x *p) int { return x.Uncivil })},
		{"acks", "integer", "acks given", num(func(x *p) int { return x.Acks })},
		{"reviews", "integer", "review tags given", num(func(x *p) int { return x.Reviews })},
		{"tests", "integer", "test tags given", num(func(x *p) int { return x.Tests })},
		{"naks", "integer", "NAKs given", num(func(x *p) int { return x.Naks })},
		{"applied", "integer", "mails that say a change was applied", num(func(x *p) int { return x.Applied })},
		{"topics", "list", "arguments put forward: id=mails that count", func(x *p) string { return list(x.Topics) }},
	}, unsureColumns(func(x *p) map[string]int { return x.Unsure }, slices.Concat(positionNames(), toneNames())...), []column[p]{
		{"unsure_topics", "list", "arguments of mails whose score for it is under 0.27, not counted in topics: id=mails", func(x *p) string { return list(x.UnsureTopics) }},
	})
}

// tally gathers one person while the records pass.
type tally struct {
	p                          Person
	addrs, subsystems, threads map[string]bool
	roles, topics, doubtful    map[string]int
	positions                  analysis.Counts
	tones                      analysis.Tones
}

func peopleOf(records iter.Seq[analysis.Record]) iter.Seq[Person] {
	return func(yield func(Person) bool) {
		all := map[string]*tally{}
		for r := range records {
			name := cmp.Or(r.Person, r.From.Name, r.From.Addr)
			t := all[name]
			if t == nil {
				t = &tally{
					p: Person{Person: name}, addrs: map[string]bool{}, subsystems: map[string]bool{},
					threads: map[string]bool{}, roles: map[string]int{}, topics: map[string]int{}, doubtful: map[string]int{},
				}
				all[name] = t
			}
			t.add(&r)
		}
		for _, name := range slices.Sorted(maps.Keys(all)) {
			if !yield(all[name].person()) {
				return
			}
		}
	}
}

func (t *tally) add(r *analysis.Record) {
	p := &t.p
	p.Messages++
	p.Words += r.Words
	if r.Rust {
		p.Rust++
	}
	if r.From.Addr != "" {
		t.addrs[strings.ToLower(r.From.Addr)] = true
	}
	if r.RoleClaim.Subsystem != "" {
		t.subsystems[r.RoleClaim.Subsystem] = true
	}
	t.threads[r.Thread] = true
	t.roles[r.Role]++
	if r.Role == "bot" || r.Kind == "bot" {
		p.Bot = true
	}
	if d := when(r.Date); d != "" {
		if p.First == "" || d < p.First {
			p.First = d
		}
		p.Last = max(p.Last, d)
	}
	sure, unsure := r.Arguments()
	for _, tag := range sure {
		t.topics[tag.ID]++
	}
	for _, tag := range unsure {
		t.doubtful[tag.ID]++
	}
	t.positions.Add(r)
	t.tones.Add(r)
	switch r.Signal {
	case "ack":
		p.Acks++
	case "review":
		p.Reviews++
	case "test":
		p.Tests++
	case "nak":
		p.Naks++
	case "apply":
		p.Applied++
	}
}

func (t *tally) person() Person {
	p := t.p
	c := t.positions
	p.Support, p.Conditional, p.Oppose, p.Unsure = c.Support.Sure, c.Conditional.Sure, c.Oppose.Sure, c.Unsure()
	p.Positive, p.Negative, p.Uncivil = t.tones.Positive.Sure, t.tones.Negative.Sure, t.tones.Uncivil.Sure
	maps.Copy(p.Unsure, t.tones.Unsure())
	p.Addresses = slices.Sorted(maps.Keys(t.addrs))
	p.Subsystems = slices.Sorted(maps.Keys(t.subsystems))
	full(&p.Addresses)
	full(&p.Subsystems)
	p.Threads = len(t.threads)
	p.Roles = byCount(t.roles)
	p.Topics, p.UnsureTopics = byCount(t.topics), byCount(t.doubtful)
	if len(p.Roles) > 0 {
		p.Role = p.Roles[0][:strings.LastIndexByte(p.Roles[0], '=')]
	}
	return p
}

// byCount writes key=count, the largest first.
func byCount(m map[string]int) []string {
	keys := slices.SortedFunc(maps.Keys(m), func(a, b string) int { return cmp.Or(cmp.Compare(m[b], m[a]), strings.Compare(a, b)) })
	for i, k := range keys {
		keys[i] = k + "=" + strconv.Itoa(m[k])
	}
	if keys == nil {
		keys = []string{}
	}
	return keys
}
