package report

import (
	"cmp"
	"slices"
	"strings"

	"rustle/pkg/analysis"
)

const (
	mainArguments = 9   // arguments with quotes; the others are only counted
	sideQuotes    = 2   // quotes a side at most; one when the side has fewer than four mails
	leastWeight   = 1.5 // of the rules on a sentence that is quoted for an argument: a strong cue, or two plain ones
)

// Names of the sides.
const (
	sideSupporting = "supporting" // mails that support
	sideCritical   = "critical"   // mails that oppose or set conditions
	sideOpen       = "open"       // mails without a position that is sure
)

// Title names the side as the page does.
func (s Side) Title() string {
	switch s.Name {
	case sideSupporting:
		return "In mails that support"
	case sideCritical:
		return "In mails that oppose or set conditions"
	}
	return "In mails without a clear position"
}

// usually says who as a rule puts an argument forward, "" when neither side does more than the other.
func usually(polarity string) string {
	switch polarity {
	case "pro":
		return "As a rule an argument for Rust."
	case "con":
		return "As a rule an argument against Rust, or for its price."
	}
	return ""
}

// use is one mail that puts an argument forward.
type use struct {
	r   *analysis.Record
	tag analysis.Tag
}

// side says in which kind of mail an argument stands. Nothing is inferred from the argument itself: a mail can use it, or
// turn it round, whatever position it takes.
func side(r *analysis.Record) string { return sideOf(stance(r)) }

func sideOf(stance string) string {
	switch stance {
	case stanceSupport:
		return sideSupporting
	case stanceConditional, stanceOppose:
		return sideCritical
	}
	return sideOpen
}

// Count is how many mails are of the side, as tables write it.
func (s Side) Count() analysis.Count { return analysis.Count{Sure: s.Mails, Unsure: s.Unsure} }

// sidesNote stands under a table of arguments with unsure mails, "" under one without. The one kind are mails that may be of a
// side, the other mails that may put the argument forward.
func sidesNote(sides, arguments bool) string {
	var notes []string
	if sides {
		notes = append(notes, "A mail whose position is unsure is counted as open; in brackets stands how many of those may support, and how many may oppose or set conditions.")
	}
	if arguments {
		notes = append(notes, "A mail of which it is unsure whether it puts the argument forward is counted in brackets only, and on no side.")
	}
	return strings.Join(notes, " ")
}

// open says whether mails may be of a side.
func (a Argument) open() bool { return a.Supporting.Unsure+a.Critical.Unsure > 0 }

// doubtful says whether mails may put the argument forward.
func (a Argument) doubtful() bool { return a.Unsure > 0 }

// arguments returns what was argued, the most widely used first, and the minor ones that get no quotes.
func (c *conversation) arguments() (main, minor []Argument) {
	uses, unsure := map[string][]use{}, map[string]int{}
	for _, r := range c.people() {
		sure, doubtful := r.Arguments()
		for _, t := range sure {
			uses[t.ID] = append(uses[t.ID], use{r, t})
		}
		for _, t := range doubtful {
			unsure[t.ID]++
		}
	}
	for id := range unsure { // one in brackets only has a row too
		uses[id] = append([]use{}, uses[id]...)
	}
	all := make([]Argument, 0, len(uses))
	for id, us := range uses {
		names := map[string]bool{}
		for _, u := range us {
			names[author(u.r)] = true
		}
		all = append(all, Argument{
			ID: id, Name: c.topicName(id), Definition: clean(c.topics[id].Definition), Usually: usually(c.topics[id].Polarity),
			Mails: len(us), People: len(names), Answered: c.answered(us), Unsure: unsure[id],
		})
	}
	slices.SortFunc(all, func(a, b Argument) int {
		return cmp.Or(cmp.Compare(b.People, a.People), cmp.Compare(b.Mails, a.Mails), cmp.Compare(b.Unsure, a.Unsure), strings.Compare(a.ID, b.ID))
	})
	used := map[string]bool{}
	for i := range all {
		a := &all[i]
		quoted := a.Mails > 0 && (c.opts.Full || len(main) < mainArguments && (len(main) < 3 || a.Mails > 1))
		a.Supporting = c.side(sideSupporting, uses[a.ID], quoted, used)
		a.Critical = c.side(sideCritical, uses[a.ID], quoted, used)
		a.Open = c.side(sideOpen, uses[a.ID], quoted, used)
		if quoted {
			main = append(main, *a)
		} else {
			minor = append(minor, *a)
		}
	}
	return main, minor
}

// side collects one side of an argument. A sentence already quoted on the page comes again only when the side has no other.
func (c *conversation) side(name string, uses []use, quoted bool, used map[string]bool) Side {
	s := Side{Name: name}
	count := map[string]int{}
	var all []remark
	for _, u := range uses {
		s.Unsure += one(u.r.Unsure() != "" && sideOf(u.r.Unsure()) == name)
		if side(u.r) != name {
			continue
		}
		s.Mails++
		count[author(u.r)]++
		all = append(all, remarks(u.r, u.tag.Evidence)...)
	}
	s.People = byCount(count)
	if !quoted {
		return s
	}
	all = slices.DeleteFunc(all, func(k remark) bool { return !c.opts.Full && (k.weight < leastWeight || !k.printable()) })
	slices.SortStableFunc(all, func(a, b remark) int {
		return cmp.Or(cmp.Compare(b.strength(), a.strength()), cmp.Compare(c.number[a.r.ID], c.number[b.r.ID]), strings.Compare(a.text, b.text))
	})
	limit := 1
	if s.Mails >= 4 {
		limit = sideQuotes
	}
	speakers := map[string]bool{}
	take := func(again bool) {
		for _, k := range all {
			if len(s.Quotes) >= limit {
				return
			}
			if used[k.text] != again || speakers[author(k.r)] {
				continue
			}
			used[k.text], speakers[author(k.r)] = true, true
			s.Quotes = append(s.Quotes, Quote{Text: quotation(k.text, quoteRunes), Ref: c.ref(k.r), strength: k.strength()})
		}
	}
	take(false)
	if len(s.Quotes) == 0 {
		take(true)
	}
	return s
}

// answered counts who answered whom with both mails on the argument.
func (c *conversation) answered(uses []use) []Pair {
	on := map[string]bool{}
	for _, u := range uses {
		on[u.r.ID] = true
	}
	count := map[[2]string]int{}
	for _, u := range uses {
		if p := c.byID(u.r.Parent); p != nil && on[p.ID] && author(p) != author(u.r) {
			count[[2]string{author(u.r), author(p)}]++
		}
	}
	return pairs(count)
}

// pairs returns counted answers, the most first.
func pairs(count map[[2]string]int) []Pair {
	out := make([]Pair, 0, len(count))
	for k, n := range count {
		out = append(out, Pair{From: k[0], To: k[1], Mails: n})
	}
	slices.SortFunc(out, func(a, b Pair) int {
		return cmp.Or(cmp.Compare(b.Mails, a.Mails), strings.Compare(a.From, b.From), strings.Compare(a.To, b.To))
	})
	return out
}
