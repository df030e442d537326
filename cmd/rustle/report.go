package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"rustle/index"
	"rustle/index/query"
	"rustle/pkg/ingest"
	"rustle/pkg/people"
	"rustle/pkg/report"
)

type reportOptions struct {
	selection
	format
	out       string
	template  string
	anonymous bool
	full      bool
	svg       bool
	all       bool
}

func newReport(c *command) *cobra.Command {
	var o reportOptions
	cmd := &cobra.Command{
		Use:   "report ID [-o FILE] | report --all [QUERY...] -o DIR",
		Short: "write the report of a thread, or of many",
		Long: `Report writes what happened in the thread of a mail: who took part in which role and with which
position, the arguments with a sentence each, the tone over time, acks and NAKs, how it ended,
the reply tree. Every mail cited is linked to lore.kernel.org. The same index gives the same
bytes. The form html is one page that needs nothing else; --svg puts the chart of the tone
beside a Markdown file.

With --all it writes a linked set of pages into a directory, Markdown or HTML: an index, a page for
each thread that holds a mail of the query (all debates without one), a page for each person, one of
the arguments, one on the method. A second run rewrites only what changed and removes only pages of
its own, so ` + "`git diff`" + ` is the news.

` + exitHelp,
		Example: "  rustle report Z7SwcnUzjZYfuJ4-@infradead.org -o policy.md --svg\n  rustle report Z7SwcnUzjZYfuJ4-@infradead.org --format html -o policy.html\n  rustle report --all is:debate l:ksummit -o pages",
		Args: func(cmd *cobra.Command, args []string) error {
			if o.all {
				return nil
			}
			return oneID(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.all {
				return c.runReportAll(cmd.Context(), o, args)
			}
			return c.runReport(cmd.Context(), o, args[0])
		},
	}
	f := cmd.Flags()
	o.selection.flags(f)
	o.format.flags(f, "markdown", "html")
	f.StringVarP(&o.out, "output", "o", "-", "file to write, or directory with --all; - is stdout")
	f.StringVar(&o.template, "template", "", "own layout: a text/template file")
	f.BoolVar(&o.anonymous, "anonymous", false, "replace people by pseudonyms everywhere")
	f.BoolVar(&o.full, "full", false, "leave nothing out, however long it gets")
	f.BoolVar(&o.svg, "svg", false, "write the chart of the tone beside the Markdown file")
	f.BoolVar(&o.all, "all", false, "a set of pages about the threads of a query")
	cmd.ValidArgsFunction = c.completeQuery
	return cmd
}

// check refuses what does not go together, with the way out.
func (o *reportOptions) check() error {
	if err := o.format.check(); err != nil {
		return err
	}
	toFile := o.out != "" && o.out != "-"
	switch {
	case o.format.name == "html" && o.template != "":
		return usagef("--template lays out text; it cannot go with --format html")
	case o.svg && o.format.name == "html":
		return withHint(usagef("--svg goes with Markdown"), "the HTML page holds the chart already")
	case o.svg && !toFile && !o.all:
		return withHint(usagef("--svg needs a file to stand beside"), "add -o FILE.md")
	case o.all && !toFile:
		return withHint(usagef("--all writes a directory"), "add -o DIR")
	case o.all && o.template != "":
		return withHint(usagef("--all writes pages in its own layout"), "leave out --template")
	case !o.all && (o.since != "" || o.until != ""):
		return withHint(usagef("--since and --until choose threads for --all"), "one thread is always told whole")
	}
	return nil
}

func (c *command) runReport(ctx context.Context, o reportOptions, arg string) error {
	if err := o.check(); err != nil {
		return err
	}
	opts := report.Options{Anonymous: o.anonymous, Full: o.full}
	if o.template != "" {
		text, err := os.ReadFile(o.template)
		if err != nil {
			return err
		}
		if opts.Template, err = report.ParseTemplate(filepath.Base(o.template), string(text)); err != nil {
			return usageError{err}
		}
	}
	r, err := c.reader()
	if err != nil {
		return err
	}
	defer r.Close()
	in, err := c.threadInput(ctx, r, arg)
	if err != nil {
		return err
	}
	if o.anonymous {
		if opts.People, err = c.identities(ctx, r); err != nil {
			return err
		}
	}
	if o.svg {
		chart := strings.TrimSuffix(o.out, filepath.Ext(o.out)) + ".svg"
		opts.SVG = filepath.Base(chart)
		picture := report.Build(in, opts).SVG()
		if err := c.writeFile(chart, func(w io.Writer) error { _, err := w.Write(picture); return err }); err != nil {
			return err
		}
		c.notef("wrote %s", chart)
	}
	write := report.Thread
	if o.format.name == "html" {
		write = report.ThreadHTML
	}
	if err := c.writeFile(o.out, func(w io.Writer) error { return write(w, in, opts) }); err != nil {
		return err
	}
	if o.out != "" && o.out != "-" {
		c.notef("wrote %s", o.out)
	}
	return nil
}

// identities are all people of the index: a page that hides names must also hide those that the
// mail only mentions.
func (c *command) identities(ctx context.Context, r *index.Reader) ([]report.Identity, error) {
	everything, err := c.parse(selection{}, nil)
	if err != nil {
		return nil, err
	}
	counts, err := r.Facet(ctx, everything, "person")
	if err != nil {
		return nil, err
	}
	out := make([]report.Identity, len(counts))
	for i, n := range counts {
		out[i] = report.Identity{Person: n.Value, Names: []string{n.Value}}
	}
	return out, nil
}

// threadInput gathers what a page about the thread of a mail is made from.
func (c *command) threadInput(ctx context.Context, r *index.Reader, arg string) (report.ThreadInput, error) {
	summary, records, err := c.findThread(r, arg)
	if err != nil {
		return report.ThreadInput{}, err
	}
	method, err := c.method(ctx, r)
	if err != nil {
		return report.ThreadInput{}, err
	}
	threads := []report.ThreadInput{{Summary: *summary, Records: records, Topics: c.topicInfos(), Entities: c.entityInfos(), Method: method}}
	err = firstError(c.addRevisions(ctx, r, threads), addPieces(ctx, r, threads))
	return threads[0], err
}

// addRevisions finds the mails that begin other revisions of the patch series of the threads.
func (c *command) addRevisions(ctx context.Context, r *index.Reader, threads []report.ThreadInput) error {
	ids := make([]string, len(threads))
	for i := range threads {
		ids[i] = threads[i].Summary.ID
	}
	groups, err := revisions(ctx, r, ids)
	if err != nil {
		return err
	}
	others := map[string][]string{}
	for _, g := range groups {
		for _, id := range g {
			others[id] = g
		}
	}
	for i := range threads {
		for _, id := range others[ids[i]] {
			if id == ids[i] {
				continue
			}
			records, err := r.ThreadRecords(id)
			if err != nil {
				return err
			}
			if len(records) > 0 {
				threads[i].Others = append(threads[i].Others, records[0])
			}
		}
	}
	return nil
}

// addPieces finds the threads that are pieces of those that are debates.
func addPieces(ctx context.Context, r *index.Reader, threads []report.ThreadInput) error {
	debates := map[string]*report.ThreadInput{}
	for i := range threads {
		if s := &threads[i].Summary; s.Label == "debate" && s.PartOf == nil {
			debates[s.ID] = &threads[i]
		}
	}
	if len(debates) == 0 {
		return nil
	}
	for s, err := range r.AllThreads(ctx, query.Term{Field: query.Is, Text: "debate"}) {
		if err != nil {
			return err
		}
		if s.PartOf == nil {
			continue
		}
		if t := debates[s.PartOf.ID]; t != nil {
			t.Pieces = append(t.Pieces, *s)
		}
	}
	return nil
}

// threadInputs gathers the threads that hold a mail of the query, by id, and what they share.
func (c *command) threadInputs(ctx context.Context, r *index.Reader, node query.Node) ([]report.ThreadInput, []report.TopicInfo, report.Method, error) {
	fail := func(err error) ([]report.ThreadInput, []report.TopicInfo, report.Method, error) {
		return nil, nil, report.Method{}, err
	}
	var threads []report.ThreadInput
	for s, err := range r.AllThreads(ctx, node) {
		if err != nil {
			return fail(err)
		}
		threads = append(threads, report.ThreadInput{Summary: *s})
	}
	for i := range threads {
		var err error
		if threads[i].Records, err = r.ThreadRecords(threads[i].Summary.ID); err != nil {
			return fail(err)
		}
		if err := ctx.Err(); err != nil {
			return fail(err)
		}
	}
	if err := firstError(c.addRevisions(ctx, r, threads), addPieces(ctx, r, threads)); err != nil {
		return fail(err)
	}
	method, err := c.method(ctx, r)
	if err != nil {
		return fail(err)
	}
	return threads, c.topicInfos(), method, nil
}

func (c *command) topicInfos() []report.TopicInfo {
	topics := c.topics().Topics()
	out := make([]report.TopicInfo, len(topics))
	for i, t := range topics {
		polarity := string(t.Polarity)
		if polarity == "none" {
			polarity = ""
		}
		out[i] = report.TopicInfo{ID: t.ID, Name: t.Name, Definition: t.Definition, Polarity: polarity}
	}
	return out
}

func (c *command) entityInfos() []report.EntityInfo {
	entities := c.topics().Entities()
	out := make([]report.EntityInfo, len(entities))
	for i, e := range entities {
		out[i] = report.EntityInfo{ID: e.ID, Name: e.Name, Kind: e.Kind}
	}
	return out
}

// method says how the tags of the index came about.
func (c *command) method(ctx context.Context, r *index.Reader) (report.Method, error) {
	st, err := r.Stats(ctx)
	if err != nil {
		return report.Method{}, err
	}
	entries, err := ingest.Ledger(c.indexDir())
	if err != nil {
		return report.Method{}, err
	}
	var sources []string
	for _, e := range entries {
		sources = append(sources, filepath.Base(e.Path))
	}
	return report.Method{
		Tool: "rustle " + toolVersion(), Fingerprint: st.Fingerprint, Schema: strconv.Itoa(st.Schema), Messages: st.Messages, Threads: st.Threads,
		Sources: sources, Quality: c.quality(st.Fingerprint), Maintainers: maintainersName(c.config.Maintainers),
	}, nil
}

func maintainersName(file string) string {
	if file == "" {
		return "MAINTAINERS of Linux " + people.Release
	}
	return filepath.Base(file)
}
