package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"rustle/index"
	"rustle/index/query"
	"rustle/pkg/analysis"
	"rustle/pkg/mail"
	"rustle/pkg/thread"
)

// RetagOptions says how to apply other rules. Dir and Analyzer are required.
type RetagOptions struct {
	Dir      string
	Analyzer *analysis.Analyzer
	Force    bool           // even when the rules of the index are these already
	Workers  int            // as in Options
	Progress func(Progress) // as in Options
	Log      *slog.Logger   // as in Options
}

// Retag analyses all mail in the index again, from the mail stored there and thread by thread, and
// publishes the outcome at once. It needs no archive and memory for a few threads only. Stats holds what was
// written; it is zero when the tags were made by the same rules already.
func Retag(ctx context.Context, o RetagOptions) (stats Stats, err error) {
	if state, err := index.Check(o.Dir, ""); err != nil {
		return Stats{}, err
	} else if state == index.Missing {
		return Stats{}, fmt.Errorf("%w in %s", index.ErrNoIndex, o.Dir)
	}
	full := Options{Dir: o.Dir, Analyzer: o.Analyzer, Workers: o.Workers, Progress: o.Progress, Log: o.Log}.withDefaults()
	r := &run{options: full}
	if r.writer, err = index.OpenWriter(o.Dir, index.WriterOptions{Fingerprint: o.Analyzer.Fingerprint(), Retag: true}); err != nil {
		return Stats{}, err
	}
	defer func() { err = errors.Join(err, r.end()) }()
	if r.base, err = r.writer.Reader(); err != nil {
		return Stats{}, err
	}
	if r.base.Fingerprint() == o.Analyzer.Fingerprint() && !o.Force {
		return Stats{}, nil
	}
	err = r.retag(ctx)
	r.stats.Complete = err == nil
	return r.stats, err
}

func (r *run) retag(ctx context.Context) error {
	total, err := r.base.Count(ctx, query.All{}, false)
	if err != nil {
		return err
	}
	type conversation struct {
		id string
		n  int
	}
	var all []conversation
	var subjects []string
	for s, err := range r.base.AllThreads(ctx, query.All{}) {
		if err != nil {
			return err
		}
		all = append(all, conversation{s.ID, s.Messages})
		subjects = append(subjects, s.Subject)
	}
	slices.SortStableFunc(all, func(a, b conversation) int { return b.n - a.n })
	known, err := speakers(ctx, r.base)
	if err != nil {
		return err
	}
	r.resolve(known)
	r.before = make(map[string]bool, len(all)) // all threads are at work
	for _, c := range all {
		r.before[c.id] = true
	}
	if err := r.expect(ctx, subjects, nil); err != nil {
		return err
	}
	done := 0
	err = work(ctx, r, true, slices.Values(all), func(w *worker, c conversation) (int, error) {
		return w.retag(c.id)
	}, func(mails int) {
		done += mails
		r.tell(Progress{Stage: Indexing, Done: int64(done), Size: int64(total)})
	})
	if err != nil {
		return err
	}
	if done != total {
		return fmt.Errorf("%w: its threads hold %d of %d messages", index.ErrCorrupt, done, total)
	}
	if err := r.settle(ctx); err != nil {
		return err
	}
	parts, err := r.speakersText()
	if err != nil {
		return err
	}
	r.tell(Progress{Stage: Writing})
	return r.writer.Commit(ctx, parts)
}

// retag analyses one thread of the index and returns how many mails it has.
func (w *worker) retag(id string) (int, error) {
	base, err := w.base()
	if err != nil {
		return 0, err
	}
	docs, err := base.ThreadDocuments(id)
	if err != nil {
		return 0, err
	}
	members := make(map[string][]*member, len(docs))
	headers := make([]*mail.Header, len(docs))
	for i, d := range docs {
		headers[i] = &d.Mail.Header
		members[d.Record.ID] = append(members[d.Record.ID], &member{header: headers[i], hash: d.Record.Hash, sources: d.Record.Sources, known: d})
	}
	mails, same := 0, false
	for _, t := range thread.Build(slices.Values(headers)) {
		n, err := w.thread(t, members)
		if err != nil {
			return 0, err
		}
		mails += n
		same = same || t.ID == id
	}
	if !same {
		return mails, w.run.writer.DeleteThread(id)
	}
	return mails, nil
}
