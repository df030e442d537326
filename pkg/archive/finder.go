package archive

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/emersion/go-mbox"
)

// ReadAt returns the mail at a position that a Raw had, as [Finder.ReadAt] does. For many mails a Finder
// is faster.
func ReadAt(ctx context.Context, pos Position) ([]byte, error) {
	var f Finder
	defer f.Close()
	return f.ReadAt(ctx, pos)
}

// A Finder reads mails at positions, in any order. What it has opened it keeps open: a mailbox, git, and of
// a packed mailbox a copy in a nameless temporary file, unpacked once and as far as was asked for. So the
// mails of one archive cost one pass over it, whatever their order. The zero value is ready; Close frees
// everything. Not safe for concurrent use.
type Finder struct {
	boxes map[string]*box
	repos map[string]*batch
	used  []string // paths of both, the one used last at the end
}

// mailWindow is the window of a guard for one mail: most are smaller, and a large window is filled with
// what follows.
const mailWindow = 16 << 10

// maxOpen is how many archives a Finder keeps open: each takes a file or two, or a process.
const maxOpen = 48

// ReadAt returns the mail at a position that a Raw had, as the archive holds it: from git, maildir
// and single files every byte; from an mbox without the "From " line, unquoted, with LF line ends,
// as in Raw.Bytes. Mail in a maildir is found again when its flags have changed. All calls take the
// same ctx. The bytes are the caller's.
//
// An error is an [*Error], or ctx's: ErrNotFound when the archive is gone, ErrChanged when it holds no mail at that
// position any more, ErrUnreadable also when there is no room to unpack it (in $TMPDIR).
func (f *Finder) ReadAt(ctx context.Context, pos Position) ([]byte, error) {
	if pos.Path == "-" {
		return nil, &Error{Path: "-", Kind: ErrNotFound, Detail: "the mail came through standard input", Hint: "ingest it from a file to read it again"}
	}
	if pos.Commit != "" {
		return f.commit(ctx, pos)
	}
	if b := f.boxes[pos.Path]; b != nil {
		f.use(pos.Path)
		return b.mail(ctx, pos.Offset)
	}
	path := pos.Path
	if _, err := os.Stat(path); err != nil {
		if sub := filepath.Base(filepath.Dir(path)); sub == "cur" || sub == "new" {
			path = findMaildir(filepath.Dir(filepath.Dir(path)), filepath.Base(path))
		}
		if path == "" || path == pos.Path {
			return nil, pathError(pos.Path, err)
		}
	}
	b, err := openBox(ctx, path)
	if err != nil {
		return nil, err
	}
	if b.single {
		defer b.close()
		return b.mail(ctx, pos.Offset)
	}
	if f.boxes == nil {
		f.boxes = map[string]*box{}
	}
	f.boxes[pos.Path] = b
	f.use(pos.Path)
	return b.mail(ctx, pos.Offset)
}

// use notes that an archive is used, and closes the one that was not for the longest time when they
// become too many.
func (f *Finder) use(path string) {
	if n := len(f.used); n > 0 && f.used[n-1] == path {
		return
	}
	if i := slices.Index(f.used, path); i >= 0 {
		f.used = slices.Delete(f.used, i, i+1)
	}
	f.used = append(f.used, path)
	if len(f.used) > maxOpen {
		f.drop(f.used[0])
		f.used = slices.Delete(f.used, 0, 1)
	}
}

// drop closes one archive.
func (f *Finder) drop(path string) {
	if b := f.boxes[path]; b != nil {
		b.close()
		delete(f.boxes, path)
	}
	if b := f.repos[path]; b != nil {
		b.kill()
		delete(f.repos, path)
	}
}

// Close frees what the Finder holds; it may be used again afterwards.
func (f *Finder) Close() {
	for _, path := range f.used {
		f.drop(path)
	}
	f.used = nil
}

// commit reads the mail that a commit brought or removed.
func (f *Finder) commit(ctx context.Context, pos Position) ([]byte, error) {
	id, err := hex.DecodeString(pos.Commit)
	if err != nil || len(id) < 20 {
		return nil, changedAt(pos.Path)
	}
	b := f.repos[pos.Path]
	if b == nil {
		if !isRepo(pos.Path) {
			if _, err := os.Stat(pos.Path); err != nil {
				return nil, pathError(pos.Path, err)
			}
			return nil, &Error{Path: pos.Path, Kind: ErrNotArchive, Detail: "not a git repository"}
		}
		g := repository{pos.Path}
		if b, err = g.batch(ctx, false); err != nil {
			return nil, err
		}
		if f.repos == nil {
			f.repos = map[string]*batch{}
		}
		f.repos[pos.Path] = b
	}
	f.use(pos.Path)
	for _, file := range []string{":m", ":d"} {
		obj, kind, err := b.query(ctx, pos.Commit+file, nil, unlimited)
		if err != nil {
			f.drop(pos.Path) // git may be in the middle of an answer
			f.used = slices.DeleteFunc(f.used, func(p string) bool { return p == pos.Path })
			return nil, err
		}
		if kind == "blob" {
			return obj.data, nil
		}
	}
	return nil, changedAt(pos.Path)
}

