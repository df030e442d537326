package report

import (
	"cmp"
	"slices"
	"strings"

	"rustle/pkg/analysis"
)

const (
	mainArguments = 9 // arguments with quotes; the others are only counted
	sideQuotes    = 2 // quotes a side at most; one when the side has fewer than four mails
)

// use is one mail that puts an argument forward.
type use struct {
	r   *analysis.Record
	tag analysis.Tag
}

// side says on which side a mail uses an argument: the mail's own stance, else the polarity of the argument.
func side(r *analysis.Record, polarity string) string {
	switch stance(r) {
	case stanceSupport:
		return "For"
	case stanceConditional, stanceOppose:
		return "Against"
	}
	switch polarity {
	case "pro":
		return "For"
	case "con":
		return "Against"
	}
	return "Raised"
}

// arguments returns what was argued, the most widely used first, and the minor ones that get no quotes.
func (c *conversation) arguments() (main, minor []Argument) {
	uses := map[string][]use{}
	for _, r := range c.people() {
		for _, t := range r.Topics {
			uses[t.ID] = append(uses[t.ID], use{r, t})
		}
	}
	all := make([]Argument, 0, len(uses))
	for id, us := range uses {
		names := map[string]bool{}
		for _, u := range us {
			names[author(u.r)] = true
		}
		all = append(all, Argument{
			ID: id, Name: c.topicName(id), Definition: clean(c.topics[id].Definition),
			Mails: len(us), People: len(names), Answered: c.answered(us),
		})
	}
	slices.SortFunc(all, func(a, b Argument) int {
		return cmp.Or(cmp.Compare(b.People, a.People), cmp.Compare(b.Mails, a.Mails), strings.Compare(a.ID, b.ID))
	})
	used := map[string]bool{}
	for i := range all {
		a := &all[i]
		quoted := c.opts.Full || len(main) < mainArguments && (len(main) < 3 || a.Mails > 1)
		a.For = c.side("For", uses[a.ID], quoted, used)
		a.Against = c.side("Against", uses[a.ID], quoted, used)
		a.Raised = c.side("Raised", uses[a.ID], quoted, used)
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
	type candidate struct {
		text string
		r    *analysis.Record
		w    float64
	}
	var all []candidate
	for _, u := range uses {
		if side(u.r, c.topics[u.tag.ID].Polarity) != name {
			continue
		}
		s.Mails++
		count[author(u.r)]++
		for _, e := range u.tag.Evidence {
			if text := clean(e.Text); text != "" && (e.Start != 0 || e.End != 0) {
				all = append(all, candidate{text, u.r, strength(u.r, e)})
			}
		}
	}
	s.People = byCount(count)
	if !quoted {
		return s
	}
	slices.SortStableFunc(all, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.w, a.w), cmp.Compare(c.number[a.r.ID], c.number[b.r.ID]), strings.Compare(a.text, b.text))
	})
	limit := 1
	if s.Mails >= 4 {
		limit = sideQuotes
	}
	if name == "Raised" {
		limit = 1
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
			s.Quotes = append(s.Quotes, Quote{Text: cut(k.text, quoteRunes), Ref: c.ref(k.r), strength: k.w})
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
	out := make([]Pair, 0, len(count))
	for k, n := range count {
		out = append(out, Pair{From: k[0], To: k[1], Mails: n})
	}
	slices.SortFunc(out, func(a, b Pair) int {
		return cmp.Or(cmp.Compare(b.Mails, a.Mails), strings.Compare(a.From, b.From), strings.Compare(a.To, b.To))
	})
	return out
}
