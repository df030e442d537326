package stance

import (
	"slices"
	"strings"
)

// given returns the signals of a trailer token, as bits: "Reviewed-and-tested-by" gives two.
func given(token string) (signals [signalCount]bool, found bool) {
	t := strings.ToLower(token)
	if nak, _, ok := strings.Cut(t, ":"); ok {
		t = nak
	}
	if t == "nak" || t == "nack" {
		signals[nakAt] = true
		return signals, true
	}
	body, ok := strings.CutSuffix(t, "-by")
	if !ok {
		return signals, false
	}
	for part := range strings.SplitSeq(body, "-") {
		switch part {
		case "acked", "ack":
			signals[ackAt], found = true, true
		case "reviewed", "review":
			signals[reviewAt], found = true, true
		case "tested", "test", "build", "boot", "runtime":
			signals[testAt], found = true, true
		case "nacked", "naked", "nak'ed", "nack", "nak":
			signals[nakAt], found = true, true
		case "and":
		default:
			// "Reported-and-tested-by" is a test all the same.
		}
	}
	return signals, found
}

// same reports whether the person in a trailer's value is the author.
//
// QUIRK: people sign with a work address and write from a private one, or swap the parts of their
// name ("Lovelace, Ada"); a value without any name ("Acked-by: me") is the author's in a reply.
func same(value, name, addr string) bool {
	who, mail := splitPerson(value)
	if mail != "" && strings.EqualFold(mail, addr) {
		return true
	}
	if who == "" {
		return mail != "" && local(mail) != "" && local(mail) == local(addr)
	}
	return sameName(who, name) || mail != "" && local(mail) == local(addr) && len(local(mail)) >= 4
}

func splitPerson(value string) (name, addr string) {
	value = strings.TrimSpace(value)
	if i := strings.IndexByte(value, '<'); i >= 0 {
		addr = value[i+1:]
		if j := strings.IndexByte(addr, '>'); j >= 0 {
			addr = addr[:j]
		}
		return cleanName(value[:i]), strings.TrimSpace(addr)
	}
	if strings.Contains(value, "@") && !strings.ContainsAny(value, " \t") {
		return "", value
	}
	if i := strings.IndexAny(value, "#("); i > 0 {
		value = value[:i]
	}
	return cleanName(value), ""
}

func cleanName(s string) string { return strings.Trim(s, " \t\"'.,") }

func local(addr string) string {
	l, _, _ := strings.Cut(addr, "@")
	return strings.ToLower(l)
}

// sameName compares names word by word: equal, swapped, or with first and last name alike.
func sameName(a, b string) bool {
	x, y := nameWords(a), nameWords(b)
	if len(x) == 0 || len(y) == 0 {
		return false
	}
	shared := 0
	for _, w := range x {
		if slices.Contains(y, w) {
			shared++
		}
	}
	if len(x) == 1 || len(y) == 1 {
		return shared == 1
	}
	return shared >= 2
}

// nameWords splits a name into lower-case words of two letters or more; "via", "(Oracle)" and the like
// at the end are cut.
func nameWords(s string) []string {
	if i := strings.IndexByte(s, '('); i > 0 {
		s = s[:i]
	}
	s, _, _ = strings.Cut(s, " via ")
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return r == ' ' || r == ',' || r == '.' || r == '"' || r == '\'' || r == '-' || r == '\t'
	})
	out := words[:0]
	for _, w := range words {
		if len(w) > 1 {
			out = append(out, w)
		}
	}
	return out
}
