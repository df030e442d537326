package ingest

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"rustle/index"
	"rustle/pkg/analysis"
	"rustle/pkg/patch"
)

// A patch series that nobody decided on was superseded when its author posted a later version, in a thread of its own.
// That is the only thing that a thread's summary says of another thread; it is found here, when all threads of an
// increment are known, and threads of the index are written again when a later version of theirs arrives or goes.

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

// revisions gathers the postings of the threads at work. The summaries of those that may have to wait for another
// thread are held.
type revisions struct {
	mu     sync.Mutex
	titles map[string]int // threads with a title
	newest map[series]posting
	held   []heldThread
	others []*analysis.ThreadSummary // threads of the index that are not at work, of the same titles
}

type heldThread struct {
	summary   *analysis.ThreadSummary
	unchanged bool // none of its mails was written
}

// gather counts the titles of the threads at work, given by their subjects, and adds the threads of the index with one
// of these titles or of those that the threads at work had before.
func (r *run) gather(ctx context.Context, subjects, old []string) error {
	v := &revisions{titles: map[string]int{}, newest: map[series]posting{}}
	r.revisions = v
	count := func(subject string, n int) {
		if isPosting(subject) {
			v.titles[index.SeriesTitle(subject)] += n
		}
	}
	for _, s := range subjects {
		count(s, 1)
	}
	for _, id := range old {
		s, err := r.base.Thread(id)
		if err != nil {
			return err
		}
		if s != nil {
			count(s.Subject, 0)
		}
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

// hold takes in a thread that was analysed, and keeps its summary when its outcome may depend on another thread.
func (v *revisions) hold(s *analysis.ThreadSummary, unchanged bool) bool {
	if !isPosting(s.Subject) {
		return false
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.note(s)
	if s.Outcome.Label != "undecided" || v.titles[index.SeriesTitle(s.Subject)] < 2 {
		return false
	}
	only := *s // not the messages that come with it
	v.held = append(v.held, heldThread{&only, unchanged})
	return true
}

// settle says that a thread without an outcome of its own was superseded, if it was.
func (v *revisions) settle(s *analysis.ThreadSummary) {
	key, p, ok := seriesOf(s)
	next := v.newest[key]
	if !ok || next.version <= p.version || !next.first.After(p.first) {
		return
	}
	s.Outcome = analysis.Outcome{Label: "superseded", ID: next.id, Evidence: []analysis.Evidence{{
		Text: strings.Join(strings.Fields(next.subject), " "), Rule: ruleLater, Weight: 1,
	}}}
}

// settleAll writes the threads that were held, and those of the index whose outcome has changed.
func (r *run) settleAll() error {
	v := r.revisions
	slices.SortFunc(v.held, func(a, b heldThread) int { return strings.Compare(a.summary.ID, b.summary.ID) })
	for _, h := range v.held {
		v.settle(h.summary)
		wrote, err := r.putThread(func() (*index.Reader, error) { return r.base, nil }, h.summary, h.unchanged)
		if err != nil {
			return err
		}
		r.noteThread(wrote)
	}
	for _, s := range v.others {
		before := s.Outcome
		if len(before.Evidence) == 1 && before.Evidence[0].Rule == ruleLater {
			s.Outcome = analysis.Outcome{Label: "undecided"}
		}
		if s.Outcome.Label == "undecided" {
			v.settle(s)
		}
		if reflect.DeepEqual(before, s.Outcome) {
			continue
		}
		if err := r.writer.PutThread(s); err != nil {
			return err
		}
		r.noteThread(true)
	}
	return nil
}

func (r *run) noteThread(wrote bool) {
	if wrote {
		r.stats.Threads++
		r.wrote = true
	}
}

// putThread writes a summary, unless none of the thread's mails was written and the index holds it as it is.
func (r *run) putThread(base func() (*index.Reader, error), s *analysis.ThreadSummary, unchanged bool) (wrote bool, err error) {
	if r.before[s.ID] && unchanged {
		held, err := base()
		if err != nil {
			return false, err
		}
		before, err := held.Thread(s.ID)
		if err != nil {
			return false, err
		}
		now := *s
		if len(now.Missing) == 0 {
			now.Missing = nil // as it comes back from the index
		}
		if before != nil && reflect.DeepEqual(*before, now) {
			return false, nil
		}
	}
	return true, r.writer.PutThread(s)
}
