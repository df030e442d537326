package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"rustle/pkg/analysis"
)

func (c *command) day(t time.Time) string {
	if t.IsZero() {
		return "no date   "
	}
	return t.In(c.zone).Format(time.DateOnly)
}

func (c *command) minute(t time.Time) string {
	if t.IsZero() {
		return "no date         "
	}
	return t.In(c.zone).Format("2006-01-02 15:04")
}

// marks are what a line of a list says of a mail beside who and when.
func (c *command) stanceMark(r *analysis.Record) string {
	if r.Signal != "none" && r.Signal != "" {
		st := green
		if r.Signal == "nak" {
			st = red
		}
		return c.paint.paint(st, r.Signal)
	}
	switch r.Stands() {
	case "support":
		return c.paint.paint(green, "support")
	case "conditional":
		return c.paint.paint(yellow, "condit.")
	case "oppose":
		return c.paint.paint(red, "oppose")
	}
	return ""
}

func (c *command) toneMark(r *analysis.Record) string {
	tone := ""
	switch r.Tone() {
	case "positive":
		tone = c.paint.paint(green, "+")
	case "negative":
		tone = c.paint.paint(red, "-")
	}
	if r.Uncivil() {
		tone += c.paint.paint(red, "!")
	}
	return tone
}

// notShown is how package people marks the source of a role that the mail itself does not show.
const notShown = "not shown by the mail"

// who names the sender with his role and, where a maintainer's mail shows it, his subsystem.
func who(r *analysis.Record) string { return safe(r.Person) + roleSuffix(r.Role, r.RoleClaim) }

func roleSuffix(role string, claim analysis.RoleClaim) string {
	switch role {
	case "", "developer":
		return ""
	case "maintainer", "reviewer":
		// A subsystem that this mail has nothing to do with says nothing about it.
		if claim.Subsystem != "" && !strings.Contains(claim.Source, notShown) {
			return " (" + role + ", " + safe(claim.Subsystem) + ")"
		}
	}
	return " (" + role + ")"
}

// A branch is one place of a thread's tree: a mail, or the id of one that the archive lacks.
type branch struct {
	record  *analysis.Record
	missing string
	depth   int
}

// branches puts the mails of a thread, which come by date, in the order of the tree: every mail
// before its answers, answers by date. No mail is lost, whatever the parents say.
func branches(records []analysis.Record) []branch {
	present := map[string]bool{}
	for i := range records {
		present[records[i].ID] = true
	}
	children := map[string][]branch{} // by parent; roots under ""
	for i := range records {
		r := &records[i]
		parent := r.Parent
		if parent != "" && !present[parent] && children[parent] == nil {
			above := presentAbove(r, parent, present)
			children[above] = append(children[above], branch{missing: parent})
		}
		children[parent] = append(children[parent], branch{record: r})
	}
	out := make([]branch, 0, len(records))
	var walk func(parent string, depth int)
	walk = func(parent string, depth int) {
		below := children[parent]
		delete(children, parent) // the second mail with an id has no answers of its own, and no circle goes round
		for _, b := range below {
			b.depth = depth
			out = append(out, b)
			id := b.missing
			if b.record != nil {
				id = b.record.ID
			}
			if id != "" {
				walk(id, depth+1)
			}
		}
	}
	walk("", 0)
	for i := range records { // what hangs in a circle of parents
		walk(records[i].Parent, 1)
	}
	return out
}

// presentAbove finds where a missing mail hangs: its answer names the mails above it too.
func presentAbove(r *analysis.Record, missing string, present map[string]bool) string {
	at := slices.Index(r.References, missing)
	for i := at - 1; i >= 0; i-- {
		if present[r.References[i]] && r.References[i] != r.ID {
			return r.References[i]
		}
	}
	return ""
}

// tree prints a thread, one line per mail: when, position and tone, who answers whom.
func (c *command) tree(w io.Writer, records []analysis.Record) error {
	t := table{width: c.env.width, flex: 2}
	subject := ""
	for _, b := range branches(records) {
		date, marks, line := c.treeLine(b, &subject)
		t.row(date, marks, line)
	}
	return t.write(w)
}

// treeLine is one line of a tree in three cells. The subject shows where it changes.
func (c *command) treeLine(b branch, subject *string) (date, marks, line string) {
	if b.record == nil {
		return "", "", c.indent(b.depth) + c.paint.paint(dim, "[missing "+safe(b.missing)+"]")
	}
	r := b.record
	line = c.indent(b.depth) + who(r)
	if bare := bareSubject(r.Subject); bare != *subject {
		line += "  " + c.paint.paint(bold, safe(r.Subject))
		*subject = bare
	}
	if r.Kind == "bot" {
		line = c.paint.paint(dim, line)
	}
	return c.minute(r.Date), strings.TrimSpace(c.stanceMark(r) + " " + c.toneMark(r)), line
}

