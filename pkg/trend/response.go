package trend

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"rustle/pkg/analysis"
)

// ResponseOptions say how answers to patches are counted. The zero value counts all patches of a list together and asks
// nobody who was addressed.
type ResponseOptions struct {
	By       string         // one of Periods: a row for each period of posting; empty: all together
	Zone     *time.Location // in which a period begins; nil is UTC
	Releases []Release      // as in Options

	// Counts says whether the patch that begins a thread is counted; nil counts all. The threads of patches that are not
	// counted are wanted all the same: by them it shows how long a list was watched, and when a next version came.
	Counts func(first *analysis.Record) bool

	// Maintains says whether somebody who is addressed maintains what the files and lists are about, and his canonical
	// name. nil leaves Maintainers of the result empty.
	Maintains func(p analysis.Person, files, lists []string) (person string, ok bool)
}

// Response is how long the patches of one group waited for a maintainer.
type Response struct {
	Period string
	List   string
	Group  string // rust | other
	Curve  Curve
}

// Addressed is what became of the patches that one maintainer was addressed in.
type Addressed struct {
	Person   string
	Patches  int // To or Cc names him, and he maintains a file that they touch
	Answered int // threads of them in which he wrote
	Curve    Curve
}

// Compared is the comparison of the two groups of a list in a period, or over all lists.
type Compared struct {
	Period, List string // List empty: all lists, each a stratum
	Test         Test
}

// Responses is the result of [AnswerTimes].
type Responses struct {
	Rows        []Response  // by period, list (the one with most patches first), rust before other
	Compared    []Compared  // in the order of the rows; one over all lists for each period where there are two lists or more
	Maintainers []Addressed // by patches, the most first
	Patches     int         // threads that begin with a patch
	Superseded  int         // of them, watched only until the same author posted a next version
	Undated     int         // threads left out for want of a date, whether they would count or not
}

// posted is one thread that begins with a patch.
type posted struct {
	first   analysis.Record
	rust    bool
	lists   []string
	files   []string
	asked   []analysis.Person
	answers map[string]time.Time // first mail of each person but the author and bots
	reply   time.Time            // first mail of a maintainer who is not the author
	until   time.Time            // watched so long
	next    bool                 // until the next version, not until the end of the data
}

// AnswerTimes measures the time from a patch, alone or a series, to the first mail of a maintainer in its thread. In come
// the records of one thread after the other.
//
// A thread counts when its first mail is a patch or a cover letter of a person. Whoever the record of a mail calls a
// maintainer counts as one, but the author of the patch himself, reviewers and bots. A patch without an answer is watched
// until the next version of the same author and title comes in another thread, or until the end of the data on its list;
// after that nothing is known of it: it is censored, not unanswered for ever. A patch on two lists counts on both.
func AnswerTimes(threads iter.Seq[[]analysis.Record], o ResponseOptions) *Responses {
	out := &Responses{}
	end := map[string]time.Time{} // of the data on a list
	var all []*posted
	for records := range threads {
		for i := range records {
			at := seen(&records[i])
			for _, l := range records[i].Lists {
				if at.After(end[l]) {
					end[l] = at
				}
			}
		}
		switch p, undated := newPosted(records); {
		case undated:
			out.Undated++
		case p != nil:
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b *posted) int {
		return cmp.Or(a.first.Date.Compare(b.first.Date), strings.Compare(a.first.ID, b.first.ID))
	})
	watch(all, end)
	if o.Counts != nil {
		all = slices.DeleteFunc(all, func(p *posted) bool { return !o.Counts(&p.first) })
	}
	out.Patches = len(all)
	for _, p := range all {
		if p.next && (p.reply.IsZero() || p.reply.After(p.until)) {
			out.Superseded++
		}
	}
	out.rows(all, o)
	out.maintainers(all, o)
	return out
}

// seen is when a mail was there: its date, or when the list received it if that is earlier. Clocks that run ahead would
// stretch the time in which patches were watched.
func seen(r *analysis.Record) time.Time {
	at := r.Date
	if !r.Received.IsZero() && r.Received.Before(at) {
		at = r.Received
	}
	if at.Year() < 1991 || at.Year() > 2100 {
		return time.Time{}
	}
	return at
}

func isBot(r *analysis.Record) bool { return r.Role == "bot" || r.Kind == "bot" }

func decides(role string) bool {
	return role == "top-maintainer" || role == "maintainer" || role == "rust-maintainer"
}

func author(r *analysis.Record) string { return cmp.Or(r.Person, r.From.Name, r.From.Addr) }

