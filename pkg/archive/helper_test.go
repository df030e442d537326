package archive_test

import (
	"bytes"
	"fmt"
	"io"
	"testing"
	"time"

	"rustle/pkg/archive"
)

// mailText returns the i-th of a row of mails with the given number of lines.
func mailText(i, lines int) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "From: Ada Example <ada%d@example.org>\nTo: list@example.org\nSubject: mail number %d\n", i%7, i)
	fmt.Fprintf(&b, "Date: Mon, 03 Feb 2025 10:%02d:%02d +0000\nMessage-ID: <mail-%d@example.org>\n\n", i/60%60, i%60, i)
	for l := range lines {
		switch l % 9 {
		case 3:
			b.WriteString("From here on the text of this mail says nothing new.\n")
		case 5:
			b.WriteString(">From an older mail, quoted without a space.\n")
		case 7:
			b.WriteString("\n")
		default:
			fmt.Fprintf(&b, "Line %d of mail %d, long enough to look like one that people write.\n", l, i)
		}
	}
	return b.Bytes()
}

// writeMail writes mailText to w as mboxrd.
func writeMail(tb testing.TB, w io.Writer, i, lines int) {
	tb.Helper()
	if err := archive.WriteMboxrd(w, "", time.Time{}, mailText(i, lines)); err != nil {
		tb.Fatal(err)
	}
}
