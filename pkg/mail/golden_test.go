package mail_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rustle/pkg/mail"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares got with the file and rewrites it under -update.
func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (run with -update to create it)", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// TestParseFiles parses every mail of testdata: adding a file adds a test.
func TestParseFiles(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*/*.eml")
	if err != nil || len(files) < 15 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".eml"), func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			m, err := mail.Parse(raw)
			if err != nil {
				t.Fatal(err)
			}
			check(t, m)
			if filepath.Base(filepath.Dir(file)) == "malformed" && len(m.Defects) == 0 {
				t.Error("a malformed mail without defects")
			}
			got, err := json.MarshalIndent(m, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			golden(t, strings.TrimSuffix(file, ".eml")+".golden", append(got, '\n'))
		})
	}
}
