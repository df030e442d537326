// Package report turns the records of one conversation, or of many, into pages for readers: Markdown that renders on
// GitHub and with pandoc, a self-contained HTML page, an SVG of the tone, a linked set of pages, a digest.
//
// In comes a [ThreadInput]: the summary of a thread and the records of its messages, in any order. Out goes text, and
// the same input gives the same bytes: no index, no clock, no network, no locale. All times are UTC.
//
//	in := report.ThreadInput{Summary: summary, Records: records, Topics: topics, Method: method}
//	if err := report.Thread(w, in, report.Options{}); err != nil { ... }
//
// Every page is made in two steps. [Build] weighs the records and yields a [Page] of plain strings: who took part, the
// sentences that show each argument, what turned the debate, the tone over time, the reply tree. The
// renderers only lay it out and escape it; a template of the user's own gets the same Page.
//
// Text from mail is hostile until escaped. Subjects, names and sentences are folded to one line, freed of control and
// direction characters, and written so that no Markdown or HTML of theirs survives; addresses in them become code, not
// links. With [Options.Anonymous] people are replaced by pseudonyms everywhere, and links to mails are left out,
// because a link names its author.
//
// What it does not do: it judges nothing that the records do not say. Labels and scores are taken as given; a sentence is
// quoted only when a record holds it as evidence.
package report
