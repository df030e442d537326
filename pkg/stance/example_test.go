package stance_test

import (
	"fmt"

	"rustle/pkg/stance"
)

func ExampleModel_Signal() {
	in := &stance.Input{Sentences: []string{"This breaks every other architecture.", "Sorry, but NAK."}, Reply: true, Rust: true}
	m := stance.Default()
	s := m.Signal(in)
	fmt.Println(s.Label, s.Hits[0].Rule, in.Sentences[s.Hits[0].Sentence])
	fmt.Println(m.Stance(in, s.Label).Label)
	// Output:
	// nak NAK-3 Sorry, but NAK.
	// oppose
}
