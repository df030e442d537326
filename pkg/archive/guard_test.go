package archive_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rustle/pkg/archive"
)

const lore = "From mboxrd@z Thu Jan  1 00:00:00 1970\n"

func TestIsSeparator(t *testing.T) {
	t.Parallel()
	check := func(want bool, line string) {
		t.Helper()
		if got := archive.IsSeparator([]byte(line)); got != want {
			t.Errorf("IsSeparator(%q) = %v", line, got)
		}
	}
	check(false, "")
	check(false, "From ")
	check(false, "From: ada@example.org")
	check(false, ">From ada@example.org Thu Jan  1 00:00:00 1970")
	check(false, "From ada@example.org")
	check(false, "From Thu Jan  1 00:00:00 1970") // no sender
	check(false, "From ada@example.org Thu Jan  1 00:00:00")
	check(false, "From ada@example.org Thu Jan  1 1970")
	check(false, "From ada@example.org Thu Jan 32 00:00:00 1970")
	check(false, "From ada@example.org Thu Jan  1 24:00:00 1970")
	check(false, "From ada@example.org Thu Jan  1 00:60:00 1970")
	check(false, "From ada@example.org Thu Jan  1 0:0 1970")
	check(false, "From ada@example.org Thu Jan  1 00:00:00 70")
	check(false, "From ada@example.org Thu Foo  1 00:00:00 1970")
	check(false, "From ada on Thu Jan  1 00:00:00 1970 I read this.")
	check(false, "From ada@example.org Thu Jan  1 00:00:00 1970 1971")
	check(false, "From "+strings.Repeat("a", 2000)+" Thu Jan  1 00:00:00 1970")
	check(true, "From mboxrd@z Thu Jan  1 00:00:00 1970")
	check(true, "From mboxrd@z Thu Jan  1 00:00:00 1970\r\n")
	check(true, "From - Thu Jan 01 00:00:00 1970\n")
	check(true, "From ada@example.org\tThu Jan  1 0:00:00 1970")
	check(true, "From ada@example.org Thu Jan  1 00:00 1970")
	check(true, "From ada@example.org Thu Jan  1 00:00:60 1970")
	check(true, "From ada@example.org Thu Jan  1 00:00:00 +0100 1970")
	check(true, "From ada@example.org Thu Jan  1 00:00:00 1970 -0730")
	check(true, "From ada@example.org Thu Jan  1 00:00:00 PST8PDT 1970")
	check(true, "From ada@example.org Thu Jan  1 00:00:00 1970 remote from host")
	check(true, "From ada at example.org  Thu Jan  1 00:00:00 1970")
	check(true, "From ada@example.org Thu, 1 Jan 1970 00:00:00 +0000 (UTC)")
	check(true, "From Thu Thu Jan  1 00:00:00 1970")
}

// naive is the rule of the guard in its simplest form: line by line, everything in memory, no
// Content-Length. It returns where mails start and their bytes.
func naive(in []byte) (starts []int64, mails []string) {
	blank, isLore := true, false
	var cur []string
	flush := func() {
		if starts == nil {
			return
		}
		if n := len(cur); n > 0 && cur[n-1] == "\n" {
			cur = cur[:n-1]
		}
		mails = append(mails, strings.Join(cur, ""))
		cur = nil
	}
	off := int64(0)
	if bytes.HasPrefix(in, []byte("\xef\xbb\xbf")) {
		in, off = in[3:], 3
	}
	for line := range bytes.Lines(in) {
		text := strings.TrimSuffix(string(line), "\n")
		text = strings.TrimRight(text, "\r")
		isLoreLine := text+"\n" == lore
		switch {
		case archive.IsSeparator(line) && (blank || isLore && isLoreLine):
			isLore = isLore || starts == nil && isLoreLine
			flush()
			starts = append(starts, off)
			blank = false
		case starts == nil:
		default:
			blank = text == ""
			if q := strings.TrimLeft(text, ">"); strings.HasPrefix(q, "From ") && q != text {
				text = text[1:]
			}
			cur = append(cur, text+"\n")
		}
		off += int64(len(line))
	}
	flush()
	return starts, mails
}

// read reads in through standard input.
func read(tb testing.TB, in []byte) ([]mail, error) {
	tb.Helper()
	sources, err := archive.Open(tb.Context(), "-", archive.Options{Stdin: bytes.NewReader(in), MaxUnpacked: 1 << 20})
	if err != nil {
		return nil, err
	}
	return readFrom(tb, sources[0], archive.Cursor{})
}

// seeds are the mbox files of testdata.
func seeds(f *testing.F, pattern string) {
	f.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
}

