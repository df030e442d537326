package ingest

import (
	"context"
	"errors"

	"rustle/index"
)

// Compact merges the segments of an index into one, which makes it smaller and faster to open, and
// publishes the outcome. Mail and tags stay as they are, whatever rules made them.
func Compact(ctx context.Context, dir string) (err error) {
	r, err := index.Open(dir)
	if err != nil {
		return err
	}
	rules := r.Fingerprint()
	if err := r.Close(); err != nil {
		return err
	}
	w, err := index.OpenWriter(dir, index.WriterOptions{Fingerprint: rules})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	if err := w.Compact(ctx); err != nil {
		return err
	}
	return w.Commit(ctx, nil)
}
