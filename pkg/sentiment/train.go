package sentiment

import (
	"cmp"
	"errors"
	"fmt"

	"rustle/pkg/linear"
)

// A Sample is a labelled sentence or short text of a training set. Label is one of positive, neutral,
// negative (tone), civil, uncivil (incivility), calm, displeased (displeasure as kernel people show it), or
// technical (neutral, civil and calm).
type Sample struct {
	Text   string
	Label  string
	Source string  // set it comes from
	Weight float64 // 0 means 1
}

// A Mail is a labelled mail. Evidence is the text the labeller quoted; it tells which sentence carries
// the tone.
type Mail struct {
	Input
	Tone     string
	Uncivil  bool
	Unasked  bool // nobody has said whether it is uncivil
	Evidence string
	Group    string // thread: mails of one thread stay together in every split
	Aside    bool   // teaches the heads only, because it was not drawn as the others were
}

// Sets is what a model is learned from.
type Sets struct {
	Samples []Sample
	Mails   []Mail
}

// TrainOptions steer Train. The zero value trains the embedded model.
type TrainOptions struct {
	Sentence     linear.Options // general heads
	Mail         linear.Options // heads for sentences of mails; C 0 means 0.5 here
	Beside       float64        // weight, per mail, of the sentences beside the quoted one; 0 means 1
	Ridge        float64        // penalty of the second stage for tone; 0 means 0.2
	Extra        []Sample       // labelled sentences of mail (positive, neutral, negative) for the mail heads
	RidgeUncivil float64        // the same for incivility; 0 means 0.05
	Folds        int            // cross-fitting of the second stage; 0 means 5
}

func (o TrainOptions) withDefaults() TrainOptions {
	if o.Mail.C == 0 {
		o.Mail.C = 0.5
	}
	if o.Ridge == 0 {
		o.Ridge = 0.2
	}
	if o.RidgeUncivil == 0 {
		o.RidgeUncivil = 0.05
	}
	if o.Beside == 0 {
		o.Beside = 1
	}
	if o.Folds == 0 {
		o.Folds = 5
	}
	return o
}

// Train learns everything: TrainHeads, then TrainMails.
func Train(sets *Sets, o TrainOptions) (*linear.Bundle, error) {
	heads, err := TrainHeads(sets.Samples, o)
	if err != nil {
		return nil, err
	}
	b, _, err := TrainMails(heads, sets.Mails, o)
	return b, err
}

// TrainHeads learns the general sentence heads from samples.
func TrainHeads(samples []Sample, o TrainOptions) (*linear.Model, error) {
	lex, err := ParseLexicon(lexiconText)
	if err != nil {
		return nil, err
	}
	var t linear.Targets
	for _, s := range samples {
		w := s.Weight
		if w == 0 {
			w = 1
		}
		y := sampleTargets(s.Label)
		t.Add(lex, s.Text, s.Source, w, y[:]...)
	}
	heads, err := t.Train(headNames()[:headMailPositive], o.Sentence, nil)
	if err != nil {
		return nil, fmt.Errorf("sentiment: %w", err)
	}
	return heads, nil
}

