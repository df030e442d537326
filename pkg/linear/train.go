package linear

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
)

// A Row is one training sentence (or short text) with the set it comes from.
type Row struct {
	Sentence Sentence // cloned, see Sentence.Clone
	Source   string
}

// A Task is one head to learn: for each row +1 (yes), -1 (no) or 0 (not used), and how much the row
// counts. A nil Weight means 1 everywhere.
type Task struct {
	Name   string
	Target []int8
	Weight []float32
}

// Options of training. The zero value is what the embedded models use where their card says nothing
// else.
type Options struct {
	C        float64 // inverse strength of the L2 penalty; 0 means 1
	Epochs   int     // passes over the rows at most; 0 means 12
	Seed     uint64  // order of the passes and the calibration split
	MinRows  int     // a bucket seen in fewer rows is not used; 0 means 2
	Clear    int     // words and pairs kept readable; 0 means 4000, negative none
	Plain    bool    // leave out the half of the weights that starts from naive Bayes ratios
	NoChars  bool    // leave out character n-grams
	Positive float64 // extra weight of yes rows; 0 means 1
}

func (o Options) withDefaults() Options {
	if o.C == 0 {
		o.C = 1
	}
	if o.Epochs == 0 {
		o.Epochs = 12
	}
	if o.MinRows == 0 {
		o.MinRows = 2
	}
	if o.Clear == 0 {
		o.Clear = 4000
	}
	if o.Positive == 0 {
		o.Positive = 1
	}
	return o
}

// TrainModel learns one head per task from rows, all of which must have the same number of dense
// features. The same rows, tasks and options give the same model.
//
// A head is the mean of two L2-penalised logistic regressions, one over counts weighted by inverse
// row frequency, one over counts weighted by their naive Bayes ratio too; since both are linear, the
// mean is one set of weights (after Wang and Manning 2012).
func TrainModel(rows []Row, tasks []Task, o Options) (*Model, error) {
	width, err := check(rows, tasks)
	if err != nil {
		return nil, err
	}
	o = o.withDefaults()
	return newDesign(rows, width, o).train(tasks, o)
}

// check returns the number of dense features.
func check(rows []Row, tasks []Task) (width int, err error) {
	if len(tasks) == 0 || len(tasks) > MaxHeads {
		return 0, fmt.Errorf("train: %d heads, want 1 to %d", len(tasks), MaxHeads)
	}
	if len(rows) == 0 {
		return 0, errors.New("train: no rows")
	}
	width = len(rows[0].Sentence.Dense)
	for i := range rows {
		if len(rows[i].Sentence.Dense) != width {
			return 0, fmt.Errorf("train: row %d has %d dense features, want %d", i, len(rows[i].Sentence.Dense), width)
		}
	}
	for _, t := range tasks {
		if len(t.Target) != len(rows) || t.Weight != nil && len(t.Weight) != len(rows) {
			return 0, fmt.Errorf("train %s: targets or weights do not match the %d rows", t.Name, len(rows))
		}
	}
	return width, nil
}

// train learns the heads; o has its defaults.
func (d *design) train(tasks []Task, o Options) (*Model, error) {
	width := d.width
	heads := make([][]float64, len(tasks))
	m := &Model{Heads: make([]Head, len(tasks))}
	fails := make([]error, len(tasks))
	var wg sync.WaitGroup
	for k := range tasks {
		wg.Go(func() {
			heads[k], m.Heads[k].Slope, m.Heads[k].Shift, fails[k] = d.learn(tasks[k], o)
		})
	}
	wg.Wait()
	if err := errors.Join(fails...); err != nil {
		return nil, err
	}
	m.words = make([]int8, WordBuckets*len(tasks))
	m.chars = make([]int8, CharBuckets*len(tasks))
	for k := range tasks {
		w := heads[k]
		h := &m.Heads[k]
		h.Name = tasks[k].Name
		h.WordScale = quantise(m.words, w[:WordBuckets], k, len(tasks))
		h.CharScale = quantise(m.chars, w[WordBuckets:WordBuckets+CharBuckets], k, len(tasks))
		h.Dense = slices.Clone(w[WordBuckets+CharBuckets : WordBuckets+CharBuckets+width])
		h.Bias = w[len(w)-1]
	}
	if o.Clear > 0 {
		m.clear = d.readable(m, o.Clear)
	}
	m.index()
	return m, nil
}

