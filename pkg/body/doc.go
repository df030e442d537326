// Package body cuts the text of a mail into blocks and says which of them its author wrote himself. In comes the
// text of a mail as package mail gives it, out come blocks that cover the text exactly, the author's own text in one
// piece, and the sentences of his prose.
//
//	t := body.Split(text, body.Options{Parent: parentText})
//	for _, s := range t.Sentences {
//		fmt.Println(t.Own[s.Start:s.End])
//	}
//
// # The grammar of a reply
//
// Lines are judged by a hand-written scanner, in this order; what an earlier rule has taken no later rule takes again:
//
//   - Quote: marks at the line start (">", "> >", " >"), and with an attribution or the parent as witness also "|", ":"
//     and "Name>". A line that a mail program wrapped out of its quote belongs to the quote.
//   - Diff: hunks by their own line counts, file headers, diffstats, shortlogs of added and removed lines without a header.
//   - Header blocks of Outlook and others (From, Sent, To, Subject in nine languages) and "Original Message" rules: all
//     below is quote, unless quote marks follow, or the parent shows that a paragraph is new.
//   - Footer: list footers, OpenPGP armor, notices about confidentiality.
//   - Signature: below "-- ", when few and short lines follow. Prose after a "-- " is prose.
//   - Attribution: one to four lines before a quote with a verb of writing in twenty languages and a date or address, and
//     "On ... wrote:" everywhere.
//   - Trailer: Token-by:, Fixes:, Link:, Closes:, Cc: and their like.
//   - Log: kernel messages, traces, compiler and build output, configuration. Code: C, Rust and shell by their signs.
//   - Quotes without any mark: paragraphs whose words stand in the same order in Options.Parent; indented paragraphs that
//     the line above gives to somebody else, or that stand beside a link; paragraphs in quotation marks.
//   - Greeting and Closing: the first and the last lines of the author's own text, each "Hi Ada," and each paragraph of a
//     closing phrase and the author's name. Words that answer, such as NAK or Applied, are neither.
//   - Prose: everything else.
//
// On the kernel lists' own mail one core splits about 75 MB of text a second, parents to compare with included (EPYC, two
// cores under heavy load, Go 1.26); of a thousand own lines read by eye about ten had a wrong kind, most of them short code or
// tables taken for prose.
//
// # What it does not do
//
// It reads no mail and no MIME, knows no people, and judges nothing that is said. It does not know whose words an
// indented paragraph without marks repeats, unless the parent or the lines around it show that; whoever proposes a wording
// in quotation marks seems to quote it.
package body
