package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"rustle/pkg/analysis"
	"rustle/pkg/eval"
	"rustle/pkg/trend"
)

// fewMails is the count under which a share says little: its interval is wider than a third.
const fewMails = 30

type statsOptions struct {
	selection
	format
	of, by, split string
	top           int
	sure          float64
	out           string
	exitCode      bool
}

func newStats(c *command) *cobra.Command {
	var o statsOptions
	cmd := &cobra.Command{
		Use:   "stats --of MEASURE [QUERY...]",
		Short: "how it developed over time",
		Long: `Stats counts by month, quarter or year: messages, debates, sentiment, stance, topics (arguments)
or heat, together or split by role, person, list or topic. A share comes with its 95% interval by
Wilson. What it is a share of: of the mails of the period (messages), of the group's mails
(sentiment), of its mails that take a position (stance) or argue (topics), of its threads by first
mail (debates, heat). Shares of few are marked with ~: they say little. Bots are left out.
Without a query it counts mail about Rust. The form chart draws bars.

` + exitHelp,
		Example: "  rustle stats --of messages --by year\n  rustle stats --of sentiment --by quarter --split role --format chart is:debate\n  rustle stats --of stance --by year --format csv > stance.csv",
		RunE:    func(cmd *cobra.Command, args []string) error { return c.runStats(cmd.Context(), o, args) },
	}
	f := cmd.Flags()
	o.selection.flags(f)
	o.format.flags(f, "table", "chart", "csv", "json", "jsonl")
	f.StringVar(&o.of, "of", "messages", "what to count: "+strings.Join(append(trend.OfMessages(), trend.OfThreads()...), ", "))
	f.StringVar(&o.by, "by", "year", "length of a period: "+strings.Join(trend.Periods(), ", "))
	f.StringVar(&o.split, "split", "", "a group for each: "+strings.Join(trend.Splits(), ", "))
	f.IntVar(&o.top, "top", 8, "the groups with most mail, and the most frequent topics; 0 means all")
	f.Float64Var(&o.sure, "sure", 0.5, "positions with a lower score do not count, as in reports; 0 counts all")
	f.StringVarP(&o.out, "output", "o", "-", "file to write; - is stdout")
	f.BoolVar(&o.exitCode, "exit-code", false, "exit with 3 when there is nothing to count")
	return cmd
}

func (o *statsOptions) check() error {
	threads := slices.Contains(trend.OfThreads(), o.of)
	switch {
	case !threads && !slices.Contains(trend.OfMessages(), o.of):
		return withHint(usagef("--of %s is not known", o.of), "choose one of %s", strings.Join(append(trend.OfMessages(), trend.OfThreads()...), ", "))
	case !slices.Contains(trend.Periods(), o.by):
		return withHint(usagef("--by %s is not known", o.by), "choose one of %s", strings.Join(trend.Periods(), ", "))
	case o.split != "" && !slices.Contains(trend.Splits(), o.split):
		return withHint(usagef("--split %s is not known", o.split), "choose one of %s", strings.Join(trend.Splits(), ", "))
	case threads && (o.split == "role" || o.split == "person"):
		return withHint(usagef("--split %s is of mail, and --of %s counts threads", o.split, o.of), "split threads by list or topic")
	case o.of == "topics" && o.split == "topic":
		return withHint(usagef("--split topic says nothing more about --of topics"), "leave it out")
	case o.top < 0:
		return usagef("--top takes a number from 0")
	case math.IsNaN(o.sure) || o.sure < 0 || o.sure > 1:
		return usagef("--sure takes a number from 0 to 1")
	}
	return o.format.check()
}

// A statsRow is one point with what can be said of its share.
type statsRow struct {
	trend.Point
	Share *float64 `json:"share"` // null where there is nothing to be a share of
	Low   *float64 `json:"low"`
	High  *float64 `json:"high"`
	Few   bool     `json:"few"`
}

