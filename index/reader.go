package index

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"rustle/pkg/analysis"
	"rustle/pkg/mail"
)

// A Reader answers from one published state of an index, whatever is written or published after it
// was opened. It is not safe for concurrent use; open one per goroutine.
type Reader struct {
	dir   string
	gen   string
	meta  meta
	from  source                 // nil for the empty reader
	views []*view                // in the order of the segments
	unzip *unpacker              //
	buf   []byte                 // for unpacking
	read  int                    // stored documents since mapped memory was given back
	vals  map[string]*threadInfo // what threads are sorted by; nil until asked for
}

// A source is what a Reader reads from: a snapshot, or one of bleve's while a Writer has it open.
type source interface {
	GetInternal(key []byte) ([]byte, error)
	Close() error
}

// Open opens the published state of an index. Errors: ErrNoIndex, *SchemaError, ErrCorrupt. It never
// waits for a writer.
func Open(dir string) (r *Reader, err error) {
	err = withPublished(dir, func(m meta, gen string) error {
		r, err = openGeneration(dir, gen, m)
		return err
	})
	return r, err
}

func openGeneration(dir, gen string, m meta) (r *Reader, err error) {
	path := filepath.Join(dir, gen)
	defer func() {
		if errors.Is(err, ErrCorrupt) { // bleve does not say which file it is
			err = cmp.Or(m.verify(context.Background(), path), err)
		}
	}()
	defer guard(&err)
	s, err := openSnapshot(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrCorrupt, path, err)
	}
	dict, err := trainedDictionary(path)
	if err == nil {
		r, err = newReader(s, s.views, dict)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	r.dir, r.gen, r.meta = dir, gen, m
	// The last line of defence: what is counted here is in the segments and in root.bolt, what it is held against is not.
	if messages, threads := r.counts(); messages != m.Messages || threads != m.Threads {
		return nil, errors.Join(fmt.Errorf("%w: %s holds %d messages and %d threads instead of %d and %d",
			ErrCorrupt, path, messages, threads, m.Messages, m.Threads), r.Close())
	}
	return r, nil
}

func newReader(from source, views []*view, dict []byte) (*Reader, error) {
	u, err := newUnpacker(dict)
	if err != nil {
		return nil, err
	}
	return &Reader{from: from, views: views, unzip: u}, nil
}

// readerOf reads the present state of a store that is being written, which stays the caller's to close.
func readerOf(s *store, dict []byte) (*Reader, error) {
	snap, err := s.snapshot()
	if err != nil {
		return nil, fmt.Errorf("index: %w", err)
	}
	var views []*view
	for _, s := range snap.Segments() {
		v, err := newView(s.Segment(), s.Deleted())
		if err != nil {
			return nil, errors.Join(err, snap.Close())
		}
		views = append(views, v)
	}
	r, err := newReader(snap, views, dict)
	if err != nil {
		return nil, errors.Join(err, snap.Close())
	}
	return r, nil
}

func emptyReader() (*Reader, error) {
	u, err := newUnpacker(nil)
	if err != nil {
		return nil, err
	}
	return &Reader{unzip: u}, nil
}

// inspect reads a closed generation: its counts and the segment files its newest snapshot uses.
func inspect(path string) (m meta, live map[string]bool, err error) {
	defer guard(&err)
	s, err := openSnapshot(path)
	if err != nil {
		return meta{}, nil, err
	}
	m.Messages, m.Threads = countsOf(s.views)
	live = make(map[string]bool, len(s.files))
	for _, name := range s.files {
		live[name] = true
	}
	return m, live, s.Close()
}

// guard turns a panic of the libraries on damaged files into ErrCorrupt.
func guard(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w: %v", ErrCorrupt, p)
	}
}

// Close releases the files.
func (r *Reader) Close() error {
	if r.unzip == nil {
		return nil
	}
	r.unzip.close()
	r.unzip, r.views = nil, nil
	if r.from == nil {
		return nil
	}
	if err := r.from.Close(); err != nil {
		return fmt.Errorf("index: %w", err)
	}
	return nil
}

func (r *Reader) counts() (messages, threads int) { return countsOf(r.views) }

func countsOf(views []*view) (messages, threads int) {
	for _, v := range views {
		messages += int(v.messages.GetCardinality())
		threads += int(v.threads.GetCardinality())
	}
	return messages, threads
}

