package index

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"

	bleve "github.com/blevesearch/bleve_index_api"
)

// A collector collects the documents of a batch word by word, so that each word is looked up once on its way
// from the text to the file: what bleve makes of documents of its own goes through a map for each field of
// each of them. Function encode makes bleve's form of it.
type collector struct {
	columns []*column // in the order of fieldNames
	docs    []*entry
	blobs   []byte // room for the next ones
	size    int    // bytes of memory, about
}

// An entry is a document of a collector, as bleve passes it around.
type entry struct {
	in   *collector
	key  string
	blob []byte
}

func (e *entry) ID() string                                 { return e.key }
func (e *entry) Size() int                                  { return len(e.blob) }
func (e *entry) VisitFields(bleve.FieldVisitor)             {}
func (e *entry) VisitComposite(bleve.CompositeFieldVisitor) {}
func (e *entry) HasComposite() bool                         { return false }
func (e *entry) NumPlainTextBytes() uint64                  { return uint64(len(e.blob)) }
func (e *entry) AddIDField()                                {}
func (e *entry) StoredFieldsBytes() uint64                  { return uint64(len(e.blob)) }
func (e *entry) Indexed() bool                              { return true }

// A column holds the words of one field.
type column struct {
	options bleve.FieldIndexingOptions
	terms   []term     // by number
	text    []byte     // of all terms
	slots   []int32    // numbers of terms by hash, plus 1; twice as many as terms at least, a power of two
	uses    []use      // in the document at hand
	pool    []byte     // chains of blocks: the documents of terms that have more than one
	places  []location // with IncludeTermVectors: positions in the field, in the order of the documents
}

// A term has no pointers, so that the garbage collector need not look at the hundred thousands of them. Its
// documents are in the pool of the column: for each but the last one its frequency, unless that is 0 in the whole
// field, and how far it is to the next one.
type term struct {
	hash uint32
	from uint32 // in the text of the column
	size uint32
	twin int32 // term of its stem; untwinned, and single for a word that is its own stem
	use  int32 // in the document at hand, -1 for none

	docs        int32 // that have it
	first, last int32 // of these
	freq        uint8 // in the last one

	left  uint8 // bytes that are free in the last block
	level uint8 // of it
	head  uint32
	tail  uint32 // where the free bytes are, and behind them the place of the next block
}

// Values of term.twin that are no terms.
const (
	untwinned = -1
	single    = -2
)

type use struct {
	term int32
	freq uint8
}

type location struct{ term, doc, position int32 }

// termBytes is what one term takes of memory, with what encode needs for it.
const termBytes = 80

// Bytes of documents in a block by its level, and of the place of the next one.
var blockSizes = [...]uint8{4, 8, 16, 32, 64, 128, 250}

const linkSize = 4

func newCollector() *collector {
	c := &collector{columns: make([]*column, len(fieldNames))}
	for i, name := range fieldNames {
		c.columns[i] = &column{options: fieldOptions[name]}
	}
	return c
}

// add takes in a document.
func (c *collector) add(d *digest) *entry {
	e := &entry{c, d.key, c.keep(d.blob)}
	doc := int32(len(c.docs))
	c.docs = append(c.docs, e)
	c.size += len(e.blob) + len(e.key)
	for i := range d.terms {
		t := &d.terms[i]
		col := c.columns[t.field]
		t.number = c.number(col, t.hash, d.text[t.from:t.from+t.size])
		col.join(t.number, uint8(t.freq))
		if t.stem != 0 {
			if twin := c.twin(col, t.number); twin != single {
				col.join(twin, t.stem)
			}
		}
	}
	for _, p := range d.places {
		t := &d.terms[p.term]
		col := c.columns[t.field]
		col.places = append(col.places, location{t.number, doc, p.position})
	}
	for _, col := range c.columns {
		before := len(col.pool)
		for _, u := range col.uses {
			col.note(&col.terms[u.term], doc, u.freq)
		}
		col.uses = col.uses[:0]
		c.size += len(col.pool) - before
	}
	return e
}

// blobBytes is how many blobs share their memory, in bytes.
const blobBytes = 1 << 20

// keep copies a blob.
func (c *collector) keep(blob []byte) []byte {
	if len(blob) > cap(c.blobs)-len(c.blobs) {
		c.blobs = make([]byte, 0, max(blobBytes, len(blob)))
	}
	from := len(c.blobs)
	c.blobs = append(c.blobs, blob...)
	return c.blobs[from:len(c.blobs):len(c.blobs)]
}

// join adds a term to the document at hand, or what one more mention of it there says.
func (col *column) join(n int32, freq uint8) {
	t := &col.terms[n]
	if t.use < 0 {
		t.use = int32(len(col.uses))
		col.uses = append(col.uses, use{n, freq})
		return
	}
	u := &col.uses[t.use]
	if col.options.IncludeTermVectors() {
		u.freq = max(u.freq, freq)
	} else {
		u.freq = uint8(mark(uint16(u.freq), uint16(freq)))
	}
}

