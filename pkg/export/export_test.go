package export_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"rustle/pkg/analysis"
	"rustle/pkg/export"
)

var update = flag.Bool("update", false, "write the golden files")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// records are mails of made-up people, written for this test.
func records() []analysis.Record {
	at := time.Date(2024, 3, 4, 9, 0, 0, 0, time.UTC)
	said := func(s string) []analysis.Evidence {
		return []analysis.Evidence{{Text: s, Start: 4, End: 4 + len(s), Rule: "TEST-1", Weight: 0.5}}
	}
	ada := analysis.Person{Name: "Ada Quill", Addr: "ada@example.org"}
	boris := analysis.Person{Name: "Boris \"B\" Tamm", Addr: "boris@tamm.example"}
	return []analysis.Record{
		{
			ID: "1@x", Thread: "1@x", Date: at, Subject: "[PATCH v2 1/3] rust: \"widgets\", again", From: ada, Person: "Ada Quill", Role: "rust-maintainer",
			RoleClaim: analysis.RoleClaim{Subsystem: "RUST", Source: "MAINTAINERS: RUST"}, Kind: "patch", To: []analysis.Person{boris}, Lists: []string{"widgets", "rust;linux"},
			Sources: []analysis.Source{{Path: "w.mbox", Offset: 12}}, Series: &analysis.Series{Version: 2, Part: 1, Total: 3},
			Trailers: []analysis.Trailer{{Token: "Signed-off-by", Value: "Ada Quill <ada@example.org>", Given: true}, {Token: "Acked-by", Value: "x"}},
			Files:    []string{"rust/kernel/widget.rs"}, Words: 12, Rust: true,
			Topics:    []analysis.Tag{{ID: "memory-safety", Score: 0.75, Evidence: said("No unsafe block is left.")}},
			Sentiment: analysis.Verdict{Label: "neutral", Score: 0.8}, Incivility: analysis.Verdict{Label: "false", Score: 0.99},
			Stance: analysis.Verdict{Label: "support", Score: 0.9, Evidence: said("No unsafe block is left.")}, Signal: "none", Hash: "h1",
		},
		{
			ID: "2@x", Thread: "1@x", Parent: "1@x", Depth: 1, Date: at.Add(time.Hour), Received: at.Add(2 * time.Hour), Subject: "=cmd|' /C calc'!A0", From: boris, Person: "Boris Tamm", Role: "maintainer", Kind: "reply",
			References: []string{"1@x"}, InReplyTo: []string{"1@x"}, Words: 3,
			Sentiment: analysis.Verdict{Label: "negative", Score: 0.7, Evidence: said("Nobody asked.")}, Incivility: analysis.Verdict{Label: "true", Score: 0.6, Evidence: said("Nobody asked.")},
			Stance: analysis.Verdict{Label: "oppose", Score: 0.8, Evidence: said("I will not take this.")}, Signal: "nak", SignalBy: said("NAK"), Hash: "h2",
		},
		{
			ID: "3@x", Thread: "1@x", Parent: "2@x", Depth: 2, Date: at.Add(3 * time.Hour), Subject: "Re: widgets", From: ada, Person: "Ada Quill", Role: "rust-maintainer", Kind: "reply",
			Sentiment: analysis.Verdict{Label: "positive", Score: 0.7, Evidence: said("Thank you.")}, Stance: analysis.Verdict{Label: "conditional", Score: 0.5, Evidence: said("If you agree, I maintain it.")}, Signal: "none", Hash: "h3",
		},
		{
			ID: "4@x", Thread: "1@x", Parent: "3@x", Depth: 3, Date: at.Add(4 * time.Hour), Subject: "Re: widgets", From: boris, Person: "Boris Tamm", Role: "maintainer", Kind: "reply",
			Stance: analysis.Verdict{Label: "support", Score: 0.9, Evidence: said("Fine then.")}, Signal: "ack", SignalBy: said("Acked-by: Boris"), Hash: "h4",
		},
		{
			ID: "6@x", Thread: "1@x", Parent: "4@x", Depth: 4, Date: at.Add(5 * time.Hour), Subject: "Re: widgets", From: analysis.Person{Name: "Cleo Voss", Addr: "cleo@example.org"}, Person: "Cleo Voss", Role: "developer", Kind: "reply",
			Topics:    []analysis.Tag{{ID: "build-integration", Score: 0.2, Evidence: said("Another build step.")}},
			Sentiment: analysis.Verdict{Label: "negative", Score: 0.31, Evidence: said("Another build step.")}, Incivility: analysis.Verdict{Label: "true", Score: 0.4, Evidence: said("Another build step.")},
			Stance: analysis.Verdict{Label: "oppose", Score: 0.25, Evidence: said("Another build step.")}, Signal: "none", Hash: "h6",
		},
		{ID: "5@x", Thread: "5@x", Date: at, Subject: "report", From: analysis.Person{Name: "robot"}, Person: "robot", Role: "bot", Kind: "bot", Signal: "none", Hash: "h5"},
	}
}

