package people_test

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rustle/pkg/people"
)

var (
	update          = flag.Bool("update", false, "write the embedded data anew")
	maintainersFile = flag.String("maintainers", "", "MAINTAINERS of the release to embed, with -update")
	mailmapFile     = flag.String("mailmap", "", ".mailmap of the release to embed, with -update")
)

// TestEmbeddedData checks that the embedded files are in the compact form, and writes them with -update.
func TestEmbeddedData(t *testing.T) {
	t.Parallel()
	if *update && *maintainersFile != "" {
		f, err := os.Open(*maintainersFile)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Close() })
		m, err := people.ParseMaintainers(f)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := m.WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("data/MAINTAINERS", b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if *update && *mailmapFile != "" {
		data, err := os.ReadFile(*mailmapFile)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		for line := range strings.Lines(string(data)) {
			if !strings.HasPrefix(line, "#") && strings.TrimSpace(line) != "" {
				b.WriteString(line)
			}
		}
		if err := os.WriteFile("data/mailmap", b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile("data/MAINTAINERS")
	if err != nil {
		t.Fatal(err)
	}
	m, err := people.ParseMaintainers(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if n, err := m.WriteTo(&b); err != nil || n != int64(b.Len()) {
		t.Fatalf("WriteTo = %d, %v", n, err)
	}
	if diff := cmp.Diff(string(data), b.String()); diff != "" {
		t.Errorf("writing and reading changes the data (-file +written):\n%s", diff)
	}
}
