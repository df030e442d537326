package stance_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rustle/pkg/stance"
)

func turn(person string, parent int, sentences ...string) stance.Turn {
	t := stance.Turn{Person: person, Parent: parent}
	t.Signal = stance.None
	t.Input = stance.Input{Rust: true, Reply: true, Sentences: sentences}
	return t
}

// read gives the turns the readings of m.
func read(m *stance.Model, turns ...stance.Turn) []stance.Turn {
	out := slices.Clone(turns)
	for i := range out {
		out[i].Reading = m.Read(&out[i].Input, out[i].Signal)
	}
	return out
}

func labels(vs []stance.Verdict) []string {
	out := make([]string, len(vs))
	for i, v := range vs {
		out[i] = v.Label
	}
	return out
}

// Who objects in one mail is learned to object in the next, whose words say nothing; another who says the same does
// not.
func TestAuthorsStayWithWhatTheyHold(t *testing.T) {
	t.Parallel()
	const nothing = "The list is long."
	said := map[string]string{stance.None: "See the file.", stance.Support: "Rust helps here.", stance.Conditional: "Fine if it builds.", stance.Oppose: "I object to this."}
	sets := &stance.Sets{}
	for range 20 {
		for _, label := range []string{stance.None, stance.Support, stance.Oppose} {
			sets.Samples = append(sets.Samples, stance.Sample{Text: said[label] + " It is so.", Label: label, Source: "toy"})
		}
	}
	for i := range 60 {
		label := []string{stance.None, stance.Support, stance.Conditional, stance.Oppose}[i%4]
		own := stance.Label{Stance: label, Evidence: said[label]}
		sets.Threads = append(sets.Threads, stance.Thread{
			Turns:  []stance.Turn{turn("Ada", -1, said[label]), turn("Ada", 0, nothing), turn("Bob", 0, nothing)},
			Labels: []stance.Label{own, {Stance: label}, {Stance: stance.None}},
			Group:  string(rune('a' + i/4%10)),
		})
	}
	b, err := stance.Train(sets, stance.TrainOptions{Folds: 3})
	if err != nil {
		t.Fatal(err)
	}
	m, err := stance.New(b)
	if err != nil {
		t.Fatal(err)
	}
	got := labels(m.Discussion(read(m, turn("Ada", -1, said[stance.Oppose]), turn("Ada", 0, nothing), turn("Bob", 0, nothing))))
	if d := cmp.Diff([]string{stance.Oppose, stance.Oppose, stance.None}, got); d != "" {
		t.Error(d)
	}
}

func TestDiscussion(t *testing.T) {
	t.Parallel()
	m := stance.Default()
	nak := turn("Ada", 7, "This will not go in.") // the turn it answers is missing
	nak.Signal = stance.Nak
	other := turn("Bob", 0, "I do not like Rust.")
	other.Input.Rust = false
	self := turn("Cy", 2, "I think that Rust would help here.")
	silent := turn("", -1)
	in := read(m, nak, other, self, silent)
	got := m.Discussion(in)
	want := []string{stance.Oppose, stance.None, got[2].Label, stance.None}
	if d := cmp.Diff(want, labels(got)); d != "" {
		t.Error(d)
	}
	if got := m.Discussion(nil); len(got) != 0 {
		t.Errorf("%v of no turns", got)
	}
	// A mail by itself is a discussion of one.
	if d := cmp.Diff(m.Stance(&in[2].Input, stance.None), m.Discussion(read(m, turn("Cy", -1, in[2].Input.Sentences...)))[0]); d != "" {
		t.Error(d)
	}
}
