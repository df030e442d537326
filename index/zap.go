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
	if e.fst, err = newDictionary(&e.dict); err != nil {
		return nil, 0, err
	}
	stored := e.stored()
	at := make([]int, len(fieldNames))
	for i, name := range fieldNames {
		if at[i], err = e.column(c.columns[i], i); err != nil {
			return nil, 0, fmt.Errorf("field %s: %w", name, err)
		}
	}
	var fields int
	e.out, fields = appendFields(e.out, 0, at)
	stats, _ := config[zapapi.StatsKey].(*zapapi.Stats)
	if stats == nil {
		stats = new(zapapi.Stats)
	}
	out, err := zap.InitSegmentBase(e.out, crc32.ChecksumIEEE(e.out), zap.DefaultChunkMode, uint64(len(c.docs)), uint64(stored), uint64(fields), config, stats)
	return out, uint64(len(e.out)), err
}

// newDictionary makes dictionaries as zap does: no sharing of suffixes, which takes more time than it saves room.
func newDictionary(to *bytes.Buffer) (*vellum.Builder, error) {
	return vellum.New(to, &vellum.BuilderOpts{Encoder: 1, RegistryMRUSize: 1})
}

func (e *encoder) number(n uint64) { e.out = binary.AppendUvarint(e.out, n) }
func (e *encoder) fixed(n uint64)  { e.out = binary.BigEndian.AppendUint64(e.out, n) }

// stored writes what is stored of the documents, each its key and its blob, and returns where their places are.
func (e *encoder) stored() int {
	blobField := uint64(fieldNumbers[fBlob])
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
		packs := packs{docs: len(values)}
		for doc, v := range values {
			packs.add(uint64(doc), v)
		}
		e.out = append(e.out, packs.end()...)
		end = uint64(len(e.out))
	}
	at := len(e.out)
	e.out = appendColumn(e.out, begin, end, dict)
	return at, nil
}

// postings writes the documents of the term at hand, with the places where it stands in them, and returns what
// stands for them in the dictionary: their place, or the document itself when it is the only one and nothing else is
// to be said.
func (e *encoder) postings(field int, places []location) uint64 {
	if len(e.docs) == 1 && e.inEach[0] == 1 && len(places) == 0 {
		return zap.FSTValEncode1Hit(uint64(e.docs[0]), 1)
	}
	e.freqs.reset(len(e.docs), len(e.from.docs))
	e.locs.reset(len(e.docs), len(e.from.docs))
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
	e.out = c.append(e.out)
	return uint64(at)
}

// appendColumn appends where the values of a field begin and end and where its dictionary is.
func appendColumn(b []byte, values, valuesEnd uint64, dict int) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(binary.AppendUvarint(b, values), valuesEnd), uint64(dict))
}

// appendFields appends the table of the fields, with where each is, to a segment of which size bytes are written
// before out, and returns its place.
func appendFields(out []byte, size int, columns []int) (table []byte, at int) {
	places := make([]int, len(fieldNames))
	for i, name := range fieldNames {
		places[i] = size + len(out)
		out = binary.AppendUvarint(out, uint64(len(name)))
		out = append(out, name...)
		out = binary.AppendUvarint(out, uint64(fieldOptions[name]))
		out = binary.AppendUvarint(out, 1) // section
		out = binary.BigEndian.AppendUint16(out, zap.SectionInvertedTextIndex)
		out = binary.BigEndian.AppendUint64(out, uint64(columns[i]))
	}
	at = size + len(out)
	out = binary.AppendUvarint(out, uint64(len(fieldNames)))
	for _, p := range places {
		out = binary.BigEndian.AppendUint64(out, uint64(p))
	}
	return out, at
}

// packs are the values of the documents of a field, in packs of zapChunk documents.
type packs struct {
	docs         int // of the segment
	out          []byte
	ends         []int
	have         uint64 // documents of the present pack that have values
	places       []byte // their numbers, and where their values end
	data, packed []byte
}

// add adds the values of a document, which comes after those of earlier ones.
func (p *packs) add(doc uint64, values []byte) {
	for uint64(len(p.ends)) < doc/zapChunk {
		p.pack()
	}
	if len(values) > 0 {
		p.have++
		p.data = append(p.data, values...)
		p.places = binary.AppendUvarint(binary.AppendUvarint(p.places, doc), uint64(len(p.data)))
	}
}

func (p *packs) pack() {
	p.out = binary.AppendUvarint(p.out, p.have)
	p.out = append(p.out, p.places...)
	p.packed = s2.EncodeSnappy(p.packed[:cap(p.packed)], p.data)
	p.out = append(p.out, p.packed...)
	p.ends = append(p.ends, len(p.out))
	p.have, p.places, p.data = 0, p.places[:0], p.data[:0]
}

// end is all of it.
func (p *packs) end() []byte {
	for len(p.ends)*zapChunk < p.docs {
		p.pack()
	}
	at := len(p.out)
	for _, end := range p.ends {
		p.out = binary.AppendUvarint(p.out, uint64(end))
	}
	p.out = binary.BigEndian.AppendUint64(p.out, uint64(len(p.out)-at))
	return binary.BigEndian.AppendUint64(p.out, uint64(len(p.ends)))
}

// chunks is numbers of documents, cut at every size documents.
type chunks struct {
	size    int
	current int
	ends    []int // in data; 0 for a chunk without numbers
	data    []byte
}

// reset begins the numbers of a term that so many documents of a segment have: the more, the fewer of the segment
// are in one chunk.
func (c *chunks) reset(have, docs int) {
	c.size = docs / (have/1024 + 1)
	n := (docs-1)/c.size + 1
	if cap(c.ends) < n {
		c.ends = make([]int, n)
	}
	c.ends = c.ends[:n]
	clear(c.ends)
	c.current, c.data = 0, c.data[:0]
}

// at says that the numbers added next are of a document, which comes after the earlier ones.
func (c *chunks) at(doc uint32) {
	if chunk := int(doc) / c.size; chunk != c.current {
		c.ends[c.current] = len(c.data)
		c.current = chunk
	}
}

// add adds a number of a document.
func (c *chunks) add(doc uint32, n uint64) {
	c.at(doc)
	c.data = binary.AppendUvarint(c.data, n)
}

// append appends them as they are written.
func (c *chunks) append(out []byte) []byte {
	c.ends[c.current] = len(c.data)
	out = binary.AppendUvarint(out, uint64(len(c.ends)))
	for i, end := range c.ends {
		if i > 0 {
			end = max(end, c.ends[i-1])
			c.ends[i] = end
		}
		out = binary.AppendUvarint(out, uint64(end))
	}
	return append(out, c.data...)
}