// indent draws the depth of a reply. Beyond a number of levels a figure says how deep it is: a
// thread of forty levels must still fit a terminal.
func (c *command) indent(depth int) string {
	most := 12
	if c.env.width > 0 && c.env.width < 100 {
		most = 6
	}
	switch {
	case depth == 0:
		return ""
	case depth <= most:
		return c.paint.paint(dim, strings.Repeat("  ", depth-1)+"└ ")
	}
	return c.paint.paint(dim, strings.Repeat("  ", most-2)+"("+strconv.Itoa(depth)+") └ ")
}

// bareSubject is the subject without reply prefixes, to tell where a thread changes it.
func bareSubject(s string) string {
	for {
		s = strings.TrimSpace(s)
		if len(s) >= 3 && strings.EqualFold(s[:3], "re:") {
			s = s[3:]
			continue
		}
		return strings.ToLower(s)
	}
}

var heatNames = []string{"calm", "pointed", "heated", "hostile"}

func heatName(h int) string { return heatNames[min(max(h, 0), 3)] }

func (c *command) heat(h int) string {
	return c.paint.paint([]style{dim, yellow, red, red}[min(max(h, 0), 3)], heatName(h))
}

// topicIDs lists the ids of a thread's topics, the strongest first; those of which no mail is sure come last and say so.
func topicIDs(tags []analysis.ThreadTag, n int) string {
	ids := make([]string, 0, n)
	for _, t := range tags[:min(n, len(tags))] {
		ids = append(ids, t.ID+unsure(t.Messages == 0))
	}
	return strings.Join(ids, ", ")
}

// unsure marks a tag that does not count, in every list of tags.
func unsure(is bool) string {
	if is {
		return " (unsure)"
	}
	return ""
}

// shownList shortens a List-Id to the name people use for it.
func shownList(lists []string) string {
	out := make([]string, 0, len(lists))
	for _, l := range lists {
		name, _, _ := strings.Cut(l, ".")
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return safe(strings.Join(out, ","))
}

// debate prints one thread of `rustle debates` as a short block that fits 80 columns.
func (c *command) debate(w io.Writer, n int, s *analysis.ThreadSummary) error {
	width := c.env.width
	head := fmt.Sprintf("%2d. ", n)
	if _, err := fmt.Fprintln(w, cut(head+c.paint.paint(bold, safe(s.Subject)), width)); err != nil {
		return err
	}
	lines := []string{
		fmt.Sprintf("%s, %s to %s, %s, %s", shownList(s.Lists), c.day(s.First), c.day(s.Last), plural(s.Messages, "mail"), plural(len(s.Participants), "person")),
		fmt.Sprintf("heat %s; %s%s", c.heat(s.Heat), s.Outcome.Label, signalCounts(s.Signals)),
		partText(s),
		analysis.CountsOf(s.Stances, s.Unsure).String(),
		topicIDs(s.Topics, 5),
		aboutText(s),
		c.paint.paint(dim, safe(s.ID)),
	}
	for _, l := range lines {
		if l == "" {
			continue
		}
		if _, err := io.WriteString(w, c.folded("    ", l)); err != nil {
			return err
		}
	}
	return nil
}

// partText says of which debate a thread is a piece; "" when of none.
func partText(s *analysis.ThreadSummary) string {
	if s.PartOf == nil {
		return ""
	}
	return "a piece, by its subject, of the debate " + safe(s.PartOf.ID)
}

// tableOrLines prints a table or, where the terminal is narrower, a line for each row: the cells that name it, then each
// other one behind the head of its column. Nothing is cut off.
func (c *command) tableOrLines(w io.Writer, t *table, names int) error {
	if _, wide := t.widths(); c.env.width <= 0 || wide <= c.env.width {
		return t.write(w)
	}
	for _, row := range t.rows[1:] {
		said := make([]string, 0, len(row))
		for i, cell := range row[min(names, len(row)):] {
			if cell != "" {
				said = append(said, strings.ToLower(t.rows[0][names+i])+" "+cell)
			}
		}
		if _, err := io.WriteString(w, c.folded("", strings.Join(row[:min(names, len(row))], " ")+": "+strings.Join(said, ", "))); err != nil {
			return err
		}
	}
	return nil
}

// folded is a line behind pad, broken at blanks where the terminal is narrower: what is cut off cannot be checked, and half
// a Message-ID leads nowhere. Where it goes on it is set in further.
func (c *command) folded(pad, text string) string {
	if c.env.width <= 0 {
		return pad + text + "\n"
	}
	in := pad + "    "
	return pad + wrap(text, max(c.env.width-len(in), 24), in) + "\n"
}

// aboutText names the systems that a thread is about: those of two mails at least, or of the only one.
func aboutText(s *analysis.ThreadSummary) string {
	var ids []string
	for _, e := range s.Entities {
		if (e.Messages > 1 || s.Messages == 1) && len(ids) < 5 {
			ids = append(ids, e.ID)
		}
	}
	if len(ids) == 0 {
		return ""
	}
	return "about " + strings.Join(ids, ", ")
}

func signalCounts(signals map[string]int) string {
	out := ""
	for _, name := range []string{"nak", "ack", "review", "test", "apply"} {
		if n := signals[name]; n > 0 {
			out += ", " + name + " " + strconv.Itoa(n)
		}
	}
	return out
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if noun == "person" {
		return strconv.Itoa(n) + " people"
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
