package eval

// Message holds the labels of one mail. An empty string means that the field is not labelled.
type Message struct {
	ID         string
	Thread     string // root of the thread, the unit of resampling; empty: the mail is a thread of its own
	List       string
	From       string
	Subject    string
	Date       string // as the file has it
	Sentiment  string // positive | neutral | negative
	Incivility string // true | false
	Stance     string // support | conditional | oppose | none
	Signal     string // ack | review | test | nak | apply | none
	Arguments  []string
	Argued     bool   // Arguments is labelled; an empty list then means none
	Evidence   string // sentence the labeller chose
	Confidence int    // 1 boundary case .. 3 certain; 0 not given
	Sampling   string // how the row was drawn; only "random" rows show base rates
	Text       string // the author's own text, where a sheet or a caller gives it
	Weight     float64
}

// Thread holds the labels of one thread, or of one branch inside a thread.
type Thread struct {
	ID         string // earliest mail present, or root of the branch
	Root       string // the real root when the data lacks it
	Parent     string // of a branch: the thread it is in
	List       string
	Subject    string
	Label      string // debate | rust-nondebate | not-rust
	Topics     []string
	Topical    bool // Topics is labelled
	Heat       int  // 0 calm .. 3 hostile; -1 not labelled
	Messages   int
	Confidence int
	Basis      string // how thoroughly the thread was read
}

// Person holds the labelled role of one person.
type Person struct {
	Name      string
	Aliases   []string
	Addresses []string
	Role      string
	Evidence  string // Message-ID of the mail that shows it
	Strength  string // strong | weak
}

// Set is what one labeller, or one tool, says.
type Set struct {
	Messages []Message
	Threads  []Thread
	Branches []Thread
	People   []Person
}

// Predictions are the tags to judge.
type Predictions struct {
	Messages []Prediction
	Threads  []ThreadPrediction
	Branches []ThreadPrediction
	People   []Person
}

// Prediction is what a tool says of one mail.
type Prediction struct {
	Message
	// Score holds the confidence in the label chosen, 0..1, by field name; a missing field has none.
	Score map[string]float64
	// Reasons holds the evidence sentences by field name, for arguments by "arguments/ID".
	Reasons map[string][]string
}

// ThreadPrediction is what a tool says of one thread or branch.
type ThreadPrediction struct {
	Thread
	Score   float64  // confidence in Label, 0..1; 0 when there is none
	Reasons []string // evidence of Label
}

// Names of the fields, in the order of a report.
const (
	FieldThread     = "thread label"
	FieldHeat       = "heat"
	FieldSentiment  = "sentiment"
	FieldIncivility = "incivility"
	FieldStance     = "stance"
	FieldSignal     = "signal"
	FieldArguments  = "arguments"
	FieldTopics     = "topics of debates"
	FieldBranch     = "branch label"
	FieldBranchHeat = "branch heat"
	FieldRole       = "role"
)

// Values lists what a field of a mail or thread may say, in the order of a report; nil for an open list.
func Values(field string) []string {
	switch field {
	case FieldThread, FieldBranch:
		return []string{"debate", "rust-nondebate", "not-rust"}
	case FieldHeat, FieldBranchHeat:
		return []string{"0", "1", "2", "3"}
	case FieldSentiment:
		return []string{"positive", "neutral", "negative"}
	case FieldIncivility:
		return []string{"true", "false"}
	case FieldStance:
		return []string{"support", "conditional", "oppose", "none"}
	case FieldSignal:
		return []string{"ack", "review", "test", "nak", "apply", "none"}
	case FieldRole:
		return []string{"rust-maintainer", "maintainer", "developer"}
	}
	return nil
}

// threadLabel folds the two vocabularies of thread labels into that of the labels.
func threadLabel(s string) string {
	switch s {
	case "rust":
		return "rust-nondebate"
	case "other":
		return "not-rust"
	}
	return s
}

// roleLabel folds roles into the three that labels tell apart.
//
// QUIRK: labels know no reviewers (an R: line is no maintainer) and mark as "company" who speaks for one.
func roleLabel(s string) string {
	switch s {
	case "top-maintainer":
		return "maintainer"
	case "reviewer", "company":
		return "developer"
	}
	return s
}
