package archive

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"
	"slices"

	"github.com/ulikunitz/xz/lzma"
)

// An xzReader reads the .xz container (version 1.1.0 of its format description) and leaves the
// LZMA2 data in it to package lzma. The container reader of the same module is not used because it
// allocates whatever dictionary a block's header names, up to 4 GiB, and takes a file that ends
// inside its index for whole.
type xzReader struct {
	src *countReader
	err error

	flags  byte // the check of the stream's blocks: 0, 1 (CRC32), 4 (CRC64) or 10 (SHA-256)
	blocks uint64

	block io.Reader // nil between blocks
	start int64     // where the block's packed data starts in src
	check hash.Hash // nil for none

	asked    int64 // dictionary bytes of all blocks so far
	unpacked int64
}

const (
	xzMagic  = "\xfd7zXZ\x00"
	xzFooter = "YZ"
)

var errXZ = errors.New("invalid xz data")

// newXZReader reads the header of the first stream.
func newXZReader(r *bufio.Reader) (*xzReader, error) {
	x := &xzReader{src: &countReader{src: r}}
	return x, noEOF(x.stream())
}

// Read implements io.Reader.
func (x *xzReader) Read(p []byte) (int, error) {
	for x.err == nil {
		if x.block == nil {
			x.err = x.next()
			continue
		}
		n, err := x.block.Read(p)
		x.unpacked += int64(n)
		if x.check != nil {
			_, _ = x.check.Write(p[:n])
		}
		if errors.Is(err, io.EOF) {
			err = noEOF(x.endBlock())
		}
		x.err = err
		if n > 0 {
			return n, nil
		}
	}
	return 0, x.err
}

// stream reads a stream header. Its error is io.EOF if there is nothing at all.
func (x *xzReader) stream() error {
	var head [12]byte
	if _, err := io.ReadFull(x.src, head[:]); err != nil {
		return err
	}
	if string(head[:6]) != xzMagic || head[6] != 0 || binary.LittleEndian.Uint32(head[8:]) != crc32.ChecksumIEEE(head[6:8]) {
		return fmt.Errorf("%w: stream header", errXZ)
	}
	x.flags = head[7]
	x.blocks = 0
	if x.flags > 15 {
		return fmt.Errorf("%w: unknown check %d", errXZ, x.flags)
	}
	return nil
}

// next begins the next block; at the end of a stream it reads over to the next stream.
func (x *xzReader) next() error {
	size, err := x.src.ReadByte()
	if err != nil {
		return noEOF(err)
	}
	if size != 0 {
		return noEOF(x.beginBlock(size))
	}
	if err := x.index(); err != nil {
		return noEOF(err)
	}
	// Streams are padded to a multiple of four bytes.
	for {
		head, err := x.src.src.Peek(4)
		if len(head) == 0 {
			return err
		}
		if len(head) < 4 {
			return io.ErrUnexpectedEOF
		}
		if !bytes.Equal(head, make([]byte, 4)) {
			return noEOF(x.stream())
		}
		if _, err := x.src.src.Discard(4); err != nil {
			return err
		}
	}
}

// beginBlock reads the header of a block, whose first byte is size.
func (x *xzReader) beginBlock(size byte) error {
	header := make([]byte, (int(size)+1)*4)
	header[0] = size
	if _, err := io.ReadFull(x.src, header[1:]); err != nil {
		return err
	}
	body, sum := header[:len(header)-4], header[len(header)-4:]
	if binary.LittleEndian.Uint32(sum) != crc32.ChecksumIEEE(body) {
		return fmt.Errorf("%w: block header", errXZ)
	}
	flags := body[1]
	p := body[2:]
	for _, has := range []bool{flags&0x40 != 0, flags&0x80 != 0} { // packed and unpacked size
		if !has {
			continue
		}
		_, n := binary.Uvarint(p)
		if n <= 0 {
			return fmt.Errorf("%w: block header", errXZ)
		}
		p = p[n:]
	}
	const lzma2 = 0x21
	if flags&0x3f != 0 || len(p) < 3 || p[0] != lzma2 || p[1] != 1 {
		return fmt.Errorf("%w: a filter other than LZMA2", errors.ErrUnsupported)
	}
	dict, err := lzma.DecodeDictCap(p[2])
	if err != nil {
		return fmt.Errorf("%w: dictionary", errXZ)
	}
	// Every block gets a dictionary of its own: many blocks that hold next to nothing are an attack
	// on time.
	x.asked += dict
	if dict > maxWindow || x.asked > 64<<30+1024*x.unpacked {
		return errWindow
	}
	x.start = x.src.n
	switch x.flags {
	case 1:
		x.check = crc32.NewIEEE()
	case 4:
		x.check = crc64.New(crc64.MakeTable(crc64.ECMA))
	case 10:
		x.check = sha256.New()
	default:
		x.check = nil
	}
	x.blocks++
	x.block, err = lzma.Reader2Config{DictCap: max(int(dict), lzma.MinDictCap)}.NewReader2(x.src)
	return err
}

