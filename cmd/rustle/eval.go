package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"rustle/index"
	"rustle/pkg/analysis"
	"rustle/pkg/eval"
	"rustle/pkg/stance"
	"rustle/pkg/train"
)

type evalOptions struct {
	format
	gold      string
	model     string
	errors    bool
	mistakes  int
	threshold float64
}

func newEval(c *command) *cobra.Command {
	var o evalOptions
	cmd := &cobra.Command{
		Use:   "eval --gold DIR",
		Short: "compare the index with labels of your own",
		Long: `Eval compares what the index says of labelled mail and threads with the labels. For each field
it prints precision, recall and F1 of every class, the main figure with a 95% interval over
resampled threads, agreement beyond chance, coverage and accuracy by confidence, calibration
error, the share of tags with evidence, and simple baselines beside.

DIR holds any of messages.jsonl, messages.csv, threads.jsonl and people.jsonl. Labelled mail that
the index lacks is counted, never scored. Figures on labels that a model was trained on are no
measure of its quality: label mail of another list.

` + exitHelp,
		Example: "  rustle eval --gold labels\n  rustle eval --gold labels --errors --mistakes 40 | less\n  rustle eval --gold labels --format json > figures.json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return c.runEval(cmd.Context(), o) },
	}
	f := cmd.Flags()
	o.format.flags(f, "table", "json")
	f.StringVar(&o.gold, "gold", "", "directory with labels")
	f.StringVar(&o.model, "model", "", "compare what these models say, not what the index holds")
	f.BoolVar(&o.errors, "errors", false, "list the worst mistakes instead of figures")
	f.IntVar(&o.mistakes, "mistakes", 10, "mistakes listed for each field")
	f.Float64Var(&o.threshold, "threshold", 0.8, "confidence at which coverage is reported, beside 0.5 to 0.9")
	return cmd
}

func (c *command) runEval(ctx context.Context, o evalOptions) error {
	if err := o.format.check(); err != nil {
		return err
	}
	switch {
	case o.gold == "":
		return withHint(usagef("eval needs labels"), "name their directory with --gold DIR")
	case o.threshold <= 0 || o.threshold >= 1:
		return withHint(usagef("--threshold %g", o.threshold), "choose a confidence between 0 and 1")
	case o.mistakes < 1:
		return withHint(usagef("--mistakes %d", o.mistakes), "choose 1 or more")
	}
	if info, err := os.Stat(o.gold); err != nil {
		return err
	} else if !info.IsDir() {
		return withHint(usagef("%s is not a directory", o.gold), "name the directory that holds messages.jsonl or threads.jsonl")
	}
	gold, err := eval.ReadSet(os.DirFS(o.gold))
	if err != nil {
		return fmt.Errorf("%s: %w", o.gold, err)
	}
	r, err := c.reader()
	if err != nil {
		return err
	}
	defer r.Close()
	var other *judge
	if o.model != "" {
		if other, err = c.judgedBy(r, o.model); err != nil {
			return err
		}
	}
	lists := map[string]bool{}
	said, err := c.predictions(ctx, r, &gold, other, lists)
	if err != nil {
		return err
	}
	report := eval.Compare(gold, said, eval.Options{Threshold: o.threshold, Mistakes: o.mistakes})
	var out bytes.Buffer
	switch {
	case o.format.name == "json":
		err = report.JSON(&out)
	case o.errors:
		err = report.Errors(&out)
	default:
		err = report.Table(&out)
	}
	if err != nil {
		return err
	}
	if err := c.page(out.Bytes()); err != nil {
		return err
	}
	return c.seenBefore(o.model, lists)
}

// seenBefore warns where the labelled mail is of lists that the models learned from.
func (c *command) seenBefore(model string, lists map[string]bool) error {
	card := stance.Default().Card()
	if model = orElse(model, c.config.Model); model != "" {
		var err error
		if card, err = cardOf(model); err != nil {
			return err
		}
	}
	var known []string
	for _, l := range learnedFrom(card) {
		if lists[l] {
			known = append(known, l)
		}
	}
	if len(known) > 0 {
		c.notef("the models learned from labelled mail of %s: where it is this mail, the figures are no measure of their quality", strings.Join(known, ", "))
		for _, q := range cardQuality(card, "as the card of the models says") {
			c.notef("%s", q)
		}
	}
	return nil
}

