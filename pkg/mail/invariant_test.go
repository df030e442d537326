package mail_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"rustle/pkg/mail"
)

// check holds a message against what its type promises.
func check(t testing.TB, m *mail.Message) {
	t.Helper()
	if m.ID == "" || len(m.Hash) != 16 {
		t.Errorf("ID %q, Hash %q", m.ID, m.Hash)
	}
	clean := func(what, s string) {
		if !utf8.ValidString(s) {
			t.Errorf("%s is not UTF-8: %q", what, s)
		}
		if i := strings.IndexFunc(s, unsafeRune); i >= 0 {
			t.Errorf("%s holds a control character at %d: %q", what, i, s)
		}
	}
	clean("ID", m.ID)
	clean("Subject", m.Subject)
	clean("ChangeID", m.ChangeID)
	for _, a := range append(append([]mail.Address{m.From, m.ReplyTo}, m.To...), m.Cc...) {
		clean("name", a.Name)
		clean("address", a.Addr)
	}
	for _, list := range [][]string{m.InReplyTo, m.References, m.Lists, m.Defects} {
		seen := map[string]bool{}
		for _, s := range list {
			clean("list entry", s)
			if s == "" || seen[s] {
				t.Errorf("empty or repeated entry in %q", list)
			}
			seen[s] = true
		}
	}
	for _, a := range m.Attachments {
		clean("attachment name", a.Name)
		clean("attachment type", a.Type)
	}
	if !utf8.ValidString(m.Text) || strings.ContainsAny(m.Text, "\r\x00") || len(m.Text) > mail.MaxText {
		t.Error("text is not clean")
	}
	for _, at := range []time.Time{m.Date, m.Received} {
		if at.Location() != time.UTC {
			t.Errorf("%v is not UTC", at)
		}
	}
	if len(m.To) > mail.MaxAddresses || len(m.Cc) > mail.MaxAddresses || len(m.References) > mail.MaxReferences {
		t.Error("limits exceeded")
	}
	data, err := m.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	var back mail.Message
	if err := back.UnmarshalBinary(data); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(m, &back); diff != "" {
		t.Errorf("binary round trip (-want +got):\n%s", diff)
	}
}

func unsafeRune(r rune) bool {
	return r < ' ' || 0x7f <= r && r <= 0x9f || 0x202a <= r && r <= 0x202e || 0x2066 <= r && r <= 0x2069
}
