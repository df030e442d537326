package archive

import (
	"encoding/binary"
	"hash/fnv"
	"slices"
)

// A Cursor says how far a source has been read. It is kept as JSON between runs; the zero Cursor
// stands before the first mail. Its fields are for this package, exported only to be stored.
//
// The promise: reading with a Cursor delivers every mail that came after, and none that came before
// and is unchanged, if the source only grew. A source that was rewritten is read from the start
// (mbox), or from where the histories part (git). Single mails are told apart by name, size and
// time, maildir mails by their unique name, whatever their flags.
type Cursor struct {
	// Form is what wrote the cursor; another form starts from the beginning.
	Form string `json:"form,omitempty"`
	// Epochs maps the name of an epoch's directory ("0.git") to the commit read last.
	Epochs map[string]string `json:"epochs,omitempty"`
	// Size and Sum are those of the file on disk, in bytes and as a fingerprint.
	Size int64  `json:"size,omitempty"`
	Sum  string `json:"sum,omitempty"`
	// Last is the offset of the last mail and LastSum its hash: it may have been cut short by a
	// writer that had not finished.
	Last    int64  `json:"last,omitempty"`
	LastSum string `json:"last_sum,omitempty"`
	// Seen holds 8 bytes for every file that was read, sorted.
	Seen []byte `json:"seen,omitempty"`
}

// IsZero reports whether c stands before the first mail.
func (c Cursor) IsZero() bool { return c.Form == "" }

const (
	formMbox   = "mbox"
	formPacked = "packed"
	formFolder = "folder"
	formGit    = "git"
)

// seenKey is what Cursor.Seen holds of a file.
func seenKey(name string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	return h.Sum64()
}

// seenKeys decodes Cursor.Seen. Bytes that are no such list mean that nothing was seen.
func seenKeys(b []byte) []uint64 {
	if len(b)%8 != 0 {
		return nil
	}
	keys := make([]uint64, 0, len(b)/8)
	for len(b) > 0 {
		keys = append(keys, binary.BigEndian.Uint64(b))
		b = b[8:]
	}
	slices.Sort(keys) // they are, unless someone edited them
	return keys
}

// seenBytes encodes keys for Cursor.Seen.
func seenBytes(keys []uint64) []byte {
	slices.Sort(keys)
	keys = slices.Compact(keys)
	b := make([]byte, 0, 8*len(keys))
	for _, k := range keys {
		b = binary.BigEndian.AppendUint64(b, k)
	}
	return b
}
