package stance

import (
	"cmp"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"slices"
	"strconv"
	"sync"

	"rustle/pkg/linear"
)

// Names of the sections of a model bundle.
const (
	sectionHeads = "stance/sentences"
	sectionAlone = "stance/alone"
	sectionMail  = "stance/mail"
)

// Heads of the sentence model: two learned from replies labelled by their own tags, three from labelled
// mail.
const (
	headTagSupport = iota
	headTagOppose
	headSupport
	headConditional
	headOppose
	headCount
)

func headNames() []string {
	return []string{"tag-support", "tag-oppose", "mail-support", "mail-conditional", "mail-oppose"}
}

func stanceLabels() []string { return []string{None, Support, Conditional, Oppose} }

// A Model reads signals and stances. Read-only and safe for concurrent use.
type Model struct {
	signals *signalRules
	cues    *cues
	heads   *linear.Model
	alone   *linear.Logit // over mailFeatures, labels stanceLabels
	mail    *linear.Logit // over threadFeatures, labels stanceLabels
	width   int           // of threadFeatures
	card    string
	print   string    // of the bundle
	scratch sync.Pool // *scratch
}

type scratch struct {
	reader linear.Reader
	memo   linear.Memo
	marks  [64]scores
}

// New builds a model from the sections of b whose names begin with "stance/".
func New(b *linear.Bundle) (*Model, error) {
	m, err := Rules()
	if err != nil {
		return nil, err
	}
	m.heads, m.alone, m.mail = b.Models[sectionHeads], b.Logits[sectionAlone], b.Logits[sectionMail]
	m.card, m.print = b.Card, b.Fingerprint()
	if m.heads == nil || m.alone == nil || m.mail == nil {
		return nil, errors.New("stance: the model file has no stance sections")
	}
	for k, name := range headNames() {
		if k >= len(m.heads.Heads) || m.heads.Heads[k].Name != name {
			return nil, fmt.Errorf("stance: head %d is not %q", k, name)
		}
	}
	if !fits(m.alone, mailFeatures(m.cues)) || !fits(m.mail, threadFeatures(m.cues)) {
		return nil, errors.New("stance: labels or features of the model file do not match this version")
	}
	return m, nil
}

func fits(l *linear.Logit, features []string) bool {
	return slices.Equal(l.Labels, stanceLabels()) && slices.Equal(l.Features, features)
}

// Rules returns a model that has rules but no heads: Signal works in full, Stance follows signals only. Training
// starts from it.
func Rules() (*Model, error) {
	signals, err := parseSignals(signalText)
	if err != nil {
		return nil, fmt.Errorf("stance: %w", err)
	}
	c, err := parseCues(cueText)
	if err != nil {
		return nil, fmt.Errorf("stance: %w", err)
	}
	m := &Model{signals: signals, cues: c, width: len(threadFeatures(c))}
	m.scratch.New = func() any { return &scratch{} }
	return m, nil
}

// Card returns the model card: what was learned from what, and how good it is.
func (m *Model) Card() string { return m.card }

// Fingerprint changes whenever weights, signal rules or cues do, and so any answer may.
func (m *Model) Fingerprint() string {
	h := fnv.New64a()
	_, _ = io.WriteString(h, m.print+signalText+cueText) // a hash takes everything
	return strconv.FormatUint(h.Sum64(), 16)
}

// text is the reading of the caller when it fits the sentences, else one of our own.
func (m *Model) text(r *linear.Reader, in *Input) *linear.Text {
	if t := in.shared(); t != nil {
		return r.View(t, m.cues)
	}
	return r.Read(in.Sentences, m.cues)
}

// signalScore is how often the stance of a mail with a signal is the signal's (labels of the development
// set, mails about Rust: 86 of 87).
const signalScore = 0.98

// choose returns the label with the largest probability times its factor. The factors make up for
// labels that are rare in the training labels, and were chosen by cross-validation for macro-F1.
func choose(p []float64) int {
	factor := [...]float64{1, factorSupport, factorConditional, factorOppose}
	best := 0
	for k := range p {
		if p[k]*factor[k] > p[best]*factor[best] {
			best = k
		}
	}
	return best
}

const (
	factorSupport     = 1.2
	factorConditional = 1.3
	factorOppose      = 3.0
)

// scores are the calibrated logits of the heads for one sentence.
type scores [headCount]float64

func (m *Model) mark(text *linear.Text, memo *linear.Memo, marks []scores) []scores {
	var z [linear.MaxHeads]float64
	for i := range text.Sentences {
		m.heads.Score(&text.Sentences[i], memo, z[:])
		var s scores
		for k := range s {
			s[k] = min(max(m.heads.Calibrated(k, z[k]), -6), 6)
		}
		marks = append(marks, s)
	}
	return marks
}

// threadFeatures names what the second stage weighs.
func threadFeatures(c *cues) []string { return append(mailFeatures(c), aroundFeatures()...) }

