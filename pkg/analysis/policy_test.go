package analysis_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rustle/pkg/analysis"
	"rustle/pkg/topic"
)

// Which arguments make a debate is said by the taxonomy, the user's own too.
func TestPolicyIsOfTheTaxonomy(t *testing.T) {
	t.Parallel()
	const own = `
[relevance]
title = ["widgets?"]
words = ["widgets?"]

[[topic]]
id = "naming"
polarity = "con"
POLICY
strong = ["(bad|poor) name"]
`
	letters := []letter{
		{"Ada", -1, "widgets", "I would like to have widgets in the tree."},
		{"Ben", 0, "Re: widgets", "No, widgets is a bad name for what these do."},
		{"Ada", 1, "Re: widgets", "It is no bad name, widgets have been called so for years."},
	}
	policy := slices.Index(analysis.FeatureNames(), "policy")
	for line, want := range map[string]bool{"policy = true": true, "policy = false": false, "": false} {
		path := filepath.Join(t.TempDir(), "own.toml")
		if err := os.WriteFile(path, []byte(strings.Replace(own, "POLICY", line, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		a, err := analysis.New(analysis.Options{Taxonomy: path})
		if err != nil {
			t.Fatal(err)
		}
		c := written(t, letters)
		r := a.Thread(c.tree, c.inputs)
		if len(r.Messages[1].Record.Topics) == 0 {
			t.Fatalf("no argument in %q", letters[1].text)
		}
		if x := analysis.ThreadFeatures(&r)[policy]; x > 0 != want {
			t.Errorf("with %q: share of arguments about whether %g", line, x)
		}
	}
	for _, k := range topic.Default().Topics() {
		if k.ID == "kernel-vs-rewrite" && !k.Policy || k.ID == "subsystem-abstractions" && k.Policy {
			t.Errorf("%s: policy %t", k.ID, k.Policy)
		}
	}
}
