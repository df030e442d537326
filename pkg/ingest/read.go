package ingest

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"rustle/pkg/analysis"
	"rustle/pkg/archive"
	"rustle/pkg/mail"
)

// batchBytes is how much raw mail goes to a parser at once: enough that handing it over costs
// nothing, little enough that both cores end together.
const batchBytes = 1 << 20 // 1 MiB

// A batch is raw mail on its way to a parser. The archive reuses its buffer, so the bytes are copied
// into one block.
type batch struct {
	block []byte
	mails []rawMail
}

type rawMail struct {
	from, to int // in block
	position archive.Position
	named    string // list the user named
	guessed  string // list the archive's name suggests
	deleted  bool
	seq      int // order in the run: a deletion takes back only what came before it
}

// parsers turn raw mail into spooled mail, one goroutine per worker.
type parsers struct {
	group *errgroup.Group
	ctx   context.Context //nolint:containedctx // lives as long as the group it belongs to
	in    chan *batch
	named string
	next  *batch
}

func (r *run) startParsers(ctx context.Context, archiveName, list string) *parsers {
	p := &parsers{in: make(chan *batch, r.options.Workers), next: &batch{}, named: list}
	p.group, p.ctx = errgroup.WithContext(ctx)
	for range r.options.Workers {
		p.group.Go(func() error {
			var buf []byte
			for b := range p.in {
				for _, raw := range b.mails {
					if err := r.inc.take(b.block[raw.from:raw.to], &raw, archiveName, &buf); err != nil {
						return err
					}
				}
				if err := p.ctx.Err(); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return p
}

// send hands a mail over; true says that a batch went off.
func (p *parsers) send(raw archive.Raw, seq int) bool {
	b := p.next
	from := len(b.block)
	b.block = append(b.block, raw.Bytes...)
	b.mails = append(b.mails, rawMail{from, len(b.block), raw.Position, p.named, raw.List, raw.Deleted, seq})
	if len(b.block) < batchBytes {
		return false
	}
	p.flush()
	return true
}

func (p *parsers) flush() {
	select {
	case p.in <- p.next:
	case <-p.ctx.Done():
	}
	p.next = &batch{block: make([]byte, 0, batchBytes+batchBytes/4)}
}

// wait ends the parsing and returns the first error.
func (p *parsers) wait() error {
	p.flush()
	close(p.in)
	return p.group.Wait()
}

// source reads one archive into the increment. A full increment is published and the reading goes
// on into the next one.
func (r *run) source(ctx context.Context, s *archive.Source, list string) error {
	r.stats.Sources = append(r.stats.Sources, SourceStats{Path: s.Name(), Kind: s.Kind()})
	st := &r.stats.Sources[len(r.stats.Sources)-1]
	r.bySource[s.Name()] = len(r.stats.Sources) - 1
	cursor, err := r.cursor(s.Name())
	if err != nil {
		return err
	}
	p := r.startParsers(ctx, s.Name(), list)
	var readErr error
	for raw, err := range s.Messages(ctx, cursor) {
		if err != nil {
			readErr = err
			break
		}
		st.Read++
		r.stats.Read++
		r.inc.mails++
		if !p.send(raw, r.stats.Read) {
			continue
		}
		if p.ctx.Err() != nil {
			break
		}
		r.options.Progress(Progress{Stage: Reading, Path: s.Name(), Done: s.Progress(), Size: s.Size(), Mails: r.stats.Read})
		if r.inc.mails >= r.options.Chunk {
			if err := errors.Join(p.wait(), r.publish(ctx)); err != nil {
				return err
			}
			st = &r.stats.Sources[r.bySource[s.Name()]]
			p = r.startParsers(ctx, s.Name(), list)
		}
	}
	if err := p.wait(); err != nil {
		return err
	}
	if readErr != nil {
		st.Error = readErr.Error()
		return readErr
	}
	r.inc.cursors[s.Name()] = s.Cursor()
	return nil
}

// take parses one mail and spools it, or notes that the archive took it back. buf is the worker's own.
func (inc *increment) take(raw []byte, from *rawMail, archiveName string, buf *[]byte) error {
	m, err := mail.Parse(raw)
	if m == nil {
		return fmt.Errorf("%s: offset %d: %w", from.position.Path, from.position.Offset, err)
	}
	if from.deleted {
		inc.mu.Lock()
		defer inc.mu.Unlock()
		inc.removals = append(inc.removals, removal{id: m.ID, hash: m.Hash, archive: archiveName, seq: from.seq})
		return nil
	}
	it := &item{
		header: slim(&m.Header), hash: m.Hash, defects: m.Defects,
		sources: []sourceAt{{
			Source:  analysis.Source{Path: from.position.Path, Offset: from.position.Offset, Commit: from.position.Commit, List: from.listOf(m)},
			archive: archiveName, seq: from.seq,
		}},
	}
	if *buf, err = m.AppendBinary((*buf)[:0]); err != nil {
		return fmt.Errorf("%s: offset %d: %w", from.position.Path, from.position.Offset, err)
	}
	inc.mu.Lock()
	defer inc.mu.Unlock()
	return inc.add(it, *buf)
}
