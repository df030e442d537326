package main

import "github.com/spf13/cobra"

// commands are the verbs, in the order of a first session.
var commands = []func(*command) *cobra.Command{
	newIngest, newStatus, newSearch, newCount, newShow, newThread, newBrowse, newDebates, newReport, newExplain, newExport, newEval, newTrain, newStances, newPeople, newDigest, newStats, newSample,
	newUpdate, newWatch, newRetag, newTaxonomy, newReindex, newIndex, newHelpQuery, newHelpTopics, newMan,
}
