package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"rustle/pkg/analysis"
	"rustle/pkg/eval"
	"rustle/pkg/trend"
)

// fewMails is the count under which a share says little.
const fewMails = trend.Few

type statsOptions struct {
	selection
	format
	of, by, split string
	top           int
	sure          float64
	releases      string
	maintainers   string
	out           string
	exitCode      bool

	periods bool // --by was given
}

func newStats(c *command) *cobra.Command {
	var o statsOptions
	cmd := &cobra.Command{
		Use:   "stats --of MEASURE [QUERY...]",
		Short: "how it developed over time",
		Long: `Stats counts by month, quarter, year or release: messages, debates, sentiment, stance, topics
(arguments), entities (drivers and subsystems) or heat, together or split by role, person, list,
topic or entity. A share comes with its 95% interval by Wilson. What it is a share of: of the mails
of the period (messages), of the group's mails (sentiment), of its mails that take a position
(stance), argue (topics) or are about a system (entities), of its threads by first mail (debates,
heat). What is unsure stands in brackets and is part of no share. Shares of few are marked with
~: they say little. Bots are left out. Without a query it counts mail about Rust. The form chart
draws bars, svg lines; with -o the ending of the file (.svg, .csv, .json, .jsonl) says which form,
unless --format does.

The release v6.12 is the time from the tag of v6.11 to that of v6.12. v5.0 to v6.19 are known;
--releases FILE adds others, a line each: v7.0 2026-04-12.

--of response is how long patches wait for the first mail of a maintainer other than the author, in
days: Rust against other patches of the same list, as Kaplan-Meier curves with 95% intervals.
A patch without an answer counts until the same author posts its next version or the data ends. The
log-rank test says how likely so large a difference is by chance. With a query it counts patches
that match, without one all, and with --by each period alone. --split person tells of each
maintainer whom a patch to his files was addressed to how many he answered, with those who never
did last.

` + exitHelp,
		Example: "  rustle stats --of messages --by year\n  rustle stats --of entities --by quarter -o systems.svg\n  rustle stats --of sentiment --by quarter --split role --format chart is:debate\n  rustle stats --of stance --by release -o stance.svg\n  rustle stats --of response l:rust-for-linux",
		RunE: func(cmd *cobra.Command, args []string) error {
			o.periods = cmd.Flags().Changed("by")
			o.format.ofFile(cmd, o.out)
			return c.runStats(cmd.Context(), o, args)
		},
	}
	f := cmd.Flags()
	o.selection.flags(f)
	o.format.flags(f, "table", "chart", "svg", "csv", "json", "jsonl")
	f.StringVar(&o.of, "of", "messages", "what to count: "+strings.Join(measures(), ", "))
	f.StringVar(&o.by, "by", "year", "length of a period: "+strings.Join(trend.Periods(), ", "))
	f.StringVar(&o.split, "split", "", "a group for each: "+strings.Join(trend.Splits(), ", "))
	f.IntVar(&o.top, "top", 8, "the groups with most mail, and the most frequent topics or entities; 0 means all")
	f.Float64Var(&o.sure, "sure", 0.5, "positions and tones with a lower score do not count, as in reports; 0 counts all; arguments keep their own limit")
	f.StringVar(&o.releases, "releases", "", "file with more releases for --by release: a name and a day on each line")
	f.StringVar(&o.maintainers, "maintainers", "", "MAINTAINERS file that says who maintains a file, for --of response --split person")
	f.StringVarP(&o.out, "output", "o", "-", "file to write; - is stdout")
	f.BoolVar(&o.exitCode, "exit-code", false, "exit with 3 when there is nothing to count")
	cmd.ValidArgsFunction = c.completeQuery
	return cmd
}

// ofResponse measures the time to an answer; the other measures are trend's.
const ofResponse = "response"

func measures() []string {
	return append(append(trend.OfMessages(), trend.OfThreads()...), ofResponse)
}

