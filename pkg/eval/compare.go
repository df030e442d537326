package eval

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Options changes a comparison; the zero value is the usual one.
type Options struct {
	Seed      uint64  // of the bootstrap; 0 means 1
	Resamples int     // of the bootstrap; 0 means 1000, negative none
	Threshold float64 // confidence at which coverage is reported, beside 0.5 to 0.9; 0 means 0.8
	Mistakes  int     // mistakes listed for each field; 0 means 10, negative none
}

func (o Options) withDefaults() Options {
	o.Seed = cmp.Or(o.Seed, 1)
	o.Resamples = cmp.Or(o.Resamples, 1000)
	o.Threshold = cmp.Or(o.Threshold, 0.8)
	o.Mistakes = cmp.Or(o.Mistakes, 10)
	return o
}

// Report holds the figures of a comparison.
type Report struct {
	Fields   []Field   `json:"fields"`
	Mistakes []Mistake `json:"mistakes"`
}

// Field holds the figures of one field. Figures that make no sense for it are left out.
type Field struct {
	Name         string     `json:"name"`
	N            int        `json:"n"`       // labelled cases with a prediction
	Missing      int        `json:"missing"` // labelled cases without one
	Threads      int        `json:"threads"` // threads they come from
	Metric       string     `json:"metric"`  // name of the main figure
	Value        float64    `json:"value"`
	Interval     *Interval  `json:"interval,omitempty"` // of Value, 95%, by thread
	Accuracy     *float64   `json:"accuracy,omitempty"`
	MacroF1      *float64   `json:"macro_f1,omitempty"`
	MicroF1      *float64   `json:"micro_f1,omitempty"`
	Precision    *float64   `json:"precision,omitempty"` // micro, of sets
	Recall       *float64   `json:"recall,omitempty"`    // micro, of sets
	Kappa        *float64   `json:"kappa,omitempty"`
	Quadratic    *float64   `json:"quadratic_kappa,omitempty"`
	AvgPrecision *float64   `json:"average_precision,omitempty"`
	Calibration  *float64   `json:"calibration_error,omitempty"`
	Coverage     []Point    `json:"coverage,omitempty"`
	Tags         int        `json:"tags"`          // predicted tags that need evidence
	WithEvidence int        `json:"with_evidence"` // those that have it
	Classes      []Class    `json:"classes"`
	Confusion    *Confusion `json:"confusion,omitempty"`
	Baselines    []Figure   `json:"baselines,omitempty"`
	Slices       []Slice    `json:"slices,omitempty"`
}

// Figure is a named value of the main metric.
type Figure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
}

// Slice is the main metric on a part of the cases.
type Slice struct {
	Name  string  `json:"name"` // "list linux-kbuild", "sampling random"
	N     int     `json:"n"`
	Value float64 `json:"value"`
}

// item is one labelled case of a field with its prediction.
type item struct {
	id, thread, list, sampling, subject string
	gold, pred                          string
	goldSet, predSet                    []string
	confidence                          float64 // in pred; negative: none
	positive                            float64 // score of the positive class, for average precision
	goldConfidence                      int
	reasons                             []string
	goldEvidence                        string
	baseline                            map[string]string // by name of baseline
}

// field gathers the items of one field.
type field struct {
	name    string
	metric  string
	multi   bool
	items   []item
	missing int
	tags    int
	shown   int
}

const (
	metricMacro     = "macro-F1"
	metricMicro     = "micro-F1"
	metricQuadratic = "quadratic kappa"
	metricTrue      = "F1 of true"
)

