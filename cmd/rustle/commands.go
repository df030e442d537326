package main

import "github.com/spf13/cobra"

// commands are the verbs, in the order of a first session.
var commands = []func(*command) *cobra.Command{
	newIngest, newStatus, newSearch, newCount, newShow, newThread, newDebates, newReport, newExplain, newExport,
	newUpdate, newWatch, newHelpQuery, newHelpTopics,
}
