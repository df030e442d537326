package index

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func accepts(a *ordered, text string) bool {
	state := a.Start()
	for i := range len(text) {
		state = a.Accept(state, text[i])
	}
	return a.IsMatch(state)
}

// A piece that is cut, by its length or a letter beyond ASCII, makes the automaton accept more, never less.
func TestOrdered(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		pieces string
		text   string
		want   bool
	}{
		{"", "", true},
		{"", "anything", true},
		{"ada", "", false},
		{"ada", "adda", false},
		{"ada", "Adadad", true},
		{"ada", "adéle", true}, // what é folds to is not known here
		{"aab", "aaab", true},
		{"linux kernel", "kernel linux", false},
		{"linux kernel", "Linux.KERNEL", true},
		{"aa aa", "aaa", false},
		{"aa aa", "aaaa", true},
		{"größe", "grxße", true},
		{"größe", "g", false},
		{strings.Repeat("x", 300), strings.Repeat("x", maxOrdered-1), false},
		{strings.Repeat("x", 300), strings.Repeat("x", maxOrdered), true},
	} {
		if got := accepts(newOrdered(strings.Fields(test.pieces)), test.text); got != test.want {
			t.Errorf("%q in %q: %v", test.pieces, test.text, got)
		}
	}
}

func TestOrderedAsSearch(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOfN(rapid.StringMatching(`[ab]{1,4}`), 0, 4).Draw(t, "pieces")
		text := rapid.StringMatching(`[abAB ]{0,16}`).Draw(t, "text")
		rest, want := strings.ToLower(text), true
		for _, p := range pieces {
			_, after, ok := strings.Cut(rest, p)
			rest, want = after, want && ok
		}
		if got := accepts(newOrdered(pieces), text); got != want {
			t.Fatalf("%q in %q: %v", pieces, text, got)
		}
	})
}