// changedAt is the error for a position that does not hold any more.
func changedAt(path string) error {
	return &Error{
		Path: path, Kind: ErrChanged, Detail: "there is no mail at that position any more",
		Hint: "take the archive in again to learn the new positions",
	}
}

// A box is an open file of mail.
type box struct {
	*stream
	single bool // one mail
	lore   bool // see guard

	// Used again for every mail.
	window []byte
	lines  *bufio.Reader
	mails  []byte

	// Of a packed file, what is unpacked so far.
	copied *os.File
	have   int64
	err    error // why no more comes
	full   error // why it cannot be kept
}

func openBox(ctx context.Context, path string) (*box, error) {
	st, err := openStream(ctx, path, Options{MaxUnpacked: -1}, nil) // box has a limit of its own
	if err != nil {
		return nil, err
	}
	b := &box{stream: st}
	head := make([]byte, sniffed)
	n := 0
	r, err := b.at(0)
	if err == nil {
		n, err = io.ReadFull(r, head)
	}
	if head = head[:n]; n == 0 && err != nil && !errors.Is(err, io.EOF) {
		err = b.wrong(err)
		b.close()
		return nil, err
	}
	sub := filepath.Base(filepath.Dir(path))
	b.single = sub == "cur" || sub == "new" || classify(head).kind == "eml"
	line, _, _ := strings.Cut(string(head[:min(len(head), maxSeparator)]), "\n")
	b.lore = isLore([]byte(strings.TrimPrefix(line, string(bom))))
	return b, nil
}

func (b *box) close() {
	if b.copied != nil {
		_ = b.copied.Close() // it has no name: nothing is left
	}
	b.stream.close()
}

// mail reads the mail at offset.
func (b *box) mail(ctx context.Context, offset int64) ([]byte, error) {
	b.raw.ctx = ctx
	b.limit = offset + minUnpacked
	mail, err := b.read(offset)
	switch {
	case err != nil:
		return nil, b.wrong(err)
	case mail == nil:
		return nil, changedAt(b.path)
	}
	return mail, nil
}

// read is mail without a name to its errors; it is nil if no mail starts at offset.
func (b *box) read(offset int64) ([]byte, error) {
	if offset < 0 || b.packed == "" && offset >= b.size && offset > 0 {
		return nil, nil
	}
	r, err := b.at(offset)
	if err != nil {
		return nil, err
	}
	if offset == 0 && b.single {
		mail, _, err := readAtMost(r, []byte{}, unlimited)
		return mail, err
	}
	if b.window == nil {
		b.window, b.lines = make([]byte, mailWindow), bufio.NewReaderSize(nil, lineBuf)
	}
	g := windowGuard(b.window, r, offset, b.lore)
	b.lines.Reset(g)
	body, err := mbox.NewReader(b.lines).NextMessage()
	if errors.Is(err, errNoSeparator) || errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	b.mails, _, err = readMail(body, b.mails[:0], unlimited)
	e, whole := g.next()
	if !whole {
		if err == nil {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	if e.start != offset {
		return nil, nil
	}
	mail := make([]byte, len(b.mails), len(b.mails)+e.blanks)
	copy(mail, b.mails)
	for range e.blanks {
		mail = append(mail, '\n')
	}
	return mail, nil
}

// wrong makes an *Error of what reading came to.
func (b *box) wrong(err error) error {
	if b.full != nil {
		return &Error{
			Path: b.path, Kind: ErrUnreadable, Detail: "it cannot be unpacked into " + os.TempDir(), Err: b.full,
			Hint: "make room there, or name another directory in TMPDIR",
		}
	}
	return b.wrap(err)
}

// at reads the unpacked bytes from offset.
func (b *box) at(offset int64) (io.Reader, error) {
	if b.packed == "" {
		return b.stream, b.seek(offset)
	}
	return &unpacked{b, offset}, nil
}

// An unpacked reads a packed box from the copy, and makes the copy longer when it comes to its end.
type unpacked struct {
	box *box
	off int64
}

// Read implements io.Reader.
func (u *unpacked) Read(p []byte) (int, error) {
	b := u.box
	for u.off >= b.have {
		if err := b.grow(); err != nil {
			return 0, err
		}
	}
	n, err := b.copied.ReadAt(p[:min(int64(len(p)), b.have-u.off)], u.off)
	u.off += int64(n)
	return n, err
}

// grow unpacks some more.
func (b *box) grow() error {
	if b.full != nil {
		return b.full
	}
	if b.err != nil {
		return b.err
	}
	if b.limit > 0 && b.have >= b.limit {
		return errUnpackedLimit
	}
	if b.copied == nil {
		if b.copied, b.full = os.CreateTemp("", "rustle-*"); b.full != nil {
			return b.full
		}
		if b.full = os.Remove(b.copied.Name()); b.full != nil {
			return b.full
		}
	}
	n, err := io.CopyN(io.NewOffsetWriter(b.copied, b.have), b.Reader, packedBuf)
	b.have += n
	switch pe := (*os.PathError)(nil); {
	case err == nil || n > 0 && !errors.As(err, &pe): // what came before an error comes first; the decoder says it again
		return nil
	case errors.As(err, &pe) && b.raw.err == nil:
		b.full = pe.Err
		return b.full
	}
	b.err = err
	return err
}
