package body

import "strings"

// maxDepth bounds the depth that is counted, not the marks that are read.
const maxDepth = 200

// quotes decides lines that begin with ">".
//
// QUIRK: marks together or apart, one or two blanks before the first one when a neighbour is a quote too.
func (s *splitter) quotes() {
	for i := range s.lines {
		l := &s.lines[i]
		if l.blank || l.indent > 2 {
			continue
		}
		v := s.raw(i)
		if v[0] == '>' {
			if strings.HasPrefix(v, ">From ") {
				continue // QUIRK: the mark of an mbox writer, no quote; real quotes have a blank there
			}
			l.kind, l.done, l.depth = Quote, true, uint8(depthOf(v))
		}
	}
	// With a blank in front only next to another quote.
	for i := range s.lines {
		l := &s.lines[i]
		if l.blank || l.done || l.indent == 0 || l.indent > 2 {
			continue
		}
		v := strings.TrimLeft(s.raw(i), " \t")
		if v[0] != '>' || len(v) > 1 && v[1] != ' ' && v[1] != '>' {
			continue
		}
		if s.isQuote(i-1) || s.isQuote(s.nextText(i)) || s.indentedQuote(i-1) || s.indentedQuote(i+1) {
			l.kind, l.done, l.depth = Quote, true, uint8(depthOf(v))
		}
	}
}

func (s *splitter) indentedQuote(i int) bool {
	return s.open(i) && s.lines[i].indent <= 2 && strings.HasPrefix(s.at(i), "> ")
}

// depthOf counts the quote marks in front of a line.
func depthOf(v string) int {
	depth := 0
	for i := 0; i < len(v) && depth < maxDepth; i++ {
		switch v[i] {
		case '>':
			depth++
		case ' ', '\t':
			if i+1 < len(v) && v[i+1] != '>' {
				return depth
			}
		default:
			return depth
		}
	}
	return depth
}

// marks decides quotes marked with "|", ":" or the initials of their author ("AE> "). Tables, compiler output and shell
// prompts look the same, so a run of such lines counts only below an attribution or when the parent has its words.
func (s *splitter) marks() {
	for i := 0; i < len(s.lines); i++ {
		if !s.open(i) {
			continue
		}
		mark := quoteMark(s.raw(i))
		if mark == "" {
			continue
		}
		end := i + 1
		for end < len(s.lines) && s.open(end) && quoteMark(s.raw(end)) == mark {
			end++
		}
		if s.witness(i, end, mark) {
			for k := i; k < end; k++ {
				s.lines[k].kind, s.lines[k].done = Quote, true
				s.lines[k].depth = uint8(1 + min(depthOf(strings.TrimLeft(s.raw(k)[len(mark):], " ")), maxDepth))
			}
		}
		i = end - 1
	}
}

// quoteMark returns the unusual quote mark v starts with: "|", ":" or "Name>".
func quoteMark(v string) string {
	if len(v) == 0 {
		return ""
	}
	if v[0] == '|' || v[0] == ':' {
		if len(v) == 1 || v[1] == ' ' {
			return v[:1]
		}
		return ""
	}
	if !isAlpha(v[0]) {
		return ""
	}
	const longest = 12
	for i := 1; i < len(v) && i <= longest; i++ {
		if v[i] == '>' {
			if i+1 == len(v) || v[i+1] == ' ' {
				return v[:i+1]
			}
			return ""
		}
		if !isAlpha(v[i]) {
			return ""
		}
	}
	return ""
}

// witness reports whether the lines from..to-1, all with the same unusual mark, are a quote.
func (s *splitter) witness(from, to int, mark string) bool {
	above := s.prevText(from)
	if above >= 0 && !s.lines[above].done && attributionEnd(s.at(above)) && (above == 0 || from-above <= 2) {
		if first := s.attributionStart(above); first >= 0 {
			return true
		}
	}
	if above >= 0 && s.isQuote(above) && quoteMark(s.raw(above)) == mark {
		return true
	}
	if s.o.Parent == "" {
		// Initials on several lines are no prompt.
		return len(mark) > 2 && isUpper(mark[0]) && to-from >= 3
	}
	words, hits := s.coverage(from, to, len(mark))
	return words >= 5 && hits*4 >= (words-shingle+1)*3
}

// wrapped decides lines that a mail program broke off the end of a quoted line: a few words between two lines of one
// quote, without a blank line around them.
func (s *splitter) wrapped() {
	for i := 1; i+1 < len(s.lines); i++ {
		if !s.open(i) || !s.isQuote(i-1) || !s.isQuote(i+1) || s.lines[i].indent > 1 {
			continue
		}
		if s.lines[i-1].depth > s.lines[i+1].depth {
			continue
		}
		v, above := s.at(i), s.raw(i-1)
		if len(v) > 60 {
			continue
		}
		var taken bool
		if s.o.Parent != "" {
			taken = s.continues(i)
		} else {
			last := above[len(above)-1]
			taken = len(above)+len(v) > 72 && len(v) <= 30 && len(above) > 60 && last != '.' && last != '?' && last != ':' && last != '!' &&
				!isUpper(v[0])
		}
		if taken {
			s.lines[i].kind, s.lines[i].done, s.lines[i].depth = Quote, true, s.lines[i-1].depth
		}
	}
}
