package mail

import "slices"

// Defects name what was wrong with a raw mail. They are data for people who must judge how far a
// figure can be trusted, so each is a stable word that `status --defects` counts and a query can ask for.
const (
	DefectNoHeader            = "no-header"                // no header field at all: everything was taken as text
	DefectMalformedHeader     = "malformed-header"         // a line of the header section is no field
	DefectHeaderTooLarge      = "header-too-large"         // fields were cut or left out, see MaxField and MaxHeader
	DefectRepeatedHeader      = "repeated-header"          // From, Date or Subject occurs more than once; the first counts
	DefectNoMessageID         = "no-message-id"            // ID was made from the mail's hash
	DefectSeveralMessageIDs   = "several-message-ids"      // the first counts
	DefectBadMessageID        = "bad-message-id"           // no angle brackets, blanks inside, no @
	DefectNoFrom              = "no-from"                  // Sender was taken instead, if there is one
	DefectBadFrom             = "bad-from"                 // From holds no address
	DefectBadAddress          = "bad-address"              // a recipient could not be read and was dropped
	DefectUnquotedComma       = "unquoted-comma"           // Lastname, Firstname <address> without quotes
	DefectTooManyRecipients   = "too-many-recipients"      // see MaxAddresses
	DefectNoDate              = "no-date"                  // there is no Date field
	DefectBadDate             = "bad-date"                 // Date could not be read
	DefectAbsurdDate          = "absurd-date"              // Date lies before 1990 or more than a week after Received
	DefectTwoDigitYear        = "two-digit-year"           // read by the rule of RFC 5322, 4.3
	DefectBadZone             = "bad-zone"                 // zone missing, unknown or beyond +-1400: read as UTC
	DefectNoSubject           = "no-subject"               // Subject is missing or empty
	DefectReplyNoID           = "in-reply-to-no-id"        // In-Reply-To or References hold words that are no id, such as y or n
	DefectReferenceAddress    = "address-in-references"    // a mail address stood where an id belongs
	DefectReferenceCommas     = "commas-in-references"     // References separated by commas
	DefectBareReference       = "bare-reference"           // an id without angle brackets
	DefectSelfReference       = "self-reference"           // the mail refers to itself
	DefectTooManyReferences   = "too-many-references"      // see MaxReferences
	DefectRaw8BitHeader       = "raw-8bit-header"          // bytes above 127 in a header that is shown
	DefectBadEncodedWord      = "bad-encoded-word"         // RFC 2047 word that cannot be decoded, or holds blanks
	DefectControlCharacters   = "control-characters"       // control, escape or bidi-override characters were removed from a header
	DefectBadContentType      = "bad-content-type"         // Content-Type is no media type: read as text/plain
	DefectBadTransferEncoding = "bad-transfer-encoding"    // unknown Content-Transfer-Encoding: read as 8bit
	DefectBadEncoding         = "bad-encoding"             // base64 or quoted-printable with errors: what could be decoded is kept
	DefectUnknownCharset      = "unknown-charset"          // read as UTF-8 or Windows-1252
	DefectRaw8BitBody         = "raw-8bit-body"            // bytes above 127 in a text that claims to have none
	DefectBadUTF8             = "bad-utf8"                 // bytes replaced by U+FFFD
	DefectNulBytes            = "nul-bytes"                // NUL replaced by U+FFFD
	DefectBrokenMIME          = "broken-mime"              // boundary missing, part header malformed, end missing
	DefectMIMETooDeep         = "mime-too-deep"            // see MaxDepth
	DefectTooManyParts        = "too-many-parts"           // see MaxParts
	DefectHTMLOnly            = "html-only"                // no plain text part: HTML was reduced to text
	DefectTextTruncated       = "text-truncated"           // see MaxText
	DefectTooLarge            = "too-large"                // see MaxSize
	DefectSeveralChangeIDs    = "several-change-ids"       // more than one change-id; the first counts
	DefectDateFromReceived    = "date-taken-from-received" // Header.Date is the time of the topmost Received
)

// Limits on what is read of one mail. What lies beyond is left out and named by a defect, so that
// time and memory stay proportional to these numbers, whatever a sender does.
const (
	MaxSize       = 128 << 20 // bytes of a raw mail
	MaxHeader     = 2 << 20   // bytes of all header values that are kept, together
	MaxField      = 256 << 10 // bytes of one header value
	MaxName       = 512       // bytes of a display name
	MaxID         = 998       // bytes of a message id
	MaxSubject    = 4 << 10   // bytes of a subject
	MaxAddresses  = 2048      // mailboxes of To, and of Cc
	MaxReferences = 1024      // ids of References: the first and the last ones are kept
	MaxDepth      = 32        // levels of nested multiparts
	MaxParts      = 512       // parts of a mail
	MaxText       = 8 << 20   // bytes of text
)

// defects collects defect names, each once.
type defects struct{ names []string }

func (d *defects) add(name string) {
	if !slices.Contains(d.names, name) {
		d.names = append(d.names, name)
	}
}

func (d *defects) sorted() []string {
	slices.Sort(d.names)
	return d.names
}
