package analysis

import "time"

// Evidence is one reason for a tag: a sentence of the author's own text and the rule that fired on it.
type Evidence struct {
	Text   string  `json:"text"`   // the sentence, white space folded
	Start  int     `json:"start"`  // byte range in the author's own text (body.Text.Own); start == end == 0 for evidence from headers or files
	End    int     `json:"end"`    //
	Rule   string  `json:"rule"`   // id of the rule or head that fired, e.g. "NAK-2", "tone-head"
	Weight float64 `json:"weight"` // how much it added to the tag's score
}

// A Tag is an id of a closed list (a topic, an entity) with its score in 0..1 and the evidence for it.
type Tag struct {
	ID       string     `json:"id"`
	Score    float64    `json:"score"`
	Evidence []Evidence `json:"evidence"`
}

// A Verdict is the label chosen on one axis with its calibrated score in 0..1 and the evidence for it.
type Verdict struct {
	Label    string     `json:"label"`
	Score    float64    `json:"score"`
	Evidence []Evidence `json:"evidence,omitempty"`
}

// Person names the sender of a message as the header gives him.
type Person struct {
	Name string `json:"name"`
	Addr string `json:"addr"`
}

// Series is the position of a mail in a patch series, from its subject.
type Series struct {
	Prefix   string   `json:"prefix,omitempty"` // tree or subsystem words in the brackets: "net-next", "rust"
	Version  int      `json:"version"`          // 1 when the subject names none
	Part     int      `json:"part"`             // 0 is the cover letter
	Total    int      `json:"total"`            // 0 when the subject does not count
	Flags    []string `json:"flags,omitempty"`  // RFC, RESEND, ...
	Inferred bool     `json:"inferred"`         // not in the subject itself but from the thread
}

// Trailer is one "Token: value" line. Given says that the author gives it himself in this mail,
// as against a tag he carries along or quotes.
type Trailer struct {
	Token string `json:"token"`
	Value string `json:"value"`
	Given bool   `json:"given"`
}

// Source is one place where the mail was found.
type Source struct {
	Path   string `json:"path"`             // archive file or repository
	Offset int64  `json:"offset"`           // byte offset of the mail in the unpacked file; 0 for git and maildir
	Commit string `json:"commit,omitempty"` // public-inbox commit
	List   string `json:"list,omitempty"`   // list the source was read as
}

// RoleClaim says for what and on whose word a person has a role.
type RoleClaim struct {
	Subsystem string `json:"subsystem,omitempty"` // MAINTAINERS entry
	Source    string `json:"source,omitempty"`    // "MAINTAINERS 6.12 (snapshot): RUST", or "the mail: " and the words that show it
}

// A tag counts in sums, ledgers and reports when it is more likely right than wrong; one that is not is unsure, and every
// table and page that counts says how many are. The record of a mail holds the tag with its score however unsure it is.
// These are the scores from which a tag counts.
const (
	Sure = 0.5 // of a position, a tone and incivility, whose scores are calibrated

	// SureArgument is that of an argument, whose score is no calibrated confidence: of the tags under it, 32 of 75 were
	// right by labels of the two lists, and about half by a reading of the mail.
	SureArgument = 0.27
)

// Stands returns the position that counts: support, conditional or oppose with a score of [Sure] or more, else none.
func (r *Record) Stands() string {
	switch l := r.Stance.Label; l {
	case support, conditional, oppose:
		if r.Stance.Score >= Sure {
			return l
		}
	}
	return none
}

// Unsure returns the position that a mail is tagged with but that does not count; "" when there is none.
func (r *Record) Unsure() string {
	if l := r.Stance.Label; l != none && l != r.Stands() {
		return l
	}
	return ""
}

// Tone returns the tone that counts: positive or negative with a score of [Sure] or more, else neutral.
func (r *Record) Tone() string {
	if l := r.Sentiment.Label; (l == positive || l == negative) && r.Sentiment.Score >= Sure {
		return l
	}
	return neutral
}

// UnsureTone returns the tone that a mail is tagged with but that does not count; "" when there is none.
func (r *Record) UnsureTone() string {
	if l := r.Sentiment.Label; (l == positive || l == negative) && r.Sentiment.Score < Sure {
		return l
	}
	return ""
}

// Uncivil says whether a mail counts as uncivil.
func (r *Record) Uncivil() bool { return r.Incivility.Label == isTrue && r.Incivility.Score >= Sure }

// UnsureUncivil says whether a mail is tagged as uncivil but does not count as such.
func (r *Record) UnsureUncivil() bool {
	return r.Incivility.Label == isTrue && r.Incivility.Score < Sure
}

// Arguments returns the arguments of a mail that count, and those that are unsure, each in the order of Topics.
func (r *Record) Arguments() (sure, unsure []Tag) {
	for _, t := range r.Topics {
		if t.Score >= SureArgument {
			sure = append(sure, t)
		} else {
			unsure = append(unsure, t)
		}
	}
	return sure, unsure
}

