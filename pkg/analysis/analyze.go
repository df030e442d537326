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
	"context"
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
	Identities  string // the user's joins and splits, TOML as people.ParseUserFile takes it
	LinuxGit    string // git repository of Linux: roles are those of the release before a mail; instead of Maintainers
	Taxonomy    string // TOML as topic.Load takes it
	Untrained   bool   // no models but rules: what training starts from
	Model       string // models of tone, position and threads as Bundle puts them together
}

// An Analyzer holds the compiled rules and models. It is immutable and safe for concurrent use.
type Analyzer struct {
	topics  *topic.Rules
	tone    *sentiment.Model
	stance  *stance.Model
	files   *people.Directory // what files say of people
	people  *people.Directory // that, and what mail shows of them: see Knowing
	history *people.History   // nil: roles are those of people
	shape   *shapeModel
	dissent *dissent
	readers *sync.Pool // *linear.Reader, for sentences
	desks   *sync.Pool // *desk, for the mails of a thread
	rules   string     // all that can change a tag but the models
	print   string
}

// revision counts changes of the rules of this package itself.
const revision = 7

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
	Files  []patch.File // that its own diffs and diffstats name

	subject   patch.Subject
	role      people.Role // by MAINTAINERS, see setRole
	reading   *topic.Reading
	relevance topic.Relevance
	sentences []string
	spans     [][2]int // of Record.Trailers in the author's own text
	arguments []topic.Verdict
	stand     Verdict        // stance, also where a record has none because Rust is not the subject
	oppose    float64        // how likely he opposes or sets a condition, 0..1, whatever the label
	support   float64        // how likely he supports, 0..1, whatever the label
	negative  float64        // 0..1, whatever the label
	uncivil   float64        // 0..1, whatever the label
	rude      []float64      // the most uncivil sentences, 0..1 each, at most rudest of them
	position  stance.Reading // what the model of position was given, with the first look of it
	branch    int            // of the thread, as branches numbers them
	dissent   int            // sentences of an answer that contradict
	aboutRust bool           // the author's own prose is about Rust
	patch     *Draft         // the posted patch, cover letter or pull request it is or answers, nil when there is none
}

// Result is a thread with its messages in tree order.
type Result struct {
	Summary  ThreadSummary
	Messages []*Draft
}

// New compiles rules and models. The error names the file that cannot be used.
func New(o Options) (*Analyzer, error) {
	a := &Analyzer{
		topics:  topic.Default(),
		readers: &sync.Pool{New: func() any { return new(linear.Reader) }},
		desks:   &sync.Pool{New: func() any { return new(desk) }},
	}
	var err error
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
	if o.Identities != "" {
		if p.User, err = readFile(o.Identities, people.ParseUserFile); err != nil {
			return nil, err
		}
	}
	a.people = people.Default()
	if o.Maintainers != "" || o.Mailmap != "" || o.Identities != "" {
		a.people = people.New(p)
	}
	a.files = a.people
	if o.LinuxGit != "" {
		if a.history, err = people.OpenHistory(context.Background(), o.LinuxGit, p); err != nil {
			return nil, err
		}
	}
	if err := a.ruleText(o); err != nil {
		return nil, err
	}
	if o.Untrained {
		return a.withRules()
	}
	if o.Model == "" {
		return a.With(sentiment.Default(), stance.Default(), shapeJSON)
	}
	b, err := readFile(o.Model, linear.ReadBundle)
	if err != nil {
		return nil, err
	}
	a, err = a.withBundle(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.Model, err)
	}
	return a, nil
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

// ruleText hashes all that can change a tag but the models.
func (a *Analyzer) ruleText(o Options) error {
	h := fnv.New64a()
	_, _ = fmt.Fprintln(h, revision, a.topics.Fingerprint(), people.Release)
	_, _ = io.WriteString(h, dissentText)
	if a.history != nil {
		_, _ = io.WriteString(h, a.history.Fingerprint())
	}
	for _, path := range []string{o.Maintainers, o.Mailmap, o.Identities} {
		if path == "" {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		h.Write(text)
	}
	a.rules = fmt.Sprintf("%016x", h.Sum64())
	return nil
}

// People is the directory that identities come from.
func (a *Analyzer) People() *people.Directory { return a.people }

// Knowing returns an Analyzer with the same rules that knows the names and addresses in the From of mail, and what
// they join. It knows these alone, whatever a knew of mail; their order does not matter. Who a mail is by depends on
// them; nothing else in a record does, but for the role of that person.
func (a *Analyzer) Knowing(seen []people.Observation) *Analyzer {
	b := *a
	b.people = a.files.Merge(seen)
	return &b
}

// Fingerprint names the rules and models: 16 hex digits that change whenever a tag may.
func (a *Analyzer) Fingerprint() string { return a.print }

// Damage says whether a defect means that a part of the mail is lost or doubtful, as against an
// oddity that was understood.
func Damage(defect string) bool {
	switch defect {
	case mail.DefectNoHeader, mail.DefectTextTruncated, mail.DefectTooLarge, mail.DefectHeaderTooLarge, mail.DefectMIMETooDeep,
		mail.DefectTooManyParts, mail.DefectBadEncoding, mail.DefectBrokenMIME, mail.DefectNoFrom, mail.DefectBadFrom, DefectTooManySentences:
		return true
	}
	return false
}
