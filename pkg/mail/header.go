package mail

import (
	"bytes"
	"errors"
	"slices"
	"time"
)

// ErrEmpty is returned for input in which there is nothing to read at all.
var ErrEmpty = errors.New("mail: empty")

// ParseHeader reads the header section of a raw mail; raw may hold the whole mail or end with the header. It
// keeps no part of raw. The error is ErrEmpty when there is nothing usable; everything else that is wrong is
// named in Header.Defects, which here only speak of the header section.
//
// A mail without Message-ID gets an id made from its hash. That takes the text, so for such a mail, and only
// then, the body is read too, and ParseHeader and Parse agree on the id.
func ParseHeader(raw []byte) (Header, error) {
	if len(bytes.TrimSpace(raw[:min(len(raw), 4096)])) == 0 && len(bytes.TrimSpace(raw)) == 0 {
		return Header{}, ErrEmpty
	}
	r := newReader(raw)
	h := r.header()
	if h.ID == "" {
		m, err := Parse(raw)
		if err != nil {
			return Header{}, err
		}
		h.ID = m.ID
	}
	h.Defects = r.d.sorted()
	return h, nil
}

// reader is the state of reading one mail.
type reader struct {
	raw  []byte
	f    *fields
	body []byte
	d    defects
	sent time.Time // what the Date field itself says; zero when it cannot be read
}

func newReader(raw []byte) *reader {
	r := &reader{raw: raw}
	if len(raw) > MaxSize {
		r.d.add(DefectTooLarge)
		raw = raw[:MaxSize]
	}
	r.f, r.body = scanFields(raw, &r.d)
	if r.f.n == 0 {
		r.d.add(DefectNoHeader)
		r.body = raw
	}
	return r
}

// header reads the fields into a Header; ID stays empty when the mail has none, Defects too.
func (r *reader) header() Header {
	f, d := r.f, &r.d
	// Two arenas, so that who drops the recipients also drops their memory.
	a := newArena(sum(f.messageID) + sum(f.references) + sum(f.inReplyTo) + sum(f.listID) + len(f.from) + len(f.replyTo) + len(f.subject) + len(f.changeID))
	rcpt := newArena(sum(f.to) + sum(f.cc))

	h := Header{ID: messageID(f.messageID, a, d)}
	ar := addressReader{a: a, d: d}
	r.from(&h, &ar)
	if one := ar.list(nil, f.replyTo); len(one) > 0 {
		h.ReplyTo = one[0]
	}
	ar.a = rcpt
	h.To = addresses(&ar, f.to)
	h.Cc = addresses(&ar, f.cc)

	h.Subject = a.keep(cut(appendText(nil, f.subject, d), MaxSubject))
	if h.Subject == "" {
		d.add(DefectNoSubject)
	}
	r.dates(&h)

	own := &ownIDs{id: h.ID, from: h.From, to: h.To, cc: h.Cc}
	h.InReplyTo = idList(nil, f.inReplyTo, own, a, d)
	h.References = idList(make([]string, 0, countIDs(f.references)), f.references, own, a, d)
	if len(h.References) == 0 {
		h.References = nil
	}
	h.Lists = lists(f, a, d)
	if len(f.changeID) > 0 {
		h.ChangeID = a.keep(cut(appendText(nil, f.changeID, d), MaxID))
	}
	return h
}

func (r *reader) from(h *Header, ar *addressReader) {
	f, d := r.f, &r.d
	if len(f.from) > 0 {
		all := ar.list(nil, f.from)
		if len(all) > 0 {
			h.From = all[0]
			if bytes.IndexByte([]byte(h.From.Addr), '@') < 0 {
				d.add(DefectBadFrom)
			}
			return
		}
		d.add(DefectBadFrom)
		h.From.Name = ar.name(f.from)
	} else {
		d.add(DefectNoFrom)
	}
	if all := ar.list(nil, f.sender); len(all) > 0 && !isListOwner(all[0].Addr) {
		if h.From.Name == "" {
			h.From.Name = all[0].Name
		}
		h.From.Addr = all[0].Addr
	}
}

// isListOwner reports whether addr is the address under which list software sends on.
func isListOwner(addr string) bool {
	local, _, _ := bytes.Cut([]byte(addr), []byte("@"))
	return bytes.HasSuffix(local, []byte("-owner")) || bytes.HasPrefix(local, []byte("owner-")) ||
		bytes.Contains(local, []byte("-bounces")) || bytes.Contains(local, []byte("+bounces")) || bytes.HasPrefix(local, []byte("bounce"))
}

func (r *reader) dates(h *Header) {
	f, d := r.f, &r.d
	for _, v := range f.received {
		if t, ok := receivedDate(v); ok {
			h.Received = t
			break
		}
	}
	switch t, ok := parseDate(f.date, d); {
	case len(f.date) == 0:
		d.add(DefectNoDate)
	case !ok:
		d.add(DefectBadDate)
	case t.Year() < minYear || t.Year() > maxYear || !h.Received.IsZero() && t.After(h.Received.Add(maxAhead)):
		r.sent = t
		d.add(DefectAbsurdDate)
	default:
		r.sent = t
		h.Date = t
		return
	}
	if !h.Received.IsZero() {
		h.Date = h.Received
		d.add(DefectDateFromReceived)
	}
}

func addresses(ar *addressReader, values [][]byte) []Address {
	n := 0
	for _, v := range values {
		n += bytes.Count(v, []byte("@"))
	}
	var out []Address
	if n > 0 {
		out = make([]Address, 0, min(n, MaxAddresses))
	}
	for _, v := range values {
		if len(out) >= MaxAddresses {
			ar.d.add(DefectTooManyRecipients)
			break
		}
		out = ar.list(out, v)
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// lists reads List-Id, and X-Mailing-List when there is no List-Id.
func lists(f *fields, a *arena, d *defects) []string {
	var out []string
	add := func(id []byte) {
		id = bytes.ToLower(bytes.TrimSpace(cut(appendText(nil, id, d), MaxName)))
		if len(id) > 0 && len(out) < 32 && !slices.Contains(out, string(id)) {
			out = append(out, a.keep(id))
		}
	}
	for _, v := range f.listID {
		if open := bytes.LastIndexByte(v, '<'); open >= 0 {
			v = v[open+1:]
			if end := bytes.IndexByte(v, '>'); end >= 0 {
				v = v[:end]
			}
		}
		add(v)
	}
	if len(out) > 0 {
		return out
	}
	for _, v := range f.mailing {
		// X-Mailing-List: name@host is List-Id: <name.host> of an older time.
		v = bytes.Trim(v, "<> \t")
		if bytes.IndexByte(v, ' ') < 0 {
			add(bytes.Replace(v, []byte("@"), []byte("."), 1))
		}
	}
	return out
}

func sum(values [][]byte) int {
	n := 0
	for _, v := range values {
		n += len(v)
	}
	return n
}

func countIDs(values [][]byte) int {
	n := 0
	for _, v := range values {
		n += bytes.Count(v, []byte("@"))
	}
	return min(n, MaxReferences)
}