// Record is the machine-readable form of one message, one line of `export --format jsonl`.
// Its names are a contract with users' scripts.
type Record struct {
	ID         string     `json:"id"`
	Thread     string     `json:"thread"`           // Message-ID of the thread's root
	Parent     string     `json:"parent,omitempty"` // Message-ID of the parent in the tree, present or missing
	Depth      int        `json:"depth"`            // 0 for the root
	Date       time.Time  `json:"date"`
	Received   time.Time  `json:"received,omitzero"`
	Subject    string     `json:"subject"`
	From       Person     `json:"from"`
	Person     string     `json:"person"`     // the identity behind the address: canonical name
	Role       string     `json:"role"`       // top-maintainer, maintainer, reviewer, rust-maintainer, developer, bot
	RoleClaim  RoleClaim  `json:"role_claim"` // subsystem and source of the role
	Kind       string     `json:"kind"`       // patch | cover | reply | mail | bot | merge-request
	To         []Person   `json:"to"`
	Cc         []Person   `json:"cc"`
	Lists      []string   `json:"lists"`
	Sources    []Source   `json:"sources"`
	References []string   `json:"references"`
	InReplyTo  []string   `json:"in_reply_to"`
	Series     *Series    `json:"series,omitempty"`
	Trailers   []Trailer  `json:"trailers"`
	Files      []string   `json:"files"`
	Words      int        `json:"words"` // words of the author's own prose
	Rust       bool       `json:"rust"`
	Topics     []Tag      `json:"topics"`
	Entities   []Tag      `json:"entities"`
	Sentiment  Verdict    `json:"sentiment"`  // positive | neutral | negative
	Incivility Verdict    `json:"incivility"` // true | false
	Stance     Verdict    `json:"stance"`     // support | conditional | oppose | none
	Signal     string     `json:"signal"`     // ack | review | test | nak | apply | none
	SignalBy   []Evidence `json:"signal_evidence,omitempty"`
	Settles    []Evidence `json:"settles,omitempty"` // what settles a question without a signal: he takes a NAK back; a robot says that it was merged
	Defects    []string   `json:"defects"`
	RustBy     []Evidence `json:"rust_evidence,omitempty"` // why Rust is true
	Hash       string     `json:"hash"`                    // mail.Message.Hash
}

// Outcome is how a thread ended, with the mail that shows it.
type Outcome struct {
	Label    string     `json:"label"` // applied | superseded | naked | dropped | undecided
	ID       string     `json:"id,omitempty"`
	Evidence []Evidence `json:"evidence,omitempty"`
}

// Participant is one person's part in a thread.
type Participant struct {
	Person    string    `json:"person"`
	Role      string    `json:"role"`
	RoleClaim RoleClaim `json:"role_claim"`
	Messages  int       `json:"messages"`
	Stance    string    `json:"stance"`   // the last stance that is not none; none otherwise
	Changes   int       `json:"changes"`  // steps from one stance to another
	Nak       string    `json:"nak"`      // what became of his last NAK: standing | lifted | overridden; "" for none
	Negative  int       `json:"negative"` // messages by Record.Tone
	Uncivil   int       `json:"uncivil"`  // by Record.Uncivil
}

// ThreadTag is a topic or entity of a thread: in how many messages it was put forward.
type ThreadTag struct {
	ID       string  `json:"id"`
	Score    float64 `json:"score"` // its part of the thread, 0..1, which is no confidence
	Messages int     `json:"messages"`
	Unsure   int     `json:"unsure"` // more messages that are tagged with it but do not count, see Record.Arguments
}

// Count is how many mails hold the tag.
func (t ThreadTag) Count() Count { return Count{t.Messages, t.Unsure} }

// ThreadEvidence is a sentence and the mail it stands in.
type ThreadEvidence struct {
	ID string `json:"id"`
	Evidence
}

// A Branch is a discussion inside a large thread: a reply and all that answers it.
type Branch struct {
	ID          string           `json:"id"`               // its root
	Within      string           `json:"within,omitempty"` // root of the branch around it
	Subject     string           `json:"subject"`
	Person      string           `json:"person"` // who wrote the root
	Date        time.Time        `json:"date"`
	Messages    int              `json:"messages"` // mails of people
	People      int              `json:"people"`
	Label       string           `json:"label"` // as of a thread; other where it drifted away from Rust
	DebateScore float64          `json:"debate_score"`
	Heat        int              `json:"heat"`
	Topics      []ThreadTag      `json:"topics"`
	Evidence    []ThreadEvidence `json:"evidence"`         // what label and heat rest on, see branchEvidence
	Heated      *ThreadEvidence  `json:"heated,omitempty"` // where it heated up
	Cooled      *ThreadEvidence  `json:"cooled,omitempty"` // who cooled it: nobody was hot afterwards
}

// ThreadSummary is the machine-readable form of one conversation.
type ThreadSummary struct {
	ID           string           `json:"id"`
	Subject      string           `json:"subject"`
	Author       string           `json:"author"` // the person of the root
	Lists        []string         `json:"lists"`
	Messages     int              `json:"messages"`
	Participants []Participant    `json:"participants"`
	First        time.Time        `json:"first"`
	Last         time.Time        `json:"last"`
	Partial      bool             `json:"partial"` // the root's parent lies outside the data
	Missing      []string         `json:"missing,omitempty"`
	Label        string           `json:"label"`             // debate | rust | other
	DebateScore  float64          `json:"debate_score"`      // of a thread about Rust: debate from Sure on; 0 of others
	PartOf       *Part            `json:"part_of,omitempty"` // the debate that it is a piece of
	Heat         int              `json:"heat"`              // 0 calm .. 3 hostile
	Topics       []ThreadTag      `json:"topics"`
	Entities     []ThreadTag      `json:"entities"`
	Stances      map[string]int   `json:"stances"` // mails of people by Record.Stands: support, conditional, oppose, none
	Unsure       map[string]int   `json:"unsure"`  // mails by Record.Unsure: support, conditional, oppose
	Signals      map[string]int   `json:"signals"`
	Roles        map[string]int   `json:"roles"`
	Series       []string         `json:"series"`
	Outcome      Outcome          `json:"outcome"`
	Evidence     []ThreadEvidence `json:"evidence"`
	Branches     []Branch         `json:"branches"` // of a large thread, in the order of the tree
}
