package analysis

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"
	"unicode"

	"rustle/pkg/topic"
)

// Large threads hold several discussions. A branch is a reply with all that answers it, directly or not.
const (
	branchThread = 12  // mails of people in a thread that is looked at
	branchLeast  = 5   // mails in a branch
	branchNamed  = 3   // mails in a branch with a subject of its own
	branchPart   = 25  // of a very long thread a branch has one mail in so many
	branchCover  = 0.8 // a branch that is nearly all of the one around it is not named beside it
	mostBranches = 40
	openingWords = 150 // a reply so long may open a discussion of its own though nobody answers elsewhere
	deepest      = 4   // branches within branches
)

// branchSummaries names the discussions inside a large thread, in tree order: where two or more mails are answered
// at length, each is the root of one, and so is a mail that changes the subject, or that opens with many words what
// runs on below it.
func (a *Analyzer) branchSummaries(drafts []*Draft) []Branch {
	t := newBranchTree(drafts)
	if t == nil || t.people < branchThread {
		return nil
	}
	var roots []int         // of the branches
	var around []int        // roots of those that enclose i
	within := map[int]int{} // the last of them, by root
	for i := range drafts {
		for len(around) > 0 && i >= t.end[around[len(around)-1]] {
			around = around[:len(around)-1]
		}
		size := t.people
		if len(around) > 0 {
			size = t.size[around[len(around)-1]]
		}
		if len(around) >= deepest || len(roots) >= mostBranches || !t.opens(i) || float64(t.size[i]) > branchCover*float64(size) {
			continue
		}
		if len(around) > 0 {
			within[i] = around[len(around)-1]
		}
		around = append(around, i)
		roots = append(roots, i)
	}
	out := make([]Branch, 0, len(roots))
	for k, i := range roots {
		b := a.branchSummary(drafts[i:t.end[i]], t.own(i, roots[k+1:]), t.size[i])
		if p, ok := within[i]; ok {
			b.Within = drafts[p].Record.ID
		}
		out = append(out, b)
	}
	return out
}

// A branchTree knows the extent of the subtree below each message. Messages come in tree order, so a subtree is a
// stretch of them.
type branchTree struct {
	drafts []*Draft
	parent []int // -1 for none
	end    []int // behind the last message of the subtree
	size   []int // mails of people in it
	least  int   // see branchLeast
	people int
}

// Inner gives the branches inside of branch i of a thread, which are listed in tree order: each before those inside of it.
func Inner(branches []Branch, i int) iter.Seq[*Branch] {
	return func(yield func(*Branch) bool) {
		inside := map[string]bool{branches[i].ID: true}
		for k := i + 1; k < len(branches) && inside[branches[k].Within]; k++ {
			inside[branches[k].ID] = true
			if !yield(&branches[k]) {
				return
			}
		}
	}
}

// newBranchTree returns nil when the order is no tree order, as with two mails of one id.
func newBranchTree(drafts []*Draft) *branchTree {
	n := len(drafts)
	t := &branchTree{drafts: drafts, parent: make([]int, n), end: make([]int, n), size: make([]int, n)}
	at := make(map[string]int, n)
	for i, d := range drafts {
		t.parent[i] = -1
		if p, ok := at[d.Record.Parent]; ok && d.Record.Parent != "" {
			t.parent[i] = p
		}
		if _, ok := at[d.Record.ID]; ok {
			return nil
		}
		at[d.Record.ID] = i
		t.end[i] = i + 1
		if d.Record.Kind != kindBot {
			t.size[i] = 1
			t.people++
		}
	}
	for i := n - 1; i >= 0; i-- {
		p := t.parent[i]
		if p < 0 {
			continue
		}
		if p >= i {
			return nil
		}
		t.end[p] = max(t.end[p], t.end[i])
		t.size[p] += t.size[i]
	}
	t.least = max(branchLeast, t.people/branchPart)
	return t
}

// own returns the messages of the branch with root i that are in none of those behind it, whose roots come in tree order.
func (t *branchTree) own(i int, behind []int) []*Draft {
	var out []*Draft
	at := i
	for _, k := range behind {
		if k >= t.end[i] {
			break
		}
		if k >= at {
			out = append(out, t.drafts[at:k]...)
			at = t.end[k]
		}
	}
	return append(out, t.drafts[at:t.end[i]]...)
}

