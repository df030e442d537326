package thread

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"rustle/pkg/patch"
)

// A Posting is what linking revisions needs to know of a Series. It holds no pointers into threads, so
// that an index can store it and link new mail to old.
type Posting struct {
	ID       string       // Message-ID of the cover, else of the first part
	Thread   string       // thread id
	Author   string       // canonical name or address; equal strings are one person
	Key      string       // patch.Subject.Key of the cover or single patch
	Version  int          // 1 when the subject names none
	Resend   bool         // the subject says so
	RFC      bool         // the subject says so
	Date     time.Time    // of the mail with ID, UTC
	ChangeID string       // change-id of the cover, "" for none
	IDs      []string     // Message-IDs of all mails of the series
	Parts    []string     // patch.Subject.Key of every part
	Links    []patch.Link // links in the text of the cover
}

// Posting describes the series. author is the poster's canonical name, text what the cover (or first
// part) says; both may be "".
func (s *Series) Posting(author, text string) Posting {
	first := s.First()
	p := Posting{
		Thread:   s.Thread,
		Author:   cmp.Or(author, authorKey(s.Author)),
		Key:      s.Subject.Key(),
		Version:  s.Version,
		Resend:   s.Subject.Resend,
		RFC:      s.Subject.RFC,
		ChangeID: patch.ChangeID(text),
		Links:    patch.Links(text),
	}
	if first == nil {
		return p
	}
	p.ID, p.Date = first.ID, first.Header.Date
	if p.ChangeID == "" {
		p.ChangeID = first.Header.ChangeID
	}
	if s.Cover != nil {
		p.IDs = append(p.IDs, s.Cover.ID)
	}
	for _, n := range s.Parts {
		if n != nil {
			p.IDs = append(p.IDs, n.ID)
			p.Parts = append(p.Parts, patch.ParseSubject(n.Header.Subject).Key())
		}
	}
	return p
}

// A LinkKind says how sure a Link is.
type LinkKind string

// The kinds of links.
const (
	LinkRevision LinkKind = "revision" // two revisions of one series
	LinkSubject  LinkKind = "subject"  // the same subject only: a guess, never membership
)

// A Link joins an older posting or thread to a newer one.
type Link struct {
	Kind      LinkKind
	Old, New  string   // Message-IDs: of the postings for a revision, of the roots for a subject
	OldThread string   // thread ids; equal when a revision was posted into the same thread
	NewThread string   //
	Reasons   []string // at least one, readable: "change-id 2025...", "link to v1 in the cover", "same author and subject"
}

// maxGap is how long after the last posting a revision with the same author and subject, and nothing
// else in common, is still believed. Measured in mail, longer gaps are new efforts under an old name.
const maxGap = 2 * 365 * 24 * time.Hour

// resendGap is the like for a posting with the same version number and no RESEND.
const resendGap = 90 * 24 * time.Hour

// Revisions links each posting to the one it replaces: v1 to v2, v2 to v3. It finds the predecessor by
// the change-id, by a link in the cover, by the same author and cover subject, or, where covers were
// renamed, by the same author and at least half of the patches; among several the highest older version,
// then the newest. Every link says all the reasons that hold for it. The result is
// sorted by the newer posting's date and id and does not depend on the order of postings.
func Revisions(postings []Posting) []Link {
	ps := slices.Clone(postings)
	slices.SortFunc(ps, func(a, b Posting) int {
		return cmp.Or(cmp.Compare(dateKey(a.Date), dateKey(b.Date)), strings.Compare(a.ID, b.ID))
	})
	r := reviser{
		postings: ps,
		byID:     make(map[string]int),
		byChange: make(map[string][]int),
		byTitle:  make(map[[2]string][]int),
		byPart:   make(map[[2]string][]int),
	}
	var out []Link
	for i := range ps {
		// Only older postings are in the tables.
		if l, ok := r.predecessor(i); ok {
			out = append(out, l)
		}
		r.add(i)
	}
	return out
}

type reviser struct {
	postings []Posting
	byID     map[string]int
	byChange map[string][]int
	byTitle  map[[2]string][]int
	byPart   map[[2]string][]int
}

func (r *reviser) add(i int) {
	p := &r.postings[i]
	for _, id := range p.IDs {
		r.byID[id] = i
	}
	if p.ID != "" {
		r.byID[p.ID] = i
	}
	if p.ChangeID != "" {
		r.byChange[p.ChangeID] = append(r.byChange[p.ChangeID], i)
	}
	if telling(p.Key) {
		k := [2]string{p.Author, p.Key}
		r.byTitle[k] = append(r.byTitle[k], i)
	}
	for _, part := range p.Parts {
		if k := [2]string{p.Author, part}; telling(part) {
			r.byPart[k] = append(r.byPart[k], i)
		}
	}
}

// last cuts the newest candidates off a list.
func last(s []int) []int { return s[max(0, len(s)-window):] }

// sharing returns the older postings of the author that share at least half of the patches of the
// smaller posting, with the number shared.
func (r *reviser) sharing(p *Posting) map[int]int {
	count := make(map[int]int)
	for _, part := range p.Parts {
		if !telling(part) {
			continue
		}
		for _, j := range last(r.byPart[[2]string{p.Author, part}]) {
			count[j]++
		}
	}
	for j, n := range count {
		if 2*n < min(len(p.Parts), len(r.postings[j].Parts)) {
			delete(count, j)
		}
	}
	return count
}

