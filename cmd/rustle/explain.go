package main

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"rustle/index"
	"rustle/pkg/analysis"
	"rustle/pkg/body"
	"rustle/pkg/export"
	"rustle/pkg/ingest"
)

func newExplain(c *command) *cobra.Command {
	var model string
	cmd := &cobra.Command{
		Use:   "explain ID",
		Short: "say what fired, and how much, for each tag of a mail",
		Long: `Explain shows for one mail every sentence of the author's own text with the rules and weights
that fired on it, what each axis scored, and why the mail counts as Rust or not; and for the
root of a thread also what the thread's label rests on, how it ended and by which mail, who stood
where, and the discussions inside it. No verdict on a person's words without the words.

` + exitHelp,
		Example: "  rustle explain 2025021954-flaccid-pucker-f7d9@gregkh",
		Args:    oneID,
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := c.reader()
			if err != nil {
				return err
			}
			defer r.Close()
			var out bytes.Buffer
			if err := c.explain(cmd.Context(), &out, r, messageID(args[0]), model); err != nil {
				return err
			}
			return c.page(out.Bytes())
		},
	}
	cmd.Flags().StringVar(&model, "model", "", "explain what these models say, not what the index holds")
	return cmd
}

// explain reads the mail again in its thread and prints what the record keeps to itself.
func (c *command) explain(ctx context.Context, w io.Writer, r *index.Reader, id, model string) error {
	summary, records, err := c.findThread(r, id)
	if err != nil {
		return err
	}
	if model != "" {
		other, err := c.judgedBy(r, model)
		if err != nil {
			return err
		}
		if summary, records, err = other.thread(summary.ID); err != nil {
			return err
		}
	}
	for i := range records {
		rec := &records[i]
		if rec.ID != id {
			continue
		}
		doc, err := r.Document(rec.ID, rec.Hash)
		if err != nil {
			return err
		}
		text, err := bodyOf(r, rec, doc.Mail)
		if err != nil {
			return err
		}
		who, err := c.whoIs(ctx, r, rec)
		if err != nil {
			return err
		}
		c.explainMail(w, rec, text, who)
	}
	if summary.ID != id && records[0].ID != id {
		return nil
	}
	c.explainThread(w, summary)
	if ledger := export.Ledger(records); len(ledger) > 0 {
		fmt.Fprintf(w, "\n%s\n", c.paint.paint(bold, "who stood where"))
		for i := range ledger {
			s := &ledger[i]
			fmt.Fprint(w, c.stanceRow(s))
		}
	}
	return nil
}

func (c *command) explainMail(w io.Writer, r *analysis.Record, t *body.Text, whoIs string) {
	fmt.Fprintf(w, "%s\n%s, %s\n\n", c.paint.paint(bold, safe(r.Subject)), who(r), c.minute(r.Date))
	axis := table{}
	axis.row("kind", r.Kind)
	axis.row("person", safe(r.Person), safe(whoIs))
	axis.row("role", r.Role, safe(orElse(r.RoleClaim.Source, "no entry of MAINTAINERS names him")))
	if r.Rust {
		axis.row("rust", "yes", "")
	} else {
		axis.row("rust", "no", "neither the mail nor its thread is about Rust: no arguments, no position")
	}
	axis.row("signal", r.Signal)
	axis.row("stance", r.Stance.Label, tagScore(r.Stance.Score, r.Unsure() != ""))
	axis.row("sentiment", r.Sentiment.Label, tagScore(r.Sentiment.Score, r.UnsureTone() != ""))
	axis.row("incivility", r.Incivility.Label, tagScore(r.Incivility.Score, r.UnsureUncivil()))
	sure, doubtful := r.Arguments()
	for _, tag := range sure {
		axis.row("topic", tag.ID, tagScore(tag.Score, false))
	}
	for _, tag := range doubtful {
		axis.row("topic", tag.ID, tagScore(tag.Score, true))
	}
	for _, tag := range r.Entities {
		axis.row("entity", tag.ID, score(tag.Score))
	}
	_ = axis.write(w) // into a buffer

	// Every reason stands under the sentence it is taken from; reasons without a sentence come first.
	fired := map[int][]string{}
	add := func(axis string, evs []analysis.Evidence) {
		for _, e := range evs {
			at := -1
			if e.End > e.Start {
				at = e.Start
			}
			fired[at] = append(fired[at], fmt.Sprintf("%s: %s, %+.2f", axis, safe(e.Rule), e.Weight))
		}
	}
	add("rust", r.RustBy)
	add("signal "+r.Signal, r.SignalBy)
	add("settles", r.Settles)
	add("stance "+r.Stance.Label, r.Stance.Evidence)
	add("sentiment "+r.Sentiment.Label, r.Sentiment.Evidence)
	add("incivility", r.Incivility.Evidence)
	for _, tag := range r.Topics {
		add("topic "+tag.ID, tag.Evidence)
	}
	for _, tag := range r.Entities {
		add("entity "+tag.ID, tag.Evidence)
	}
	if reasons := fired[-1]; len(reasons) > 0 {
		fmt.Fprintf(w, "\n%s\n", c.paint.paint(dim, "from subject, recipients, files or thread"))
		for _, f := range reasons {
			fmt.Fprint(w, c.folded("    ", c.paint.paint(cyan, f)))
		}
	}
	fmt.Fprintf(w, "\n%s\n", c.paint.paint(dim, plural(len(t.Sentences), "sentence")+" of his own"))
	known := map[int]bool{-1: true}
	for _, s := range t.Sentences {
		known[s.Start] = true
		c.explainSentence(w, t.Own[s.Start:s.End], fired[s.Start])
	}
	for _, tr := range append(append([]analysis.Evidence{}, r.SignalBy...), r.Sentiment.Evidence...) {
		if !known[tr.Start] {
			known[tr.Start] = true
			c.explainSentence(w, tr.Text, fired[tr.Start])
		}
	}
	if len(r.Trailers) > 0 {
		fmt.Fprintf(w, "\n%s\n", c.paint.paint(dim, "trailers"))
		for _, tr := range r.Trailers {
			given := "carried along"
			if tr.Given {
				given = "given here"
			}
			fmt.Fprintf(w, "    %s: %s (%s)\n", safe(tr.Token), safe(tr.Value), given)
		}
	}
}

