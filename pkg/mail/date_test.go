package mail_test

import (
	"slices"
	"testing"
	"time"

	"rustle/pkg/mail"
)

func TestDate(t *testing.T) {
	t.Parallel()
	check := func(in, want string, defects ...string) {
		t.Helper()
		h, err := mail.ParseHeader([]byte("Message-ID: <d@example.org>\nDate: " + in + "\n\n"))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if !h.Date.IsZero() {
			got = h.Date.Format(time.RFC3339)
		}
		if got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
		for _, d := range defects {
			if !slices.Contains(h.Defects, d) {
				t.Errorf("%q: defects %q lack %q", in, h.Defects, d)
			}
		}
		if len(defects) == 0 && slices.ContainsFunc(h.Defects, func(d string) bool {
			return d == mail.DefectBadDate || d == mail.DefectBadZone || d == mail.DefectAbsurdDate || d == mail.DefectTwoDigitYear
		}) {
			t.Errorf("%q: defects %q", in, h.Defects)
		}
	}
	check("", "", mail.DefectNoDate)
	check("yesterday", "", mail.DefectBadDate)
	check("32 Mar 2025 10:00:00 +0000", "", mail.DefectBadDate)
	check("Mon, 3 Foo 2025 10:00:00 +0000", "", mail.DefectBadDate)
	check("Mon, 3 Mar 2025 10:75:00 +0000", "", mail.DefectBadDate)
	check("99999999999999999999", "", mail.DefectBadDate)
	check("-", "", mail.DefectBadDate)
	check(":::::", "", mail.DefectBadDate)
	check("Thu, 1 Jan 1970 00:00:00 +0000", "", mail.DefectAbsurdDate)
	check("Thu, 1 Jan 2199 00:00:00 +0000", "", mail.DefectAbsurdDate)

	check("Mon, 3 Mar 2025 10:00:00 +0130", "2025-03-03T08:30:00Z")
	check("3 Mar 2025 10:00 -0500 (EST)", "2025-03-03T15:00:00Z")
	check("Mon, 03 Mar 2025 10:00:00 GMT", "2025-03-03T10:00:00Z")
	check("Mon, 03 Mar 2025 10:00:00 PST", "2025-03-03T18:00:00Z")
	check("Mon, 03 Mar 2025 10:00:00 GMT+2", "2025-03-03T08:00:00Z")
	check("Tuesday, 3 March 2025 10:00:00 +0000", "2025-03-03T10:00:00Z")
	check("Mon Mar  3 10:00:00 2025 +0100", "2025-03-03T09:00:00Z")
	check("Mon Mar  3 10:00:00 UTC 2025", "2025-03-03T10:00:00Z")
	check("2025-03-03T10:00:00+01:00", "2025-03-03T09:00:00Z")
	check("2025-03-03T10:00:00.123Z", "2025-03-03T10:00:00Z")
	check("2025-03-03 10:00:00 +0100", "2025-03-03T09:00:00Z")
	check("3-Mar-2025 10:00:00 +0000", "2025-03-03T10:00:00Z")
	check("Mon, 3 Mar 2025 10:00:60 +0000", "2025-03-03T10:01:00Z")
	check("Mon, 3 Mar 2025 02:00:00 PM +0000", "2025-03-03T14:00:00Z")
	check("Mon, 3 Mar 25 10:00:00 +0000", "2025-03-03T10:00:00Z", mail.DefectTwoDigitYear)
	check("Mon, 3 Mar 95 10:00:00 +0000", "1995-03-03T10:00:00Z", mail.DefectTwoDigitYear)
	check("Mon, 3 Mar 125 10:00:00 +0000", "2025-03-03T10:00:00Z", mail.DefectTwoDigitYear)
	check("Mon, 3 Mar 2025 10:00:00 +1500", "2025-03-03T10:00:00Z", mail.DefectBadZone)
	check("Mon, 3 Mar 2025 10:00:00 -9999", "2025-03-03T10:00:00Z", mail.DefectBadZone)
	check("Mon, 3 Mar 2025 10:00:00", "2025-03-03T10:00:00Z", mail.DefectBadZone)
	check("Mon, 3 Mar 2025 10:00:00 XYZ", "2025-03-03T10:00:00Z", mail.DefectBadZone)
}

func TestDateFallsBackToReceived(t *testing.T) {
	t.Parallel()
	received := "Received: from a by b; broken\nReceived: from b by c; Tue, 4 Mar 2025 10:00:00 +0000\n"
	for in, want := range map[string]string{
		"":                                       "2025-03-04T10:00:00Z",
		"Date: soon\n":                           "2025-03-04T10:00:00Z",
		"Date: Wed, 1 Jan 1969 00:00:00 +0000\n": "2025-03-04T10:00:00Z",
		"Date: Wed, 1 Apr 2026 00:00:00 +0000\n": "2025-03-04T10:00:00Z",
		"Date: Thu, 6 Mar 2025 00:00:00 +0000\n": "2025-03-06T00:00:00Z", // a clock a day fast is no reason to distrust it
		"Date: Thu, 6 Mar 2014 00:00:00 +0000\n": "2014-03-06T00:00:00Z", // an old mail sent again
	} {
		h, err := mail.ParseHeader([]byte(received + in + "Message-ID: <r@example.org>\n\n"))
		if err != nil {
			t.Fatal(err)
		}
		if got := h.Date.Format(time.RFC3339); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
		if got := h.Received.Format(time.RFC3339); got != "2025-03-04T10:00:00Z" {
			t.Errorf("%q: received %s", in, got)
		}
	}
}
