package main

import (
	"cmp"
	"context"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"rustle/index"
	"rustle/index/query"
	"rustle/pkg/analysis"
	"rustle/pkg/export"
)

type stancesOptions struct {
	selection
	paging
	format
	exitCode bool
}

func newStances(c *command) *cobra.Command {
	var o stancesOptions
	cmd := &cobra.Command{
		Use:   "stances [QUERY...]",
		Short: "who took which position in which thread",
		Long: `Stances is the ledger of positions: for each person and thread the first and the last position
with the sentence it rests on, changes, explicit signals and the fate of a NAK. It holds the
people who wrote a mail of the query, and counts all their mail in that thread. Positions are
tags; the number is their score, and under 0.5 one is more likely wrong than right.

` + exitHelp,
		Example: "  rustle stances is:debate person:\"Christoph Hellwig\"\n  rustle stances signal:nak\n  rustle stances is:debate --format csv > stances.csv",
		RunE: func(cmd *cobra.Command, args []string) error {
			o.paging.all(cmd, o.format.name)
			return c.runStances(cmd.Context(), o, args)
		},
	}
	f := cmd.Flags()
	o.selection.flags(f)
	o.paging.flags(f, 50)
	o.format.flags(f, "table", "jsonl", "json", "csv")
	f.BoolVar(&o.exitCode, "exit-code", false, "exit with 3 when there are none")
	return cmd
}

func (c *command) runStances(ctx context.Context, o stancesOptions, args []string) error {
	if err := firstError(o.paging.check(), o.format.check()); err != nil {
		return err
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
	all, err := c.ledger(ctx, r, node)
	if err != nil {
		return err
	}
	rows := window(all, o.paging)
	err = c.output(o.format.name, func(w io.Writer) error {
		if o.format.name != "table" {
			_, err := export.StanceRows(w, export.Format(o.format.name), slices.Values(rows))
			return err
		}
		return c.stanceTable(w, rows)
	})
	if err != nil {
		return err
	}
	c.notef("%s", found(len(all), len(rows), o.offset, "row"))
	if o.exitCode && len(all) == 0 {
		return errNothing
	}
	return nil
}

// all lifts a default limit where the output is data: a file that ends early would tell a wrong story.
func (p *paging) all(cmd *cobra.Command, format string) {
	if format != "table" && !cmd.Flags().Changed("limit") {
		p.limit = 0
	}
}

// window is the page of a list that --limit and --offset ask for.
func window[T any](all []T, p paging) []T {
	out := all[min(p.offset, len(all)):]
	if p.limit > 0 {
		out = out[:min(p.limit, len(out))]
	}
	return out
}

// ledger is the rows of the people who wrote a mail of the query, in the threads where they did, by
// the date of a thread's first matching mail. Whole threads are read: a NAK may be lifted, and a
// position changed, in a mail that does not match.
func (c *command) ledger(ctx context.Context, r *index.Reader, node query.Node) ([]export.Stance, error) {
	wrote := map[string]map[string]bool{}
	var threads []string
	for rec, err := range r.All(ctx, node) {
		if err != nil {
			return nil, err
		}
		if wrote[rec.Thread] == nil {
			wrote[rec.Thread] = map[string]bool{}
			threads = append(threads, rec.Thread)
		}
		wrote[rec.Thread][personOf(&rec)] = true
	}
	var out []export.Stance
	for _, id := range threads {
		records, err := r.ThreadRecords(id)
		if err != nil {
			return nil, err
		}
		for _, s := range export.Ledger(records) {
			if wrote[id][s.Person] {
				out = append(out, s)
			}
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (c *command) stanceTable(w io.Writer, rows []export.Stance) error {
	thread := ""
	for i := range rows {
		s := &rows[i]
		var b strings.Builder
		if s.Thread != thread {
			if thread != "" {
				b.WriteByte('\n')
			}
			thread = s.Thread
			b.WriteString(cut(c.paint.paint(bold, bareTitle(s.Subject))+"  "+c.paint.paint(dim, safe(s.Thread)), c.env.width) + "\n")
		}
		b.WriteString(cut("  "+safe(s.Person)+roleSuffixPlain(s.Role)+", "+plural(s.Messages, "mail")+": "+c.positions(s), c.env.width) + "\n")
		if s.First != "none" && s.First == s.Last || len(s.Changes) > 0 {
			if len(s.Changes) > 0 {
				b.WriteString(c.stanceLine(s.First, s.FirstScore, s.FirstDate, s.FirstText, s.FirstID))
			}
			b.WriteString(c.stanceLine(s.Last, s.LastScore, s.LastDate, s.LastText, s.LastID))
		}
		if _, err := io.WriteString(w, b.String()); err != nil {
			return err
		}
	}
	return nil
}

// positions sums up a row: the position, or the way it went, signals and the fate of a NAK.
func (c *command) positions(s *export.Stance) string {
	var parts []string
	if s.First != "none" {
		way := c.stanceWord(s.First)
		for _, ch := range s.Changes {
			way += " > " + c.stanceWord(ch.To)
		}
		parts = append(parts, way)
	}
	for _, signal := range s.Signals {
		kind, at, _ := strings.Cut(signal, "@")
		parts = append(parts, kind+" "+at[:min(10, len(at))])
	}
	if s.Nak != "" {
		parts = append(parts, "NAK "+s.Nak)
	}
	return strings.Join(parts, ", ")
}

func (c *command) stanceWord(s string) string {
	switch s {
	case "support":
		return c.paint.paint(green, s)
	case "conditional":
		return c.paint.paint(yellow, s)
	case "oppose":
		return c.paint.paint(red, s)
	}
	return s
}

func (c *command) stanceLine(label string, score float64, at, text, id string) string {
	if text == "" {
		return ""
	}
	return cut("    "+at[:min(10, len(at))]+" "+label+" ("+strconv.FormatFloat(score, 'f', 2, 64)+"): "+safe(text), c.env.width) + "\n" +
		cut("      "+c.paint.paint(dim, safe(id)), c.env.width) + "\n"
}

func roleSuffixPlain(role string) string {
	if role == "" || role == "developer" {
		return ""
	}
	return " (" + role + ")"
}

// bareTitle is a subject without reply prefixes, in its own spelling.
func bareTitle(subject string) string {
	s := strings.TrimSpace(safe(subject))
	for len(s) >= 3 && strings.EqualFold(s[:3], "re:") {
		s = strings.TrimSpace(s[3:])
	}
	return s
}

func personOf(r *analysis.Record) string { return cmp.Or(r.Person, r.From.Name, r.From.Addr) }
