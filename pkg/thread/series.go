package thread

import (
	"cmp"
	"slices"
	"strings"

	"rustle/pkg/mail"
	"rustle/pkg/patch"
)

// A Series is one posting of a patch or of several that belong together: "[PATCH v3 0/5]" to "5/5".
type Series struct {
	Thread  string        // id of the thread it stands in
	Subject patch.Subject // of the cover, else of the first part
	Author  mail.Address  // who posted it
	Version int           // from the subjects; 1 when they name none
	Total   int           // number of parts announced; 0 for a single patch without a counter
	Cover   *Node         // nil when there is none in the data
	Parts   []*Node       // by number: Parts[i] is part i+1, nil when it is not in the data; then inferred ones
	// Inferred holds the nodes whose place does not stand in their own subject: a cover without a
	// counter, a patch without one below a cover.
	Inferred []*Node
}

// A Position is the place of a mail in a series.
type Position struct {
	Series   *Series
	Part     int  // 0 is the cover
	Inferred bool // not from the mail's own subject
}

// First returns the mail that stands for the series: the cover, else the first part in the data.
func (s *Series) First() *Node {
	if s.Cover != nil {
		return s.Cover
	}
	for _, p := range s.Parts {
		if p != nil {
			return p
		}
	}
	return nil
}

// Positions returns the place of every mail of the thread that posts a patch or a cover.
func (t *Thread) Positions() map[*Node]Position {
	out := make(map[*Node]Position)
	for _, s := range t.Series {
		note := func(n *Node, part int) {
			if n != nil {
				out[n] = Position{Series: s, Part: part, Inferred: slices.Contains(s.Inferred, n)}
			}
		}
		for i, n := range s.Parts {
			note(n, i+1)
		}
		note(s.Cover, 0)
	}
	return out
}

// maxParts bounds the parts of one series that get a slot; nobody posts more in one go.
const maxParts = 2000

// seriesKey is what the parts of one posting have in common.
type seriesKey struct {
	author         string
	version, total int
	flags          string
}

// findSeries sorts the patches of the thread into series.
//
// A counted part belongs to the nearest cover (or first part) above it in the tree with the same total
// and version, else to the series of the same author, version, total and flags seen last. A patch without
// a counter is a series of its own, unless it answers a cover of the same author that still lacks parts.
func (t *Thread) findSeries() {
	subjects := make(map[*Node]patch.Subject)
	for _, n := range t.Nodes {
		if n.Header == nil {
			continue
		}
		if s := patch.ParseSubject(n.Header.Subject); s.Patch && !s.Reply {
			subjects[n] = s
		}
	}
	if len(subjects) == 0 {
		return
	}
	f := seriesFinder{thread: t, subjects: subjects, byKey: make(map[seriesKey]*Series), of: make(map[*Node]*Series)}
	for _, n := range t.Nodes {
		if s, ok := subjects[n]; ok && s.Total > 0 {
			f.counted(n, s)
		}
	}
	for _, n := range t.Nodes {
		if s, ok := subjects[n]; ok && s.Total == 0 {
			f.uncounted(n, s)
		}
	}
	for _, s := range t.Series {
		f.inferCover(s)
	}
	place := make(map[*Node]int, len(t.Nodes))
	for i, n := range t.Nodes {
		place[n] = i
	}
	slices.SortStableFunc(t.Series, func(a, b *Series) int { return cmp.Compare(place[a.First()], place[b.First()]) })
}

type seriesFinder struct {
	thread   *Thread
	subjects map[*Node]patch.Subject
	byKey    map[seriesKey]*Series
	of       map[*Node]*Series
}

func keyOf(n *Node, s patch.Subject) seriesKey {
	return seriesKey{author: authorKey(n.Header.From), version: s.Version, total: s.Total, flags: strings.Join(s.Flags, " ")}
}

// authorKey tells authors apart by address, and by name where a gateway sends for many.
func authorKey(a mail.Address) string {
	addr := strings.ToLower(a.Addr)
	if strings.HasPrefix(addr, "devnull+") || strings.Contains(a.Name, " via ") {
		return strings.ToLower(a.Name)
	}
	return addr
}

