package main

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"rustle/index"
	"rustle/pkg/analysis"
)

// outline writes a tree as depth and id, a missing mail in brackets.
func outline(tree []branch) string {
	var b strings.Builder
	for _, n := range tree {
		if n.record == nil {
			fmt.Fprintf(&b, "%d[%s] ", n.depth, n.missing)
			continue
		}
		fmt.Fprintf(&b, "%d%s ", n.depth, n.record.ID)
	}
	return strings.TrimSpace(b.String())
}

func TestTableOrLines(t *testing.T) {
	t.Parallel()
	tab := table{right: []bool{false, true}}
	tab.row("LIST", "OF", "MEDIAN")
	tab.row("linux-kbuild", "21", "4.2d (3.6d to 5.2d)")
	tab.row("ksummit", "9")
	for width, want := range map[int]string{
		0:  "LIST          OF  MEDIAN\nlinux-kbuild  21  4.2d (3.6d to 5.2d)\nksummit        9\n",
		37: "LIST          OF  MEDIAN\nlinux-kbuild  21  4.2d (3.6d to 5.2d)\nksummit        9\n",
		36: "linux-kbuild: of 21, median 4.2d\n    (3.6d to 5.2d)\nksummit: of 9\n",
	} {
		var b strings.Builder
		c := command{env: &env{width: width}}
		if err := c.tableOrLines(&b, &tab, 1); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, b.String()); diff != "" {
			t.Errorf("%d columns (-want +got):\n%s", width, diff)
		}
	}
}

func TestBranches(t *testing.T) {
	t.Parallel()
	rec := func(id, parent string, refs ...string) analysis.Record {
		return analysis.Record{ID: id, Parent: parent, References: refs}
	}
	tests := []struct {
		name string
		in   []analysis.Record
		want string
	}{
		{"nothing", nil, ""},
		{"its own parent", []analysis.Record{rec("a", "a")}, "1a"},
		{"a circle", []analysis.Record{rec("a", "b"), rec("b", "a")}, "1a 2b"},
		{"a circle beside a tree", []analysis.Record{rec("r", ""), rec("a", "b"), rec("b", "a")}, "0r 1a 2b"},
		{"two mails with one id", []analysis.Record{rec("a", ""), rec("a", ""), rec("b", "a")}, "0a 1b 0a"},
		{"no id", []analysis.Record{rec("", ""), rec("", "")}, "0 0"},
		{"order of the tree", []analysis.Record{rec("a", ""), rec("b", "a"), rec("c", "a"), rec("d", "b")}, "0a 1b 2d 1c"},
		{"answer before its parent", []analysis.Record{rec("b", "a"), rec("a", "")}, "0a 1b"},
		{"missing root", []analysis.Record{rec("b", "x"), rec("c", "x")}, "0[x] 1b 1c"},
		{"missing in the middle", []analysis.Record{rec("a", ""), rec("c", "x", "a", "x"), rec("b", "a")}, "0a 1[x] 2c 1b"},
		{"missing that names its answer", []analysis.Record{rec("a", "x", "a", "x")}, "0[x] 1a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, outline(branches(tt.in))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// A chain of answers longer than any real one keeps every mail.
func TestBranchesDeep(t *testing.T) {
	t.Parallel()
	const n = 20_000
	in := make([]analysis.Record, n)
	for i := range in {
		in[i].ID = strconv.Itoa(i)
		if i > 0 {
			in[i].Parent = strconv.Itoa(i - 1)
		}
	}
	got := branches(in)
	if len(got) != n || got[n-1].depth != n-1 {
		t.Errorf("%d branches, the last at depth %d", len(got), got[len(got)-1].depth)
	}
}

func TestBar(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		n, most, columns int
		want             string
	}{
		{0, 0, 10, ""}, {0, 5, 10, ""}, {1, 100_000, 10, "▏"}, {5, 5, 4, "████"}, {3, 8, 2, "▊"}, {5, 8, 2, "█▎"},
	} {
		if got := bar(tt.n, tt.most, tt.columns); got != tt.want {
			t.Errorf("bar(%d, %d, %d) = %q, want %q", tt.n, tt.most, tt.columns, got, tt.want)
		}
	}
}

// However long the line, the hit stays in sight.
func TestMarked(t *testing.T) {
	t.Parallel()
	c := &command{env: &env{}}
	hit := index.SnippetOpen + "hit" + index.SnippetClose
	for _, tt := range []struct {
		in      string
		columns int
		want    string
	}{
		{"a " + hit + " b", 0, "a hit b"},
		{"a " + hit + " b", 20, "a hit b"},
		{"one two three four five " + hit + " six seven", 21, "… five hit six seven"},
		{"\x1b[31m" + hit, 20, "[31mhit"},
		{"no hit at all in this line", 10, "no hit at all in this line"},
	} {
		if got := c.marked(tt.in, tt.columns); got != tt.want {
			t.Errorf("marked(%q, %d) = %q, want %q", tt.in, tt.columns, got, tt.want)
		}
	}
}

func TestExpandTabs(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "a": "a", "\ta": "        a", "a\tb": "a       b", "1234567\tb": "1234567 b", "12345678\tb": "12345678        b",
		"\x1b[2m>\x1b[0m\tx\t": "\x1b[2m>\x1b[0m       x       ",
	} {
		if got := expandTabs(in); got != want {
			t.Errorf("expandTabs(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestTableFits(t *testing.T) {
	t.Parallel()
	for width := 1; width < 90; width++ {
		tab := table{width: width, flex: 1}
		tab.row("2026-03-02", strings.Repeat("subject ", 20), "an-id-that-is-long@mail.example.org")
		tab.row("2026-03-02", "short", "日本語@mail.example.org")
		var b strings.Builder
		if err := tab.write(&b); err != nil {
			t.Fatal(err)
		}
		for l := range strings.Lines(b.String()) {
			if n := ansi.StringWidth(strings.TrimRight(l, "\n")); n > width {
				t.Errorf("width %d: a line of %d columns: %q", width, n, l)
			}
		}
	}
}

func TestWrapItems(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		items []string
		want  string
	}{
		{nil, ""},
		{[]string{"Bart Van Assche 2"}, "Bart Van Assche 2"},
		{[]string{"memory-model 11", "culture-process  2", "Bart Van Assche 2"}, "memory-model 11,\n  culture-process 2,\n  Bart Van Assche 2"},
		{[]string{"a name longer than the line 3", "b 1"}, "a name longer than the line 3,\n  b 1"},
	} {
		if got := wrapItems(c.items, 24, "  "); got != c.want {
			t.Errorf("%q: %q, want %q", c.items, got, c.want)
		}
	}
}
