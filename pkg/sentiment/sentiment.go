package sentiment

import (
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"slices"
	"strconv"
	"sync"

	"rustle/pkg/linear"
)

// The labels.
const (
	Positive = "positive"
	Neutral  = "neutral"
	Negative = "negative"
	True     = "true"
	False    = "false"
)

// An Input is what is to be read: one mail's own sentences and what is known about the mail.
type Input struct {
	Sentences []string
	Signal    string // what the author gives in this mail: ack, review, test, nak, apply; "" or "none"
	Reply     bool   // answers somebody
	Patch     bool   // a posted patch or cover letter: the sentences are a commit message, not an answer

	// Text is Sentences as a linear.Reader of the caller read them, to read once for several packages;
	// nil reads them here.
	Text *linear.Text
}

// A Hit is one reason: the sentence (index in Input.Sentences, -1 when the reason is no sentence), the
// rule or head that fired on it and how strongly, 0..1 for heads.
type Hit struct {
	Sentence int
	Rule     string
	Weight   float64
}

// A Verdict is a label, its calibrated probability in 0..1, and the reasons. A label that is not the
// neutral one has at least one hit, unless the mail has no sentence at all.
type Verdict struct {
	Label string
	Score float64
	Hits  []Hit
}

// A Mark is what the heads say of one sentence: probabilities in 0..1.
type Mark struct {
	Positive, Negative, Uncivil float64
	general                     [3]float64 // logits of the heads learned from public sets: positive, negative, displeased
	mail                        [2]float64 // and of those learned from mail
}

// A Result is what Read found. Marks has one element per sentence.
type Result struct {
	Tone       Verdict
	Incivility Verdict
	Positive   float64 // calibrated probabilities of the mail's tone; they sum to 1
	Neutral    float64
	Negative   float64
	Uncivil    float64 // calibrated probability of incivility
	Marks      []Mark
}

// Names of the sections of a model bundle.
const (
	sectionHeads      = "sentiment/sentences"
	sectionTone       = "sentiment/tone"
	sectionIncivility = "sentiment/incivility"
)

// Heads of the sentence model.
const (
	headPositive = iota
	headNegative
	headUncivil
	headDispleased
	headMailPositive
	headMailNegative
)

func headNames() []string {
	return []string{Positive, Negative, "uncivil", "displeased", "mail-positive", "mail-negative"}
}

// A Model reads tone and incivility. Read-only and safe for concurrent use.
type Model struct {
	lexicon    *Lexicon
	heads      *linear.Model
	tone       *linear.Logit // neutral, positive, negative over mailFeatures
	incivility *linear.Logit // false, true
	card       string
	prints     string    // of the bundle
	scratch    sync.Pool // *scratch
}

type scratch struct {
	reader linear.Reader
	memo   linear.Memo
	x      []float64
}

// New builds a model from the sections of b whose names begin with "sentiment/".
func New(b *linear.Bundle) (*Model, error) {
	lex, err := ParseLexicon(lexiconText)
	if err != nil {
		return nil, err
	}
	m := newModel(lex, b.Models[sectionHeads])
	m.tone, m.incivility, m.card, m.prints = b.Logits[sectionTone], b.Logits[sectionIncivility], b.Card, b.Fingerprint()
	if m.heads == nil || m.tone == nil || m.incivility == nil {
		return nil, errors.New("sentiment: the model file has no sentiment sections")
	}
	for k, name := range headNames() {
		if k >= len(m.heads.Heads) || m.heads.Heads[k].Name != name {
			return nil, fmt.Errorf("sentiment: head %d is not %q", k, name)
		}
	}
	if err := m.checkLogits(); err != nil {
		return nil, err
	}
	return m, nil
}

// Untrained returns a model without heads: it finds every mail neutral and civil, unless a signal says
// otherwise. Training starts from it.
func Untrained() (*Model, error) {
	lex, err := ParseLexicon(lexiconText)
	if err != nil {
		return nil, err
	}
	return newModel(lex, nil), nil
}

