package archive

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

const (
	// maxWindow bounds what a packed file can make us allocate. The tools' strongest settings need
	// 64 MiB (xz -9) and 128 MiB (zstd --ultra --long).
	maxWindow = 128 << 20
	packedBuf = 128 << 10 // read-ahead on the packed side; xz without one is ten times slower
)

var (
	errUnpackedLimit = errors.New("unpacked limit reached")
	errWindow        = errors.New("asks for more than 128 MiB of memory to unpack")
	errGarbage       = errors.New("something else follows the packed data")
)

// packing returns by which format head is packed: "gz", "xz", "zst", "bz2" or "" for none.
func packing(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("\x1f\x8b\x08")):
		return "gz"
	case bytes.HasPrefix(head, []byte("\xfd7zXZ\x00")):
		return "xz"
	case bytes.HasPrefix(head, []byte("\x28\xb5\x2f\xfd")),
		len(head) >= 4 && head[0]&0xf0 == 0x50 && bytes.HasPrefix(head[1:], []byte("\x2a\x4d\x18")):
		return "zst"
	case len(head) >= 4 && bytes.HasPrefix(head, []byte("BZh")) && head[3] >= '1' && head[3] <= '9':
		return "bz2"
	}
	return ""
}

// unpack returns a reader of what is packed in r, all members of it. The returned function frees
// what the reader holds.
func unpack(format string, r *bufio.Reader) (io.Reader, func(), error) {
	switch format {
	case "gz":
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, nil, noEOF(err)
		}
		z.Multistream(false)
		return &gzipReader{src: r, z: z}, func() {}, nil
	case "zst":
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, nil, noEOF(err)
		}
		return z, z.Close, nil
	case "xz":
		z, err := newXZReader(r)
		if err != nil {
			return nil, nil, err
		}
		return z, func() {}, nil
	case "bz2":
		return bzip2.NewReader(r), func() {}, nil
	}
	return r, func() {}, nil
}

// noEOF turns the end of file inside a header into what it is.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// A gzipReader reads gzip members one after the other.
type gzipReader struct {
	src *bufio.Reader
	z   *gzip.Reader
}

// Read implements io.Reader.
func (g *gzipReader) Read(p []byte) (int, error) {
	for {
		n, err := g.z.Read(p)
		if n > 0 || err != io.EOF { //nolint:errorlint // the end of a member is io.EOF itself
			if n > 0 && err == io.EOF { //nolint:errorlint // as above
				err = nil
			}
			return n, err
		}
		head, err := g.src.Peek(2)
		switch {
		case len(head) == 0:
			return 0, err
		case head[0] == 0:
			// QUIRK: tapes and block devices pad the end with zeros.
			return 0, g.padding()
		case len(head) == 2 && (head[0] != 0x1f || head[1] != 0x8b):
			return 0, errGarbage
		}
		if err := g.z.Reset(g.src); err != nil {
			return 0, noEOF(err)
		}
		g.z.Multistream(false)
	}
}

// padding returns io.EOF if only zeros are left.
func (g *gzipReader) padding() error {
	for {
		c, err := g.src.ReadByte()
		if err != nil {
			return err
		}
		if c != 0 {
			return errGarbage
		}
	}
}

// A limitReader ends with errUnpackedLimit behind left bytes. An error stays: decoders do not all
// promise that.
type limitReader struct {
	src  io.Reader
	left int64
	err  error
}

// Read implements io.Reader.
func (l *limitReader) Read(p []byte) (int, error) {
	if l.err != nil {
		return 0, l.err
	}
	if l.left > 0 {
		n, err := l.src.Read(p[:min(int64(len(p)), l.left)])
		l.left -= int64(n)
		l.err = err
		return n, err
	}
	// At the limit exactly is not beyond it.
	var one [1]byte
	n, err := io.ReadFull(l.src, one[:])
	if n > 0 {
		err = errUnpackedLimit
	}
	l.err = err
	return 0, err
}
