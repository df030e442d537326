package main

import (
	_ "embed" // for rulesText
	"fmt"
	"runtime/debug"
	"strings"

	"rustle/index"
)

// rulesText is the fingerprint of the embedded rules and models. To compute it means to read all of them, which takes
// longer than a search; a test holds it against them, and writes it with -update.
//
//go:embed rules.txt
var rulesText string

// toolVersion is the module version the binary was built from; "devel" for a build from a checkout.
func toolVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "devel"
}

// version names everything that a result depends on.
func version() string {
	return fmt.Sprintf("rustle %s, index schema %d, rules %s", toolVersion(), index.SchemaVersion, strings.TrimSpace(rulesText))
}
