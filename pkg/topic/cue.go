package topic

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Limits of one cue; they bound the work of the matcher on any text.
const (
	maxCueBytes    = 400  // of the expression
	maxCueElements = 16   // words and gaps of one reading
	maxCueReadings = 4096 // readings after alternatives are written out
	maxCueGaps     = 2    // gaps in one reading
	maxGapWords    = 6    // words one gap may skip
	minPrefix      = 3    // letters before a trailing '*'
)

type elementKind uint8

const (
	literal elementKind = iota // the word, letter case ignored
	prefix                     // a word that starts so
	exact                      // the word in this very spelling
	anyWord                    // any one word
	gap                        // up to n words
)

type element struct {
	kind elementKind
	text string
	n    int
}

// parseCue reads a cue expression and writes its alternatives out.
//
//	memory safe            these words, in this order, letter case ignored
//	leak*                  a word that starts with "leak" (three letters at least)
//	bindings?              the last letter may be absent
//	file ?system           one word or two
//	optimi(z|s)er          alternatives inside a word
//	(bug|memory error)     one of these
//	(bug|memory error)s?   letters after the parenthesis belong to the last word of each
//	(the)?  (the|)         may be absent
//	(bug|leak)*            each may go on; words of less than three letters stay as they are
//	=Nova                  this very spelling
//	_                      any one word
//	..                     up to three words; ..5 up to five
//
// Hyphens, slashes and other signs between words are the same as a space, as they are in the text.
func parseCue(expr string) ([][]element, error) {
	if len(expr) > maxCueBytes {
		return nil, fmt.Errorf("longer than %d bytes", maxCueBytes)
	}
	p := cueParser{in: expr}
	seqs, err := p.alternatives(0)
	if err != nil {
		return nil, err
	}
	if p.pos < len(p.in) {
		return nil, fmt.Errorf("column %d: ')' without '('", p.pos+1)
	}
	out := make([][]element, 0, len(seqs))
	for _, s := range seqs {
		if err := checkReading(s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func checkReading(s []element) error {
	if len(s) == 0 {
		return errors.New("may match nothing at all")
	}
	if len(s) > maxCueElements {
		return fmt.Errorf("more than %d words", maxCueElements)
	}
	if k := s[0].kind; k == anyWord || k == gap {
		return errors.New("starts with a wildcard")
	}
	if s[len(s)-1].kind == gap {
		return errors.New("ends with a gap")
	}
	gaps := 0
	for i, e := range s {
		if e.kind != gap {
			continue
		}
		gaps++
		if i > 0 && s[i-1].kind == gap {
			return errors.New("two gaps in a row")
		}
	}
	if gaps > maxCueGaps {
		return fmt.Errorf("more than %d gaps", maxCueGaps)
	}
	return nil
}

type cueParser struct {
	in  string
	pos int
}

// alternatives reads "a b|c" up to the closing parenthesis of this depth or the end.
func (p *cueParser) alternatives(depth int) ([][]element, error) {
	if depth > 4 {
		return nil, fmt.Errorf("column %d: alternatives nested too deeply", p.pos+1)
	}
	var out [][]element
	cur := [][]element{nil}
	for {
		p.space()
		if p.pos >= len(p.in) || p.in[p.pos] == ')' {
			return append(out, cur...), nil
		}
		var next [][]element
		switch p.in[p.pos] {
		case '|':
			if depth == 0 {
				return nil, fmt.Errorf("column %d: '|' outside parentheses", p.pos+1)
			}
			p.pos++
			out = append(out, cur...)
			cur = [][]element{nil}
			continue
		case '(':
			open := p.pos
			p.pos++
			var err error
			if next, err = p.alternatives(depth + 1); err != nil {
				return nil, err
			}
			if p.pos >= len(p.in) {
				return nil, fmt.Errorf("column %d: '(' is never closed", open+1)
			}
			p.pos++
			if p.pos < len(p.in) && wordByte(p.in[p.pos]) {
				var err error
				if next, err = p.endings(next); err != nil {
					return nil, err
				}
			}
			if p.peek('*') {
				p.pos++
				openEnds(next)
			}
			if p.peek('?') {
				p.pos++
				next = append(next, nil)
			}
		default:
			var err error
			if next, err = p.word(); err != nil {
				return nil, err
			}
		}
		if len(out)+len(cur)*len(next) > maxCueReadings {
			return nil, fmt.Errorf("more than %d readings", maxCueReadings)
		}
		cur = product(cur, next)
	}
}

func product(a, b [][]element) [][]element {
	out := make([][]element, 0, len(a)*len(b))
	for _, x := range a {
		for _, y := range b {
			out = append(out, append(append(make([]element, 0, len(x)+len(y)), x...), y...))
		}
	}
	return out
}

// separator says whether c stands between words and means nothing else. '+' stays for "c++".
func separator(c byte) bool { return strings.IndexByte(" \t-/.,:;!&`\"@#%", c) >= 0 }

func (p *cueParser) space() {
	for p.pos < len(p.in) && separator(p.in[p.pos]) {
		// Two dots and more are a gap.
		if p.in[p.pos] == '.' && p.pos+1 < len(p.in) && p.in[p.pos+1] == '.' {
			return
		}
		p.pos++
	}
}

func (p *cueParser) peek(c byte) bool { return p.pos < len(p.in) && p.in[p.pos] == c }

// openEnds makes the last word of each alternative a beginning.
func openEnds(seqs [][]element) {
	for _, s := range seqs {
		if n := len(s); n > 0 && s[n-1].kind == literal && len(s[n-1].text) >= minPrefix {
			s[n-1].kind = prefix
		}
	}
}

// endings appends the letters that follow a group to the last word of each alternative.
func (p *cueParser) endings(seqs [][]element) ([][]element, error) {
	start := p.pos
	texts, err := p.letters()
	if err != nil {
		return nil, err
	}
	var out [][]element
	for _, s := range seqs {
		n := len(s)
		if n == 0 || s[n-1].kind != literal {
			return nil, fmt.Errorf("column %d: letters after a group need a word before them", start+1)
		}
		for _, t := range texts {
			one := append(make([]element, 0, n), s...)
			one[n-1].text += t
			out = append(out, one)
		}
	}
	return out, nil
}

// word reads one word, gap or wildcard.
func (p *cueParser) word() ([][]element, error) {
	start := p.pos
	if strings.HasPrefix(p.in[p.pos:], "..") {
		return p.gap()
	}
	kind := literal
	if p.peek('=') {
		kind = exact
		p.pos++
	}
	texts, err := p.letters()
	if err != nil {
		return nil, err
	}
	if kind == literal && len(texts) == 1 && texts[0] == "_" {
		return [][]element{{{kind: anyWord}}}, nil
	}
	if p.peek('*') {
		p.pos++
		if kind == exact {
			return nil, fmt.Errorf("column %d: '=' and '*' do not go together", start+1)
		}
		kind = prefix
	}
	// "file ?system": one word or two.
	var second []string
	if q := strings.TrimLeft(p.in[p.pos:], " "); kind == literal && len(q) > 1 && q[0] == '?' && len(q) < len(p.in)-p.pos && wordByte(q[1]) {
		p.pos = len(p.in) - len(q) + 1
		if second, err = p.letters(); err != nil {
			return nil, err
		}
	}
	var out [][]element
	for _, t := range texts {
		if second == nil {
			e, err := newElement(kind, t, start)
			if err != nil {
				return nil, err
			}
			out = append(out, []element{e})
			continue
		}
		after := literal
		if p.peek('*') {
			after = prefix
		}
		for _, u := range second {
			one, err1 := newElement(after, t+u, start)
			left, err2 := newElement(literal, t, start)
			right, err3 := newElement(after, u, start)
			if err := errors.Join(err1, err2, err3); err != nil {
				return nil, err
			}
			out = append(out, []element{one}, []element{left, right})
		}
	}
	if second != nil && p.peek('*') {
		p.pos++
	}
	return out, nil
}

func (p *cueParser) gap() ([][]element, error) {
	start := p.pos
	p.pos += 2
	digits := p.pos
	for p.pos < len(p.in) && p.in[p.pos] >= '0' && p.in[p.pos] <= '9' {
		p.pos++
	}
	n := 3
	if digits < p.pos {
		var err error
		if n, err = strconv.Atoi(p.in[digits:p.pos]); err != nil {
			n = 0 // too long for a number: out of range below
		}
	}
	if n < 1 || n > maxGapWords {
		return nil, fmt.Errorf("column %d: a gap holds 1 to %d words", start+1, maxGapWords)
	}
	return [][]element{{{kind: gap, n: n}}}, nil
}

// letters reads the spellings of one word: letters, alternatives inside it, an optional last letter.
func (p *cueParser) letters() ([]string, error) {
	texts := []string{""}
	for p.pos < len(p.in) {
		c := p.in[p.pos]
		switch {
		case c == '(' && texts[0] != "":
			end := strings.IndexByte(p.in[p.pos:], ')')
			if end < 0 {
				return nil, fmt.Errorf("column %d: '(' is never closed", p.pos+1)
			}
			ends := strings.Split(p.in[p.pos+1:p.pos+end], "|")
			p.pos += end + 1
			if p.peek('?') {
				p.pos++
				ends = append(ends, "")
			}
			if len(texts)*len(ends) > maxCueReadings {
				return nil, fmt.Errorf("more than %d readings", maxCueReadings)
			}
			var next []string
			for _, t := range texts {
				for _, e := range ends {
					next = append(next, t+e)
				}
			}
			texts = next
		case c == '?' && texts[0] != "":
			p.pos++
			for _, t := range texts {
				texts = append(texts, t[:len(t)-1])
			}
			return texts, nil
		case separator(c) || strings.IndexByte("()|?*=", c) >= 0:
			return texts, nil
		default:
			for i := range texts {
				texts[i] += string([]byte{c})
			}
			p.pos++
		}
	}
	return texts, nil
}

// newElement checks that text is a word the tokenizer can produce, or the cue could never match.
func newElement(kind elementKind, text string, start int) (element, error) {
	toks := tokens(nil, text)
	if len(toks) != 1 || toks[0].start != 0 || int(toks[0].end) != len(text) {
		return element{}, fmt.Errorf("column %d: %q is not one word", start+1, text)
	}
	if kind == prefix && len(text) < minPrefix {
		return element{}, fmt.Errorf("column %d: %d letters are needed before '*'", start+1, minPrefix)
	}
	low := lowered(text)
	if kind == exact {
		if low == text {
			return element{}, fmt.Errorf("column %d: '=' needs a capital letter", start+1)
		}
		low = text
	}
	return element{kind: kind, text: low}, nil
}
