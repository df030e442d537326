package mail

import "bytes"

// fields holds the raw values of the header fields this package reads, as slices of the raw mail,
// still folded. A value that occurs several times has several entries.
type fields struct {
	n          int // header fields seen, known or not
	size       int // bytes kept
	messageID  [][]byte
	received   [][]byte
	inReplyTo  [][]byte
	references [][]byte
	to         [][]byte
	cc         [][]byte
	listID     [][]byte
	mailing    [][]byte // X-Mailing-List
	from       []byte
	sender     []byte
	replyTo    []byte
	date       []byte
	subject    []byte
	changeID   []byte
	mediaType  []byte // Content-Type
	encoding   []byte // Content-Transfer-Encoding
	dispose    []byte // Content-Disposition
	seen       uint32 // bit per fieldKind
	store      [11][]byte
}

// room lends the usual number of values to each list, so that a common mail needs no allocation for them.
func (f *fields) room() {
	f.received = f.store[0:0:maxReceived]
	f.messageID = f.store[4:4:5]
	f.inReplyTo = f.store[5:5:6]
	f.references = f.store[6:6:7]
	f.to = f.store[7:7:8]
	f.cc = f.store[8:8:9]
	f.listID = f.store[9:9:10]
	f.mailing = f.store[10:10:11]
}

type fieldKind uint8

const (
	fieldOther fieldKind = iota
	fieldMessageID
	fieldReceived
	fieldInReplyTo
	fieldReferences
	fieldTo
	fieldCc
	fieldListID
	fieldMailingList
	fieldFrom
	fieldSender
	fieldReplyTo
	fieldDate
	fieldSubject
	fieldChangeID
	fieldContentType
	fieldEncoding
	fieldDisposition
)

// maxReceived is how many Received fields are kept to look for one that can be read.
const maxReceived = 4

// kindOf tells which field a name is, in any case of letters.
func kindOf(name []byte) fieldKind {
	// The switch on length keeps the comparisons at one or two for the forty fields nobody asks for.
	switch len(name) {
	case 2:
		switch {
		case equalFold(name, "to"):
			return fieldTo
		case equalFold(name, "cc"):
			return fieldCc
		}
	case 4:
		switch {
		case equalFold(name, "from"):
			return fieldFrom
		case equalFold(name, "date"):
			return fieldDate
		}
	case 6:
		if equalFold(name, "sender") {
			return fieldSender
		}
	case 7:
		switch {
		case equalFold(name, "subject"):
			return fieldSubject
		case equalFold(name, "list-id"):
			return fieldListID
		}
	case 8:
		switch {
		case equalFold(name, "received"):
			return fieldReceived
		case equalFold(name, "reply-to"):
			return fieldReplyTo
		}
	case 10:
		switch {
		case equalFold(name, "message-id"):
			return fieldMessageID
		case equalFold(name, "references"):
			return fieldReferences
		}
	case 11:
		switch {
		case equalFold(name, "in-reply-to"):
			return fieldInReplyTo
		case equalFold(name, "x-change-id"):
			return fieldChangeID
		}
	case 12:
		if equalFold(name, "content-type") {
			return fieldContentType
		}
	case 14:
		if equalFold(name, "x-mailing-list") {
			return fieldMailingList
		}
	case 19:
		if equalFold(name, "content-disposition") {
			return fieldDisposition
		}
	case 25:
		if equalFold(name, "content-transfer-encoding") {
			return fieldEncoding
		}
	}
	return fieldOther
}