func threads() []analysis.ThreadSummary {
	return []analysis.ThreadSummary{{
		ID: "1@x", Subject: "rust: widgets", Lists: []string{"widgets"}, Messages: 4, First: time.Date(2024, 3, 4, 9, 0, 0, 0, time.UTC), Label: "debate", DebateScore: 0.9, Heat: 2,
		Topics: []analysis.ThreadTag{{ID: "memory-safety", Score: 0.7, Messages: 1}, {ID: "build-integration", Score: 0.1, Unsure: 1}}, Stances: map[string]int{"support": 2, "oppose": 1}, Unsure: map[string]int{"oppose": 1}, Signals: map[string]int{"nak": 1, "ack": 1},
		Outcome: analysis.Outcome{Label: "undecided"},
	}, {ID: "5@x"}}
}

// all writes every table in one format.
func all(t *testing.T, f export.Format) map[export.Table]string {
	t.Helper()
	out := map[export.Table]string{}
	put := func(table export.Table, fill func(w io.Writer) (int, error)) {
		var b strings.Builder
		n, err := fill(&b)
		if err != nil || n == 0 {
			t.Fatalf("%s: %d rows, error %v", table, n, err)
		}
		out[table] = b.String()
	}
	rs := func() iter.Seq[analysis.Record] { return slices.Values(records()) }
	put(export.MessageTable, func(w io.Writer) (int, error) { return export.Messages(w, f, rs()) })
	put(export.ThreadTable, func(w io.Writer) (int, error) { return export.Threads(w, f, slices.Values(threads())) })
	put(export.StanceTable, func(w io.Writer) (int, error) { return export.Stances(w, f, rs()) })
	put(export.PersonTable, func(w io.Writer) (int, error) { return export.People(w, f, rs()) })
	put(export.SentenceTable, func(w io.Writer) (int, error) { return export.Sentences(w, f, rs()) })
	put(export.EdgeTable, func(w io.Writer) (int, error) { return export.Edges(w, f, export.Network(rs())) })
	return out
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for _, f := range []export.Format{export.CSV, export.JSONL} {
		tables := all(t, f)
		for _, table := range export.Tables() {
			golden(t, string(table)+"."+string(f), []byte(tables[table]))
		}
	}
	var b bytes.Buffer
	if err := export.Dictionary(&b); err != nil {
		t.Fatal(err)
	}
	golden(t, "dictionary.md", b.Bytes())
}

// JSON holds lists, not null, in every table.
func TestNoNull(t *testing.T) {
	t.Parallel()
	for table, text := range all(t, export.JSONL) {
		if strings.Contains(text, "null") {
			t.Errorf("%s: %s", table, text)
		}
	}
}

func TestJSONRoundTrip(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if _, err := export.Messages(&b, export.JSON, slices.Values(records())); err != nil {
		t.Fatal(err)
	}
	var got []analysis.Record
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(records(), got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("through JSON (-want +got):\n%s", diff)
	}
	b.Reset()
	n, err := export.Messages(&b, export.JSON, slices.Values([]analysis.Record(nil)))
	if n != 0 || err != nil || b.String() != "[]\n" {
		t.Errorf("no records gave %q, %d, %v", b.String(), n, err)
	}
}

func TestMessageDoesNotChangeItsInput(t *testing.T) {
	t.Parallel()
	in := analysis.Record{Topics: []analysis.Tag{{ID: "a"}}}
	export.Message(in)
	if in.Topics[0].Evidence != nil || in.To != nil {
		t.Errorf("the record changed: %+v", in)
	}
}

// Whatever a field holds, a CSV reader finds it where the dictionary says.
func TestCSVRoundTrip(t *testing.T) {
	t.Parallel()
	columns := export.Columns(export.MessageTable)
	at := func(name string) int {
		return slices.IndexFunc(columns, func(c export.Column) bool { return c.Name == name })
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "a,b", "\"", " lead", "=1+1", "-3", "a\nb", ";", "\ufeff"})).Draw(t, "text")
		r := analysis.Record{ID: "i", Subject: s, Person: s, Files: []string{s, "b"}}
		for _, f := range []export.Format{export.CSV, export.CSVForSpreadsheets} {
			var b bytes.Buffer
			if _, err := export.Messages(&b, f, slices.Values([]analysis.Record{r, r})); err != nil {
				t.Fatal(err)
			}
			rows, err := csv.NewReader(&b).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			if len(rows) != 3 || len(rows[0]) != len(columns) {
				t.Fatalf("%d rows of %d cells", len(rows), len(rows[0]))
			}
			want := strings.ReplaceAll(strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD"), "\r\n", "\n") // the reader folds CRLF
			got := rows[2][at("subject")]
			if f == export.CSVForSpreadsheets && got != want {
				got = strings.TrimPrefix(got, "'")
			}
			if got != want {
				t.Fatalf("%s: subject %q came back as %q", f, s, got)
			}
			if f == export.CSVForSpreadsheets && got != "" && strings.ContainsAny(rows[2][at("person")][:1], "=+@") {
				t.Fatalf("person %q is a formula", rows[2][at("person")])
			}
			if files := strings.Split(rows[2][at("files")], ";"); len(files) != 2 {
				t.Fatalf("files %q", files)
			}
		}
	})
}

