package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"rustle/index"
	"rustle/index/query"
	"rustle/pkg/export"
)

const browseMail = `From mboxrd@z Thu Jan  1 00:00:00 1970
From: Ada Root <ada@one.test>
To: list@lists.test
Subject: rust: a driver
Date: Mon, 2 Mar 2026 10:00:00 +0000
Message-ID: <20260302-driver-1@one.test>

The first mail of the thread.

From mboxrd@z Thu Jan  1 00:00:00 1970
From: Bo Answer <bo@two.test>
To: list@lists.test
Subject: Re: rust: a driver
Date: Mon, 2 Mar 2026 11:00:00 +0000
Message-ID: <20260302-driver-2@two.test>
In-Reply-To: <20260302-driver-1@one.test>
References: <20260302-driver-1@one.test>

> The first mail of the thread.

I	like this walrus.

From mboxrd@z Thu Jan  1 00:00:00 1970
From: Cy Deep <cy@three.test>
To: list@lists.test
Subject: Re: rust: a driver
Date: Mon, 2 Mar 2026 12:00:00 +0000
Message-ID: <20260302-driver-4@three.test>
In-Reply-To: <20260302-driver-3@gone.test>
References: <20260302-driver-1@one.test> <20260302-driver-3@gone.test>

An answer to a mail that nobody has.

From mboxrd@z Thu Jan  1 00:00:00 1970
From: Di Other <di@four.test>
To: list@lists.test
Subject: something else
Date: Tue, 3 Mar 2026 10:00:00 +0000
Message-ID: <20260303-other-1@four.test>

Another thread, ` + "\x1b[31m" + `red.
`

// browseIndex makes the index of browseMail and returns its directory.
func browseIndex(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "list.mbox"), []byte(browseMail), 0o600); err != nil {
		t.Fatal(err)
	}
	e := systemEnv()
	e.stdout, e.stderr = io.Discard, io.Discard
	at := filepath.Join(dir, "index")
	if code := execute(t.Context(), []string{"--index", at, "ingest", filepath.Join(dir, "list.mbox")}, e); code != exitDone {
		t.Fatalf("ingest: exit code %d", code)
	}
	return at
}

