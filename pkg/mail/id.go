package mail

import (
	"bytes"
	"slices"
	"strings"
)

// idList reads message ids from the raw values of In-Reply-To or References, in order, repeats removed.
// own holds the id and the addresses of the mail itself.
//
// QUIRK: strict readers give up at the first malformed id and lose the thread. What occurs:
//   - commas between ids (one mail in 500),
//   - ids without brackets,
//   - "y", "n" and other answers to questions of git send-email,
//   - addresses of people and lists; these are kept and noted, because a few programs make ids that look
//     like one (root@host), and only who knows all mail can tell: see IsAddress,
//   - In-Reply-To: "Your message of Monday" <id>, with quoted text and comments around the id.
func idList(dst []string, values [][]byte, own *ownIDs, a *arena, d *defects) []string {
	var scratch []byte
	for _, v := range values {
		bracketed := bytes.IndexByte(v, '<') >= 0
		for i := 0; i < len(v); {
			switch c := v[i]; {
			case isSpace(c):
				i++
			case c == ',':
				d.add(DefectReferenceCommas)
				i++
			case c == '<':
				j := i + 1
				scratch = scratch[:0]
				for j < len(v) && v[j] != '>' && v[j] != '<' {
					if v[j] > ' ' {
						scratch = append(scratch, v[j])
					}
					j++
				}
				if j < len(v) && v[j] == '>' {
					j++
				}
				i = j
				dst = addID(dst, scratch, own, a, d)
			case c == '(':
				i = skipComment(v, i)
			case c == '"':
				j := bytes.IndexByte(v[i+1:], '"')
				if j < 0 {
					return dst
				}
				i += j + 2
			default:
				j := i
				for j < len(v) && !isSpace(v[j]) && v[j] != ',' && v[j] != '<' {
					j++
				}
				word := bytes.Trim(v[i:j], ">;")
				i = j
				switch {
				case bytes.IndexByte(word, '@') < 0:
					d.add(DefectReplyNoID)
				case bracketed && !bytes.HasSuffix(v[:j], []byte(">")):
					// Words of a comment such as: message from someone@example.org of Monday.
				default:
					d.add(DefectBareReference)
					dst = addID(dst, word, own, a, d)
				}
			}
		}
	}
	return dst
}

// ownIDs is what a mail must not count as a reference.
type ownIDs struct {
	id   string
	from Address
	to   []Address
	cc   []Address
}

func (o *ownIDs) isAddress(id []byte) bool {
	same := func(x Address) bool { return x.Addr != "" && bytes.EqualFold(id, []byte(x.Addr)) }
	return same(o.from) || slices.ContainsFunc(o.to, same) || slices.ContainsFunc(o.cc, same)
}

func addID(dst []string, id []byte, own *ownIDs, a *arena, d *defects) []string {
	id = cleanID(id)
	switch {
	case !plausibleID(id):
		d.add(DefectReplyNoID)
		return dst
	case string(id) == own.id:
		d.add(DefectSelfReference)
		return dst
	case looksLikeAddress(id) || own.isAddress(id):
		d.add(DefectReferenceAddress)
	}
	if slices.Contains(dst, string(id)) {
		return dst
	}
	if len(dst) >= MaxReferences {
		d.add(DefectTooManyReferences)
		// The first names the thread, the last the parent: give up the second.
		copy(dst[1:], dst[2:])
		dst = dst[:len(dst)-1]
	}
	return append(dst, a.keep(id))
}

// cleanID limits an id and removes what must not reach a terminal. It may change id in place.
func cleanID(id []byte) []byte {
	id = bytes.Trim(id, "<>")
	if bad := bytes.IndexFunc(id, func(r rune) bool { return r <= ' ' || r == 0x7f || hidden(r) || r == 0xfffd }); bad >= 0 {
		id = appendClean(nil, bytes.ToValidUTF8(id, []byte("?")), &defects{})
		id = bytes.ReplaceAll(id, []byte(" "), nil)
	}
	return cut(id, MaxID)
}

// plausibleID reports whether id can be a message id: with an @, or long enough that it is no answer to
// a question such as y, n, yes, no.
func plausibleID(id []byte) bool {
	at := bytes.IndexByte(id, '@')
	return at > 0 && at < len(id)-1 || at < 0 && len(id) >= 8
}

// looksLikeAddress reports whether id is a mail address rather than a message id: a short local part of
// lower-case letters and few signs. Message ids carry a time, a counter or random letters.
func looksLikeAddress[T string | []byte](id T) bool {
	at := 0
	for at < len(id) && id[at] != '@' {
		at++
	}
	dot := at
	for dot < len(id) && id[dot] != '.' {
		dot++
	}
	if at == 0 || at > 32 || dot == len(id) {
		return false
	}
	for i := range at {
		c := id[i]
		if (c < 'a' || c > 'z') && c != '.' && c != '-' && c != '_' && c != '+' {
			return false
		}
	}
	return true
}

// IsAddress reports whether ref, one of the mail's References or In-Reply-To, is a mail address rather
// than a Message-ID, as far as the mail alone can tell: it looks like one, or is one of the mail's own
// sender, recipients and lists. Where a mail with exactly this Message-ID is known, it is the id of that
// mail all the same.
func (h *Header) IsAddress(ref string) bool {
	if looksLikeAddress(ref) || strings.EqualFold(ref, h.From.Addr) || strings.EqualFold(ref, h.ReplyTo.Addr) {
		return true
	}
	same := func(a Address) bool { return strings.EqualFold(ref, a.Addr) }
	if slices.ContainsFunc(h.To, same) || slices.ContainsFunc(h.Cc, same) {
		return true
	}
	for _, l := range h.Lists { // name.host of a List-Id is name@host
		name, host, ok := strings.Cut(l, ".")
		if ok && len(ref) == len(l) && strings.EqualFold(ref[:len(name)], name) && ref[len(name)] == '@' && strings.EqualFold(ref[len(name)+1:], host) {
			return true
		}
	}
	return false
}

// messageID reads the mail's own id: the first of all ids given.
func messageID(values [][]byte, a *arena, d *defects) string {
	var first []byte
	several := false
	for _, v := range values {
		for len(v) > 0 {
			open := bytes.IndexByte(v, '<')
			var id []byte
			if open < 0 {
				// QUIRK: no brackets.
				id, v = bytes.TrimSpace(v), nil
				if len(id) > 0 {
					d.add(DefectBadMessageID)
				}
			} else {
				id = v[open+1:]
				end := bytes.IndexByte(id, '>')
				if end < 0 {
					d.add(DefectBadMessageID)
					end = len(id)
				}
				id, v = id[:end], id[min(end+1, len(id)):]
			}
			if bytes.IndexFunc(id, func(r rune) bool { return r <= ' ' }) >= 0 {
				d.add(DefectBadMessageID)
				id = slices.DeleteFunc(slices.Clone(id), func(c byte) bool { return c <= ' ' })
			}
			id = cleanID(id)
			switch {
			case len(id) == 0:
			case first == nil:
				first = id
			case !bytes.Equal(first, id):
				several = true
			}
		}
	}
	if several {
		d.add(DefectSeveralMessageIDs)
	}
	if len(first) == 0 {
		d.add(DefectNoMessageID)
		return ""
	}
	if bytes.IndexByte(first, '@') < 0 {
		d.add(DefectBadMessageID)
	}
	return a.keep(first)
}

// skipComment returns the offset behind the comment that starts at v[i].
func skipComment(v []byte, i int) int {
	depth := 0
	for ; i < len(v); i++ {
		switch v[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(v)
}