// TrainMails learns the heads for sentences of mails and the second stage from mails, and puts them
// with the general heads into a bundle under "sentiment/". The second stage sees only scores of heads
// that were learned without the mail's thread: otherwise it would trust them too much. The same
// arguments give the same bundle. Beside it come the models of its folds: what later stages learn from
// must come from models that have not seen the thread either.
func TrainMails(general *linear.Model, mails []Mail, o TrainOptions) (*linear.Bundle, *linear.Crossfit[*Model], error) {
	o = o.withDefaults()
	if len(mails) == 0 {
		return nil, nil, errors.New("sentiment: no labelled mails")
	}
	lex, err := ParseLexicon(lexiconText)
	if err != nil {
		return nil, nil, err
	}
	own := newMailTrainer(lex, mails, o)
	cross := linear.NewCrossfit[*Model](len(mails), o.Folds, func(i int) string { return mails[i].Group })
	x := make([][]float64, len(mails))
	part := o.Mail
	part.Clear = -1 // nobody reads the models of the folds
	for f := range cross.Models {
		heads, err := own.heads(general, part, func(group string) bool { return !cross.Held(f, group) })
		if err != nil {
			return nil, nil, err
		}
		cross.Models[f] = newModel(lex, heads)
		for i := range mails {
			if cross.Fold[i] == f && !mails[i].Aside {
				x[i] = cross.Models[f].mailRow(&mails[i].Input)
			}
		}
	}
	heads, err := own.heads(general, o.Mail, func(string) bool { return true })
	if err != nil {
		return nil, nil, err
	}
	b := &linear.Bundle{Models: map[string]*linear.Model{sectionHeads: heads}, Logits: map[string]*linear.Logit{}}
	var tone, bad []linear.Case
	var toneFold, badFold []int
	for i := range mails {
		m := &mails[i]
		if m.Aside {
			continue
		}
		if signalTone(m.Signal) == "" { // the rule decides the others
			tone = append(tone, linear.Case{X: x[i], Label: toneIndex(m.Tone), Group: m.Group})
			toneFold = append(toneFold, cross.Fold[i])
		}
		if !m.Unasked {
			bad = append(bad, linear.Case{X: x[i], Label: int(number(m.Uncivil)), Group: m.Group})
			badFold = append(badFold, cross.Fold[i])
		}
	}
	names := mailFeatures(lex)
	whole, parts, err := linear.CrossfitLogit(toneLabels(), names, tone, o.Ridge, toneFold, o.Folds)
	if err != nil {
		return nil, nil, fmt.Errorf("sentiment: tone: %w", err)
	}
	b.Logits[sectionTone] = whole
	whole, badParts, err := linear.CrossfitLogit([]string{False, True}, names, bad, o.RidgeUncivil, badFold, o.Folds)
	if err != nil {
		return nil, nil, fmt.Errorf("sentiment: incivility: %w", err)
	}
	b.Logits[sectionIncivility] = whole
	for f, m := range cross.Models {
		m.tone, m.incivility = parts[f], badParts[f]
		if m.tone == nil || m.incivility == nil { // too few threads to hold one out
			m.tone, m.incivility = b.Logits[sectionTone], b.Logits[sectionIncivility]
		}
	}
	return b, cross, nil
}

func toneIndex(label string) int {
	switch label {
	case Positive:
		return 1
	case Negative:
		return 2
	}
	return 0
}

// mailRow returns the second stage's features of one mail.
func (m *Model) mailRow(in *Input) []float64 {
	var r linear.Reader
	text := r.Read(in.Sentences, m.lexicon)
	marks := make([]Mark, len(in.Sentences))
	m.mark(text, new(linear.Memo), marks)
	return m.features(nil, in, text, marks)
}

// A mailTrainer learns the heads for sentences of mails.
type mailTrainer struct {
	linear.Targets
	group []string // of each row
}

func newMailTrainer(lex *Lexicon, mails []Mail, o TrainOptions) *mailTrainer {
	t := &mailTrainer{}
	for _, s := range o.Extra {
		y := sampleTargets(s.Label)
		t.Add(lex, s.Text, s.Source, cmp.Or(s.Weight, 1), y[:]...)
		t.group = append(t.group, s.Source)
	}
	for i := range mails {
		m := &mails[i]
		at := linear.FindQuote(m.Sentences, m.Evidence)
		for j, text := range m.Sentences {
			pos, neg := mailTargets(m, j == at)
			w := 1.0
			if j != at && m.Tone != Neutral { // a sentence beside the quoted one may have the mail's tone or none
				w = min(1, o.Beside/float64(len(m.Sentences)))
			}
			t.Add(lex, text, m.Group, w, pos, neg, 0, 0)
			t.group = append(t.group, m.Group)
		}
	}
	return t
}

func (t *mailTrainer) heads(general *linear.Model, o linear.Options, use func(group string) bool) (*linear.Model, error) {
	own, err := t.Train(headNames()[headMailPositive:], o, func(row int) bool { return use(t.group[row]) })
	if err != nil {
		return nil, fmt.Errorf("sentiment: %w", err)
	}
	return linear.Merge(general, own)
}

// sampleTargets returns what a label teaches the heads positive, negative, uncivil and displeased.
func sampleTargets(label string) [4]int8 {
	switch label {
	case Positive:
		return [4]int8{1, -1, 0, 0}
	case Negative:
		return [4]int8{-1, 1, 0, 0}
	case Neutral:
		return [4]int8{-1, -1, 0, 0}
	case "civil":
		return [4]int8{0, 0, -1, 0}
	case "uncivil":
		return [4]int8{0, 0, 1, 0}
	case "calm":
		return [4]int8{0, 0, 0, -1}
	case "displeased":
		return [4]int8{-1, 0, 0, 1}
	case "technical":
		return [4]int8{-1, -1, -1, -1}
	}
	return [4]int8{}
}

// mailTargets says what a mail's label teaches about one of its sentences.
func mailTargets(m *Mail, quoted bool) (pos, neg int8) {
	pos, neg = -1, -1
	switch {
	case m.Tone == Negative, m.Uncivil && quoted:
		neg = 1
	case m.Tone == Positive:
		pos = 1
	}
	return pos, neg
}
