package report

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"rustle/pkg/analysis"
)

// maxChanges is how many changes of position the page tells; the weaker ones are most often noise of the tagger.
const maxChanges = 8

// turning returns what turned the conversation, in the order it happened.
func (c *conversation) turning() []Event {
	var out []Event
	if e := c.firstMaintainer(); e != nil {
		out = append(out, *e)
	}
	out = append(out, c.changes()...)
	for _, r := range c.people() {
		switch signal(r) {
		case signalNak:
			e := Event{Kind: "nak", Ref: c.ref(r), Text: author(r) + " gave a NAK. " + c.fate(r)}
			if q := c.quoteOf(r, r.SignalBy); q != nil {
				e.Quotes = []Quote{*q}
			}
			out = append(out, e)
		case signalApply:
			e := Event{Kind: "apply", Ref: c.ref(r), Text: author(r) + " applied or pulled the change."}
			if q := c.quoteOf(r, r.SignalBy); q != nil {
				e.Quotes = []Quote{*q}
			}
			out = append(out, e)
		}
	}
	if e := c.peak(); e != nil {
		out = append(out, *e)
	}
	slices.SortStableFunc(out, func(a, b Event) int {
		return cmp.Or(a.Ref.Date.Compare(b.Ref.Date), cmp.Compare(a.Ref.Number, b.Ref.Number), cmp.Compare(a.Kind, b.Kind))
	})
	return out
}

// firstMaintainer is the first mail of somebody who decides, other than the one who began.
func (c *conversation) firstMaintainer() *Event {
	mails := c.people()
	if len(mails) == 0 {
		return nil
	}
	root := mails[0]
	if isMaintainer(root.Role) && root.Series == nil && root.Kind == "mail" { // a maintainer began a discussion: that another one answers is no news
		return nil
	}
	if c.in.Summary.Partial && !aboutPatch(root) { // an earlier answer may be missing
		return nil
	}
	for _, r := range mails[1:] {
		if !isMaintainer(r.Role) || author(r) == author(root) {
			continue
		}
		e := &Event{Kind: "first-maintainer", Ref: c.ref(r)}
		e.Text = author(r) + " (" + roleName(r.Role) + ") was the first maintainer to answer"
		if d := r.Date.Sub(root.Date); d >= 0 && !c.in.Summary.Partial {
			e.Text += ", " + duration(d) + " after the first mail"
		}
		e.Text += "."
		return e
	}
	return nil
}

// duration says a span of time as a reader would.
func duration(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < 2*time.Hour:
		return count(int(d.Minutes()), "minute")
	case d < 48*time.Hour:
		return count(int(d.Hours()), "hour")
	}
	return count(int(d.Hours()/24), "day")
}

// change is a person's step from one position to another.
type change struct {
	from, to *analysis.Record
}

func (k change) size() float64 {
	a, b := k.from.Stance, k.to.Stance
	s := min(a.Score, b.Score)
	if a.Label != stanceConditional && b.Label != stanceConditional { // across, not half-way
		s++
	}
	return s
}

// leastChange is the weight of the sentence that a change of position must rest on, before and after.
const leastChange = 0.15

// quotable says whether the position of a mail rests on a sentence that can be shown for it.
func (c *conversation) quotable(r *analysis.Record) bool {
	for _, k := range remarks(r, r.Stance.Evidence) {
		if k.weight >= leastChange && form(k.text) > -0.5 && argues(k.text) >= 0 {
			return true
		}
	}
	return false
}

// stanceChanges returns every step between positions that a reader can check, by date: both mails are sure, and both
// hold a sentence for it.
func (c *conversation) stanceChanges() []change {
	last := map[string]*analysis.Record{}
	var out []change
	for _, r := range c.people() {
		s := stance(r)
		if s == "" {
			continue
		}
		if !c.opts.Full && !c.quotable(r) {
			continue
		}
		if p := last[author(r)]; p != nil && stance(p) != s {
			out = append(out, change{p, r})
		}
		last[author(r)] = r
	}
	return out
}

