package main

import (
	"context"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the expected output in testdata/script")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"rustle": func() { os.Exit(execute(context.Background(), os.Args[1:], systemEnv())) },
	})
}

func TestScripts(t *testing.T) {
	corpus, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	shared := filepath.Join(t.TempDir(), "index")
	e := systemEnv()
	e.stdout, e.stderr = io.Discard, io.Discard
	code := execute(t.Context(), []string{
		"--index", shared, "ingest", "--maintainers", filepath.Join(corpus, "maintainers"),
		"--mailmap", filepath.Join(corpus, "mailmap"), filepath.Join(corpus, "archives"),
	}, e)
	if code != exitDone {
		t.Fatalf("ingest of testdata: exit code %d", code)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("CORPUS", corpus)
			e.Setenv("CORPUS_INDEX", shared) // of the mail in testdata, for scripts that only read
			e.Setenv("HOME", filepath.Join(e.WorkDir, "home"))
			e.Setenv("RUSTLE_INDEX", filepath.Join(e.WorkDir, "index"))
			return nil
		},
	})
}