func (o *statsOptions) check() error {
	threads := slices.Contains(trend.OfThreads(), o.of)
	switch {
	case !slices.Contains(measures(), o.of):
		return withHint(usagef("--of %s is not known", o.of), "choose one of %s", strings.Join(measures(), ", "))
	case !slices.Contains(trend.Periods(), o.by):
		return withHint(usagef("--by %s is not known", o.by), "choose one of %s", strings.Join(trend.Periods(), ", "))
	case o.split != "" && !slices.Contains(trend.Splits(), o.split):
		return withHint(usagef("--split %s is not known", o.split), "choose one of %s", strings.Join(trend.Splits(), ", "))
	case o.of == ofResponse && o.split != "" && o.split != "person":
		return withHint(usagef("--of response is of each list already"), "--split person tells of each maintainer")
	case o.of == ofResponse && o.split == "person" && (o.periods || o.format.name == "svg" || o.format.name == "chart"):
		return withHint(usagef("--of response --split person is one table over all the time"), "leave out --by, and choose table, csv, json or jsonl; --since and --until narrow the mail")
	case o.maintainers != "" && (o.of != ofResponse || o.split != "person"):
		return withHint(usagef("--maintainers is for --of response --split person"), "roles in the index come from `rustle ingest` or `rustle retag`")
	case o.releases != "" && o.by != "release":
		return withHint(usagef("--releases is for --by release"), "add --by release")
	case threads && (o.split == "role" || o.split == "person"):
		return withHint(usagef("--split %s is of mail, and --of %s counts threads", o.split, o.of), "split threads by list, topic or entity")
	case o.of == "topics" && o.split == "topic", o.of == "entities" && o.split == "entity":
		return withHint(usagef("--split %s says nothing more about --of %s", o.split, o.of), "leave it out")
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
	if len(args) == 0 && o.of != ofResponse {
		args = []string{"is:rust"}
	}
	releases, err := o.readReleases()
	if err != nil {
		return err
	}
	node, r, err := c.ask(o.selection, args)
	if err != nil {
		return err
	}
	defer r.Close()
	if o.of == ofResponse {
		return c.responses(ctx, r, o, node, releases)
	}
	opts := trend.Options{Of: o.of, By: o.by, Split: o.split, Zone: c.zone, Top: o.top, Sure: o.sure, Releases: releases}
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
	cutOff := cutValues(s, o)
	if err := c.toFileOrPage(o, func(w io.Writer) error { return c.writeStats(w, s, o) }); err != nil {
		return err
	}
	c.statsNotes(s, o, cutOff)
	if o.exitCode && len(s.Points) == 0 {
		return errNothing
	}
	return nil
}

// toFileOrPage writes to the file of -o, or to the terminal and its pager.
func (c *command) toFileOrPage(o statsOptions, write func(io.Writer) error) error {
	if o.out == "" || o.out == "-" {
		return c.output(o.format.name, write)
	}
	if err := c.writeFile(o.out, write); err != nil {
		return err
	}
	c.notef("wrote %s", o.out)
	return nil
}

// readReleases returns the embedded releases with those of --releases.
func (o *statsOptions) readReleases() ([]trend.Release, error) {
	if o.releases == "" {
		return trend.Releases(), nil
	}
	file, err := os.Open(o.releases)
	if err != nil {
		return nil, err
	}
	more, err := trend.ParseReleases(file)
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, usageError{fmt.Errorf("%s: %w", o.releases, err)}
	}
	return trend.MergeReleases(trend.Releases(), more), nil
}

// cutValues keeps the most frequent arguments or systems, twenty columns are no table, and returns how many went.
func cutValues(s *trend.Series, o statsOptions) int {
	if o.of != "topics" && o.of != "entities" || o.top == 0 || len(s.Values) <= o.top {
		return 0
	}
	n := len(s.Values) - o.top
	s.Values = s.Values[:o.top]
	s.Points = slices.DeleteFunc(s.Points, func(p trend.Point) bool { return !slices.Contains(s.Values, p.Value) })
	return n
}

