package body

import "strings"

// leastSetOff is how many words a paragraph has that was set off as a quote; fewer are a name or an example.
const leastSetOff = 7

// setOff decides what the author set off from his own words because others said it: indented paragraphs with a line above
// that says so or with a link to where they are from, and paragraphs in quotation marks.
//
// QUIRK: such words are of another mail, a document or a page that is not at hand: only their form tells.
func (s *splitter) setOff() {
	for i := 0; i < len(s.lines); i++ {
		if !s.open(i) || s.open(i-1) && s.lines[i-1].indent == s.lines[i].indent && !strings.HasSuffix(s.at(i-1), ":") {
			continue
		}
		end := s.marked(i)
		if end == 0 && s.lines[i].indent >= 2 {
			if k := s.indented(i); s.cited(i, k) {
				end = k
				// The paragraphs below it are set off in the same way.
				for next := s.nextText(k - 1); s.open(next) && s.lines[next].indent == s.lines[i].indent && !isBullet(s.at(next)); next = s.nextText(end - 1) {
					end = s.indented(next)
				}
			}
		}
		for k := i; k < end; k++ {
			if !s.lines[k].blank {
				s.lines[k].kind, s.lines[k].done, s.lines[k].depth = Quote, true, 1
			}
		}
		i = max(i, end-1)
	}
}

// indented returns the line behind the open lines from line i on that are indented like it or deeper.
func (s *splitter) indented(i int) int {
	const longest = 100
	end := i + 1
	for end < i+longest && s.open(end) && s.lines[end].indent >= s.lines[i].indent {
		end++
	}
	return end
}

// marked returns the line behind a text in quotation marks that begins at line i and ends with a paragraph, 0 when there is
// none. What is quoted inside of it does not end it.
func (s *splitter) marked(i int) int {
	const longest = 60 // lines
	if v := s.at(i); v[0] != '"' && !strings.HasPrefix(v, "“") {
		return 0
	}
	depth, words := 0, 0
	for k := i; k < len(s.lines) && k < i+longest && (s.lines[k].blank || s.open(k)); k++ {
		if s.lines[k].blank {
			continue
		}
		v := s.at(k)
		words += wordCount(v)
		for at := 0; at < len(v); at++ {
			size := 1
			switch {
			case v[at] == '"' && (at == 0 || strings.IndexByte(" ([", v[at-1]) >= 0):
				depth++
			case strings.HasPrefix(v[at:], "“"):
				depth++
				size = len("“")
			case v[at] == '"':
				depth--
			case strings.HasPrefix(v[at:], "”"):
				depth--
				size = len("”")
			default:
				continue
			}
			at += size - 1
			if depth > 0 {
				continue
			}
			if strings.Trim(v[at+1:], ".,;") != "" || s.open(k+1) || words < leastSetOff {
				return 0
			}
			return k + 1
		}
	}
	return 0
}

// cited reports whether the indented lines from..to-1 are sentences of somebody else: the line above says so, or a link
// stands above or below.
func (s *splitter) cited(from, to int) bool {
	words, sentences := 0, 0
	for i := from; i < to; i++ {
		v := s.at(i)
		words += wordCount(v)
		if sentenceLike(v) {
			sentences++
		}
	}
	intro := s.prevText(from)
	if words < leastSetOff || sentences*2 < to-from || isBullet(s.at(from)) || intro < 0 || from-intro > 3 || s.lines[intro].indent+2 > s.lines[from].indent {
		return false
	}
	v := s.at(intro)
	if isLink(v) {
		return true
	}
	if !s.open(intro) {
		return false
	}
	if v[len(v)-1] != ':' {
		return cites(v[strings.LastIndexByte(v, ' ')+1:])
	}
	// What only names the link below it has no full stop.
	below := s.nextText(to - 1)
	if strings.IndexByte(".?!\"", s.text[s.lines[to-1].end-1]) >= 0 && below < len(s.lines) && s.lines[below].indent >= 2 && s.isKind(below, Code) && isLink(s.at(below)) {
		return true
	}
	if s.open(intro-1) && !isBullet(v) {
		v = s.text[s.lines[intro-1].first:s.lines[intro].end]
	}
	return cites(v)
}

// cites reports whether v says that somebody said something, unless that is the author himself.
func cites(v string) bool {
	own := 0 // words that "I" is at most away
	for word := range strings.FieldsSeq(v) {
		word = strings.ToLower(strings.Trim(word, ",.:;()\"'*"))
		switch word {
		case "i", "i've", "we", "we've", "my", "our":
			own = 4
		case "said", "says", "wrote", "writes", "states", "stated", "reads", "quote", "quotes", "quoting", "quoted", "clarified", "explains", "explained", "describes", "described",
			"suggests", "suggested", "mentions", "mentioned", "claims", "claimed", "argues", "argued", "snippet", "excerpt":
			if own == 0 {
				return true
			}
		}
		own = max(own-1, 0)
	}
	return false
}
