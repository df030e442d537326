package body

import "strings"

// maxAttribution is how many lines an attribution may take.
const maxAttribution = 5

// attributions decides the lines above quotes that say who wrote them, and "On ... wrote:" with nothing quoted below. It
// runs a second time when quotes without marks have been found.
func (s *splitter) attributions() {
	for i := range s.lines {
		if s.isQuote(i) && !s.isQuote(i-1) {
			// The line above the quote, at most two blank lines between.
			above := s.prevText(i)
			if above < 0 || i-above > 3 || !s.open(above) {
				continue
			}
			if start := s.attributionStart(above); start >= 0 {
				s.markRange(start, above+1, Attribution)
			} else if isField(s.raw(above), "From") && above == i-1 {
				s.mark(above, Attribution) // the fields below it are quoted
			} else if isField(s.raw(above), "Date") {
				// "From:" and "Date:" of the mail quoted below.
				if from := s.prevText(above); from >= 0 && s.open(from) && isField(s.raw(from), "From") && strings.Contains(s.raw(from), "@") {
					s.markRange(from, above+1, Attribution)
				}
			}
			continue
		}
		if s.open(i) && strings.HasPrefix(s.raw(i), "On ") {
			// Mail programs that lose the marks, and authors who cut the quote away.
			for k := i; k < i+maxAttribution && s.open(k); k++ {
				v := s.at(k)
				if (strings.HasSuffix(v, "wrote:") || strings.HasSuffix(v, "writes:")) && evidence(s.text[s.lines[i].start:s.lines[k].end]) {
					s.markRange(i, k+1, Attribution)
					break
				}
			}
		}
	}
}

// attributionStart returns the first line of the attribution that ends at line last, -1 when there is none.
func (s *splitter) attributionStart(last int) int {
	if !attributionEnd(s.at(last)) {
		return -1
	}
	found := -1
	for k := last; k > last-maxAttribution && s.open(k) && !(k < last && s.at(k)[len(s.at(k))-1] == ':'); k-- {
		block := s.text[s.lines[k].start:s.lines[last].end]
		if !attributes(block) {
			continue
		}
		if opens(s.at(k)) {
			return k // the longest part that begins like one is not looked for: the next line up is prose
		}
		if found < 0 {
			found = k
		}
	}
	return found
}

// attributionEnd reports whether a line can end an attribution.
func attributionEnd(v string) bool {
	if len(v) == 0 {
		return false
	}
	return v[len(v)-1] == ':' || strings.HasSuffix(v, "：") || strings.HasPrefix(v, "Quoting ") || hasVerb(v)
}

// attributes reports whether block says who wrote something: a verb of writing and a date, an address or a name; or an
// address or name with a date and a colon.
func attributes(block string) bool {
	if len(block) > 500 {
		return false
	}
	if hasVerb(block) {
		colon := block[len(block)-1] == ':' || strings.HasSuffix(block, "：")
		return evidence(block) && (colon || hasVerb(block[strings.LastIndexAny(block, " \t\n")+1:])) || colon && named(block)
	}
	if strings.HasPrefix(block, "Quoting ") && hasDate(block) {
		return true
	}
	if block[len(block)-1] != ':' {
		return false
	}
	// "* Ada Example <a@example.org> [2025-03-03]:", "Quoting Ada:", "Ada Example <a@example.org>:"
	return strings.HasPrefix(block, "Quoting ") || strings.HasPrefix(block, "Excerpts from ") ||
		strings.Contains(block, "@") && wordCount(block) <= 14 || (strings.HasPrefix(block, "* ") || strings.HasPrefix(block, "+++ ")) && evidence(block) && wordCount(block) <= 10 ||
		strings.HasPrefix(block, "On ") && hasDate(block) && wordCount(block) <= 14
}

