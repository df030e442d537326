package analysis

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"rustle/pkg/patch"
)

// Labels of an Outcome.
const (
	outcomeApplied    = "applied"
	outcomeSuperseded = "superseded"
	outcomeNaked      = "naked"
	outcomeDropped    = "dropped"
	outcomeUndecided  = "undecided"
)

// ending gathers what says how a thread ended, in the order of dates.
type ending struct {
	applied, dropped, newer *Outcome
	naks                    map[string]*Record // standing, by person and patch
	naked                   map[string]*Draft  // what was refused, by the id of the NAK; no entry in a discussion
	posters                 map[string]bool    // who posted the changes
	version                 int                // highest version posted so far, 0 for none
	parts                   int                // patches of that version, by the subject that counts them; 0 for none
	title                   string             // of the first change
}

// outcome says how a thread ended and which mail shows it. Applied goes before everything that was
// said earlier; a NAK counts as the end only while the person who gave it has not lifted it by an ack
// or review; a later version takes the place of the one before it; a change is dropped when its
// author takes it back or a maintainer takes it out of his tree. Threads without any of these, and
// discussions, are undecided. Nothing outside the thread is looked at.
func outcome(msgs []*Draft) Outcome {
	byDate := slices.Clone(msgs)
	slices.SortStableFunc(byDate, func(a, b *Draft) int {
		return cmp.Or(a.Record.Date.Compare(b.Record.Date), cmp.Compare(a.Record.ID, b.Record.ID))
	})
	e := ending{naks: map[string]*Record{}, naked: map[string]*Draft{}, posters: map[string]bool{}}
	for _, d := range byDate {
		e.read(d)
	}
	switch {
	case e.applied != nil:
		return *e.applied
	case e.dropped != nil:
		return *e.dropped
	case e.refused():
		r := e.naks[slices.Max(slices.Collect(maps.Keys(e.naks)))]
		for _, n := range e.naks { // the last one; dates of one second are told apart by id
			if c := cmp.Or(n.Date.Compare(r.Date), cmp.Compare(n.ID, r.ID)); c > 0 {
				r = n
			}
		}
		return Outcome{Label: outcomeNaked, ID: r.ID, Evidence: r.SignalBy}
	case e.newer != nil:
		return *e.newer
	}
	return Outcome{Label: outcomeUndecided}
}

// refused says that the NAKs that stand are given to the change as a whole: to a single patch, to the cover letter, or
// to half of the patches at least. Of a series of twenty one patch may be refused and the rest taken.
func (e *ending) refused() bool {
	patches := map[string]bool{}
	for _, r := range e.naks {
		on := e.naked[r.ID]
		if on == nil || e.parts < 3 || on.Record.Kind != kindPatch {
			return true
		}
		patches[on.Record.ID] = true
	}
	return len(patches) > 0 && 2*len(patches) >= e.parts
}

// whole says that an answer to that change is about all of it.
func (e *ending) whole(on *Draft) bool {
	return on == nil || e.parts < 2 || on.Record.Kind != kindPatch
}

func (e *ending) read(d *Draft) {
	r := &d.Record
	if r.Kind == kindBot {
		if len(r.Settles) > 0 { // see speakers
			e.applied = &Outcome{Label: outcomeApplied, ID: r.ID, Evidence: r.Settles}
			e.dropped = nil
			clear(e.naks)
		}
		return
	}
	if r.Kind == kindPatch || r.Kind == kindCover || r.Kind == kindPull {
		e.posted(d)
		return
	}
	signal := r.Signal
	if signal == "apply" && d.patch == nil && !d.subject.Patch && !d.subject.Pull {
		signal = none // what is applied in a discussion is not what it is about
	}
	if signal == "apply" && e.posters[r.Person] && (r.Role == "developer" || r.Role == "reviewer") {
		signal = none // "picked up" for the next version: who posts without a tree of his own does not decide
	}
	switch signal {
	case "apply":
		e.applied = &Outcome{Label: outcomeApplied, ID: r.ID, Evidence: r.SignalBy}
		e.dropped = nil
		clear(e.naks)
		return
	case nak:
		on := ""
		if d.patch != nil {
			on = d.patch.Record.ID
			e.naked[r.ID] = d.patch
		}
		e.naks[r.Person+"\x00"+on] = r
	case "ack", "review":
		e.lift(r.Person)
	case none:
		if slices.ContainsFunc(r.Settles, func(ev Evidence) bool { return ev.Rule == ruleLifted }) {
			e.lift(r.Person)
		}
	}
	if i := takenBack(d.sentences, e.posters[r.Person]); i >= 0 && (e.posters[r.Person] || e.applied != nil) && (e.whole(d.patch) || saysSeries(d.sentences[i])) {
		e.dropped = &Outcome{Label: outcomeDropped, ID: r.ID, Evidence: []Evidence{d.evidence(i, "OUT-dropped", 1)}}
		e.applied = nil
		return
	}
	e.announced(d)
}

