package report

import (
	"cmp"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/template"
)

// Thread writes the page of one thread as Markdown, or with the template of the options.
// An error is w's or the template's.
func Thread(w io.Writer, in ThreadInput, o Options) error {
	p := Build(in, o)
	if o.Template != nil {
		return o.Template.Execute(w, p)
	}
	_, err := io.WriteString(w, p.Markdown())
	return err
}

// ParseTemplate reads a user's own layout, a text/template that is executed with a [Page]. Beside the built-in functions
// it may use
//
//	md STRING      the string escaped for Markdown, on one line
//	link REF       a Markdown link to a mail
//	date TIME      2 January 2006
//	day TIME       2006-01-02
//	join LIST      "a, b and c"
//	spark TONE     the mails over time as one line of blocks
//	percent A B    a share
func ParseTemplate(name, text string) (*template.Template, error) {
	return template.New(name).Funcs(template.FuncMap{
		"md": Escape, "link": link, "date": date, "day": shortDate, "join": join, "percent": percent,
		"spark": func(t Tone) string { return Sparkline(t.filled().mails()) },
	}).Parse(text)
}

func (t Tone) mails() []int    { return t.values(func(b Bin) int { return b.Mails }) }
func (t Tone) negative() []int { return t.values(func(b Bin) int { return b.Negative }) }

func (t Tone) values(of func(Bin) int) []int {
	out := make([]int, len(t.Bins))
	for i, b := range t.Bins {
		out[i] = of(b)
	}
	return out
}

// writer collects Markdown. Its methods take text that is escaped already; names in e escape.
type writer struct{ strings.Builder }

func (w *writer) line(parts ...string) {
	for _, p := range parts {
		w.WriteString(p)
	}
	w.WriteByte('\n')
}

// paragraph writes text and the empty line after it.
func (w *writer) paragraph(parts ...string) {
	w.line(parts...)
	w.WriteByte('\n')
}

func (w *writer) heading(level int, text string) {
	w.paragraph(strings.Repeat("#", level), " ", text)
}

// row writes a row of a table.
func (w *writer) row(cells ...string) {
	for _, c := range cells {
		w.WriteString("| ")
		w.WriteString(c)
		w.WriteByte(' ')
	}
	w.WriteString("|\n")
}

// header writes the head of a table; a name with a trailing ">" is a column of figures.
func (w *writer) header(names ...string) {
	rule := make([]string, len(names))
	for i, n := range names {
		rule[i] = "---"
		if name, ok := strings.CutSuffix(n, ">"); ok {
			names[i], rule[i] = name, "---:"
		}
	}
	w.row(names...)
	w.row(rule...)
}

// quote writes a sentence as a block quotation with who said it.
func (w *writer) quote(q Quote) {
	w.line("> “", Escape(q.Text), "”")
	w.line(">")
	w.line("> — ", Escape(q.Ref.Person), ", ", roleName(q.Ref.Role), ", ", date(q.Ref.Date), ", ", link(q.Ref))
	w.line()
}

// link names a mail by its number and links it when its address may be shown.
func link(r Ref) string {
	text := "mail " + strconv.Itoa(r.Number)
	if r.Number == 0 {
		text = "a mail outside the data"
	}
	if r.URL == "" {
		return text
	}
	return "[" + text + "](" + r.URL + ")"
}

// Markdown lays the page out for GitHub and pandoc.
func (p *Page) Markdown() string {
	w := &writer{}
	p.markdownHead(w)
	p.markdownArguments(w)
	p.markdownPeople(w)
	p.markdownDiscussions(w)
	p.markdownTurning(w)
	p.markdownTone(w)
	p.markdownSignals(w)
	p.markdownPieces(w)
	p.markdownOutcome(w)
	p.markdownSystems(w)
	p.markdownTree(w)
	p.markdownMethod(w)
	return strings.TrimRight(w.String(), "\n") + "\n"
}

