package main

import (
	"fmt"
	"runtime/debug"

	"rustle/index"
	"rustle/pkg/analysis"
)

// toolVersion is the module version the binary was built from; "devel" for a build from a checkout.
func toolVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "devel"
}

// version names everything that a result depends on.
func version() string {
	rules := "unreadable rules"
	if a, err := analysis.New(analysis.Options{}); err == nil {
		rules = "rules " + a.Fingerprint()
	}
	return fmt.Sprintf("rustle %s, index schema %d, %s", toolVersion(), index.SchemaVersion, rules)
}
