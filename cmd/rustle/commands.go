package main

import (
	"slices"

	"github.com/spf13/cobra"
)

// A verb is a command by its name.
type verb struct {
	name string
	make func(*command) *cobra.Command
}

// commands are the verbs, in the order of a first session.
var commands = []verb{
	{"ingest", newIngest},
	{"status", newStatus},
	{"search", newSearch},
	{"count", newCount},
	{"show", newShow},
	{"thread", newThread},
	{"browse", newBrowse},
	{"debates", newDebates},
	{"report", newReport},
	{"explain", newExplain},
	{"export", newExport},
	{"eval", newEval},
	{"train", newTrain},
	{"stances", newStances},
	{"people", newPeople},
	{"digest", newDigest},
	{"stats", newStats},
	{"sample", newSample},
	{"update", newUpdate},
	{"watch", newWatch},
	{"retag", newRetag},
	{"taxonomy", newTaxonomy},
	{"reindex", newReindex},
	{"index", newIndex},
	{"query", newHelpQuery},
	{"topics", newHelpTopics},
	{"man", newMan},
}

// meant are the commands that a command line may mean: those that it names. All are made only when it speaks of all, or
// of none: that takes as long as a search.
func meant(args []string) []verb {
	for _, all := range []string{"help", "man", "completion", cobra.ShellCompRequestCmd, cobra.ShellCompNoDescRequestCmd} {
		if slices.Contains(args, all) {
			return commands
		}
	}
	named := slices.DeleteFunc(slices.Clone(commands), func(v verb) bool { return !slices.Contains(args, v.name) })
	if len(named) == 0 {
		return commands
	}
	return named
}