func newPosted(records []analysis.Record) (p *posted, undated bool) {
	if len(records) == 0 {
		return nil, false
	}
	order := slices.Clone(records)
	slices.SortFunc(order, func(a, b analysis.Record) int {
		return cmp.Or(seen(&a).Compare(seen(&b)), cmp.Compare(a.Depth, b.Depth), strings.Compare(a.ID, b.ID))
	})
	if seen(&order[0]).IsZero() {
		return nil, true
	}
	first := order[0]
	if first.Kind != "patch" && first.Kind != "cover" || isBot(&first) {
		return nil, false
	}
	p = &posted{first: first, rust: first.Rust, lists: slices.Clone(first.Lists), answers: map[string]time.Time{}}
	slices.Sort(p.lists)
	p.lists = slices.Compact(p.lists)
	asked := map[string]bool{}
	for i := range order {
		r := &order[i]
		if author(r) == author(&first) {
			if r.Kind == "patch" || r.Kind == "cover" {
				p.rust = p.rust || r.Rust
				p.files = append(p.files, r.Files...)
				for _, k := range append(slices.Clone(r.To), r.Cc...) {
					if a := strings.ToLower(k.Addr); a != "" && !asked[a] {
						asked[a] = true
						p.asked = append(p.asked, k)
					}
				}
			}
			continue
		}
		if isBot(r) {
			continue
		}
		if _, known := p.answers[author(r)]; !known {
			p.answers[author(r)] = seen(r)
		}
		if decides(r.Role) && p.reply.IsZero() {
			p.reply = seen(r)
		}
	}
	return p, false
}

// watch sets until when each patch is watched.
func watch(all []*posted, end map[string]time.Time) {
	last := map[[2]string]*posted{}
	for _, p := range all {
		for _, l := range p.lists {
			if end[l].After(p.until) {
				p.until = end[l]
			}
		}
		k := [2]string{author(&p.first), change(p.first.Subject)}
		if before := last[k]; before != nil && k[1] != "" {
			before.until, before.next = seen(&p.first), true
		}
		last[k] = p
	}
}

// change is the title of a patch without what differs between its versions.
func change(subject string) string {
	s := strings.ToLower(subject)
	for {
		s = strings.TrimSpace(s)
		after, ok := strings.CutPrefix(s, "re:")
		if !ok {
			if !strings.HasPrefix(s, "[") {
				break
			}
			_, after, ok = strings.Cut(s, "]")
			if !ok {
				break
			}
		}
		s = after
	}
	return strings.Join(strings.Fields(s), " ")
}

// wait is how long a patch waited for something that came at a time, zero for never.
func (p *posted) wait(at time.Time) Wait {
	start := seen(&p.first)
	if at.IsZero() || at.After(p.until) {
		return Wait{Days: p.until.Sub(start).Hours() / 24}
	}
	return Wait{Days: at.Sub(start).Hours() / 24, Over: true}
}

func (r *Responses) rows(all []*posted, o ResponseOptions) {
	type cell struct{ period, list string }
	when := Options{By: o.By, Zone: o.Zone, Releases: o.Releases}.calendar()
	cells := map[cell]*[2][]Wait{}
	size := map[string]int{}
	var periods []string
	for _, p := range all { // by date
		period := ""
		if o.By != "" {
			period = when.name(when.begin(seen(&p.first)))
		}
		if len(periods) == 0 || periods[len(periods)-1] != period {
			periods = append(periods, period)
		}
		for _, l := range p.lists {
			size[l]++
			k := cell{period, l}
			if cells[k] == nil {
				cells[k] = &[2][]Wait{}
			}
			group := 1
			if p.rust {
				group = 0
			}
			cells[k][group] = append(cells[k][group], p.wait(p.reply))
		}
	}
	for _, period := range periods {
		var strata [][2][]Wait
		for _, l := range byCount(size) {
			waits := cells[cell{period, l}]
			if waits == nil {
				continue
			}
			for i, name := range []string{"rust", "other"} {
				if len(waits[i]) > 0 {
					r.Rows = append(r.Rows, Response{Period: period, List: l, Group: name, Curve: KaplanMeier(waits[i])})
				}
			}
			if len(waits[0]) > 0 && len(waits[1]) > 0 {
				strata = append(strata, *waits)
				r.Compared = append(r.Compared, Compared{Period: period, List: l, Test: LogRank(*waits)})
			}
		}
		if len(strata) > 1 {
			r.Compared = append(r.Compared, Compared{Period: period, Test: LogRank(strata...)})
		}
	}
}

func (r *Responses) maintainers(all []*posted, o ResponseOptions) {
	if o.Maintains == nil {
		return
	}
	type tally struct {
		waits    []Wait
		answered int
	}
	by := map[string]*tally{}
	for _, p := range all {
		met := map[string]bool{}
		for _, k := range p.asked {
			person, ok := o.Maintains(k, p.files, p.lists)
			if !ok || met[person] || person == author(&p.first) {
				continue
			}
			met[person] = true
			t := by[person]
			if t == nil {
				t = &tally{}
				by[person] = t
			}
			at := p.answers[person]
			if !at.IsZero() {
				t.answered++
			}
			t.waits = append(t.waits, p.wait(at))
		}
	}
	for _, person := range slices.Sorted(maps.Keys(by)) {
		t := by[person]
		r.Maintainers = append(r.Maintainers, Addressed{Person: person, Patches: len(t.waits), Answered: t.answered, Curve: KaplanMeier(t.waits)})
	}
	slices.SortStableFunc(r.Maintainers, func(a, b Addressed) int { return cmp.Compare(b.Patches, a.Patches) })
}
