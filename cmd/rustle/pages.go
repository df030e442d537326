package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"rustle/index/query"
	"rustle/pkg/report"
)

// pagesManifest lists the files of a set of pages with their hashes, so that a later run knows
// which of the files in a directory are its own.
const pagesManifest = ".rustle-pages"

func (c *command) runReportAll(ctx context.Context, o reportOptions, args []string) error {
	if err := o.check(); err != nil {
		return err
	}
	if len(args) == 0 {
		args = []string{"is:debate"}
	}
	node, err := c.parse(o.selection, args)
	if err != nil {
		return err
	}
	done, err := c.writeCollection(ctx, node, o.out, report.Options{Anonymous: o.anonymous, Full: o.full, HTML: o.format.name == "html"})
	if err != nil {
		return err
	}
	c.notef("%s: %s", o.out, done)
	return nil
}

// pagesDone is what came of a set of pages.
type pagesDone struct{ threads, wrote, removed int }

func (d pagesDone) String() string {
	return fmt.Sprintf("%s; %s written, %d removed", plural(d.threads, "thread"), plural(d.wrote, "file"), d.removed)
}

// writeCollection writes the pages about the threads that hold a mail of the query.
func (c *command) writeCollection(ctx context.Context, node query.Node, dir string, o report.Options) (done pagesDone, err error) {
	r, err := c.reader()
	if err != nil {
		return done, err
	}
	defer r.Close()
	in := report.CollectionInput{Query: node.String(), Entities: c.entityInfos()}
	if in.Threads, in.Topics, in.Method, err = c.threadInputs(ctx, r, node); err != nil {
		return done, err
	}
	if o.Anonymous {
		if o.People, err = c.identities(ctx, r); err != nil {
			return done, err
		}
	}
	done.threads = len(in.Threads)
	done.wrote, done.removed, err = c.writePages(dir, report.Collection(in, o))
	return done, err
}

// writePages brings a directory up to date with a set of files. Files that are the same stay
// untouched; files of an earlier run that are no longer in the set go, unless somebody edited them.
func (c *command) writePages(dir string, files []report.File) (wrote, removed int, err error) {
	old, err := readManifest(dir)
	if err != nil {
		return 0, 0, err
	}
	for _, f := range files { // look before the first write: nothing of the user's is overwritten
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		have, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) || err == nil && (len(old[f.Name]) > 0 || bytes.Equal(have, f.Data)) {
			continue
		}
		if err != nil {
			return 0, 0, err
		}
		return 0, 0, withHint(fmt.Errorf("%s was not written by rustle and would be overwritten", path), "choose an empty directory")
	}
	var manifest strings.Builder
	kept := map[string]bool{}
	for _, f := range files {
		kept[f.Name] = true
		fmt.Fprintf(&manifest, "%s  %s\n", hashOf(f.Data), f.Name)
	}
	if err := c.namePages(dir, files, old); err != nil {
		return 0, 0, err
	}
	for _, f := range files {
		changed, err := c.replaceFile(filepath.Join(dir, filepath.FromSlash(f.Name)), f.Data)
		if err != nil {
			return wrote, removed, err
		}
		if changed {
			wrote++
		}
	}
	for name, hashes := range old {
		path := filepath.Join(dir, filepath.FromSlash(name))
		have, err := os.ReadFile(path)
		if kept[name] || err != nil || !slices.Contains(hashes, hashOf(have)) {
			continue
		}
		if err := os.Remove(path); err != nil {
			return wrote, removed, err
		}
		removed++
	}
	_, err = c.replaceFile(filepath.Join(dir, pagesManifest), []byte(manifest.String()))
	return wrote, removed, err
}

// namePages puts into the manifest all that may lie in the directory while the pages are written: a run that
// is killed half-way must leave word of what is its own.
func (c *command) namePages(dir string, files []report.File, old map[string][]string) error {
	both := maps.Clone(old)
	news := false
	for _, f := range files {
		if hash := hashOf(f.Data); !slices.Contains(both[f.Name], hash) {
			both[f.Name] = append(slices.Clone(both[f.Name]), hash)
			news = true
		}
	}
	if !news {
		return nil
	}
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(both)) {
		for _, hash := range both[name] {
			fmt.Fprintf(&text, "%s  %s\n", hash, name)
		}
	}
	_, err := c.replaceFile(filepath.Join(dir, pagesManifest), []byte(text.String()))
	return err
}

func hashOf(data []byte) string {
	h := sha256.Sum256(data)
	return hex.EncodeToString(h[:])
}

// readManifest reads what earlier runs wrote: name -> hash, or several after a run that was cut off. Names that lead out of the directory
// are not ours whatever the file says.
func readManifest(dir string) (map[string][]string, error) {
	text, err := os.ReadFile(filepath.Join(dir, pagesManifest))
	if errors.Is(err, fs.ErrNotExist) {
		return map[string][]string{}, nil
	}
	if err != nil {
		return nil, err
	}
	out := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		if hash, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  "); ok && filepath.IsLocal(filepath.FromSlash(name)) {
			out[name] = append(out[name], hash)
		}
	}
	return out, nil
}

// replaceFile writes data when the file does not hold it yet, and says whether it did.
func (c *command) replaceFile(path string, data []byte) (bool, error) {
	have, err := os.ReadFile(path)
	if err == nil && bytes.Equal(have, data) {
		return false, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return false, err
	}
	return true, c.writeFile(path, func(w io.Writer) error { _, err := w.Write(data); return err })
}
