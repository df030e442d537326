package people

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// maxData bounds the size of a MAINTAINERS or .mailmap file, in bytes. The kernel's are below 1 MiB.
const maxData = 64 << 20

// A Contact is a person or team as MAINTAINERS names it.
type Contact struct {
	Name string // may be ""
	Addr string // in lower case
}

// An Entry is one section of MAINTAINERS. The fields are named by its letters; see the head of that file.
type Entry struct {
	Name        string    // "RUST [ALLOC]"
	Maintainers []Contact // M:
	Reviewers   []Contact // R:
	Lists       []string  // L:, addresses in lower case
	Status      string    // S:
	Files       []string  // F: glob patterns
	Excludes    []string  // X: glob patterns
	Names       []string  // N: regular expressions on paths
	Contents    []string  // K: regular expressions on patches
}

// Maintainers is a parsed MAINTAINERS file.
type Maintainers struct {
	Release string // "6.12"; used in Role.Source, may be ""
	Note    string // "snapshot": what else Role.Source says of the file; may be ""
	Entries []Entry
}

// ParseMaintainers reads a MAINTAINERS file of any kernel since about 2009. Lines it does not know are
// skipped; the only errors are those of r and a file above 64 MiB.
//
// QUIRK: comments after addresses "(DFS)", addresses without a name, teams in L:, lower-case letters in
// headings, and a missing "Maintainers List" heading are accepted.
func ParseMaintainers(r io.Reader) (*Maintainers, error) {
	text, err := readAll(r)
	if err != nil {
		return nil, fmt.Errorf("read MAINTAINERS: %w", err)
	}
	return parseMaintainers(text), nil
}

func readAll(r io.Reader) (string, error) {
	var b strings.Builder
	n, err := io.Copy(&b, io.LimitReader(r, maxData+1))
	if err != nil {
		return "", err
	}
	if n > maxData {
		return "", fmt.Errorf("more than %d bytes", maxData)
	}
	return b.String(), nil
}

// parseMaintainers parses without copying: the result points into text.
func parseMaintainers(text string) *Maintainers {
	m := new(Maintainers)
	if !utf8.ValidString(text) {
		text = fromLatin1(text)
	}
	// The head of the file explains the letters in lines that look like entries; the list starts below.
	for _, heading := range []string{"\nMaintainers List\n", "\nMaintainers List (try to look for"} {
		if i := strings.Index(text, heading); i >= 0 {
			text = text[i+1:]
			break
		}
	}
	b := entryBuilder{m: m}
	// Guesses that save growing: lines have about 35 bytes, entries six lines.
	b.strings = make([]string, 0, len(text)/56+16)
	b.contacts = make([]Contact, 0, len(text)/140+16)
	m.Entries = make([]Entry, 0, len(text)/220+16)
	heading, open := "", false
	for text != "" {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		line = strings.TrimSuffix(line, "\r")
		if len(line) < 2 || line[1] != ':' || line[0] < 'A' || line[0] > 'Z' {
			if s := strings.TrimSpace(line); s != "" && line[0] != ' ' && line[0] != '\t' {
				b.end()
				heading, open = s, false
			}
			continue
		}
		value := strings.TrimSpace(line[2:])
		if heading == "" || value == "" {
			continue
		}
		if !open {
			b.entry.Name, open = heading, true
		}
		b.line(line[0], value)
	}
	b.end()
	return m
}

// fromLatin1 makes UTF-8 of the lines that are none.
//
// QUIRK: releases before 2009 hold names in ISO 8859-1, some beside names in UTF-8.
func fromLatin1(text string) string {
	var b strings.Builder
	b.Grow(len(text) + 64)
	for line := range strings.Lines(text) {
		if utf8.ValidString(line) {
			b.WriteString(line)
			continue
		}
		for i := range len(line) {
			b.WriteRune(rune(line[i]))
		}
	}
	return b.String()
}

// An entryBuilder collects the lines of one entry after the other, in few allocations.
type entryBuilder struct {
	m        *Maintainers
	entry    Entry
	scratch  [5][]string // L F X N K
	people   [2][]Contact
	name     string // of a P: line, for the M: below it
	strings  []string
	contacts []Contact
}

