package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"rustle/index"
	"rustle/pkg/analysis"
	"rustle/pkg/export"
)

func newThread(c *command) *cobra.Command {
	var o format
	cmd := &cobra.Command{
		Use:   "thread ID",
		Short: "show a whole thread as a tree",
		Long: `Thread prints the conversation that a mail belongs to, one line per mail: when, the position
taken or the tag given, the tone (+ positive, - negative, ! uncivil), who, in which role. What is
unsure has no mark here; show and explain tell it.
A mail that the archive lacks shows as [missing ID]. How the thread ended stands at its head with
the mail that shows it; a later version of a series that was posted in a thread of its own counts.

` + exitHelp,
		Example: "  rustle thread Z7SwcnUzjZYfuJ4-@infradead.org\n  rustle thread https://lore.kernel.org/r/ID --format jsonl",
		Args:    oneID,
		RunE: func(_ *cobra.Command, args []string) error {
			if err := o.check(); err != nil {
				return err
			}
			r, err := c.reader()
			if err != nil {
				return err
			}
			defer r.Close()
			summary, records, err := c.findThread(r, args[0])
			if err != nil {
				return err
			}
			return c.output(o.name, func(w io.Writer) error {
				if o.name == "table" {
					return c.printThread(w, summary, records)
				}
				_, err := export.Messages(w, export.Format(o.name), slices.Values(records))
				return err
			})
		},
	}
	o.flags(cmd.Flags(), "table", "json", "jsonl", "csv")
	cmd.ValidArgsFunction = noFiles
	completeFlags(cmd, map[string][]string{"format": o.allowed})
	return cmd
}

// findThread opens the conversation of a mail named by the user.
func (c *command) findThread(r *index.Reader, arg string) (*analysis.ThreadSummary, []analysis.Record, error) {
	id := messageID(arg)
	threadID := id
	records, err := r.Records(id)
	if err != nil {
		return nil, nil, err
	}
	if len(records) > 0 {
		threadID = records[0].Thread
	}
	summary, err := r.Thread(threadID)
	if err != nil {
		return nil, nil, err
	}
	if summary == nil {
		return nil, nil, c.noSuchMail(id)
	}
	all, err := r.ThreadRecords(threadID)
	if err != nil {
		return nil, nil, err
	}
	return summary, all, nil
}

func (c *command) noSuchMail(id string) error {
	return withHint(fmt.Errorf("no mail with the Message-ID %q in %s", id, c.indexDir()),
		"look it up with `rustle search m:PART-OF-THE-ID` or with words of its subject: s:WORDS")
}

func (c *command) printThread(w io.Writer, s *analysis.ThreadSummary, records []analysis.Record) error {
	head := []string{
		c.paint.paint(bold, safe(s.Subject)),
		fmt.Sprintf("%s, %s to %s, %s, %s; %s", shownList(s.Lists), c.day(s.First), c.day(s.Last),
			plural(s.Messages, "mail"), plural(len(s.Participants), "person"), labelText(c, s)),
	}
	if part := partText(s); part != "" {
		head = append(head, part)
	}
	if topics := topicIDs(s.Topics, 5); topics != "" {
		head = append(head, topics)
	}
	if about := aboutText(s); about != "" {
		head = append(head, about)
	}
	if o := &s.Outcome; o.ID != "" {
		text := ""
		if len(o.Evidence) > 0 {
			text = ": " + safe(o.Evidence[0].Text)
		}
		head = append(head, o.Label+" by "+safe(o.ID)+text)
	}
	for _, l := range head {
		if c.env.width > 0 {
			l = wrap(l, c.env.width, "")
		}
		if _, err := fmt.Fprintln(w, l); err != nil {
			return err
		}
	}
	fmt.Fprintln(w)
	return c.tree(w, records)
}

func labelText(c *command, s *analysis.ThreadSummary) string {
	switch s.Label {
	case "debate":
		return fmt.Sprintf("debate, heat %s, %s", c.heat(s.Heat), s.Outcome.Label)
	case "rust":
		return "Rust work, no debate; " + s.Outcome.Label
	}
	return strings.TrimSpace("not about Rust; " + s.Outcome.Label)
}