func TestFormats(t *testing.T) {
	t.Parallel()
	if _, err := export.ParseFormat("xlsx"); err == nil || err.Error() != `unknown format "xlsx", one of: jsonl json csv csv-spreadsheet` {
		t.Errorf("error = %v", err)
	}
	if _, err := export.Messages(io.Discard, "xlsx", slices.Values(records())); err == nil {
		t.Error("an unknown format gave no error")
	}
	for _, f := range export.Formats() {
		if got, err := export.ParseFormat(string(f)); got != f || err != nil {
			t.Errorf("ParseFormat(%s) = %s, %v", f, got, err)
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWriteErrors(t *testing.T) {
	t.Parallel()
	for _, f := range export.Formats() {
		if _, err := export.Messages(broken{}, f, slices.Values(records())); err == nil || !strings.Contains(err.Error(), "disk full") {
			t.Errorf("%s: error = %v", f, err)
		}
	}
	fetch := func(*analysis.Record) ([]byte, error) { return []byte("A: b\n\n"), nil }
	if _, err := export.Mbox(broken{}, slices.Values(records()), fetch); err == nil {
		t.Error("mbox: no error")
	}
	if export.GraphML(broken{}, nil) == nil || export.DOT(broken{}, nil) == nil {
		t.Error("graph: no error")
	}
}

func TestStances(t *testing.T) {
	t.Parallel()
	rs := records()
	slices.Reverse(rs[:4])
	got := export.Ledger(rs[:5])
	if len(got) != 3 || got[2].UnsureID != "6@x" || got[2].Counts().String() != "support 0, conditional 0, oppose 0 (1 unsure)" || got[0].Person != "Ada Quill" || got[1].Nak != "lifted" {
		t.Fatalf("ledger: %+v", got)
	}
	want := []export.Change{{From: "oppose", To: "support", Date: "2024-03-04T13:00:00Z", FromID: "2@x", ToID: "4@x", FromText: "I will not take this.", ToText: "Fine then."}}
	if diff := cmp.Diff(want, got[1].Changes); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	rs := records()
	want := export.Network(slices.Values(rs))
	slices.Reverse(rs)
	if diff := cmp.Diff(want, export.Network(slices.Values(rs))); diff != "" {
		t.Errorf("order changes the network (-want +got):\n%s", diff)
	}
	if len(want) != 3 || want[2].Stance() != "none" || want[2].Unsure["oppose"] != 1 || want[0].From != "Ada Quill" || want[0].Stance() != "conditional" || want[1].Messages != 2 || want[1].Stance() != "oppose" {
		t.Errorf("network: %+v", want)
	}
	hostile := []export.Edge{{From: "<a>&\"\x00\x01\"", To: "b\\\"; x", FromRole: "r", Messages: 1}}
	var b bytes.Buffer
	if err := export.GraphML(&b, append(hostile, want...)); err != nil {
		t.Fatal(err)
	}
	d := xml.NewDecoder(&b)
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	b.Reset()
	if err := export.DOT(&b, hostile); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), `"<a>&\"\"" -> "b\\\"; x"`) {
		t.Errorf("DOT: %s", b.String())
	}
}

func TestMbox(t *testing.T) {
	t.Parallel()
	mails := map[string]string{"1@x": "A: b\n\nFrom here\n>From there\n>>From\nend", "2@x": "A: c\n\n"}
	fetch := func(r *analysis.Record) ([]byte, error) {
		if m, ok := mails[r.ID]; ok {
			return []byte(m), nil
		}
		return nil, errors.New("gone")
	}
	var b strings.Builder
	n, err := export.Mbox(&b, slices.Values(records()), fetch)
	want := export.Separator + "A: b\n\n>From here\n>>From there\n>>From\nend\n\n" + export.Separator + "A: c\n\n\n"
	if n != 2 || err == nil || err.Error() != "export: mail 3@x: gone" || b.String() != want {
		t.Errorf("%d mails, error %v (-want +got):\n%s", n, err, cmp.Diff(want, b.String()))
	}
}

func TestPerceval(t *testing.T) {
	t.Parallel()
	fetch := func(r *analysis.Record) ([]byte, error) {
		return []byte("Message-Id: <" + r.ID + ">\nsubject: a\n b\nbad line\nX-Bad: \xff\n\nbody\n"), nil
	}
	body := func(*analysis.Record) (string, error) { return "body\n", nil }
	var b bytes.Buffer
	n, err := export.Perceval(&b, slices.Values(records()[:1]), "widgets", time.Unix(1700000000, 0), fetch, body)
	if n != 1 || err != nil {
		t.Fatal(n, err)
	}
	golden(t, "perceval.jsonl", b.Bytes())
}

func TestCard(t *testing.T) {
	t.Parallel()
	var data bytes.Buffer
	d := export.NewDigest(&data)
	n, err := export.Messages(d, export.JSONL, slices.Values(records()))
	if err != nil {
		t.Fatal(err)
	}
	c := export.Card{
		FormatVersion: export.SchemaVersion, File: "messages.jsonl", Table: export.MessageTable, Format: "jsonl", Query: "rust", Rows: n, Bytes: d.Bytes(), SHA256: d.SHA256(),
		Created: time.Date(2024, 4, 1, 0, 0, 0, 0, time.UTC), Tool: "rustle v0", Fingerprint: "f1", Schema: "1", Messages: 5, Threads: 2,
		Sources: []export.CardSource{{Name: "w.mbox", Position: "1200"}}, Columns: export.Columns(export.MessageTable), Limits: export.Limits(),
	}
	if c.Bytes != int64(data.Len()) || len(c.SHA256) != 64 {
		t.Errorf("card counts %d bytes of %d", c.Bytes, data.Len())
	}
	var b bytes.Buffer
	if err := c.Write(&b); err != nil {
		t.Fatal(err)
	}
	got, err := export.ReadCard(bytes.NewReader(b.Bytes()))
	if diff := cmp.Diff(c, got); err != nil || diff != "" {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
	if drift := export.Verify(c, got); drift != nil {
		t.Errorf("drift against itself: %v", drift)
	}
	got.SHA256, got.Fingerprint, got.Created = "other", "f2", time.Time{}
	got.Sources = []export.CardSource{{Name: "w.mbox", Position: "1300"}, {Name: "new", Position: "1"}}
	want := []export.Drift{{"sha256", c.SHA256, "other"}, {"fingerprint", "f1", "f2"}, {"source w.mbox", "1200", "1300"}, {"source new", "not read", "1"}}
	if diff := cmp.Diff(want, export.Verify(c, got)); diff != "" {
		t.Errorf("drift (-want +got):\n%s", diff)
	}
	for _, in := range []string{"", "{", `{"format_version":99}`} {
		if _, err := export.ReadCard(strings.NewReader(in)); err == nil {
			t.Errorf("card %q gave no error", in)
		}
	}
}

// Every column has a name of its own, a type and a meaning.
func TestColumnsAreUnique(t *testing.T) {
	t.Parallel()
	for _, table := range export.Tables() {
		seen := map[string]bool{}
		for _, c := range export.Columns(table) {
			if seen[c.Name] || c.Doc == "" || c.Type == "" {
				t.Errorf("%s: column %+v", table, c)
			}
			seen[c.Name] = true
		}
		if len(seen) == 0 {
			t.Errorf("%s has no columns", table)
		}
	}
	if export.Columns("nonsense") != nil {
		t.Error("an unknown table has columns")
	}
}

func ExampleMessages() {
	in := []analysis.Record{{ID: "1@example.org", Person: "Ada Quill", Rust: true}}
	tables := []string{}
	var b strings.Builder
	if _, err := export.Messages(&b, export.CSV, slices.Values(in)); err != nil {
		panic(err)
	}
	for line := range strings.SplitSeq(b.String(), "\r\n") {
		tables = append(tables, line[:min(len(line), 28)])
	}
	_, _ = os.Stdout.WriteString(strings.Join(tables, "\n"))
	// Output:
	// id,thread,parent,depth,date,
	// 1@example.org,,,0,,,,,,Ada Q
}

func BenchmarkMessagesCSV(b *testing.B)   { benchmark(b, export.CSV) }
func BenchmarkMessagesJSONL(b *testing.B) { benchmark(b, export.JSONL) }

func benchmark(b *testing.B, f export.Format) {
	rs := slices.Repeat(records(), 200)
	var size bytes.Buffer
	if _, err := export.Messages(&size, f, slices.Values(rs)); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(size.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := export.Messages(io.Discard, f, slices.Values(rs)); err != nil {
			b.Fatal(err)
		}
	}
}
