package report

import (
	"strings"
	"unicode"

	"rustle/pkg/analysis"
)

// A remark is a sentence of an author with all that fired on it: several rules that agree on one sentence say more than one.
type remark struct {
	text   string // the whole sentence, clean
	r      *analysis.Record
	weight float64 // of the rules on it together
	stance float64 // of those for the position of the mail, 0 when the sentence does not carry it
}

// remarks gathers evidence by sentence. Evidence from headers, files and quotations is nobody's own words and left out.
func remarks(r *analysis.Record, evidence []analysis.Evidence) []remark {
	at := map[[2]int]int{}
	var out []remark
	for _, e := range evidence {
		text := clean(e.Text)
		if text == "" || e.Start == 0 && e.End == 0 {
			continue
		}
		key := [2]int{e.Start, e.End}
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, remark{text: text, r: r})
			if stance(r) != "" {
				for _, s := range r.Stance.Evidence {
					if s.Start == e.Start && s.End == e.End {
						out[i].stance += max(s.Weight, 0)
					}
				}
			}
		}
		out[i].weight += max(e.Weight, 0)
	}
	return out
}

// strength ranks a sentence for quotation, higher is better: what fired, whether it also carries the position, who speaks,
// and whether it can stand alone and argues. The figures were chosen by reading what came first and what came last in
// long debates; only their order matters, but for leastStrength.
func (k remark) strength() float64 {
	s := k.weight/(2+k.weight) + form(k.text) + argues(k.text)
	if k.stance > 0 {
		s += 0.2 + 0.3*min(k.stance, 1)
	}
	switch k.r.Role {
	case "top-maintainer", "maintainer", "rust-maintainer":
		s += 0.15
	case "reviewer":
		s += 0.05
	}
	return s
}

// leastStrength is what a sentence needs to be printed as somebody's argument; under it, no quotation is better than a poor one.
const leastStrength = 0.55

// printable says whether a sentence may stand on a page as somebody's argument.
func (k remark) printable() bool {
	return form(k.text) > -0.35 && argues(k.text) >= 0 && k.strength() >= leastStrength
}

// quotation shortens a sentence to n runes. Evidence holds the beginning of a very long sentence: where it breaks off, the
// reader is told.
func quotation(text string, n int) string {
	const longEvidence = 200
	if last := text[len(text)-1]; len(text) > longEvidence && (last >= 'a' && last <= 'z' || last == ',') {
		text = strings.TrimRight(text, ",") + "…"
	}
	return cut(text, n)
}

func strength(r *analysis.Record, e analysis.Evidence) float64 {
	if k := remarks(r, []analysis.Evidence{e}); len(k) > 0 {
		return k[0].strength()
	}
	return 0
}

// form says whether a sentence can be printed by itself: a whole sentence of some length, in the author's own voice, no
// scrap of code or of a list, no question.
func form(text string) float64 {
	s := 0.0
	switch n := len(strings.Fields(text)); {
	case n < 6:
		s -= 0.6
	case n < 10:
		s -= 0.1
	case n <= 45:
		s += 0.3
	case n > 70:
		s -= 0.2
	}
	end := strings.TrimRight(text, ")]”\"'*_")
	switch {
	case strings.HasSuffix(end, "?"):
		s -= 0.3
	case strings.HasSuffix(end, ":"):
		s -= 0.7 // what it announces is not there
	case strings.HasSuffix(end, ","), strings.HasSuffix(end, "..."), strings.HasSuffix(end, "…"):
		s -= 0.3
	case !strings.HasSuffix(end, ".") && !strings.HasSuffix(end, "!"):
		s -= 0.5 // a line of a list, or cut off by what follows
	}
	first := []rune(text + " ")[0]
	switch {
	case strings.ContainsRune("*#>/|-+=,;:.)", first):
		s-- // a comment in code, a list, a table; the end of a sentence
	case strings.ContainsRune("\"“'‘([", first):
		s -= 0.4 // he may be repeating the other side
	case unicode.IsLower(first):
		s -= 0.2
	}
	if strings.Count(text, "\"")%2 != 0 || strings.Count(text, "(") != strings.Count(text, ")") {
		s -= 0.3
	}
	if strings.Contains(text, "://") {
		s -= 0.3
	}
	if strings.Contains(text, " // ") || strings.Contains(text, " * ") {
		s -= 0.8 // lines of a comment
	}
	word, _, _ := strings.Cut(strings.ToLower(text), " ")
	switch strings.Trim(word, ",.") {
	case "it", "this", "that", "they", "these", "those", "he", "she", "them", "which", "so", "that's", "it's", "same", "otherwise", "yes", "no", "well", "sure", "ok", "right", "exactly",
		"similarly", "likewise", "especially", "again", "also", "then", "therefore", "thus", "hence":
		s -= 0.25 // stands for something in the sentence before, or goes on from it
	case "but", "and", "or", "because", "however", "though", "although", "still", "instead", "anyway", "besides":
		s -= 0.12 // goes on from it, but says something of its own
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
	return s
}

// argues says whether a sentence gives a reason or a judgement, or only passes the time of day.
func argues(text string) float64 {
	low := " " + strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || c == '\'' || c == '-' {
			return unicode.ToLower(c)
		}
		return ' '
	}, strings.ReplaceAll(text, "’", "'")) + " "
	s := 0.0
	for _, w := range courtesies() {
		if strings.Contains(low, w) {
			return -0.7
		}
	}
	n := 0
	for _, w := range reasons() {
		if strings.Contains(low, w) {
			n++
		}
	}
	s += 0.12 * float64(min(n, 3))
	if strings.Contains(low, " rust") {
		s += 0.15
	}
	return s
}

func courtesies() []string {
	return []string{
		" thank ", " thanks ", " good to know ", " happy to ", " glad to ", " sounds good ", " kind words ", " appreciate ", " sorry ",
		" apologies ", " congratulations ", " please see ", " see below ", " looking forward ", " hope this helps ",
	}
}

func reasons() []string {
	return []string{
		" because ", " since ", " therefore ", " should ", " shouldn't ", " must ", " cannot ", " can't ", " won't ", " need ", " needs ",
		" without ", " unless ", " instead ", " problem ", " problems ", " benefit ", " benefits ", " cost ", " costs ", " burden ", " risk ",
		" prevent ", " prevents ", " break ", " breaks ", " require ", " requires ", " reason ", " maintain ", " maintenance ", " better ",
		" worse ", " harder ", " easier ", " impossible ", " want ", " don't ", " never ", " always ", " more ", " less ", " bugs ", " agree ",
		" disagree ", " object ", " policy ", " rather ", " worth ", " allow ", " allows ", " force ", " forced ", " useful ",
	}
}
