package archive

import (
	"bufio"
	"io"
)

// The guard's view of where mails start and end, the answers of git, and the packed formats do not show through the
// exported API; their tests need them.

// Entry is an entry of the guard.
type Entry struct {
	Start, End int64
	Blanks     int
}

// GuardEntries drains a guard over r.
func GuardEntries(r io.Reader) (entries []Entry, passed []byte, err error) {
	g := newGuard(r, 0, false)
	passed, err = io.ReadAll(g)
	for e, ok := g.next(); ok; e, ok = g.next() {
		entries = append(entries, Entry{e.start, e.end, e.blanks})
	}
	return entries, passed, err
}

// Exported for tests.
var (
	IsSeparator = isSeparator
	Classify    = func(b []byte) (kind, reason string) { v := classify(b); return v.kind, v.reason }
	Normalize   = normalize
	Packing     = packing
	Fingerprint = fingerprint
	ListOfFile  = listOfFile
	ListOfRepo  = listOfRepo
)

// Unpack unpacks what is packed in r.
func Unpack(format string, r io.Reader) (io.Reader, func(), error) {
	return unpack(format, bufio.NewReaderSize(r, packedBuf))
}

// Replies reads answers of git cat-file --batch until there are no more, keeping most bytes of each.
func Replies(r io.Reader, most int64) (names []string, contents [][]byte, err error) {
	p := replies{r: bufio.NewReaderSize(r, packedBuf)}
	for {
		obj, kind, err := p.next(nil, most)
		if err != nil {
			return names, contents, err
		}
		if kind != "" {
			names = append(names, obj.name)
			contents = append(contents, obj.data)
		}
	}
}

// Passed is how many bytes of the packed file at path a Finder has read.
func (f *Finder) Passed(path string) int64 { return f.boxes[path].raw.n }

// Open is how many archives a Finder holds open.
func (f *Finder) Open() int { return len(f.boxes) + len(f.repos) }
