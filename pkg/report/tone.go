package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"rustle/pkg/analysis"
)

// maxBins is how many rows the table of the tone has before the unit of time grows.
const maxBins = 24

// tone counts by day, week, month or year, whichever is the shortest unit that keeps the table short.
func (c *conversation) tone() Tone {
	mails := c.people()
	var t Tone
	t.Unit, t.Bins = fitting(mails)
	byRole, people := map[string]*RoleTone{}, map[[2]string]bool{}
	for _, r := range mails {
		rt := byRole[r.Role]
		if rt == nil {
			rt = &RoleTone{Role: r.Role}
			byRole[r.Role] = rt
		}
		rt.Mails++
		if k := [2]string{r.Role, author(r)}; !people[k] {
			people[k] = true
			rt.People++
		}
		rt.Tones.Add(r)
	}
	for _, rt := range byRole {
		rt.Positive, rt.Negative, rt.Uncivil = rt.Tones.Positive.Sure, rt.Tones.Negative.Sure, rt.Tones.Uncivil.Sure
		rt.Neutral = rt.Mails - rt.Positive - rt.Negative
		t.Roles = append(t.Roles, *rt)
	}
	slices.SortFunc(t.Roles, func(a, b RoleTone) int {
		return cmp.Or(cmp.Compare(roleRank(a.Role), roleRank(b.Role)), strings.Compare(a.Role, b.Role))
	})
	return t
}

// drawn is how many stretches of time a picture holds at most, those without mail included.
const drawn = 80

// fitting returns the bins of the shortest unit of time that keeps the table short and the picture true to time. The mails
// are ordered by date.
func fitting(mails []*analysis.Record) (unit string, out []Bin) {
	days := map[string]float64{"day": 1, "week": 7, "month": 30, "year": 0}
	for _, unit = range []string{"day", "week", "month", "year"} {
		out = bins(mails, unit)
		if len(out) == 0 || len(out) <= maxBins && out[len(out)-1].Start.Sub(out[0].Start).Hours()/24 <= days[unit]*(drawn-1) {
			break
		}
	}
	return unit, out
}

// bins sorts mails into stretches of time; stretches without mail are left out.
func bins(mails []*analysis.Record, unit string) []Bin {
	var out []Bin
	for _, r := range mails { // ordered by date
		start := binStart(r.Date, unit)
		if len(out) == 0 || !out[len(out)-1].Start.Equal(start) {
			out = append(out, Bin{Start: start, Label: binLabel(start, unit)})
		}
		b := &out[len(out)-1]
		b.Mails++
		b.Tones.Add(r)
		b.Positive, b.Negative, b.Uncivil = b.Tones.Positive.Sure, b.Tones.Negative.Sure, b.Tones.Uncivil.Sure
		b.Neutral = b.Mails - b.Positive - b.Negative
		b.Positions.Add(r)
		b.Support, b.Conditional, b.Oppose = b.Positions.Support.Sure, b.Positions.Conditional.Sure, b.Positions.Oppose.Sure
	}
	return out
}

// filled puts the empty stretches back between the others, for pictures; a span too long to draw so stays as it is.
func (t Tone) filled() Tone {
	const most = drawn
	if len(t.Bins) == 0 {
		return t
	}
	var out []Bin
	i := 0
	for at := t.Bins[0].Start; i < len(t.Bins); at = nextBin(at, t.Unit) {
		if len(out) == most {
			return t
		}
		if t.Bins[i].Start.Equal(at) {
			out = append(out, t.Bins[i])
			i++
			continue
		}
		out = append(out, Bin{Start: at, Label: binLabel(at, t.Unit)})
	}
	t.Bins = out
	return t
}

func nextBin(t time.Time, unit string) time.Time {
	switch unit {
	case "week":
		return t.AddDate(0, 0, 7)
	case "month":
		return t.AddDate(0, 1, 0)
	case "year":
		return t.AddDate(1, 0, 0)
	}
	return t.AddDate(0, 0, 1)
}