// Compare judges predictions against labels. Fields without a labelled case are left out.
func Compare(gold Set, p Predictions, o Options) *Report {
	o = o.withDefaults()
	fields := messageFields(gold.Messages, p.Messages)
	fields = append(fields, threadFields(gold, p)...)
	fields = append(fields, roleField(gold.People, p.People))
	r := &Report{Fields: []Field{}, Mistakes: []Mistake{}}
	for _, name := range []string{
		FieldThread, FieldHeat, FieldTopics, FieldSentiment, FieldIncivility, FieldStance, FieldSignal,
		FieldArguments, FieldBranch, FieldBranchHeat, FieldRole,
	} {
		for i := range fields {
			f := &fields[i]
			if f.name != name || len(f.items)+f.missing == 0 {
				continue
			}
			f.sort()
			r.Fields = append(r.Fields, f.figures(o))
			r.Mistakes = append(r.Mistakes, f.mistakes(o.Mistakes)...)
		}
	}
	return r
}

// sort puts the items in an order that does not depend on that of the files.
func (f *field) sort() {
	slices.SortStableFunc(f.items, func(a, b item) int {
		return cmp.Or(strings.Compare(a.thread, b.thread), strings.Compare(a.id, b.id), strings.Compare(a.gold, b.gold))
	})
}

func (f *field) classes() []string {
	out := slices.Clone(Values(f.name))
	var more []string
	for _, it := range f.items {
		for _, s := range []string{it.gold, it.pred} {
			if s != "" && !slices.Contains(out, s) && !slices.Contains(more, s) {
				more = append(more, s)
			}
		}
	}
	slices.Sort(more)
	return append(out, more...)
}

func (f *field) confusion(items []item, by func(*item) string) *Confusion {
	c := NewConfusion(f.classes())
	for i := range items {
		c.Add(items[i].gold, by(&items[i]))
	}
	return c
}

func predicted(it *item) string { return it.pred }

// of reads the main figure off a table.
func (f *field) of(c *Confusion) float64 {
	switch f.metric {
	case metricQuadratic:
		return c.QuadraticKappa()
	case metricTrue:
		return c.F1("true")
	}
	return c.MacroF1()
}

// value is the main figure over some items.
func (f *field) value(items []item) float64 {
	if f.multi {
		var s Sets
		for _, it := range items {
			s.Add(it.goldSet, it.predSet)
		}
		return s.MicroF1()
	}
	return f.of(f.confusion(items, predicted))
}

func (f *field) figures(o Options) Field {
	clusters := f.clusters()
	out := Field{
		Name: f.name, N: len(f.items), Missing: f.missing, Threads: len(clusters), Metric: f.metric, Value: f.value(f.items),
		Tags: f.tags, WithEvidence: f.shown, Classes: []Class{}, Slices: f.slices(),
	}
	if in, ok := f.interval(clusters, o); ok {
		out.Interval = &in
	}
	if f.multi {
		f.setFigures(&out)
	} else {
		f.classFigures(&out, o)
	}
	out.Baselines = f.baselines()
	return out
}

func (f *field) classFigures(out *Field, o Options) {
	c := f.confusion(f.items, predicted)
	out.Confusion = c
	for i := range c.Classes {
		if k := c.Class(i); k.Support+k.Predicted > 0 {
			out.Classes = append(out.Classes, k)
		}
	}
	out.Accuracy, out.MacroF1, out.Kappa = new(c.Accuracy()), new(c.MacroF1()), new(c.Kappa())
	if f.metric == metricQuadratic {
		out.Quadratic = new(c.QuadraticKappa())
	}
	if f.name == FieldIncivility {
		ranked := make([]Ranked, 0, len(f.items))
		for _, it := range f.items {
			ranked = append(ranked, Ranked{Score: it.positive, Positive: it.gold == "true"})
		}
		out.AvgPrecision = new(AveragePrecision(ranked))
	}
	var judged []Judged
	for _, it := range f.items {
		if it.confidence > 0 {
			judged = append(judged, Judged{Confidence: it.confidence, Right: it.gold == it.pred})
		}
	}
	if len(judged) == 0 {
		return
	}
	out.Calibration = new(CalibrationError(judged))
	steps := distinctSteps([]float64{0.5, 0.6, 0.7, 0.8, 0.9, o.Threshold})
	for _, t := range steps {
		out.Coverage = append(out.Coverage, CoverageAt(judged, t))
	}
}

