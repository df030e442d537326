package sentiment_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rustle/pkg/linear"
	"rustle/pkg/sentiment"
)

func TestTone(t *testing.T) {
	t.Parallel()
	m := sentiment.Default()
	check := func(want string, sentences ...string) {
		t.Helper()
		r := m.Read(&sentiment.Input{Sentences: sentences, Reply: true})
		if r.Tone.Label != want {
			t.Errorf("%q: %s (positive %.2f, negative %.2f), want %s", sentences, r.Tone.Label, r.Positive, r.Negative, want)
		}
	}
	check(sentiment.Neutral)
	check(sentiment.Neutral, "")
	check(sentiment.Neutral, "The register holds the interrupt mask.", "It is cleared by a read.")
	check(sentiment.Neutral, "The kernel panics and kills the dead task after a fatal error.")
	check(sentiment.Neutral, "Which tree is this based on?")
	check(sentiment.Positive, "Nice cleanup, thanks for doing this!")
	check(sentiment.Positive, "I love the idea, it makes the drivers much simpler.")
	check(sentiment.Positive, "This is a very nice patch.")
	check(sentiment.Negative, "This is utter nonsense and a waste of everyone's time.")
	check(sentiment.Negative, "I really dislike how you hacked this into the core.", "Please stop doing that.")
	check(sentiment.Negative, "You did not even read the replies to the last version.")
}

func TestSignalDecidesTone(t *testing.T) {
	t.Parallel()
	m := sentiment.Default()
	for signal, want := range map[string]string{
		"ack": sentiment.Positive, "review": sentiment.Positive, "test": sentiment.Positive, "apply": sentiment.Positive,
		"nak": sentiment.Negative, "none": sentiment.Neutral, "": sentiment.Neutral,
	} {
		r := m.Read(&sentiment.Input{Sentences: []string{"The clock is gated while the block is idle."}, Signal: signal, Reply: true})
		if r.Tone.Label != want {
			t.Errorf("signal %q: %s, want %s", signal, r.Tone.Label, want)
		}
		if want != sentiment.Neutral && (len(r.Tone.Hits) == 0 || r.Tone.Hits[0].Rule != "TONE-"+signal) {
			t.Errorf("signal %q: hits %v", signal, r.Tone.Hits)
		}
	}
}

func TestIncivility(t *testing.T) {
	t.Parallel()
	m := sentiment.Default()
	for text, want := range map[string]string{
		"You are an idiot and your code is complete garbage.":   sentiment.True,
		"Total crap, you have no clue what you are doing.":      sentiment.True,
		"The garbage collector kills the dead entries.":         sentiment.False,
		"I disagree, the lock is needed for the second reader.": sentiment.False,
		"Thanks for the quick fix!":                             sentiment.False,
	} {
		r := m.Read(&sentiment.Input{Sentences: []string{text}, Reply: true})
		if r.Incivility.Label != want {
			t.Errorf("%q: %s (%.2f), want %s", text, r.Incivility.Label, r.Uncivil, want)
		}
	}
}

// Technical sentences are neutral: at most five in a hundred are called anything else.
func TestTechnicalSentences(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("testdata/technical.txt")
	if err != nil {
		t.Fatal(err)
	}
	m := sentiment.Default()
	n, alarms := 0, 0
	for line := range strings.Lines(string(file)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		n++
		r := m.Read(&sentiment.Input{Sentences: []string{line}, Reply: true})
		if r.Tone.Label != sentiment.Neutral || r.Incivility.Label != sentiment.False {
			alarms++
			t.Logf("%s %.2f: %s", r.Tone.Label, r.Tone.Score, line)
		}
	}
	if n < 150 || alarms*20 > n {
		t.Errorf("%d false alarms on %d technical sentences", alarms, n)
	}
}

// Whatever comes in: probabilities are probabilities, and a label that says something names a
// sentence that exists.
func TestVerdictsAreSound(t *testing.T) {
	t.Parallel()
	m := sentiment.Default()
	word := rapid.SampledFrom([]string{"this", "is", "crap", "nice", "thanks", "!", "?", "not", "you", "NAK", "really", "lock", "idiot", "ok", "\u2026", "\xff", "Ada", ":-)"})
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 12).Draw(t, "n")
		sentences := make([]string, 0, n)
		for range n {
			sentences = append(sentences, strings.Join(rapid.SliceOfN(word, 0, 20).Draw(t, "words"), " "))
		}
		in := &sentiment.Input{
			Sentences: sentences, Reply: rapid.Bool().Draw(t, "reply"),
			Signal: rapid.SampledFrom([]string{"", "none", "ack", "nak"}).Draw(t, "signal"),
		}
		r := m.Read(in)
		if s := r.Positive + r.Neutral + r.Negative; s < 0.999 || s > 1.001 || r.Uncivil < 0 || r.Uncivil > 1 {
			t.Fatalf("probabilities %+v", r)
		}
		for _, v := range []sentiment.Verdict{r.Tone, r.Incivility} {
			if v.Score < 0 || v.Score > 1 {
				t.Fatalf("score %v", v)
			}
			if v.Label != sentiment.Neutral && v.Label != sentiment.False && len(v.Hits) == 0 {
				t.Fatalf("no evidence: %v", v)
			}
			for _, h := range v.Hits {
				if h.Sentence < -1 || h.Sentence >= len(sentences) {
					t.Fatalf("hit %v of %d sentences", h, len(sentences))
				}
			}
		}
		if d := cmp.Diff(r, m.Read(in), cmp.AllowUnexported(sentiment.Mark{})); d != "" {
			t.Fatalf("second reading differs:\n%s", d)
		}
	})
}