func newStatsRow(p trend.Point) statsRow {
	row := statsRow{Point: p, Few: p.Of < fewMails}
	if p.Of > 0 {
		share, in := float64(p.Count)/float64(p.Of), eval.Wilson(p.Count, p.Of)
		round := func(f float64) *float64 { f = math.Round(f*10000) / 10000; return &f }
		row.Share, row.Low, row.High = round(share), round(in.Low), round(in.High)
	}
	return row
}

func (c *command) runStats(ctx context.Context, o statsOptions, args []string) error {
	if err := o.check(); err != nil {
		return err
	}
	if len(args) == 0 {
		args = []string{"is:rust"}
	}
	node, err := c.parse(o.selection, args)
	if err != nil {
		return err
	}
	r, err := c.reader()
	if err != nil {
		return err
	}
	defer r.Close()
	opts := trend.Options{Of: o.of, By: o.by, Split: o.split, Zone: c.zone, Top: o.top, Sure: o.sure}
	var broken error
	var s *trend.Series
	if slices.Contains(trend.OfThreads(), o.of) {
		s, err = trend.Threads(func(yield func(analysis.ThreadSummary) bool) {
			for t := range ended(r.AllThreads(ctx, node), &broken) {
				if !yield(*t) {
					return
				}
			}
		}, opts)
	} else {
		s, err = trend.Messages(ended(r.All(ctx, node), &broken), opts)
	}
	if err := firstError(err, broken); err != nil {
		return err
	}
	cutTopics(s, o)
	err = c.writeFile(o.out, func(w io.Writer) error {
		if o.out == "" || o.out == "-" {
			return c.output(o.format.name, func(w io.Writer) error { return c.writeStats(w, s, o) })
		}
		return c.writeStats(w, s, o)
	})
	if err != nil {
		return err
	}
	c.statsNotes(s, o)
	if o.exitCode && len(s.Points) == 0 {
		return errNothing
	}
	return nil
}

// cutTopics keeps the most frequent topics: twenty columns are no table.
func cutTopics(s *trend.Series, o statsOptions) {
	if o.of != "topics" || o.top == 0 || len(s.Values) <= o.top {
		return
	}
	s.Dropped += len(s.Values) - o.top
	s.Values = s.Values[:o.top]
	s.Points = slices.DeleteFunc(s.Points, func(p trend.Point) bool { return !slices.Contains(s.Values, p.Value) })
}

func (c *command) statsNotes(s *trend.Series, o statsOptions) {
	few, shares := 0, 0
	for _, p := range s.Points {
		if p.Of > 0 && o.hasShare() {
			shares++
			if p.Of < fewMails {
				few++
			}
		}
	}
	if len(s.Points) == 0 {
		c.notef("nothing found")
	}
	if few > 0 {
		c.notef("%d of %d shares are of fewer than %d and say little (~)", few, shares, fewMails)
	}
	if s.Dropped > 0 {
		c.notef("%d more left out (--top 0 shows all)", s.Dropped)
	}
	if s.Undated > 0 {
		c.notef("%d without a date left out", s.Undated)
	}
}

// hasShare says whether the measure is a share of anything but itself.
func (o *statsOptions) hasShare() bool { return o.of != "messages" || o.split != "" }

func (c *command) writeStats(w io.Writer, s *trend.Series, o statsOptions) error {
	rows := make([]statsRow, len(s.Points))
	for i, p := range s.Points {
		rows[i] = newStatsRow(p)
	}
	switch o.format.name {
	case "json", "jsonl":
		return writeJSON(w, o.format.name, rows)
	case "csv":
		return statsCSV(w, rows)
	case "chart":
		return c.statsChart(w, s, o)
	}
	return statsTable(w, s, o)
}

func statsCSV(w io.Writer, rows []statsRow) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	_ = out.Write([]string{"period", "start", "group", "value", "count", "of", "share", "low", "high", "few"}) // Error tells
	number := func(f *float64) string {
		if f == nil {
			return ""
		}
		return strconv.FormatFloat(*f, 'f', -1, 64)
	}
	for _, r := range rows {
		_ = out.Write([]string{
			r.Period, r.Start.Format("2006-01-02"), r.Group, r.Value, strconv.Itoa(r.Count), strconv.Itoa(r.Of),
			number(r.Share), number(r.Low), number(r.High), strconv.FormatBool(r.Few),
		})
	}
	out.Flush()
	return out.Error()
}

