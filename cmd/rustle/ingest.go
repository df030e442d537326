package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"rustle/index"
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
	maintainers, mailmap, linuxGit, identities, taxonomy, model string

	untrained bool // no flag: what train starts from
}

func (o *rules) flags(f *pflag.FlagSet) {
	f.StringVar(&o.maintainers, "maintainers", "", "MAINTAINERS file for roles (default: that of Linux 6.12)")
	f.StringVar(&o.mailmap, "mailmap", "", "mailmap file for identities (default: that of Linux 6.12)")
	f.StringVar(&o.linuxGit, "linux-git", "", "git repository of Linux: roles by the release before each mail")
	f.StringVar(&o.identities, "identities", "", "TOML file that joins and splits people, see rustle help people")
	f.StringVar(&o.taxonomy, "taxonomy", "", "TOML file with a taxonomy of your own, see rustle help taxonomy")
	f.StringVar(&o.model, "model", "", "models as rustle train writes them (default: the built-in ones)")
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
	o.rules.flags(f)
	f.StringVar(&o.max, "max-unpacked", "", "let a packed file unpack to this much, e.g. 50GB (default: 200 times its size, at least 1 GiB)")
	f.BoolVar(&o.strict, "strict", false, "exit with 4 when a mail could not be read whole")
	f.BoolVar(&o.exitCode, "exit-code", false, "exit with 3 when nothing was new")
	return cmd
}

func (c *command) runIngest(ctx context.Context, o ingestOptions, paths []string) error {
	sources := make([]ingest.Source, len(paths))
	for i, p := range paths {
		sources[i] = ingest.Source{Path: p, List: o.list}
	}
	stats, err := c.takeIn(ctx, o.rules, o.max, ingest.Options{Sources: sources})
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

// takeIn runs an ingest with the rules asked for, shows how far it is and says what came of it.
func (c *command) takeIn(ctx context.Context, tags rules, limit string, o ingest.Options) (ingest.Stats, error) {
	a, err := c.analyzerFor(tags)
	if err != nil {
		return ingest.Stats{}, err
	}
	if o.Archive.MaxUnpacked, err = unpackedLimit(orElse(limit, c.config.MaxUnpacked)); err != nil {
		return ingest.Stats{}, err
	}
	o.Archive.Stdin = c.env.stdin
	o.Archive.Skipped = func(path, reason string) {
		if c.verbose {
			c.notef("left out %s: %s", safe(path), safe(reason))
		}
	}
	c.thrifty()
	o.Dir, o.Analyzer, o.Log, o.Now = c.indexDir(), a, c.log(), c.env.now()
	quiet := o.Standing && !c.verbose && !c.env.errTTY // a timer: whatever is said there makes a mail
	if quiet {
		stats, err := ingest.Run(ctx, o)
		return stats, c.writing(err)
	}
	show := c.progress()
	o.Progress = show.tell
	stats, err := ingest.Run(ctx, o)
	show.done()
	if stats.Complete {
		c.report(&stats, c.env.now().Sub(o.Now))
	}
	return stats, c.writing(err)
}

// unpackedLimit reads --max-unpacked.
func unpackedLimit(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	n, err := humanize.ParseBytes(text)
	if err != nil || n == 0 {
		return 0, withHint(usagef("max-unpacked: %q is no size", text), "write a number with a unit, such as 50GB")
	}
	return int64(min(n, 1<<62)), nil
}

// writing adds the way out to the errors of commands that write to the index.
func (c *command) writing(err error) error {
	if all := joined(err); len(all) > 1 {
		for i := range all {
			all[i] = c.writing(all[i])
		}
		return errors.Join(all...)
	}
	var source *archive.Error
	switch {
	case errors.As(err, &source): // it carries its own
	case errors.Is(err, ingest.ErrPartial):
		return withHint(err, "make every source readable, or leave one out for good with --without PATH")
	case errors.Is(err, index.ErrRules):
		return withHint(err, "`rustle retag` applies the rules of this program (and of --maintainers and --mailmap) to all mail in it; or give the ones it was made with")
	case errors.Is(err, index.ErrCorrupt): // whatever the cause; explainError knows the way out
	case errors.Is(err, syscall.ENOSPC):
		return withHint(err, "make room, or move the index with --index DIR; what was published before is whole")
	case errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS):
		return withHint(err, "the index directory %s must be writable; name another with --index DIR", c.indexDir())
	}
	return err
}

