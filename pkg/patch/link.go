package patch

import (
	"net/url"
	"strings"
)

// A Link is a reference by URL to another mail: "https://lore.kernel.org/r/ID".
type Link struct {
	ID         string // Message-ID without brackets, percent-decoding done
	Version    int    // revision the words before it on its line (or the line above) name: "Link to v2:"; 0 when none
	Start, End int    // byte range of the URL in the text
}

// Links returns the links to mail in public archives in text, in order: lore.kernel.org, its
// redirectors and patch.msgid.link.
func Links(text string) []Link {
	var out []Link
	for pos := 0; pos < len(text); {
		i := strings.Index(text[pos:], "://")
		if i < 0 {
			break
		}
		slash := pos + i
		pos = slash + len("://")
		end := pos
		for end < len(text) && !urlEnd(text[end]) {
			end++
		}
		id := linkID(text[pos:end])
		if id == "" {
			continue
		}
		start := slash
		for start > 0 && isLetter(text[start-1]) {
			start--
		}
		out = append(out, Link{ID: id, Version: versionBefore(text, start), Start: start, End: end})
		pos = end
	}
	return out
}

func urlEnd(c byte) bool {
	return c <= ' ' || c == '>' || c == ')' || c == ']' || c == '"' || c == '\'' || c == ',' || c >= 0x7f || c == '<'
}

// linkID returns the Message-ID in "lore.kernel.org/list/ID/T/#u", or "".
func linkID(u string) string {
	host, path, ok := strings.Cut(u, "/")
	if !ok {
		return ""
	}
	switch strings.ToLower(host) {
	case "lore.kernel.org", "lkml.kernel.org", "www.lore.kernel.org", "erol.kernel.org", "public-inbox.org":
		// list/ID, r/ID, all/ID
		if _, path, ok = strings.Cut(path, "/"); !ok {
			return ""
		}
	case "patch.msgid.link", "msgid.link":
		path = strings.TrimPrefix(path, "r/")
	default:
		return ""
	}
	path, _, _ = strings.Cut(path, "#")
	path, _, _ = strings.Cut(path, "?")
	path, _, _ = strings.Cut(path, "/")
	path = strings.TrimRight(path, ".:;")
	if strings.Contains(path, "%") {
		p, err := url.PathUnescape(path)
		if err != nil {
			return ""
		}
		path = p
	}
	if at := strings.IndexByte(path, '@'); at <= 0 || at == len(path)-1 || strings.ContainsAny(path, "<> \t\r\n") {
		return ""
	}
	return path
}

// versionBefore looks for the last "v3" between the URL and the start of its line, or in the line above
// when the URL stands alone on its line.
func versionBefore(text string, start int) int {
	const far = 200 // bytes that are looked at
	from := max(0, start-far)
	head := text[from:start]
	line := head
	if i := strings.LastIndexByte(head, '\n'); i >= 0 {
		line = head[i+1:]
		if strings.Trim(line, " \t-*[0123456789].:") == "" {
			above := strings.TrimRight(head[:i], "\n ")
			line = above[strings.LastIndexByte(above, '\n')+1:]
		}
	}
	version := 0
	for w := range strings.FieldsFuncSeq(line, func(r rune) bool {
		return r == ' ' || r == ':' || r == '(' || r == ')' || r == '-' || r == ',' || r == '[' || r == ']' || r == '\t' || r == '>'
	}) {
		if v, ok := versionWord(w); ok {
			version = v
		} else if strings.EqualFold(w, "RFC") && version == 0 {
			version = 1
		}
	}
	return version
}

// ChangeID returns the value of b4's "change-id:" line in text, or "". It stays the same over all
// revisions of a series.
func ChangeID(text string) string {
	i := lineStart(text, "change-id: ")
	if i < 0 {
		return ""
	}
	line, _ := lineAt(text, i)
	id := strings.TrimSpace(line[len("change-id: "):])
	if strings.ContainsAny(id, " \t<>") || len(id) > 200 {
		return ""
	}
	return id
}
