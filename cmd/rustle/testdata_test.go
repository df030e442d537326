package main_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// The shared corpus is read here with nothing of this project, so that a mistake in the corpus and
// a mistake in the program cannot hide each other. What the checks are for: tests elsewhere rely on
// the numbers in testdata/README.md, and the labels are worth nothing if they point at other mail.

const corpusDir = "../../testdata"

// corpusMail is one stored mail, copies counted.
type corpusMail struct {
	file string
	raw  []byte
	head map[string][]string // fields by lower-case name, unfolded
	text string              // all text parts, tags removed, white space folded
}

func (m corpusMail) field(name string) string {
	if v := m.head[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// id is the Message-ID, or the file's name for the one mail that has none.
func (m corpusMail) id() string {
	if id := strings.Trim(m.field("message-id"), "<> "); id != "" {
		return id
	}
	return m.file
}

func TestCorpusSizes(t *testing.T) {
	t.Parallel()
	want := map[string]int{ // the table in testdata/README.md
		"linux-rust.mbox":            39,
		"linux-rust-2026-02.mbox.gz": 7,
		"linux-driver-core.mbox":     36,
		"driver-core-2025.mboxo":     8,
		"maildir":                    10,
		"eml":                        17,
	}
	got := map[string]int{}
	ids := map[string][]corpusMail{}
	for _, m := range readCorpus(t) {
		top, _, _ := strings.Cut(m.file, "/")
		got[top]++
		ids[m.id()] = append(ids[m.id()], m)
	}
	if !maps.Equal(got, want) {
		t.Errorf("mails per archive: got %v, want %v", got, want)
	}
	if len(ids) != 109 {
		t.Errorf("distinct ids: got %d, want 109", len(ids))
	}
	copies, conflicts := 0, 0
	for id, ms := range ids {
		switch {
		case len(ms) == 1:
		case len(ms) > 2:
			t.Errorf("%s: stored %d times", id, len(ms))
		case ms[0].field("subject") == ms[1].field("subject") && ms[0].field("date") == ms[1].field("date"):
			copies++
			if ms[0].field("list-id") == ms[1].field("list-id") {
				t.Errorf("%s: both copies came over the same list", id)
			}
		default:
			conflicts++
		}
	}
	if copies != 7 || conflicts != 1 {
		t.Errorf("got %d mails on two lists and %d ids with two contents, want 7 and 1", copies, conflicts)
	}
}

func TestCorpusAddresses(t *testing.T) {
	t.Parallel()
	address := regexp.MustCompile(`[\w.+=-]+@([\w-]+\.)+[a-zA-Z]{2,}`)
	reserved := regexp.MustCompile(`(?i)(\.test|[@.]example\.(org|com|net)|@vger\.kernel\.org)$`)
	check := func(file, text string) {
		for _, a := range address.FindAllString(text, -1) {
			if !reserved.MatchString(a) {
				t.Errorf("%s: address outside the reserved domains: %s", file, a)
			}
		}
	}
	for _, m := range readCorpus(t) {
		check(m.file, string(m.raw))
		check(m.file, m.text)
	}
	for _, name := range []string{"maintainers", "mailmap", "README.md", "gold/messages.jsonl"} {
		check(name, string(readFile(t, filepath.Join(corpusDir, name))))
	}
}

// goldThread and goldMessage are the fields of the label files; unknown ones are an error.
type goldThread struct {
	List        string   `json:"list"`
	Root        string   `json:"root_message_id"`
	Subject     string   `json:"subject"`
	Messages    int      `json:"n_messages"`
	Label       string   `json:"label"`
	Topics      []string `json:"topics"`
	Heat        int      `json:"heat"`
	Note        string   `json:"note"`
	Confidence  int      `json:"confidence"`
	Basis       string   `json:"basis"`
	MissingRoot *string  `json:"missing_root"`
	Stratum     string   `json:"stratum"`
	Sample      []string `json:"message_ids_sample"`
}

type goldMessage struct {
	List        string    `json:"list"`
	ID          string    `json:"message_id"`
	From        string    `json:"from"`
	Date        time.Time `json:"date"`
	Sentiment   string    `json:"sentiment"`
	Incivility  int       `json:"incivility"`
	Stance      string    `json:"stance"`
	Signal      string    `json:"explicit_signal"`
	Arguments   []string  `json:"arguments"`
	Evidence    string    `json:"evidence"`
	Confidence  int       `json:"confidence"`
	Subject     string    `json:"subject"`
	Sampling    string    `json:"sampling"`
	ThreadRoot  string    `json:"thread_root"`
	ThreadLabel string    `json:"thread_label"`
	StanceBy    string    `json:"stance_by"`
}

// taxonomy lists the arguments a label may name.
var taxonomy = strings.Fields(`memory-safety unsafe-soundness ffi-boundary-bindings toolchain-versions no-std-alloc
	dual-language-burden debugging-tooling architecture-support performance-codegen memory-model
	api-documentation-invariants developer-onboarding culture-process driver-adoption subsystem-abstractions
	licensing-and-governance kernel-vs-rewrite security-mitigations module-abi-symbols build-integration
	third-party-crates syntax-style-lints`)

func TestCorpusThreadLabels(t *testing.T) {
	t.Parallel()
	trees := corpusThreads(readCorpus(t))
	rows := readLabels[goldThread](t, "threads.jsonl")
	if len(rows) != 18 || len(trees) != 18 {
		t.Errorf("got %d labelled threads and %d threads in the mail, want 18", len(rows), len(trees))
	}
	labels, total := map[string]int{}, 0
	for _, r := range rows {
		labels[r.Label]++
		total += r.Messages
		tree := trees[r.Root]
		if len(tree) != r.Messages {
			t.Errorf("%s: the label says %d mails, the archives have %d", r.Root, r.Messages, len(tree))
		}
		for _, id := range r.Sample {
			if !slices.Contains(tree, id) {
				t.Errorf("%s: sample %s is not in the thread", r.Root, id)
			}
		}
		checkValue(t, r.Root, r.Label, "debate", "rust-nondebate", "not-rust")
		checkTopics(t, r.Root, r.Topics)
		if r.Heat < 0 || r.Heat > 3 || r.Confidence < 1 || r.Confidence > 3 {
			t.Errorf("%s: heat %d or confidence %d out of range", r.Root, r.Heat, r.Confidence)
		}
		if r.Label == "debate" && len(r.Topics) == 0 {
			t.Errorf("%s: a debate without arguments", r.Root)
		}
	}
	if want := map[string]int{"debate": 4, "rust-nondebate": 4, "not-rust": 10}; !maps.Equal(labels, want) {
		t.Errorf("labels: got %v, want %v", labels, want)
	}
	if total != 109 {
		t.Errorf("the labelled threads hold %d mails, want 109", total)
	}
}

func TestCorpusMessageLabels(t *testing.T) {
	t.Parallel()
	mails := map[string]corpusMail{}
	for _, m := range readCorpus(t) {
		if _, ok := mails[m.id()]; !ok {
			mails[m.id()] = m
		}
	}
	threads := map[string]string{}
	for _, r := range readLabels[goldThread](t, "threads.jsonl") {
		threads[r.Root] = r.Label
	}
	rows := readLabels[goldMessage](t, "messages.jsonl")
	if len(rows) < 60 {
		t.Errorf("%d labelled messages, want at least 60", len(rows))
	}
	seen := map[string]bool{}
	for _, r := range rows {
		if seen[r.ID] {
			t.Errorf("%s: labelled twice", r.ID)
		}
		seen[r.ID] = true
		m, ok := mails[r.ID]
		if !ok {
			t.Errorf("%s: labelled, but no such mail", r.ID)
			continue
		}
		if label, ok := threads[r.ThreadRoot]; !ok || label != r.ThreadLabel {
			t.Errorf("%s: thread %s is labelled %q, the message says %q", r.ID, r.ThreadRoot, label, r.ThreadLabel)
		}
		if !strings.Contains(m.text, foldSpace(r.Evidence)) || r.Evidence == "" {
			t.Errorf("%s: evidence is not in the mail: %q", r.ID, r.Evidence)
		}
		if addr := r.From[strings.LastIndexByte(r.From, '<')+1:]; !strings.Contains(m.field("from")+m.field("sender"), strings.Trim(addr, ">")) {
			t.Errorf("%s: labelled as from %s, the mail is from %s", r.ID, r.From, m.field("from"))
		}
		if d, err := time.Parse("Mon, 2 Jan 2006 15:04:05 -0700", m.field("date")); err == nil && !d.Equal(r.Date) {
			t.Errorf("%s: labelled with date %s, the mail has %s", r.ID, r.Date, d)
		}
		checkValue(t, r.ID, r.Sentiment, "positive", "neutral", "negative")
		checkValue(t, r.ID, r.Stance, "support", "conditional", "oppose", "none")
		checkValue(t, r.ID, r.Signal, "ack", "review", "test", "nak", "apply", "none")
		checkTopics(t, r.ID, r.Arguments)
		if r.Stance != "none" && r.ThreadLabel == "not-rust" {
			t.Errorf("%s: a stance in a thread that is not about Rust", r.ID)
		}
	}
}

func TestCorpusBadInput(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(corpusDir, "malformed")
	z, err := gzip.NewReader(bytes.NewReader(readFile(t, filepath.Join(dir, "truncated.mbox.gz"))))
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(z)
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("truncated.mbox.gz: got error %v, want %v", err, io.ErrUnexpectedEOF)
	}
	if n := len(splitMbox(got)); n < 2 {
		t.Errorf("truncated.mbox.gz: %d mails before the end, want some that can be saved", n)
	}
	for _, name := range []string{"no-mail.txt", "binary.mbox", "page.mbox.gz", "empty.mbox"} {
		if n := len(splitMbox(readFile(t, filepath.Join(dir, name)))); n != 0 {
			t.Errorf("%s: %d mails, want none", name, n)
		}
	}
}

func checkValue(t *testing.T, where, got string, allowed ...string) {
	t.Helper()
	if !slices.Contains(allowed, got) {
		t.Errorf("%s: label %q, want one of %q", where, got, allowed)
	}
}

func checkTopics(t *testing.T, where string, topics []string) {
	t.Helper()
	for _, id := range topics {
		if !slices.Contains(taxonomy, id) {
			t.Errorf("%s: argument %q is not in the taxonomy", where, id)
		}
	}
}

// readLabels reads a file of labels, one JSON object a line.
func readLabels[T any](t *testing.T, name string) []T {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(readFile(t, filepath.Join(corpusDir, "gold", name))))
	d.DisallowUnknownFields()
	var rows []T
	for {
		var r T
		switch err := d.Decode(&r); {
		case errors.Is(err, io.EOF):
			return rows
		case err != nil:
			t.Fatalf("%s: row %d: %v", name, len(rows)+1, err)
		}
		rows = append(rows, r)
	}
}