func (f *seriesFinder) counted(n *Node, s patch.Subject) {
	ser := f.above(n, s)
	k := keyOf(n, s)
	if ser == nil {
		ser = f.byKey[k]
	}
	switch {
	case ser == nil,
		s.Part == 0 && ser.Cover != nil,
		s.Part > 0 && s.Part <= len(ser.Parts) && ser.Parts[s.Part-1] != nil:
		// A slot that is taken: the same series posted again.
		ser = f.open(n, s)
		f.byKey[k] = ser
	}
	f.put(ser, n, s.Part)
}

func (f *seriesFinder) open(n *Node, s patch.Subject) *Series {
	ser := &Series{Thread: f.thread.ID, Subject: s, Author: n.Header.From, Version: s.Version, Total: s.Total}
	f.thread.Series = append(f.thread.Series, ser)
	return ser
}

func (f *seriesFinder) put(ser *Series, n *Node, part int) {
	f.of[n] = ser
	if part == 0 {
		ser.Cover = n
		ser.Subject, ser.Author = f.subjects[n], n.Header.From
		return
	}
	if part > maxParts {
		return
	}
	if part > len(ser.Parts) {
		ser.Parts = append(ser.Parts, make([]*Node, part-len(ser.Parts))...)
	}
	ser.Parts[part-1] = n
}

// above looks for the series of the nearest patch above n that fits. It goes up a few steps only:
// parts answer the cover, or one another in old chains.
func (f *seriesFinder) above(n *Node, s patch.Subject) *Series {
	if s.Part == 0 {
		return nil
	}
	const steps = 3
	for range steps {
		n = n.Parent
		if n == nil {
			return nil
		}
		ser := f.of[n]
		if ser == nil || ser.Total != s.Total || ser.Version != s.Version {
			continue
		}
		if s.Part <= len(ser.Parts) && ser.Parts[s.Part-1] != nil {
			return nil
		}
		return ser
	}
	return nil
}

func (f *seriesFinder) uncounted(n *Node, s patch.Subject) {
	if n.Parent != nil {
		ser := f.of[n.Parent]
		if ser != nil && ser.Cover == n.Parent && ser.Version == s.Version && sameAuthor(ser, n) && ser.missing() {
			// A patch below its cover that lost its number.
			for i, p := range ser.Parts {
				if p == nil {
					ser.Inferred = append(ser.Inferred, n)
					f.put(ser, n, i+1)
					return
				}
			}
			ser.Inferred = append(ser.Inferred, n)
			f.put(ser, n, len(ser.Parts)+1)
			return
		}
	}
	ser := f.open(n, s)
	f.put(ser, n, max(s.Part, 1))
}

func sameAuthor(s *Series, n *Node) bool { return authorKey(s.Author) == authorKey(n.Header.From) }

// missing says that parts announced by the counter are not there.
func (s *Series) missing() bool {
	have := 0
	for _, p := range s.Parts {
		if p != nil {
			have++
		}
	}
	return have < s.Total
}

// inferCover takes as cover a mail by the same author that most parts answer and that is neither a reply
// nor a patch: "[RFC] Rust support" above "[PATCH 1/3]".
func (f *seriesFinder) inferCover(s *Series) {
	if s.Cover != nil || s.Total < 2 {
		return
	}
	first := s.First()
	if first == nil || first.Parent == nil || first.Parent.Header == nil {
		return
	}
	p := first.Parent
	if f.of[p] != nil || !sameAuthor(s, p) {
		return
	}
	subject := patch.ParseSubject(p.Header.Subject)
	if subject.Reply || subject.Patch {
		return
	}
	have, below := 0, 0
	for _, n := range s.Parts {
		if n != nil {
			have++
			if n.Parent == p {
				below++
			}
		}
	}
	if have < 2 || below*2 < have {
		return
	}
	s.Cover = p
	s.Inferred = append(s.Inferred, p)
	f.of[p] = s
	s.Subject.Title, s.Subject.Areas = subject.Title, subject.Areas
}
