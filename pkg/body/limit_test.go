package body_test

import (
	"strings"
	"testing"

	"rustle/pkg/body"
)

// However much somebody pastes, a bounded number of sentences goes to what reads them.
func TestSplitBoundsSentences(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		n        int
		want     int
		toTheEnd bool
	}{
		{"beyond", body.MaxSentences + 5, body.MaxSentences, false},
		{"at the bound", body.MaxSentences, body.MaxSentences, true},
	} {
		text := body.Split(strings.Repeat("I like it.\n", c.n), body.Options{})
		if got := len(text.Sentences); got != c.want || text.Cut == c.toTheEnd {
			t.Errorf("%s: %d sentences, cut %t, want %d", c.name, got, text.Cut, c.want)
		}
		if whole := text.Sentences[c.want-1].End >= len(text.Own)-1; whole != c.toTheEnd {
			t.Errorf("%s: the last sentence ends at %d of %d", c.name, text.Sentences[c.want-1].End, len(text.Own))
		}
	}
}
