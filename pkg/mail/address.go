package mail

import "bytes"

// mailbox is one mailbox as it stands in the header, its parts not yet decoded.
type mailbox struct {
	name    []byte // display name, quotes removed, encoded words still in place
	addr    []byte
	comment []byte
}

// An addressReader reads address lists (RFC 5322, 3.4, and what the wild makes of it). Its buffers are
// reused from one mailbox to the next.
type addressReader struct {
	a    *arena
	d    *defects
	box  mailbox
	pend []byte // words before a comma that hold no address: Lastname of "Lastname, Firstname <addr>"
	text []byte
}

// list appends the mailboxes of v to dst.
//
// QUIRK: accepted beyond the RFC: unquoted commas in names, quotes inside encoded words, a missing
// closing bracket or quote, bare names, "user at host" of list archives, old "addr (Name)", groups.
func (r *addressReader) list(dst []Address, v []byte) []Address {
	r.reset()
	r.pend = r.pend[:0]
	for i := 0; i < len(v); {
		switch c := v[i]; c {
		case '"':
			i = r.quoted(v, i)
		case '(':
			end := skipComment(v, i)
			if len(r.box.comment) == 0 && end-2 > i {
				r.box.comment = append(r.box.comment, v[i+1:end-1]...)
			}
			i = end
		case '<':
			j := i + 1
			for j < len(v) && v[j] != '>' && v[j] != ',' && v[j] != '<' {
				j++
			}
			if j < len(v) && v[j] == ',' && bytes.IndexByte(v[j:], '>') >= 0 && v[i+1] == '@' {
				// Source route: <@relay,@relay:user@host>.
				j += bytes.IndexByte(v[j:], '>')
			}
			addr := v[i+1 : j]
			if colon := bytes.LastIndexByte(addr, ':'); colon >= 0 {
				addr = addr[colon+1:]
			}
			if len(r.box.addr) == 0 {
				r.box.addr = append(r.box.addr, addr...)
			}
			if j < len(v) && v[j] == '>' {
				j++
			}
			i = j
		case '=':
			_, _, _, n := encodedWord(v[i:])
			n = max(n, 1)
			r.box.name = append(r.box.name, v[i:i+n]...)
			i += n
		case ',', ';':
			dst = r.finish(dst)
			i++
		case ':':
			if len(r.box.addr) == 0 && bytes.IndexByte(r.box.name, '@') < 0 {
				r.box.name = r.box.name[:0] // name of a group
			} else {
				r.box.name = append(r.box.name, c)
			}
			i++
		case '\\', '>':
			i++
		default:
			r.box.name = append(r.box.name, c)
			i++
		}
		if len(dst) >= MaxAddresses {
			r.d.add(DefectTooManyRecipients)
			return dst
		}
	}
	dst = r.finish(dst)
	if len(r.pend) > 0 {
		r.d.add(DefectBadAddress)
	}
	return dst
}

func (r *addressReader) reset() {
	r.box.name = r.box.name[:0]
	r.box.addr = r.box.addr[:0]
	r.box.comment = r.box.comment[:0]
}

// quoted copies the quoted string at v[i] to the name and returns the offset behind it.
func (r *addressReader) quoted(v []byte, i int) int {
	for j := i + 1; j < len(v); j++ {
		switch v[j] {
		case '"':
			return j + 1
		case '\\':
			if j+1 < len(v) {
				j++
				r.box.name = append(r.box.name, v[j])
			}
		case '<':
			// QUIRK: a quote that is never closed would swallow the address.
			if bytes.IndexByte(v[j:], '"') < 0 {
				return j
			}
			r.box.name = append(r.box.name, v[j])
		default:
			r.box.name = append(r.box.name, v[j])
		}
	}
	return len(v)
}

// finish ends a mailbox.
func (r *addressReader) finish(dst []Address) []Address {
	defer r.reset()
	name := bytes.TrimSpace(r.box.name)
	addr := r.box.addr
	if len(bytes.TrimSpace(addr)) == 0 {
		addr, name = bareAddress(name)
		if len(addr) == 0 {
			if len(name) > 0 {
				if len(r.pend) > 0 {
					r.pend = append(r.pend, ", "...)
				}
				r.pend = append(r.pend, name...)
			}
			return dst
		}
	}
	if len(name) == 0 {
		name = bytes.TrimSpace(r.box.comment)
	}
	if len(r.pend) > 0 {
		r.d.add(DefectUnquotedComma)
		if len(name) > 0 {
			r.pend = append(r.pend, ", "...)
		}
		r.pend = append(r.pend, name...)
		name = r.pend
	}
	out := Address{Addr: r.addr(addr)}
	out.Name = r.name(name)
	if out.Name == out.Addr {
		out.Name = ""
	}
	r.pend = r.pend[:0]
	return append(dst, out)
}

// name decodes a display name.
func (r *addressReader) name(raw []byte) string {
	if len(raw) == 0 {
		return ""
	}
	r.text = appendText(r.text[:0], raw, r.d)
	text := bytes.TrimSpace(r.text)
	for len(text) >= 2 && (text[0] == '\'' || text[0] == '"') && text[len(text)-1] == text[0] {
		text = bytes.TrimSpace(text[1 : len(text)-1])
	}
	return r.a.keep(cut(text, MaxName))
}

// addr cleans an address: no blanks, no control characters, domain in lower case.
func (r *addressReader) addr(raw []byte) string {
	r.text = r.text[:0]
	at := -1
	plain := true
	for _, c := range raw {
		if isSpace(c) {
			continue
		}
		if c == '@' {
			at = len(r.text)
		}
		if at >= 0 && 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c < ' ' || c > '~' {
			plain = false
		}
		r.text = append(r.text, c)
	}
	text := r.text
	if !plain {
		r.d.add(DefectRaw8BitHeader)
		text = appendClean(nil, guessUTF8(text), r.d)
	}
	return r.a.keep(cut(text, MaxName))
}

// bareAddress finds the address in text without brackets; rest is what else there is.
func bareAddress(text []byte) (addr, rest []byte) {
	at := bytes.IndexByte(text, '@')
	if at < 0 {
		// QUIRK: list archives on the web write "user at host.org".
		i := bytes.Index(text, []byte(" at "))
		if i > 0 && bytes.IndexByte(text[:i], ' ') < 0 && bytes.IndexByte(text[i+4:], '.') > 0 && bytes.IndexByte(text[i+4:], ' ') < 0 {
			addr = append(addr, text[:i]...)
			addr = append(addr, '@')
			return append(addr, text[i+4:]...), nil
		}
		return nil, text
	}
	start, end := at, at+1
	for start > 0 && !isSpace(text[start-1]) {
		start--
	}
	for end < len(text) && !isSpace(text[end]) {
		end++
	}
	addr = bytes.Trim(text[start:end], "<>'\"")
	before, after := bytes.TrimSpace(text[:start]), bytes.TrimSpace(text[end:])
	switch {
	case len(before) == 0:
		rest = after
	case len(after) == 0:
		rest = before
	default:
		rest = append(append(append(rest, before...), ' '), after...)
	}
	return addr, rest
}