// note adds a document to those of a term.
func (col *column) note(t *term, doc int32, freq uint8) {
	if t.docs == 0 {
		t.first = doc
	} else {
		if !col.options.SkipFreqNorm() {
			col.put(t, t.freq)
		}
		far := uint32(doc - t.last)
		for ; far >= 0x80; far >>= 7 {
			col.put(t, uint8(far)|0x80)
		}
		col.put(t, uint8(far))
	}
	t.docs++
	t.last, t.freq, t.use = doc, freq, -1
}

// put adds a byte to the chain of a term.
func (col *column) put(t *term, b byte) {
	if t.left == 0 {
		at := uint32(len(col.pool))
		if t.head == 0 && t.tail == 0 {
			t.head = at
		} else {
			binary.LittleEndian.PutUint32(col.pool[t.tail:], at)
			t.level = min(t.level+1, uint8(len(blockSizes)-1))
		}
		t.left, t.tail = blockSizes[t.level], at
		var block [256]byte
		col.pool = append(col.pool, block[:int(t.left)+linkSize]...)
	}
	col.pool[t.tail] = b
	t.left--
	t.tail++
}

// A chain reads the documents of a term.
type chain struct {
	pool        []byte
	at          uint32
	left, level uint8
}

func (c *chain) next() byte {
	if c.left == 0 {
		c.at = binary.LittleEndian.Uint32(c.pool[c.at:])
		c.level = min(c.level+1, uint8(len(blockSizes)-1))
		c.left = blockSizes[c.level]
	}
	b := c.pool[c.at]
	c.at++
	c.left--
	return b
}

// documents appends the documents that have a term, and its frequency in each.
func (col *column) documents(t *term, docs []uint32, freqs []uint8) ([]uint32, []uint8) {
	c := chain{pool: col.pool, at: t.head, left: blockSizes[0]}
	doc := uint32(t.first)
	for range t.docs - 1 {
		freq := uint8(0)
		if !col.options.SkipFreqNorm() {
			freq = c.next()
		}
		docs, freqs = append(docs, doc), append(freqs, freq)
		for shift := 0; ; shift += 7 {
			b := c.next()
			doc += uint32(b&0x7f) << shift
			if b < 0x80 {
				break
			}
		}
	}
	return append(docs, uint32(t.last)), append(freqs, t.freq)
}

// number is the number of a term, a new one when the column does not have it.
func (c *collector) number(col *column, hash uint32, text []byte) int32 {
	if len(col.slots) <= 2*len(col.terms) {
		col.grow()
	}
	mask := len(col.slots) - 1
	slot := int(hash) & mask
	for ; col.slots[slot] > 0; slot = (slot + 1) & mask {
		n := col.slots[slot] - 1
		if t := &col.terms[n]; t.hash == hash && bytes.Equal(col.textOf(t), text) {
			return n
		}
	}
	n := int32(len(col.terms))
	col.terms = append(col.terms, term{hash: hash, from: uint32(len(col.text)), size: uint32(len(text)), use: -1, twin: untwinned})
	col.text = append(col.text, text...)
	col.slots[slot] = n + 1
	c.size += termBytes + len(text)
	return n
}

func (col *column) textOf(t *term) []byte { return col.text[t.from : t.from+t.size] }

// grow doubles the slots.
func (col *column) grow() {
	col.slots = make([]int32, max(64, 2*len(col.slots)))
	mask := len(col.slots) - 1
	for i := range col.terms {
		slot := int(col.terms[i].hash) & mask
		for col.slots[slot] != 0 {
			slot = (slot + 1) & mask
		}
		col.slots[slot] = int32(i) + 1
	}
}

// twin is the term for the stem of a term, single when it is its own.
func (c *collector) twin(col *column, n int32) int32 {
	twin := col.terms[n].twin
	if twin == untwinned {
		twin = single
		if stem := twinOf(string(col.textOf(&col.terms[n]))); stem != "" {
			twin = c.number(col, wordHash(stem), []byte(stem))
		}
		col.terms[n].twin = twin
	}
	return twin
}

// placesOf is where a term stands, once the places are sorted by term.
func (col *column) placesOf(n int32) []location {
	from, _ := slices.BinarySearchFunc(col.places, n, func(l location, n int32) int { return cmp.Compare(l.term, n) })
	to := from
	for to < len(col.places) && col.places[to].term == n {
		to++
	}
	return col.places[from:to]
}

// reset makes a collector as good as new, with the memory that it has.
func (c *collector) reset() {
	for _, col := range c.columns {
		clear(col.slots)
		col.terms, col.text, col.pool, col.places = col.terms[:0], col.text[:0], col.pool[:0], col.places[:0]
	}
	clear(c.docs)
	c.docs, c.blobs, c.size = c.docs[:0], nil, 0
}

// sorted is the terms of a column in order, by number.
func (col *column) sorted() []int32 {
	order := make([]int32, len(col.terms))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return bytes.Compare(col.textOf(&col.terms[a]), col.textOf(&col.terms[b])) })
	return order
}
