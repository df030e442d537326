// Package ingest moves mail from archives into an index.
//
// In: archives (package archive) and an index directory. Out: an index that holds every mail once,
// threaded and tagged, and a count of what was read, new, known and damaged.
//
// An increment has two passes. The first reads and parses each new mail once, keeps the few
// header fields that threading needs in memory and the packed mail in a temporary file. Then the
// threads that the new mail belongs to are found, with the mail of them that the index already
// holds. The second pass goes thread by thread: it analyses the mails of a thread together and
// writes records and summaries. The cursors of the archives go into the index in the last batch,
// so an interrupted run leaves the index as it was and the next one does the same work again.
//
// Because a touched thread is always analysed as a whole, by the same function, the result does
// not depend on how the mail was cut into increments.
package ingest

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"runtime"
	"sync"
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
	Chunk    int                // mails of one published increment; 0 means 200,000
	Workers  int                // goroutines that parse and analyse; 0 means one per processor
	Progress func(Progress)     // told now and then, never from two goroutines at once; nil: nobody
	Log      *slog.Logger       // nil: silence
	Now      time.Time          // moment of the run, for the ledger
}

// A Source is an archive to take in.
type Source struct {
	Path string // as archive.Open takes it
	List string // list of all its mail; empty: from List-Id, else from the archive's name
}

const defaultChunk = 200_000

func (o Options) withDefaults() Options {
	if o.Chunk <= 0 {
		o.Chunk = defaultChunk
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
)

// Progress is how far a run is.
type Progress struct {
	Stage string // Reading or Indexing
	Path  string // the archive that is read
	Done  int64  // bytes of the archive, or mails of the increment, done
	Size  int64  // of so many; 0 when unknown
	Mails int    // mails read so far in the run
}

// SourceStats is what came of one archive.
type SourceStats struct {
	Path       string    `json:"path"`
	Kind       string    `json:"kind"`
	Read       int       `json:"read"`       // mails delivered by the archive
	New        int       `json:"new"`        // documents that were not in the index
	Duplicates int       `json:"duplicates"` // mails known already, in the index or earlier in the run
	Removed    int       `json:"removed"`    // mails the archive has taken back
	Newest     time.Time `json:"newest,omitzero"`
	Error      string    `json:"error,omitempty"`
}

// Stats is what came of a run.
type Stats struct {
	Sources  []SourceStats  `json:"sources"`
	Read     int            `json:"read"`
	New      int            `json:"new"`
	Known    int            `json:"duplicates"`
	Removed  int            `json:"removed"`
	Threads  int            `json:"threads"` // threads made or changed
	Written  int            `json:"written"` // documents written, changed ones included
	Damaged  map[string]int `json:"damaged"` // mails that could only be kept in part, by reason
	Duration time.Duration  `json:"-"`
}

// Run takes the mail of the archives into the index. An archive that cannot be read ends with its
// error in Stats.Sources and in the error returned (joined); the others are still taken in, and of
// a damaged one the mails before the damage. index.ErrBusy means that another run is writing.
func Run(ctx context.Context, o Options) (Stats, error) {
	o = o.withDefaults()
	r := &run{options: o, stats: Stats{Damaged: map[string]int{}}, bySource: map[string]int{}}
	var err error
	if r.writer, err = index.OpenWriter(o.Dir, index.WriterOptions{Fingerprint: o.Analyzer.Fingerprint()}); err != nil {
		return r.stats, err
	}
	defer r.writer.Close() // gives up what an error left unpublished
	if r.base, err = r.writer.Reader(); err != nil {
		return r.stats, err
	}
	defer func() { r.base.Close() }()
	if r.inc, err = newIncrement(o.Dir); err != nil {
		return r.stats, err
	}
	defer func() { r.inc.spool.close() }()
	err = r.all(ctx)
	return r.stats, err
}

// A run is the state between the archives and the index.
type run struct {
	options    Options
	stats      Stats
	writer     *index.Writer
	base       *index.Reader // what is published
	baseMu     sync.Mutex    // a Reader serves one goroutine at a time
	inc        *increment
	wrote      bool            // the writer holds changes
	before     map[string]bool // threads of the index that the increment touches
	bySource   map[string]int  // archive -> its place in stats.Sources
	ledgerSpan [][2]int        // archives in stats.Sources that each source of the options held
}

// all reads one archive after the other. One that cannot be read does not stop the rest; trouble
// with the index does.
func (r *run) all(ctx context.Context) error {
	var failed []error
	var ledger []Entry
	for _, source := range r.options.Sources {
		first := len(r.stats.Sources)
		err := r.open(ctx, source)
		if bad := (*archive.Error)(nil); err != nil && !errors.As(err, &bad) {
			return errors.Join(append(failed, err)...)
		}
		entry := Entry{Path: absolute(source.Path), List: source.List, LastRun: r.options.Now.UTC()}
		if err != nil {
			failed = append(failed, err)
			entry.Error = err.Error()
		}
		ledger = append(ledger, entry)
		r.ledgerSpan = append(r.ledgerSpan, [2]int{first, len(r.stats.Sources)})
	}
	if err := r.publish(ctx); err != nil {
		return errors.Join(append(failed, err)...)
	}
	for i, span := range r.ledgerSpan {
		for _, st := range r.stats.Sources[span[0]:span[1]] {
			ledger[i].Mails += st.New
			if st.Newest.After(ledger[i].Newest) {
				ledger[i].Newest = st.Newest
			}
		}
	}
	return errors.Join(append(failed, record(r.options.Dir, ledger))...)
}

// open reads all archives that a path holds.
func (r *run) open(ctx context.Context, source Source) error {
	o := r.options.Archive
	o.List = source.List
	sources, err := archive.Open(ctx, absolute(source.Path), o)
	if err != nil {
		r.stats.Sources = append(r.stats.Sources, SourceStats{Path: source.Path, Error: err.Error()})
		return err
	}
	var failed []error
	for _, s := range sources {
		err := r.source(ctx, s, source.List)
		if bad := (*archive.Error)(nil); err != nil && !errors.As(err, &bad) {
			return err
		}
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil && path != "-" {
		return abs
	}
	return path
}