// openBrowser starts the model on an index, as it is before the terminal tells its size.
func openBrowser(t *testing.T, at, text string) *browser {
	t.Helper()
	e := systemEnv()
	e.stdout, e.stderr = io.Discard, io.Discard
	c := &command{env: e, indexAt: at, cfgAt: "", color: "never", formatVersion: export.SchemaVersion}
	if err := c.setUp(); err != nil {
		t.Fatal(err)
	}
	r, err := c.reader()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	node, err := query.Parse(text, query.Options{})
	if err != nil {
		t.Fatal(err)
	}
	res, err := r.Threads(t.Context(), node, index.SearchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	lib := &library{ctx: t.Context(), c: c, reader: r, query: node}
	return &browser{c: c, lib: lib, stack: []*screen{lib.threads(res)}}
}

// press feeds keys, a letter each; names of keys stand between < and >. It says whether one of them
// ended the program.
func press(b *browser, keys string) (quit bool) {
	named := map[string]tea.KeyPressMsg{
		"enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "bs": {Code: tea.KeyBackspace},
		"space": {Code: tea.KeySpace, Text: " "}, "down": {Code: tea.KeyDown}, "left": {Code: tea.KeyLeft},
	}
	for keys != "" {
		var msg tea.KeyPressMsg
		if name, rest, ok := strings.Cut(keys[1:], ">"); keys[0] == '<' && ok {
			msg, keys = named[name], rest
		} else {
			msg, keys = tea.KeyPressMsg{Code: rune(keys[0]), Text: keys[:1]}, keys[1:]
		}
		if _, cmd := b.Update(msg); cmd != nil {
			return true
		}
	}
	return false
}

func TestBrowse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		query string
		keys  string
		want  []string // on the screen
		not   []string
	}{
		{name: "a list of threads, newest first", want: []string{"rustle: 2 threads\n", "> 2026-03-03  1/1", "something else", "1 of 2"}},
		{name: "down stops at the end", keys: "jjjj", want: []string{"> 2026-03-02  3/3", "2 of 2"}},
		{name: "a tree with a place for the missing mail", keys: "j<enter>", want: []string{"rust: a driver (3 mails", "> ", "Ada Root", "└ Bo Answer", "└ [missing 20260302-driver-3@gone.test]", "  └ Cy Deep"}},
		{name: "a missing mail does not open", keys: "G<enter>jj<enter>", want: []string{"the archive lacks this mail"}},
		{name: "the cursor stands on what matches", query: "walrus", keys: "<enter>", want: []string{"> *", "2 of 4"}},
		{name: "a mail", query: "walrus", keys: "<enter><enter>", want: []string{"Bo Answer: Re: rust: a driver", "Message-ID: 20260302-driver-2@two.test"}},
		{name: "a mail scrolls to its end", query: "walrus", keys: "<enter><enter>G", want: []string{"I       like this walrus.", " end"}},
		{name: "next mail passes over what is missing", query: "walrus", keys: "<enter><enter>J", want: []string{"Cy Deep: "}},
		{name: "previous mail", query: "walrus", keys: "<enter><enter>K", want: []string{"Ada Root: "}},
		{name: "no mail before the first", query: "walrus", keys: "<enter><enter>KK", want: []string{"Ada Root: ", "no further mail"}},
		{name: "back to the tree", query: "walrus", keys: "<enter><enter>q", want: []string{"Bo Answer", "2 of 4"}},
		{name: "back to the list", keys: "j<enter><left>", want: []string{"rustle: 2 threads", "2 of 2"}},
		{name: "escape does not quit", keys: "<esc>", want: []string{"rustle: 2 threads"}},
		{name: "limit", keys: "lDRIVER<enter>", want: []string{"a driver", "1 of 1, limited to DRIVER"}, not: []string{"something else"}},
		{name: "limit to nothing", keys: "lzebra<enter><enter>", want: []string{"no line holds zebra"}},
		{name: "limit taken back", keys: "lzebra<enter>l<bs><bs><bs><bs><bs><enter>", want: []string{"something else", "a driver"}},
		{name: "limit given up", keys: "lzebra<esc>", want: []string{"something else", "a driver"}},
		{name: "search in a list", keys: "/driver<enter>", want: []string{"> 2026-03-02"}},
		{name: "a word that is not there", keys: "j<enter>/re:<enter>", want: []string{"not found: re:"}},
		{name: "search in a mail", query: "walrus", keys: "<enter><enter>/walrus<enter>", want: []string{"like this walrus."}},
		{name: "n without a search", keys: "n", want: []string{"type / and a word"}},
		{name: "what is typed shows", keys: "/a b", want: []string{"/a b"}},
		{name: "help and back", keys: "?q", want: []string{"rustle: 2 threads"}, not: []string{"a * stands before"}},
		{name: "no escape sequence of a mail", keys: "<enter><enter>G", want: []string{"Another thread, [31mred."}},
	}
	at := browseIndex(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := openBrowser(t, at, tt.query)
			b.Update(tea.WindowSizeMsg{Width: 80, Height: 12})
			if press(b, tt.keys) {
				t.Fatal("the program ended")
			}
			got := b.View().Content
			if strings.Contains(got, "\x1b") {
				t.Errorf("escape sequences without colour:\n%q", got)
			}
			got = flat(got)
			for _, want := range tt.want {
				if !strings.Contains(got, want) {
					t.Errorf("%q is not on the screen:\n%s", want, got)
				}
			}
			for _, not := range tt.not {
				if strings.Contains(got, not) {
					t.Errorf("%q is on the screen:\n%s", not, got)
				}
			}
		})
	}
}

// flat drops the blanks at the ends of lines.
func flat(s string) string {
	var b strings.Builder
	for l := range strings.Lines(s) {
		b.WriteString(strings.TrimRight(l, " \n") + "\n")
	}
	return b.String()
}

func TestBrowseQuits(t *testing.T) {
	t.Parallel()
	b := openBrowser(t, browseIndex(t), "")
	b.Update(tea.WindowSizeMsg{Width: 80, Height: 12})
	for _, keys := range []string{"q", "Q", "<enter>Q", "<enter>qqq"} {
		if !press(b, keys) {
			t.Errorf("%s does not quit", keys)
		}
	}
}

// Whatever the size, a screen has exactly as many lines as the terminal and none is wider.
func TestBrowseFits(t *testing.T) {
	t.Parallel()
	b := openBrowser(t, browseIndex(t), "driver")
	for _, keys := range []string{"", "<enter>", "<enter>", "?"} {
		press(b, keys)
		for _, size := range []tea.WindowSizeMsg{{Width: 1, Height: 1}, {Width: 2, Height: 3}, {Width: 20, Height: 4}, {Width: 80, Height: 24}, {Width: 300, Height: 100}} {
			b.Update(size)
			lines := strings.Split(b.View().Content, "\n")
			if want := max(size.Height, 3); len(lines) != want {
				t.Errorf("%q at %dx%d: %d lines, want %d", keys, size.Width, size.Height, len(lines), want)
			}
			for _, l := range lines {
				if n := ansi.StringWidth(l); n > size.Width {
					t.Errorf("%q at %dx%d: a line of %d columns: %q", keys, size.Width, size.Height, n, l)
				}
			}
		}
	}
}