func newModel(lex *Lexicon, heads *linear.Model) *Model {
	m := &Model{lexicon: lex, heads: heads}
	m.scratch.New = func() any { return &scratch{} }
	return m
}

func (m *Model) checkLogits() error {
	if !slices.Equal(m.tone.Labels, toneLabels()) || !slices.Equal(m.incivility.Labels, []string{False, True}) {
		return errors.New("sentiment: labels of the model file do not match")
	}
	want := mailFeatures(m.lexicon)
	if !slices.Equal(m.tone.Features, want) || !slices.Equal(m.incivility.Features, want) {
		return errors.New("sentiment: features of the model file do not match this version")
	}
	return nil
}

func toneLabels() []string { return []string{Neutral, Positive, Negative} }

// Card returns the model card: what was learned from what, and how good it is.
func (m *Model) Card() string { return m.card }

// Fingerprint changes whenever weights or lexicon do, and so any answer may.
func (m *Model) Fingerprint() string {
	h := fnv.New64a()
	_, _ = io.WriteString(h, m.prints+lexiconText) // a hash takes everything
	return strconv.FormatUint(h.Sum64(), 16)
}

// Read judges one mail.
func (m *Model) Read(in *Input) Result {
	if m.heads == nil {
		r := Result{Neutral: 1, Marks: make([]Mark, len(in.Sentences))}
		m.decide(in, &linear.Text{}, &r)
		return r
	}
	sc := m.scratch.Get().(*scratch)
	defer m.scratch.Put(sc)
	var text *linear.Text
	if in.Text != nil && len(in.Text.Sentences) == len(in.Sentences) {
		text = sc.reader.View(in.Text, m.lexicon)
	} else {
		text = sc.reader.Read(in.Sentences, m.lexicon)
	}
	r := Result{Marks: make([]Mark, len(in.Sentences))}
	m.mark(text, &sc.memo, r.Marks)
	sc.x = m.features(sc.x[:0], in, text, r.Marks)
	var p [3]float64
	m.tone.Probabilities(sc.x, p[:])
	r.Neutral, r.Positive, r.Negative = p[0], p[1], p[2]
	var q [2]float64
	m.incivility.Probabilities(sc.x, q[:])
	r.Uncivil = q[1]
	m.decide(in, text, &r)
	return r
}

// mark scores every sentence.
func (m *Model) mark(text *linear.Text, memo *linear.Memo, marks []Mark) {
	var z [linear.MaxHeads]float64
	for i := range text.Sentences {
		k := &marks[i]
		if len(text.Sentences[i].Tokens) == 0 { // nothing said
			k.general, k.mail = [3]float64{-least, -least, -least}, [2]float64{-least, -least}
			continue
		}
		m.heads.Score(&text.Sentences[i], memo, z[:])
		h := m.heads
		k.general = [3]float64{
			h.Calibrated(headPositive, z[headPositive]), h.Calibrated(headNegative, z[headNegative]), h.Calibrated(headDispleased, z[headDispleased]),
		}
		k.mail = [2]float64{h.Calibrated(headMailPositive, z[headMailPositive]), h.Calibrated(headMailNegative, z[headMailNegative])}
		k.Positive = linear.Sigmoid((k.general[0] + k.mail[0]) / 2)
		k.Negative = linear.Sigmoid((k.general[1] + k.general[2] + k.mail[1]) / 3)
		k.Uncivil = h.Probability(headUncivil, z[headUncivil])
	}
}

// Explain returns, for each head by name, the words and pairs of the sentence that moved it most,
// at most limit of them. Positive weights speak for the head.
func (m *Model) Explain(sentence string, limit int) map[string][]linear.Contribution {
	var r linear.Reader
	s := &r.Read([]string{sentence}, m.lexicon).Sentences[0]
	out := make(map[string][]linear.Contribution, len(m.heads.Heads))
	for k := range m.heads.Heads {
		out[m.heads.Heads[k].Name] = m.heads.Explain(s, k, limit)
	}
	return out
}
