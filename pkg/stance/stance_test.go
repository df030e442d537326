package stance_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rustle/pkg/linear"
	"rustle/pkg/stance"
)

func TestStance(t *testing.T) {
	t.Parallel()
	m := stance.Default()
	check := func(want, signal string, in stance.Input) {
		t.Helper()
		if v := m.Stance(&in, signal); v.Label != want {
			t.Errorf("%q: %s %.2f, want %s", in.Sentences, v.Label, v.Score, want)
		}
	}
	plain := []string{"The symbol is exported by the helper file."}
	check(stance.None, stance.None, stance.Input{})
	check(stance.None, stance.None, stance.Input{Rust: true, Reply: true})
	check(stance.None, stance.None, stance.Input{Rust: true, Reply: true, Sentences: plain})
	check(stance.None, stance.Nak, stance.Input{Reply: true, Sentences: plain}) // not about Rust
	check(stance.Oppose, stance.Nak, stance.Input{Rust: true, Reply: true, Sentences: plain})
	check(stance.Support, stance.Ack, stance.Input{Rust: true, Reply: true, Sentences: plain})
	check(stance.Support, stance.Apply, stance.Input{Rust: true, Reply: true, Sentences: plain})
	check(stance.None, stance.None, stance.Input{Rust: true, Patch: true, Sentences: []string{"Rust makes this safer."}})
	check(stance.Support, stance.None, stance.Input{
		Rust: true, Reply: true, RustDeveloper: true,
		Sentences: []string{"We think that Rust prevents this whole class of memory safety bugs in drivers.", "That is why we want it in the kernel."},
	})
}

// Whatever comes in: the score is a probability and a stance has a reason that can be shown.
func TestVerdictsAreSound(t *testing.T) {
	t.Parallel()
	m := stance.Default()
	word := rapid.SampledFrom([]string{"rust", "C", "no", "not", "NAK", "if", "we", "need", "applied", "object", "support", ".", "?", "ack", "by", ":", "Ada", "\xff", "you", "reviewed-by"})
	rapid.Check(t, func(t *rapid.T) {
		in := &stance.Input{
			Rust: rapid.Bool().Draw(t, "rust"), Reply: rapid.Bool().Draw(t, "reply"), RustDeveloper: rapid.Bool().Draw(t, "dev"),
			Negative: rapid.Float64().Draw(t, "negative"),
			Name:     rapid.String().Draw(t, "name"), Addr: rapid.String().Draw(t, "addr"),
		}
		for range rapid.IntRange(0, 80).Draw(t, "n") {
			in.Sentences = append(in.Sentences, strings.Join(rapid.SliceOfN(word, 0, 12).Draw(t, "words"), " "))
		}
		for range rapid.IntRange(0, 3).Draw(t, "trailers") {
			in.Trailers = append(in.Trailers, stance.Trailer{Token: rapid.SampledFrom([]string{"Acked-by", "-by", "", "Nacked-by"}).Draw(t, "token"), Value: rapid.String().Draw(t, "value")})
		}
		s := m.Signal(in)
		v := m.Stance(in, s.Label)
		for _, x := range []stance.Verdict{s, v} {
			if x.Score < 0 || x.Score > 1 || x.Label == "" {
				t.Fatalf("%+v", x)
			}
			if (x.Label == stance.None) != (len(x.Hits) == 0) {
				t.Fatalf("label and reasons do not match: %+v", x)
			}
			for _, h := range x.Hits {
				if h.Sentence < -1 || h.Sentence >= len(in.Sentences) || h.Rule == "" {
					t.Fatalf("hit %+v of %d sentences", h, len(in.Sentences))
				}
			}
		}
		if d := cmp.Diff(v, m.Stance(in, s.Label)); d != "" {
			t.Fatalf("second reading differs:\n%s", d)
		}
	})
}

func TestNewRejects(t *testing.T) {
	t.Parallel()
	if _, err := stance.New(&linear.Bundle{}); err == nil {
		t.Error("empty bundle: no error")
	}
	m, err := stance.Rules()
	if err != nil {
		t.Fatal(err)
	}
	in := &stance.Input{Rust: true, Reply: true, Sentences: []string{"NAK."}}
	if v := m.Signal(in); v.Label != stance.Nak {
		t.Errorf("rules without heads: %+v", v)
	}
	if v := m.Stance(&stance.Input{Rust: true, Sentences: []string{"I object."}}, stance.None); v.Label != stance.None {
		t.Errorf("rules without heads: %+v", v)
	}
}

