package index

import (
	"math/bits"
	"strconv"
	"time"

	bleve "github.com/blevesearch/bleve_index_api"

	"rustle/pkg/analysis"
	"rustle/pkg/mail"
)

// A Doc is one message for the index.
type Doc struct {
	Record analysis.Record
	Mail   *mail.Message // given back by Reader.Mails; its text is what the Parts are of
	Parts  []Part        // see Part; what is not in order or in the text is cut off

	// What the patch in it is about, for dfpre: dfpost: and patchid:. Lower-case hex, as long as known.
	BlobsPre, BlobsPost []string
	PatchID             string
}

// Names of the index fields. "_id" is bleve's.
const (
	fID         = "_id"
	fType       = "type"
	fBlob       = "blob"
	fSubject    = "subject"
	fSubjectX   = "subjx"
	fBody       = "body"
	fPairs      = "pairs"
	fWho        = "who"
	fFrom       = "from"
	fTo         = "to"
	fCc         = "cc"
	fList       = "list"
	fAttach     = "attach"
	fFile       = "file"
	fRefs       = "refs"
	fWhen       = "when"
	fDay        = "day"
	fReceived   = "recv"
	fSize       = "size"
	fVersion    = "version"
	fThread     = "thread"
	fKind       = "kind"
	fIs         = "is"
	fTopic      = "topic"
	fEntity     = "entity"
	fStance     = "stance"
	fSignal     = "signal"
	fSentiment  = "sentiment"
	fIncivility = "incivility"
	fRole       = "role"
	fPerson     = "person"
	fSeries     = "series"
	fTrailer    = "trailer"
	fPre        = "pre"
	fPost       = "post"
	fPatchID    = "patchid"
	fDefect     = "defect"
	fHeat       = "heat"
	fMessages   = "nmsg"
	fPeople     = "npart"
	fLast       = "last"
	fLabel      = "label"
	fOutcome    = "outcome"
	fPartial    = "partial"
	fMoves      = "moves"
)

const (
	typeMessage = "m"
	typeThread  = "t"
)

// Keys of documents: the type, the id and, since two mails may share an id, the hash.
func messageKey(id, hash string) string { return "m\x00" + id + "\x00" + hash }
func messagePrefix(id string) string    { return "m\x00" + id + "\x00" }
func threadKey(id string) string        { return "t\x00" + id }

// How fields are indexed. See digest.words for the difference between rare and common.
const (
	rare   = bleve.IndexField
	common = bleve.IndexField | bleve.SkipFreqNorm
)

// fieldOptions is never written to.
var fieldOptions = map[string]bleve.FieldIndexingOptions{
	fID: bleve.IndexField | bleve.StoreField, fBlob: bleve.StoreField, fType: common,
	fBody: rare, fPairs: common, fSubject: rare | bleve.IncludeTermVectors, fSubjectX: rare,
	fWho: common, fFrom: common, fTo: common, fCc: common, fPerson: common, fRole: common,
	fList: common, fThread: common | bleve.DocValues, fRefs: rare,
	fWhen: rare | bleve.DocValues, fDay: common, fReceived: rare, fSize: rare,
	fAttach: rare, fFile: rare, fPre: rare, fPost: rare, fPatchID: rare,
	fKind: common, fIs: common, fTopic: common, fEntity: common, fStance: common, fSignal: common,
	fSentiment: common, fIncivility: common, fDefect: common, fVersion: common, fSeries: rare, fTrailer: rare,
	fHeat: common, fMessages: common, fPeople: common, fLast: rare | bleve.DocValues,
	fLabel: common, fOutcome: common, fPartial: common, fMoves: common,
}

// message takes in a message. The parts of its text are in order and in the text, see clip.
func (d *digest) message(doc *Doc, parts []Part) {
	r, m := &doc.Record, doc.Mail
	d.reset(messageKey(r.ID, r.Hash))
	d.words(fType, typeMessage)

	own := d.body(stretches(m.Text, parts))
	d.subject(r.Subject)
	d.words(fSubjectX, r.Subject)

	d.people(fFrom, r.From)
	d.people(fTo, r.To...)
	d.people(fCc, r.Cc...)
	d.words(fPerson, r.Person)
	d.words(fRole, r.Role)

	d.lower(fList, r.Lists...)
	d.words(fThread, r.Thread)
	// Those of the mail too: the record leaves out addresses, and a mail may yet come that has one for its id.
	for _, refs := range [...][]string{r.References, r.InReplyTo, m.References, m.InReplyTo, {r.Parent}} {
		d.words(fRefs, refs...)
	}

	d.words(fWhen, whenTerm(r.Date, own))
	if !r.Date.IsZero() {
		d.words(fDay, dayTerm(r.Date.Unix()))
	}
	if !r.Received.IsZero() {
		d.words(fReceived, secondTerm(r.Received.Unix()))
	}
	d.words(fSize, numberTerm(int64(m.Size)))

	for _, a := range m.Attachments {
		d.words(fAttach, a.Name)
	}
	d.words(fFile, r.Files...)
	d.lower(fPre, doc.BlobsPre...)
	d.lower(fPost, doc.BlobsPost...)
	d.lower(fPatchID, doc.PatchID)

	d.words(fKind, r.Kind)
	d.words(fIs, flags(r)...)
	d.words(fTopic, tagIDs(r.Topics)...)
	d.words(fEntity, tagIDs(r.Entities)...)
	d.words(fStance, r.Stance.Label)
	d.words(fSignal, r.Signal)
	d.words(fSentiment, r.Sentiment.Label)
	d.words(fIncivility, r.Incivility.Label)
	d.words(fDefect, r.Defects...)
	if p := r.Series; p != nil {
		d.words(fVersion, numberTerm(int64(p.Version)))
		if r.Kind != "reply" {
			d.words(fSeries, title(r.Subject))
		}
	}
	for _, t := range r.Trailers {
		d.words(fTrailer, t.Token+": "+t.Value)
	}
}