// opens says that message i is the root of a branch.
func (t *branchTree) opens(i int) bool {
	d, p := t.drafts[i], t.parent[i]
	if p < 0 || t.size[i] < branchNamed || d.posted() || d.Record.Kind == kindBot || d.Record.Words < fewWords {
		return false
	}
	if !sameTitle(d, t.drafts[p]) && !t.drafts[p].posted() {
		return true
	}
	if t.size[i] < t.least {
		return false
	}
	if t.drafts[p].posted() || t.parent[p] < 0 || d.Record.Words >= openingWords {
		return true
	}
	for j := p + 1; j < t.end[p]; j = t.end[j] { // its siblings
		if j != i && t.size[j] >= t.least {
			return true
		}
	}
	return false
}

// sameTitle compares subjects without "Re:" and "(was: ...)".
func sameTitle(a, b *Draft) bool {
	bare := func(d *Draft) string {
		s, _, _ := strings.Cut(strings.ToLower(d.subject.Title), "(was")
		return strings.TrimSpace(s)
	}
	return bare(a) == bare(b)
}

// branchSummary describes the branch of these messages; own are those in no branch within.
func (a *Analyzer) branchSummary(drafts, own []*Draft, size int) Branch {
	root := &drafts[0].Record
	b := Branch{
		ID: root.ID, Subject: root.Subject, Person: root.Person, Date: root.Date, Messages: size, Label: "other",
		Topics: []ThreadTag{}, Evidence: []ThreadEvidence{},
	}
	people := map[string]bool{}
	rust := 0
	contributions := make([]topic.Contribution, 0, len(drafts))
	for _, d := range drafts {
		if d.Record.Kind == kindBot {
			continue
		}
		people[d.Record.Person] = true
		if d.Record.Rust {
			rust++
		}
		contributions = append(contributions, topic.Contribution{Arguments: d.arguments})
	}
	b.People = len(people)
	f := threadFeatures(drafts)
	b.Heat = a.shape.heat(f[:])
	if rust*2 >= size {
		b.Label = "rust"
		b.DebateScore = a.shape.debate(f[:])
		if b.DebateScore >= Sure {
			b.Label = debate
		}
		b.Topics = threadTopics(a.topics.Pool(contributions), drafts)
	}
	if b.Heat > 0 {
		b.Heated, b.Cooled = heatUp(drafts)
	}
	b.Evidence = branchEvidence(drafts, own, &b, rust)
	return b
}

// branchEvidence shows what the label and the heat of a branch rest on, in the order of the tree: who contests and who
// defends in a debate, else what it is about; of a branch that left Rust how few of its mails name it; and what makes it hot.
// What its own messages do not show, those of the branches within do: nothing is labelled without a reason.
func branchEvidence(drafts, own []*Draft, b *Branch, rust int) []ThreadEvidence {
	bestOf := func(of func(d *Draft) (*Evidence, float64)) *Draft {
		if d := best(own, of); d != nil {
			return d
		}
		return best(drafts, of)
	}
	out := []ThreadEvidence{}
	add := func(d *Draft, e *Evidence) {
		if e == nil {
			return
		}
		for i := range out {
			if out[i].ID == d.Record.ID && out[i].join(e) {
				return
			}
		}
		out = append(out, ThreadEvidence{d.Record.ID, *e})
	}
	if b.Label == "other" {
		root := drafts[0]
		e := root.evidence(-1, fmt.Sprintf("drift: %d of %d mails about Rust", rust, b.Messages), 1)
		add(root, &e)
	}
	if b.Label == "debate" {
		critic := bestOf(func(d *Draft) (*Evidence, float64) {
			if d.stand.Label != oppose && d.stand.Label != conditional {
				return nil, 0
			}
			return telling(d.stand.Evidence), d.stand.Score
		})
		if critic != nil {
			add(critic, telling(critic.stand.Evidence))
		}
		defender := bestOf(func(d *Draft) (*Evidence, float64) {
			if d.stand.Label != support || critic != nil && d.Record.Person == critic.Record.Person {
				return nil, 0
			}
			return telling(d.stand.Evidence), d.stand.Score
		})
		if defender != nil {
			add(defender, telling(defender.stand.Evidence))
		}
	}
	if len(out) == 0 && len(b.Topics) > 0 {
		argued := func(d *Draft) *Evidence {
			for i := range d.Record.Topics {
				if t := &d.Record.Topics[i]; t.ID == b.Topics[0].ID {
					return telling(t.Evidence)
				}
			}
			return nil
		}
		if d := bestOf(func(d *Draft) (*Evidence, float64) {
			e := argued(d)
			if e == nil {
				return nil, 0
			}
			return e, e.Weight
		}); d != nil {
			add(d, argued(d))
		}
	}
	for _, d := range slices.Concat(own, drafts) {
		if len(out) == 0 && len(d.Record.RustBy) > 0 {
			add(d, &d.Record.RustBy[0])
		}
	}
	if b.Heat > 0 {
		if d := bestOf(func(d *Draft) (*Evidence, float64) { return heatEvidence(d), hot(d) }); d != nil {
			add(d, heatEvidence(d))
		} else {
			e := drafts[0].evidence(-1, "heat: heat comes from the discussion as a whole, not from one sentence", 1)
			add(drafts[0], &e)
		}
	}
	at := make(map[string]int, len(drafts))
	for i, d := range drafts {
		at[d.Record.ID] = i
	}
	slices.SortStableFunc(out, func(x, y ThreadEvidence) int { return cmp.Compare(at[x.ID], at[y.ID]) })
	return out
}

