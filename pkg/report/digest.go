package report

import (
	"cmp"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"rustle/pkg/analysis"
)

// DigestInput is all that a digest is made from.
type DigestInput struct {
	Since, Until time.Time     // what happened at Since or later and before Until; a zero Until is no limit
	Threads      []ThreadInput // whole threads that have mail in that time; others are passed over
	Topics       []TopicInfo   // used for every thread that brings none
	Method       Method
	// Known says whether a person had written before Since. Without it the digest names no newcomers.
	Known func(person string) bool
}

// Digest writes what happened in a stretch of time as Markdown: new debates, the hottest exchanges, NAKs and approvals by
// maintainers, changes of position, newcomers, outcomes. It says whether there was anything to tell; an empty digest is
// one sentence.
func Digest(w io.Writer, in DigestInput, o Options) (empty bool, err error) {
	d := newDigest(in, o)
	out := &writer{}
	until := in.Until
	if until.IsZero() {
		until = d.last.Add(time.Nanosecond)
	}
	out.heading(1, "Digest: "+strings.TrimPrefix(dates(in.Since, until.Add(-time.Nanosecond)), "on "))
	if d.mails == 0 {
		out.paragraph("Nothing was written in the threads looked at.")
		_, err := w.Write(out.bytes())
		return true, err
	}
	out.paragraph(upperFirst(count(d.mails, "mail")), " by ", count(len(d.people), "person"), " in ", count(len(d.threads), "thread"), ", ",
		number(d.debates()), " of them ", verb(d.debates(), "a debate", "debates"), ".")
	d.debatesSection(out)
	d.exchanges(out)
	d.signals(out)
	d.changes(out)
	d.outcomes(out)
	d.newcomers(out)
	_, err = w.Write(out.bytes())
	return false, err
}

type digest struct {
	in      DigestInput
	threads []*digestThread
	people  map[string]int
	mails   int
	last    time.Time
}

type digestThread struct {
	c      *conversation
	recent []*analysis.Record // of people, in the time
	title  string
}

