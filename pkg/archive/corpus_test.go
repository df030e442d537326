package archive_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rustle/pkg/archive"
)

var update = flag.Bool("update", false, "rewrite the .want files in testdata")

// A mail is what a test keeps of a Raw.
type mail struct {
	Bytes    string
	Position archive.Position
	List     string
	Deleted  bool
	Blob     string
	Cut      int64
}

func keep(r archive.Raw) mail {
	return mail{string(r.Bytes), r.Position, r.List, r.Deleted, r.Blob, r.Cut}
}

// readFrom reads a source from a cursor.
func readFrom(tb testing.TB, s *archive.Source, from archive.Cursor) ([]mail, error) {
	tb.Helper()
	var mails []mail
	for raw, err := range s.Messages(tb.Context(), from) {
		if err != nil {
			return mails, err
		}
		mails = append(mails, keep(raw))
	}
	return mails, nil
}

// openOne opens a path that is one source.
func openOne(tb testing.TB, path string, o archive.Options) *archive.Source {
	tb.Helper()
	sources, err := archive.Open(tb.Context(), path, o)
	if err != nil {
		tb.Fatal(err)
	}
	if len(sources) != 1 {
		tb.Fatalf("%s: %d sources, want 1", path, len(sources))
	}
	return sources[0]
}

// golden compares got with a file, or writes it with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// TestMalformed opens and reads every file of testdata/malformed: NAME.want holds the good mails and
// the error.
func TestMalformed(t *testing.T) {
	t.Parallel()
	corpus(t, "testdata/malformed", func(t *testing.T, path string) string {
		t.Helper()
		var b strings.Builder
		sources, err := archive.Open(t.Context(), path, archive.Options{})
		for _, s := range sources {
			fmt.Fprintln(&b, "kind", s.Kind())
			var mails []mail
			mails, err = readFrom(t, s, archive.Cursor{})
			for _, m := range mails {
				fmt.Fprintln(&b, "mail at", m.Position.Offset)
			}
			if !s.Cursor().IsZero() {
				t.Error("the cursor moved although the reading failed")
			}
		}
		var e *archive.Error
		if !errors.As(err, &e) {
			t.Fatalf("error %v (%T) is no *archive.Error", err, err)
		}
		if strings.ContainsAny(err.Error(), "\n\x1b") || e.Hint == "" {
			t.Errorf("not one line with a hint: %q", err)
		}
		fmt.Fprintln(&b, "error", err)
		return b.String()
	})
}

// TestValid reads every file of testdata/valid: NAME.want holds what comes out. Every mail has to be
// found again at its position.
func TestValid(t *testing.T) {
	t.Parallel()
	corpus(t, "testdata/valid", func(t *testing.T, path string) string {
		t.Helper()
		s := openOne(t, path, archive.Options{})
		mails, err := readFrom(t, s, archive.Cursor{})
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		fmt.Fprintf(&b, "kind %s list %s\n", s.Kind(), s.List())
		for _, m := range mails {
			fmt.Fprintf(&b, "---- %d\n%s", m.Position.Offset, visible(m.Bytes))
			if m.Position.Path != path {
				t.Errorf("position %v", m.Position)
			}
			raw, err := archive.ReadAt(t.Context(), m.Position)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(s.Kind(), "eml") {
				want, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(raw, want) {
					t.Errorf("ReadAt changed a file: %q", raw)
				}
			} else if string(raw) != m.Bytes {
				t.Errorf("ReadAt(%d) (-sequence +ReadAt):\n%s", m.Position.Offset, cmp.Diff(m.Bytes, string(raw)))
			}
		}
		if s.Progress() != s.Size() {
			t.Errorf("progress %d of %d", s.Progress(), s.Size())
		}
		// What was read is not read again, neither by this source nor by one opened later.
		cursor := s.Cursor()
		for _, s := range []*archive.Source{s, openOne(t, path, archive.Options{})} {
			again, err := readFrom(t, s, cursor)
			if cursor.IsZero() || err != nil || len(again) > 0 {
				t.Errorf("second reading from %v: %d mails, error %v", cursor, len(again), err)
			}
		}
		// Standard input holds the same.
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		in := openOne(t, "-", archive.Options{Stdin: bytes.NewReader(data), List: s.List()})
		piped, err := readFrom(t, in, archive.Cursor{})
		if err != nil {
			t.Fatal(err)
		}
		for i := range piped {
			piped[i].Position.Path = path
		}
		if diff := cmp.Diff(mails, piped); diff != "" {
			t.Errorf("standard input (-file +stdin):\n%s", diff)
		}
		if in.Kind() != s.Kind() || !in.Cursor().IsZero() {
			t.Errorf("standard input: kind %s, cursor %v", in.Kind(), in.Cursor())
		}
		return b.String()
	})
}

// corpus calls read for every file in dir and compares what it returns with the .want beside.
func corpus(t *testing.T, dir string, read func(t *testing.T, path string) string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".want") {
			continue
		}
		t.Run(e.Name(), func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(dir, e.Name())
			golden(t, path+".want", read(t, path))
		})
	}
}

// visible shows control characters other than LF, and bytes that are not ASCII, as escapes.
func visible(s string) string {
	var b strings.Builder
	for _, line := range strings.SplitAfter(s, "\n") {
		text := strings.TrimSuffix(line, "\n")
		q := fmt.Sprintf("%+q", text)
		b.WriteString(strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`))
		b.WriteString(line[len(text):])
	}
	return b.String()
}