func TestNewRejects(t *testing.T) {
	t.Parallel()
	if _, err := sentiment.New(&linear.Bundle{}); err == nil {
		t.Error("empty bundle: no error")
	}
	for _, text := range []string{"pattern first", "[thanks]\nthanks", "[a]\nwell-known", "[a]\n?x?"} {
		if _, err := sentiment.ParseLexicon(text); err == nil {
			t.Errorf("lexicon %q: no error", text)
		}
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
	sets := &sentiment.Sets{}
	for i := range 60 {
		for label, text := range map[string]string{
			"positive": "lovely work on item", "negative": "dreadful hack in item", "neutral": "see item", "uncivil": "you fool, item",
			"civil": "look at item", "calm": "note item", "displeased": "stop sending item",
		} {
			sets.Samples = append(sets.Samples, sentiment.Sample{Text: text + " " + strings.Repeat("a", i%5), Label: label, Source: "toy"})
		}
	}
	// The map above has no order: give the samples one.
	sortSamples(sets.Samples)
	for i := range 45 {
		m := sentiment.Mail{Tone: sentiment.Neutral, Group: string(rune('a' + i/3%9))}
		m.Sentences = []string{"See the other item.", "It is fine."}
		switch i % 3 {
		case 0:
			m.Tone, m.Evidence = sentiment.Positive, "lovely work"
			m.Sentences = append(m.Sentences, "Really lovely work.")
		case 1:
			m.Tone, m.Evidence, m.Uncivil = sentiment.Negative, "dreadful hack", i%2 == 0
			m.Sentences = append(m.Sentences, "What a dreadful hack.")
		}
		sets.Mails = append(sets.Mails, m)
	}
	train := func() *linear.Bundle {
		b, err := sentiment.Train(sets, sentiment.TrainOptions{Folds: 3})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	a, b := train(), train()
	if a.Fingerprint() != b.Fingerprint() {
		t.Error("same sets, other weights")
	}
	m, err := sentiment.New(a)
	if err != nil {
		t.Fatal(err)
	}
	if r := m.Read(&sentiment.Input{Sentences: []string{"Really lovely work.", "It is fine."}}); r.Tone.Label != sentiment.Positive {
		t.Errorf("learned nothing: %+v", r)
	}
	if _, err := sentiment.Train(&sentiment.Sets{}, sentiment.TrainOptions{}); err == nil {
		t.Error("no sets: no error")
	}
}

func sortSamples(s []sentiment.Sample) {
	for i := range s {
		for j := i; j > 0 && s[j].Label+s[j].Text < s[j-1].Label+s[j-1].Text; j-- {
			s[j], s[j-1] = s[j-1], s[j]
		}
	}
}

func TestSampleTable(t *testing.T) {
	t.Parallel()
	tab := &linear.Table{Header: []string{"label", "text"}, Rows: [][]string{{"code", "a"}, {"person", "b"}}}
	got, err := sentiment.SampleTable("linus_rants_target", tab)
	if err != nil || len(got) != 4 {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := sentiment.SampleTable("mine", tab); err == nil {
		t.Error("unknown label: no error")
	}
	tab.Rows = [][]string{{"positive", "a"}}
	if got, err := sentiment.SampleTable("mine", tab); err != nil || len(got) != 1 || got[0].Label != sentiment.Positive {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := sentiment.SampleTable("mine", &linear.Table{Header: []string{"x"}}); err == nil {
		t.Error("no columns: no error")
	}
}

func FuzzRead(f *testing.F) {
	f.Add("This is fine. Not.", "nak")
	f.Add("\xff\x00 *you* #%^$ :-) ```", "")
	m := sentiment.Default()
	f.Fuzz(func(t *testing.T, text, signal string) {
		r := m.Read(&sentiment.Input{Sentences: strings.SplitAfter(text, "."), Signal: signal})
		if s := r.Positive + r.Neutral + r.Negative; s < 0.999 || s > 1.001 {
			t.Fatalf("sum %v", s)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	m := sentiment.Default()
	in := &sentiment.Input{Reply: true}
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
		m.Read(in)
	}
}
