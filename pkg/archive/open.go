package archive

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxDepth is how deep directories are searched below the path that was given.
const maxDepth = 32

// Open finds out what is at path and returns its sources, sorted by name: one for a file, a maildir
// or a list, several for a directory that holds several. "-" is Options.Stdin. Nothing is read but
// what it takes to recognise the form; an mbox may still turn out to be truncated.
//
// Every error is an [*Error], or ctx's: ErrNotFound, ErrNoMail for what is empty, ErrNotArchive with
// what it is instead, ErrUnreadable, and for packed files ErrTruncated, ErrCorrupt or ErrTooLarge.
// In a directory files that are no mail are left out (see Options.Skipped).
func Open(ctx context.Context, path string, o Options) ([]*Source, error) {
	o = o.withDefaults()
	if path == "-" {
		s, err := openStdin(ctx, o)
		if err != nil {
			return nil, err
		}
		return []*Source{s}, nil
	}
	if path == "" {
		return nil, &Error{Path: `""`, Kind: ErrNotFound, Hint: "give a path"}
	}
	path = filepath.Clean(path)
	info, err := os.Stat(path)
	if err != nil {
		return nil, pathError(path, err)
	}
	op := &opener{options: o, visited: map[string]bool{}}
	switch {
	case info.IsDir():
		err = op.root(ctx, path)
	case info.Mode().IsRegular():
		err = op.file(ctx, path)
	default:
		err = &Error{
			Path: path, Kind: ErrNotArchive, Detail: "neither a file nor a directory",
			Hint: "to read a pipe give - and send it to standard input",
		}
	}
	if err != nil {
		return nil, err
	}
	if len(op.sources) == 0 {
		return nil, &Error{
			Path: path, Kind: ErrNoMail, Detail: op.nothing(),
			Hint: "give an mbox, a maildir, .eml files, or a public-inbox mirror",
		}
	}
	slices.SortFunc(op.sources, func(a, b *Source) int { return strings.Compare(a.name, b.name) })
	return op.sources, nil
}

// An opener collects sources.
type opener struct {
	options Options
	sources []*Source
	visited map[string]bool // directories by their real path: symbolic links may form loops
	files   int             // looked at and left out
}

func (op *opener) add(s *Source) {
	s.options = op.options
	if op.options.List != "" {
		s.list = op.options.List
	}
	op.sources = append(op.sources, s)
}

func (op *opener) skip(path, reason string) {
	op.files++
	op.options.skipped(path, reason)
}

// nothing says what a directory without mail holds.
func (op *opener) nothing() string {
	if op.files == 0 {
		return "an empty directory"
	}
	return "none of its files is mail"
}

// file adds the file at path, which the user named.
func (op *opener) file(ctx context.Context, path string) error {
	v, err := sniff(ctx, path, op.options)
	if err != nil {
		return err
	}
	if v.empty {
		return &Error{Path: path, Kind: ErrNoMail, Detail: "an empty file", Hint: "check that it was copied whole"}
	}
	if v.kind == "" {
		return &Error{Path: path, Kind: ErrNotArchive, Detail: v.reason, Hint: v.hint}
	}
	info, err := os.Stat(path)
	if err != nil {
		return pathError(path, err)
	}
	op.addFile(path, v, info.Size())
	return nil
}

func (op *opener) addFile(path string, v verdict, size int64) {
	s := &Source{name: path, kind: v.kind, list: listOfFile(path), size: size}
	if v.packed != "" {
		s.kind += "." + v.packed
	}
	if v.kind == "mbox" {
		s.form = mboxFile{path}
	} else {
		s.form = &folder{files: []mailFile{newMailFile(filepath.Dir(path), "", path, size)}}
	}
	op.add(s)
}

// root adds what is in the directory at path, which the user named.
func (op *opener) root(ctx context.Context, path string) error {
	if isRepo(path) {
		return op.repo(ctx, path)
	}
	if dotgit := filepath.Join(path, ".git"); isRepo(dotgit) {
		// An epoch cloned without --mirror. Other repositories may hold archives as their files.
		switch ok, err := isInbox(ctx, dotgit); {
		case err != nil:
			return err
		case ok:
			return op.repo(ctx, dotgit)
		}
	}
	return op.dir(ctx, path, 0)
}

