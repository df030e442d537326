package main

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"rustle/index"
	"rustle/index/query"
)

// Completion of the words of a query, for the scripts that `rustle completion SHELL` prints. It
// must be quick and silent: whatever goes wrong completes to nothing.

// completeQuery completes fields, their values and saved searches.
func (c *command) completeQuery(cmd *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
	const quiet = cobra.ShellCompDirectiveNoFileComp
	if c.setUp() != nil {
		return nil, quiet
	}
	// Of a quoted query or one with parentheses the last word is being typed.
	at := strings.LastIndexAny(word, " ({+") + 1
	before, last := word[:at], word[at:]
	if strings.HasPrefix(last, "-") {
		before, last = before+"-", last[1:]
	}
	var out []string
	add := func(words ...string) {
		for _, w := range words {
			if hasPrefixFold(w, last) {
				out = append(out, before+w)
			}
		}
	}
	if strings.HasPrefix(last, "@") {
		for _, name := range slices.Sorted(maps.Keys(c.config.Searches)) {
			add("@" + name + "\t" + c.config.Searches[name].Query)
		}
		return out, quiet
	}
	if name, _, ok := strings.Cut(last, ":"); ok {
		for _, v := range c.valuesOf(cmd.Context(), name) {
			add(name + ":" + v)
		}
		return out, quiet
	}
	for _, f := range query.Fields() {
		for _, name := range append([]string{string(f.Name)}, f.Aliases...) {
			add(name + ":\t" + f.Meaning)
		}
	}
	return out, quiet | cobra.ShellCompDirectiveNoSpace
}

// valuesOf are the values of a field that can be listed: closed lists, the taxonomy, and what the index holds.
func (c *command) valuesOf(ctx context.Context, name string) []string {
	f, ok := query.Lookup(name)
	if !ok {
		return nil
	}
	var facet string
	switch f.Name {
	case query.Topic:
		return topicNames(c.topics())
	case query.Entity:
		return entityNames(c.topics())
	case query.PersonName, query.From:
		facet = "person"
	case query.List, query.ListPart:
		facet = "list"
	case query.Defect:
		facet = "defect"
	case query.Date:
		facet = "month"
	default:
		return f.Values
	}
	r, err := c.reader()
	if err != nil {
		return nil
	}
	defer r.Close()
	counts, err := r.Facet(ctx, query.All{}, facet)
	if err != nil {
		return nil
	}
	var out []string
	for _, n := range counts {
		// Words joined by dots are a phrase to the query and one word to the shell.
		out = append(out, strings.Join(strings.Fields(safe(n.Value)), "."))
	}
	return out
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// completeFlags completes the values of flags that take a closed list; of a list with commas the last.
func completeFlags(cmd *cobra.Command, lists map[string][]string) {
	for _, name := range slices.Sorted(maps.Keys(lists)) {
		complete := func(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
			before := word[:strings.LastIndexByte(word, ',')+1]
			var out []string
			for _, v := range lists[name] {
				if strings.HasPrefix(before+v, word) {
					out = append(out, before+v)
				}
			}
			return out, cobra.ShellCompDirectiveNoFileComp
		}
		if err := cmd.RegisterFlagCompletionFunc(name, complete); err != nil {
			panic("rustle: completion: " + err.Error())
		}
	}
}

// noFiles is for arguments that nobody can list.
func noFiles(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveNoFileComp
}

func sortNames() []string {
	var out []string
	for s := index.ByDate; s <= index.ByHeat; s++ {
		out = append(out, s.String())
	}
	return out
}
