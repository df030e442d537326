package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rustle/index"
	"rustle/pkg/analysis"
	"rustle/pkg/eval"
	"rustle/pkg/export"
)

type sampleOptions struct {
	selection
	n    int
	seed uint64
	by   []string
	out  string

	agree bool
}

// strata are what a sample can be spread over. Tags are not among them: the name of a stratum
// stands in the sheet, and a labeller must not know what a tool thinks.
var strata = []string{"role", "year", "month", "list", "kind", "person", "rust"}

func newSample(c *command) *cobra.Command {
	var o sampleOptions
	cmd := &cobra.Command{
		Use:   "sample QUERY --n 200 --by role,year -o sheet.csv | sample --agree FIRST SECOND",
		Short: "draw mail to label yourself",
		Long: `Sample draws mails of people and writes them as a sheet to label: blind, nothing that the program
thinks of them is in it. It is spread evenly over the strata of --by (` + "role, year, month, list,\nkind, person, rust" + `); the weight of a row says for how many mails of its stratum it stands. The
same seed draws the same mails. An apostrophe before a cell keeps a spreadsheet from running it as
a formula; reading drops it. A filled sheet is read by ` + "`rustle eval --gold DIR`" + ` as messages.csv.

--agree compares two sheets that two people filled without talking: Cohen's kappa of each field
(for heat the quadratic one), and what they took for what. Mail that only one of them labelled is
counted, not compared. Under 0.4 the labels are not clear enough to measure a program by.

` + exitHelp,
		Example: "  rustle sample is:debate --n 200 --by role,year -o sheet.csv\n  rustle sample is:rust l:linux-kbuild --n 50 --seed 7 > second.csv\n  rustle sample --agree mine.csv yours.csv",
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case o.agree && len(args) != 2:
				return withHint(usagef("--agree takes two sheets, got %d", len(args)), "name the sheet of each labeller")
			case o.agree:
				return nil
			case len(args) == 0:
				return withHint(usagef("sample takes a query"), "'*' stands for all mail")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.agree {
				return c.runAgree(args[0], args[1])
			}
			return c.runSample(cmd.Context(), o, args)
		},
	}
	f := cmd.Flags()
	o.selection.flags(f)
	f.IntVar(&o.n, "n", 200, "how many mails")
	f.Uint64Var(&o.seed, "seed", 1, "another number draws other mails")
	f.StringSliceVar(&o.by, "by", nil, "spread over "+strings.Join(strata, ", "))
	f.StringVarP(&o.out, "output", "o", "-", "file to write; - is stdout")
	f.BoolVar(&o.agree, "agree", false, "compare two filled sheets: kappa of each field")
	cmd.ValidArgsFunction = c.completeQuery
	return cmd
}

// runAgree says how far two labellers agree on the mails that both of them labelled.
func (c *command) runAgree(first, second string) error {
	read := func(path string) (out []eval.Message, err error) {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		out, err = eval.ReadSheet(file)
		if err := errors.Join(err, file.Close()); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		return out, nil
	}
	a, err := read(first)
	if err != nil {
		return err
	}
	b, err := read(second)
	if err != nil {
		return err
	}
	in := map[string]bool{}
	for _, m := range b {
		in[m.ID] = true
	}
	both := 0
	for _, m := range a {
		if in[m.ID] {
			both++
		}
	}
	if both == 0 {
		return withHint(fmt.Errorf("%s and %s have no labelled mail in common", first, second), "fill both sheets of one `rustle sample`, with the same --seed")
	}
	var out bytes.Buffer
	if err := eval.Agreement(eval.Set{Messages: a}, eval.Set{Messages: b}, eval.Options{}).Table(&out); err != nil {
		return err
	}
	if err := c.page(out.Bytes()); err != nil {
		return err
	}
	c.notef("%s in both sheets, %d only in the first, %d only in the second", plural(both, "mail"), len(a)-both, len(b)-both)
	c.notef("labelled is %s, predicted is %s: nobody predicts here", first, second)
	return nil
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
	node, r, err := c.ask(o.selection, args)
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
	if err := c.writeFile(o.out, func(w io.Writer) error { return eval.WriteSheet(w, rows, export.Guard) }); err != nil {
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
