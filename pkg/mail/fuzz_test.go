package mail_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"rustle/pkg/mail"
)

// FuzzParse holds every input against the promises of Message, the binary round trip and the agreement of
// ParseHeader with Parse.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*/*.eml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		keep := bytes.Clone(raw)
		m, err := mail.Parse(raw)
		if !bytes.Equal(raw, keep) {
			t.Fatal("input changed")
		}
		if err != nil {
			if len(bytes.TrimSpace(raw)) > 0 {
				t.Fatalf("%v for %q", err, raw)
			}
			return
		}
		check(t, m)
		h, err := mail.ParseHeader(raw)
		if err != nil {
			t.Fatal(err)
		}
		if h.ID != m.ID || h.Subject != m.Subject || !h.Date.Equal(m.Date) {
			t.Errorf("ParseHeader: %+v, Parse: %+v", h, m.Header)
		}
	})
}
