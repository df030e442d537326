package body_test

import (
	"fmt"

	"rustle/pkg/body"
)

func ExampleSplit() {
	text := `On Mon, 3 Mar 2025 at 10:00, Bob Sample <bob@example.org> wrote:
> Could we have this in v6.15, i.e. now?

I would say yes. But it needs
one more test.

Reviewed-by: Ada Example <ada@example.org>

Cheers,
Ada
-- 
Ada Example
`
	t := body.Split(text, body.Options{Author: "Ada Example"})
	for _, b := range t.Blocks {
		fmt.Println(b.Kind, b.Start, b.End)
	}
	for _, s := range t.Sentences {
		fmt.Printf("%q answers a %v\n", t.Own[s.Start:s.End], t.Blocks[s.Answers].Kind)
	}
	// Output:
	// attribution 0 65
	// quote 65 107
	// prose 107 153
	// trailer 153 197
	// closing 197 209
	// signature 209 225
	// "I would say yes." answers a quote
	// "But it needs\none more test." answers a quote
}
