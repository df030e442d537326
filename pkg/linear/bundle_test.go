package linear_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"rustle/pkg/linear"
)

func bundle(t testing.TB) []byte {
	t.Helper()
	rows, tasks := toy(60)
	m, err := linear.TrainModel(rows, tasks, linear.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	l, err := linear.TrainLogit([]string{"a", "b"}, []string{"x"}, []linear.Case{{X: []float64{1}, Label: 1}, {X: []float64{0}}}, 0)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	_, err = (&linear.Bundle{Card: "card", Models: map[string]*linear.Model{"m": m}, Logits: map[string]*linear.Logit{"l": l}}).WriteTo(&b)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadBundle(t *testing.T) {
	t.Parallel()
	whole := bundle(t)
	damaged := bytes.Clone(whole)
	damaged[len(damaged)/2] ^= 1
	other := bytes.Clone(whole)
	other[len("rustle-model\n")]++
	for _, c := range []struct {
		name string
		in   []byte
		want error
	}{
		{"empty", nil, linear.ErrFormat},
		{"something else", []byte(strings.Repeat("x", 200)), linear.ErrFormat},
		{"cut", whole[:len(whole)-10], linear.ErrChecksum},
		{"one bit", damaged, linear.ErrChecksum},
		{"version", other, linear.ErrVersion},
		{"whole", whole, nil},
	} {
		b, err := linear.ReadBundle(bytes.NewReader(c.in))
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if (b != nil) != (c.want == nil) {
			t.Errorf("%s: bundle %v", c.name, b)
		}
	}
}

// A bundle that reads well writes the same bytes again.
func FuzzReadBundle(f *testing.F) {
	f.Add(bundle(f))
	f.Add([]byte("rustle-model\n\x01"))
	f.Fuzz(func(t *testing.T, in []byte) {
		b, err := linear.ReadBundle(bytes.NewReader(in))
		if err != nil {
			if b != nil {
				t.Fatal("bundle and error")
			}
			return
		}
		var out bytes.Buffer
		if _, err := b.WriteTo(&out); err != nil {
			t.Fatal(err)
		}
		again, err := linear.ReadBundle(&out)
		if err != nil || again.Fingerprint() != b.Fingerprint() {
			t.Fatalf("round trip: %v", err)
		}
	})
}

func TestReadTable(t *testing.T) {
	t.Parallel()
	if _, err := linear.ReadTable(strings.NewReader("label\ttext\nx\n")); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("short row: %v", err)
	}
	tab, err := linear.ReadTable(strings.NewReader("label\ttext\r\nx\ta b\r\n"))
	if err != nil || tab.Column("text") != 1 || tab.Column("none") != -1 || tab.Rows[0][1] != "a b" {
		t.Errorf("%v, %v", tab, err)
	}
}

func TestFindQuote(t *testing.T) {
	t.Parallel()
	sentences := []string{"This is fine.", "But the second one, as you see, goes on.", "And ends here."}
	for quote, want := range map[string]int{"": -1, "no such words here": -1, "the second  one as you SEE": 1, "goes on. And ends": -1, "But the second one, as you see, goes on. And ends here": 1} {
		if got := linear.FindQuote(sentences, quote); got != want {
			t.Errorf("%q: %d, want %d", quote, got, want)
		}
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	if got := linear.Cut("This is the first one. And here is the next! No", 10); len(got) != 3 {
		t.Errorf("%q", got)
	}
	if got := linear.Cut("This is the first one. And here is the next! No", 1); len(got) != 1 {
		t.Errorf("%q", got)
	}
}
