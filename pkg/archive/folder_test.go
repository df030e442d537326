package archive_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rustle/pkg/archive"
)

// names are the base names of the files that mails come from.
func names(mails []mail) []string {
	list := make([]string, len(mails))
	for i, m := range mails {
		list[i] = filepath.Base(m.Position.Path)
	}
	return list
}

func TestMaildir(t *testing.T) {
	t.Parallel()
	root := filepath.Join(t.TempDir(), "rust")
	put := func(name, subject string) string {
		t.Helper()
		return writeFile(t, filepath.Join(root, name), []byte(text(subject)))
	}
	put("new/1003.c.host", "three")
	put("cur/1001.a.host:2,S", "one")
	put("cur/1002.b.host:2,", "two")
	put("tmp/1004.d.host", "unfinished")
	put("cur/.hidden", "hidden")
	put("dovecot-uidlist", "no mail")
	put(".Archive/cur/1.host:2,S", "archived")
	must(t, os.MkdirAll(filepath.Join(root, ".Archive", "new"), 0o755))
	put("sub/folder/new/2.host", "nested")
	must(t, os.MkdirAll(filepath.Join(root, "sub", "folder", "cur"), 0o755))
	put(".notmuch/xapian/data", "no mail")

	sources, err := archive.Open(t.Context(), root, archive.Options{})
	must(t, err)
	var got []string
	for _, s := range sources {
		mails, err := readFrom(t, s, archive.Cursor{})
		must(t, err)
		got = append(got, s.Kind()+" "+s.List()+": "+strings.Join(subjects(mails), " "))
		if s.Progress() != s.Size() || s.Size() == 0 {
			t.Errorf("%s: progress %d of %d", s.Name(), s.Progress(), s.Size())
		}
	}
	want := []string{"maildir rust: one two three", "maildir Archive: archived", "maildir folder: nested"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}

	// Flags change and mail moves from new to cur: nothing is new. Then something is.
	cursor := throughJSON(t, sources[0].Cursor())
	mails, err := readFrom(t, sources[0], archive.Cursor{})
	must(t, err)
	must(t, os.Rename(filepath.Join(root, "new/1003.c.host"), filepath.Join(root, "cur/1003.c.host:2,RS")))
	must(t, os.Rename(filepath.Join(root, "cur/1001.a.host:2,S"), filepath.Join(root, "cur/1001.a.host:2,FS")))
	for _, m := range mails {
		raw, err := archive.ReadAt(t.Context(), m.Position)
		if err != nil || string(raw) != m.Bytes {
			t.Errorf("ReadAt(%v) = %q, %v", m.Position, raw, err)
		}
	}
	// A source opened before the renames still finds its files.
	if again, err := readFrom(t, sources[0], archive.Cursor{}); err != nil || len(again) != 3 {
		t.Errorf("after renames: %v, %v", names(again), err)
	}
	put("new/1005.e.host", "five")
	must(t, os.Remove(filepath.Join(root, "cur/1002.b.host:2,")))
	// A mail that goes away while the others are read is no error.
	put("new/1006.f.host", "six")
	sources, err = archive.Open(t.Context(), root, archive.Options{})
	must(t, err)
	must(t, os.Remove(filepath.Join(root, "new/1006.f.host")))
	if mails, err := readFrom(t, sources[0], cursor); err != nil || cmp.Diff([]string{"five"}, subjects(mails)) != "" {
		t.Errorf("new mail: %v, %v", subjects(mails), err)
	}
	if _, err := archive.ReadAt(t.Context(), mails[1].Position); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("ReadAt of a deleted mail: %v", err)
	}
}

// TestEmptyMaildir: nothing yet is no error, mirrors begin like that.
func TestEmptyMaildir(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for _, sub := range []string{"cur", "new", "tmp"} {
		must(t, os.Mkdir(filepath.Join(root, sub), 0o755))
	}
	if mails, err := readFrom(t, openOne(t, root, archive.Options{}), archive.Cursor{}); err != nil || len(mails) != 0 {
		t.Errorf("%d mails, error %v", len(mails), err)
	}
}

