package main

import (
	"context"
	"fmt"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"rustle/index"
	"rustle/index/query"
	"rustle/pkg/ingest"
)

func newStatus(c *command) *cobra.Command {
	var o format
	var defects, files bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: "say what the index holds and where it came from",
		Long: `Status prints the index directory, how much mail and how many threads it holds, the schema and
the fingerprint of the rules that tagged it, and for each source the last run, the last success,
the newest mail and what went wrong.

` + exitHelp,
		Example: "  rustle status\n  rustle status --defects\n  rustle status --format json | jq .messages",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			st, err := c.status(cmd.Context())
			if err != nil {
				return err
			}
			if o.name == "json" {
				return writeJSON(c.env.stdout, "jsonl", []statusReport{*st})
			}
			return c.printStatus(st, defects, files)
		},
	}
	o.flags(cmd.Flags(), "table", "json")
	cmd.Flags().BoolVar(&defects, "defects", false, "list what was wrong with raw mail, with counts")
	cmd.Flags().BoolVar(&files, "files", false, "list the files of the index with their sizes")
	return cmd
}

// statusReport is the machine-readable form.
type statusReport struct {
	FormatVersion int    `json:"format_version"`
	Index         string `json:"index"`
	index.Stats
	Debates     int            `json:"debates"`
	Rust        int            `json:"rust_messages"`
	RulesDiffer bool           `json:"rules_differ"` // the tags were made by other rules than this program's
	Sources     []ingest.Entry `json:"sources"`
}

func (c *command) status(ctx context.Context) (*statusReport, error) {
	r, err := c.reader()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	st, err := r.Stats(ctx)
	if err != nil {
		return nil, err
	}
	out := &statusReport{FormatVersion: 1, Index: c.indexDir(), Stats: st}
	if out.Debates, err = r.Count(ctx, query.Term{Field: query.Is, Text: "debate"}, true); err != nil {
		return nil, err
	}
	if out.Rust, err = r.Count(ctx, query.Term{Field: query.Is, Text: "rust"}, false); err != nil {
		return nil, err
	}
	a, err := c.analyzer()
	if err != nil {
		return nil, err
	}
	out.RulesDiffer = a.Fingerprint() != st.Fingerprint
	if out.Sources, err = ingest.Ledger(c.indexDir()); err != nil {
		return nil, err
	}
	return out, nil
}

func (c *command) printStatus(st *statusReport, defects, files bool) error {
	w := c.env.stdout
	rules := st.Fingerprint
	if st.RulesDiffer {
		rules += " (not those of this program: `rustle retag` applies its own)"
	}
	t := table{}
	t.row("index", safe(st.Index))
	t.row("size", fmt.Sprintf("%s in %s", humanize.IBytes(uint64(st.Bytes)), plural(st.Segments, "segment")))
	t.row("mail", fmt.Sprintf("%d, of them %d about Rust", st.Messages, st.Rust))
	t.row("threads", fmt.Sprintf("%d, of them %s", st.Threads, plural(st.Debates, "debate")))
	if !st.First.IsZero() {
		t.row("dates", c.day(st.First)+" to "+c.day(st.Last))
	}
	t.row("schema", fmt.Sprint(st.Schema))
	t.row("rules", rules)
	if err := t.write(w); err != nil {
		return err
	}
	for _, e := range st.Sources {
		fmt.Fprintf(w, "\nsource %s\n", safe(e.Path))
		s := table{}
		if e.List != "" {
			s.row("  list", safe(e.List))
		}
		s.row("  mail", fmt.Sprintf("%d, the newest of %s", e.Mails, c.day(e.Newest)))
		s.row("  last run", c.minute(e.LastRun))
		if !e.LastSuccess.Equal(e.LastRun) {
			s.row("  last success", orElse(timeOrNever(c, e.LastSuccess), "never"))
		}
		if e.Error != "" {
			s.row("  error", safe(e.Error))
		}
		if err := s.write(w); err != nil {
			return err
		}
	}
	if defects {
		fmt.Fprintf(w, "\ndefects of raw mail (`rustle search defect:NAME` lists them)\n")
		d := table{right: []bool{true}}
		for _, n := range st.Defects {
			d.row(fmt.Sprintf("  %d", n.Count), n.Value)
		}
		if err := d.write(w); err != nil {
			return err
		}
	}
	if files {
		fmt.Fprintln(w)
		f := table{right: []bool{true}}
		for _, x := range st.Files {
			f.row("  "+humanize.IBytes(uint64(x.Bytes)), x.Name)
		}
		return f.write(w)
	}
	return nil
}

func timeOrNever(c *command, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return c.minute(t)
}