// percentText is a share in whole percents.
func percentText(f float64) string { return strconv.Itoa(int(math.Round(f*100))) + "%" }

// shareText is a share with its interval: 12% (8 to 18).
func shareText(k, n int) string {
	in := eval.Wilson(k, n)
	return fmt.Sprintf("%s (%d to %d)", percentText(float64(k)/float64(n)), int(math.Round(in.Low*100)), int(math.Round(in.High*100)))
}

// statsTable has a row for each period and group, and a column for each value.
func statsTable(w io.Writer, s *trend.Series, o statsOptions) error {
	t := table{}
	split := o.split != ""
	head := []string{"PERIOD"}
	if split {
		head = append(head, strings.ToUpper(o.split))
		t.right = []bool{false, false}
	} else {
		t.right = []bool{false}
	}
	if o.hasShare() {
		head = append(head, "OF")
		t.right = append(t.right, true)
	}
	for _, v := range s.Values {
		head = append(head, strings.ToUpper(v))
	}
	t.row(head...)
	for i := 0; i+len(s.Values) <= len(s.Points) && len(s.Values) > 0; i += len(s.Values) {
		p := s.Points[i]
		if split && p.Of == 0 {
			continue // a group that was silent
		}
		row := []string{p.Period}
		if split {
			row = append(row, safe(p.Group))
		}
		if o.hasShare() {
			row = append(row, strconv.Itoa(p.Of))
		}
		for _, q := range s.Points[i : i+len(s.Values)] {
			text := strconv.Itoa(q.Count)
			if o.hasShare() && q.Of > 0 {
				text += "  " + shareText(q.Count, q.Of)
				if q.Of < fewMails {
					text += " ~"
				}
			}
			row = append(row, text)
		}
		t.row(row...)
	}
	if len(t.rows) == 1 {
		return nil
	}
	return t.write(w)
}

// statsChart draws a block of bars for each group and value: shares where there are any, else
// counts. A share's interval is drawn too, so that nobody reads a trend into noise.
func (c *command) statsChart(w io.Writer, s *trend.Series, o statsOptions) error {
	const columns = 40
	shares := o.of == "sentiment" || o.of == "stance" || o.of == "heat"
	largest := 1
	for _, p := range s.Points {
		largest = max(largest, p.Count)
	}
	var b strings.Builder
	for _, g := range s.Groups {
		for _, v := range s.Values {
			head := v
			if o.split != "" {
				head = strings.TrimSpace(safe(g) + ": " + v)
			}
			if b.Len() > 0 {
				b.WriteByte('\n')
			}
			b.WriteString(c.paint.paint(bold, head) + "\n")
			for _, p := range s.Points {
				if p.Group != g || p.Value != v {
					continue
				}
				b.WriteString("  " + p.Period + " |")
				switch {
				case shares && p.Of > 0:
					b.WriteString(shareBar(p.Count, p.Of, columns) + "| " + shareText(p.Count, p.Of) + " of " + strconv.Itoa(p.Of))
					if p.Of < fewMails {
						b.WriteString(" ~")
					}
				case p.Count > 0:
					b.WriteString(strings.Repeat("#", max(p.Count*columns/largest, 1)) + " " + strconv.Itoa(p.Count))
				}
				b.WriteByte('\n')
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// shareBar draws a share as # on a scale of 0 to 100%, and the part of its interval above it as dots.
func shareBar(k, n, columns int) string {
	at := func(f float64) int { return int(math.Round(f * float64(columns))) }
	bar := at(float64(k) / float64(n))
	high := max(at(eval.Wilson(k, n).High), bar)
	return strings.Repeat("#", bar) + strings.Repeat(".", high-bar) + strings.Repeat(" ", columns-high)
}
