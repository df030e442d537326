package archive

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
)

// sniffed is how much of a file, unpacked, is looked at to tell what it is.
const sniffed = 64 << 10

// A verdict says what a file is.
type verdict struct {
	kind   string // "mbox", "eml", or "" for neither
	packed string
	reason string // why neither
	hint   string // what to do about it
	empty  bool
	strong bool // an eml that is certainly one
}

// sniff looks at the start of the file at path. The error is about reading or unpacking it.
func sniff(ctx context.Context, path string, o Options) (verdict, error) {
	st, err := openStream(ctx, path, o, nil)
	if err != nil {
		return verdict{}, err
	}
	defer st.close()
	head, err := io.ReadAll(io.LimitReader(st, sniffed))
	v := classify(head)
	v.packed = st.packed
	// If what could be read is enough to know, the reading proper finds the fault again and says how
	// far it came.
	if err != nil && (v.kind == "" || ctx.Err() != nil) {
		return verdict{}, st.wrap(err)
	}
	return v, nil
}

// classify tells what a file that starts with head is.
func classify(head []byte) verdict {
	for _, m := range strangers {
		if len(head) >= m.at && bytes.HasPrefix(head[m.at:], []byte(m.magic)) {
			return verdict{reason: m.what, hint: m.hint}
		}
	}
	head = bytes.TrimLeft(bytes.TrimPrefix(head, bom), "\r\n")
	if len(head) == 0 {
		return verdict{empty: true, reason: "empty"}
	}
	line, rest, _ := bytes.Cut(head, lf)
	switch {
	case bytes.HasPrefix(line, fromPrefix):
		if isSeparator(line) {
			return verdict{kind: "mbox"}
		}
		return verdict{
			reason: `its first line starts with "From " but carries no date`,
			hint:   "if it is an mbox, give each From line a date, as in: " + loreLine,
		}
	case bytes.HasPrefix(line, []byte(">From ")): // QUIRK: a separator that some software quoted and kept.
		head = rest
	}
	known, strange := mailFields(head)
	if known == 0 {
		lower := bytes.ToLower(head[:min(len(head), 1024)])
		if bytes.HasPrefix(lower, []byte("<!doctype html")) || bytes.Contains(lower, []byte("<html")) {
			return verdict{reason: "a web page", hint: "download the mbox.gz of the thread, or mirror the list with git clone --mirror"}
		}
		return verdict{
			reason: "starts neither with a From line nor with a mail header",
			hint:   "give an mbox, a maildir, an .eml file, or a public-inbox mirror",
		}
	}
	return verdict{kind: "eml", strong: known > 1 && !strange}
}

// strangers are files that people give by mistake.
var strangers = [...]struct {
	at                int
	magic, what, hint string
}{
	{257, "ustar", "a tar archive", "unpack it and give the directory"},
	{0, "PK\x03\x04", "a zip archive", "unpack it and give the directory"},
	{0, "7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it and give the directory"},
	{0, "Rar!", "a rar archive", "unpack it and give the directory"},
	{0, "# v2 git bundle", "a git bundle", "git clone --mirror it to LIST/git/0.git and give LIST"},
	{0, "# v3 git bundle", "a git bundle", "git clone --mirror it to LIST/git/0.git and give LIST"},
	{0, "SQLite format 3", "a SQLite database", "give the mail it was made from"},
	{0, "!BDN", "an Outlook data file", "turn it into mbox with readpst"},
	{0, "%PDF-", "a PDF document", "give the mail itself"},
}

// mailFields counts the header fields at the start of head that mails have, each name once, and
// reports whether the header has lines that are none.
func mailFields(head []byte) (known int, strange bool) {
	var names []string
	for first := true; len(head) > 0; first = false {
		var line []byte
		line, head, _ = bytes.Cut(head, lf)
		line = trimEOL(line)
		if len(line) == 0 {
			break
		}
		if line[0] == ' ' || line[0] == '\t' {
			strange = strange || first
			continue
		}
		name, _, ok := bytes.Cut(line, colon)
		if !ok || !isFieldName(name) {
			if first {
				return 0, true
			}
			strange = strange || len(head) > 0 // the last line may be cut off
			continue
		}
		lower := strings.ToLower(strings.TrimRight(string(name), " \t"))
		if isMailField(lower) && !slices.Contains(names, lower) {
			names = append(names, lower)
		}
	}
	return len(names), strange
}

// isFieldName reports whether name is printable ASCII without space, as RFC 5322, 3.6.8 wants it;
// space before the colon is its obsolete form.
func isFieldName(name []byte) bool {
	name = bytes.TrimRight(name, " \t")
	if len(name) == 0 || len(name) > 76 {
		return false
	}
	for _, c := range name {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return true
}

// isMailField reports whether mails, and few other files, have a header field of this name.
func isMailField(name string) bool {
	switch name {
	case "from", "to", "cc", "date", "subject", "message-id", "received", "return-path", "delivered-to",
		"in-reply-to", "references", "mime-version", "content-type", "content-transfer-encoding", "sender", "reply-to",
		"list-id", "x-original-to", "x-mailer", "user-agent", "dkim-signature", "authentication-results":
		return true
	}
	return false
}
