package analysis_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// about returns the numbers of the letters that belong to the discussion about Rust.
func about(t *testing.T, letters []letter) []string {
	t.Helper()
	c := written(t, letters)
	r := analyzer(t).Thread(c.tree, c.inputs)
	all := records(&r)
	return slices.DeleteFunc(sorted(all), func(id string) bool { return !all[id].Rust })
}

func TestBranchesThatDriftAway(t *testing.T) {
	t.Parallel()
	talk := []letter{
		{"Ada", -1, "Rust in the clock drivers", "Should we allow Rust in the clock drivers? The borrow checker would have found three of the last five bugs."},
		{"Ben", 0, "Re: Rust in the clock drivers", "Who will maintain the Rust code when the author is gone?"},
		{"Ada", 1, "Re: Rust in the clock drivers", "The Rust people offered to."},
		{"Cleo", 0, "Re: Rust in the clock drivers", "By the way, the locking in the C core is wrong since last summer."},
		{"Dora", 3, "Re: Rust in the clock drivers", "I saw a splat there too."},
		{"Cleo", 4, "Re: Rust in the clock drivers", "Please send me the trace, then I can look at the mutex."},
		{"Ben", 2, "Re: Rust in the clock drivers", "Fine with me."},
		{"Dora", 5, "Re: Rust in the clock drivers", "Here it is, from last night."},
	}
	if diff := cmp.Diff([]string{"0", "1", "2", "6"}, about(t, talk)); diff != "" {
		t.Errorf("discussion (-want +got):\n%s", diff)
	}

	// One mail of the branch comes back to Rust: it counts, and so does the branch.
	back := append(slices.Clone(talk), letter{"Eve", 4, "Re: Rust in the clock drivers", "In Rust that mutex could not be forgotten."})
	if diff := cmp.Diff([]string{"0", "1", "2", "3", "4", "5", "6", "7", "8"}, about(t, back)); diff != "" {
		t.Errorf("discussion that comes back (-want +got):\n%s", diff)
	}

	review := []letter{
		{"Ada", -1, "[PATCH] rust: clk: add abstractions", "Add Rust abstractions for clocks."},
		{"Ben", 0, "Re: [PATCH] rust: clk: add abstractions", "Please rename the second argument."},
		{"Ada", 1, "Re: [PATCH] rust: clk: add abstractions", "To what?"},
		{"Ben", 2, "Re: [PATCH] rust: clk: add abstractions", "The name of the parent would be clearer."},
	}
	if diff := cmp.Diff([]string{"0", "1", "2", "3"}, about(t, review)); diff != "" {
		t.Errorf("answers to a patch (-want +got):\n%s", diff)
	}
}

func TestDiscussionsWithoutRustInTheSubject(t *testing.T) {
	t.Parallel()
	letters := []letter{
		{"Ada", -1, "Compilers for the next release", "A laptop may need a driver written in Rust to get at its disk. Which versions do we ask for?"},
		{"Ben", 0, "Re: Compilers for the next release", "The ones in Debian stable."},
		{"Cleo", 0, "Re: Compilers for the next release", "Does rustc build for all our architectures?"},
		{"Ben", 2, "Re: Compilers for the next release", "Not for two of them."},
		{"Dora", 1, "Re: Compilers for the next release", "That is too old."},
		{"Ada", 4, "Re: Compilers for the next release", "It is not."},
	}
	if got := about(t, letters); len(got) != len(letters) {
		t.Errorf("about Rust: %v, want all", got)
	}
	letters[0].text = "Which versions do we ask for?"
	if got := about(t, letters); len(got) == len(letters) {
		t.Error("a question about Rust in one answer makes the thread one about Rust")
	}
}
