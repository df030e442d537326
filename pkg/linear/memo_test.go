package linear_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"rustle/pkg/linear"
)

// What a Memo holds changes no score: neither words of other sentences, nor those of another model, nor a word in another
// case or with another apostrophe.
func TestMemoChangesNothing(t *testing.T) {
	t.Parallel()
	var r linear.Reader
	texts := []string{"What a lovely table, don't touch it.", "A dreadful hack that breaks everything!", "Lovely hack.", "Dreadful table; don’t use it."}
	var rows []linear.Row
	for _, s := range r.Read(slices.Repeat(texts, 8), nil).Sentences {
		rows = append(rows, linear.Row{Sentence: s.Clone()})
	}
	model := func(yes ...int) *linear.Model {
		target := make([]int8, len(rows))
		for i := range target {
			target[i] = -1
			if slices.Contains(yes, i%len(texts)) {
				target[i] = 1
			}
		}
		m, err := linear.TrainModel(rows, []linear.Task{{Name: "x", Target: target}, {Name: "y", Target: target}}, linear.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	models := []*linear.Model{model(0, 2), model(1, 3)}
	word := rapid.SampledFrom([]string{"lovely", "LOVELY", "dreadful", "table", "hack", "don't", "don’t", "d**n", "+1", "façade", strings.Repeat("long", 12), strings.Repeat("Long", 12) + "er", "a", "x86", "."})
	rapid.Check(t, func(t *rapid.T) {
		var memo linear.Memo
		for range rapid.IntRange(1, 6).Draw(t, "sentences") {
			s := r.Read([]string{strings.Join(rapid.SliceOfN(word, 0, 30).Draw(t, "words"), " ")}, nil).Sentences[0]
			m := rapid.SampledFrom(models).Draw(t, "model")
			var got, want [2]float64
			m.Score(&s, &memo, got[:])
			m.Score(&s, new(linear.Memo), want[:])
			if got != want {
				t.Fatalf("%q: %v with a memo, %v with a fresh one", s.Text, got, want)
			}
		}
	})
}
