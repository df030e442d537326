package patch

import (
	"strings"
)

// A Trailer is one "Token: value" line of a commit message or a reply.
type Trailer struct {
	Token      string // canonical: "Reviewed-by", "Nacked-by", "Cc", "Fixes", "Link", "Closes", ...
	Value      string // trimmed, a wrapped value joined with a space
	Start, End int    // byte range of the trailer's line or lines in the text, without the last LF
}

// Person says that the value names somebody: any "-by" token, and Cc.
func (t Trailer) Person() bool { return strings.HasSuffix(t.Token, "-by") || t.Token == "Cc" }

// Name returns the name of the person in the value, or "" when the trailer names none.
func (t Trailer) Name() string {
	if !t.Person() {
		return ""
	}
	name, _ := SplitPerson(t.Value)
	return name
}

// Addr returns the address of the person in the value in lower case, or "".
func (t Trailer) Addr() string {
	if !t.Person() {
		return ""
	}
	_, addr := SplitPerson(t.Value)
	return addr
}

// SplitPerson splits "Full Name <addr> # comment", "addr (Full Name)", "<addr>" and "Full Name" to a name
// and an address in lower case. What is missing is "".
func SplitPerson(value string) (name, addr string) {
	value = strings.TrimSpace(value)
	if open := strings.IndexByte(value, '<'); open >= 0 {
		name = value[:open]
		inner, _, _ := strings.Cut(value[open+1:], ">")
		addr = strings.TrimPrefix(strings.TrimSpace(inner), "mailto:")
	} else if at := strings.IndexByte(value, '@'); at >= 0 {
		start := strings.LastIndexAny(value[:at], " \t(\"'") + 1
		end := len(value)
		if i := strings.IndexAny(value[at:], " \t)(\"',;"); i >= 0 {
			end = at + i
		}
		addr = value[start:end]
		name = strings.Trim(value[:start], " (")
		if name == "" {
			if rest := strings.TrimSpace(value[end:]); strings.HasPrefix(rest, "(") {
				name, _, _ = strings.Cut(rest[1:], ")")
			}
		}
	} else {
		name, _, _ = strings.Cut(value, "#")
	}
	if !strings.Contains(addr, "@") {
		// QUIRK: "name at example.org" is somebody hiding from harvesters; it is no address to match.
		addr = ""
	}
	name = strings.Trim(strings.TrimSpace(name), `"' ,`)
	return name, strings.ToLower(addr)
}

// Trailers returns the trailers of a text in order. It reads any line that starts with a known token
// (Fixes, Link, Closes, Cc, ...) or any "word-by" token and a colon, wherever it stands: replies give tags in the middle of
// prose. Quoted lines ("> Acked-by: ...") and lines of diffs are none.
//
// QUIRK: accepted are "Tested-by;", "Acked-by :", "Reviewed-by Name <addr>", "Reviewed by: Name <addr>",
// "NAKed-by:", any case, an indent when an address follows, an address on the next line, and a Fixes
// title wrapped over two lines. "Cc:" inside an Outlook header block ("From: Sent: To: Cc: Subject:") is
// none.
func Trailers(text string) []Trailer {
	var out []Trailer
	prevHeader := false // the line before was a pasted mail header
	for pos := 0; pos < len(text); {
		line, next := lineAt(text, pos)
		token, value, ok := trailerLine(line)
		switch {
		case ok && token == "Cc" && (prevHeader || startsPastedHeader(text[min(next, len(text)):])):
			prevHeader = true
		case ok:
			prevHeader = false
			end := pos + len(line)
			if cont, n := continuation(token, value, text, next); n > 0 {
				value = strings.TrimSpace(value + " " + cont)
				contLine, after := lineAt(text, next)
				end, next = next+len(contLine), after
			}
			if value != "" {
				out = append(out, Trailer{Token: token, Value: value, Start: pos, End: end})
			}
		default:
			prevHeader = isPastedHeader(line)
		}
		pos = next
	}
	return out
}

// lineAt returns the line that starts at pos, without LF or CRLF, and where the next one starts.
func lineAt(text string, pos int) (line string, next int) {
	next = len(text)
	line = text[pos:]
	if i := strings.IndexByte(line, '\n'); i >= 0 {
		line, next = line[:i], pos+i+1
	}
	return strings.TrimSuffix(line, "\r"), next
}

