package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"rustle/pkg/analysis"
)

// Page is a thread weighed for the reader: plain strings, folded to one line and free of control characters but not yet
// escaped for any format. It is what a template gets; its names are a contract with users' templates.
type Page struct {
	Title           string
	Lists           []string
	First, Last     time.Time // dates of the first and the last mail, UTC
	ID              string    // Message-ID of the root; empty when anonymous
	URL             string    // of the root at lore.kernel.org; empty when anonymous
	Label           string    // debate | rust | other
	Heat            int       // 0 calm .. 3 hostile
	Partial         bool
	Anonymous       bool
	Chart           string // relative name of the SVG, may be empty
	Home            string // relative link to the set the page belongs to, empty for a page by itself
	Numbers         Numbers
	Abstract        []string // sentences
	Participants    []Participant
	Quiet           []Participant // those who took no position and put forward little, by mails
	Arguments       []Argument
	Minor           []Argument // arguments of few mails, without quotes
	Systems         []System
	MoreSystems     []string // names of systems without a row
	Discussions     []Discussion
	MoreDiscussions int // that are only counted
	Turning         []Event
	Exchanges       []Exchange
	Tone            Tone
	Signals         []Signal
	Routine         []SignalCount // signals not worth a line each
	Series          []Revision
	Debate          *Related  // that the thread is a piece of, nil of none
	Pieces          []Related // of the debate, by date
	Outcome         Outcome
	Tree            []Branch
	Hidden          int // mails of the tree that are only counted
	Missing         []Ref
	Method          []string // sentences
}

// Numbers are the counts behind the abstract. Bots are counted in Bots only.
type Numbers struct {
	Mails, People, Bots, Words           int
	Positive, Neutral, Negative, Uncivil int
	Support, Conditional, Oppose         int             // people, by the last position they took
	Positions                            analysis.Counts // the same, with those who took none that counts, by the last unsure one
	Maintainers                          int             // people in a role that decides on patches
	Days                                 int             // first to last, both counted
	Tones                                analysis.Tones  // mails, with the unsure ones, which are in Neutral
}

// Ref points to one mail.
type Ref struct {
	Number  int // 1-based place in the thread by date; 0 when the mail is missing
	ID, URL string
	Date    time.Time
	Person  string
	Role    string
	Subject string
}

// Quote is a sentence of a mail.
type Quote struct {
	Text string
	Ref  Ref

	strength float64
}

// Participant is one person's part.
type Participant struct {
	Person    string
	Role      string
	Claim     string // for what and on whose word: "RUST, by MAINTAINERS"
	Mails     int
	Words     int
	First     string          // first position taken, empty for none
	Last      string          // last position taken, empty for none
	Stances   map[string]int  // mails by stance, without none
	Leaning   string          // last unsure position of somebody without one that counts, else empty
	Positions analysis.Counts // mails
	Negative  int
	Uncivil   int
	Arguments []string // names, the most used first
	Answers   []string // whom he answered most
	Quote     *Quote   // own words
	Page      string   // relative link to the person's own page, empty without one
	Tones     analysis.Tones
}

// Argument is one topic of the taxonomy as it was used in the thread.
type Argument struct {
	ID, Name, Definition       string
	Usually                    string // who as a rule puts it forward: a sentence, may be empty
	Mails, People              int    // by the tags that count
	Supporting, Critical, Open Side   // of these mails
	Answered                   []Pair // who answered whom on it
	Unsure                     int    // more mails that may put it forward; they are of no side
}

// Count is how many mails put it forward, as tables write it.
func (a Argument) Count() analysis.Count { return analysis.Count{Sure: a.Mails, Unsure: a.Unsure} }

// Sides of an argument in the order of the page.
func (a Argument) Sides() []Side { return []Side{a.Supporting, a.Critical, a.Open} }

// Side is one use of an argument: for, against, or raised without taking a side.
type Side struct {
	Name   string
	Mails  int
	Unsure int      // more mails that may be of this side; they are counted as open
	People []string // by mails
	Quotes []Quote  // the strongest first
}

// Pair counts answers of one person to another.
type Pair struct {
	From, To string
	Mails    int
}

// Event is a turning point.
type Event struct {
	Kind   string // first-maintainer | stance | nak | apply | peak
	Text   string // a sentence
	Quotes []Quote
	Ref    Ref
}

// Exchange is a back-and-forth between two people.
type Exchange struct {
	A, B              string
	Mails             int
	Negative, Uncivil int
	Tones             analysis.Tones // the same, with the unsure ones
	From, To          time.Time
	Quote             *Quote
	First             Ref

	harsh int // uncivil mails but those that are so toward their own author only
}

