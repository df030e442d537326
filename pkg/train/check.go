package train

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"rustle/pkg/analysis"
	"rustle/pkg/eval"
)

// Figures say how good models learned from this material are on mail that they have not learned from.
type Figures struct {
	Threads []*eval.Report // cross-validation by thread, one report per seed
	Lists   *eval.Report   // each list by models of all other lists; nil when there is one list only
}

const folds = 5

// Check measures by holding out threads and lists.
func (c *Corpus) Check(ctx context.Context) (*Figures, error) {
	f := &Figures{}
	tested := map[string]bool{}
	var lists []string
	for _, t := range c.threads {
		if t.tested {
			tested[t.id] = true
			if !slices.Contains(lists, t.list) {
				lists = append(lists, t.list)
			}
		}
	}
	// One set of general heads serves all folds: it has seen no sentence of any tested thread.
	h, err := c.heads(func(thread, _ string) bool { return !tested[thread] })
	if err != nil {
		return nil, err
	}
	for seed := range c.o.Seeds {
		fold := c.deal(uint64(seed))
		var said verdicts
		for k := range folds {
			err := c.holdOut(ctx, h, func(thread, _ string) bool { f, ok := fold[thread]; return !ok || f != k }, &said)
			if err != nil {
				return nil, err
			}
		}
		f.Threads = append(f.Threads, c.compare(said))
	}
	if len(lists) < 2 {
		return f, nil
	}
	var said verdicts
	for _, held := range lists {
		use := func(_, list string) bool { return list != held }
		h, err := c.heads(use)
		if err != nil {
			return nil, err
		}
		if err := c.holdOut(ctx, h, use, &said); err != nil {
			return nil, err
		}
	}
	f.Lists = c.compare(said)
	return f, nil
}

// deal puts every thread into a fold: threads of one label in random order, each to the fold with the
// fewest labelled mails so far, so that every fold has debates.
func (c *Corpus) deal(seed uint64) map[string]int {
	rng := rand.New(rand.NewPCG(c.o.Seed, seed))
	order := slices.Clone(c.threads)
	rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	slices.SortStableFunc(order, func(a, b *conversation) int { return strings.Compare(kindOf(a), kindOf(b)) })
	var size [folds]int
	out := map[string]int{}
	for i, t := range order {
		if i > 0 && kindOf(t) != kindOf(order[i-1]) {
			size = [folds]int{}
		}
		k := 0
		for j := range size {
			if size[j] < size[k] {
				k = j
			}
		}
		size[k] += 1 + len(t.mails)
		out[t.id] = k
	}
	return out
}

func kindOf(t *conversation) string {
	if t.label == nil {
		return ""
	}
	return t.label.Label
}

// holdOut learns from what use accepts and judges the tested threads that it does not.
func (c *Corpus) holdOut(ctx context.Context, h general, use choice, said *verdicts) error {
	_, a, err := c.learn(ctx, h, use)
	if err != nil {
		return err
	}
	for _, t := range c.threads {
		if t.tested && !use(t.id, t.list) {
			said.add(a.Judge(t.prepared))
		}
	}
	return nil
}

// verdicts are what models say of threads that they have not learned from.
type verdicts struct {
	messages []analysis.Record
	threads  []analysis.ThreadSummary
}

func (v *verdicts) add(r analysis.Result) {
	for _, d := range r.Messages {
		v.messages = append(v.messages, d.Record)
	}
	v.threads = append(v.threads, r.Summary)
}

// compare measures the verdicts, after each thread has been told which debate it is a piece of.
func (c *Corpus) compare(said verdicts) *eval.Report {
	var p eval.Predictions
	for i := range said.messages {
		p.Messages = append(p.Messages, Message(&said.messages[i], ""))
	}
	var debates analysis.Debates
	for i := range said.threads {
		debates.Note(&said.threads[i])
	}
	for i := range said.threads {
		debates.Settle(&said.threads[i])
		p.Threads = append(p.Threads, Thread(&said.threads[i]))
	}
	return eval.Compare(eval.Set{Messages: c.gold.Messages, Threads: c.gold.Threads}, p, eval.Options{Resamples: -1, Mistakes: -1})
}

// A Figure is one measure of Figures.
type Figure struct {
	Field, Measure string
	Threads        []float64 // by seed
	List           float64   // on the other list; NaN when there is one list only
}

// Table lists the measures that a card shows.
func (f *Figures) Table() []Figure {
	var out []Figure
	add := func(field, measure string, of func(*eval.Field) (float64, bool)) {
		g := Figure{Field: field, Measure: measure, List: math.NaN()}
		for _, r := range f.Threads {
			if x, ok := pick(r, field, of); ok {
				g.Threads = append(g.Threads, x)
			}
		}
		if x, ok := pick(f.Lists, field, of); ok {
			g.List = x
		}
		if len(g.Threads) > 0 {
			out = append(out, g)
		}
	}
	class := func(field, name string) {
		add(field, "F1 of "+name, func(fl *eval.Field) (float64, bool) {
			for _, c := range fl.Classes {
				if c.Name == name {
					return c.F1, true
				}
			}
			return 0, false
		})
	}
	maybe := func(x *float64) (float64, bool) {
		if x == nil {
			return 0, false
		}
		return *x, true
	}
	macro := func(fl *eval.Field) (float64, bool) { return maybe(fl.MacroF1) }
	add(eval.FieldThread, "macro-F1", macro)
	class(eval.FieldThread, "debate")
	add(eval.FieldHeat, "quadratic kappa", func(fl *eval.Field) (float64, bool) { return maybe(fl.Quadratic) })
	add(eval.FieldSentiment, "macro-F1", macro)
	for _, l := range []string{"positive", "neutral", "negative"} {
		class(eval.FieldSentiment, l)
	}
	class(eval.FieldIncivility, "true")
	add(eval.FieldIncivility, "average precision", func(fl *eval.Field) (float64, bool) { return maybe(fl.AvgPrecision) })
	add(eval.FieldStance, "macro-F1", macro)
	for _, l := range []string{"none", "support", "conditional", "oppose"} {
		class(eval.FieldStance, l)
	}
	add(eval.FieldSignal, "macro-F1", macro)
	for _, field := range []string{eval.FieldSentiment, eval.FieldIncivility, eval.FieldStance} {
		add(field, "calibration error", func(fl *eval.Field) (float64, bool) { return maybe(fl.Calibration) })
	}
	return out
}

func pick(r *eval.Report, field string, of func(*eval.Field) (float64, bool)) (float64, bool) {
	if r == nil {
		return 0, false
	}
	for i := range r.Fields {
		if r.Fields[i].Name == field {
			return of(&r.Fields[i])
		}
	}
	return 0, false
}