// corpusThreads groups ids by references, by the rule in the README: root id (the earliest mail) -> ids.
func corpusThreads(mails []corpusMail) map[string][]string {
	parent := map[string]string{}
	var find func(string) string
	find = func(id string) string {
		if p, ok := parent[id]; ok && p != id {
			return find(p)
		}
		return id
	}
	bracketed := regexp.MustCompile(`[^\s<>,]+@[^\s<>,]+`)
	first := map[string]corpusMail{}
	for _, m := range mails {
		if _, ok := first[m.id()]; ok {
			continue
		}
		first[m.id()] = m
		people := m.field("to") + m.field("cc") + m.field("from")
		for _, ref := range bracketed.FindAllString(m.field("references")+" "+m.field("in-reply-to"), -1) {
			if a, b := find(m.id()), find(ref); a != b && !strings.Contains(people, "<"+ref+">") {
				parent[a] = b
			}
		}
	}
	groups := map[string][]string{}
	for id := range first {
		groups[find(id)] = append(groups[find(id)], id)
	}
	trees := map[string][]string{}
	for _, ids := range groups {
		root := slices.MinFunc(ids, func(a, b string) int { return sentAt(first[a]).Compare(sentAt(first[b])) })
		trees[root] = ids
	}
	return trees
}

// sentAt is the Date of a mail; one without a usable Date is no root.
func sentAt(m corpusMail) time.Time {
	d, err := time.Parse("Mon, 2 Jan 2006 15:04:05 -0700", m.field("date"))
	if err != nil {
		return time.Unix(1<<40, 0)
	}
	return d
}

