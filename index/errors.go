package index

import (
	"errors"
	"fmt"
)

// Errors that callers tell apart.
var (
	ErrBusy    = errors.New("index: another process is writing to it")
	ErrNoIndex = errors.New("index: there is none")
	ErrCorrupt = errors.New("index: damaged")
	ErrRules   = errors.New("index: its tags were made by other rules") // retag, or build it anew
	ErrClosed  = errors.New("index: closed")
)

// A SchemaError says that an index was written under another SchemaVersion and must be built anew,
// or, when it is newer, that this program is too old for it.
type SchemaError struct {
	Dir  string
	Have int // version of the index
	Want int // SchemaVersion
}

func (e *SchemaError) Error() string {
	if e.Have > e.Want {
		return fmt.Sprintf("index: %s was written by a newer version of this program (schema %d, this one knows %d)", e.Dir, e.Have, e.Want)
	}
	return fmt.Sprintf("index: %s has the old schema %d, this program needs %d", e.Dir, e.Have, e.Want)
}
