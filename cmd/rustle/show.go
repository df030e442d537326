package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"rustle/index"
	"rustle/pkg/analysis"
	"rustle/pkg/archive"
	"rustle/pkg/body"
	"rustle/pkg/export"
	"rustle/pkg/mail"
	"rustle/pkg/report"
)

type showOptions struct {
	format
	raw bool
}

func newShow(c *command) *cobra.Command {
	var o showOptions
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "show one mail with its tags",
		Long: `Show prints a mail for reading: headers, tags, the author's own text with the sentences that
prove a tag underlined, quotes dimmed. --raw gives the original bytes from the archive.

` + exitHelp,
		Example: "  rustle show 2025021954-flaccid-pucker-f7d9@gregkh\n  rustle show --raw ID > mail.eml",
		Args:    oneID,
		RunE:    func(cmd *cobra.Command, args []string) error { return c.runShow(cmd.Context(), o, args[0]) },
	}
	o.format.flags(cmd.Flags(), "table", "json", "jsonl")
	cmd.Flags().BoolVar(&o.raw, "raw", false, "the original bytes, read from the archive")
	cmd.ValidArgsFunction = noFiles
	completeFlags(cmd, map[string][]string{"format": o.format.allowed})
	return cmd
}

func (c *command) runShow(ctx context.Context, o showOptions, arg string) error {
	if err := o.format.check(); err != nil {
		return err
	}
	r, err := c.reader()
	if err != nil {
		return err
	}
	defer r.Close()
	id := messageID(arg)
	records, err := r.Records(id)
	if err != nil {
		return err
	}
	if len(records) == 0 {
		return c.noSuchMail(id)
	}
	if o.raw {
		var from archive.Finder
		defer from.Close()
		raw, err := original(ctx, &from, &records[0])
		if err != nil {
			return err
		}
		return c.output("raw", func(w io.Writer) error {
			_, err := w.Write(raw)
			return err
		})
	}
	return c.output(o.format.name, func(w io.Writer) error {
		if o.format.name == "table" {
			return c.showAll(w, r, records)
		}
		_, err := export.Messages(w, export.Format(o.format.name), slices.Values(records))
		return err
	})
}

// original reads the mail where it was found; the first place that still has it wins.
func original(ctx context.Context, from *archive.Finder, r *analysis.Record) ([]byte, error) {
	var last error
	for _, s := range r.Sources {
		raw, err := from.ReadAt(ctx, archive.Position{Path: s.Path, Offset: s.Offset, Commit: s.Commit})
		if err == nil {
			return raw, nil
		}
		last = err
	}
	return nil, withHint(fmt.Errorf("the original of %s is out of reach: %w", r.ID, last),
		"the archive was moved or read from stdin; the index keeps the text alone: `rustle show ID`")
}

// showAll prints every mail of an id: two when different mails carry the same one.
func (c *command) showAll(w io.Writer, r *index.Reader, records []analysis.Record) error {
	mails, err := r.Mails(records[0].ID)
	if err != nil {
		return err
	}
	for i := range records {
		if i > 0 {
			fmt.Fprintln(w, c.paint.paint(yellow, "\n--- another mail with the same Message-ID ---\n"))
		}
		text, err := bodyOf(r, &records[i], mails[i])
		if err != nil {
			return err
		}
		if err := c.showMail(w, &records[i], mails[i], text); err != nil {
			return err
		}
	}
	return nil
}

// bodyOf cuts a mail of the index as the analysis did, beside the mail it answers: only so do the
// ranges of its evidence fit.
func bodyOf(r *index.Reader, rec *analysis.Record, m *mail.Message) (*body.Text, error) {
	above, err := r.Mails(rec.Parent)
	if err != nil {
		return nil, err
	}
	var parent *mail.Message
	if len(above) > 0 {
		parent = above[0]
	}
	return analysis.Body(m, parent), nil
}

func (c *command) showMail(w io.Writer, r *analysis.Record, m *mail.Message, text *body.Text) error {
	head := func(name, value string) {
		if value == "" {
			return
		}
		value = safe(value)
		if c.env.width > 0 {
			value = wrap(value, max(c.env.width-len(name)-2, 20), "  ")
		}
		fmt.Fprintf(w, "%s %s\n", c.paint.paint(cyan, name+":"), value)
	}
	head("From", personList([]analysis.Person{r.From}))
	head("To", personList(r.To))
	head("Cc", personList(r.Cc))
	head("Date", c.minute(r.Date)+" "+c.zone.String())
	head("Subject", r.Subject)
	head("Message-ID", r.ID)
	head("List", strings.Join(r.Lists, ", "))
	head("Link", report.LoreURL(r.ID))
	head("Who", strings.TrimSpace(who(r)+sourceOf(r.RoleClaim)))
	head("Tags", tagLine(r))
	head("Defects", strings.Join(r.Defects, ", "))
	for _, a := range m.Attachments {
		head("Attachment", fmt.Sprintf("%s (%s, %d bytes)", a.Name, a.Type, a.Size))
	}
	fmt.Fprintln(w)
	_, err := io.WriteString(w, c.body(text, r))
	return err
}

