package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"rustle/index"
	"rustle/pkg/analysis"
	"rustle/pkg/patch"
	"rustle/pkg/topic"
)

func newTaxonomy(c *command) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "taxonomy",
		Short: "write and check a taxonomy of your own",
		Long: `Taxonomy is about the file that says what mail is tagged with: what makes a mail belong to the
debate (is:rust), the arguments (topic:), and the systems (entity:). A file of your own turns
rustle to another debate, such as folios, bcachefs or a code of conduct:

  [relevance]                    # without it, and with extends = "default", Rust stays the debate
  title = ["folios?"]            # in subjects; paths, areas and lists work too
  words = ["folios?"]            # in the text

  [[topic]]
  id = "naming"
  polarity = "con"               # pro, con, both or none
  definition = "The name is wrong."
  policy = true                  # about whether and at what price, as against how: makes a debate
  strong = ["(bad|poor|wrong) name"]      # strong, cues, weak: how sure a phrase makes it

With extends = "default" at its head the file adds to the built-in one, and replaces topics and
entities of the same id. ` + "`rustle taxonomy show`" + ` prints the built-in one, which explains the
signs that phrases are written with.

Give the file to ingest, or apply it with ` + "`rustle retag --taxonomy FILE`" + `: that needs no archives,
because the mail is in the index. To keep it, name it in the configuration: taxonomy = "FILE".
An entity takes names, clues (names that need a word of near beside them), paths, areas (heads of
subjects), lists and people. What makes a thread a debate was learned from debates about Rust.

` + exitHelp,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return withHint(usagef("unknown command %q", "taxonomy "+args[0]), "`rustle taxonomy --help` lists the commands")
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newTaxonomyCheck(c), newTaxonomyShow(c))
	return cmd
}

