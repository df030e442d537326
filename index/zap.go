package index

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"slices"
	"sync"

	"github.com/blevesearch/bleve/v2/index/scorch"
	bleve "github.com/blevesearch/bleve_index_api"
	zapapi "github.com/blevesearch/scorch_segment_api/v2"
	"github.com/blevesearch/vellum"
	zap "github.com/blevesearch/zapx/v17"
	"github.com/klauspost/compress/s2"
)

// plugin is zap, bleve's form of segments, with its own way from documents to a segment replaced.
type plugin struct{ zap.ZapPlugin }

// usePlugin has bleve use it, in the whole program and once: bleve's list of plugins is not locked.
var usePlugin = sync.OnceFunc(func() { scorch.RegisterSegmentPlugin(&plugin{}, true) })

// New is NewUsing without a configuration.
func (p *plugin) New(docs []bleve.Document) (zapapi.Segment, uint64, error) {
	return p.NewUsing(docs, nil)
}

// NewUsing encodes what the collector of the documents holds; they must be all of it.
func (p *plugin) NewUsing(docs []bleve.Document, config map[string]any) (zapapi.Segment, uint64, error) {
	first, ok := docs[0].(*entry)
	if !ok {
		return p.ZapPlugin.NewUsing(docs, config)
	}
	if n := len(first.in.docs); len(docs) != n {
		return nil, 0, fmt.Errorf("%d of the %d documents of a batch", len(docs), n)
	}
	return first.in.encode(config)
}

// An encoder writes a segment in zap's form. That is, with numbers in base 128 where nothing else is said:
// the stored documents and their places; for each field the postings of its terms, the dictionary that leads
// to them, and the values of documents; the fields with the places of these; the number of fields and their
// places. All places count from the beginning.
type encoder struct {
	from *collector
	out  []byte
	fst  *vellum.Builder
	dict bytes.Buffer

	// Of one term.
	docs   []uint32
	inEach []uint8 // its frequency in each of these
	freqs  chunks
	locs   chunks
}

const (
	zapChunk   = 1024           // documents whose values are packed together
	noValues   = math.MaxUint64 // place of the values of a field without any
	storedText = 't'            // type of a stored field
)

