package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"rustle/index"
	"rustle/pkg/analysis"
	"rustle/pkg/eval"
	"rustle/pkg/linear"
	"rustle/pkg/mail"
	"rustle/pkg/thread"
	"rustle/pkg/train"
)

type trainOptions struct {
	gold, judged, text []string
	out, embed, date   string
	seed               uint64
	seeds              int
	technical          int
	check              bool
}

func newTrain(c *command) *cobra.Command {
	var o trainOptions
	cmd := &cobra.Command{
		Use:   "train --gold DIR -o FILE",
		Short: "learn models from labels of your own",
		Long: `Train learns to read tone, incivility and position of mails, and debate and heat of threads, from
labels. Other commands use the result with --model FILE.

--gold DIR has messages.jsonl and threads.jsonl as eval takes them; the mail itself is taken from
the index. --judged DIR has labels to learn from but not to test on: messages.jsonl, and
sentences.tsv with the columns message_id, sentence (hash of its letters), tone and stance.
--text FILE.tsv has labelled text, with the columns label and text; the labels are positive,
neutral, negative; civil, uncivil; calm, displeased; or support, oppose, none.

Before it writes the model it measures how good such models are on threads and on lists that they
have not learned from, and puts the figures into the model card. The same labels, index and seed
give the same file.

` + exitHelp,
		Example: "  rustle train --gold labels --text reviews.tsv -o mine.model\n  rustle retag --model mine.model",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return c.runTrain(cmd.Context(), &o) },
	}
	f := cmd.Flags()
	f.StringArrayVar(&o.gold, "gold", nil, "directory with labels of mail and threads (again for more)")
	f.StringArrayVar(&o.judged, "judged", nil, "directory with labels to learn from only (again for more)")
	f.StringArrayVar(&o.text, "text", nil, "file of labelled text (again for more)")
	f.StringVarP(&o.out, "output", "o", "", "model file to write")
	f.StringVar(&o.embed, "embed", "", "source tree of rustle whose embedded models are written")
	f.StringVar(&o.date, "date", "", "date of the model card (default: day of the newest labelled mail)")
	f.Uint64Var(&o.seed, "seed", 1, "seed of every random order")
	f.IntVar(&o.seeds, "seeds", 3, "cross-validations, each with other parts")
	f.IntVar(&o.technical, "technical", 3500, "sentences of the index without any phrase of tone to learn from as neutral")
	f.BoolVar(&o.check, "check", true, "measure first; --check=false learns only")
	_ = f.MarkHidden("embed") // for the Makefile of this program
	return cmd
}

func (c *command) runTrain(ctx context.Context, o *trainOptions) error {
	switch {
	case len(o.gold) == 0:
		return withHint(usagef("train needs labels"), "name their directory with --gold DIR")
	case o.seeds < 1:
		return withHint(usagef("--seeds %d", o.seeds), "choose 1 or more")
	case o.technical < 0:
		return withHint(usagef("--technical %d", o.technical), "choose 0 or more")
	}
	m, err := material(o)
	if err != nil {
		return err
	}
	r, err := c.reader()
	if err != nil {
		return err
	}
	defer r.Close()
	a, err := c.analyzerFor(rules{untrained: true})
	if err != nil {
		return err
	}
	everything, err := c.parse(selection{}, nil)
	if err != nil {
		return err
	}
	source := &indexed{r: r, all: func(ctx context.Context) iter.Seq2[analysis.Record, error] { return r.All(ctx, everything) }}
	corpus, err := train.Gather(ctx, a, source, m, train.Options{Seed: o.seed, Seeds: o.seeds, Technical: cmp.Or(o.technical, -1), Date: o.date})
	if err != nil {
		return withHint(err, "the labels and the index must speak of the same mail")
	}
	if n := corpus.Missing; n != (train.Missing{}) {
		c.notef("the index lacks %s and %s that have labels, and %s of those to learn from only",
			plural(n.Messages, "mail"), plural(n.Threads, "thread"), plural(n.Judged+n.Sentences, "label"))
	}
	var figures *train.Figures
	if o.check {
		if figures, err = corpus.Check(ctx); err != nil {
			return err
		}
	}
	card := corpus.Card(figures)
	if o.out != "" || o.embed != "" {
		model, err := corpus.Learn(ctx)
		if err != nil {
			return err
		}
		if err := c.writeModel(o, model, card); err != nil {
			return err
		}
	}
	return c.page([]byte(card))
}

// writeModel writes the model file, and the parts that this program embeds.
func (c *command) writeModel(o *trainOptions, m *train.Model, card string) error {
	write := func(path string, b *linear.Bundle) error {
		return c.writeFile(path, func(w io.Writer) error { _, err := b.WriteTo(w); return err })
	}
	if o.out != "" {
		if err := write(o.out, m.File(card)); err != nil {
			return err
		}
	}
	if o.embed == "" {
		return nil
	}
	m.Tone.Card, m.Stance.Card = card, card
	at := func(pkg, file string) string { return filepath.Join(o.embed, "pkg", pkg, "data", file) }
	text := func(path, s string) error {
		return c.writeFile(path, func(w io.Writer) error { _, err := io.WriteString(w, s); return err })
	}
	return errors.Join(
		write(at("sentiment", "model.bin"), m.Tone), write(at("stance", "model.bin"), m.Stance),
		text(at("analysis", "shape.json"), string(m.Threads)+"\n"), text(at("sentiment", "CARD.md"), card), text(at("stance", "CARD.md"), card))
}

