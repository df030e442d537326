package main

import (
	"bytes"
	"io"
	"os/exec"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// safe makes text from mail fit for a terminal: no control or escape characters, nothing that
// turns the direction of writing (CVE-2021-42574), line ends as spaces.
func safe(s string) string { return strings.Map(safeRune, s) }

// safeLines is safe for text of several lines: line feeds and tabs stay.
func safeLines(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return r
		}
		return safeRune(r)
	}, s)
}

func safeRune(r rune) rune {
	switch {
	case r == '\n' || r == '\t' || r == '\u2028' || r == '\u2029':
		return ' '
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e, r == 0x200f, r == 0x061c:
		return -1
	case unicode.IsControl(r), r == utf8.RuneError, r == 0xfeff:
		return -1
	}
	return r
}

// A style is an SGR sequence; the zero style changes nothing.
type style string

const (
	plain   style = ""
	bold    style = "1"
	dim     style = "2"
	under   style = "4"
	reverse style = "7"
	red     style = "31"
	green   style = "32"
	yellow  style = "33"
	blue    style = "34"
	purple  style = "35"
	cyan    style = "36"
)

// A painter colours text when the output is a terminal that wants it.
type painter bool

func (p painter) paint(st style, s string) string {
	if !p || st == plain || s == "" {
		return s
	}
	return "\x1b[" + string(st) + "m" + s + "\x1b[0m"
}

// cut shortens s to the given number of terminal columns; 0 means no limit.
func cut(s string, columns int) string {
	if columns <= 0 || ansi.StringWidth(s) <= columns {
		return s
	}
	return ansi.Truncate(s, columns, "…")
}

// A table lines up columns. The column named by flex is cut so that a row fits the width.
type table struct {
	rows  [][]string
	right []bool // right-aligned columns
	flex  int
	width int // terminal columns; 0 never cuts
}

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

// widths are those of the columns as they are, and of all with two spaces between them.
func (t *table) widths() (widths []int, total int) {
	for _, r := range t.rows {
		for i, c := range r {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], ansi.StringWidth(c))
		}
	}
	for _, n := range widths {
		total += n + 2
	}
	return widths, max(total-2, 0)
}

// write prints the table with two spaces between columns and none at the end of a line.
func (t *table) write(w io.Writer) error {
	widths, total := t.widths()
	if len(widths) == 0 {
		return nil
	}
	if t.width > 0 && total > t.width && t.flex < len(widths) {
		widths[t.flex] = max(widths[t.flex]-(total-t.width), 12)
	}
	var b bytes.Buffer
	for _, r := range t.rows {
		line := ""
		for i, c := range r {
			if t.width > 0 && i == t.flex {
				c = cut(c, widths[i])
			}
			pad := strings.Repeat(" ", max(widths[i]-ansi.StringWidth(c), 0))
			if i < len(t.right) && t.right[i] {
				line += pad + c
			} else {
				line += c + pad
			}
			if i < len(r)-1 {
				line += "  "
			}
		}
		b.WriteString(cut(strings.TrimRight(line, " "), t.width) + "\n")
	}
	_, err := w.Write(b.Bytes())
	return err
}

// page shows text through $PAGER on a terminal and writes it straight out otherwise.
func (c *command) page(text []byte) error {
	pager := c.env.getenv("PAGER")
	if pager == "" {
		pager = "less"
	}
	if !c.env.tty || c.noPager || pager == "cat" {
		_, err := c.env.stdout.Write(text)
		return err
	}
	cmd := exec.Command("sh", "-c", pager) //nolint:gosec // the user's own pager
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(text), c.env.stdout, c.env.stderr
	cmd.Env = append(cmd.Environ(), "LESS="+orElse(c.env.getenv("LESS"), "FRX"))
	if err := cmd.Run(); err != nil {
		_, err := c.env.stdout.Write(text)
		return err
	}
	return nil
}

func orElse(s, fallback string) string {
	if s != "" {
		return s
	}
	return fallback
}
