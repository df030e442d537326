package stance

import (
	"slices"
	"strings"

	"rustle/pkg/linear"
)

// Signal returns the signal the author gives in this mail; its label is none when he gives none. Hits
// hold every signal found, the chosen one first.
func (m *Model) Signal(in *Input) Verdict {
	sc := m.scratch.Get().(*scratch)
	defer m.scratch.Put(sc)
	text := in.shared()
	if text == nil {
		text = sc.reader.Tokens(in.Sentences)
	}
	return m.signal(in, text)
}

func (m *Model) signal(in *Input, text *linear.Text) Verdict {
	var found [signalCount][]Hit
	if !in.Patch {
		trailerSignals(in, &found)
		for i := range text.Sentences {
			m.sentenceSignals(in, &text.Sentences[i], i, &found)
		}
		if in.Reply && refuses(in.Sentences) {
			found[nakAt] = append(found[nakAt], Hit{1, "NAK-9", 0.6})
		}
		if tagged(&found) {
			found[nakAt] = slices.DeleteFunc(found[nakAt], func(h Hit) bool {
				return h.Sentence >= 0 && h.Sentence < len(in.Sentences) && smiles(in.Sentences[h.Sentence])
			})
		}
	}
	v := Verdict{Label: None, Score: 1}
	for at, hits := range found {
		if len(hits) == 0 {
			continue
		}
		if v.Label == None {
			v.Label = signalNames()[at]
			v.Score = 0
			for _, h := range hits {
				v.Score = max(v.Score, h.Weight)
			}
		}
		v.Hits = append(v.Hits, hits...)
	}
	return v
}

// tagged says that the author signs an ack, a review or a test with his name.
func tagged(found *[signalCount][]Hit) bool {
	for _, at := range [...]int{ackAt, reviewAt, testAt} {
		if slices.ContainsFunc(found[at], func(h Hit) bool { return h.Sentence < 0 }) {
			return true
		}
	}
	return false
}

// smiles says that a sentence ends in a smile: "NAK ;)" beside the author's own Reviewed-by is no NAK. Without the smile
// the NAK counts, of one patch perhaps, and goes before the tag.
func smiles(sentence string) bool {
	s := strings.TrimRight(sentence, " \t\n")
	for _, face := range [...]string{":)", ";)", ":-)", ";-)", ":D", ":P"} {
		if strings.HasSuffix(s, face) {
			return true
		}
	}
	return false
}

// refuses says that a mail opens with "No." and goes on to reject the thing itself: "This is not a
// solution.". A bare "No." answers a question.
func refuses(sentences []string) bool {
	if len(sentences) < 2 {
		return false
	}
	first := strings.ToLower(strings.Trim(sentences[0], " .!,"))
	if first != "no" && first != "nope" && first != "just no" {
		return false
	}
	second := strings.ToLower(sentences[1])
	for _, p := range []string{"this is not a", "that is not a", "this is not the", "that is not the", "this is wrong", "that is wrong", "this isn't a", "that's not a", "this is not acceptable"} {
		if strings.HasPrefix(second, p) {
			return true
		}
	}
	return false
}

func trailerSignals(in *Input, found *[signalCount][]Hit) {
	for _, t := range in.Trailers {
		signals, ok := given(t.Token)
		if !ok || !same(t.Value, in.Name, in.Addr) {
			continue
		}
		for at, yes := range signals {
			if yes {
				found[at] = append(found[at], Hit{-1, trailerRule(at), 0.99})
			}
		}
	}
}

func trailerRule(at int) string {
	return [...]string{"NAK-1", "APPLY-1", "ACK-1", "REV-1", "TEST-1"}[at]
}

// sentenceSignals adds what one sentence performs.
func (m *Model) sentenceSignals(in *Input, s *linear.Sentence, n int, found *[signalCount][]Hit) {
	var room [48]linear.Match
	all := m.signals.lexicon.Find(s, room[:0])
	if len(all) == 0 {
		return
	}
	question := asks(s)
	for _, hit := range all {
		g := &m.signals.groups[hit.ID]
		if g.block || m.blocked(all, hit, g.signal) {
			continue
		}
		if question && g.id != "NAK-2" {
			continue // "Should I have NAKed it?"
		}
		switch g.signal {
		case applyAt:
			if !in.Reply {
				continue
			}
		case ackAt, reviewAt, testAt:
			// "Reviewed-by: somebody else" inside a sentence is no tag of the author's.
			if !m.ownTag(in, s, hit) {
				continue
			}
		case nakAt:
			if g.id == "NAK-8" && !in.Reply {
				continue
			}
		}
		found[g.signal] = append(found[g.signal], Hit{n, g.id, g.weight})
		if g.id == "REV-2" && namesTest(s) {
			found[testAt] = append(found[testAt], Hit{n, "TEST-2", g.weight})
		}
	}
}

// blocked says that a blocker of the signal touches the match.
func (m *Model) blocked(all []linear.Match, hit linear.Match, signal int) bool {
	for _, b := range all {
		g := &m.signals.groups[b.ID]
		if g.block && g.signal == signal && b.First < hit.Last && hit.First < b.Last {
			return true
		}
	}
	return false
}

func asks(s *linear.Sentence) bool {
	t := strings.TrimRight(s.Text, " \t\n)\"")
	return strings.HasSuffix(t, "?")
}

func namesTest(s *linear.Sentence) bool {
	return strings.Contains(strings.ToLower(s.Text), "tested-by") || strings.Contains(strings.ToLower(s.Text), "and-tested")
}

// ownTag says that a tag written inside a sentence is the author's: what follows its colon is his
// name or address, or nothing follows ("you can add my Reviewed-by").
func (m *Model) ownTag(in *Input, s *linear.Sentence, hit linear.Match) bool {
	end := s.Tokens[hit.Last-1].End
	rest := s.Text[end:]
	if c := s.Text[end-1]; c != ':' && c != ';' {
		i := strings.IndexAny(rest, ":;")
		if i < 0 || i > 12 {
			return true
		}
		rest = rest[i+1:]
	}
	rest = strings.TrimSpace(rest)
	if rest == "" {
		return true
	}
	if len(rest) > 120 {
		rest = rest[:120]
	}
	if name, addr := splitPerson(rest); addr != "" {
		return same(rest, in.Name, in.Addr) || sameName(name, in.Name)
	}
	words := nameWords(rest)
	return sameName(strings.Join(words[:min(2, len(words))], " "), in.Name)
}
