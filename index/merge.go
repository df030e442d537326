package index

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"

	"github.com/RoaringBitmap/roaring/v2"
	zapapi "github.com/blevesearch/scorch_segment_api/v2"
	"github.com/blevesearch/vellum"
	zap "github.com/blevesearch/zapx/v17"
)

// Merge is MergeUsing without a configuration.
func (p *plugin) Merge(segments []zapapi.Segment, drops []*roaring.Bitmap, path string, stop chan struct{}, stats zapapi.StatsReporter) ([][]uint64, uint64, error) {
	return p.MergeUsing(segments, drops, path, stop, stats, nil)
}

// MergeUsing writes the documents of segments, but for those that are dropped, into one file, and returns the numbers
// that they have there and its size. What this package wrote it merges itself, in two steps that keep two processors
// busy: one reads the postings of a term from all segments, the other writes them and the dictionary.
func (p *plugin) MergeUsing(segments []zapapi.Segment, drops []*roaring.Bitmap, path string, stop chan struct{}, stats zapapi.StatsReporter, config map[string]any) (numbers [][]uint64, size uint64, err error) {
	defer guard(&err) // in a goroutine of bleve's
	m := merger{stop: stop}
	defer func() {
		for _, in := range m.inputs {
			in.close()
		}
	}()
	for i, seg := range segments {
		onDisk, ok := seg.(*zap.Segment)
		if !ok || !ours(onDisk) {
			return p.ZapPlugin.MergeUsing(segments, drops, path, stop, stats, config)
		}
		in, err := openInput(onDisk, drops[i])
		if err != nil {
			return nil, 0, err
		}
		m.inputs = append(m.inputs, in)
		m.docs += in.renumber(m.docs)
		numbers = append(numbers, in.numbers)
	}
	if m.docs == 0 {
		return p.ZapPlugin.MergeUsing(segments, drops, path, stop, stats, config)
	}
	n, err := m.write(path)
	if err != nil {
		return nil, 0, err
	}
	if stats != nil {
		stats.ReportBytesWritten(uint64(n))
	}
	return numbers, uint64(n), nil
}

// A merger merges segments.
type merger struct {
	inputs []*input
	docs   int
	stop   chan struct{} // closed to end it

	// The writing half.
	out  segmentFile
	fst  *vellum.Builder
	dict bytes.Buffer
}

// write writes the merged segment and returns how large it is.
func (m *merger) write(path string) (size int, err error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return 0, err
	}
	defer func() {
		if closed := file.Close(); err == nil {
			err = closed
		}
		if err != nil {
			_ = os.Remove(path) // what is left of a generation goes with it, see sweep
		}
	}()
	defer guard(&err)
	m.out.file = file
	if m.fst, err = newDictionary(&m.dict); err != nil {
		return 0, err
	}
	stored, err := m.stored()
	if err != nil {
		return 0, err
	}
	columns, err := m.fields()
	if err != nil {
		return 0, err
	}
	table, fields := appendFields(nil, m.out.size(), columns)
	m.out.write(table)
	return m.out.end(m.docs, stored, fields)
}

// fields writes all fields and returns where each says where its parts are.
func (m *merger) fields() (columns []int, err error) {
	r := hauler{docs: m.docs, inputs: m.inputs, full: make(chan *haul, haulCount), empty: make(chan *haul, haulCount), quit: make(chan struct{})}
	for range haulCount {
		r.empty <- new(haul)
	}
	ended := make(chan error, 1)
	go func() {
		defer close(r.full)
		ended <- r.run()
	}()
	defer func() {
		close(r.quit)
		if cause := <-ended; cause != nil && !errors.Is(cause, errQuit) {
			err = cause
		}
	}()
	for _, name := range fieldNames {
		at, err := m.field(r.full, r.empty)
		if errors.Is(err, zapapi.ErrClosed) {
			return nil, zapapi.ErrClosed // bleve compares
		}
		if err != nil {
			return nil, fmt.Errorf("field %s: %w", name, err)
		}
		columns = append(columns, at)
	}
	return columns, nil
}

