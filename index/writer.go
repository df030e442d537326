package index

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/blevesearch/bleve/v2/index/scorch/mergeplan"
	bleve "github.com/blevesearch/bleve_index_api"
	"github.com/gofrs/flock"

	"rustle/pkg/analysis"
)

// WriterOptions say how to write.
type WriterOptions struct {
	Fingerprint string // of the rules that made the tags; recorded, and compared with what is there
	Fresh       bool   // begin with nothing; what is published stays until Commit
	Retag       bool   // go on from an index of other rules: every document is going to be put again
	BatchBytes  int    // memory of one bleve batch in bytes, about: more is faster; 0 means 32 MiB
}

func (o WriterOptions) withDefaults() WriterOptions {
	if o.BatchBytes <= 0 {
		o.BatchBytes = 32 << 20
	}
	return o
}

// A Writer changes an index. Its changes are seen by nobody until Commit, which publishes them all at
// once. Put, PutThread and the deletions are safe for concurrent use and do their work in the calling
// goroutine, up to the writing itself; the other methods are for one goroutine at a time.
type Writer struct {
	dir  string
	opt  WriterOptions
	lock *flock.Flock

	mu        sync.Mutex
	packer    *packer
	waiting   []Doc  // until there are enough to train a dictionary; nil when that is done
	train     bool   // there is no trained dictionary yet
	base      string // published generation this one goes on from, "" for none
	gen       string // generation being written, "" before the first change
	store     *store
	batch     *bleve.Batch // of the documents of the collector, and deletions
	collector *collector
	digests   []*digest        // that nobody is filling
	spare     chan *collector  // one that was written, for the next batch
	put       int              // messages put since begin
	was       meta             // of base; empty for none
	unread    map[string]int64 // segments of base whose checksums were not compared -> bytes
	compacted bool             // nothing was put since the last Compact
	queue     chan job         // to the goroutine that writes batches
	quit      chan struct{}    // closed to end it
	stopped   chan struct{}    // closed when it has ended
	trouble   chan error       // holds the first error of the goroutine that writes
	failed    error            // first failure; everything after returns it
	closed    bool
}

// job is a batch to write, with the documents in it; done, when there is one, learns the outcome.
type job struct {
	batch *bleve.Batch
	from  *collector
	done  chan error
}

// OpenWriter locks dir for writing, creating it when missing. Errors: ErrBusy at once when another
// process or Writer holds it, *SchemaError, ErrRules and ErrCorrupt when what is published cannot be
// built upon (never with Fresh).
func OpenWriter(dir string, o WriterOptions) (*Writer, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("index: %w", err)
	}
	lock := flock.New(filepath.Join(dir, lockName), flock.SetPermissions(0o600))
	ok, err := lock.TryLock()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("index: %w", err), lock.Close())
	}
	if !ok {
		return nil, errors.Join(fmt.Errorf("%w: %s", ErrBusy, dir), lock.Close())
	}
	w := &Writer{dir: dir, opt: o.withDefaults(), lock: lock}
	if err := w.open(); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return w, nil
}

func (w *Writer) open() error {
	m, gen, err := published(w.dir)
	switch {
	case errors.Is(err, ErrNoIndex):
	case err != nil && !w.opt.Fresh:
		return err
	case !w.opt.Fresh && !w.opt.Retag && m.Fingerprint != w.opt.Fingerprint:
		return fmt.Errorf("%w: %s", ErrRules, w.dir)
	}
	if !w.opt.Fresh {
		w.base, w.was, w.unread = gen, m, m.segments()
		if err := w.trust(); err != nil {
			return err
		}
	}
	// What a killed run left, and old generations nobody could remove. Without a published one there is
	// nothing to keep; the damaged one under a Fresh writer stays until Commit.
	if err := sweep(context.Background(), w.dir, gen); err != nil {
		return fmt.Errorf("index: %w", err)
	}
	// Readers cannot create the gate where they may only read.
	gate, err := os.OpenFile(filepath.Join(w.dir, gateName), os.O_CREATE|os.O_RDONLY, 0o600)
	if err != nil {
		return fmt.Errorf("index: %w", err)
	}
	if err := gate.Close(); err != nil {
		return fmt.Errorf("index: %w", err)
	}
	var dict []byte
	if w.base != "" {
		if dict, err = trainedDictionary(filepath.Join(w.dir, w.base)); err != nil {
			return err
		}
	}
	w.train = dict == nil
	if w.train {
		w.packer, err = newPacker(generalDict, []byte(dictionary))
	} else {
		w.packer, err = newPacker(trainedDict, dict)
	}
	return err
}

