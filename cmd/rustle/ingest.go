package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"rustle/pkg/analysis"
	"rustle/pkg/archive"
	"rustle/pkg/ingest"
)

type ingestOptions struct {
	rules
	list     string
	strict   bool
	exitCode bool
	max      string
}

// rules are the flags that change how mail is tagged.
type rules struct {
	maintainers, mailmap string
}

func newIngest(c *command) *cobra.Command {
	var o ingestOptions
	cmd := &cobra.Command{
		Use:   "ingest [--list NAME] PATH...",
		Short: "take mail archives into the index",
		Long: `Ingest reads mbox files (plain, .gz, .xz, .zst, .bz2), maildirs, single mails, directories of
them, public-inbox git repositories, and - for an mbox on standard input; threads and tags the
mail; and writes it into the index. Mail that is there already is not added again. A search
may run at the same time: it sees the state before, until the new one is complete.

` + exitHelp,
		Example: "  rustle ingest ksummit.mbox.gz linux-kbuild.mbox.xz\n  rustle ingest --list rust-for-linux mirror/rust-for-linux\n  zcat *.mbox.gz | rustle ingest --list mylist -",
		Args:    cobra.MinimumNArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return c.runIngest(cmd.Context(), o, args) },
	}
	f := cmd.Flags()
	f.StringVar(&o.list, "list", "", "name of the list (default: from List-Id, else from the archive's name)")
	f.StringVar(&o.maintainers, "maintainers", "", "MAINTAINERS file for roles (default: that of Linux 6.12)")
	f.StringVar(&o.mailmap, "mailmap", "", "mailmap file for identities (default: that of Linux 6.12)")
	f.StringVar(&o.max, "max-unpacked", "", "let a packed file unpack to this much, e.g. 50GB (default: 200 times its size, at least 1 GiB)")
	f.BoolVar(&o.strict, "strict", false, "exit with 4 when a mail could not be read whole")
	f.BoolVar(&o.exitCode, "exit-code", false, "exit with 3 when nothing was new")
	return cmd
}

func (c *command) runIngest(ctx context.Context, o ingestOptions, paths []string) error {
	a, err := c.analyzerFor(o.rules)
	if err != nil {
		return err
	}
	in := archive.Options{Stdin: c.env.stdin}
	if o.max != "" {
		n, err := humanize.ParseBytes(o.max)
		if err != nil {
			return withHint(usagef("--max-unpacked: %q is no size", o.max), "write a number with a unit, such as 50GB")
		}
		in.MaxUnpacked = int64(min(n, 1<<62))
	}
	in.Skipped = func(path, reason string) {
		if c.verbose {
			c.notef("left out %s: %s", safe(path), safe(reason))
		}
	}
	sources := make([]ingest.Source, len(paths))
	for i, p := range paths {
		sources[i] = ingest.Source{Path: p, List: o.list}
	}
	start := c.env.now()
	show := c.progress()
	stats, err := ingest.Run(ctx, ingest.Options{
		Dir: c.indexDir(), Sources: sources, Archive: in, Analyzer: a, Progress: show.tell, Now: start,
	})
	show.done()
	c.report(&stats, c.env.now().Sub(start))
	switch {
	case err != nil:
		return err
	case o.strict && len(stats.Damaged) > 0:
		return withHint(errSkipped, "`rustle status --defects` lists them")
	case o.exitCode && stats.New == 0:
		return errNothing
	}
	return nil
}

// report says on stderr what came of an ingest.
func (c *command) report(s *ingest.Stats, took time.Duration) {
	for _, src := range s.Sources {
		if src.Error != "" {
			continue
		}
		c.notef("%s (%s): %s read, %d new, %d known%s", safe(src.Path), src.Kind, plural(src.Read, "mail"), src.New, src.Duplicates, removedText(src.Removed))
	}
	if len(s.Sources) > 1 {
		c.notef("in all: %s read, %d new, %d known%s", plural(s.Read, "mail"), s.New, s.Known, removedText(s.Removed))
	}
	if s.Threads > 0 {
		c.notef("%s new or changed, in %s", plural(s.Threads, "thread"), duration(took))
	}
	for _, reason := range sortedKeys(s.Damaged) {
		c.notef("kept in part: %s (%s)", plural(s.Damaged[reason], "mail"), reason)
	}
}

func removedText(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", %d taken back", n)
}

func sortedKeys(m map[string]int) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// analyzerFor makes the analyzer that the flags and the configuration ask for.
func (c *command) analyzerFor(o rules) (*analysis.Analyzer, error) {
	a, err := analysis.New(analysis.Options{
		Maintainers: orElse(o.maintainers, c.config.Maintainers), Mailmap: orElse(o.mailmap, c.config.Mailmap),
	})
	if err != nil {
		return nil, err
	}
	return a, nil
}

func (c *command) analyzer() (*analysis.Analyzer, error) { return c.analyzerFor(rules{}) }

// A meter shows how far an ingest is: a bar on a terminal, else a line every few seconds.
type meter struct {
	c     *command
	pool  *mpb.Progress
	bar   *mpb.Bar
	of    string // what the bar is about
	start time.Time
	last  time.Time                       // of the last line
	now   atomic.Pointer[ingest.Progress] // read by the goroutine that draws
}

const meterEvery = 5 * time.Second

func (c *command) progress() *meter {
	m := &meter{c: c, start: c.env.now()}
	m.last = m.start
	m.now.Store(&ingest.Progress{})
	if c.env.errTTY {
		m.pool = mpb.New(mpb.WithOutput(c.env.stderr), mpb.WithWidth(24), mpb.WithAutoRefresh())
	}
	return m
}

func (m *meter) tell(p ingest.Progress) {
	m.now.Store(&p)
	if m.pool == nil {
		if now := m.c.env.now(); now.Sub(m.last) >= meterEvery {
			m.last = now
			m.c.notef("%s %s: %s, %s", p.Stage, safe(p.Path), m.share(), m.rate())
		}
		return
	}
	if of := p.Stage + p.Path; m.bar == nil || m.of != of {
		m.end()
		m.of = of
		name := safe(strings.TrimSpace(p.Stage + " " + filepath.Base(p.Path)))
		m.bar = m.pool.New(p.Size, mpb.BarStyle(),
			mpb.PrependDecorators(decor.Name(cut(name, 32)+" ")),
			mpb.AppendDecorators(
				decor.Any(func(decor.Statistics) string { return m.share() }), decor.Name("  "),
				decor.Any(func(decor.Statistics) string { return m.rate() }), decor.Name("  "),
				decor.AverageETA(decor.ET_STYLE_GO)))
	}
	m.bar.SetCurrent(min(p.Done, p.Size))
}

func (m *meter) share() string {
	p := m.now.Load()
	switch {
	case p.Stage == ingest.Indexing:
		return fmt.Sprintf("%d of %d mails", p.Done, p.Size)
	case p.Size <= 0:
		return humanize.IBytes(uint64(max(p.Done, 0)))
	}
	return humanize.IBytes(uint64(p.Done)) + " of " + humanize.IBytes(uint64(p.Size))
}

func (m *meter) rate() string {
	p := m.now.Load()
	mails := float64(p.Mails)
	if p.Stage == ingest.Indexing {
		mails = float64(p.Done)
	}
	return fmt.Sprintf("%.0f mails/s", mails/max(m.c.env.now().Sub(m.start).Seconds(), 0.001))
}

func (m *meter) end() {
	if m.bar != nil {
		m.bar.SetTotal(-1, true)
		m.bar = nil
	}
}

func (m *meter) done() {
	m.end()
	if m.pool != nil {
		m.pool.Wait()
	}
}
