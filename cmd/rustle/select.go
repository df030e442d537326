package main

import (
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

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
	words := slices.Clone(args)
	for i, w := range words {
		name, ok := strings.CutPrefix(w, "@")
		if !ok || strings.ContainsAny(name, " .0123456789") {
			continue
		}
		saved, ok := c.config.Searches[name]
		if !ok {
			return nil, withHint(usagef("no saved search %q in the configuration", name), "add a table [search.%s] with a key query, or quote the word", name)
		}
		words[i] = "(" + saved.Query + ")"
	}
	if s.since != "" || s.until != "" {
		words = append(words, "d:"+s.since+".."+s.until)
	}
	text := strings.Join(words, " ")
	o := query.Options{Now: c.env.now(), Location: c.zone}
	if strings.Contains(text, "topic") || strings.Contains(text, "entity") {
		// Only a query that may name one pays for the taxonomy.
		o.Values = map[query.Field][]string{query.Topic: topicNames(), query.Entity: entityNames()}
	}
	return query.Parse(text, o)
}

func topicNames() []string {
	var ids []string
	for _, t := range topic.Default().Topics() {
		ids = append(ids, t.ID)
	}
	return ids
}

func entityNames() []string {
	var ids []string
	for _, e := range topic.Default().Entities() {
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
