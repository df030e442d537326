package people

import (
	"fmt"
	"io"
	"strings"
)

// A MailmapLine is one line of a .mailmap: who is meant by a commit name and address.
type MailmapLine struct {
	Name       string // proper name; "" leaves the name as it is
	Addr       string // proper address, lower case; "" leaves the address as it is
	CommitName string // "" for any name
	CommitAddr string // lower case
}

// ParseMailmap reads git's four forms (gitmailmap(5)):
//
//	Proper Name <commit@example.org>
//	<proper@example.org> <commit@example.org>
//	Proper Name <proper@example.org> <commit@example.org>
//	Proper Name <proper@example.org> Commit Name <commit@example.org>
//
// Comments and lines in no form are skipped; the only errors are those of r and a file above 64 MiB.
func ParseMailmap(r io.Reader) ([]MailmapLine, error) {
	text, err := readAll(r)
	if err != nil {
		return nil, fmt.Errorf("read mailmap: %w", err)
	}
	return parseMailmap(text), nil
}

func parseMailmap(text string) []MailmapLine {
	out := make([]MailmapLine, 0, strings.Count(text, "\n"))
	for text != "" {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		name1, addr1, rest, ok := cutAngle(line)
		if !ok {
			continue
		}
		name2, addr2, _, ok := cutAngle(rest)
		m := MailmapLine{Name: name1, Addr: addr1, CommitName: name2, CommitAddr: addr2}
		if !ok {
			m = MailmapLine{Name: name1, CommitAddr: addr1}
		}
		if m.CommitAddr != "" && (m.Name != "" || m.Addr != "") {
			out = append(out, m)
		}
	}
	return out
}

// cutAngle splits "Name <addr> rest".
func cutAngle(s string) (name, addr, rest string, ok bool) {
	open := strings.IndexByte(s, '<')
	if open < 0 {
		return "", "", "", false
	}
	end := strings.IndexByte(s[open:], '>')
	if end < 0 {
		return "", "", "", false
	}
	return strings.TrimSpace(s[:open]), lower(strings.TrimSpace(s[open+1 : open+end])), s[open+end+1:], true
}
