package thread_test

import (
	"fmt"
	"slices"
	"strings"

	"rustle/pkg/mail"
	"rustle/pkg/thread"
)

func ExampleBuild() {
	headers := []*mail.Header{
		{ID: "3@x", References: []string{"1@x", "2@x"}},
		{ID: "1@x", Subject: "Rust"},
		{ID: "4@x", References: []string{"1@x", "2@x"}},
	}
	for _, t := range thread.Build(slices.Values(headers)) {
		fmt.Println(t.ID, t.Messages, "missing:", t.Missing)
		for _, n := range t.Nodes {
			fmt.Println(strings.Repeat("  ", n.Depth), n.ID, n.Header != nil)
		}
	}
	// Output:
	// 1@x 3 missing: [2@x]
	//  1@x true
	//    2@x false
	//      3@x true
	//      4@x true
}
