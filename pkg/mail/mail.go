// Package mail turns the raw bytes of one mail (RFC 5322, MIME) into a Header and a Message: ids, dates, people
// and the text a reader would see. It is made for kernel list archives, where much is not as the RFCs say, so it
// never gives up on a mail because of one bad field: what could be read is kept, and what was wrong is named by
// the Defect constants. Input of any size and shape takes bounded memory and time, see MaxSize and its siblings.
//
//	m, err := mail.Parse(raw) // err: the input is empty
//	fmt.Println(m.ID, m.Date, m.Subject, m.Defects)
//	fmt.Println(m.Text)
//
// go-message reads multiparts and converts charsets; header fields are scanned here, because nine tenths of a list
// mail's header are trace fields nobody asks for. On kernel mail of 10 KB, two thirds of them header, one core reads
// about 30,000 mails a second (EPYC, two cores shared, Go 1.26).
//
// What the package does not do: find mails in archives, tell quoted from authored text, verify signatures, open
// attachments.
package mail

import "time"

// An Address is one mailbox of a From, To or Cc header (RFC 5322, 3.4), decoded to UTF-8.
type Address struct {
	Name string `json:"name"` // display name; empty when the header gives none
	Addr string `json:"addr"` // local@domain, domain in lower case; may be malformed, see Header.Defects
}

// A Header holds what threading, people and search need of a mail's header section. All text is
// valid UTF-8 without control characters, times are UTC, and slices belong to the caller.
type Header struct {
	ID         string    `json:"id"`                    // Message-ID without brackets; made from the mail's hash when it has none
	Date       time.Time `json:"date"`                  // Date; Received when Date is missing or absurd; zero when neither is usable
	Received   time.Time `json:"received,omitzero"`     // topmost Received that parses; zero when there is none
	Subject    string    `json:"subject"`               // decoded and unfolded
	From       Address   `json:"from"`                  // first From mailbox; Sender when From is missing
	ReplyTo    Address   `json:"reply_to,omitzero"`     // first Reply-To mailbox
	To         []Address `json:"to,omitempty"`          //
	Cc         []Address `json:"cc,omitempty"`          //
	InReplyTo  []string  `json:"in_reply_to,omitempty"` // ids without brackets; words that are no id are dropped and noted, addresses kept and noted, see IsAddress
	References []string  `json:"references,omitempty"`  // ids without brackets, oldest first, repeats removed; addresses as in InReplyTo
	Lists      []string  `json:"lists,omitempty"`       // List-Id values without brackets, e.g. "linux-kbuild.vger.kernel.org"
	ChangeID   string    `json:"change_id,omitempty"`   // X-Change-ID or b4's change-id
	Defects    []string  `json:"defects,omitempty"`     // what was wrong, from the list of Defect constants, sorted, each once
}

// An Attachment names a part that is not shown as text.
type Attachment struct {
	Name string `json:"name,omitempty"`
	Type string `json:"type"` // media type in lower case
	Size int    `json:"size"` // decoded bytes
}

// A Message is a parsed mail: its header and the text a reader would see.
type Message struct {
	Header
	Text        string       `json:"text"`                  // text parts joined, UTF-8, LF line ends, format=flowed unfolded, HTML reduced to text
	Attachments []Attachment `json:"attachments,omitempty"` //
	Size        int          `json:"size"`                  // bytes of the raw mail
	Hash        string       `json:"hash"`                  // 16 hex digits over what stays the same on every list: From, Date, Subject, Text less list footers and trailing space
}
