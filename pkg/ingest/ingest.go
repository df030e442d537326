// Package ingest moves mail from archives into an index.
//
// In: archives (package archive) and an index directory. Out: an index that holds every mail once,
// threaded and tagged, and a count of what was read, new, known and damaged:
//
//	stats, err := ingest.Run(ctx, ingest.Options{
//		Dir: dir, Sources: []ingest.Source{{Path: "ksummit.mbox.gz"}}, Analyzer: a, Now: time.Now(),
//	})
//
// An increment has two passes. The first reads and parses each new mail once, keeps the few
// header fields that threading needs in memory and the packed mail in a temporary file. Then the
// threads that the new mail belongs to are found, with the mail of them that the index already
// holds. The second pass goes thread by thread: it analyses the mails of a thread together and
// writes records and summaries. The cursors of the archives go into the index in the last batch,
// so an interrupted run leaves the index as it was and the next one does the same work again.
//
// The result does not depend on how the mail was cut into increments or in which order archives
// came: a touched thread is always analysed as a whole, by the same function, and of several copies
// of one mail that differ in what lists do to mail (trace fields, footers) the one received first is
// kept. There is one exception: when the archive that brought the kept copy takes the mail back and
// another archive still has it, the kept copy stays, because the other one was not stored.
//
// [Retag] applies other rules to the mail in the index; [Fetch] brings mirrors up to date. The
// package prints nothing and schedules nothing.
package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"rustle/index"
	"rustle/pkg/analysis"
	"rustle/pkg/archive"
)

// Options says what to take in. Dir, Sources and Analyzer are required.
type Options struct {
	Dir      string             // index directory, made when missing
	Sources  []Source           // in this order
	Archive  archive.Options    // limits and stdin; its List is not looked at
	Analyzer *analysis.Analyzer //
	Fresh    bool               // build the index anew from these sources alone, or leave it as it is: all or nothing
	Without  func(Entry) bool   // archives that leave the record when a Fresh run succeeds; nil: none
	Standing bool               // the sources are configured: one that could never be read is recorded too
	Chunk    int                // mails of one published increment; 0 means 50,000; with Fresh there is only one
	Workers  int                // goroutines that parse and analyse; 0 means one per processor
	Progress func(Progress)     // told now and then, never from two goroutines at once; nil: nobody
	Log      *slog.Logger       // nil: silence
	Now      time.Time          // moment of the run, for the ledger
}

// A Source is an archive to take in.
type Source struct {
	Path string // as archive.Open takes it
	List string // list of all its mail; empty: from List-Id, else from the archive's name

	// Failed is what went wrong with it before, such as fetching. It is treated like an error of reading:
	// recorded and returned; what is there is read all the same.
	Failed error
}

// defaultChunk bounds the headers in memory to about 50 MB, so that the peak does not grow with the archive.
const defaultChunk = 50_000