// endBlock reads the padding and the check after a block.
func (x *xzReader) endBlock() error {
	x.block = nil
	var buf [64]byte
	pad := buf[:(4-(x.src.n-x.start)%4)%4]
	if _, err := io.ReadFull(x.src, pad); err != nil {
		return err
	}
	if !bytes.Equal(pad, make([]byte, len(pad))) {
		return fmt.Errorf("%w: block padding", errXZ)
	}
	// The sizes of all checks, used or reserved (2.1.1.2 of the format).
	size := [16]int{0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64}[x.flags]
	sum := buf[:size]
	if _, err := io.ReadFull(x.src, sum); err != nil {
		return err
	}
	if x.check == nil {
		return nil
	}
	got := x.check.Sum(nil)
	if x.flags != 10 { // CRCs are little endian
		slices.Reverse(got)
	}
	if !bytes.Equal(sum, got) {
		return fmt.Errorf("%w: checksum", errXZ)
	}
	return nil
}

// index reads the index, whose first byte was read, and the footer.
func (x *xzReader) index() error {
	start := x.src.n - 1
	sum := crc32.NewIEEE()
	_, _ = sum.Write([]byte{0})
	r := &sumReader{src: x.src, sum: sum}
	records, err := binary.ReadUvarint(r)
	if err != nil {
		return err
	}
	if records != x.blocks {
		return fmt.Errorf("%w: the index lists %d blocks of %d", errXZ, records, x.blocks)
	}
	for range 2 * records { // packed and unpacked size, both checked already by other means
		if _, err := binary.ReadUvarint(r); err != nil {
			return err
		}
	}
	for (x.src.n-start)%4 != 0 {
		c, err := r.ReadByte()
		if err != nil {
			return err
		}
		if c != 0 {
			return fmt.Errorf("%w: index padding", errXZ)
		}
	}
	size := x.src.n - start
	var tail [16]byte
	if _, err := io.ReadFull(x.src, tail[:]); err != nil {
		return err
	}
	footer := tail[4:]
	switch {
	case binary.LittleEndian.Uint32(tail[:4]) != sum.Sum32():
		return fmt.Errorf("%w: index", errXZ)
	case string(footer[10:]) != xzFooter, footer[8] != 0, footer[9] != x.flags,
		binary.LittleEndian.Uint32(footer[:4]) != crc32.ChecksumIEEE(footer[4:10]),
		int64(binary.LittleEndian.Uint32(footer[4:8])) != (size+4)/4-1:
		return fmt.Errorf("%w: footer", errXZ)
	}
	return nil
}

// A countReader counts what is read from src.
type countReader struct {
	src *bufio.Reader
	n   int64
}

// Read implements io.Reader.
func (c *countReader) Read(p []byte) (int, error) {
	n, err := c.src.Read(p)
	c.n += int64(n)
	return n, err
}

// ReadByte implements io.ByteReader.
func (c *countReader) ReadByte() (byte, error) {
	b, err := c.src.ReadByte()
	if err == nil {
		c.n++
	}
	return b, err
}

// A sumReader adds what is read from src to sum.
type sumReader struct {
	src *countReader
	sum hash.Hash32
}

// ReadByte implements io.ByteReader.
func (s *sumReader) ReadByte() (byte, error) {
	b, err := s.src.ReadByte()
	if err == nil {
		_, _ = s.sum.Write([]byte{b})
	}
	return b, err
}
