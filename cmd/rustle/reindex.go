package main

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"rustle/index"
	"rustle/pkg/ingest"
)

type reindexOptions struct {
	rules
	without []string
	max     string
}

func newReindex(c *command) *cobra.Command {
	var o reindexOptions
	cmd := &cobra.Command{
		Use:   "reindex",
		Short: "build the index anew from the recorded sources",
		Long: `Reindex reads every archive that was ever taken in, as "rustle status" lists them, into a new index,
and puts it in the place of the old one when all of it is there. It is what an index of an older
schema and a damaged one need; for other rules "rustle retag" is faster and needs no archives.
Searches go on in the old index meanwhile.

If a recorded archive cannot be read, nothing is changed; --without PATH leaves it out for good.

` + exitHelp,
		Example: "  rustle reindex\n  rustle reindex --without -",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return c.runReindex(cmd.Context(), o) },
	}
	f := cmd.Flags()
	o.rules.flags(f)
	f.StringArrayVar(&o.without, "without", nil, "leave out the source recorded under this path (may be repeated)")
	f.StringVar(&o.max, "max-unpacked", "", "let a packed file unpack to this much, e.g. 50GB (default: 200 times its size, at least 1 GiB)")
	return cmd
}

func (c *command) runReindex(ctx context.Context, o reindexOptions) error {
	dir := c.indexDir()
	entries, err := ingest.Ledger(dir)
	if err != nil {
		return err
	}
	if len(entries) == 0 {
		return withHint(usagef("no source is recorded in %s", dir), "take archives in with `rustle ingest PATH`")
	}
	if state, err := index.Check(dir, ""); state == index.NewerSchema {
		_, err = index.Open(dir) // says so better
		return err
	} else if err != nil && !errors.Is(err, index.ErrCorrupt) {
		return err
	}
	var sources []ingest.Source
	left := map[string]bool{}
	for _, path := range o.without {
		left[recordedPath(path)] = true
	}
	for _, e := range entries {
		switch {
		case left[e.Path]:
			continue
		case e.Path == "-":
			return withHint(usagef("mail was taken in from standard input, which cannot be read again"),
				"save that mail to a file and `rustle ingest` it, then `rustle reindex --without -`")
		}
		sources = append(sources, ingest.Source{Path: e.Path, List: e.List})
	}
	for path := range left {
		if !slices.ContainsFunc(entries, func(e ingest.Entry) bool { return e.Path == path }) {
			return withHint(usagef("--without %s: no such source is recorded", path), "`rustle status` lists them")
		}
	}
	if len(sources) == 0 {
		return withHint(usagef("no source is left"), "remove %s to begin with nothing", dir)
	}
	_, err = c.takeIn(ctx, o.rules, o.max, ingest.Options{
		Sources: sources, Fresh: true, Without: func(e ingest.Entry) bool { return left[e.Path] },
	})
	return err
}

// recordedPath is a path as the record has it.
func recordedPath(path string) string {
	if path == "-" {
		return path
	}
	return absolutePath(path)
}

func newIndex(c *command) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "index",
		Short: "care for the index files",
		Long:  "Index holds what is done to the index as such.\n\n" + exitHelp,
		Args: func(_ *cobra.Command, args []string) error {
			return withHint(usagef("unknown command %q", strings.Join(append([]string{"index"}, args...), " ")), "`rustle index --help` lists the commands")
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(&cobra.Command{
		Use:   "compact",
		Short: "make the index smaller and faster to open",
		Long: `Compact merges the segments of the index into one and gives back the room of documents that were
replaced. What the index holds stays the same. It needs room for a second copy meanwhile; searches go on.

` + exitHelp,
		Example: "  rustle index compact",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return c.compact(cmd.Context()) },
	})
	cmd.AddCommand(&cobra.Command{
		Use:   "check",
		Short: "read the whole index and report damage",
		Long: `Check reads every byte of the index and compares checksums, which finds damage that opening does not:
a disk that loses bits. It exits with 1 and says which files; "rustle reindex" mends them.

` + exitHelp,
		Example: "  rustle index check",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return c.checkIndex(cmd.Context()) },
	})
	return cmd
}

func (c *command) checkIndex(ctx context.Context) error {
	if err := ingest.Verify(ctx, c.indexDir()); err != nil {
		return err
	}
	r, err := c.reader() // what is as it was written opens, unless this program has a fault
	if err != nil {
		return err
	}
	if err := r.Close(); err != nil {
		return err
	}
	c.notef("%s: no damage", safe(filepath.Clean(c.indexDir())))
	return nil
}

func (c *command) compact(ctx context.Context) error {
	size := func() (int64, error) {
		r, err := c.reader()
		if err != nil {
			return 0, err
		}
		st, err := r.Stats(ctx)
		return st.Bytes, errors.Join(err, r.Close())
	}
	before, err := size()
	if err != nil {
		return err
	}
	if err := ingest.Compact(ctx, c.indexDir()); err != nil {
		return c.writing(err)
	}
	after, err := size()
	if err != nil {
		return err
	}
	c.notef("%s: %s, before %s", safe(filepath.Clean(c.indexDir())), humanize.IBytes(uint64(after)), humanize.IBytes(uint64(before)))
	return nil
}
