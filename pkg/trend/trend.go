// Package trend counts mail and threads over time: how many, with which tone, position, arguments,
// systems and heat, by role, person, list, argument or system.
//
// In come sequences of analysis.Record or analysis.ThreadSummary; out go points in tidy form, one
// for each period, group and value, with the count and what it is a share of:
//
//	s, err := trend.Messages(records, trend.Options{Of: "sentiment", By: "year", Split: "role"})
//	for _, p := range s.Points { fmt.Println(p.Period, p.Group, p.Value, p.Count, "of", p.Of) }
//
// Periods without mail between the first and the last are there with zeros, so that a chart does not
// lie. Bots are left out: they take no position and have no tone. The result does not depend on the
// order of the input.
//
// [Responses] counts something else: how long patches wait for the first answer of a maintainer, as a curve with censoring,
// because the patch that nobody has answered yet must not be left out. [Series.SVG] and [Response.SVG] draw.
package trend

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"rustle/pkg/analysis"
)

// Options say what is counted. The zero value is an error: Of and By must be given.
type Options struct {
	Of    string         // one of OfMessages or OfThreads
	By    string         // one of Periods
	Split string         // one of Splits; empty: everybody together
	Zone  *time.Location // in which a period begins; nil is UTC
	Top   int            // the groups with most mail that get points; 0 means all
	Sure  float64        // positions and tones with a lower score do not count, 0..1; 0 counts all

	Releases []Release // for the period release, by date; nil: the embedded ones
}

func (o Options) calendar() calendar {
	c := calendar{by: o.By, releases: o.Releases, zone: o.Zone}
	if c.zone == nil {
		c.zone = time.UTC
	}
	if c.by == "release" && c.releases == nil {
		c.releases = Releases()
	}
	return c
}

// OfMessages are the measures of mail, OfThreads those of threads.
func OfMessages() []string { return []string{"messages", "sentiment", "stance", "topics", "entities"} }

// OfThreads are the measures that Threads counts.
func OfThreads() []string { return []string{"debates", "heat"} }

// Periods are the lengths of a period.
func Periods() []string { return []string{"month", "quarter", "year", "release"} }

// Splits are what mail can be grouped by; threads can be grouped by list, topic and entity.
func Splits() []string { return []string{"role", "person", "list", "topic", "entity"} }

// Point is one count. What it is a share of: for messages the mails of the period, for sentiment the
// mails of the group, for stance its mails that take a position, for topics its mails that argue, for
// entities those that are about a system, for debates and heat its threads.
type Point struct {
	Period string    `json:"period"` // 2025-02, 2025-Q1, 2025, or v6.12: from the tag of v6.11 to that of v6.12
	Start  time.Time `json:"start"`  // zero before the first release
	Group  string    `json:"group,omitempty"`
	Value  string    `json:"value"`
	Count  int       `json:"count"`
	Of     int       `json:"of"`
	Unsure int       `json:"unsure"` // mails tagged with the value that do not count as it; Of holds them where it is of all mails
}

// Series is what was counted.
type Series struct {
	Values  []string       // in the order of the points
	Groups  []string       // the largest first; one empty name without a split
	Points  []Point        // by period, group, value
	Undated int            // mails or threads without a date, or with one that cannot be, in no period
	Dropped int            // groups beyond Options.Top
	Unsure  map[string]int // mails of all periods by the value that they are tagged with but that does not count
}

func (o Options) check(of []string, splits []string) error {
	for _, k := range []struct {
		field, value string
		allowed      []string
	}{{"Of", o.Of, of}, {"By", o.By, Periods()}, {"Split", cmp.Or(o.Split, splits[0]), splits}} {
		if !slices.Contains(k.allowed, k.value) {
			return fmt.Errorf("trend: %s %q, not one of %s", k.field, k.value, strings.Join(k.allowed, ", "))
		}
	}
	return nil
}

