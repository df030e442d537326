package archive

import (
	"errors"
	"strconv"
	"strings"
)

// What can be wrong with an archive, for errors.Is. Every [*Error] is one of these.
var (
	ErrNotFound   = errors.New("no such file or directory")
	ErrNoMail     = errors.New("no mail in it")
	ErrNotArchive = errors.New("not a mail archive")
	ErrTruncated  = errors.New("truncated")
	ErrCorrupt    = errors.New("damaged")
	ErrTooLarge   = errors.New("unpacks to too much")
	ErrChanged    = errors.New("changed while it was read")
	ErrUnreadable = errors.New("cannot be read")
)

// An Error says on one line which archive cannot be read, why, how far the reading came and what
// to do about it.
type Error struct {
	Path     string // the file or directory
	Kind     error  // one of the Err variables of this package
	Detail   string // what was found, may be empty
	Hint     string // what to do, may be empty
	Started  bool   // Messages and Offset have a meaning: the reading had begun
	Messages int    // how many whole mails were delivered before
	Offset   int64  // where the last of them starts in the unpacked mbox; meaningless when Messages is 0
	Err      error  // the cause, may be nil
}

// Error implements error: "PATH: KIND: DETAIL: CAUSE (N messages read, ...); HINT".
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(oneLine(e.Path))
	b.WriteString(": ")
	b.WriteString(e.Kind.Error())
	if e.Detail != "" {
		b.WriteString(": ")
		b.WriteString(oneLine(e.Detail))
	}
	if e.Err != nil && !errors.Is(e.Kind, e.Err) {
		b.WriteString(": ")
		b.WriteString(oneLine(e.Err.Error()))
	}
	if e.Started {
		b.WriteString(" (")
		switch e.Messages {
		case 0:
			b.WriteString("before the first message was whole")
		case 1:
			b.WriteString("after 1 good message, at offset ")
			b.WriteString(strconv.FormatInt(e.Offset, 10))
		default:
			b.WriteString("after ")
			b.WriteString(strconv.Itoa(e.Messages))
			b.WriteString(" good messages, the last at offset ")
			b.WriteString(strconv.FormatInt(e.Offset, 10))
		}
		b.WriteString(")")
	}
	if e.Hint != "" {
		b.WriteString("; ")
		b.WriteString(e.Hint)
	}
	return b.String()
}

// Unwrap gives errors.Is and errors.As the kind and the cause.
func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Err}
}

// oneLine keeps paths and the words of other programs from breaking the line or the terminal.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || (r >= 0x80 && r < 0xa0) {
			return ' '
		}
		return r
	}, s)
}