func newDigest(in DigestInput, o Options) *digest {
	d := &digest{in: in, people: map[string]int{}}
	until := in.Until
	if until.IsZero() {
		until = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	known := in.Known
	if o.Anonymous && known != nil {
		d.in.Known = nil // the question would need the name that was taken away
	}
	for _, t := range in.Threads {
		if t.Topics == nil {
			t.Topics = in.Topics
		}
		c := newConversation(t, o)
		k := &digestThread{c: c, title: title(c.in.Summary.Subject)}
		for _, r := range c.people() {
			if between(r.Date, in.Since, until) {
				k.recent = append(k.recent, r)
				d.people[author(r)]++
				if r.Date.After(d.last) {
					d.last = r.Date
				}
			}
		}
		if len(k.recent) == 0 {
			continue
		}
		if k.title == "" {
			k.title = title(c.records[0].Subject)
		}
		d.mails += len(k.recent)
		d.threads = append(d.threads, k)
	}
	slices.SortFunc(d.threads, func(a, b *digestThread) int {
		return cmp.Or(cmp.Compare(len(b.recent), len(a.recent)), strings.Compare(a.c.in.Summary.ID, b.c.in.Summary.ID))
	})
	return d
}

func (d *digest) debates() int {
	n := 0
	for _, t := range d.threads {
		n += one(t.c.in.Summary.Label == "debate")
	}
	return n
}

// link names a thread and links to its root.
func (t *digestThread) link() string {
	name := cut(cmp.Or(t.title, "(no subject)"), 80)
	if u := t.c.url(t.c.in.Summary.ID); u != "" {
		return "[" + Escape(name) + "](" + u + ")"
	}
	return "“" + Escape(name) + "”"
}

func (d *digest) debatesSection(w *writer) {
	for _, fresh := range []bool{true, false} {
		var lines []string
		for _, t := range d.threads {
			s := &t.c.in.Summary
			if s.Label != "debate" || s.First.Before(d.in.Since) == fresh {
				continue
			}
			main, _ := t.c.arguments()
			names := make([]string, 0, 3)
			for _, a := range main[:min(3, len(main))] {
				names = append(names, a.Name)
			}
			line := "- " + t.link() + ": " + count(len(t.recent), "mail")
			if !fresh {
				line += " now, " + strconv.Itoa(len(t.c.people())) + " in all"
			}
			if s.PartOf != nil {
				line += ", a piece of a larger debate"
			}
			var n analysis.Counts
			for _, r := range t.recent {
				n.Add(r)
			}
			line += ", heat " + heatName(s.Heat)
			if taken := n.Taken(); taken != "" {
				line += ", " + taken
			}
			if len(names) > 0 {
				line += "; on " + Escape(join(names))
			}
			lines = append(lines, line+".")
		}
		if len(lines) > 0 {
			w.heading(2, map[bool]string{true: "New debates", false: "Debates that went on"}[fresh])
			w.list(lines, 15)
		}
	}
}

// list writes lines of a list and counts what does not fit.
func (w *writer) list(lines []string, n int) {
	for _, l := range lines[:min(n, len(lines))] {
		w.line(l)
	}
	if more := len(lines) - n; more > 0 {
		w.line("- and ", number(more), " more.")
	}
	w.line()
}

func (d *digest) exchanges(w *writer) {
	type hot struct {
		e Exchange
		t *digestThread
	}
	var all []hot
	for _, t := range d.threads {
		for _, e := range t.c.exchanges() {
			if !e.To.Before(d.in.Since) && (d.in.Until.IsZero() || e.From.Before(d.in.Until)) {
				all = append(all, hot{e, t})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b hot) int { return cmp.Compare(b.e.heat(), a.e.heat()) })
	if len(all) == 0 {
		return
	}
	w.heading(2, "The hottest exchanges")
	for _, h := range all[:min(5, len(all))] {
		w.line("- **", Escape(h.e.A), " and ", Escape(h.e.B), "** in ", h.t.link(), ": of ", count(h.e.Mails, "mail"), ", ",
			Escape(negativeAndUncivil(h.e.Tones)), ".")
		if q := h.e.Quote; q != nil {
			w.line("  “", Escape(q.Text), "” (", Escape(q.Ref.Person), ", ", link(q.Ref), ")")
		}
	}
	w.line()
}

func (d *digest) signals(w *writer) {
	var naks, good []string
	for _, t := range d.threads {
		for _, r := range t.recent {
			line := "- " + shortDate(r.Date) + " " + Escape(author(r)) + " (" + Escape(roleName(r.Role)) + ") in " + t.link() + ", " + link(t.c.ref(r))
			quote := ""
			if q := t.c.quoteOf(r, r.SignalBy); q != nil {
				quote = ": “" + Escape(cut(q.Text, 160)) + "”"
			}
			switch s := signal(r); {
			case s == signalNak:
				naks = append(naks, line+cmp.Or(quote, ".")+" "+Escape(t.c.fate(r)))
			case (s == signalAck || s == signalReview || s == signalApply) && isMaintainer(r.Role):
				good = append(good, line+", "+signalName(s)+quote)
			}
		}
	}
	if len(naks) > 0 {
		w.heading(2, "NAKs")
		w.list(naks, 20)
	}
	if len(good) > 0 {
		w.heading(2, "Approvals by maintainers")
		w.list(good, 20)
	}
}

func (d *digest) changes(w *writer) {
	var lines []string
	for _, t := range d.threads {
		for _, k := range t.c.stanceChanges() {
			if k.to.Date.Before(d.in.Since) || !d.in.Until.IsZero() && !k.to.Date.Before(d.in.Until) {
				continue
			}
			line := "- " + Escape(author(k.to)) + " moved from " + position(stance(k.from)) + " to " + position(stance(k.to)) + " in " + t.link() + " (" + link(t.c.ref(k.to)) + ")"
			if before, after := t.c.quoteOf(k.from, k.from.Stance.Evidence), t.c.quoteOf(k.to, k.to.Stance.Evidence); before != nil && after != nil {
				line += ". Before: “" + Escape(cut(before.Text, 200)) + "” (" + link(before.Ref) + "). After: “" + Escape(cut(after.Text, 200)) + "”"
			}
			lines = append(lines, line)
		}
	}
	if len(lines) > 0 {
		w.heading(2, "Changes of position")
		w.paragraph(changeNote)
		w.list(lines, 12)
	}
}

func (d *digest) outcomes(w *writer) {
	var lines []string
	for _, t := range d.threads {
		o := t.c.outcome()
		r := t.c.byID(t.c.in.Summary.Outcome.ID)
		if r == nil || !slices.Contains(t.recent, r) || o.Label == "undecided" {
			continue
		}
		line := "- " + t.link() + ": " + Escape(o.Text) + " (" + Escape(author(r)) + ", " + link(t.c.ref(r)) + ")"
		lines = append(lines, line)
	}
	if len(lines) > 0 {
		w.heading(2, "Outcomes")
		w.list(lines, 20)
	}
}

func (d *digest) newcomers(w *writer) {
	if d.in.Known == nil {
		return
	}
	var names []string
	for _, name := range byCount(d.people) {
		if !d.in.Known(name) {
			names = append(names, name+" ("+count(d.people[name], "mail")+")")
		}
	}
	if len(names) > 0 {
		w.heading(2, "Newcomers")
		w.paragraph("The data holds no earlier mail by them.")
		w.paragraph(Escape(some(names, 30)), ".")
	}
}
