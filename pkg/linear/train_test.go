package linear_test

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rustle/pkg/linear"
)

// toy is a task any of the models must learn: sentences with "lovely" or "dreadful" in them.
func toy(n int) ([]linear.Row, []linear.Task) {
	fill := []string{"the driver", "this patch", "a lock", "our queue", "the old code", "that table", "every build"}
	var r linear.Reader
	rows := make([]linear.Row, 0, n)
	y := make([]int8, 0, n)
	for i := range n {
		word := "lovely"
		label := int8(1)
		if i%2 == 1 {
			word, label = "dreadful", -1
		}
		text := fmt.Sprintf("I find %s %s on %s.", fill[i%len(fill)], word, fill[(i/2)%len(fill)])
		rows = append(rows, linear.Row{Sentence: r.Read([]string{text}, nil).Sentences[0].Clone(), Source: strconv.Itoa(i % 3)})
		y = append(y, label)
	}
	return rows, []linear.Task{{Name: "lovely", Target: y}}
}

func TestTrainModelRejects(t *testing.T) {
	t.Parallel()
	rows, tasks := toy(10)
	none := []linear.Task{{Name: "x", Target: make([]int8, len(rows))}}
	short := []linear.Task{{Name: "x", Target: []int8{1, -1}}}
	for name, f := range map[string]func() error{
		"no rows":  func() error { _, err := linear.TrainModel(nil, tasks, linear.Options{}); return err },
		"no tasks": func() error { _, err := linear.TrainModel(rows, nil, linear.Options{}); return err },
		"no label": func() error { _, err := linear.TrainModel(rows, none, linear.Options{}); return err },
		"short":    func() error { _, err := linear.TrainModel(rows, short, linear.Options{}); return err },
	} {
		if f() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// A head that has seen one label only takes the other to be rare, whatever the words.
func TestTrainModelOneSided(t *testing.T) {
	t.Parallel()
	rows, _ := toy(40)
	for _, label := range []int8{1, -1} {
		m, err := linear.TrainModel(rows, []linear.Task{{Name: "x", Target: slices.Repeat([]int8{label}, len(rows))}}, linear.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var z [1]float64
		m.Score(&rows[0].Sentence, new(linear.Memo), z[:])
		if p := m.Probability(0, z[0]); label > 0 && p < 0.9 || label < 0 && p > 0.1 {
			t.Errorf("label %d: probability %.2f", label, p)
		}
	}
}

func TestTrainModelLearnsAndRepeats(t *testing.T) {
	t.Parallel()
	rows, tasks := toy(400)
	file := func() []byte {
		m, err := linear.TrainModel(rows, tasks, linear.Options{Seed: 3})
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := (&linear.Bundle{Card: "toy", Models: map[string]*linear.Model{"toy": m}}).WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	first := file()
	if !bytes.Equal(first, file()) {
		t.Error("same rows and seed, other bytes")
	}
	b, err := linear.ReadBundle(bytes.NewReader(first))
	if err != nil {
		t.Fatal(err)
	}
	m := b.Models["toy"]
	var r linear.Reader
	var out [1]float64
	for text, yes := range map[string]bool{"What a lovely table.": true, "A dreadful hack.": false} {
		s := &r.Read([]string{text}, nil).Sentences[0]
		m.Score(s, new(linear.Memo), out[:])
		if p := m.Probability(0, out[0]); (p > 0.5) != yes {
			t.Errorf("%q: %.2f", text, p)
		}
		ex := m.Explain(s, 0, 3)
		if len(ex) == 0 || (ex[0].Weight > 0) != yes {
			t.Errorf("%q explained by %v", text, ex)
		}
	}
	if top := m.Strongest(0, 1); len(top) != 1 || top[0].Weight <= 0 {
		t.Errorf("strongest %v", top)
	}
}

func TestMergeKeepsScores(t *testing.T) {
	t.Parallel()
	rows, tasks := toy(100)
	a, err := linear.TrainModel(rows, tasks, linear.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	flipped := slices.Clone(tasks[0].Target)
	for i := range flipped {
		flipped[i] = -flipped[i]
	}
	b, err := linear.TrainModel(rows, []linear.Task{{Name: "dreadful", Target: flipped}}, linear.Options{Seed: 2})
	if err != nil {
		t.Fatal(err)
	}
	m, err := linear.Merge(a, b)
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		var x, y, both [2]float64
		var memo linear.Memo // of each model in turn
		a.Score(&rows[i].Sentence, &memo, x[:])
		b.Score(&rows[i].Sentence, &memo, y[:])
		m.Score(&rows[i].Sentence, &memo, both[:])
		if both != [2]float64{x[0], y[0]} {
			t.Fatalf("row %d: %v, want %v %v", i, both, x[0], y[0])
		}
	}
	if _, err := linear.Merge(); err == nil {
		t.Error("merge of nothing: no error")
	}
}

func TestTrainLogit(t *testing.T) {
	t.Parallel()
	cases := make([]linear.Case, 0, 200)
	for i := range 200 {
		k := i % 3
		cases = append(cases, linear.Case{X: []float64{float64(k) + float64(i%7)/10, float64(i % 5), 1}, Label: k, Group: strconv.Itoa(i / 4)})
	}
	l, err := linear.TrainLogit([]string{"a", "b", "c"}, []string{"x", "noise", "constant"}, cases, 0)
	if err != nil {
		t.Fatal(err)
	}
	right := 0
	p := make([]float64, 3)
	for _, c := range cases {
		l.Probabilities(c.X, p)
		if s := p[0] + p[1] + p[2]; math.Abs(s-1) > 1e-9 {
			t.Fatalf("probabilities sum to %v", s)
		}
		if slices.Index(p, slices.Max(p)) == c.Label {
			right++
		}
	}
	if right < 170 {
		t.Errorf("%d of 200 right", right)
	}
	l.Probabilities([]float64{math.NaN(), math.Inf(1), 1e300}, p)
	if s := p[0] + p[1] + p[2]; math.Abs(s-1) > 1e-9 {
		t.Errorf("odd values give %v", p)
	}
	if _, err := linear.TrainLogit([]string{"a", "b"}, []string{"x"}, []linear.Case{{X: []float64{1, 2}}}, 0); err == nil {
		t.Error("wrong width: no error")
	}
}

func TestFolds(t *testing.T) {
	t.Parallel()
	group := func(i int) string { return []string{"a", "a", "b", "", "", "c", "b", "a"}[i] }
	fold := linear.Folds(8, 3, group)
	if fold[0] != fold[1] || fold[0] != fold[7] || fold[2] != fold[6] {
		t.Errorf("groups are torn: %v", fold)
	}
	if d := cmp.Diff(fold, linear.Folds(8, 3, group)); d != "" {
		t.Error(d)
	}
}
