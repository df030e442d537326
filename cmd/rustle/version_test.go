package main

import (
	"os"
	"strings"
	"testing"

	"rustle/pkg/analysis"
)

// What --version says of the rules is what an index is marked with.
func TestVersionRules(t *testing.T) {
	a, err := analysis.New(analysis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("rules.txt", []byte(a.Fingerprint()+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want := "rules " + a.Fingerprint(); !strings.HasSuffix(version(), want) {
		t.Errorf("%s, want %s: run this test with -update, and build again", version(), want)
	}
}
