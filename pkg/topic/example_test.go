package topic_test

import (
	"fmt"

	"rustle/pkg/topic"
)

func Example() {
	rules := topic.Default()
	m := &topic.Mail{
		Title: "rust: alloc: add a fallible Vec",
		Areas: []string{"rust", "alloc"},
		Sentences: []string{
			"This looks useful.",
			"But a failed allocation must never panic, so please take GFP flags.",
		},
	}
	r := rules.Read(m)
	fmt.Println(r.Relevance().Level)
	for _, a := range r.Arguments(nil) {
		fmt.Println(a.Label, "because of:", m.Sentences[a.Hits[0].Sentence])
	}
	// Output:
	// about
	// no-std-alloc because of: But a failed allocation must never panic, so please take GFP flags.
}
