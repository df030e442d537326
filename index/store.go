package index

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"

	"github.com/blevesearch/bleve/v2/index/scorch"
	bleve "github.com/blevesearch/bleve_index_api"
)

// A store is the bleve index of a generation. It is opened below bleve's front package, whose queries
// and mappings are not used here and which would bring an HTTP server and every older index format into
// the program. What that package keeps beside the index is written all the same, so that other programs
// can open a generation with bleve.Open.
type store struct {
	*scorch.Scorch
	path     string               // of the generation
	analysis *bleve.AnalysisQueue // its goroutines
	trouble  chan error           // holds what bleve's goroutines failed at first
	broken   bool                 // they have failed; a Batch may never return
}

// What bleve.Open asks of an index: which kind it is, in a file, and a mapping, in the index. The mapping
// maps nothing: documents come with their fields made.
const (
	storeKind      = `{"storage":"scorch","index_type":"scorch"}`
	storeMapping   = `{"default_mapping":{"enabled":false,"dynamic":false},"type_field":"_type","default_type":"_default","default_analyzer":"standard","default_datetime_parser":"dateTimeOptional","default_field":"_all","store_dynamic":false,"index_dynamic":false,"docvalues_dynamic":false}`
	mappingKey     = "_mapping"
	storeLockLimit = "1s" // how long to wait for the lock of root.bolt, which only a second writer could hold
)

// writeStore opens the store of a generation for writing; a new generation gets one.
func writeStore(gen string, config map[string]any) (*store, error) {
	_, err := os.Stat(filepath.Join(gen, storeKindName))
	fresh := errors.Is(err, os.ErrNotExist)
	if fresh {
		err = errors.Join(os.MkdirAll(gen, 0o700), writeFile(filepath.Join(gen, storeKindName), []byte(storeKind)))
	}
	if err != nil {
		return nil, err
	}
	s, err := newStore(gen, config)
	if err != nil {
		return nil, err
	}
	if fresh {
		if err := s.SetInternal([]byte(mappingKey), []byte(storeMapping)); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	return s, nil
}

func newStore(gen string, config map[string]any) (*store, error) {
	usePlugin()
	config = maps.Clone(config)
	config["path"], config["bolt_timeout"] = filepath.Join(gen, storeName), storeLockLimit
	s := &store{path: gen, analysis: bleve.NewAnalysisQueue(runtime.GOMAXPROCS(0)), trouble: make(chan error, 1)}
	idx, err := newScorch(config, s.analysis, s.trouble)
	if err == nil {
		err = idx.Open()
	}
	if err != nil {
		s.analysis.Close()
		return nil, err
	}
	var ok bool
	if s.Scorch, ok = idx.(*scorch.Scorch); !ok {
		s.analysis.Close()
		return nil, errors.Join(fmt.Errorf("unexpected index %T", idx), idx.Close())
	}
	return s, nil
}

// snapshot is the present state; the caller closes it. A store that is closed has none: a Batch
// that was given up may return only then, and what follows on it comes too late.
func (s *store) snapshot() (*scorch.IndexSnapshot, error) {
	r, err := s.Reader()
	if err != nil {
		return nil, err
	}
	snap, ok := r.(*scorch.IndexSnapshot)
	switch {
	case !ok:
		return nil, errors.Join(fmt.Errorf("unexpected reader %T", r), r.Close())
	case snap == nil:
		return nil, ErrClosed
	}
	return snap, nil
}

// holds is an error when a store does not have so many documents. QUIRK: bleve starts with an empty index when it cannot
// open a segment, for want of open files or memory perhaps, and says so in its log only.
func (s *store) holds(documents int) error {
	snap, err := s.snapshot()
	if err != nil {
		return err
	}
	n, err := snap.DocCount()
	if err := errors.Join(err, snap.Close()); err != nil {
		return err
	}
	if n != uint64(documents) {
		return fmt.Errorf("bleve has opened %d of the %d documents that are published; if `rustle index check` finds nothing wrong, try again with more open files (ulimit -n)", n, documents)
	}
	return nil
}

// Close closes the index and ends its goroutines.
func (s *store) Close() error {
	err := s.Scorch.Close()
	s.analysis.Close()
	return err
}