func (o Options) withDefaults() Options {
	if o.Chunk <= 0 {
		o.Chunk = defaultChunk
	}
	if o.Fresh {
		o.Chunk = math.MaxInt
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Values of Progress.Stage.
const (
	Reading  = "reading"
	Indexing = "indexing"
	Writing  = "writing" // the end of an increment: no figures
)

// Progress is how far a run is.
type Progress struct {
	Stage string // Reading, Indexing or Writing
	Path  string // the archive that is read
	Done  int64  // bytes of the archive, or mails of the increment, done
	Size  int64  // of so many; 0 when unknown
	Mails int    // mails read so far in the run
}

// SourceStats is what came of one archive.
type SourceStats struct {
	Path       string    `json:"path"`
	Kind       string    `json:"kind"`
	Read       int       `json:"read"`       // mails delivered by the archive, taken back ones included
	New        int       `json:"new"`        // documents that were not in the index
	Duplicates int       `json:"duplicates"` // mails known already, in the index or earlier in the run
	Removed    int       `json:"removed"`    // mails the archive has taken back
	Newest     time.Time `json:"newest,omitzero"`
	Error      string    `json:"error,omitempty"`
	Of         int       `json:"-"` // which of Options.Sources it belongs to
}

// Stats is what came of a run.
type Stats struct {
	Sources []SourceStats  `json:"sources"`
	Read    int            `json:"read"`
	New     int            `json:"new"`
	Known   int            `json:"duplicates"`
	Removed int            `json:"removed"` // documents that are gone because no archive holds them any more
	Threads int            `json:"threads"` // threads made, changed or gone
	Written int            `json:"written"` // documents of mail written, changed ones included
	Damaged map[string]int `json:"damaged"` // mails that could only be kept in part, by reason

	// Complete says that all that was read is published. Without it the figures say how far the run came.
	Complete bool `json:"complete"`
}

// Run takes the mail of the archives into the index. An archive that cannot be read ends with its
// error in Stats.Sources and in the error returned (joined); the others are still taken in, and of
// a damaged one the mails before the damage, unless Options.Fresh is set. index.ErrBusy means that
// another run is writing.
func Run(ctx context.Context, o Options) (stats Stats, err error) {
	o = o.withDefaults()
	r := &run{options: o, stats: Stats{Damaged: map[string]int{}}, bySource: map[string]int{}}
	if err := recorded(o.Dir, o.Fresh); err != nil {
		return r.stats, err
	}
	if r.writer, err = index.OpenWriter(o.Dir, index.WriterOptions{Fingerprint: o.Analyzer.Fingerprint(), Fresh: o.Fresh}); err != nil {
		return r.stats, err
	}
	defer func() { err = errors.Join(err, r.end()) }()
	if err := r.begin(); err != nil {
		return r.stats, err
	}
	err = r.all(ctx)
	return r.stats, err
}

// A run is the state between the archives and the index.
type run struct {
	options    Options
	stats      Stats
	writer     *index.Writer
	base       *index.Reader // what is published
	inc        *increment
	analyzer   *analysis.Analyzer // knows the people of all mail
	settlement *settlement
	speakers   map[string][]*speaker // in their parts, as they are to be published
	wrote      bool                  // the writer holds changes
	before     map[string]bool       // threads of the index that the increment touches
	bySource   map[string]int        // archive -> its place in stats.Sources
	progress   Progress              // what was told last
}

// begin makes ready for an increment.
func (r *run) begin() (err error) {
	if r.base, err = r.writer.Reader(); err != nil {
		return err
	}
	r.inc, err = newIncrement(r.options.Dir)
	return err
}

// done releases what an increment held.
func (r *run) done() error {
	var errs []error
	if r.inc != nil {
		errs = append(errs, r.inc.spool.close())
	}
	if r.base != nil {
		errs = append(errs, r.base.Close())
	}
	r.inc, r.base = nil, nil
	return errors.Join(errs...)
}

// end gives up what was not published.
func (r *run) end() error { return errors.Join(r.done(), r.writer.Close()) }

// all reads one archive after the other. One that cannot be read does not stop the rest; trouble
// with the index does.
func (r *run) all(ctx context.Context) error {
	ledger := make([]Entry, len(r.options.Sources))
	var failed []error
	err := func() error {
		for i, source := range r.options.Sources {
			first := len(r.stats.Sources)
			err := r.open(ctx, i, source)
			ledger[i] = Entry{Path: absolute(source.Path), List: source.List, LastRun: r.options.Now.UTC(), first: first, last: len(r.stats.Sources)}
			if err != nil && !unreadable(err) {
				return err
			}
			if err = errors.Join(source.Failed, err); err != nil {
				failed = append(failed, err)
				ledger[i].Error = strings.ReplaceAll(err.Error(), "\n", "; ")
			}
		}
		if r.options.Fresh && len(failed) > 0 {
			return ErrPartial
		}
		err := r.publish(ctx)
		r.stats.Complete = err == nil
		return err
	}()
	if ctx.Err() != nil {
		return errors.Join(append(failed, err)...)
	}
	for i := range ledger {
		e := &ledger[i]
		if err != nil && e.Error == "" {
			e.Path, e.List, e.LastRun = absolute(r.options.Sources[i].Path), r.options.Sources[i].List, r.options.Now.UTC()
			e.Error = strings.ReplaceAll(err.Error(), "\n", "; ")
		}
		for _, st := range r.stats.Sources[e.first:e.last] {
			e.read += st.Read
			e.Mails += st.New
			if st.Newest.After(e.Newest) {
				e.Newest = st.Newest
			}
		}
	}
	if errors.Is(err, ErrPartial) {
		return errors.Join(append(failed, err)...)
	}
	if err != nil || !r.options.Fresh {
		r.options.Without = nil // their mail is still there
	}
	if recordErr := record(r.options.Dir, ledger, r.options); err == nil { // the trouble with the index is enough to say
		err = recordErr
	}
	return errors.Join(append(failed, err)...)
}

// ErrPartial ends a Fresh run that could not read all of its sources. It is joined to the reasons.
var ErrPartial = errors.New("nothing was changed: the new index would lack mail that the old one has")

// unreadable tells trouble with an archive from trouble with the index or the end of the context.
func unreadable(err error) bool {
	var bad *archive.Error
	return errors.As(err, &bad)
}

// open reads all archives that a path holds.
func (r *run) open(ctx context.Context, of int, source Source) error {
	o := r.options.Archive
	o.List = source.List
	sources, err := archive.Open(ctx, absolute(source.Path), o)
	if err != nil {
		r.stats.Sources = append(r.stats.Sources, SourceStats{Path: source.Path, Error: err.Error(), Of: of})
		return err
	}
	var failed []error
	for _, s := range sources {
		if _, done := r.bySource[s.Name()]; done {
			continue // named twice, or by a directory above it too
		}
		err := r.source(ctx, s, of, source.List)
		if err != nil && !unreadable(err) {
			return errors.Join(append(failed, err)...)
		}
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// publish brings the increment into the index, makes it visible to readers and begins the next one.
func (r *run) publish(ctx context.Context) error {
	r.inc.remove()
	if err := r.inc.spool.seal(); err != nil {
		return err
	}
	changed, err := r.merge(ctx)
	if err != nil {
		return err
	}
	if err := r.identify(ctx, changed); err != nil {
		return err
	}
	if err := r.threads(ctx, changed); err != nil {
		return err
	}
	r.tell(Progress{Stage: Writing, Mails: r.stats.Read})
	if err := r.commit(ctx); err != nil {
		return err
	}
	return errors.Join(r.done(), r.begin())
}

func (r *run) tell(p Progress) {
	r.progress = p
	r.options.Progress(p)
}

func absolute(path string) string {
	if path == "-" {
		return path
	}
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return filepath.Clean(path)
}

// where says in an error which mail it is about.
func where(err error, at archive.Position) error {
	if at.Commit != "" {
		return fmt.Errorf("%s: commit %s: %w", at.Path, at.Commit, err)
	}
	return fmt.Errorf("%s: offset %d: %w", at.Path, at.Offset, err)
}
