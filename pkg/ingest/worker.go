package ingest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"

	"golang.org/x/sync/errgroup"

	"rustle/index"
	"rustle/pkg/mail"
)

// A worker is a goroutine that analyses threads, with what it needs for itself.
type worker struct {
	run     *run
	all     bool          // write every document, changed or not
	reader  *index.Reader // one goroutine at a time may use one; opened when first asked for
	buf     []byte
	written int
	threads int
}

// work has every piece done by one of the workers and tells progress, never at the same time, how many
// mails the piece had. The first error ends it.
func work[T any](ctx context.Context, r *run, all bool, pieces iter.Seq[T], do func(*worker, T) (int, error), progress func(mails int)) error {
	group, ctx := errgroup.WithContext(ctx)
	in := make(chan T)
	group.Go(func() error {
		defer close(in)
		for piece := range pieces {
			select {
			case in <- piece:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	var mu sync.Mutex
	workers := make([]*worker, r.options.Workers)
	for i := range workers {
		w := &worker{run: r, all: all}
		workers[i] = w
		group.Go(func() error {
			for piece := range in {
				n, err := do(w, piece)
				if err != nil {
					return err
				}
				mu.Lock()
				progress(n)
				mu.Unlock()
			}
			return nil
		})
	}
	err := group.Wait()
	for _, w := range workers {
		r.stats.Written += w.written
		r.stats.Threads += w.threads
		r.wrote = r.wrote || w.written+w.threads > 0
		if w.reader != nil {
			err = errors.Join(err, w.reader.Close())
		}
	}
	return err
}

// base is the worker's own view of what is published.
func (w *worker) base() (r *index.Reader, err error) {
	if w.reader == nil {
		if w.reader, err = w.run.writer.Reader(); err != nil {
			return nil, err
		}
	}
	return w.reader, nil
}

// message loads a mail from the spool, or from the index when it is known.
func (w *worker) message(m *member) (msg *mail.Message, err error) {
	switch {
	case m.item != nil:
		msg, w.buf, err = w.run.inc.spool.get(m.item.at, w.buf)
		return msg, err
	case m.known != nil:
		return m.known.Mail, nil
	}
	base, err := w.base()
	if err != nil {
		return nil, err
	}
	if m.known, err = base.Document(m.header.ID, m.hash); err != nil {
		return nil, err
	}
	if m.known == nil {
		return nil, fmt.Errorf("%w: the mail of %s is missing", index.ErrCorrupt, m.header.ID)
	}
	return m.known.Mail, nil
}
