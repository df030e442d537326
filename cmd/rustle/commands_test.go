package main

import (
	"strings"
	"testing"
)

func TestCommandNames(t *testing.T) {
	t.Parallel()
	e := systemEnv()
	for _, v := range commands {
		if got := v.make(&command{env: e}).Name(); got != v.name {
			t.Errorf("the command %q is listed as %q", got, v.name)
		}
	}
}

func TestMeant(t *testing.T) {
	t.Parallel()
	const all = "all"
	for _, test := range []struct{ line, want string }{
		{"", all},
		{"--version", all},
		{"serch rust", all}, // a mistake
		{"--index DIR", all},
		{"help search", all},
		{"search --help", "search"},
		{"__complete search r", all},
		{"search rust", "search"},
		{"--index search count rust", "search count"},
		{"search status of man", all},
		{"report ID -o report", "report"},
	} {
		var names []string
		for _, v := range meant(strings.Fields(test.line)) {
			names = append(names, v.name)
		}
		got := strings.Join(names, " ")
		if len(names) == len(commands) {
			got = all
		}
		if got != test.want {
			t.Errorf("rustle %s: %s, want %s", test.line, got, test.want)
		}
	}
}