func personList(list []analysis.Person) string {
	const most = 12 // a Cc of forty addresses hides the mail
	out := make([]string, 0, len(list))
	for _, p := range list[:min(len(list), most)] {
		if p.Name == "" {
			out = append(out, p.Addr)
			continue
		}
		out = append(out, p.Name+" <"+p.Addr+">")
	}
	if more := len(list) - most; more > 0 {
		out = append(out, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(out, ", ")
}

// sourceOf says on whose word a person has his role. Of one that the mail does not show it leaves
// the subsystem out: it has nothing to do with the mail.
func sourceOf(claim analysis.RoleClaim) string {
	if claim.Source == "" {
		return ""
	}
	if list, _, ok := strings.Cut(claim.Source, ": "); ok && strings.Contains(claim.Source, notShown) {
		return " by " + list + ", for something else than this mail"
	}
	return " by " + claim.Source
}

// tagLine says all tags of a mail in one line.
func tagLine(r *analysis.Record) string {
	var out []string
	if r.Kind != "" {
		out = append(out, r.Kind)
	}
	if r.Rust {
		out = append(out, "rust")
	}
	if r.Stance.Label != "none" {
		out = append(out, "stance "+r.Stance.Label+unsure(r.Unsure() != ""))
	}
	if r.Signal != "none" {
		out = append(out, "signal "+r.Signal)
	}
	if r.Sentiment.Label != "neutral" {
		out = append(out, r.Sentiment.Label+unsure(r.UnsureTone() != ""))
	}
	if r.Incivility.Label == "true" {
		out = append(out, "uncivil"+unsure(r.UnsureUncivil()))
	}
	sure, doubtful := r.Arguments()
	for _, t := range sure {
		out = append(out, "topic:"+t.ID)
	}
	for _, t := range doubtful {
		out = append(out, "topic:"+t.ID+unsure(true))
	}
	for _, t := range r.Entities {
		out = append(out, "entity:"+t.ID)
	}
	return strings.Join(out, ", ")
}

// body renders the text: quotes and routine dimmed, diffs coloured, evidence underlined.
func (c *command) body(t *body.Text, r *analysis.Record) string {
	proven := make([]bool, len(t.Text))
	mark := func(evs []analysis.Evidence) {
		for _, e := range evs {
			start, end := t.Locate(e.Start, e.End)
			for i := max(start, 0); i < min(end, len(proven)); i++ {
				proven[i] = true
			}
		}
	}
	mark(r.Stance.Evidence)
	mark(r.Sentiment.Evidence)
	mark(r.Incivility.Evidence)
	mark(r.SignalBy)
	for _, tag := range r.Topics {
		mark(tag.Evidence)
	}
	var b strings.Builder
	for _, block := range t.Blocks {
		at := block.Start
		for line := range strings.Lines(t.Text[block.Start:block.End]) {
			st := lineStyle(block.Kind, line)
			for from := 0; from < len(line); {
				to := from
				for to < len(line) && proven[at+to] == proven[at+from] {
					to++
				}
				part := safeLines(line[from:to])
				if text, ok := strings.CutSuffix(part, "\n"); ok {
					b.WriteString(c.evidence(st, proven[at+from], text) + "\n")
				} else {
					b.WriteString(c.evidence(st, proven[at+from], part))
				}
				from = to
			}
			at += len(line)
		}
	}
	if s := b.String(); s != "" && !strings.HasSuffix(s, "\n") {
		b.WriteByte('\n')
	}
	return b.String()
}

func (c *command) evidence(st style, proven bool, s string) string {
	if proven {
		st = under
	}
	return c.paint.paint(st, s)
}

func lineStyle(k body.Kind, line string) style {
	switch k { //nolint:exhaustive // the rest is the author's own and plain
	case body.Quote, body.Attribution, body.Signature, body.Footer:
		return dim
	case body.Trailer:
		return cyan
	case body.Diff:
		switch {
		case strings.HasPrefix(line, "+++"), strings.HasPrefix(line, "---"), strings.HasPrefix(line, "diff "):
			return bold
		case strings.HasPrefix(line, "+"):
			return green
		case strings.HasPrefix(line, "-"):
			return red
		case strings.HasPrefix(line, "@@"):
			return purple
		}
	}
	return plain
}
