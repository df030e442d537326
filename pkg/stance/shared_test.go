package stance_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"rustle/pkg/linear"
	"rustle/pkg/sentiment"
	"rustle/pkg/stance"
)

// One reading for both packages gives what two readings give.
func TestSharedText(t *testing.T) {
	t.Parallel()
	sentences := []string{"I do not see why Rust is needed here.", "Sorry, this is a terrible idea."}
	var r linear.Reader
	text := r.Read(sentences, nil)
	a := &stance.Input{Sentences: sentences, Rust: true, Reply: true}
	b := &stance.Input{Sentences: sentences, Rust: true, Reply: true, Text: text}
	m := stance.Default()
	if d := cmp.Diff(m.Signal(a), m.Signal(b)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(m.Stance(a, stance.None), m.Stance(b, stance.None)); d != "" {
		t.Error(d)
	}
	s := sentiment.Default()
	x := s.Read(&sentiment.Input{Sentences: sentences, Reply: true})
	y := s.Read(&sentiment.Input{Sentences: sentences, Reply: true, Text: text})
	if d := cmp.Diff(x, y, cmp.AllowUnexported(sentiment.Mark{})); d != "" {
		t.Error(d)
	}
}

func BenchmarkShared(b *testing.B) {
	sentences := make([]string, 0, 12)
	n := 0
	for range 4 {
		sentences = append(sentences, "I do not see why this needs a lock at all.", "The driver calls foo_bar() from its own thread, and nothing else does.", "Could you explain in the commit message what the second reader is?")
	}
	for _, s := range sentences {
		n += len(s)
	}
	b.SetBytes(int64(n))
	b.ReportAllocs()
	tone, stand := sentiment.Default(), stance.Default()
	var r linear.Reader
	for b.Loop() {
		text := r.Read(sentences, nil)
		in := &stance.Input{Sentences: sentences, Rust: true, Reply: true, Text: text}
		signal := stand.Signal(in)
		tone.Read(&sentiment.Input{Sentences: sentences, Signal: signal.Label, Reply: true, Text: text})
		stand.Stance(in, signal.Label)
	}
}
