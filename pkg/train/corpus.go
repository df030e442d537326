package train

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"rustle/pkg/analysis"
	"rustle/pkg/eval"
	"rustle/pkg/linear"
	"rustle/pkg/sentiment"
	"rustle/pkg/stance"
)

// Options of training. The zero value is what the embedded models use.
type Options struct {
	Seed      uint64 // of every random order; 0 means 1
	Seeds     int    // cross-validations, each over other folds; 0 means 3
	Technical int    // sentences of the source without any phrase of tone, taken as neutral; 0 means 3500, negative none
	Date      string // of the model card; "" means the day of the newest labelled mail
}

func (o Options) withDefaults() Options {
	o.Seed = cmp.Or(o.Seed, 1)
	o.Seeds = cmp.Or(o.Seeds, 3)
	o.Technical = max(cmp.Or(o.Technical, 3500), 0)
	return o
}

// A Corpus is material with its mail.
type Corpus struct {
	o        Options
	analyzer *analysis.Analyzer
	gold     eval.Set
	threads  []*conversation
	samples  []sample

	Missing Missing // what the source lacks
}

// Missing counts labels whose mail the source lacks.
type Missing struct{ Messages, Threads, Judged, Sentences int }

// A conversation is a thread with labels.
type conversation struct {
	id, list string
	prepared *analysis.Prepared
	label    *eval.Thread             // nil when the thread has none
	mails    map[string]*eval.Message // by Message-ID; of Material.Gold and of Material.Messages
	tested   bool                     // it or a mail of it has a label of Material.Gold
	gold     map[string]bool          // those of mails that are from there
	quotes   map[string]quote         // of mails of Material.Messages
}

// A quote is what the reader of a labelled mail saw its tone and its position in.
type quote struct{ tone, stance string }

// Gather takes the mail that the labels speak of from the source. The rules are those of a; its models
// are not looked at. Labels without mail are counted in
// Missing and left out.
func Gather(ctx context.Context, a *analysis.Analyzer, from Source, m *Material, o Options) (*Corpus, error) {
	c := &Corpus{o: o.withDefaults(), analyzer: a, gold: m.Gold}
	if len(m.Gold.Messages) == 0 || len(m.Gold.Threads) == 0 {
		return nil, errors.New("labels of mail and of threads are needed, both")
	}
	g := gatherer{Corpus: c, from: from, byMail: map[string]*conversation{}}
	if err := g.labels(ctx, m); err != nil {
		return nil, err
	}
	if err := g.judged(ctx, m.Sentences); err != nil {
		return nil, err
	}
	lists := map[string]bool{}
	labelled := map[string]bool{}
	for _, t := range c.threads {
		lists[t.list] = true
		for id := range t.mails {
			labelled[id] = true
		}
	}
	for i := range m.Tables {
		t := &m.Tables[i]
		s, err := t.samples(
			func(list string) bool { name, _, _ := strings.Cut(list, "."); return lists[name] || lists[list] },
			func(id string) bool { return labelled[strings.Trim(id, "<>")] })
		if err != nil {
			return nil, err
		}
		c.samples = append(c.samples, s...)
	}
	if err := g.technical(ctx); err != nil {
		return nil, err
	}
	if c.o.Date == "" {
		c.o.Date = g.newest
	}
	return c, nil
}

type gatherer struct {
	*Corpus
	from   Source
	byMail map[string]*conversation
	newest string // day of the newest labelled mail
}

