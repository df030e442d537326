package stance

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"rustle/pkg/linear"
)

// A Sample is a reply labelled by its own tags (support, oppose, none), signal words taken out. It is
// cut into sentences here.
type Sample struct {
	Text   string
	Label  string
	Source string
	Weight float64 // 0 means 1
}

// A Mail is a labelled mail. Evidence is the text the labeller quoted.
type Mail struct {
	Input
	Signal   string // as Signal found it
	Stance   string
	Evidence string
	Group    string // thread
}

// Sets is what a model is learned from.
type Sets struct {
	Samples []Sample
	Mails   []Mail
}

// TrainOptions steer Train. The zero value trains the embedded model.
type TrainOptions struct {
	Sentence linear.Options // heads from tagged replies
	Mail     linear.Options // heads from labelled mail; C 0 means 0.5, Positive 0 means 3 here
	Extra    []Sample       // labelled sentences of mail about Rust (support, conditional, oppose, none) for those heads
	Beside   float64        // weight, per mail, of the sentences beside the quoted one; 0 means 2
	Ridge    float64        // penalty of the second stage; 0 means 0.1
	Folds    int            // cross-fitting; 0 means 5
}

func (o TrainOptions) withDefaults() TrainOptions {
	if o.Mail.C == 0 {
		o.Mail.C = 0.5
	}
	if o.Mail.Positive == 0 {
		o.Mail.Positive = 3
	}
	if o.Ridge == 0 {
		o.Ridge = 0.1
	}
	if o.Beside == 0 {
		o.Beside = 2
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

// TrainHeads learns the heads for tagged replies.
func TrainHeads(samples []Sample, o TrainOptions) (*linear.Model, error) {
	m, err := Rules()
	if err != nil {
		return nil, err
	}
	var t linear.Targets
	for _, s := range samples {
		w := s.Weight
		if w == 0 {
			w = 1
		}
		parts := slices.DeleteFunc(linear.Cut(s.Text, 40), leftover)
		for _, p := range parts {
			t.Add(m.cues, p, s.Source, w/float64(len(parts)), sign(s.Label == Support), sign(s.Label == Oppose))
		}
	}
	heads, err := t.Train(headNames()[:2], o.Sentence, nil)
	if err != nil {
		return nil, fmt.Errorf("stance: %w", err)
	}
	return heads, nil
}

func sign(yes bool) int8 {
	if yes {
		return 1
	}
	return -1
}

// leftover says that a sentence of a tagged reply is what stayed when the tag was taken out, a closing
// or too short to say anything: such rests would give the label away and occur in no real mail.
func leftover(s string) bool {
	if strings.Count(s, " ") < 3 || strings.HasSuffix(strings.TrimSpace(s), ":") || strings.Contains(s, " :") || strings.Contains(s, ": ") && len(s) < 60 {
		return true
	}
	c := s[0]
	letter := c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9'
	return !letter && c != '"' && c != '`'
}

// TrainMails learns the heads for labelled mail and the second stage, which sees only scores of heads
// learned without the mail's thread, and puts all into a bundle under "stance/". Only mails about Rust
// without a signal teach: rules decide the others. Beside the bundle come the models of its folds, for
// Refit and for later stages to learn from.
func TrainMails(general *linear.Model, mails []Mail, o TrainOptions) (*linear.Bundle, *linear.Crossfit[*Model], error) {
	o = o.withDefaults()
	rules, err := Rules()
	if err != nil {
		return nil, nil, err
	}
	use := teaching(mails)
	if len(use) == 0 {
		return nil, nil, errors.New("stance: no labelled mails about Rust without a signal")
	}
	own := newMailTrainer(rules.cues, use, o)
	cross := linear.NewCrossfit[*Model](len(use), o.Folds, func(i int) string { return use[i].Group })
	part := o.Mail
	part.Clear = -1 // nobody reads the models of the folds
	for f := range cross.Models {
		m, err := Rules()
		if err != nil {
			return nil, nil, err
		}
		if m.heads, err = own.heads(general, part, func(i int) bool { return cross.Fold[i] != f }); err != nil {
			return nil, nil, err
		}
		cross.Models[f] = m
	}
	heads, err := own.heads(general, o.Mail, func(int) bool { return true })
	if err != nil {
		return nil, nil, err
	}
	b := &linear.Bundle{Models: map[string]*linear.Model{sectionHeads: heads}, Logits: map[string]*linear.Logit{}}
	return b, cross, Refit(b, cross, mails, o)
}

func teaching(mails []Mail) []Mail {
	var use []Mail
	for i := range mails {
		if s := mails[i].Signal; mails[i].Rust && (!mails[i].Patch || mails[i].Cover) && (s == None || s == "") && len(mails[i].Sentences) > 0 {
			use = append(use, mails[i])
		}
	}
	return use
}

// Refit learns the second stage of what TrainMails gave once more, from the same mails with more known
// about their place: the position of what a mail answers is known only when there is a model.
func Refit(b *linear.Bundle, cross *linear.Crossfit[*Model], mails []Mail, o TrainOptions) error {
	o = o.withDefaults()
	use := teaching(mails)
	if len(use) != len(cross.Fold) {
		return fmt.Errorf("stance: %d mails, not the %d learned from before", len(use), len(cross.Fold))
	}
	cases := make([]linear.Case, len(use))
	for i := range use {
		cases[i] = linear.Case{X: cross.Models[cross.Fold[i]].mailRow(&use[i].Input), Label: labelIndex(use[i].Stance), Group: use[i].Group}
	}
	logit, parts, err := linear.CrossfitLogit(stanceLabels(), mailFeatures(cross.Models[0].cues), cases, o.Ridge, cross.Fold, o.Folds)
	if err != nil {
		return fmt.Errorf("stance: %w", err)
	}
	b.Logits[sectionMail] = logit
	for f, m := range cross.Models {
		if m.mail = parts[f]; m.mail == nil { // too few threads to hold one out
			m.mail = logit
		}
	}
	return nil
}

func labelIndex(label string) int {
	for k, l := range stanceLabels() {
		if l == label {
			return k
		}
	}
	return 0
}

func (m *Model) mailRow(in *Input) []float64 {
	var r linear.Reader
	text := r.Read(in.Sentences, m.cues)
	return m.features(nil, in, text, m.mark(text, nil))
}

// A mailTrainer learns the heads for sentences of labelled mail.
type mailTrainer struct {
	linear.Targets
	mail []int
}

func newMailTrainer(c *cues, mails []Mail, o TrainOptions) *mailTrainer {
	t := &mailTrainer{}
	for _, s := range o.Extra {
		t.Add(c, s.Text, s.Source, cmp.Or(s.Weight, 1), sign(s.Label == Support), sign(s.Label == Conditional), sign(s.Label == Oppose))
		t.mail = append(t.mail, -1)
	}
	for i := range mails {
		m := &mails[i]
		at := linear.FindQuote(m.Sentences, m.Evidence)
		for j, text := range m.Sentences {
			y := [3]int8{-1, -1, -1}
			w := 1.0
			if k := labelIndex(m.Stance); k > 0 {
				y[k-1] = 1
				if j != at { // a sentence beside the quoted one may say the same or nothing
					w = min(1, o.Beside/float64(len(m.Sentences)))
				}
			}
			t.Add(c, text, m.Group, w, y[0], y[1], y[2])
			t.mail = append(t.mail, i)
		}
	}
	return t
}

func (t *mailTrainer) heads(general *linear.Model, o linear.Options, use func(mail int) bool) (*linear.Model, error) {
	own, err := t.Train(headNames()[2:], o, func(row int) bool { return t.mail[row] < 0 || use(t.mail[row]) })
	if err != nil {
		return nil, fmt.Errorf("stance: %w", err)
	}
	return linear.Merge(general, own)
}
