package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rustle/pkg/report"
)

// A run that was cut off between two pages leaves a directory that the next one brings up to date, whatever has
// changed since.
func TestPagesCutOff(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "pages")
	c := &command{env: &env{stdout: io.Discard}}
	set := func(text string, names ...string) []report.File {
		var files []report.File
		for _, n := range names {
			files = append(files, report.File{Name: n, Data: []byte(text + n)})
		}
		return files
	}
	if _, _, err := c.writePages(dir, set("1", "a.md", "b.md", "threads/c.md")); err != nil {
		t.Fatal(err)
	}
	// The second run ends at d.md, where a directory stands in the way.
	obstacle := filepath.Join(dir, "d.md")
	if err := os.MkdirAll(filepath.Join(obstacle, "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	cut := set("2", "a.md", "new.md", "b.md", "d.md", "threads/c.md")
	if _, _, err := c.writePages(dir, cut); err == nil {
		t.Fatal("no error with a directory in the place of a page")
	}
	// As it happens when the run is killed: the obstacle was not there when it looked.
	for _, f := range cut[:3] {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.namePages(dir, cut, mustRead(t, dir)); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(obstacle); err != nil {
		t.Fatal(err)
	}
	// c.md is no longer of the set; it and new.md, which only the run that was cut off wrote, go.
	if _, removed, err := c.writePages(dir, set("3", "a.md", "b.md", "d.md")); err != nil || removed != 2 {
		t.Fatalf("%d removed, %v", removed, err)
	}
	got := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		got[filepath.Base(path)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	delete(got, pagesManifest)
	if diff := cmp.Diff(map[string]string{"a.md": "3a.md", "b.md": "3b.md", "d.md": "3d.md"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func mustRead(t *testing.T, dir string) map[string][]string {
	t.Helper()
	names, err := readManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	return names
}
