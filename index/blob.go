package index

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"unsafe"

	"github.com/klauspost/compress/zstd"

	"rustle/pkg/analysis"
	"rustle/pkg/mail"
)

// A blob is what is stored of a document, compressed by zstd as one frame:
//
//	version, then for a message: header without text, parts, text, what the record repeats of the
//	mail, record; for a thread: summary
//
// Each piece but the last has its length before it. The text comes before the record, because the
// record's evidence repeats sentences of it. What is the same in both is kept only once: lists of
// recipients are half of a record.
const blobVersion = 1

// maxBlob bounds what a damaged blob can ask for when it is unpacked.
const maxBlob = 1 << 30 // 1 GiB

// packer compresses blobs. It is safe for concurrent use.
type packer struct{ enc *zstd.Encoder }

func newPacker(id uint32, dict []byte) (*packer, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest),
		zstd.WithEncoderDictRaw(id, dict), zstd.WithSingleSegment(true))
	if err != nil {
		return nil, fmt.Errorf("index: %w", err)
	}
	return &packer{enc}, nil
}

// message makes the blob of a message.
func (p *packer) message(d *digest, rec *analysis.Record, m *mail.Message, parts []Part) error {
	rest, same := strip(rec, &m.Header)
	record, err := json.Marshal(rest)
	if err != nil {
		return fmt.Errorf("index: record %s: %w", rec.ID, err)
	}
	bare := *m
	bare.Text = ""
	head, err := bare.MarshalBinary()
	if err != nil {
		return fmt.Errorf("index: mail %s: %w", rec.ID, err)
	}
	raw := slices.Grow(d.raw[:0], len(record)+len(head)+len(m.Text)+4*len(parts)+32)
	raw = append(raw, blobVersion)
	raw = appendPiece(raw, head)
	raw = binary.AppendUvarint(raw, uint64(len(parts)))
	at := 0
	for _, p := range parts {
		raw = binary.AppendUvarint(raw, uint64(p.Start-at)<<2|uint64(p.Kind))
		raw = binary.AppendUvarint(raw, uint64(p.End-p.Start))
		at = p.End
	}
	raw = binary.AppendUvarint(raw, uint64(len(m.Text)))
	raw = append(raw, m.Text...)
	raw = binary.AppendUvarint(raw, uint64(same))
	raw = append(raw, record...)
	d.raw, d.blob = raw, p.enc.EncodeAll(raw, d.blob[:0])
	return nil
}

// thread makes the blob of a thread.
func (p *packer) thread(d *digest, s *analysis.ThreadSummary) error {
	summary, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("index: thread %s: %w", s.ID, err)
	}
	d.raw = append(append(d.raw[:0], blobVersion), summary...)
	d.blob = p.enc.EncodeAll(d.raw, d.blob[:0])
	return nil
}

func appendPiece(dst, piece []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(piece)))
	return append(dst, piece...)
}

// unpacker reads blobs. It is safe for concurrent use.
type unpacker struct{ dec *zstd.Decoder }

// newUnpacker reads blobs made with the general dictionary and, unless nil, the trained one.
func newUnpacker(trained []byte) (*unpacker, error) {
	opts := []zstd.DOption{
		zstd.WithDecoderConcurrency(0), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxMemory(maxBlob),
		zstd.WithDecoderDictRaw(generalDict, []byte(dictionary)),
	}
	if trained != nil {
		opts = append(opts, zstd.WithDecoderDictRaw(trainedDict, trained))
	}
	dec, err := zstd.NewReader(nil, opts...)
	if err != nil {
		return nil, fmt.Errorf("index: %w", err)
	}
	return &unpacker{dec}, nil
}

func (u *unpacker) close() { u.dec.Close() }

// A message blob, unpacked. The pieces share one buffer and are valid as long as nobody else writes to it.
type message struct {
	head   []byte
	parts  []Part
	text   string
	same   int
	record []byte
}

