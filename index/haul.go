package index

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	zap "github.com/blevesearch/zapx/v17"
)

// A haul is what the reading half hands over: terms of a field, in order, with their documents.
type haul struct {
	terms  []hauled
	data   []byte // of these
	last   bool   // of the field
	values []byte // with the last one: values of the documents, nil for none
}

// A hauled term stands in the data of a haul, and behind it its frequencies, places and documents as they are written.
type hauled struct {
	term, freqs, locs, set int    // lengths
	single                 uint64 // what stands for its only document, 0 for any other
}

// haulBytes is how much is handed over at once, haulCount how many hauls there are.
const (
	haulBytes = 1 << 18
	haulCount = 4
)

// errQuit ends one half of a merge because the other one has ended.
var errQuit = errors.New("merge ended")

// A hauler is the reading half of a merger.
type hauler struct {
	inputs      []*input
	docs        int // of the merged segment
	full, empty chan *haul
	quit        chan struct{}

	haul        *haul
	posts       postingBuffer
	numbers     []uint32 // of the documents of a term
	freqs, locs chunks
}

// run hands over all fields.
func (h *hauler) run() (err error) {
	defer guard(&err)
	for field, name := range fieldNames {
		if err := h.take(); err != nil {
			return err
		}
		if err := h.terms(field); err != nil {
			return err
		}
		if fieldOptions[name].IncludeDocValues() {
			if h.haul.values, err = h.values(field); err != nil {
				return err
			}
		}
		h.haul.last = true
		h.full <- h.haul
	}
	return nil
}

// take takes an empty haul.
func (h *hauler) take() error {
	select {
	case h.haul = <-h.empty:
		*h.haul = haul{terms: h.haul.terms[:0], data: h.haul.data[:0]}
		return nil
	case <-h.quit:
		return errQuit
	}
}

// terms hands over the terms of a field, but for the last haul.
func (h *hauler) terms(field int) error {
	var lists []*termList
	for _, in := range h.inputs {
		list, err := in.terms(field)
		if err != nil {
			return err
		}
		if list != nil && list.term != nil {
			lists = append(lists, list)
		}
	}
	var same []*termList
	var before []byte
	for first := true; len(lists) > 0; first = false {
		same = append(same[:0], lists[0])
		for _, l := range lists[1:] {
			switch c := bytes.Compare(l.term, same[0].term); {
			case c < 0:
				same = append(same[:0], l)
			case c == 0:
				same = append(same, l)
			}
		}
		if !first && bytes.Compare(before, same[0].term) >= 0 {
			return fmt.Errorf("%w: terms in disorder", ErrCorrupt)
		}
		before = append(before[:0], same[0].term...)
		h.term(same)
		left := lists[:0]
		for _, l := range same {
			if err := l.next(); err != nil {
				return err
			}
		}
		for _, l := range lists {
			if l.term != nil {
				left = append(left, l)
			}
		}
		lists = left
		if len(h.haul.data) >= haulBytes {
			h.full <- h.haul
			if err := h.take(); err != nil {
				return err
			}
		}
	}
	return nil
}

// term adds a term that these inputs have to the haul, unless all of its documents are gone.
func (h *hauler) term(lists []*termList) {
	h.posts.reset()
	for _, l := range lists {
		h.posts.read(l.in, l.value)
	}
	h.renumber()
	n := len(h.numbers)
	if n == 0 {
		return
	}
	t := hauled{term: len(lists[0].term)}
	data := h.haul.data
	data = append(data, lists[0].term...)
	freqs, locs := h.posts.freqs, h.posts.locs
	if n == 1 && n == len(h.posts.docs) && len(locs) == 0 && len(freqs) == 2 && freqs[0] == 1<<1 && freqs[1] == 1 {
		t.single = zap.FSTValEncode1Hit(uint64(h.numbers[0]), 1)
	} else {
		h.chunk()
		from := len(data)
		data = h.freqs.append(data)
		t.freqs, from = len(data)-from, len(data)
		if len(h.locs.data) > 0 {
			data = h.locs.append(data)
			t.locs, from = len(data)-from, len(data)
		}
		data = appendRoaring(data, h.numbers)
		t.set = len(data) - from
	}
	h.haul.terms, h.haul.data = append(h.haul.terms, t), data
}

// renumber gives the documents at hand their new numbers, without those that are gone.
func (h *hauler) renumber() {
	h.numbers = h.numbers[:0]
	for _, p := range h.posts.of {
		docs := h.posts.docs[p.docs[0]:p.docs[1]]
		if p.in.drops == nil {
			for _, doc := range docs {
				h.numbers = append(h.numbers, p.in.first+doc)
			}
			continue
		}
		for _, doc := range docs {
			if n := p.in.numbers[doc]; n != dropped {
				h.numbers = append(h.numbers, uint32(n))
			}
		}
	}
}

// chunk cuts the frequencies of the documents at hand, and the places in them, into the chunks of the new segment.
func (h *hauler) chunk() {
	h.freqs.reset(len(h.numbers), h.docs)
	h.locs.reset(len(h.numbers), h.docs)
	if len(h.freqs.ends) == 1 && len(h.numbers) == len(h.posts.docs) { // all as it stands
		h.freqs.data = append(h.freqs.data, h.posts.freqs...)
		h.locs.data = append(h.locs.data, h.posts.locs...)
		return
	}
	for _, p := range h.posts.of {
		freqs, locs := h.posts.freqs[p.freqs[0]:p.freqs[1]], h.posts.locs[p.locs[0]:p.locs[1]]
		for _, doc := range h.posts.docs[p.docs[0]:p.docs[1]] {
			freq, n := binary.Uvarint(freqs)
			if freq > 1 {
				_, norm := binary.Uvarint(freqs[n:])
				n += norm
			}
			size := 0
			if freq&1 != 0 {
				length, skip := binary.Uvarint(locs)
				size = skip + int(length)
			}
			if number := p.in.numbers[doc]; number != dropped {
				h.freqs.at(uint32(number))
				h.freqs.data = append(h.freqs.data, freqs[:n]...)
				if size > 0 {
					h.locs.at(uint32(number))
					h.locs.data = append(h.locs.data, locs[:size]...)
				}
			}
			freqs, locs = freqs[n:], locs[size:]
		}
	}
}

// values is the values of the documents of a field; nil when there are none.
func (h *hauler) values(field int) ([]byte, error) {
	p := packs{docs: h.docs}
	some := false
	for _, in := range h.inputs {
		some = some || in.fields[field].valuesEnd > 0
		if err := in.eachValue(field, p.add); err != nil {
			return nil, err
		}
	}
	if !some {
		return nil, nil
	}
	return p.end(), nil
}
