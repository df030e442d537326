package ingest

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"rustle/pkg/analysis"
	"rustle/pkg/archive"
	"rustle/pkg/mail"
)

// cursorPrefix is the beginning of the internal keys under which the cursors of archives are kept.
const cursorPrefix = "cursor:"

// cursor is where the reading of an archive goes on.
func (r *run) cursor(name string) (archive.Cursor, error) {
	var c archive.Cursor
	text, err := r.base.Internal(cursorPrefix + name)
	if err != nil || text == nil {
		return c, err
	}
	if err := json.Unmarshal(text, &c); err != nil {
		return c, fmt.Errorf("cursor of %s: %w", name, err)
	}
	return c, nil
}

// publish brings the increment into the index and makes it visible to readers.
func (r *run) publish(ctx context.Context) error {
	inc := r.inc
	inc.remove()
	if err := inc.spool.seal(); err != nil {
		return err
	}
	changed, err := r.merge(ctx)
	if err != nil {
		return err
	}
	if err := r.threads(ctx, changed); err != nil {
		return err
	}
	if err := r.commit(ctx); err != nil {
		return err
	}
	if err := errors.Join(inc.spool.close(), r.base.Close()); err != nil {
		return err
	}
	if r.base, err = r.writer.Reader(); err != nil {
		return err
	}
	r.inc, err = newIncrement(r.options.Dir)
	return err
}

func (r *run) commit(ctx context.Context) error {
	internal := map[string][]byte{}
	for name, c := range r.inc.cursors {
		text, err := json.Marshal(c)
		if err != nil {
			return fmt.Errorf("cursor of %s: %w", name, err)
		}
		before, err := r.base.Internal(cursorPrefix + name)
		if err != nil {
			return err
		}
		if string(before) != string(text) {
			internal[cursorPrefix+name] = text
		}
	}
	if len(internal) == 0 && !r.wrote {
		return nil // nothing is new: what is published stays, to the byte
	}
	r.wrote = false
	return r.writer.Commit(ctx, internal)
}

// A member is one mail of a thread that is about to be analysed: new, or known to the index.
type member struct {
	header  *mail.Header
	hash    string
	sources []analysis.Source
	item    *item            // new mail, in the spool
	known   *analysis.Record // mail of the index, as it stands there
}

// A key names a mail: two mails may share their Message-ID.
type key struct{ id, hash string }

// changes is what an increment means for the index.
type changes struct {
	fresh   []*item                   // mail that the index does not hold
	sources map[key][]analysis.Source // known mail that was found at another place
	gone    map[key]bool              // known mail that no archive holds any more
	touched []string                  // threads of the last two
}

// merge compares the increment with the index: what is new, what is known and from where.
func (r *run) merge(ctx context.Context) (*changes, error) {
	c := &changes{sources: map[key][]analysis.Source{}, gone: map[key]bool{}}
	ids := slices.Sorted(maps.Keys(r.inc.byID))
	held, err := r.base.Hashes(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		var known []analysis.Record
		if len(held[id]) > 0 {
			if known, err = r.base.Records(id); err != nil {
				return nil, err
			}
		}
		for _, it := range r.inc.byID[id] {
			i := slices.IndexFunc(known, func(rec analysis.Record) bool { return rec.Hash == it.hash })
			if i < 0 {
				c.fresh = append(c.fresh, it)
				r.count(it, true)
				continue
			}
			r.count(it, false)
			if merged, changed := mergeSources(known[i].Sources, it.sources); changed {
				c.sources[key{id, it.hash}] = merged
				c.touched = append(c.touched, known[i].Thread)
			}
		}
	}
	for _, gone := range r.inc.removals {
		known, err := r.base.Records(gone.id)
		if err != nil {
			return nil, err
		}
		for i := range known {
			rec := &known[i]
			if rec.Hash != gone.hash {
				continue
			}
			k := key{rec.ID, rec.Hash}
			have := rec.Sources
			if s, ok := c.sources[k]; ok {
				have = s
			}
			left := slices.DeleteFunc(slices.Clone(have), func(s analysis.Source) bool {
				return inArchive(s.Path, gone.archive) && !r.inc.holds(gone)
			})
			if len(left) == len(have) {
				continue
			}
			c.touched = append(c.touched, rec.Thread)
			if len(left) == 0 {
				c.gone[k] = true
				r.stats.Removed++
			} else {
				c.sources[k] = left
			}
		}
	}
	return c, nil
}

// count adds one mail, and the further places it was found at, to the figures of its archives.
func (r *run) count(it *item, fresh bool) {
	for i, s := range it.sources {
		st := &r.stats.Sources[r.bySource[s.archive]]
		if it.header.Date.After(st.Newest) {
			st.Newest = it.header.Date
		}
		if i == 0 && fresh {
			st.New++
			r.stats.New++
			continue
		}
		st.Duplicates++
		r.stats.Known++
	}
	if fresh && len(it.defects) > 0 {
		for _, d := range it.defects {
			if analysis.Damage(d) {
				r.stats.Damaged[d]++
			}
		}
	}
}

// mergeSources adds the places a mail was found at to those known. One archive holds a mail once for
// each list: a new position in the same file replaces the old one.
func mergeSources(known []analysis.Source, found []sourceAt) (merged []analysis.Source, changed bool) {
	found = slices.SortedFunc(slices.Values(found), func(a, b sourceAt) int { return cmp.Compare(a.seq, b.seq) })
	merged = slices.Clone(known)
	for _, f := range found {
		if i := slices.IndexFunc(merged, func(s analysis.Source) bool { return s.Path == f.Path && s.List == f.List }); i >= 0 {
			merged[i] = f.Source
		} else {
			merged = append(merged, f.Source)
		}
	}
	slices.SortFunc(merged, compareSources)
	return merged, !slices.Equal(merged, known)
}

func compareSources(a, b analysis.Source) int {
	return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.List, b.List), cmp.Compare(a.Offset, b.Offset), cmp.Compare(a.Commit, b.Commit))
}

// inArchive says whether a position lies in the archive of that name: in the file itself, or in an
// epoch or folder below it.
func inArchive(path, archiveName string) bool {
	rest, ok := strings.CutPrefix(path, archiveName)
	return ok && (rest == "" || rest[0] == '/')
}

// holds says whether the archive brought the mail again after it took it back.
func (inc *increment) holds(gone removal) bool {
	for _, it := range inc.byID[gone.id] {
		for _, s := range it.sources {
			if it.hash == gone.hash && s.archive == gone.archive && s.seq > gone.seq {
				return true
			}
		}
	}
	return false
}
