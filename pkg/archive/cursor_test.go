package archive_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rustle/pkg/archive"
)

// throughJSON stores and loads a cursor.
func throughJSON(tb testing.TB, c archive.Cursor) archive.Cursor {
	tb.Helper()
	b, err := json.Marshal(c)
	if err != nil {
		tb.Fatal(err)
	}
	var back archive.Cursor
	if err := json.Unmarshal(b, &back); err != nil {
		tb.Fatal(err)
	}
	return back
}

// offsets are those of mails.
func offsets(mails []mail) []int64 {
	list := make([]int64, len(mails))
	for i, m := range mails {
		list[i] = m.Position.Offset
	}
	return list
}

// TestGrowingMbox: after a file has grown only the new mails come, after a rewrite all of them.
func TestGrowingMbox(t *testing.T) {
	t.Parallel()
	all := mboxOf(t, 40, 200)
	path := filepath.Join(t.TempDir(), "list.mbox")
	whole, err := read(t, all)
	if err != nil {
		t.Fatal(err)
	}
	starts := offsets(whole)
	var cursor archive.Cursor
	step := func(name string, data []byte, want ...int64) {
		t.Helper()
		writeFile(t, path, data)
		s := openOne(t, path, archive.Options{})
		mails, err := readFrom(t, s, cursor)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, offsets(mails)); diff != "" && len(want)+len(mails) > 0 {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		cursor = throughJSON(t, s.Cursor())
		if s.Progress() != s.Size() {
			t.Errorf("%s: progress %d of %d", name, s.Progress(), s.Size())
		}
	}
	at := func(i int) []byte { return all[:starts[i]] }
	step("first reading", at(10), starts[:10]...)
	step("unchanged", at(10))
	step("grown", at(13), starts[10:13]...)
	step("grown by half a mail", all[:starts[13]+500], starts[13])
	step("the other half and another", at(15), starts[13], starts[14])
	step("only an empty line at the end", append(bytes.Clone(at(15)), '\n'), starts[14])
	step("shrunk", at(12), starts[:12]...)
	rewritten := bytes.Clone(at(20))
	copy(rewritten[300:], "REWRITTEN")
	step("rewritten and grown", rewritten, starts[:20]...)
	rewritten = bytes.Clone(rewritten)
	copy(rewritten[300:], "rewritten")
	step("rewritten at the same size", rewritten, starts[:20]...)
	step("grown again", append(bytes.Clone(rewritten), all[starts[20]:]...), starts[20:]...)
}

// TestGrowingAnywhere: whatever the points at which a growing file is read, what is known in the end
// is what one reading gives.
func TestGrowingAnywhere(t *testing.T) {
	t.Parallel()
	all := mboxOf(t, 9, 12)
	dir := t.TempDir()
	whole, err := read(t, all)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		path := filepath.Join(dir, "list.mbox")
		cuts := rapid.SliceOfN(rapid.IntRange(len(lore), len(all)), 0, 6).Draw(rt, "cuts")
		known := map[int64]string{}
		var cursor archive.Cursor
		size := 0
		for _, n := range append(cuts, len(all)) {
			size = max(size, n)
			if err := os.WriteFile(path, all[:size], 0o600); err != nil {
				rt.Fatal(err)
			}
			s := openOne(t, path, archive.Options{})
			mails, err := readFrom(t, s, cursor)
			if err != nil {
				rt.Fatal(err)
			}
			for _, m := range mails {
				known[m.Position.Offset] = m.Bytes
			}
			cursor = throughJSON(t, s.Cursor())
		}
		want := map[int64]string{}
		for _, m := range whole {
			want[m.Position.Offset] = m.Bytes
		}
		if diff := cmp.Diff(want, known); diff != "" {
			rt.Fatalf("(-one reading +many):\n%s", diff)
		}
	})
}

// TestPackedCursor: a packed file is read again when it has changed, else not.
func TestPackedCursor(t *testing.T) {
	t.Parallel()
	path := writeFile(t, filepath.Join(t.TempDir(), "list.mbox.gz"), pack(t, "gz", mboxOf(t, 5, 10)))
	s := openOne(t, path, archive.Options{})
	if mails, err := readFrom(t, s, archive.Cursor{}); err != nil || len(mails) != 5 {
		t.Fatal(len(mails), err)
	}
	cursor := throughJSON(t, s.Cursor())
	later := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := os.Chtimes(path, later, later); err != nil {
		t.Fatal(err)
	}
	s = openOne(t, path, archive.Options{})
	if mails, err := readFrom(t, s, cursor); err != nil || len(mails) != 0 {
		t.Fatal("touched:", len(mails), err)
	}
	writeFile(t, path, append(pack(t, "gz", mboxOf(t, 5, 10)), pack(t, "gz", mboxOf(t, 2, 3))...))
	s = openOne(t, path, archive.Options{})
	if mails, err := readFrom(t, s, cursor); err != nil || len(mails) != 7 {
		t.Fatal("a member more:", len(mails), err)
	}
}