// quantise writes w as int8 into column k of a table of n columns and returns the unit. The largest
// 0.02 percent are clipped: one odd token must not cost all others their precision.
func quantise(table []int8, w []float64, k, n int) float64 {
	abs := make([]float64, 0, len(w))
	for _, x := range w {
		if x != 0 {
			abs = append(abs, math.Abs(x))
		}
	}
	if len(abs) == 0 {
		return 0
	}
	slices.Sort(abs)
	unit := abs[min(len(abs)-1, int(float64(len(abs))*0.9998))] / 127
	for b, x := range w {
		table[b*n+k] = int8(max(-127, min(127, math.Round(x/unit))))
	}
	return unit
}

// A design is the sparse matrix of all rows: word buckets, then char buckets, dense features, and a
// one for the bias.
type design struct {
	rows  []Row
	width int
	at    []int32 // row i owns entries at[i]:at[i+1]
	col   []uint32
	val   []float32
	scale []float32 // inverse row frequency per column
}

func (d *design) columns() int { return WordBuckets + CharBuckets + d.width + 1 }

func newDesign(rows []Row, width int, o Options) *design {
	d := &design{rows: rows, width: width, at: make([]int32, 1, len(rows)+1)}
	names := nameBuckets(rows)
	var count [WordBuckets + CharBuckets]uint16
	freq := make([]int32, WordBuckets+CharBuckets)
	var touched, chars []uint32
	for i := range rows {
		s := &rows[i].Sentence
		touched, chars = touched[:0], s.Chars(chars[:0])
		add := func(c uint32) {
			if count[c] == 0 {
				touched = append(touched, c)
			}
			count[c] = min(count[c]+1, math.MaxUint16-1)
		}
		for _, b := range s.Words {
			if !names[b] {
				add(b)
			}
		}
		if !o.NoChars {
			for _, b := range chars {
				add(WordBuckets + b)
			}
		}
		slices.Sort(touched)
		wn, cn := float32(norm(len(s.Words))), float32(norm(len(chars)))
		for _, c := range touched {
			n := wn
			if c >= WordBuckets {
				n = cn
			}
			d.col = append(d.col, c)
			d.val = append(d.val, float32(count[c])*n)
			count[c] = 0
			freq[c]++
		}
		for j, x := range s.Dense {
			if x != 0 {
				d.col = append(d.col, uint32(WordBuckets+CharBuckets+j))
				d.val = append(d.val, x)
			}
		}
		d.col = append(d.col, uint32(d.columns()-1))
		d.val = append(d.val, 1)
		d.at = append(d.at, int32(len(d.col)))
	}
	d.scale = make([]float32, d.columns())
	n := float64(len(rows))
	mean := math.Log(n) / 2 // keeps a common word near 1, so C means the same for any number of rows
	for c := range d.scale {
		switch {
		case c >= len(freq):
			d.scale[c] = 1
		case int(freq[c]) >= o.MinRows:
			d.scale[c] = float32((math.Log((n+1)/float64(freq[c]+1)) + 0.5) / mean)
		}
	}
	return d
}

// nameBuckets returns the buckets of words that are mostly written as names, wherever they stand:
// "Miguel, ..." begins a sentence, where a capital says nothing.
func nameBuckets(rows []Row) map[uint32]bool {
	type seen struct{ name, word int }
	counts := map[uint64]*seen{}
	for i := range rows {
		s := &rows[i].Sentence
		for j := range s.Tokens {
			t := &s.Tokens[j]
			if t.Kind != Name && t.Kind != Word {
				continue
			}
			c := counts[t.Hash]
			if c == nil {
				c = &seen{}
				counts[t.Hash] = c
			}
			if t.Kind == Name {
				c.name++
			} else {
				c.word++
			}
		}
	}
	buckets := map[uint32]bool{}
	for h, c := range counts {
		if c.name >= 3 && c.name > c.word {
			buckets[wordBucket(h)] = true
		}
	}
	return buckets
}

