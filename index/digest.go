package index

import (
	"hash/maphash"
	"iter"
	"strings"

	"rustle/pkg/analysis"
)

// A digest is a document on its way into a collector: its terms, each once, with the field it belongs to. It is made
// by the goroutine that puts the document, in memory that fits into the cache of a processor, so that the large
// tables of a collector, and its lock, are needed once for each word of a mail and not once for each time it stands
// there. It is used again for the next document.
type digest struct {
	key    string
	blob   []byte
	raw    []byte // blob, unpacked
	text   []byte // of all terms
	terms  []digestTerm
	slots  []int32 // numbers of terms by hash, plus 1; twice as many as terms at least, a power of two
	places []spot  // of the subject
	folded []byte  // the text at hand
}

// A digestTerm is a term of one field.
type digestTerm struct {
	hash, from, size uint32
	number           int32  // in the column of the collector
	field            uint8  // place in fieldNames
	freq             uint16 // see collector.words and Part; wholeWord while the text is read
	stem             uint8  // frequency of the word's stem, 0 when it is not to be stemmed
	compound         bool   // snake_case
	code             pairCode
}

// A spot is where a term stands in the field.
type spot struct{ term, position int32 }

// hashSeed differs from run to run; what is written does not depend on it.
var hashSeed = maphash.MakeSeed()

func wordHash(word string) uint32 { return uint32(maphash.String(hashSeed, word)) }

// Room for most mails, and the most that is kept for the next one.
const (
	roomySlots = 1 << 12
	mostSlots  = 1 << 15
	mostText   = 1 << 20
)

// reset makes a digest ready for another document.
func (d *digest) reset(key string) {
	d.key = key
	if len(d.slots) > mostSlots || cap(d.raw)+cap(d.folded)+cap(d.text) > mostText {
		*d = digest{key: key}
	}
	if d.slots == nil {
		d.slots = make([]int32, roomySlots)
	} else {
		clear(d.slots)
	}
	d.blob, d.raw, d.text = d.blob[:0], d.raw[:0], d.text[:0]
	d.terms, d.places = d.terms[:0], d.places[:0]
	d.words(fID, key)
}

// read takes in a message with its blob.
func (d *digest) read(doc *Doc, pk *packer) error {
	parts := clip(doc.Parts, len(doc.Mail.Text))
	d.message(doc, parts)
	return pk.message(d, &doc.Record, doc.Mail, parts)
}

// words adds terms that stand for themselves to a field; empty ones are left out. Fields with SkipFreqNorm are
// for terms that many documents share: with frequency 0 zap leaves out the norm, which would be half of the
// field. In others a posting of frequency 1 that is alone is kept in the dictionary itself.
func (d *digest) words(field string, terms ...string) {
	n := fieldNumbers[field]
	for _, t := range terms {
		if t != "" {
			d.terms[d.number(n, t)].freq = plainFreqs[n]
		}
	}
}

// lower adds terms in lower case.
func (d *digest) lower(field string, terms ...string) {
	for _, t := range terms {
		d.words(field, strings.ToLower(t))
	}
}

// split adds the words of a text, folded.
func (d *digest) split(field, text string) {
	d.folded = appendFold(d.folded[:0], text)
	s := inPlace(d.folded)
	n := fieldNumbers[field]
	for i := 0; i < len(s); {
		from, to, end := cutWord(s, i)
		if from < len(s) {
			d.terms[d.number(n, s[from:to])].freq = plainFreqs[n]
		}
		i = end
	}
}

// number is the number of a term, a new one when the digest does not have it.
func (d *digest) number(field uint8, text string) int {
	hash := wordHash(text)
	slot := d.slot(hash, field)
	for ; d.slots[slot] > 0; slot = (slot + 1) & (len(d.slots) - 1) {
		n := int(d.slots[slot]) - 1
		if t := &d.terms[n]; t.hash == hash && t.field == field && string(d.text[t.from:t.from+t.size]) == text {
			return n
		}
	}
	n := len(d.terms)
	d.terms = append(d.terms, digestTerm{hash: hash, field: field, from: uint32(len(d.text)), size: uint32(len(text))})
	d.text = append(d.text, text...)
	d.slots[slot] = int32(n) + 1
	if 2*len(d.terms) > len(d.slots) {
		d.grow()
	}
	return n
}

// slot is where a term is looked for first.
func (d *digest) slot(hash uint32, field uint8) int {
	return int(hash+uint32(field)*fieldStep) & (len(d.slots) - 1)
}