// FuzzGuard: the entries partition the input and ascend, the way the input is cut into reads does not
// matter, and what comes out is what the naive reading gives.
func FuzzGuard(f *testing.F) {
	seeds(f, "testdata/valid/*.mbox")
	f.Add([]byte(lore + "\n\n\r\n\n" + lore + ">>>From x\n\rFrom y\n>" + lore))
	f.Fuzz(func(t *testing.T, in []byte) {
		entries, passed, err := archive.GuardEntries(bytes.NewReader(in))
		slow, slowly, slowErr := archive.GuardEntries(iotest.OneByteReader(bytes.NewReader(in)))
		if diff := cmp.Diff(entries, slow); diff != "" || !bytes.Equal(archive.Normalize(passed), archive.Normalize(slowly)) || (err == nil) != (slowErr == nil) {
			t.Fatalf("reading by single bytes differs:\n%s\n%q\n%q\n%v %v", diff, passed, slowly, err, slowErr)
		}
		if err != nil {
			return
		}
		body := bytes.TrimPrefix(in, []byte("\xef\xbb\xbf"))
		at := int64(len(in)) - int64(len(bytes.TrimLeft(body, "\r\n")))
		for _, e := range entries {
			if e.Start != at || e.End <= e.Start {
				t.Fatalf("entry %+v does not start at %d", e, at)
			}
			if !archive.IsSeparator(firstLine(in[e.Start:e.End])) {
				t.Fatalf("entry %+v starts with %q", e, firstLine(in[e.Start:]))
			}
			at = e.End
		}
		if at != int64(len(in)) {
			t.Fatalf("entries end at %d of %d", at, len(in))
		}
		mails, err := read(t, in)
		if err != nil && len(entries) > 0 && archive.Packing(in) == "" {
			if kind, _ := archive.Classify(in); kind == "mbox" {
				t.Fatalf("guard accepts, reading fails: %v", err)
			}
			return
		}
		if len(mails) != len(entries) {
			t.Fatalf("%d mails, %d entries", len(mails), len(entries))
		}
		if bytes.Contains(bytes.ToLower(in), []byte("content-length")) {
			return
		}
		starts, want := naive(in)
		for i, m := range mails {
			if i >= len(starts) || m.Position.Offset != starts[i] {
				t.Fatalf("mail %d at %d, want %v", i, m.Position.Offset, starts)
			}
			if m.Bytes != want[i] {
				t.Fatalf("mail %d (-naive +guard):\n%s", i, cmp.Diff(want[i], m.Bytes))
			}
		}
		if len(starts) != len(mails) {
			t.Fatalf("%d mails, want %d", len(mails), len(starts))
		}
	})
}

func firstLine(b []byte) []byte {
	line, _, _ := bytes.Cut(b, []byte("\n"))
	return line
}

// FuzzWriteMboxrd: any mails written as mboxrd come back as they were, but for line ends.
func FuzzWriteMboxrd(f *testing.F) {
	f.Add([]byte("Subject: a\n\nFrom b\n>From c\n\n\n"), []byte("\n\n"), "ada@example.org", int64(1700000000))
	f.Add([]byte(""), []byte("From \r\n\r\r\n>"), " \n", int64(-1))
	f.Fuzz(func(t *testing.T, first, second []byte, from string, unix int64) {
		roundTrip(t, from, time.Unix(unix, 0), first, second)
	})
}

// lineEnds ends every line of m with LF only.
func lineEnds(m []byte) string {
	var b strings.Builder
	for line := range bytes.Lines(m) {
		b.WriteString(strings.TrimRight(strings.TrimSuffix(string(line), "\n"), "\r"))
		b.WriteByte('\n')
	}
	return b.String()
}

// roundTrip writes mails and reads them back. The first separator decides about Content-Length, so
// mails with one are left out.
func roundTrip(tb testing.TB, from string, date time.Time, mails ...[]byte) {
	tb.Helper()
	var b bytes.Buffer
	for _, m := range mails {
		if bytes.Contains(bytes.ToLower(m), []byte("content-length")) {
			return
		}
		if err := archive.WriteMboxrd(&b, from, date, m); err != nil {
			tb.Fatal(err)
		}
	}
	got, err := read(tb, b.Bytes())
	if err != nil {
		tb.Fatalf("%v\n%q", err, b.Bytes())
	}
	if len(got) != len(mails) {
		tb.Fatalf("%d mails, want %d:\n%q", len(got), len(mails), b.Bytes())
	}
	for i, m := range mails {
		want := lineEnds(m)
		if diff := cmp.Diff(want, got[i].Bytes); diff != "" {
			tb.Fatalf("mail %d (-written +read):\n%s", i, diff)
		}
	}
}

