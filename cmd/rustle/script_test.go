package main

import (
	"context"
	"flag"
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
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("CORPUS", corpus)
			e.Setenv("HOME", filepath.Join(e.WorkDir, "home"))
			e.Setenv("RUSTLE_INDEX", filepath.Join(e.WorkDir, "index"))
			return nil
		},
	})
}