// best returns the message of a person with the highest score that has a sentence to show for it, the first of equal ones; nil
// when there is none.
func best(drafts []*Draft, of func(d *Draft) (*Evidence, float64)) *Draft {
	var found *Draft
	top := 0.0
	for _, d := range drafts {
		if d.Record.Kind == kindBot {
			continue
		}
		if e, score := of(d); e != nil && score > top {
			found, top = d, score
		}
	}
	return found
}

// telling returns the sentence with the most weight of those that say something by themselves; nil when there is none.
func telling(evidence []Evidence) *Evidence {
	return strongestThat(evidence, func(*Evidence) bool { return true })
}

func strongestThat(evidence []Evidence, fits func(e *Evidence) bool) *Evidence {
	var found *Evidence
	for i := range evidence {
		e := &evidence[i]
		if e.End > e.Start && len(strings.Fields(e.Text)) >= fewWords && (found == nil || e.Weight > found.Weight) && fits(e) {
			found = e
		}
	}
	return found
}

// A mail is hot when it is half as hot as the hottest of its branch, and so hot at least.
const leastHot = 0.5

// hot says how much a mail heats up a branch, 0 to about 3.
func hot(d *Draft) float64 {
	if d.Record.Kind == kindBot || d.posted() {
		return 0
	}
	return 1.5*d.uncivil + d.negative + 0.5*d.oppose
}

// heatUp finds the mail that heated up a branch, and the one that cooled it: the first friendly or conceding mail after
// which nobody is hot any more. Either may be missing. A mail that is uncivil for sure heats up by itself; displeasure takes
// two, one who shows it and somebody else who is hot afterwards. A sharp word that nobody minds heats up nothing.
func heatUp(drafts []*Draft) (heated, cooled *ThreadEvidence) {
	byDate := slices.Clone(drafts)
	slices.SortStableFunc(byDate, func(x, y *Draft) int {
		return cmp.Or(x.Record.Date.Compare(y.Record.Date), cmp.Compare(x.Record.ID, y.Record.ID))
	})
	top := 0.0
	for _, d := range byDate {
		top = max(top, hot(d))
	}
	limit := max(leastHot, top/2)
	last := -1
	for i, d := range byDate {
		if hot(d) < limit {
			continue
		}
		last = i
		e := heatEvidence(d)
		if heated != nil || e == nil {
			continue
		}
		if d.Record.Uncivil() || slices.ContainsFunc(byDate[i+1:], func(o *Draft) bool {
			return o.Record.Person != d.Record.Person && hot(o) >= limit && heatEvidence(o) != nil
		}) {
			heated = &ThreadEvidence{d.Record.ID, *e}
		}
	}
	if heated == nil {
		return nil, nil
	}
	for _, d := range byDate[last+1:] {
		if d.Record.Kind == kindBot || d.posted() {
			continue
		}
		if i := concedes(d.sentences); i >= 0 {
			e := d.evidence(i, "CALM-1", 1)
			return heated, &ThreadEvidence{d.Record.ID, e}
		}
		if d.Record.Sentiment.Label == positive && d.Record.Words >= fewWords {
			if e := friendly(d.Record.Sentiment.Evidence); e != nil {
				return heated, &ThreadEvidence{d.Record.ID, *e}
			}
		}
	}
	return heated, nil
}