func (p *Page) markdownHead(w *writer) {
	w.heading(1, Escape(p.Title))
	facts := make([]string, 0, 3)
	if len(p.Lists) > 0 {
		facts = append(facts, Escape(join(p.Lists)))
	}
	if !p.First.IsZero() {
		facts = append(facts, strings.TrimPrefix(dates(p.First, p.Last), "on "))
	}
	if p.URL != "" {
		facts = append(facts, "[the thread at lore.kernel.org]("+p.URL+")")
	}
	if d := p.Debate; d != nil {
		if to := d.target(); to != "" {
			facts = append(facts, "[the debate it is a piece of]("+to+")")
		}
	}
	if p.Home != "" {
		facts = append(facts, "[all threads]("+p.Home+")")
	}
	if len(facts) > 0 {
		w.paragraph("*", strings.Join(facts, " · "), "*")
	}
	w.heading(2, "Abstract in numbers")
	sentences := make([]string, len(p.Abstract))
	for i, s := range p.Abstract {
		sentences[i] = Escape(s)
	}
	w.paragraph(strings.Join(sentences, " "))
	if p.Partial {
		w.paragraph("The thread is **partial**: its first mail lies outside the data, so what was said before is not known here.")
	}
}

func (p *Page) markdownArguments(w *writer) {
	if len(p.Arguments)+len(p.Minor) == 0 {
		return
	}
	w.heading(2, "Arguments")
	w.header("Argument", "People>", "Mails>", "Supporting>", "Critical>", "Open>")
	for _, a := range append(slices.Clip(p.Arguments), p.Minor...) {
		w.row(Escape(upperFirst(a.Name)), strconv.Itoa(a.People), a.Count().String(),
			a.Supporting.Count().String(), a.Critical.Count().String(), a.Open.Count().String())
	}
	w.line()
	if note := p.sidesNote(); note != "" {
		w.paragraph(note)
	}
	for _, a := range p.Arguments {
		w.heading(3, Escape(upperFirst(a.Name)))
		if a.Definition != "" {
			w.paragraph("*", Escape(strings.TrimSpace(strings.TrimSuffix(upperFirst(a.Definition), ".")+". "+a.Usually)), "*")
		}
		for _, s := range a.Sides() {
			if s.Mails == 0 {
				continue
			}
			w.paragraph("**", s.Title(), "** (", count(s.Mails, "mail"), "): ", Escape(some(s.People, 5)), ".")
			for _, q := range s.Quotes {
				w.quote(q)
			}
		}
		if s := a.Answers(); s != "" {
			w.paragraph(Escape(s))
		}
	}
}

func (p *Page) sidesNote() string {
	all := slices.Concat(p.Arguments, p.Minor)
	return sidesNote(slices.ContainsFunc(all, Argument.open), slices.ContainsFunc(all, Argument.doubtful))
}

// Answers says who answered whom on the argument: everybody while they are few, else those who came back to it.
func (a Argument) Answers() string {
	pairs := make([]string, 0, len(a.Answered))
	total := 0
	for _, k := range a.Answered {
		total += k.Mails
		if len(a.Answered) > 4 && k.Mails == 1 {
			continue
		}
		s := k.From + " answered " + k.To
		if k.Mails > 1 {
			s += " " + times(k.Mails)
		}
		pairs = append(pairs, s)
	}
	switch {
	case total == 0:
		return ""
	case len(pairs) == 0:
		return upperFirst(count(total, "answer")) + " to a mail with this argument took it up."
	case len(a.Answered) > 4:
		return upperFirst(count(total, "answer")) + " to a mail with this argument took it up; most often " + join(pairs[:min(4, len(pairs))]) + "."
	}
	return "On this, " + join(pairs) + "."
}

func times(n int) string {
	if n == 2 {
		return "twice"
	}
	return number(n) + " times"
}