// thread takes in the summary of a thread.
func (d *digest) thread(t *analysis.ThreadSummary) {
	d.reset(threadKey(t.ID))
	d.words(fType, typeThread)
	d.words(fThread, t.ID)
	d.words(fHeat, numberTerm(int64(t.Heat)))
	d.words(fMessages, numberTerm(int64(t.Messages)))
	d.words(fPeople, numberTerm(int64(len(t.Participants))))
	d.words(fLast, sortTerm(t))
	d.words(fLabel, t.Label)
	d.words(fOutcome, t.Outcome.Label)
	if t.Partial {
		d.words(fPartial, "true")
	}
	d.words(fMoves, moves(t)...)
}

func personTerm(p analysis.Person) string {
	switch {
	case p.Name == "":
		return p.Addr
	case p.Addr == "":
		return p.Name
	}
	return p.Name + " <" + p.Addr + ">"
}

// moves are the values of is: that are said of a thread by what its people did there.
func moves(s *analysis.ThreadSummary) []string {
	var out []string
	for _, p := range s.Participants {
		if p.Nak == analysis.NakStanding {
			out = append(out, "nak-standing")
		}
		if p.Changes > 0 {
			out = append(out, "stance-change")
		}
	}
	return out
}

// flags are the values of is: that are said of a message. What kind of mail a bot sends does not
// matter, so is:patch is:bot finds nothing; is:reply is about the place in the thread.
func flags(r *analysis.Record) []string {
	out := []string{r.Kind}
	if r.Rust {
		out = append(out, "rust")
	}
	if r.Depth == 0 {
		out = append(out, "root")
	}
	if r.Depth > 0 && r.Kind == "bot" {
		out = append(out, "reply")
	}
	return out
}

func tagIDs(tags []analysis.Tag) []string {
	out := make([]string, len(tags))
	for i, t := range tags {
		out[i] = t.ID
	}
	return out
}

// Numbers are indexed as bytes of seven bits, highest first, so that they sort as they count and hold
// no 0xff, which separates terms in doc values.
func sevens(n uint64, length int) string {
	var b [10]byte
	for i := range length {
		b[i] = byte(n>>(7*(length-1-i))) & 0x7f
	}
	return string(b[:length])
}

func unsevens(term []byte) (n uint64) {
	for _, c := range term {
		n = n<<7 | uint64(c&0x7f)
	}
	return n
}

const (
	secondLen  = 6
	secondZero = 1 << 38 // 1970 in secondTerm: keeps all years of the calendar positive
	secondMax  = 1<<42 - 1
	numberLen  = 5
	numberMax  = 1<<35 - 1
)

// secondTerm is a time in seconds since 1970. 0 is kept for a missing time.
func secondTerm(unix int64) string {
	return sevens(uint64(min(max(unix+secondZero, 1), secondMax)), secondLen)
}

// secondOf is the time at the beginning of a term; the smallest one for a missing time.
func secondOf(term []byte) int64 {
	return int64(unsevens(term[:min(len(term), secondLen)])) - secondZero
}

// whenTerm is the Date and behind it the length of the own text as a power of two, in one doc value.
// A missing date is before all others.
func whenTerm(t time.Time, own int) string {
	s := sevens(0, secondLen)
	if !t.IsZero() {
		s = secondTerm(t.Unix())
	}
	return s + string([]byte{byte(bits.Len(uint(own)))})
}

const secondsOfDay = 24 * 60 * 60

// dayTerm is the UTC day of a time.
func dayTerm(unix int64) string { return numberTerm(dayOf(unix) + dayZero) }

const dayZero = 1 << 20 // keeps days before 1970 positive

func dayOf(unix int64) int64 {
	d := unix / secondsOfDay
	if unix%secondsOfDay < 0 {
		d--
	}
	return d
}

// numberTerm is a count or a size; it is cut at 0 and 2^35-1.
func numberTerm(n int64) string { return sevens(uint64(min(max(n, 0), numberMax)), numberLen) }

func numberOf(term []byte) int64 { return int64(unsevens(term[:min(len(term), numberLen)])) }

// sortTerm is what threads are sorted by: newest mail, messages and heat in one doc value.
func sortTerm(s *analysis.ThreadSummary) string {
	return whenTerm(s.Last, 0)[:secondLen] + numberTerm(int64(s.Messages)) + strconv.Itoa(min(max(s.Heat, 0), 9))
}
