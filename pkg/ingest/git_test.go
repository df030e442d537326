package ingest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"rustle/pkg/ingest"
)

// A commit of a public-inbox epoch: a mail, or a mail taken back.
type commit struct {
	text    string
	deleted bool
}

// fastImport is the input of `git fast-import` for commits, after those that a branch has.
func fastImport(list []commit) string {
	var b strings.Builder
	for i, c := range list {
		name, other := "m", "d"
		if c.deleted {
			name, other = other, name
		}
		fmt.Fprintf(&b, "commit refs/heads/master\ncommitter x <x@x.test> %d +0000\ndata 1\nx\n", 1_700_000_000+i)
		if i > 0 {
			b.WriteString("D " + other + "\n")
		}
		fmt.Fprintf(&b, "M 100644 inline %s\ndata %d\n%s\n", name, len(c.text), c.text)
	}
	return b.String()
}

// epoch makes repositories of growing prefixes of the commits; the ids of commits agree.
func epoch(t failer, repo string, list []commit) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(repo, "HEAD")); err != nil {
		if err := os.MkdirAll(repo, 0o755); err != nil {
			t.Fatal(err)
		}
		git(t, repo, "", "init", "--quiet", "--bare", "--initial-branch=master")
	}
	git(t, repo, fastImport(list), "fast-import", "--quiet", "--force")
}

// Mail that an archive takes back goes, wherever the increments are cut, unless another archive has it.
func TestDeletions(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	check := 0
	rapid.Check(t, func(t *rapid.T) {
		check++
		work := filepath.Join(root, fmt.Sprint(check))
		defer func() { _ = os.RemoveAll(work) }()
		list := letters(t)
		var history []commit
		var live []string
		for i := range list {
			text := mailText(&list[i])
			if slices.Contains(live, text) {
				continue
			}
			history, live = append(history, commit{text: text}), append(live, text)
			if k := rapid.IntRange(0, 2*len(live)).Draw(t, "delete"); k < len(live) {
				history, live = append(history, commit{live[k], true}), slices.Delete(live, k, k+1)
			}
		}
		cut := rapid.IntRange(1, len(history)).Draw(t, "cut")
		inbox := filepath.Join(work, "lists", "x")
		repo := filepath.Join(inbox, "git", "0.git")
		box := write(t, filepath.Join(work, "box.mbox"), list[0].text(0))

		pieces := filepath.Join(work, "pieces")
		epoch(t, repo, history[:cut])
		take(t, pieces, ingest.Options{Sources: sources(filepath.Join(work, "lists")), Chunk: rapid.SampledFrom([]int{0, 1}).Draw(t, "chunk")})
		if rapid.Bool().Draw(t, "box between") {
			take(t, pieces, ingest.Options{Sources: sources(box)})
		}
		epoch(t, repo, history)
		take(t, pieces, ingest.Options{Sources: sources(filepath.Join(work, "lists"), box)})

		whole := filepath.Join(work, "whole")
		take(t, whole, ingest.Options{Sources: sources(filepath.Join(work, "lists"), box)})
		want := dump(t, whole)
		same(t, "in pieces", want, dump(t, pieces))

		// Only what is alive, and the mail of the box.
		alive := map[string]bool{mailText(&list[0]): true}
		for _, text := range live {
			alive[text] = true
		}
		if n := countMails(want); n > len(alive) {
			t.Fatalf("%d mails in the index, %d alive", n, len(alive))
		}

		// A purge: history is written anew without one of the mails.
		if len(live) > 0 {
			gone := live[rapid.IntRange(0, len(live)-1).Draw(t, "purge")]
			history = slices.DeleteFunc(history, func(c commit) bool { return c.text == gone })
			if len(history) == 0 {
				return
			}
			epoch(t, repo, history)
			take(t, pieces, ingest.Options{Sources: sources(filepath.Join(work, "lists"))})
			purged := filepath.Join(work, "purged")
			take(t, purged, ingest.Options{Sources: sources(filepath.Join(work, "lists"), box)})
			same(t, "purged", withoutCommits(dump(t, purged)), withoutCommits(dump(t, pieces)))
		}
	})
}

// mailText is what public-inbox stores of a letter.
func mailText(l *letter) string {
	_, text, _ := strings.Cut(l.text(0), "\n")
	return strings.TrimSuffix(text, "\n")
}

func countMails(lines []string) int {
	n := 0
	for _, l := range lines {
		if strings.HasPrefix(l, `{"Record":`) {
			n++
		}
	}
	return n
}

// withoutCommits takes the ids of commits out: a purge changes those after the one it takes out, and mails
// that were read before it keep the ids they were read under.
func withoutCommits(lines []string) []string {
	const name = `"commit":"`
	for i, l := range lines {
		for at := strings.Index(l, name); at >= 0; at = strings.Index(l, name) {
			end := at + len(name) + strings.IndexByte(l[at+len(name):], '"') + 1
			l = l[:at] + l[end:]
		}
		lines[i] = l
	}
	return lines
}
