package ingest

import (
	"cmp"
	"context"
	"maps"
	"reflect"
	"slices"

	"rustle/index"
	"rustle/pkg/analysis"
	"rustle/pkg/mail"
	"rustle/pkg/thread"
)

// A member is one mail of a thread that is about to be analysed: new, or known to the index.
type member struct {
	header  *mail.Header // slim
	hash    string
	sources []analysis.Source
	item    *item      // new mail, or a better copy of a known one, in the spool
	known   *index.Doc // as the index holds it; nil for new mail, or until it is read again
}

// keptBytes is how much known mail is kept in memory between the two times it is needed. An increment of
// a day's mail stays below; beyond it mail is read again.
const keptBytes = 64 << 20 // 64 MiB

// threads rebuilds the threads that the changes touch and writes what came out differently. Mail of
// the index that shares a thread with new mail takes part like the new: it may move to another place
// in the tree, and what its thread is about may change.
func (r *run) threads(ctx context.Context, c *changes) error {
	ids, err := r.neighbours(ctx, c)
	if err != nil {
		return err
	}
	old, err := r.base.Related(ctx, ids)
	if err != nil {
		return err
	}
	old = slices.Compact(slices.Sorted(slices.Values(append(old, c.touched...))))
	members, err := r.members(ctx, old, c)
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
	now := make(map[string]bool, len(built))
	for _, t := range built {
		now[t.ID] = true
	}
	r.before = make(map[string]bool, len(old))
	for _, id := range old {
		r.before[id] = true
		if !now[id] {
			r.wrote = true
			r.stats.Threads++
			if err := r.writer.DeleteThread(id); err != nil {
				return err
			}
		}
	}
	subjects := make([]string, len(built))
	for i, t := range built {
		subjects[i] = t.Subject
	}
	if err := r.expect(ctx, subjects, old); err != nil {
		return err
	}
	r.base.Forget() // little is asked of it until the next increment
	if err := r.analyse(ctx, built, members, len(headers)); err != nil {
		return err
	}
	return r.settle(ctx)
}

// neighbours are the ids by which the changes hang together with mail of the index: their own, and those
// they refer to. An address among the references counts when a mail has it for its id; else all threads in
// which somebody answered the same address would be looked at each time.
func (r *run) neighbours(ctx context.Context, c *changes) ([]string, error) {
	var ids, doubtful []string
	refer := func(h *mail.Header) {
		ids = append(ids, h.ID)
		for _, list := range [...][]string{h.References, h.InReplyTo} {
			for _, ref := range list {
				if h.IsAddress(ref) {
					doubtful = append(doubtful, ref)
				} else {
					ids = append(ids, ref)
				}
			}
		}
	}
	for _, it := range c.fresh {
		refer(it.header)
	}
	for _, it := range c.better {
		refer(it.header)
	}
	held, err := r.base.Hashes(ctx, doubtful)
	if err != nil {
		return nil, err
	}
	return slices.AppendSeq(ids, maps.Keys(held)), nil
}

// members gathers the mail of the touched threads by id and takes away what is gone.
func (r *run) members(ctx context.Context, old []string, c *changes) (map[string][]*member, error) {
	members := make(map[string][]*member, len(c.fresh))
	room := keptBytes
	for _, id := range old {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		docs, err := r.base.ThreadDocuments(id)
		if err != nil {
			return nil, err
		}
		for _, doc := range docs {
			rec := &doc.Record
			k := key{rec.ID, rec.Hash}
			if c.gone[k] {
				r.wrote = true
				if err := r.writer.DeleteMessage(rec.ID, rec.Hash); err != nil {
					return nil, err
				}
				continue
			}
			m := &member{header: r.inc.names.slim(&doc.Mail.Header), hash: rec.Hash, sources: rec.Sources, item: c.better[k]}
			if m.item != nil {
				m.header = m.item.header
			}
			if s, ok := c.sources[k]; ok {
				m.sources = s
			}
			if room -= len(doc.Mail.Text) + 4<<10; room > 0 {
				m.known = doc
			}
			members[rec.ID] = append(members[rec.ID], m)
		}
	}
	for _, it := range c.fresh {
		members[it.header.ID] = append(members[it.header.ID], &member{header: it.header, hash: it.hash, sources: mergeSources(nil, it.sources), item: it})
	}
	return members, nil
}

// analyse goes thread by thread, the workers side by side, the largest threads first so that no worker
// is left alone with one at the end.
func (r *run) analyse(ctx context.Context, built []*thread.Thread, members map[string][]*member, total int) error {
	slices.SortStableFunc(built, func(a, b *thread.Thread) int { return cmp.Compare(len(b.Nodes), len(a.Nodes)) })
	done := 0
	return work(ctx, r, false, slices.Values(built), func(w *worker, t *thread.Thread) (int, error) {
		return w.thread(t, members)
	}, func(mails int) {
		done += mails
		r.tell(Progress{Stage: Indexing, Done: int64(done), Size: int64(total), Mails: r.stats.Read})
	})
}

// thread analyses one thread, writes the documents that differ from what the index holds, and returns how
// many mails it has.
func (w *worker) thread(t *thread.Thread, members map[string][]*member) (mails int, err error) {
	r := w.run
	var inputs []analysis.Input
	known := map[key]*index.Doc{} // what need not be written again when it comes out the same
	for _, node := range t.Nodes {
		same := members[node.ID]
		for _, m := range same {
			msg, err := w.message(m)
			if err != nil {
				return 0, err
			}
			inputs = append(inputs, analysis.Input{Mail: msg, Sources: m.sources, Conflict: len(same) > 1})
			if m.item == nil && !w.all {
				known[key{node.ID, m.hash}] = m.known
			}
			m.known = nil // a mail belongs to one thread: this was its last use
		}
	}
	result := r.analyzer.Thread(t, inputs)
	mails = len(inputs)
	written := 0
	for i, d := range result.Messages {
		result.Messages[i] = nil // a thread can be most of what is in memory: what is written may go
		doc := document(d)
		if before := known[key{d.Record.ID, d.Record.Hash}]; before != nil && reflect.DeepEqual(before.Record, d.Record) && slices.Equal(before.Parts, doc.Parts) {
			continue
		}
		if err := r.writer.Put(doc); err != nil {
			return 0, err
		}
		written++
	}
	w.written += written
	if r.settlement.hold(&result.Summary, written == 0) {
		return mails, nil
	}
	wrote, err := r.putThread(w.base, &result.Summary, written == 0)
	if wrote {
		w.threads++
	}
	return mails, err
}
