package archive

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/emersion/go-mbox"
)

// ReadAt returns the mail at a position that a Raw had, as the archive holds it: from git, maildir
// and single files every byte; from an mbox without the "From " line, unquoted, with LF line ends,
// as in Raw.Bytes. Mail in a maildir is found again when its flags have changed. In a packed mbox
// all before the mail has to be unpacked.
//
// An error is an [*Error], or ctx's: ErrNotFound when the archive is gone, ErrChanged when it holds no mail at that
// position any more.
func ReadAt(ctx context.Context, pos Position) ([]byte, error) {
	o := Options{MaxMessage: -1}.withDefaults()
	if pos.Path == "-" {
		return nil, &Error{Path: "-", Kind: ErrNotFound, Detail: "the mail came through standard input", Hint: "ingest it from a file to read it again"}
	}
	if pos.Commit != "" {
		return readCommit(ctx, pos)
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
	st, err := openStream(ctx, path, o, nil)
	if err != nil {
		return nil, err
	}
	defer st.close()
	b, err := readOne(st, pos.Offset)
	if err != nil {
		return nil, st.wrap(err)
	}
	if b == nil {
		return nil, changedAt(path)
	}
	return b, nil
}

// changedAt is the error for a position that does not hold any more.
func changedAt(path string) error {
	return &Error{
		Path: path, Kind: ErrChanged, Detail: "there is no mail at that position any more",
		Hint: "take the archive in again to learn the new positions",
	}
}

// readOne reads the mail at offset; it is nil if none starts there.
func readOne(st *stream, offset int64) ([]byte, error) {
	head := bufio.NewReaderSize(st, sniffed)
	start, err := head.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) && len(start) == 0 {
		return nil, err
	}
	v := classify(start)
	inMaildir := false
	switch filepath.Base(filepath.Dir(st.path)) {
	case "cur", "new":
		inMaildir = true
	}
	if offset == 0 && (v.kind == "eml" || inMaildir) {
		b, _, err := readAtMost(head, []byte{}, unlimited)
		return b, err
	}
	line, _, _ := strings.Cut(string(start[:min(len(start), maxSeparator)]), "\n")
	lore := isLore([]byte(strings.TrimPrefix(line, string(bom))))
	if st.packed == "" {
		if offset >= st.size {
			return nil, nil
		}
		if err := st.seek(offset); err != nil {
			return nil, err
		}
		head.Reset(st)
	} else if _, err := io.CopyN(io.Discard, head, offset); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		return nil, err
	}
	g := newGuard(head, offset, lore)
	body, err := mbox.NewReader(bufio.NewReaderSize(g, lineBuf)).NextMessage()
	if errors.Is(err, errNoSeparator) || errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	b, _, err := readMail(body, []byte{}, unlimited)
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
	for range e.blanks {
		b = append(b, '\n')
	}
	return b, nil
}

// readCommit reads the mail that a commit brought or removed.
func readCommit(ctx context.Context, pos Position) ([]byte, error) {
	if !isRepo(pos.Path) {
		if _, err := os.Stat(pos.Path); err != nil {
			return nil, pathError(pos.Path, err)
		}
		return nil, &Error{Path: pos.Path, Kind: ErrNotArchive, Detail: "not a git repository"}
	}
	id, err := hex.DecodeString(pos.Commit)
	if err != nil || len(id) < 20 {
		return nil, changedAt(pos.Path)
	}
	g := repository{pos.Path}
	b, err := g.batch(ctx, false)
	if err != nil {
		return nil, err
	}
	defer b.kill()
	for _, file := range []string{":m", ":d"} {
		obj, kind, err := b.query(ctx, pos.Commit+file, nil, unlimited)
		if err != nil {
			return nil, err
		}
		if kind == "blob" {
			return obj.data, b.finish()
		}
	}
	return nil, changedAt(pos.Path)
}
