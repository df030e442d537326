package sentiment_test

import (
	"fmt"

	"rustle/pkg/sentiment"
)

func ExampleModel_Read() {
	in := &sentiment.Input{
		Sentences: []string{"The lock is taken twice.", "Otherwise a very nice cleanup, thanks for doing this!"},
		Reply:     true,
	}
	r := sentiment.Default().Read(in)
	fmt.Println(r.Tone.Label, r.Incivility.Label)
	fmt.Println(in.Sentences[r.Tone.Hits[0].Sentence])
	// Output:
	// positive false
	// Otherwise a very nice cleanup, thanks for doing this!
}