// begin makes the generation to write, once per commit. The caller holds mu.
func (w *Writer) begin() error {
	switch {
	case w.closed:
		return ErrClosed
	case w.failed != nil:
		return w.failed
	case w.gen != "":
		return nil
	}
	gen, err := nextGen(w.dir)
	if err != nil {
		return err
	}
	path := filepath.Join(w.dir, gen)
	w.put, w.compacted = 0, false
	if w.base != "" {
		err = derive(filepath.Join(w.dir, w.base), path)
	}
	var s *store
	if err == nil {
		s, err = writeStore(path, map[string]any{"scorchMergePlanOptions": mergePlan(w.base == "")})
	}
	if err == nil {
		if err = s.holds(w.was.Messages + w.was.Threads); err != nil {
			err = errors.Join(err, s.Close())
		}
	}
	if err != nil {
		_ = os.RemoveAll(path) // else the next writer does
		return fmt.Errorf("index: new generation: %w", err)
	}
	w.store, w.gen = s, gen
	w.batch, w.collector, w.spare = bleve.NewBatch(), newCollector(), make(chan *collector, 1)
	w.queue, w.quit, w.stopped, w.trouble = make(chan job), make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go write(w.store, w.queue, w.quit, w.spare, w.stopped, w.trouble)
	return nil
}

// write puts batches into bleve, one after the other, while the callers of Put make the next one, until it is told to
// quit.
func write(s *store, queue <-chan job, quit <-chan struct{}, spare chan<- *collector, stopped chan<- struct{}, trouble chan<- error) {
	defer close(stopped)
	var failed error
	for {
		var j job
		select {
		case <-quit:
			return
		case j = <-queue:
		}
		if failed == nil {
			if failed = s.write(j.batch); failed != nil {
				trouble <- failed
			}
			s.forget()
		}
		j.from.reset()
		select {
		case spare <- j.from:
		default:
		}
		if j.done != nil {
			j.done <- failed
		}
	}
}

// Put adds messages, each in place of one with the same id and hash. The Docs may be kept until the
// next Commit; their mails and records must not be changed.
func (w *Writer) Put(docs ...Doc) error {
	for i := range docs {
		if d := &docs[i]; d.Record.ID == "" || d.Mail == nil {
			return fmt.Errorf("index: document without an id or a mail: %q", d.Record.ID)
		}
	}
	w.mu.Lock()
	docs, err := w.hold(docs)
	pk := w.packer
	w.mu.Unlock()
	if err != nil {
		return err
	}
	for i := range docs {
		d := w.digest()
		err := d.read(&docs[i], pk)
		w.mu.Lock()
		if err == nil {
			err = w.message(d)
		}
		w.digests = append(w.digests, d)
		w.mu.Unlock()
		if err != nil {
			return err
		}
	}
	return nil
}

// digest is one to fill; the caller gives it back when it was added.
func (w *Writer) digest() *digest {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := len(w.digests)
	if n == 0 {
		return new(digest)
	}
	d := w.digests[n-1]
	w.digests = w.digests[:n-1]
	return d
}

// hold keeps the first documents of an index until a dictionary for its store can be made from them, and
// returns those that can be packed now. The caller holds mu.
func (w *Writer) hold(docs []Doc) ([]Doc, error) {
	if !w.train {
		return docs, nil
	}
	if err := w.begin(); err != nil {
		return nil, err
	}
	w.waiting = append(w.waiting, docs...)
	if len(w.waiting) < trainDocs {
		return nil, nil
	}
	return w.release()
}

// release returns the documents that were held, having made the dictionary; with too few of them the general
// one has to do. The caller holds mu.
func (w *Writer) release() ([]Doc, error) {
	docs := w.waiting
	w.waiting = nil
	if len(docs) < trainDocs/2 {
		return docs, nil
	}
	dict := train(docs)
	if err := writeFile(filepath.Join(w.dir, w.gen, dictName), dict); err != nil {
		w.failed = fmt.Errorf("index: %w", err) // the documents are lost
		return nil, w.failed
	}
	pk, err := newPacker(trainedDict, dict)
	if err != nil {
		return nil, err
	}
	w.packer, w.train = pk, false
	return docs, nil
}

