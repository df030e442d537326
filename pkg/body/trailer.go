package body

import "strings"

// trailers decides lines such as "Reviewed-by: Ada Example <ada@example.org>", outside of quotes.
//
// QUIRK: a semicolon in place of the colon, a few blanks in front, and the second line of a wrapped value.
func (s *splitter) trailers() {
	for i := range s.lines {
		if !s.open(i) || s.lines[i].indent > 8 {
			continue
		}
		v := s.at(i)
		if !isTrailer(v) {
			continue
		}
		s.mark(i, Trailer)
		// A wrapped value goes on indented, or with what the first line lacks.
		if !s.open(i + 1) {
			continue
		}
		next := s.at(i + 1)
		switch {
		case strings.HasSuffix(v, ":") && (next[0] == '<' || strings.HasPrefix(next, "http")),
			!strings.Contains(v, "@") && next[0] == '<' && strings.HasSuffix(next, ">"),
			hasFold(v, "fixes:") && !strings.HasSuffix(v, ")") && strings.HasSuffix(next, "\")") && s.lines[i+1].end-s.lines[i+1].start < 90:
			s.mark(i+1, Trailer)
		}
	}
}

// isTrailer reports whether v is a trailer. Any Token-by counts; of other tokens only those that kernel mail uses, with a
// value that fits.
func isTrailer(v string) bool {
	if v[0] == '(' {
		return strings.HasPrefix(v, "(cherry picked from commit ")
	}
	colon := 0
	for colon < len(v) && (isAlpha(v[colon]) || v[colon] == '-') {
		colon++
	}
	if colon < 2 || colon > 40 || colon == len(v) || v[colon] != ':' && v[colon] != ';' {
		return false
	}
	token, value := v[:colon], strings.TrimLeft(v[colon+1:], " \t")
	if len(token) > 3 && hasFold(token[len(token)-3:], "-by") {
		// "Suggested-by: someone else, but" is one too; prose has no such word.
		return value != "" && len(value) < 300 || v[colon] == ':'
	}
	if v[colon] != ':' || value == "" {
		return false
	}
	switch strings.ToLower(token) {
	case "link", "closes", "buglink", "bugzilla", "see-also", "references":
		return (strings.Contains(value, "://") || value[0] == '<' || value[0] == '[' || value[0] == '#') && !strings.Contains(strings.TrimSpace(value), ". ")
	case "fixes":
		n := 0
		for n < len(value) && isHex(value[n]) {
			n++
		}
		return n >= 7 || strings.HasPrefix(value, "http") || strings.HasPrefix(value, "commit ")
	case "cc", "to":
		return strings.Contains(value, "@")
	case "change-id", "message-id", "upstream-commit", "cve", "reported-and-tested-by":
		return !strings.Contains(strings.TrimSpace(value), " ")
	case "nacked-by", "naked-by":
		return true
	}
	return false
}
