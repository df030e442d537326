package stance

import (
	"bytes"
	_ "embed"
	"sync"

	"rustle/pkg/linear"
)

//go:embed data/model.bin
var modelFile []byte

// Default returns the embedded model. It is shared: read-only and safe for concurrent use.
func Default() *Model { return defaultModel() }

var defaultModel = sync.OnceValue(func() *Model {
	b, err := linear.ReadBundle(bytes.NewReader(modelFile))
	if err != nil {
		panic("stance: embedded model: " + err.Error()) // a test reads it; only a broken build gets here
	}
	m, err := New(b)
	if err != nil {
		panic("stance: embedded model: " + err.Error())
	}
	return m
})
