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

// A Thread is a discussion in which some turns are labelled.
type Thread struct {
	Turns  []Turn
	Labels []Label // of each turn, zero for those without
	Group  string  // its name: what is learned from it is never tried on it
}

// A Label is what a reader found in a mail. Evidence is the text he quoted.
type Label struct{ Stance, Evidence string }

// Sets is what a model is learned from.
type Sets struct {
	Samples []Sample
	Threads []Thread
}

// TrainOptions steer Train. The zero value trains the embedded model.
type TrainOptions struct {
	Sentence linear.Options // heads from tagged replies
	Mail     linear.Options // heads from labelled mail; C 0 means 0.5, Positive 0 means 3 here
	Extra    []Sample       // labelled sentences of mail about Rust (support, conditional, oppose, none) for those heads; Source is the thread
	Beside   float64        // weight, per mail, of the sentences beside the quoted one; 0 means 2
	Ridge    float64        // penalty of the second stage and of what it starts from; 0 means 0.1
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
	b, _, err := TrainMails(heads, sets.Threads, o)
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

// TrainMails learns the heads for labelled mail and the two looks at it, of which each sees only what models say
// that were learned without the mail's thread, and puts all into a bundle under "stance/". Only mails about Rust
// without a signal teach: rules decide the others. Their
// readings need no more than Input and Signal. Beside the bundle come the models of its folds.
func TrainMails(general *linear.Model, threads []Thread, o TrainOptions) (*linear.Bundle, *linear.Crossfit[*Model], error) {
	o = o.withDefaults()
	rules, err := Rules()
	if err != nil {
		return nil, nil, err
	}
	mails := teaching(threads)
	if len(mails) == 0 {
		return nil, nil, errors.New("stance: no labelled mails about Rust without a signal")
	}
	own := newMailTrainer(rules.cues, mails, o)
	cross := linear.NewCrossfit[*Model](len(mails), o.Folds, func(i int) string { return mails[i].group })
	part := o.Mail
	part.Clear = -1 // nobody reads the models of the folds
	for f := range cross.Models {
		m, err := Rules()
		if err != nil {
			return nil, nil, err
		}
		if m.heads, err = own.heads(general, part, func(group string) bool { return !cross.Held(f, group) }); err != nil {
			return nil, nil, err
		}
		cross.Models[f] = m
	}
	heads, err := own.heads(general, o.Mail, func(string) bool { return true })
	if err != nil {
		return nil, nil, err
	}
	b := &linear.Bundle{Models: map[string]*linear.Model{sectionHeads: heads}, Logits: map[string]*linear.Logit{}}
	look := func(section string, features []string, x func(m *Model, mail *labelled) []float64, put func(m *Model, l *linear.Logit)) error {
		cases := make([]linear.Case, len(mails))
		for i := range mails {
			cases[i] = linear.Case{X: x(cross.Models[cross.Fold[i]], &mails[i]), Label: labelIndex(mails[i].label.Stance), Group: mails[i].group}
		}
		whole, parts, err := linear.CrossfitLogit(stanceLabels(), features, cases, o.Ridge, cross.Fold, o.Folds)
		if err != nil {
			return fmt.Errorf("stance: %w", err)
		}
		b.Logits[section] = whole
		for f, m := range cross.Models {
			if parts[f] == nil { // too few threads to hold one out
				parts[f] = whole
			}
			put(m, parts[f])
		}
		return nil
	}
	alone := func(m *Model, mail *labelled) []float64 { return m.mailRow(mail.in) }
	if err := look(sectionAlone, mailFeatures(rules.cues), alone, func(m *Model, l *linear.Logit) { m.alone = l }); err != nil {
		return nil, nil, err
	}
	surrounded := map[*Thread]*around{}
	inThread := func(m *Model, mail *labelled) []float64 {
		a := surrounded[mail.thread]
		if a == nil { // one model reads all of a thread
			a = surroundings(m.reread(mail.thread.Turns))
			surrounded[mail.thread] = a
		}
		return a.features(slices.Clone(a.turns[mail.at].x), mail.at)
	}
	err = look(sectionMail, threadFeatures(rules.cues), inThread, func(m *Model, l *linear.Logit) { m.mail = l })
	return b, cross, err
}

// reread reads turns again, by m.
func (m *Model) reread(turns []Turn) []Turn {
	out := slices.Clone(turns)
	for i := range out {
		out[i].Reading = m.Read(&out[i].Input, out[i].Signal)
	}
	return out
}

// A labelled is a mail that teaches.
type labelled struct {
	thread *Thread
	at     int // turn of the thread
	in     *Input
	label  *Label
	group  string
}

func teaching(threads []Thread) []labelled {
	var out []labelled
	for n := range threads {
		t := &threads[n]
		for i := range t.Labels {
			turn := &t.Turns[i]
			if t.Labels[i].Stance != "" && turn.Input.Rust && (turn.Signal == None || turn.Signal == "") && (!turn.Input.Patch || turn.Input.Cover) && len(turn.Input.Sentences) > 0 {
				out = append(out, labelled{thread: t, at: i, in: &turn.Input, label: &t.Labels[i], group: t.Group})
			}
		}
	}
	return out
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
	return m.features(nil, in, text, m.mark(text, new(linear.Memo), nil))
}

// A mailTrainer learns the heads for sentences of labelled mail.
type mailTrainer struct {
	linear.Targets
	group []string // of each row
}

func newMailTrainer(c *cues, mails []labelled, o TrainOptions) *mailTrainer {
	t := &mailTrainer{}
	for _, s := range o.Extra {
		t.Add(c, s.Text, s.Source, cmp.Or(s.Weight, 1), sign(s.Label == Support), sign(s.Label == Conditional), sign(s.Label == Oppose))
		t.group = append(t.group, s.Source)
	}
	for i := range mails {
		m := &mails[i]
		at := linear.FindQuote(m.in.Sentences, m.label.Evidence)
		for j, text := range m.in.Sentences {
			y := [3]int8{-1, -1, -1}
			w := 1.0
			if k := labelIndex(m.label.Stance); k > 0 {
				y[k-1] = 1
				if j != at { // a sentence beside the quoted one may say the same or nothing
					w = min(1, o.Beside/float64(len(m.in.Sentences)))
				}
			}
			t.Add(c, text, m.group, w, y[0], y[1], y[2])
			t.group = append(t.group, m.group)
		}
	}
	return t
}

func (t *mailTrainer) heads(general *linear.Model, o linear.Options, use func(group string) bool) (*linear.Model, error) {
	own, err := t.Train(headNames()[2:], o, func(row int) bool { return use(t.group[row]) })
	if err != nil {
		return nil, fmt.Errorf("stance: %w", err)
	}
	return linear.Merge(general, own)
}
