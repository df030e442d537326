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

	"rustle/index"
	"rustle/index/query"
	"rustle/pkg/analysis"
	"rustle/pkg/people"
	"rustle/pkg/trend"
)

// responseDays are the days at which a table of curves is read off, responseChart those of a chart.
var (
	responseDays  = []float64{1, 7, 30}
	responseChart = []float64{0.25, 1, 2, 4, 7, 14, 30, 60, 90}
)

// responses measures how long patches wait for a maintainer.
func (c *command) responses(ctx context.Context, r *index.Reader, o statsOptions, node query.Node, releases []trend.Release) error {
	opts := trend.ResponseOptions{Zone: c.zone, Releases: releases}
	if o.periods {
		opts.By = o.by
	}
	if o.split == "person" {
		a, err := c.analyzerFor(rules{maintainers: o.maintainers})
		if err != nil {
			return err
		}
		opts.Maintains = maintains(a.People())
	}
	var broken error
	if _, everything := node.(query.All); !everything {
		// A thread that some later mail brings into the query is not counted: patches of last year that somebody still
		// talks about this year would be those that were answered.
		matches := map[string]bool{}
		for rec := range ended(r.All(ctx, node), &broken) {
			matches[rec.ID] = true
		}
		opts.Counts = func(first *analysis.Record) bool { return matches[first.ID] }
	}
	if broken != nil {
		return broken
	}
	res := trend.AnswerTimes(func(yield func([]analysis.Record) bool) {
		for s := range ended(r.AllThreads(ctx, query.All{}), &broken) {
			var records []analysis.Record
			if records, broken = r.ThreadRecords(s.ID); broken != nil || !yield(records) {
				return
			}
		}
	}, opts)
	if broken != nil {
		return broken
	}
	err := c.toFileOrPage(o, func(w io.Writer) error {
		if o.split == "person" {
			return writeAddressed(w, res, o)
		}
		return c.writeResponses(w, res, o)
	})
	if err != nil {
		return err
	}
	c.notef("patches that begin a thread: %d; %d without an answer were followed by a next version", res.Patches, res.Superseded)
	if res.Undated > 0 {
		c.notef("%d without a date left out", res.Undated)
	}
	if o.split == "person" {
		never := 0
		for _, m := range res.Maintainers {
			if m.Answered == 0 {
				never++
			}
		}
		c.notef("%d of %d maintainers addressed never wrote in a thread of such a patch; they may have answered elsewhere", never, len(res.Maintainers))
	} else {
		few := 0
		for _, row := range res.Rows {
			if row.Curve.N < fewMails {
				few++
			}
		}
		if few > 0 {
			c.notef("%d of %d rows are of fewer than %d patches and say little (~)", few, len(res.Rows), fewMails)
		}
	}
	if o.exitCode && res.Patches == 0 {
		return errNothing
	}
	return nil
}

// maintains asks MAINTAINERS whether somebody maintains a file that a patch touches; the list alone shows it for a patch
// without files. Who merges the whole tree maintains every file, and nobody expects him to answer: he is not asked for.
func maintains(d *people.Directory) func(analysis.Person, []string, []string) (string, bool) {
	return func(p analysis.Person, files, lists []string) (string, bool) {
		person := d.Identify(p.Name, p.Addr)
		role := d.Role(person, files, nil, lists)
		shown := role.Basis == people.BasisFile || role.Basis == people.BasisList && len(files) == 0
		return person.Name, shown && (role.Name == people.Maintainer || role.Name == people.RustMaintainer)
	}
}

// A responseRow is the JSON form of a curve.
type responseRow struct {
	Period     string          `json:"period,omitempty"`
	List       string          `json:"list"`
	Group      string          `json:"group"`
	Patches    int             `json:"patches"`
	Answered   int             `json:"answered"`
	Median     *float64        `json:"median_days"` // null: the curve does not get there
	MedianLow  *float64        `json:"median_low"`
	MedianHigh *float64        `json:"median_high"`
	Within     []responseShare `json:"within"`
	LogRankP   *float64        `json:"log_rank_p"` // of the list and period; null without a second group
	Few        bool            `json:"few"`
	Curve      []trend.Step    `json:"curve"`
}

type responseShare struct {
	Days  float64  `json:"days"`
	Share *float64 `json:"share"` // null: nobody was watched so long
	Low   *float64 `json:"low"`
	High  *float64 `json:"high"`
}

func finite(f float64) *float64 {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return nil
	}
	f = math.Round(f*10000) / 10000
	return &f
}