// repo adds a single repository that the user named.
func (op *opener) repo(ctx context.Context, path string) error {
	ok, err := isInbox(ctx, path)
	if err != nil {
		return err
	}
	if !ok {
		return &Error{
			Path: path, Kind: ErrNotArchive, Detail: "a git repository, but its newest commit does not hold one mail as m or d",
			Hint: "give an epoch of a public-inbox version 2 mirror, such as LIST/git/0.git",
		}
	}
	op.add(newInbox(path, listOfRepo(path), []epoch{newEpoch(path)}))
	return nil
}

// dir adds what is in the directory at path and below.
func (op *opener) dir(ctx context.Context, path string, depth int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return pathError(path, err)
	}
	if op.visited[target] {
		return nil
	}
	op.visited[target] = true
	if depth > maxDepth {
		op.skip(path, "too many directories deep")
		return nil
	}
	if es := epochs(filepath.Join(path, "git")); len(es) > 0 {
		op.add(newInbox(path, listOfDir(path), es))
		return nil
	}
	if es := epochs(path); len(es) > 0 {
		op.add(newInbox(path, listOfRepo(es[0].path), es))
		return nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return pathError(path, err)
	}
	inMaildir := isMaildir(path)
	if inMaildir {
		s, err := newMaildir(path)
		if err != nil {
			return err
		}
		op.add(s)
	}
	var loose []mailFile
	for _, e := range entries {
		name := e.Name()
		full := filepath.Join(path, name)
		info, err := os.Stat(full) // follows links
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) { // a dangling link, or gone meanwhile
				op.skip(full, "not there any more")
				continue
			}
			return pathError(full, err)
		}
		hidden := strings.HasPrefix(name, ".")
		switch {
		case info.IsDir() && inMaildir && (name == "cur" || name == "new" || name == "tmp"):
		case info.IsDir():
			if hidden && !isMaildir(full) { // Maildir++ names its folders .like.this
				continue
			}
			if err := op.subdir(ctx, full, depth+1); err != nil {
				return err
			}
		case hidden || inMaildir: // indexes of mail software
		case !info.Mode().IsRegular():
			op.skip(full, "neither a file nor a directory")
		default:
			f, err := op.loose(ctx, path, full, info.Size())
			if err != nil {
				return err
			}
			if f != nil {
				loose = append(loose, *f)
			}
		}
	}
	if len(loose) > 0 {
		s := &Source{name: path, kind: "eml", list: listOfDir(path), form: &folder{files: loose}}
		for _, f := range loose {
			s.size += f.size
		}
		op.add(s)
	}
	return nil
}

// subdir is dir for a directory that the user did not name: it may be a repository of anything.
func (op *opener) subdir(ctx context.Context, path string, depth int) error {
	if !isRepo(path) {
		return op.dir(ctx, path, depth)
	}
	ok, err := isInbox(ctx, path)
	if e := (*Error)(nil); errors.As(err, &e) && errors.Is(err, ErrNoMail) {
		op.skip(path, e.Detail)
		return nil
	}
	if err != nil {
		return err
	}
	if !ok {
		op.skip(path, "a git repository of something else than mail")
		return nil
	}
	op.add(newInbox(path, listOfRepo(path), []epoch{newEpoch(path)}))
	return nil
}

// loose decides about one file in a directory: an mbox becomes a source, a single mail is returned.
func (op *opener) loose(ctx context.Context, dir, path string, size int64) (*mailFile, error) {
	v, err := sniff(ctx, path, op.options)
	if err != nil {
		return nil, err
	}
	switch {
	case v.kind == "mbox":
		op.addFile(path, v, size)
	case v.kind == "eml" && (v.strong || strings.HasSuffix(path, ".eml")):
		f := newMailFile(dir, "", path, size)
		return &f, nil
	case v.kind == "eml":
		op.skip(path, "hardly a mail header at its start")
	default:
		op.skip(path, v.reason)
	}
	return nil, nil
}

