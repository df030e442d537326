package export

import (
	"cmp"
	"iter"
	"slices"
	"strconv"

	"rustle/pkg/analysis"
)

// Stance is one row of the ledger: a person in a thread, or in all revisions of a series.
type Stance struct {
	Thread      string   `json:"thread"`
	Subject     string   `json:"subject"`
	Person      string   `json:"person"`
	Role        string   `json:"role"`
	Messages    int      `json:"messages"`
	First       string   `json:"first"` // first stance that is not none; none when there is none
	FirstDate   string   `json:"first_date"`
	FirstID     string   `json:"first_id"`
	FirstText   string   `json:"first_text"`
	Last        string   `json:"last"`
	LastDate    string   `json:"last_date"`
	LastID      string   `json:"last_id"`
	LastText    string   `json:"last_text"`
	Changes     []Change `json:"changes"`
	Support     int      `json:"support"`
	Conditional int      `json:"conditional"`
	Oppose      int      `json:"oppose"`
	Signals     []string `json:"signals"` // kind@date by time
	Nak         string   `json:"nak"`     // "" | standing | lifted | overridden
	FirstScore  float64  `json:"first_score"`
	LastScore   float64  `json:"last_score"`
	NakID       string   `json:"nak_id"`   // the mail with the last NAK
	NakText     string   `json:"nak_text"` //
	FateID      string   `json:"fate_id"`  // the mail that lifted or overrode it
	FateText    string   `json:"fate_text"`
	Threads     []string `json:"threads"` // of the revisions that the row is about

	Unsure       map[string]int `json:"unsure"`        // mails by the position they are tagged with but that does not count
	UnsureStance string         `json:"unsure_stance"` // of those the one with the highest score, the first of several; empty for none
	UnsureScore  float64        `json:"unsure_score"`
	UnsureDate   string         `json:"unsure_date"`
	UnsureID     string         `json:"unsure_id"`
	UnsureText   string         `json:"unsure_text"`
}

// Counts are the person's mails by position.
func (s *Stance) Counts() analysis.Counts {
	return analysis.CountsOf(map[string]int{"support": s.Support, "conditional": s.Conditional, "oppose": s.Oppose}, s.Unsure)
}

// Change is a step from one stance to another with both sentences.
type Change struct {
	From     string `json:"from"`
	To       string `json:"to"`
	Date     string `json:"date"`
	FromID   string `json:"from_id"`
	ToID     string `json:"to_id"`
	FromText string `json:"from_text"`
	ToText   string `json:"to_text"`
}

func stanceTable() []column[Stance] {
	type s = Stance
	return slices.Concat([]column[s]{
		{"thread", "string", "Message-ID of the root of the thread", func(e *s) string { return e.Thread }},
		{"subject", "string", "subject of the person's first mail in the thread", func(e *s) string { return e.Subject }},
		{"person", "string", "canonical name", func(e *s) string { return e.Person }},
		{"role", "string", "role in the first mail of the thread that shows one", func(e *s) string { return e.Role }},
		{"messages", "integer", "mails of the person in the thread", func(e *s) string { return strconv.Itoa(e.Messages) }},
		{"first", "string", "first stance taken: support | conditional | oppose | none", func(e *s) string { return e.First }},
		{"first_date", "time", "when, UTC", func(e *s) string { return e.FirstDate }},
		{"first_id", "string", "in which mail", func(e *s) string { return e.FirstID }},
		{"first_text", "string", "the sentence with the most weight", func(e *s) string { return e.FirstText }},
		{"last", "string", "last stance taken", func(e *s) string { return e.Last }},
		{"last_date", "time", "when, UTC", func(e *s) string { return e.LastDate }},
		{"last_id", "string", "in which mail", func(e *s) string { return e.LastID }},
		{"last_text", "string", "the sentence with the most weight", func(e *s) string { return e.LastText }},
		{"changes", "list", "steps between stances: from>to@Message-ID", func(e *s) string {
			out := make([]string, 0, len(e.Changes))
			for _, c := range e.Changes {
				out = append(out, c.From+">"+c.To+"@"+c.ToID)
			}
			return list(out)
		}},
		{"support", "integer", "mails in support, with a score of 0.5 or more", func(e *s) string { return strconv.Itoa(e.Support) }},
		{"conditional", "integer", "mails that put a condition, with a score of 0.5 or more", func(e *s) string { return strconv.Itoa(e.Conditional) }},
		{"oppose", "integer", "mails in opposition, with a score of 0.5 or more", func(e *s) string { return strconv.Itoa(e.Oppose) }},
		{"signals", "list", "explicit signals: kind@date", func(e *s) string { return list(e.Signals) }},
		{"nak", "string", "standing | lifted (a later ack, review or apply of the same person, or he takes it back) | overridden (applied all the same); empty without a NAK", func(e *s) string { return e.Nak }},
		{"first_score", "number", "calibrated score of the first stance, 0.5 or more", func(e *s) string { return score(e.FirstScore) }},
		{"last_score", "number", "calibrated score of the last stance", func(e *s) string { return score(e.LastScore) }},
		{"nak_id", "string", "the mail with the last NAK", func(e *s) string { return e.NakID }},
		{"nak_text", "string", "the sentence or trailer of the NAK", func(e *s) string { return e.NakText }},
		{"fate_id", "string", "the mail that lifted or overrode the NAK", func(e *s) string { return e.FateID }},
		{"fate_text", "string", "its sentence or trailer", func(e *s) string { return e.FateText }},
		{"threads", "list", "threads the row is about: more than one for the revisions of a series", func(e *s) string { return list(e.Threads) }},
	}, unsureColumns(func(e *s) map[string]int { return e.Unsure }, positionNames()...), []column[s]{
		{"unsure_stance", "string", "the unsure position with the highest score; empty without one", func(e *s) string { return e.UnsureStance }},
		{"unsure_score", "number", "its calibrated score, under 0.5", func(e *s) string { return score(e.UnsureScore) }},
		{"unsure_date", "time", "when, UTC", func(e *s) string { return e.UnsureDate }},
		{"unsure_id", "string", "in which mail", func(e *s) string { return e.UnsureID }},
		{"unsure_text", "string", "the sentence with the most weight", func(e *s) string { return e.UnsureText }},
	})
}