// roomyBuf holds nearly every mail, unpacked: a buffer that begins so large seldom grows. What is not written to costs
// nothing, growing costs fresh memory each time.
const roomyBuf = 1 << 20

// message unpacks into buf, which may be nil, and returns it grown for the next one.
func (u *unpacker) message(blob, buf []byte) (m message, grown []byte, err error) {
	if buf == nil {
		buf = make([]byte, 0, roomyBuf)
	}
	raw, err := u.dec.DecodeAll(blob, buf[:0])
	if err != nil {
		return message{}, buf, fmt.Errorf("%w: stored mail: %w", ErrCorrupt, err)
	}
	s := scanner{rest: raw}
	if s.byte() != blobVersion {
		return message{}, raw, fmt.Errorf("%w: stored mail of an unknown form", ErrCorrupt)
	}
	m.head = s.bytes(s.number())
	n := s.number()
	if n > len(s.rest) {
		return message{}, raw, fmt.Errorf("%w: stored mail", ErrCorrupt)
	}
	m.parts = make([]Part, 0, n)
	at := 0
	for range n {
		x := s.number()
		p := Part{Kind: PartKind(x & 3), Start: at + x>>2}
		p.End = p.Start + s.number()
		at = p.End
		m.parts = append(m.parts, p)
	}
	m.text = inPlace(s.bytes(s.number()))
	m.same = s.number()
	m.record = s.rest
	if s.bad || at > len(m.text) {
		return message{}, raw, fmt.Errorf("%w: stored mail", ErrCorrupt)
	}
	return m, raw, nil
}

func (m *message) decodeRecord(r *analysis.Record) error {
	if err := json.Unmarshal(m.record, r); err != nil {
		return fmt.Errorf("%w: stored record: %w", ErrCorrupt, err)
	}
	var mm mail.Message
	if err := mm.UnmarshalBinary(m.head); err != nil {
		return fmt.Errorf("%w: stored mail: %w", ErrCorrupt, err)
	}
	restore(r, &mm.Header, m.same)
	return nil
}

func (m *message) decodeMail() (*mail.Message, error) {
	out := new(mail.Message)
	if err := out.UnmarshalBinary(m.head); err != nil {
		return nil, fmt.Errorf("%w: stored mail: %w", ErrCorrupt, err)
	}
	out.Text = clone(m.text)
	return out, nil
}

func (u *unpacker) thread(blob []byte) (*analysis.ThreadSummary, error) {
	raw, err := u.dec.DecodeAll(blob, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: stored thread: %w", ErrCorrupt, err)
	}
	if len(raw) == 0 || raw[0] != blobVersion {
		return nil, fmt.Errorf("%w: stored thread of an unknown form", ErrCorrupt)
	}
	s := new(analysis.ThreadSummary)
	if err := json.Unmarshal(raw[1:], s); err != nil {
		return nil, fmt.Errorf("%w: stored thread: %w", ErrCorrupt, err)
	}
	return s, nil
}

// inPlace is bytes as a string without a copy, for as long as nobody writes to them. A page of results
// and a phrase go through megabytes of text.
func inPlace(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// scanner takes numbers and bytes off a buffer; bad tells that it was too short somewhere.
type scanner struct {
	rest []byte
	bad  bool
}

func (s *scanner) byte() byte {
	if len(s.rest) == 0 {
		s.bad = true
		return 0
	}
	b := s.rest[0]
	s.rest = s.rest[1:]
	return b
}

func (s *scanner) number() int {
	v, n := binary.Uvarint(s.rest)
	if n <= 0 || v > maxBlob {
		s.bad, s.rest = true, nil
		return 0
	}
	s.rest = s.rest[n:]
	return int(v)
}

func (s *scanner) bytes(n int) []byte {
	if n > len(s.rest) {
		s.bad, s.rest = true, nil
		return nil
	}
	b := s.rest[:n:n]
	s.rest = s.rest[n:]
	return b
}
