package main

import (
	"context"

	"github.com/spf13/cobra"

	"rustle/pkg/ingest"
)

type retagOptions struct {
	rules
	force bool
}

func newRetag(c *command) *cobra.Command {
	var o retagOptions
	cmd := &cobra.Command{
		Use:   "retag",
		Short: "apply this program's rules to the mail in the index",
		Long: `Retag analyses all mail in the index again, with the rules of this program and the MAINTAINERS and
mailmap files given here, and publishes the outcome at once. It needs no archives: the mail itself
is in the index. Searches go on with the old tags meanwhile. When the tags were made by the same
rules already there is nothing to do.

` + exitHelp,
		Example: "  rustle retag\n  rustle retag --maintainers linux/MAINTAINERS",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return c.runRetag(cmd.Context(), o) },
	}
	f := cmd.Flags()
	o.rules.flags(f)
	f.BoolVar(&o.force, "force", false, "do it even when the rules are the same")
	return cmd
}

func (c *command) runRetag(ctx context.Context, o retagOptions) error {
	a, err := c.analyzerFor(o.rules)
	if err != nil {
		return err
	}
	c.thrifty()
	start := c.env.now()
	show := c.progress()
	stats, err := ingest.Retag(ctx, ingest.RetagOptions{Dir: c.indexDir(), Analyzer: a, Force: o.force, Progress: show.tell, Log: c.log()})
	show.done()
	switch {
	case err != nil:
		return c.writing(err)
	case stats.Written == 0:
		c.notef("the tags were made by these rules already (%s); --force makes them again", a.Fingerprint())
	default:
		c.notef("%s in %s tagged by rules %s, in %s", plural(stats.Written, "mail"), plural(stats.Threads, "thread"), a.Fingerprint(), duration(c.env.now().Sub(start)))
	}
	return nil
}