// readCorpus returns all stored mails in the order of file names.
func readCorpus(t *testing.T) []corpusMail {
	t.Helper()
	root := filepath.Join(corpusDir, "archives")
	var mails []corpusMail
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Name() == ".gitkeep" {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		name, data := filepath.ToSlash(rel), readFile(t, path)
		switch {
		case strings.HasSuffix(name, ".gz"):
			z, err := gzip.NewReader(bytes.NewReader(data))
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			if data, err = io.ReadAll(z); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			fallthrough
		case strings.Contains(name, ".mbox"):
			for _, raw := range splitMbox(data) {
				mails = append(mails, newCorpusMail(name, raw))
			}
		default:
			mails = append(mails, newCorpusMail(name, bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return mails
}

// splitMbox cuts an mbox at "From " lines that end in a year; good enough for this corpus.
func splitMbox(data []byte) [][]byte {
	separator := regexp.MustCompile(`(?m)^From \S+ \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\n`)
	quoted := regexp.MustCompile(`(?m)^>(>*From )`)
	var mails [][]byte
	at := separator.FindAllIndex(data, -1)
	for i, s := range at {
		end := len(data)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		mails = append(mails, quoted.ReplaceAll(data[s[1]:end], []byte("$1")))
	}
	return mails
}

func newCorpusMail(file string, raw []byte) corpusMail {
	head, body, _ := bytes.Cut(raw, []byte("\n\n"))
	m := corpusMail{file: file, raw: raw, head: map[string][]string{}}
	unfolded := regexp.MustCompile(`\n[ \t]+`).ReplaceAllString(string(head), " ")
	for line := range strings.SplitSeq(unfolded, "\n") {
		if name, value, ok := strings.Cut(line, ":"); ok {
			name = strings.ToLower(name)
			m.head[name] = append(m.head[name], strings.TrimSpace(value))
		}
	}
	text := partText(m.field("content-type"), m.field("content-transfer-encoding"), body)
	m.text = foldSpace(regexp.MustCompile(`<(/?[a-z]+)( [^>]*)?>`).ReplaceAllString(text, " "))
	return m
}

// partText decodes the text parts below one part. Broken ends are what the corpus is about: ignored.
func partText(contentType, encoding string, body []byte) string {
	media, params, _ := mime.ParseMediaType(contentType)
	if strings.HasPrefix(media, "multipart/") {
		var b strings.Builder
		r := multipart.NewReader(bytes.NewReader(body), params["boundary"])
		for {
			p, err := r.NextRawPart()
			if err != nil {
				return b.String()
			}
			part, _ := io.ReadAll(p)
			b.WriteString(partText(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), part))
		}
	}
	var decoded []byte
	switch strings.ToLower(encoding) {
	case "base64":
		decoded, _ = io.ReadAll(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(body)))
	case "quoted-printable":
		decoded, _ = io.ReadAll(quotedprintable.NewReader(bytes.NewReader(body)))
	default:
		decoded = body
	}
	return string(decoded)
}

func foldSpace(s string) string { return strings.Join(strings.Fields(s), " ") }

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
