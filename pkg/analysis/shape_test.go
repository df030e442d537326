package analysis_test

import (
	"bytes"
	"cmp"
	"encoding/json"
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

// TestHeatIsSaid holds that a degree is not passed over because it is rare: where as many pointed threads as heated ones look
// hot, the squared error would call all of them pointed. A degree that no example has begins above the others.
func TestHeatIsSaid(t *testing.T) {
	t.Parallel()
	width := len(analysis.FeatureNames())
	var all []analysis.ShapeExample
	add := func(n int, x float64, debate bool, heat int) {
		for range n {
			all = append(all, analysis.ShapeExample{Features: slices.Repeat([]float64{x}, width), Rust: true, Debate: debate, Heat: heat})
		}
	}
	add(200, 0, false, 0)
	add(20, 0.2, false, 1)
	add(8, 0.5, true, 1)
	add(7, 0.5, true, 2)
	data, err := analysis.FitShape(all, "")
	if err != nil {
		t.Fatal(err)
	}
	var m struct {
		Heat struct {
			Intercept float64
			Terms     []struct{ Mean, Scale, Weight float64 }
		}
		Cuts []float64
	}
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	for x, want := range map[float64]int{0: 0, 0.2: 1, 0.5: 2} {
		score := m.Heat.Intercept
		for _, term := range m.Heat.Terms {
			score += term.Weight * (x - term.Mean) / term.Scale
		}
		if got, _ := slices.BinarySearch(m.Cuts, score); got != want {
			t.Errorf("features of %g have the score %.2f, heat %d of %v, want %d", x, score, got, m.Cuts, want)
		}
	}
	if m.Cuts[2] != 2.5 {
		t.Errorf("hostile begins at %g, and no example is", m.Cuts[2])
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
