package analysis

import (
	"fmt"
	"strings"
	"time"

	"rustle/pkg/patch"
)

// A Part says of which debate a thread is a piece. Mail that was sent to other lists as well leaves pieces behind: answers
// to mail that this list never saw. They are threads of their own, and of one or two mails the models can
// say little; the subject says whose piece it is. Label and DebateScore of the thread are those of the debate.
type Part struct {
	ID          string  `json:"id"`           // root of the debate
	Label       string  `json:"label"`        // of the thread by itself: rust | other
	DebateScore float64 `json:"debate_score"` // of the thread by itself
}

// partGap is how long before and after the mail of a debate a piece of it may begin.
const partGap = 30 * 24 * time.Hour

// Loose says whether a thread may be a piece of another: it begins with an answer to mail that is not in the data, and is
// no debate by itself.
func Loose(s *ThreadSummary) bool {
	return (s.PartOf != nil || s.Label != debate) && (s.Partial || patch.ParseSubject(s.Subject).Reply)
}

// Debates are threads that pieces may belong to. The zero value is ready; it keeps the summaries it is given.
type Debates struct{ by map[string][]*ThreadSummary }

// Note takes in a thread and says whether it is a debate by itself.
func (d *Debates) Note(s *ThreadSummary) bool {
	if s.Label != debate || s.PartOf != nil {
		return false
	}
	if d.by == nil {
		d.by = map[string][]*ThreadSummary{}
	}
	if k := wholeSubject(s.Subject); k != "" {
		d.by[k] = append(d.by[k], s)
	}
	return true
}

// Settle makes a loose thread a piece of the debate with its subject, the largest if there are several, or, when there is
// none, what it is by itself. The order of Note does not matter.
func (d *Debates) Settle(s *ThreadSummary) {
	if p := s.PartOf; p != nil {
		s.Label, s.DebateScore, s.PartOf = p.Label, p.DebateScore, nil
	}
	if !Loose(s) {
		return
	}
	var of *ThreadSummary
	for _, w := range d.by[wholeSubject(s.Subject)] {
		if w.ID == s.ID || s.First.Before(w.First.Add(-partGap)) || s.First.After(w.Last.Add(partGap)) {
			continue
		}
		if of == nil || w.Messages > of.Messages || w.Messages == of.Messages && w.ID < of.ID {
			of = w
		}
	}
	if of != nil {
		s.PartOf = &Part{ID: of.ID, Label: s.Label, DebateScore: s.DebateScore}
		s.Label, s.DebateScore = of.Label, of.DebateScore
	}
}

// wholeSubject is a subject without what a reply adds to it. It is empty when one word is left: that is no name.
func wholeSubject(subject string) string {
	s := patch.ParseSubject(subject)
	key := s.Key()
	if !strings.Contains(key, " ") {
		return ""
	}
	return fmt.Sprint(s.Patch, s.Pull, s.Version, s.Part, s.Total, s.Flags, s.Tags, key)
}