// settle adds the documents that are held. The caller holds mu.
func (w *Writer) settle() error {
	docs, err := w.release()
	if err != nil {
		return err
	}
	d := new(digest)
	for i := range docs {
		if err := d.read(&docs[i], w.packer); err != nil {
			return err
		}
		if err := w.message(d); err != nil {
			return err
		}
	}
	return nil
}

// PutThread adds the summary of a thread in place of the one with the same id.
func (w *Writer) PutThread(t *analysis.ThreadSummary) error {
	if t.ID == "" {
		return fmt.Errorf("index: thread without an id: %q", t.Subject)
	}
	w.mu.Lock()
	pk := w.packer
	w.mu.Unlock()
	d := w.digest()
	d.thread(t)
	err := pk.thread(d, t)
	w.mu.Lock()
	defer w.mu.Unlock()
	if err == nil {
		err = w.add(d)
	}
	w.digests = append(w.digests, d)
	return err
}

// message adds a message. The caller holds mu.
func (w *Writer) message(d *digest) error {
	w.put++
	return w.add(d)
}

// add puts a document into the batch and hands it over when it is full. The caller holds mu.
func (w *Writer) add(d *digest) error {
	if err := w.begin(); err != nil {
		return err
	}
	if err := w.vacate(d.key); err != nil {
		return err
	}
	w.compacted = false
	w.batch.Update(w.collector.add(d))
	if w.collector.size >= w.opt.BatchBytes {
		return w.send(false)
	}
	return nil
}

// vacate hands the batch over when it holds a document of that key: a segment cannot give one up. The caller
// holds mu.
func (w *Writer) vacate(key string) error {
	if w.batch.IndexOps[key] == nil {
		return nil
	}
	return w.send(false)
}

// send hands the batch over, and waits for all batches to be written if asked to. The caller holds mu.
func (w *Writer) send(wait bool) error {
	select {
	case err := <-w.trouble: // a full disk ends the run now, not at its end
		w.failed = fmt.Errorf("index: write: %w", err)
		return w.failed
	default:
	}
	j := job{batch: w.batch, from: w.collector}
	if wait {
		j.done = make(chan error, 1)
	}
	w.batch, w.collector = bleve.NewBatch(), nil
	sent := make(chan error, 1)
	select {
	case w.queue <- j:
		sent <- nil
	default:
		queue, quit := w.queue, w.quit
		go func() {
			select {
			case queue <- j:
				sent <- nil
			case <-quit: // on an error only: there is nobody to tell
			}
		}()
	}
	err := w.store.await(sent)
	if err == nil && wait {
		err = w.store.await(j.done)
	}
	if err != nil {
		w.failed = fmt.Errorf("index: write: %w", w.blame(err))
		return w.failed
	}
	select {
	case w.collector = <-w.spare:
	default:
		w.collector = newCollector()
	}
	return nil
}

// DeleteMessage removes one message; it need not be there.
func (w *Writer) DeleteMessage(id, hash string) error { return w.drop(messageKey(id, hash)) }

// DeleteThread removes the summary of a thread; its messages stay.
func (w *Writer) DeleteThread(id string) error { return w.drop(threadKey(id)) }

func (w *Writer) drop(key string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.begin(); err != nil {
		return err
	}
	if err := w.settle(); err != nil {
		return err
	}
	if err := w.vacate(key); err != nil {
		return err
	}
	w.batch.Delete(key)
	return nil
}

// Delete removes all messages with the given ids, whatever their content.
func (w *Writer) Delete(ids ...string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.begin(); err != nil {
		return err
	}
	if err := w.settle(); err != nil {
		return err
	}
	if err := w.send(true); err != nil {
		return err
	}
	r, err := readerOf(w.store, nil)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // it owns no file
	for _, id := range ids {
		keys, err := r.keys(messagePrefix(id))
		if err != nil {
			return err
		}
		for _, k := range keys {
			w.batch.Delete(k)
		}
	}
	return nil
}

// Reader reads what is published, not what is being written. Before the first Commit it is empty.
// The caller closes it.
func (w *Writer) Reader() (*Reader, error) {
	w.mu.Lock()
	base := w.base
	w.mu.Unlock()
	if base == "" {
		return emptyReader()
	}
	m, gen, err := published(w.dir)
	if err != nil {
		return nil, err
	}
	return openGeneration(w.dir, gen, m)
}

