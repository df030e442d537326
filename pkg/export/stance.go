package export

import (
	"cmp"
	"iter"
	"slices"
	"strconv"
	"strings"

	"rustle/pkg/analysis"
)

// Stance is one row of the ledger: a person in a thread.
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
	return []column[s]{
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
		{"support", "integer", "mails in support", func(e *s) string { return strconv.Itoa(e.Support) }},
		{"conditional", "integer", "mails that put a condition", func(e *s) string { return strconv.Itoa(e.Conditional) }},
		{"oppose", "integer", "mails in opposition", func(e *s) string { return strconv.Itoa(e.Oppose) }},
		{"signals", "list", "explicit signals: kind@date", func(e *s) string { return list(e.Signals) }},
		{"nak", "string", "standing | lifted (a later ack, review or apply of the same person) | overridden (applied all the same); empty without a NAK", func(e *s) string { return e.Nak }},
		{"first_score", "number", "calibrated score of the first stance; under 0.5 it is more likely wrong than right", func(e *s) string { return score(e.FirstScore) }},
		{"last_score", "number", "calibrated score of the last stance", func(e *s) string { return score(e.LastScore) }},
	}
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

// Ledger returns the rows of one thread, by the first mail of each person. Bots and people without a stance or signal
// have no row.
func Ledger(thread []analysis.Record) []Stance { return ledger(thread) }

func ledger(records []analysis.Record) []Stance {
	thread := slices.Clone(records)
	slices.SortFunc(thread, byDate)
	row := map[string]int{}
	var out []Stance
	lastOf := map[string]analysis.Record{}
	for i, r := range thread {
		if r.Role == "bot" || r.Kind == "bot" {
			continue
		}
		name := cmp.Or(r.Person, r.From.Name, r.From.Addr)
		n, known := row[name]
		if !known {
			n = len(out)
			row[name] = n
			out = append(out, Stance{Thread: r.Thread, Subject: r.Subject, Person: name, First: "none", Last: "none", Changes: []Change{}, Signals: []string{}})
		}
		s := &out[n]
		s.Messages++
		if s.Role == "" {
			s.Role = r.Role
		}
		if r.Signal != "" && r.Signal != "none" {
			s.Signals = append(s.Signals, r.Signal+"@"+when(r.Date))
			if r.Signal == "nak" {
				s.Nak = fate(thread[i+1:], name)
			}
		}
		label := r.Stance.Label
		switch label {
		case "support":
			s.Support++
		case "conditional":
			s.Conditional++
		case "oppose":
			s.Oppose++
		default:
			continue
		}
		text := strongest(r.Stance.Evidence)
		if s.First == "none" {
			s.First, s.FirstDate, s.FirstID, s.FirstText = label, when(r.Date), r.ID, text
			s.FirstScore = r.Stance.Score
		} else if s.Last != label {
			from := lastOf[name]
			s.Changes = append(s.Changes, Change{
				From: s.Last, To: label, Date: when(r.Date), FromID: from.ID, ToID: r.ID,
				FromText: strongest(from.Stance.Evidence), ToText: text,
			})
		}
		s.Last, s.LastDate, s.LastID, s.LastText = label, when(r.Date), r.ID, text
		s.LastScore = r.Stance.Score
		lastOf[name] = r
	}
	return slices.DeleteFunc(out, func(s Stance) bool { return s.First == "none" && len(s.Signals) == 0 })
}

// fate says what became of a NAK in the mails after it.
func fate(later []analysis.Record, name string) string {
	applied := false
	for _, r := range later {
		same := cmp.Or(r.Person, r.From.Name, r.From.Addr) == name
		switch r.Signal {
		case "ack", "review", "apply":
			if same {
				return "lifted"
			}
			applied = applied || r.Signal == "apply"
		}
	}
	if applied {
		return "overridden"
	}
	return "standing"
}

func byDate(a, b analysis.Record) int {
	return cmp.Or(a.Date.Compare(b.Date), strings.Compare(a.ID, b.ID), strings.Compare(a.Hash, b.Hash))
}
