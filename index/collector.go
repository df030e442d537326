package index

import (
	"cmp"
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
	name    string
	options bleve.FieldIndexingOptions
	numbers map[string]int32 // of terms
	terms   []term           // by number
	uses    []use            // in the order of the documents
	places  []location       // with IncludeTermVectors: positions in the field, sorted by use at the end
}

type term struct {
	text string
	docs int32 // that have it
	last int32 // its last use, -1 for none

	// Of the words of texts, what need be found out only once: with known the next two, with stemmed the twin.
	known    bool
	compound bool // snake_case
	code     pairCode
	stemmed  bool
	twin     string // see stemmer
}

type use struct{ term, doc, freq int32 }

type location struct{ use, position int32 }

// What one term and one use take of memory, with what encode needs for them.
const (
	termBytes = 128
	useBytes  = 24
)

func newCollector() *collector {
	c := &collector{columns: make(map[string]*column, len(fieldOptions))}
	for name, options := range fieldOptions {
		c.columns[name] = &column{name: name, options: options, numbers: map[string]int32{}}
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
		col.uses = append(col.uses, use{term: n, doc: doc})
		c.size += useBytes
	}
	return &col.uses[t.last]
}

func (c *collector) number(col *column, text string) int32 {
	n, ok := col.numbers[text]
	if !ok {
		n = int32(len(col.terms))
		text = clone(text) // not a piece of a whole mail
		col.numbers[text] = n
		col.terms = append(col.terms, term{text: text, last: -1})
		c.size += termBytes + len(text)
	}
	return n
}

// sorted is the terms of a column in order, by number.
func (c *column) sorted() []int32 {
	order := make([]int32, len(c.terms))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Compare(c.terms[a].text, c.terms[b].text) })
	return order
}

// byTerm is the uses of a column, those of one term together and in the order of the documents; from says
// where those of a term begin.
func (c *column) byTerm() (uses, from []int32) {
	from = make([]int32, len(c.terms)+1)
	for i := range c.terms {
		from[i+1] = from[i] + c.terms[i].docs
	}
	next := slices.Clone(from)
	uses = make([]int32, len(c.uses))
	for i := range c.uses {
		t := c.uses[i].term
		uses[next[t]] = int32(i)
		next[t]++
	}
	return uses, from
}

// byUse is the places of each use; nil when the field has none.
func (c *column) byUse() [][]location {
	if len(c.places) == 0 {
		return nil
	}
	slices.SortStableFunc(c.places, func(a, b location) int { return cmp.Compare(a.use, b.use) })
	out := make([][]location, len(c.uses))
	for from := 0; from < len(c.places); {
		to := from
		for to < len(c.places) && c.places[to].use == c.places[from].use {
			to++
		}
		out[c.places[from].use] = c.places[from:to]
		from = to
	}
	return out
}
