package index

import (
	"bytes"
	"cmp"
	"hash/maphash"
	"slices"

	bleve "github.com/blevesearch/bleve_index_api"
)

// A collector collects the documents of a batch word by word, so that each word is looked up once on its way
// from the text to the file: what bleve makes of documents of its own goes through a map for each field of
// each of them. Function encode makes bleve's form of it.
type collector struct {
	columns map[string]*column
	docs    []*entry
	size    int // bytes of memory, about
	stems   stemmer
	folded  []byte // the text at hand
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
	uses    []use      // in the order of the documents
	places  []location // with IncludeTermVectors: positions in the field, sorted by use at the end
}

// A term has no pointers, so that the garbage collector need not look at the hundred thousands of them.
type term struct {
	hash uint32
	from uint32 // in the text of the column
	size uint32
	docs int32 // that have it
	last int32 // its last use, -1 for none

	// Of the words of texts, what need be found out only once.
	twin     int32    // term of its stem; untwinned, and single for a word that is its own stem
	known    bool     // the next two are
	compound bool     // snake_case
	code     pairCode // zero for words that are not frequent
}

// Values of term.twin that are no terms.
const (
	untwinned = -1
	single    = -2
)

type use struct{ term, doc, freq int32 }

type location struct{ use, position int32 }

// What one term and one use take of memory, with what encode needs for them.
const (
	termBytes = 64
	useBytes  = 24
)

// hashSeed differs from run to run; what is written does not depend on it.
var hashSeed = maphash.MakeSeed()

func newCollector() *collector {
	c := &collector{columns: make(map[string]*column, len(fieldOptions))}
	for name, options := range fieldOptions {
		c.columns[name] = &column{options: options}
	}
	return c
}

// begin adds a document that the words added next belong to.
func (c *collector) begin(key string, blob []byte) *entry {
	e := &entry{c, key, blob}
	c.docs = append(c.docs, e)
	c.size += len(blob) + len(key)
	c.words(fID, key)
	return e
}

// words adds terms that stand for themselves to a field; empty ones are left out. Fields with SkipFreqNorm are
// for terms that many documents share: with frequency 0 zap leaves out the norm, which would be half of the
// field. In others a posting of frequency 1 that is alone is kept in the dictionary itself.
func (c *collector) words(field string, terms ...string) {
	col := c.columns[field]
	freq := int32(1)
	if col.options.SkipFreqNorm() {
		freq = 0
	}
	for _, t := range terms {
		if t != "" {
			c.use(col, t).freq = freq
		}
	}
}

// use is the use of a term in the document at hand, valid until the next one.
func (c *collector) use(col *column, text string) *use { return c.useOf(col, c.number(col, text)) }

func (c *collector) useOf(col *column, n int32) *use {
	t := &col.terms[n]
	doc := int32(len(c.docs) - 1)
	if t.last < 0 || col.uses[t.last].doc != doc {
		t.last = int32(len(col.uses))
		t.docs++
		if len(col.uses) == cap(col.uses) {
			col.uses = slices.Grow(col.uses, len(col.uses)+64) // append itself would copy large ones four times as often
		}
		col.uses = append(col.uses, use{term: n, doc: doc})
		c.size += useBytes
	}
	return &col.uses[t.last]
}

// number is the number of a term, a new one when the column does not have it.
func (c *collector) number(col *column, text string) int32 {
	if len(col.slots) <= 2*len(col.terms) {
		col.grow()
	}
	hash := uint32(maphash.String(hashSeed, text))
	slot := col.slot(hash, text)
	if n := col.slots[slot]; n > 0 {
		return n - 1
	}
	n := int32(len(col.terms))
	col.terms = append(col.terms, term{hash: hash, from: uint32(len(col.text)), size: uint32(len(text)), last: -1, twin: untwinned})
	col.text = append(col.text, text...)
	col.slots[slot] = n + 1
	c.size += termBytes + len(text)
	return n
}

// slot is where a term is or would be.
func (col *column) slot(hash uint32, text string) int {
	mask := len(col.slots) - 1
	for slot := int(hash) & mask; ; slot = (slot + 1) & mask {
		n := col.slots[slot]
		if n == 0 {
			return slot
		}
		if t := &col.terms[n-1]; t.hash == hash && string(col.textOf(t)) == text {
			return slot
		}
	}
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

// reset makes a collector as good as new, with the memory that it has.
func (c *collector) reset() {
	for _, col := range c.columns {
		clear(col.slots)
		col.terms, col.text, col.uses, col.places = col.terms[:0], col.text[:0], col.uses[:0], col.places[:0]
	}
	clear(c.docs)
	c.docs, c.size = c.docs[:0], 0
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

// byTerm is the uses of a column, those of one term together and in the order of the documents; from says
// where those of a term begin.
func (col *column) byTerm() (uses, from []int32) {
	from = make([]int32, len(col.terms)+1)
	for i := range col.terms {
		from[i+1] = from[i] + col.terms[i].docs
	}
	next := slices.Clone(from)
	uses = make([]int32, len(col.uses))
	for i := range col.uses {
		t := col.uses[i].term
		uses[next[t]] = int32(i)
		next[t]++
	}
	return uses, from
}

// byUse is the places of each use; nil when the field has none.
func (col *column) byUse() [][]location {
	if len(col.places) == 0 {
		return nil
	}
	slices.SortStableFunc(col.places, func(a, b location) int { return cmp.Compare(a.use, b.use) })
	out := make([][]location, len(col.uses))
	for from := 0; from < len(col.places); {
		to := from
		for to < len(col.places) && col.places[to].use == col.places[from].use {
			to++
		}
		out[col.places[from].use] = col.places[from:to]
		from = to
	}
	return out
}
