package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"rustle/index/query"
	"rustle/pkg/topic"
)

// Two words that are no commands but pages of the manual: `rustle help query`, `rustle help topics`.

func newHelpQuery(c *command) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "query",
		Short: "the query language",
		Long:  "Query is the manual of the search language.",
	}
	cmd.SetHelpFunc(func(*cobra.Command, []string) { fmt.Fprint(c.env.stdout, queryManual()) })
	return cmd
}

const queryGrammar = `Bare words must all occur, in the subject or the body; quoted text is searched
too but never raises the rank. Words combine with AND, OR, NOT, + and -, and
parentheses.

  memory safety         both words
  "memory safety"       the words in this order, in exactly this form
  bindgen OR cbindgen   either
  rust -f:ojeda         the second must not match
  alloc*                a word that begins so
  soundnes~ soundnes~2  a word with up to one or two letters different
  f:/torvalds|hellwig/  a regular expression, where the table says so
  Rust                  a capitalised or quoted word is not stemmed
  rust/kernel/dma.rs    paths and snake_case match whole and by part

Dates: d:2025-02 is that month, d:2025-02-03 that day, d:2025-02-01..2025-03-01
both days included; d:2.weeks.ago.. and d:last.month..yesterday count from now,
d:@1738540800 is seconds since 1970. Times are UTC unless --tz says otherwise.
Ranges of counts and sizes: messages:10..50, z:100k.. .

thread:ID is the thread of that mail, thread:{query} all threads that hold a
match; thread:{a} thread:{b} are the threads that hold a mail of each kind.

Fields, their other names, and an example each:

`

// queryManual is the grammar and the table of fields that the parser itself works from. It
// fits 80 columns, also in a pipe: it is read, not parsed.
func queryManual() string {
	const (
		columns = 80
		indent  = 24
	)
	var b strings.Builder
	b.WriteString(queryGrammar)
	margin := strings.Repeat(" ", indent)
	for _, f := range query.Fields() {
		names := string(f.Name) + ":"
		for _, a := range f.Aliases {
			names += " " + a + ":"
		}
		meaning := f.Meaning
		if f.Pattern {
			meaning += "; takes /pattern/"
		}
		if f.Thread && !strings.Contains(meaning, "thread") {
			meaning += "; of the whole thread"
		}
		fmt.Fprintf(&b, "  %-*s%s\n", indent-2, names, wrap(meaning, columns-indent, margin))
		b.WriteString(margin + f.Example + "\n")
	}
	b.WriteString("\nValues of the fields that have a closed list:\n\n")
	for _, f := range query.Fields() {
		if len(f.Values) > 0 {
			fmt.Fprintf(&b, "%-*s%s\n", indent, "  "+string(f.Name)+":", wrap(strings.Join(f.Values, " "), columns-indent, margin))
		}
	}
	b.WriteString("  topic: entity:        see `rustle help topics`\n")
	return b.String()
}

func newHelpTopics(c *command) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "topics",
		Short: "the arguments and systems that mail is tagged with",
		Long:  "Topics lists the taxonomy.",
	}
	cmd.SetHelpFunc(func(*cobra.Command, []string) {
		if c.config == nil { // help runs before the set-up
			_ = c.setUp() // an error of the configuration is told by the commands that need it
		}
		fmt.Fprint(c.env.stdout, topicsManual(c.topics()))
	})
	return cmd
}

// topicsManual is the taxonomy in 80 columns.
func topicsManual(rules *topic.Catalog) string {
	const (
		columns = 80
		indent  = 6
	)
	var b strings.Builder
	b.WriteString("Arguments (topic:ID), with the side that usually puts them forward:\n\n")
	margin := strings.Repeat(" ", indent)
	for _, t := range rules.Topics() {
		fmt.Fprintf(&b, "  %s (%s)\n%s%s\n", t.ID, t.Polarity, margin, wrap(t.Definition, columns-indent, margin))
	}
	b.WriteString("\nDrivers and subsystems (entity:ID):\n\n")
	b.WriteString("  " + wrap(strings.Join(entityNames(rules), " "), columns-2, "  ") + "\n")
	return b.String()
}

// wrapItems wraps a list between its items: a name and its count stay together.
func wrapItems(items []string, width int, indent string) string {
	const glue = "\x00" // no item holds it: they are safe for a terminal
	whole := make([]string, len(items))
	for i, s := range items {
		whole[i] = strings.Join(strings.Fields(s), glue)
	}
	return strings.ReplaceAll(wrap(strings.Join(whole, ", "), width, indent), glue, " ")
}

// wrap breaks text at blanks so that no line is longer than width.
func wrap(s string, width int, indent string) string {
	var b strings.Builder
	col := 0
	for i, word := range strings.Fields(s) {
		if i > 0 && col+1+len(word) > width {
			b.WriteString("\n" + indent)
			col = 0
		} else if i > 0 {
			b.WriteByte(' ')
			col++
		}
		b.WriteString(word)
		col += len(word)
	}
	return b.String()
}
