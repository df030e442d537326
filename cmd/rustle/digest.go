package main

import (
	"bytes"
	"context"
	"io"
	"time"

	"github.com/spf13/cobra"

	"rustle/index/query"
	"rustle/pkg/report"
)

type digestOptions struct {
	since, until string
	out          string
	anonymous    bool
	exitCode     bool
}

func newDigest(c *command) *cobra.Command {
	var o digestOptions
	cmd := &cobra.Command{
		Use:   "digest --since TIME [QUERY...]",
		Short: "tell what is new since a time",
		Long: `Digest writes as Markdown what happened: new debates, the hottest exchanges, NAKs and approvals by
maintainers, changes of position, outcomes, newcomers. TIME is a number of days or weeks (7d, 2w)
or a date as in queries (2025-02-01, 2.weeks.ago). Without a query it looks at all mail about
Rust. Made for cron: nothing new and --exit-code give exit code 3.

` + exitHelp,
		Example: "  rustle digest --since 7d\n  rustle digest --since 2025-02-01 --until 2025-03-01 is:debate -o february.md\n  rustle digest --since 1d --exit-code -o today.md || exit 0",
		RunE:    func(cmd *cobra.Command, args []string) error { return c.runDigest(cmd.Context(), o, args) },
	}
	f := cmd.Flags()
	f.StringVar(&o.since, "since", "7d", "what happened at this time and later: 7d, 2w or a date")
	f.StringVar(&o.until, "until", "", "what happened before this time; empty is now")
	f.StringVarP(&o.out, "output", "o", "-", "file to write; - is stdout")
	f.BoolVar(&o.anonymous, "anonymous", false, "replace people by pseudonyms everywhere")
	f.BoolVar(&o.exitCode, "exit-code", false, "exit with 3 when there is nothing to tell")
	cmd.ValidArgsFunction = c.completeQuery
	return cmd
}

// pointInTime reads "7d", "2w" or the beginning of a date of the query language.
func (c *command) pointInTime(flag, text string) (time.Time, error) {
	now := c.env.now()
	if n := len(text); n > 1 && len(text) <= 6 {
		days, digits := 0, true
		for _, r := range text[:n-1] {
			digits = digits && r >= '0' && r <= '9'
			days = days*10 + int(r-'0')
		}
		switch {
		case digits && text[n-1] == 'd':
			return now.AddDate(0, 0, -days), nil
		case digits && text[n-1] == 'w':
			return now.AddDate(0, 0, -7*days), nil
		}
	}
	hint := "write 7d, 2w, 2025-02-01 or 2.weeks.ago"
	node, err := query.Parse("d:"+text+"..", query.Options{Now: now, Location: c.zone})
	if err != nil {
		return time.Time{}, withHint(usagef("%s %s is no time", flag, text), "%s", hint)
	}
	if r, ok := node.(query.Range); ok && r.HasMin {
		return time.Unix(r.Min, 0).UTC(), nil
	}
	return time.Time{}, withHint(usagef("%s %s is no time", flag, text), "%s", hint)
}

// during narrows a query to mail dated in a stretch of time; a zero time is no bound, until is exclusive.
func during(node query.Node, since, until time.Time) query.Node {
	span := query.Range{Field: query.Date}
	if !since.IsZero() {
		span.Min, span.HasMin = since.Unix(), true
	}
	if !until.IsZero() {
		span.Max, span.HasMax = until.Unix()-1, true
	}
	if _, everything := node.(query.All); everything {
		return span
	}
	return query.And{Nodes: []query.Node{node, span}}
}

func (c *command) runDigest(ctx context.Context, o digestOptions, args []string) error {
	var in report.DigestInput
	var err error
	if in.Since, err = c.pointInTime("--since", o.since); err != nil {
		return err
	}
	until := c.env.now()
	if o.until != "" {
		if until, err = c.pointInTime("--until", o.until); err != nil {
			return err
		}
	}
	in.Until = until
	if !in.Since.Before(in.Until) {
		return withHint(usagef("--since must be before --until"), "from %s to %s holds nothing", c.day(in.Since), c.day(in.Until))
	}
	if len(args) == 0 {
		args = []string{"is:rust"}
	}
	node, r, err := c.ask(selection{}, args)
	if err != nil {
		return err
	}
	defer r.Close()
	if in.Threads, in.Topics, in.Method, err = c.threadInputs(ctx, r, during(node, in.Since, in.Until)); err != nil {
		return err
	}
	opts := report.Options{Anonymous: o.anonymous}
	if o.anonymous {
		if opts.People, err = c.identities(ctx, r); err != nil {
			return err
		}
	}
	earlier, err := r.Facet(ctx, during(query.All{}, time.Time{}, in.Since), "person")
	if err != nil {
		return err
	}
	known := make(map[string]bool, len(earlier))
	for _, n := range earlier {
		known[n.Value] = true
	}
	if len(known) > 0 { // where the data begins, everybody would be new
		in.Known = func(person string) bool { return known[person] }
	}
	var out bytes.Buffer
	empty, err := report.Digest(&out, in, opts)
	if err != nil {
		return err
	}
	if empty && o.exitCode {
		c.notef("nothing new since %s", c.day(in.Since))
		return errNothing
	}
	if err := c.writeFile(o.out, func(w io.Writer) error { _, err := w.Write(out.Bytes()); return err }); err != nil {
		return err
	}
	if o.out != "" && o.out != "-" {
		c.notef("wrote %s", o.out)
	}
	return nil
}
