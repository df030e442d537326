package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"rustle/index"
	"rustle/index/query"
	"rustle/pkg/topic"
)

// A selection is what every command that picks mail takes: a query and its sugar.
type selection struct {
	since, until string
}

func (s *selection) flags(f *pflag.FlagSet) {
	f.StringVar(&s.since, "since", "", "only mail of this date and later: sugar for d:DATE..")
	f.StringVar(&s.until, "until", "", "only mail up to this date: sugar for d:..DATE")
}

// parse reads the query. Words of the shell stay one query: `search a b` is `search 'a b'`.
// A word @NAME stands for the saved search of that name.
func (c *command) parse(s selection, args []string) (query.Node, error) {
	node, r, err := c.understand(s, args)
	if r != nil {
		_ = r.Close() // it was only read
	}
	return node, err
}

// ask reads the query and opens what is to answer it; the caller closes the reader. A query that cannot be read
// is told before an index that cannot.
func (c *command) ask(s selection, args []string) (query.Node, *index.Reader, error) {
	node, r, err := c.understand(s, args)
	if err == nil && r == nil {
		r, err = c.reader()
	}
	if err != nil {
		if r != nil {
			_ = r.Close() // it was only read
		}
		return nil, nil, err
	}
	return node, r, nil
}

// understand is parse. It gives the index when it had to look into it, else nil; the caller closes that, also beside
// an error.
func (c *command) understand(s selection, args []string) (query.Node, *index.Reader, error) {
	text, err := c.config.savedSearches(strings.Join(args, " "))
	if err != nil {
		return nil, nil, err
	}
	if s.since != "" || s.until != "" {
		text = strings.TrimSpace(text + " d:" + s.since + ".." + s.until)
	}
	o := query.Options{Now: c.env.now(), Location: c.zone}
	if !strings.Contains(text, "topic") && !strings.Contains(text, "entity") {
		node, err := query.Parse(text, o)
		return node, nil, err
	}
	// What the index holds is a topic, also when it was tagged by a taxonomy that this command line does not name, and
	// is read faster than the taxonomy.
	r, err := c.reader()
	if err != nil {
		r = nil // whoever asks it is told
	}
	topics, entities := held(r, "topic"), held(r, "entity")
	o.Values = map[query.Field][]string{query.Topic: topics, query.Entity: entities}
	if node, err := query.Parse(text, o); err == nil {
		return node, r, nil
	}
	rules := c.topics()
	o.Values = map[query.Field][]string{query.Topic: topicNames(rules), query.Entity: entityNames(rules)}
	node, err := query.Parse(text, o)
	if err != nil && (holdsOther(topics, o.Values[query.Topic]) || holdsOther(entities, o.Values[query.Entity])) {
		o.Values = nil // any name may be one of that other taxonomy
		if node, err := query.Parse(text, o); err == nil {
			return node, r, nil
		}
	}
	return node, r, err
}

// holdsOther says whether some of the values are not known.
func holdsOther(values, known []string) bool {
	return slices.ContainsFunc(values, func(v string) bool { return !slices.Contains(known, v) })
}

// sortUsage says what --sort takes.
const sortUsage = "order: date (newest first), rank (by the words of the query), thread-size, heat"

// resultOrder reads the --sort of commands that show mail.
func resultOrder(name string) (index.Sort, error) {
	order, err := index.ParseSort(name)
	if err != nil {
		return order, withHint(usageError{err}, "choose one of date, rank, thread-size, heat")
	}
	return order, nil
}

// held are the values of a facet that occur in the index; none when there is no index.
func held(r *index.Reader, facet string) []string {
	out := []string{} // no value is another thing to the parser than not to know them
	if r == nil {
		return out
	}
	counts, err := r.Facet(context.Background(), query.All{}, facet)
	if err != nil {
		return out
	}
	for _, n := range counts {
		out = append(out, n.Value)
	}
	return out
}

// topics are the taxonomy of the configuration or the embedded one. A file that cannot be used is told by
// the commands that tag; here it only helps to read a query.
func (c *command) topics() *topic.Catalog {
	if c.config == nil || c.config.Taxonomy == "" {
		return topic.DefaultCatalog()
	}
	f, err := os.Open(c.config.Taxonomy)
	if err != nil {
		return topic.DefaultCatalog()
	}
	defer func() { _ = f.Close() }() // only read
	rules, err := topic.LoadCatalog(f)
	if err != nil {
		return topic.DefaultCatalog()
	}
	return rules
}

func topicNames(rules *topic.Catalog) []string {
	var ids []string
	for _, t := range rules.Topics() {
		ids = append(ids, t.ID)
	}
	return ids
}

func entityNames(rules *topic.Catalog) []string {
	var ids []string
	for _, e := range rules.Entities() {
		ids = append(ids, e.ID)
	}
	slices.Sort(ids)
	return ids
}

// A paging is --limit and --offset.
type paging struct{ limit, offset int }

func (p *paging) flags(f *pflag.FlagSet, limit int) {
	f.IntVar(&p.limit, "limit", limit, "at most this many results; 0 means all")
	f.IntVar(&p.offset, "offset", 0, "leave out this many results first")
}

func (p *paging) check() error {
	if p.limit < 0 || p.offset < 0 {
		return usagef("--limit and --offset take numbers from 0")
	}
	return nil
}

// A format is --format, checked against what the command can print.
type format struct {
	name    string
	allowed []string
}

func (o *format) flags(f *pflag.FlagSet, allowed ...string) {
	o.allowed = allowed
	f.StringVar(&o.name, "format", allowed[0], "output format: "+strings.Join(allowed, ", "))
}

func (o *format) check() error {
	if !slices.Contains(o.allowed, o.name) {
		return withHint(usagef("--format %s is not known here", o.name), "choose one of %s", strings.Join(o.allowed, ", "))
	}
	return nil
}

// ofFile takes the form from the ending of the file that is written, where no flag names one.
func (o *format) ofFile(cmd *cobra.Command, file string) {
	ending := strings.ToLower(strings.TrimPrefix(filepath.Ext(file), "."))
	if cmd.Flags().Changed("format") {
		return
	}
	if ending == "parquet" || slices.Contains(o.allowed, ending) { // that parquet is not written, check says where it matters
		o.name = ending
	}
}

// oneID is the argument check of commands about one mail or thread.
func oneID(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usagef("%s takes one Message-ID, got %d", cmd.CommandPath(), len(args))
	}
	return nil
}

func duration(d time.Duration) string {
	switch {
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < time.Minute:
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}
