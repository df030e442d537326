package analysis

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Values of Record.Kind.
const (
	kindPatch = "patch"
	kindCover = "cover"
	kindReply = "reply"
	kindMail  = "mail"
	kindBot   = "bot"
	kindPull  = "merge-request"
)

// Labels used in more than one place.
const (
	debate      = "debate"
	none        = "none"
	nak         = "nak"
	support     = "support"
	conditional = "conditional"
	oppose      = "oppose"
	negative    = "negative"
	positive    = "positive"
	neutral     = "neutral"
	isTrue      = "true"
	isFalse     = "false"
)

// counts adds up what the messages of a thread say. Bots are people of kind bot: they are
// participants, but never counted in sentiment, stance or signals.
func (s *ThreadSummary) counts(msgs []*Draft) {
	s.Stances = map[string]int{support: 0, conditional: 0, oppose: 0, none: 0}
	s.Unsure = map[string]int{support: 0, conditional: 0, oppose: 0}
	s.Signals = map[string]int{"ack": 0, "review": 0, "test": 0, "nak": 0, "apply": 0}
	s.Roles = map[string]int{}
	lists, series := map[string]bool{}, map[string]bool{}
	people := map[string]*Participant{}
	for _, d := range msgs {
		r := &d.Record
		s.Messages++
		if !r.Date.IsZero() {
			if s.First.IsZero() || r.Date.Before(s.First) {
				s.First = r.Date
			}
			if r.Date.After(s.Last) {
				s.Last = r.Date
			}
		}
		for _, l := range r.Lists {
			lists[l] = true
		}
		if r.Series != nil && (r.Kind == kindCover || r.Kind == kindPatch && r.Series.Part <= 1) {
			series[r.Subject] = true
		}
		p := people[r.Person]
		if p == nil {
			p = &Participant{Person: r.Person, Role: r.Role, RoleClaim: r.RoleClaim, Stance: none}
			people[r.Person] = p
		}
		p.Messages++
		if roleRank(r.Role) > roleRank(p.Role) {
			p.Role, p.RoleClaim = r.Role, r.RoleClaim
		}
		if r.Kind == kindBot {
			continue
		}
		s.Stances[r.Stands()]++
		if l := r.Unsure(); l != "" {
			s.Unsure[l]++
		}
		if r.Signal != none {
			s.Signals[r.Signal]++
		}
		if r.Tone() == negative {
			p.Negative++
		}
		if r.Uncivil() {
			p.Uncivil++
		}
	}
	s.Lists = slices.Sorted(maps.Keys(lists))
	s.Series = slices.Sorted(maps.Keys(series))
	records := make([]*Record, len(msgs))
	for i, d := range msgs {
		records[i] = &d.Record
	}
	for _, pos := range Positions(records) {
		if p := people[pos.Person]; p != nil {
			p.Changes, p.Nak = len(pos.Changes), pos.Fate
			if n := len(pos.Stances); n > 0 {
				p.Stance = pos.Stances[n-1].Stance.Label
			}
		}
	}
	for _, p := range people {
		s.Roles[p.Role]++
		s.Participants = append(s.Participants, *p)
	}
	slices.SortFunc(s.Participants, func(a, b Participant) int {
		return cmp.Or(cmp.Compare(b.Messages, a.Messages), cmp.Compare(a.Person, b.Person))
	})
}

// roleRank orders the roles: the highest one a person shows in a thread is his role there.
func roleRank(role string) int {
	return slices.Index([]string{"bot", "developer", "reviewer", "maintainer", "rust-maintainer", "top-maintainer"}, role)
}

// tagTotals adds up one kind of tag over the messages of people: the best score and in how many mails.
func tagTotals(msgs []*Draft, of func(*Record) []Tag) []ThreadTag {
	total := map[string]*ThreadTag{}
	for _, d := range msgs {
		if d.Record.Kind == kindBot {
			continue
		}
		for _, tag := range of(&d.Record) {
			t := total[tag.ID]
			if t == nil {
				t = &ThreadTag{ID: tag.ID}
				total[tag.ID] = t
			}
			t.Messages++
			t.Score = max(t.Score, tag.Score)
		}
	}
	out := make([]ThreadTag, 0, len(total))
	for _, t := range total {
		out = append(out, *t)
	}
	slices.SortFunc(out, func(a, b ThreadTag) int {
		return cmp.Or(cmp.Compare(b.Messages, a.Messages), cmp.Compare(b.Score, a.Score), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// threadEvidence picks the sentences that a thread's label rests on: the strongest of every kind
// of position and of tone, at most a dozen, in the order of the mail.
func threadEvidence(msgs []*Draft) []ThreadEvidence {
	type candidate struct {
		at int
		ev ThreadEvidence
		by string
	}
	var all []candidate
	for i, d := range msgs {
		if d.Record.Kind == kindBot {
			continue
		}
		add := func(by string, evs []Evidence) {
			if len(evs) > 0 {
				all = append(all, candidate{i, ThreadEvidence{d.Record.ID, evs[0]}, by})
			}
		}
		add("stance-"+d.stand.Label, d.stand.Evidence)
		add("tone-"+d.Record.Sentiment.Label, d.Record.Sentiment.Evidence)
		add("incivility", d.Record.Incivility.Evidence)
		for _, t := range d.Record.Topics {
			add("topic", t.Evidence)
		}
	}
	for i := 0; i < len(msgs) && len(all) == 0; i++ { // a calm thread: what makes it one about Rust
		if by := msgs[i].Record.RustBy; len(by) > 0 {
			all = append(all, candidate{i, ThreadEvidence{msgs[i].Record.ID, by[0]}, "relevance"})
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(b.ev.Weight, a.ev.Weight) })
	quota := map[string]int{}
	var picked []candidate
	for _, c := range all {
		dup := slices.ContainsFunc(picked, func(p candidate) bool { return p.ev.ID == c.ev.ID && p.ev.Start == c.ev.Start })
		if quota[c.by] < 3 && len(picked) < 12 && !dup && strings.TrimSpace(c.ev.Text) != "" {
			quota[c.by]++
			picked = append(picked, c)
		}
	}
	slices.SortStableFunc(picked, func(a, b candidate) int { return cmp.Compare(a.at, b.at) })
	out := make([]ThreadEvidence, 0, len(picked))
	for _, c := range picked {
		out = append(out, c.ev)
	}
	return out
}