func (c *command) statsNotes(s *trend.Series, o statsOptions, cutOff int) {
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
	if len(s.Unsure) > 0 {
		c.notef("%s that are unsure are not counted: %s", o.tags(), o.unsureText(s))
	}
	for _, k := range []struct {
		n    int
		what string
	}{{s.Dropped, map[string]string{"role": "roles", "person": "people", "list": "lists", "topic": "topics", "entity": "entities"}[o.split]}, {cutOff, o.of}} {
		if k.n > 0 {
			c.notef("%d more %s left out (--top 0 shows all)", k.n, k.what)
		}
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
	case "svg":
		_, err := w.Write(s.SVG(o.chart(s)))
		return err
	}
	return c.statsTable(w, s, o)
}

// chart says what a picture of the counts shows.
func (o *statsOptions) chart(s *trend.Series) trend.Chart {
	k := trend.Chart{Title: upperFirst(o.of) + " by " + o.by, Shares: o.drawsShares()}
	if o.split != "" {
		k.Title += " and " + o.split
	}
	if k.Shares {
		k.Note = fmt.Sprintf("Shares of %s, with 95%% intervals (Wilson); hollow: of fewer than %d, says little.", o.whole(), fewMails)
	}
	if len(s.Unsure) > 0 {
		k.Note += "\nUnsure and left out: " + o.unsureText(s) + "."
	}
	return k
}

// whole names what shares are shares of.
func (o *statsOptions) whole() string {
	switch o.of {
	case "stance":
		return "mails that take a position"
	case "topics":
		return "mails that put an argument forward"
	case "entities":
		return "mails that are about a system"
	case "heat":
		return "threads, by first mail"
	}
	return "mails"
}

// tags names what the measure counts.
func (o *statsOptions) tags() string {
	switch o.of {
	case "stance":
		return "positions"
	case "sentiment":
		return "tones"
	}
	return "arguments"
}

// unsureText counts what is unsure, by value but for arguments, which are many.
func (o *statsOptions) unsureText(s *trend.Series) string {
	if o.of == "topics" {
		total := 0
		for _, n := range s.Unsure {
			total += n
		}
		return plural(total, "tag")
	}
	var parts []string
	for _, v := range s.Values {
		if v != "neutral" { // what is unsure is that
			parts = append(parts, strconv.Itoa(s.Unsure[v])+" "+v)
		}
	}
	return strings.Join(parts, ", ")
}

// drawsShares says whether a picture shows shares, and not counts.
func (o *statsOptions) drawsShares() bool {
	return o.of == "sentiment" || o.of == "stance" || o.of == "heat" || o.of == "topics" || o.of == "entities"
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func statsCSV(w io.Writer, rows []statsRow) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	_ = out.Write([]string{"period", "start", "group", "value", "count", "of", "share", "low", "high", "few", "unsure"}) // Error tells
	for _, r := range rows {
		_ = out.Write([]string{
			r.Period, r.Start.Format("2006-01-02"), r.Group, r.Value, strconv.Itoa(r.Count), strconv.Itoa(r.Of),
			csvNumber(r.Share), csvNumber(r.Low), csvNumber(r.High), strconv.FormatBool(r.Few), strconv.Itoa(r.Unsure),
		})
	}
	out.Flush()
	return out.Error()
}

// csvNumber writes a number that may be unknown.
func csvNumber(f *float64) string {
	if f == nil {
		return ""
	}
	return strconv.FormatFloat(*f, 'f', -1, 64)
}

// percentText is a share in whole percents.
func percentText(f float64) string { return strconv.Itoa(int(math.Round(f*100))) + "%" }

