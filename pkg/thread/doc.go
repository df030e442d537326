// Package thread joins mail headers to conversations.
//
// In goes a sequence of headers in any order; out come threads with their trees. Membership is decided
// by identifiers alone: mails are in one thread when a chain of Message-ID, References and In-Reply-To
// connects them, through mails that nobody has if need be. Subjects never decide. The result is a pure
// function of the set of headers: their order does not matter, and no mail is lost.
//
//	for _, t := range thread.Build(slices.Values(headers)) {
//		for _, n := range t.Nodes { // tree order
//			fmt.Println(strings.Repeat("  ", n.Depth), n.ID, n.Header != nil)
//		}
//	}
//
// The package also finds patch series inside a thread (Thread.Series), links the revisions of a series
// across threads (Revisions) and proposes threads that may belong together by their subject only
// (SubjectLinks). Links carry their reason and never change membership.
//
// Time and memory are linear in the number of headers and references, but for sorting; there is no
// recursion, so depth costs nothing. The package reads no bodies: what a cover letter says is given by the
// caller.
package thread
