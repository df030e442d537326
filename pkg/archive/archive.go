// Package archive is where mail comes from: it opens the forms in which mailing lists are kept and
// delivers their mails one by one, in order, each with the position it can be found at again.
//
// What comes in is a path, or a stream for "-":
//
//	mbox              mboxo, mboxrd, mboxcl and mboxcl2, plain or packed (gzip, xz, zstd, bzip2, members concatenated)
//	maildir           cur and new; tmp is ignored; folders below are sources of their own
//	single mails      an .eml file, or a directory of them (MH folders too)
//	public-inbox v2   LIST/git/N.git as lore.kernel.org publishes it, one epoch repository, or a mirror of many lists
//	a directory       any mixture of these, in the order of the names
//
// What goes out is a [Source] per archive and from it a sequence of [Raw] mails: the bytes without
// the "From " line, mboxrd quoting undone, line ends LF. Forms are told by content, never by the
// file's name.
//
//	sources, err := archive.Open(ctx, "lore/rust-for-linux", archive.Options{})
//	for _, s := range sources {
//		for raw, err := range s.Messages(ctx, cursors[s.Name()]) {
//			...
//		}
//		cursors[s.Name()] = s.Cursor()
//	}
//
// An error from a sequence is final and is an [*Error]: what is wrong with which file, how far the
// reading came, what to do. A [Cursor] makes the next reading begin where the last one ended.
//
// The package does not look into mails: a mail without a Message-ID, or without a header at all, is
// delivered like any other. It writes nothing but what [WriteMboxrd] is asked to, and never uses
// the network: mirrors are fetched elsewhere.
//
// # Dialects of mbox
//
// A line that starts with "From " separates mails only when it carries a date and follows an empty
// line (or starts the file), or is lore's fixed "From mboxrd@z Thu Jan  1 00:00:00 1970". All other
// such lines are text. One '>' is taken from every line that is any number of '>' and then "From ",
// which is mboxrd's rule. Nothing in a file tells mboxo from mboxrd; the two disagree only about
// lines that start with ">>From ", where mboxrd is what lore, git and public-inbox write, and in an
// mboxo file the price is one '>' of a line that still reads as quoted. A mail whose Content-Length ends
// exactly at a separator or at the end of the file is mboxcl: no separator is looked for inside. If
// its body holds a bare "From " line it is mboxcl2 and nothing is unquoted in it. In a file that
// starts with lore's separator Content-Length is what some server once said and means nothing.
//
// One second of one core reads about 450 MB of plain mbox, 130 MB from gzip, 30 MB from xz, and 45 MB
// from git, git's own work included (two-core virtual machine, Go 1.26, November 2026).
package archive

import (
	"context"
	"io"
	"iter"
	"sync/atomic"
)

// A Position says where a mail was read, well enough to find it again with [ReadAt].
type Position struct {
	// Path is the archive file, the mail's own file for maildir and single mails, the epoch's
	// repository for git, and "-" for standard input. It is relative when the path given to Open was.
	Path string `json:"path"`
	// Offset is that of the mail's "From " line in the unpacked mbox, in bytes; 0 elsewhere.
	Offset int64 `json:"offset,omitempty"`
	// Commit is the full name of the git commit that brought (or removed) the mail; empty elsewhere.
	Commit string `json:"commit,omitempty"`
}

// A Raw is one mail as the archive holds it.
type Raw struct {
	// Bytes is the mail with LF line ends and without its "From " line. It is only to be read, and
	// only until the next step of the sequence: the buffer is used again. It may be empty.
	Bytes []byte
	// Position is where Bytes come from.
	Position Position
	// List is Options.List, or the name of the list as the archive's path suggests it; may be empty.
	List string
	// Deleted marks a mail that the archive has taken back: Bytes is the mail that is to go.
	Deleted bool
	// Blob is git's name for the bytes; the mail and its deletion have the same one. Empty elsewhere.
	Blob string
	// Cut is how many bytes at the end were left out because the mail is larger than
	// Options.MaxMessage; 0 for a whole mail.
	Cut int64
}

