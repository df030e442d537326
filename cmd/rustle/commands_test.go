package main

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
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

// Help is read in terminals: no line of it is wider than 100 columns.
func TestHelpFits(t *testing.T) {
	t.Parallel()
	const widest = 100
	for _, v := range commands {
		var out strings.Builder
		e := systemEnv()
		e.stdout = &out
		if code := execute(t.Context(), []string{v.name, "--help"}, e); code != 0 || out.Len() == 0 {
			t.Errorf("%s --help: exit code %d, %d bytes", v.name, code, out.Len())
		}
		for line := range strings.Lines(out.String()) {
			if n := ansi.StringWidth(strings.TrimRight(line, "\n")); n > widest {
				t.Errorf("%s --help: %d columns: %s", v.name, n, line)
			}
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