// stored copies what is stored of the documents and returns where their places are.
func (m *merger) stored() (at int, err error) {
	var places []byte
	for _, in := range m.inputs {
		offsets := make([]int, in.docs+1)
		for i := range in.docs {
			offsets[i] = int(binary.BigEndian.Uint64(in.bytes(in.stored+8*i, 8)))
		}
		offsets[in.docs] = in.stored
		for i, n := range in.numbers {
			if n == dropped {
				continue
			}
			if offsets[i] > offsets[i+1] {
				return 0, fmt.Errorf("%w: stored documents in disorder", ErrCorrupt)
			}
			places = binary.BigEndian.AppendUint64(places, uint64(m.out.size()))
			m.out.write(in.bytes(offsets[i], offsets[i+1]-offsets[i]))
		}
		if m.stopped() {
			return 0, zapapi.ErrClosed
		}
	}
	at = m.out.size()
	m.out.write(places)
	m.out.write([]byte{0}) // documents inside of others
	return at, m.out.failed
}

func (m *merger) stopped() bool {
	select {
	case <-m.stop:
		return true
	default:
		return false
	}
}

// field writes a field and returns where it says where its parts are.
func (m *merger) field(full <-chan *haul, empty chan<- *haul) (int, error) {
	var head []byte
	for h := range full {
		data := h.data
		for _, t := range h.terms {
			term := data[:t.term]
			value := t.single
			if value == 0 {
				freqs, locs := m.out.size(), 0
				if t.locs > 0 {
					locs = freqs + t.freqs
				}
				value = uint64(freqs + t.freqs + t.locs)
				end := t.term + t.freqs + t.locs
				m.out.write(data[t.term:end])
				head = binary.AppendUvarint(head[:0], uint64(freqs))
				head = binary.AppendUvarint(head, uint64(locs))
				head = binary.AppendUvarint(head, uint64(t.set))
				m.out.write(head)
				m.out.write(data[end : end+t.set])
			}
			if err := m.fst.Insert(term, value); err != nil {
				return 0, err
			}
			data = data[t.term+t.freqs+t.locs+t.set:]
		}
		last, values := h.last, h.values
		empty <- h
		if m.stopped() {
			return 0, zapapi.ErrClosed
		}
		if last {
			return m.fieldEnd(values)
		}
	}
	return 0, errQuit // the reading half knows why
}

// fieldEnd writes the dictionary of a field and the values of its documents.
func (m *merger) fieldEnd(values []byte) (int, error) {
	if err := m.fst.Close(); err != nil {
		return 0, err
	}
	dict := m.out.size()
	m.out.write(binary.AppendUvarint(nil, uint64(m.dict.Len())))
	m.out.write(m.dict.Bytes())
	m.dict.Reset()
	if err := m.fst.Reset(&m.dict); err != nil {
		return 0, err
	}
	begin, end := uint64(noValues), uint64(noValues)
	if values != nil {
		begin = uint64(m.out.size())
		m.out.write(values)
		end = uint64(m.out.size())
	}
	at := m.out.size()
	m.out.write(appendColumn(nil, begin, end, dict))
	return at, m.out.failed
}

// A segmentFile is a segment that is being written.
type segmentFile struct {
	file    *os.File
	buf     []byte
	written int // bytes before those in buf
	sum     uint32
	failed  error // first failure; everything after does nothing
}

// size is how many bytes were written.
func (f *segmentFile) size() int { return f.written + len(f.buf) }

func (f *segmentFile) write(b []byte) {
	if len(f.buf)+len(b) > windowSize {
		f.flush(f.buf)
		f.buf = f.buf[:0]
	}
	if len(b) > windowSize {
		f.flush(b)
		return
	}
	f.buf = append(f.buf, b...)
}

func (f *segmentFile) flush(b []byte) {
	f.sum = crc32.Update(f.sum, crc32.IEEETable, b)
	f.written += len(b)
	if f.failed == nil {
		_, f.failed = f.file.Write(b)
	}
}

// end writes the end of a segment, waits until it is on disk and returns its size.
func (f *segmentFile) end(docs, stored, fields int) (int, error) {
	var b []byte
	b = binary.BigEndian.AppendUint32(b, 0) // length of the name of a way to encrypt
	b = binary.BigEndian.AppendUint64(b, uint64(docs))
	b = binary.BigEndian.AppendUint64(b, uint64(stored))
	b = binary.BigEndian.AppendUint64(b, uint64(fields))
	b = binary.BigEndian.AppendUint32(b, zap.DefaultChunkMode)
	b = binary.BigEndian.AppendUint32(b, zap.Version)
	f.flush(append(f.buf, b...))
	if f.failed == nil {
		_, f.failed = f.file.Write(binary.BigEndian.AppendUint32(nil, f.sum))
	}
	if f.failed == nil {
		f.failed = f.file.Sync()
	}
	return f.written + crc32.Size, f.failed
}
