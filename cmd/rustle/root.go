package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rustle/index"
	"rustle/index/query"
	"rustle/pkg/export"
)

// A command is what all verbs share: the process, the configuration and the global flags.
type command struct {
	env     *env
	config  *config
	paint   painter
	zone    *time.Location
	indexAt string // --index
	cfgAt   string // --config
	tz      string // --tz
	color   string // --color
	noPager bool
	verbose bool

	formatVersion int // --format-version
}

// execute runs one command line and returns the exit code.
func execute(ctx context.Context, args []string, e *env) int {
	out := bufio.NewWriterSize(e.stdout, 1<<16)
	inner := *e
	if !e.tty { // a terminal wants its lines at once, a pipe wants large writes
		inner.stdout = out
	}
	c := &command{env: &inner}
	root := c.root(args)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if flushErr := out.Flush(); err == nil && flushErr != nil && !errors.Is(flushErr, os.ErrClosed) {
		err = fmt.Errorf("write results: %w", flushErr)
	}
	if err != nil && ctx.Err() != nil {
		err = errors.Join(context.Canceled, err)
	}
	explainError(e.stderr, err)
	return exitCode(err)
}

// root is the command line without its arguments, with the commands that they may mean.
func (c *command) root(args []string) *cobra.Command {
	var showVersion bool
	root := &cobra.Command{
		Use:   "rustle",
		Short: "explore Rust debates on kernel mailing lists",
		Long: `rustle takes in Linux-kernel mail archives, threads the mail, tags Rust debates and the
positions people take in them with the sentence that proves each tag, and answers
questions about it.

` + exitHelp,
		Example:           "  rustle ingest ksummit.mbox.gz\n  rustle debates\n  rustle search 'topic:dual-language-burden stance:oppose'\n  rustle report ID -o report.md",
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: func(*cobra.Command, []string) error { return c.setUp() },
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return withHint(usagef("unknown command %q", args[0]), "`rustle help` lists the commands")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if showVersion {
				_, err := fmt.Fprintln(c.env.stdout, version())
				return err
			}
			return cmd.Help()
		},
	}
	root.SetOut(c.env.stdout)
	root.SetErr(c.env.stderr)
	root.SetIn(c.env.stdin)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return withHint(usageError{err}, "`%s --help` shows the flags", cmd.CommandPath())
	})
	// cobra's default writes every flag on one line, however long.
	root.SetUsageTemplate(strings.ReplaceAll(root.UsageTemplate(), ".FlagUsages ", ".FlagUsagesWrapped 100 "))
	root.Flags().BoolVar(&showVersion, "version", false, "print the versions of program, index schema and rules")
	f := root.PersistentFlags()
	f.StringVar(&c.indexAt, "index", "", "index directory (default $RUSTLE_INDEX, else config, else $XDG_DATA_HOME/rustle/index)")
	f.StringVar(&c.cfgAt, "config", "", "configuration file (default $XDG_CONFIG_HOME/rustle/config.toml)")
	f.StringVar(&c.tz, "tz", "", "time zone of dates in queries and output (default UTC)")
	f.IntVar(&c.formatVersion, "format-version", export.SchemaVersion, "fail unless JSON and CSV come in this version of the record form")
	f.StringVar(&c.color, "color", "auto", "colour: auto, always or never; NO_COLOR is honoured")
	f.BoolVar(&c.noPager, "no-pager", false, "never start a pager")
	f.BoolVarP(&c.verbose, "verbose", "v", false, "say more on stderr")
	for _, v := range meant(args) {
		sub := v.make(c)
		wrapArgs(sub)
		root.AddCommand(sub)
	}
	return root
}

// wrapArgs turns cobra's complaints about arguments into usage errors, at every level.
func wrapArgs(cmd *cobra.Command) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			if err := check(cmd, args); err != nil {
				return withHint(usageError{err}, "usage: %s", cmd.UseLine())
			}
			return nil
		}
	}
	for _, sub := range cmd.Commands() {
		wrapArgs(sub)
	}
}

// setUp reads configuration and decides what the global flags mean: flag, environment, file, default.
func (c *command) setUp() (err error) {
	if c.config, err = loadConfig(c.configPath(), c.cfgAt != ""); err != nil {
		return err
	}
	if c.zone, err = time.LoadLocation(orElse(c.tz, orElse(c.config.TimeZone, "UTC"))); err != nil {
		return withHint(usagef("unknown time zone %q", c.tz), "write a name such as Europe/Berlin or UTC")
	}
	if c.formatVersion != export.SchemaVersion {
		return withHint(usagef("this program writes format version %d, not %d", export.SchemaVersion, c.formatVersion), "leave --format-version out, or take the release that wrote %d", c.formatVersion)
	}
	switch c.color {
	case "always":
		c.paint = true
	case "never":
	case "auto":
		c.paint = painter(c.env.tty && c.env.getenv("NO_COLOR") == "" && c.env.getenv("TERM") != "dumb")
	default:
		return usagef("--color takes auto, always or never, not %q", c.color)
	}
	return nil
}

// indexDir is where the index lives: flag > environment > file > default.
func (c *command) indexDir() string {
	for _, dir := range []string{c.indexAt, c.env.getenv("RUSTLE_INDEX"), c.config.Index} {
		if dir != "" {
			return dir
		}
	}
	return filepath.Join(c.env.dir("XDG_DATA_HOME", ".local", "share"), "rustle", "index")
}

// configPath is where the configuration is, or would be.
func (c *command) configPath() string {
	return orElse(c.cfgAt, filepath.Join(c.env.dir("XDG_CONFIG_HOME", ".config"), "rustle", "config.toml"))
}

// reader opens the published state of the index.
func (c *command) reader() (*index.Reader, error) {
	return index.Open(c.indexDir())
}

// notef says something on stderr: counts and notes never mix with results.
func (c *command) notef(format string, args ...any) {
	fmt.Fprintf(c.env.stderr, format+"\n", args...)
}

// writeFile creates a file the user named; "-" or "" is stdout.
func (c *command) writeFile(path string, write func(io.Writer) error) error {
	if path == "" || path == "-" {
		return write(c.env.stdout)
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // it is gone already when all went well
	w := bufio.NewWriter(tmp)
	err = write(w)
	if err == nil {
		err = errors.Join(w.Flush(), tmp.Chmod(0o644))
	}
	if err := cmp.Or(err, tmp.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return os.Rename(tmp.Name(), path)
}

// messageID reads an id as users paste it: what the query language takes, and m:ID.
func messageID(s string) string {
	return query.MessageID(strings.TrimPrefix(strings.TrimSpace(s), "m:"))
}
