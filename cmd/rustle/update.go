package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"rustle/index"
	"rustle/index/query"
	"rustle/pkg/ingest"
	"rustle/pkg/report"
)

type updateOptions struct {
	exitCode bool
	systemd  bool
	cron     bool
	every    time.Duration
}

func newUpdate(c *command) *cobra.Command {
	var o updateOptions
	cmd := &cobra.Command{
		Use:   "update",
		Short: "take in what is new in the configured sources",
		Long: `Update does one round over the [[source]] tables of the configuration: git fetch where the
source asks for it, then ingest; then it refreshes the pages of the [[report]] tables. It prints
what is new per source and the age of its newest mail. A source or report that fails does not
stop the others; the exit code is 1 then, and "rustle status" keeps the reason of a source.

  [[source]]
  path = "mirror/rust-for-linux"   # relative to the file
  list = "rust-for-linux"          # else from List-Id, or the archive's name
  fetch = true                     # run git fetch in the mirror first
  epochs = true                    # and clone the epochs that upstream has begun since
  [search.naks]
  query = "signal:nak is:rust"
  [[report]]
  query = "@naks d:1.year.ago.."   # as for "rustle report --all"; all debates without one
  dir = "pages/naks"
  anonymous = true                 # pseudonyms instead of names

--print-systemd and --print-cron write what runs it on a schedule.

` + exitHelp,
		Example: "  rustle update\n  rustle update --print-systemd --every 6h",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case o.every < time.Minute:
				return usagef("--every %s is too often: a minute at least", o.every)
			case (o.systemd || o.cron) && !regular(o.every):
				return withHint(usagef("--every %s fits no calendar", shortDuration(o.every)), "take minutes that divide an hour or hours that divide a day: 15m, 1h, 6h, 24h")
			case o.systemd:
				return c.printSystemd(o.every)
			case o.cron:
				return c.printCron(o.every)
			}
			n, err := c.update(cmd.Context())
			if err == nil && n == 0 && o.exitCode {
				return errNothing
			}
			return err
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.exitCode, "exit-code", false, "exit with 3 when nothing was new")
	f.BoolVar(&o.systemd, "print-systemd", false, "print a systemd service and timer")
	f.BoolVar(&o.cron, "print-cron", false, "print a crontab line")
	f.DurationVar(&o.every, "every", 6*time.Hour, "how often the printed unit runs")
	return cmd
}

func newWatch(c *command) *cobra.Command {
	every := 6 * time.Hour
	cmd := &cobra.Command{
		Use:   "watch --every DURATION",
		Short: "update again and again in the foreground",
		Long: `Watch runs update at once and then every so often until ^C. Rounds never overlap; a round that
fails says why and the next one tries again.

` + exitHelp,
		Example: "  rustle watch --every 6h",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if every < time.Minute {
				return usagef("--every %s is too often: a minute at least", every)
			}
			return c.watch(cmd.Context(), every)
		},
	}
	cmd.Flags().DurationVar(&every, "every", every, "time between the starts of two rounds")
	return cmd
}

// watch ends with the context and then without an error: a clean stop is what the user asked for.
func (c *command) watch(ctx context.Context, every time.Duration) error {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		if _, err := c.update(ctx); err != nil && ctx.Err() == nil {
			if exitCode(err) == exitUsage {
				return err // the configuration will not mend itself
			}
			explainError(c.env.stderr, err)
		}
		if out, ok := c.env.stdout.(interface{ Flush() error }); ok { // a round may be hours from the next
			if err := out.Flush(); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			c.notef("stopped")
			return nil
		case <-ticker.C:
		}
	}
}

// update does one round and returns how many mails were new.
func (c *command) update(ctx context.Context) (int, error) {
	if len(c.config.Sources) == 0 {
		return 0, withHint(usagef("no source is configured"), "add [[source]] tables with a path to %s", c.configPath())
	}
	pages, err := c.reportQueries() // a mistyped one is told before the work
	if err != nil {
		return 0, err
	}
	sources := make([]ingest.Source, len(c.config.Sources))
	for i, s := range c.config.Sources {
		sources[i] = ingest.Source{Path: s.Path, List: s.List}
		if s.Fetch {
			sources[i].Failed = ingest.Fetch(ctx, s.Path, s.Epochs)
		}
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
	}
	stats, err := c.takeIn(ctx, rules{}, "", ingest.Options{Sources: sources, Standing: true})
	if errors.Is(err, index.ErrBusy) || ctx.Err() != nil {
		return 0, err
	}
	failed := []error{err}
	entries, err := ingest.Ledger(c.indexDir())
	failed = append(failed, err)
	for i, s := range sources {
		if err := c.sourceLine(s, i, &stats, entries); err != nil {
			return stats.New, err
		}
	}
	for i, r := range c.config.Reports {
		done, err := c.writeCollection(ctx, pages[i], r.Dir, report.Options{Anonymous: r.Anonymous})
		if errors.Is(err, index.ErrNoIndex) && failed[0] != nil {
			break // what is wrong with the sources says why
		}
		if ctx.Err() != nil {
			return stats.New, ctx.Err()
		}
		text := done.String()
		if err != nil {
			text = "failed"
			failed = append(failed, fmt.Errorf("report %s: %w", r.Dir, err))
		}
		if _, err := fmt.Fprintf(c.env.stdout, "report %s: %s\n", safe(nearPath(r.Dir)), text); err != nil {
			return stats.New, err
		}
	}
	return stats.New, errors.Join(failed...)
}

// reportQueries reads the queries of the configured reports.
func (c *command) reportQueries() ([]query.Node, error) {
	nodes := make([]query.Node, len(c.config.Reports))
	for i, r := range c.config.Reports {
		node, err := c.parse(selection{}, []string{orElse(r.Query, "is:debate")})
		if err != nil {
			return nil, usagef("config: report %s: %s", r.Dir, err.Error()) // the query has no line of its own to point at
		}
		nodes[i] = node
	}
	return nodes, nil
}

// sourceLine prints what came of one source: the reason of a failure stands on stderr and in status.
func (c *command) sourceLine(s ingest.Source, i int, stats *ingest.Stats, entries []ingest.Entry) error {
	found := 0
	for _, st := range stats.Sources {
		if st.Of == i {
			found += st.New
		}
	}
	age, failed := "", ""
	for _, e := range entries {
		if e.Path != s.Path || e.List != s.List {
			continue
		}
		if !e.Newest.IsZero() {
			age = ", newest mail " + c.day(e.Newest) + " (" + ago(c.env.now().Sub(e.Newest)) + ")"
		}
		if e.Error != "" {
			failed = ", failed"
		}
	}
	_, err := fmt.Fprintf(c.env.stdout, "%s: %d new%s%s\n", safe(orElse(s.List, s.Path)), found, age, failed)
	return err
}

// ago says how long ago something was, as coarsely as people do.
func ago(d time.Duration) string {
	switch {
	case d < -time.Hour:
		return "dated in the future"
	case d < 2*time.Hour:
		return plural(max(int(d.Minutes()), 0), "minute") + " ago"
	case d < 48*time.Hour:
		return plural(int(d.Hours()), "hour") + " ago"
	}
	return plural(int(d.Hours()/24), "day") + " ago"
}
