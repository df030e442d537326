package export

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"

	"rustle/pkg/analysis"
)

// Fetch returns the original bytes of a mail, LF line ends, without a "From " line. The bytes are used at once and not kept.
type Fetch func(r *analysis.Record) ([]byte, error)

// Separator is the line before each mail, as lore.kernel.org writes it.
const Separator = "From mboxrd@z Thu Jan  1 00:00:00 1970\n"

// Mbox writes the mails as mboxrd: each after [Separator], lines that begin with any number of ">" and "From " with one ">"
// more, an empty line after each mail. Reading it back as mboxrd gives the bytes that fetch gave, with a final line end.
// An error of fetch ends the export; how many mails were written is returned.
func Mbox(w io.Writer, records iter.Seq[analysis.Record], fetch Fetch) (int, error) {
	b := bufio.NewWriterSize(w, 1<<16)
	n := 0
	for r := range records {
		raw, err := fetch(&r)
		if err != nil {
			return n, errors.Join(fmt.Errorf("export: mail %s: %w", r.ID, err), b.Flush())
		}
		_, _ = b.WriteString(Separator) // the error of a bufio.Writer stays and comes back from Flush
		quoteFrom(b, raw)
		n++
		if err := b.WriteByte('\n'); err != nil {
			return n, fmt.Errorf("export: %w", err)
		}
	}
	return n, b.Flush()
}

func quoteFrom(b *bufio.Writer, raw []byte) {
	for len(raw) > 0 {
		line := raw
		if i := bytes.IndexByte(raw, '\n'); i >= 0 {
			line = raw[:i+1]
		}
		raw = raw[len(line):]
		if bytes.HasPrefix(bytes.TrimLeft(line, ">"), []byte("From ")) {
			_ = b.WriteByte('>')
		}
		_, _ = b.Write(line)
		if line[len(line)-1] != '\n' {
			_ = b.WriteByte('\n')
		}
	}
}
