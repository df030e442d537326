package linear

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
)

// A Bundle is a file of models: sentence models and logits by name, and the card that says what they
// were learned from.
//
// Format, all integers little endian: the magic "rustle-model\n", a version byte, the SHA-256 of the
// payload, the payload's length (uint32), the payload deflated. The payload is a sequence of sections:
// kind (1 card, 2 model, 3 logit, 4 text), name, length, content.
type Bundle struct {
	Card   string
	Models map[string]*Model
	Logits map[string]*Logit
	Texts  map[string]string // models that the caller keeps in a form of his own
}

// Errors of ReadBundle.
var (
	ErrFormat   = errors.New("not a model file")
	ErrVersion  = errors.New("model file of another version")
	ErrChecksum = errors.New("model file is damaged")
)

const (
	magic          = "rustle-model\n"
	bundleVersion  = 1
	payloadLimit   = 32 << 20 // 32 MiB: ten times what the embedded models take together
	sectionCard    = 1
	sectionModel   = 2
	sectionLogit   = 3
	sectionText    = 4
	maxNames       = 4096
	maxClearTokens = 1 << 17
)

// WriteTo writes the bundle. The same bundle gives the same bytes.
func (b *Bundle) WriteTo(w io.Writer) (int64, error) {
	p := b.payload()
	var out bytes.Buffer
	out.WriteString(magic)
	out.WriteByte(bundleVersion)
	sum := sha256.Sum256(p)
	out.Write(sum[:])
	var n [4]byte
	binary.LittleEndian.PutUint32(n[:], uint32(len(p)))
	out.Write(n[:])
	z, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		return 0, fmt.Errorf("write model: %w", err)
	}
	if _, err := z.Write(p); err != nil {
		return 0, fmt.Errorf("write model: %w", err)
	}
	if err := z.Close(); err != nil {
		return 0, fmt.Errorf("write model: %w", err)
	}
	return out.WriteTo(w)
}

// Fingerprint is a short hash of all weights and the card: it changes when any answer may change.
func (b *Bundle) Fingerprint() string {
	sum := sha256.Sum256(b.payload())
	return hex.EncodeToString(sum[:8])
}

func (b *Bundle) payload() []byte {
	var p []byte
	section := func(kind byte, name string, content []byte) {
		p = append(p, kind)
		p = appendString(p, name)
		p = binary.LittleEndian.AppendUint32(p, uint32(len(content)))
		p = append(p, content...)
	}
	section(sectionCard, "card", []byte(b.Card))
	for _, name := range slices.Sorted(maps.Keys(b.Models)) {
		section(sectionModel, name, b.Models[name].append(nil))
	}
	for _, name := range slices.Sorted(maps.Keys(b.Logits)) {
		section(sectionLogit, name, b.Logits[name].append(nil))
	}
	for _, name := range slices.Sorted(maps.Keys(b.Texts)) {
		section(sectionText, name, []byte(b.Texts[name]))
	}
	return p
}

// ReadBundle reads what WriteTo wrote. It takes nothing on trust: a wrong length, an index out of
// range or a number that is not finite is an error that wraps ErrFormat, and a bundle is returned
// only when all of it is sound.
func ReadBundle(r io.Reader) (*Bundle, error) {
	head := make([]byte, len(magic)+1+sha256.Size+4)
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, fmt.Errorf("read model: %w", ErrFormat)
	}
	if string(head[:len(magic)]) != magic {
		return nil, fmt.Errorf("read model: %w", ErrFormat)
	}
	if v := head[len(magic)]; v != bundleVersion {
		return nil, fmt.Errorf("read model: version %d, want %d: %w", v, bundleVersion, ErrVersion)
	}
	sum := head[len(magic)+1:][:sha256.Size]
	size := int64(binary.LittleEndian.Uint32(head[len(head)-4:]))
	if size > payloadLimit {
		return nil, fmt.Errorf("read model: %d bytes: %w", size, ErrFormat)
	}
	z := flate.NewReader(r)
	p, err := io.ReadAll(io.LimitReader(z, size+1))
	if err = errors.Join(err, z.Close()); err != nil || int64(len(p)) != size {
		return nil, fmt.Errorf("read model: %w", ErrChecksum)
	}
	if got := sha256.Sum256(p); !bytes.Equal(got[:], sum) {
		return nil, fmt.Errorf("read model: %w", ErrChecksum)
	}
	b := &Bundle{Models: map[string]*Model{}, Logits: map[string]*Logit{}, Texts: map[string]string{}}
	d := decoder{b: p}
	for len(d.b) > 0 && d.err == nil {
		kind := d.byte()
		name := d.string()
		c := decoder{b: d.take(int(d.u32()))}
		switch kind {
		case sectionCard:
			b.Card = string(c.b)
			c.b = nil
		case sectionModel:
			b.Models[name] = c.model()
		case sectionLogit:
			b.Logits[name] = c.logit()
		case sectionText:
			b.Texts[name] = string(c.b)
			c.b = nil
		default:
			d.fail("section %d", kind)
		}
		if c.err != nil || len(c.b) > 0 {
			d.fail("section %q", name)
		}
	}
	if d.err != nil {
		return nil, fmt.Errorf("read model: %w", d.err)
	}
	return b, nil
}