// learn fits one head on all its rows and calibrates it on a split of its own.
func (d *design) learn(t Task, o Options) (w []float64, slope, shift float64, err error) {
	use := make([]int32, 0, len(t.Target))
	var yes, no int
	for i, y := range t.Target {
		switch {
		case y > 0:
			yes++
		case y < 0:
			no++
		default:
			continue
		}
		use = append(use, int32(i))
	}
	if yes == 0 && no == 0 {
		return nil, 0, 0, fmt.Errorf("train %s: no row teaches it", t.Name)
	}
	if yes == 0 || no == 0 { // a few labels may lack a side: then the head knows that side to be rare, and no more
		w = make([]float64, d.columns())
		w[len(w)-1] = math.Log(float64(yes+1) / float64(no+1))
		return w, 1, 0, nil
	}
	// Calibration: learn on four fifths, compare with the labels of the last fifth.
	var inner, outer []int32
	rng := rand.New(rand.NewPCG(o.Seed, 7))
	for _, i := range use {
		if rng.IntN(5) == 0 {
			outer = append(outer, i)
		} else {
			inner = append(inner, i)
		}
	}
	slope, shift = 1, 0
	if len(outer) >= 50 {
		part := d.fit(inner, t, o)
		z := make([]float64, len(outer))
		y := make([]float64, len(outer))
		for n, i := range outer {
			z[n] = d.dot(part, i)
			if t.Target[i] > 0 {
				y[n] = 1
			}
		}
		slope, shift = calibrate(z, y)
	}
	return d.fit(use, t, o), slope, shift, nil
}

func (d *design) dot(w []float64, i int32) float64 {
	z := 0.0
	for e := d.at[i]; e < d.at[i+1]; e++ {
		z += w[d.col[e]] * float64(d.val[e])
	}
	return z
}

// fit returns weights over unscaled counts.
func (d *design) fit(use []int32, t Task, o Options) []float64 {
	w := d.solve(use, t, o, d.scale)
	if o.Plain {
		return w
	}
	nb := d.solve(use, t, o, d.bayes(use, t))
	for c := range w {
		w[c] = (w[c] + nb[c]) / 2
	}
	return w
}

// bayes returns the scale times the absolute log ratio of a bucket's shares in yes and no rows.
func (d *design) bayes(use []int32, t Task) []float32 {
	yes := make([]float64, d.columns())
	no := make([]float64, d.columns())
	var ny, nn float64
	for _, i := range use {
		into, total := yes, &ny
		if t.Target[i] < 0 {
			into, total = no, &nn
		}
		*total++
		for e := d.at[i]; e < d.at[i+1]; e++ {
			into[d.col[e]]++
		}
	}
	s := slices.Clone(d.scale)
	for c := range WordBuckets + CharBuckets {
		if s[c] != 0 {
			r := math.Log((yes[c] + 1) / (ny + 2) * (nn + 2) / (no[c] + 1))
			s[c] = float32(math.Abs(r)) * s[c]
		}
	}
	return s
}

// solve is the dual coordinate descent of Yu, Huang and Lin (2011) for L2-penalised logistic
// regression. It returns the weights folded with the scale.
func (d *design) solve(use []int32, t Task, o Options, scale []float32) []float64 {
	w := make([]float64, d.columns())
	n := len(use)
	x := make([]float64, len(d.val)) // scaled once: the rows are gone through many times
	alpha := make([]float64, n)      // in (0, c)
	bound := make([]float64, n)
	diag := make([]float64, n)
	for k, i := range use {
		c := o.C
		if t.Weight != nil {
			c *= float64(t.Weight[i])
		}
		y := -1.0
		if t.Target[i] > 0 {
			y, c = 1, c*o.Positive
		}
		bound[k] = c
		if c <= 0 {
			continue
		}
		alpha[k] = min(0.001*c, 1e-8)
		for e := d.at[i]; e < d.at[i+1]; e++ {
			x[e] = float64(d.val[e]) * float64(scale[d.col[e]])
			diag[k] += x[e] * x[e]
			w[d.col[e]] += y * alpha[k] * x[e]
		}
	}
	order := make([]int, n)
	for k := range order {
		order[k] = k
	}
	rng := rand.New(rand.NewPCG(o.Seed, 11))
	for range o.Epochs {
		rng.Shuffle(n, func(a, b int) { order[a], order[b] = order[b], order[a] })
		moved := 0.0
		for _, k := range order {
			c := bound[k]
			if c <= 0 {
				continue
			}
			i := use[k]
			y := -1.0
			if t.Target[i] > 0 {
				y = 1
			}
			cols, vals := d.col[d.at[i]:d.at[i+1]], x[d.at[i]:d.at[i+1]]
			z := 0.0
			for e, c := range cols {
				z += w[c] * vals[e]
			}
			a := newton(alpha[k], y*z, diag[k], c)
			step := (a - alpha[k]) * y
			if math.Abs(step) < 1e-10 {
				continue
			}
			moved = max(moved, math.Abs(step)/c)
			alpha[k] = a
			for e, c := range cols {
				w[c] += step * vals[e]
			}
		}
		if moved < 1e-3 {
			break
		}
	}
	for c := range w {
		w[c] *= float64(scale[c])
	}
	return w
}