// mailFeatures names what is known of a mail by itself.
func mailFeatures(c *cues) []string {
	names := make([]string, 0, 96)
	for _, head := range headNames() {
		names = append(names, head+"-max", head+"-top3", head+"-mean", head+"-first", head+"-last")
	}
	for _, id := range c.ids {
		names = append(names, "cue-"+id)
	}
	return append(names, "sentences", "reply", "patch", "rust-developer", "own-patch", "own-thread",
		"answers-rust-developer", "answers-self", "outsider-answers-insider", "insider-answers-outsider", "insider-own-patch",
		"parent-nak", "parent-tag",
		"tone-positive", "tone-negative", "tone-uncivil", "negative-insider", "negative-outsider")
}

// features appends the values of mailFeatures.
func (m *Model) features(x []float64, in *Input, text *linear.Text, marks []scores) []float64 {
	for k := range headCount {
		x = pool(x, marks, k)
	}
	at := len(x)
	for range m.cues.ids {
		x = append(x, 0)
	}
	sums := x[at:]
	for i := range text.Sentences {
		for j := range sums {
			sums[j] += float64(text.Sentences[i].Dense[j])
		}
	}
	for j := range sums {
		sums[j] = math.Log1p(sums[j])
	}
	return append(x, math.Log1p(float64(len(marks))), number(in.Reply), number(in.Patch),
		number(in.RustDeveloper), number(in.OwnPatch), number(in.OwnThread),
		number(in.AnswersRustDev), number(in.AnswersSelf), number(!in.RustDeveloper && in.AnswersRustDev),
		number(in.RustDeveloper && in.Reply && !in.AnswersRustDev), number(in.RustDeveloper && in.OwnPatch),
		number(in.ParentSignal == Nak), number(in.ParentSignal != "" && in.ParentSignal != None && in.ParentSignal != Nak),
		in.Positive, in.Negative, in.Uncivil, pick(in.RustDeveloper, in.Negative), pick(!in.RustDeveloper, in.Negative))
}

func pick(yes bool, x float64) float64 {
	if yes {
		return x
	}
	return 0
}

func number(b bool) float64 { return pick(b, 1) }

// pool appends a head's view of the mail: strongest sentence, mean of the three strongest, mean, first,
// last.
func pool(x []float64, marks []scores, k int) []float64 {
	top := [3]float64{math.Inf(-1), math.Inf(-1), math.Inf(-1)}
	sum := 0.0
	for i := range marks {
		z := marks[i][k]
		sum += z
		switch {
		case z > top[0]:
			top[0], top[1], top[2] = z, top[0], top[1]
		case z > top[1]:
			top[1], top[2] = z, top[1]
		case z > top[2]:
			top[2] = z
		}
	}
	n := min(len(marks), 3)
	t := 0.0
	for _, z := range top[:n] {
		t += z
	}
	return append(x, top[0], t/float64(n), sum/float64(len(marks)), marks[0][k], marks[len(marks)-1][k])
}

// hits names the sentences that speak most for label k, each with the cue that says so, and the facts
// of the context that moved the label.
func (m *Model) hits(k int, x []float64, text *linear.Text, marks []scores) []Hit {
	head := [...]int{0, headSupport, headConditional, headOppose}[k]
	side := [...]string{"", "support", "condition", "oppose"}[k]
	sentences := make([]Hit, 0, len(marks))
	for i := range marks {
		w := marks[i][head]
		switch k {
		case 1:
			w += 0.5 * marks[i][headTagSupport]
		case 3:
			w += 0.5 * marks[i][headTagOppose]
		}
		rule := "stance-" + stanceLabels()[k]
		most := 0.0
		for j := range m.cues.ids {
			if c := float64(text.Sentences[i].Dense[j]); m.cues.sides[j] == side && c > 0 {
				w += 0.5
				if c > most {
					most, rule = c, m.cues.ids[j]
				}
			}
		}
		sentences = append(sentences, Hit{i, rule, w})
	}
	slices.SortStableFunc(sentences, func(a, b Hit) int { return cmp.Compare(b.Weight, a.Weight) })
	keep := 1
	for keep < min(3, len(sentences)) && sentences[keep].Weight > 0 {
		keep++
	}
	hits := sentences[:keep]
	for i := range hits {
		hits[i].Weight = linear.Sigmoid(hits[i].Weight)
	}
	from := headCount*5 + len(m.cues.ids)
	for j := from + 1; j < len(x); j++ {
		if x[j] <= 0 {
			continue
		}
		if w := m.mail.Part(k, j, x[j]); w >= 0.15 {
			hits = append(hits, Hit{-1, "CTX-" + m.mail.Features[j], w})
		}
	}
	return hits
}

// Explain returns, for each head by name, the words and pairs of the sentence that moved it most,
// at most limit of them. Positive weights speak for the head.
func (m *Model) Explain(sentence string, limit int) map[string][]linear.Contribution {
	out := map[string][]linear.Contribution{}
	if m.heads == nil {
		return out
	}
	var r linear.Reader
	s := &r.Read([]string{sentence}, m.cues).Sentences[0]
	for k := range m.heads.Heads {
		out[m.heads.Heads[k].Name] = m.heads.Explain(s, k, limit)
	}
	return out
}