// Messages counts mail.
func Messages(records iter.Seq[analysis.Record], o Options) (*Series, error) {
	if err := o.check(OfMessages(), Splits()); err != nil {
		return nil, err
	}
	c := newCount(o)
	for r := range records {
		if r.Role == "bot" || r.Kind == "bot" {
			continue
		}
		values, unsure, counts := messageValues(&r, o)
		groups := groupsOf(&r, o.Split)
		if c.dated(r.Date) {
			for _, v := range unsure {
				c.leans(r.Date, groups, v)
			}
		}
		c.add(r.Date, groups, values, counts)
	}
	return c.series(orderOf(o.Of)), nil
}

// messageValues are the values of a mail, those that it is tagged with but that do not count, and whether it belongs to what
// they are a share of.
func messageValues(r *analysis.Record, o Options) (values, unsure []string, counts bool) {
	put := func(v string, sure bool) {
		if sure {
			values = append(values, v)
		} else {
			unsure = append(unsure, v)
		}
	}
	switch o.Of {
	case "sentiment":
		tone := cmp.Or(r.Sentiment.Label, "neutral")
		put(tone, tone == "neutral" || r.Sentiment.Score >= o.Sure)
		if len(unsure) > 0 {
			values = append(values, "neutral")
		}
		if r.Incivility.Label == "true" {
			put("uncivil", r.Incivility.Score >= o.Sure)
		}
		return values, unsure, true
	case "stance":
		switch r.Stance.Label {
		case "support", "conditional", "oppose":
			put(r.Stance.Label, r.Stance.Score >= o.Sure)
		}
		return values, unsure, len(values) > 0
	case "topics":
		sure, doubtful := r.Arguments()
		return tagIDs(sure), tagIDs(doubtful), len(sure) > 0
	case "entities":
		return tagIDs(r.Entities), nil, len(r.Entities) > 0
	}
	return []string{"messages"}, nil, true
}

func tagIDs(tags []analysis.Tag) []string {
	out := make([]string, len(tags))
	for i, t := range tags {
		out[i] = t.ID
	}
	return out
}

func groupsOf(r *analysis.Record, split string) []string {
	switch split {
	case "role":
		return []string{cmp.Or(r.Role, "unknown")}
	case "person":
		return []string{cmp.Or(r.Person, r.From.Name, r.From.Addr)}
	case "list":
		return r.Lists
	case "topic":
		sure, _ := r.Arguments()
		return tagIDs(sure)
	case "entity":
		return tagIDs(r.Entities)
	}
	return []string{""}
}

// Threads counts threads in the period of their first mail.
func Threads(threads iter.Seq[analysis.ThreadSummary], o Options) (*Series, error) {
	if err := o.check(OfThreads(), []string{"list", "topic", "entity"}); err != nil {
		return nil, err
	}
	c := newCount(o)
	for s := range threads {
		values := []string{heats()[min(max(s.Heat, 0), 3)]}
		if o.Of == "debates" {
			values = nil
			if s.Label == "debate" {
				values = []string{"debates"}
			}
		}
		groups := []string{""}
		switch o.Split {
		case "list":
			groups = s.Lists
		case "topic":
			groups = nil
			for _, t := range s.Topics {
				if t.Messages > 0 {
					groups = append(groups, t.ID)
				}
			}
		case "entity":
			groups = make([]string, len(s.Entities))
			for i, t := range s.Entities {
				groups[i] = t.ID
			}
		}
		c.add(s.First, groups, values, true)
	}
	return c.series(orderOf(o.Of)), nil
}

func heats() []string { return []string{"calm", "pointed", "heated", "hostile"} }

// orderOf is the fixed order of the values, nil where they come by frequency.
func orderOf(of string) []string {
	switch of {
	case "messages", "debates":
		return []string{of}
	case "sentiment":
		return []string{"positive", "neutral", "negative", "uncivil"}
	case "stance":
		return []string{"support", "conditional", "oppose"}
	case "heat":
		return heats()
	}
	return nil
}