// Options adjusts reading. The zero value is good for real archives.
type Options struct {
	// MaxUnpacked is the most bytes a packed file may unpack to. 0 means 200 times its size but at
	// least 1 GiB (16 GiB for standard input); -1 means no limit.
	MaxUnpacked int64
	// MaxMessage is the most bytes delivered of one mail; the rest is counted in Raw.Cut.
	// 0 means 64 MiB; -1 means no limit.
	MaxMessage int64
	// List is the list all mails belong to; empty means a guess from the path, see Source.List.
	List string
	// Stdin is what Open reads for "-"; nil makes "-" an error.
	Stdin io.Reader
	// Skipped, if not nil, is told of every file below a directory that holds no mail, and why.
	// It is called by Open, in order, from the calling goroutine.
	Skipped func(path, reason string)
}

const (
	minUnpacked   = 1 << 30  // the least limit for a packed file, so that small files are never in doubt
	ratioUnpacked = 200      // mail packs to a fifth or so; bombs pack to a thousandth
	stdinUnpacked = 16 << 30 // for streams of unknown size
	maxMessage    = 64 << 20 // larger than any mail a list server lets through
	unlimited     = 1<<63 - 1
)

func (o Options) withDefaults() Options {
	switch {
	case o.MaxMessage == 0:
		o.MaxMessage = maxMessage
	case o.MaxMessage < 0:
		o.MaxMessage = unlimited
	}
	return o
}

// unpacked returns the limit for a packed stream of size bytes; size is -1 when unknown.
func (o Options) unpacked(size int64) int64 {
	switch {
	case o.MaxUnpacked < 0:
		return unlimited
	case o.MaxUnpacked > 0:
		return o.MaxUnpacked
	case size < 0:
		return stdinUnpacked
	default:
		return max(minUnpacked, min(size, unlimited/ratioUnpacked)*ratioUnpacked)
	}
}

func (o Options) skipped(path, reason string) {
	if o.Skipped != nil {
		o.Skipped(path, reason)
	}
}

// A Source is one archive: an mbox file, a maildir folder, the single mails of one directory, or the
// git epochs of one list. Its methods must not be called concurrently, except Progress.
type Source struct {
	name     string
	kind     string
	list     string
	size     int64
	options  Options
	form     form
	cursor   Cursor
	progress atomic.Int64
}

// A form knows how to read one kind of archive.
type form interface {
	// messages delivers what lies behind from; on success, and only then, it sets s.cursor.
	messages(ctx context.Context, s *Source, from Cursor, yield func(Raw, error) bool)
}

// Name is the path of the archive, cleaned, relative when the path given to Open was; "-" for
// standard input. It is unique among the sources of one Open and the key to keep a Cursor under.
func (s *Source) Name() string { return s.name }

// Kind says what was detected: "mbox", "mbox.gz", "mbox.xz", "mbox.zst", "mbox.bz2", "maildir",
// "eml" (one mail or a directory of them), "eml.gz" and the like, or "public-inbox".
func (s *Source) Kind() string { return s.kind }

// Size is how many bytes the archive takes on disk, for a progress display; 0 when unknown.
func (s *Source) Size() int64 { return s.size }

// List is Options.List or the name of the list as the path suggests it ("linux-kbuild" for
// linux-kbuild.mbox.xz and for linux-kbuild/git/0.git); empty when it suggests none. A List-Id in
// the mail is better evidence.
func (s *Source) List() string { return s.list }

// Messages returns the mails behind from, oldest file position first; the zero Cursor means all. The
// first error ends the sequence and is an [*Error], or ctx's error when it was cancelled. A source
// other than standard input can be read more than once.
func (s *Source) Messages(ctx context.Context, from Cursor) iter.Seq2[Raw, error] {
	return func(yield func(Raw, error) bool) {
		s.cursor = from
		s.progress.Store(0)
		s.form.messages(ctx, s, from, yield)
	}
}

// Cursor is where a later reading goes on. After a sequence that came to its end without an error it
// stands behind all its mails; after any other it is the cursor the sequence began with.
func (s *Source) Cursor() Cursor { return s.cursor }

// Progress is how many of the Size bytes are done with. It may be called at any time from any goroutine.
func (s *Source) Progress() int64 { return s.progress.Load() }