func (c *conversation) changes() []Event {
	all := c.stanceChanges()
	if !c.opts.Full && len(all) > maxChanges {
		slices.SortStableFunc(all, func(a, b change) int { return cmp.Compare(b.size(), a.size()) })
		all = all[:maxChanges]
	}
	out := make([]Event, 0, len(all))
	for _, k := range all {
		e := Event{Kind: "stance", Ref: c.ref(k.to)}
		e.Text = author(k.to) + " went from " + position(stance(k.from)) + " to " + position(stance(k.to)) + "."
		if q := c.quoteOf(k.from, k.from.Stance.Evidence); q != nil {
			e.Quotes = append(e.Quotes, *q)
		}
		if q := c.quoteOf(k.to, k.to.Stance.Evidence); q != nil {
			e.Quotes = append(e.Quotes, *q)
		}
		out = append(out, e)
	}
	return out
}

func position(stance string) string {
	switch stance {
	case stanceSupport:
		return "support"
	case stanceConditional:
		return "conditions"
	case stanceOppose:
		return "opposition"
	}
	return "no position"
}

// fate says what became of a NAK, by the ledger of positions. One that was repeated shares the fate of the last; one that
// nobody lifted or overrode stands, and the outcome of the thread says what that was worth.
func (c *conversation) fate(nak *analysis.Record) string {
	for _, p := range c.positions() {
		if p.Nak == nil || author(p.Nak) != author(nak) || p.FateMail == nil {
			continue
		}
		by := p.FateMail
		switch {
		case p.Fate == analysis.NakLifted && signal(by) != "" && signal(by) != signalNak:
			return "The same person lifted it on " + date(by.Date) + " with " + signalPhrase(signal(by)) + "."
		case p.Fate == analysis.NakLifted:
			return "The same person took it back on " + date(by.Date) + "."
		case isBot(by):
			return "It did not hold: the change was merged by " + date(by.Date) + "."
		default:
			return "It did not hold: " + author(by) + " applied the change on " + date(by.Date) + "."
		}
	}
	switch c.in.Summary.Outcome.Label {
	case "applied":
		return "It did not hold: the change was applied."
	case "superseded":
		return "It stands; a new version followed."
	case "naked", "dropped":
		return "It stands; the change did not go in."
	}
	return "In this thread it stands."
}

// positions is the ledger of the thread.
func (c *conversation) positions() []analysis.Position {
	if c.ledger == nil {
		c.ledger = analysis.Positions(c.records)
	}
	return c.ledger
}

func signalPhrase(s string) string {
	switch s {
	case signalAck:
		return "an ack"
	case signalReview:
		return "a review tag"
	case signalTest:
		return "a test tag"
	case signalApply:
		return "the word that it is applied"
	case signalNak:
		return "a NAK"
	}
	return "a signal"
}

// peak is the stretch of mails with the most displeasure: ten mails in a row with at least four that are negative,
// or two that are uncivil to somebody.
func (c *conversation) peak() *Event {
	const window = 10
	mails := c.people()
	if len(mails) < 3*window { // in a short thread the worst stretch is the thread
		return nil
	}
	best, at := 0, -1
	for i := 0; i+window <= len(mails); i++ {
		n := 0
		for _, r := range mails[i : i+window] {
			n += one(negative(r)) + 2*one(harsh(r))
		}
		if n > best {
			best, at = n, i
		}
	}
	if best < 4 {
		return nil
	}
	stretch := mails[at : at+window]
	var tones analysis.Tones
	names := map[string]int{}
	sharpest := stretch[0]
	for _, r := range stretch {
		tones.Add(r)
		if negative(r) || uncivil(r) {
			names[author(r)]++
		}
		if displeasure(r) > displeasure(sharpest) {
			sharpest = r
		}
	}
	e := &Event{Kind: "peak", Ref: c.ref(stretch[0])}
	e.Text = "The tone was at its worst from mail " + strconv.Itoa(c.number[stretch[0].ID]) + " to mail " +
		strconv.Itoa(c.number[stretch[window-1].ID]) + ": of " + strconv.Itoa(window) + " mails in a row " + negativeAndUncivil(tones) +
		", by " + some(byCount(names), 4) + "."
	if q := c.sharpest(sharpest); q != nil {
		e.Quotes = []Quote{*q}
	}
	return e
}

func negativeAndUncivil(t analysis.Tones) string {
	s := t.Negative.String() + verb(t.Negative.Sure, " was", " were") + " negative"
	if t.Uncivil != (analysis.Count{}) {
		s += " and " + t.Uncivil.String() + " uncivil"
	}
	return s
}

func verb(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
