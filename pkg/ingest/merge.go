package ingest

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"rustle/index"
	"rustle/index/query"
	"rustle/pkg/analysis"
)

// A key names a mail: two mails may share their Message-ID.
type key struct{ id, hash string }

// changes is what an increment means for the index.
type changes struct {
	fresh   []*item                   // mail that the index does not hold
	better  map[key]*item             // copies that take the place of the one in the index
	sources map[key][]analysis.Source // known mail that is found at other places than before
	gone    map[key]bool              // known mail that no archive holds any more
	lost    map[key]analysis.Person   // who wrote mail that was taken from an archive
	touched []string                  // threads of known mail that changes, or that is by somebody else
}

// merge compares the increment with the index: what is new, what is known and from where.
func (r *run) merge(ctx context.Context) (*changes, error) {
	c := &changes{better: map[key]*item{}, sources: map[key][]analysis.Source{}, gone: map[key]bool{}, lost: map[key]analysis.Person{}}
	ids := slices.Sorted(maps.Keys(r.inc.byID))
	held, err := r.base.Hashes(ctx, ids)
	if err != nil {
		return nil, err
	}
	for i, id := range ids {
		if i%1024 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		for _, it := range r.inc.byID[id] {
			known := slices.Contains(held[id], it.hash)
			r.count(it, !known)
			if known {
				err = r.again(c, it)
			} else {
				c.fresh = append(c.fresh, it)
			}
			if others := len(held[id]) > 1 || len(held[id]) == 1 && !known; others && err == nil {
				err = r.replaced(c, it)
			}
			if err != nil {
				return nil, err
			}
		}
	}
	for i := range r.inc.cut {
		if err := r.cut(c, &r.inc.cut[i]); err != nil {
			return nil, err
		}
	}
	for i := range r.inc.whole {
		if err := r.recheck(ctx, c, r.inc.whole[i]); err != nil {
			return nil, err
		}
	}
	for _, gone := range r.inc.removals {
		if err := r.gone(c, gone); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// again looks at a mail that the index holds and that was read once more.
func (r *run) again(c *changes, it *item) error {
	doc, err := r.base.Document(it.header.ID, it.hash)
	if err != nil {
		return err
	}
	if doc == nil {
		return fmt.Errorf("%w: the mail of %s is missing", index.ErrCorrupt, it.header.ID)
	}
	k := key{it.header.ID, it.hash}
	merged := mergeSources(doc.Record.Sources, it.sources)
	better, err := r.better(it, doc)
	if err != nil {
		return err
	}
	if better {
		c.better[k] = it
	}
	if changed := !slices.Equal(merged, doc.Record.Sources); changed {
		c.sources[k] = merged
	} else if !better {
		return nil
	}
	c.touched = append(c.touched, doc.Record.Thread)
	return nil
}

// better says whether a copy just read is to be kept instead of the one in the index: by the rule for
// copies in one increment, and when it stands where the known one stood, which then was cut short by a
// writer that had not finished.
func (r *run) better(it *item, doc *index.Doc) (bool, error) {
	stored, err := doc.Mail.AppendBinary(nil)
	if err != nil {
		return false, err
	}
	blob, err := r.inc.spool.reread(it.at)
	if err != nil || bytes.Equal(blob, stored) {
		return false, err
	}
	stands := func(at analysis.Source) bool {
		return slices.ContainsFunc(it.sources, func(s sourceAt) bool { return samePlace(s.Source, at) })
	}
	if known := doc.Record.Sources; len(known) == 1 && len(it.sources) == 1 && stands(known[0]) {
		return true, nil
	}
	if slices.ContainsFunc(r.inc.cut, func(c cutMail) bool { return c.Sum == checksum(stored) && stands(c.Source) }) {
		return true, nil
	}
	if c := compareReceived(it.header.Received, doc.Mail.Received); c != 0 {
		return c < 0, nil
	}
	return compareCopies(blob, stored) < 0, nil
}

// replaced takes its place from a mail that stood where another mail of the same id now stands: the last
// mail of an mbox that had not been written to its end, or a file with other content.
func (r *run) replaced(c *changes, it *item) error {
	known, err := r.base.Records(it.header.ID)
	if err != nil {
		return err
	}
	for i := range known {
		rec := &known[i]
		if r.inc.has(rec) {
			continue
		}
		r.withdraw(c, rec, func(s analysis.Source) bool {
			return slices.ContainsFunc(it.sources, func(f sourceAt) bool { return samePlace(s, f.Source) })
		})
	}
	return nil
}

// cut takes its place from a mail that was cut short inside its header: what is there now has another id.
// The remains of an id are the beginning of the whole one; without any the id is made from the hash.
func (r *run) cut(c *changes, old *cutMail) error {
	if old.now == "" || old.now == old.ID || !strings.HasPrefix(old.now, old.ID) && !strings.HasSuffix(old.ID, "@no-message-id.invalid") {
		return nil
	}
	doc, err := r.base.Document(old.ID, old.Hash)
	if err != nil || doc == nil {
		return err
	}
	r.withdraw(c, &doc.Record, func(s analysis.Source) bool { return samePlace(s, old.Source) })
	return nil
}

// recheck takes the places in an archive that was damaged from the mail that does not stand there. It looks
// at all mail of the index; damage is rare.
func (r *run) recheck(ctx context.Context, c *changes, a *recheck) error {
	for rec, err := range r.base.All(ctx, query.All{}) {
		if err != nil {
			return err
		}
		r.withdraw(c, &rec, func(s analysis.Source) bool {
			return s.Path == a.path && a.at[s.Offset] != key{rec.ID, rec.Hash} && (a.list == "" || s.List == a.list)
		})
	}
	return nil
}

// samePlace says that two positions cannot hold two mails at one time.
func samePlace(a, b analysis.Source) bool {
	return a.Path == b.Path && a.Offset == b.Offset && a.Commit == b.Commit && a.Path != "-"
}

// has says whether the increment brought a mail that the index knows.
func (inc *increment) has(rec *analysis.Record) bool {
	return slices.ContainsFunc(inc.byID[rec.ID], func(it *item) bool { return it.hash == rec.Hash })
}

// gone applies a removal to the index.
func (r *run) gone(c *changes, gone removal) error {
	known, err := r.base.Records(gone.id)
	if err != nil {
		return err
	}
	again := r.inc.holds(gone)
	for i := range known {
		rec := &known[i]
		if rec.Hash != gone.hash || again {
			continue
		}
		if r.withdraw(c, rec, func(s analysis.Source) bool { return inArchive(s.Path, gone.archive) }) {
			r.stats.Removed++
			r.stats.Sources[r.bySource[gone.archive]].Removed++
		}
	}
	return nil
}

// withdraw takes places from a known mail, and with the last one the mail itself: then it returns true.
func (r *run) withdraw(c *changes, rec *analysis.Record, from func(analysis.Source) bool) bool {
	k := key{rec.ID, rec.Hash}
	have, changed := c.sources[k]
	if !changed {
		have = rec.Sources
	}
	left := slices.DeleteFunc(slices.Clone(have), from)
	if len(left) == len(have) {
		return false
	}
	c.touched = append(c.touched, rec.Thread)
	c.sources[k] = left
	c.lost[k] = rec.From
	c.gone[k] = len(left) == 0
	return c.gone[k]
}

// count adds one mail, and the further places it was found at, to the figures of its archives.
func (r *run) count(it *item, fresh bool) {
	slices.SortFunc(it.sources, func(a, b sourceAt) int { return cmp.Compare(a.seq, b.seq) })
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
	if fresh {
		for _, d := range it.defects {
			r.stats.Damaged[d]++
		}
	}
}

// mergeSources adds the places a mail was found at, in the order of the finding, to those known. One
// archive holds a mail once for each list: a new position in the same file replaces the old one.
func mergeSources(known []analysis.Source, found []sourceAt) []analysis.Source {
	merged := slices.Clone(known)
	for _, f := range found {
		if i := slices.IndexFunc(merged, func(s analysis.Source) bool { return s.Path == f.Path && s.List == f.List }); i >= 0 {
			merged[i] = f.Source
		} else {
			merged = append(merged, f.Source)
		}
	}
	slices.SortFunc(merged, func(a, b analysis.Source) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.List, b.List))
	})
	return merged
}

// inArchive says whether a position lies in the archive of that name: in the file itself, or in an
// epoch or folder below it.
func inArchive(path, archiveName string) bool {
	rest, ok := strings.CutPrefix(path, archiveName)
	return ok && (rest == "" || rest[0] == '/')
}