// TestMixedDirectory: everything that is mail is found, in order, everything else is named.
func TestMixedDirectory(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	put := func(name string, data []byte) {
		t.Helper()
		writeFile(t, filepath.Join(root, name), data)
	}
	put("b.mbox", mboxOf(t, 2, 3))
	put("a.mbox.gz", pack(t, "gz", mboxOf(t, 3, 3)))
	put("c.eml", []byte(text("loose c")))
	put("a-mail-without-suffix", []byte(text("loose a")))
	put("d.eml.gz", pack(t, "gz", []byte(text("loose d"))))
	put("README.md", []byte("# Archives\n"))
	put("To: do.txt", []byte("To: do\n\nnothing\n"))
	put("empty.mbox", nil)
	put(".hidden.mbox", mboxOf(t, 1, 1))
	put("mh/1", []byte(text("mh 1")))
	put("mh/2", []byte(text("mh 2")))
	put("mh/.mh_sequences", []byte("cur: 2\n"))
	put("md/cur/1:2,S", []byte(text("maildir")))
	must(t, os.Mkdir(filepath.Join(root, "md", "new"), 0o755))
	must(t, os.Symlink(root, filepath.Join(root, "loop")))
	must(t, os.Symlink(filepath.Join(root, "gone"), filepath.Join(root, "dangling")))

	var skipped []string
	sources, err := archive.Open(t.Context(), root, archive.Options{
		Skipped: func(p, reason string) { skipped = append(skipped, filepath.Base(p)+": "+reason) },
	})
	must(t, err)
	var got []string
	for _, s := range sources {
		mails, err := readFrom(t, s, archive.Cursor{})
		must(t, err)
		name, err := filepath.Rel(root, s.Name())
		must(t, err)
		got = append(got, name+" "+s.Kind()+": "+strings.Join(subjects(mails), ", "))
		for _, m := range mails {
			if raw, err := archive.ReadAt(t.Context(), m.Position); err != nil || string(raw) != m.Bytes {
				t.Errorf("ReadAt(%v) = %q, %v", m.Position, raw, err)
			}
		}
		if again, err := readFrom(t, s, throughJSON(t, s.Cursor())); err != nil || len(again) > 0 {
			t.Errorf("%s again: %d mails, error %v", name, len(again), err)
		}
	}
	if diff := cmp.Diff([]string{
		". eml: loose a, loose c, loose d",
		"a.mbox.gz mbox.gz: mail number 0, mail number 1, mail number 2",
		"b.mbox mbox: mail number 0, mail number 1",
		"md maildir: maildir",
		"mh eml: mh 1, mh 2",
	}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{
		"README.md: starts neither with a From line nor with a mail header", "To: do.txt: hardly a mail header at its start",
		"dangling: not there any more", "empty.mbox: empty",
	}, skipped); diff != "" {
		t.Errorf("skipped (-want +got):\n%s", diff)
	}

	// A single mail that changes is read again.
	s := sources[0]
	cursor := s.Cursor()
	put("c.eml", []byte(text("loose c, edited")))
	s = openOne(t, filepath.Join(root, "c.eml"), archive.Options{List: "given"})
	mails, err := readFrom(t, s, cursor)
	if err != nil || len(mails) != 1 || mails[0].List != "given" {
		t.Errorf("edited: %v, %v", mails, err)
	}
}

