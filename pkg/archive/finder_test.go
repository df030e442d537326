package archive_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"rustle/pkg/archive"
)

// Mails of one archive are found in any order in one pass over it.
func TestFinder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	plain := mboxOf(t, 200, 30)
	bz2, err := os.ReadFile("testdata/valid/members.mbox.bz2")
	if err != nil {
		t.Fatal(err)
	}
	for format, data := range map[string][]byte{
		"": plain, "gz": pack(t, "gz", plain), "zst": pack(t, "zst", plain), "xz": pack(t, "xz", plain), "bz2": bz2,
	} {
		t.Run("form "+format, func(t *testing.T) {
			t.Parallel()
			path := writeFile(t, filepath.Join(dir, "box."+format), data)
			mails, err := readFrom(t, openOne(t, path, archive.Options{}), archive.Cursor{})
			if err != nil {
				t.Fatal(err)
			}
			var f archive.Finder
			defer f.Close()
			random := rand.New(rand.NewPCG(1, 2))
			for range 3 { // every mail several times, forwards and backwards
				random.Shuffle(len(mails), func(i, k int) { mails[i], mails[k] = mails[k], mails[i] })
				for _, m := range mails {
					if raw, err := f.ReadAt(t.Context(), m.Position); err != nil || string(raw) != m.Bytes {
						t.Fatalf("offset %d: %q, %v", m.Position.Offset, raw, err)
					}
				}
			}
			if format != "" && f.Passed(path) > int64(len(data)) {
				t.Errorf("%d bytes read of %d", f.Passed(path), len(data))
			}
			pos := mails[0].Position
			for _, wrong := range []int64{-1, 1, int64(len(plain)), 1 << 40} {
				pos.Offset += wrong
				if raw, err := f.ReadAt(t.Context(), pos); !errors.Is(err, archive.ErrChanged) {
					t.Errorf("offset %d: %q, %v", pos.Offset, raw, err)
				}
				pos.Offset -= wrong
			}
		})
	}
}

// What lies before damage is found.
func TestFinderDamage(t *testing.T) {
	t.Parallel()
	data := pack(t, "gz", mboxOf(t, 2000, 60))
	path := writeFile(t, filepath.Join(t.TempDir(), "box.gz"), data)
	mails, err := readFrom(t, openOne(t, path, archive.Options{}), archive.Cursor{})
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, path, data[:len(data)/2])
	var f archive.Finder
	defer f.Close()
	for range 2 {
		if _, err := f.ReadAt(t.Context(), mails[len(mails)-1].Position); !errors.Is(err, archive.ErrTruncated) {
			t.Errorf("behind the damage: %v", err)
		}
		if raw, err := f.ReadAt(t.Context(), mails[1].Position); err != nil || string(raw) != mails[1].Bytes {
			t.Errorf("before the damage: %v", err)
		}
	}
}

func TestFinderKeepsFewOpen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var at []archive.Position
	for i := range 120 {
		at = append(at, archive.Position{Path: writeFile(t, filepath.Join(dir, fmt.Sprintf("%d.mbox", i)), mboxOf(t, 1, 2))})
	}
	at = append(at, archive.Position{Path: writeFile(t, filepath.Join(dir, "one.eml"), []byte("From: a@b.test\nSubject: s\n\nx\n"))})
	var f archive.Finder
	for range 2 {
		for _, pos := range at {
			if _, err := f.ReadAt(t.Context(), pos); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := f.Open(); n == 0 || n > 64 {
		t.Errorf("%d archives are open", n)
	}
	f.Close()
	if n := f.Open(); n > 0 {
		t.Errorf("%d archives are open after Close", n)
	}
	if _, err := f.ReadAt(t.Context(), archive.Position{Path: "-"}); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("standard input: %v", err)
	}
}

// Without room for the copy it says so, and not that the archive is damaged.
func TestFinderWithoutRoom(t *testing.T) {
	path := writeFile(t, filepath.Join(t.TempDir(), "box.gz"), pack(t, "gz", mboxOf(t, 3, 3)))
	none := filepath.Join(t.TempDir(), "none")
	t.Setenv("TMPDIR", none)
	_, err := archive.ReadAt(t.Context(), archive.Position{Path: path})
	if e := (*archive.Error)(nil); !errors.As(err, &e) || !errors.Is(err, archive.ErrUnreadable) || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}
