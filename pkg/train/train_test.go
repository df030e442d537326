package train_test

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rustle/pkg/analysis"
	"rustle/pkg/archive"
	"rustle/pkg/eval"
	"rustle/pkg/linear"
	"rustle/pkg/mail"
	"rustle/pkg/sentiment"
	"rustle/pkg/stance"
	"rustle/pkg/thread"
	"rustle/pkg/train"
)

func TestReadSentences(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in, want string
	}{
		{"empty", "", "no column message_id"},
		{"no key", "message_id\ttone\tstance\n", "no column sentence"},
		{"short row", "message_id\tsentence\ttone\tstance\na@b\n", "line 2"},
		{"unknown tone", "message_id\tsentence\ttone\tstance\na@b\t00\tcheerful\t\n", `line 2: tone "cheerful"`},
		{"unknown stance", "message_id\tsentence\ttone\tstance\na@b\t00\t\tmaybe\n", `stance "maybe"`},
		{"sound", "message_id\tsentence\ttone\tstance\na@b\t00\tuncivil\t\n", ""},
	}
	for _, tt := range tests {
		got, err := train.ReadSentences(strings.NewReader(tt.in))
		if tt.want == "" {
			if want := []train.Sentence{{ID: "a@b", Key: "00", Tone: "uncivil"}}; err != nil || !slices.Equal(got, want) {
				t.Errorf("%s: %v, %v, want %v", tt.name, got, err, want)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want one with %q", tt.name, err, tt.want)
		}
	}
}

// The judgements that ship name each sentence once.
func TestShippedJudgements(t *testing.T) {
	t.Parallel()
	f, err := os.Open("data/sentences.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	all, err := train.ReadSentences(f)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, s := range all {
		if len(s.Key) != 16 || seen[s.ID+s.Key] || s.Tone == "" && s.Stance == "" {
			t.Errorf("%+v: twice, or says nothing", s)
		}
		seen[s.ID+s.Key] = true
	}
	if set, err := eval.ReadSet(os.DirFS("data")); err != nil || len(set.Messages) == 0 || len(all) == 0 {
		t.Errorf("%d sentences, %d messages, %v", len(all), len(set.Messages), err)
	}
}

// shelf is a Source over the mail written for this project.
type shelf struct {
	trees   map[string]*thread.Thread // by id of each mail
	inputs  map[string][]analysis.Input
	records []analysis.Record
	own     map[string][]string
}

