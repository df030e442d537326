package eval_test

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rustle/pkg/eval"
)

var update = flag.Bool("update", false, "write the golden files")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

const goldMessages = `{"message_id":"1@x","thread_root":"t1","list":"alpha","sentiment":"negative","incivility":1,"stance":"oppose","explicit_signal":"nak","arguments":["toolchain-versions"],"confidence":3,"sampling":"random","evidence":"No way."}
{"message_id":"2@x","thread_root":"t1","list":"alpha","sentiment":"neutral","incivility":0,"stance":"support","explicit_signal":"none","arguments":["memory-safety","culture-process"],"confidence":2,"sampling":"random"}
{"message_id":"3@x","thread_root":"t2","list":"beta","sentiment":"positive","incivility":0,"stance":"support","explicit_signal":"review","arguments":[],"confidence":2}
{"message_id":"4@x","thread_root":"t3","list":"beta","sentiment":"neutral","incivility":0,"stance":"conditional","explicit_signal":"none","arguments":["memory-safety"],"confidence":1}
{"message_id":"gone@x","thread_root":"t3","list":"beta","sentiment":"neutral","incivility":0,"stance":"none","explicit_signal":"none","arguments":[]}
`

const predictedMessages = `{"id":"1@x","thread":"t1","subject":"one","sentiment":{"label":"negative","score":0.9,"evidence":[{"text":"No way, this is garbage."}]},"incivility":{"label":"true","score":0.8,"evidence":[{"text":"garbage"}]},"stance":{"label":"oppose","score":0.9,"evidence":[{"text":"No way"}]},"signal":"nak","signal_evidence":[{"text":"NAK"}],"topics":[{"id":"toolchain-versions","score":0.9,"evidence":[{"text":"rustc"}]}],"text":"No way, this is garbage."}
{"id":"2@x","thread":"t1","subject":"two","sentiment":{"label":"negative","score":0.6,"evidence":[{"text":"It kills bugs."}]},"incivility":{"label":"false","score":0.9},"stance":{"label":"support","score":0.7,"evidence":[]},"signal":"none","topics":[{"id":"memory-safety","score":0.5,"evidence":[{"text":"It kills bugs."}]}],"text":"It kills bugs and panics."}
{"id":"3@x","thread":"t2","subject":"three","sentiment":{"label":"positive","score":0.8,"evidence":[{"text":"Thanks"}]},"incivility":{"label":"false","score":0.95},"stance":{"label":"support","score":0.95,"evidence":[{"text":"Reviewed-by"}]},"signal":"review","signal_evidence":[{"text":"Reviewed-by"}],"topics":[{"id":"culture-process","score":0.4,"evidence":[]}],"text":"Thanks, great."}
{"id":"4@x","thread":"t3","subject":"four","sentiment":{"label":"neutral","score":0.7},"incivility":{"label":"false","score":0.7},"stance":{"label":"none","score":0.5},"signal":"none","topics":[],"text":"If the version is old."}
`

const goldThreads = `{"root_message_id":"t1","list":"alpha","subject":"Rust policy","label":"debate","heat":2,"topics":["culture-process","memory-safety"],"n_messages":40,"confidence":3}
{"root_message_id":"t2","list":"beta","subject":"rust: add a driver","label":"rust-nondebate","heat":0,"topics":[],"n_messages":4,"confidence":3}
{"root_message_id":"3b@x","list":"beta","subject":"robust pages","label":"not-rust","heat":1,"topics":[],"n_messages":9,"confidence":2,"missing_root":"t3"}
`

const predictedThreads = `{"id":"t1","subject":"Rust policy","label":"debate","debate_score":0.9,"heat":1,"messages":40,"topics":[{"id":"memory-safety"},{"id":"no-std-alloc"}],"evidence":[{"id":"1@x","text":"No way."}]}
{"id":"t2","subject":"rust: add a driver","label":"rust","debate_score":0.2,"heat":0,"messages":4,"topics":[],"evidence":[{"text":"rust/"}]}
{"id":"t3","subject":"robust pages","label":"other","debate_score":0.1,"heat":1,"messages":9,"topics":[],"evidence":[]}
`

func load(t *testing.T) (eval.Set, eval.Predictions) {
	t.Helper()
	var set eval.Set
	var p eval.Predictions
	var errs [4]error
	set.Messages, errs[0] = eval.ReadMessages(strings.NewReader(goldMessages))
	set.Threads, errs[1] = eval.ReadThreads(strings.NewReader(goldThreads))
	p.Messages, errs[2] = eval.ReadRecords(strings.NewReader(predictedMessages))
	p.Threads, errs[3] = eval.ReadThreadRecords(strings.NewReader(predictedThreads))
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	set.People = []eval.Person{{Name: "A", Addresses: []string{"a@x"}, Role: "maintainer"}, {Name: "B", Role: "company"}, {Name: "C", Role: "developer"}}
	p.People = []eval.Person{{Name: "other", Addresses: []string{"A@X"}, Role: "top-maintainer"}, {Name: "b", Role: "reviewer"}}
	return set, p
}

