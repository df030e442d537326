package analysis

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"rustle/pkg/body"
	"rustle/pkg/mail"
	"rustle/pkg/patch"
	"rustle/pkg/people"
	"rustle/pkg/thread"
	"rustle/pkg/topic"
)

// Body cuts the text of a mail into blocks the way the analysis sees it, so that the ranges of
// evidence fit. The parent is the mail it answers, nil when that is not at hand: with its text,
// quotes without marks are found.
func Body(m *mail.Message, parent *mail.Message) *body.Text {
	s := patch.ParseSubject(m.Subject)
	return cutBody(new(body.Splitter), m, &s, parent)
}

func cutBody(by *body.Splitter, m *mail.Message, s *patch.Subject, parent *mail.Message) *body.Text {
	o := body.Options{Patch: s.Patch && !s.Reply, Author: m.From.Name}
	if parent != nil {
		o.Parent = parent.Text
	}
	return by.Split(m.Text, o)
}

// A desk is what the mails of a thread are read with, one after the other: it keeps buffers, and whom it has met.
type desk struct {
	cut           body.Splitter
	people, files people.Memo // of the directories of that name
}

// draft reads one message: everything that can be said of it before its thread is known. threadTitle is that of t.
func (a *Analyzer) draft(
	in Input, with *desk, threadTitle string, node *thread.Node, t *thread.Thread, parent *mail.Message, present func(id string) bool,
) *Draft {
	m := in.Mail
	d := &Draft{Mail: m, subject: patch.ParseSubject(m.Subject)}
	d.Text = cutBody(&with.cut, m, &d.subject, parent)
	d.Files = patch.Files(d.Text.Diff())
	d.sentences = make([]string, len(d.Text.Sentences))
	for i, s := range d.Text.Sentences {
		d.sentences[i] = d.Text.Own[s.Start:s.End]
	}
	who := with.people.Identify(a.people, m.From.Name, m.From.Addr)
	own, quotes := patch.Paths(d.Files), d.Text.Quotes()
	files := own
	if d.subject.Reply || len(files) == 0 {
		files = slices.Concat(own, patch.QuotedPaths(quotes))
	}
	lists := listNames(in.Sources)
	references, inReplyTo, addresses := references(&m.Header, present)
	defects := list(m.Defects)
	if !addresses {
		defects = slices.DeleteFunc(slices.Clone(defects), func(d string) bool { return d == mail.DefectReferenceAddress })
	}
	to := recipients(m)
	role := a.role(m, who, files, d.subject.Areas, to)
	d.role = role
	d.Record = Record{
		ID: m.ID, Thread: t.ID, Parent: node.ParentID, Depth: node.Depth, Date: m.Date, Received: m.Received,
		Subject: m.Subject, From: person(m.From), Person: who.ID,
		Kind: kind(d, len(inReplyTo)+len(references) > 0, who.Bot), To: persons(m.To), Cc: persons(m.Cc), Lists: lists, Sources: in.Sources,
		References: references, InReplyTo: inReplyTo, Files: own,
		Series: seriesOf(d.subject), Words: words(d.sentences), Defects: defects, Hash: m.Hash,
		Topics: []Tag{}, Entities: []Tag{}, Trailers: []Trailer{},
	}
	if in.Conflict {
		d.defect(DefectConflict)
	}
	if d.Text.Cut {
		d.defect(DefectTooManySentences)
	}
	d.trailers(func(name, addr string) string { return with.files.Identify(a.files, name, addr).ID })
	d.reading = a.topics.Read(&topic.Mail{
		Title: d.subject.Title, Prefixes: d.subject.Prefixes, Areas: d.subject.Areas, ThreadTitle: threadTitle,
		From: strings.ToLower(m.From.Addr), Recipients: to, Files: files, Sentences: d.sentences, Quotes: quotes,
		Patch: d.subject.Patch && !d.subject.Reply,
	})
	d.relevance = d.reading.Relevance()
	return d
}