// shareText is a share with its interval: 12% (8 to 18).
func shareText(k, n int) string {
	in := eval.Wilson(k, n)
	return fmt.Sprintf("%s (%d to %d)", percentText(float64(k)/float64(n)), int(math.Round(in.Low*100)), int(math.Round(in.High*100)))
}

// pointCount is the count of a point with what is too unsure to be counted.
func pointCount(p *trend.Point) analysis.Count {
	return analysis.Count{Sure: p.Count, Unsure: p.Unsure}
}

// statsTable has a row for each period and group, and a column for each value; where that is wider than the terminal, a row
// for each value.
func (c *command) statsTable(w io.Writer, s *trend.Series, o statsOptions) error {
	t := columnsOf(s, o)
	if _, wide := t.widths(); c.env.width > 0 && wide > c.env.width && len(s.Values) > 1 {
		t = rowsOf(s, o)
		t.width = c.env.width
	}
	return t.write(w)
}

// statsHead begins a table of counts.
func statsHead(o statsOptions) (*table, []string) {
	t, head := &table{right: []bool{false}}, []string{"PERIOD"}
	if o.split != "" {
		head, t.right = append(head, strings.ToUpper(o.split)), append(t.right, false)
		t.flex = 1
	}
	if o.hasShare() {
		head, t.right = append(head, "OF"), append(t.right, true)
	}
	return t, head
}

// eachRow calls do with the points of a period and group and with the cells that name them. Groups that were silent are
// left out.
func eachRow(s *trend.Series, o statsOptions, do func(cells []string, points []trend.Point)) {
	for i := 0; i+len(s.Values) <= len(s.Points) && len(s.Values) > 0; i += len(s.Values) {
		points := s.Points[i : i+len(s.Values)]
		p := points[0]
		if o.split != "" && p.Of == 0 && !slices.ContainsFunc(points, func(q trend.Point) bool { return q.Unsure > 0 }) {
			continue
		}
		cells := []string{p.Period}
		if o.split != "" {
			cells = append(cells, safe(p.Group))
		}
		if o.hasShare() {
			cells = append(cells, strconv.Itoa(p.Of))
		}
		do(cells, points)
	}
}

func columnsOf(s *trend.Series, o statsOptions) *table {
	t, head := statsHead(o)
	for _, v := range s.Values {
		head = append(head, strings.ToUpper(v))
	}
	t.row(head...)
	eachRow(s, o, func(cells []string, points []trend.Point) {
		for i := range points {
			cells = append(cells, strings.TrimSpace(pointCount(&points[i]).String()+"  "+pointShare(&points[i], o)))
		}
		t.row(cells...)
	})
	if len(t.rows) == 1 {
		t.rows = nil
	}
	return t
}

func rowsOf(s *trend.Series, o statsOptions) *table {
	t, head := statsHead(o)
	t.row(append(head, "VALUE", "COUNT", "SHARE")...)
	eachRow(s, o, func(cells []string, points []trend.Point) {
		for i := range points {
			t.row(append(slices.Clone(cells), points[i].Value, pointCount(&points[i]).String(), pointShare(&points[i], o))...)
		}
	})
	return t
}

// pointShare is the share of a point; "" where there is nothing to be a share of.
func pointShare(p *trend.Point, o statsOptions) string {
	if !o.hasShare() || p.Of == 0 {
		return ""
	}
	if p.Of < fewMails {
		return shareText(p.Count, p.Of) + " ~"
	}
	return shareText(p.Count, p.Of)
}

// statsChart draws a block of bars for each group and value: shares where there are any, else
// counts. A share's interval is drawn too, so that nobody reads a trend into noise.
func (c *command) statsChart(w io.Writer, s *trend.Series, o statsOptions) error {
	const columns = 40
	shares := o.drawsShares()
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
					b.WriteString(shareBar(p.Count, p.Of, columns) + "| " + shareText(p.Count, p.Of) + ": " + pointCount(&p).String() + " of " + strconv.Itoa(p.Of))
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