// TestUnreadable: one line that names the file, for all that can be in the way.
func TestUnreadable(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	must(t, os.Mkdir(filepath.Join(root, "empty"), 0o755))
	writeFile(t, filepath.Join(root, "texts", "notes.txt"), []byte("Notes.\n"))
	secret := writeFile(t, filepath.Join(root, "secret.mbox"), mboxOf(t, 1, 1))
	must(t, os.Chmod(secret, 0))
	check := func(path string, want error) {
		t.Helper()
		sources, err := archive.Open(t.Context(), path, archive.Options{})
		if len(sources) > 0 || !errors.Is(err, want) {
			t.Errorf("%s: %d sources, error %v", path, len(sources), err)
			return
		}
		if strings.Contains(err.Error(), "\n") || path != "" && !strings.HasPrefix(err.Error(), path+": ") {
			t.Errorf("error %q", err)
		}
		t.Log(strings.ReplaceAll(err.Error(), root, "DIR"))
	}
	check("", archive.ErrNotFound)
	check("-", archive.ErrUnreadable)
	check(filepath.Join(root, "missing"), archive.ErrNotFound)
	check(filepath.Join(root, "empty"), archive.ErrNoMail)
	check(filepath.Join(root, "texts"), archive.ErrNoMail)
	check(filepath.Join(root, "texts", "notes.txt"), archive.ErrNotArchive)
	check("/dev/null", archive.ErrNotArchive)
	if os.Geteuid() != 0 { // who may read everything
		check(secret, archive.ErrUnreadable)
	}
	for _, pos := range []archive.Position{
		{Path: "-"},
		{Path: filepath.Join(root, "missing")},
		{Path: filepath.Join(root, "cur", "missing")},
		{Path: filepath.Join(root, "texts", "notes.txt")},
		{Path: filepath.Join(root, "texts", "notes.txt"), Offset: 3},
		{Path: secret, Offset: 5},
		{Path: secret, Offset: 1 << 40},
		{Path: secret, Offset: -1},
		{Path: root, Commit: "abc"},
		{Path: root},
	} {
		if b, err := archive.ReadAt(t.Context(), pos); err == nil {
			t.Errorf("ReadAt(%v) = %q", pos, b)
		} else if e := (*archive.Error)(nil); !errors.As(err, &e) {
			t.Errorf("ReadAt(%v): %v", pos, err)
		}
	}
}

// TestFingerprint: whatever the size, a change at the end and at the start shows.
func TestFingerprint(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 1, 4096, 4097, 64 * 4096, 64*4096 + 1, 3 << 20} {
		data := strings.Repeat("x", size)
		sum := func(s string) string {
			t.Helper()
			f, err := archive.Fingerprint(strings.NewReader(s), int64(len(s)))
			must(t, err)
			return f
		}
		if again := strings.Clone(data); sum(data) != sum(again) || sum(data) == sum(data+"x") {
			t.Errorf("size %d", size)
		}
		if size > 0 && (sum(data) == sum("y"+data[1:]) || sum(data) == sum(data[1:]+"y")) {
			t.Errorf("size %d: a change does not show", size)
		}
	}
	if _, err := archive.Fingerprint(strings.NewReader("x"), 2); err == nil {
		t.Error("a file that is too short is no error")
	}
}

func TestListNames(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"":                                   "",
		"x/t.mbox.gz":                        "",
		"x/20250203-topic-v1@example.org.gz": "",
		"x/one.eml":                          "",
		"x/linux-kbuild.mbox.xz":             "linux-kbuild",
		"ksummit.MBOX":                       "ksummit",
		"rust-for-linux":                     "rust-for-linux",
	} {
		if got := archive.ListOfFile(path); got != want && path != "" {
			t.Errorf("ListOfFile(%q) = %q, want %q", path, got, want)
		}
	}
	for path, want := range map[string]string{
		"m/lkml/git/0.git": "lkml", "m/lkml/7.git": "lkml", "m/lkml/3/.git": "lkml", "m/lkml.git": "lkml", "0.git": "",
	} {
		if got := archive.ListOfRepo(path); got != want {
			t.Errorf("ListOfRepo(%q) = %q, want %q", path, got, want)
		}
	}
}

// TestManyFiles: a folder costs by its new mail.
func TestManyFiles(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for i := range 300 {
		writeFile(t, filepath.Join(root, "cur", time.Unix(int64(i), 0).UTC().Format("150405")+":2,"), mailText(i, 3))
	}
	must(t, os.Mkdir(filepath.Join(root, "new"), 0o755))
	s := openOne(t, root, archive.Options{})
	mails, err := readFrom(t, s, archive.Cursor{})
	must(t, err)
	if len(mails) != 300 || len(s.Cursor().Seen) != 8*300 {
		t.Errorf("%d mails, %d bytes of cursor", len(mails), len(s.Cursor().Seen))
	}
}
