package index_test

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// mapped is how much of the segments below dir is in the memory of this process, in KiB.
func mapped(t *testing.T, dir string) (kib int) {
	t.Helper()
	text, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	segment := false
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if strings.Contains(line, dir) {
			segment = strings.HasSuffix(line, ".zap")
			continue
		}
		if size, ok := strings.CutPrefix(line, "Rss:"); ok && segment {
			n, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(size, "kB")))
			if err != nil {
				t.Fatal(line)
			}
			kib += n
			segment = false
		}
	}
	return kib
}

// What a Reader looked at stays mapped until it is told to forget it, and is there again when it is asked for.
func TestForget(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	docs := samples(t, 0, 300)
	write(t, dir, docs, nil, nil)
	r := open(t, dir)
	r.Forget()
	if kib := mapped(t, dir); kib != 0 {
		t.Errorf("%d KiB of a reader that was only opened", kib)
	}
	for i := range docs {
		d, err := r.Document(docs[i].Record.ID, docs[i].Record.Hash)
		if err != nil || d == nil || d.Mail.Text != docs[i].Mail.Text {
			t.Fatalf("%s: %v, %v", docs[i].Record.ID, d, err)
		}
	}
	if kib := mapped(t, dir); kib == 0 {
		t.Error("nothing is mapped after reading")
	}
	r.Forget()
	if kib := mapped(t, dir); kib != 0 {
		t.Errorf("%d KiB after Forget", kib)
	}
	if n := count(t, r, "from:"+docs[0].Record.From.Addr); n == 0 {
		t.Error("nothing is found after Forget")
	}
}