// equalFold compares ASCII without regard to case; lower must be lower case.
func equalFold[T []byte | string](s T, lower string) bool {
	if len(s) != len(lower) {
		return false
	}
	for i := range len(lower) {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

// hasPrefixFold reports whether s starts with lower, which must be lower case.
func hasPrefixFold[T []byte | string](s T, lower string) bool {
	return len(s) >= len(lower) && equalFold(s[:len(lower)], lower)
}

// fieldName returns the name of the field that starts at line, or nil when line is no field.
func fieldName(line []byte) []byte {
	for i, c := range line {
		switch {
		case c == ':':
			if i == 0 {
				return nil
			}
			return line[:i]
		case c == ' ' || c == '\t':
			// QUIRK: RFC 5322, 4.5 allows blanks before the colon in old mail.
			rest := bytes.TrimLeft(line[i:], " \t")
			if i == 0 || len(rest) == 0 || rest[0] != ':' {
				return nil
			}
			return line[:i]
		case c < 33 || c > 126:
			return nil
		}
	}
	return nil
}

// scanFields reads the header section of raw and returns what follows the blank line after it.
func scanFields(raw []byte, d *defects) (*fields, []byte) {
	f := &fields{}
	f.room()
	kind, start := fieldOther, 0
	pos := 0
	for pos < len(raw) {
		end := len(raw)
		next := end
		if i := bytes.IndexByte(raw[pos:], '\n'); i >= 0 {
			end = pos + i
			next = end + 1
		}
		line := raw[pos:end]
		if len(line) > 0 && line[len(line)-1] == '\r' {
			line = line[:len(line)-1]
		}
		if len(line) == 0 {
			if f.n == 0 {
				// QUIRK: blank lines before the first field, left by some archives.
				pos = next
				continue
			}
			f.put(kind, raw[start:pos], d)
			return f, raw[next:]
		}
		if line[0] == ' ' || line[0] == '\t' {
			if f.n == 0 {
				d.add(DefectMalformedHeader)
			}
			pos = next
			continue
		}
		name := fieldName(line)
		if name == nil {
			f.put(kind, raw[start:pos], d)
			kind, start = fieldOther, next
			// QUIRK: "From " lines of an mbox inside the header section, lines broken without a
			// blank at the start of the next, and mails whose text starts without a blank line.
			// What follows tells them apart.
			d.add(DefectMalformedHeader)
			if !headerGoesOn(raw[next:]) && !bytes.HasPrefix(line, []byte("From ")) && !bytes.HasPrefix(line, []byte(">From ")) {
				return f, raw[pos:]
			}
			pos = next
			continue
		}
		f.put(kind, raw[start:pos], d)
		f.n++
		kind = kindOf(name)
		start = pos + bytes.IndexByte(line, ':') + 1
		pos = next
	}
	f.put(kind, raw[start:], d)
	return f, nil
}

// headerGoesOn reports whether rest begins with a field or with the blank line that ends a header.
func headerGoesOn(rest []byte) bool {
	line, _, found := bytes.Cut(rest, []byte("\n"))
	line = bytes.TrimSuffix(line, []byte("\r"))
	if len(line) == 0 {
		return found
	}
	return fieldName(line) != nil || line[0] == '\t'
}

// put keeps the value of a field of kind k.
func (f *fields) put(k fieldKind, v []byte, d *defects) {
	if k == fieldOther {
		return
	}
	v = bytes.TrimSpace(v)
	if len(v) > MaxField {
		v = v[:MaxField]
		d.add(DefectHeaderTooLarge)
	}
	if f.size += len(v); f.size > MaxHeader {
		d.add(DefectHeaderTooLarge)
		return
	}
	again := f.seen&(1<<k) != 0
	f.seen |= 1 << k
	switch k {
	case fieldMessageID:
		f.messageID = append(f.messageID, v)
	case fieldReceived:
		if len(f.received) < maxReceived {
			f.received = append(f.received, v)
		}
	case fieldInReplyTo:
		f.inReplyTo = append(f.inReplyTo, v)
	case fieldReferences:
		f.references = append(f.references, v)
	case fieldTo:
		f.to = append(f.to, v)
	case fieldCc:
		f.cc = append(f.cc, v)
	case fieldListID:
		f.listID = append(f.listID, v)
	case fieldMailingList:
		f.mailing = append(f.mailing, v)
	case fieldFrom:
		f.from = first(f.from, v, again)
	case fieldSender:
		f.sender = first(f.sender, v, again)
	case fieldReplyTo:
		f.replyTo = first(f.replyTo, v, again)
	case fieldDate:
		f.date = first(f.date, v, again)
	case fieldSubject:
		f.subject = first(f.subject, v, again)
	case fieldChangeID:
		f.changeID = first(f.changeID, v, again)
	case fieldContentType:
		f.mediaType = first(f.mediaType, v, again)
	case fieldEncoding:
		f.encoding = first(f.encoding, v, again)
	case fieldDisposition:
		f.dispose = first(f.dispose, v, again)
	case fieldOther:
	}
	if again && (k == fieldFrom || k == fieldDate || k == fieldSubject) {
		d.add(DefectRepeatedHeader)
	}
}

// first keeps the first of several values, also when it is empty.
func first(kept, v []byte, again bool) []byte {
	if again {
		return kept
	}
	return v
}