// thrifty makes the collector run earlier than usual in commands that read whole archives. On 318 MB of
// mail it costs nothing that can be measured, because memory in use again is memory that need not be
// mapped anew, and it takes a fifth off the peak. GOGC in the environment wins.
func (c *command) thrifty() {
	if c.env.getenv("GOGC") == "" {
		debug.SetGCPercent(60)
	}
}

// log is where the lower layers say more, with -v.
func (c *command) log() *slog.Logger {
	if !c.verbose {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(c.env.stderr, nil))
}

// report says on stderr what came of an ingest.
func (c *command) report(s *ingest.Stats, took time.Duration) {
	archives := 0
	for _, src := range s.Sources {
		if src.Kind == "" {
			continue // it could not be opened; the error says so
		}
		archives++
		broken := ""
		if src.Error != "" {
			broken = ", then an error"
		}
		c.notef("%s (%s): %s read, %d new, %d known%s%s", safe(nearPath(src.Path)), src.Kind, plural(src.Read, "mail"), src.New, src.Duplicates, removedText(src.Removed), broken)
	}
	if archives > 1 {
		c.notef("in all: %s read, %d new, %d known%s", plural(s.Read, "mail"), s.New, s.Known, removedText(s.Removed))
	}
	if s.Threads > 0 {
		c.notef("%s new or changed, in %s", plural(s.Threads, "thread"), duration(took))
	}
	for _, reason := range sortedKeys(s.Damaged) {
		c.notef("kept in part: %s (%s)", plural(s.Damaged[reason], "mail"), reason)
	}
}

// nearPath is a path as the user would type it: relative when it lies below the working directory.
func nearPath(path string) string {
	wd, err := os.Getwd()
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(wd, path); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return path
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
	opts := analysis.Options{
		Maintainers: orElse(o.maintainers, c.config.Maintainers), Mailmap: orElse(o.mailmap, c.config.Mailmap),
		LinuxGit: orElse(o.linuxGit, c.config.LinuxGit), Identities: orElse(o.identities, c.config.Identities),
		Taxonomy: orElse(o.taxonomy, c.config.Taxonomy), Model: orElse(o.model, c.config.Model), Untrained: o.untrained,
	}
	if o.maintainers != "" && o.linuxGit != "" {
		return nil, withHint(usagef("--maintainers and --linux-git exclude each other"), "one gives the roles of one day, the other those of each release")
	}
	if o.maintainers != "" {
		opts.LinuxGit = "" // the flag wins over the file
	}
	a, err := analysis.New(opts)
	if err != nil {
		return nil, c.badTaxonomy(err, opts.Taxonomy)
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
			m.c.notef("%s: %s, %s", m.what(), m.share(), m.rate())
		}
		return
	}
	if of := p.Stage + p.Path; m.bar == nil || m.of != of {
		m.end()
		m.of = of
		m.bar = m.pool.New(p.Size, mpb.BarStyle(),
			mpb.PrependDecorators(decor.Name(cut(m.what(), 32)+" ")),
			mpb.AppendDecorators(
				decor.Any(func(decor.Statistics) string { return m.share() }), decor.Name("  "),
				decor.Any(func(decor.Statistics) string { return m.rate() }), decor.Name("  "),
				decor.AverageETA(decor.ET_STYLE_GO)))
	}
	m.bar.SetCurrent(min(p.Done, p.Size))
}

// what is being done, and with which archive.
func (m *meter) what() string {
	p := m.now.Load()
	if p.Path == "" {
		return p.Stage
	}
	return safe(p.Stage + " " + filepath.Base(p.Path))
}

func (m *meter) share() string {
	p := m.now.Load()
	switch {
	case p.Stage == ingest.Writing:
		return "the index"
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
