package eval_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rustle/pkg/eval"
)

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9 {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

// table holds 6 cases: a a a b b c labelled, a a b b c c predicted.
func table() *eval.Confusion {
	c := eval.NewConfusion([]string{"a", "b", "c"})
	for i, g := range []string{"a", "a", "a", "b", "b", "c"} {
		c.Add(g, []string{"a", "a", "b", "b", "c", "c"}[i])
	}
	return c
}

// The figures of this test were worked out by hand.
func TestConfusion(t *testing.T) {
	t.Parallel()
	c := table()
	near(t, "accuracy", c.Accuracy(), 4.0/6)
	near(t, "macro-F1", c.MacroF1(), (0.8+0.5+2.0/3)/3)
	near(t, "kappa", c.Kappa(), 0.5)                     // (2/3 - 1/3) / (1 - 1/3)
	near(t, "quadratic kappa", c.QuadraticKappa(), 0.75) // 1 - 2/8
	near(t, "F1 of b", c.F1("b"), 0.5)
	near(t, "F1 of an unknown class", c.F1("z"), 0)
	want := eval.Class{Name: "a", Support: 3, Predicted: 2, Precision: 1, Recall: 2.0 / 3, F1: 0.8}
	if diff := cmp.Diff(want, c.Class(0)); diff != "" {
		t.Errorf("class a (-want +got):\n%s", diff)
	}
}

func TestConfusionEdges(t *testing.T) {
	t.Parallel()
	empty := eval.NewConfusion([]string{"a", "b"})
	for name, f := range map[string]func() float64{"accuracy": empty.Accuracy, "macro": empty.MacroF1, "kappa": empty.Kappa, "quadratic": empty.QuadraticKappa} {
		near(t, "empty "+name, f(), 0)
	}
	one := eval.NewConfusion([]string{"a", "b"})
	one.Add("a", "a")
	one.Add("a", "nonsense")
	near(t, "kappa of one class", one.Kappa(), 1)
	near(t, "macro-F1 counts only classes that occur", one.MacroF1(), 1)
	// Disagreement on all of two even classes.
	cross := eval.NewConfusion([]string{"a", "b"})
	cross.Add("a", "b")
	cross.Add("b", "a")
	near(t, "kappa of opposites", cross.Kappa(), -1)
}

func TestAveragePrecision(t *testing.T) {
	t.Parallel()
	check := func(want float64, cases ...eval.Ranked) {
		t.Helper()
		near(t, "average precision", eval.AveragePrecision(cases), want)
	}
	check(0)
	check(0, eval.Ranked{Score: 0.5})
	check((1.0+2.0/3)/2, eval.Ranked{Score: 0.6}, eval.Ranked{Score: 0.9, Positive: true}, eval.Ranked{Score: 0.8}, eval.Ranked{Score: 0.7, Positive: true})
	check(0.5, eval.Ranked{Score: 0.9, Positive: true}, eval.Ranked{Score: 0.9})
	check(1.0/3, eval.Ranked{Score: 0, Positive: true}, eval.Ranked{Score: 1}, eval.Ranked{Score: 1})
}

func TestCalibration(t *testing.T) {
	t.Parallel()
	cases := []eval.Judged{{0.95, true}, {0.95, false}, {0.55, true}}
	near(t, "calibration error", eval.CalibrationError(cases), (0.9+0.45)/3)
	near(t, "calibration error of nothing", eval.CalibrationError(nil), 0)
	near(t, "certain and right", eval.CalibrationError([]eval.Judged{{1, true}}), 0)
	want := eval.Point{Threshold: 0.8, Coverage: 2.0 / 3, Accuracy: 0.5}
	if diff := cmp.Diff(want, eval.CoverageAt(cases, 0.8)); diff != "" {
		t.Errorf("coverage (-want +got):\n%s", diff)
	}
}

func TestSets(t *testing.T) {
	t.Parallel()
	var s eval.Sets
	s.Add([]string{"a", "b"}, []string{"a"})
	s.Add([]string{"c"}, []string{"c", "d"})
	s.Add(nil, nil)
	near(t, "micro-F1", s.MicroF1(), 4.0/6)
	near(t, "precision", s.Precision(), 2.0/3)
	near(t, "recall", s.Recall(), 2.0/3)
	near(t, "micro-F1 of nothing", eval.Sets{}.MicroF1(), 0)
}

func TestWilson(t *testing.T) {
	t.Parallel()
	got := eval.Wilson(5, 10)
	if math.Abs(got.Low-0.2366) > 5e-5 || math.Abs(got.High-0.7634) > 5e-5 {
		t.Errorf("Wilson(5, 10) = %v, want 0.2366 to 0.7634", got)
	}
	if got := eval.Wilson(0, 0); got != (eval.Interval{Low: 0, High: 1}) {
		t.Errorf("Wilson(0, 0) = %v", got)
	}
}

func TestBootstrap(t *testing.T) {
	t.Parallel()
	values := []float64{0, 0, 0, 0, 0, 1, 1, 1, 1, 1}
	mean := func(drawn []int) float64 {
		s := 0.0
		for _, k := range drawn {
			s += values[k]
		}
		return s / float64(len(drawn))
	}
	a, ok := eval.Bootstrap(len(values), 2000, 7, mean)
	b, _ := eval.Bootstrap(len(values), 2000, 7, mean)
	if !ok || a != b {
		t.Fatalf("same seed, different intervals: %v, %v", a, b)
	}
	// The mean of ten fair coins lies in 0.2..0.8 in 97.9% of cases and in 0.3..0.7 in 89%.
	if a.Low < 0.15 || a.Low > 0.25 || a.High < 0.75 || a.High > 0.85 {
		t.Errorf("interval = %v, want about 0.2 to 0.8", a)
	}
	if _, ok := eval.Bootstrap(1, 100, 1, mean); ok {
		t.Error("one cluster gave an interval")
	}
}

// Kappa does not change when the two sides change places, and lies in -1..1.
func TestKappaSymmetry(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		classes := []string{"0", "1", "2", "3"}
		a, b := eval.NewConfusion(classes), eval.NewConfusion(classes)
		for range rapid.IntRange(1, 40).Draw(t, "n") {
			x, y := rapid.SampledFrom(classes).Draw(t, "x"), rapid.SampledFrom(classes).Draw(t, "y")
			a.Add(x, y)
			b.Add(y, x)
		}
		for _, pair := range [][2]float64{{a.Kappa(), b.Kappa()}, {a.QuadraticKappa(), b.QuadraticKappa()}, {a.MacroF1(), b.MacroF1()}} {
			if math.Abs(pair[0]-pair[1]) > 1e-9 || pair[0] < -1-1e-9 || pair[0] > 1+1e-9 {
				t.Fatalf("one way %v, other way %v", pair[0], pair[1])
			}
		}
	})
}