// newton minimises, over a in (0, c), a*log(a) + (c-a)*log(c-a) + q/2*(a-old)^2 + margin*(a-old).
func newton(old, margin, q, c float64) float64 {
	a := old
	for range 20 {
		g := math.Log(a/(c-a)) + q*(a-old) + margin
		if math.Abs(g) < 1e-4 {
			break
		}
		h := c/(a*(c-a)) + q
		next := a - g/h
		switch { // stay inside: the logarithm is a wall
		case next <= 0:
			next = a / 10
		case next >= c:
			next = c - (c-a)/10
		}
		a = next
	}
	return min(max(a, c*1e-12), c*(1-1e-12))
}

// calibrate fits probability = sigmoid(slope*z + shift) to labels y by Newton steps (Platt 1999, with
// his smoothed targets).
func calibrate(z, y []float64) (slope, shift float64) {
	var pos float64
	for _, v := range y {
		pos += v
	}
	neg := float64(len(y)) - pos
	hi, lo := (pos+1)/(pos+2), 1/(neg+2)
	slope, shift = 1, 0
	for range 50 {
		var ga, gb, haa, hab, hbb float64
		for i := range z {
			t := lo
			if y[i] > 0 {
				t = hi
			}
			p := Sigmoid(slope*z[i] + shift)
			r, v := p-t, p*(1-p)
			ga += r * z[i]
			gb += r
			haa += v * z[i] * z[i]
			hab += v * z[i]
			hbb += v
		}
		haa += 1e-6
		hbb += 1e-6
		det := haa*hbb - hab*hab
		if det < 1e-12 {
			break
		}
		da, db := (hbb*ga-hab*gb)/det, (haa*gb-hab*ga)/det
		slope -= da
		shift -= db
		if math.Abs(da)+math.Abs(db) < 1e-6 {
			break
		}
	}
	if !(slope > 0.05) || slope > 20 || math.IsNaN(shift) { // a split without signal must not turn a head around
		return 1, 0
	}
	return slope, shift
}

// readable picks the words and pairs with the largest weights on any head. A word or pair must stand in
// three rows of two sources at least, or in twenty rows, and must have been seen in lower case, which
// names hardly ever are: the list must neither name people nor repeat their text.
func (d *design) readable(m *Model, n int) []Clear {
	type stat struct {
		rows   int
		source string
		two    bool
		bucket uint32
	}
	stats := map[string]*stat{}
	names := nameBuckets(d.rows)
	common := lowerCase(d.rows)
	seen := map[string]bool{}
	for i := range d.rows {
		s := &d.rows[i].Sentence
		clear(seen)
		for j, b := range s.Words {
			t := &s.Tokens[j/2]
			if names[b] || named(s, j, names) || !plain(s, j, common) {
				continue
			}
			tok := featureText(s, j)
			if seen[tok] || t.End-t.Start > 30 {
				continue
			}
			seen[tok] = true
			st := stats[tok]
			if st == nil {
				st = &stat{source: d.rows[i].Source, bucket: b}
				stats[strings.Clone(tok)] = st
			}
			st.rows++
			st.two = st.two || st.source != d.rows[i].Source
		}
	}
	type scored struct {
		Clear
		w float64
	}
	var all []scored
	for tok, st := range stats {
		if st.rows < 20 && (st.rows < 3 || !st.two) {
			continue
		}
		w := 0.0
		for k := range m.Heads {
			w = max(w, math.Abs(float64(m.words[int(st.bucket)*len(m.Heads)+k])*m.Heads[k].WordScale))
		}
		if w > 0 {
			all = append(all, scored{Clear{tok, st.bucket}, w})
		}
	}
	slices.SortFunc(all, func(a, b scored) int {
		return cmp.Or(cmp.Compare(b.w, a.w), strings.Compare(a.Token, b.Token))
	})
	all = all[:min(n, len(all))]
	out := make([]Clear, len(all))
	for i := range all {
		out[i] = all[i].Clear
	}
	slices.SortFunc(out, func(a, b Clear) int { return strings.Compare(a.Token, b.Token) })
	return out
}