func responseRows(res *trend.Responses) []responseRow {
	p := map[[2]string]float64{}
	for _, k := range res.Compared {
		p[[2]string{k.Period, k.List}] = k.Test.P
	}
	rows := make([]responseRow, len(res.Rows))
	for i, r := range res.Rows {
		row := responseRow{
			Period: r.Period, List: r.List, Group: r.Group, Patches: r.Curve.N, Answered: r.Curve.Events, Few: r.Curve.N < fewMails,
			Median: finite(r.Curve.Median), MedianLow: finite(r.Curve.MedianLow), MedianHigh: finite(r.Curve.MedianHigh), Curve: r.Curve.Steps,
		}
		if row.Curve == nil {
			row.Curve = []trend.Step{}
		}
		for _, d := range responseDays {
			share := responseShare{Days: d}
			if s, ok := r.Curve.At(d); ok {
				share.Share, share.Low, share.High = finite(s.Answered), finite(s.Low), finite(s.High)
			}
			row.Within = append(row.Within, share)
		}
		if v, ok := p[[2]string{r.Period, r.List}]; ok {
			row.LogRankP = finite(v)
		}
		rows[i] = row
	}
	return rows
}

func (c *command) writeResponses(w io.Writer, res *trend.Responses, o statsOptions) error {
	switch o.format.name {
	case "json", "jsonl":
		return writeJSON(w, o.format.name, responseRows(res))
	case "csv":
		return responseCSV(w, res)
	case "svg":
		_, err := w.Write(res.SVG(trend.Chart{
			Title: "Patches that a maintainer has answered, by days since they were posted",
			Note:  "Kaplan-Meier with 95% intervals; watched until the next version or the end of the data.",
		}, 60))
		return err
	case "chart":
		return c.responseChart(w, res)
	}
	return c.responseTable(w, res, o)
}

func responseCSV(w io.Writer, res *trend.Responses) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	head := []string{"period", "list", "group", "patches", "answered", "median_days", "median_low", "median_high"}
	for _, d := range responseDays {
		day := "within_" + strconv.FormatFloat(d, 'f', -1, 64) + "d"
		head = append(head, day, day+"_low", day+"_high")
	}
	_ = out.Write(append(head, "log_rank_p", "few")) // Error tells
	for _, r := range responseRows(res) {
		row := []string{r.Period, r.List, r.Group, strconv.Itoa(r.Patches), strconv.Itoa(r.Answered), csvNumber(r.Median), csvNumber(r.MedianLow), csvNumber(r.MedianHigh)}
		for _, s := range r.Within {
			row = append(row, csvNumber(s.Share), csvNumber(s.Low), csvNumber(s.High))
		}
		_ = out.Write(append(row, csvNumber(r.LogRankP), strconv.FormatBool(r.Few)))
	}
	out.Flush()
	return out.Error()
}

// days writes a time of waiting in hours or days: minutes do not matter to a reader.
func days(f float64) string {
	switch {
	case f < 2:
		return strconv.Itoa(int(math.Round(f*24))) + "h"
	case f < 9.95:
		return strings.TrimSuffix(strconv.FormatFloat(f, 'f', 1, 64), ".0") + "d"
	}
	return strconv.Itoa(int(math.Round(f))) + "d"
}

// medianText is a median with its interval. A bound that the curve does not reach is left open.
func medianText(c trend.Curve) string {
	switch {
	case math.IsInf(c.MedianLow, 1):
		return "not reached"
	case math.IsInf(c.Median, 1):
		return "not reached (over " + days(c.MedianLow) + ")"
	case math.IsInf(c.MedianHigh, 1):
		return days(c.Median) + " (over " + days(c.MedianLow) + ")"
	}
	return days(c.Median) + " (" + days(c.MedianLow) + " to " + days(c.MedianHigh) + ")"
}

func stepText(c trend.Curve, day float64) string {
	s, ok := c.At(day)
	if !ok {
		return "-"
	}
	return fmt.Sprintf("%s (%d to %d)", percentText(s.Answered), int(math.Round(s.Low*100)), int(math.Round(s.High*100)))
}

func pText(p float64) string {
	if p < 0.001 {
		return "p < 0.001"
	}
	return "p = " + strconv.FormatFloat(p, 'f', 3, 64)
}