// TestWriteMboxrdProperty is the round trip over mails made of the pieces that matter.
func TestWriteMboxrdProperty(t *testing.T) {
	t.Parallel()
	piece := rapid.SampledFrom([]string{
		"\n", "\r\n", "\r", ">", ">>", "From ", "From x", lore, "text", " ", "Subject: a\n", "\x00", "\xff",
		"From ada@example.org Mon Feb  3 10:00:00 2025\n", strings.Repeat("x", 64<<10), strings.Repeat(">", 4096), strings.Repeat(">", 64<<10-3), strings.Repeat("\n", 2000),
	})
	rapid.Check(t, func(rt *rapid.T) {
		mails := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) []byte {
			return []byte(strings.Join(rapid.SliceOfN(piece, 0, 20).Draw(rt, "pieces"), ""))
		}), 1, 6).Draw(rt, "mails")
		from := rapid.SampledFrom([]string{"", "ada@example.org", "a b\nc", strings.Repeat("long", 1000)}).Draw(rt, "from")
		var b bytes.Buffer
		for _, m := range mails {
			if err := archive.WriteMboxrd(&b, from, time.Date(2025, 2, 3, 10, 0, 0, 0, time.UTC), m); err != nil {
				rt.Fatal(err)
			}
		}
		got, err := read(t, b.Bytes())
		if err != nil {
			rt.Fatal(err)
		}
		if len(got) != len(mails) {
			rt.Fatalf("%d mails, want %d", len(got), len(mails))
		}
		for i, m := range mails {
			want := lineEnds(m)
			if want != got[i].Bytes {
				rt.Fatalf("mail %d (-written +read):\n%s", i, cmp.Diff(want, got[i].Bytes))
			}
		}
	})
}

// endless is a mail of one line of n bytes.
func endless(n int64) io.Reader {
	return io.MultiReader(strings.NewReader(lore+"Subject: endless\n\n"), io.LimitReader(letters{}, n),
		strings.NewReader("\n\n"+lore+"Subject: next\n\n"))
}

type letters struct{}

func (letters) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// TestLargeMail: a mail beyond the limit is cut, counted, and costs no more memory than the limit.
func TestLargeMail(t *testing.T) {
	const size, limit = 100 << 20, 1 << 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	s := openOne(t, "-", archive.Options{Stdin: endless(size), MaxMessage: limit})
	mails, err := readFrom(t, s, archive.Cursor{})
	runtime.ReadMemStats(&after)
	if err != nil || len(mails) != 2 {
		t.Fatalf("%d mails, error %v", len(mails), err)
	}
	whole := int64(len("Subject: endless\n\n") + size + len("\n"))
	if len(mails[0].Bytes) != limit || mails[0].Cut != whole-limit {
		t.Errorf("%d bytes kept, %d cut of %d", len(mails[0].Bytes), mails[0].Cut, whole)
	}
	if mails[1].Bytes != "Subject: next\n\n" && mails[1].Bytes != "Subject: next\n" {
		t.Errorf("the next mail is %q", mails[1].Bytes)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 16<<20 {
		t.Errorf("%d bytes allocated", used)
	}
}

// TestEmptyLines: a file of empty lines costs no memory.
func TestEmptyLines(t *testing.T) {
	const size = 50 << 20
	in := io.MultiReader(strings.NewReader(lore+"Subject: a\n\nText.\n"), io.LimitReader(newlines{}, size), strings.NewReader(lore+"Subject: b\n\nText.\n"))
	s := openOne(t, "-", archive.Options{Stdin: in, MaxMessage: 1000})
	mails, err := readFrom(t, s, archive.Cursor{})
	if err != nil || len(mails) != 2 {
		t.Fatalf("%d mails, error %v", len(mails), err)
	}
	if got := int64(len(mails[0].Bytes)) + mails[0].Cut; got != int64(len("Subject: a\n\nText.\n"))+size-1 {
		t.Errorf("%d bytes seen", got)
	}
}

type newlines struct{}

func (newlines) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '\n'
	}
	return len(p), nil
}

// TestFalseLengths: mails that claim megabytes which are not theirs cost little time.
func TestFalseLengths(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	const n = 20000
	for range n {
		b.WriteString("From ada@example.org Mon Feb  3 10:00:00 2025\nContent-Length: 16000000\n\n" + strings.Repeat("text\n", 100) + "\n")
	}
	start := time.Now()
	mails, err := read(t, b.Bytes())
	if err != nil || len(mails) != n {
		t.Fatalf("%d mails, error %v", len(mails), err)
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("took %v", took)
	}
}

// TestBrokenInput: what the source's error is, the reading's error is, and only whole mails come out.
func TestBrokenInput(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	in := []byte(lore + "Subject: a\n\nA\n\n" + lore + "Subject: b\n\nB\n\nmore\n")
	for n := range len(in) + 1 {
		_, _, err := archive.GuardEntries(io.MultiReader(bytes.NewReader(in[:n]), iotest.ErrReader(broken)))
		if !errors.Is(err, broken) && n >= len(lore) {
			t.Errorf("after %d bytes: %v", n, err)
		}
	}
	pad := strings.Repeat("a line of text\n", 10000)
	r := io.MultiReader(strings.NewReader(string(in)+pad), iotest.ErrReader(broken))
	s := openOne(t, "-", archive.Options{Stdin: r})
	mails, err := readFrom(t, s, archive.Cursor{})
	if len(mails) != 1 || !errors.Is(err, broken) || !errors.Is(err, archive.ErrUnreadable) {
		t.Errorf("%d mails, error %v", len(mails), err)
	}
}
