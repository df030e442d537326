package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"rustle/pkg/topic"
)

func newMan(c *command) *cobra.Command {
	return &cobra.Command{
		Use:    "man DIR",
		Short:  "write the manual pages",
		Hidden: true, // for packagers
		Long: `Man writes a manual page for each command into a directory, and those of the query language
and the topics, all from the text that --help prints. The same program writes the same bytes.

` + exitHelp,
		Example: "  rustle man /usr/local/share/man/man1",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return c.runMan(cmd.Root(), args[0]) },
	}
}

func (c *command) runMan(root *cobra.Command, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("man: %w", err)
	}
	pages := map[string]string{
		"rustle-query.7":  manText("rustle-query", "the query language of rustle", queryManual()),
		"rustle-topics.7": manText("rustle-topics", "what rustle tags mail with", topicsManual(topic.DefaultCatalog())),
	}
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		// query and topics are pages, not commands; help and completion are cobra's.
		switch cmd.Name() {
		case "query", "topics", "help":
			return
		}
		cmd.InitDefaultHelpFlag()
		pages[manName(cmd)+".1"] = manPage(cmd)
		for _, sub := range cmd.Commands() {
			if !sub.Hidden {
				walk(sub)
			}
		}
	}
	walk(root)
	for name, text := range pages {
		err := c.writeFile(filepath.Join(dir, name), func(w io.Writer) error {
			_, err := io.WriteString(w, text)
			return err
		})
		if err != nil {
			return err
		}
	}
	c.notef("%s in %s", plural(len(pages), "manual page"), dir)
	return nil
}

func manName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

// manPage is the page of one command in the macros of man(7).
func manPage(cmd *cobra.Command) string {
	var b strings.Builder
	manHead(&b, manName(cmd), "1", cmd.Short)
	fmt.Fprintf(&b, ".SH SYNOPSIS\n.B %s\n", roff(cmd.UseLine()))
	b.WriteString(".SH DESCRIPTION\n")
	var exit string
	for paragraph := range strings.SplitSeq(strings.TrimSpace(orElse(cmd.Long, cmd.Short)), "\n\n") {
		if codes, ok := strings.CutPrefix(paragraph, "Exit codes:"); ok {
			exit = strings.TrimSpace(codes)
			continue
		}
		manParagraph(&b, paragraph)
	}
	manFlags(&b, "OPTIONS", cmd.NonInheritedFlags())
	if cmd.HasParent() {
		manFlags(&b, "GLOBAL OPTIONS", cmd.InheritedFlags())
	}
	if exit != "" {
		b.WriteString(".SH EXIT STATUS\n")
		manParagraph(&b, exit)
	}
	if cmd.Example != "" {
		b.WriteString(".SH EXAMPLES\n")
		manParagraph(&b, cmd.Example)
	}
	b.WriteString(".SH SEE ALSO\n")
	var others []string
	if cmd.HasParent() {
		others = append(others, manName(cmd.Parent())+"(1)")
	}
	for _, sub := range cmd.Commands() {
		if !sub.Hidden && sub.Name() != "query" && sub.Name() != "topics" && sub.Name() != "help" {
			others = append(others, manName(sub)+"(1)")
		}
	}
	others = append(others, "rustle-query(7)", "rustle-topics(7)")
	b.WriteString(roff(strings.Join(others, ", ")) + "\n")
	return b.String()
}

// manText is a page of running text that is already laid out.
func manText(name, short, text string) string {
	var b strings.Builder
	manHead(&b, name, "7", short)
	b.WriteString(".SH DESCRIPTION\n.nf\n" + roff(strings.TrimRight(text, "\n")) + "\n.fi\n.SH SEE ALSO\nrustle(1), rustle\\-search(1)\n")
	return b.String()
}

// manHead leaves the date out: the page must not change with the day it was made.
func manHead(b *strings.Builder, name, section, short string) {
	fmt.Fprintf(b, ".TH %s %s \"\" rustle \"rustle manual\"\n.SH NAME\n%s \\- %s\n", roff(strings.ToUpper(name)), section, roff(name), roff(short))
}

// manParagraph keeps the lines of what is indented.
func manParagraph(b *strings.Builder, text string) {
	if strings.HasPrefix(text, " ") {
		b.WriteString(".PP\n.nf\n" + roff(text) + "\n.fi\n")
		return
	}
	b.WriteString(".PP\n" + roff(text) + "\n")
}

func manFlags(b *strings.Builder, title string, flags *pflag.FlagSet) {
	if !flags.HasAvailableFlags() {
		return
	}
	b.WriteString(".SH " + title + "\n")
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		kind, usage := pflag.UnquoteUsage(f)
		if kind != "" {
			name += " " + kind
		}
		switch f.DefValue {
		case "", "0", "false", "[]":
		default:
			usage += " (default " + f.DefValue + ")"
		}
		b.WriteString(".TP\n.B " + roff(name) + "\n" + roff(usage) + "\n")
	})
}

// roff makes text safe for troff: its escape character, hyphens that are meant as minus signs, and
// lines that would be requests.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "`", `\(ga`, "'", `\(aq`, "^", `\(ha`, "~", `\(ti`).Replace(s)
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, ".") {
			lines[i] = `\&` + l
		}
	}
	return strings.Join(lines, "\n")
}
