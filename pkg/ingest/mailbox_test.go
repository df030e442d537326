package ingest_test

import (
	"fmt"
	"strings"
	"time"

	"pgregory.net/rapid"
)

// A letter is a mail of a made-up mailbox. Its copies differ in what lists do to mail.
type letter struct {
	id, subject, from, body string
	refs                    []string // the last is the parent
	replyOnly               bool     // In-Reply-To alone
	date                    time.Time
	bare                    bool // the parent stands in In-Reply-To without brackets
	noID                    bool
}

// text is a copy as a list delivered it.
func (l *letter) text(copyOf int) string {
	var b strings.Builder
	b.WriteString("From mboxrd@z Thu Jan  1 00:00:00 1970\n")
	if copyOf > 0 {
		fmt.Fprintf(&b, "Received: from a.test by b.test; %s\n", l.date.Add(time.Duration(copyOf)*time.Minute).Format(time.RFC1123Z))
		fmt.Fprintf(&b, "List-Id: <list%d.lists.test>\n", copyOf)
	}
	fmt.Fprintf(&b, "From: %s\nDate: %s\nSubject: %s\nTo: list%d@lists.test\n", l.from, l.date.Format(time.RFC1123Z), l.subject, copyOf)
	if !l.noID {
		fmt.Fprintf(&b, "Message-ID: <%s>\n", l.id)
	}
	if n := len(l.refs); n > 0 {
		switch {
		case l.bare:
			fmt.Fprintf(&b, "In-Reply-To: %s\n", l.refs[n-1])
		case l.replyOnly:
			fmt.Fprintf(&b, "In-Reply-To: <%s>\n", l.refs[n-1])
		default:
			fmt.Fprintf(&b, "References: <%s>\n", strings.Join(l.refs, "> <"))
		}
	}
	fmt.Fprintf(&b, "\n%s\n", l.body)
	if copyOf > 1 {
		fmt.Fprintf(&b, "--\nTo unsubscribe from this list: send the line \"unsubscribe list%d\" to majordomo@lists.test\n", copyOf)
	}
	return b.String() + "\n"
}

var bodies = []string{
	"I think Rust in the kernel makes drivers safer.\nThe abstractions for DMA are sound.",
	"NAK. I do not want a second language in this subsystem, it doubles my work.",
	"> quoted text\n\nAcked-by: Ann Other <ann@people.test>",
	"The build breaks with bindgen 0.65 here.",
	"Thanks, applied.",
	"This changes nothing about C code.",
}

// letters draws a mailbox: threads with late, missing and doubtful parents, mails that share an id.
func letters(t *rapid.T) []letter {
	n := rapid.IntRange(1, 14).Draw(t, "letters")
	list := make([]letter, n)
	// Missing mails, a list's address, and what is an address where no mail has it for its id.
	ids := []string{"ghost1@x.test", "ghost2@x.test", "list1@lists.test", "root@host.test", "ann@people.test"}
	for i := range list {
		l := &list[i]
		l.id = fmt.Sprintf("m%d@x.test", i)
		if i > 0 && rapid.IntRange(0, 7).Draw(t, "conflict") == 0 {
			l.id = list[rapid.IntRange(0, i-1).Draw(t, "with")].id
		}
		if rapid.IntRange(0, 7).Draw(t, "address") == 0 {
			l.id = "root@host.test" // an id, though it looks like an address
		}
		l.noID = rapid.IntRange(0, 9).Draw(t, "no id") == 0
		l.from = rapid.SampledFrom([]string{
			"Ann Other <ann@people.test>", "Bob <bob@people.test>", "Cy <cy@people.test>",
			// One address under two names, one name at two addresses, and an address of many.
			"Ann Maria Other <ann@people.test>", "ann@people.test", "Bob Unseen <bob@people.test>", "Bob Unseen <bob@home.test>",
			"Cy Farrow <team@people.test>", "Dee Grundy <team@people.test>", "Eve Hallow via Team <team@people.test>",
		}).Draw(t, "from")
		l.body = rapid.SampledFrom(bodies).Draw(t, "body") + fmt.Sprintf("\nNumber %d.", i)
		l.date = time.Date(2025, 2, 1, 0, rapid.IntRange(0, 600).Draw(t, "minute"), 0, 0, time.UTC)
		l.subject = rapid.SampledFrom([]string{"[PATCH 1/2] rust: dma: add abstractions", "[PATCH v2] rust: dma: add abstractions", "[PATCH v3 0/2] rust: dma: add abstractions", "Rust in the kernel", "Re: Rust in the kernel", "build failure"}).Draw(t, "subject")
		// References may point forward: parents come late, and circles occur.
		for range rapid.IntRange(0, 3).Draw(t, "refs") {
			if k := rapid.IntRange(0, n+len(ids)-1).Draw(t, "ref"); k < n {
				l.refs = append(l.refs, fmt.Sprintf("m%d@x.test", k))
			} else {
				l.refs = append(l.refs, ids[k-n])
			}
		}
		l.replyOnly = rapid.Bool().Draw(t, "reply only")
		l.bare = rapid.IntRange(0, 5).Draw(t, "bare") == 0
	}
	return list
}

// mailboxes draws the texts of one to three mboxes that hold every letter at least once in all.
func mailboxes(t *rapid.T, list []letter) [][]string {
	boxes := make([][]string, rapid.IntRange(1, 3).Draw(t, "boxes"))
	order := rapid.Permutation(indices(len(list))).Draw(t, "order")
	for _, i := range order {
		for range rapid.IntRange(1, 2).Draw(t, "copies") {
			b := rapid.IntRange(0, len(boxes)-1).Draw(t, "box")
			boxes[b] = append(boxes[b], list[i].text(rapid.IntRange(0, 3).Draw(t, "copy")))
		}
	}
	out := boxes[:0]
	for _, b := range boxes {
		if len(b) > 0 {
			out = append(out, b)
		}
	}
	return out
}

func indices(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}