// openStdin makes a source of standard input, which can be read once and has no Cursor.
func openStdin(ctx context.Context, o Options) (*Source, error) {
	const name = "-"
	if o.Stdin == nil {
		return nil, &Error{Path: name, Kind: ErrUnreadable, Detail: "there is no standard input", Hint: "give a path"}
	}
	s := &Source{name: name, list: o.List, options: o}
	st := &stream{path: name, size: -1}
	st.raw = &rawReader{ctx: ctx, src: o.Stdin, progress: &s.progress}
	if err := st.start(o); err != nil {
		return nil, st.wrap(err)
	}
	br := bufio.NewReaderSize(st.Reader, sniffed)
	st.Reader = br
	head, err := br.Peek(sniffed)
	v := classify(head)
	switch {
	case err != nil && !errors.Is(err, io.EOF) && v.kind == "":
		return nil, st.wrap(err)
	case v.empty:
		return nil, &Error{Path: name, Kind: ErrNoMail, Detail: "standard input is empty", Hint: "check the command before the pipe"}
	case v.kind == "":
		return nil, &Error{Path: name, Kind: ErrNotArchive, Detail: v.reason, Hint: v.hint}
	}
	s.kind = v.kind
	if st.packed != "" {
		s.kind += "." + st.packed
	}
	s.form = &stdin{stream: st, eml: v.kind == "eml"}
	return s, nil
}

// A stdin is a mailbox or a mail that comes through a pipe.
type stdin struct {
	stream *stream
	eml    bool
	used   bool
}

func (in *stdin) messages(ctx context.Context, s *Source, _ Cursor, yield func(Raw, error) bool) {
	s.cursor = Cursor{}
	if in.used {
		yield(Raw{}, &Error{Path: s.name, Kind: ErrUnreadable, Detail: "standard input can be read only once"})
		return
	}
	in.used = true
	defer in.stream.close()
	in.stream.raw.ctx = ctx
	if !in.eml {
		x := mboxReader{src: in.stream, source: s, yield: yield}
		x.run(ctx)
		return
	}
	raw, err := readSingle(in.stream, nil, s.options.MaxMessage)
	if err != nil {
		yield(Raw{}, in.stream.wrap(err))
		return
	}
	raw.Position.Path = s.name
	raw.List = s.list
	yield(raw, nil)
}

// listOfFile guesses the list from the name of an archive file: linux-kbuild of linux-kbuild.mbox.xz.
func listOfFile(path string) string {
	name := filepath.Base(path)
	for {
		ext := strings.ToLower(filepath.Ext(name))
		switch ext {
		case ".gz", ".xz", ".zst", ".bz2", ".mbox", ".mbx", ".mboxrd", ".eml", ".txt":
			name = name[:len(name)-len(ext)]
			continue
		}
		break
	}
	switch name {
	case "t", "T", "raw", "all", "mbox", "inbox", "INBOX", "archive", "download", "results": // what downloads are called
		return ""
	}
	if strings.ContainsAny(name, "@% ") || strings.HasSuffix(strings.ToLower(path), ".eml") { // named after a mail
		return ""
	}
	return name
}

// listOfDir guesses the list from the directory that holds its mail.
func listOfDir(path string) string {
	name := strings.TrimLeft(filepath.Base(path), ".")
	if name == string(filepath.Separator) {
		return ""
	}
	return name
}

// listOfRepo guesses the list of a repository: LIST/git/0.git, LIST/0.git, LIST/0/.git, LIST.git.
func listOfRepo(path string) string {
	if filepath.Base(path) == ".git" {
		path = filepath.Dir(path)
	}
	name := strings.TrimSuffix(filepath.Base(path), ".git")
	if _, ok := number([]byte(name), 6); !ok {
		return name
	}
	dir := filepath.Dir(path)
	if filepath.Base(dir) == "git" {
		dir = filepath.Dir(dir)
	}
	return listOfDir(dir)
}
