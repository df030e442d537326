package patch_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"rustle/pkg/patch"
)

func TestFiles(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		in   string
		want []patch.File
	}{
		{"empty", "", nil},
		{"prose", "No patch here.\n\n--- that was all\n\n@@ -1 +1 @@\n", nil},
		{"table in prose", " a | 1\n some words | 12 apples\n", []patch.File{{Path: "a", Added: 1, FromStat: true}}},
		{"quoted", "> diff --git a/x b/x\n> --- a/x\n> +++ b/x\n> @@ -1 +1 @@\n> -a\n> +b\n", nil},
		{"header only", "diff --git a/x b/x\n", []patch.File{{Path: "x"}}},
		{"hunk without a file", "@@ -1 +1 @@\n-a\n+b\n", nil},
		{"git", onePatch, []patch.File{{Path: "rust/x.rs", Added: 1, Removed: 1, Pre: "0123456", Post: "89abcde"}}},
		{"stat abbreviated inside a name", " ...long_name.rs | 1 +\n ...x.dts => y.dts} | 2 +-\n create mode 100644 rust/a_long_name.rs\n", []patch.File{
			{Path: "rust/a_long_name.rs", Added: 1, New: true, FromStat: true},
			{Path: "...y.dts", Added: 1, Removed: 1, FromStat: true},
		}},
		{"stat abbreviated, two fit", " .../x.rs | 1 +\n create mode 100644 a/x.rs\n create mode 100644 b/x.rs\n", []patch.File{{Path: ".../x.rs", Added: 1, FromStat: true}}},
		{"new", "diff --git a/x b/x\nnew file mode 100644\nindex 000..abc\n--- /dev/null\n+++ b/x\n@@ -0,0 +1,2 @@\n+a\n+b\n-- \n2.50\n", []patch.File{{Path: "x", Added: 2, New: true, Pre: "000", Post: "abc"}}},
		{
			"deleted", "diff --git a/x b/x\ndeleted file mode 100644\n--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n",
			[]patch.File{{Path: "x", Removed: 1, Deleted: true}},
		},
		{"renamed", "diff --git a/x b/y\nsimilarity index 100%\nrename from x\nrename to y\n", []patch.File{{Path: "y", Old: "x"}}},
		{
			"copied", "diff --git a/x b/y\nsimilarity index 90%\ncopy from x\ncopy to y\n--- a/x\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n",
			[]patch.File{{Path: "y", Old: "x", Added: 1, Removed: 1}},
		},
		{
			"binary", "diff --git a/x b/x\nindex 1..2\nBinary files a/x and b/x differ\ndiff --git a/y b/y\nindex 3..4 100644\nGIT binary patch\nliteral 3\nKabc\n\n",
			[]patch.File{{Path: "x", Binary: true, Pre: "1", Post: "2"}, {Path: "y", Binary: true, Pre: "3", Post: "4"}},
		},
		{
			"quoted path", "diff --git \"a/d/\\303\\251.c\" \"b/d/\\303\\251.c\"\n--- \"a/d/\\303\\251.c\"\n+++ \"b/d/\\303\\251.c\"\n@@ -1 +1 @@\n-a\n+b\n",
			[]patch.File{{Path: "d/é.c", Added: 1, Removed: 1}},
		},
		{"spaces", "diff --git a/b c b/b c\n--- a/b c\t\n+++ b/b c\t\n@@ -1 +1 @@\n-a\n+b\n", []patch.File{{Path: "b c", Added: 1, Removed: 1}}},
		{"mode only", "diff --git a/x b/x\nold mode 100644\nnew mode 100755\n", []patch.File{{Path: "x"}}},
		{"plain diff", "--- a/x.c\t2001-02-03 04:05:06\n+++ b/x.c\t2001-02-03\n@@ -1 +1,2 @@\n a\n+b\n", []patch.File{{Path: "x.c", Added: 1}}},
		{
			"two trees", "diff -urN linux.orig/rust/x.rs linux/rust/x.rs\n--- linux.orig/rust/x.rs\n+++ linux/rust/x.rs\n@@ -1 +1 @@\n-a\n+b\n",
			[]patch.File{{Path: "rust/x.rs", Added: 1, Removed: 1}},
		},
		{"no prefix", "--- rust/x.rs\n+++ rust/x.rs\n@@ -1 +1 @@\n-a\n+b\n", []patch.File{{Path: "rust/x.rs", Added: 1, Removed: 1}}},
		{"backup", "--- rust/x.rs.orig\n+++ rust/x.rs\n@@ -1 +1 @@\n-a\n+b\n", []patch.File{{Path: "rust/x.rs", Old: "", Added: 1, Removed: 1}}},
		{"merge", "diff --cc rust/x.rs\nindex 1,2..3\n--- a/rust/x.rs\n+++ b/rust/x.rs\n@@@ -1,1 -1,1 +1,1 @@@\n- a\n -b\n++c\n", []patch.File{{Path: "rust/x.rs"}}},
		{"stripped white space", "--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n a\n\n-b\n+c\n", []patch.File{{Path: "x", Added: 1, Removed: 1}}},
		{"numbers trimmed", "--- a/x\n+++ b/x\n@@ ... @@\n a\n-b\n+c\n\nprose", []patch.File{{Path: "x", Added: 1, Removed: 1}}},
		{"dashes inside", "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n--- q\n+++ q\n a\n-- \nsignature", []patch.File{{Path: "x", Added: 1, Removed: 1}}},
		{
			"no newline", "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n--- a/y\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n",
			[]patch.File{{Path: "x", Added: 1, Removed: 1}, {Path: "y", Added: 1, Removed: 1}},
		},
		{"crlf", strings.ReplaceAll(onePatch, "\n", "\r\n"), []patch.File{{Path: "rust/x.rs", Added: 1, Removed: 1, Pre: "0123456", Post: "89abcde"}}},
		{
			"stat", " MAINTAINERS       |  7 ++++++-\n rust/kernel/x.rs  | 30 ++++++++++++++++++++++++++++++\n a.bin | Bin 0 -> 12 bytes\n 3 files changed, 36 insertions(+), 1 deletion(-)\n create mode 100644 rust/kernel/x.rs\n",
			[]patch.File{
				{Path: "MAINTAINERS", Added: 6, Removed: 1, FromStat: true},
				{Path: "rust/kernel/x.rs", Added: 30, New: true, FromStat: true},
				{Path: "a.bin", Binary: true, FromStat: true},
			},
		},
		{"stat scaled", " x.rs | 300 ++--\n", []patch.File{{Path: "x.rs", Added: 150, Removed: 150, FromStat: true}}},
		{"stat renames", " {old => new}/x.rs | 0\n a/{ => b}/y.rs | 2 +-\n c.c => d.rs | 4 ++--\n", []patch.File{
			{Path: "new/x.rs", Old: "old/x.rs", FromStat: true},
			{Path: "a/b/y.rs", Old: "a/y.rs", Added: 1, Removed: 1, FromStat: true},
			{Path: "d.rs", Old: "c.c", Added: 2, Removed: 2, FromStat: true},
		}},
		{"stat abbreviated", " .../kernel/x.rs | 2 +-\n .../y.rs | 1 +\n create mode 100644 rust/long/path/kernel/x.rs\n", []patch.File{
			{Path: "rust/long/path/kernel/x.rs", Added: 1, Removed: 1, New: true, FromStat: true},
			{Path: ".../y.rs", Added: 1, FromStat: true},
		}},
		{"stat and diff", " rust/x.rs | 2 +-\n 1 file changed\n\n" + onePatch, []patch.File{{Path: "rust/x.rs", Added: 1, Removed: 1, Pre: "0123456", Post: "89abcde"}}},
		{"same file twice", onePatch + "\n" + onePatch, []patch.File{{Path: "rust/x.rs", Added: 2, Removed: 2, Pre: "0123456", Post: "89abcde"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := patch.Files(tt.in)
			if diff := cmp.Diff(tt.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("Files mismatch (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFilesCountsLines(t *testing.T) {
	t.Parallel()
	check := func(more string, added, removed int) {
		t.Helper()
		files := patch.Files("Message.\n\n" + onePatch + more)
		if len(files) != 1 || files[0].Added != added || files[0].Removed != removed {
			t.Errorf("%q below a patch: %+v, want one file with %d lines added and %d removed", more, files, added, removed)
		}
	}
	check("", 1, 1)
	check("@@ -9,2 +9,1 @@ impl X for Y\n old context\n-gone\n-- \n2.50\n", 1, 2)
	check("@@ -9 +9,2 @@\n-gone\n+here\n+there\n+and prose\n", 3, 2)
	check("@@ ... @@\n-gone\n+here\n\n-- \n", 2, 2)
	check("@@ -9,2, +9,1 @@\n-gone\n", 1, 2)
	check("@@ -9,2\n-gone\n", 1, 2)
	check("@@ +9,2 -9,2 @@\n-gone\n", 1, 2)
	check("@@@ -9,2 -9,2 +9,1 @@@\n--gone\n", 1, 1)
}

func TestQuotedPaths(t *testing.T) {
	t.Parallel()
	text := "A B wrote:\n> diff --git a/rust/x.rs b/rust/x.rs\n>> --- a/y.c\n> > +++ b/y.c\n> +++ b/z c\t\n>--- /dev/null\n> prose\ndiff --git a/no b/no\n"
	cut := strings.Index(text, ">> ---")
	if diff := cmp.Diff([]string{"rust/x.rs", "y.c", "z c"}, patch.QuotedPaths([]string{text[:cut], text[cut:]})); diff != "" {
		t.Errorf("QuotedPaths mismatch (-want +got):\n%s", diff)
	}
	if got := patch.QuotedPaths([]string{""}); len(got) != 0 {
		t.Errorf("QuotedPaths of nothing = %q", got)
	}
}

func TestLinks(t *testing.T) {
	t.Parallel()
	check := func(in string, want ...patch.Link) {
		t.Helper()
		if diff := cmp.Diff(want, patch.Links(in), cmpopts.EquateEmpty(), cmpopts.IgnoreFields(patch.Link{}, "Start", "End")); diff != "" {
			t.Errorf("Links(%q) mismatch (-want +got):\n%s", in, diff)
		}
	}
	check("")
	check("://")
	check("https://lore.kernel.org/rust-for-linux/")
	check("https://example.org/r/a@b")
	check("https://lore.kernel.org/r/%zz@b")
	check("https://lore.kernel.org/r/a@b", patch.Link{ID: "a@b"})
	check("(https://lore.kernel.org/all/a%2Fb%40c/T/#u)", patch.Link{ID: "a/b@c"})
	check("- Link to v2: https://lore.kernel.org/r/a@b\n- Link to v1: https://patch.msgid.link/c@d.", patch.Link{ID: "a@b", Version: 2}, patch.Link{ID: "c@d", Version: 1})
	check("Changes since v3 [1]:\n  [1] https://lkml.kernel.org/r/a@b", patch.Link{ID: "a@b", Version: 3})
	check("v3:\nhttps://lore.kernel.org/lkml/a@b/", patch.Link{ID: "a@b", Version: 3})
}

func TestChangeID(t *testing.T) {
	t.Parallel()
	check := func(in, want string) {
		t.Helper()
		if got := patch.ChangeID(in); got != want {
			t.Errorf("ChangeID(%q) = %q, want %q", in, got, want)
		}
	}
	check("", "")
	check("the change-id: x", "")
	check("change-id: two words", "")
	check("---\nbase-commit: 0\nchange-id: 20250101-x-0123\n\nBest", "20250101-x-0123")
}

func FuzzFiles(f *testing.F) {
	f.Add(onePatch)
	f.Add(" a/{b => c}/d | 3 +--\n .../x | 1 +\n create mode 100644 y/x\n")
	f.Add("diff --git \"a/\\\" b\n--- \"\\\n+++ \"\\9\n@@ -1,99999999999 +1 @@\n\\\n")
	f.Add("diff --cc x\n@@@\n@@\n@\n> diff --git a/x b/x\n>>+++ b/")
	f.Fuzz(func(t *testing.T, in string) {
		seen := make(map[string]bool)
		lines := 0
		for _, f := range patch.Files(in) {
			if f.Path == "" || seen[f.Path] {
				t.Fatalf("path %q empty or twice", f.Path)
			}
			seen[f.Path] = true
			if f.Added < 0 || f.Removed < 0 {
				t.Fatalf("negative counts in %+v", f)
			}
			if !f.FromStat {
				lines += f.Added + f.Removed
			}
		}
		if lines > strings.Count(in, "\n")+1 {
			t.Fatalf("%d lines added or removed by a text of %d", lines, strings.Count(in, "\n")+1)
		}
		patch.QuotedPaths([]string{in})
		for _, l := range patch.Links(in) {
			if l.Start < 0 || l.End > len(in) || l.Start >= l.End || l.ID == "" {
				t.Fatalf("link %+v", l)
			}
		}
		patch.ChangeID(in)
	})
}

func BenchmarkFiles(b *testing.B) {
	in := " rust/x.rs | 2 +-\n\n" + strings.Repeat(onePatch, 200)
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		patch.Files(in)
	}
}