// Compact merges everything into one segment: the next Commit publishes an index that is smaller and
// faster to open. It reads and writes the whole index.
func (w *Writer) Compact(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.begin(); err != nil {
		return err
	}
	if err := w.settle(); err != nil {
		return err
	}
	return w.merge(ctx)
}

// merge is Compact for callers that hold mu.
func (w *Writer) merge(ctx context.Context) error {
	if err := w.send(true); err != nil {
		return err
	}
	plan := mergeplan.SingleSegmentMergePlanOptions
	plan.SegmentsPerMergeTask = manySegments
	if err := w.store.merge(ctx, &plan); err != nil {
		w.failed = fmt.Errorf("index: compact: %w", w.blame(err))
		return w.failed
	}
	w.compacted = true
	return nil
}

// manySegments is more than one increment makes, at a few megabytes each.
const manySegments = 1000

// mergePlan is how many segments bleve lets come together before it merges some. A first generation
// is merged at its end; merging on the way would be work done twice.
func mergePlan(first bool) map[string]any {
	most := mergeplan.DefaultMergePlanOptions.MaxSegmentsPerTier
	if first {
		most = manySegments
	}
	return map[string]any{"MaxSegmentsPerTier": most, "SegmentsPerMergeTask": most}
}

// Commit publishes what was written since the last Commit, together with the given internal values,
// which go into the last batch: see Reader.Internal. Values of other keys stay as they were; a nil
// value deletes its key. After an error nothing is published and the Writer is of no further use.
func (w *Writer) Commit(ctx context.Context, internal map[string][]byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.begin(); err != nil {
		return err
	}
	err := errors.Join(ctx.Err(), w.settle())
	if err == nil && w.put > w.was.Messages/2 && !w.compacted { // most of it is new: one segment now saves every reader time
		err = w.merge(ctx)
	}
	for k, v := range internal {
		if v == nil {
			w.batch.DeleteInternal([]byte(k))
		} else {
			w.batch.SetInternal([]byte(k), v)
		}
	}
	if err == nil {
		err = w.send(true)
	}
	if err := errors.Join(err, w.end()); err != nil {
		w.failed = err
		return err
	}
	gen := w.gen
	path := filepath.Join(w.dir, gen)
	var m meta
	var live map[string]bool
	if err = dropOld(path); err == nil {
		m, live, err = inspect(path)
	}
	if err == nil {
		err = w.examine(ctx, live)
	}
	var sum uint32
	if err == nil {
		m.Schema, m.Fingerprint = SchemaVersion, w.opt.Fingerprint
		sum, err = seal(path, m, live)
	}
	if err == nil {
		err = ctx.Err()
	}
	current := false
	if err == nil {
		current, err = publish(w.dir, gen, sum)
	}
	if current { // also when the disk did not confirm it: CURRENT names this generation, and Close must leave it
		w.base, w.gen, w.was = gen, "", m
	}
	if err != nil {
		w.failed = fmt.Errorf("index: commit: %w", err)
		return w.failed
	}
	if err := sweep(ctx, w.dir, gen); err != nil {
		return fmt.Errorf("index: commit: %w", err)
	}
	return nil
}

// patience is how long a batch gets to return after bleve has failed. One that does not keeps the files of its generation
// open, and so their room on the disk, until the process ends.
const patience = 5 * time.Second

// end stops the writing and closes bleve. The caller holds mu.
func (w *Writer) end() error {
	if w.store == nil {
		return nil
	}
	close(w.quit)
	if !w.store.broken {
		select {
		case <-w.stopped:
		case err := <-w.store.trouble:
			_ = w.store.fail(err) // nobody asks for it any more
		}
	}
	if w.store.broken { // a batch may never return; most do, and should while bleve is there
		select {
		case <-w.stopped:
		case <-time.After(patience):
		}
	}
	err := w.store.Close()
	w.store, w.batch = nil, nil
	if err != nil {
		return fmt.Errorf("index: %w", err)
	}
	return nil
}

// Close gives up what was not committed and unlocks the directory.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil
	}
	w.closed = true
	err := w.end()
	if w.gen != "" {
		err = errors.Join(err, os.RemoveAll(filepath.Join(w.dir, w.gen)))
		w.gen = ""
	}
	return errors.Join(err, w.lock.Close())
}
