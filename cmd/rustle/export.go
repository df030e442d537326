package main

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"rustle/pkg/analysis"
	"rustle/pkg/export"
)

type exportOptions struct {
	selection
	format
	what, out string
}

func newExport(c *command) *cobra.Command {
	var o exportOptions
	cmd := &cobra.Command{
		Use:   "export --what messages|threads [QUERY...]",
		Short: "write records as data for R, Python, DuckDB",
		Long: `Export writes what the index knows in a stable machine-readable form, oldest first. With a
query only matching mail, or threads that hold one. The same index gives the same bytes.

` + exitHelp,
		Example: "  rustle export --what messages --format jsonl is:rust -o rust.jsonl\n  rustle export --what threads --format csv is:debate | head",
		RunE:    func(cmd *cobra.Command, args []string) error { return c.runExport(cmd.Context(), o, args) },
	}
	f := cmd.Flags()
	o.selection.flags(f)
	o.format.flags(f, "jsonl", "json", "csv")
	f.StringVar(&o.what, "what", "messages", "messages or threads")
	f.StringVarP(&o.out, "output", "o", "-", "file to write; - is stdout")
	return cmd
}

func (c *command) runExport(ctx context.Context, o exportOptions, args []string) error {
	if err := o.format.check(); err != nil {
		return err
	}
	if o.what != "messages" && o.what != "threads" {
		return withHint(usagef("--what %s is not known", o.what), "choose messages or threads")
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
	var broken error
	records := func(yield func(analysis.Record) bool) {
		for rec, err := range r.All(ctx, node) {
			if err != nil {
				broken = err
				return
			}
			if !yield(rec) {
				return
			}
		}
	}
	threads := func(yield func(analysis.ThreadSummary) bool) {
		for s, err := range r.AllThreads(ctx, node) {
			if err != nil {
				broken = err
				return
			}
			if !yield(*s) {
				return
			}
		}
	}
	return c.writeFile(o.out, func(w io.Writer) error {
		var err error
		if o.what == "threads" {
			_, err = export.Threads(w, export.Format(o.format.name), threads)
		} else {
			_, err = export.Messages(w, export.Format(o.format.name), records)
		}
		return errors.Join(err, broken)
	})
}