func (m *Model) append(p []byte) []byte {
	p = append(p, byte(len(m.Heads)))
	for _, h := range m.Heads {
		p = appendString(p, h.Name)
		p = appendFloats(p, h.Bias, h.WordScale, h.CharScale, h.Slope, h.Shift)
		p = binary.LittleEndian.AppendUint32(p, uint32(len(h.Dense)))
		p = appendFloats(p, h.Dense...)
	}
	for _, w := range m.words {
		p = append(p, byte(w))
	}
	for _, w := range m.chars {
		p = append(p, byte(w))
	}
	p = binary.LittleEndian.AppendUint32(p, uint32(len(m.clear)))
	for _, c := range m.clear {
		p = appendString(p, c.Token)
		p = binary.LittleEndian.AppendUint32(p, c.Bucket)
	}
	return p
}

func (l *Logit) append(p []byte) []byte {
	p = binary.LittleEndian.AppendUint32(p, uint32(len(l.Labels)))
	for _, s := range l.Labels {
		p = appendString(p, s)
	}
	p = binary.LittleEndian.AppendUint32(p, uint32(len(l.Features)))
	for _, s := range l.Features {
		p = appendString(p, s)
	}
	p = appendFloats(p, l.Mean...)
	p = appendFloats(p, l.Spread...)
	for _, w := range l.Weights {
		p = appendFloats(p, w...)
	}
	return appendFloats(p, l.Heat)
}

func appendString(p []byte, s string) []byte {
	p = binary.LittleEndian.AppendUint32(p, uint32(len(s)))
	return append(p, s...)
}

func appendFloats(p []byte, xs ...float64) []byte {
	for _, x := range xs {
		p = binary.LittleEndian.AppendUint64(p, math.Float64bits(x))
	}
	return p
}

// A decoder reads a payload; after the first error everything reads as zero.
type decoder struct {
	b   []byte
	err error
}

func (d *decoder) fail(format string, args ...any) {
	if d.err == nil {
		d.err = fmt.Errorf(format+": %w", append(args, ErrFormat)...)
	}
	d.b = nil
}

func (d *decoder) take(n int) []byte {
	if n < 0 || n > len(d.b) {
		d.fail("%d bytes past the end", n)
		return nil
	}
	b := d.b[:n]
	d.b = d.b[n:]
	return b
}

func (d *decoder) byte() byte {
	if b := d.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (d *decoder) u32() uint32 {
	if b := d.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (d *decoder) string() string { return string(d.take(int(d.u32()))) }

func (d *decoder) float() float64 {
	b := d.take(8)
	if b == nil {
		return 0
	}
	x := math.Float64frombits(binary.LittleEndian.Uint64(b))
	if math.IsNaN(x) || math.IsInf(x, 0) {
		d.fail("number that is not finite")
		return 0
	}
	return x
}

func (d *decoder) floats(n int) []float64 {
	if n < 0 || n > len(d.b)/8 {
		d.fail("%d numbers past the end", n)
		return nil
	}
	xs := make([]float64, n)
	for i := range xs {
		xs[i] = d.float()
	}
	return xs
}

func (d *decoder) count(limit int) int {
	n := int(d.u32())
	if n < 0 || n > limit {
		d.fail("count %d", n)
		return 0
	}
	return n
}

func (d *decoder) model() *Model {
	n := int(d.byte())
	if n == 0 || n > MaxHeads {
		d.fail("%d heads", n)
		return nil
	}
	m := &Model{Heads: make([]Head, n)}
	for k := range m.Heads {
		h := &m.Heads[k]
		h.Name = d.string()
		h.Bias, h.WordScale, h.CharScale, h.Slope, h.Shift = d.float(), d.float(), d.float(), d.float(), d.float()
		h.Dense = d.floats(d.count(maxNames))
	}
	m.words = d.int8s(WordBuckets * n)
	m.chars = d.int8s(CharBuckets * n)
	m.clear = make([]Clear, 0, min(d.peek(), maxClearTokens))
	for range d.count(maxClearTokens) {
		c := Clear{d.string(), d.u32()}
		if c.Bucket >= WordBuckets {
			d.fail("bucket %d", c.Bucket)
		}
		if d.err != nil {
			return nil
		}
		m.clear = append(m.clear, c)
	}
	m.index()
	return m
}

func (d *decoder) peek() int {
	if len(d.b) < 4 {
		return 0
	}
	return int(binary.LittleEndian.Uint32(d.b))
}

func (d *decoder) int8s(n int) []int8 {
	b := d.take(n)
	w := make([]int8, len(b))
	for i := range b {
		w[i] = int8(b[i])
	}
	return w
}

func (d *decoder) logit() *Logit {
	l := &Logit{}
	for range d.count(maxNames) {
		l.Labels = append(l.Labels, d.string())
	}
	for range d.count(maxNames) {
		l.Features = append(l.Features, d.string())
	}
	l.Mean = d.floats(len(l.Features))
	l.Spread = d.floats(len(l.Features))
	for range l.Labels {
		l.Weights = append(l.Weights, d.floats(len(l.Features)+1))
	}
	l.Heat = d.float()
	if d.err != nil {
		return nil
	}
	if len(l.Labels) == 0 || l.Heat <= 0 || slices.ContainsFunc(l.Spread, func(s float64) bool { return s <= 0 }) {
		d.fail("logit")
		return nil
	}
	return l
}
