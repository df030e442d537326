package ingest

import (
	"bytes"
	"cmp"
	"hash/crc32"
	"slices"
	"strings"
	"sync"
	"time"

	"rustle/pkg/analysis"
	"rustle/pkg/archive"
	"rustle/pkg/mail"
)

// An increment is what was read since the index was last published.
type increment struct {
	mu       sync.Mutex
	spool    *spool
	names    names
	byID     map[string][]*item // several items of one id differ in content
	removals []removal
	cursors  map[string]archive.Cursor // by key, see cursorKey
	last     map[string]lastMail       // by the same key
	cut      []cutMail
	suspect  map[string]bool // by the same key: the archive turned out to be damaged, or to be whole again
	whole    []*recheck
	mails    int // read, known ones included
}

// An item is one mail of the increment: what threading needs of it, and where the rest is.
type item struct {
	header  *mail.Header // slim
	hash    string
	defects []string // those that are damage
	at      span
	sources []sourceAt
}

// A sourceAt is a place the mail was found at, with the archive and the moment of the finding.
type sourceAt struct {
	analysis.Source
	archive string
	key     string // of the archive's cursor
	seq     int
}

// A removal says that an archive took a mail back.
type removal struct {
	id, hash, archive string
	seq               int
}

// A lastMail is the last one of an archive. It may have been cut short by a writer that had not finished; then
// the next reading finds another mail in its place.
type lastMail struct {
	Source analysis.Source `json:"source"`
	ID     string          `json:"id"`
	Hash   string          `json:"hash"`
	Sum    uint32          `json:"sum"` // of its packed form
	seq    int
}

// A recheck is an archive that was found to be damaged once and has now been read to its end. A damaged packed
// file unpacks to something else for a while before its checksum tells, so what was read then and does not
// stand in it now was never there.
type recheck struct {
	path string
	list string        // that the user named
	at   map[int64]key // what stands in it, by offset
}

// A cutMail is a lastMail of the index whose place was read again. The seq is that of the new reading.
type cutMail struct {
	lastMail
	now string // Message-ID that is there now, once it was parsed
}

func newIncrement(dir string) (*increment, error) {
	s, err := newSpool(dir)
	if err != nil {
		return nil, err
	}
	return &increment{spool: s, names: names{}, byID: map[string][]*item{}, cursors: map[string]archive.Cursor{}, last: map[string]lastMail{}, suspect: map[string]bool{}}, nil
}

// add keeps a mail; one that the increment holds already gains a source. Blob is its packed form.
// The order in which copies come does not matter: parsers work side by side.
func (inc *increment) add(m *mail.Message, source sourceAt, blob []byte) error {
	inc.mu.Lock()
	defer inc.mu.Unlock()
	inc.note(m, &source, blob)
	source.Path, source.List = inc.names.keep(source.Path), inc.names.keep(source.List)
	for _, known := range inc.byID[m.ID] {
		if known.hash != m.Hash {
			continue
		}
		known.sources = append(known.sources, source)
		older, err := inc.older(m.Received, blob, known)
		if err != nil || !older {
			return err
		}
		return inc.fill(known, m, blob)
	}
	it := &item{hash: m.Hash, sources: []sourceAt{source}}
	if err := inc.fill(it, m, blob); err != nil {
		return err
	}
	inc.byID[it.header.ID] = append(inc.byID[it.header.ID], it)
	return nil
}

// note keeps an eye on the last mail of the archive and on one that may have been cut short.
func (inc *increment) note(m *mail.Message, s *sourceAt, blob []byte) {
	if s.seq >= inc.last[s.key].seq {
		inc.last[s.key] = lastMail{s.Source, m.ID, m.Hash, checksum(blob), s.seq}
	}
	for i := range inc.cut {
		if c := &inc.cut[i]; c.seq == s.seq {
			c.now = m.ID
		}
	}
}

// checksum tells copies of a mail apart well enough for one that is compared with one other.
func checksum(blob []byte) uint32 { return crc32.Checksum(blob, crc32.MakeTable(crc32.Castagnoli)) }

// fill makes a mail the content of an item.
func (inc *increment) fill(it *item, m *mail.Message, blob []byte) (err error) {
	it.header = inc.names.slim(&m.Header)
	it.defects = nil
	for _, d := range m.Defects {
		if analysis.Damage(d) {
			it.defects = append(it.defects, inc.names.keep(d))
		}
	}
	it.at, err = inc.spool.put(blob)
	return err
}

// older says whether a copy of a mail is to be kept instead of the one in the increment.
func (inc *increment) older(received time.Time, blob []byte, known *item) (bool, error) {
	if c := compareReceived(received, known.header.Received); c != 0 {
		return c < 0, nil
	}
	other, err := inc.spool.reread(known.at)
	return compareCopies(blob, other) < 0, err
}

// compareCopies orders copies that were received at the same time: the longer one first, because a mailbox
// may end in a mail that is not yet written whole.
func compareCopies(a, b []byte) int {
	return cmp.Or(cmp.Compare(len(b), len(a)), bytes.Compare(a, b))
}

// compareReceived puts what came first first and what has no usable Received last.
func compareReceived(a, b time.Time) int {
	switch {
	case a.IsZero() == b.IsZero():
		return a.Compare(b)
	case a.IsZero():
		return 1
	}
	return -1
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

// names keeps one copy of strings that come again and again: an id stands in the References of every
// mail below it.
type names map[string]string

func (n names) keep(s string) string {
	if s == "" {
		return ""
	}
	if k, ok := n[s]; ok {
		return k
	}
	k := strings.Clone(s) // not a piece of a whole header
	n[k] = k
	return k
}

func (n names) keepAll(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = n.keep(s)
	}
	return out
}

// slim keeps of a header what package thread asks for. Recipients are only looked at there to tell
// addresses from ids, so just those that stand among the references are kept: all of them would be most of
// the memory of a run.
func (n names) slim(h *mail.Header) *mail.Header {
	out := &mail.Header{
		ID: n.keep(h.ID), Date: h.Date, Received: h.Received, Subject: n.keep(h.Subject),
		From:      mail.Address{Name: n.keep(h.From.Name), Addr: n.keep(h.From.Addr)},
		InReplyTo: n.keepAll(h.InReplyTo), References: n.keepAll(h.References), Lists: n.keepAll(h.Lists), ChangeID: n.keep(h.ChangeID),
	}
	if slices.Contains(h.Defects, mail.DefectBareReference) {
		out.Defects = []string{mail.DefectBareReference}
	}
	referred := func(a mail.Address) bool {
		same := func(ref string) bool { return strings.EqualFold(ref, a.Addr) }
		return a.Addr != "" && (slices.ContainsFunc(h.References, same) || slices.ContainsFunc(h.InReplyTo, same))
	}
	for _, list := range []struct {
		from []mail.Address
		to   *[]mail.Address
	}{{h.To, &out.To}, {h.Cc, &out.Cc}} {
		for _, a := range list.from {
			if referred(a) {
				*list.to = append(*list.to, mail.Address{Addr: n.keep(a.Addr)})
			}
		}
	}
	if referred(h.ReplyTo) {
		out.ReplyTo = mail.Address{Addr: n.keep(h.ReplyTo.Addr)}
	}
	return out
}
