package mail

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// htmlText reduces HTML to the text a reader sees: blocks become lines, quotes get "> ", scripts, styles and
// link targets are dropped.
func htmlText(src []byte) []byte {
	w := htmlWriter{out: make([]byte, 0, len(src)/2)}
	z := html.NewTokenizer(bytes.NewReader(src))
	z.SetMaxBuf(MaxText)
	skip := atom.Atom(0) // inside an element whose text is not shown
	for {
		switch z.Next() {
		case html.ErrorToken:
			return w.end()
		case html.TextToken:
			if skip == 0 {
				w.text(z.Text())
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			tag := atom.Lookup(name)
			switch tag {
			case atom.Script, atom.Style, atom.Title:
				skip = tag
			case atom.Br:
				w.line()
			case atom.Pre:
				w.block(2)
				w.pre++
			case atom.Blockquote:
				w.block(1)
				w.lines = max(w.lines, 2) // no blank line below the attribution
				if w.depth < 16 {
					w.depth++
				}
			case atom.Li:
				w.block(1)
				w.text([]byte("* "))
			case atom.Hr:
				w.block(1)
			default:
				w.block(breaks(tag))
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			tag := atom.Lookup(name)
			if tag == skip {
				skip = 0
			}
			switch tag {
			case atom.Pre:
				w.block(2)
				w.pre = max(0, w.pre-1)
			case atom.Blockquote:
				w.block(1)
				w.depth = max(0, w.depth-1)
				w.lines = min(w.lines, 1) // a blank line of the outer level follows
				w.block(2)
			default:
				w.block(breaks(tag))
			}
		case html.CommentToken, html.DoctypeToken:
		}
	}
}

// breaks tells how many line ends an element puts around itself.
func breaks(tag atom.Atom) int {
	switch tag {
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol, atom.Dl, atom.Table:
		return 2
	case atom.Div, atom.Tr, atom.Dt, atom.Dd, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Address:
		return 1
	}
	return 0
}

type htmlWriter struct {
	out   []byte
	lines int  // line ends at the end of out
	blank bool // a blank is due before the next word
	depth int  // quote depth
	pre   int
}

func (w *htmlWriter) line() {
	w.start()
	w.out = append(w.out, '\n')
	w.lines++
	w.blank = false
}

// block makes sure that n line ends stand at the end.
func (w *htmlWriter) block(n int) {
	if len(w.out) == 0 {
		return
	}
	for w.lines < n {
		w.line()
	}
}

// start writes the quote marks of a new line.
func (w *htmlWriter) start() {
	if (w.lines > 0 || len(w.out) == 0) && w.depth > 0 {
		for range w.depth {
			w.out = append(w.out, '>')
		}
		w.out = append(w.out, ' ')
	}
}

func (w *htmlWriter) text(s []byte) {
	if w.pre > 0 {
		for len(s) > 0 {
			line, rest, found := bytes.Cut(s, []byte("\n"))
			if len(line) > 0 {
				w.start()
				w.out = append(w.out, line...)
				w.lines = 0
			}
			if found {
				w.line()
			}
			s = rest
		}
		return
	}
	for len(s) > 0 {
		if isSpace(s[0]) {
			w.blank = true
			s = s[1:]
			continue
		}
		if bytes.HasPrefix(s, []byte("\u00a0")) {
			w.blank = true
			s = s[2:]
			continue
		}
		end := 1
		for end < len(s) && !isSpace(s[end]) && !bytes.HasPrefix(s[end:], []byte("\u00a0")) {
			end++
		}
		if w.lines > 0 || len(w.out) == 0 {
			w.start()
		} else if w.blank {
			w.out = append(w.out, ' ')
		}
		w.out = append(w.out, s[:end]...)
		w.blank, w.lines = false, 0
		s = s[end:]
	}
}

func (w *htmlWriter) end() []byte {
	out := bytes.TrimRight(w.out, " \n>")
	return append(out, '\n')
}

// htmlCharset finds the charset an HTML document declares for itself.
func htmlCharset(src []byte) string {
	head := strings.ToLower(string(src[:min(len(src), 2048)]))
	_, rest, found := strings.Cut(head, "charset=")
	if !found {
		return ""
	}
	rest = strings.TrimLeft(rest, `"' `)
	end := strings.IndexAny(rest, `"'> ;/`)
	if end < 0 || end > 40 {
		return ""
	}
	return rest[:end]
}
