package thread

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"rustle/pkg/mail"
)

// Via says which header names the parent of a node.
type Via uint8

// The ways to a parent.
const (
	ViaNone       Via = iota // a root
	ViaReferences            // the last usable id of References
	ViaInReplyTo             // In-Reply-To, when References gives no parent
	ViaImplied               // a missing mail: other mails' References name its parent
)

func (v Via) String() string {
	switch v {
	case ViaReferences:
		return "references"
	case ViaInReplyTo:
		return "in-reply-to"
	case ViaImplied:
		return "implied"
	case ViaNone:
	}
	return "none"
}

// A Node is one mail of a thread, or a placeholder for one that the data lacks.
type Node struct {
	ID       string         // Message-ID without brackets
	Header   *mail.Header   // nil for a missing mail; the first in a fixed order when several mails share the id
	Variants []*mail.Header // further mails with the same id; nil in nearly all cases
	ParentID string         // id that the mail names as its parent, in the tree or not; "" for none
	Parent   *Node          // nil for a root
	Children []*Node        // by Date, then id; a missing mail counts with the oldest mail below it
	Depth    int            // 0 for a root
	Via      Via            // how the parent was found
}

// Missing says that the node stands for a mail that the data lacks.
func (n *Node) Missing() bool { return n.Header == nil }

// A Thread is one connected component of mails.
type Thread struct {
	ID       string    // Message-ID of the root, or of the root's oldest missing ancestor
	Root     *Node     // Roots[0]
	Roots    []*Node   // usually one; more when a mail refers to several conversations. Oldest first
	Nodes    []*Node   // all nodes in tree order, placeholders included
	Messages int       // nodes with a mail, that is distinct Message-IDs
	Partial  bool      // the root answers a mail that the data lacks
	Missing  []string  // ids that are referred to and lacking, placeholders or not, sorted
	Subject  string    // subject of the first mail in tree order
	First    time.Time // oldest Date, UTC; zero when no mail has one
	Last     time.Time // newest Date, UTC
	Series   []*Series // patch series posted in the thread, in tree order of their first mail
}

// Headers returns all mails of the thread in tree order, those that share an id one after the other.
func (t *Thread) Headers() []*mail.Header {
	out := make([]*mail.Header, 0, t.Messages)
	for _, n := range t.Nodes {
		if n.Header != nil {
			out = append(out, n.Header)
			out = append(out, n.Variants...)
		}
	}
	return out
}

// dateKey orders dates with the missing ones last.
func dateKey(t time.Time) int64 {
	if t.IsZero() {
		return 1<<63 - 1
	}
	return t.Unix()
}

// compareHeaders is a total order on the contents of mails with one id, so that the choice of the first
// does not depend on the order of ingestion.
func compareHeaders(a, b *mail.Header) int {
	if c := cmp.Compare(dateKey(a.Date), dateKey(b.Date)); c != 0 {
		return c
	}
	if c := strings.Compare(a.ID, b.ID); c != 0 {
		return c
	}
	if c := cmp.Compare(dateKey(a.Received), dateKey(b.Received)); c != 0 {
		return c
	}
	for _, p := range [...][2]string{
		{a.Subject, b.Subject},
		{a.From.Addr, b.From.Addr},
		{a.From.Name, b.From.Name},
		{a.ChangeID, b.ChangeID},
	} {
		if c := strings.Compare(p[0], p[1]); c != 0 {
			return c
		}
	}
	for _, p := range [...][2][]string{
		{a.References, b.References},
		{a.InReplyTo, b.InReplyTo},
		{a.Lists, b.Lists},
		{a.Defects, b.Defects},
	} {
		if c := slices.Compare(p[0], p[1]); c != 0 {
			return c
		}
	}
	byAddr := func(x, y mail.Address) int {
		return cmp.Or(strings.Compare(x.Addr, y.Addr), strings.Compare(x.Name, y.Name))
	}
	return cmp.Or(slices.CompareFunc(a.To, b.To, byAddr), slices.CompareFunc(a.Cc, b.Cc, byAddr), byAddr(a.ReplyTo, b.ReplyTo))
}
