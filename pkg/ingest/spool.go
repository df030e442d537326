package ingest

import (
	"bufio"
	"fmt"
	"os"

	"rustle/pkg/mail"
)

// A spool keeps the parsed mails of one increment between the pass that reads archives and the pass
// that analyses thread by thread. It is a nameless temporary file: whatever ends the run takes it
// away. It is not compressed; it lives for seconds, mostly in the page cache.
type spool struct {
	file *os.File
	w    *bufio.Writer
	at   int64
}

// span is a place in the spool.
type span struct {
	at int64
	n  int
}

func newSpool(dir string) (*spool, error) {
	f, err := os.CreateTemp(dir, "spool-*")
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	if err := os.Remove(f.Name()); err != nil {
		f.Close()
		return nil, fmt.Errorf("spool: %w", err)
	}
	return &spool{file: f, w: bufio.NewWriterSize(f, 1<<20)}, nil
}

func (s *spool) put(blob []byte) (span, error) {
	at := span{s.at, len(blob)}
	n, err := s.w.Write(blob)
	s.at += int64(n)
	if err != nil {
		return span{}, fmt.Errorf("spool: %w", err)
	}
	return at, nil
}

// seal ends the writing; get may be called from several goroutines after it.
func (s *spool) seal() error {
	if err := s.w.Flush(); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	return nil
}

func (s *spool) get(at span) (*mail.Message, error) {
	blob := make([]byte, at.n)
	if _, err := s.file.ReadAt(blob, at.at); err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	m := new(mail.Message)
	if err := m.UnmarshalBinary(blob); err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	return m, nil
}

func (s *spool) close() error { return s.file.Close() }
