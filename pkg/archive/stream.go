package archive

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"strconv"
	"sync/atomic"

	"github.com/klauspost/compress/zstd"
)

// A stream is the unpacked content of one file.
type stream struct {
	io.Reader
	path   string
	file   *os.File // nil for standard input
	size   int64    // of the file when it was opened, -1 when unknown; not more is read
	sum    string   // fingerprint of those bytes
	packed string
	limit  int64 // of unpacked bytes
	raw    *rawReader
	free   func()
}

// A rawReader reads the file itself: it counts, hears of cancellation, and remembers its own error, to
// tell a bad disk from a bad archive.
type rawReader struct {
	ctx      context.Context // a reader has no other way to hear of it
	src      io.Reader
	n        int64
	progress *atomic.Int64
	err      error
}

// Read implements io.Reader.
func (r *rawReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		r.err = err
		return 0, err
	}
	n, err := r.src.Read(p)
	r.n += int64(n)
	if r.progress != nil {
		r.progress.Store(r.n)
	}
	if err != nil && err != io.EOF {
		r.err = err
	}
	return n, err
}

// openStream opens the file at path and starts unpacking. Progress may be nil.
func openStream(ctx context.Context, path string, o Options, progress *atomic.Int64) (*stream, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, pathError(path, err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(pathError(path, err), f.Close())
	}
	st := &stream{path: path, file: f, size: info.Size()}
	if st.sum, err = fingerprint(f, st.size); err != nil {
		return nil, errors.Join(st.wrap(err), f.Close())
	}
	st.raw = &rawReader{ctx: ctx, src: io.LimitReader(f, st.size), progress: progress}
	if err := st.start(o); err != nil {
		return nil, errors.Join(st.wrap(err), f.Close())
	}
	return st, nil
}

// start looks whether the raw bytes are packed and sets Reader.
func (st *stream) start(o Options) error {
	if st.file != nil {
		var head [6]byte
		n, err := st.file.ReadAt(head[:], 0)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		st.packed = packing(head[:n])
		if st.packed == "" {
			st.Reader = st.raw
			st.free = func() {}
			return nil
		}
	}
	br := bufio.NewReaderSize(st.raw, packedBuf)
	if st.file == nil {
		head, err := br.Peek(6)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		st.packed = packing(head)
	}
	r, free, err := unpack(st.packed, br)
	if err != nil {
		return err
	}
	st.Reader, st.free = r, free
	if st.packed != "" {
		st.limit = o.unpacked(st.size)
		st.Reader = &limitReader{src: r, left: st.limit}
	}
	return nil
}

// close frees the stream.
func (st *stream) close() {
	if st.free != nil {
		st.free()
	}
	if st.file != nil {
		_ = st.file.Close() // read only: nothing can be lost
	}
}

// seek moves a plain file to offset.
func (st *stream) seek(offset int64) error {
	if _, err := st.file.Seek(offset, io.SeekStart); err != nil {
		return err
	}
	st.raw.src = io.LimitReader(st.file, st.size-offset)
	st.raw.n = offset
	return nil
}

// unchanged reports whether the file still is what it was when it was opened. Bytes added at the end do not matter.
func (st *stream) unchanged() bool {
	if st.file == nil {
		return true
	}
	sum, err := fingerprint(st.file, st.size)
	return err == nil && sum == st.sum
}

// wrap makes an *Error of what reading the stream came to.
func (st *stream) wrap(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	e := &Error{Path: st.path, Err: err}
	switch {
	case st.raw != nil && st.raw.err != nil:
		e.Kind = ErrUnreadable
		e.Hint = "check the disk, then run again"
	case st.raw != nil && !st.unchanged():
		e.Kind, e.Err = ErrChanged, nil
		e.Hint = "run again when nothing writes to it"
	case errors.Is(err, errUnpackedLimit):
		e.Kind, e.Err = ErrTooLarge, nil
		e.Detail = "more than " + byteCount(st.limit) + " from a " + packedName(st.packed) + " file"
		if st.size >= 0 {
			e.Detail += " of " + byteCount(st.size)
		}
		e.Hint = "if it is to be trusted, raise the limit with --max-unpacked, or max_unpacked in the configuration"
	case errors.Is(err, errors.ErrUnsupported):
		e.Kind = ErrUnreadable
		e.Hint = "unpack it by hand and give the plain file"
	case errors.Is(err, errWindow), errors.Is(err, zstd.ErrWindowSizeExceeded), errors.Is(err, zstd.ErrDecoderSizeExceeded):
		e.Kind, e.Err = ErrTooLarge, nil
		e.Detail = errWindow.Error()
		e.Hint = "unpack it by hand and give the plain file"
	case errors.Is(err, io.ErrUnexpectedEOF):
		e.Kind, e.Err = ErrTruncated, nil
		e.Detail = "the " + packedName(st.packed) + " data ends too early"
		e.Hint = "copy or download the file again"
	case errors.Is(err, errNoSeparator):
		e.Kind, e.Err = ErrNotArchive, nil
		e.Detail = errNoSeparator.Error()
		e.Hint = "check that the file is what it was"
	case st.packed != "":
		e.Kind = ErrCorrupt
		e.Hint = "copy or download the file again"
	default:
		e.Kind = ErrUnreadable
	}
	return e
}

// pathError says why the file or directory at path cannot be opened.
func pathError(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return &Error{Path: path, Kind: ErrNotFound, Hint: "check the path"}
	}
	e := &Error{Path: path, Kind: ErrUnreadable, Err: err}
	if pe := (*fs.PathError)(nil); errors.As(err, &pe) {
		e.Err = pe.Err // the path is in front already
	}
	if errors.Is(err, fs.ErrPermission) {
		e.Hint = "give yourself the right to read it"
	}
	return e
}

const (
	sampleSize = 4 << 10
	samples    = 64
)

// fingerprint identifies the first size bytes of r: a hash over the size and 64 blocks of 4 KiB,
// evenly spread, the first and the last included; all bytes when there are fewer. It costs the same
// for any size, and holds for archives, which grow at the end, are packed anew, or have mail taken
// out, which moves all that follows. A change in place between the samples is not seen.
func fingerprint(r io.ReaderAt, size int64) (string, error) {
	h := sha256.New()
	var length [8]byte
	binary.BigEndian.PutUint64(length[:], uint64(size))
	_, _ = h.Write(length[:])
	var buf [sampleSize]byte
	last := max(0, size-sampleSize)
	for i := range int64(samples) {
		at := i * sampleSize
		if size > samples*sampleSize {
			at = last / (samples - 1) * i
			if i == samples-1 {
				at = last
			}
		}
		if at >= size {
			break
		}
		n := min(sampleSize, size-at)
		if _, err := r.ReadAt(buf[:n], at); err != nil {
			return "", err
		}
		_, _ = h.Write(buf[:n])
	}
	return hex.EncodeToString(h.Sum(nil)[:16]), nil
}

// digest identifies the bytes of one mail.
func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

// packedName is the word people know for a format.
func packedName(format string) string {
	switch format {
	case "gz":
		return "gzip"
	case "zst":
		return "zstd"
	case "bz2":
		return "bzip2"
	}
	return format
}

// byteCount prints n for people: 1.5 GiB.
func byteCount(n int64) string {
	units := []string{"KiB", "MiB", "GiB", "TiB"}
	if n < 1024 {
		return strconv.FormatInt(n, 10) + " bytes"
	}
	f, unit := float64(n), ""
	for _, u := range units {
		if f < 1024 {
			break
		}
		f /= 1024
		unit = u
	}
	return strconv.FormatFloat(f, 'f', 1, 64) + " " + unit
}
