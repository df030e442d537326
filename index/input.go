package index

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/vellum"
	zap "github.com/blevesearch/zapx/v17"
	"github.com/klauspost/compress/s2"
)

// An input is a segment that is merged into another. Its file is read through a window that moves along, since
// postings and stored documents stand in the order in which they are asked for: mapped memory, as bleve reads it,
// stays with the process until the end, and a merge reads all of the index. Damage shows as an index out of range,
// see guard.
type input struct {
	file   *os.File
	size   int // of the file without its end
	window []byte
	at     int // place of the window in the file

	docs   int
	stored int // place of the places of the stored documents
	fields []inputField

	drops   *roaring.Bitmap // documents that are gone; nil for none
	numbers []uint64        // of documents in the merged segment, dropped for those that are gone
	first   uint32          // number of the first one there
}

// dropped is the number of a document that is gone.
const dropped = math.MaxUint64

// An inputField says where the parts of a field are.
type inputField struct{ dict, values, valuesEnd int }

// How much of a file is read at once, and how much of it before what is asked for: the head of a list of postings
// comes behind its numbers.
const (
	windowSize = 1 << 20
	windowBack = 1 << 16
)

// ours says whether a segment has the fields of this package.
func ours(seg *zap.Segment) bool {
	return seg.ChunkMode() == zap.DefaultChunkMode && seg.CallbackId() == zap.DefaultFileCallbackId && slices.Equal(seg.Fields(), fieldNames)
}

// openInput opens a segment without the documents that are dropped; nil for none of them.
func openInput(seg *zap.Segment, drops *roaring.Bitmap) (in *input, err error) {
	file, err := os.Open(seg.Path())
	if err != nil {
		return nil, err
	}
	in = &input{file: file, size: len(seg.Data()) - zap.FooterSize, docs: int(seg.NumDocs()), stored: int(seg.StoredIndexOffset())}
	defer func() {
		if err != nil {
			in.close()
		}
	}()
	defer guard(&err)
	if drops != nil && !drops.IsEmpty() {
		in.drops = drops
	}
	if in.docs < 0 || in.docs > in.size/8 {
		return nil, fmt.Errorf("%w: %s: %d documents", ErrCorrupt, seg.Path(), in.docs)
	}
	n, at := in.number(int(seg.SectionsIndexOffset()))
	if n != uint64(len(fieldNames)) {
		return nil, fmt.Errorf("%w: %s: %d fields", ErrCorrupt, seg.Path(), n)
	}
	places := slices.Clone(in.bytes(at, 8*len(fieldNames)))
	for i := range fieldNames {
		in.fields = append(in.fields, in.field(int(binary.BigEndian.Uint64(places[8*i:]))))
	}
	return in, nil
}

// close ends the reading.
func (in *input) close() { _ = in.file.Close() } // it was only read

// bytes is a part of the file, valid until the next call. There may be less of it at the end of the file only.
func (in *input) bytes(at, n int) []byte {
	if at >= in.at && at+n <= in.at+len(in.window) {
		return in.window[at-in.at : at-in.at+n]
	}
	if at < 0 || n < 0 || at > in.size || n > in.size {
		panic(fmt.Sprintf("%d bytes at %d of %d", n, at, in.size))
	}
	in.at = max(0, at-windowBack)
	length := min(max(windowSize, windowBack+n), in.size-in.at)
	in.window = slices.Grow(in.window[:0], length)[:length]
	if _, err := in.file.ReadAt(in.window, int64(in.at)); err != nil {
		panic(err)
	}
	return in.window[at-in.at : min(at-in.at+n, length)]
}

// number reads a number and returns the place behind it.
func (in *input) number(at int) (n uint64, next int) {
	n, size := binary.Uvarint(in.bytes(at, binary.MaxVarintLen64))
	if size <= 0 {
		panic(fmt.Sprintf("no number at %d", at))
	}
	return n, at + size
}

// field reads where the parts of a field are.
func (in *input) field(at int) (f inputField) {
	n, at := in.number(at) // length of its name
	_, at = in.number(at + int(n))
	sections, at := in.number(at)
	for range min(sections, zap.NumSections) {
		const size = 2 + 8
		section := in.bytes(at, size)
		at += size
		if place := binary.BigEndian.Uint64(section[2:]); binary.BigEndian.Uint16(section) == zap.SectionInvertedTextIndex && place > 0 {
			var begin, end, dict uint64
			begin, p := in.number(int(place))
			end, p = in.number(p)
			dict, _ = in.number(p)
			f.dict = int(dict)
			if begin != noValues {
				f.values, f.valuesEnd = int(begin), int(end)
			}
		}
	}
	return f
}

// renumber gives the documents that are left their numbers in the merged segment, from first on, and returns how many
// they are.
func (in *input) renumber(first int) int {
	in.first = uint32(first)
	in.numbers = make([]uint64, in.docs)
	left := 0
	for i := range in.numbers {
		if in.drops != nil && in.drops.Contains(uint32(i)) {
			in.numbers[i] = dropped
			continue
		}
		in.numbers[i] = uint64(first + left)
		left++
	}
	return left
}

