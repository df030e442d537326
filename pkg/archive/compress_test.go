package archive_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"rustle/pkg/archive"
)

// pack packs data.
func pack(tb testing.TB, format string, data []byte) []byte {
	tb.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	var err error
	switch format {
	case "gz":
		w = gzip.NewWriter(&b)
	case "zst":
		w, err = zstd.NewWriter(&b, zstd.WithEncoderCRC(true))
	case "xz":
		w, err = xz.NewWriter(&b)
	default:
		tb.Fatal(format)
	}
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := w.Write(data); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// mboxOf is an mbox of n mails.
func mboxOf(tb testing.TB, n, lines int) []byte {
	tb.Helper()
	var b bytes.Buffer
	for i := range n {
		writeMail(tb, &b, i, lines)
	}
	return b.Bytes()
}

func writeFile(tb testing.TB, path string, data []byte) string {
	tb.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

// TestEveryCut: a packed file cut anywhere is an error, never a shorter archive.
func TestEveryCut(t *testing.T) {
	t.Parallel()
	plain := mboxOf(t, 12, 40)
	bz2, err := os.ReadFile("testdata/valid/members.mbox.bz2")
	if err != nil {
		t.Fatal(err)
	}
	for format, data := range map[string][]byte{
		"gz": pack(t, "gz", plain), "zst": pack(t, "zst", plain), "xz": pack(t, "xz", plain), "bz2": bz2,
	} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			whole, err := read(t, data)
			if err != nil {
				t.Fatal(err)
			}
			step := 1
			if format == "xz" {
				step = 7 // its decoder takes a while to start
			}
			for n := 6; n < len(data); n += step {
				mails, err := read(t, data[:n])
				var e *archive.Error
				if !errors.As(err, &e) || !errors.Is(err, archive.ErrTruncated) {
					// bzip2 notices by its checksum.
					if format == "bz2" && errors.Is(err, archive.ErrCorrupt) {
						continue
					}
					// Two members, the first whole, is a whole file.
					if format == "bz2" && err == nil && bytes.HasPrefix(data[n:], []byte("BZh")) {
						continue
					}
					t.Fatalf("cut at %d of %d: error %v", n, len(data), err)
				}
				if len(mails) > len(whole) || e.Started && e.Messages != len(mails) {
					t.Fatalf("cut at %d: %d mails, error says %d", n, len(mails), e.Messages)
				}
				for i := range mails {
					if mails[i] != whole[i] {
						t.Fatalf("cut at %d: mail %d is not whole", n, i)
					}
				}
				if len(mails) > 0 && e.Offset != mails[len(mails)-1].Position.Offset {
					t.Fatalf("cut at %d: error names offset %d", n, e.Offset)
				}
			}
		})
	}
}

// TestEveryFlip: a damaged byte is an error, or it did not matter.
func TestEveryFlip(t *testing.T) {
	t.Parallel()
	plain := mboxOf(t, 4, 20)
	for _, format := range []string{"gz", "zst", "xz"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			data := pack(t, format, plain)
			whole, err := read(t, data)
			if err != nil {
				t.Fatal(err)
			}
			step := 1
			if format == "xz" {
				step = 11
			}
			for n := 6; n < len(data); n += step {
				bad := bytes.Clone(data)
				bad[n] ^= 0x15
				mails, err := read(t, bad)
				if err == nil && len(mails) != len(whole) {
					t.Fatalf("flip at %d: %d mails and no error", n, len(mails))
				}
				if e := (*archive.Error)(nil); err != nil && !errors.As(err, &e) {
					t.Fatalf("flip at %d: %v", n, err)
				}
			}
		})
	}
}

// TestUnpackedLimit: a bomb stops at the limit, one byte less is no bomb.
func TestUnpackedLimit(t *testing.T) {
	t.Parallel()
	plain := append(mboxOf(t, 2, 5), bytes.Repeat([]byte("x"), 8<<20)...)
	for _, format := range []string{"gz", "zst", "xz"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			path := writeFile(t, filepath.Join(t.TempDir(), "bomb.mbox."+format), pack(t, format, plain))
			s := openOne(t, path, archive.Options{MaxUnpacked: 1 << 20})
			mails, err := readFrom(t, s, archive.Cursor{})
			if len(mails) != 1 || !errors.Is(err, archive.ErrTooLarge) {
				t.Fatalf("%d mails, error %v", len(mails), err)
			}
			for _, want := range []string{path, "1.0 MiB", "max-unpacked", "1 good message"} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q does not say %q", err, want)
				}
			}
			for _, limit := range []int64{int64(len(plain)), -1, 0} {
				s := openOne(t, path, archive.Options{MaxUnpacked: limit})
				if mails, err := readFrom(t, s, archive.Cursor{}); err != nil || len(mails) != 2 {
					t.Errorf("limit %d: %d mails, error %v", limit, len(mails), err)
				}
			}
			s = openOne(t, path, archive.Options{MaxUnpacked: int64(len(plain)) - 1})
			if _, err := readFrom(t, s, archive.Cursor{}); !errors.Is(err, archive.ErrTooLarge) {
				t.Errorf("one byte over the limit: %v", err)
			}
		})
	}
}

// FuzzUnpack: packed bytes from anywhere neither panic nor unpack beyond the limit.
func FuzzUnpack(f *testing.F) {
	seeds(f, "testdata/*/*.gz")
	seeds(f, "testdata/*/*.xz")
	seeds(f, "testdata/*/*.zst")
	seeds(f, "testdata/*/*.bz2")
	f.Fuzz(func(t *testing.T, in []byte) {
		format := archive.Packing(in)
		if format == "" {
			return
		}
		r, free, err := archive.Unpack(format, bytes.NewReader(in))
		if err != nil {
			return
		}
		defer free()
		if _, err := io.Copy(io.Discard, io.LimitReader(r, 1<<20)); errors.Is(err, io.EOF) {
			t.Fatal("io.Copy returned io.EOF")
		}
	})
}