// predictions collects what the index says of the labelled mails, threads and people; other, unless nil,
// says of mails and threads what other models do. It adds the lists of the mail to lists.
func (c *command) predictions(ctx context.Context, r *index.Reader, gold *eval.Set, other *judge, lists map[string]bool) (eval.Predictions, error) {
	var p eval.Predictions
	for i := range gold.Messages {
		if err := ctx.Err(); err != nil {
			return p, err
		}
		records, err := r.Records(gold.Messages[i].ID)
		if err != nil {
			return p, err
		}
		if len(records) == 0 {
			continue
		}
		text, err := ownText(r, &records[0])
		if err != nil {
			return p, err
		}
		rec := &records[0]
		for _, l := range rec.Lists {
			lists[l] = true
		}
		if other != nil {
			if rec, err = other.record(rec); err != nil {
				return p, err
			}
		}
		p.Messages = append(p.Messages, train.Message(rec, text))
	}
	seen := map[string]bool{}
	for i := range gold.Threads {
		if err := ctx.Err(); err != nil {
			return p, err
		}
		t, err := threadOf(r, &gold.Threads[i])
		if err != nil {
			return p, err
		}
		if t == nil {
			continue
		}
		if other != nil {
			if t, _, err = other.thread(t.ID); err != nil {
				return p, err
			}
		}
		if !seen[t.ID] {
			seen[t.ID] = true
			p.Threads = append(p.Threads, train.Thread(t))
		}
		// By this the labelled mail leads to its thread when the root is another mail.
		p.Messages = append(p.Messages, eval.Prediction{Message: eval.Message{ID: gold.Threads[i].ID, Thread: t.ID}})
	}
	if other == nil { // a model file judges threads, not the branches of the index
		for i := range gold.Branches {
			b, err := labelledBranch(r, &gold.Branches[i])
			if err != nil {
				return p, err
			}
			if b != nil {
				p.Branches = append(p.Branches, *b)
			}
		}
	}
	var err error
	if len(gold.People) > 0 {
		p.People, err = c.roles(ctx, r)
	}
	return p, err
}

// threadOf finds a labelled thread by a mail of it.
func threadOf(r *index.Reader, g *eval.Thread) (*analysis.ThreadSummary, error) {
	for _, id := range []string{g.ID, g.Root} {
		if id == "" {
			continue
		}
		records, err := r.Records(id)
		if err != nil {
			return nil, err
		}
		if len(records) > 0 {
			return r.Thread(records[0].Thread)
		}
	}
	return nil, nil
}

// ownText is what the author wrote himself, for the baselines that count words.
func ownText(r *index.Reader, rec *analysis.Record) (string, error) {
	doc, err := r.Document(rec.ID, rec.Hash)
	if err != nil || doc == nil {
		return "", err
	}
	text, err := bodyOf(r, rec, doc.Mail)
	if err != nil {
		return "", err
	}
	return text.Prose(), nil
}

// roles gives each person the role shown in most of his mails; of equals the higher one.
func (c *command) roles(ctx context.Context, r *index.Reader) ([]eval.Person, error) {
	node, err := c.parse(selection{}, nil)
	if err != nil {
		return nil, err
	}
	ranks := []string{"bot", "developer", "reviewer", "maintainer", "rust-maintainer", "top-maintainer"}
	counts := map[string][]int{}
	people := map[string]*eval.Person{}
	var order []string
	for rec, err := range r.All(ctx, node) {
		if err != nil {
			return nil, err
		}
		p := people[rec.Person]
		if p == nil {
			p = &eval.Person{Name: rec.Person}
			people[rec.Person] = p
			counts[rec.Person] = make([]int, len(ranks))
			order = append(order, rec.Person)
		}
		if addr := strings.ToLower(rec.From.Addr); !slices.Contains(p.Addresses, addr) {
			p.Addresses = append(p.Addresses, addr)
		}
		if rec.From.Name != "" && !slices.Contains(p.Aliases, rec.From.Name) {
			p.Aliases = append(p.Aliases, rec.From.Name)
		}
		if k := slices.Index(ranks, rec.Role); k >= 0 {
			counts[rec.Person][k]++
		}
	}
	out := make([]eval.Person, 0, len(order))
	for _, id := range order {
		best := 0
		for k, n := range counts[id] {
			if n > 0 && n >= counts[id][best] {
				best = k
			}
		}
		people[id].Role = ranks[best]
		out = append(out, *people[id])
	}
	return out, nil
}
