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

// snippetReads is after how many bytes beside the own text a snippet is made of what was found until then. A patch may
// have a megabyte, and each of its places is as good as the next.
const snippetReads = 64 << 10

// marker finds the words of a query in text.
type marker struct {
	exact    map[string]bool
	stems    map[string]bool
	prefixes []string
	first    [256]bool     // bytes that what is looked for may begin with; a stem begins as its word does
	kinds    [256]byteKind //
}

// A byteKind says what a byte is to words.
type byteKind uint8

const (
	noWord     byteKind = iota // not of a word
	ofWord                     // a letter or digit of ASCII
	underscore                 // of a word, of which the next part begins behind it
	apostrophe                 // of a word when a letter follows
	ofRune                     // of a character beyond ASCII
)

func newMarker(n query.Node) *marker {
	m := &marker{exact: map[string]bool{}, stems: map[string]bool{}}
	for c := range m.kinds {
		switch {
		case c >= utf8.RuneSelf:
			m.kinds[c] = ofRune
			m.first[c] = true // folding may make anything of these
		case c == '_':
			m.kinds[c] = underscore
		case c == '\'':
			m.kinds[c] = apostrophe
		case plainWord(rune(c)):
			m.kinds[c] = ofWord
		}
	}
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
				m.stems[stemOf(word)] = true
				m.exact[word] = true
			default:
				m.exact[word] = true
			}
			c := word[0]
			m.first[c] = true
			if 'a' <= c && c <= 'z' {
				m.first[c-'a'+'A'] = true
			}
		}
	}
	return m
}

func (m *marker) hit(word string) bool {
	return m.exact[word] || len(m.stems) > 0 && m.stems[stemOf(word)] ||
		slices.ContainsFunc(m.prefixes, func(p string) bool { return strings.HasPrefix(word, p) })
}

// partHit is hit for the parts of snake_case.
func (m *marker) partHit(word string) bool {
	if strings.IndexByte(word, '_') < 0 {
		return false
	}
	for part := range strings.SplitSeq(word, "_") {
		if m.exact[part] {
			return true
		}
	}
	return false
}

// span is a byte range.
type span struct{ from, to int }

// snippet is the densest place of the query's words, in the author's own text if they stand there,
// else anywhere; in the long run the first such place. Without any it is the beginning of the own text.
func (m *marker) snippet(msg *message) string {
	best, bestHits := "", []span(nil)
	look := func(run string) {
		if hits := m.hits(run); len(hits) > 0 {
			if from, n := densest(hits); n > len(bestHits) {
				best, bestHits = run, hits[from:from+n]
			}
		}
	}
	for _, p := range msg.parts {
		if p.Kind == Own {
			run := msg.text[p.Start:p.End]
			if best == "" {
				best = run
			}
			look(run)
		}
	}
	if len(bestHits) == 0 {
		read := 0
		for run := range stretches(msg.text, msg.parts) {
			if run.bits == inOwn {
				continue
			}
			look(run.text)
			if read += len(run.text); read >= snippetReads && len(bestHits) > 0 {
				break
			}
		}
	}
	return cutSnippet(best, bestHits)
}

// hits finds the words. Folding may change lengths, so each word is folded by itself; most words are not
// even that, because nothing that is looked for begins as they do.
func (m *marker) hits(s string) []span {
	if len(m.exact) == 0 && len(m.prefixes) == 0 {
		return nil
	}
	var out []span
	for i := 0; i < len(s); {
		switch m.kinds[s[i]] {
		case noWord, apostrophe:
			i++
			continue
		case ofRune:
			if r, n := utf8.DecodeRuneInString(s[i:]); !unicode.IsLetter(r) && !unicode.IsDigit(r) {
				i += n
				continue
			}
		case ofWord, underscore:
		}
		j, may := m.wordEnd(s, i)
		if !may {
			i = j
			continue
		}
		word := strings.TrimSuffix(fold(s[i:j]), "'s")
		if m.hit(word) || m.partHit(word) {
			out = append(out, span{i, j})
		}
		i = j
	}
	return out
}

// wordEnd is where the word that begins at i ends, and whether it may be one that is looked for: by the bytes that it
// and its parts begin with.
func (m *marker) wordEnd(s string, i int) (end int, may bool) {
	may = m.first[s[i]]
	for i < len(s) {
		switch m.kinds[s[i]] {
		case ofWord:
			i++
		case underscore:
			i++
			may = may || i < len(s) && m.first[s[i]]
		case apostrophe:
			if i+1 == len(s) || !unicode.IsLetter(rune(s[i+1])) {
				return i, may
			}
			i++
		case ofRune:
			r, n := utf8.DecodeRuneInString(s[i:])
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.M, r) {
				return i, may
			}
			i += n
		case noWord:
			return i, may
		}
	}
	return i, may
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
