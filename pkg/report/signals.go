package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"rustle/pkg/analysis"
)

// maxSignals is how many explicit signals get a row of their own when the thread holds more of them.
const maxSignals = 15

// signals returns the explicit signals. NAKs and "applied" always have a row; acks and reviews have one while there are
// few, those of maintainers first; the others are counted by person.
func (c *conversation) signals() ([]Signal, []SignalCount) {
	var all []*analysis.Record
	for _, r := range c.people() {
		if signal(r) != "" {
			all = append(all, r)
		}
	}
	rows := all
	rest := map[SignalCount]int{}
	if len(all) > maxSignals && !c.opts.Full {
		rows = slices.Clone(all)
		slices.SortStableFunc(rows, func(a, b *analysis.Record) int { return cmp.Compare(signalRank(a), signalRank(b)) })
		n := maxSignals
		for n < len(rows) && signalRank(rows[n]) == 0 {
			n++
		}
		for _, r := range rows[n:] {
			rest[SignalCount{Kind: signal(r), Person: author(r), Role: r.Role}]++
		}
		rows = rows[:n]
		slices.SortFunc(rows, func(a, b *analysis.Record) int { return cmp.Compare(c.number[a.ID], c.number[b.ID]) })
	}
	out := make([]Signal, 0, len(rows))
	for _, r := range rows {
		s := Signal{Kind: signal(r), Ref: c.ref(r)}
		if q := c.quoteOf(r, r.SignalBy); q != nil {
			s.Quote = cut(q.Text, 160)
		}
		if s.Kind == signalNak {
			s.Fate = c.fate(r)
		}
		out = append(out, s)
	}
	counts := make([]SignalCount, 0, len(rest))
	for k, n := range rest {
		k.Count = n
		counts = append(counts, k)
	}
	slices.SortFunc(counts, func(a, b SignalCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Kind, b.Kind), strings.Compare(a.Person, b.Person), strings.Compare(a.Role, b.Role))
	})
	return out, counts
}

func signalRank(r *analysis.Record) int {
	switch signal(r) {
	case signalNak, signalApply:
		return 0
	case signalAck:
		if isMaintainer(r.Role) {
			return 1
		}
		return 3
	case signalReview:
		if isMaintainer(r.Role) {
			return 2
		}
		return 4
	}
	return 5
}

func signalName(kind string) string {
	switch kind {
	case signalAck:
		return "ack"
	case signalReview:
		return "review"
	case signalTest:
		return "test"
	case signalNak:
		return "NAK"
	case signalApply:
		return "applied"
	}
	return clean(kind)
}

// series lists the patch series of the thread and their revisions in other threads, by date.
func (c *conversation) series() []Revision {
	type key struct {
		who     string
		version int
		total   int
	}
	first := map[key]*analysis.Record{}
	parts := map[key]int{}
	var order []key
	for _, r := range c.people() {
		if r.Series == nil || r.Series.Inferred || r.Kind != "patch" && r.Kind != "cover" {
			continue
		}
		k := key{author(r), r.Series.Version, r.Series.Total}
		if first[k] == nil {
			first[k] = r
			order = append(order, k)
		}
		if r.Series.Part < first[k].Series.Part {
			first[k] = r
		}
		parts[k]++
	}
	out := make([]Revision, 0, len(order))
	for _, k := range order {
		r := first[k]
		out = append(out, Revision{
			Title: patchTitle(r.Subject), Version: k.version, Parts: parts[k], Total: k.total,
			Flags: cleanAll(r.Series.Flags), First: c.ref(r),
		})
	}
	if len(out) == 0 {
		return nil // the others are revisions of nothing here
	}
	for _, r := range ordered(c.in.Others) {
		if c.byID(r.ID) == nil && r.Series != nil {
			out = append(out, Revision{
				Title: patchTitle(r.Subject), Version: r.Series.Version, Total: r.Series.Total, Flags: cleanAll(r.Series.Flags), First: c.ref(r), Other: true,
				thread: r.Thread,
			})
		}
	}
	slices.SortStableFunc(out, func(a, b Revision) int {
		return cmp.Or(a.First.Date.Compare(b.First.Date), cmp.Compare(a.Version, b.Version))
	})
	return out
}

// followed returns the mail that begins the next revision of the series after those of the thread, nil when there is none.
func (c *conversation) followed() *analysis.Record {
	var last *analysis.Record
	for _, r := range c.people() {
		if r.Series != nil && !r.Series.Inferred && (r.Kind == "patch" || r.Kind == "cover") {
			last = r
		}
	}
	for _, r := range ordered(c.in.Others) {
		if last != nil && c.byID(r.ID) == nil && r.Date.After(last.Date) {
			return r
		}
	}
	return nil
}

// other returns the mail of that id that begins another revision, nil when there is none.
func (c *conversation) other(id string) *analysis.Record {
	for i := range c.in.Others {
		if r := &c.in.Others[i]; r.ID == id && r.Series != nil && c.byID(id) == nil {
			return r
		}
	}
	return nil
}

// patchTitle drops the brackets before the title of a patch.
func patchTitle(subject string) string {
	s := title(subject)
	for strings.HasPrefix(s, "[") {
		n := strings.IndexByte(s, ']')
		if n < 0 {
			break
		}
		s = strings.TrimSpace(s[n+1:])
	}
	if s == "" {
		return title(subject)
	}
	return s
}

// outcome says how the thread ended.
func (c *conversation) outcome() Outcome {
	o := c.in.Summary.Outcome
	out := Outcome{Label: clean(o.Label)}
	r := c.byID(o.ID)
	if !c.patched {
		return Outcome{Label: "undecided", Text: "It is a discussion: no patch in it was up for a decision."}
	}
	switch o.Label {
	case "applied":
		out.Text = "The change was applied."
	case "superseded":
		out.Text = "A later version took its place."
		if later := c.other(o.ID); later != nil {
			out.Text = "A later version took its place; the last in the data, v" + strconv.Itoa(max(later.Series.Version, 1)) + " of " + date(later.Date) + ", began another thread."
			return out
		}
	case "naked":
		out.Text = "It ended with a NAK."
	case "dropped":
		out.Text = "It was dropped."
	case "", "undecided":
		out.Label = "undecided"
		out.Text = "The thread ends without a decision that the mail shows."
		if next := c.followed(); next != nil {
			out.Text = "The thread ends without a decision that the mail shows; the next version of the series was posted on " + date(next.Date) + ", in another thread."
		}
	default:
		out.Text = "It ended as: " + out.Label + "."
	}
	if r != nil {
		ref := c.ref(r)
		out.Ref = &ref
		out.Quote = c.quoteOf(r, o.Evidence)
	}
	if r == nil && o.ID != "" {
		out.Ref = &Ref{ID: o.ID, URL: c.url(o.ID)}
	}
	return out
}