type cell struct{ period, group, value string }

type count struct {
	o       Options
	when    calendar
	cells   map[cell]int
	of      map[cell]int // value empty
	total   map[string]int
	groups  map[string]int
	values  map[string]int
	first   time.Time
	last    time.Time
	any     bool
	undated int
	unsure  map[string]int
	leaning map[cell]int
}

func newCount(o Options) *count {
	return &count{o: o, when: o.calendar(), cells: map[cell]int{}, of: map[cell]int{}, total: map[string]int{}, groups: map[string]int{}, values: map[string]int{}, unsure: map[string]int{}, leaning: map[cell]int{}}
}

// dated says whether a mail has a date, and none that would stretch the series over nothing.
func (c *count) dated(at time.Time) bool { return at.Year() >= 1991 && at.Year() <= 2100 }

// leans counts a mail with an unsure value. A group that has no other is one all the same.
func (c *count) leans(at time.Time, groups []string, value string) {
	c.unsure[value]++
	c.values[value] += 0
	period := c.when.name(c.when.begin(at))
	for _, g := range groups {
		c.groups[g] += 0
		c.leaning[cell{period, g, value}]++
	}
}

func (c *count) add(at time.Time, groups, values []string, counts bool) {
	if !c.dated(at) {
		c.undated++
		return
	}
	start := c.when.begin(at)
	if !c.any || start.Before(c.first) {
		c.first = start
	}
	if start.After(c.last) {
		c.last = start
	}
	c.any = true
	if !counts {
		return
	}
	period := c.when.name(start)
	c.total[period]++
	for _, g := range groups {
		c.groups[g]++
		c.of[cell{period, g, ""}]++
		for _, v := range values {
			c.cells[cell{period, g, v}]++
			c.values[v]++
		}
	}
}

func (c *count) series(values []string) *Series {
	s := &Series{Values: values, Groups: byCount(c.groups), Undated: c.undated, Unsure: c.unsure}
	if values == nil {
		s.Values = byCount(c.values)
	}
	if c.o.Top > 0 && len(s.Groups) > c.o.Top {
		s.Dropped = len(s.Groups) - c.o.Top
		s.Groups = s.Groups[:c.o.Top]
	}
	if !c.any {
		return s
	}
	for t, more := c.first, true; more && !t.After(c.last); t, more = c.when.next(t) {
		period := c.when.name(t)
		for _, g := range s.Groups {
			for _, v := range s.Values {
				of := c.of[cell{period, g, ""}]
				if c.o.Of == "messages" {
					of = c.total[period]
				}
				k := cell{period, g, v}
				s.Points = append(s.Points, Point{Period: period, Start: t, Group: g, Value: v, Count: c.cells[k], Of: of, Unsure: c.leaning[k]})
			}
		}
	}
	return s
}

func byCount(m map[string]int) []string {
	return slices.SortedFunc(maps.Keys(m), func(a, b string) int { return cmp.Or(cmp.Compare(m[b], m[a]), strings.Compare(a, b)) })
}

// begin is the beginning of the period that holds t.
func begin(t time.Time, by string) time.Time {
	month := t.Month()
	switch by {
	case "quarter":
		month = (month-1)/3*3 + 1
	case "year":
		month = time.January
	}
	return time.Date(t.Year(), month, 1, 0, 0, 0, 0, t.Location())
}

func next(t time.Time, by string) time.Time {
	switch by {
	case "quarter":
		return t.AddDate(0, 3, 0)
	case "year":
		return t.AddDate(1, 0, 0)
	}
	return t.AddDate(0, 1, 0)
}

func name(t time.Time, by string) string {
	switch by {
	case "quarter":
		return fmt.Sprintf("%04d-Q%d", t.Year(), (int(t.Month())-1)/3+1)
	case "year":
		return fmt.Sprintf("%04d", t.Year())
	}
	return t.Format("2006-01")
}
