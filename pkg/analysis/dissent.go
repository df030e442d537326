package analysis

import (
	_ "embed"
	"fmt"
	"strings"

	"rustle/pkg/linear"
)

//go:embed data/dissent.txt
var dissentText string

// dissent finds turns of argument in answers.
type dissent struct {
	phrases *linear.Lexicon
}

func newDissent(text string) (*dissent, error) {
	var phrases []linear.Phrase
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			phrases = append(phrases, linear.Phrase{Pattern: line})
		}
	}
	lexicon, err := linear.NewLexicon(phrases)
	if err != nil {
		return nil, fmt.Errorf("dissent: %w", err)
	}
	return &dissent{phrases: lexicon}, nil
}

// count returns the number of sentences that contradict.
func (d *dissent) count(text *linear.Text) int {
	var room [16]linear.Match
	n := 0
	for i := range text.Sentences {
		if len(d.phrases.Find(&text.Sentences[i], room[:0])) > 0 {
			n++
		}
	}
	return n
}