func (c *command) responseTable(w io.Writer, res *trend.Responses, o statsOptions) error {
	var t table
	var head []string
	if o.periods {
		head = append(head, "PERIOD")
	}
	head = append(head, "LIST", "PATCHES", "OF", "ANSWERED", "MEDIAN")
	t.right = make([]bool, len(head))
	t.right[len(head)-3], t.right[len(head)-2] = true, true
	for _, d := range responseDays {
		head = append(head, "IN "+strconv.Itoa(int(d))+"D")
	}
	t.row(append(head, "LOG-RANK")...)
	for i, r := range res.Rows {
		var row []string
		if o.periods {
			row = append(row, r.Period)
		}
		mark := ""
		if r.Curve.N < fewMails {
			mark = " ~"
		}
		row = append(row, shownList([]string{r.List}), r.Group, strconv.Itoa(r.Curve.N), strconv.Itoa(r.Curve.Events), medianText(r.Curve)+mark)
		for _, d := range responseDays {
			row = append(row, stepText(r.Curve, d))
		}
		if r.Group == "rust" && i+1 < len(res.Rows) { // the other group stands below
			for _, k := range res.Compared {
				if k.List == r.List && k.Period == r.Period {
					row = append(row, pText(k.Test.P))
				}
			}
		}
		t.row(row...)
	}
	if len(t.rows) == 1 {
		return nil
	}
	if err := c.tableOrLines(w, &t, len(head)-3-len(responseDays)); err != nil {
		return err
	}
	for _, k := range res.Compared {
		if k.List == "" {
			if _, err := io.WriteString(w, strings.TrimPrefix(k.Period+": ", ": ")+"Rust against other patches over all lists, each list against itself: log-rank "+pText(k.Test.P)+"\n"); err != nil {
				return err
			}
		}
	}
	return nil
}

// responseChart draws the share answered by some days as bars.
func (c *command) responseChart(w io.Writer, res *trend.Responses) error {
	const columns = 40
	var b strings.Builder
	for _, r := range res.Rows {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		head := strings.TrimSpace(r.Period+" "+safe(r.List)) + ": " + r.Group
		b.WriteString(c.paint.paint(bold, head) + ", " + strconv.Itoa(r.Curve.N) + " of them, median " + medianText(r.Curve) + "\n")
		for _, d := range responseChart {
			s, ok := r.Curve.At(d)
			if !ok {
				continue
			}
			at := func(f float64) int { return int(math.Round(f * columns)) }
			bar, high := at(s.Answered), max(at(s.High), at(s.Answered))
			fmt.Fprintf(&b, "  %5s |%s%s%s| %s\n", days(d), strings.Repeat("#", bar), strings.Repeat(".", high-bar), strings.Repeat(" ", columns-high), stepText(r.Curve, d))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// An addressedRow is what became of the patches that a maintainer was addressed in.
type addressedRow struct {
	Person     string   `json:"person"`
	Patches    int      `json:"patches"`
	Answered   int      `json:"answered"`
	Median     *float64 `json:"median_days"`
	MedianLow  *float64 `json:"median_low"`
	MedianHigh *float64 `json:"median_high"`
	Few        bool     `json:"few"`
}

func writeAddressed(w io.Writer, res *trend.Responses, o statsOptions) error {
	var answering, never []trend.Addressed
	for _, m := range res.Maintainers {
		if m.Answered == 0 {
			never = append(never, m)
		} else {
			answering = append(answering, m)
		}
	}
	all := slices.Concat(answering, never)
	if o.format.name != "table" {
		rows := make([]addressedRow, len(all))
		for i, m := range all {
			rows[i] = addressedRow{m.Person, m.Patches, m.Answered, finite(m.Curve.Median), finite(m.Curve.MedianLow), finite(m.Curve.MedianHigh), m.Patches < fewMails}
		}
		if o.format.name != "csv" {
			return writeJSON(w, o.format.name, rows)
		}
		out := csv.NewWriter(w)
		out.UseCRLF = true
		_ = out.Write([]string{"person", "patches", "answered", "median_days", "median_low", "median_high", "few"}) // Error tells
		for _, r := range rows {
			_ = out.Write([]string{
				r.Person, strconv.Itoa(r.Patches), strconv.Itoa(r.Answered), csvNumber(r.Median), csvNumber(r.MedianLow), csvNumber(r.MedianHigh), strconv.FormatBool(r.Few),
			})
		}
		out.Flush()
		return out.Error()
	}
	t := table{right: []bool{false, true, true}}
	t.row("MAINTAINER", "ADDRESSED", "ANSWERED", "SHARE", "MEDIAN")
	for _, m := range answering {
		share := shareText(m.Answered, m.Patches)
		if m.Patches < fewMails {
			share += " ~"
		}
		t.row(safe(m.Person), strconv.Itoa(m.Patches), strconv.Itoa(m.Answered), share, medianText(m.Curve))
	}
	for _, m := range never {
		t.row(safe(m.Person), strconv.Itoa(m.Patches), "0", "never")
	}
	if len(all) == 0 {
		return nil
	}
	return t.write(w)
}
