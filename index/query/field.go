package query

import (
	"slices"
	"strings"
)

// Field is the canonical name of a search field, without the colon.
type Field string

// The search fields. What each one means is in [Fields].
const (
	Any          Field = "" // a bare word
	Subject      Field = "s"
	From         Field = "f"
	To           Field = "t"
	Cc           Field = "c"
	ToCc         Field = "tc"
	Address      Field = "a"
	Body         Field = "b"
	Own          Field = "nq"
	Quoted       Field = "q"
	BodySubject  Field = "bs"
	ListPart     Field = "l"
	List         Field = "lid"
	IDPart       Field = "m"
	ID           Field = "mid"
	References   Field = "references"
	Date         Field = "d"
	DateTime     Field = "dt"
	Received     Field = "rt"
	Size         Field = "z"
	Attachment   Field = "n"
	File         Field = "dfn"
	Removed      Field = "dfa"
	Added        Field = "dfb"
	Context      Field = "dfctx"
	Hunk         Field = "dfhh"
	BlobPre      Field = "dfpre"
	BlobPost     Field = "dfpost"
	Blob         Field = "dfblob"
	PatchID      Field = "patchid"
	ThreadID     Field = "thread"
	Is           Field = "is"
	Topic        Field = "topic"
	Entity       Field = "entity"
	Stance       Field = "stance"
	Signal       Field = "signal"
	Sentiment    Field = "sentiment"
	Incivility   Field = "incivility"
	Heat         Field = "heat"
	Role         Field = "role"
	PersonName   Field = "person"
	Series       Field = "series"
	Version      Field = "v"
	Trailer      Field = "trailer"
	Participants Field = "participants"
	Messages     Field = "messages"
	Outcome      Field = "outcome"
	Defect       Field = "defect"
)

// Kind says what the values of a field are.
type Kind uint8

// The kinds of fields.
const (
	KindText   Kind = iota // prose and code
	KindName               // a name, an address, a title: short texts that are also matched whole
	KindID                 // an exact identifier
	KindDate               // a time or a range of times
	KindSize               // bytes, with k, M or G
	KindCount              // a number or a range of numbers
	KindValue              // one of Info.Values, or of Options.Values when there are none
	KindThread             // an id or {query}
)

// Info describes one search field.
type Info struct {
	Name    Field
	Aliases []string // other names accepted, in the order of help
	Kind    Kind
	Values  []string // closed list of values for KindValue; nil when the list is not known here
	Prefix  bool     // takes a trailing *
	Fuzzy   bool     // takes ~
	Pattern bool     // takes /pattern/
	Thread  bool     // a property of the whole thread: all its messages match
	Meaning string   // half a sentence
	Example string   // a query that parses
}

// Fields is the table of all search fields in the order of help. The caller owns it.
func Fields() []Info {
	out := slices.Clone(fieldTable)
	for i := range out {
		out[i].Aliases = slices.Clone(out[i].Aliases)
		out[i].Values = slices.Clone(out[i].Values)
	}
	return out
}

// Lookup finds a field by its name or one of its aliases, in any case.
func Lookup(name string) (Info, bool) {
	for i := range fieldTable {
		f := &fieldTable[i]
		if strings.EqualFold(string(f.Name), name) {
			return *f, true
		}
		for _, a := range f.Aliases {
			if strings.EqualFold(a, name) {
				return *f, true
			}
		}
	}
	return Info{}, false
}

