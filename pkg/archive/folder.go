package archive

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A folder is a set of files with one mail each: a maildir folder, a directory of single mails, or
// one such file.
type folder struct {
	files []mailFile
}

// A mailFile is a file with one mail.
type mailFile struct {
	dir  string // the folder
	sub  string // "cur", "new" or ""
	name string
	size int64
	key  uint64 // for Cursor.Seen
}

func (f mailFile) path() string { return filepath.Join(f.dir, f.sub, f.name) }

// newMailFile describes the file at path. In a maildir (sub not empty) the unique part of the name
// stands for a mail that never changes; elsewhere name, size and time tell whether it is the same.
func newMailFile(dir, sub, path string, size int64) mailFile {
	f := mailFile{dir: dir, sub: sub, name: filepath.Base(path), size: size}
	if sub != "" {
		f.key = seenKey(unique(f.name))
		return f
	}
	id := f.name + "\x00" + strconv.FormatInt(size, 10)
	if info, err := os.Stat(path); err == nil {
		id += "\x00" + strconv.FormatInt(info.ModTime().UnixNano(), 10)
	}
	f.key = seenKey(id)
	return f
}

// unique cuts the flags from a maildir name: "1618846146.M1P2.host:2,RS" is "1618846146.M1P2.host".
func unique(name string) string {
	// QUIRK: file systems without ':' get ';' or '!' from some software.
	for _, sep := range []string{":2,", ";2,", "!2,"} {
		if i := strings.LastIndex(name, sep); i > 0 {
			return name[:i]
		}
	}
	return name
}

// isMaildir reports whether path has the directories of a maildir. One of the three may be missing:
// copies leave out empty ones.
func isMaildir(path string) bool {
	n := 0
	for _, sub := range []string{"cur", "new", "tmp"} {
		if info, err := os.Stat(filepath.Join(path, sub)); err == nil && info.IsDir() {
			n++
		}
	}
	return n >= 2
}

// newMaildir makes a source of the maildir at path, sorted by the unique names, which begin with
// the time of delivery.
func newMaildir(path string) (*Source, error) {
	s := &Source{name: path, kind: "maildir", list: listOfDir(path)}
	var files []mailFile
	for _, sub := range []string{"cur", "new"} {
		dir := filepath.Join(path, sub)
		entries, err := os.ReadDir(dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, pathError(dir, err)
		}
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), ".") || e.IsDir() {
				continue
			}
			info, err := os.Stat(filepath.Join(dir, e.Name()))
			if err != nil || !info.Mode().IsRegular() {
				continue // moved or deleted meanwhile; the next reading finds it under its new name
			}
			files = append(files, newMailFile(path, sub, e.Name(), info.Size()))
			s.size += info.Size()
		}
	}
	slices.SortFunc(files, func(a, b mailFile) int {
		if c := strings.Compare(unique(a.name), unique(b.name)); c != 0 {
			return c
		}
		return strings.Compare(a.path(), b.path())
	})
	s.form = &folder{files: files}
	return s, nil
}

func (d *folder) messages(ctx context.Context, s *Source, from Cursor, yield func(Raw, error) bool) {
	var seen []uint64
	if from.Form == formFolder {
		seen = seenKeys(from.Seen)
	}
	keys := make([]uint64, 0, len(d.files))
	var buf []byte
	var done int64
	count := 0
	for _, f := range d.files {
		if err := ctx.Err(); err != nil {
			yield(Raw{}, err)
			return
		}
		done += f.size
		if _, found := slices.BinarySearch(seen, f.key); found {
			keys = append(keys, f.key)
			s.progress.Store(done)
			continue
		}
		raw, err := readMailFile(ctx, f, buf, s.options)
		if errors.Is(err, ErrNotFound) {
			continue // deleted meanwhile
		}
		if err != nil {
			if e := (*Error)(nil); errors.As(err, &e) {
				e.Hint = "repair or remove the file, then run again"
			}
			yield(Raw{}, err)
			return
		}
		buf = raw.Bytes
		raw.List = s.list
		keys = append(keys, f.key)
		s.progress.Store(done)
		count++
		if !yield(raw, nil) {
			return
		}
	}
	s.cursor = Cursor{Form: formFolder, Seen: seenBytes(keys)}
}

// readMailFile reads one file, into buf if it is large enough. Other programs may give a maildir
// file new flags at any time: then it is found under its new name.
func readMailFile(ctx context.Context, f mailFile, buf []byte, o Options) (Raw, error) {
	path := f.path()
	st, err := openStream(ctx, path, o, nil)
	if errors.Is(err, ErrNotFound) && f.sub != "" {
		path = findMaildir(f.dir, f.name)
		if path == "" {
			return Raw{}, err
		}
		st, err = openStream(ctx, path, o, nil)
	}
	if err != nil {
		return Raw{}, err
	}
	defer st.close()
	raw, err := readSingle(st, buf, o.MaxMessage)
	if err != nil {
		return Raw{}, st.wrap(err)
	}
	raw.Position.Path = path
	return raw, nil
}

// findMaildir returns where in the maildir at dir the mail is that once was called name.
func findMaildir(dir, name string) string {
	want := unique(name)
	for _, sub := range []string{"cur", "new"} {
		entries, err := os.ReadDir(filepath.Join(dir, sub))
		if err != nil {
			continue
		}
		for _, e := range entries {
			if unique(e.Name()) == want {
				return filepath.Join(dir, sub, e.Name())
			}
		}
	}
	return ""
}

// readSingle reads a stream that is one mail, into buf if it is large enough.
func readSingle(r io.Reader, buf []byte, most int64) (Raw, error) {
	buf, cut, err := readAtMost(r, buf[:0], most)
	if err != nil {
		return Raw{}, err
	}
	return Raw{Bytes: normalize(buf), Cut: cut}, nil
}

// readAtMost appends what r has to buf, at most most bytes of it, and says how many it left out.
func readAtMost(r io.Reader, buf []byte, most int64) ([]byte, int64, error) {
	for {
		if len(buf) == cap(buf) {
			buf = append(buf, make([]byte, 64<<10)...)[:len(buf)]
		}
		room := min(int64(cap(buf)), most) - int64(len(buf))
		if room == 0 && int64(len(buf)) >= most {
			cut, err := io.Copy(io.Discard, r)
			return buf, cut, err
		}
		n, err := r.Read(buf[len(buf) : int64(len(buf))+room])
		buf = buf[:len(buf)+n]
		if errors.Is(err, io.EOF) {
			return buf, 0, nil
		}
		if err != nil {
			return buf, 0, err
		}
	}
}

// normalize makes a mail that was kept by itself look like one from an mbox: it cuts a separator
// that was left at its start, makes CRLF LF, and ends the last line. It works in place.
func normalize(b []byte) []byte {
	b = cutSeparator(b)
	if i := bytes.IndexByte(b, '\r'); i >= 0 {
		w := i
		for _, c := range b[i:] {
			if c == '\n' {
				w = len(trimCR(b[:w]))
			}
			b[w] = c
			w++
		}
		b = b[:w]
	}
	if len(b) > 0 && b[len(b)-1] != '\n' {
		b = append(trimCR(b), '\n')
	}
	return b
}

// cutSeparator cuts an mbox separator from the start of a mail.
//
// QUIRK: delivery agents have left it there, plain or quoted.
func cutSeparator(b []byte) []byte {
	line := b
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		line = b[:i+1]
	}
	if isSeparator(bytes.TrimPrefix(line, quoteMark)) {
		return b[len(line):]
	}
	return b
}
