package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"rustle/index"
	"rustle/pkg/analysis"
	"rustle/pkg/ingest"
	"rustle/pkg/people"
	"rustle/pkg/report"
)

type reportOptions struct {
	out       string
	template  string
	anonymous bool
	full      bool
}

func newReport(c *command) *cobra.Command {
	var o reportOptions
	cmd := &cobra.Command{
		Use:   "report ID [-o FILE]",
		Short: "write the report of a thread as Markdown",
		Long: `Report writes what happened in the thread of a mail: who took part in which role and with which
position, the arguments for and against with a sentence each, the tone over time, acks and
NAKs, how it ended, the reply tree. Every mail cited is linked to lore.kernel.org. The same
index gives the same bytes.

` + exitHelp,
		Example: "  rustle report Z7SwcnUzjZYfuJ4-@infradead.org -o policy.md",
		Args:    oneID,
		RunE:    func(cmd *cobra.Command, args []string) error { return c.runReport(cmd.Context(), o, args[0]) },
	}
	f := cmd.Flags()
	f.StringVarP(&o.out, "output", "o", "-", "file to write; - is stdout")
	f.StringVar(&o.template, "template", "", "own layout: a text/template file")
	f.BoolVar(&o.anonymous, "anonymous", false, "replace people by pseudonyms everywhere")
	f.BoolVar(&o.full, "full", false, "leave nothing out, however long it gets")
	return cmd
}

func (c *command) runReport(ctx context.Context, o reportOptions, arg string) error {
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
	if err := c.writeFile(o.out, func(w io.Writer) error { return report.Thread(w, in, opts) }); err != nil {
		return err
	}
	if o.out != "" && o.out != "-" {
		c.notef("wrote %s", o.out)
	}
	return nil
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
	a, err := c.analyzer()
	if err != nil {
		return report.ThreadInput{}, err
	}
	return report.ThreadInput{Summary: *summary, Records: records, Topics: topicInfos(a), Method: method}, nil
}

func topicInfos(a *analysis.Analyzer) []report.TopicInfo {
	topics := a.Topics()
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
		Sources: sources, Maintainers: maintainersName(c.config.Maintainers),
	}, nil
}

func maintainersName(file string) string {
	if file == "" {
		return "MAINTAINERS of Linux " + people.Release
	}
	return filepath.Base(file)
}