// fieldTable is never written to.
var fieldTable = []Info{
	{Name: Subject, Aliases: []string{"subject"}, Kind: KindText, Prefix: true, Fuzzy: true, Pattern: true, Meaning: "subject; a pattern is held against the whole line", Example: `s:"rust bindings"`},
	{Name: From, Aliases: []string{"from"}, Kind: KindName, Prefix: true, Fuzzy: true, Pattern: true, Meaning: "name or address of the sender", Example: "f:ojeda@kernel.org"},
	{Name: To, Kind: KindName, Prefix: true, Fuzzy: true, Pattern: true, Meaning: "name or address in To", Example: "t:rust-for-linux"},
	{Name: Cc, Aliases: []string{"cc"}, Kind: KindName, Prefix: true, Fuzzy: true, Pattern: true, Meaning: "name or address in Cc", Example: "c:torvalds"},
	{Name: ToCc, Aliases: []string{"to"}, Kind: KindName, Prefix: true, Fuzzy: true, Pattern: true, Meaning: "name or address in To or Cc", Example: `tc:"Greg Kroah-Hartman"`},
	{Name: Address, Kind: KindName, Prefix: true, Fuzzy: true, Pattern: true, Meaning: "name or address in From, To or Cc", Example: "a:hch@lst.de"},
	{Name: Body, Aliases: []string{"body"}, Kind: KindText, Prefix: true, Fuzzy: true, Meaning: "body: own text, quoted text and patch", Example: `b:"memory safety"`},
	{Name: Own, Kind: KindText, Prefix: true, Fuzzy: true, Meaning: "what the author wrote himself, patches he posts included", Example: "nq:unsound"},
	{Name: Quoted, Kind: KindText, Prefix: true, Fuzzy: true, Meaning: "what he quotes", Example: "q:unsound"},
	{Name: BodySubject, Kind: KindText, Prefix: true, Fuzzy: true, Meaning: "body or subject", Example: "bs:bindgen"},
	{Name: ListPart, Aliases: []string{"list"}, Kind: KindName, Prefix: true, Pattern: true, Meaning: "mailing list, any part of its name", Example: "l:rust-for-linux"},
	{Name: List, Kind: KindID, Meaning: "mailing list, its List-Id whole", Example: "lid:rust-for-linux.vger.kernel.org"},
	{Name: IDPart, Kind: KindName, Prefix: true, Pattern: true, Meaning: "Message-ID, any part of it", Example: "m:fosdem"},
	{Name: ID, Aliases: []string{"id"}, Kind: KindID, Meaning: "Message-ID whole, bracketed or as a lore link", Example: "mid:20250203-dma-v9-1@example.org"},
	{Name: References, Aliases: []string{"ref"}, Kind: KindID, Meaning: "mail that refers to this Message-ID", Example: "references:20250203-dma-v9-1@example.org"},
	{Name: Date, Aliases: []string{"date"}, Kind: KindDate, Meaning: "Date header, to the day", Example: "d:2025-02-01..2025-03-01"},
	{Name: DateTime, Kind: KindDate, Meaning: "Date header, to the second", Example: "dt:2025-02-03T10:00:00Z..2025-02-03T12:00:00Z"},
	{Name: Received, Kind: KindDate, Meaning: "time received, to the second", Example: "rt:yesterday.."},
	{Name: Size, Aliases: []string{"size"}, Kind: KindSize, Meaning: "size of the mail in bytes", Example: "z:100k.."},
	{Name: Attachment, Aliases: []string{"attachment"}, Kind: KindName, Prefix: true, Pattern: true, Meaning: "name of an attachment", Example: "n:config.gz"},
	{Name: File, Aliases: []string{"file"}, Kind: KindName, Prefix: true, Pattern: true, Meaning: "file touched by the patch: whole path, a part of it, or a tree with / or * at its end", Example: "dfn:rust/kernel/"},
	{Name: Removed, Kind: KindText, Prefix: true, Fuzzy: true, Meaning: "lines the patch removes", Example: "dfa:kmalloc"},
	{Name: Added, Kind: KindText, Prefix: true, Fuzzy: true, Meaning: "lines the patch adds", Example: "dfb:kmalloc"},
	{Name: Context, Kind: KindText, Prefix: true, Fuzzy: true, Meaning: "context lines of the patch", Example: "dfctx:mutex_lock"},
	{Name: Hunk, Kind: KindText, Prefix: true, Fuzzy: true, Meaning: "hunk headers of the patch", Example: "dfhh:probe"},
	{Name: BlobPre, Kind: KindID, Prefix: true, Meaning: "blob id before the patch, or its beginning", Example: "dfpre:1b2d8f"},
	{Name: BlobPost, Kind: KindID, Prefix: true, Meaning: "blob id after the patch, or its beginning", Example: "dfpost:1b2d8f"},
	{Name: Blob, Kind: KindID, Prefix: true, Meaning: "blob id on either side", Example: "dfblob:1b2d8f"},
	{Name: PatchID, Kind: KindID, Prefix: true, Meaning: "stable patch id", Example: "patchid:4a5d7f0e"},
	{Name: ThreadID, Kind: KindThread, Thread: true, Meaning: "whole threads: by the id of any message, or those with a message that matches {query}", Example: "thread:{f:ojeda signal:nak}"},
	{Name: Is, Aliases: []string{"tag"}, Kind: KindValue, Values: []string{"debate", "rust", "patch", "cover", "reply", "root", "mail", "bot", "merge-request", "partial", "nak-standing", "stance-change"}, Meaning: "debate, partial, nak-standing (somebody's last NAK was neither lifted nor overridden) and stance-change (somebody moved from one position to another) are said of the thread, the others of the message", Example: "is:debate"},
	{Name: Topic, Kind: KindValue, Prefix: true, Meaning: "argument put forward (see `rustle help topics`); one under 0.27 is unsure, and shown so", Example: "topic:memory-safety"},
	{Name: Entity, Kind: KindValue, Prefix: true, Meaning: "driver or subsystem of the Rust effort", Example: "entity:binder"},
	{Name: Stance, Kind: KindValue, Values: []string{"support", "conditional", "oppose", "none"}, Meaning: "position taken; one under 0.5 is unsure, and shown so", Example: "stance:oppose"},
	{Name: Signal, Kind: KindValue, Values: []string{"ack", "review", "test", "nak", "apply", "none"}, Meaning: "explicit signal given in this very mail", Example: "signal:nak"},
	{Name: Sentiment, Kind: KindValue, Values: []string{"positive", "neutral", "negative"}, Meaning: "tone of the author's own prose; one under 0.5 is unsure, and shown so", Example: "sentiment:negative"},
	{Name: Incivility, Kind: KindValue, Values: []string{"true", "false"}, Meaning: "whether the author is uncivil; true under 0.5 is unsure, and shown so", Example: "incivility:true"},
	{Name: Heat, Kind: KindCount, Thread: true, Meaning: "heat of the thread, 0 (calm) to 3", Example: "heat:2.."},
	{Name: Role, Kind: KindValue, Values: []string{"top-maintainer", "maintainer", "reviewer", "rust-maintainer", "developer", "bot"}, Meaning: "role of the sender", Example: "role:maintainer"},
	{Name: PersonName, Kind: KindName, Prefix: true, Fuzzy: true, Pattern: true, Meaning: "the person behind the sender's addresses", Example: `person:"Miguel Ojeda"`},
	{Name: Series, Kind: KindName, Prefix: true, Pattern: true, Meaning: "title of the patch series", Example: `series:"dma coherent"`},
	{Name: Version, Kind: KindCount, Meaning: "version of the patch series", Example: "v:2.."},
	{Name: Trailer, Kind: KindName, Prefix: true, Pattern: true, Meaning: `"Token: value" line, the token or a part of the whole`, Example: "trailer:reviewed-by"},
	{Name: Participants, Kind: KindCount, Thread: true, Meaning: "people in the thread", Example: "participants:5.."},
	{Name: Messages, Kind: KindCount, Thread: true, Meaning: "messages in the thread", Example: "messages:10..50"},
	{Name: Outcome, Kind: KindValue, Thread: true, Values: []string{"applied", "superseded", "naked", "dropped", "undecided"}, Meaning: "how the thread ended, as its own mail shows; `rustle debates` also sees a later version in another thread", Example: "outcome:naked"},
	{Name: Defect, Kind: KindValue, Prefix: true, Meaning: "what was wrong with the raw mail", Example: "defect:no-message-id"},
}

