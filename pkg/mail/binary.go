package mail

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// binaryVersion is the first byte of the binary form.
//
//	1: version, length of the header block, header block, text. All numbers are varints; a string is its length
//	   and its bytes, a list its length and its elements, a time 0 or 1 + seconds (zigzag) + nanoseconds.
const binaryVersion = 1

// ErrBinary is returned for bytes that are no binary form of a Message.
var ErrBinary = errors.New("mail: malformed binary message")

// AppendBinary appends a compact, versioned form of m to dst; it implements encoding.BinaryAppender and never
// fails. Times are kept to the nanosecond and come back in UTC, empty slices come back as nil; apart from that
// UnmarshalBinary restores m exactly.
func (m *Message) AppendBinary(dst []byte) ([]byte, error) {
	dst = append(dst, binaryVersion)
	// The header block comes first, with its length, so that it can be decoded without the text.
	head := make([]byte, 0, 1024)
	head = appendString(head, m.ID)
	head = appendTime(head, m.Date)
	head = appendTime(head, m.Received)
	head = appendString(head, m.Subject)
	head = appendAddress(head, m.From)
	head = appendAddress(head, m.ReplyTo)
	head = appendAddresses(head, m.To)
	head = appendAddresses(head, m.Cc)
	head = appendStrings(head, m.InReplyTo)
	head = appendStrings(head, m.References)
	head = appendStrings(head, m.Lists)
	head = appendString(head, m.ChangeID)
	head = appendStrings(head, m.Defects)
	head = binary.AppendUvarint(head, uint64(len(m.Attachments)))
	for _, a := range m.Attachments {
		head = appendString(head, a.Name)
		head = appendString(head, a.Type)
		head = binary.AppendVarint(head, int64(a.Size))
	}
	head = binary.AppendVarint(head, int64(m.Size))
	head = appendString(head, m.Hash)
	dst = binary.AppendUvarint(dst, uint64(len(head)))
	dst = append(dst, head...)
	return append(dst, m.Text...), nil
}

// MarshalBinary returns the binary form of m; it never fails.
func (m *Message) MarshalBinary() ([]byte, error) { return m.AppendBinary(nil) }

// UnmarshalBinary replaces m by the message whose binary form is data. It keeps no part of data. The error
// wraps ErrBinary when data is anything else, and m is then unchanged.
func (m *Message) UnmarshalBinary(data []byte) error {
	out, text, err := decodeHead(data)
	if err != nil {
		return err
	}
	out.Text = string(text)
	*m = *out
	return nil
}

// UnmarshalHeader is UnmarshalBinary without the text, for callers that need only headers.
func (m *Message) UnmarshalHeader(data []byte) error {
	out, _, err := decodeHead(data)
	if err != nil {
		return err
	}
	*m = *out
	return nil
}

func decodeHead(data []byte) (m *Message, text []byte, err error) {
	if len(data) == 0 || data[0] != binaryVersion {
		return nil, nil, fmt.Errorf("%w: version", ErrBinary)
	}
	data = data[1:]
	n, used := binary.Uvarint(data)
	if used <= 0 || n > uint64(len(data)-used) {
		return nil, nil, fmt.Errorf("%w: header length", ErrBinary)
	}
	data = data[used:]
	r := binaryReader{s: string(data[:n])}
	m = &Message{}
	m.ID = r.string()
	m.Date = r.time()
	m.Received = r.time()
	m.Subject = r.string()
	m.From = r.address()
	m.ReplyTo = r.address()
	m.To = r.addresses()
	m.Cc = r.addresses()
	m.InReplyTo = r.strings()
	m.References = r.strings()
	m.Lists = r.strings()
	m.ChangeID = r.string()
	m.Defects = r.strings()
	if n := r.count(3); n > 0 {
		m.Attachments = make([]Attachment, n)
		for i := range m.Attachments {
			m.Attachments[i] = Attachment{Name: r.string(), Type: r.string(), Size: int(r.varint())}
		}
	}
	m.Size = int(r.varint())
	m.Hash = r.string()
	if r.bad || len(r.s) > 0 {
		return nil, nil, fmt.Errorf("%w: header", ErrBinary)
	}
	return m, data[n:], nil
}

func appendString(dst []byte, s string) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(s)))
	return append(dst, s...)
}

func appendStrings(dst []byte, list []string) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(list)))
	for _, s := range list {
		dst = appendString(dst, s)
	}
	return dst
}

func appendAddress(dst []byte, a Address) []byte {
	return appendString(appendString(dst, a.Name), a.Addr)
}

func appendAddresses(dst []byte, list []Address) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(list)))
	for _, a := range list {
		dst = appendAddress(dst, a)
	}
	return dst
}

func appendTime(dst []byte, t time.Time) []byte {
	if t.IsZero() {
		return append(dst, 0)
	}
	dst = append(dst, 1)
	dst = binary.AppendVarint(dst, t.Unix())
	return binary.AppendUvarint(dst, uint64(t.Nanosecond()))
}

// binaryReader takes values off the front of s. After the first malformed one it is bad and returns zeros.
type binaryReader struct {
	s   string
	bad bool
}

func (r *binaryReader) uvarint() uint64 {
	var n uint64
	for shift := uint(0); shift < 64; shift += 7 {
		if len(r.s) == 0 {
			break
		}
		c := r.s[0]
		r.s = r.s[1:]
		n |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return n
		}
	}
	r.fail()
	return 0
}

func (r *binaryReader) varint() int64 {
	n := r.uvarint()
	v := int64(n >> 1)
	if n&1 != 0 {
		v = ^v
	}
	return v
}

func (r *binaryReader) fail() {
	r.bad = true
	r.s = ""
}

// count reads the length of a list whose elements take at least size bytes each, so that a forged length
// cannot make us allocate more than the input is long.
func (r *binaryReader) count(size int) int {
	n := r.uvarint()
	if n > uint64(len(r.s)/size) {
		r.fail()
		return 0
	}
	return int(n)
}

func (r *binaryReader) string() string {
	n := r.uvarint()
	if n > uint64(len(r.s)) {
		r.fail()
		return ""
	}
	s := r.s[:n]
	r.s = r.s[n:]
	return s
}

func (r *binaryReader) strings() []string {
	n := r.count(1)
	if n == 0 {
		return nil
	}
	list := make([]string, n)
	for i := range list {
		list[i] = r.string()
	}
	return list
}

func (r *binaryReader) address() Address { return Address{Name: r.string(), Addr: r.string()} }

func (r *binaryReader) addresses() []Address {
	n := r.count(2)
	if n == 0 {
		return nil
	}
	list := make([]Address, n)
	for i := range list {
		list[i] = r.address()
	}
	return list
}

func (r *binaryReader) time() time.Time {
	if len(r.s) == 0 {
		r.fail()
		return time.Time{}
	}
	set := r.s[0]
	r.s = r.s[1:]
	switch set {
	case 0:
		return time.Time{}
	case 1:
		sec, ns := r.varint(), r.uvarint()
		if ns > 999_999_999 {
			r.fail()
			return time.Time{}
		}
		return time.Unix(sec, int64(ns)).UTC()
	}
	r.fail()
	return time.Time{}
}
