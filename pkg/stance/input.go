package stance

import "rustle/pkg/linear"

// The labels of signals and stances.
const (
	Nak    = "nak"
	Apply  = "apply"
	Ack    = "ack"
	Review = "review"
	Test   = "test"
	None   = "none" // also the stance of somebody who takes none

	Support     = "support"
	Conditional = "conditional"
	Oppose      = "oppose"
)

// A Trailer is a "Token: value" line of the author's own text.
type Trailer struct {
	Token string // "Reviewed-by"
	Value string // "Ada Lovelace <ada@example.org>"
}

// An Input is one mail: what its author wrote, and what is known about its place. Fields that are
// not known stay zero.
type Input struct {
	Sentences []string  // own prose, without greeting, closing, quotes, code
	Trailers  []Trailer // in the author's own text, not quoted
	Name      string    // author as the From header gives him
	Addr      string

	Reply bool // answers a mail; not a posted patch
	Cover bool // a cover letter
	Patch bool // a posted patch or cover letter: its trailers are carried along, not given
	Rust  bool // about Rust in the kernel, or part of a discussion or review that is

	RustDeveloper  bool // the author has posted Rust patches
	OwnPatch       bool // he answers in the discussion of his own patch
	OwnThread      bool // he began the thread
	AnswersRustDev bool // the mail he answers is by somebody who has posted Rust patches
	AnswersSelf    bool
	ParentSignal   string // signal of the mail he answers, "" when not known

	// Tone of the mail as another package judges it, probabilities in 0..1; all zero when not known.
	Positive, Negative, Uncivil float64

	// Text is Sentences as a linear.Reader of the caller read them, to read once for several packages;
	// nil reads them here.
	Text *linear.Text
}

// shared returns in.Text when it fits the sentences.
func (in *Input) shared() *linear.Text {
	if in.Text != nil && len(in.Text.Sentences) == len(in.Sentences) {
		return in.Text
	}
	return nil
}

// A Hit is one reason: the sentence (index in Input.Sentences; -1 when the reason is a trailer or the
// context), the rule and its weight: for signals how sure the rule is (0..1), for stances what it
// added to the label's logit.
type Hit struct {
	Sentence int
	Rule     string
	Weight   float64
}

// A Verdict is a label, its calibrated probability in 0..1 and the reasons, strongest first. A label
// other than none has at least one hit.
type Verdict struct {
	Label string
	Score float64
	Hits  []Hit

	// How likely he is for it, and against it or for it on conditions only, whatever the label: 0..1 each.
	Pro, Con float64
}