// fieldNames is all fields as zap sorts them. It is never written to, nor are the next two.
var fieldNames = func() []string {
	names := make([]string, 0, len(fieldOptions))
	for name := range fieldOptions {
		if name != fID {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return append([]string{fID}, names...)
}()

// fieldNumbers is the places of fields in fieldNames.
var fieldNumbers = func() map[string]uint8 {
	numbers := make(map[string]uint8, len(fieldNames))
	for i, name := range fieldNames {
		numbers[name] = uint8(i)
	}
	return numbers
}()

// plainFreqs is the frequencies of terms that stand for themselves, by field, see digest.words.
var plainFreqs = func() []uint16 {
	freqs := make([]uint16, len(fieldNames))
	for i, name := range fieldNames {
		if !fieldOptions[name].SkipFreqNorm() {
			freqs[i] = 1
		}
	}
	return freqs
}()

func (c *collector) encode(config map[string]any) (zapapi.Segment, uint64, error) {
	e := encoder{from: c, out: make([]byte, 0, c.size-c.size/16)}
	var err error
	// As zap does: no sharing of suffixes, which takes more time than it saves room.
	if e.fst, err = vellum.New(&e.dict, &vellum.BuilderOpts{Encoder: 1, RegistryMRUSize: 1}); err != nil {
		return nil, 0, err
	}
	stored := e.stored()
	at := make([]int, len(fieldNames))
	for i, name := range fieldNames {
		if at[i], err = e.column(c.columns[i], i); err != nil {
			return nil, 0, fmt.Errorf("field %s: %w", name, err)
		}
	}
	fields := e.fields(at)
	stats, _ := config[zapapi.StatsKey].(*zapapi.Stats)
	if stats == nil {
		stats = new(zapapi.Stats)
	}
	out, err := zap.InitSegmentBase(e.out, crc32.ChecksumIEEE(e.out), zap.DefaultChunkMode, uint64(len(c.docs)), uint64(stored), uint64(fields), config, stats)
	return out, uint64(len(e.out)), err
}

func (e *encoder) number(n uint64) { e.out = binary.AppendUvarint(e.out, n) }
func (e *encoder) fixed(n uint64)  { e.out = binary.BigEndian.AppendUint64(e.out, n) }

// stored writes what is stored of the documents, each its key and its blob, and returns where their places are.
func (e *encoder) stored() int {
	blobField := uint64(slices.Index(fieldNames, fBlob))
	places := make([]int, len(e.from.docs))
	var about, packed []byte
	for i, d := range e.from.docs {
		places[i] = len(e.out)
		about = binary.AppendUvarint(about[:0], uint64(len(d.key)))
		for _, n := range [...]uint64{blobField, storedText, 0, uint64(len(d.blob)), 0} { // field, type, from, length, no array
			about = binary.AppendUvarint(about, n)
		}
		packed = s2.EncodeSnappy(packed[:cap(packed)], d.blob)
		e.number(uint64(len(about)))
		e.number(uint64(len(d.key) + len(packed)))
		e.out = append(e.out, about...)
		e.out = append(e.out, d.key...)
		e.out = append(e.out, packed...)
	}
	at := len(e.out)
	for _, p := range places {
		e.fixed(uint64(p))
	}
	e.number(0) // documents inside of others
	return at
}

// column writes a field and returns where it says where its parts are.
func (e *encoder) column(c *column, field int) (int, error) {
	var values [][]byte // of each document its terms, in order
	if c.options.IncludeDocValues() && len(c.terms) > 0 {
		values = make([][]byte, len(e.from.docs))
	}
	slices.SortStableFunc(c.places, func(a, b location) int { return cmp.Compare(a.term, b.term) })
	for _, n := range c.sorted() {
		t := &c.terms[n]
		e.docs, e.inEach = c.documents(t, e.docs[:0], e.inEach[:0])
		if err := e.fst.Insert(c.textOf(t), e.postings(field, c.placesOf(n))); err != nil {
			return 0, err
		}
		if values != nil {
			for _, doc := range e.docs {
				values[doc] = append(append(values[doc], c.textOf(t)...), bleve.DocValueTermSeparator)
			}
		}
	}
	if err := e.fst.Close(); err != nil {
		return 0, err
	}
	dict := len(e.out)
	e.number(uint64(e.dict.Len()))
	e.out = append(e.out, e.dict.Bytes()...)
	e.dict.Reset()
	if err := e.fst.Reset(&e.dict); err != nil {
		return 0, err
	}
	begin, end := uint64(noValues), uint64(noValues)
	if values != nil {
		begin = uint64(len(e.out))
		e.values(values)
		end = uint64(len(e.out))
	}
	at := len(e.out)
	e.number(begin)
	e.number(end)
	e.number(uint64(dict))
	return at, nil
}

// postings writes the documents of the term at hand, with the places where it stands in them, and returns what
// stands for them in the dictionary: their place, or the document itself when it is the only one and nothing else is
// to be said.
func (e *encoder) postings(field int, places []location) uint64 {
	if len(e.docs) == 1 && e.inEach[0] == 1 && len(places) == 0 {
		return zap.FSTValEncode1Hit(uint64(e.docs[0]), 1)
	}
	// The more documents a term has, the fewer of the segment are in one chunk.
	size := len(e.from.docs) / (len(e.docs)/1024 + 1)
	e.freqs.reset(size, len(e.from.docs))
	e.locs.reset(size, len(e.from.docs))
	for i, doc := range e.docs {
		freq := uint64(e.inEach[i]) << 1
		n := 0
		for n < len(places) && uint32(places[n].doc) == doc {
			n++
		}
		if n > 0 {
			freq |= 1
			e.locations(doc, field, places[:n])
			places = places[n:]
		}
		e.freqs.add(doc, freq)
		if freq > 1 {
			e.freqs.add(doc, 1) // the norm, which is not used: a constant costs nothing
		}
	}
	freqs, locs := e.chunks(&e.freqs), e.chunks(&e.locs)
	at := len(e.out)
	e.number(freqs)
	e.number(locs)
	e.number(uint64(roaringSize(e.docs)))
	e.out = appendRoaring(e.out, e.docs)
	return uint64(at)
}

// locations notes where a term stands in a field of a document.
func (e *encoder) locations(doc uint32, field int, places []location) {
	var text [binary.MaxVarintLen64 * 5]byte
	size := 0
	for pass := range 2 { // the length of all goes before them
		for _, p := range places {
			b := binary.AppendUvarint(text[:0], uint64(field))
			b = binary.AppendUvarint(b, uint64(p.position))
			b = append(b, 0, 0, 0) // bytes from and to, which are not used, and no array
			if pass == 0 {
				size += len(b)
			} else {
				e.locs.data = append(e.locs.data, b...)
			}
		}
		if pass == 0 {
			e.locs.add(doc, uint64(size))
		}
	}
}

// chunks writes numbers in chunks and returns where they begin, 0 when there are none.
func (e *encoder) chunks(c *chunks) uint64 {
	if len(c.data) == 0 {
		return 0
	}
	at := len(e.out)
	c.ends[c.current] = len(c.data)
	e.number(uint64(len(c.ends)))
	for i, end := range c.ends {
		if i > 0 {
			end = max(end, c.ends[i-1])
			c.ends[i] = end
		}
		e.number(uint64(end))
	}
	e.out = append(e.out, c.data...)
	return uint64(at)
}

// values writes the values of the documents of a field.
func (e *encoder) values(values [][]byte) {
	var ends []int
	begin := len(e.out)
	var data, packed []byte
	for first := 0; first < len(values); first += zapChunk {
		some := values[first:min(first+zapChunk, len(values))]
		have := 0
		for _, v := range some {
			have += min(len(v), 1)
		}
		data = data[:0]
		e.number(uint64(have))
		for i, v := range some {
			if data = append(data, v...); len(v) > 0 {
				e.number(uint64(first + i))
				e.number(uint64(len(data)))
			}
		}
		packed = s2.EncodeSnappy(packed[:cap(packed)], data)
		e.out = append(e.out, packed...)
		ends = append(ends, len(e.out)-begin)
	}
	at := len(e.out)
	for _, end := range ends {
		e.number(uint64(end))
	}
	e.fixed(uint64(len(e.out) - at))
	e.fixed(uint64(len(ends)))
}

// fields writes the table of the fields, with where each is, and returns its place.
func (e *encoder) fields(columns []int) int {
	places := make([]int, len(fieldNames))
	for i, name := range fieldNames {
		places[i] = len(e.out)
		e.number(uint64(len(name)))
		e.out = append(e.out, name...)
		options := fieldOptions[name]
		e.number(uint64(options))
		e.number(1) // section
		e.out = binary.BigEndian.AppendUint16(e.out, zap.SectionInvertedTextIndex)
		e.fixed(uint64(columns[i]))
	}
	at := len(e.out)
	e.number(uint64(len(fieldNames)))
	for _, p := range places {
		e.fixed(uint64(p))
	}
	return at
}

// chunks is numbers of documents, cut at every size documents.
type chunks struct {
	size    int
	current int
	ends    []int // in data; 0 for a chunk without numbers
	data    []byte
}

func (c *chunks) reset(size, docs int) {
	n := (docs-1)/size + 1
	if cap(c.ends) < n {
		c.ends = make([]int, n)
	}
	c.ends = c.ends[:n]
	clear(c.ends)
	c.size, c.current, c.data = size, 0, c.data[:0]
}

// add adds a number of a document, which comes after those of earlier ones.
func (c *chunks) add(doc uint32, n uint64) {
	if chunk := int(doc) / c.size; chunk != c.current {
		c.ends[c.current] = len(c.data)
		c.current = chunk
	}
	c.data = binary.AppendUvarint(c.data, n)
}
