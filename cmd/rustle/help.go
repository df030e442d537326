package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"rustle/index/query"
)

// Two words that are no commands but pages of the manual: `rustle help query`, `rustle help topics`.

func newHelpQuery(c *command) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "query",
		Short: "the query language",
		Long:  "Query is the manual of the search language.",
	}
	cmd.SetHelpFunc(func(*cobra.Command, []string) { queryManual(c.env.stdout) })
	return cmd
}

const queryGrammar = `Bare words must all occur, in the subject or the body; quoted text is searched too but never
raises the rank. Words combine with AND, OR, NOT, + and -, and parentheses.

  memory safety              both words
  "memory safety"            the words in this order, in exactly this form
  bindgen OR cbindgen        either
  rust -f:ojeda              the second must not match
  alloc*                     a word that begins so
  soundnes~  soundnes~2      a word with up to one or two letters different
  f:/torvalds|hellwig/       a regular expression, where the table says so
  Rust                       a capitalised or quoted word is not stemmed
  rust/kernel/dma.rs         paths and snake_case match whole and by part

Dates: d:2025-02 is that month, d:2025-02-03 that day, d:2025-02-01..2025-03-01 both days included,
d:2.weeks.ago.. and d:last.month..yesterday count from now, d:@1738540800 is seconds since 1970.
Times are UTC unless --tz says otherwise. Ranges of counts and sizes: messages:10..50, z:100k.. .

thread:ID is the thread of that mail, thread:{query} all threads that hold a match;
thread:{a} thread:{b} are the threads that hold a mail of each kind.

`

// queryManual prints the grammar and the table of fields that the parser itself works from.
func queryManual(w io.Writer) {
	io.WriteString(w, queryGrammar)
	t := table{}
	t.row("FIELD", "ALSO", "MEANING", "EXAMPLE")
	for _, f := range query.Fields() {
		forms := ""
		if f.Pattern {
			forms = " (takes /pattern/)"
		}
		if f.Thread && f.Name != query.ThreadID {
			forms += " (of the whole thread)"
		}
		t.row(string(f.Name)+":", strings.Join(f.Aliases, " "), f.Meaning+forms, f.Example)
	}
	t.write(w)
	fmt.Fprintln(w)
	for _, f := range query.Fields() {
		if len(f.Values) > 0 {
			fmt.Fprintf(w, "%s: %s\n", f.Name, strings.Join(f.Values, " "))
		}
	}
}

func newHelpTopics(c *command) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "topics",
		Short: "the arguments and systems that mail is tagged with",
		Long:  "Topics lists the taxonomy.",
	}
	cmd.SetHelpFunc(func(*cobra.Command, []string) {
		a, err := c.analyzer()
		if err != nil {
			explainError(c.env.stderr, err)
			return
		}
		fmt.Fprint(c.env.stdout, "Arguments (topic:ID), with the side that usually puts them forward:\n\n")
		t := table{}
		for _, topic := range a.Topics() {
			t.row("  "+topic.ID, string(topic.Polarity), topic.Definition)
		}
		t.write(c.env.stdout)
		fmt.Fprint(c.env.stdout, "\nSystems (entity:ID):\n\n")
		fmt.Fprintln(c.env.stdout, "  "+wrap(strings.Join(entityNames(a), " "), 90, "  "))
	})
	return cmd
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
