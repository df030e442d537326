package stance

import (
	"math"
)

// A Reading is a mail read by itself: the first of two looks. The second is at the thread, since people stay with
// what they hold: an author who opposes in one mail seldom supports in the next, and a defence speaks of an attack.
type Reading struct {
	Input  Input
	Signal string // as Signal found it

	x     []float64  // of mailFeatures; nil when the words are not looked at
	alone [4]float64 // what the words and the place say without the thread, by stanceLabels
}

// A Turn is a mail in its discussion.
type Turn struct {
	Reading
	Person string // its author; turns of one person belong together
	Parent int    // index of the turn it answers, -1 when it answers none of them
}

// Read reads a mail by itself. signal is the label Signal gave for it. The result keeps the slices of in but not
// its Text.
func (m *Model) Read(in *Input, signal string) Reading {
	r := Reading{Input: *in, Signal: signal}
	r.Input.Text = nil
	if !m.argues(in, signal) {
		return r
	}
	sc := m.scratch.Get().(*scratch)
	defer m.scratch.Put(sc)
	text := m.text(&sc.reader, in)
	r.x = m.features(make([]float64, 0, m.width), in, text, m.mark(text, &sc.memo, sc.marks[:0]))
	m.alone.Probabilities(r.x, r.alone[:])
	return r
}

// argues says that where the author stands is to be seen in his words. A commit message is the proposal itself:
// where its author stands goes without saying (the labels call it none); a cover letter argues.
func (m *Model) argues(in *Input, signal string) bool {
	return len(in.Sentences) > 0 && m.heads != nil && m.alone != nil && (signal == None || signal == "") && (!in.Patch || in.Cover)
}

// Discussion returns where the author of each turn stands, in the order of the turns. All of a thread's mails
// belong into it, also those that are not about Rust; these have no stance themselves.
func (m *Model) Discussion(turns []Turn) []Verdict {
	out := make([]Verdict, len(turns))
	var around *around // made when a turn is weighed by it: in many threads nobody argues
	var x []float64
	for i := range turns {
		out[i] = m.verdict(&turns[i], func() []float64 {
			if around == nil {
				around = surroundings(turns)
			}
			x = around.features(append(x[:0], turns[i].x...), i)
			return x
		})
	}
	return out
}

// Stance returns where the author of a single mail stands. signal is the label Signal gave for the same mail; a
// mail that is not about Rust has none.
func (m *Model) Stance(in *Input, signal string) Verdict {
	return m.Discussion([]Turn{{Reading: m.Read(in, signal), Parent: -1}})[0]
}

func (m *Model) verdict(t *Turn, features func() []float64) Verdict {
	if !t.Input.Rust {
		return Verdict{Label: None, Score: 1}
	}
	switch t.Signal {
	case Nak:
		return Verdict{Label: Oppose, Score: signalScore, Hits: []Hit{{-1, "STANCE-nak", 1}}, Con: signalScore}
	case Ack, Review, Test, Apply:
		return Verdict{Label: Support, Score: signalScore, Hits: []Hit{{-1, "STANCE-" + t.Signal, 1}}, Pro: signalScore}
	}
	if t.x == nil || m.mail == nil {
		return Verdict{Label: None, Score: 1}
	}
	x := features()
	var p [4]float64
	m.mail.Probabilities(x, p[:])
	k := choose(p[:])
	v := Verdict{Label: stanceLabels()[k], Score: p[k], Pro: p[1], Con: p[2] + p[3]}
	if k > 0 {
		sc := m.scratch.Get().(*scratch)
		defer m.scratch.Put(sc)
		text := sc.reader.Read(t.Input.Sentences, m.cues)
		v.Hits = m.hits(k, x, text, m.mark(text, &sc.memo, sc.marks[:0]))
	}
	return v
}

// usual are the shares of the labels that a turn is taken to have when nothing is known of it.
var usual = [4]float64{0.6, 0.25, 0.12, 0.03}

// Names of what the second stage weighs beside mailFeatures: how the positions of others, and of the author
// elsewhere, differ from the usual.
func aroundFeatures() []string {
	var names []string
	for _, who := range []string{"author", "answers", "answered", "thread"} {
		for _, label := range stanceLabels() {
			names = append(names, who+"-"+label)
		}
	}
	return append(names, "author-sharpest")
}

// A sum is the positions of some turns.
type sum struct {
	p [4]float64
	n float64
}

func (s *sum) add(p *[4]float64, times float64) {
	for k := range s.p {
		s.p[k] += times * p[k]
	}
	s.n += times
}

// ratio appends how the mean of the sum, with some turns of the usual kind put in, differs from the usual.
func (s *sum) ratio(x []float64, usually float64) []float64 {
	for k := range s.p {
		x = append(x, math.Log((s.p[k]+usually*usual[k])/(s.n+usually)/usual[k]))
	}
	return x
}

// around is what surrounds the turns of a discussion.
type around struct {
	turns   []Turn
	known   []bool // the position is known at all
	at      [][4]float64
	persons map[string]*person
	answers []sum // to each turn, by others
	all     sum
}

type person struct {
	sum
	sharpest [2]float64 // probabilities that he objects, in the two mails in which he does most
}

func surroundings(turns []Turn) *around {
	a := &around{turns: turns, known: make([]bool, len(turns)), at: make([][4]float64, len(turns)), persons: map[string]*person{}, answers: make([]sum, len(turns))}
	for i := range turns {
		t := &turns[i]
		p := &a.at[i]
		switch t.Signal {
		case Nak:
			p[3] = 1
		case Ack, Review, Test, Apply:
			p[1] = 1
		default:
			if t.x == nil {
				continue
			}
			*p = t.alone
		}
		a.known[i] = true
		a.all.add(p, 1)
		who := a.persons[t.Person]
		if who == nil {
			who = &person{}
			a.persons[t.Person] = who
		}
		who.add(p, 1)
		if o := p[2] + p[3]; o > who.sharpest[0] {
			who.sharpest = [2]float64{o, who.sharpest[0]}
		} else if o > who.sharpest[1] {
			who.sharpest[1] = o
		}
		if a.byOther(i) {
			a.answers[t.Parent].add(p, 1)
		}
	}
	return a
}

// byOther says that turn i answers somebody else.
func (a *around) byOther(i int) bool {
	at := a.turns[i].Parent
	return at >= 0 && at < len(a.turns) && a.turns[at].Person != a.turns[i].Person
}

// features appends the values of aroundFeatures for turn i, which does not count itself.
func (a *around) features(x []float64, i int) []float64 {
	p := &a.at[i]
	who := *a.persons[a.turns[i].Person]
	who.add(p, -1)
	x = who.ratio(x, 1)
	x = a.answers[i].ratio(x, 1)
	var answered sum
	if at := a.turns[i].Parent; a.byOther(i) && a.known[at] {
		answered.add(&a.at[at], 1)
	}
	x = answered.ratio(x, 0.1)
	all := a.all
	all.add(p, -1)
	x = all.ratio(x, 5)
	sharpest := usual[2] + usual[3]
	if who.n > 0 {
		sharpest = who.sharpest[0]
		if p[2]+p[3] == sharpest { // that one is his own
			sharpest = who.sharpest[1]
		}
	}
	return append(x, sharpest)
}