// lift takes away the NAKs of a person.
func (e *ending) lift(person string) {
	maps.DeleteFunc(e.naks, func(_ string, r *Record) bool { return r.Person == person })
}

// saysSeries says that a sentence about a patch means the whole series.
func saysSeries(sentence string) bool {
	s := strings.ToLower(sentence)
	return strings.Contains(s, "series") || strings.Contains(s, "patchset") || strings.Contains(s, "these patches")
}

// posted notes a change on the table. A later version of the same change opens the question again.
func (e *ending) posted(d *Draft) {
	r := &d.Record
	version, title := max(d.subject.Version, 1), d.subject.Key()
	switch {
	case e.version == 0:
		e.version, e.title, e.parts = version, title, d.subject.Total
	case version > e.version && (title == e.title || e.posters[r.Person]):
		e.version, e.parts = version, d.subject.Total
		e.newer = &Outcome{Label: outcomeSuperseded, ID: r.ID, Evidence: []Evidence{d.evidence(-1, "OUT-version", 1)}}
		e.dropped = nil
		clear(e.naks) // they were given to the version before
	}
	e.posters[r.Person] = true
}

// announced finds a link to a later version in an answer: "v3: https://lore.kernel.org/...".
func (e *ending) announced(d *Draft) {
	if e.version == 0 || !strings.Contains(d.Text.Own, "://") {
		return
	}
	for _, l := range patch.Links(d.Text.Own) {
		if l.Version > e.version {
			e.newer = &Outcome{Label: outcomeSuperseded, ID: d.Record.ID, Evidence: []Evidence{{
				Text: oneLine(d.Text.Own[l.Start:l.End]), Start: l.Start, End: l.End, Rule: "OUT-link", Weight: 1,
			}}}
		}
	}
}

// How kernel people drop a patch from a tree, and how they withdraw one of their own. Read only. Source: written for
// this project.
var (
	droppings = newPhrases(
		[]string{"dropped", "dropping", "erted"},
		"i have dropped ", "i've dropped ", "i dropped ", "now dropped", "dropped from my", "dropped from the tree", "dropping it from", "dropping this from",
		"i have reverted", "i've reverted", "i reverted",
	)
	retractions = newPhrases(
		[]string{"gnore", "gard", "drop", "hdraw", "nak", "bandon"},
		"please ignore this patch", "please ignore this series", "please ignore this version", "please disregard this", "please drop this patch",
		"please drop this series", "i withdraw this", "withdrawing this", "i'm withdrawing", "i am withdrawing", "i will drop this patch",
		"i'll drop this patch", "i will drop this series", "i'll drop this series", "let's drop this patch", "let's drop this series", "self-nak", "self nak",
		"nak to myself", "abandon this series", "abandon this patch", "abandoning this",
	)
)

// takenBack returns the sentence that takes a change off the table, -1 when there is none.
func takenBack(sentences []string, poster bool) int {
	words := droppings
	if poster {
		words = retractions
	}
	for i, s := range sentences {
		if !words.may(s) {
			continue
		}
		s = folded(s)
		if strings.HasSuffix(s, "?") || strings.HasPrefix(s, "if ") {
			continue
		}
		for _, p := range words.all {
			if strings.Contains(s, p) {
				return i
			}
		}
	}
	return -1
}

// mergedByBot recognises the robots that say a pull request or series was taken (pr-tracker-bot,
// patchwork-bot). It returns the sentence that says so, or len(sentences) when the words stand in no
// sentence; -1 for other mail.
func mergedByBot(d *Draft) int {
	for i, s := range d.sentences {
		if saysMerged(s) {
			return i
		}
	}
	if saysMerged(d.Text.Own) {
		return len(d.sentences)
	}
	return -1
}

// mergers are what robots say of a change that was taken. Read only.
var mergers = newPhrases([]string{"merged", "applied"}, "has been merged into", "was applied to", "series was applied")

func saysMerged(s string) bool {
	if !mergers.may(s) {
		return false
	}
	s = folded(s)
	return slices.ContainsFunc(mergers.all, func(p string) bool { return strings.Contains(s, p) })
}