func distinctSteps(steps []float64) []float64 {
	slices.Sort(steps)
	return slices.Compact(steps)
}

func (f *field) setFigures(out *Field) {
	var all Sets
	byID := map[string]*Sets{}
	for _, it := range f.items {
		all.Add(it.goldSet, it.predSet)
		for _, id := range distinct(append(slices.Clone(it.goldSet), it.predSet...)) {
			if byID[id] == nil {
				byID[id] = &Sets{}
			}
			byID[id].Add(only(it.goldSet, id), only(it.predSet, id))
		}
	}
	out.MicroF1, out.Precision, out.Recall = new(all.MicroF1()), new(all.Precision()), new(all.Recall())
	sum := 0.0
	for id, s := range byID {
		out.Classes = append(out.Classes, Class{
			Name: id, Support: s.Both + s.GoldOnly, Predicted: s.Both + s.PredictedOnly,
			Precision: s.Precision(), Recall: s.Recall(), F1: s.MicroF1(),
		})
	}
	slices.SortFunc(out.Classes, func(a, b Class) int {
		return cmp.Or(cmp.Compare(b.Support, a.Support), strings.Compare(a.Name, b.Name))
	})
	for _, k := range out.Classes { // in this order: sums of floats depend on it
		sum += k.F1
	}
	if len(out.Classes) > 0 {
		out.MacroF1 = new(sum / float64(len(out.Classes)))
	}
}

func only(set []string, id string) []string {
	if slices.Contains(set, id) {
		return []string{id}
	}
	return nil
}

// clusters returns the items of each thread.
func (f *field) clusters() [][]item {
	var out [][]item
	for i := 0; i < len(f.items); {
		j := i
		for j < len(f.items) && f.items[j].thread == f.items[i].thread {
			j++
		}
		out = append(out, f.items[i:j])
		i = j
	}
	return out
}

// interval resamples threads; tables are counted once for each thread and then only added.
func (f *field) interval(clusters [][]item, o Options) (Interval, bool) {
	if f.multi {
		sets := make([]Sets, len(clusters))
		for i, items := range clusters {
			for _, it := range items {
				sets[i].Add(it.goldSet, it.predSet)
			}
		}
		return Bootstrap(len(clusters), o.Resamples, o.Seed, func(drawn []int) float64 {
			var s Sets
			for _, k := range drawn {
				s.Both += sets[k].Both
				s.GoldOnly += sets[k].GoldOnly
				s.PredictedOnly += sets[k].PredictedOnly
			}
			return s.MicroF1()
		})
	}
	tables := make([]*Confusion, len(clusters))
	for i, items := range clusters {
		tables[i] = f.confusion(items, predicted)
	}
	sum := NewConfusion(f.classes())
	return Bootstrap(len(clusters), o.Resamples, o.Seed, func(drawn []int) float64 {
		sum.reset()
		for _, k := range drawn {
			sum.add(tables[k])
		}
		return f.of(sum)
	})
}