// named says that the j-th word feature is a pair with a name in it.
func named(s *Sentence, j int, names map[uint32]bool) bool {
	t := j / 2
	if j%2 == 0 {
		return s.Tokens[t].Kind == Name
	}
	if s.Tokens[t].Kind == Name || names[wordBucket(s.Tokens[t].Hash)] {
		return true
	}
	return t > 0 && (s.Tokens[t-1].Kind == Name || names[wordBucket(s.Tokens[t-1].Hash)])
}

// plain says that the j-th word feature spells only marks and words of common.
func plain(s *Sentence, j int, common map[uint64]bool) bool {
	ok := func(t *Token) bool {
		return t.Kind == Mark || t.Kind == Emoticon || t.Kind == Word && common[t.Hash]
	}
	t := j / 2
	return ok(&s.Tokens[t]) && (j%2 == 0 || t == 0 || ok(&s.Tokens[t-1]))
}

// lowerCase returns the words seen eight times at least with a small first letter, and in one of three
// places. Names and the handles people sign with hardly ever are.
func lowerCase(rows []Row) map[uint64]bool {
	small, capital := map[uint64]int{}, map[uint64]int{}
	for i := range rows {
		s := &rows[i].Sentence
		for j := range s.Tokens {
			t := &s.Tokens[j]
			if t.Kind != Name && t.Kind != Word {
				continue
			}
			if c := s.Text[t.Start]; c >= 'A' && c <= 'Z' {
				capital[t.Hash]++
			} else {
				small[t.Hash]++
			}
		}
	}
	common := make(map[uint64]bool, len(small))
	for h, n := range small {
		if n >= 8 && n*2 >= capital[h] {
			common[h] = true
		}
	}
	return common
}

// Targets are training rows for several heads, gathered one by one. The zero value is ready.
type Targets struct {
	rows   []Row
	target [][]int8 // by head, then row
	weight []float32
	reader Reader
	design *design // of the rows so far, by options that do not change from fold to fold
	by     Options
}

// Add takes a sentence with its source, its weight and what it teaches each head: 1, -1, or 0 for
// nothing. Every call gives the same number of heads. d may be nil.
func (t *Targets) Add(d Densifier, text, source string, weight float64, y ...int8) {
	if t.target == nil {
		t.target = make([][]int8, len(y))
	}
	s := t.reader.Read([]string{text}, d).Sentences[0].Clone()
	t.rows = append(t.rows, Row{Sentence: s, Source: source})
	for k := range y {
		t.target[k] = append(t.target[k], y[k])
	}
	t.weight = append(t.weight, float32(weight))
	t.design = nil
}

// Train learns the first heads under the given names from the rows that use accepts; nil accepts all.
func (t *Targets) Train(names []string, o Options, use func(row int) bool) (*Model, error) {
	tasks := make([]Task, len(names))
	for k, name := range names {
		var target []int8
		if k < len(t.target) {
			target = t.target[k]
		}
		if use != nil {
			all := target
			target = make([]int8, len(t.rows))
			for i := range t.rows {
				if use(i) {
					target[i] = all[i]
				}
			}
		}
		tasks[k] = Task{Name: name, Target: target, Weight: t.weight}
	}
	o = o.withDefaults()
	width, err := check(t.rows, tasks)
	if err != nil {
		return nil, err
	}
	if by := (Options{MinRows: o.MinRows, NoChars: o.NoChars}); t.design == nil || t.by != by {
		t.design, t.by = newDesign(t.rows, width, o), by
	}
	return t.design.train(tasks, o)
}
