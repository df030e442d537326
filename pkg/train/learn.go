package train

import (
	"cmp"
	"context"
	"fmt"
	"iter"

	"rustle/pkg/analysis"
	"rustle/pkg/eval"
	"rustle/pkg/linear"
	"rustle/pkg/sentiment"
	"rustle/pkg/stance"
)

// A Model is all that was learned, in the parts that the packages read.
type Model struct {
	Tone, Stance *linear.Bundle
	Threads      []byte // as analysis.FitShape writes it
}

// File puts the parts into one model file's content.
func (m *Model) File(card string) *linear.Bundle {
	return analysis.Bundle(m.Tone, m.Stance, m.Threads, card)
}

// A choice accepts threads, and sentences of threads, by the thread's id and list.
type choice func(thread, list string) bool

func everything(string, string) bool { return true }

// Learn learns from everything.
func (c *Corpus) Learn(ctx context.Context) (*Model, error) {
	h, err := c.heads(everything)
	if err != nil {
		return nil, err
	}
	m, _, err := c.learn(ctx, h, everything)
	return m, err
}

// general are the heads that are learned from sentences that stand alone.
type general struct{ tone, stance *linear.Model }

// heads learns the general heads from the sentences that use accepts and from text of tables.
func (c *Corpus) heads(use choice) (g general, err error) {
	s := c.lessons(use)
	sentence := linear.Options{Seed: c.o.Seed}
	if g.tone, err = sentiment.TrainHeads(s.tone, sentiment.TrainOptions{Sentence: sentence}); err != nil {
		return g, err
	}
	g.stance, err = stance.TrainHeads(s.stance, stance.TrainOptions{Sentence: sentence})
	return g, err
}

// learn learns all else from the threads and sentences that use accepts. It also returns the analyzer
// that has the models.
func (c *Corpus) learn(ctx context.Context, h general, use choice) (*Model, *analysis.Analyzer, error) {
	s := c.lessons(use)
	var threads []*conversation
	for _, t := range c.threads {
		if use(t.id, t.list) {
			threads = append(threads, t)
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	sentence := linear.Options{Seed: c.o.Seed}
	m := &Model{}
	tone, toneFolds, err := sentiment.TrainMails(h.tone, append(toneMails(threads), s.mails...), sentiment.TrainOptions{Mail: sentence, Extra: s.mailTone})
	if err != nil {
		return nil, nil, err
	}
	m.Tone = tone
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	rules, err := stance.Rules()
	if err != nil {
		return nil, nil, err
	}
	discussions := make([]stance.Thread, len(threads))
	for i, t := range threads {
		if _, err := c.judge(t, toneFolds.Without(t.id), rules); err != nil {
			return nil, nil, err
		}
		discussions[i] = t.discussion()
	}
	position, stanceFolds, err := stance.TrainMails(h.stance, discussions, stance.TrainOptions{Mail: sentence, Extra: s.mailStance})
	if err != nil {
		return nil, nil, err
	}
	m.Stance = position
	var examples []analysis.ShapeExample
	for _, t := range threads {
		if t.label == nil {
			continue
		}
		judged, err := c.judge(t, toneFolds.Without(t.id), stanceFolds.Without(t.id))
		if err != nil {
			return nil, nil, err
		}
		examples = append(examples, analysis.ShapeExample{
			Features: analysis.ThreadFeatures(&judged), Rust: judged.Summary.Label != "other", Debate: t.label.Label == "debate", Heat: t.label.Heat,
		})
	}
	if m.Threads, err = analysis.FitShape(examples, fmt.Sprintf("%d threads, features by models of tone and position that had not seen the thread", len(examples))); err != nil {
		return nil, nil, err
	}
	a, err := c.with(m)
	return m, a, err
}

// with returns an analyzer with the models.
func (c *Corpus) with(m *Model) (*analysis.Analyzer, error) {
	tone, err := sentiment.New(m.Tone)
	if err != nil {
		return nil, err
	}
	position, err := stance.New(m.Stance)
	if err != nil {
		return nil, err
	}
	return c.analyzer.With(tone, position, m.Threads)
}

func (c *Corpus) judge(t *conversation, tone *sentiment.Model, position *stance.Model) (analysis.Result, error) {
	a, err := c.analyzer.With(tone, position, nil)
	if err != nil {
		return analysis.Result{}, err
	}
	return a.Judge(t.prepared), nil
}

// lessons are samples by what they teach.
type lessons struct {
	tone, mailTone     []sentiment.Sample
	stance, mailStance []stance.Sample
	mails              []sentiment.Mail
}

func (c *Corpus) lessons(use func(thread, list string) bool) *lessons {
	l := &lessons{}
	for i := range c.samples {
		s := &c.samples[i]
		if s.thread != "" && !use(s.thread, s.list) {
			continue
		}
		l.tone = append(l.tone, s.tone...)
		l.mailTone = append(l.mailTone, s.mailTone...)
		l.stance = append(l.stance, s.stance...)
		l.mailStance = append(l.mailStance, s.mailStance...)
		if s.mail != nil {
			l.mails = append(l.mails, *s.mail)
		}
	}
	return l
}

// labelled hands out the mails of the thread that have labels.
func (t *conversation) labelled() iter.Seq2[*analysis.Draft, *eval.Message] {
	return func(yield func(*analysis.Draft, *eval.Message) bool) {
		for _, d := range t.prepared.Messages() {
			if l := t.mails[d.Record.ID]; l != nil && d.Record.Kind != "bot" && !yield(d, l) {
				return
			}
		}
	}
}

// toneMails are the mails of threads that are labelled with a tone. Labels to learn from only were drawn otherwise
// than those to test on: they teach which words speak for what, but not how often it is said.
func toneMails(threads []*conversation) []sentiment.Mail {
	var out []sentiment.Mail
	for _, t := range threads {
		for d, l := range t.labelled() {
			if l.Sentiment != "" {
				out = append(out, sentiment.Mail{
					Input: d.ToneInput(), Tone: l.Sentiment, Uncivil: l.Incivility == sentiment.True, Unasked: l.Incivility == "",
					Evidence: cmp.Or(l.Evidence, t.quotes[l.ID].tone), Group: t.id, Aside: !t.gold[l.ID],
				})
			}
		}
	}
	return out
}

// discussion is the thread with the labels of its mails.
func (t *conversation) discussion() stance.Thread {
	turns, speakers := t.prepared.Turns()
	out := stance.Thread{Turns: turns, Labels: make([]stance.Label, len(turns)), Group: t.id}
	for i, d := range speakers {
		if l := t.mails[d.Record.ID]; l != nil {
			out.Labels[i] = stance.Label{Stance: l.Stance, Evidence: cmp.Or(l.Evidence, t.quotes[l.ID].stance)}
		}
	}
	return out
}
