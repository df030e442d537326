package stance

import (
	_ "embed"
	"fmt"
	"strings"

	"rustle/pkg/linear"
)

//go:embed data/signals.txt
var signalText string

//go:embed data/cues.txt
var cueText string

// Signals in the order in which one goes before another (labelling rule 9).
const (
	nakAt = iota
	applyAt
	ackAt
	reviewAt
	testAt
	signalCount
)

func signalNames() [signalCount]string { return [...]string{Nak, Apply, Ack, Review, Test} }

// signalRules are the performative rules and their blockers over one lexicon.
type signalRules struct {
	lexicon *linear.Lexicon
	groups  []signalGroup
}

type signalGroup struct {
	id     string // "NAK-2"
	signal int
	block  bool
	weight float64 // precision on the development lines, by hand
}

func parseSignals(text string) (*signalRules, error) {
	r := &signalRules{}
	var phrases []linear.Phrase
	names := map[string]int{"NAK": nakAt, "APPLY": applyAt, "ACK": ackAt, "REV": reviewAt, "TEST": testAt}
	err := groups(text, func(header string) error {
		id, block := strings.CutPrefix(header, "BLOCK-")
		key, _, _ := strings.Cut(id, "-")
		at, ok := names[key]
		if !ok {
			return fmt.Errorf("group [%s]: not a signal", header)
		}
		r.groups = append(r.groups, signalGroup{id: header, signal: at, block: block, weight: ruleWeight(header)})
		return nil
	}, func(pattern string) {
		phrases = append(phrases, linear.Phrase{Pattern: pattern, ID: len(r.groups) - 1})
	})
	if err == nil {
		r.lexicon, err = linear.NewLexicon(phrases)
	}
	if err != nil {
		return nil, fmt.Errorf("signal rules: %w", err)
	}
	return r, nil
}

// ruleWeight says how sure a rule is: trailers and opening words surest, refusals in other words least.
func ruleWeight(id string) float64 {
	switch id {
	case "NAK-2", "APPLY-2":
		return 0.95
	case "NAK-3", "NAK-4", "NAK-5", "NAK-6", "REV-2", "TEST-2":
		return 0.9
	case "NAK-8":
		return 0.6
	}
	return 0.85
}

// groups reads "[header]" groups of lines.
func groups(text string, header func(string) error, pattern func(string)) error {
	n, open := 0, false
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]"):
			if err := header(line[1 : len(line)-1]); err != nil {
				return fmt.Errorf("line %d: %w", n, err)
			}
			open = true
		case !open:
			return fmt.Errorf("line %d: pattern before the first group", n)
		default:
			pattern(line)
		}
	}
	return nil
}

// cues are the stance phrases.
type cues struct {
	lexicon *linear.Lexicon
	ids     []string // "OPP-1"
	sides   []string // oppose, support, condition, frame
}

func parseCues(text string) (*cues, error) {
	c := &cues{}
	var phrases []linear.Phrase
	err := groups(text, func(header string) error {
		id, side, _ := strings.Cut(header, " ")
		switch side {
		case "oppose", "support", "condition", "frame":
		default:
			return fmt.Errorf("group [%s]: no side", header)
		}
		c.ids = append(c.ids, id)
		c.sides = append(c.sides, side)
		return nil
	}, func(pattern string) {
		phrases = append(phrases, linear.Phrase{Pattern: pattern, ID: len(c.ids) - 1})
	})
	if err == nil {
		c.lexicon, err = linear.NewLexicon(phrases)
	}
	if err != nil {
		return nil, fmt.Errorf("stance cues: %w", err)
	}
	return c, nil
}

// Width and Densify make cues a linear.Densifier: one count per group, then length and marks.
func (c *cues) Width() int { return len(c.ids) + cueExtra }

const cueExtra = 3

// Densify writes the counts of s.
func (c *cues) Densify(s *linear.Sentence, into []float32) {
	var room [64]linear.Match
	var last [64]int
	for _, m := range c.lexicon.Find(s, room[:0]) {
		if m.ID >= len(last) || m.First < last[m.ID] {
			continue // overlapping phrases of one group count once
		}
		last[m.ID] = m.Last
		into[m.ID] = min(into[m.ID]+1, 3)
	}
	words, names := 0, 0
	for i := range s.Tokens {
		switch s.Tokens[i].Kind {
		case linear.Word:
			words++
		case linear.Name, linear.Code:
			words++
			names++
		case linear.Number, linear.URL, linear.Mark, linear.Emoticon:
		}
	}
	f := into[len(c.ids):]
	f[0] = min(float32(words)/20, 3)
	if words > 0 {
		f[1] = float32(names) / float32(words)
	}
	if words <= 6 {
		f[2] = 1
	}
}
