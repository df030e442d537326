// Package analysis puts one mail in its thread together: from parsed messages it makes the Records
// and the ThreadSummary that everything else searches, prints and exports.
//
// In come the messages of one thread and its tree, out come a record per message and a summary:
//
//	a, err := analysis.New(analysis.Options{})
//	result := a.Thread(tree, inputs)
//	result.Summary.Label // "debate"
//
// What a message says is judged from the author's own sentences (package body) by topic, sentiment
// and stance; what a thread is, from the shape of its exchanges and the judgements of its messages.
// A thread is always analysed as a whole and nothing outside it is looked at, so results do not
// depend on the order in which mail arrived.
//
// The package reads no archive, keeps no state and knows no clock. It sees no irony.
package analysis

import (
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"sync"

	"rustle/pkg/body"
	"rustle/pkg/linear"
	"rustle/pkg/mail"
	"rustle/pkg/patch"
	"rustle/pkg/people"
	"rustle/pkg/sentiment"
	"rustle/pkg/stance"
	"rustle/pkg/topic"
)

// Options names files that replace embedded data. The zero value takes the embedded ones.
type Options struct {
	Maintainers string // MAINTAINERS file
	Mailmap     string // mailmap file
	Taxonomy    string // TOML as topic.Load takes it
	Threads     string // thread model as FitShape writes it

	Tone   *sentiment.Model // nil: the embedded model
	Stance *stance.Model    // nil: the embedded model
}

// An Analyzer holds the compiled rules and models. It is immutable and safe for concurrent use.
type Analyzer struct {
	topics  *topic.Rules
	tone    *sentiment.Model
	stance  *stance.Model
	people  *people.Directory
	shape   *shapeModel
	dissent *dissent
	readers sync.Pool // *linear.Reader, for sentences
	print   string
}

// revision counts changes of the rules of this package itself.
const revision = 2

// Input is one message of a thread with what is known of it beside its text.
type Input struct {
	Mail     *mail.Message
	Sources  []Source
	Conflict bool // another mail with other content has the same Message-ID
}

// A Draft is a message on its way to its record, with what the thread's models look at.
type Draft struct {
	Record Record
	Mail   *mail.Message
	Text   *body.Text
	Diff   patch.Diff

	subject   patch.Subject
	reading   *topic.Reading
	relevance topic.Relevance
	sentences []string
	spans     [][2]int // of Record.Trailers in the author's own text
	arguments []topic.Verdict
	stand     Verdict   // stance, also where a record has none because Rust is not the subject
	oppose    float64   // score of an opposing or conditional position, else 0
	support   float64   // score of a supporting position, else 0
	negative  float64   // 0..1, whatever the label
	uncivil   float64   // 0..1, whatever the label
	rude      []float64 // the most uncivil sentences, 0..1 each, at most rudest of them
	branch    int       // of the thread, as branches numbers them
	dissent   int       // sentences of an answer that contradict
	aboutRust bool      // the author's own prose is about Rust
	patch     *Draft    // the posted patch, cover letter or pull request it is or answers, nil when there is none
}

// Result is a thread with its messages in tree order.
type Result struct {
	Summary  ThreadSummary
	Messages []*Draft
}

// New compiles rules and models. The error names the file that cannot be used.
func New(o Options) (*Analyzer, error) {
	a := &Analyzer{topics: topic.Default(), tone: o.Tone, stance: o.Stance}
	if a.tone == nil {
		a.tone = sentiment.Default()
	}
	if a.stance == nil {
		a.stance = stance.Default()
	}
	shape := shapeJSON
	var err error
	if o.Threads != "" {
		if shape, err = os.ReadFile(o.Threads); err != nil {
			return nil, err
		}
	}
	if a.shape, err = loadShape(shape); err != nil {
		return nil, err
	}
	a.readers.New = func() any { return new(linear.Reader) }
	if a.dissent, err = newDissent(dissentText); err != nil {
		return nil, err
	}
	if o.Taxonomy != "" {
		if a.topics, err = readFile(o.Taxonomy, topic.Load); err != nil {
			return nil, err
		}
	}
	p := people.DefaultOptions()
	if o.Maintainers != "" {
		if p.Maintainers, err = readFile(o.Maintainers, people.ParseMaintainers); err != nil {
			return nil, err
		}
	}
	if o.Mailmap != "" {
		if p.Mailmap, err = readFile(o.Mailmap, people.ParseMailmap); err != nil {
			return nil, err
		}
	}
	a.people = people.Default()
	if o.Maintainers != "" || o.Mailmap != "" {
		a.people = people.New(p)
	}
	return a, a.fingerprint(o, shape)
}

func readFile[T any](path string, parse func(io.Reader) (T, error)) (v T, err error) {
	f, err := os.Open(path)
	if err != nil {
		return v, err
	}
	defer func() { _ = f.Close() }() // only read
	if v, err = parse(f); err != nil {
		return v, fmt.Errorf("%s: %w", path, err)
	}
	return v, nil
}

// fingerprint hashes all that can change a tag. Equal prints give equal records for equal mail.
func (a *Analyzer) fingerprint(o Options, shape []byte) error {
	h := fnv.New64a()
	_, _ = fmt.Fprintln(h, revision, a.topics.Fingerprint(), a.tone.Fingerprint(), a.stance.Fingerprint(), people.Release)
	h.Write(shape)
	_, _ = io.WriteString(h, dissentText)
	for _, path := range []string{o.Maintainers, o.Mailmap} {
		if path == "" {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		h.Write(text)
	}
	a.print = fmt.Sprintf("%016x", h.Sum64())
	return nil
}

// Fingerprint names the rules and models: 16 hex digits that change whenever a tag may.
func (a *Analyzer) Fingerprint() string { return a.print }

// Damage says whether a defect means that a part of the mail is lost or doubtful, as against an
// oddity that was understood.
func Damage(defect string) bool {
	switch defect {
	case mail.DefectNoHeader, mail.DefectTextTruncated, mail.DefectTooLarge, mail.DefectHeaderTooLarge, mail.DefectMIMETooDeep,
		mail.DefectTooManyParts, mail.DefectBadEncoding, mail.DefectBrokenMIME, mail.DefectNoFrom, mail.DefectBadFrom:
		return true
	}
	return false
}