// trailerLine splits a line to a canonical token and its value.
func trailerLine(line string) (token, value string, ok bool) {
	body := strings.TrimLeft(line, " \t")
	indent := len(line) - len(body)
	if body == "" || indent > 12 || !isLetter(body[0]) {
		return "", "", false
	}
	i := 0
	for i < len(body) && i <= 40 && (isLetter(body[i]) || body[i] == '-' || body[i] == '\'' || (body[i] >= '0' && body[i] <= '9')) {
		i++
	}
	if i < 2 || i > 40 {
		return "", "", false
	}
	word, rest := body[:i], body[i:]
	by := len(word) > 3 && strings.EqualFold(word[len(word)-3:], "-by")
	address := strings.IndexByte(rest, '@') >= 0
	if !by {
		if len(rest) > 4 && strings.EqualFold(rest[:4], " by:") && address {
			// QUIRK: "Reviewed by: Name <addr>".
			return canonicalBy(word + "-by"), strings.TrimSpace(rest[4:]), true
		}
		if indent > 0 || rest == "" || rest[0] != ':' {
			return "", "", false
		}
		token = canonicalOther(word)
		return token, strings.TrimSpace(rest[1:]), token != ""
	}
	if (word[0] == 'x' || word[0] == 'X') && word[1] == '-' {
		return "", "", false // a pasted mail header: X-Scanned-By
	}
	if indent > 0 && !address {
		return "", "", false
	}
	after := strings.TrimLeft(rest, " \t")
	switch {
	case after != "" && (after[0] == ':' || after[0] == ';'):
		value = strings.TrimSpace(after[1:])
	case len(rest) > 0 && rest[0] == ' ' && strings.IndexByte(after, '<') >= 0 && address && strings.Count(after, " ") < 6:
		value = after
	default:
		return "", "", false
	}
	return canonicalBy(word), value, true
}

// canonicalBy gives a "-by" token its customary spelling.
func canonicalBy(word string) string {
	l := strings.ToLower(word)
	switch l {
	case "naked-by", "nak-by", "nack-by", "nak'd-by", "nack'd-by", "nak'ed-by", "nack'ed-by", "nakked-by":
		return "Nacked-by"
	case "ack-by", "ack'd-by", "ack'ed-by", "acked-and-by":
		return "Acked-by"
	case "review-by", "r-by", "rewieved-by":
		return "Reviewed-by"
	case "test-by":
		return "Tested-by"
	case "signed-of-by", "singed-off-by", "signed-off-off-by", "sign-off-by", "signed-by":
		return "Signed-off-by"
	case "co-authored-by", "codeveloped-by":
		return "Co-developed-by"
	}
	return strings.ToUpper(l[:1]) + l[1:]
}

// canonicalOther returns the customary spelling of a known token without "-by", or "".
func canonicalOther(word string) string {
	switch strings.ToLower(word) {
	case "fixes":
		return "Fixes"
	case "link", "links":
		return "Link"
	case "closes":
		return "Closes"
	case "cc":
		return "Cc"
	case "bug", "buglink", "bugzilla":
		return "BugLink"
	case "change-id":
		return "Change-Id"
	case "depends-on":
		return "Depends-on"
	case "base-commit":
		return "Base-commit"
	case "thanks-to":
		return "Thanks-to"
	case "addresses-kspp-id", "addresses-coverity-id", "addresses-coverity":
		return "Addresses"
	}
	return ""
}

// continuation returns the text of the next line when it belongs to a trailer whose value is cut short.
func continuation(token, value, text string, next int) (string, int) {
	if next >= len(text) {
		return "", 0
	}
	line, _ := lineAt(text, next)
	body := strings.TrimSpace(line)
	if body == "" {
		return "", 0
	}
	switch {
	case token == "Fixes":
		if strings.Contains(value, `("`) && !strings.HasSuffix(value, `")`) && strings.HasSuffix(body, `")`) {
			return body, len(line)
		}
	case strings.HasSuffix(token, "-by"):
		if !strings.Contains(value, "@") && body[0] == '<' && strings.Contains(body, "@") {
			return body, len(line)
		}
	case value == "":
		if line[0] == ' ' || line[0] == '\t' || strings.HasPrefix(body, "http") {
			return body, len(line)
		}
	}
	return "", 0
}

// isPastedHeader recognises the lines of a header block that mail programs paste above a quote.
func isPastedHeader(line string) bool {
	word, _, ok := strings.Cut(line, ":")
	if !ok || len(word) > 9 {
		return false
	}
	switch strings.ToLower(strings.Trim(word, " *")) {
	case "from", "sent", "to", "subject", "date", "bcc", "reply-to":
		return true
	}
	return false
}

func startsPastedHeader(text string) bool {
	line, _ := lineAt(text, 0)
	return isPastedHeader(line)
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
