package analysis

import (
	"slices"

	"rustle/pkg/topic"
)

// relevance decides whether the thread is about Rust, and then which of its messages are: all of a
// thread about Rust but for the branches that drifted away from it, and in any thread those that say
// so themselves.
func (a *Analyzer) relevance(drafts []*Draft) topic.Relevance {
	own := make([]topic.Relevance, 0, len(drafts))
	for _, d := range drafts {
		if d.Record.Kind != kindBot || len(drafts) == 1 {
			own = append(own, d.relevance)
		}
	}
	about := topic.ThreadRelevance(own)
	for _, d := range drafts {
		d.aboutRust = slices.ContainsFunc(d.relevance.Hits, func(h topic.Hit) bool { return h.Sentence >= 0 })
	}
	if about.Level != topic.About && discussesRust(drafts) {
		about = topic.Relevance{Level: topic.About, Score: 0.6, Hits: drafts[0].relevance.Hits}
	}
	lineage(drafts)
	away := drifted(drafts)
	for i, d := range drafts {
		d.Record.Rust = d.relevance.Level == topic.About || about.Level == topic.About
		if away[i] && !d.aboutRust {
			d.Record.Rust = false
		}
		if !d.Record.Rust {
			continue
		}
		for _, h := range d.relevance.Hits {
			d.Record.RustBy = append(d.Record.RustBy, d.evidence(h.Sentence, h.Rule, h.Weight))
		}
		if len(d.Record.RustBy) == 0 && len(about.Hits) > 0 {
			h := about.Hits[0]
			d.Record.RustBy = append(d.Record.RustBy, d.evidence(-1, "thread: "+h.Rule, h.Weight))
		}
	}
	return about
}

// discussesRust recognises a discussion that is about Rust without Rust in its subject: it begins
// with Rust in the author's own words, and at least a quarter of its mails come back to it. In the
// labelled threads, those in which Rust stays an aside reach one in seven.
func discussesRust(drafts []*Draft) bool {
	if len(drafts) == 0 || drafts[0].Record.Kind == kindPatch || drafts[0].Record.Kind == kindCover || drafts[0].Record.Kind == kindPull || !drafts[0].aboutRust {
		return false
	}
	people, rust := 0, 0
	for _, d := range drafts {
		if d.Record.Kind == kindBot {
			continue
		}
		people++
		if d.aboutRust {
			rust++
		}
	}
	return people >= 5 && rust*4 >= people
}

// lineage finds for each message the patch it is a reply to, however far up.
func lineage(drafts []*Draft) {
	byID := make(map[string]*Draft, len(drafts))
	for _, d := range drafts { // tree order: a parent comes first
		if p := byID[d.Record.Parent]; p != nil {
			d.patch = p.patch
		}
		if d.Record.Kind == kindPatch || d.Record.Kind == kindCover || d.Record.Kind == kindPull {
			d.patch = d
		}
		byID[d.Record.ID] = d
	}
}

// A branch drifted when this many mails speak of something else, and no more than that share of them
// names Rust. In the labelled threads, branches that left Rust have 0 to 12%, branches of the debate
// 27% and more. Shorter ones say too little: an assent need not name what it assents to.
const (
	driftMails = 4
	driftShare = 0.15
)

// drifted marks the messages below (and with) a reply that changed the subject. What answers a patch
// speaks of the patch, whether it names Rust or not.
func drifted(drafts []*Draft) []bool {
	at := make(map[string]int, len(drafts))
	for i, d := range drafts {
		if _, ok := at[d.Record.ID]; !ok {
			at[d.Record.ID] = i
		}
	}
	size, rust := make([]int, len(drafts)), make([]int, len(drafts))
	for i := len(drafts) - 1; i >= 0; i-- { // children before parents
		d := drafts[i]
		if d.Record.Kind != kindBot {
			size[i]++
			if d.aboutRust || d.patch != nil {
				rust[i]++
			}
		}
		if p, ok := at[d.Record.Parent]; ok && p < i {
			size[p] += size[i]
			rust[p] += rust[i]
		}
	}
	away := make([]bool, len(drafts))
	for i, d := range drafts {
		p, ok := at[d.Record.Parent]
		switch {
		case ok && p < i && away[p]:
			away[i] = true
		case d.Record.Depth > 0 && !d.aboutRust && d.patch == nil && size[i] >= driftMails:
			away[i] = float64(rust[i]) <= driftShare*float64(size[i])
		}
	}
	return away
}

// branches numbers the larger subtrees: a message belongs to the branch of its ancestor just below
// the root.
func branches(drafts []*Draft) []int {
	number := make(map[string]int, len(drafts))
	out := make([]int, len(drafts))
	next := 1
	for i, d := range drafts {
		b, ok := number[d.Record.Parent]
		if !ok || d.Record.Depth <= 1 {
			b = next
			next++
		}
		if d.Record.Depth == 0 {
			b = 0
		}
		number[d.Record.ID] = b
		out[i] = b
	}
	return out
}