func (p *Page) markdownPeople(w *writer) {
	if len(p.Participants)+len(p.Quiet) == 0 {
		return
	}
	w.heading(2, "Participants")
	if len(p.Participants) > 0 {
		w.header("Who", "Role", "Mails>", "Position", "Arguments", "In their own words")
	}
	for _, k := range p.Participants {
		role := Escape(roleName(k.Role))
		if k.Claim != "" {
			role += " (" + Escape(k.Claim) + ")"
		}
		words := ""
		if k.Quote != nil {
			words = "“" + Escape(k.Quote.Text) + "” (" + link(k.Quote.Ref) + ")"
		}
		w.row(k.name(), role, strconv.Itoa(k.Mails), Escape(k.Position()), Escape(strings.Join(k.Arguments[:min(3, len(k.Arguments))], ", ")), words)
	}
	if len(p.Participants) > 0 {
		w.line()
	}
	if len(p.Quiet) > 0 {
		names := make([]string, 0, len(p.Quiet))
		for _, k := range p.Quiet {
			names = append(names, strings.TrimSpace(k.name()+" "+Escape(k.aside())))
		}
		w.paragraph(p.quietly(), some(names, 40), ".")
	}
}

// quietly begins the sentence that names those without a row.
func (p *Page) quietly() string {
	n := len(p.Quiet)
	if len(p.Participants) == 0 {
		return upperFirst(number(n)) + verb(n, " person wrote and", " people wrote and") + " took no position that counts: "
	}
	return upperFirst(number(n)) + " more " + verb(n, "person", "people") + " had a smaller part: "
}

// aside is what stands behind the name of a person without a row: the role of those who decide, and positions.
func (k Participant) aside() string {
	var parts []string
	if isMaintainer(k.Role) || k.Role == "reviewer" {
		parts = append(parts, roleName(k.Role))
	}
	if taken := k.Positions.Taken(); taken != "" {
		parts = append(parts, taken)
	}
	if len(parts) == 0 {
		return ""
	}
	return "(" + strings.Join(parts, "; ") + ")"
}

// name is the person's name in Markdown, linked to his page where he has one.
func (k Participant) name() string {
	if k.Page == "" {
		return Escape(k.Person)
	}
	return "[" + Escape(k.Person) + "](" + k.Page + ")"
}

// Position says what a person stood for and on how many mails that rests.
func (k Participant) Position() string {
	if k.Last == "" {
		if k.Leaning == "" {
			return "not clear"
		}
		return "not clear (" + k.Positions.Taken() + ")"
	}
	s := k.Last
	if k.First != k.Last {
		s = k.First + " → " + k.Last
	}
	if n := k.Positions.Total(); n.Unsure > 0 || n.Sure != k.Positions.Of(k.Last).Sure {
		return s + " (" + k.Positions.Taken() + ")"
	}
	return s + " (" + count(k.Positions.Of(k.Last).Sure, "mail") + ")"
}

// changeNote stands before changes of position, so that nobody takes a tag for a fact.
const changeNote = "A change of position is what the tags of two mails say; both sentences are given so that you can judge it."

func (p *Page) markdownTurning(w *writer) {
	if len(p.Turning) > 0 {
		w.heading(2, "Turning points")
		if slices.ContainsFunc(p.Turning, func(e Event) bool { return e.Kind == "stance" }) {
			w.paragraph(changeNote)
		}
		for _, e := range p.Turning {
			w.line("- **", shortDate(e.Ref.Date), "** ", Escape(e.Text), " (", link(e.Ref), ")")
			if len(e.Quotes) == 2 {
				w.line("  Before: “", Escape(e.Quotes[0].Text), "” (", link(e.Quotes[0].Ref), ").")
				w.line("  After: “", Escape(e.Quotes[1].Text), "”")
			} else {
				for _, q := range e.Quotes {
					s := "  “" + Escape(q.Text) + "”"
					if q.Ref.Number != e.Ref.Number {
						s += " (" + Escape(q.Ref.Person) + ", " + link(q.Ref) + ")"
					}
					w.line(s)
				}
			}
		}
		w.line()
	}
	if len(p.Exchanges) > 0 {
		w.heading(2, "The sharpest exchanges")
		for _, e := range p.Exchanges {
			s := "- **" + Escape(e.A) + " and " + Escape(e.B) + "**, " + count(e.Mails, "mail") + " " + dates(e.From, e.To) + ": " +
				Escape(negativeAndUncivil(e.Tones)) + ", beginning with " + link(e.First) + "."
			w.line(s)
			if e.Quote != nil {
				w.line("  “", Escape(e.Quote.Text), "” (", Escape(e.Quote.Ref.Person), ", ", link(e.Quote.Ref), ")")
			}
		}
		w.line()
	}
}