// Weights from which one sentence shows heat.
const (
	leastUncivil = 0.3
	leastHeat    = 0.5 // of displeasure
)

// heatEvidence is the sentence that makes a mail hot: an uncivil one, else one of displeasure with somebody in a mail that is
// negative for sure; nil for a mail that is hot in many small doses. To oppose is no heat, nor is a question, however short of
// patience ("How does that work with -stable?"), nor what somebody says of himself, of a compiler or of the matter, nor a
// sentence of three words.
func heatEvidence(d *Draft) *Evidence {
	if d.Record.Incivility.Label == isTrue {
		if e := strongestThat(d.Record.Incivility.Evidence, func(e *Evidence) bool { return e.Weight >= leastUncivil && speaksOf(e.Text) != himself }); e != nil {
			return e
		}
	}
	if d.Record.Tone() != negative {
		return nil
	}
	return strongestThat(d.Record.Sentiment.Evidence, func(e *Evidence) bool {
		return e.Weight >= leastHeat && !strings.Contains(e.Text, "?") && speaksOf(e.Text) == others
	})
}

// Whom a sentence speaks of.
const (
	nobody = iota
	himself
	others
)

// speaksOf says whether a sentence speaks of other people, only of its author, or of neither.
//
// Source: written for this project.
func speaksOf(text string) int {
	who := nobody
	for _, w := range strings.FieldsFunc(folded(text), func(c rune) bool { return !unicode.IsLetter(c) && c != '\'' }) {
		switch w {
		case "you", "your", "yours", "yourself", "you're", "you've", "you'd", "you'll", "he", "he's", "his", "him", "she", "she's", "her", "please",
			"said", "says", "argument", "arguments", "nobody", "somebody", "someone", "everyone", "everybody", "anyone":
			return others
		case "i", "i'm", "i've", "i'd", "i'll", "me", "my", "mine", "myself":
			who = himself
		}
	}
	return who
}

// friendly returns the first sentence that thanks, praises or agrees, nil when there is none: a joke is positive too,
// but cools nobody.
//
// Source: written for this project.
func friendly(evidence []Evidence) *Evidence {
	for i := range evidence {
		s := strings.ToLower(evidence[i].Text)
		if strings.HasSuffix(s, "?") {
			continue
		}
		for _, w := range [...]string{"thank", "agree", "appreciate", "sorry", "glad", "happy to", "good", "great", "nice", "fair", "helpful", "looking forward", "reviewed-by", "acked-by"} {
			if strings.Contains(s, w) && !strings.Contains(s, "disagree") {
				return &evidence[i]
			}
		}
	}
	return nil
}

// concedes returns the sentence in which somebody gives way, admits or apologises; -1 when there is none.
//
// Source: written for this project.
func concedes(sentences []string) int {
	for i, s := range sentences {
		s = folded(s)
		for _, p := range [...]string{
			"fair enough", "fair point", "good point", "you're right", "you are right", "i stand corrected", "i was wrong", "my mistake", "my apologies",
			"i apologize", "i apologise", "sorry for the ", "sorry about ", "i agree with you", "that makes sense", "makes sense to me", "you convinced me", "you've convinced me",
			"let's agree", "i take that back", "no hard feelings", "point taken", "i understand your", "thanks for the explanation", "thank you for the explanation",
			"thanks for explaining", "thanks for clarifying", "thank you for clarifying",
		} {
			if at := strings.Index(s, p); at >= 0 && !conditionalBefore(s[:at]) && !strings.HasSuffix(s, "?") && !strings.HasSuffix(s, ":") && !strings.Contains(s[at:], " but ") {
				return i
			}
		}
	}
	return -1
}
