package report

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"rustle/pkg/analysis"
)

// abstract is the thread in numbers, as sentences.
func (c *conversation) abstract(p *Page) []string {
	n := p.Numbers
	if n.Mails == 0 && n.Bots == 0 {
		return []string{"The data holds no mail of this thread."}
	}
	var out []string
	s := upperFirst(dates(p.First, p.Last)) + ", " + count(n.People, "person") + " wrote " + count(n.Mails, "mail")
	if len(p.Lists) > 0 {
		s += " on " + some(p.Lists, 4)
	}
	if n.Days > 2 {
		s += ", in " + count(n.Days, "day")
	}
	s += "."
	if by, early := c.mostBy(p); early {
		s += " Nine in ten of the mails came by " + date(by) + "."
	}
	if n.Bots > 0 {
		s += " " + upperFirst(count(n.Bots, "mail")) + " by bots " + verb(n.Bots, "is", "are") + " left out of all counts."
	}
	out = append(out, s)
	if n.Maintainers > 0 {
		mails := 0
		for _, rt := range p.Tone.Roles {
			if isMaintainer(rt.Role) {
				mails += rt.Mails
			}
		}
		out = append(out, "Of them, "+number(n.Maintainers)+" "+verb(n.Maintainers, "maintains", "maintain")+" a part of the kernel and wrote "+
			percent(mails, n.Mails)+" of the mails.")
	}
	out = append(out, c.label(p))
	positions := n.Positions.Total()
	if took := positions.Sure; took > 0 {
		s := upperFirst(number(took)) + verb(took, " person", " people") + " took a position that the tags are sure of; by the last word of each, " +
			who(n.Support, "supports", "support") + " it, " + who(n.Conditional, "puts", "put") + " conditions, " + who(n.Oppose, "opposes", "oppose") + " it."
		if moved := c.moved(); moved > 0 {
			s += " " + upperFirst(number(moved)) + " may have changed position on the way."
		}
		out = append(out, s)
	} else {
		out = append(out, "Nobody took a position that the tags are sure of.")
	}
	if may := positions.Unsure; may > 0 {
		k := n.Positions
		more := ""
		if positions.Sure > 0 {
			more = " more"
		}
		out = append(out, upperFirst(number(may))+more+verb(may, " person took", " people took")+" only positions that are unsure; by the last of each, "+
			who(k.Support.Unsure, "may support", "may support")+" it, "+who(k.Conditional.Unsure, "may put", "may put")+" conditions, "+who(k.Oppose.Unsure, "may oppose", "may oppose")+" it.")
	}
	if len(p.Arguments) > 0 {
		names := make([]string, 0, 3)
		for _, a := range p.Arguments[:min(3, len(p.Arguments))] {
			names = append(names, a.Name+" ("+count(a.People, "person")+")")
		}
		out = append(out, "The arguments most people used: "+join(names)+".")
	}
	tone := n.Tones.Negative.String() + " of " + count(n.Mails, "mail") + " (" + percent(n.Negative, n.Mails) + ") " + verb(n.Negative, "is", "are") + " negative in tone, " +
		n.Tones.Positive.String() + " positive"
	if n.Tones.Uncivil != (analysis.Count{}) {
		tone += "; " + n.Tones.Uncivil.String() + verb(n.Uncivil, " is", " are") + " uncivil"
	}
	out = append(out, tone+".")
	if s := c.signalSentence(); s != "" {
		out = append(out, s)
	}
	out = append(out, p.Outcome.Text)
	return out
}

// mostBy returns the day by which nine in ten mails were written, and whether that is early: in a third of the time.
func (c *conversation) mostBy(p *Page) (time.Time, bool) {
	mails := c.people()
	if len(mails) < 20 {
		return time.Time{}, false
	}
	by := mails[len(mails)*9/10].Date
	return by, by.Sub(p.First)*3 < p.Last.Sub(p.First)
}

// who counts people as the subject of a sentence: "none opposes", "one opposes", "three oppose".
func who(n int, one, many string) string {
	if n == 0 {
		return "none " + one
	}
	return number(n) + " " + verb(n, one, many)
}

// label says what kind of thread it is and how heated.
func (c *conversation) label(p *Page) string {
	heat := []string{"calm", "pointed", "heated", "hostile"}[p.Heat]
	switch {
	case c.in.Summary.PartOf != nil:
		return "By its subject it is a piece of a debate about Rust in the kernel, cut off because mail between them is not in the data; this piece is " + heat + " (" + strconv.Itoa(p.Heat) + " on a scale from 0 to 3)."
	case p.Label == "debate":
		return "It is a debate about Rust in the kernel, as a whole " + heat + " (" + strconv.Itoa(p.Heat) + " on a scale from 0 to 3)."
	case p.Label == "rust":
		return "It is about Rust, but not contested; as a whole it is " + heat + " (" + strconv.Itoa(p.Heat) + " on a scale from 0 to 3)."
	}
	return "It is not about Rust as such; as a whole it is " + heat + " (" + strconv.Itoa(p.Heat) + " on a scale from 0 to 3)."
}

