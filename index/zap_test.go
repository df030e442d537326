package index

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"
	bleve "github.com/blevesearch/bleve_index_api"
	zapapi "github.com/blevesearch/scorch_segment_api/v2"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// failer is a test of package testing or rapid.
type failer interface {
	Helper()
	Fatal(args ...any)
}

// dump is what bleve reads in a segment: the postings of each term of each field, with frequency and places,
// the stored fields, and the values of documents.
func dump(t failer, seg zapapi.Segment) map[string][]string {
	t.Helper()
	must := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	out := map[string][]string{}
	for _, name := range fieldNames {
		if fieldOptions[name].IsIndexed() {
			dict, err := seg.Dictionary(name)
			must(err)
			it := dict.AutomatonIterator(nil, nil, nil)
			for entry, err := it.Next(); entry != nil || err != nil; entry, err = it.Next() {
				must(err)
				list, err := dict.PostingsList([]byte(entry.Term), nil, nil)
				must(err)
				postings := list.Iterator(true, false, true, nil)
				for p, err := postings.Next(); p != nil || err != nil; p, err = postings.Next() {
					must(err)
					at := fmt.Sprint(p.Frequency())
					for _, l := range p.Locations() {
						at += fmt.Sprint(" ", l.Field(), ":", l.Pos())
					}
					key := name + " " + entry.Term
					out[key] = append(out[key], fmt.Sprint(p.Number(), "x", at))
				}
			}
		}
	}
	for n := range seg.Count() {
		must(seg.VisitStoredFields(n, func(field string, _ byte, value []byte, _ []uint64) bool {
			out[fmt.Sprint("stored ", n)] = append(out[fmt.Sprint("stored ", n)], field+"="+string(value))
			return true
		}))
		_, err := seg.(zapapi.DocValueVisitable).VisitDocValues(n, []string{fThread, fWhen, fLast}, func(field string, term []byte) {
			out[fmt.Sprint("value ", n)] = append(out[fmt.Sprint("value ", n)], field+"="+string(term))
		}, nil)
		must(err)
	}
	return out
}

// model is a collector as plain as can be.
type model struct {
	out  map[string][]string
	docs int
}

func (m *model) add(key, blob string, fields map[string][]string) {
	n := m.docs
	m.docs++
	m.out[fmt.Sprint("stored ", n)] = []string{"_id=" + key, "blob=" + blob}
	m.out["_id "+key] = append(m.out["_id "+key], fmt.Sprint(n, "x1"))
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		terms := slices.Compact(slices.Sorted(slices.Values(fields[name])))
		for _, term := range terms {
			freq := 1
			if fieldOptions[name].SkipFreqNorm() {
				freq = 0
			}
			at := fmt.Sprint(n, "x", freq)
			if name == fSubject {
				for i, w := range fields[name] {
					if w == term {
						at += fmt.Sprint(" subject:", i+1)
					}
				}
			}
			m.out[name+" "+term] = append(m.out[name+" "+term], at)
			if fieldOptions[name].IncludeDocValues() {
				m.out[fmt.Sprint("value ", n)] = append(m.out[fmt.Sprint("value ", n)], name+"="+term)
			}
		}
	}
}

func (m *model) collect(c *collector, key, blob string, fields map[string][]string) {
	var d digest
	d.reset(key)
	d.blob = []byte(blob)
	for name, terms := range fields {
		d.words(name, terms...)
		if name == fSubject {
			for i, w := range terms {
				d.places = append(d.places, spot{int32(d.number(fieldNumbers[name], w)), int32(i + 1)})
			}
		}
	}
	c.add(&d)
	m.add(key, blob, fields)
}

// encode makes a segment by way of what bleve calls.
func encode(t failer, c *collector) zapapi.Segment {
	t.Helper()
	var docs []bleve.Document
	for _, d := range slices.Backward(c.docs) { // bleve gives them in any order
		docs = append(docs, d)
	}
	seg, _, err := new(plugin).New(docs)
	if err != nil {
		t.Fatal(err)
	}
	return seg
}

func TestEncodeIsWhatBleveReads(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := 0
	rapid.Check(t, func(t *rapid.T) {
		term := rapid.StringMatching(`[a-d]{1,2}`)
		fields := rapid.MapOf(rapid.SampledFrom([]string{fBody, fSubject, fWhen, fList, fFile}), rapid.SliceOfN(term, 1, 4))
		var whole model
		whole.out = map[string][]string{}
		var parts []zapapi.Segment
		for range rapid.IntRange(1, 3).Draw(t, "segments") {
			c := newCollector()
			alone := model{out: map[string][]string{}}
			for range rapid.IntRange(1, 5).Draw(t, "documents") {
				key, blob, fs := fmt.Sprint("key", whole.docs), rapid.String().Draw(t, "blob"), fields.Draw(t, "fields")
				fs[fThread] = []string{"all have one"} // zap fails on a segment without any values
				alone.collect(c, key, blob, fs)
				whole.add(key, blob, fs)
			}
			seg := encode(t, c)
			if d := cmp.Diff(alone.out, dump(t, seg)); d != "" {
				t.Fatalf("segment (-want +got):\n%s", d)
			}
			parts = append(parts, seg)
		}
		files++
		path := filepath.Join(dir, fmt.Sprint(files, ".zap"))
		if _, _, err := new(plugin).Merge(parts, make([]*roaring.Bitmap, len(parts)), path, nil, nil); err != nil {
			t.Fatal(err)
		}
		merged, err := new(plugin).Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = merged.Close() }()
		if d := cmp.Diff(whole.out, dump(t, merged)); d != "" {
			t.Fatalf("merged (-want +got):\n%s", d)
		}
	})
}

// Terms of more than 1,024 documents are cut into chunks, values of documents into packs of as many.
func TestEncodeManyDocuments(t *testing.T) {
	t.Parallel()
	c := newCollector()
	m := model{out: map[string][]string{}}
	for i := range 5000 {
		fields := map[string][]string{fBody: {"all"}, fList: {"common"}}
		if i%3 == 0 {
			fields[fSubject] = []string{"third", "all", "third"}
		}
		if i > 2*zapChunk && i%2 == 0 { // whole packs without a value
			fields[fThread] = []string{fmt.Sprint("thread", i/100)}
		}
		m.collect(c, fmt.Sprint("key", i), strings.Repeat("x", i%7), fields)
	}
	if d := cmp.Diff(m.out, dump(t, encode(t, c))); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestEncodeRefusesPartOfACollector(t *testing.T) {
	t.Parallel()
	c := newCollector()
	var d digest
	d.reset("a")
	first := c.add(&d)
	d.reset("b")
	c.add(&d)
	if _, _, err := new(plugin).New([]bleve.Document{first}); err == nil {
		t.Error("one of two documents: no error")
	}
}