// sentence breaks one behind "  - ", no wider than reads well or the terminal is.
func (c *command) sentence(text string) string {
	const wide, indent = 96, "    "
	width := wide
	if c.env.width > 0 {
		width = min(wide, max(c.env.width-len(indent), 24))
	}
	return wrap(safe(text), width, indent)
}

func (c *command) explainSentence(w io.Writer, text string, fired []string) {
	text = c.sentence(text)
	if len(fired) > 0 {
		text = c.paint.paint(bold, text)
	}
	fmt.Fprintf(w, "  - %s\n", text)
	for _, f := range fired {
		fmt.Fprint(w, c.folded("        ", c.paint.paint(cyan, f)))
	}
}

func (c *command) explainThread(w io.Writer, s *analysis.ThreadSummary) {
	fmt.Fprintf(w, "\n%s\n", c.paint.paint(bold, "the thread"))
	t := table{}
	t.row("  label", s.Label, debateScore(s))
	if p := s.PartOf; p != nil {
		t.row("  piece of", safe(p.ID), "by its subject; by itself "+p.Label+", "+score(p.DebateScore))
	}
	t.row("  heat", heatName(s.Heat))
	t.row("  outcome", s.Outcome.Label, safe(s.Outcome.ID))
	for _, topic := range s.Topics {
		t.row("  topic", topic.ID, "part "+score(topic.Score)+", mails "+topic.Count().String())
	}
	for _, entity := range s.Entities {
		t.row("  entity", entity.ID, "part "+score(entity.Score)+", mails "+entity.Count().String())
	}
	_ = t.write(w) // into a buffer
	for _, e := range s.Outcome.Evidence {
		fmt.Fprintf(w, "  - %s\n%s", c.sentence(e.Text), c.folded("        ", fmt.Sprintf("%s, outcome %s, %s", c.paint.paint(cyan, safe(e.Rule)), s.Outcome.Label, safe(s.Outcome.ID))))
	}
	for _, e := range s.Evidence {
		fmt.Fprintf(w, "  - %s\n%s", c.sentence(e.Text), c.folded("        ", fmt.Sprintf("%s, %+.2f, %s", c.paint.paint(cyan, safe(e.Rule)), e.Weight, safe(e.ID))))
	}
	if len(s.Branches) > 0 {
		fmt.Fprintf(w, "\n%s\n", c.paint.paint(bold, "discussions inside the thread"))
		c.threadBranches(w, s)
	}
}

// debateScore says which score stands behind the label; a thread that is not about Rust has none.
func debateScore(s *analysis.ThreadSummary) string {
	if s.Label == "other" {
		return "not about Rust"
	}
	return "score " + score(s.DebateScore) + ", a debate from " + score(analysis.Sure)
}

// tagScore is the score of a tag, and whether it counts.
func tagScore(x float64, isUnsure bool) string {
	if isUnsure {
		return score(x) + ", unsure: counts nowhere"
	}
	return score(x)
}

func score(x float64) string { return fmt.Sprintf("%.2f", x) }

// whoIs says why the sender is that person; "" where other rules than those of the configuration said so.
func (c *command) whoIs(ctx context.Context, r *index.Reader, rec *analysis.Record) (string, error) {
	a, err := c.analyzer()
	if err != nil {
		return "", nil //nolint:nilerr // what is wrong with the configuration is told by the commands that tag
	}
	d, err := ingest.People(ctx, r, a)
	if err != nil {
		return "", err
	}
	if p := d.Identify(rec.From.Name, rec.From.Addr); p.ID == rec.Person && len(p.Why) > 0 {
		return p.Why[0].Text, nil
	}
	return "", nil
}