// role is what the sender was to the files and areas of the mail when he wrote it, or at the time of the
// one MAINTAINERS file there is.
func (a *Analyzer) role(m *mail.Message, who people.Person, files, areas, lists []string) people.Role {
	if a.history != nil && !m.Date.IsZero() {
		if r, ok := a.history.Role(m.Date, m.From.Name, m.From.Addr, who, files, areas, lists); ok {
			return r
		}
	}
	return a.people.Role(who, files, areas, lists)
}

// setRole writes the role into the record. Who says that he took a patch into a tree is a maintainer there
// and then, also where MAINTAINERS does not say so yet; of somebody who stands nowhere in it the words must
// name the tree.
func (d *Draft) setRole() {
	r := &d.Record
	r.Role, r.RoleClaim = d.role.Name, RoleClaim{Subsystem: d.role.Subsystem, Source: d.role.Source}
	if r.Signal != "apply" || r.Kind != kindReply || d.patch == nil || len(r.SignalBy) == 0 || roleRank(r.Role) > roleRank(people.Reviewer) {
		return
	}
	said := strings.ToLower(r.SignalBy[0].Text)
	rust := strings.Contains(said, "rust-next") || strings.Contains(said, "rust-fixes") || strings.Contains(said, "rust-analyzer-next")
	tree := rust || strings.Contains(said, "-next") || strings.Contains(said, "-fixes") || strings.Contains(said, ".git")
	switch {
	case rust:
		r.Role = people.RustMaintainer
	case tree || r.Role == people.Reviewer:
		r.Role = people.Maintainer
	default:
		return
	}
	r.RoleClaim = RoleClaim{Source: "the mail: " + r.SignalBy[0].Text}
}

// references are the ids the mail refers to. An address is only one when a mail of the thread has it for
// its id; addresses says that some were left out.
func references(h *mail.Header, present func(id string) bool) (refs, inReplyTo []string, addresses bool) {
	keep := func(all []string) []string {
		out := make([]string, 0, len(all))
		for _, ref := range all {
			if h.IsAddress(ref) && !present(ref) {
				addresses = true
				continue
			}
			out = append(out, ref)
		}
		return out
	}
	return keep(h.References), keep(h.InReplyTo), addresses
}

// Defects that are seen beyond the mail by itself.
const (
	DefectConflict         = "same-id-other-content" // another mail has the Message-ID but other content; both are kept
	DefectTooManySentences = "too-many-sentences"    // what follows body.MaxSentences was not read for tags
)

// defect adds a defect to those of the record. The mail's own are shared with others.
func (d *Draft) defect(name string) {
	d.Record.Defects = append(slices.Clone(d.Record.Defects), name)
	slices.Sort(d.Record.Defects)
}

// kind says what part a mail plays in the exchange.
func kind(d *Draft, refers, bot bool) string {
	s := d.subject
	switch {
	case bot:
		return kindBot
	case s.Reply || !s.Patch && !s.Pull && refers:
		return kindReply
	case s.Pull:
		return kindPull
	case s.Patch && s.Total > 0 && s.Part == 0:
		return kindCover
	case s.Patch:
		return kindPatch
	}
	return kindMail
}

func seriesOf(s patch.Subject) *Series {
	if !s.Patch && !s.Pull {
		return nil
	}
	return &Series{Prefix: strings.Join(s.Prefixes, " "), Version: max(s.Version, 1), Part: s.Part, Total: s.Total, Flags: s.Flags}
}