// synonyms are words people try for a field; they are not accepted, only understood.
var synonyms = map[string][]Field{
	"author":      {Address, From},
	"sender":      {From},
	"recipient":   {ToCc},
	"title":       {Subject},
	"text":        {Body},
	"content":     {Body},
	"message":     {Body, ID},
	"path":        {File},
	"filename":    {File, Attachment},
	"message-id":  {ID},
	"messageid":   {ID},
	"msgid":       {ID},
	"after":       {Date},
	"before":      {Date},
	"since":       {Date},
	"until":       {Date},
	"time":        {DateTime},
	"tone":        {Sentiment},
	"maintainer":  {Role},
	"name":        {PersonName},
	"argument":    {Topic},
	"count":       {Messages},
	"people":      {Participants},
	"in-reply-to": {References},
	"label":       {Is},
	"property":    {Is},
	"folder":      {ListPart},
	"mailinglist": {ListPart},
	"revision":    {Version},
	"patch":       {PatchID},
	"diff":        {Added, Removed},
}

// suggest names up to two fields that may have been meant by a name nobody knows.
func suggest(name string) []Field {
	name = strings.ToLower(name)
	best := min(2, len(name)/2) + 1
	var out []Field
	add := func(word string, fields ...Field) {
		d := distance(name, word)
		if d > best || d > min(2, len(name)/2) {
			return
		}
		if d < best {
			best, out = d, nil
		}
		for _, f := range fields {
			if !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
	}
	for _, f := range fieldTable {
		add(string(f.Name), f.Name)
		for _, a := range f.Aliases {
			add(a, f.Name)
		}
	}
	for _, f := range sortedSynonyms() {
		add(f, synonyms[f]...)
	}
	return out[:min(2, len(out))]
}

func sortedSynonyms() []string {
	words := make([]string, 0, len(synonyms))
	for w := range synonyms {
		words = append(words, w)
	}
	slices.Sort(words)
	return words
}

// nearest finds the value of a closed list that may have been meant.
func nearest(value string, list []string) string {
	best, out := 3, ""
	for _, v := range list {
		if d := distance(strings.ToLower(value), v); d < best {
			best, out = d, v
		}
	}
	return out
}

// distance counts the letters to insert, delete, replace or swap with the next (optimal string
// alignment). Long strings are cut: it only serves suggestions.
func distance(a, b string) int {
	const most = 40
	a, b = a[:min(len(a), most)], b[:min(len(b), most)]
	var rows [3][most + 1]int
	prev2, prev, cur := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		prev[j] = j
	}
	for i := range len(a) {
		cur[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			cur[j+1] = min(prev[j+1]+1, cur[j]+1, prev[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				cur[j+1] = min(cur[j+1], prev2[j-1]+1)
			}
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return prev[len(b)]
}
