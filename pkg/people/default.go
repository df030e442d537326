package people

import (
	_ "embed" // the data files
	"sync"
)

// The kernel's own files at release 6.12, public and under its licence (GPL-2.0): MAINTAINERS without
// what this package does not read, and .mailmap without comments. To make them anew from a checkout of Linux:
//
//go:generate go test -run TestEmbeddedData -update -maintainers=linux/MAINTAINERS -mailmap=linux/.mailmap

// Release is the kernel release of the embedded files.
const Release = "6.12"

//go:embed data/MAINTAINERS
var embeddedMaintainers string

//go:embed data/mailmap
var embeddedMailmap string

// DefaultOptions returns the embedded files, parsed, for a Directory with more in it.
func DefaultOptions() Options {
	m := parseMaintainers(embeddedMaintainers)
	m.Release, m.Note = Release, "snapshot"
	return Options{Maintainers: m, Mailmap: parseMailmap(embeddedMailmap)}
}

// Default returns the Directory of the embedded files. It is made once, at the first call.
func Default() *Directory { return loadDefault() }

var loadDefault = sync.OnceValue(func() *Directory { return New(DefaultOptions()) })