func (p *Page) markdownTone(w *writer) {
	if len(p.Tone.Bins) == 0 {
		return
	}
	w.heading(2, "Tone over time")
	if p.Chart != "" {
		w.paragraph("![Mails by tone, per ", p.Tone.Unit, "](", p.Chart, ")")
	}
	if len(p.Tone.Bins) > 1 {
		w.line("```text")
		t := p.Tone.filled()
		w.line("mails     ", Sparkline(t.mails()), "  per ", t.Unit)
		w.line("negative  ", Sparkline(t.negative()))
		w.line("```")
		w.line()
	}
	if note := p.toneNote(); note != "" {
		w.paragraph(note)
	}
	w.header(upperFirst(p.Tone.Unit), "Mails>", "Positive>", "Neutral>", "Negative>", "Uncivil>", "Support>", "Conditional>", "Oppose>", "Share negative")
	for _, b := range p.Tone.Bins {
		w.row(b.Label, strconv.Itoa(b.Mails), b.Tones.Positive.String(), strconv.Itoa(b.Neutral), b.Tones.Negative.String(), b.Tones.Uncivil.String(),
			b.Positions.Support.String(), b.Positions.Conditional.String(), b.Positions.Oppose.String(), share(b.Negative, b.Mails))
	}
	w.line()
	if len(p.Tone.Roles) > 1 {
		w.header("Role", "People>", "Mails>", "Positive>", "Negative>", "Uncivil>", "Share negative")
		for _, r := range p.Tone.Roles {
			w.row(Escape(upperFirst(roleName(r.Role))), strconv.Itoa(r.People), strconv.Itoa(r.Mails), r.Tones.Positive.String(), r.Tones.Negative.String(),
				r.Tones.Uncivil.String(), percent(r.Negative, r.Mails))
		}
		w.line()
	}
}

// toneNote stands over figures of the tone with unsure mails, "" over those without.
func (p *Page) toneNote() string {
	if t := p.Numbers.Tones; t.Positive.Unsure+t.Negative.Unsure == 0 {
		return ""
	}
	return "A mail whose tone is unsure is counted as neutral; in brackets stands how many of those may be positive or negative."
}

func (p *Page) markdownSignals(w *writer) {
	if len(p.Signals) > 0 {
		w.heading(2, "Explicit signals")
		w.header("Date", "Signal", "Who", "Words", "Mail")
		for _, s := range p.Signals {
			words := ""
			if s.Quote != "" {
				words = "“" + Escape(s.Quote) + "”"
			}
			if s.Fate != "" {
				words = strings.TrimSpace(words + " " + Escape(s.Fate))
			}
			w.row(shortDate(s.Ref.Date), signalName(s.Kind), Escape(s.Ref.Person)+", "+Escape(roleName(s.Ref.Role)), words, link(s.Ref))
		}
		w.line()
		if len(p.Routine) > 0 {
			w.paragraph(Escape(routine(p.Routine)))
		}
	}
	if len(p.Series) > 0 {
		w.heading(2, "Patch series")
		for _, s := range p.Series {
			w.line("- ", Escape(s.plain()), s.where())
		}
		w.line()
	}
}

// target is what a link to the thread leads to: its page in the set, else its root; "" when neither may be shown.
func (r Related) target() string { return cmp.Or(r.Page, r.URL) }