// moved counts the people who changed their position.
func (c *conversation) moved() int {
	names := map[string]bool{}
	for _, k := range c.stanceChanges() {
		names[author(k.to)] = true
	}
	return len(names)
}

func (c *conversation) signalSentence() string {
	kinds := map[string]int{}
	for _, r := range c.people() {
		if s := signal(r); s != "" {
			kinds[s]++
		}
	}
	if len(kinds) == 0 {
		return ""
	}
	keys := byCount(kinds)
	slices.SortStableFunc(keys, func(a, b string) int { return cmp.Compare(signalOrder(a), signalOrder(b)) })
	parts := make([]string, 0, len(keys))
	for _, k := range keys {
		parts = append(parts, signalNoun(k, kinds[k]))
	}
	return "Explicit signals: " + join(parts) + "."
}

func signalOrder(k string) int {
	return slices.Index([]string{signalNak, signalApply, signalAck, signalReview, signalTest}, k)
}

func signalNoun(kind string, n int) string {
	switch kind {
	case signalNak:
		return count(n, "NAK")
	case signalApply:
		return strconv.Itoa(n) + " “applied”"
	case signalReview:
		return count(n, "review tag")
	case signalTest:
		return count(n, "test tag")
	}
	return count(n, clean(kind))
}

// leanings says how many mails have a tag that is too unsure to count.
func (c *conversation) leanings() string {
	n := 0
	for _, r := range c.people() {
		_, doubtful := r.Arguments()
		n += one(r.Unsure() != "" || r.UnsureTone() != "" || r.UnsureUncivil() || len(doubtful) > 0)
	}
	s := "A position, a tone or incivility counts on this page when its score, which is calibrated, is " + strconv.FormatFloat(analysis.Sure, 'f', 1, 64) + " or more, an argument from " +
		strconv.FormatFloat(analysis.SureArgument, 'f', 2, 64) + " on, under which about half are wrong"
	if n == 0 {
		return s + "."
	}
	return s + "; " + count(n, "mail") + " with a tag that scores less " + verb(n, "is", "are") +
		" counted apart for it, as unsure, and shown without it. Search finds those too, and the export of messages holds them with their scores."
}

// method is the note on how the page came about and what it cannot say.
func (c *conversation) method(p *Page) []string {
	m := c.in.Method
	tool := clean(cmp.Or(m.Tool, "rustle"))
	s := "Made by " + tool + " from the records of " + count(len(c.records), "mail")
	if m.Messages > 0 {
		s += ", out of an index of " + count(m.Messages, "mail")
		if m.Threads > 0 {
			s += " in " + count(m.Threads, "thread")
		}
	}
	s += "."
	out := []string{s}
	if n := c.in.Summary.Messages; n > len(c.records) {
		out = append(out, "The summary of the thread counts "+count(n, "mail")+"; "+count(n-len(c.records), "mail")+" of them "+
			verb(n-len(c.records), "was", "were")+" not among the records.")
	}
	if len(m.Sources) > 0 {
		out = append(out, "Sources: "+some(cleanAll(m.Sources), 8)+".")
	}
	if m.Fingerprint != "" {
		s := "Rules and models: fingerprint " + clean(m.Fingerprint)
		if m.Schema != "" {
			s += ", index schema " + clean(m.Schema)
		}
		out = append(out, s+". The same mail with the same fingerprint gives the same page.")
	}
	roles := "the MAINTAINERS file or the mail itself"
	if m.Maintainers != "" {
		roles = clean(m.Maintainers)
	}
	when := "They are of the time of that file, for older mail too."
	if c.dated {
		roles, when = "the MAINTAINERS file of the release before each mail", "They are those of the time of writing."
	}
	out = append(out,
		"Roles come from "+roles+" and are those of the subsystem in question, not of the whole kernel. "+when,
		"Positions, arguments, tone and signals were set by rules and small statistical models on what each author wrote himself; quoted text, signatures and patches were left out. "+
			"A position is toward Rust or the Rust change at hand, never toward a person; a negative tone is toward what is answered.",
		c.leanings(),
		"Arguments are sorted by the position of the mail they stand in, not by what the sentence says: somebody who supports Rust can concede a point, and a critic can praise it.",
		"The limits: sarcasm, irony, and the other side's case restated before it is refuted are often read wrongly; short assents live from the mail they answer; quiet opposition can look like a condition. "+
			"Each tag can be wrong. The quoted sentence is the reason for it: check it in the mail before you rest a claim on it.")
	for _, q := range m.Quality {
		if q = clean(q); q != "" {
			out = append(out, "Measured quality: "+q+".")
		}
	}
	if p.Anonymous {
		out = append(out, "People are replaced by pseudonyms, and mails are numbered, not linked. This is a courtesy and no protection: the list is public, and a quoted sentence can be searched for.")
	}
	return out
}
