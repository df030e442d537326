package ingest_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"rustle/index"
	"rustle/pkg/archive"
	"rustle/pkg/ingest"
)

// outcome runs a job in a process of its own and returns what it says on stderr; ok is a clean end. A crash is
// a failure of the test.
func outcome(t *testing.T, j job) (said string, ok bool) {
	t.Helper()
	cmd := command(t, j)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) {
		t.Fatalf("%+v: %v\n%s", j, err, stderr.String())
	}
	return stderr.String(), err == nil
}

// small mounts a file system of so many KiB; without the right to do so the test is skipped.
func small(t *testing.T, size string) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("mounts a file system, which only root may")
	}
	dir := filepath.Join(t.TempDir(), "mount")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size="+size, "rustle-test", dir).CombinedOutput(); err != nil {
		t.Skipf("cannot mount: %v: %s", err, out)
	}
	t.Cleanup(func() {
		// Lazily: a process that another test starts holds our open files until it is itself.
		if out, err := exec.Command("umount", "--lazy", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %v: %s", err, out)
		}
	})
	return dir
}

// remount changes the options of a mount. It is busy as long as a process that another test starts holds our open
// files, which ends when that process is itself.
func remount(t *testing.T, dir, options string) {
	t.Helper()
	for until := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		out, err := exec.Command("mount", "-o", "remount,"+options, dir).CombinedOutput()
		if err == nil {
			return
		}
		if !strings.Contains(string(out), "busy") || time.Now().After(until) {
			t.Fatalf("remount: %v: %s", err, out)
		}
	}
}

// used is how many bytes the files below a directory have.
func used(t *testing.T, dir string) (n int64) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			n += info.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A full disk, wherever it fills up, leaves what was published, and with more room the next run completes.
func TestFullDisk(t *testing.T) {
	if testing.Short() {
		t.Skip("takes many ingests")
	}
	t.Parallel()
	mount := small(t, "256k")
	root := t.TempDir()
	from := corpus(t, root)
	whole, part := filepath.Join(root, "whole"), filepath.Join(root, "part")
	take(t, whole, ingest.Options{Sources: from})
	take(t, part, ingest.Options{Sources: from[:1]})
	want, wantPart := dump(t, whole), dump(t, part)
	dir := filepath.Join(mount, "index")
	full := 0
	// From no room at all until there is enough for everything; in small steps where the store is made.
	step := func(kib int) int {
		if kib < 96 {
			return 6
		}
		return 48
	}
	for kib := 0; ; kib += step(kib) {
		if kib > 4096 {
			t.Fatal("4 MiB are not enough")
		}
		remount(t, mount, "size=16m")
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		var before []string
		if full%2 == 0 { // an increment, else a first ingest
			take(t, dir, ingest.Options{Sources: from[:1]})
			before = wantPart
		}
		remount(t, mount, "size="+strconv.FormatInt(used(t, mount)/1024+int64(kib)+4, 10)+"k")
		said, ok := outcome(t, job{Dir: dir, Sources: from})
		if !ok {
			full++
			if !strings.Contains(said, "no space left on device") || strings.Contains(said, "goroutine") {
				t.Fatalf("with %d KiB: %s", kib, said)
			}
			if before != nil {
				same(t, "after a full disk", before, dump(t, dir))
			} else if state, err := index.Check(dir, ""); state != index.Missing || err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatalf("with %d KiB: the index is %v, %v", kib, state, err)
			}
		}
		remount(t, mount, "size=16m")
		take(t, dir, ingest.Options{Sources: from})
		same(t, "with more room", want, dump(t, dir))
		if ok && full > 0 {
			break
		}
	}
	// The same for what writes a whole new index.
	for _, j := range []job{{Dir: dir, Retag: true}, {Dir: dir, Compact: true}, {Dir: dir, Sources: from, Fresh: true}} {
		remount(t, mount, "size="+strconv.FormatInt(used(t, mount)/1024+64, 10)+"k")
		if said, ok := outcome(t, j); ok || !strings.Contains(said, "no space left on device") {
			t.Errorf("%+v: %v, %s", j, ok, said)
		}
		same(t, "after a full disk", want, dump(t, dir))
		remount(t, mount, "size=16m")
		if said, ok := outcome(t, j); !ok {
			t.Errorf("%+v: %s", j, said)
		}
		same(t, "with more room", want, dump(t, dir))
	}
	t.Logf("the disk was full %d times", full)
}