// telling says that a title is more than a word that anybody might use again.
func telling(key string) bool {
	return len(key) >= 8 && strings.Contains(key, " ")
}

// window is how many of the newest candidates with one key are looked at, so that a title that is posted
// every day for years costs no more than others.
const window = 50

func (r *reviser) predecessor(i int) (Link, bool) {
	p := &r.postings[i]
	reasons := make(map[int][]string)
	note := func(j int, reason string) {
		if q := &r.postings[j]; j != i && q.ID != p.ID && follows(q, p) {
			reasons[j] = append(reasons[j], reason)
		}
	}
	if p.ChangeID != "" {
		for _, j := range last(r.byChange[p.ChangeID]) {
			note(j, "change-id "+p.ChangeID)
		}
	}
	for _, l := range p.Links {
		j, ok := r.byID[l.ID]
		if !ok {
			continue
		}
		q := &r.postings[j]
		// A cover also links what it depends on: believe a link to the same title, or one that names a
		// revision of the same author.
		if q.Key == p.Key || (q.Author == p.Author && l.Version > 0 && l.Version == q.Version && l.Version < p.Version) {
			reason := "link in the cover"
			if l.Version > 0 {
				reason = "link to v" + strconv.Itoa(l.Version) + " in the cover"
			}
			if !slices.Contains(reasons[j], reason) {
				note(j, reason)
			}
		}
	}
	if telling(p.Key) {
		for _, j := range last(r.byTitle[[2]string{p.Author, p.Key}]) {
			if q := &r.postings[j]; near(q, p) {
				note(j, "same author and subject")
			}
		}
	}
	for j, n := range r.sharing(p) {
		q := &r.postings[j]
		// Equal titles are said above; a later version is asked for, since single patches of a series
		// are also sent alone, to stable trees and the like.
		if (q.Key != p.Key || !telling(p.Key)) && q.Version < p.Version && near(q, p) {
			note(j, "same author and "+strconv.Itoa(n)+" of "+strconv.Itoa(len(p.Parts))+" patches")
		}
	}
	best := -1
	for j := range reasons {
		if best < 0 || better(&r.postings[j], &r.postings[best], len(reasons[j]), len(reasons[best])) {
			best = j
		}
	}
	if best < 0 {
		return Link{}, false
	}
	q := &r.postings[best]
	return Link{Kind: LinkRevision, Old: q.ID, New: p.ID, OldThread: q.Thread, NewThread: p.Thread, Reasons: reasons[best]}, true
}

// follows says that p can be a later revision of q.
func follows(q, p *Posting) bool {
	switch {
	case q.Version < p.Version:
		return true
	case q.RFC && !p.RFC:
		return true // an RFC v2 is followed by a first version
	case q.Version == p.Version:
		return p.Resend || p.Date.Sub(q.Date) > time.Hour && p.RFC == q.RFC
	}
	return false
}

// near says that two postings of one title are close enough in time to be one effort.
func near(q, p *Posting) bool {
	gap := p.Date.Sub(q.Date)
	if q.Date.IsZero() || p.Date.IsZero() {
		gap = 0
	}
	if q.Version == p.Version && !p.Resend && q.RFC == p.RFC {
		return gap <= resendGap
	}
	return gap <= maxGap
}

// better orders candidates: newest, as a series moves forward in time; then the higher version, more
// reasons, and the id for a fixed choice.
func better(a, b *Posting, na, nb int) bool {
	return cmp.Or(
		cmp.Compare(stage(a), stage(b)),
		cmp.Compare(dateKey(a.Date), dateKey(b.Date)),
		cmp.Compare(na, nb),
		strings.Compare(a.ID, b.ID),
	) > 0
}

// stage numbers revisions with RFCs below others.
func stage(p *Posting) int {
	if p.RFC {
		return p.Version
	}
	return p.Version + 1000
}

// subjectGap is how long before a stray answer its thread may have ended.
const subjectGap = 90 * 24 * time.Hour

// SubjectLinks proposes for each thread whose first mail calls itself an answer, to something that the
// data lacks or that it does not name, the thread it may belong to: the same subject, begun before it, not silent for more than 90 days. It
// is a guess for a reader to judge and does not join anything.
func SubjectLinks(threads []*Thread) []Link {
	type entry struct {
		t     *Thread
		key   string
		stray bool
	}
	entries := make([]entry, 0, len(threads))
	for _, t := range threads {
		s := patch.ParseSubject(t.Subject)
		if e := (entry{t: t, key: s.Key(), stray: s.Reply}); telling(e.key) {
			entries = append(entries, e)
		}
	}
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(strings.Compare(a.key, b.key), cmp.Compare(dateKey(a.t.First), dateKey(b.t.First)), strings.Compare(a.t.ID, b.t.ID))
	})
	var out []Link
	for i, e := range entries {
		if !e.stray {
			continue
		}
		for j := i - 1; j >= max(0, i-window) && entries[j].key == e.key; j-- {
			o := entries[j].t
			if e.t.First.Sub(o.Last) > subjectGap {
				continue
			}
			out = append(out, Link{
				Kind: LinkSubject, Old: o.Root.ID, New: e.t.Root.ID, OldThread: o.ID, NewThread: e.t.ID,
				Reasons: []string{"same subject"},
			})
			break
		}
	}
	slices.SortFunc(out, func(a, b Link) int { return strings.Compare(a.NewThread, b.NewThread) })
	return out
}
