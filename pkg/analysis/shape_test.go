package analysis_test

import (
	"bytes"
	"cmp"
	"os"
	"slices"
	"strings"
	"testing"

	"rustle/pkg/analysis"
	"rustle/pkg/sentiment"
	"rustle/pkg/stance"
)

func TestThreadModelsThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"no JSON", "shape", "thread model: "},
		{"no cuts", `{}`, "three rising cuts"},
		{"falling cuts", `{"cuts":[2,1,0]}`, "three rising cuts"},
		{"no limit", `{"cuts":[0,1,2]}`, "limit of debates"},
		{"limit above one", `{"cuts":[0,1,2],"limit":1.5}`, "limit of debates"},
		{"unknown feature", `{"cuts":[0,1,2],"limit":0.5,"debate":{"terms":[{"feature":"weather","scale":1}]}}`, `no feature "weather"`},
		{"scale of zero", `{"cuts":[0,1,2],"limit":0.5,"heat":{"terms":[{"feature":"tagged"}]}}`, "scale must be positive"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := analyzer(t).With(sentiment.Default(), stance.Default(), []byte(tt.in)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
}

func TestFitShape(t *testing.T) {
	t.Parallel()
	width := len(analysis.FeatureNames())
	example := func(x float64, debate bool, heat int) analysis.ShapeExample {
		f := make([]float64, width)
		for i := range f {
			f[i] = x
		}
		return analysis.ShapeExample{Features: f, Rust: true, Debate: debate, Heat: heat}
	}
	calm := []analysis.ShapeExample{example(0, false, 0), example(0.1, false, 0)}
	for name, bad := range map[string][]analysis.ShapeExample{
		"none": nil, "no debate": calm, "other width": {{Features: []float64{1}, Rust: true}},
	} {
		if _, err := analysis.FitShape(bad, ""); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	all := append(slices.Clone(calm), example(0.8, true, 1), example(1, true, 2), example(0.2, false, 0), example(0.9, true, 1))
	one, err := analysis.FitShape(all, "card")
	if err != nil {
		t.Fatal(err)
	}
	two, err := analysis.FitShape(all, "card")
	if err != nil || !bytes.Equal(one, two) {
		t.Errorf("the same examples gave another model (%v)", err)
	}
	a, err := analyzer(t).With(sentiment.Default(), stance.Default(), one)
	if err != nil {
		t.Fatal(err)
	}
	if a.Fingerprint() == analyzer(t).Fingerprint() {
		t.Error("another thread model has the same fingerprint")
	}
}

// BenchmarkThread analyses the archive that MBOX names, else the test corpus: all that is said of parsed mail, on one core.
func BenchmarkThread(b *testing.B) {
	a := analyzer(b)
	all := archived(b, cmp.Or(os.Getenv("MBOX"), "../../testdata/archives"))
	mails, size := 0, int64(0)
	for _, c := range all {
		for _, in := range c.inputs {
			mails++
			size += int64(len(in.Mail.Text))
		}
	}
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for _, c := range all {
			a.Thread(c.tree, c.inputs)
		}
	}
	b.ReportMetric(float64(mails)*float64(b.N)/b.Elapsed().Seconds(), "mails/s")
}