// pieceNote stands before the pieces of a debate.
const pieceNote = "Threads with the subject of this debate that answer mail which is not in the data. Their mails are counted on pages of their own, not here."

// said is what a list of pieces says of one, before its link.
func (r Related) said() string {
	if r.Mails == 1 {
		return "1 mail of " + date(r.First)
	}
	return count(r.Mails, "mail") + " from " + date(r.First) + " on"
}

func (p *Page) markdownPieces(w *writer) {
	if len(p.Pieces) == 0 {
		return
	}
	w.heading(2, "Pieces of the debate in other threads")
	w.paragraph(pieceNote)
	for _, r := range p.Pieces {
		if to := r.target(); to != "" {
			w.line("- ", r.said(), ", in [another thread](", to, ")")
		} else {
			w.line("- ", r.said())
		}
	}
	w.line()
}

// where links to the first mail, here or in the other thread.
func (s Revision) where() string {
	switch {
	case !s.Other:
		return " (" + link(s.First) + ")"
	case s.Page != "":
		return ", in [another thread](" + s.Page + ")"
	case s.First.URL == "":
		return ", in another thread"
	}
	return ", in [another thread](" + s.First.URL + ")"
}

// plain says which version of which series, by whom and when.
func (s Revision) plain() string {
	t := "v" + strconv.Itoa(s.Version)
	if len(s.Flags) > 0 {
		t += " " + strings.Join(s.Flags, " ")
	}
	t += ": “" + s.Title + "” by " + s.First.Person + ", " + date(s.First.Date)
	if s.Other {
		return t
	}
	t += ", " + count(s.Parts, "mail")
	if s.Total > 1 {
		t += " of a series of " + count(s.Total, "patch")
	}
	return t
}

func (p *Page) markdownOutcome(w *writer) {
	w.heading(2, "Outcome")
	s := Escape(p.Outcome.Text)
	if r := p.Outcome.Ref; r != nil {
		s += " It shows in " + link(*r)
		if r.Number > 0 {
			s += " by " + Escape(r.Person) + ", " + date(r.Date)
		}
		s += "."
	}
	w.paragraph(s)
	if p.Outcome.Quote != nil {
		w.quote(*p.Outcome.Quote)
	}
}

func (p *Page) markdownTree(w *writer) {
	if len(p.Tree) == 0 {
		return
	}
	w.heading(2, "Reply tree")
	w.paragraph("A number is the place of a mail by date. `+` support, `~` conditions, `-` opposition; `!` negative, `!!` uncivil; ACK, REVIEW, TEST, NAK, APPLY are explicit signals.")
	lines := make([]string, 0, len(p.Tree))
	for _, b := range p.Tree {
		lines = append(lines, b.line())
	}
	f := fence(lines)
	w.line(f, "text")
	for _, l := range lines {
		w.line(l)
	}
	w.line(f)
	w.line()
	if p.Hidden > 0 {
		w.paragraph("The tree shows the mails that this page cites and the most telling of the others; ", count(p.Hidden, "more mail"), verb(p.Hidden, " is", " are"), " only counted.")
	}
	if n := len(p.Missing); n > 0 {
		w.heading(2, "Missing mails")
		s := "The thread answers " + count(n, "mail") + " that the data does not hold"
		if p.Anonymous {
			w.paragraph(s, ".")
			return
		}
		w.paragraph(s, ":")
		for _, m := range p.Missing[:min(n, 20)] {
			w.line("- [", Escape(m.ID), "](", m.URL, ")")
		}
		if n > 20 {
			w.line("- and ", strconv.Itoa(n-20), " others")
		}
		w.line()
	}
}

// line is a branch as plain text.
func (b Branch) line() string {
	s := b.Prefix + b.Text
	if len(b.Marks) > 0 {
		s += "  " + strings.Join(b.Marks, " ")
	}
	return s
}

func (p *Page) markdownMethod(w *writer) {
	w.heading(2, "How this page was made")
	for _, s := range p.Method {
		w.line("- ", Escape(s))
	}
}
