package ingest

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"

	"rustle/index"
	"rustle/pkg/analysis"
)

// Two things that the summary of a thread says depend on other threads: that a later version superseded it, and that it is
// a piece of a debate. They are settled when all threads of an increment are known, and threads of the index are
// written again when what they depend on arrives, changes or goes.
type settlement struct {
	mu        sync.Mutex
	revisions revisions
	pieces    pieces
	held      []heldThread
	old       []*analysis.ThreadSummary // the threads at work as the index has them
}

// A heldThread is a summary that has to wait.
type heldThread struct {
	summary   *analysis.ThreadSummary
	unchanged bool // none of its mails was written
}

// expect makes ready for the threads at work, given by their subjects; old are the ids of threads of the index that take
// part, nil when the whole index does.
func (r *run) expect(ctx context.Context, subjects, old []string) error {
	r.settlement = &settlement{}
	v := r.settlement
	for _, id := range old {
		s, err := r.base.Thread(id)
		if err != nil {
			return err
		}
		if s != nil {
			v.old = append(v.old, s)
		}
	}
	return v.revisions.gather(ctx, r, subjects, v.old)
}

// hold takes in a thread that was analysed, and keeps its summary when that may depend on another thread.
func (v *settlement) hold(s *analysis.ThreadSummary, unchanged bool) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.revisions.note(s)
	loose := analysis.Loose(s)
	wait := loose || v.revisions.waits(s)
	if wait || s.Label == "debate" {
		only := *s // not the messages that come with it
		s = &only
	}
	v.pieces.note(s, loose)
	if wait {
		v.held = append(v.held, heldThread{s, unchanged})
	}
	return wait
}

// settle writes the threads that were held, and those of the index of which something else is to be said now.
func (r *run) settle(ctx context.Context) error {
	v := r.settlement
	if err := v.pieces.gather(ctx, r, v.old); err != nil {
		return err
	}
	slices.SortFunc(v.held, func(a, b heldThread) int { return strings.Compare(a.summary.ID, b.summary.ID) })
	for _, h := range v.held {
		v.revisions.settle(h.summary)
		v.pieces.debates.Settle(h.summary)
		wrote, err := r.putThread(func() (*index.Reader, error) { return r.base, nil }, h.summary, h.unchanged)
		if err != nil {
			return err
		}
		r.noteThread(wrote)
	}
	before := map[string]*analysis.ThreadSummary{} // as the index has them
	now := map[string]*analysis.ThreadSummary{}
	change := func(s *analysis.ThreadSummary, settle func(*analysis.ThreadSummary)) {
		if now[s.ID] == nil {
			copied := *s
			before[s.ID], now[s.ID] = s, &copied
		}
		settle(now[s.ID])
	}
	for _, s := range v.revisions.others {
		change(s, v.revisions.settle)
	}
	for _, s := range v.pieces.others {
		change(s, v.pieces.debates.Settle)
	}
	for _, id := range slices.Sorted(maps.Keys(now)) {
		if reflect.DeepEqual(before[id], now[id]) {
			continue
		}
		if err := r.writer.PutThread(now[id]); err != nil {
			return err
		}
		r.noteThread(true)
	}
	return nil
}

func (r *run) noteThread(wrote bool) {
	if wrote {
		r.stats.Threads++
		r.wrote = true
	}
}

// putThread writes a summary, unless none of the thread's mails was written and the index holds it as it is.
func (r *run) putThread(base func() (*index.Reader, error), s *analysis.ThreadSummary, unchanged bool) (wrote bool, err error) {
	if r.before[s.ID] && unchanged {
		held, err := base()
		if err != nil {
			return false, err
		}
		before, err := held.Thread(s.ID)
		if err != nil {
			return false, err
		}
		now := *s
		if len(now.Missing) == 0 {
			now.Missing = nil // as it comes back from the index
		}
		if before != nil && reflect.DeepEqual(*before, now) {
			return false, nil
		}
	}
	return true, r.writer.PutThread(s)
}
