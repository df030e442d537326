package analysis

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"

	"rustle/pkg/linear"
)

//go:embed data/dissent.txt
var dissentText string

// dissent finds turns of argument in answers.
type dissent struct {
	phrases *linear.Lexicon
	readers sync.Pool // *linear.Reader
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
	d := &dissent{phrases: lexicon}
	d.readers.New = func() any { return new(linear.Reader) }
	return d, nil
}

// count returns the number of sentences that contradict.
func (d *dissent) count(sentences []string) int {
	r := d.readers.Get().(*linear.Reader)
	defer d.readers.Put(r)
	var room [16]linear.Match
	text := r.Read(sentences, nil)
	n := 0
	for i := range text.Sentences {
		if len(d.phrases.Find(&text.Sentences[i], room[:0])) > 0 {
			n++
		}
	}
	return n
}
