package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A trigger is a writer that acts when a text has come.
type trigger struct {
	bytes.Buffer
	text string
	act  func()
}

func (w *trigger) Write(p []byte) (int, error) {
	n, err := w.Buffer.Write(p)
	if w.act != nil && strings.Contains(w.String(), w.text) {
		w.act()
		w.act = nil
	}
	return n, err
}

// Watch runs its first round at once, shows its outcome before the next, and stops cleanly.
func TestWatch(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	corpus, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "config.toml")
	text := "index = '" + filepath.Join(dir, "index") + "'\n[[source]]\npath = '" + filepath.Join(corpus, "archives", "eml") + "'\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out := &trigger{text: "17 new", act: cancel}
	var stderr bytes.Buffer
	e := &env{stdin: strings.NewReader(""), stdout: out, stderr: &stderr, now: func() time.Time { return time.Unix(1_800_000_000, 0) }, getenv: func(string) string { return "" }}
	code := execute(ctx, []string{"--config", config, "watch", "--every", "1h"}, e)
	if code != exitDone || !strings.Contains(stderr.String(), "stopped") || strings.Count(out.String(), "\n") != 1 {
		t.Errorf("exit code %d\nstdout: %s\nstderr: %s", code, out.String(), stderr.String())
	}
}

func TestRegular(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"30s": false, "90s": false, "7m": false, "90m": false, "5h": false, "36h": false, "48h": false,
		"1m": true, "15m": true, "1h": true, "6h": true, "24h": true,
	} {
		d, err := time.ParseDuration(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := regular(d); got != want {
			t.Errorf("regular(%s) = %v", text, got)
		}
	}
}