// fieldStep keeps apart what stands in several fields: a large odd number.
const fieldStep = 0x9e3779b1

// grow doubles the slots.
func (d *digest) grow() {
	d.slots = make([]int32, 2*len(d.slots))
	for i := range d.terms {
		slot := d.slot(d.terms[i].hash, d.terms[i].field)
		for d.slots[slot] != 0 {
			slot = (slot + 1) & (len(d.slots) - 1)
		}
		d.slots[slot] = int32(i) + 1
	}
}

// wholeWord is set while a text is read on words that stand for themselves somewhere.
const wholeWord = 1 << 8

// mark adds the places in which a word stands to its frequency.
func mark(freq, bits uint16) uint16 {
	own := freq&inOwn + bits&inOwn
	return (freq|bits)&^inOwn | min(own, inOwn)
}

// body adds the words of a mail's text and returns how many are the author's own.
func (d *digest) body(runs iter.Seq[stretch]) (own int) {
	field := fieldNumbers[fBody]
	next := pairs{in: d, field: fieldNumbers[fPairs]}
	codes := pairTable()
	first := len(d.terms)
	for run := range runs {
		next.end()
		bits := uint16(run.bits)
		if bits == inOwn {
			bits = 1
		}
		d.folded = appendFold(d.folded[:0], run.text)
		text := inPlace(d.folded)
		for i := 0; i < len(text); {
			from, to, end := cutWord(text, i)
			if i = end; to-from > maxToken || from >= len(text) {
				next.end()
				continue
			}
			word := text[from:to]
			n := d.number(field, word)
			t := &d.terms[n]
			if t.freq&wholeWord == 0 {
				t.compound, t.code = strings.IndexByte(word, '_') >= 0, codes.find(t.hash, word).pairCode
			}
			t.freq = mark(t.freq, bits|wholeWord)
			own += int(bits & 1)
			compound, code := t.compound, t.code
			next.word(code)
			if compound {
				d.parts(field, word, bits)
			}
		}
	}
	for i := range d.terms[first:] {
		t := &d.terms[first+i]
		if t.freq&wholeWord != 0 { // parts of identifiers are not stemmed
			t.stem = uint8(t.freq & inProse)
			t.freq &^= wholeWord
		}
	}
	return own
}

// parts adds the pieces of snake_case.
func (d *digest) parts(field uint8, word string, bits uint16) {
	for p := range strings.SplitSeq(word, "_") {
		if p != "" && p != word {
			t := &d.terms[d.number(field, p)]
			t.freq = mark(t.freq, bits)
		}
	}
}

// Frequencies in the subject field.
const (
	noiseWord = 1
	titleWord = 2
)

// subject adds the words of a subject with their positions. Words of Re: and [PATCH ...] count
// as noise.
func (d *digest) subject(subject string) {
	field := fieldNumbers[fSubject]
	noise := len(subject) - len(title(subject))
	pos := int32(0)
	add := func(word string, freq uint16) *digestTerm {
		t := &d.terms[d.number(field, word)]
		t.freq = max(t.freq, freq)
		return t
	}
	read := func(text string, freq uint16) {
		for _, w := range words(text) {
			if len(w) > maxToken {
				continue
			}
			pos++
			t := add(w, freq)
			t.stem = uint8(t.freq)
			d.places = append(d.places, spot{int32(d.number(field, w)), pos})
			for p := range strings.SplitSeq(w, "_") {
				if p != "" && p != w {
					add(p, freq)
				}
			}
		}
	}
	read(subject[:noise], noiseWord)
	read(subject[noise:], titleWord)
}

// people adds names and addresses whole, and their words to who.
func (d *digest) people(field string, list ...analysis.Person) {
	for _, p := range list {
		d.words(field, personTerm(p))
		d.split(fWho, p.Name)
		d.split(fWho, p.Addr)
		d.lower(fWho, p.Addr)
	}
}

// title is the subject without reply marks and bracketed tags at its beginning.
func title(s string) string {
	for {
		t := strings.TrimLeft(s, " \t")
		low := t[:min(len(t), 4)]
		switch {
		case len(low) >= 3 && (strings.EqualFold(low[:3], "re:") || strings.EqualFold(low[:3], "aw:")):
			s = t[3:]
			continue
		case strings.EqualFold(low, "fwd:"):
			s = t[4:]
			continue
		case t != "" && t[0] == '[':
			if i := strings.IndexByte(t, ']'); i > 0 {
				s = t[i+1:]
				continue
			}
		}
		return t
	}
}