func binStart(t time.Time, unit string) time.Time {
	t = day(t)
	switch unit {
	case "week": // Monday
		return t.AddDate(0, 0, -(int(t.Weekday())+6)%7)
	case "month":
		return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
	case "year":
		return time.Date(t.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return t
}

func binLabel(t time.Time, unit string) string {
	switch unit {
	case "week":
		return "week of " + t.Format("2006-01-02")
	case "month":
		return t.Format("2006-01")
	case "year":
		return t.Format("2006")
	}
	return t.Format("2006-01-02")
}

// Sparkline draws counts as one line of blocks; an empty value is a dot.
func Sparkline(values []int) string {
	const blocks = "▁▂▃▄▅▆▇█"
	top := 0
	for _, v := range values {
		top = max(top, v)
	}
	levels := []rune(blocks)
	var b strings.Builder
	for _, v := range values {
		if v <= 0 {
			b.WriteRune('·')
			continue
		}
		b.WriteRune(levels[max(v*len(levels)/top, 1)-1])
	}
	return b.String()
}

// share draws a part of a whole as ten cells, at least one cell when the part is not empty.
func share(part, whole int) string {
	const cells = 10
	if whole <= 0 {
		return ""
	}
	n := min((part*cells+whole/2)/whole, cells)
	if part > 0 {
		n = max(n, 1)
	}
	return strings.Repeat("█", n) + strings.Repeat("░", cells-n)
}

// exchanges finds the back-and-forths of two people that hold most displeasure. A chain of mails in which the same two
// answer each other is one exchange; two mails are the least.
func (c *conversation) exchanges() []Exchange {
	// The mail that the first answer is written to belongs to the exchange but not to its heat: it was meant for others.
	type key struct{ a, b, head string }
	head := map[string]string{} // mail -> first mail of the chain it goes on in
	group := map[key][]*analysis.Record{}
	for _, r := range c.people() {
		p := c.byID(r.Parent)
		if p == nil || isBot(p) || author(p) == author(r) {
			continue
		}
		h := p.ID
		if g := c.byID(p.Parent); g != nil && author(g) == author(r) && head[p.ID] != "" {
			h = head[p.ID]
		}
		head[r.ID] = h
		a, b := author(p), author(r)
		if b < a {
			a, b = b, a
		}
		k := key{a, b, h}
		if len(group[k]) == 0 {
			group[k] = append(group[k], c.byID(h))
		}
		group[k] = append(group[k], r)
	}
	var out []Exchange
	for k, mails := range group {
		slices.SortFunc(mails, func(a, b *analysis.Record) int { return cmp.Compare(c.number[a.ID], c.number[b.ID]) })
		mails = slices.Compact(mails)
		e := Exchange{A: author(mails[0]), B: k.b, Mails: len(mails), From: mails[0].Date.UTC(), To: mails[len(mails)-1].Date.UTC(), First: c.ref(mails[0])}
		if e.A == k.b {
			e.B = k.a
		}
		var sharpest *analysis.Record
		for _, r := range mails[1:] {
			e.Tones.Add(r)
			e.harsh += one(harsh(r))
			if (uncivil(r) || negative(r)) && (sharpest == nil || displeasure(r) > displeasure(sharpest)) {
				sharpest = r
			}
		}
		e.Negative, e.Uncivil = e.Tones.Negative.Sure, e.Tones.Uncivil.Sure
		if sharpest != nil {
			e.Quote = c.sharpest(sharpest)
		}
		if e.heat() >= 2 {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b Exchange) int {
		return cmp.Or(cmp.Compare(b.heat(), a.heat()), cmp.Compare(b.Mails, a.Mails), cmp.Compare(a.First.Number, b.First.Number),
			strings.Compare(a.A, b.A), strings.Compare(a.B, b.B))
	})
	if c.opts.Full {
		return out
	}
	seen := map[[2]string]bool{} // of the same two people the sharpest is enough
	out = slices.DeleteFunc(out, func(e Exchange) bool {
		pair := [2]string{min(e.A, e.B), max(e.A, e.B)}
		again := seen[pair]
		seen[pair] = true
		return again
	})
	return out[:min(4, len(out))]
}

// heat weighs an exchange: a mail that is uncivil to somebody counts three, one that is negative one.
func (e Exchange) heat() int { return e.Negative + 3*e.harsh }

func displeasure(r *analysis.Record) float64 {
	d := 0.0
	if harsh(r) {
		d += 3 + r.Incivility.Score
	}
	if negative(r) {
		d += 1 + r.Sentiment.Score
	}
	return d
}

// sharpest quotes what made a mail uncivil or negative, nil for nothing that can be shown. Hard words about oneself hurt
// nobody: they are passed over.
func (c *conversation) sharpest(r *analysis.Record) *Quote {
	var mild []string
	if uncivil(r) {
		said := slices.Clone(r.Incivility.Evidence)
		slices.SortStableFunc(said, func(a, b analysis.Evidence) int { return cmp.Compare(hardness(b), hardness(a)) })
		for _, e := range said {
			if hardness(e) <= 0 {
				mild = append(mild, e.Text)
			} else if q := c.quoteOf(r, []analysis.Evidence{e}); q != nil {
				return q
			}
		}
	}
	if negative(r) {
		return c.quoteOf(r, slices.DeleteFunc(slices.Clone(r.Sentiment.Evidence), func(e analysis.Evidence) bool {
			return slices.Contains(mild, e.Text) || e.Weight < leastSour || form(clean(e.Text)) < -0.5
		}))
	}
	return nil
}

// leastSour is the weight that a sentence needs to be quoted for its tone, hard or sour: under it, it could stand in any mail.
const leastSour = 0.35

// harsh says whether a mail is uncivil to somebody: one that is so toward its own author only is not.
func harsh(r *analysis.Record) bool {
	return uncivil(r) && (len(r.Incivility.Evidence) == 0 || slices.ContainsFunc(r.Incivility.Evidence, func(e analysis.Evidence) bool { return hardness(e) > 0 }))
}

// hardness weighs an uncivil sentence: more when it speaks to somebody, less when the speaker is its subject or owner.
// One that adds little to the tag by itself is not shown for it: the mail is uncivil as a whole, or not at all.
func hardness(e analysis.Evidence) float64 {
	if e.Weight < leastSour {
		return 0
	}
	words := foldedWords(e.Text)
	h := e.Weight
	if slices.ContainsFunc(words, func(w string) bool { return w == "you" || w == "your" || w == "yours" || w == "yourself" }) {
		h += 0.4
	}
	switch at := slices.Index(words, "i"); {
	case slices.Contains(words, "my"), slices.Contains(words, "me"), at >= 0 && at < 3 && h == e.Weight, at >= 0 && at < 3 && words[min(at+1, len(words)-1)] == "am":
		h--
	}
	return h
}
