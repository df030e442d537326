package mail_test

import (
	"slices"
	"strings"
	"testing"

	"rustle/pkg/mail"
)

func TestAddresses(t *testing.T) {
	t.Parallel()
	// want: "Name|addr; Name|addr"
	check := func(in, want string, defects ...string) {
		t.Helper()
		h, err := mail.ParseHeader([]byte("Message-ID: <d@example.org>\nTo: " + in + "\n\n"))
		if err != nil {
			t.Fatal(err)
		}
		got := make([]string, 0, len(h.To))
		for _, a := range h.To {
			got = append(got, a.Name+"|"+a.Addr)
		}
		if s := strings.Join(got, "; "); s != want {
			t.Errorf("%q: %s, want %s", in, s, want)
		}
		for _, d := range defects {
			if !slices.Contains(h.Defects, d) {
				t.Errorf("%q: defects %q lack %q", in, h.Defects, d)
			}
		}
	}
	check("", "")
	check(",,;,", "")
	check("undisclosed-recipients:;", "")
	check("nobody", "", mail.DefectBadAddress)
	check("<>", "")
	check("\"never closed <a@b.org>", "never closed|a@b.org")
	check("\"", "")
	check("((((", "")
	check("Ada <a@b.org, Bob <b@b.org>", "Ada|a@b.org; Bob|b@b.org")
	check("Ada <<a@b.org>>", "Ada|a@b.org")
	check("a@b.org c@d.org", "c@d.org|a@b.org")

	check("a@B.Org", "|a@b.org")
	check("Ada.B@B.Org", "|Ada.B@b.org")
	check("<a@b.org>", "|a@b.org")
	check("a@b.org <a@b.org>", "|a@b.org")
	check("Ada Example <a@b.org>", "Ada Example|a@b.org")
	check("\"Ada \\\"A\\\" Example\" <a@b.org>", "Ada \"A\" Example|a@b.org")
	check("'Ada Example' <a@b.org>", "Ada Example|a@b.org")
	check("Ada Example<a@b.org>,Bob<b@b.org>", "Ada Example|a@b.org; Bob|b@b.org")
	check("a@b.org (Ada Example)", "Ada Example|a@b.org")
	check("Ada (maintainer:RUST) <a@b.org>", "Ada|a@b.org")
	check("Group: a@b.org, Bob <b@b.org>;, c@b.org", "|a@b.org; Bob|b@b.org; |c@b.org")
	check("Example, Ada <a@b.org>, b@b.org", "Example, Ada|a@b.org; |b@b.org", mail.DefectUnquotedComma)
	check("\"Example, Ada\" <a@b.org>", "Example, Ada|a@b.org")
	check("ada at b.org", "|ada@b.org")
	check("=?utf-8?q?J=C3=BCrgen?= <j@b.org>", "Jürgen|j@b.org")
	check("\"=?utf-8?q?J=C3=BCrgen?=\" <j@b.org>", "Jürgen|j@b.org")
	check("=?UTF-8?Q? \"J=C3=BCrgen_B\" ?= <j@b.org>", "Jürgen B|j@b.org", mail.DefectBadEncodedWord)
	check("=?utf-8?q?Last=2C_First?= <j@b.org>", "Last, First|j@b.org")
	check("\"Ada via B4 Relay\" <devnull+a.b.org@kernel.org>", "Ada via B4 Relay|devnull+a.b.org@kernel.org")
	check("<@relay.org,@b.org:a@b.org>", "|a@b.org")
	check("\u202eAda\u0007 <a@b.org>", "Ada|a@b.org", mail.DefectControlCharacters)
}

func TestReferences(t *testing.T) {
	t.Parallel()
	check := func(in, want string, defects ...string) {
		t.Helper()
		h, err := mail.ParseHeader([]byte("Message-ID: <own-1@example.org>\nFrom: a1@b.org\nTo: list-2@b.org\nReferences: " + in + "\n\n"))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(h.References, " "); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
		for _, d := range defects {
			if !slices.Contains(h.Defects, d) {
				t.Errorf("%q: defects %q lack %q", in, h.Defects, d)
			}
		}
	}
	check("y", "", mail.DefectReplyNoID)
	check("<n>", "", mail.DefectReplyNoID)
	check("<>", "", mail.DefectReplyNoID)
	check("<", "", mail.DefectReplyNoID)
	check("<a1@b.org> <list-2@b.org>", "a1@b.org list-2@b.org", mail.DefectReferenceAddress)
	check("<linux-kernel@vger.example.org>", "linux-kernel@vger.example.org", mail.DefectReferenceAddress)
	check("<own-1@example.org>", "", mail.DefectSelfReference)
	check("\"never closed <1@x.org>", "")
	check("<1@x.org> (never closed <2@x.org>", "1@x.org")

	check("<1@x.org>", "1@x.org")
	check("<1@x.org><2@x.org>\n\t<3@x.org>", "1@x.org 2@x.org 3@x.org")
	check("<1@x.org>,<2@x.org>, <3@x.org>", "1@x.org 2@x.org 3@x.org", mail.DefectReferenceCommas)
	check("<1@x.org> <2@x.org> <1@x.org>", "1@x.org 2@x.org")
	check("1@x.org 2@x.org", "1@x.org 2@x.org", mail.DefectBareReference)
	check("<1@x.org <2@x.org>", "1@x.org 2@x.org")
	check("<1@\n x.org>", "1@x.org")
	check("Your message of \"Mon, 3 Mar\" <1@x.org>", "1@x.org", mail.DefectReplyNoID)
	check("<20250303-no-at-sign>", "20250303-no-at-sign")
	check("<a\u202eb\x1b1@x.org>", "ab1@x.org")
}

func TestIsAddress(t *testing.T) {
	t.Parallel()
	h := &mail.Header{
		From: mail.Address{Addr: "a1@b.org"}, ReplyTo: mail.Address{Addr: "A2@b.org"}, To: []mail.Address{{Addr: "x9@b.org"}},
		Cc: []mail.Address{{Addr: "y9@b.org"}}, Lists: []string{"list1.lists.b.org"},
	}
	for ref, want := range map[string]bool{
		"": false, "@": false, "@b.org": false, "y": false, "ann": false, "ann@b": false, "a3@b.org": false, "20250303.1@b.org": false,
		"ann@b.org": true, "root@host.local": true, "linux-kernel@vger.example.org": true,
		"a1@b.org": true, "a2@B.org": true, "x9@b.org": true, "y9@b.org": true, "list1@lists.b.org": true, "list2@lists.b.org": false,
	} {
		if got := h.IsAddress(ref); got != want {
			t.Errorf("%q: %v, want %v", ref, got, want)
		}
	}
}
