package ingest_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"rustle/index"
	"rustle/index/query"
	"rustle/pkg/ingest"
)

// highWater is the most memory this process held, in KiB; 0 where the system does not tell. What wait4 reports is
// no measure of a child: it begins with what the parent held.
func highWater() (kib int64) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	_, _ = fmt.Sscan(rest, &kib) // 0 it is
	return kib
}

// peak runs a job in a process of its own and returns the most memory it held, in MiB.
func peak(t *testing.T, j job) int64 {
	t.Helper()
	cmd := command(t, j)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	kib, err := strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64)
	if err != nil {
		t.Fatalf("%q: %v", out, err)
	}
	if kib == 0 {
		t.Skip("this system does not tell how much memory a process held")
	}
	return kib >> 10
}

// Mail made to exhaust memory is taken in, within bounds, and is found.
func TestHostileMail(t *testing.T) {
	t.Parallel()
	size := 1 << 20
	if soak() {
		size = 100 << 20
	}
	const separator = "From mboxrd@z Thu Jan  1 00:00:00 1970\n"
	head := func(i int) string {
		return fmt.Sprintf("%sFrom: A <a@b.test>\nDate: Mon, 3 Feb 2025 10:00:00 +0000\nSubject: marker\nMessage-ID: <h%d@x.test>\n", separator, i)
	}
	var deep strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&deep, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
	}
	mails := []string{
		"X-Big: " + strings.Repeat("x", size) + "\n\ntext\n",
		strings.Repeat("X-Many: y\n", size/10) + "\ntext\n",
		"To: " + strings.Repeat("x@example.org,\n ", size/100) + "y@example.org\n\ntext\n",
		deep.String() + "\ntext\n",
		"\n" + strings.Repeat("x", size/10) + "\n",
		"\n" + strings.Repeat("> \xff\x00 rust\n", size/100),
		"Content-Type: text/html\n\n" + strings.Repeat("<b><p>rust ", size/100),
		"References: " + strings.Repeat("<h1@x.test> <h2@x.test>\n ", size/100) + "\n\n" + strings.Repeat("I like Rust. ", size/100) + "\n",
		"In-Reply-To: <../../../../etc/passwd>\n\nSubject: ../../x\n",
	}
	root := t.TempDir()
	path := filepath.Join(root, "hostile.mbox")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range mails {
		if _, err := f.WriteString(head(i) + m + "\n"); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(root, "index")
	mib := peak(t, job{Dir: dir, Sources: sources(path)})
	t.Logf("%d MiB for mail of %d MiB", mib, size>>20)
	most := int64(400)
	if soak() {
		most = 900
	}
	if mib > most {
		t.Errorf("%d MiB, want at most %d", mib, most)
	}
	r, err := index.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	n, err := r.Count(t.Context(), query.Term{Field: query.Subject, Text: "marker"}, false)
	if err != nil || n != len(mails) {
		t.Errorf("%d of %d mails found, %v", n, len(mails), err)
	}
}

// A conversation larger than any real one, of every shape, costs by the mail.
func TestHugeThread(t *testing.T) {
	if testing.Short() {
		t.Skip("takes many seconds")
	}
	t.Parallel()
	n := 3_000
	if soak() {
		n = 100_000
	}
	for name, refs := range map[string]func(i int) []int{
		"chain":  func(i int) []int { return []int{0, max(i-2, 0), max(i-1, 0)} },
		"star":   func(int) []int { return []int{0} },
		"circle": func(i int) []int { return []int{(i * 7919) % n, (i + 1) % n} },
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			path := filepath.Join(root, "box.mbox")
			var b strings.Builder
			for i := range n {
				l := letter{id: fmt.Sprintf("m%d@x.test", i), from: "Ann <ann@people.test>", subject: "Re: Rust in the kernel", body: bodies[i%len(bodies)], date: now.Add(time.Duration(i) * time.Minute)}
				for _, k := range refs(i) {
					l.refs = append(l.refs, fmt.Sprintf("m%d@x.test", k))
				}
				b.WriteString(l.text(1))
			}
			write(t, path, b.String())
			dir := filepath.Join(root, "index")
			begin := time.Now()
			mib := peak(t, job{Dir: dir, Sources: sources(path)})
			t.Logf("%d mails in %v, %d MiB", n, time.Since(begin), mib)
			if most := 400 + int64(n)*24>>10; mib > most {
				t.Errorf("%d MiB, want at most %d", mib, most)
			}
			r, err := index.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = r.Close() }()
			recs, err := r.Records("m7@x.test")
			if err != nil || len(recs) != 1 {
				t.Fatalf("%d records, %v", len(recs), err)
			}
			all, err := r.ThreadRecords(recs[0].Thread)
			if err != nil || len(all) != n {
				t.Errorf("%d of %d mails in the thread, %v", len(all), n, err)
			}
			if again := take(t, dir, ingest.Options{Sources: sources(path)}); again.Read != 0 {
				t.Errorf("read again: %+v", again)
			}
		})
	}
}
