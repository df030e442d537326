package main

import (
	"context"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"rustle/index"
	"rustle/index/query"
)

// A facetCount is one value of a facet with the number of mails that have it.
type facetCount struct {
	Facet string `json:"facet"`
	Value string `json:"value"`
	Count int    `json:"count"`
}

func checkFacets(names []string) error {
	for _, name := range names {
		if !slices.Contains(index.Facets(), name) {
			return withHint(usagef("--facet %s is not known", name), "choose of %s", strings.Join(index.Facets(), ", "))
		}
	}
	return nil
}

// searchFacets counts what was found by one or more properties. Times are never cut by --limit: a
// series of months that ends early would tell a wrong story.
func (c *command) searchFacets(ctx context.Context, r *index.Reader, node query.Node, o searchOptions) error {
	total, err := r.Count(ctx, node, false)
	if err != nil {
		return err
	}
	rows := []facetCount{} // an empty JSON array, not null
	var notes []string
	for _, name := range o.facets {
		counts, err := r.Facet(ctx, node, name)
		if err != nil {
			return err
		}
		all := len(counts)
		if name != "day" && name != "month" && name != "year" {
			counts = counts[min(o.offset, all):]
			if o.limit > 0 {
				counts = counts[:min(o.limit, len(counts))]
			}
		}
		if len(counts) < all {
			notes = append(notes, name+": "+strconv.Itoa(len(counts))+" of "+plural(all, "value")+" (--limit, --offset)")
		}
		switch name {
		case "stance", "sentiment", "incivility", "topic":
			notes = append(notes, name+": mails that the query finds with it, unsure ones too; `rustle stats` counts those apart")
		}
		for _, n := range counts {
			rows = append(rows, facetCount{name, n.Value, n.Count})
		}
	}
	err = c.output(o.format.name, func(w io.Writer) error {
		switch o.format.name {
		case "json", "jsonl":
			return writeJSON(w, o.format.name, rows)
		case "csv":
			return facetCSV(w, rows)
		}
		return c.facetTable(w, rows)
	})
	if err != nil {
		return err
	}
	c.notef("%s", found(total, total, 0, "mail"))
	for _, note := range notes {
		c.notef("%s", note)
	}
	if o.exitCode && total == 0 {
		return errNothing
	}
	return nil
}

func facetCSV(w io.Writer, rows []facetCount) error {
	records := [][]string{{"facet", "value", "count"}}
	for _, r := range rows {
		records = append(records, []string{r.Facet, r.Value, strconv.Itoa(r.Count)})
	}
	return writeCSV(w, records)
}

// facetTable prints the counts, on a terminal with a bar for each. Bars are drawn to the largest
// count of their facet.
func (c *command) facetTable(w io.Writer, rows []facetCount) error {
	const widest = 40 // columns of a value on a terminal
	values, digits := 0, 0
	for _, r := range rows {
		values = max(values, ansi.StringWidth(safe(r.Value)))
		digits = max(digits, len(strconv.Itoa(r.Count)))
	}
	if c.env.width > 0 {
		values = min(values, widest)
	}
	room := min(c.env.width-values-digits-6, 60)
	largest := map[string]int{}
	for _, r := range rows {
		largest[r.Facet] = max(largest[r.Facet], r.Count)
	}
	var b strings.Builder
	facet := ""
	for _, r := range rows {
		if r.Facet != facet {
			if facet != "" {
				b.WriteByte('\n')
			}
			facet = r.Facet
			b.WriteString(c.paint.paint(bold, facet) + "\n")
		}
		value := safe(r.Value)
		if c.env.width > 0 {
			value = cut(value, values)
		}
		count := strconv.Itoa(r.Count)
		line := "  " + value + strings.Repeat(" ", values-ansi.StringWidth(value)+2+digits-len(count)) + count
		if c.env.tty && room >= 8 {
			line += "  " + c.paint.paint(cyan, bar(r.Count, largest[facet], room))
		}
		b.WriteString(line + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// bar draws n of most as a bar of at most columns; what is not zero shows.
func bar(n, most, columns int) string {
	const parts = 8 // a column has eight eighths
	eighths := []string{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"}
	long := n * columns * parts / max(most, 1)
	if n > 0 {
		long = max(long, 1)
	}
	return strings.Repeat("█", long/parts) + eighths[long%parts]
}