// TestForeignCursor: a cursor of another form, or a damaged one, begins at the start.
func TestForeignCursor(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := writeFile(t, filepath.Join(dir, "list.mbox"), mboxOf(t, 3, 3))
	eml := writeFile(t, filepath.Join(dir, "one.eml"), mailText(1, 3))
	for _, c := range []archive.Cursor{
		{Form: "folder", Seen: []byte("12345678")},
		{Form: "packed"},
		{Form: "mbox", Size: 1 << 40, Last: -7},
		{Form: "mbox", Size: -5, Last: 3},
		{Form: "folder", Seen: []byte("123")},
		{Form: "git", Epochs: map[string]string{"0.git": "--help"}},
		{Form: "?"},
	} {
		if mails, err := readFrom(t, openOne(t, path, archive.Options{}), c); err != nil || len(mails) != 3 {
			t.Errorf("%+v: %d mails, error %v", c, len(mails), err)
		}
		if mails, err := readFrom(t, openOne(t, eml, archive.Options{}), c); err != nil || len(mails) != 1 {
			t.Errorf("%+v: %d mails, error %v", c, len(mails), err)
		}
	}
}

// TestChangedWhileRead: a file that is rewritten or cut under the reading is an error and leaves the
// cursor alone; one that grows is read as it was.
func TestChangedWhileRead(t *testing.T) {
	t.Parallel()
	all := mboxOf(t, 50, 900)
	for name, change := range map[string]func(*testing.T, string){
		"cut": func(t *testing.T, p string) { t.Helper(); must(t, os.Truncate(p, int64(len(all)/2))) },
		"rewritten": func(t *testing.T, p string) {
			t.Helper()
			writeFile(t, p, bytes.ReplaceAll(all, []byte("Line"), []byte("LINE")))
		},
		"grown": func(t *testing.T, p string) { t.Helper(); writeFile(t, p, append(bytes.Clone(all), all...)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := writeFile(t, filepath.Join(t.TempDir(), "list.mbox"), all)
			s := openOne(t, path, archive.Options{})
			n := 0
			var last error
			for _, err := range s.Messages(t.Context(), archive.Cursor{}) {
				if n == 2 {
					change(t, path)
				}
				if last = err; err == nil {
					n++
				}
			}
			if name == "grown" {
				if last != nil || n != 50 || s.Cursor().Size != int64(len(all)) {
					t.Errorf("%d mails, error %v, cursor %+v", n, last, s.Cursor())
				}
				return
			}
			if !errors.Is(last, archive.ErrChanged) || !s.Cursor().IsZero() {
				t.Errorf("error %v, cursor %+v", last, s.Cursor())
			}
		})
	}
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// TestCancel: a cancelled reading ends with the context's error and leaves the cursor; so does one
// that is broken off, without an error.
func TestCancel(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	plain := mboxOf(t, 200, 100)
	paths := []string{
		writeFile(t, filepath.Join(dir, "list.mbox"), plain),
		writeFile(t, filepath.Join(dir, "list.mbox.gz"), pack(t, "gz", plain)),
	}
	for i := range 20 {
		writeFile(t, filepath.Join(dir, "md", "cur", string(rune('a'+i))+":2,S"), mailText(i, 4))
		writeFile(t, filepath.Join(dir, "md", "new", "x"), mailText(i, 4))
	}
	paths = append(paths, filepath.Join(dir, "md"))
	if hasGit {
		repo := filepath.Join(dir, "list", "git", "0.git")
		var commits []commit
		for i := range 20 {
			commits = append(commits, commit{"m", string(mailText(i, 3))})
		}
		buildRepo(t, repo, "master", commits)
		paths = append(paths, repo)
	}
	for _, path := range paths {
		s := openOne(t, path, archive.Options{})
		ctx, cancel := context.WithCancel(t.Context())
		var last error
		n := 0
		for _, err := range s.Messages(ctx, archive.Cursor{}) {
			if n++; n == 3 {
				cancel()
			}
			last = err
		}
		cancel()
		if !errors.Is(last, context.Canceled) || !s.Cursor().IsZero() {
			t.Errorf("%s: after %d: error %v, cursor %+v", path, n, last, s.Cursor())
		}
		n = 0
		for _, err := range s.Messages(t.Context(), archive.Cursor{}) {
			if must(t, err); n == 2 {
				break
			}
			n++
		}
		if !s.Cursor().IsZero() {
			t.Errorf("%s: broken off: cursor %+v", path, s.Cursor())
		}
		if _, err := archive.Open(ctx, path, archive.Options{}); path != paths[2] && !errors.Is(err, context.Canceled) {
			t.Errorf("%s: opening with a cancelled context: %v", path, err)
		}
		if strings.HasSuffix(path, ".gz") {
			if _, err := archive.ReadAt(ctx, archive.Position{Path: path}); !errors.Is(err, context.Canceled) {
				t.Errorf("ReadAt with a cancelled context: %v", err)
			}
		}
	}
}