func newShelf(t testing.TB, a *analysis.Analyzer) *shelf {
	t.Helper()
	sources, err := archive.Open(t.Context(), "../../testdata/archives", archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := &shelf{trees: map[string]*thread.Thread{}, inputs: map[string][]analysis.Input{}, own: map[string][]string{}}
	byID := map[string]analysis.Input{}
	var headers []*mail.Header
	for _, src := range sources {
		for raw, err := range src.Messages(t.Context(), archive.Cursor{}) {
			if err != nil {
				t.Fatal(err)
			}
			m, err := mail.Parse(raw.Bytes)
			if _, known := byID[m.ID]; err != nil || known {
				continue
			}
			list := "linux-driver-core"
			if slices.ContainsFunc(m.Lists, func(l string) bool { return strings.Contains(l, "rust") }) {
				list = "linux-rust"
			}
			byID[m.ID] = analysis.Input{Mail: m, Sources: []analysis.Source{{List: list}}}
			headers = append(headers, &m.Header)
		}
	}
	for _, tree := range thread.Build(slices.Values(headers)) {
		for _, n := range tree.Nodes {
			if in, ok := byID[n.ID]; ok {
				s.trees[n.ID] = tree
				s.inputs[tree.ID] = append(s.inputs[tree.ID], in)
			}
		}
		for _, d := range a.Thread(tree, s.inputs[tree.ID]).Messages {
			s.records = append(s.records, d.Record)
			s.own[d.Record.ID] = d.ToneInput().Sentences
		}
	}
	return s
}

// Thread gives the thread of a mail.
func (s *shelf) Thread(id string) (*thread.Thread, []analysis.Input, error) {
	tree := s.trees[id]
	if tree == nil {
		return nil, nil, nil
	}
	return tree, s.inputs[tree.ID], nil
}

// Sentences gives the sentences of a mail.
func (s *shelf) Sentences(id string) ([]string, error) { return s.own[id], nil }

// Records gives all records.
func (s *shelf) Records(context.Context) iter.Seq2[analysis.Record, error] {
	return func(yield func(analysis.Record, error) bool) {
		for _, r := range s.records {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// tables are sets with every label, large enough to learn from.
func tables() []train.Table {
	sets := map[string][2][]string{
		"tone":     {{"positive", "nice", "thanks", "great"}, {"negative", "terrible", "broken", "ugly"}},
		"mood":     {{"calm", "the", "lock", "reader"}, {"displeased", "sigh", "again", "why"}},
		"civility": {{"civil", "please", "could", "would"}, {"uncivil", "idiot", "garbage", "moron"}},
		"position": {{"support", "agree", "good", "right"}, {"oppose", "never", "object", "against"}},
	}
	var out []train.Table
	for _, name := range []string{"civility", "mood", "position", "tone"} {
		tab := &linear.Table{Header: []string{"label", "text"}}
		for _, side := range sets[name] {
			for i := range 24 {
				w := side[1:]
				tab.Rows = append(tab.Rows, []string{side[0], fmt.Sprintf("this is %s and %s work on part %d of the driver", w[i%3], w[(i/3)%3], i)})
			}
		}
		out = append(out, train.Table{Name: name, Table: tab})
	}
	return out
}

func material(t testing.TB) *train.Material {
	t.Helper()
	gold, err := eval.ReadSet(os.DirFS("../../testdata/gold"))
	if err != nil {
		t.Fatal(err)
	}
	return &train.Material{Gold: gold, Tables: tables()}
}

func analyzer(t testing.TB) *analysis.Analyzer {
	t.Helper()
	a, err := analysis.New(analysis.Options{Untrained: true})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestGatherNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	a := analyzer(t)
	s := newShelf(t, a)
	none := &shelf{}
	odd := material(t)
	odd.Tables[0].Rows[0][0] = "cheerful"
	for _, tt := range []struct {
		name string
		from *shelf
		m    *train.Material
		want string
	}{
		{"no labels", s, &train.Material{Tables: tables()}, "labels of mail and of threads are needed"},
		{"no mail", none, material(t), "none of the labelled mail"},
		{"unknown label", s, odd, `unknown label "cheerful"`},
	} {
		if _, err := train.Gather(t.Context(), a, tt.from, tt.m, train.Options{}); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want one with %q", tt.name, err, tt.want)
		}
	}
}

// The whole way: labels of testdata, judgements found by their key, a model that repeats byte for byte,
// loads, and changes the fingerprint.
func TestLearn(t *testing.T) {
	t.Parallel()
	a := analyzer(t)
	s := newShelf(t, a)
	m := material(t)
	id := "20260302-genalloc-v3-1-1c5e77d90a3b@fjordsilicon.test"
	m.Gold.Messages = slices.DeleteFunc(m.Gold.Messages, func(l eval.Message) bool { return l.ID == id })
	m.Sentences = []train.Sentence{
		{ID: id, Key: linear.Key(s.own[id][0]), Tone: sentiment.Neutral, Stance: stance.None},
		{ID: id, Key: "0000000000000000", Tone: sentiment.Neutral},
		{ID: "elsewhere@example.org", Key: "0000000000000000", Tone: sentiment.Neutral},
		{ID: m.Gold.Messages[0].ID, Key: linear.Key(s.own[m.Gold.Messages[0].ID][0]), Tone: sentiment.Neutral},
	}
	m.Messages = []eval.Message{{ID: "elsewhere@example.org", Stance: stance.None}}
	o := train.Options{Seeds: 1, Technical: 40}
	var files [2][]byte
	for i := range files {
		c, err := train.Gather(t.Context(), a, s, m, o)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(train.Missing{Judged: 1, Sentences: 3}, c.Missing); d != "" {
			t.Error(d)
		}
		model, err := c.Learn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := model.File(c.Card(nil)).WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		files[i] = b.Bytes()
	}
	if !bytes.Equal(files[0], files[1]) {
		t.Error("the same labels gave another file")
	}
	path := filepath.Join(t.TempDir(), "m.model")
	if err := os.WriteFile(path, files[0], 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := analysis.New(analysis.Options{Model: path})
	if err != nil {
		t.Fatal(err)
	}
	if b.Fingerprint() == a.Fingerprint() {
		t.Error("another model has the same fingerprint")
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	a := analyzer(t)
	c, err := train.Gather(t.Context(), a, newShelf(t, a), material(t), train.Options{Seeds: 1, Technical: -1})
	if err != nil {
		t.Fatal(err)
	}
	f, err := c.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string]bool{}
	for _, g := range f.Table() {
		fields[g.Field] = true
		for _, x := range append(g.Threads, g.List) {
			if !(x >= -1 && x <= 1) {
				t.Errorf("%s, %s: %v", g.Field, g.Measure, x)
			}
		}
	}
	for _, want := range []string{eval.FieldThread, eval.FieldHeat, eval.FieldSentiment, eval.FieldIncivility, eval.FieldStance, eval.FieldSignal} {
		if !fields[want] {
			t.Errorf("no figures of %s", want)
		}
	}
	card := c.Card(f)
	for _, want := range []string{"| civility | 48 | not stated |", "linux-driver-core, linux-rust", "macro-F1"} {
		if !strings.Contains(card, want) {
			t.Errorf("the card lacks %q:\n%s", want, card)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Check(ctx); err == nil {
		t.Error("a cancelled check gave no error")
	}
}
