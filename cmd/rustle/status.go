package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"rustle/index"
	"rustle/index/query"
	"rustle/pkg/analysis"
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
			st, err := c.status(cmd.Context(), defects)
			if err != nil {
				return c.withSources(err)
			}
			if o.name == "json" {
				return writeJSON(c.env.stdout, "jsonl", []statusReport{*st})
			}
			return c.printStatus(st, defects, files)
		},
	}
	o.flags(cmd.Flags(), "table", "json")
	cmd.Flags().BoolVar(&defects, "defects", false, "list what was wrong with raw mail, and the mails that could only be kept in part")
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
	Damaged     []damagedMail  `json:"damaged,omitempty"` // with --defects
	DamagedAll  int            `json:"damaged_total,omitempty"`
}

// A damagedMail could only be kept in part.
type damagedMail struct {
	ID      string          `json:"id"`
	Defects []string        `json:"defects"`
	Source  analysis.Source `json:"source"`
}

// mostDamaged is how many damaged mails status lists; the query finds the rest.
const mostDamaged = 50

// damaged finds the mails that could only be kept in part.
func (c *command) damaged(ctx context.Context, r *index.Reader, st *statusReport) error {
	var damage []query.Node
	for _, d := range st.Defects {
		if analysis.Damage(d.Value) {
			damage = append(damage, query.Term{Field: query.Defect, Text: d.Value})
		}
	}
	var node query.Node
	switch len(damage) {
	case 0:
		return nil
	case 1:
		node = damage[0]
	default:
		node = query.Or{Nodes: damage}
	}
	for rec, err := range r.All(ctx, node) {
		if err != nil {
			return err
		}
		if st.DamagedAll++; len(st.Damaged) == mostDamaged {
			continue
		}
		m := damagedMail{ID: rec.ID, Defects: slices.DeleteFunc(slices.Clone(rec.Defects), func(d string) bool { return !analysis.Damage(d) })}
		if len(rec.Sources) > 0 {
			m.Source = rec.Sources[0]
		}
		st.Damaged = append(st.Damaged, m)
	}
	return nil
}

func (c *command) status(ctx context.Context, defects bool) (*statusReport, error) {
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
	if defects {
		if err := c.damaged(ctx, r, out); err != nil {
			return nil, err
		}
	}
	out.Sources, err = c.sources()
	return out, err
}

// sources are the recorded ones and those of the configuration that never ran.
func (c *command) sources() ([]ingest.Entry, error) {
	all, err := ingest.Ledger(c.indexDir())
	for _, s := range c.config.Sources {
		if !slices.ContainsFunc(all, func(e ingest.Entry) bool { return e.Path == s.Path && e.List == s.List }) {
			all = append(all, ingest.Entry{Path: s.Path, List: s.List})
		}
	}
	return all, err
}

// withSources shows what is known of the sources when the index cannot be opened: most often they are why.
func (c *command) withSources(err error) error {
	all, ledgerErr := c.sources()
	for i := range all {
		ledgerErr = errors.Join(ledgerErr, c.printSource(&all[i]))
	}
	return errors.Join(err, ledgerErr)
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
	t.row("schema", strconv.Itoa(st.Schema))
	t.row("rules", rules)
	if err := t.write(w); err != nil {
		return err
	}
	for i := range st.Sources {
		if err := c.printSource(&st.Sources[i]); err != nil {
			return err
		}
	}
	if defects {
		if err := c.printDefects(st); err != nil {
			return err
		}
	}
	if files {
		f := table{right: []bool{true}}
		for _, x := range st.Files {
			f.row("  "+humanize.IBytes(uint64(x.Bytes)), x.Name)
		}
		fmt.Fprintf(w, "\nfiles of %s\n", st.Generation)
		return f.write(w)
	}
	return nil
}

func (c *command) printSource(e *ingest.Entry) error {
	w := c.env.stdout
	fmt.Fprintf(w, "\nsource %s\n", safe(e.Path))
	s := table{}
	if e.List != "" {
		s.row("  list", safe(e.List))
	}
	if e.Newest.IsZero() {
		s.row("  mail", strconv.Itoa(e.Mails))
	} else {
		s.row("  mail", fmt.Sprintf("%d, the newest of %s (%s)", e.Mails, c.day(e.Newest), ago(c.env.now().Sub(e.Newest))))
	}
	s.row("  last run", c.timeAndAge(e.LastRun))
	if !e.LastSuccess.Equal(e.LastRun) {
		s.row("  last success", c.timeAndAge(e.LastSuccess))
	}
	if e.Error != "" {
		s.row("  error", safe(e.Error))
	}
	return s.write(w)
}

func (c *command) printDefects(st *statusReport) error {
	w := c.env.stdout
	fmt.Fprint(w, "\ndefects of raw mail (`rustle search defect:NAME` finds them; * the mail could only be kept in part)\n")
	d := table{right: []bool{true}}
	for _, n := range st.Defects {
		mark := ""
		if analysis.Damage(n.Value) {
			mark = " *"
		}
		d.row(fmt.Sprintf("  %d", n.Count), n.Value+mark)
	}
	if err := d.write(w); err != nil || st.DamagedAll == 0 {
		return err
	}
	fmt.Fprintf(w, "\nkept in part: %s\n", plural(st.DamagedAll, "mail"))
	m := table{}
	for _, x := range st.Damaged {
		m.row("  "+safe(x.ID), strings.Join(x.Defects, " "), safe(place(x.Source)))
	}
	if more := st.DamagedAll - len(st.Damaged); more > 0 {
		m.row(fmt.Sprintf("  and %d more", more))
	}
	return m.write(w)
}

// place is where in an archive a mail stands.
func place(s analysis.Source) string {
	switch {
	case s.Commit != "":
		return s.Path + " " + s.Commit[:min(len(s.Commit), 12)]
	case s.Offset > 0:
		return fmt.Sprintf("%s offset %d", s.Path, s.Offset)
	}
	return s.Path
}

// timeAndAge says when something happened and how long ago that is.
func (c *command) timeAndAge(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return c.minute(t) + " (" + ago(c.env.now().Sub(t)) + ")"
}
