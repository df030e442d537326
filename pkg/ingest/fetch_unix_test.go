//go:build unix

package ingest_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"rustle/pkg/ingest"
)

// A fetch that is called off lets git take its locks away, and does not wait for helpers of git that hold its pipes.
func TestFetchCalledOff(t *testing.T) {
	root := t.TempDir()
	repo := filepath.Join(root, "0.git")
	for _, name := range []string{"objects", "refs"} {
		if err := os.MkdirAll(filepath.Join(repo, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	lock := filepath.Join(repo, "packed-refs.lock")
	script := "#!/bin/sh\ntrap 'rm \"" + lock + "\"; exit 1' TERM\n: >\"" + lock + "\"\nwhile :; do sleep 0.1; done\n"
	for path, text := range map[string]string{filepath.Join(repo, "HEAD"): "ref: refs/heads/master\n", filepath.Join(root, "git"): script} {
		if err := os.WriteFile(path, []byte(text), 0o700); err != nil { //nolint:gosec // it is run
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", root+string(os.PathListSeparator)+os.Getenv("PATH"))
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- ingest.Fetch(ctx, repo, false) }()
	for exists := false; !exists; time.Sleep(time.Millisecond) {
		_, err := os.Stat(lock)
		exists = err == nil
	}
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(lock); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("git left its lock: %v", err)
	}
}
