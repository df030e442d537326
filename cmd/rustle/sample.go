package main

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rustle/index"
	"rustle/pkg/analysis"
	"rustle/pkg/eval"
)

type sampleOptions struct {
	selection
	n    int
	seed uint64
	by   []string
	out  string
}

// strata are what a sample can be spread over. Tags are not among them: the name of a stratum
// stands in the sheet, and a labeller must not know what a tool thinks.
var strata = []string{"role", "year", "month", "list", "kind", "person", "rust"}

func newSample(c *command) *cobra.Command {
	var o sampleOptions
	cmd := &cobra.Command{
		Use:   "sample QUERY --n 200 --by role,year -o sheet.csv",
		Short: "draw mail to label yourself",
		Long: `Sample draws mails of people and writes them as a sheet to label: blind, nothing that the program
thinks of them is in it. It is spread evenly over the strata of --by (` + "role, year, month, list,\nkind, person, rust" + `); the weight of a row says for how many mails of its stratum it stands. The
same seed draws the same mails. Two filled sheets show by their kappa how clear the labels are.

` + exitHelp,
		Example: "  rustle sample is:debate --n 200 --by role,year -o sheet.csv\n  rustle sample is:rust l:linux-kbuild --n 50 --seed 7 > second.csv",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return withHint(usagef("sample takes a query"), "'*' stands for all mail")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return c.runSample(cmd.Context(), o, args) },
	}
	f := cmd.Flags()
	o.selection.flags(f)
	f.IntVar(&o.n, "n", 200, "how many mails")
	f.Uint64Var(&o.seed, "seed", 1, "another number draws other mails")
	f.StringSliceVar(&o.by, "by", nil, "spread over "+strings.Join(strata, ", "))
	f.StringVarP(&o.out, "output", "o", "-", "file to write; - is stdout")
	return cmd
}

func (c *command) runSample(ctx context.Context, o sampleOptions, args []string) error {
	if o.n < 1 {
		return usagef("--n takes a number from 1")
	}
	for _, by := range o.by {
		if !slices.Contains(strata, by) {
			return withHint(usagef("--by %s is not known", by), "choose of %s", strings.Join(strata, ", "))
		}
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
	var items []eval.Item
	hash := map[string]string{}
	empty := 0
	for rec, err := range r.All(ctx, node) {
		if err != nil {
			return err
		}
		switch {
		case rec.Role == "bot" || rec.Kind == "bot" || hash[rec.ID] != "":
		case rec.Words == 0:
			empty++
		default:
			hash[rec.ID] = rec.Hash
			items = append(items, eval.Item{ID: rec.ID, Stratum: c.stratum(&rec, o.by)})
		}
	}
	drawn := eval.Sample(items, o.n, o.seed)
	rows := make([]eval.Message, 0, len(drawn))
	for _, d := range drawn {
		doc, err := r.Document(d.ID, hash[d.ID])
		if err != nil {
			return err
		}
		if doc == nil {
			continue
		}
		rec := &doc.Record
		rows = append(rows, eval.Message{
			ID: rec.ID, Thread: rec.Thread, List: strings.Join(rec.Lists, ";"), From: rec.From.Name, Subject: rec.Subject,
			Date: rec.Date.UTC().Format(time.RFC3339), Sampling: orElse(d.Stratum, "random"), Weight: d.Weight, Text: authorText(doc),
		})
	}
	if err := c.writeFile(o.out, func(w io.Writer) error { return eval.WriteSheet(w, rows) }); err != nil {
		return err
	}
	c.notef("%s of %d", plural(len(rows), "mail"), len(items))
	cells, reached := map[string]bool{}, map[string]bool{}
	for _, it := range items {
		cells[it.Stratum] = true
	}
	for _, d := range drawn {
		reached[d.Stratum] = true
	}
	if missed := len(cells) - len(reached); missed > 0 {
		c.notef("%d of %d strata have no mail in the sheet: weights do not speak for them; draw more with --n", missed, len(cells))
	}
	if len(rows) < o.n {
		c.notef("there are no more of them")
	}
	if empty > 0 {
		c.notef("%d without words of their own left out", empty)
	}
	return nil
}

// stratum names the cell of a mail.
func (c *command) stratum(r *analysis.Record, by []string) string {
	parts := make([]string, len(by))
	for i, k := range by {
		switch k {
		case "role":
			parts[i] = orElse(r.Role, "unknown")
		case "year", "month":
			layout := "2006"
			if k == "month" {
				layout = "2006-01"
			}
			parts[i] = "undated"
			if !r.Date.IsZero() {
				parts[i] = r.Date.In(c.zone).Format(layout)
			}
		case "list":
			parts[i] = "none"
			if len(r.Lists) > 0 {
				parts[i] = r.Lists[0]
			}
		case "kind":
			parts[i] = r.Kind
		case "person":
			parts[i] = personOf(r)
		case "rust":
			parts[i] = map[bool]string{true: "rust", false: "other"}[r.Rust]
		}
	}
	return strings.Join(parts, "/")
}

// authorText is what the author wrote himself.
func authorText(d *index.Doc) string {
	var b strings.Builder
	for _, p := range d.Parts {
		if p.Kind == index.Own && p.Start >= 0 && p.Start <= p.End && p.End <= len(d.Mail.Text) {
			b.WriteString(d.Mail.Text[p.Start:p.End])
		}
	}
	return strings.TrimSpace(b.String())
}