// Tone is how the conversation sounded over time and by role.
type Tone struct {
	Unit  string // day | week | month | year
	Bins  []Bin
	Roles []RoleTone
}

// Bin is one stretch of time.
type Bin struct {
	Start                                time.Time
	Label                                string
	Mails                                int
	Positive, Neutral, Negative, Uncivil int
	Support, Conditional, Oppose         int             // mails
	Positions                            analysis.Counts // the same, with the unsure ones
	Tones                                analysis.Tones  // mails, with the unsure ones, which are in Neutral
}

// RoleTone is the tone of the mails of one role.
type RoleTone struct {
	Role                                 string
	People, Mails                        int
	Positive, Neutral, Negative, Uncivil int
	Tones                                analysis.Tones // with the unsure ones, which are in Neutral
}

// Signal is an explicit ack, review, test, NAK or "applied".
type Signal struct {
	Kind  string
	Ref   Ref
	Quote string
	Fate  string // of a NAK
}

// SignalCount is the number of signals of one kind by one person.
type SignalCount struct {
	Kind, Person, Role string
	Count              int
}

// Revision is one version of a patch series in the thread.
type Revision struct {
	Title   string
	Version int
	Parts   int // mails of the series in the thread
	Total   int
	Flags   []string
	First   Ref
	Other   bool   // it lies in another thread, which First begins; Parts is 0
	Page    string // relative link to the page of that thread in the set, empty without one

	thread string // that other thread
}

// Related is another thread: the debate that this one is a piece of, or a piece of this one.
type Related struct {
	ID, URL string    // of its root; empty when anonymous
	Page    string    // relative link to its page in the set, empty without one
	First   time.Time // date of its first mail, UTC; zero of a debate
	Mails   int       // 0 of a debate

	thread string // ID, when anonymous too
}

// Outcome is how it ended.
type Outcome struct {
	Label string
	Text  string
	Quote *Quote
	Ref   *Ref
}

// Branch is one line of the reply tree.
type Branch struct {
	Prefix string // box drawing
	Ref    *Ref   // nil for placeholders and for lines that stand for several mails
	Text   string // what stands in the line after the prefix
	Marks  []string
}

// Build weighs the records. It never fails: what a record lacks is left out.
func Build(in ThreadInput, o Options) *Page {
	c := newConversation(in, o)
	return c.page()
}

func (c *conversation) page() *Page {
	s := &c.in.Summary
	p := &Page{
		Title: title(s.Subject), Lists: cleanAll(s.Lists), First: s.First.UTC(), Last: s.Last.UTC(),
		ID: s.ID, URL: c.url(s.ID), Label: s.Label, Heat: min(max(s.Heat, 0), 3), Partial: s.Partial,
		Anonymous: c.opts.Anonymous, Chart: c.opts.SVG,
	}
	if c.opts.Anonymous {
		p.ID = ""
	}
	if len(c.records) > 0 {
		if p.Title == "" {
			p.Title = title(c.records[0].Subject)
		}
		if s.First.IsZero() {
			p.First = c.records[0].Date.UTC()
		}
		if s.Last.IsZero() {
			p.Last = c.records[len(c.records)-1].Date.UTC()
		}
	}
	if p.Title == "" {
		p.Title = "(no subject)"
	}
	if len(p.Lists) == 0 {
		p.Lists = c.lists()
	}
	everyone := c.participants()
	p.Numbers = c.numbers(everyone, p.First, p.Last)
	p.Participants, p.Quiet = c.rankParticipants(everyone)
	p.Arguments, p.Minor = c.arguments()
	p.Systems, p.MoreSystems = c.systems()
	p.Discussions, p.MoreDiscussions = c.discussions()
	p.Exchanges = c.exchanges()
	p.Tone = c.tone()
	p.Signals, p.Routine = c.signals()
	p.Series = c.series()
	p.Debate, p.Pieces = c.related()
	p.Outcome = c.outcome()
	p.Turning = c.turning()
	p.Missing = c.missing()
	p.Tree, p.Hidden = c.tree(p.cited())
	p.Abstract = c.abstract(p)
	p.Method = c.method(p)
	return p
}

// title drops the reply prefixes of a subject.
func title(subject string) string {
	s := clean(subject)
	for {
		low := strings.ToLower(s)
		n := 0
		for _, p := range []string{"re:", "fwd:", "aw:", "fw:", "sv:"} {
			if strings.HasPrefix(low, p) {
				n = len(p)
			}
		}
		if n == 0 {
			return s
		}
		s = strings.TrimSpace(s[n:])
	}
}

