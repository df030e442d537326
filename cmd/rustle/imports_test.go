package main_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// layers is the import table: for each package of the module the packages of the module it may
// import. Imports go downwards only; a package on a layer knows none beside it
// unless the table says so. When the code teaches a better cut, this table changes in the same commit.
var layers = []struct{ layer, pkg, may string }{
	{"below", "pkg/linear", ""},

	{"L0", "pkg/archive", ""},
	{"L0", "pkg/mail", ""},
	{"L0", "pkg/body", ""},
	{"L0", "pkg/patch", ""},
	{"L0", "pkg/people", ""},
	{"L0", "pkg/eval", ""},
	{"L0", "index/query", ""},
	{"L0", "pkg/topic", "pkg/linear"},
	{"L0", "pkg/sentiment", "pkg/linear"},
	{"L0", "pkg/stance", "pkg/linear"},

	{"L1", "pkg/thread", "pkg/mail pkg/patch"},
	{"L2", "pkg/analysis", "L0 L1 pkg/linear"},
	{"L3", "pkg/train", "L0 L1 L2 pkg/linear"},

	{"L3", "index", "pkg/analysis pkg/mail index/query"},
	{"L3", "pkg/report", "pkg/analysis"},
	{"L3", "pkg/export", "pkg/analysis"},
	{"L3", "pkg/trend", "pkg/analysis pkg/eval"},

	// ingest makes the document of a message: which blocks are own text, which blobs a patch touches.
	{"L4", "pkg/ingest", "pkg/archive pkg/mail pkg/body pkg/patch pkg/people pkg/thread pkg/analysis index index/query"},
	{"L5", "cmd/rustle", "below L0 L1 L2 L3 L4"},
}

// owners says which package alone talks to a library (a module path, or the owner of several).
var owners = map[string]string{
	"github.com/blevesearch/":        "index",
	"github.com/emersion/go-message": "pkg/mail",
	"github.com/emersion/go-mbox":    "pkg/archive",
	"github.com/spf13/cobra":         "cmd/rustle",
	"charm.land/":                    "cmd/rustle",
	"github.com/vbauerster/mpb/":     "cmd/rustle",
}

const module = "rustle"

// listed is what `go list` says of a package.
type listed struct {
	ImportPath string
	Imports    []string
}

func TestImports(t *testing.T) {
	t.Parallel()
	byLayer := map[string][]string{}
	for _, l := range layers {
		byLayer[l.layer] = append(byLayer[l.layer], l.pkg)
	}
	allowed := map[string][]string{}
	for _, l := range layers {
		for name := range strings.FieldsSeq(l.may) {
			if pkgs, ok := byLayer[name]; ok {
				allowed[l.pkg] = append(allowed[l.pkg], pkgs...)
			} else {
				allowed[l.pkg] = append(allowed[l.pkg], name)
			}
		}
		if l.may == "" {
			allowed[l.pkg] = []string{}
		}
	}

	exist := map[string]bool{}
	for _, p := range listPackages(t) {
		pkg := strings.TrimPrefix(p.ImportPath, module+"/")
		exist[pkg] = true
		may, ok := allowed[pkg]
		if !ok {
			t.Errorf("package %s is not in the import table: give it a layer", pkg)
			continue
		}
		for _, path := range p.Imports {
			if own, ok := strings.CutPrefix(path, module+"/"); ok && !slices.Contains(may, own) {
				t.Errorf("%s imports %s: the import table allows it %q only", pkg, own, may)
			}
			for library, owner := range owners {
				if strings.HasPrefix(path, library) && pkg != owner {
					t.Errorf("%s imports %s: only %s talks to that library", pkg, path, owner)
				}
			}
		}
	}
	for _, l := range layers {
		if !exist[l.pkg] {
			t.Errorf("the import table names %s, which does not exist", l.pkg)
		}
	}
}

// listPackages returns the packages of this module with what they import outside of tests.
func listPackages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-e", "-json=ImportPath,Imports", "./...")
	cmd.Dir = "../.."
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	var packages []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		switch err := d.Decode(&p); {
		case errors.Is(err, io.EOF):
			return packages
		case err != nil:
			t.Fatalf("go list: %v", err)
		}
		packages = append(packages, p)
	}
}
