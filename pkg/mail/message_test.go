package mail_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rustle/pkg/mail"
)

func TestParseEmpty(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"", "\n", " \r\n\t\n", strings.Repeat("\n", 10000)} {
		if _, err := mail.Parse([]byte(in)); !errors.Is(err, mail.ErrEmpty) {
			t.Errorf("Parse(%.10q): %v", in, err)
		}
		if _, err := mail.ParseHeader([]byte(in)); !errors.Is(err, mail.ErrEmpty) {
			t.Errorf("ParseHeader(%.10q): %v", in, err)
		}
	}
}

func TestParseKeepsNothingOfRaw(t *testing.T) {
	t.Parallel()
	raw := []byte("From: Ada <a@example.org>\nSubject: s\nMessage-ID: <1@example.org>\nContent-Type: text/plain\n\nText.\n")
	m, err := mail.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	for i := range raw {
		raw[i] = 'x'
	}
	if m.Text != "Text.\n" || m.Subject != "s" || m.From.Name != "Ada" || m.ID != "1@example.org" {
		t.Errorf("changed with raw: %+v", m)
	}
}

func TestCRLFIsTheSameMail(t *testing.T) {
	t.Parallel()
	const raw = "From: Ada <a@example.org>\nSubject: s\n t\nMessage-ID: <1@example.org>\nContent-Type: multipart/mixed;\n\tboundary=b\n\n--b\n\nOne.\n--b\nContent-Type: text/x-patch\n\n-a\n+b\n\n--b--\n"
	lf, err := mail.Parse([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	crlf, err := mail.Parse([]byte(strings.ReplaceAll(raw, "\n", "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	lf.Size = crlf.Size
	if diff := cmp.Diff(lf, crlf); diff != "" {
		t.Errorf("LF and CRLF differ (-lf +crlf):\n%s", diff)
	}
}

func TestHashAcrossLists(t *testing.T) {
	t.Parallel()
	parse := func(raw string) *mail.Message {
		t.Helper()
		m, err := mail.Parse([]byte(raw))
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	const head = "From: Ada <a@example.org>\nSubject: a subject\nDate: Mon, 3 Mar 2025 10:00:00 +0100\nMessage-ID: <1@example.org>\n"
	base := parse(head + "\nText with caf\u00e9.\n\nEnd.\n")
	same := map[string]string{
		"trace":     "Received: by x; Mon, 3 Mar 2025 11:00:00 +0100\nList-Id: <x.example.org>\n" + head + "\nText with caf\u00e9.\n\nEnd.\n",
		"date zone": strings.Replace(head, "10:00:00 +0100", "09:00:00 +0000", 1) + "\nText with caf\u00e9.\n\nEnd.\n",
		"mailman":   head + "\nText with caf\u00e9.\n\nEnd.\n_______________________________________________\nA mailing list\nA@lists.example.org\nhttps://lists.example.org/mailman/listinfo/a\n",
		"two lists": head + "\nText with caf\u00e9.\n\nEnd.\n\n-- \nTo unsubscribe from this list: send the line \"unsubscribe a\" in\nthe body of a message to x\n_______________________________________________\nA mailing list\n",
		"blanks":    head + "\nText with caf\u00e9.  \n\t\nEnd.\n\n\n",
		"qp":        head + "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nText with caf=E9.\n\nEnd.\n",
		"base64":    head + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nVGV4dCB3aXRoIGNhZsOpLgoKRW5kLgo=\n",
		"subject":   strings.Replace(head, "a subject", "a\n subject", 1) + "\nText with caf\u00e9.\n\nEnd.\n",
		"footer part": strings.Replace(head, "Message-ID", "Content-Type: multipart/mixed; boundary=b\nMessage-ID", 1) +
			"\n--b\nContent-Type: text/plain; charset=utf-8\n\nText with caf\u00e9.\n\nEnd.\n--b\n\n_______________________________________________\nA mailing list\n--b--\n",
	}
	for name, raw := range same {
		if m := parse(raw); m.Hash != base.Hash {
			t.Errorf("%s: another hash; text %q", name, m.Text)
		}
	}
	other := map[string]string{
		"text":     head + "\nText with cafe.\n\nEnd.\n",
		"list tag": strings.Replace(head, "a subject", "[list] a subject", 1) + "\nText with caf\u00e9.\n\nEnd.\n",
		"author":   strings.Replace(head, "a@example.org", "b@example.org", 1) + "\nText with caf\u00e9.\n\nEnd.\n",
		"date":     strings.Replace(head, "10:00:00", "10:00:01", 1) + "\nText with caf\u00e9.\n\nEnd.\n",
		"more":     head + "\nText with caf\u00e9.\n\nEnd.\nMore.\n",
		// The word unsubscribe alone makes no footer.
		"prose": head + "\nText with caf\u00e9.\n\nEnd.\nPlease tell me how to unsubscribe.\n",
	}
	for name, raw := range other {
		if m := parse(raw); m.Hash == base.Hash {
			t.Errorf("%s: the same hash", name)
		}
	}
}

func TestIDWithoutMessageID(t *testing.T) {
	t.Parallel()
	raw := []byte("From: a@example.org\nSubject: s\n\ntext\n")
	h, err := mail.ParseHeader(raw)
	if err != nil {
		t.Fatal(err)
	}
	m, err := mail.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	if h.ID != m.ID || !strings.HasPrefix(m.ID, m.Hash+"@") || !slices.Contains(h.Defects, mail.DefectNoMessageID) {
		t.Errorf("header %q %q, message %q, hash %s", h.ID, h.Defects, m.ID, m.Hash)
	}
}

// TestHostile feeds mail that is made to exhaust time or memory.
func TestHostile(t *testing.T) {
	t.Parallel()
	const head = "From: a@example.org\nSubject: s\nMessage-ID: <1@example.org>\n"
	nested := func(n int, end string) string {
		var b strings.Builder
		b.WriteString(head)
		for i := range n {
			fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
		}
		b.WriteString("\ndeep\n")
		for i := n - 1; i >= 0 && end != ""; i-- {
			fmt.Fprintf(&b, "\n--b%d--\n", i)
		}
		return b.String()
	}
	for _, tt := range []struct {
		name, raw string
		want      []string // defects
	}{
		{"deep multipart", nested(10000, ""), []string{mail.DefectMIMETooDeep}},
		{"deep multipart, closed", nested(10000, "--"), []string{mail.DefectMIMETooDeep}},
		{"same boundary at all levels", head + strings.Repeat("Content-Type: multipart/mixed; boundary=b\n\n--b\n", 20000), nil},
		{"many parts", head + "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n\nx\n", 100000), []string{mail.DefectTooManyParts}},
		{"a million recipients", head + "To: " + strings.Repeat("x@example.org,\n ", 1000000) + "y@example.org\n\ntext\n", []string{mail.DefectHeaderTooLarge, mail.DefectTooManyRecipients}},
		{"a million To fields", head + strings.Repeat("To: x@example.org\n", 1000000) + "\ntext\n", []string{mail.DefectTooManyRecipients}},
		{"a million references", head + "References: " + strings.Repeat("<12345@x>\n ", 1000000) + "\n\ntext\n", []string{mail.DefectHeaderTooLarge}},
		{"a million header fields", head + strings.Repeat("X: y\n", 1000000) + "\ntext\n", nil},
		{"huge header field", head + "X-Big: " + strings.Repeat("x", 100<<20) + "\n\ntext\n", nil},
		{"huge subject", "Subject: " + strings.Repeat("=?utf-8?q?x?= ", 1<<20) + "\n" + head + "\ntext\n", []string{mail.DefectHeaderTooLarge}},
		{"huge part header", head + "Content-Type: multipart/mixed; boundary=b\n\n--b\n" + strings.Repeat("X: y\n", 2000000) + "\ntext\n--b--\n", []string{mail.DefectBrokenMIME}},
		{"huge line", head + "\n" + strings.Repeat("x", 10<<20) + "\n", []string{mail.DefectTextTruncated}},
		{"huge base64", head + "Content-Transfer-Encoding: base64\n\n" + strings.Repeat("AAAA", 8<<20), []string{mail.DefectTextTruncated}},
		{"html without end", head + "Content-Type: text/html\n\n" + strings.Repeat("<blockquote><p>x", 100000), []string{mail.DefectHTMLOnly}},
		{"only quotes", head + "Content-Type: text/plain; format=flowed\n\n" + strings.Repeat("> ", 1<<20) + "\n", nil},
		{"only comments", head + "To: " + strings.Repeat("(", 200000) + "\n\ntext\n", nil},
		{"only quotes in a header", head + "To: " + strings.Repeat("\"<", 100000) + "\n\ntext\n", nil},
		{"only encoded words begun", head + "To: " + strings.Repeat("=?u?q?", 40000) + "\n\ntext\n", nil},
		{"only header, no end", head + strings.Repeat("garbage\n", 1000000), []string{mail.DefectMalformedHeader}},
		{"change ids", head + "\n" + strings.Repeat("xchange-id: \n", 500000), nil},
		{"footers", head + "\n" + strings.Repeat("_______________________________________________\nx mailing list\n", 20000), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, err := mail.Parse([]byte(tt.raw))
			if err != nil {
				t.Fatal(err)
			}
			check(t, m)
			for _, d := range tt.want {
				if !slices.Contains(m.Defects, d) {
					t.Errorf("defects %q lack %q", m.Defects, d)
				}
			}
			if m.ID != "1@example.org" {
				t.Errorf("ID %q", m.ID)
			}
		})
	}
}

func TestReferencesKeepRootAndParent(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	b.WriteString("Message-ID: <own@example.org>\nReferences:")
	for i := range 3000 {
		fmt.Fprintf(&b, " <%d@x>", i)
	}
	h, err := mail.ParseHeader(append(b.Bytes(), "\n\n"...))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(h.References); n != mail.MaxReferences || h.References[0] != "0@x" || h.References[n-1] != "2999@x" {
		t.Errorf("%d references, first %q, last %q", n, h.References[0], h.References[n-1])
	}
}
