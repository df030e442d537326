package analysis_test

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"rustle/pkg/analysis"
	"rustle/pkg/archive"
	"rustle/pkg/mail"
	"rustle/pkg/thread"
)

// analyzer has the embedded rules; it is shared because compiling them takes longer than most tests.
func analyzer(t testing.TB) *analysis.Analyzer {
	t.Helper()
	a, err := analysis.New(analysis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// conversation is a thread with the mail that belongs to it.
type conversation struct {
	tree   *thread.Thread
	inputs []analysis.Input
}

// corpus reads the mail written for this project.
func corpus(t testing.TB) []conversation {
	t.Helper()
	all := archived(t, "../../testdata/archives")
	mails := 0
	for _, c := range all {
		mails += len(c.inputs)
	}
	if mails < 60 {
		t.Fatalf("testdata holds %d mails", mails)
	}
	return all
}

// archived reads the mail of an archive.
func archived(t testing.TB, path string) []conversation {
	t.Helper()
	sources, err := archive.Open(t.Context(), path, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var mails []*mail.Message
	seen := map[string]bool{}
	for _, s := range sources {
		for raw, err := range s.Messages(t.Context(), archive.Cursor{}) {
			if err != nil {
				t.Fatal(err)
			}
			m, err := mail.Parse(raw.Bytes)
			if err != nil || seen[m.ID+m.Hash] {
				continue
			}
			seen[m.ID+m.Hash] = true
			mails = append(mails, m)
		}
	}
	return conversations(mails)
}

func conversations(mails []*mail.Message) []conversation {
	headers := make([]*mail.Header, 0, len(mails))
	byID := map[string][]analysis.Input{}
	for _, m := range mails {
		headers = append(headers, &m.Header)
		byID[m.ID] = append(byID[m.ID], analysis.Input{Mail: m})
	}
	var out []conversation
	for _, t := range thread.Build(slices.Values(headers)) {
		c := conversation{tree: t}
		for _, n := range t.Nodes {
			c.inputs = append(c.inputs, byID[n.ID]...)
		}
		out = append(out, c)
	}
	return out
}

// A letter is a mail in short form: who, the number of the letter it answers, subject, text.
type letter struct {
	from    string // a first name, or "bot"
	answers int    // index in the list, -1 for the first
	subject string
	text    string
}

// written makes one conversation of letters; letter i has the id "i@example.org" and was sent in hour i.
func written(t testing.TB, letters []letter) conversation {
	t.Helper()
	mails := make([]*mail.Message, 0, len(letters))
	for i, l := range letters {
		from := l.from + " Tester <" + strings.ToLower(l.from) + "@example.org>"
		if l.from == "bot" {
			from = "kernel test robot <lkp@intel.com>"
		}
		raw := "From: " + from + "\nTo: linux-kernel@vger.kernel.org\nSubject: " + l.subject + "\nMessage-ID: <" + strconv.Itoa(i) + "@example.org>\n" +
			"Date: Mon, 02 Mar 2026 " + strconv.Itoa(10+i/60) + ":" + strconv.Itoa(10+i%50) + ":00 +0000\n"
		if l.answers >= 0 {
			id := "<" + strconv.Itoa(l.answers) + "@example.org>"
			raw += "In-Reply-To: " + id + "\nReferences: " + id + "\n"
		}
		m, err := mail.Parse([]byte(raw + "\n" + l.text + "\n"))
		if err != nil {
			t.Fatal(err)
		}
		mails = append(mails, m)
	}
	all := conversations(mails)
	if len(all) != 1 {
		t.Fatalf("letters make %d conversations", len(all))
	}
	return all[0]
}

// records returns the records of a result by the number of their letter.
func records(r *analysis.Result) map[string]*analysis.Record {
	out := map[string]*analysis.Record{}
	for _, d := range r.Messages {
		out[strings.TrimSuffix(d.Record.ID, "@example.org")] = &d.Record
	}
	return out
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