func TestModelFile(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("data/model.bin")
	if err != nil {
		t.Fatal(err)
	}
	if len(file) > 1_500_000 {
		t.Errorf("model file has %d bytes", len(file))
	}
	b, err := linear.ReadBundle(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	card, err := os.ReadFile("data/CARD.md")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(card), b.Card); d != "" {
		t.Errorf("card in the model and beside it differ:\n%s", d)
	}
}

func TestTrainRepeats(t *testing.T) {
	t.Parallel()
	sets := &stance.Sets{}
	texts := map[string]string{stance.Support: "Rust helps in place", stance.Oppose: "I object to place", stance.None: "See place"}
	for i := range 60 {
		for _, label := range []string{stance.Support, stance.Oppose, stance.None} {
			sets.Samples = append(sets.Samples, stance.Sample{Text: texts[label] + strings.Repeat(" a", i%4), Label: label, Source: "toy"})
		}
	}
	for i := range 80 {
		label := []string{stance.None, stance.Support, stance.Conditional, stance.Oppose}[i%4]
		quote := []string{"See the file.", "Rust helps here.", "Fine if it builds.", "I object to this."}[i%4]
		turn := stance.Turn{Person: "Ada", Parent: -1}
		turn.Signal = stance.None
		turn.Input = stance.Input{Rust: true, Reply: true, Sentences: []string{"The list is long.", quote}}
		sets.Threads = append(sets.Threads, stance.Thread{
			Turns: []stance.Turn{turn}, Labels: []stance.Label{{Stance: label, Evidence: quote}}, Group: string(rune('a' + i/4%10)),
		})
	}
	train := func() *linear.Bundle {
		b, err := stance.Train(sets, stance.TrainOptions{Folds: 3})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	a := train()
	if a.Fingerprint() != train().Fingerprint() {
		t.Error("same sets, other weights")
	}
	m, err := stance.New(a)
	if err != nil {
		t.Fatal(err)
	}
	if v := m.Stance(&stance.Input{Rust: true, Reply: true, Sentences: []string{"The list is long.", "Fine if it builds."}}, stance.None); v.Label != stance.Conditional {
		t.Errorf("learned nothing: %+v", v)
	}
	if _, err := stance.Train(&stance.Sets{}, stance.TrainOptions{}); err == nil {
		t.Error("no sets: no error")
	}
}

func TestSampleTable(t *testing.T) {
	t.Parallel()
	tab := &linear.Table{Header: []string{"label", "list", "author", "text"}}
	for range 30 {
		tab.Rows = append(tab.Rows, []string{"support", "a", "x", "text"}, []string{"none", "b", "y", "text"})
	}
	got, err := stance.SampleTable("mine", tab)
	if err != nil || len(got) != 40 {
		t.Errorf("%d samples, %v; want the 20 each author may give", len(got), err)
	}
	tab.Rows[0][0] = "maybe"
	if _, err := stance.SampleTable("mine", tab); err == nil {
		t.Error("unknown label: no error")
	}
}

func FuzzSignal(f *testing.F) {
	f.Add("NAK. Applied, thanks.", "Acked-by", "Ada <ada@example.org>", "Ada")
	f.Add("Reviewed-by: ", "nak:", "<>", "\xff")
	m := stance.Default()
	f.Fuzz(func(t *testing.T, text, token, value, name string) {
		in := &stance.Input{Sentences: strings.SplitAfter(text, "."), Trailers: []stance.Trailer{{Token: token, Value: value}}, Name: name, Reply: true, Rust: true}
		s := m.Signal(in)
		if (s.Label == stance.None) != (len(s.Hits) == 0) {
			t.Fatalf("%+v", s)
		}
		m.Stance(in, s.Label)
	})
}

func BenchmarkRead(b *testing.B) {
	m := stance.Default()
	in := &stance.Input{Reply: true, Rust: true}
	n := 0
	for range 4 {
		in.Sentences = append(in.Sentences, "I do not see why this needs a lock at all.", "The driver calls foo_bar() from its own thread, and nothing else does.", "Could you explain in the commit message what the second reader is?")
	}
	for _, s := range in.Sentences {
		n += len(s)
	}
	b.SetBytes(int64(n))
	b.ReportAllocs()
	for b.Loop() {
		m.Stance(in, m.Signal(in).Label)
	}
}
