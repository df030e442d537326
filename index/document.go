package index

import (
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/blevesearch/bleve/v2/document"
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

// field is one field of a document, ready for bleve: there is nothing left to analyse.
type field struct {
	name  string
	terms bleve.TokenFrequencies
	value []byte // stored
	opts  bleve.FieldIndexingOptions
	plain int
}

func (f *field) Name() string                                     { return f.name }
func (f *field) ArrayPositions() []uint64                         { return nil }
func (f *field) Options() bleve.FieldIndexingOptions              { return f.opts }
func (f *field) Analyze()                                         {}
func (f *field) Value() []byte                                    { return f.value }
func (f *field) NumPlainTextBytes() uint64                        { return uint64(f.plain) }
func (f *field) Size() int                                        { return len(f.value) + 64*len(f.terms) }
func (f *field) EncodedFieldType() byte                           { return 't' }
func (f *field) AnalyzedTokenFrequencies() bleve.TokenFrequencies { return f.terms }

// AnalyzedLength is the same for all: it becomes the norm, which we do not use, and a constant costs
// nothing in the index. It must not be 0, which zap takes for "no postings".
func (f *field) AnalyzedLength() int { return 1 }

// builder makes bleve documents; one goroutine uses it at a time.
type builder struct {
	packer *packer
	stems  stemmer
}

// made is a document on its way into a batch.
type made struct {
	doc  *document.Document
	size int // bytes of text, for the size of batches
}

func (b *builder) message(d *Doc) (made, error) {
	r, m := &d.Record, d.Mail
	if r.ID == "" || m == nil {
		return made{}, fmt.Errorf("index: document without an id or a mail: %q", r.ID)
	}
	parts := clip(d.Parts, len(m.Text))
	blob, err := b.packer.message(r, m, parts)
	if err != nil {
		return made{}, err
	}
	doc := document.NewDocument(messageKey(r.ID, r.Hash))
	out := docFields{doc}
	out.stored(blob)
	out.common(fType, typeMessage)

	body := newBag(len(m.Text) / 16)
	next := pairs{bag: newBag(64)}
	own := body.body(stretches(m.Text, parts), &b.stems, &next)
	out.add(fBody, body, 0)
	out.add(fPairs, next.bag, bleve.SkipFreqNorm)
	subject := newBag(16)
	subject.subject(r.Subject, &b.stems)
	out.add(fSubject, subject, bleve.IncludeTermVectors)
	out.words(fSubjectX, r.Subject)

	who := newBag(64)
	out.people(fFrom, who, []analysis.Person{r.From})
	out.people(fTo, who, r.To)
	out.people(fCc, who, r.Cc)
	out.add(fWho, who, bleve.SkipFreqNorm)
	out.common(fPerson, r.Person)
	out.common(fRole, r.Role)

	out.common(fList, lower(r.Lists)...)
	out.common(fThread, r.Thread)
	// Those of the mail too: the record leaves out addresses, and a mail may yet come that has one for its id.
	refs := slices.Concat(r.References, r.InReplyTo, m.References, m.InReplyTo)
	if r.Parent != "" {
		refs = append(refs, r.Parent)
	}
	out.words(fRefs, refs...)
	out.values(fThread)

	out.words(fWhen, whenTerm(r.Date, own))
	out.values(fWhen)
	if !r.Date.IsZero() {
		out.common(fDay, dayTerm(r.Date.Unix()))
	}
	if !r.Received.IsZero() {
		out.words(fReceived, secondTerm(r.Received.Unix()))
	}
	out.words(fSize, numberTerm(int64(m.Size)))

	names := make([]string, 0, len(m.Attachments))
	for _, a := range m.Attachments {
		names = append(names, a.Name)
	}
	out.words(fAttach, names...)
	out.words(fFile, r.Files...)
	out.words(fPre, lower(d.BlobsPre)...)
	out.words(fPost, lower(d.BlobsPost)...)
	out.words(fPatchID, strings.ToLower(d.PatchID))

	out.common(fKind, r.Kind)
	out.common(fIs, flags(r)...)
	out.common(fTopic, tagIDs(r.Topics)...)
	out.common(fEntity, tagIDs(r.Entities)...)
	out.common(fStance, r.Stance.Label)
	out.common(fSignal, r.Signal)
	out.common(fSentiment, r.Sentiment.Label)
	out.common(fIncivility, r.Incivility.Label)
	out.common(fDefect, r.Defects...)
	if s := r.Series; s != nil {
		out.common(fVersion, numberTerm(int64(s.Version)))
		if t := title(r.Subject); r.Kind != "reply" {
			out.words(fSeries, t)
		}
	}
	trailers := make([]string, 0, len(r.Trailers))
	for _, t := range r.Trailers {
		trailers = append(trailers, t.Token+": "+t.Value)
	}
	out.words(fTrailer, trailers...)
	return made{doc, len(m.Text) + len(blob)}, nil
}

func (b *builder) thread(s *analysis.ThreadSummary) (made, error) {
	if s.ID == "" {
		return made{}, fmt.Errorf("index: thread without an id: %q", s.Subject)
	}
	blob, err := b.packer.thread(s)
	if err != nil {
		return made{}, err
	}
	doc := document.NewDocument(threadKey(s.ID))
	out := docFields{doc}
	out.stored(blob)
	out.common(fType, typeThread)
	out.common(fThread, s.ID)
	out.values(fThread)
	out.common(fHeat, numberTerm(int64(s.Heat)))
	out.common(fMessages, numberTerm(int64(s.Messages)))
	out.common(fPeople, numberTerm(int64(len(s.Participants))))
	out.words(fLast, sortTerm(s))
	out.values(fLast)
	out.common(fLabel, s.Label)
	out.common(fOutcome, s.Outcome.Label)
	if s.Partial {
		out.common(fPartial, "true")
	}
	out.common(fMoves, moves(s)...)
	return made{doc, len(blob)}, nil
}

// docFields adds fields to a document.
type docFields struct{ doc *document.Document }

func (o docFields) stored(blob []byte) {
	o.doc.AddField(&field{name: fBlob, value: blob, opts: bleve.StoreField, plain: len(blob)})
}

func (o docFields) add(name string, b *bag, opts bleve.FieldIndexingOptions) {
	if len(b.terms) > 0 {
		o.doc.AddField(&field{name: name, terms: b.terms, opts: bleve.IndexField | opts})
	}
}

// words adds a field of terms that stand for themselves; empty ones are left out. It is for fields
// whose terms are rare: zap keeps a posting with frequency 1 that is alone in the dictionary itself.
func (o docFields) words(name string, terms ...string) {
	b := newBag(len(terms))
	for _, t := range terms {
		b.set(t, 1)
	}
	o.add(name, b, 0)
}

// common is words for fields whose terms many documents share: with frequency 0 zap leaves out the
// norm, which would be half of the field.
func (o docFields) common(name string, terms ...string) {
	b := newBag(len(terms))
	for _, t := range terms {
		b.set(t, 0)
	}
	o.add(name, b, bleve.SkipFreqNorm)
}

// values keeps the term of the field added last for each document, so that it can be read back.
func (o docFields) values(name string) {
	for _, f := range slices.Backward(o.doc.Fields) {
		if f, ok := f.(*field); ok && f.name == name {
			f.opts |= bleve.DocValues
			return
		}
	}
}

// people adds names and addresses whole, and their words to who.
func (o docFields) people(name string, who *bag, list []analysis.Person) {
	all := newBag(len(list))
	for _, p := range list {
		all.set(personTerm(p), 0)
		for _, w := range words(p.Name) {
			who.set(w, 0)
		}
		for _, w := range words(p.Addr) {
			who.set(w, 0)
		}
		who.set(strings.ToLower(p.Addr), 0)
	}
	o.add(name, all, bleve.SkipFreqNorm)
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

func lower(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = strings.ToLower(s)
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