// Internal is the value that the last Commit left under a key; nil when there is none.
func (r *Reader) Internal(key string) ([]byte, error) {
	if r.from == nil {
		return nil, nil
	}
	v, err := r.from.GetInternal([]byte(key))
	if err != nil {
		return nil, fmt.Errorf("index: %w", err)
	}
	return v, nil
}

// Fingerprint is that of the rules that made the tags.
func (r *Reader) Fingerprint() string { return r.meta.Fingerprint }

// A place is a document in a segment.
type place struct {
	view *view
	n    uint32
}

// find looks up documents whose key begins with prefix, in the order of their keys.
func (r *Reader) find(prefix string) (keys []string, at []place, err error) {
	for _, v := range r.views {
		var inView []string
		err := v.terms(fID, []byte(prefix), after(prefix), nil, func(term string) (bool, error) {
			inView = append(inView, clone(term))
			return true, nil
		})
		if err != nil {
			return nil, nil, err
		}
		for _, k := range inView {
			bm, err := v.term(fID, k)
			if err != nil {
				return nil, nil, err
			}
			for it := bm.Iterator(); it.HasNext(); {
				if n := it.Next(); v.messages.Contains(n) || v.threads.Contains(n) {
					keys, at = append(keys, k), append(at, place{v, n})
				}
			}
		}
	}
	sortPlaces(keys, at)
	return keys, at, nil
}

func (r *Reader) keys(prefix string) ([]string, error) {
	keys, _, err := r.find(prefix)
	return keys, err
}

// open unpacks a stored message; it is valid until the next call.
func (r *Reader) open(p place) (m message, err error) {
	r.tire()
	err = p.view.blob(p.n, func(blob []byte) error {
		m, r.buf, err = r.unzip.message(blob, r.buf)
		return err
	})
	return m, err
}

func (r *Reader) record(p place) (rec analysis.Record, err error) {
	m, err := r.open(p)
	if err != nil {
		return rec, err
	}
	return rec, m.decodeRecord(&rec)
}

// Records are all messages with a Message-ID, by hash; none is no error.
func (r *Reader) Records(id string) (recs []analysis.Record, err error) {
	defer guard(&err)
	_, at, err := r.find(messagePrefix(id))
	if err != nil {
		return nil, err
	}
	for _, p := range at {
		rec, err := r.record(p)
		if err != nil {
			return nil, err
		}
		recs = append(recs, rec)
	}
	return recs, nil
}

// Mails are the stored mails with a Message-ID, in the order of Records.
func (r *Reader) Mails(id string) (mails []*mail.Message, err error) {
	defer guard(&err)
	_, at, err := r.find(messagePrefix(id))
	if err != nil {
		return nil, err
	}
	for _, p := range at {
		m, err := r.open(p)
		if err != nil {
			return nil, err
		}
		out, err := m.decodeMail()
		if err != nil {
			return nil, err
		}
		mails = append(mails, out)
	}
	return mails, nil
}

// Document is one message as it was put, apart from what Doc says of its patch; nil when it is not
// there.
func (r *Reader) Document(id, hash string) (d *Doc, err error) {
	defer guard(&err)
	key := messageKey(id, hash)
	keys, at, err := r.find(key)
	if err != nil || len(keys) == 0 || keys[0] != key {
		return nil, err
	}
	return r.document(at[0])
}

func (r *Reader) document(p place) (*Doc, error) {
	m, err := r.open(p)
	if err != nil {
		return nil, err
	}
	d := &Doc{Parts: m.parts}
	if err := m.decodeRecord(&d.Record); err != nil {
		return nil, err
	}
	if d.Mail, err = m.decodeMail(); err != nil {
		return nil, err
	}
	return d, nil
}

// Thread is the summary of a thread by its id; nil when there is none.
func (r *Reader) Thread(id string) (s *analysis.ThreadSummary, err error) {
	defer guard(&err)
	key := threadKey(id)
	for _, v := range r.views {
		bm, err := v.term(fID, key)
		if err != nil {
			return nil, err
		}
		for it := bm.Iterator(); it.HasNext(); {
			if n := it.Next(); v.threads.Contains(n) {
				return r.summary(place{v, n})
			}
		}
	}
	return nil, nil
}

func (r *Reader) summary(p place) (s *analysis.ThreadSummary, err error) {
	r.tire()
	err = p.view.blob(p.n, func(blob []byte) error {
		s, err = r.unzip.thread(blob)
		return err
	})
	return s, err
}