// slices gives the main figure by list, and on the rows that show base rates.
func (f *field) slices() []Slice {
	groups := map[string][]item{}
	for _, it := range f.items {
		if it.list != "" {
			groups["list "+it.list] = append(groups["list "+it.list], it)
		}
		if it.sampling == "random" {
			groups["sampling random"] = append(groups["sampling random"], it)
		}
	}
	out := []Slice{}
	for name, items := range groups {
		if len(items) < len(f.items) {
			out = append(out, Slice{Name: name, N: len(items), Value: f.value(items)})
		}
	}
	slices.SortFunc(out, func(a, b Slice) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// messageFields pairs the labels of mails with predictions.
func messageFields(gold []Message, pred []Prediction) []field {
	byID := make(map[string]*Prediction, len(pred))
	for i := range pred {
		if byID[pred[i].ID] == nil {
			byID[pred[i].ID] = &pred[i]
		}
	}
	lex := newLexicon()
	axes := []struct {
		name, metric string
		of           func(*Message) string
		neutral      string
	}{
		{FieldSentiment, metricMacro, func(m *Message) string { return m.Sentiment }, "neutral"},
		{FieldIncivility, metricTrue, func(m *Message) string { return m.Incivility }, "false"},
		{FieldStance, metricMacro, func(m *Message) string { return m.Stance }, "none"},
		{FieldSignal, metricMacro, func(m *Message) string { return m.Signal }, "none"},
	}
	out := make([]field, 0, len(axes)+1)
	for _, axis := range axes {
		f := field{name: axis.name, metric: axis.metric}
		for i := range gold {
			g := &gold[i]
			if axis.of(g) == "" {
				continue
			}
			p := byID[g.ID]
			if p == nil || axis.of(&p.Message) == "" {
				f.missing++
				continue
			}
			it := newItem(g, p)
			it.gold, it.pred = axis.of(g), axis.of(&p.Message)
			if s, ok := p.Score[axis.name]; ok {
				it.confidence = s
			}
			it.positive = it.confidence
			if it.pred != "true" {
				it.positive = 1 - it.confidence
			}
			if it.confidence < 0 { // no score: the label alone ranks
				it.positive = 0
				if it.pred == "true" {
					it.positive = 1
				}
			}
			it.reasons = p.Reasons[axis.name]
			it.baseline = baselineOf(axis.name, p, lex)
			if it.pred != axis.neutral {
				f.tags++
				if shown(it.reasons) {
					f.shown++
				}
			}
			f.items = append(f.items, it)
		}
		out = append(out, f)
	}
	args := field{name: FieldArguments, metric: metricMicro, multi: true}
	for i := range gold {
		g := &gold[i]
		if !g.Argued {
			continue
		}
		p := byID[g.ID]
		if p == nil || !p.Argued {
			args.missing++
			continue
		}
		it := newItem(g, p)
		it.goldSet, it.predSet = distinct(g.Arguments), distinct(p.Arguments)
		for _, id := range it.predSet {
			args.tags++
			why := p.Reasons[FieldArguments+"/"+id]
			if shown(why) {
				args.shown++
			}
			it.reasons = append(it.reasons, why...)
		}
		args.items = append(args.items, it)
	}
	return append(out, args)
}

func newItem(g *Message, p *Prediction) item {
	return item{
		id: g.ID, thread: cmp.Or(g.Thread, p.Thread, g.ID), list: cmp.Or(g.List, p.List), sampling: g.Sampling,
		subject: cmp.Or(g.Subject, p.Subject), confidence: -1, goldConfidence: g.Confidence, goldEvidence: g.Evidence,
	}
}

func shown(reasons []string) bool {
	return slices.ContainsFunc(reasons, func(s string) bool { return strings.TrimSpace(s) != "" })
}

// threadFields pairs the labels of threads and branches with predictions.
func threadFields(gold Set, p Predictions) []field {
	find := finder(p)
	label := field{name: FieldThread, metric: metricMacro}
	heat := field{name: FieldHeat, metric: metricQuadratic}
	topics := field{name: FieldTopics, metric: metricMicro, multi: true}
	for i := range gold.Threads {
		g := &gold.Threads[i]
		add(&label, &heat, &topics, g, find(g))
	}
	branchLabel := field{name: FieldBranch, metric: metricMacro}
	branchHeat := field{name: FieldBranchHeat, metric: metricQuadratic}
	branches := map[string]*ThreadPrediction{}
	for i := range p.Branches {
		branches[p.Branches[i].ID] = &p.Branches[i]
	}
	for i := range gold.Branches {
		add(&branchLabel, &branchHeat, nil, &gold.Branches[i], branches[gold.Branches[i].ID])
	}
	if len(p.Branches) == 0 { // nothing tags branches: no field, not a missing one
		return []field{label, heat, topics}
	}
	return []field{label, heat, topics, branchLabel, branchHeat}
}

// finder finds the prediction for a labelled thread: by its root, by the root that the data lacks, or by the thread in
// which a tagged mail of that id stands.
//
// QUIRK: labels name the earliest mail present, the index the root of the tree or the missing ancestor.
func finder(p Predictions) func(*Thread) *ThreadPrediction {
	byID := make(map[string]*ThreadPrediction, len(p.Threads))
	for i := range p.Threads {
		if byID[p.Threads[i].ID] == nil {
			byID[p.Threads[i].ID] = &p.Threads[i]
		}
	}
	thread := make(map[string]string, len(p.Messages))
	for i := range p.Messages {
		thread[p.Messages[i].ID] = p.Messages[i].Thread
	}
	return func(g *Thread) *ThreadPrediction {
		for _, id := range []string{g.ID, g.Root, thread[g.ID]} {
			if t := byID[id]; id != "" && t != nil {
				return t
			}
		}
		return nil
	}
}

func add(label, heat, topics *field, g *Thread, p *ThreadPrediction) {
	base := item{id: g.ID, thread: cmp.Or(g.Parent, g.ID), list: g.List, subject: g.Subject, confidence: -1, goldConfidence: g.Confidence}
	if g.Label != "" {
		if p == nil || p.Label == "" {
			label.missing++
		} else {
			it := base
			it.gold, it.pred, it.reasons = g.Label, threadLabel(p.Label), p.Reasons
			if p.Score > 0 {
				it.confidence = p.Score
			}
			it.baseline = map[string]string{"the word rust": byWord(g, p)}
			if it.pred != "not-rust" {
				label.tags++
				if shown(it.reasons) {
					label.shown++
				}
			}
			label.items = append(label.items, it)
		}
	}
	if g.Heat >= 0 {
		if p == nil || p.Heat < 0 {
			heat.missing++
		} else {
			it := base
			it.gold, it.pred = strconv.Itoa(g.Heat), strconv.Itoa(p.Heat)
			it.baseline = map[string]string{"size": bySize(max(g.Messages, p.Messages))}
			heat.items = append(heat.items, it)
		}
	}
	if topics == nil || !g.Topical || g.Label != "debate" {
		return
	}
	if p == nil || !p.Topical {
		topics.missing++
		return
	}
	it := base
	it.goldSet, it.predSet = distinct(g.Topics), distinct(p.Topics)
	topics.items = append(topics.items, it)
}

// roleField pairs people by address, then by name.
func roleField(gold, pred []Person) field {
	f := field{name: FieldRole, metric: metricMacro}
	if len(pred) == 0 {
		return f
	}
	byKey := map[string]*Person{}
	keys := func(p *Person) []string {
		out := append(append(slices.Clone(p.Addresses), p.Name), p.Aliases...)
		for i, s := range out {
			out[i] = strings.ToLower(strings.TrimSpace(s))
		}
		return out
	}
	for i := range pred {
		for _, k := range keys(&pred[i]) {
			if k != "" && byKey[k] == nil {
				byKey[k] = &pred[i]
			}
		}
	}
	for i := range gold {
		g := &gold[i]
		var p *Person
		for _, k := range keys(g) {
			if p = byKey[k]; p != nil {
				break
			}
		}
		switch {
		case g.Role == "":
		case p == nil || p.Role == "":
			f.missing++
		default:
			f.items = append(f.items, item{
				id: g.Evidence, thread: cmp.Or(g.Name, first(g.Addresses)), subject: cmp.Or(g.Name, first(g.Addresses)),
				gold: roleLabel(g.Role), pred: roleLabel(p.Role), confidence: -1,
			})
		}
	}
	return f
}

func first(s []string) string {
	if len(s) == 0 {
		return ""
	}
	return s[0]
}