func newTaxonomyShow(c *command) *cobra.Command {
	return &cobra.Command{
		Use:   "show [ID...]",
		Short: "print the built-in taxonomy, or some of its tables",
		Long: `Show prints the built-in taxonomy as TOML, with the comments that explain it: a start for a file
of your own. With ids it prints the tables of these topics and entities only.

` + exitHelp,
		Example: "  rustle taxonomy show > mine.toml\n  rustle taxonomy show memory-safety binder",
		RunE: func(_ *cobra.Command, args []string) error {
			text := topic.Source()
			if len(args) > 0 {
				var tables []string
				for _, id := range args {
					table := tableOf(text, id)
					if table == "" {
						return withHint(usagef("no topic or entity %q in the built-in taxonomy", id), "`rustle help topics` lists them")
					}
					tables = append(tables, table)
				}
				text = strings.Join(tables, "\n")
			}
			return c.page([]byte(text))
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return append(topicNames(topic.DefaultCatalog()), entityNames(topic.DefaultCatalog())...), cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// tableOf cuts the table with that id out of a rules file.
func tableOf(text, id string) string {
	for table := range strings.SplitSeq(text, "\n[[") {
		if strings.Contains(table, "]]\nid = "+strconv.Quote(id)+"\n") {
			table, _, _ = strings.Cut(table, "\n\n")
			return "[[" + strings.TrimRight(table, "\n") + "\n"
		}
	}
	return ""
}

func newTaxonomyCheck(c *command) *cobra.Command {
	var try string
	cmd := &cobra.Command{
		Use:   "check FILE",
		Short: "explain the mistakes in a taxonomy, or what it would give",
		Long: `Check names every mistake in the file with its line and key. A file without any is summed up:
its topics and entities with the number of phrases and places that find them. --try QUERY reads
the mail in the index that matches with the new rules, changes nothing, and says how many mails
would get which tag, with a sentence for each; '*' takes all mail.

` + exitHelp,
		Example: "  rustle taxonomy check folios.toml\n  rustle taxonomy check --try 'bs:folio d:2021' folios.toml",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.checkTaxonomy(cmd.Context(), args[0], try, cmd.Flags().Changed("try"))
		},
	}
	cmd.Flags().StringVar(&try, "try", "", "mail of the index to try it on")
	return cmd
}

func (c *command) checkTaxonomy(ctx context.Context, path, try string, trying bool) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	rules, err := topic.Load(bytes.NewReader(text))
	if err != nil {
		return c.badTaxonomy(err, path)
	}
	tags := map[string]*tagUse{}
	if trying {
		var total, about int
		if total, about, err = c.tryTaxonomy(ctx, rules, try, tags); err != nil {
			return err
		}
		if total == 0 {
			return withHint(fmt.Errorf("no mail matches %q", try), "'*' takes all mail of the index")
		}
		defer func() {
			c.notef("%d of %s (%s) would belong to the debate", about, plural(total, "mail"), shareText(about, total))
		}()
	}
	return c.output("table", func(w io.Writer) error {
		for _, part := range []struct {
			head string
			ids  []topic.Topic
		}{{"topics", rules.Topics()}, {"entities", entitiesAsTopics(rules)}} {
			fmt.Fprintf(w, "%s\n", plural(len(part.ids), map[string]string{"topics": "topic", "entities": "system"}[part.head]))
			t := table{width: c.env.width, flex: 4, right: []bool{false, false, true, true}}
			for _, one := range part.ids {
				row := []string{"  " + one.ID, string(one.Polarity), plural(one.Cues, "cue")}
				if trying {
					use := tags[part.head+one.ID]
					if use == nil {
						use = &tagUse{}
					}
					row = append(row, plural(use.mails, "mail"), safe(use.text))
				}
				t.row(row...)
			}
			if err := t.write(w); err != nil {
				return err
			}
		}
		return nil
	})
}

// entitiesAsTopics lets one table print both.
func entitiesAsTopics(rules *topic.Rules) []topic.Topic {
	var out []topic.Topic
	for _, e := range rules.Entities() {
		out = append(out, topic.Topic{ID: e.ID, Name: e.Name, Polarity: topic.Polarity(e.Kind), Cues: e.Cues})
	}
	return out
}

// tagUse is how often a tag would be given, with the strongest sentence.
type tagUse struct {
	mails  int
	text   string
	weight float64
}

// tryTaxonomy reads mail of the index with other rules. Threads are not put together here: what a tag owes to
// the rest of its thread is missing.
func (c *command) tryTaxonomy(ctx context.Context, rules *topic.Rules, try string, tags map[string]*tagUse) (total, about int, err error) {
	node, r, err := c.ask(selection{}, []string{try})
	if err != nil {
		return 0, 0, err
	}
	defer r.Close()
	for rec, err := range r.All(ctx, node) {
		if err != nil {
			return 0, 0, err
		}
		m, err := mailForTopics(r, &rec)
		if err != nil {
			return 0, 0, err
		}
		rd := rules.Read(m)
		total++
		var arguments []topic.Verdict
		if rd.Relevance().Level == topic.About {
			about++
			arguments = rd.Arguments(nil)
		}
		for part, found := range map[string][]topic.Verdict{"topics": arguments, "entities": rd.Entities()} {
			for _, v := range found {
				use := tags[part+v.Label]
				if use == nil {
					use = &tagUse{}
					tags[part+v.Label] = use
				}
				use.mails++
				for _, h := range v.Hits {
					if h.Sentence >= 0 && (use.text == "" || h.Weight*v.Score > use.weight) {
						use.text, use.weight = strings.Join(strings.Fields(m.Sentences[h.Sentence]), " "), h.Weight*v.Score
					}
				}
			}
		}
	}
	return total, about, nil
}

// mailForTopics is what package topic needs to know of a mail of the index.
func mailForTopics(r *index.Reader, rec *analysis.Record) (*topic.Mail, error) {
	doc, err := r.Document(rec.ID, rec.Hash)
	if err != nil {
		return nil, err
	}
	text := analysis.Body(doc.Mail, nil)
	s := patch.ParseSubject(rec.Subject)
	m := &topic.Mail{
		Title: s.Title, Prefixes: s.Prefixes, Areas: s.Areas, Files: rec.Files, Quotes: text.Quotes(),
		From: strings.ToLower(rec.From.Addr), Recipients: slices.Clone(doc.Mail.Lists), Patch: s.Patch && !s.Reply,
	}
	for _, list := range [][]analysis.Person{rec.To, rec.Cc} {
		for _, p := range list {
			m.Recipients = append(m.Recipients, strings.ToLower(p.Addr))
		}
	}
	for _, sentence := range text.Sentences {
		m.Sentences = append(m.Sentences, text.Own[sentence.Start:sentence.End])
	}
	return m, nil
}

// badTaxonomy names every mistake in a taxonomy on a line of its own; other errors stay as they are.
func (c *command) badTaxonomy(err error, path string) error {
	if _, ok := errors.AsType[*topic.Error](err); !ok || path == "" {
		return err
	}
	f, openErr := os.Open(path)
	if openErr != nil {
		return err
	}
	defer func() { _ = f.Close() }() // only read
	mistakes := topic.Check(f)
	if len(mistakes) == 0 {
		return err
	}
	all := make([]error, len(mistakes))
	for i, m := range mistakes {
		all[i] = usagef("%s: %s", path, m.Error())
	}
	last := len(all) - 1
	all[last] = withHint(all[last], "`rustle taxonomy show` prints the built-in taxonomy, which explains the form")
	return errors.Join(all...)
}
