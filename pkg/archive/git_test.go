package archive_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rustle/pkg/archive"
)

// hasGit is whether the tests of git repositories can run.
var hasGit = func() bool { _, err := exec.LookPath("git"); return err == nil }()

// A commit holds one file; without a name it is empty.
type commit struct{ file, data string }

// git runs git on a repository.
func git(tb testing.TB, dir, stdin string, args ...string) string {
	tb.Helper()
	cmd := exec.Command("git", append([]string{"--git-dir=" + dir}, args...)...)
	cmd.Stdin = strings.NewReader(stdin)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		tb.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// buildRepo makes a bare repository whose branch holds these commits and nothing else. The same
// commits get the same names.
func buildRepo(tb testing.TB, dir, branch string, commits []commit) {
	tb.Helper()
	if !hasGit {
		tb.Skip("git is not installed")
	}
	if _, err := os.Stat(dir); err != nil {
		must(tb, os.MkdirAll(dir, 0o755))
		git(tb, dir, "", "init", "--quiet", "--bare", "--initial-branch=master")
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "reset refs/heads/%s\n", branch)
	for i, c := range commits {
		// QUIRK: dates of commits go backwards here, as they do in some epochs.
		fmt.Fprintf(&b, "commit refs/heads/%s\ncommitter T <t@example.org> %d +0000\ndata 1\nx\n", branch, 1700000000-i)
		fmt.Fprint(&b, "deleteall\n")
		if c.file != "" {
			fmt.Fprintf(&b, "M 100644 inline %s\ndata %d\n%s\n", c.file, len(c.data), c.data)
		}
	}
	git(tb, dir, b.String(), "fast-import", "--quiet", "--force")
}

// subjects are those of mails, with "-" before a deletion.
func subjects(mails []mail) []string {
	list := make([]string, len(mails))
	for i, m := range mails {
		_, rest, _ := strings.Cut(m.Bytes, "Subject: ")
		list[i], _, _ = strings.Cut(rest, "\n")
		if m.Deleted {
			list[i] = "-" + list[i]
		}
	}
	return list
}

func m(subject string) commit { return commit{"m", text(subject)} }
func d(subject string) commit { return commit{"d", text(subject)} }

func text(subject string) string {
	return "From: Ada Example <ada@example.org>\nMessage-ID: <" + subject + "@example.org>\nSubject: " + subject + "\n\nText.\n"
}

// readAll reads all sources below path from the cursors and moves them on.
func readAll(tb testing.TB, path string, cursors map[string]archive.Cursor) []mail {
	tb.Helper()
	sources, err := archive.Open(tb.Context(), path, archive.Options{})
	must(tb, err)
	var all []mail
	for _, s := range sources {
		mails, err := readFrom(tb, s, cursors[s.Name()])
		must(tb, err)
		if s.Progress() != s.Size() {
			tb.Errorf("progress %d of %d", s.Progress(), s.Size())
		}
		cursors[s.Name()] = throughJSON(tb, s.Cursor())
		all = append(all, mails...)
	}
	return all
}

// TestPublicInbox follows a mirror of one list through what happens to mirrors.
func TestPublicInbox(t *testing.T) {
	t.Parallel()
	root := filepath.Join(t.TempDir(), "rust-for-linux")
	repo := func(n int) string { return filepath.Join(root, "git", fmt.Sprint(n)+".git") }
	cursors := map[string]archive.Cursor{}
	check := func(name string, want ...string) []mail {
		t.Helper()
		mails := readAll(t, root, cursors)
		if diff := cmp.Diff(append([]string{}, want...), subjects(mails)); diff != "" {
			t.Fatalf("%s (-want +got):\n%s", name, diff)
		}
		for _, m := range mails {
			raw, err := archive.ReadAt(t.Context(), m.Position)
			if err != nil || string(raw) != m.Bytes {
				t.Errorf("%s: ReadAt(%v) = %q, %v", name, m.Position, raw, err)
			}
			if m.List != "rust-for-linux" || len(m.Blob) != 40 || len(m.Position.Commit) != 40 || m.Position.Offset != 0 {
				t.Errorf("%s: %+v", name, m)
			}
		}
		return mails
	}
	first := []commit{{}, m("one"), m("two"), m("three")} // the first commit is empty
	buildRepo(t, repo(0), "master", first)
	check("first reading", "one", "two", "three")
	check("unchanged")
	buildRepo(t, repo(0), "master", append(first, m("four"), d("two"), m("five")))
	mails := check("grown, one deleted", "four", "-two", "five")
	if id := git(t, repo(0), text("two"), "hash-object", "--stdin"); mails[1].Blob != id || mails[1].Bytes != text("two") {
		t.Errorf("the deletion names %s, the mail is %s", mails[1].Blob, id)
	}
	buildRepo(t, repo(2), "master", []commit{m("nine")}) // epoch 1 is missing
	check("a later epoch", "nine")
	buildRepo(t, repo(10), "master", []commit{m("eleven")})
	check("order by number, not by name", "eleven")
	buildRepo(t, repo(1), "master", []commit{m("seven"), d("one")})
	check("the missing epoch came", "seven", "-one")

	// A purge takes "three" out of the history: all after it get new names.
	buildRepo(t, repo(0), "master", []commit{{}, m("one"), m("two"), {}, m("four"), d("two"), m("five"), m("six")})
	mails = check("purged", "-three", "four", "-two", "five", "six")
	if !mails[0].Deleted || mails[0].Bytes != text("three") {
		t.Errorf("purged: %+v", mails[0])
	}
	check("unchanged after the purge")

	// Once more, and git forgets what was there before.
	buildRepo(t, repo(0), "master", []commit{m("other"), m("five")})
	git(t, repo(0), "", "reflog", "expire", "--expire=now", "--all")
	git(t, repo(0), "", "gc", "--quiet", "--prune=now")
	check("nothing of the old history is left", "other", "five")

	// The branch gets another name, HEAD leads nowhere.
	git(t, repo(0), "", "branch", "-m", "master", "trunk")
	git(t, repo(0), "", "symbolic-ref", "HEAD", "refs/heads/gone")
	buildRepo(t, repo(0), "trunk", []commit{m("other"), m("five"), m("six")})
	check("unknown branch", "six")

	// An epoch is away for a while.
	must(t, os.Rename(repo(1), repo(1)+".away"))
	check("an epoch is missing")
	must(t, os.Rename(repo(1)+".away", repo(1)))
	check("it is back")
}

// TestPublicInboxForms opens a mirror root, a list, its git directory, an epoch and a clone.
func TestPublicInboxForms(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	buildRepo(t, filepath.Join(root, "b-list", "git", "0.git"), "main", []commit{m("b0")})
	buildRepo(t, filepath.Join(root, "b-list", "git", "1.git"), "master", []commit{m("b1")})
	buildRepo(t, filepath.Join(root, "a-list", "git", "0.git"), "master", []commit{m("a0")})
	buildRepo(t, filepath.Join(root, "c-list.git"), "master", []commit{m("c0")})
	buildRepo(t, filepath.Join(root, "code.git"), "master", []commit{{"main.c", "int main;"}})
	buildRepo(t, filepath.Join(root, "empty.git"), "master", nil)
	buildRepo(t, filepath.Join(root, "new-list", "git", "0.git"), "master", nil)
	writeFile(t, filepath.Join(root, "manifest.js.gz"), pack(t, "gz", []byte("{}")))
	must(t, exec.Command("git", "clone", "--quiet", filepath.Join(root, "a-list", "git", "0.git"), filepath.Join(root, "clone", "0")).Run())

	type found struct {
		Name, List string
		Subjects   []string
	}
	check := func(path string, want ...found) {
		t.Helper()
		var skipped []string
		sources, err := archive.Open(t.Context(), filepath.Join(root, path), archive.Options{
			Skipped: func(p, reason string) { skipped = append(skipped, filepath.Base(p)+": "+reason) },
		})
		must(t, err)
		var got []found
		for _, s := range sources {
			mails, err := readFrom(t, s, archive.Cursor{})
			must(t, err)
			name, err := filepath.Rel(root, s.Name())
			must(t, err)
			got = append(got, found{name, s.List(), subjects(mails)})
			if s.Kind() != "public-inbox" {
				t.Errorf("%s is %s", s.Name(), s.Kind())
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
		if path == "." {
			want := []string{
				"code.git: a git repository of something else than mail", "empty.git: a git repository without a commit",
				"manifest.js.gz: starts neither with a From line nor with a mail header",
			}
			if diff := cmp.Diff(want, skipped[len(skipped)-3:]); diff != "" {
				t.Errorf("skipped (-want +got):\n%s", diff)
			}
		}
	}
	check("b-list", found{"b-list", "b-list", []string{"b0", "b1"}})
	check("b-list/git", found{"b-list/git", "b-list", []string{"b0", "b1"}})
	check("b-list/git/1.git", found{"b-list/git/1.git", "b-list", []string{"b1"}})
	check("c-list.git", found{"c-list.git", "c-list", []string{"c0"}})
	check("clone/0", found{"clone/0/.git", "clone", []string{"a0"}})
	must(t, os.RemoveAll(filepath.Join(root, "clone")))
	check(".", found{"a-list", "a-list", []string{"a0"}}, found{"b-list", "b-list", []string{"b0", "b1"}},
		found{"c-list.git", "c-list", []string{"c0"}}, found{"new-list", "new-list", []string{}})

	for path, want := range map[string]error{"code.git": archive.ErrNotArchive, "empty.git": archive.ErrNoMail} {
		if _, err := archive.Open(t.Context(), filepath.Join(root, path), archive.Options{}); !errors.Is(err, want) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestDamagedRepository: a mail whose object is gone is an error, not a mail less.
func TestDamagedRepository(t *testing.T) {
	t.Parallel()
	root := filepath.Join(t.TempDir(), "list")
	repo := filepath.Join(root, "git", "0.git")
	buildRepo(t, repo, "master", []commit{m("one"), m("two"), m("three")})
	git(t, repo, "", "config", "core.bare", "true")
	// fast-import leaves few objects loose by itself.
	loose := func() {
		packs, err := filepath.Glob(filepath.Join(repo, "objects", "pack", "*.pack"))
		must(t, err)
		for _, p := range packs {
			data, err := os.ReadFile(p)
			must(t, err)
			for _, f := range []string{p, strings.TrimSuffix(p, "pack") + "idx"} {
				must(t, os.Remove(f))
			}
			git(t, repo, string(data), "unpack-objects", "-q")
		}
	}
	loose()
	blob := git(t, repo, text("two"), "hash-object", "--stdin")
	object := filepath.Join(repo, "objects", blob[:2], blob[2:])
	must(t, os.Remove(object))
	mails, err := readFrom(t, openOne(t, root, archive.Options{}), archive.Cursor{})
	if len(mails) != 1 || !errors.Is(err, archive.ErrCorrupt) || !strings.Contains(err.Error(), "git fsck") {
		t.Errorf("missing: %d mails, error %v", len(mails), err)
	}
	must(t, os.WriteFile(object, []byte("rubbish"), 0o600))
	mails, err = readFrom(t, openOne(t, root, archive.Options{}), archive.Cursor{})
	if len(mails) != 1 || !errors.Is(err, archive.ErrCorrupt) || strings.Contains(err.Error(), "\n") {
		t.Errorf("damaged: %d mails, error %v", len(mails), err)
	}
	t.Log(err)
}

// FuzzReplies: what git cat-file could print neither panics nor delivers more than it holds.
func FuzzReplies(f *testing.F) {
	id := strings.Repeat("a1", 20)
	f.Add([]byte(id + " blob 5\nhello\n" + id + ":m missing\n" + id + " tree 0\n\n"))
	f.Add([]byte(id + " blob 99999999999999\nx"))
	f.Add([]byte(id + " blob -1\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		names, contents, err := archive.Replies(bytes.NewReader(in), 100)
		if err == nil {
			t.Fatal("no error at the end")
		}
		if bytes.Count(in, []byte("\n")) < 2*len(names) {
			t.Fatalf("%d objects from %q", len(names), in)
		}
		at := 0
		for i, c := range contents {
			if len(c) > 100 || len(names[i]) < 40 {
				t.Fatalf("object %q of %d bytes", names[i], len(c))
			}
			k := bytes.Index(in[at:], c)
			if k < 0 {
				t.Fatalf("%q is not in the input", c)
			}
			at += k + len(c)
		}
		if errors.Is(err, io.EOF) {
			t.Fatal("a bare io.EOF would pass for success")
		}
	})
}

// TestSameMail: MBOX and EPOCH name the same list as mbox and as a git mirror; both have to give the
// same mails.
func TestSameMail(t *testing.T) {
	t.Parallel()
	mbox, epoch := os.Getenv("MBOX"), os.Getenv("EPOCH")
	if mbox == "" || epoch == "" {
		t.Skip("MBOX and EPOCH name no archives")
	}
	a, err := readFrom(t, openOne(t, mbox, archive.Options{}), archive.Cursor{})
	must(t, err)
	b, err := readFrom(t, openOne(t, epoch, archive.Options{}), archive.Cursor{})
	must(t, err)
	if len(a) != len(b) {
		t.Fatalf("%d and %d mails", len(a), len(b))
	}
	differ := 0
	for i := range a {
		if a[i].Bytes != b[i].Bytes {
			if differ++; differ < 4 {
				t.Errorf("mail %d (-mbox +git):\n%s", i, cmp.Diff(a[i].Bytes, b[i].Bytes))
			}
		}
	}
	t.Logf("%d mails, %d differ", len(a), differ)
}
