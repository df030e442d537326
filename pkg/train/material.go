package train

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"rustle/pkg/analysis"
	"rustle/pkg/eval"
	"rustle/pkg/linear"
	"rustle/pkg/sentiment"
	"rustle/pkg/stance"
	"rustle/pkg/thread"
)

// A Source hands out mail.
type Source interface {
	// Thread gives the thread that holds a mail; a nil tree when there is no such mail.
	Thread(id string) (*thread.Thread, []analysis.Input, error)
	// Sentences gives the author's own sentences of a mail.
	Sentences(id string) ([]string, error)
	// Records gives the records of all mail there is.
	Records(ctx context.Context) iter.Seq2[analysis.Record, error]
}

// Material is what models are learned from.
type Material struct {
	Tables []Table
	Gold   eval.Set // labels to learn from and to test on

	// Labels to learn from only: they are more, but were not made as carefully.
	Messages  []eval.Message
	Sentences []Sentence
}

// A Table is a set of labelled texts with the columns text and label, or text, tone and stance. The
// columns list, author and message_id are used when they are there.
type Table struct {
	Name string // the set's, from its file name
	*linear.Table
}

// A Sentence is a judgement of one sentence. An empty label judges nothing.
type Sentence struct {
	ID     string // Message-ID
	Key    string // linear.Key of the sentence
	Tone   string // positive, neutral, negative, uncivil
	Stance string // support, conditional, oppose, none
}

// ReadSentences reads a tab-separated file with the columns message_id, sentence, tone and stance.
func ReadSentences(r io.Reader) ([]Sentence, error) {
	t, err := linear.ReadTable(r)
	if err != nil {
		return nil, err
	}
	var at [4]int
	for k, name := range []string{"message_id", "sentence", "tone", "stance"} {
		if at[k] = t.Column(name); at[k] < 0 {
			return nil, fmt.Errorf("no column %s: want message_id, sentence, tone and stance", name)
		}
	}
	out := make([]Sentence, len(t.Rows))
	for i, row := range t.Rows {
		s := Sentence{ID: row[at[0]], Key: row[at[1]], Tone: row[at[2]], Stance: row[at[3]]}
		tones := []string{"", sentiment.Positive, sentiment.Neutral, sentiment.Negative, uncivil}
		stances := []string{"", stance.Support, stance.Conditional, stance.Oppose, stance.None}
		if !slices.Contains(tones, s.Tone) || !slices.Contains(stances, s.Stance) {
			return nil, fmt.Errorf("line %d: tone %q, stance %q: want one of %q and of %q", i+2, s.Tone, s.Stance, tones[1:], stances[1:])
		}
		out[i] = s
	}
	return out, nil
}

const uncivil = "uncivil"

// sample is text that teaches heads, with where it comes from.
type sample struct {
	thread, list string // of mail of the source; empty for text of a table
	set          string
	tone         []sentiment.Sample // general heads
	mailTone     []sentiment.Sample // heads for sentences of mail
	stance       []stance.Sample
	mailStance   []stance.Sample
	mail         *sentiment.Mail // a mail of its own for the second stage
}

// samples turns a set into samples. Rows of the lists that skipList accepts and of mails that are
// labelled otherwise are left out.
func (t *Table) samples(skipList func(list string) bool, labelled func(id string) bool) ([]sample, error) {
	list, id := t.Column("list"), t.Column("message_id")
	rows := slices.DeleteFunc(slices.Clone(t.Rows), func(row []string) bool {
		if id >= 0 && labelled(row[id]) {
			return true
		}
		return list >= 0 && t.Column("label") >= 0 && skipList(row[list])
	})
	some := &linear.Table{Header: t.Header, Rows: rows}
	if t.Column("label") < 0 {
		return t.mailSamples(some)
	}
	tone, toneErr := sentiment.SampleTable(t.Name, some)
	position, stanceErr := stance.SampleTable(t.Name, some)
	if toneErr != nil && stanceErr != nil {
		return nil, errors.Join(toneErr, stanceErr)
	}
	out := make([]sample, 0, len(tone)+len(position))
	for _, s := range tone {
		out = append(out, sample{set: t.Name, tone: []sentiment.Sample{s}})
	}
	for _, s := range position {
		out = append(out, sample{set: t.Name, stance: []stance.Sample{s}})
	}
	return out, nil
}

const sentencesOfText = 40 // of a whole mail in a table

// mailSamples reads a table of whole mails, labelled as a whole: each sentence may have the mail's tone
// or position, or none.
func (t *Table) mailSamples(some *linear.Table) ([]sample, error) {
	text, tone, position := some.Column("text"), some.Column("tone"), some.Column("stance")
	if text < 0 || tone < 0 || position < 0 {
		return nil, fmt.Errorf("set %s: want the columns text and label, or text, tone and stance", t.Name)
	}
	var out []sample
	for n, row := range some.Rows {
		stand, ok := map[string]string{
			"mixed": stance.Conditional, "neutral": stance.None, stance.Conditional: stance.Conditional, stance.None: stance.None,
			stance.Support: stance.Support, stance.Oppose: stance.Oppose,
		}[row[position]]
		if !ok {
			return nil, fmt.Errorf("set %s: row %d: unknown stance %q", t.Name, n+1, row[position])
		}
		parts := linear.Cut(row[text], sentencesOfText)
		for _, p := range parts {
			s := sample{set: t.Name}
			w := min(1, 1/float64(len(parts)))
			if row[tone] == sentiment.Neutral {
				w = 1
			}
			s.mailTone = []sentiment.Sample{{Text: p, Label: row[tone], Source: t.Name, Weight: w}}
			s.mailStance = []stance.Sample{{Text: p, Label: stand, Source: t.Name, Weight: min(1, 2/float64(len(parts)))}}
			out = append(out, s)
		}
	}
	return out, nil
}