func TestCompare(t *testing.T) {
	t.Parallel()
	gold, p := load(t)
	r := eval.Compare(gold, p, eval.Options{Resamples: 200})
	by := map[string]eval.Field{}
	for _, f := range r.Fields {
		by[f.Name] = f
	}
	// Worked out by hand from the lines above.
	near(t, "thread label", by[eval.FieldThread].Value, 1)
	near(t, "sentiment", by[eval.FieldSentiment].Value, (1+2.0/3+2.0/3)/3)
	near(t, "incivility", by[eval.FieldIncivility].Value, 1)
	near(t, "incivility average precision", *by[eval.FieldIncivility].AvgPrecision, 1)
	near(t, "stance", by[eval.FieldStance].Value, (1+1+0+0)/4.0)
	near(t, "signal", by[eval.FieldSignal].Value, 1)
	near(t, "arguments", by[eval.FieldArguments].Value, 2*2.0/(2*2+2+1))
	near(t, "topics", by[eval.FieldTopics].Value, 0.5)
	near(t, "role", by[eval.FieldRole].Value, 1)
	// Heat: 2,0,1 labelled, 1,0,1 predicted: seen 1, chance (rows 0:1 1:1 2:1, columns 0:1 1:2) = (2+1+4+2)/3 = 3.
	near(t, "heat", by[eval.FieldHeat].Value, 1-1.0/3)
	if f := by[eval.FieldStance]; f.Missing != 1 || f.N != 4 || f.Threads != 3 || f.Tags != 3 || f.WithEvidence != 2 {
		t.Errorf("stance counts: %+v", f)
	}
	if f := by[eval.FieldRole]; f.Missing != 1 {
		t.Errorf("role: %d missing, want 1", f.Missing)
	}
	var b bytes.Buffer
	if err := r.Table(&b); err != nil {
		t.Fatal(err)
	}
	b.WriteString("\n")
	if err := r.Errors(&b); err != nil {
		t.Fatal(err)
	}
	golden(t, "report.golden", b.Bytes())
	b.Reset()
	if err := r.JSON(&b); err != nil {
		t.Fatal(err)
	}
	golden(t, "report.json", b.Bytes())
}

// The order of files and lines does not show in the report.
func TestCompareOrder(t *testing.T) {
	t.Parallel()
	gold, p := load(t)
	render := func() string {
		var b bytes.Buffer
		if err := eval.Compare(gold, p, eval.Options{}).JSON(&b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	want := render()
	rng := rand.New(rand.NewPCG(1, 2))
	for range 5 {
		rng.Shuffle(len(gold.Messages), func(i, j int) { gold.Messages[i], gold.Messages[j] = gold.Messages[j], gold.Messages[i] })
		rng.Shuffle(len(gold.Threads), func(i, j int) { gold.Threads[i], gold.Threads[j] = gold.Threads[j], gold.Threads[i] })
		rng.Shuffle(len(p.Messages), func(i, j int) { p.Messages[i], p.Messages[j] = p.Messages[j], p.Messages[i] })
		if diff := cmp.Diff(want, render()); diff != "" {
			t.Fatalf("order changes the report (-want +got):\n%s", diff)
		}
	}
}

func TestAgreement(t *testing.T) {
	t.Parallel()
	gold, _ := load(t)
	for _, f := range eval.Agreement(gold, gold, eval.Options{}).Fields {
		if f.Value != 1 {
			t.Errorf("%s: a labeller agrees with himself at %v", f.Name, f.Value)
		}
	}
}

func TestSample(t *testing.T) {
	t.Parallel()
	var items []eval.Item
	for i := range 100 {
		items = append(items, eval.Item{ID: fmt.Sprint("d", i), Stratum: "developer"})
	}
	for i := range 3 {
		items = append(items, eval.Item{ID: fmt.Sprint("m", i), Stratum: "maintainer"})
	}
	items = append(items, items[0])
	got := eval.Sample(items, 21, 9)
	count, weight := map[string]int{}, 0.0
	for _, d := range got {
		count[d.Stratum]++
		weight += d.Weight
	}
	if diff := cmp.Diff(map[string]int{"developer": 18, "maintainer": 3}, count); diff != "" {
		t.Errorf("strata (-want +got):\n%s", diff)
	}
	near(t, "sum of weights", weight, 103)
	rand.New(rand.NewPCG(3, 4)).Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
	if diff := cmp.Diff(got, eval.Sample(items, 21, 9)); diff != "" {
		t.Errorf("order changes the sample (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(got, eval.Sample(items, 21, 10)); diff == "" {
		t.Error("another seed gave the same sample")
	}
	if n := len(eval.Sample(items, 1000, 1)); n != 103 {
		t.Errorf("a sample of all has %d items, want 103", n)
	}
	if n := len(eval.Sample(items, -1, 1)) + len(eval.Sample(nil, 5, 1)); n != 0 {
		t.Errorf("empty samples have %d items", n)
	}
}

func ExampleCompare() {
	gold := eval.Set{Messages: []eval.Message{{ID: "1@x", Stance: "oppose"}, {ID: "2@x", Stance: "support"}}}
	tags := eval.Predictions{Messages: []eval.Prediction{
		{Message: eval.Message{ID: "1@x", Stance: "oppose"}},
		{Message: eval.Message{ID: "2@x", Stance: "none"}},
	}}
	f := eval.Compare(gold, tags, eval.Options{}).Fields[0]
	fmt.Printf("%s: %s %.2f, kappa %.2f\n", f.Name, f.Metric, f.Value, *f.Kappa)
	// Output: stance: macro-F1 0.33, kappa 0.33
}

func BenchmarkCompare(b *testing.B) {
	var gold eval.Set
	var p eval.Predictions
	labels := eval.Values(eval.FieldStance)
	for i := range 2000 {
		m := eval.Message{ID: fmt.Sprint(i), Thread: fmt.Sprint(i / 8), Stance: labels[i%4], Sentiment: "neutral"}
		gold.Messages = append(gold.Messages, m)
		m.Stance = labels[(i+i/7)%4]
		p.Messages = append(p.Messages, eval.Prediction{Message: m})
	}
	b.ReportAllocs()
	for b.Loop() {
		eval.Compare(gold, p, eval.Options{})
	}
}
