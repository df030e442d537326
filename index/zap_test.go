package index

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"
	bleve "github.com/blevesearch/bleve_index_api"
	zapapi "github.com/blevesearch/scorch_segment_api/v2"
	zap "github.com/blevesearch/zapx/v17"
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

// onDisk writes a segment that is in memory to a file and opens that.
func onDisk(t failer, seg zapapi.Segment, path string) zapapi.Segment {
	t.Helper()
	unpersisted, ok := seg.(zapapi.UnpersistedSegment)
	if !ok {
		t.Fatal("not in memory")
	}
	if err := unpersisted.Persist(path); err != nil {
		t.Fatal(err)
	}
	seg, err := new(plugin).Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return seg
}

// What is encoded and merged is what bleve reads; what bleve merged is merged again.
func TestEncodeIsWhatBleveReads(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := 0
	rapid.Check(t, func(t *rapid.T) {
		file := func() string {
			files++
			return filepath.Join(dir, fmt.Sprint(files, ".zap"))
		}
		term := rapid.StringMatching(`[a-d]{1,2}`)
		fields := rapid.MapOf(rapid.SampledFrom([]string{fBody, fSubject, fWhen, fList, fFile}), rapid.SliceOfN(term, 1, 4))
		whole := model{out: map[string][]string{}}
		var parts []zapapi.Segment
		var drops []*roaring.Bitmap
		count := 0
		for range rapid.IntRange(1, 3).Draw(t, "segments") {
			c := newCollector()
			alone := model{out: map[string][]string{}}
			gone := roaring.New()
			for n := range rapid.IntRange(1, 5).Draw(t, "documents") {
				count++
				key, blob, fs := fmt.Sprint("key", count), rapid.String().Draw(t, "blob"), fields.Draw(t, "fields")
				fs[fThread] = []string{"all have one"} // zap fails on a segment without any values
				alone.collect(c, key, blob, fs)
				if count > 1 && rapid.IntRange(0, 3).Draw(t, "gone") == 0 { // a merge without any document does not happen
					gone.Add(uint32(n))
				} else {
					whole.add(key, blob, fs)
				}
			}
			seg := encode(t, c)
			if d := cmp.Diff(alone.out, dump(t, seg)); d != "" {
				t.Fatalf("segment (-want +got):\n%s", d)
			}
			seg = onDisk(t, seg, file())
			defer func() { _ = seg.Close() }()
			if rapid.Bool().Draw(t, "by bleve") {
				path := file()
				if _, _, err := new(plugin).ZapPlugin.Merge([]zapapi.Segment{seg}, []*roaring.Bitmap{nil}, path, nil, nil); err != nil {
					t.Fatal(err)
				}
				again, err := new(plugin).Open(path)
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = again.Close() }()
				seg = again
			}
			parts, drops = append(parts, seg), append(drops, gone)
		}
		path := file()
		if _, _, err := new(plugin).Merge(parts, drops, path, nil, nil); err != nil {
			t.Fatal(err)
		}
		if err := examine(t.Context(), path); err != nil {
			t.Error(err)
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
	fields := func(i int) map[string][]string {
		fields := map[string][]string{fBody: {"all"}, fList: {"common"}}
		if i%3 == 0 {
			fields[fSubject] = []string{"third", "all", "third"}
		}
		if i == 0 || i > 2*zapChunk && i%2 == 0 { // whole packs without a value; zap fails on a segment without any
			fields[fThread] = []string{fmt.Sprint("thread", i/100)}
		}
		return fields
	}
	whole := model{out: map[string][]string{}}
	var parts []zapapi.Segment
	drops := []*roaring.Bitmap{nil, roaring.New(), nil}
	for n, size := range []int{5000, 6000, 900} {
		c := newCollector()
		alone := model{out: map[string][]string{}}
		for i := range size {
			key, blob := fmt.Sprint("key", n, i), strings.Repeat("x", i%7)
			alone.collect(c, key, blob, fields(i))
			if drops[n] != nil && i%7 < 3 {
				drops[n].Add(uint32(i))
				continue
			}
			whole.add(key, blob, fields(i))
		}
		seg := encode(t, c)
		if d := cmp.Diff(alone.out, dump(t, seg)); d != "" {
			t.Errorf("segment (-want +got):\n%s", d)
		}
		seg = onDisk(t, seg, filepath.Join(t.TempDir(), "part"))
		defer func() { _ = seg.Close() }()
		parts = append(parts, seg)
	}
	path := filepath.Join(t.TempDir(), "merged")
	if _, _, err := new(plugin).Merge(parts, drops, path, nil, nil); err != nil {
		t.Fatal(err)
	}
	merged, err := new(plugin).Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = merged.Close() }()
	if d := cmp.Diff(whole.out, dump(t, merged)); d != "" {
		t.Errorf("merged (-want +got):\n%s", d)
	}
}

// Bleve compares what a merge returns with ErrClosed, and tries again for ever when it is anything else.
func TestMergeIsStopped(t *testing.T) {
	t.Parallel()
	c := newCollector()
	m := model{out: map[string][]string{}}
	m.collect(c, "key", "blob", map[string][]string{fThread: {"t"}})
	seg := onDisk(t, encode(t, c), filepath.Join(t.TempDir(), "part"))
	defer func() { _ = seg.Close() }()
	stop := make(chan struct{})
	close(stop)
	path := filepath.Join(t.TempDir(), "merged")
	if _, _, err := new(plugin).Merge([]zapapi.Segment{seg}, []*roaring.Bitmap{nil}, path, stop, nil); err != zapapi.ErrClosed { //nolint:errorlint // as bleve does
		t.Errorf("stopped at once: %v", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("stopped at once: a file is left (%v)", err)
	}
	onFile, ok := seg.(*zap.Segment)
	if !ok {
		t.Fatal("not a segment of zap")
	}
	in, err := openInput(onFile, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer in.close()
	late := merger{inputs: []*input{in}, docs: in.renumber(0), stop: stop}
	if late.fst, err = newDictionary(&late.dict); err != nil {
		t.Fatal(err)
	}
	if _, err := late.fields(); err != zapapi.ErrClosed { //nolint:errorlint // as bleve does
		t.Errorf("stopped among the fields: %v", err)
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
