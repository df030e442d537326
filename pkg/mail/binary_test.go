package mail_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rustle/pkg/mail"
)

func genMessage(t *rapid.T) *mail.Message {
	str := rapid.String()
	list := rapid.Custom(func(t *rapid.T) []string {
		if l := rapid.SliceOfN(str, 0, 5).Draw(t, "list"); len(l) > 0 {
			return l
		}
		return nil
	})
	addr := rapid.Custom(func(t *rapid.T) mail.Address {
		return mail.Address{Name: str.Draw(t, "name"), Addr: str.Draw(t, "addr")}
	})
	addrs := rapid.Custom(func(t *rapid.T) []mail.Address {
		if l := rapid.SliceOfN(addr, 0, 5).Draw(t, "addresses"); len(l) > 0 {
			return l
		}
		return nil
	})
	at := rapid.Custom(func(t *rapid.T) time.Time {
		if rapid.Bool().Draw(t, "zero") {
			return time.Time{}
		}
		return time.Unix(rapid.Int64Range(-1<<40, 1<<40).Draw(t, "sec"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).UTC()
	})
	m := &mail.Message{
		Header: mail.Header{
			ID: str.Draw(t, "id"), Date: at.Draw(t, "date"), Received: at.Draw(t, "received"), Subject: str.Draw(t, "subject"),
			From: addr.Draw(t, "from"), ReplyTo: addr.Draw(t, "reply to"), To: addrs.Draw(t, "to"), Cc: addrs.Draw(t, "cc"),
			InReplyTo: list.Draw(t, "in reply to"), References: list.Draw(t, "references"), Lists: list.Draw(t, "lists"),
			ChangeID: str.Draw(t, "change id"), Defects: list.Draw(t, "defects"),
		},
		Text: str.Draw(t, "text"), Size: rapid.Int().Draw(t, "size"), Hash: str.Draw(t, "hash"),
	}
	for range rapid.IntRange(0, 3).Draw(t, "attachments") {
		m.Attachments = append(m.Attachments, mail.Attachment{Name: str.Draw(t, "name"), Type: str.Draw(t, "type"), Size: rapid.Int().Draw(t, "size")})
	}
	return m
}

func TestBinaryRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := genMessage(t)
		data, err := want.AppendBinary([]byte("prefix"))
		if err != nil {
			t.Fatal(err)
		}
		var got mail.Message
		if err := got.UnmarshalBinary(data[len("prefix"):]); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, &got); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
		var head mail.Message
		if err := head.UnmarshalHeader(data[len("prefix"):]); err != nil {
			t.Fatal(err)
		}
		got.Text = ""
		if diff := cmp.Diff(&got, &head); diff != "" {
			t.Fatalf("header only (-want +got):\n%s", diff)
		}
	})
}

func TestUnmarshalBinaryGarbage(t *testing.T) {
	t.Parallel()
	good, err := (&mail.Message{Header: mail.Header{ID: "1@x", Subject: "s", References: []string{"a", "b"}}, Text: "text"}).AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	head := good[:len(good)-len("text")]
	for name, data := range map[string][]byte{
		"empty":       {},
		"version":     append([]byte{99}, good[1:]...),
		"text":        []byte("From: a@example.org\n\n"),
		"huge length": {1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
		"cut":         head[:len(head)-1],
	} {
		m := mail.Message{Text: "kept"}
		if err := m.UnmarshalBinary(data); !errors.Is(err, mail.ErrBinary) {
			t.Errorf("%s: %v", name, err)
		}
		if m.Text != "kept" {
			t.Errorf("%s: message changed", name)
		}
	}
}

func FuzzUnmarshalBinary(f *testing.F) {
	good, err := (&mail.Message{Header: mail.Header{ID: "1@x", Date: time.Unix(1, 2).UTC(), To: []mail.Address{{Addr: "a@x"}}}, Text: "text"}).AppendBinary(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte{1, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		var m, back mail.Message
		if err := m.UnmarshalBinary(data); err != nil {
			return
		}
		out, err := m.AppendBinary(nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := back.UnmarshalBinary(out); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(m, back); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
