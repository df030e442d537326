package report

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// LoreURL is the address of a mail at lore.kernel.org. Everything but letters, digits and "-._~@=" is percent-encoded,
// so that the address can stand in Markdown, HTML and shell alike.
//
// QUIRK: In-Reply-To may hold such an address instead of the id: <https://lore.kernel.org/LIST/ID/>. It leads to the mail
// of that id.
func LoreURL(id string) string {
	const hex = "0123456789ABCDEF"
	id = strings.TrimSuffix(strings.TrimPrefix(id, "<"), ">")
	if path, ok := strings.CutPrefix(id, "https://lore.kernel.org/"); ok {
		path = strings.TrimSuffix(path, "/")
		if i := strings.LastIndexByte(path, '/'); i >= 0 && strings.IndexByte(path[i:], '@') > 0 {
			id = path[i+1:]
		}
	}
	var b strings.Builder
	b.WriteString("https://lore.kernel.org/r/")
	for i := range len(id) {
		switch c := id[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~@=", c) >= 0:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}

// clean folds text from mail to one line: white space becomes one space; control characters, invisible ones and those
// that change the direction of writing go; what is no UTF-8 becomes U+FFFD.
func clean(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		case unicode.Is(unicode.C, r) && r != utf8.RuneError: // Cc, Cf (zero width, bidi, tags), Co, Cs
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// cut shortens clean text to at most n runes at the end of a word and marks the cut.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	runes := []rune(s)[:n]
	for i := n - 1; i > n*2/3; i-- {
		if runes[i] == ' ' {
			runes = runes[:i]
			break
		}
	}
	return strings.TrimRight(string(runes), " ,;:.-") + "…"
}

// Escape writes text from mail as one line of Markdown that shows exactly this text, in a paragraph, a heading or a table
// cell, for CommonMark, GitHub and pandoc. It must not stand at the start of a line: callers put a quotation mark, a list
// mark or a word of their own before it.
//
// QUIRK: GitHub turns bare addresses into links after it has undone the escapes, so a backslash does not stop it. Words
// with an address in them become code, which is never linked.
func Escape(s string) string {
	s = clean(s)
	var b strings.Builder
	b.Grow(len(s) + len(s)/8)
	for i, word := range strings.Split(s, " ") {
		if i > 0 {
			b.WriteByte(' ')
		}
		if linkish(word) {
			escapeAddress(&b, word)
			continue
		}
		escapeWord(&b, word, `\`)
	}
	return b.String()
}

// linkish says whether a renderer with automatic links could take part of the word for an address.
func linkish(word string) bool {
	if !strings.ContainsAny(word, "@:.") {
		return false
	}
	low := strings.ToLower(word)
	if strings.Contains(low, "://") || strings.Contains(low, "www.") || strings.Contains(low, "mailto:") || strings.Contains(low, "xmpp:") {
		return true
	}
	at := strings.IndexByte(low, '@')
	return at > 0 && at < len(low)-1
}

// addressBreaks end an address; none of them stands inside the code spans that escapeAddress writes.
//
// QUIRK: "'" may stand in an address: goldmark makes a link of what follows upon letters and one, code or not.
const addressBreaks = "`|<>\"()[]{}\\*,$"

func escapeAddress(b *strings.Builder, word string) {
	for word != "" {
		n := strings.IndexAny(word, addressBreaks)
		if n < 0 {
			n = len(word)
		}
		if part := word[:n]; linkish(part) {
			b.WriteByte('`')
			b.WriteString(part)
			b.WriteByte('`')
		} else {
			escapeWord(b, part, "`")
		}
		if n < len(word) {
			escapeWord(b, word[n:n+1], "`")
			n++
		}
		word = word[n:]
	}
}

// escapeWord escapes one word. A backtick next to a code span is written as an entity, because runs of backticks bind.
func escapeWord(b *strings.Builder, word, tick string) {
	for i := range len(word) {
		switch c := word[i]; c {
		case '|': // no way of cutting a row into cells looks at entities
			b.WriteString("&#124;")
		case '$': // mathematics on GitHub and in pandoc
			b.WriteString("&#36;")
		case '`':
			if tick == "`" {
				b.WriteString("&#96;")
				continue
			}
			b.WriteString("\\`")
		case '\\', '*', '_', '{', '}', '[', ']', '<', '>', '&', '~', '^', '#':
			b.WriteByte('\\')
			b.WriteByte(c)
		case '@': // a citation in pandoc
			b.WriteString(`\@`)
		case '-': // pandoc would make dashes of two
			if i > 0 && word[i-1] == '-' || i+1 < len(word) && word[i+1] == '-' || len(word) == 1 {
				b.WriteByte('\\')
			}
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
}

// fence returns a code fence longer than any run of backticks in the lines.
func fence(lines []string) string {
	longest := 2
	for _, l := range lines {
		run := 0
		for i := range len(l) {
			if l[i] == '`' {
				run++
				longest = max(longest, run)
			} else {
				run = 0
			}
		}
	}
	return strings.Repeat("`", longest+1)
}
