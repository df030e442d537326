package index

import (
	"context"
	"errors"
	"time"

	"github.com/blevesearch/bleve/v2/index/scorch/mergeplan"
	bleve "github.com/blevesearch/bleve_index_api"
)

// Bleve merges and persists segments in goroutines of its own. When they fail, on a full disk or a damaged
// segment, it tries again for ever, or waits for ever, and says so nowhere but in a counter. So whoever
// waits for bleve here looks at the counter too.

// troubleEvery is how often. Bleve itself counts files for its statistics each time.
const troubleEvery = 200 * time.Millisecond

// errBackground is what went wrong when neither bleve nor the files say.
var errBackground = errors.New("segments cannot be merged or persisted")

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
	tick := time.NewTicker(troubleEvery)
	defer tick.Stop()
	for {
		select {
		case err := <-c:
			return err
		case <-tick.C:
			if n, ok := s.StatsMap()["TotOnErrors"].(uint64); ok && n > 0 {
				return s.fail(errBackground)
			}
		}
	}
}

// merge is ForceMerge with the outcome. Bleve delivers that to a channel in the context; without one it
// repeats a merge that fails for ever.
func (s *store) merge(ctx context.Context, plan *mergeplan.MergePlanOptions) error {
	ended, merged := make(chan error, 1), make(chan error, 1)
	go func() { ended <- s.ForceMerge(context.WithValue(ctx, "mergeDone", merged), plan) }() //nolint:revive,staticcheck // bleve's key is this string
	if err := s.await(merged); err != nil {
		return s.fail(err)
	}
	return s.await(ended)
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
		damage = (&Reader{dir: w.dir, gen: gen, meta: m}).Check()
	}
	if errors.Is(damage, ErrCorrupt) {
		return damage
	}
	return err
}