func (b *entryBuilder) line(letter byte, value string) {
	switch letter {
	case 'P':
		// QUIRK: up to v2.6.31 the name stands in a line of its own above the address; today P: is a document.
		b.name = value
	case 'M':
		c := parseContact(value)
		if c.Name == "" && !strings.Contains(b.name, "/") {
			c.Name = b.name
		}
		b.name = ""
		b.people[0] = append(b.people[0], c)
	case 'R':
		b.people[1] = append(b.people[1], parseContact(value))
	case 'S':
		b.entry.Status = value
	case 'L':
		if c := parseContact(value); c.Addr != "" {
			b.scratch[0] = append(b.scratch[0], c.Addr)
		}
	case 'F':
		b.scratch[1] = append(b.scratch[1], value)
	case 'X':
		b.scratch[2] = append(b.scratch[2], value)
	case 'N':
		b.scratch[3] = append(b.scratch[3], value)
	case 'K':
		b.scratch[4] = append(b.scratch[4], value)
	}
}

// end stores the entry, if there is one.
func (b *entryBuilder) end() {
	if b.entry.Name == "" {
		return
	}
	for i, dst := range [...]*[]Contact{&b.entry.Maintainers, &b.entry.Reviewers} {
		if n := len(b.people[i]); n > 0 {
			b.contacts = append(b.contacts, b.people[i]...)
			*dst = b.contacts[len(b.contacts)-n : len(b.contacts) : len(b.contacts)]
			b.people[i] = b.people[i][:0]
		}
	}
	for i, dst := range [...]*[]string{&b.entry.Lists, &b.entry.Files, &b.entry.Excludes, &b.entry.Names, &b.entry.Contents} {
		if n := len(b.scratch[i]); n > 0 {
			b.strings = append(b.strings, b.scratch[i]...)
			*dst = b.strings[len(b.strings)-n : len(b.strings) : len(b.strings)]
			b.scratch[i] = b.scratch[i][:0]
		}
	}
	b.m.Entries = append(b.m.Entries, b.entry)
	b.entry, b.name = Entry{}, ""
}

// parseContact reads "Name <addr> (comment)", "addr (comment)" or a name alone.
func parseContact(s string) Contact {
	if name, rest, ok := strings.Cut(s, "<"); ok {
		addr, _, _ := strings.Cut(rest, ">")
		return Contact{Name: strings.Trim(strings.TrimSpace(name), `"`), Addr: lower(strings.TrimSpace(addr))}
	}
	word, _, _ := strings.Cut(s, " ")
	if strings.Contains(word, "@") {
		return Contact{Addr: lower(word)}
	}
	return Contact{Name: s}
}

// lower is strings.ToLower that mostly returns its argument.
func lower(s string) string {
	for i := range len(s) {
		if c := s[i]; c >= 'A' && c <= 'Z' || c >= 0x80 {
			return strings.ToLower(s)
		}
	}
	return s
}

// WriteTo writes the entries in the syntax of MAINTAINERS without what this package does not read: the
// compact form that is embedded.
func (m *Maintainers) WriteTo(w io.Writer) (int64, error) {
	cw := &countWriter{w: w}
	b := bufio.NewWriter(cw)
	line := func(letter byte, value string) {
		_ = b.WriteByte(letter) // an error sticks in b and comes out of Flush
		_, _ = b.WriteString(":")
		_, _ = b.WriteString(value)
		_ = b.WriteByte('\n')
	}
	contact := func(letter byte, c Contact) {
		switch {
		case c.Addr == "":
			line(letter, c.Name)
		case c.Name == "":
			line(letter, c.Addr)
		default:
			line(letter, c.Name+" <"+c.Addr+">")
		}
	}
	for i := range m.Entries {
		e := &m.Entries[i]
		_, _ = b.WriteString(e.Name)
		_ = b.WriteByte('\n')
		for _, c := range e.Maintainers {
			contact('M', c)
		}
		for _, c := range e.Reviewers {
			contact('R', c)
		}
		if e.Status != "" {
			line('S', e.Status)
		}
		for _, g := range []struct {
			letter byte
			values []string
		}{{'L', e.Lists}, {'F', e.Files}, {'X', e.Excludes}, {'N', e.Names}, {'K', e.Contents}} {
			for _, v := range g.values {
				line(g.letter, v)
			}
		}
	}
	err := b.Flush()
	return cw.n, err
}

type countWriter struct {
	w io.Writer
	n int64
}

func (c *countWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}
