package archive

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/emersion/go-mbox"
)

// lineBuf is the read-ahead of go-mbox and so the most it hands out at a time, but for line ends.
const lineBuf = 64 << 10

// An mboxFile is an mbox in a file, plain or packed.
type mboxFile struct{ path string }

func (m mboxFile) messages(ctx context.Context, s *Source, from Cursor, yield func(Raw, error) bool) {
	st, err := openStream(ctx, m.path, s.options, &s.progress)
	if err != nil {
		yield(Raw{}, err)
		return
	}
	defer st.close()
	next := Cursor{Form: formMbox, Size: st.size, Sum: st.sum}
	if st.packed != "" {
		next.Form = formPacked
	}
	same := from.Form == next.Form && from.Size <= st.size
	if same {
		sum, err := fingerprint(st.file, from.Size)
		if err != nil {
			yield(Raw{}, st.wrap(err))
			return
		}
		same = sum == from.Sum
	}
	if same && from.Size == st.size {
		s.progress.Store(st.size)
		return // s.cursor is from
	}
	x := mboxReader{src: st, source: s, yield: yield}
	if same && st.packed == "" && from.Last >= 0 && from.Last < from.Size {
		// The mail read last is read once more: it may have been cut off, and what follows it counts.
		if err := st.seek(from.Last); err != nil {
			yield(Raw{}, st.wrap(err))
			return
		}
		x.offset = from.Last
		x.known = from.LastSum
		x.lore = startsLore(st.file)
	}
	if x.run(ctx) {
		s.progress.Store(st.size)
		next.Last, next.LastSum = x.last, digest(x.buf)
		s.cursor = next
	}
}

// startsLore reports whether the archive in r starts with lore's separator.
func startsLore(r io.ReaderAt) bool {
	var head [len(loreLine) + 8]byte
	n, _ := r.ReadAt(head[:], 0) // if this fails, so will the reading
	b := bytes.TrimPrefix(head[:n], bom)
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		return isLore(b[:i+1])
	}
	return false
}

// An mboxReader delivers the mails of an mbox stream.
type mboxReader struct {
	src    *stream
	source *Source
	yield  func(Raw, error) bool
	offset int64  // where the stream starts
	lore   bool   // see guard
	known  string // hash of the first mail if that was delivered by an earlier run

	buf   []byte // the mail
	last  int64  // its offset
	count int    // mails so far
}

// run reports whether the stream was delivered to its end.
func (x *mboxReader) run(ctx context.Context) bool {
	g := newGuard(x.src, x.offset, x.lore)
	// go-mbox uses a bufio.Reader as it is; its own would hold 4 KiB.
	r := mbox.NewReader(bufio.NewReaderSize(g, lineBuf))
	most := x.source.options.MaxMessage
	for {
		body, err := r.NextMessage()
		if errors.Is(err, io.EOF) {
			return x.end()
		}
		if err != nil {
			return x.fail(err)
		}
		var cut int64
		x.buf, cut, err = readMail(body, x.buf[:0], most)
		e, whole := g.next()
		if !whole {
			if err == nil {
				err = io.ErrUnexpectedEOF
			}
			return x.fail(err)
		}
		if err := ctx.Err(); err != nil {
			return x.fail(err)
		}
		for i := range e.blanks {
			if int64(len(x.buf)) >= most {
				cut += int64(e.blanks - i)
				break
			}
			x.buf = append(x.buf, '\n')
		}
		x.last = e.start
		first := x.count == 0
		x.count++
		if first && x.known != "" && x.known == digest(x.buf) {
			continue
		}
		raw := Raw{
			Bytes:    x.buf,
			Position: Position{Path: x.src.path, Offset: e.start},
			List:     x.source.list,
			Cut:      cut,
		}
		if !x.yield(raw, nil) {
			return false
		}
	}
}

// end looks whether the archive held still.
func (x *mboxReader) end() bool {
	if x.src.file != nil && (x.src.raw.n < x.src.size && x.src.packed == "" || !x.src.unchanged()) {
		x.yield(Raw{}, &Error{
			Path: x.src.path, Kind: ErrChanged, Started: true, Messages: x.count, Offset: x.last,
			Hint: "run again when nothing writes to it",
		})
		return false
	}
	return true
}

// fail delivers the error that ended the stream.
func (x *mboxReader) fail(err error) bool {
	err = x.src.wrap(err)
	if e := (*Error)(nil); errors.As(err, &e) {
		e.Started, e.Messages, e.Offset = true, x.count, x.last
	}
	x.yield(Raw{}, err)
	return false
}

// trimCR cuts CR from the end of a line whose LF is off.
func trimCR(b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] == '\r' {
		b = b[:len(b)-1]
	}
	return b
}

// readMail appends the mail that go-mbox reads to buf, at most most bytes of it, and says how many it
// left out. It makes CRLF, which go-mbox puts at the end of every line, LF again, and takes mboxrd's '>' off
// lines with more than one, where go-mbox does not. The error is nil at the end of the mail.
func readMail(r io.Reader, buf []byte, most int64) ([]byte, int64, error) {
	var cut int64
	middle := false // of a line
	quotes := -1    // where in buf a line starts that came in pieces and is nothing but '>' so far
	for {
		// go-mbox delivers a line at a time if it has room: an empty line's end, if there is one before,
		// and then up to lineBuf bytes, the line's end included if it comes within them.
		if cap(buf)-len(buf) < lineBuf+8 {
			grown := make([]byte, len(buf), max(2*cap(buf), 4*lineBuf))
			copy(grown, buf)
			buf = grown
		}
		at := len(buf)
		n, err := r.Read(buf[at : at+lineBuf+8])
		chunk := buf[at : at+n]
		if bytes.HasPrefix(chunk, crlf) { // text never holds LF, so this is a line's end
			buf = append(trimCR(buf), '\n')
			chunk = chunk[2:]
			middle, quotes = false, -1
		}
		if len(chunk) > 0 {
			switch {
			case middle:
			case quotedFrom(chunk) > 1:
				chunk = chunk[1:]
			case chunk[0] == '>' && len(chunk) >= lineBuf:
				quotes = len(buf)
			}
			middle = chunk[len(chunk)-1] != '\n'
			buf = append(buf, chunk...) // moves down by a byte or two, or not at all
			if quotes >= 0 && len(bytes.TrimLeft(buf[len(buf)-len(chunk):], ">")) > 0 {
				buf, quotes = unquote(buf, quotes)
			}
			if !middle {
				buf = append(trimCR(buf[:len(buf)-1]), '\n')
				quotes = -1
			}
		}
		if over := int64(len(buf)) - most; over > 0 {
			cut += over
			buf = buf[:most]
			quotes = -1
		}
		if errors.Is(err, io.EOF) {
			return buf, cut, nil
		}
		if err != nil {
			return buf, cut, err
		}
	}
}

// unquote takes a '>' off the line at buf[start:] if it is many of them and then "From "; it returns
// start while that cannot be told yet, else -1.
func unquote(buf []byte, start int) ([]byte, int) {
	line := buf[start:]
	rest := bytes.TrimLeft(line, ">")
	if len(rest) < len(fromPrefix) && bytes.HasPrefix(fromPrefix, rest) {
		return buf, start
	}
	if bytes.HasPrefix(rest, fromPrefix) {
		buf = append(buf[:start], line[1:]...)
	}
	return buf, -1
}
