package analysis

import (
	"cmp"
	"slices"

	"rustle/pkg/linear"
	"rustle/pkg/mail"
	"rustle/pkg/patch"
	"rustle/pkg/people"
	"rustle/pkg/sentiment"
	"rustle/pkg/stance"
	"rustle/pkg/thread"
	"rustle/pkg/topic"
)

// Thread analyses the messages of one thread together. The inputs are matched to the tree by
// Message-ID and hash and may come in any order; each must belong to the thread. The result has the
// messages in tree order, those of one Message-ID next to each other by hash.
func (a *Analyzer) Thread(t *thread.Thread, inputs []Input) Result {
	return a.Judge(a.Prepare(t, inputs))
}

// A Prepared thread has been read: all is known but what the models of tone, position and threads say.
// Those who train them judge it many times. Not safe for concurrent use.
type Prepared struct {
	tree   *thread.Thread
	drafts []*Draft
	about  topic.Relevance
}

// Prepare reads the messages of one thread, see Thread.
func (a *Analyzer) Prepare(t *thread.Thread, inputs []Input) *Prepared {
	p := &Prepared{tree: t, drafts: a.drafts(t, inputs)}
	p.about = a.relevance(p.drafts)
	a.topic(p.drafts, p.about)
	return p
}

// Judge applies the models. The result shares its messages with p: the next Judge changes them.
func (a *Analyzer) Judge(p *Prepared) Result {
	a.speakers(p.drafts)
	return Result{Summary: a.summary(p.tree, p.drafts, p.about), Messages: p.drafts}
}

// drafts reads all messages by themselves.
func (a *Analyzer) drafts(t *thread.Thread, inputs []Input) []*Draft {
	byID := make(map[string][]Input, len(inputs))
	for _, in := range inputs {
		byID[in.Mail.ID] = append(byID[in.Mail.ID], in)
	}
	present := func(id string) bool { return len(byID[id]) > 0 }
	drafts := make([]*Draft, 0, len(inputs))
	for _, same := range byID {
		slices.SortFunc(same, func(x, y Input) int { return cmp.Compare(x.Mail.Hash, y.Mail.Hash) })
	}
	with := a.desks.Get().(*desk)
	defer func() {
		with.cut.Forget()
		a.desks.Put(with)
	}()
	title := patch.ParseSubject(t.Subject).Title
	for _, node := range t.Nodes {
		same := byID[node.ID]
		var parent *mail.Message
		if p := byID[node.ParentID]; len(p) > 0 {
			parent = p[0].Mail
		}
		for _, in := range same {
			drafts = append(drafts, a.draft(in, with, title, node, t, parent, present))
		}
	}
	return drafts
}

// topic tags every message with systems and, where Rust is the subject, with arguments, with the thread's topics as
// context.
func (a *Analyzer) topic(drafts []*Draft, about topic.Relevance) {
	for i, b := range branches(drafts) {
		drafts[i].branch = b
	}
	var context *topic.Context // of the arguments; nobody asks for it in a thread without Rust
	for _, d := range drafts {
		for _, v := range d.reading.Entities() {
			d.Record.Entities = append(d.Record.Entities, d.tag(v))
		}
		if !d.Record.Rust || d.Record.Kind == kindBot {
			continue
		}
		if context == nil {
			context = &topic.Context{Topics: a.prior(drafts), Rust: about.Score}
		}
		d.arguments = d.reading.Arguments(context)
		for _, v := range d.arguments {
			d.Record.Topics = append(d.Record.Topics, d.tag(v))
		}
	}
	for _, d := range drafts {
		d.reading = nil // nobody asks again, and a thread can be most of what is in memory
	}
}

// prior pools the arguments of all messages as each has them by itself.
func (a *Analyzer) prior(drafts []*Draft) map[string]float64 {
	contributions := make([]topic.Contribution, len(drafts))
	for i, d := range drafts {
		contributions[i] = topic.Contribution{Branch: d.branch}
		if d.Record.Kind == kindBot {
			contributions[i].Weight = 1e-9
			continue
		}
		contributions[i].Arguments = d.reading.Scores(nil)
	}
	return a.topics.Prior(contributions)
}

// speakers judges tone and position of every message from the root down, because an assent is an
// assent to something.
func (a *Analyzer) speakers(drafts []*Draft) {
	byID := make(map[string]*Draft, len(drafts))
	rustAuthors := map[string]bool{} // who posts Rust changes here
	for _, d := range drafts {
		byID[d.Record.ID] = d
		if d.Record.Rust && d.posted() {
			rustAuthors[d.Record.Person] = true
		}
	}
	for _, d := range drafts {
		d.Record.Sentiment, d.Record.Incivility = Verdict{Label: neutral}, Verdict{Label: isFalse}
		d.Record.Stance, d.Record.Signal = Verdict{Label: none}, none
		d.Record.SignalBy, d.Record.Settles = nil, nil
		d.stand, d.oppose, d.support = Verdict{}, 0, 0
		d.setRole()
		if d.Record.Kind == kindBot {
			if i := mergedByBot(d); i >= 0 {
				d.Record.Settles = []Evidence{d.evidence(i, ruleMerged, 1)}
			}
			continue
		}
		a.speak(d, byID[d.Record.Parent], place{
			rustAuthors: rustAuthors, root: &drafts[0].Record,
		})
		d.setRole()
	}
	a.positions(drafts)
}