// An index on a read-only file system answers, and a writer says why it cannot.
func TestReadOnly(t *testing.T) {
	t.Parallel()
	mount := small(t, "16m")
	root := t.TempDir()
	from := corpus(t, root)
	dir := filepath.Join(mount, "index")
	take(t, dir, ingest.Options{Sources: from[:1]})
	want := dump(t, dir)
	remount(t, mount, "ro")
	for _, j := range []job{{Dir: dir, Sources: from}, {Dir: dir, Sources: from, Fresh: true}, {Dir: dir, Retag: true}, {Dir: dir, Compact: true}, {Dir: filepath.Join(mount, "new"), Sources: from}} {
		if said, ok := outcome(t, j); ok || !strings.Contains(said, "read-only file system") {
			t.Errorf("%+v: %v, %s", j, ok, said)
		}
	}
	same(t, "read only", want, dump(t, dir))
	remount(t, mount, "rw")
	take(t, dir, ingest.Options{Sources: from})
	whole := filepath.Join(root, "whole")
	take(t, whole, ingest.Options{Sources: from})
	same(t, "writable again", dump(t, whole), dump(t, dir))
}

// One of two writers works, the other says that it is busy, whoever comes first.
func TestTwoWriters(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	from := corpus(t, root)
	whole, dir := filepath.Join(root, "whole"), filepath.Join(root, "index")
	take(t, whole, ingest.Options{Sources: from})
	want := dump(t, whole)
	var wg sync.WaitGroup
	said, ok := make([]string, 4), make([]bool, 4)
	for i := range said {
		wg.Go(func() { said[i], ok[i] = outcome(t, job{Dir: dir, Sources: from, Chunk: 20}) })
	}
	wg.Wait()
	done := 0
	for i := range said {
		switch {
		case ok[i]:
			done++
		case !strings.Contains(said[i], index.ErrBusy.Error()):
			t.Errorf("writer %d: %s", i, said[i])
		}
	}
	if done == 0 {
		t.Error("none of the writers did its work")
	}
	same(t, "two writers", want, dump(t, dir))
}

// Archives that change while they are read, in every way, end with a complete index or an error that says so,
// and then with the next run.
func TestChangingSource(t *testing.T) {
	t.Parallel()
	var old, grown strings.Builder
	for i := range 300 {
		l := letter{id: "m" + strconv.Itoa(i) + "@x.test", from: "A <a@b.test>", subject: "s", body: strings.Repeat(bodies[i%len(bodies)]+"\n", 200), date: now}
		if i < 200 {
			old.WriteString(l.text(1))
		}
		grown.WriteString(l.text(1))
	}
	other := strings.ReplaceAll(grown.String(), "@x.test", "@y.test")
	for _, c := range []struct {
		name  string
		after string // content of the file when the reading is half done
		fails bool   // it must; else it may
	}{
		{"grows", grown.String(), false},
		{"is cut off", old.String()[:1000], true},
		{"is emptied", "", true},
		{"is rewritten", other, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			path := write(t, filepath.Join(root, "box.mbox"), old.String())
			dir := filepath.Join(root, "index")
			var once sync.Once
			_, err := ingest.Run(t.Context(), ingest.Options{
				Dir: dir, Sources: sources(path), Analyzer: analyzer(), Now: now, Chunk: 50,
				Progress: func(p ingest.Progress) {
					if p.Stage == ingest.Reading && p.Mails >= 50 {
						once.Do(func() { write(t, path, c.after) })
					}
				},
			})
			if c.fails && !errors.Is(err, archive.ErrChanged) || err != nil && !errors.Is(err, archive.ErrChanged) {
				t.Fatalf("%v, want that it changed while it was read", err)
			}
			write(t, path, grown.String())
			take(t, dir, ingest.Options{Sources: sources(path)})
			whole := filepath.Join(root, "whole")
			take(t, whole, ingest.Options{Sources: sources(path)})
			want, got := dump(t, whole), dump(t, dir)
			if c.after != other { // mail of other ids that was there for a moment may have been taken in, and stays
				same(t, c.name, want, got)
			}
		})
	}
}

