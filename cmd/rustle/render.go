package main

import (
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"rustle/pkg/analysis"
)

func unescapePath(s string) string {
	if u, err := url.PathUnescape(s); err == nil {
		return u
	}
	return s
}

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
	switch r.Stance.Label {
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
	switch r.Sentiment.Label {
	case "positive":
		tone = c.paint.paint(green, "+")
	case "negative":
		tone = c.paint.paint(red, "-")
	}
	if r.Incivility.Label == "true" {
		tone += c.paint.paint(red, "!")
	}
	return tone
}

// who names the sender with his role and, where it is a maintainer's, his subsystem.
func who(r *analysis.Record) string { return safe(r.Person) + roleSuffix(r.Role, r.RoleClaim) }

func roleSuffix(role string, claim analysis.RoleClaim) string {
	switch role {
	case "", "developer":
		return ""
	case "maintainer", "reviewer":
		if claim.Subsystem != "" {
			return " (" + role + ", " + safe(claim.Subsystem) + ")"
		}
	}
	return " (" + role + ")"
}

// tree prints a thread, one line per mail: when, position, tone, who answers whom.
func (c *command) tree(w io.Writer, s *analysis.ThreadSummary, records []analysis.Record) error {
	t := table{width: c.env.width, flex: 3}
	present := map[string]bool{}
	children := map[string]int{}
	for i := range records {
		present[records[i].ID] = true
		children[records[i].Parent]++
	}
	for _, id := range s.Missing {
		if !present[id] && children[id] > 0 {
			t.row("", "", "", c.paint.paint(dim, "[missing "+safe(id)+"]"))
		}
	}
	subject := ""
	for i := range records {
		r := &records[i]
		line := c.indent(r.Depth) + who(r)
		if bare := bareSubject(r.Subject); i == 0 || bare != subject {
			line += "  " + c.paint.paint(bold, safe(r.Subject))
			subject = bare
		}
		if r.Kind == "bot" {
			line = c.paint.paint(dim, line)
		}
		t.row(c.minute(r.Date), c.stanceMark(r), c.toneMark(r), line)
	}
	return t.write(w)
}

// indent draws the depth of a reply. Beyond maxIndent the number says how deep it is: a thread of
// forty levels must still fit a terminal.
func (c *command) indent(depth int) string {
	const maxIndent = 12
	switch {
	case depth == 0:
		return ""
	case depth <= maxIndent:
		return c.paint.paint(dim, strings.Repeat("  ", depth-1)+"└ ")
	}
	return c.paint.paint(dim, strings.Repeat("  ", maxIndent-2)+"("+strconv.Itoa(depth)+") └ ")
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

// topics lists the ids of a thread's or message's topics.
func topicIDs(tags []analysis.ThreadTag, n int) string {
	ids := make([]string, 0, n)
	for _, t := range tags[:min(n, len(tags))] {
		ids = append(ids, t.ID)
	}
	return strings.Join(ids, ", ")
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
		fmt.Sprintf("heat %s; support %d, conditional %d, oppose %d%s; %s",
			c.heat(s.Heat), s.Stances["support"], s.Stances["conditional"], s.Stances["oppose"], signalCounts(s.Signals), s.Outcome.Label),
		topicIDs(s.Topics, 5),
		c.paint.paint(dim, safe(s.ID)),
	}
	for _, l := range lines {
		if l == "" {
			continue
		}
		if _, err := fmt.Fprintln(w, cut("    "+l, width)); err != nil {
			return err
		}
	}
	return nil
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
