package ingest

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"rustle/pkg/mail"
)

// A spool keeps the parsed mails of one increment between the pass that reads archives and the pass
// that analyses thread by thread. It is a nameless temporary file: whatever ends the run takes it
// away. It is not compressed; it lives for seconds, mostly in the page cache.
type spool struct {
	file   *os.File
	w      *bufio.Writer
	at     int64
	copied []byte // what reread returned last
}

// span is a place in the spool.
type span struct {
	at int64
	n  int
}

// spoolName is what a spool is called before its name is taken away. A run that is killed in
// between leaves it; dir has one writer at a time, so the next run may remove what it finds.
const spoolName = "spool"

func newSpool(dir string) (*spool, error) {
	path := filepath.Join(dir, spoolName)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("spool: %w", err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	if err := os.Remove(path); err != nil {
		return nil, errors.Join(fmt.Errorf("spool: %w", err), f.Close())
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

// reread returns what was put, in a buffer that the next call uses again.
func (s *spool) reread(at span) ([]byte, error) {
	if err := s.seal(); err != nil {
		return nil, err
	}
	var err error
	s.copied, err = s.read(at, s.copied)
	return s.copied, err
}

// seal writes out what is buffered; after it get may be called from several goroutines.
func (s *spool) seal() error {
	if err := s.w.Flush(); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	return nil
}

// get returns a mail that was put. The buffer may be nil; it is returned for the next call.
func (s *spool) get(at span, buf []byte) (*mail.Message, []byte, error) {
	buf, err := s.read(at, buf)
	if err != nil {
		return nil, buf, err
	}
	m := new(mail.Message)
	if err := m.UnmarshalBinary(buf); err != nil {
		return nil, buf, fmt.Errorf("spool: %w", err)
	}
	return m, buf, nil
}

func (s *spool) read(at span, buf []byte) ([]byte, error) {
	if cap(buf) < at.n {
		buf = make([]byte, at.n+at.n/2)
	}
	buf = buf[:at.n]
	if _, err := s.file.ReadAt(buf, at.at); err != nil {
		return buf, fmt.Errorf("spool: %w", err)
	}
	return buf, nil
}

func (s *spool) close() error { return s.file.Close() }