// trailers tells the tags that the author gives himself in this mail from those he carries along.
// In a posted patch only Signed-off-by is his own; in a reply a tag counts when it names him, by
// address or by name. identify gives the ID of a person.
func (d *Draft) trailers(identify func(name, addr string) string) {
	m := d.Mail
	sender := ""
	posted := d.Record.Kind == kindPatch || d.Record.Kind == kindCover
	for _, b := range d.Text.Blocks {
		if b.Kind != body.Trailer {
			continue
		}
		for _, t := range patch.Trailers(d.Text.Text[b.Start:b.End]) {
			name, addr := t.Name(), t.Addr()
			same := addr != "" && strings.EqualFold(addr, m.From.Addr)
			if !same && (name != "" || addr != "") {
				// By the files alone: whose a tag is must not change with mail that comes later.
				if sender == "" {
					sender = identify(m.From.Name, m.From.Addr)
				}
				same = identify(name, addr) == sender
			}
			given := same && (!posted || strings.EqualFold(t.Token, "Signed-off-by"))
			d.Record.Trailers = append(d.Record.Trailers, Trailer{Token: t.Token, Value: t.Value, Given: given})
			own := max(b.Own, 0)
			d.spans = append(d.spans, [2]int{own + t.Start, own + t.End})
		}
	}
}

func person(a mail.Address) Person { return Person{a.Name, a.Addr} }

func persons(list []mail.Address) []Person {
	out := make([]Person, len(list))
	for i, a := range list {
		out[i] = person(a)
	}
	return out
}

// recipients are the addresses a mail went to and the lists it came from, in lower case.
func recipients(m *mail.Message) []string {
	out := make([]string, 0, len(m.To)+len(m.Cc)+len(m.Lists))
	for _, list := range [][]mail.Address{m.To, m.Cc} {
		for _, a := range list {
			out = append(out, strings.ToLower(a.Addr))
		}
	}
	return append(out, m.Lists...)
}

func listNames(sources []Source) []string {
	out := []string{}
	for _, s := range sources {
		if s.List != "" && !slices.Contains(out, s.List) {
			out = append(out, s.List)
		}
	}
	slices.Sort(out)
	return out
}

// list makes sure that JSON has [] and never null.
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

func words(sentences []string) int {
	n := 0
	for _, s := range sentences {
		in := false
		for i := range len(s) {
			space := s[i] == ' ' || s[i] == '\n' || s[i] == '\t'
			if !space && !in {
				n++
			}
			in = !space
		}
	}
	return n
}

// evidence makes the proof that a Record shows from what a rule hit.
func (d *Draft) evidence(sentence int, rule string, weight float64) Evidence {
	if sentence < 0 || sentence >= len(d.Text.Sentences) {
		text := oneLine(d.Mail.Subject)
		if text == "" {
			text = rule // a mail without a subject: what is left to show
		}
		return Evidence{Text: text, Rule: rule, Weight: round(weight)}
	}
	s := d.Text.Sentences[sentence]
	return Evidence{Text: oneLine(d.Text.Own[s.Start:s.End]), Start: s.Start, End: s.End, Rule: rule, Weight: round(weight)}
}

// once shows each sentence once, by all rules that fired on it, with the weight of the strongest. What stands in no
// sentence stays as it is.
func once(evidence []Evidence) []Evidence {
	out := evidence[:0:0]
next:
	for _, e := range evidence {
		for i := range out {
			if out[i].join(&e) {
				continue next
			}
		}
		out = append(out, e)
	}
	return out
}

// join adds the rule of other evidence when that is the same sentence; false when it is another one or none.
func (e *Evidence) join(other *Evidence) bool {
	if other.Start != e.Start || other.End != e.End || e.End <= e.Start {
		return false
	}
	if other.Rule != e.Rule {
		e.Rule += "; " + other.Rule
	}
	e.Weight = max(e.Weight, other.Weight)
	return true
}

// oneLine puts s on one line, with one blank between words. It is a copy: evidence outlives the text of its mail.
func oneLine(s string) string {
	if isOneLine(s) {
		return strings.Clone(s)
	}
	return strings.Join(strings.Fields(s), " ")
}

// isOneLine reports whether s is ASCII and has blanks nowhere but between words, one each.
func isOneLine(s string) bool {
	blank := true
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c >= utf8.RuneSelf || blank && c == ' ' {
			return false
		}
		blank = c == ' '
	}
	return !blank || s == ""
}

// round keeps records small and the same on every machine.
func round(x float64) float64 { return math.Round(x*1000) / 1000 }
