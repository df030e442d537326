package ingest

import (
	"slices"
	"sync"

	"rustle/pkg/analysis"
	"rustle/pkg/archive"
	"rustle/pkg/mail"
)

// An increment is what was read since the index was last published.
type increment struct {
	mu       sync.Mutex
	spool    *spool
	byID     map[string][]*item // several items of one id differ in content
	removals []removal
	cursors  map[string]archive.Cursor
	mails    int // read, known ones included
}

// An item is one mail of the increment: what threading needs of it, and where the rest is.
type item struct {
	header  *mail.Header
	hash    string
	defects []string
	at      span
	sources []sourceAt
}

// A sourceAt is a place the mail was found at, with the archive and the moment of the finding.
type sourceAt struct {
	analysis.Source
	archive string
	seq     int
}

// A removal says that an archive took a mail back.
type removal struct {
	id, hash, archive string
	seq               int
}

func newIncrement(dir string) (*increment, error) {
	s, err := newSpool(dir)
	if err != nil {
		return nil, err
	}
	return &increment{spool: s, byID: map[string][]*item{}, cursors: map[string]archive.Cursor{}}, nil
}

// add keeps a mail; one that the increment holds already gains a source. The caller holds mu.
func (inc *increment) add(it *item, blob []byte) error {
	for _, known := range inc.byID[it.header.ID] {
		if known.hash == it.hash {
			known.sources = append(known.sources, it.sources...)
			return nil
		}
	}
	at, err := inc.spool.put(blob)
	if err != nil {
		return err
	}
	it.at = at
	inc.byID[it.header.ID] = append(inc.byID[it.header.ID], it)
	return nil
}

// remove applies the removals to the mails of the increment itself.
func (inc *increment) remove() {
	for _, gone := range inc.removals {
		items := inc.byID[gone.id]
		for _, it := range items {
			if it.hash == gone.hash {
				it.sources = slices.DeleteFunc(it.sources, func(s sourceAt) bool { return s.archive == gone.archive && s.seq < gone.seq })
			}
		}
		items = slices.DeleteFunc(items, func(it *item) bool { return len(it.sources) == 0 })
		if len(items) == 0 {
			delete(inc.byID, gone.id)
		} else {
			inc.byID[gone.id] = items
		}
	}
}

// slim keeps of a header what threading asks for; the recipients of a hundred thousand mails would be
// most of the memory.
func slim(h *mail.Header) *mail.Header {
	return &mail.Header{ID: h.ID, Date: h.Date, Subject: h.Subject, From: h.From, InReplyTo: h.InReplyTo, References: h.References, ChangeID: h.ChangeID, Defects: h.Defects}
}

// listOf is the list a mail was found on: the one the user named, else its List-Id, else what the
// archive's name suggests.
func (raw *rawMail) listOf(m *mail.Message) string {
	switch {
	case raw.named != "":
		return raw.named
	case len(m.Lists) > 0:
		return m.Lists[0]
	}
	return raw.guessed
}