// conversation finds or loads the thread that holds a mail; nil when the source lacks it.
func (g *gatherer) conversation(ctx context.Context, id string) (*conversation, error) {
	if t := g.byMail[id]; t != nil || id == "" {
		return t, nil
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	tree, inputs, err := g.from.Thread(id)
	if err != nil || tree == nil {
		return nil, err
	}
	t := &conversation{id: tree.ID, prepared: g.analyzer.Prepare(tree, inputs), mails: map[string]*eval.Message{}, gold: map[string]bool{}, quotes: map[string]quote{}}
	for _, d := range g.analyzer.Judge(t.prepared).Messages {
		g.byMail[d.Record.ID] = t
		if t.list == "" && len(d.Record.Lists) > 0 {
			t.list = d.Record.Lists[0]
		}
	}
	return t, nil
}

// labels loads the threads of labelled mail and labelled threads.
func (g *gatherer) labels(ctx context.Context, m *Material) error {
	kept := map[*conversation]bool{}
	keep := func(t *conversation) {
		if !kept[t] {
			kept[t] = true
			g.threads = append(g.threads, t)
		}
	}
	for i := range m.Gold.Threads {
		l := &m.Gold.Threads[i]
		t, err := g.conversation(ctx, l.ID)
		if err == nil && t == nil {
			t, err = g.conversation(ctx, l.Root)
		}
		if err != nil {
			return err
		}
		if t == nil {
			g.Missing.Threads++
			continue
		}
		t.label, t.tested = l, true
		keep(t)
	}
	for i := range m.Gold.Messages {
		t, err := g.conversation(ctx, m.Gold.Messages[i].ID)
		if err != nil {
			return err
		}
		if t == nil {
			g.Missing.Messages++
			continue
		}
		t.mails[m.Gold.Messages[i].ID] = &m.Gold.Messages[i]
		t.tested, t.gold[m.Gold.Messages[i].ID] = true, true
		keep(t)
		g.newest = max(g.newest, day(m.Gold.Messages[i].Date))
	}
	for i := range m.Messages {
		t, err := g.conversation(ctx, m.Messages[i].ID)
		if err != nil {
			return err
		}
		switch {
		case t == nil:
			g.Missing.Judged++
		case t.mails[m.Messages[i].ID] == nil:
			t.mails[m.Messages[i].ID] = &m.Messages[i]
			keep(t)
		}
	}
	if len(kept) == 0 {
		return errors.New("the index holds none of the labelled mail")
	}
	slices.SortFunc(g.threads, func(a, b *conversation) int { return strings.Compare(a.id, b.id) })
	return nil
}

// day is the date of a labelled mail to the day, "" when it is in no form that sorts.
func day(date string) string {
	if len(date) < 10 || date[4] != '-' || date[7] != '-' {
		return ""
	}
	return date[:10]
}

// judged finds the judged sentences.
func (g *gatherer) judged(ctx context.Context, all []Sentence) error {
	own := map[string]map[string]string{} // sentences of a mail by key
	for _, s := range all {
		t, err := g.conversation(ctx, s.ID)
		if err != nil {
			return err
		}
		if t == nil || t.gold[s.ID] { // a labelled mail is held out as a whole
			g.Missing.Sentences++
			continue
		}
		if own[s.ID] == nil {
			texts, err := g.from.Sentences(s.ID)
			if err != nil {
				return err
			}
			own[s.ID] = map[string]string{}
			for _, text := range texts {
				own[s.ID][linear.Key(text)] = text
			}
		}
		text, ok := own[s.ID][s.Key]
		if !ok {
			g.Missing.Sentences++
			continue
		}
		one := judgement(&s, text, t)
		if t.mails[s.ID] != nil && t.quote(&s, text) {
			one.mailTone, one.mailStance = nil, nil // the mail teaches them, with its other sentences
		}
		g.samples = append(g.samples, one)
	}
	return nil
}

// quote takes a judged sentence as the quote of its mail; false when there is another already.
func (t *conversation) quote(s *Sentence, text string) bool {
	q := t.quotes[s.ID]
	if s.Tone != "" && q.tone != "" || s.Stance != "" && q.stance != "" {
		return false
	}
	if s.Tone != "" {
		q.tone = text
	}
	if s.Stance != "" {
		q.stance = text
	}
	t.quotes[s.ID] = q
	return true
}

const setJudged = "judged sentences"

func judgement(s *Sentence, text string, t *conversation) sample {
	out := sample{thread: t.id, list: t.list, set: setJudged}
	if s.Tone != "" {
		for _, label := range lessonsOf(s.Tone) {
			out.tone = append(out.tone, sentiment.Sample{Text: text, Label: label, Source: t.id, Weight: 2})
		}
		tone := s.Tone
		if tone == uncivil {
			tone = sentiment.Negative
		}
		out.mailTone = []sentiment.Sample{{Text: text, Label: tone, Source: t.id}}
	}
	if s.Stance != "" {
		out.mailStance = []stance.Sample{{Text: text, Label: s.Stance, Source: t.id}}
	}
	return out
}

// lessonsOf says what the tone of a sentence of kernel mail teaches the general heads.
func lessonsOf(tone string) []string {
	switch tone {
	case sentiment.Positive, sentiment.Neutral:
		return []string{tone, "calm", "civil"}
	case sentiment.Negative:
		return []string{sentiment.Negative, "displeased", "civil"}
	}
	return []string{sentiment.Negative, "displeased", uncivil}
}

const (
	setTechnical = "technical sentences"
	alone        = 60 // technical sentences that also stand as mails of their own
)

// technical draws sentences without any phrase of tone from replies outside the labelled threads: one a
// mail, in the order of a hash of the Message-ID.
func (g *gatherer) technical(ctx context.Context) error {
	if g.o.Technical == 0 {
		return nil
	}
	type drawn struct {
		id, thread, list string
		rank             uint64
	}
	var mails []drawn
	labelled := map[string]bool{}
	for _, t := range g.threads {
		labelled[t.id] = true
	}
	for r, err := range g.from.Records(ctx) {
		if err != nil {
			return err
		}
		if r.Kind != "reply" || r.Words == 0 || labelled[r.Thread] {
			continue
		}
		d := drawn{id: r.ID, thread: r.Thread, rank: rank(r.ID, g.o.Seed)}
		if len(r.Lists) > 0 {
			d.list = r.Lists[0]
		}
		mails = append(mails, d)
	}
	slices.SortFunc(mails, func(a, b drawn) int { return cmp.Or(cmp.Compare(a.rank, b.rank), strings.Compare(a.id, b.id)) })
	lexicon, err := sentiment.DefaultLexicon()
	if err != nil {
		return err
	}
	var reader linear.Reader
	n := 0
	for _, m := range mails {
		if n == g.o.Technical {
			break
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		texts, err := g.from.Sentences(m.id)
		if err != nil {
			return err
		}
		plain := slices.DeleteFunc(slices.Clone(texts), func(s string) bool {
			return !lexicon.Plain(&reader.Read([]string{s}, nil).Sentences[0])
		})
		if len(plain) == 0 {
			continue
		}
		text := plain[m.rank%uint64(len(plain))]
		s := sample{thread: m.thread, list: m.list, set: setTechnical, tone: []sentiment.Sample{{Text: text, Label: "technical", Source: setTechnical}}}
		if n < alone {
			s.mail = &sentiment.Mail{Input: sentiment.Input{Sentences: []string{text}, Reply: true}, Tone: sentiment.Neutral, Unasked: true, Group: fmt.Sprint(setTechnical, n)}
		}
		g.samples = append(g.samples, s)
		n++
	}
	return nil
}

func rank(id string, seed uint64) uint64 {
	h := fnv.New64a()
	_, _ = fmt.Fprint(h, seed, id) // a hash takes everything
	x := h.Sum64()
	x ^= x >> 33 // FNV mixes its high bits badly
	x *= 0xff51afd7ed558ccd
	return x ^ x>>33
}