// opens reports whether v begins like an attribution.
func opens(v string) bool {
	for _, start := range [...]string{
		"On ", "Am ", "Le ", "El ", "Em ", "Il ", "Op ", "Den ", "Dne ", "W dniu ", "Dnia ", "Em ", "Ha scritto ", "В ", "On, ", "Quoting ", "Excerpts from ", "* ", "+++ ", "In message ", "At ",
		"Mon, ", "Tue, ", "Wed, ", "Thu, ", "Fri, ", "Sat, ", "Sun, ", "пн", "вт", "ср", "чт", "пт", "сб", "вс", "ср", "в ", "From ", "Thus ", "Hi,", "в",
	} {
		if strings.HasPrefix(v, start) {
			return true
		}
	}
	return leadingDigits(v) == 4 && (strings.HasPrefix(v[4:], "-") || strings.HasPrefix(v[4:], "/") || strings.HasPrefix(v[4:], "年"))
}

// hasVerb reports whether v holds a verb of writing as attributions use it.
func hasVerb(v string) bool {
	// By first letter, so that a line costs one pass.
	for i := range len(v) {
		c := v[i]
		if c < 0x80 && !isAlpha(c) || i > 0 && c < 0x80 && isWord(v[i-1]) {
			continue
		}
		var words []string
		switch c | 0x20 {
		case 'w':
			words = verbsW
		case 's':
			words = verbsS
		case 'e':
			words = verbsE
		case 'p':
			words = verbsP
		case 'k':
			words = verbsK
		case 'n':
			words = verbsN
		case 'h':
			words = verbsH
		case 'y', 'v', 't':
			words = verbsY
		default:
			if c >= 0x80 {
				words = verbsOther
			}
		}
		for _, w := range words {
			if strings.HasPrefix(v[i:], w) && (w[len(w)-1] >= 0x80 || i+len(w) == len(v) || !isWord(v[i+len(w)])) {
				return true
			}
		}
	}
	return false
}

// Verbs of writing: English, German, French, Spanish, Portuguese, Italian, Dutch, Swedish, Norwegian, Danish, Finnish,
// Polish, Czech, Slovak, Romanian, Catalan, Turkish, Vietnamese, Russian, Ukrainian, Bulgarian, Hungarian, Greek, Hebrew, Chinese,
// Japanese, Korean; read only.
var (
	verbsW     = []string{"wrote", "writes", "wrotes", "Wrote"}
	verbsS     = []string{"schrieb", "schreef", "skrev", "scrisse", "scris", "said", "says", "spake", "skrifaði"}
	verbsE     = []string{"escribió", "escribio", "escreveu", "ecrit", "escriure"}
	verbsP     = []string{"pisze", "píše", "pise", "podsumował"}
	verbsK     = []string{"kirjoitti"}
	verbsN     = []string{"napisał", "napisała", "napisal", "napísal"}
	verbsH     = []string{"ha scritto"}
	verbsY     = []string{"yazdı", "yazmış", "viết", "tarihinde"}
	verbsOther = []string{"écrit", "írta", "пишет", "писал", "написал", "написала", "пише", "написав", "написа", "έγραψε", "כתב", "写道", "寫道", "写入", "写到", "书きました", "書きました", "のメール", "님이 작성", "작성", "đã viết", "şunu yazdı"}
)

// named reports whether block is nothing but a name and a verb of writing.
func named(block string) bool {
	words := strings.Fields(strings.TrimRight(block, ": "))
	if len(words) < 2 || len(words) > 5 {
		return false
	}
	for _, w := range words {
		if !isName(w) && !hasVerb(w) {
			return false
		}
	}
	return !answers(words[0])
}

// evidence reports whether block names a time, an address, or a person in brackets.
func evidence(block string) bool {
	return strings.Contains(block, "@") || strings.Contains(block, " <") || hasDate(block) || strings.Contains(block, "[")
}

// hasDate reports whether block holds a year, a time of day or a date with slashes.
func hasDate(block string) bool {
	for i := 0; i < len(block); i++ {
		if !isDigit(block[i]) {
			continue
		}
		d := leadingDigits(block[i:])
		rest := block[i+d:]
		switch {
		case d == 4 && (strings.HasPrefix(block[i:], "19") || strings.HasPrefix(block[i:], "20")):
			return true
		case d <= 2 && len(rest) > 2 && (rest[0] == ':' || rest[0] == '/') && isDigit(rest[1]):
			return true
		}
		i += d
	}
	return false
}

func wordCount(v string) int {
	n := 0
	for range strings.FieldsSeq(v) {
		n++
	}
	return n
}
