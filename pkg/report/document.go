package report

import (
	_ "embed"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// document is a page of a collection, laid out for none of the forms yet. Its text is plain, clean and not escaped.
type document struct {
	title  string
	blocks []block
}

// block is one piece of a document; which of its parts are used depends on the kind.
type block struct {
	Kind    string // heading | text | table | quote | list | chart
	Level   int    // of a heading
	Text    line   // of a heading or paragraph
	Head    []string
	Right   []bool // columns of figures
	Rows    [][]line
	Items   []line
	Quote   Quote
	Tone    Tone // of a chart: mails over time
	Caption string
}

// line is text with marks and links.
type line []span

// span is a stretch of a line. White space at its ends counts.
type span struct {
	Text string
	URL  string
	Mark byte // 0, 'b' bold, 'i' emphasis
}

func plain(s string) line        { return line{{Text: s}} }
func bold(s string) line         { return line{{Text: s, Mark: 'b'}} }
func emphasis(s string) line     { return line{{Text: s, Mark: 'i'}} }
func anchor(text, u string) line { return line{{Text: text, URL: u}} }
func number10(n int) line        { return plain(strconv.Itoa(n)) }

// mailLine names a mail by its number and links it when its address may be shown.
func mailLine(r Ref) line {
	if r.Number == 0 {
		return anchor("a mail outside the data", r.URL)
	}
	return anchor("mail "+strconv.Itoa(r.Number), r.URL)
}

func lines(parts ...line) line {
	var out line
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

func (d *document) heading(level int, text line) {
	d.blocks = append(d.blocks, block{Kind: "heading", Level: level, Text: text})
}

func (d *document) text(parts ...line) {
	d.blocks = append(d.blocks, block{Kind: "text", Text: lines(parts...)})
}

func (d *document) quote(q Quote) { d.blocks = append(d.blocks, block{Kind: "quote", Quote: q}) }

func (d *document) list(items []line) {
	if len(items) > 0 {
		d.blocks = append(d.blocks, block{Kind: "list", Items: items})
	}
}

// timeline draws mails over time when there is more than one stretch of it.
func (d *document) timeline(caption string, t Tone) {
	if len(t.Bins) > 1 {
		d.blocks = append(d.blocks, block{Kind: "chart", Tone: t, Caption: caption})
	}
}

// table begins a table; a name with a trailing ">" is a column of figures. Tables without rows are left out.
func (d *document) table(head []string, rows [][]line) {
	if len(rows) == 0 {
		return
	}
	b := block{Kind: "table", Rows: rows}
	for _, h := range head {
		name, right := strings.CutSuffix(h, ">")
		b.Head, b.Right = append(b.Head, name), append(b.Right, right)
	}
	d.blocks = append(d.blocks, b)
}

// markdown escapes a line.
func (l line) markdown() string {
	var b strings.Builder
	for _, s := range l {
		text := strings.TrimSpace(s.Text)
		before, after := "", ""
		if text != "" {
			before, after, _ = strings.Cut(s.Text, text)
			text = Escape(text)
		}
		mark := map[byte]string{'b': "**", 'i': "*"}[s.Mark]
		if text != "" {
			text = mark + text + mark
		}
		if s.URL != "" {
			text = "[" + text + "](" + s.URL + ")"
		}
		if before != "" {
			b.WriteByte(' ')
		}
		b.WriteString(text)
		if after != "" || text == "" && s.Text != "" {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// markdown lays the document out for GitHub and pandoc.
func (d *document) markdown() []byte {
	w := &writer{}
	w.heading(1, Escape(d.title))
	for i := range d.blocks {
		b := &d.blocks[i]
		switch b.Kind {
		case "heading":
			w.heading(b.Level, b.Text.markdown())
		case "text":
			w.paragraph(b.Text.markdown())
		case "quote":
			w.quote(b.Quote)
		case "list":
			for _, item := range b.Items {
				w.line("- ", item.markdown())
			}
			w.line()
		case "chart":
			t := b.Tone.filled()
			w.paragraph(Escape(b.Caption), ", ", b.Tone.Bins[0].Label, " to ", b.Tone.Bins[len(b.Tone.Bins)-1].Label, ", per ", b.Tone.Unit, ": `", Sparkline(t.mails()), "`")
		case "table":
			names := make([]string, len(b.Head))
			for k, h := range b.Head {
				names[k] = h
				if b.Right[k] {
					names[k] += ">"
				}
			}
			w.header(names...)
			for _, row := range b.Rows {
				cells := make([]string, len(row))
				for k, c := range row {
					cells[k] = c.markdown()
				}
				w.row(cells...)
			}
			w.line()
		}
	}
	return w.bytes()
}

//go:embed document.html
var documentTemplate string

// html lays the document out for a browser; like the page of a thread it needs nothing else.
func (d *document) html() ([]byte, error) {
	t, err := template.New("document").Funcs(template.FuncMap{
		"date": date, "role": roleName, "class": cellClass, "cell": unbroken, "chart": func(t Tone) template.HTML {
			p := &Page{Title: d.title, Tone: Tone{Unit: t.Unit, Bins: t.Bins}}
			return template.HTML(p.svg(false)) // made here, every text in it escaped
		},
	}).Parse(pageStyle() + documentTemplate)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	err = t.Execute(&b, struct {
		Title  string
		Blocks []block
	}{d.title, d.blocks})
	return []byte(b.String()), err
}

// cellClass says how a cell is set: figures to the right, dates unbroken, and quoted sentences with room.
func cellClass(l line, right bool) string {
	if right {
		return "n"
	}
	n := 0
	for _, k := range l {
		if strings.Contains(k.Text, "“") {
			n += utf8.RuneCountInString(k.Text)
		}
		if _, err := time.Parse(time.DateOnly, k.Text); err == nil && len(l) == 1 {
			return "nowrap"
		}
	}
	if n > 60 {
		return "words"
	}
	return ""
}

// unbroken keeps what stands in the brackets of a figure on one line.
func unbroken(l line, right bool) line {
	if !right {
		return l
	}
	out := slices.Clone(l)
	for i := range out {
		out[i].Text = strings.ReplaceAll(out[i].Text, " unsure)", "\u00a0unsure)")
	}
	return out
}

// pageStyle is the definition of the style that the pages of threads and documents share.
func pageStyle() string {
	style, _, _ := strings.Cut(pageTemplate, "<!DOCTYPE html>")
	return style
}