// terms goes through the dictionary of a field; nil when there is none.
func (in *input) terms(field int) (*termList, error) {
	if in.fields[field].dict == 0 {
		return nil, nil
	}
	n, at := in.number(in.fields[field].dict)
	dict := make([]byte, min(int(n), in.size))
	if _, err := in.file.ReadAt(dict, int64(at)); err != nil {
		return nil, err
	}
	fst, err := vellum.Load(dict)
	if err != nil {
		return nil, err
	}
	list := &termList{in: in, left: fst.Len()}
	list.it, err = fst.Iterator(nil, nil)
	return list, list.read(err)
}

// A termList goes through the terms of a field.
type termList struct {
	in   *input
	it   *vellum.FSTIterator
	left int // terms that may come; more would be damage, and without end

	term  []byte // nil at the end; valid until next
	value uint64 // what stands for its documents
}

func (l *termList) next() error { return l.read(l.it.Next()) }

func (l *termList) read(err error) error {
	switch {
	case err == vellum.ErrIteratorDone: //nolint:errorlint // as vellum returns it
		l.term = nil
		return nil
	case err != nil:
		return err
	case l.left == 0:
		return fmt.Errorf("%w: more terms than there are", ErrCorrupt)
	}
	l.left--
	l.term, l.value = l.it.Current()
	if l.term == nil {
		l.term = []byte{}
	}
	return nil
}

// A postingBuffer holds the postings of one term of all inputs.
type postingBuffer struct {
	of          []posting
	docs        []uint32
	freqs, locs []byte
}

func (b *postingBuffer) reset() {
	b.of, b.docs, b.freqs, b.locs = b.of[:0], b.docs[:0], b.freqs[:0], b.locs[:0]
}

// A posting is what one input holds of the term.
type posting struct {
	in                *input
	docs, freqs, locs [2]int // from and to in the buffer
}

// read appends the documents of a term, as the input numbers them, their frequencies and the places in them.
func (b *postingBuffer) read(in *input, value uint64) {
	p := posting{in: in}
	p.docs[0], p.freqs[0], p.locs[0] = len(b.docs), len(b.freqs), len(b.locs)
	if value&zap.FSTValEncodingMask == zap.FSTValEncoding1Hit {
		doc, norm := zap.FSTValDecode1Hit(value)
		b.docs = append(b.docs, uint32(doc))
		b.freqs = binary.AppendUvarint(append(b.freqs, 1<<1), norm)
	} else {
		freqs, at := in.number(int(value))
		locs, at := in.number(at)
		n, at := in.number(at)
		b.docs = appendDocs(b.docs, in.bytes(at, int(n)))
		b.freqs = appendChunks(b.freqs, in, int(freqs))
		b.locs = appendChunks(b.locs, in, int(locs))
	}
	p.docs[1], p.freqs[1], p.locs[1] = len(b.docs), len(b.freqs), len(b.locs)
	b.of = append(b.of, p)
}

// appendChunks appends numbers that lie in chunks, without their ends; none when at is 0.
func appendChunks(dst []byte, in *input, at int) []byte {
	if at == 0 {
		return dst
	}
	n, at := in.number(at)
	end := uint64(0)
	for range n {
		end, at = in.number(at)
	}
	return append(dst, in.bytes(at, int(end))...)
}

// eachValue calls do with the values of a field of the documents that are left, by their new numbers.
func (in *input) eachValue(field int, do func(doc uint64, value []byte)) error {
	f := in.fields[field]
	if f.valuesEnd == 0 {
		return nil
	}
	const tail = 16
	end := slices.Clone(in.bytes(f.valuesEnd-tail, tail))
	at := f.valuesEnd - tail - int(binary.BigEndian.Uint64(end))
	ends := make([]uint64, min(binary.BigEndian.Uint64(end[8:]), uint64(in.docs)))
	for i := range ends {
		ends[i], at = in.number(at)
	}
	begin := uint64(0)
	var values []byte
	for _, end := range ends {
		if begin == end {
			continue
		}
		chunk := scanner{rest: in.bytes(f.values+int(begin), int(end-begin))}
		begin = end
		docs := make([][2]int, min(chunk.number(), zapChunk)) // number, and where its values end
		for i := range docs {
			docs[i] = [2]int{chunk.number(), chunk.number()}
		}
		var err error
		if values, err = s2.Decode(values[:cap(values)], chunk.rest); err != nil {
			return fmt.Errorf("%w: %w", ErrCorrupt, err)
		}
		from := 0
		for _, d := range docs {
			if n := in.numbers[d[0]]; n != dropped {
				do(n, values[from:d[1]])
			}
			from = d[1]
		}
	}
	return nil
}
