package ingest

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"rustle/pkg/analysis"
	"rustle/pkg/archive"
	"rustle/pkg/mail"
)

// batchBytes is how much raw mail goes to a parser at once: enough that handing it over costs
// nothing, little enough that all cores end together.
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
	guessed  string // list the archive's name suggests, or that the user named
	deleted  bool
	cut      bool
	seq      int // order in the run: a deletion takes back only what came before it
}

// parsers turn raw mail into spooled mail, one goroutine per worker.
type parsers struct {
	group   *errgroup.Group
	ctx     context.Context //nolint:containedctx // lives as long as the group it belongs to
	in      chan *batch
	free    chan *batch // used ones
	next    *batch
	archive string
	key     string   // of the archive's cursor
	named   string   // list the user named
	again   *recheck // what is learned of an archive that was damaged; nil for others
}

func (r *run) startParsers(ctx context.Context, archiveName, key, list string, again *recheck) *parsers {
	n := r.options.Workers
	p := &parsers{in: make(chan *batch, n), free: make(chan *batch, 2*n+1), next: &batch{}, archive: archiveName, key: key, named: list, again: again}
	p.group, p.ctx = errgroup.WithContext(ctx)
	for range n {
		p.group.Go(func() error {
			var buf []byte
			for b := range p.in {
				for i := range b.mails {
					raw := &b.mails[i]
					if err := r.inc.take(b.block[raw.from:raw.to], raw, p, &buf); err != nil {
						return err
					}
				}
				if err := p.ctx.Err(); err != nil {
					return err
				}
				if cap(b.block) > 4*batchBytes {
					continue // grown by a giant: not to be kept
				}
				select {
				case p.free <- b:
				default:
				}
			}
			return nil
		})
	}
	return p
}

// send hands a mail over; true says that a batch went off.
func (p *parsers) send(raw *archive.Raw, seq int) bool {
	b := p.next
	from := len(b.block)
	b.block = append(b.block, raw.Bytes...)
	b.mails = append(b.mails, rawMail{from, len(b.block), raw.Position, raw.List, raw.Deleted, raw.Cut > 0, seq})
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
	select {
	case b := <-p.free:
		b.block, b.mails = b.block[:0], b.mails[:0]
		p.next = b
	default:
		p.next = &batch{block: make([]byte, 0, batchBytes+batchBytes/4)}
	}
}

// wait ends the parsing and returns the first error.
func (p *parsers) wait() error {
	p.flush()
	close(p.in)
	return p.group.Wait()
}

// source reads one archive into the increment. A full increment is published and the reading goes
// on into the next one.
func (r *run) source(ctx context.Context, s *archive.Source, of int, list string) error {
	at := len(r.stats.Sources)
	r.stats.Sources = append(r.stats.Sources, SourceStats{Path: s.Name(), Kind: s.Kind(), Of: of})
	st := &r.stats.Sources[at]
	r.bySource[s.Name()] = at
	name := cursorKey(s.Name(), list)
	cursor, last, err := r.cursor(name)
	if err != nil {
		return err
	}
	suspect, err := r.suspect(name)
	if err != nil {
		return err
	}
	var again *recheck
	if suspect {
		again = &recheck{path: s.Name(), list: list, at: map[int64]key{}}
	}
	r.tell(Progress{Stage: Reading, Path: s.Name(), Size: s.Size(), Mails: r.stats.Read})
	p := r.startParsers(ctx, s.Name(), name, list, again)
	var readErr error
	for raw, err := range s.Messages(ctx, cursor) {
		if err != nil {
			readErr = err
			break
		}
		st.Read++
		r.stats.Read++
		r.inc.mails++
		if st.Read == 1 && last.Source.Path != "" && samePlace(last.Source, placeOf(raw.Position, "")) {
			last.seq = r.stats.Read
			r.inc.cut = append(r.inc.cut, cutMail{lastMail: last})
		}
		full := r.inc.mails >= r.options.Chunk
		if sent := p.send(&raw, r.stats.Read); !sent && !full {
			continue
		}
		if p.ctx.Err() != nil {
			break
		}
		r.tell(Progress{Stage: Reading, Path: s.Name(), Done: s.Progress(), Size: s.Size(), Mails: r.stats.Read})
		if !full {
			continue
		}
		if err := p.wait(); err != nil {
			return err
		}
		last := r.inc.last[name]
		if err := r.publish(ctx); err != nil {
			return err
		}
		r.inc.last[name] = last // it may turn out to be the last of all
		p = r.startParsers(ctx, s.Name(), name, list, again)
	}
	if err := p.wait(); err != nil {
		return err
	}
	if readErr != nil {
		st.Error = readErr.Error()
		if errors.Is(readErr, archive.ErrCorrupt) && st.Read > 0 && strings.HasPrefix(s.Kind(), "mbox.") {
			r.inc.suspect[name] = true
		}
		return readErr
	}
	if again != nil {
		r.inc.suspect[name] = false
		r.inc.whole = append(r.inc.whole, again)
	}
	r.options.Log.InfoContext(ctx, "archive read", slog.String("archive", s.Name()), slog.String("kind", s.Kind()), slog.Int("mails", st.Read))
	if c := s.Cursor(); !c.IsZero() {
		r.inc.cursors[name] = c
	}
	return nil
}

// take parses one mail and spools it, or notes that the archive took it back. buf is the worker's own.
func (inc *increment) take(raw []byte, from *rawMail, p *parsers, buf *[]byte) error {
	m, err := mail.Parse(raw)
	if errors.Is(err, mail.ErrEmpty) {
		m, err = nothing(raw), nil
	}
	if err != nil {
		return where(err, from.position)
	}
	if from.deleted {
		inc.mu.Lock()
		defer inc.mu.Unlock()
		inc.removals = append(inc.removals, removal{id: m.ID, hash: m.Hash, archive: p.archive, seq: from.seq})
		return nil
	}
	if from.cut && !slices.Contains(m.Defects, mail.DefectTooLarge) {
		m.Defects = append(m.Defects, mail.DefectTooLarge)
		slices.Sort(m.Defects)
	}
	if *buf, err = m.AppendBinary((*buf)[:0]); err != nil {
		return where(err, from.position)
	}
	if p.again != nil {
		inc.mu.Lock()
		p.again.at[from.position.Offset] = key{m.ID, m.Hash}
		inc.mu.Unlock()
	}
	return inc.add(m, sourceAt{
		Source:  placeOf(from.position, listOf(p.named, m, from.guessed)),
		archive: p.archive, key: p.key, seq: from.seq,
	}, *buf)
}

func placeOf(at archive.Position, list string) analysis.Source {
	return analysis.Source{Path: at.Path, Offset: at.Offset, Commit: at.Commit, List: list}
}

// nothing is a mail of which nothing is left. It is kept like any other: all such mails are one, with
// every place that held one.
func nothing(raw []byte) *mail.Message {
	const hash = "0000000000000000"
	return &mail.Message{
		Header: mail.Header{ID: hash + "@no-message-id.invalid", Defects: []string{mail.DefectNoHeader, mail.DefectNoMessageID}},
		Size:   len(raw), Hash: hash,
	}
}

// listOf is the list a mail was found on: the one the user named, else its List-Id, else what the
// archive's name suggests.
func listOf(named string, m *mail.Message, guessed string) string {
	switch {
	case named != "":
		return named
	case len(m.Lists) > 0:
		return m.Lists[0]
	}
	return guessed
}
