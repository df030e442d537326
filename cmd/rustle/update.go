package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"rustle/index"
	"rustle/pkg/archive"
	"rustle/pkg/ingest"
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
source asks for it, then ingest; then it refreshes the [[report]] tables. It prints what is new
per source and the age of its newest mail. A source that fails does not stop the others.

--print-systemd and --print-cron write what runs it on a schedule.

` + exitHelp,
		Example: "  rustle update\n  rustle update --print-systemd --every 6h",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case o.every < time.Minute:
				return usagef("--every %s is too often: a minute at least", o.every)
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
	a, err := c.analyzer()
	if err != nil {
		return 0, err
	}
	total := 0
	var failed []error
	for _, s := range c.config.Sources {
		n, err := c.updateSource(ctx, s, func(o ingest.Options) (ingest.Stats, error) {
			o.Analyzer = a
			return ingest.Run(ctx, o)
		})
		total += n
		if errors.Is(err, index.ErrBusy) || ctx.Err() != nil {
			return total, err
		}
		if err != nil {
			failed = append(failed, err)
		}
	}
	return total, errors.Join(failed...)
}

func (c *command) updateSource(ctx context.Context, s sourceConfig, run func(ingest.Options) (ingest.Stats, error)) (int, error) {
	var fetchErr error
	if s.Fetch {
		fetchErr = ingest.Fetch(ctx, s.Path)
	}
	stats, err := run(ingest.Options{
		Dir: c.indexDir(), Sources: []ingest.Source{{Path: s.Path, List: s.List}}, Archive: archive.Options{}, Now: c.env.now(),
	})
	err = errors.Join(fetchErr, err)
	newest := time.Time{}
	for _, st := range stats.Sources {
		if st.Newest.After(newest) {
			newest = st.Newest
		}
	}
	if err != nil {
		fmt.Fprintf(c.env.stdout, "%s: failed: %s\n", safe(s.Path), safe(err.Error()))
		return stats.New, err
	}
	age := ""
	entries, ledgerErr := ingest.Ledger(c.indexDir())
	for _, e := range entries {
		if e.Path == s.Path && e.List == s.List && e.Newest.After(newest) {
			newest = e.Newest
		}
	}
	if !newest.IsZero() {
		age = ", newest mail " + c.day(newest) + " (" + daysAgo(c.env.now().Sub(newest)) + ")"
	}
	_, err = fmt.Fprintf(c.env.stdout, "%s: %d new%s\n", safe(s.Path), stats.New, age)
	return stats.New, errors.Join(err, ledgerErr)
}

func daysAgo(d time.Duration) string {
	switch days := int(d.Hours() / 24); {
	case d < time.Hour:
		return "less than an hour ago"
	case d < 48*time.Hour:
		return fmt.Sprintf("%d hours ago", int(d.Hours()))
	default:
		return fmt.Sprintf("%d days ago", days)
	}
}
