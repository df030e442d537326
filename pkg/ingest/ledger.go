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
}

// Ledger reads the archives recorded in an index directory, by path; none when there is no record.
func Ledger(dir string) ([]Entry, error) {
	text, err := os.ReadFile(filepath.Join(dir, ledgerName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []Entry
	if err := json.Unmarshal(text, &out); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, ledgerName), err)
	}
	return out, nil
}

// record adds what a run saw to the ledger.
func record(dir string, seen []Entry) error {
	entries, err := Ledger(dir)
	if err != nil {
		return err
	}
	for _, s := range seen {
		i := slices.IndexFunc(entries, func(e Entry) bool { return e.Path == s.Path && e.List == s.List })
		if i < 0 {
			entries = append(entries, Entry{Path: s.Path, List: s.List})
			i = len(entries) - 1
		}
		e := &entries[i]
		e.LastRun, e.Error = s.LastRun, s.Error
		e.Mails += s.Mails
		if s.Error == "" {
			e.LastSuccess = s.LastRun
		}
		if s.Newest.After(e.Newest) {
			e.Newest = s.Newest
		}
	}
	slices.SortFunc(entries, func(a, b Entry) int { return strings.Compare(a.Path+"\x00"+a.List, b.Path+"\x00"+b.List) })
	text, err := json.MarshalIndent(entries, "", "  ")
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(dir, ".sources-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(append(text, '\n'))
	if err := errors.Join(err, tmp.Chmod(0o644), tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), filepath.Join(dir, ledgerName))
}
