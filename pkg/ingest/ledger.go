package ingest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
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

// Ledger reads the archives recorded in an index directory, by path; none when there is no record.
func Ledger(dir string) ([]Entry, error) {
	path := filepath.Join(dir, ledgerName)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []Entry
	if err := json.Unmarshal(text, &out); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return out, nil
}

// Forget takes archives out of the record, so that Options.Fresh runs made from it go without them.
// Mail that they brought stays in the index.
func Forget(dir string, gone func(Entry) bool) error {
	entries, err := Ledger(dir)
	if err != nil {
		return err
	}
	return writeLedger(dir, slices.DeleteFunc(entries, gone))
}

// record adds what a run saw to the ledger. A path that never gave mail is not recorded unless it is
// configured: it was most likely mistyped.
func record(dir string, seen []Entry, o Options) error {
	entries, err := Ledger(dir)
	if err != nil {
		return err
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
	text, err := json.MarshalIndent(entries, "", "  ")
	if err != nil {
		return err
	}
	// One writer at a time holds the index, so the name needs no random part and nothing piles up.
	path := filepath.Join(dir, ledgerName)
	tmp, err := os.OpenFile(path+".tmp", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = tmp.Write(append(text, '\n'))
	if err := errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return errors.Join(err, os.Remove(path+".tmp"))
	}
	return os.Rename(path+".tmp", path)
}
