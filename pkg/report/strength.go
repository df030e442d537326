package report

import (
	"strings"
	"unicode"

	"rustle/pkg/analysis"
)

// strength ranks a sentence for quotation, higher is better: what fired, how sure the stance is, who speaks, and whether
// it can stand alone (a whole sentence of some length, no question, no scrap of code). The figures were chosen by reading
// what came first and what came last in long debates; only their order matters.
func strength(r *analysis.Record, e analysis.Evidence) float64 {
	w := max(e.Weight, 0)
	s := w/(1+w) + 0.3*min(max(r.Stance.Score, 0), 1)
	switch r.Role {
	case "top-maintainer":
		s += 0.25
	case "maintainer", "rust-maintainer":
		s += 0.2
	case "reviewer":
		s += 0.1
	}
	text := clean(e.Text)
	switch n := len(strings.Fields(text)); {
	case n < 4:
		s -= 0.6
	case n < 8:
		s -= 0.1
	case n <= 45:
		s += 0.3
	case n > 70:
		s -= 0.2
	}
	if strings.HasSuffix(text, "?") {
		s -= 0.15
	}
	if strings.HasSuffix(text, ":") {
		s -= 0.3
	}
	first := []rune(text + " ")[0]
	if unicode.IsLower(first) {
		s -= 0.1
	}
	letters := 0
	for _, c := range text {
		if unicode.IsLetter(c) || c == ' ' {
			letters++
		}
	}
	if letters*10 < len([]rune(text))*8 {
		s -= 0.4
	}
	for _, k := range r.Stance.Evidence { // the sentence that also says where the author stands
		if k.Start == e.Start && k.End == e.End && stance(r) != "" {
			s += 0.3
			break
		}
	}
	return s
}