func cleanAll(in []string) []string {
	out := make([]string, 0, len(in))
	for _, s := range in {
		if s = clean(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// lists returns the lists of the records.
func (c *conversation) lists() []string {
	var out []string
	for _, r := range c.records {
		out = append(out, r.Lists...)
	}
	slices.Sort(out)
	return cleanAll(slices.Compact(out))
}

// cited returns the numbers of the mails that the page quotes or names.
func (p *Page) cited() map[int]bool {
	m := map[int]bool{}
	quotes := func(qs []Quote) {
		for _, q := range qs {
			m[q.Ref.Number] = true
		}
	}
	for _, a := range p.Arguments {
		for _, s := range a.Sides() {
			quotes(s.Quotes)
		}
	}
	for _, e := range p.Turning {
		quotes(e.Quotes)
		m[e.Ref.Number] = true
	}
	for _, s := range p.Signals {
		m[s.Ref.Number] = true
	}
	for _, d := range p.Discussions {
		m[d.Ref.Number] = true
		for _, t := range d.Turns() {
			m[t.Quote.Ref.Number] = true // that of one within is opened by a mail that is cited anyway
		}
	}
	if p.Outcome.Ref != nil {
		m[p.Outcome.Ref.Number] = true
	}
	delete(m, 0)
	return m
}

func (c *conversation) numbers(everyone []Participant, first, last time.Time) Numbers {
	n := Numbers{People: len(everyone)}
	for _, r := range c.records {
		if isBot(r) {
			n.Bots++
			continue
		}
		n.Mails++
		n.Words += r.Words
		n.Tones.Add(r)
	}
	n.Positive, n.Negative, n.Uncivil = n.Tones.Positive.Sure, n.Tones.Negative.Sure, n.Tones.Uncivil.Sure
	n.Neutral = n.Mails - n.Positive - n.Negative
	sure, unsure := map[string]int{}, map[string]int{}
	for _, p := range everyone {
		sure[p.Last]++
		unsure[p.Leaning]++
		if isMaintainer(p.Role) {
			n.Maintainers++
		}
	}
	n.Positions = analysis.CountsOf(sure, unsure)
	n.Support, n.Conditional, n.Oppose = n.Positions.Support.Sure, n.Positions.Conditional.Sure, n.Positions.Oppose.Sure
	if !first.IsZero() && !last.Before(first) {
		n.Days = int(day(last).Sub(day(first)).Hours()/24) + 1
	}
	return n
}

func day(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// missing lists the mails that the thread refers to and the data does not hold.
func (c *conversation) missing() []Ref {
	ids := slices.Clone(c.in.Summary.Missing)
	for _, r := range c.records {
		if r.Parent != "" && c.number[r.Parent] == 0 {
			ids = append(ids, r.Parent)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	out := make([]Ref, 0, len(ids))
	for _, id := range ids {
		if c.number[id] == 0 {
			out = append(out, Ref{ID: id, URL: c.url(id)})
		}
	}
	return out
}

// related finds the debate that the thread is a piece of, and its own pieces.
func (c *conversation) related() (debate *Related, pieces []Related) {
	to := func(id string) Related {
		r := Related{ID: id, URL: c.url(id), thread: id}
		if c.opts.Anonymous {
			r.ID = ""
		}
		return r
	}
	if p := c.in.Summary.PartOf; p != nil {
		r := to(p.ID)
		debate = &r
	}
	for i := range c.in.Pieces {
		s := &c.in.Pieces[i]
		r := to(s.ID)
		r.First, r.Mails = s.First.UTC(), s.Messages
		pieces = append(pieces, r)
	}
	slices.SortFunc(pieces, func(a, b Related) int { return cmp.Or(a.First.Compare(b.First), strings.Compare(a.thread, b.thread)) })
	return debate, pieces
}

// quoteOf makes a quotation of the strongest sentence among the evidence, nil when there is none to show.
func (c *conversation) quoteOf(r *analysis.Record, evidence []analysis.Evidence) *Quote {
	best := -1
	for i, e := range evidence {
		if clean(e.Text) == "" || e.Start == 0 && e.End == 0 { // from headers or files: nobody said it
			continue
		}
		if best < 0 || strength(r, e) > strength(r, evidence[best]) {
			best = i
		}
	}
	if best < 0 {
		return nil
	}
	return &Quote{Text: quotation(clean(evidence[best].Text), quoteRunes), Ref: c.ref(r)}
}

// quoteRunes is what a quotation keeps of a sentence.
const quoteRunes = 300