// positions judges where the authors stand, which takes all that was said. Heat is asked of every thread, and
// opposition to a C patch shows in the same words: a position is judged for every message, and kept as its stance
// when it is about Rust.
func (a *Analyzer) positions(drafts []*Draft) {
	turns, speakers := turns(drafts)
	for i := range turns {
		turns[i].Input.Rust = true
	}
	for i, v := range a.stance.Discussion(turns) {
		d := speakers[i]
		d.stand = verdict(d, v.Label, v.Score, none, v.Hits)
		d.support, d.oppose = v.Pro, v.Con
		if d.Record.Rust {
			d.Record.Stance = d.stand
		}
	}
}

// turns are the messages that were spoken by people, with who speaks in each.
func turns(drafts []*Draft) ([]stance.Turn, []*Draft) {
	at := make(map[string]int, len(drafts))
	out := make([]stance.Turn, 0, len(drafts))
	speakers := make([]*Draft, 0, len(drafts))
	for _, d := range drafts {
		if d.Record.Kind != kindBot {
			at[d.Record.ID] = len(out)
			out = append(out, stance.Turn{Reading: d.position, Person: d.Record.Person, Parent: -1})
			speakers = append(speakers, d)
		}
	}
	for i, d := range speakers {
		if p, ok := at[d.Record.Parent]; ok {
			out[i].Parent = p
		}
	}
	return out, speakers
}

// posted says that the message is a patch, a cover letter or a pull request.
func (d *Draft) posted() bool {
	k := d.Record.Kind
	return k == kindPatch || k == kindCover || k == kindPull
}

func (d *Draft) tag(v topic.Verdict) Tag {
	t := Tag{ID: v.Label, Score: round(v.Score), Evidence: []Evidence{}}
	for _, h := range v.Hits {
		t.Evidence = append(t.Evidence, d.evidence(h.Sentence, h.Rule, h.Weight))
	}
	return t
}

// place is what the position of a mail's author is judged by beside his words.
type place struct {
	rustAuthors map[string]bool // who posted Rust changes in the thread
	root        *Record
}

// speak reads signal, tone, incivility and position. The signal comes first, because a tag decides
// the tone, and the tone before the position, which it helps to weigh.
func (a *Analyzer) speak(d *Draft, parent *Draft, at place) {
	r := &d.Record
	posted := d.posted()
	in := stance.Input{
		Sentences: d.sentences, Trailers: d.ownTrailers(), Name: d.Mail.From.Name, Addr: d.Mail.From.Addr,
		Reply: r.Kind == kindReply, Cover: r.Kind == kindCover, Patch: posted, Rust: r.Rust,
		RustDeveloper: at.rustAuthors[r.Person] || r.Role == people.RustMaintainer,
		OwnPatch:      !posted && d.patch != nil && d.patch.Record.Person == r.Person, OwnThread: at.root.Person == r.Person,
	}
	if parent != nil {
		p := &parent.Record
		in.AnswersRustDev = at.rustAuthors[p.Person] || p.Role == people.RustMaintainer
		in.AnswersSelf = p.Person == r.Person
		in.ParentSignal = p.Signal
	}
	// One reading of the sentences serves signal, tone, dissent and position.
	reader := a.readers.Get().(*linear.Reader)
	defer a.readers.Put(reader)
	in.Text = reader.Read(d.sentences, nil)
	signal := a.stance.Signal(&in)
	r.Signal = signal.Label
	if signal.Label != none {
		r.SignalBy = d.signalEvidence(&signal)
	} else if i := withdrawn(d.sentences); i >= 0 {
		r.Settles = []Evidence{d.evidence(i, ruleLifted, 1)}
	}
	tone := a.tone.Read(&sentiment.Input{Sentences: d.sentences, Signal: r.Signal, Reply: in.Reply, Patch: posted, Text: in.Text})
	in.Positive, in.Negative, in.Uncivil = tone.Positive, tone.Negative, tone.Uncivil
	d.negative, d.uncivil, d.rude = tone.Negative, tone.Uncivil, rudestOf(tone.Marks)
	r.Sentiment = verdict(d, tone.Tone.Label, tone.Tone.Score, sentiment.Neutral, tone.Tone.Hits)
	r.Incivility = verdict(d, tone.Incivility.Label, tone.Incivility.Score, isFalse, tone.Incivility.Hits)
	if !posted {
		d.dissent = a.dissent.count(in.Text)
	}
	d.position = a.stance.Read(&in, r.Signal)
}

