package index

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// What a disk loses is found by checksums: CURRENT holds that of the meta, the meta those of the other files,
// and a segment ends with its own. All but the segments are small and are compared whenever the index is
// opened. Segments are as large as the index: Verify reads them, and a Writer before it goes on from them, since
// what is made of damaged content would have a checksum that fits.

// examineBytes is up to how many bytes of segments a Writer reads all of them when it is opened. Of more it
// reads, before it publishes, those that were merged into others, so that an increment does not cost by the size
// of the index.
const examineBytes = 256 << 20

// Verify reads every byte of the published state of an index and compares checksums. Errors are those of Open;
// ErrCorrupt comes once for each damaged file, by name.
func Verify(ctx context.Context, dir string) error {
	return withPublished(dir, func(m meta, gen string) error { return m.verify(ctx, filepath.Join(dir, gen)) })
}

// look compares the sizes of all files of a generation, and the checksums of those that hold none themselves.
func (m *meta) look(gen string) error {
	for _, name := range m.fileNames() {
		path := filepath.Join(gen, filepath.FromSlash(name))
		st, err := os.Stat(path)
		if err != nil {
			return damaged(err)
		}
		// A mapped file that was cut short kills the process that reads behind its end.
		if st.Size() != m.Files[name] {
			return fmt.Errorf("%w: %s has %d bytes instead of %d", ErrCorrupt, path, st.Size(), m.Files[name])
		}
		want, ok := m.Sums[name]
		if !ok {
			continue
		}
		sum, err := sumOf(path)
		if err != nil {
			return damaged(err)
		}
		if sum != want {
			return changed(path)
		}
	}
	return nil
}

// verify reads the segments of a generation; the other files were compared when its meta was read.
func (m *meta) verify(ctx context.Context, gen string) error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(m.segments())) {
		errs = append(errs, examine(ctx, filepath.Join(gen, filepath.FromSlash(name))))
	}
	return errors.Join(errs...)
}

// examine compares a segment with the CRC-32 in its last four bytes.
func examine(ctx context.Context, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return damaged(err)
	}
	defer func() { _ = f.Close() }() // it was only read
	sum := uint32(0)
	buf := make([]byte, 1<<20)
	tail := 0 // bytes at the beginning of buf that may be the last of the file
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := f.Read(buf[tail:])
		n += tail
		tail = min(n, crc32.Size)
		sum = crc32.Update(sum, crc32.IEEETable, buf[:n-tail])
		copy(buf, buf[n-tail:n])
		switch {
		case errors.Is(err, io.EOF):
			if tail < crc32.Size || binary.BigEndian.Uint32(buf) != sum {
				return changed(path)
			}
			return nil
		case err != nil:
			return damaged(err)
		}
	}
}

// sumOf is the CRC-32 of a file. It is read piece by piece, because fresh memory takes a query longer than the sum.
func sumOf(path string) (uint32, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }() // it was only read
	sum := crc32.NewIEEE()
	_, err = io.CopyBuffer(struct{ io.Writer }{sum}, struct{ io.Reader }{f}, make([]byte, 32<<10)) // neither has a way of its own
	return sum.Sum32(), err
}

// damaged is the error for a file that is missing or cannot be read, unless nobody may.
func damaged(err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("index: %w", err)
	}
	return fmt.Errorf("%w: %w", ErrCorrupt, err)
}

func changed(path string) error {
	return fmt.Errorf("%w: %s is not what was written there (its checksum differs)", ErrCorrupt, path)
}

// segments are the segments of a generation with their sizes.
func (m *meta) segments() map[string]int64 {
	segments := maps.Clone(m.Files)
	maps.DeleteFunc(segments, func(name string, _ int64) bool { return !isSegment(name) })
	return segments
}

// trust reads the segments of the published generation, unless they are large.
func (w *Writer) trust() error {
	size := int64(0)
	for _, n := range w.unread {
		size += n
	}
	if size > examineBytes {
		return nil
	}
	return w.examine(context.Background(), nil)
}

// examine reads those segments of the published generation that were not read yet and that the new one does
// not use. The caller holds mu.
func (w *Writer) examine(ctx context.Context, live map[string]bool) error {
	for name := range w.unread {
		if live[filepath.Base(name)] {
			continue
		}
		if err := examine(ctx, filepath.Join(w.dir, w.base, filepath.FromSlash(name))); err != nil {
			return err
		}
		delete(w.unread, name)
	}
	return nil
}
