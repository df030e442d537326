package index

import (
	"fmt"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"
	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// A view is one immutable segment of the index as a query sees it: postings as bitmaps of the
// segment's own document numbers. Deleted documents are in no bitmap that leaves it through
// messages or threads; others may hold them. A view is not safe for concurrent use.
type view struct {
	seg      segment.Segment
	messages *roaring.Bitmap // live documents of each type
	threads  *roaring.Bitmap
	dicts    map[string]segment.TermDictionary
	values   map[string]*docValues
}

// docValues reads the doc values of one field.
type docValues struct {
	fields []string // its name, as bleve wants it
	state  segment.DocVisitState
	visit  func(field string, term []byte)
	term   []byte // the one visited last
}

func newView(seg segment.Segment, deleted *roaring.Bitmap) (*view, error) {
	v := &view{seg: seg, dicts: map[string]segment.TermDictionary{}, values: map[string]*docValues{}}
	for _, t := range []struct {
		name string
		into **roaring.Bitmap
	}{{typeMessage, &v.messages}, {typeThread, &v.threads}} {
		bm, err := v.term(fType, t.name)
		if err != nil {
			return nil, err
		}
		if deleted != nil {
			bm = roaring.AndNot(bm, deleted)
		}
		*t.into = bm
	}
	return v, nil
}

func (v *view) dict(field string) (segment.TermDictionary, error) {
	if d, ok := v.dicts[field]; ok {
		return d, nil
	}
	d, err := v.seg.Dictionary(field)
	if err != nil {
		return nil, fmt.Errorf("%w: dictionary of %s: %w", ErrCorrupt, field, err)
	}
	v.dicts[field] = d
	return d, nil
}

// orInto is what zap's postings can do beside the interface.
type orInto interface {
	OrInto(receiver *roaring.Bitmap)
}

// term is the documents that hold a term. The bitmap may be part of the mapped file: read only.
func (v *view) term(field, term string) (*roaring.Bitmap, error) {
	d, err := v.dict(field)
	if err != nil {
		return nil, err
	}
	pl, err := d.PostingsList([]byte(term), nil, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: postings of %s: %w", ErrCorrupt, field, err)
	}
	if it, ok := pl.Iterator(false, false, false, nil).(segment.OptimizablePostingsIterator); ok {
		if bm := it.ActualBitmap(); bm != nil {
			return bm, nil
		}
		if n, ok := it.DocNum1Hit(); ok {
			return roaring.BitmapOf(uint32(n)), nil
		}
	}
	return roaring.New(), nil
}

// into adds the documents that hold a term to bm.
func into(bm *roaring.Bitmap, d segment.TermDictionary, term []byte, reuse segment.PostingsList) (segment.PostingsList, error) {
	pl, err := d.PostingsList(term, nil, reuse)
	if err != nil {
		return nil, fmt.Errorf("%w: postings: %w", ErrCorrupt, err)
	}
	if o, ok := pl.(orInto); ok {
		o.OrInto(bm)
		return pl, nil
	}
	it := pl.Iterator(false, false, false, nil)
	for p, err := it.Next(); p != nil || err != nil; p, err = it.Next() {
		if err != nil {
			return nil, fmt.Errorf("%w: postings: %w", ErrCorrupt, err)
		}
		bm.Add(uint32(p.Number()))
	}
	return pl, nil
}

// where is the documents among within that hold a term in one of the places that bits name.
func (v *view) where(field, term string, bits int, within *roaring.Bitmap) (*roaring.Bitmap, error) {
	bm, err := v.term(field, term)
	if err != nil || bits == everywhere || bm.IsEmpty() {
		return bm, err
	}
	out := roaring.New()
	err = v.frequencies(field, term, within, func(n uint32, freq int) {
		if freq&bits != 0 {
			out.Add(n)
		}
	})
	return out, err
}

// frequencies calls f for each document among within that holds a term, with the term's frequency.
func (v *view) frequencies(field, term string, within *roaring.Bitmap, f func(n uint32, freq int)) error {
	d, err := v.dict(field)
	if err != nil {
		return err
	}
	pl, err := d.PostingsList([]byte(term), nil, nil)
	if err != nil {
		return fmt.Errorf("%w: postings of %s: %w", ErrCorrupt, field, err)
	}
	it := pl.Iterator(true, false, false, nil)
	if o, ok := it.(segment.OptimizablePostingsIterator); ok && within != nil {
		if bm := o.ActualBitmap(); bm != nil {
			o.ReplaceActual(roaring.And(bm, within))
		}
	}
	for {
		p, err := it.Next()
		if err != nil {
			return fmt.Errorf("%w: postings of %s: %w", ErrCorrupt, field, err)
		}
		if p == nil {
			return nil
		}
		if n := uint32(p.Number()); within == nil || within.Contains(n) {
			f(n, int(p.Frequency()))
		}
	}
}

// positions calls f for each document among within that holds a term, with its positions in order.
// The slice is valid during the call.
func (v *view) positions(field, term string, within *roaring.Bitmap, f func(n uint32, pos []int)) error {
	d, err := v.dict(field)
	if err != nil {
		return err
	}
	pl, err := d.PostingsList([]byte(term), nil, nil)
	if err != nil {
		return fmt.Errorf("%w: postings of %s: %w", ErrCorrupt, field, err)
	}
	var pos []int
	it := pl.Iterator(true, false, true, nil)
	for {
		p, err := it.Next()
		if err != nil {
			return fmt.Errorf("%w: postings of %s: %w", ErrCorrupt, field, err)
		}
		if p == nil {
			return nil
		}
		if n := uint32(p.Number()); within.Contains(n) {
			pos = pos[:0]
			for _, l := range p.Locations() {
				pos = append(pos, int(l.Pos()))
			}
			f(n, pos)
		}
	}
}

// terms calls f for each term of a field from start up to but without end; a nil end is the end of
// the dictionary. The slice is valid during the call; f returns false to stop.
func (v *view) terms(field string, start, end []byte, automaton segment.Automaton, f func(term string) (bool, error)) error {
	d, err := v.dict(field)
	if err != nil {
		return err
	}
	var it segment.DictionaryIterator
	if o, ok := d.(interface {
		AutomatonIteratorOmitCount(a segment.Automaton, start, end []byte) segment.DictionaryIterator
	}); ok {
		it = o.AutomatonIteratorOmitCount(automaton, start, end)
	} else {
		it = d.AutomatonIterator(automaton, start, end)
	}
	for {
		e, err := it.Next()
		if err != nil {
			return fmt.Errorf("%w: dictionary of %s: %w", ErrCorrupt, field, err)
		}
		if e == nil {
			return nil
		}
		if more, err := f(e.Term); err != nil || !more {
			return err
		}
	}
}

// termRange is the documents that hold a term from start up to but without end.
func (v *view) termRange(field string, start, end []byte) (*roaring.Bitmap, error) {
	d, err := v.dict(field)
	if err != nil {
		return nil, err
	}
	out := roaring.New()
	var pl segment.PostingsList
	err = v.terms(field, start, end, nil, func(term string) (bool, error) {
		var err error
		pl, err = into(out, d, []byte(term), pl)
		return true, err
	})
	return out, err
}

// after is the smallest string that is greater than all strings beginning with prefix; nil is the end.
func after(prefix string) []byte {
	b := []byte(prefix)
	for i := len(b) - 1; i >= 0; i-- {
		if b[i] < 0xff {
			b[i]++
			return b[:i+1]
		}
	}
	return nil
}

// value is the doc value of a field: its term, nil for none. It is valid until the next call.
func (v *view) value(field string, n uint32) ([]byte, error) {
	dv, ok := v.seg.(segment.DocValueVisitable)
	if !ok {
		return nil, fmt.Errorf("%w: segment without doc values", ErrCorrupt)
	}
	c := v.values[field]
	if c == nil {
		c = &docValues{fields: []string{field}}
		c.visit = func(_ string, term []byte) { c.term = term }
		v.values[field] = c
	}
	c.term = nil
	var err error
	if c.state, err = dv.VisitDocValues(uint64(n), c.fields, c.visit, c.state); err != nil {
		return nil, fmt.Errorf("%w: values of %s: %w", ErrCorrupt, field, err)
	}
	return c.term, nil
}

// key is the key of a document.
func (v *view) key(n uint32) (string, error) {
	id, err := v.seg.DocID(uint64(n))
	if err != nil {
		return "", fmt.Errorf("%w: key of a document: %w", ErrCorrupt, err)
	}
	return string(id), nil
}

// threadID is the thread that a document belongs to, or is about.
func (v *view) threadID(n uint32) (string, error) {
	id, err := v.value(fThread, n)
	return string(id), err
}

// threadOfKey is threadID of a thread.
func (v *view) threadOfKey(n uint32) (string, error) {
	key, err := v.key(n)
	return strings.TrimPrefix(key, threadKey("")), err
}

// blob is what is stored of a document; valid during the call of f only.
func (v *view) blob(n uint32, f func(blob []byte) error) error {
	found := false
	var inner error
	err := v.seg.VisitStoredFields(uint64(n), func(field string, _ byte, value []byte, _ []uint64) bool {
		if field != fBlob {
			return true
		}
		found = true
		inner = f(value)
		return false
	})
	switch {
	case inner != nil:
		return inner
	case err != nil:
		return fmt.Errorf("%w: stored document: %w", ErrCorrupt, err)
	case !found:
		return fmt.Errorf("%w: document without a store", ErrCorrupt)
	}
	return nil
}

// idOf is the id and the hash in a key.
func idOf(key string) (id, hash string) {
	if len(key) < 2 {
		return "", ""
	}
	id, hash, _ = strings.Cut(key[2:], "\x00")
	return id, hash
}
