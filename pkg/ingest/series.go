package ingest

import (
	"context"
	"strings"
	"time"

	"rustle/index"
	"rustle/pkg/analysis"
	"rustle/pkg/patch"
)

// A patch series that nobody decided on was superseded when its author posted a later version, in a thread of its own.

// ruleLater marks an outcome that another thread shows.
const ruleLater = "OUT-later"

// A series is what all revisions have in common.
type series struct{ title, author string }

// A posting is a thread that begins with a patch.
type posting struct {
	version     int
	first       time.Time
	id, subject string
}

// seriesOf says of which series a thread is. ok is false when it does not begin with a patch.
func seriesOf(s *analysis.ThreadSummary) (key series, p posting, ok bool) {
	subject := patch.ParseSubject(s.Subject)
	key = series{index.SeriesTitle(s.Subject), s.Author}
	return key, posting{max(subject.Version, 1), s.First, s.ID, s.Subject}, isPosting(s.Subject) && s.Author != ""
}

func isPosting(subject string) bool {
	s := patch.ParseSubject(subject)
	return s.Patch && !s.Reply && index.SeriesTitle(subject) != ""
}

// revisions gathers the postings of the threads at work.
type revisions struct {
	titles map[string]int // threads with a title
	newest map[series]posting
	others []*analysis.ThreadSummary // threads of the index that are not at work, of the same titles
}

// gather counts the titles of the threads at work, given by their subjects, and adds the threads of the index with one
// of these titles or of those that the threads at work had before, as old gives them.
func (v *revisions) gather(ctx context.Context, r *run, subjects []string, old []*analysis.ThreadSummary) error {
	v.titles, v.newest = map[string]int{}, map[series]posting{}
	count := func(subject string, n int) {
		if isPosting(subject) {
			v.titles[index.SeriesTitle(subject)] += n
		}
	}
	for _, s := range subjects {
		count(s, 1)
	}
	for _, s := range old {
		count(s.Subject, 0)
	}
	titles := make([]string, 0, len(v.titles))
	for t := range v.titles {
		titles = append(titles, t)
	}
	found, err := r.base.ThreadsOfSeries(ctx, titles)
	if err != nil {
		return err
	}
	for _, id := range found {
		if r.before[id] {
			continue
		}
		s, err := r.base.Thread(id)
		if err != nil {
			return err
		}
		if s == nil || !isPosting(s.Subject) {
			continue // a patch in the middle of a thread
		}
		if _, ok := v.titles[index.SeriesTitle(s.Subject)]; ok {
			count(s.Subject, 1)
			v.note(s)
			v.others = append(v.others, s)
		}
	}
	return nil
}

// note takes in a thread. The first thread of the highest version is the newest.
func (v *revisions) note(s *analysis.ThreadSummary) {
	key, p, ok := seriesOf(s)
	if !ok {
		return
	}
	old, known := v.newest[key]
	if c := p.first.Compare(old.first); !known || p.version > old.version || p.version == old.version && (c < 0 || c == 0 && p.id < old.id) {
		v.newest[key] = p
	}
}

// waits says that the outcome of a thread may depend on another one.
func (v *revisions) waits(s *analysis.ThreadSummary) bool {
	return isPosting(s.Subject) && s.Outcome.Label == "undecided" && v.titles[index.SeriesTitle(s.Subject)] > 1
}

// settle says that a thread without an outcome of its own was superseded, if it was, and no longer, if not.
func (v *revisions) settle(s *analysis.ThreadSummary) {
	if by := s.Outcome.Evidence; len(by) == 1 && by[0].Rule == ruleLater {
		s.Outcome = analysis.Outcome{Label: "undecided"}
	}
	key, p, ok := seriesOf(s)
	next := v.newest[key]
	if s.Outcome.Label != "undecided" || !ok || next.version <= p.version || !next.first.After(p.first) {
		return
	}
	s.Outcome = analysis.Outcome{Label: "superseded", ID: next.id, Evidence: []analysis.Evidence{{
		Text: strings.Join(strings.Fields(next.subject), " "), Rule: ruleLater, Weight: 1,
	}}}
}
