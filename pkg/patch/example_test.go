package patch_test

import (
	"fmt"

	"rustle/pkg/patch"
)

func ExampleParseSubject() {
	s := patch.ParseSubject("Re: [RFC PATCH net-next v3 2/5] net: phy: add Rust bindings")
	fmt.Println(s.Reply, s.Patch, s.RFC, s.Version, s.Part, s.Total, s.Prefixes, s.Areas)
	fmt.Println(s.Title)
	// Output:
	// true true true 3 2 5 [net-next] [net phy]
	// net: phy: add Rust bindings
}

func ExampleTrailers() {
	for _, t := range patch.Trailers("Looks fine.\n\nTested-by; Jo Doe <Jo@example.org>\n") {
		fmt.Printf("%s: %s, %s\n", t.Token, t.Name(), t.Addr())
	}
	// Output: Tested-by: Jo Doe, jo@example.org
}

func ExampleFiles() {
	for _, f := range patch.Files(" rust/kernel/dma.rs | 12 ++++++++----\n 1 file changed\n") {
		fmt.Println(f.Path, f.Added, f.Removed)
	}
	// Output: rust/kernel/dma.rs 8 4
}