func stancesOf(records iter.Seq[analysis.Record]) iter.Seq[Stance] {
	return func(yield func(Stance) bool) {
		var thread []analysis.Record
		flush := func() bool {
			for _, s := range ledger(thread) {
				if !yield(s) {
					return false
				}
			}
			thread = thread[:0]
			return true
		}
		for r := range records {
			if len(thread) > 0 && thread[0].Thread != r.Thread && !flush() {
				return
			}
			thread = append(thread, r)
		}
		flush()
	}
}

// Ledger returns the rows of one thread, or of the threads that hold the revisions of a series, by the first mail of
// each person. Bots and people without a stance, sure or unsure, or a signal have no row.
func Ledger(thread []analysis.Record) []Stance { return ledger(thread) }

func ledger(records []analysis.Record) []Stance {
	all := make([]*analysis.Record, len(records))
	for i := range records {
		all[i] = &records[i]
	}
	out := []Stance{}
	for _, p := range analysis.Positions(all) {
		if s := stanceRow(&p); s.First != "none" || len(s.Signals) > 0 || s.UnsureStance != "" {
			out = append(out, s)
		}
	}
	return out
}

func stanceRow(p *analysis.Position) Stance {
	s := Stance{
		Thread: p.Mails[0].Thread, Subject: p.Mails[0].Subject, Person: p.Person, First: "none", Last: "none",
		Messages: len(p.Mails), Changes: []Change{}, Signals: []string{}, Nak: p.Fate, Threads: []string{},
	}
	var c analysis.Counts
	for _, r := range p.Mails {
		c.Add(r)
		if l := r.Unsure(); l != "" && (s.UnsureStance == "" || r.Stance.Score > s.UnsureScore) {
			s.UnsureStance, s.UnsureScore, s.UnsureDate = l, r.Stance.Score, when(r.Date)
			s.UnsureID, s.UnsureText = r.ID, strongest(r.Stance.Evidence)
		}
		s.Role = cmp.Or(s.Role, r.Role)
		if !slices.Contains(s.Threads, r.Thread) {
			s.Threads = append(s.Threads, r.Thread)
		}
	}
	for _, r := range p.Signals {
		s.Signals = append(s.Signals, r.Signal+"@"+when(r.Date))
	}
	s.Support, s.Conditional, s.Oppose, s.Unsure = c.Support.Sure, c.Conditional.Sure, c.Oppose.Sure, c.Unsure()
	if n := len(p.Stances); n > 0 {
		first, last := p.Stances[0], p.Stances[n-1]
		s.First, s.FirstDate, s.FirstID = first.Stance.Label, when(first.Date), first.ID
		s.FirstText, s.FirstScore = strongest(first.Stance.Evidence), first.Stance.Score
		s.Last, s.LastDate, s.LastID = last.Stance.Label, when(last.Date), last.ID
		s.LastText, s.LastScore = strongest(last.Stance.Evidence), last.Stance.Score
	}
	for _, c := range p.Changes {
		s.Changes = append(s.Changes, Change{
			From: c.From.Stance.Label, To: c.To.Stance.Label, Date: when(c.To.Date), FromID: c.From.ID, ToID: c.To.ID,
			FromText: strongest(c.From.Stance.Evidence), ToText: strongest(c.To.Stance.Evidence),
		})
	}
	if p.Nak != nil {
		s.NakID, s.NakText = p.Nak.ID, strongest(p.Nak.SignalBy)
	}
	if p.FateMail != nil {
		s.FateID, s.FateText = p.FateMail.ID, cmp.Or(strongest(p.FateMail.Settles), strongest(p.FateMail.SignalBy))
	}
	return s
}
