package report

import (
	_ "embed"
	"html/template"
	"io"
	"slices"
	"strconv"
	"strings"
)

//go:embed page.html
var pageTemplate string

// ThreadHTML writes the page of one thread as one HTML file that needs nothing else: style and picture are in it, and its
// content policy forbids the browser to fetch anything. Text from mail is escaped by html/template for its place.
func ThreadHTML(w io.Writer, in ThreadInput, o Options) error {
	return Build(in, o).HTML(w)
}

// HTML lays the page out for a browser.
func (p *Page) HTML(w io.Writer) error {
	t, err := template.New("page").Funcs(template.FuncMap{
		"date": date, "day": shortDate, "join": join, "upper": upperFirst, "role": roleName, "signal": signalName, "percent": percent,
		"count": count, "some": some, "trimdot": func(s string) string { return strings.TrimSuffix(s, ".") },
		"names": func(pairs []Participant) []string {
			out := make([]string, 0, len(pairs))
			for _, k := range pairs {
				out = append(out, strings.TrimSpace(k.Person+" "+k.aside()))
			}
			return out
		},
		"chart": func() template.HTML { return template.HTML(p.svg(false)) }, // made here, every text in it escaped
		"mail": func(r Ref) string {
			if r.Number == 0 {
				return "a mail outside the data"
			}
			return "mail " + strconv.Itoa(r.Number)
		},
		"first3":   func(s []string) []string { return s[:min(3, len(s))] },
		"dates":    dates,
		"quietly":  (*Page).quietly,
		"tones":    negativeAndUncivil,
		"marks":    func(m []string) string { return strings.Join(m, " ") },
		"allArgs":  func(p *Page) []Argument { return append(slices.Clip(p.Arguments), p.Minor...) },
		"sentence": func(s Revision) string { return s.plain() },
		"changed": func(events []Event) string {
			if slices.ContainsFunc(events, func(e Event) bool { return e.Kind == "stance" }) {
				return changeNote
			}
			return ""
		},
		"notes":           func(q []Quote) bool { return len(q) == 2 },
		"routine":         routine,
		"pieceNote":       func() string { return pieceNote },
		"said":            Related.said,
		"target":          func(r Related) string { return r.target() },
		"sidesNote":       (*Page).sidesNote,
		"toneNote":        (*Page).toneNote,
		"discussionNote":  func() string { return discussionNote },
		"moreDiscussions": moreDiscussions,
		"mailsUsed":       func(s Side) string { return count(s.Mails, "mail") },
	}).Parse(pageTemplate)
	if err != nil {
		return err
	}
	return t.Execute(w, p)
}

// routine says who gave the signals that have no row.
func routine(counts []SignalCount) string {
	parts := make([]string, 0, len(counts))
	total := 0
	for _, k := range counts {
		parts = append(parts, k.Person+" ("+strconv.Itoa(k.Count)+" × "+signalName(k.Kind)+")")
		total += k.Count
	}
	return upperFirst(number(total)) + " more without a row of their own: " + some(parts, 20) + "."
}
