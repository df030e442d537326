package ingest

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"rustle/index"
	"rustle/pkg/analysis"
	"rustle/pkg/body"
	"rustle/pkg/mail"
	"rustle/pkg/patch"
	"rustle/pkg/thread"
)

// threads rebuilds the threads that the changes touch and writes what came out differently. Mail of
// the index that shares a thread with new mail takes part like the new: it may move to another place
// in the tree, and what its thread is about may change.
func (r *run) threads(ctx context.Context, c *changes) error {
	var ids []string
	for _, it := range c.fresh {
		ids = append(ids, it.header.ID)
		ids = append(ids, it.header.References...)
		ids = append(ids, it.header.InReplyTo...)
	}
	old, err := r.base.Related(ctx, ids)
	if err != nil {
		return err
	}
	old = slices.Compact(slices.Sorted(slices.Values(append(old, c.touched...))))
	members, err := r.members(old, c)
	if err != nil {
		return err
	}
	var headers []*mail.Header
	for _, same := range members {
		for _, m := range same {
			headers = append(headers, m.header)
		}
	}
	built := thread.Build(slices.Values(headers))
	r.before = make(map[string]bool, len(old))
	now := make(map[string]bool, len(built))
	for _, t := range built {
		now[t.ID] = true
	}
	for _, id := range old {
		r.before[id] = true
		if !now[id] {
			r.wrote = true
			if err := r.writer.DeleteThread(id); err != nil {
				return err
			}
		}
	}
	return r.analyse(ctx, built, members, len(headers))
}

// members gathers the mail of the touched threads by id and takes away what is gone.
func (r *run) members(old []string, c *changes) (map[string][]*member, error) {
	members := map[string][]*member{}
	for _, id := range old {
		records, err := r.base.ThreadRecords(id)
		if err != nil {
			return nil, err
		}
		for i := range records {
			rec := &records[i]
			k := key{rec.ID, rec.Hash}
			if c.gone[k] {
				r.wrote = true
				if err := r.writer.DeleteMessage(rec.ID, rec.Hash); err != nil {
					return nil, err
				}
				continue
			}
			m := &member{header: recordHeader(rec), hash: rec.Hash, sources: rec.Sources, known: rec}
			if s, ok := c.sources[k]; ok {
				m.sources = s
			}
			members[rec.ID] = append(members[rec.ID], m)
		}
	}
	for _, it := range c.fresh {
		sources, _ := mergeSources(nil, it.sources)
		members[it.header.ID] = append(members[it.header.ID], &member{header: it.header, hash: it.hash, sources: sources, item: it})
	}
	return members, nil
}

// recordHeader is what slim keeps of a header, from a record.
func recordHeader(r *analysis.Record) *mail.Header {
	return &mail.Header{
		ID: r.ID, Date: r.Date, Subject: r.Subject, From: mail.Address{Name: r.From.Name, Addr: r.From.Addr},
		InReplyTo: r.InReplyTo, References: r.References, Defects: r.Defects,
	}
}

// analyse goes thread by thread, the workers side by side.
func (r *run) analyse(ctx context.Context, built []*thread.Thread, members map[string][]*member, total int) error {
	group, ctx := errgroup.WithContext(ctx)
	work := make(chan *thread.Thread)
	var done, changed, written atomic.Int64
	for range r.options.Workers {
		group.Go(func() error {
			for t := range work {
				n, err := r.thread(t, members)
				if err != nil {
					return err
				}
				if n > 0 {
					changed.Add(1)
					written.Add(int64(n))
				}
				done.Add(int64(len(t.Headers())))
			}
			return nil
		})
	}
	group.Go(func() error {
		defer close(work)
		for i, t := range built {
			select {
			case work <- t:
			case <-ctx.Done():
				return ctx.Err()
			}
			if i%16 == 0 {
				r.options.Progress(Progress{Stage: Indexing, Done: done.Load(), Size: int64(total), Mails: r.stats.Read})
			}
		}
		return nil
	})
	err := group.Wait()
	r.stats.Threads += int(changed.Load())
	r.stats.Written += int(written.Load())
	r.wrote = r.wrote || changed.Load() > 0
	return err
}

// thread analyses one thread and writes the documents that differ from what the index holds. It
// returns how many it wrote.
func (r *run) thread(t *thread.Thread, members map[string][]*member) (int, error) {
	var inputs []analysis.Input
	known := map[key]*analysis.Record{}
	for _, node := range t.Nodes {
		same := members[node.ID]
		for _, m := range same {
			msg, err := r.message(m)
			if err != nil {
				return 0, err
			}
			inputs = append(inputs, analysis.Input{Mail: msg, Sources: m.sources, Conflict: len(same) > 1})
			if m.known != nil {
				known[key{msg.ID, msg.Hash}] = m.known
			}
		}
	}
	result := r.options.Analyzer.Thread(t, inputs)
	written := 0
	for _, d := range result.Messages {
		if before := known[key{d.Record.ID, d.Record.Hash}]; before != nil && reflect.DeepEqual(*before, d.Record) {
			continue
		}
		if err := r.writer.Put(document(d)); err != nil {
			return written, err
		}
		written++
	}
	if r.before[t.ID] && written == 0 {
		r.baseMu.Lock()
		before, err := r.base.Thread(t.ID)
		r.baseMu.Unlock()
		if err != nil {
			return written, err
		}
		if before != nil && reflect.DeepEqual(*before, result.Summary) {
			return 0, nil
		}
	}
	return written + 1, r.writer.PutThread(&result.Summary)
}

// message loads a mail from the spool, or from the index when it is known.
func (r *run) message(m *member) (*mail.Message, error) {
	if m.item != nil {
		return r.inc.spool.get(m.item.at)
	}
	r.baseMu.Lock()
	defer r.baseMu.Unlock()
	doc, err := r.base.Document(m.known.ID, m.hash)
	if err != nil {
		return nil, err
	}
	if doc == nil {
		return nil, fmt.Errorf("%w: the mail of %s is missing", index.ErrCorrupt, m.known.ID)
	}
	return doc.Mail, nil
}

// document makes what the index keeps of an analysed message.
func document(d *analysis.Draft) index.Doc {
	doc := index.Doc{Record: d.Record, Mail: d.Mail}
	for _, b := range d.Text.Blocks {
		kind := index.Other
		switch {
		case b.Kind.Own():
			kind = index.Own
		case b.Kind == body.Quote:
			kind = index.Quoted
		case b.Kind == body.Diff:
			kind = index.Diff
		}
		if n := len(doc.Parts); n > 0 && doc.Parts[n-1].Kind == kind && doc.Parts[n-1].End == b.Start {
			doc.Parts[n-1].End = b.End
			continue
		}
		doc.Parts = append(doc.Parts, index.Part{Kind: kind, Start: b.Start, End: b.End})
	}
	for _, f := range d.Diff.Files {
		if f.Pre != "" {
			doc.BlobsPre = append(doc.BlobsPre, f.Pre)
		}
		if f.Post != "" {
			doc.BlobsPost = append(doc.BlobsPost, f.Post)
		}
	}
	if d.Record.Kind == "patch" {
		doc.PatchID = patch.ID(d.Text.Text)
	}
	return doc
}
