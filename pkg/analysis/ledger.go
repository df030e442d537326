package analysis

import (
	"cmp"
	"slices"
	"strings"
)

// What became of a NAK.
const (
	NakStanding   = "standing"
	NakLifted     = "lifted"     // the same person later acks, reviews or applies the change, or takes the NAK back
	NakOverridden = "overridden" // the change was applied all the same
)

// Rules of the evidence in Record.Settles.
const (
	ruleLifted = "NAK-lifted" // a NAK is taken back
	ruleMerged = "OUT-bot"    // a robot says that the change was merged
)

// A Position is what one person said in a thread, or in all revisions of a series.
type Position struct {
	Person   string
	Mails    []*Record // all of them, by date
	Stances  []*Record // those with a stance that counts, see Record.Stands
	Changes  []Step
	Signals  []*Record // those with a signal
	Nak      *Record   // the last NAK; nil for none
	Fate     string    // NakStanding, NakLifted or NakOverridden; "" without a NAK
	FateMail *Record   // the mail that lifted or overrode it; nil for one that stands
}

// A Step is a change from one stance to another.
type Step struct{ From, To *Record }

// Positions returns what each person said, by the date of the first mail. The records are those of one thread, or
// of the threads that hold the revisions of one series; robots have no position.
//
// A NAK is lifted by its author only. It is overridden when somebody later says that he applied what it was given
// to, the whole series or that patch; in a discussion nothing is applied.
func Positions(records []*Record) []Position {
	all := slices.Clone(records)
	slices.SortStableFunc(all, byDate)
	var about map[*Record]*Record // made for the first NAK: most threads have none
	var out []Position
	row := map[string]int{}
	for i, r := range all {
		if r.Kind == kindBot || r.Role == kindBot {
			continue
		}
		name := cmp.Or(r.Person, r.From.Name, r.From.Addr)
		n, known := row[name]
		if !known {
			n = len(out)
			row[name] = n
			out = append(out, Position{Person: name})
		}
		p := &out[n]
		p.Mails = append(p.Mails, r)
		if r.Signal != "" && r.Signal != none {
			p.Signals = append(p.Signals, r)
		}
		if r.Signal == nak {
			if about == nil {
				about = patchesOf(all)
			}
			p.Nak = r
			p.Fate, p.FateMail = fate(all[i+1:], r, name, about)
		}
		if l := r.Stands(); l != none {
			if k := len(p.Stances); k > 0 && p.Stances[k-1].Stands() != l {
				p.Changes = append(p.Changes, Step{p.Stances[k-1], r})
			}
			p.Stances = append(p.Stances, r)
		}
	}
	return out
}

func byDate(a, b *Record) int {
	return cmp.Or(a.Date.Compare(b.Date), strings.Compare(a.ID, b.ID), strings.Compare(a.Hash, b.Hash))
}

// patchesOf finds for each mail the patch, cover letter or pull request that it is or answers.
func patchesOf(all []*Record) map[*Record]*Record {
	byID := make(map[string]*Record, len(all))
	for _, r := range all {
		byID[r.ID] = r
	}
	about := make(map[*Record]*Record, len(all))
	for _, r := range all {
		var path []*Record
		for at := r; at != nil; at = byID[at.Parent] {
			if known, ok := about[at]; ok {
				for _, p := range path {
					about[p] = known
				}
				path = nil
				break
			}
			if slices.Contains([]string{kindPatch, kindCover, kindPull}, at.Kind) {
				about[at] = at
				for _, p := range path {
					about[p] = at
				}
				path = nil
				break
			}
			about[at] = nil // also ends a circle of parents
			path = append(path, at)
		}
	}
	return about
}

// fate says what became of a NAK in the mails after it, and which mail shows it.
func fate(later []*Record, given *Record, name string, about map[*Record]*Record) (string, *Record) {
	var applied *Record
	for _, r := range later {
		same := cmp.Or(r.Person, r.From.Name, r.From.Addr) == name
		taken := r.Signal == "apply"
		for _, e := range r.Settles {
			switch e.Rule {
			case ruleLifted:
				if same {
					return NakLifted, r
				}
			case ruleMerged:
				taken = true
			}
		}
		if same && (r.Signal == "ack" || r.Signal == "review" || r.Signal == "apply") {
			return NakLifted, r
		}
		if taken && applied == nil && covers(about[r], about[given]) {
			applied = r
		}
	}
	if applied != nil {
		return NakOverridden, applied
	}
	return NakStanding, nil
}

// covers says that who applies what the one is about applies the other too: the same patch, a whole series, or
// another revision of it.
func covers(applied, given *Record) bool {
	switch {
	case applied == nil || given == nil:
		return false
	case applied == given, applied.Kind != kindPatch, given.Kind != kindPatch:
		return true
	}
	// Another patch of the same posting is another change; one of another revision is taken for the same when
	// its title is.
	return applied.Thread != given.Thread && samePart(applied, given)
}

func samePart(a, b *Record) bool {
	return a.Series != nil && b.Series != nil && afterBrackets(a.Subject) == afterBrackets(b.Subject)
}

func afterBrackets(subject string) string {
	return strings.ToLower(strings.TrimSpace(subject[strings.LastIndexByte(subject, ']')+1:]))
}

// withdrawals take back a NAK. Read only. Source: written for this project.
var withdrawals = newPhrases(
	[]string{"nak", "nack", "objection"},
	"withdraw my ", "withdrew my ", "withdrawing my ", "retract my ", "retracting my ", "drop my na", "dropping my na", "dropped my na",
	"take back my ", "taking back my ", "lift my ", "lifting my ", "remove my na", "my nak is withdrawn", "my nack is withdrawn",
	"no longer nak", "no longer nack", "un-nak", "unnak", "consider my nak lifted", "consider my nack lifted", "i have no objections any more",
	"no objection any more", "no objections anymore", "no objection anymore", "objections are resolved", "objection is resolved", "my objection is gone",
)

// withdrawn returns the sentence in which somebody takes back a NAK of his own, -1 when there is none.
func withdrawn(sentences []string) int {
	for i, s := range sentences {
		if !withdrawals.may(s) {
			continue
		}
		s = folded(s)
		if strings.HasSuffix(s, "?") || !strings.Contains(s, "nak") && !strings.Contains(s, "nack") && !strings.Contains(s, "objection") {
			continue
		}
		for _, p := range withdrawals.all {
			at := strings.Index(s, p)
			if at >= 0 && !conditionalBefore(s[:at]) {
				return i
			}
		}
	}
	return -1
}

// conditionalBefore says that what follows is promised or denied only.
func conditionalBefore(s string) bool {
	for w := range strings.FieldsSeq(s) {
		switch strings.Trim(w, ".,;:()") {
		case "if", "unless", "until", "once", "when", "would", "could", "not", "won't", "can't", "don't", "never", "may", "might":
			return true
		}
	}
	return false
}
