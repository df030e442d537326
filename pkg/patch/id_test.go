package patch_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"rustle/pkg/patch"
)

// gitID runs the real thing and returns the first id it prints.
func gitID(t *testing.T, diff string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", "patch-id", "--stable")
	cmd.Stdin = strings.NewReader(diff)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	id, _, _ := strings.Cut(string(out), " ")
	return id
}

func needGit(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Fatal("no git on this machine; the set-up of the README asks for it")
	}
}

func TestID(t *testing.T) {
	t.Parallel()
	check := func(in, want string) {
		t.Helper()
		if got := patch.ID(in); got != want {
			t.Errorf("ID(%q) = %q, want %q", in, got, want)
		}
	}
	check("", "")
	check("no patch at all", "")
	check("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n", "")
	if patch.ID(onePatch) == "" {
		t.Error("a patch without an id")
	}
	if patch.ID("Commit message.\n\ndiff in words\n\n---\n x | 2 +-\n\n"+onePatch+"-- \n2.50\n") != patch.ID(onePatch) {
		t.Error("the text around a patch changes its id")
	}
	if patch.ID(strings.ReplaceAll(onePatch, "@@ -1,3 +1,3 @@", "@@ -41,3 +43,3 @@ fn f()")) != patch.ID(onePatch) {
		t.Error("line numbers change the id")
	}
}

const onePatch = `diff --git a/rust/x.rs b/rust/x.rs
index 0123456..89abcde 100644
--- a/rust/x.rs
+++ b/rust/x.rs
@@ -1,3 +1,3 @@
 fn f() {
-    old();
+    new();
 }
`

// TestIDAgainstGit makes a repository, changes it at random and compares ids over the diffs git writes.
func TestIDAgainstGit(t *testing.T) {
	t.Parallel()
	needGit(t)
	dir := t.TempDir()
	git := func(args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "git", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(),
			"GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.org", "GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@example.org",
			"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, &stderr)
		}
		return string(out)
	}
	git("init", "-q")
	rnd := rand.New(rand.NewPCG(1, 2))
	names := []string{"rust/a.rs", "b c.txt", "d/é.c", "e", "f/g/h.S", "bin"}
	for round := range 8 {
		for _, name := range names {
			path := filepath.Join(dir, name)
			switch rnd.IntN(6) {
			case 0:
				_ = os.Remove(path)
				continue
			case 1:
				continue
			}
			old, _ := os.ReadFile(path)
			lines := strings.Split(string(old), "\n")
			for range 1 + rnd.IntN(6) {
				at := rnd.IntN(len(lines))
				line := strings.Repeat("\t", rnd.IntN(3)) + "line " + strconv.Itoa(rnd.IntN(50)) + strings.Repeat(" ", rnd.IntN(2))
				if rnd.IntN(2) == 0 {
					lines[at] = line
				} else {
					lines = append(lines[:at], append([]string{line, "-- x", "++ y"}, lines[at:]...)...)
				}
			}
			data := strings.Join(lines, "\n")
			if name == "bin" {
				data = "\x00" + data
			}
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		git("add", "-A")
		git("commit", "-q", "--allow-empty", "-m", "round "+strconv.Itoa(round))
		for _, opt := range [][]string{{}, {"--binary", "--full-index"}, {"-M", "-U1"}, {"--no-prefix"}} {
			diff := git(append([]string{"show", "--format="}, opt...)...)
			if diff == "" {
				continue
			}
			if got, want := patch.ID(diff), gitID(t, diff); got != want {
				t.Errorf("round %d %v: ID = %q, git says %q for\n%s", round, opt, got, want, diff)
			}
		}
		// The mail form, with a signature line after the last hunk.
		mail := git("format-patch", "-1", "--stdout")
		if got, want := patch.ID(mail), gitID(t, mail); got != want {
			t.Errorf("round %d: ID of a mail = %q, git says %q", round, got, want)
		}
	}
}

// TestIDOddInput compares ids on input that no git wrote.
func TestIDOddInput(t *testing.T) {
	t.Parallel()
	needGit(t)
	head := "diff --git a/x b/x\n"
	for _, in := range []string{
		onePatch,
		onePatch + onePatch,
		head + "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n\\ No newline at end of file\n",
		head + "--- a/x\n+++ b/x\n@@ -1,9 +1,9 @@\n-a\n+b\n", // too short
		head + "--- a/x\n+++ b/x\n@@ broken @@\n-a\n+b\n",
		head + "--- a/x\n+++ b/x\n@@ -1,2 +x @@\n-a\n+b\n",
		head + "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\nprose\n" + onePatch,
		head + "index 1..2\nBinary files a/x and b/x differ\n" + onePatch,
		head + "index 1..2\nGIT binary patch\nliteral 3\nKabc\n\n" + onePatch,
		head + "\n" + onePatch,
		head + "old mode 100644\nnew mode 100755\n",
		head + "--- a/x\r\n+++ b/x\r\n@@ -1 +1 @@\r\n-a\r\n+b\r\n",
		head,
	} {
		if got, want := patch.ID(in), gitID(t, in); got != want {
			t.Errorf("ID(%q) = %q, git says %q", in, got, want)
		}
	}
}

func FuzzID(f *testing.F) {
	f.Add(onePatch)
	f.Add("diff --git a/x b/x\nGIT binary patch\nindex ..\n")
	f.Add("diff x\n--- \n+++ \n@@ -9999999999999999999,1 +1\n")
	f.Fuzz(func(t *testing.T, in string) {
		id := patch.ID(in)
		if id != "" && len(id) != 40 {
			t.Fatalf("id of %d digits", len(id))
		}
		if !strings.Contains(in, "diff ") && id != "" {
			t.Fatal("an id without a diff")
		}
	})
}

func BenchmarkID(b *testing.B) {
	in := strings.Repeat(strings.ReplaceAll(onePatch, "x.rs", "y.rs"), 100)
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		patch.ID(in)
	}
}