// rudest is how many uncivil sentences of a mail, and of a thread, are looked at.
const rudest = 10

func rudestOf(marks []sentiment.Mark) []float64 {
	out := make([]float64, len(marks))
	for i := range marks {
		out[i] = marks[i].Uncivil
	}
	slices.SortFunc(out, func(a, b float64) int { return cmp.Compare(b, a) })
	return slices.Clone(out[:min(rudest, len(out))])
}

// ownTrailers are the trailers of the author's own text, as package stance takes them.
func (d *Draft) ownTrailers() []stance.Trailer {
	out := make([]stance.Trailer, len(d.Record.Trailers))
	for i, t := range d.Record.Trailers {
		out[i] = stance.Trailer{Token: t.Token, Value: t.Value}
	}
	return out
}

// signalEvidence proves a signal by the sentence that gives it or by the trailer itself.
func (d *Draft) signalEvidence(v *stance.Verdict) []Evidence {
	var out []Evidence
	for _, h := range v.Hits {
		if h.Sentence >= 0 {
			out = append(out, d.evidence(h.Sentence, h.Rule, h.Weight))
			continue
		}
		for i, t := range d.Record.Trailers {
			if t.Given && t.Token != "Signed-off-by" {
				start, end := d.spans[i][0], d.spans[i][1]
				out = append(out, Evidence{Text: oneLine(d.Text.Own[start:end]), Start: start, End: end, Rule: h.Rule, Weight: round(h.Weight)})
			}
		}
	}
	if len(out) == 0 {
		out = append(out, d.evidence(-1, "signal", v.Score))
	}
	return once(out)
}

// hit is what the judging packages each call their Hit.
type hit struct {
	Sentence int
	Rule     string
	Weight   float64
}

// verdict makes the verdict of a record from that of a judging package. The neutral label needs no
// evidence and keeps none: a record of a calm mail stays small. A label that a tag decides is proven
// by the tag.
func verdict[H sentiment.Hit | stance.Hit](d *Draft, label string, score float64, neutral string, hits []H) Verdict {
	v := Verdict{Label: label, Score: round(score)}
	if label == neutral {
		return v
	}
	for _, one := range hits {
		h := hit(one)
		if h.Sentence < 0 && len(d.Record.SignalBy) > 0 {
			e := d.Record.SignalBy[0]
			e.Rule, e.Weight = h.Rule, round(h.Weight)
			v.Evidence = append(v.Evidence, e)
			continue
		}
		v.Evidence = append(v.Evidence, d.evidence(h.Sentence, h.Rule, h.Weight))
	}
	if len(v.Evidence) == 0 {
		v.Evidence = d.Record.SignalBy
	}
	v.Evidence = once(v.Evidence)
	return v
}

// summary puts the thread together.
func (a *Analyzer) summary(t *thread.Thread, drafts []*Draft, about topic.Relevance) ThreadSummary {
	s := ThreadSummary{ID: t.ID, Subject: t.Subject, Partial: t.Partial, Missing: list(t.Missing), Label: "other", Topics: []ThreadTag{}, Evidence: []ThreadEvidence{}, Branches: []Branch{}}
	if len(drafts) > 0 {
		s.Author = drafts[0].Record.Person
	}
	s.counts(drafts)
	s.Entities = tagTotals(drafts, func(r *Record) []Tag { return r.Entities })
	s.Outcome = outcome(drafts)
	f := threadFeatures(drafts)
	s.Heat = a.shape.heat(f[:])
	if about.Level == topic.About || s.Heat > 0 {
		s.Evidence = threadEvidence(drafts)
	}
	if about.Level != topic.About {
		return s
	}
	if b := a.branchSummaries(drafts); len(b) > 0 {
		s.Branches = b
	}
	s.Label = "rust"
	s.DebateScore = a.shape.debate(f[:])
	if s.DebateScore >= Sure {
		s.Label = debate
	}
	contributions := make([]topic.Contribution, len(drafts))
	for i, d := range drafts {
		contributions[i] = topic.Contribution{Arguments: d.arguments, Branch: d.branch}
	}
	s.Topics = threadTopics(a.topics.Pool(contributions), drafts)
	return s
}

// threadTopics are the pooled topics of messages, with how many count; those of which none does come last.
func threadTopics(pooled []topic.ThreadTopic, drafts []*Draft) []ThreadTag {
	unsure := map[string]int{}
	for _, d := range drafts {
		_, doubtful := d.Record.Arguments()
		for _, t := range doubtful {
			unsure[t.ID]++
		}
	}
	out := make([]ThreadTag, 0, len(pooled))
	for _, t := range pooled {
		out = append(out, ThreadTag{ID: t.ID, Score: round(t.Score), Messages: t.Messages - unsure[t.ID], Unsure: unsure[t.ID]})
	}
	slices.SortStableFunc(out, func(x, y ThreadTag) int { return cmp.Compare(min(y.Messages, 1), min(x.Messages, 1)) })
	return out
}
