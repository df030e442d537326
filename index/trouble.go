package index

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/index/scorch/mergeplan"
	bleve "github.com/blevesearch/bleve_index_api"
)

// Bleve merges and persists segments in goroutines of its own. When they fail, on a full disk or a damaged
// segment, it tries again for ever, or waits for ever, and tells only whoever asked to be called. So whoever
// waits for bleve here listens to that too.

// callback is the name of the function that newScorch has bleve call. Bleve takes such functions from a map of
// its own, by name, and only while a Scorch is made.
const callback = "rustle"

var registry sync.Mutex // held while the map has an entry

// newScorch makes an index whose goroutines tell trouble, which has room for one, what they failed at first.
func newScorch(config map[string]any, analysis *bleve.AnalysisQueue, trouble chan<- error) (bleve.Index, error) {
	registry.Lock()
	defer registry.Unlock()
	scorch.RegistryAsyncErrorCallbacks[callback] = func(err error, _ string) {
		if errors.Is(err, scorch.ErrCleanup) { // files that are not needed any more
			return
		}
		select {
		case trouble <- background(err):
		default:
		}
	}
	defer delete(scorch.RegistryAsyncErrorCallbacks, callback)
	config["asyncErrorCallbackName"] = callback
	return scorch.NewScorch(scorch.Name, config, analysis)
}

// background is an error of bleve's goroutines with its cause. QUIRK: bleve keeps only the text of that.
func background(err error) error {
	text := err.Error()
	if told, ok := errors.AsType[*scorch.ScorchError](err); ok {
		text = told.ErrMsg
	}
	for _, cause := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EROFS, syscall.EACCES, syscall.EIO} {
		if before, ok := strings.CutSuffix(text, cause.Error()); ok {
			return fmt.Errorf("%s%w", before, cause)
		}
	}
	return errors.New(text)
}

// write is Batch with a panic on damaged files turned into ErrCorrupt.
func (s *store) write(b *bleve.Batch) (err error) {
	defer guard(&err)
	return s.Batch(b)
}

// await returns what comes over the channel, or what is wrong with bleve.
func (s *store) await(c <-chan error) error {
	select {
	case err := <-c:
		return err
	default:
	}
	select {
	case err := <-c:
		return err
	case err := <-s.trouble:
		return s.fail(err)
	}
}

// merge is ForceMerge with the outcome. Bleve delivers that to a channel in the context; without one it
// repeats a merge that fails for ever.
func (s *store) merge(ctx context.Context, plan *mergeplan.MergePlanOptions) error {
	ended, merged := make(chan error, 1), make(chan error, 1)
	go func() { ended <- s.ForceMerge(context.WithValue(ctx, "mergeDone", merged), plan) }() //nolint:revive,staticcheck // bleve's key is this string
	err := s.await(merged)
	if err == nil {
		return s.await(ended)
	}
	if ctx.Err() != nil { // a merge that was called off says that it is closed
		err = ctx.Err()
	}
	return s.fail(err)
}

// fail marks the store as broken.
func (s *store) fail(err error) error {
	s.broken = true
	return err
}

// blame finds out whether a damaged segment of the published generation is why writing failed. The caller
// holds mu.
func (w *Writer) blame(err error) error {
	if w.base == "" || errors.Is(err, context.Canceled) || errors.Is(err, ErrCorrupt) {
		return err
	}
	m, gen, damage := published(w.dir)
	if damage == nil {
		damage = m.verify(context.Background(), filepath.Join(w.dir, gen))
	}
	if errors.Is(damage, ErrCorrupt) {
		return damage
	}
	return err
}
