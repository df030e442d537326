package report

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"rustle/pkg/analysis"
)

// participants returns every person of the thread but the bots, by name.
func (c *conversation) participants() []Participant {
	byName := map[string][]*analysis.Record{}
	for _, r := range c.people() {
		byName[author(r)] = append(byName[author(r)], r)
	}
	out := make([]Participant, 0, len(byName))
	for name, mails := range byName {
		out = append(out, c.participant(name, mails))
	}
	slices.SortFunc(out, func(a, b Participant) int { return strings.Compare(a.Person, b.Person) })
	return out
}

func (c *conversation) participant(name string, mails []*analysis.Record) Participant {
	p := Participant{Person: name, Mails: len(mails), Stances: map[string]int{}}
	topics, answers := map[string]int{}, map[string]int{}
	for _, r := range mails {
		p.Words += r.Words
		if p.Role == "" || roleRank(r.Role) < roleRank(p.Role) { // the highest role shown in the thread
			p.Role, p.Claim = r.Role, claim(r.RoleClaim)
		}
		if s := stance(r); s != "" {
			p.Stances[s]++
			if p.First == "" {
				p.First = s
			}
			p.Last = s
		}
		if s := r.Unsure(); s != "" {
			p.Leaning = s
		}
		p.Positions.Add(r)
		p.Tones.Add(r)
		sure, _ := r.Arguments()
		for _, t := range sure {
			topics[c.topicName(t.ID)]++
		}
		if parent := c.byID(r.Parent); parent != nil && author(parent) != name && !isBot(parent) {
			answers[author(parent)]++
		}
	}
	p.Negative, p.Uncivil = p.Tones.Negative.Sure, p.Tones.Uncivil.Sure
	if p.Last != "" {
		p.Leaning = ""
	}
	p.Arguments = byCount(topics)
	p.Answers = byCount(answers)
	p.Quote = c.ownWords(mails, p.Last)
	return p
}

// ownWords chooses the sentence that speaks for a person: one that carries the last position taken or an argument put
// forward. Nobody is quoted with a courtesy or a scrap: nil when there is nothing better.
func (c *conversation) ownWords(mails []*analysis.Record, last string) *Quote {
	var best remark
	most := math.Inf(-1)
	for _, r := range mails {
		var said []remark
		if s := stance(r); s != "" && s == last {
			said = remarks(r, r.Stance.Evidence)
		}
		sure, _ := r.Arguments()
		for _, t := range sure {
			said = append(said, remarks(r, t.Evidence)...)
		}
		for _, k := range said {
			s := k.strength()
			if stance(r) != last {
				s -= 0.2
			}
			if s > most && (c.opts.Full || k.printable()) {
				best, most = k, s
			}
		}
	}
	if best.r == nil {
		return nil
	}
	return &Quote{Text: quotation(best.text, 180), Ref: c.ref(best.r)}
}

// claim says for what a person has his role. That it comes from MAINTAINERS is said once, in the method note.
func claim(rc analysis.RoleClaim) string {
	sub, src := clean(rc.Subsystem), clean(rc.Source)
	if sub == "" {
		return src
	}
	if src == "" || strings.HasPrefix(src, "MAINTAINERS") || strings.Contains(src, sub) {
		return sub
	}
	return sub + ", by " + src
}

// byCount returns the keys, the most frequent first.
func byCount(m map[string]int) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int {
		return cmp.Or(cmp.Compare(m[b], m[a]), strings.Compare(a, b))
	})
	return keys
}

// rankParticipants puts those who shaped the debate first: by role class and weight of what they did. The quiet ones
// took no position, put forward no argument worth a row and wrote little.
func (c *conversation) rankParticipants(all []Participant) (main, quiet []Participant) {
	for _, p := range all {
		if c.opts.Full || p.Last != "" || p.Uncivil > 0 || p.Mails >= 4 || len(p.Arguments) > 0 && p.Mails >= 2 {
			main = append(main, p)
		} else {
			quiet = append(quiet, p)
		}
	}
	order := func(a, b Participant) int {
		return cmp.Or(cmp.Compare(b.Mails, a.Mails), cmp.Compare(roleRank(a.Role), roleRank(b.Role)), strings.Compare(a.Person, b.Person))
	}
	slices.SortFunc(main, order)
	if len(main) > mainParticipants && !c.opts.Full {
		weight := func(p Participant) int {
			w := p.Mails + 2*len(p.Stances)
			if isMaintainer(p.Role) {
				w += 3
			}
			return w
		}
		slices.SortStableFunc(main, func(a, b Participant) int { return cmp.Compare(weight(b), weight(a)) })
		quiet = append(quiet, main[mainParticipants:]...)
		main = main[:mainParticipants]
		slices.SortFunc(main, order)
	}
	slices.SortFunc(quiet, order)
	return main, quiet
}

// mainParticipants is how many rows the table of people has at most.
const mainParticipants = 25
