package report

import (
	"cmp"
	"slices"
	"strings"

	"rustle/pkg/analysis"
)

// Discussion is one of the discussions inside a large thread: an answer with all that answers it.
type Discussion struct {
	Depth         int    // 0, or how many other discussions lie around it
	Title         string // its own subject where it has one, else its arguments, else ""
	Named         bool   // the title is a subject
	Ref           Ref    // the mail that opens it
	Mails, People int
	Label         string // debate | rust | other
	Heat          int
	Arguments     []string // names, the most used first
	Heated        *Quote   // where it heated up; not told again around the innermost discussion that holds it
	Cooled        *Quote   // who cooled it: nobody was hot afterwards
	HeatedIn      *Ref     // instead of Heated: what opens the discussion within that tells it
	CooledIn      *Ref     // instead of Cooled
}

// mostDiscussions is how many discussions a page tells, the largest; the others are counted.
const mostDiscussions = 20

// discussions returns the discussions inside the thread in the order of the tree, and how many more there are.
func (c *conversation) discussions() (out []Discussion, more int) {
	branches := c.in.Summary.Branches
	kept := map[string]bool{}
	order := make([]int, len(branches))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(branches[b].Messages, branches[a].Messages) })
	for _, i := range order { // one is never larger than the one around it, so what is around is kept too
		if c.opts.Full || len(kept) < mostDiscussions {
			kept[branches[i].ID] = true
		}
	}
	depth := map[string]int{}
	for i := range branches {
		b := &branches[i]
		r := c.byID(b.ID)
		if r == nil || !kept[b.ID] {
			more++
			continue
		}
		if _, ok := depth[b.Within]; ok {
			depth[b.ID] = depth[b.Within] + 1
		} else {
			depth[b.ID] = 0
		}
		d := Discussion{
			Depth: depth[b.ID], Ref: c.ref(r), Mails: b.Messages, People: b.People, Label: b.Label, Heat: min(max(b.Heat, 0), 3),
			Title: withoutWas(title(b.Subject)), Named: true,
		}
		for _, t := range b.Topics {
			if t.Messages == 0 {
				continue
			}
			d.Arguments = append(d.Arguments, c.topicName(t.ID))
		}
		if sameSubject(d.Title, title(c.in.Summary.Subject)) {
			d.Title, d.Named = strings.Join(d.Arguments[:min(3, len(d.Arguments))], "; "), false
		}
		d.Heated, d.HeatedIn = c.turnOf(branches, i, kept, true)
		d.Cooled, d.CooledIn = c.turnOf(branches, i, kept, false)
		out = append(out, d)
	}
	return out, more
}

// turnOf quotes where a branch heated up, or what cooled it, or returns what opens the innermost branch within that tells it.
func (c *conversation) turnOf(branches []analysis.Branch, i int, kept map[string]bool, heated bool) (*Quote, *Ref) {
	of := func(b *analysis.Branch) *analysis.ThreadEvidence {
		if heated {
			return b.Heated
		}
		return b.Cooled
	}
	e := of(&branches[i])
	if e == nil || c.byID(e.ID) == nil {
		return nil, nil
	}
	var within *Ref
	for b := range analysis.Inner(branches, i) {
		if x, opens := of(b), c.byID(b.ID); kept[b.ID] && opens != nil && x != nil && x.ID == e.ID {
			r := c.ref(opens)
			within = &r
		}
	}
	if within != nil {
		return nil, within
	}
	return c.quoteOf(c.byID(e.ID), []analysis.Evidence{e.Evidence}), nil
}

// sameSubject compares subjects without what stands in brackets before them and without "(was: ...)".
func sameSubject(a, b string) bool {
	return fold(patchTitle(withoutWas(a))) == fold(patchTitle(withoutWas(b)))
}

// withoutWas drops the former subject that a new one names: "new (was: old)".
func withoutWas(subject string) string {
	if i := strings.Index(strings.ToLower(subject), "(was"); i > 0 {
		subject = subject[:i]
	}
	return strings.TrimSpace(subject)
}

// Kind says in words what the discussion is: "a debate, heated".
func (d Discussion) Kind() string {
	s := map[string]string{"debate": "a debate", "rust": "about Rust, not contested"}[d.Label]
	return cmp.Or(s, "away from Rust") + ", " + heatName(d.Heat)
}

// Heading is the title, or what a page says for one.
func (d Discussion) Heading() string {
	switch {
	case d.Title != "":
		return upperFirst(d.Title)
	case d.Label == "other":
		return "Another matter"
	}
	return "No argument stands out"
}

// heatName is the heat in a word.
func heatName(heat int) string {
	return []string{"calm", "pointed", "heated", "hostile"}[min(max(heat, 0), 3)]
}

// discussionNote stands before the discussions of a thread.
const discussionNote = "A discussion is an answer in the thread with all that answers it; one inside another is set in, and counted in both. " +
	"Heat is that of the whole discussion: calm, pointed, heated or hostile. “Heats up” is its first mail of marked displeasure or opposition, “cools” the first friendly or conceding mail after which there is no more of it; each is the reading of a model."

func (p *Page) markdownDiscussions(w *writer) {
	if len(p.Discussions) == 0 {
		return
	}
	w.heading(2, "Discussions inside the thread")
	w.paragraph(discussionNote)
	for _, d := range p.Discussions {
		pad := strings.Repeat("  ", d.Depth)
		w.line(pad, "- **", Escape(d.Heading()), "**, opened by ", Escape(d.Ref.Person), " on ", date(d.Ref.Date), " (", link(d.Ref), "): ",
			count(d.Mails, "mail"), " by ", count(d.People, "person"), "; ", d.Kind(), ".")
		if d.Named && len(d.Arguments) > 0 {
			w.line(pad, "  Arguments: ", Escape(join(d.Arguments[:min(5, len(d.Arguments))])), ".")
		}
		for _, turn := range d.Turns() {
			if turn.In != nil {
				w.line(pad, "  ", Escape(turn.Where()), " (", link(*turn.In), ").")
				continue
			}
			w.line(pad, "  ", turn.Head, ": “", Escape(turn.Quote.Text), "” (", Escape(turn.Quote.Ref.Person), ", ", link(turn.Quote.Ref), ")")
		}
	}
	w.line()
	if p.MoreDiscussions > 0 {
		w.paragraph(moreDiscussions(p.MoreDiscussions))
	}
}

func moreDiscussions(n int) string {
	return upperFirst(count(n, "smaller discussion")) + verb(n, " is", " are") + " only counted."
}

// Turn is where a discussion heated up or cooled.
type Turn struct {
	Head  string
	Quote Quote
	In    *Ref // what opens the discussion within that tells it; Quote is empty then
}

// Where says in which discussion within it happened.
func (t Turn) Where() string {
	return t.Head + " in the discussion within that " + t.In.Person + " opened"
}

// Turns lists where the discussion heated up and what cooled it, as far as known.
func (d Discussion) Turns() []Turn {
	var out []Turn
	add := func(head string, q *Quote, in *Ref) {
		switch {
		case q != nil:
			out = append(out, Turn{Head: head, Quote: *q})
		case in != nil:
			out = append(out, Turn{Head: head, In: in})
		}
	}
	add("Heats up", d.Heated, d.HeatedIn)
	add("Cools", d.Cooled, d.CooledIn)
	return out
}