// Bits that flip in a packed archive are found, and in any archive mended by the next run once it is whole.
func TestFlippedSource(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	var text strings.Builder
	for i := range 40 {
		l := letter{id: "m" + strconv.Itoa(i) + "@x.test", from: "A <a@b.test>", subject: "s", body: strings.Repeat(bodies[i%len(bodies)]+"\n", 9), date: now}
		text.WriteString(l.text(1))
	}
	box := filepath.Join(root, "box.mbox.gz")
	packed(t, box, text.String(), 0)
	good, err := os.ReadFile(box)
	if err != nil {
		t.Fatal(err)
	}
	whole := filepath.Join(root, "whole")
	take(t, whole, ingest.Options{Sources: sources(box)})
	want := dump(t, whole)
	random := rand.New(rand.NewPCG(3, 4))
	for i := range 10 {
		dir := filepath.Join(root, "index"+strconv.Itoa(i))
		bad := bytes.Clone(good)
		bad[10+random.IntN(len(bad)-10)] ^= 1 << random.IntN(8)
		write(t, box, string(bad))
		_, err := ingest.Run(t.Context(), ingest.Options{Dir: dir, Sources: sources(box), Analyzer: analyzer(), Now: now})
		if _, told := errors.AsType[*archive.Error](err); !told {
			t.Fatalf("flip %d: %v", i, err)
		}
		write(t, box, string(good))
		take(t, dir, ingest.Options{Sources: sources(box)})
		same(t, "whole again", want, dump(t, dir))
	}
	// In a plain archive nothing tells; the mail that stands there again takes the place of the flipped one.
	plain := write(t, filepath.Join(root, "box.mbox"), strings.Replace(text.String(), "second language", "secund language", 1))
	dir := filepath.Join(root, "plain")
	take(t, dir, ingest.Options{Sources: sources(plain)})
	write(t, plain, text.String())
	take(t, dir, ingest.Options{Sources: sources(plain)})
	whole = filepath.Join(root, "whole-plain")
	take(t, whole, ingest.Options{Sources: sources(plain)})
	same(t, "plain", dump(t, whole), dump(t, dir))
}

// A clock that goes backwards between runs changes nothing but what the record says of the runs.
func TestClockBackwards(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	from := corpus(t, root)
	whole, dir := filepath.Join(root, "whole"), filepath.Join(root, "index")
	take(t, whole, ingest.Options{Sources: from})
	for i := range from {
		at := now.AddDate(-3*i, 0, 0)
		if err := os.Chtimes(from[i].Path, at, at); err != nil {
			t.Fatal(err)
		}
		if _, err := ingest.Run(t.Context(), ingest.Options{Dir: dir, Sources: from[:i+1], Analyzer: analyzer(), Now: at}); err != nil {
			t.Fatal(err)
		}
	}
	same(t, "backwards", dump(t, whole), dump(t, dir))
	for _, e := range entries(t, dir) {
		if want := now.AddDate(-6, 0, 0); !e.LastRun.Equal(want) || !e.LastSuccess.Equal(want) {
			t.Errorf("%s: last run %v, last success %v, want %v", e.Path, e.LastRun, e.LastSuccess, want)
		}
	}
}

// Damage to the files of an index ends in a message, never in a crash or in a worse index, and building it
// anew from the sources mends it.
func TestDamagedIndex(t *testing.T) {
	if testing.Short() {
		t.Skip("takes many ingests")
	}
	t.Parallel()
	root := t.TempDir()
	from := corpus(t, root)
	base, whole := filepath.Join(root, "base"), filepath.Join(root, "whole")
	take(t, base, ingest.Options{Sources: from[:2]})
	take(t, whole, ingest.Options{Sources: from})
	want := dump(t, whole)
	var names []string
	gen := generation(t, base)
	err := filepath.WalkDir(filepath.Join(base, gen), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			name, _ := filepath.Rel(base, path)
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	flips := 8
	if soak() {
		flips = 150
	}
	random := rand.New(rand.NewPCG(5, 6))
	found := 0
	for _, name := range append(names, "CURRENT", "sources.json") {
		for i := range flips {
			dir := filepath.Join(root, "index")
			if err := os.CopyFS(dir, os.DirFS(base)); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, name)
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case len(text) == 0 || i == 0: // gone
				err = os.Remove(path)
			case i == 1: // cut off
				err = os.WriteFile(path, text[:len(text)/2], 0o600)
			default:
				text[random.IntN(len(text))] ^= 1 << random.IntN(8)
				err = os.WriteFile(path, text, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
			verified := ingest.Verify(t.Context(), dir)
			if verified == nil && (i > 0 || name != "sources.json") {
				t.Fatalf("%s, %d: not found by Verify", name, i)
			}
			said, ok := outcome(t, job{Dir: dir, Sources: from})
			switch {
			case ok: // it must not have mattered
				same(t, name, want, dump(t, dir))
			default:
				found++
				if len(said) > 2000 || strings.Contains(said, "goroutine ") {
					t.Fatalf("%s, %d: no clear message: %s", name, i, said)
				}
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			stats, err := ingest.Run(ctx, ingest.Options{Dir: dir, Sources: from, Analyzer: analyzer(), Now: now, Fresh: true})
			cancel()
			if err != nil && name != "sources.json" {
				t.Fatalf("%s, %d: anew: %+v, %v", name, i, stats, err)
			}
			if name != "sources.json" {
				same(t, name, want, dump(t, dir))
			}
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Logf("%d of %d damages were told", found, flips*(len(names)+2))
}
