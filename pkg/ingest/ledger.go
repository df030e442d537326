package ingest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"rustle/index"
)

// ledgerName is the file in the index directory that says which archives were taken in. It stands
// beside the index and not in it, so that an index of another schema can be rebuilt from it and a
// failed run can leave its reason.
const ledgerName = "sources.json"

// An Entry is what is known of one archive as the user named it.
type Entry struct {
	Path        string    `json:"path"` // absolute; "-" for standard input
	List        string    `json:"list,omitempty"`
	LastRun     time.Time `json:"last_run,omitzero"`
	LastSuccess time.Time `json:"last_success,omitzero"`
	Newest      time.Time `json:"newest,omitzero"` // date of the newest mail ever taken from it
	Mails       int       `json:"mails"`           // documents it brought in all
	Error       string    `json:"error,omitempty"` // why the last run failed

	read        int // mails of this run
	first, last int // its archives in Stats.Sources
}

// ErrLedger means that the record of archives is not what was written. Nothing can tell what it said, so it is
// for the user to take it away and to name his archives again.
var ErrLedger = errors.New("the record of sources is damaged")

// ledgerText is the content of the file: entries as JSON, with the CRC-32 of their text.
func ledgerText(entries []byte) []byte {
	return fmt.Appendf(nil, "{\n  \"sources\": %s,\n  \"crc32\": \"%08x\"\n}\n", entries, crc32.ChecksumIEEE(entries))
}

// Ledger reads the archives recorded in an index directory, by path; none when there is no record. Errors:
// ErrLedger, and those of reading the file.
func Ledger(dir string) ([]Entry, error) {
	path := filepath.Join(dir, ledgerName)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var file struct {
		Sources json.RawMessage `json:"sources"`
	}
	if bytes.HasPrefix(text, []byte("[")) { // as it was before it had a checksum
		file.Sources = text
	} else if err := json.Unmarshal(text, &file); err != nil || !bytes.Equal(text, ledgerText(file.Sources)) {
		return nil, fmt.Errorf("%w: %s", ErrLedger, path)
	}
	var out []Entry
	if err := json.Unmarshal(file.Sources, &out); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrLedger, path, err)
	}
	return out, nil
}

// Verify reads every byte of an index and of the record of its archives and compares checksums. Errors:
// index.ErrCorrupt and ErrLedger, for each damaged file; index.ErrNoIndex and *index.SchemaError.
func Verify(ctx context.Context, dir string) error {
	err := recorded(dir, false)
	if errors.Is(err, index.ErrCorrupt) {
		return err
	}
	return errors.Join(index.Verify(ctx, dir), err)
}

// recorded looks at the record of archives before anything is built on it. Where the record speaks of a success
// there is an index, unless it is to be built anew: one that lost its CURRENT would be begun again without the
// mail of the other archives.
func recorded(dir string, fresh bool) error {
	entries, err := Ledger(dir)
	if err != nil || fresh || !slices.ContainsFunc(entries, func(e Entry) bool { return !e.LastSuccess.IsZero() }) {
		return err
	}
	if state, err := index.Check(dir, ""); state == index.Missing && err == nil {
		return fmt.Errorf("%w: no index is left in %s, though its %s names what was taken in", index.ErrCorrupt, dir, ledgerName)
	}
	return nil // else opening it says what is wrong
}

// record adds what a run saw to the ledger, and takes out what it was told to. A path that never gave mail is not
// recorded unless it is configured: it was most likely mistyped. The caller holds the index.
func record(dir string, seen []Entry, o Options) error {
	entries, err := Ledger(dir)
	if err != nil {
		return err
	}
	if o.Without != nil {
		entries = slices.DeleteFunc(entries, o.Without)
	}
	for _, s := range seen {
		i := slices.IndexFunc(entries, func(e Entry) bool { return e.Path == s.Path && e.List == s.List })
		if i < 0 && s.Error != "" && s.read == 0 && !o.Standing {
			continue
		}
		if i < 0 {
			entries = append(entries, Entry{Path: s.Path, List: s.List})
			i = len(entries) - 1
		}
		e := &entries[i]
		if o.Fresh && s.Error == "" {
			e.Mails, e.Newest = 0, time.Time{}
		}
		e.LastRun, e.Error = s.LastRun, s.Error
		e.Mails += s.Mails
		if s.Error == "" {
			e.LastSuccess = s.LastRun
		}
		if s.Newest.After(e.Newest) {
			e.Newest = s.Newest
		}
	}
	if len(entries) == 0 {
		return nil
	}
	return writeLedger(dir, entries)
}

func writeLedger(dir string, entries []Entry) error {
	if len(entries) == 0 {
		entries = []Entry{}
	}
	slices.SortFunc(entries, func(a, b Entry) int { return strings.Compare(a.Path+"\x00"+a.List, b.Path+"\x00"+b.List) })
	text, err := json.MarshalIndent(entries, "  ", "  ")
	if err != nil {
		return err
	}
	// One writer at a time holds the index, so the name needs no random part and nothing piles up.
	path := filepath.Join(dir, ledgerName)
	tmp, err := os.OpenFile(path+".tmp", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = tmp.Write(ledgerText(text))
	if err := errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return errors.Join(err, os.Remove(path+".tmp"))
	}
	return os.Rename(path+".tmp", path)
}
