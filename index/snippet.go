package index

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"rustle/index/query"
)

// What stands before and after a hit in a snippet: control characters, which mail never contains.
const (
	SnippetOpen  = "\x01"
	SnippetClose = "\x02"
)

// snippetLength is about how long a snippet is, in bytes of the mail.
const snippetLength = 160

// marker finds the words of a query in text.
type marker struct {
	exact    map[string]bool
	stems    map[string]bool
	prefixes []string
	first    [utf8.RuneSelf]bool // bytes that what is looked for begins with; a stem begins as its word does
	st       stemmer
}

func newMarker(n query.Node) *marker {
	m := &marker{exact: map[string]bool{}, stems: map[string]bool{}}
	for t := range query.Terms(n) {
		switch t.Field {
		case query.Any, query.Body, query.Own, query.Quoted, query.BodySubject, query.Removed, query.Added, query.Context, query.Hunk:
		default:
			continue
		}
		w := words(t.Text)
		for i, word := range w {
			switch {
			case t.Form == query.Prefix && i == len(w)-1:
				m.prefixes = append(m.prefixes, word)
			case len(w) == 1 && wantsStem(t):
				m.stems[m.st.stem(word)] = true
				m.exact[word] = true
			default:
				m.exact[word] = true
			}
			if c := word[0]; c < utf8.RuneSelf {
				m.first[c] = true
			}
		}
	}
	return m
}

// cannot says that a word of the text is none that is looked for, by its first byte: folding and stemming all of
// a mail took half the time of a search.
func (m *marker) cannot(word string) bool {
	c := word[0]
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c < utf8.RuneSelf && !m.first[c] && strings.IndexByte(word, '_') < 0
}

func (m *marker) hit(word string) bool {
	return m.exact[word] || len(m.stems) > 0 && m.stems[m.st.stem(word)] ||
		slices.ContainsFunc(m.prefixes, func(p string) bool { return strings.HasPrefix(word, p) })
}

// span is a byte range.
type span struct{ from, to int }

// snippet is the densest place of the query's words, in the author's own text if they stand there,
// else anywhere. Without any it is the beginning of the own text.
func (m *marker) snippet(msg *message) string {
	text := string(msg.text)
	runs := stretches(text, msg.parts)
	best, bestHits, bestCount := "", []span(nil), 0
	for _, own := range []bool{true, false} {
		for _, run := range runs {
			if (run.bits == inOwn) != own {
				continue
			}
			hits := m.hits(run.text)
			if len(hits) > 0 {
				from, n := densest(hits)
				if n > bestCount {
					best, bestHits, bestCount = run.text, hits[from:from+n], n
				}
			} else if best == "" && own {
				best = run.text
			}
		}
		if bestCount > 0 {
			break
		}
	}
	return cutSnippet(best, bestHits)
}

// hits finds the words. Folding may change lengths, so each word is folded by itself.
func (m *marker) hits(s string) []span {
	var out []span
	for i := 0; i < len(s); {
		r, n := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(s[i:])
		}
		if !plainWord(r) && (r < utf8.RuneSelf || !unicode.IsLetter(r) && !unicode.IsDigit(r)) {
			i += n
			continue
		}
		j := i
		for j < len(s) {
			if plainWord(rune(s[j])) {
				j++
				continue
			}
			r, n := utf8.DecodeRuneInString(s[j:])
			if r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.M, r) &&
				!(r == '\'' && j+1 < len(s) && unicode.IsLetter(rune(s[j+1]))) {
				break
			}
			j += n
		}
		if m.cannot(s[i:j]) {
			i = j
			continue
		}
		word := strings.TrimSuffix(fold(s[i:j]), "'s")
		if m.hit(word) || strings.Contains(word, "_") && slices.ContainsFunc(strings.Split(word, "_"), func(p string) bool { return m.exact[p] }) {
			out = append(out, span{i, j})
		}
		i = j
	}
	return out
}

// plainWord says that an ASCII character belongs to words.
func plainWord(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_'
}

// densest is the run of most hits that fit into a snippet.
func densest(hits []span) (from, n int) {
	n = 1
	start := 0
	for end := range hits {
		for hits[end].to-hits[start].from > snippetLength*3/4 && start < end {
			start++
		}
		if end-start+1 > n {
			from, n = start, end-start+1
		}
	}
	return from, n
}

// cutSnippet cuts the text around hits at words, puts it on one line and marks the hits.
func cutSnippet(s string, hits []span) string {
	from, to := 0, min(len(s), snippetLength)
	if len(hits) > 0 {
		middle := (hits[0].from + hits[len(hits)-1].to) / 2
		from = max(0, min(hits[0].from, middle-snippetLength/2))
		to = min(len(s), max(hits[len(hits)-1].to, from+snippetLength))
	}
	if from > 0 {
		if i := strings.IndexAny(s[from:], " \n\t"); i >= 0 && (len(hits) == 0 || from+i < hits[0].from) {
			from += i
		}
	}
	if to < len(s) {
		if i := strings.LastIndexAny(s[:to], " \n\t"); i > from && (len(hits) == 0 || i >= hits[len(hits)-1].to) {
			to = i
		}
	}
	for from < to && !utf8.RuneStart(s[from]) {
		from++
	}
	for to < len(s) && !utf8.RuneStart(s[to]) {
		to++
	}
	var b strings.Builder
	if strings.TrimSpace(s[:from]) != "" {
		b.WriteString("… ")
	}
	at := from
	for _, h := range hits {
		if h.from < at || h.to > to {
			continue
		}
		b.WriteString(plain(s[at:h.from]))
		b.WriteString(SnippetOpen)
		b.WriteString(plain(s[h.from:h.to]))
		b.WriteString(SnippetClose)
		at = h.to
	}
	b.WriteString(plain(s[at:to]))
	if strings.TrimSpace(s[to:]) != "" {
		b.WriteString(" …")
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// plain takes the marks of snippets out of text.
func plain(s string) string {
	if !strings.ContainsAny(s, SnippetOpen+SnippetClose) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r == 1 || r == 2 {
			return ' '
		}
		return r
	}, s)
}