// material reads the label files.
func material(o *trainOptions) (*train.Material, error) {
	m := &train.Material{}
	for _, dir := range o.gold {
		set, err := eval.ReadSet(os.DirFS(dir))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", dir, err)
		}
		m.Gold.Messages = append(m.Gold.Messages, set.Messages...)
		m.Gold.Threads = append(m.Gold.Threads, set.Threads...)
	}
	for _, dir := range o.judged {
		set, err := eval.ReadSet(os.DirFS(dir))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", dir, err)
		}
		m.Messages = append(m.Messages, set.Messages...)
		sentences, err := readTable(filepath.Join(dir, "sentences.tsv"), train.ReadSentences)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		m.Sentences = append(m.Sentences, sentences...)
	}
	for _, path := range o.text {
		t, err := readTable(path, linear.ReadTable)
		if err != nil {
			return nil, err
		}
		name := strings.TrimSuffix(filepath.Base(path), ".tsv")
		m.Tables = append(m.Tables, train.Table{Name: name, Table: t})
	}
	slices.SortStableFunc(m.Tables, func(a, b train.Table) int { return strings.Compare(a.Name, b.Name) })
	return m, nil
}

func readTable[T any](path string, parse func(io.Reader) (T, error)) (v T, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return v, err
	}
	if v, err = parse(bytes.NewReader(text)); err != nil {
		return v, fmt.Errorf("%s: %w", path, err)
	}
	return v, nil
}

// indexed is mail of an index as package train takes it.
type indexed struct {
	r   *index.Reader
	all func(context.Context) iter.Seq2[analysis.Record, error]
}

// Records gives the records of all mail.
func (x *indexed) Records(ctx context.Context) iter.Seq2[analysis.Record, error] { return x.all(ctx) }

// Thread gives the thread that holds a mail.
func (x *indexed) Thread(id string) (*thread.Thread, []analysis.Input, error) {
	records, err := x.r.Records(id)
	if err != nil || len(records) == 0 {
		return nil, nil, err
	}
	return threadInputs(x.r, records[0].Thread)
}

// Sentences gives the author's own sentences of a mail.
func (x *indexed) Sentences(id string) ([]string, error) {
	records, err := x.r.Records(id)
	if err != nil || len(records) == 0 {
		return nil, err
	}
	doc, err := x.r.Document(id, records[0].Hash)
	if err != nil || doc == nil {
		return nil, err
	}
	text, err := bodyOf(x.r, &records[0], doc.Mail)
	if err != nil {
		return nil, err
	}
	out := make([]string, len(text.Sentences))
	for i, s := range text.Sentences {
		out[i] = text.Own[s.Start:s.End]
	}
	return out, nil
}

// threadInputs makes what the analysis of a thread starts from.
func threadInputs(r *index.Reader, id string) (*thread.Thread, []analysis.Input, error) {
	docs, err := r.ThreadDocuments(id)
	if err != nil {
		return nil, nil, err
	}
	headers := make([]*mail.Header, len(docs))
	inputs := make([]analysis.Input, len(docs))
	for i, d := range docs {
		headers[i] = &d.Mail.Header
		inputs[i] = analysis.Input{Mail: d.Mail, Sources: d.Record.Sources, Conflict: slices.Contains(d.Record.Defects, analysis.DefectConflict)}
	}
	trees := thread.Build(slices.Values(headers))
	if len(trees) == 0 {
		return nil, nil, nil
	}
	return trees[0], inputs, nil
}

// A judge says what models other than those behind the index say of its threads.
type judge struct {
	r    *index.Reader
	a    *analysis.Analyzer
	last analysis.Result // labelled mail comes thread by thread
}

func (c *command) judgedBy(r *index.Reader, model string) (*judge, error) {
	a, err := c.analyzerFor(rules{model: model})
	if err != nil {
		return nil, err
	}
	return &judge{r: r, a: a}, nil
}

func (j *judge) thread(id string) (*analysis.ThreadSummary, []analysis.Record, error) {
	if j.last.Summary.ID != id {
		tree, inputs, err := threadInputs(j.r, id)
		if err != nil {
			return nil, nil, err
		}
		if tree == nil {
			return nil, nil, fmt.Errorf("thread %s: its mail is not in the index", id)
		}
		j.last = j.a.Thread(tree, inputs)
	}
	records := make([]analysis.Record, len(j.last.Messages))
	for i, d := range j.last.Messages {
		records[i] = d.Record
	}
	summary := j.last.Summary
	return &summary, records, nil
}

// record is the record of a mail by the judge's models.
func (j *judge) record(known *analysis.Record) (*analysis.Record, error) {
	_, records, err := j.thread(known.Thread)
	if err != nil {
		return nil, err
	}
	for i := range records {
		if records[i].ID == known.ID && records[i].Hash == known.Hash {
			return &records[i], nil
		}
	}
	return known, nil
}
