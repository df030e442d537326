package trend

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"rustle/pkg/eval"
)

// Few is the count under which a share says little: its interval is wider than a third.
const Few = 30

// Chart is what a picture says beside its curves.
type Chart struct {
	Title  string
	Note   string // below; may have several lines
	Shares bool   // draw shares with their intervals, not counts
}

// colour returns a colour for a value: that of reports for tone and position, else one of eight that people with any kind
// of colour vision tell apart (after Okabe and Ito).
func colour(value string, i int) string {
	switch value {
	case "positive", "support":
		return "#3b8eb5"
	case "neutral":
		return "#8a929b"
	case "conditional":
		return "#b8860b"
	case "negative", "oppose":
		return "#d9622b"
	case "uncivil":
		return "#9c2a2a"
	}
	colours := []string{"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#7a5c00", "#555555"}
	return colours[i%len(colours)]
}

// Size of a picture in pixels.
const (
	svgWidth, panelHeight = 760, 190
	svgLeft, svgRight     = 56, 16
	svgHead, svgFoot      = 58, 30
	noteHeight            = 15
)

// panel is one frame with axes of a picture.
type panel struct {
	title  string
	top    int
	most   float64 // value at the upper edge
	unit   string  // after a figure of the scale
	from   float64 // value at the left edge
	to     float64 // at the right edge
	drawer *strings.Builder
}

func (p *panel) x(v float64) float64 {
	if p.to <= p.from {
		return float64(svgLeft+svgWidth-svgRight) / 2
	}
	return svgLeft + (v-p.from)/(p.to-p.from)*(svgWidth-svgLeft-svgRight)
}

const plotHeight = panelHeight - 56

func (p *panel) y(v float64) float64 {
	return float64(p.top+24) + (1-v/p.most)*plotHeight
}

// pixel writes a place to a tenth of a pixel.
func pixel(v float64) string {
	return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64)
}

func (p *panel) label(x, y float64, anchor, text string) {
	fmt.Fprintf(p.drawer, "<text x=\"%s\" y=\"%s\" text-anchor=\"%s\" fill=\"#5b636d\">%s</text>\n", pixel(x), pixel(y), anchor, xmlEscape(text))
}

// frame draws the title, the lines of the grid and their figures.
func (p *panel) frame() {
	if p.title != "" {
		fmt.Fprintf(p.drawer, "<text x=\"%d\" y=\"%d\" font-weight=\"600\">%s</text>\n", svgLeft, p.top+14, xmlEscape(p.title))
	}
	const lines = 4
	for i := range lines + 1 {
		v := p.most * float64(i) / lines
		fmt.Fprintf(p.drawer, "<line x1=\"%d\" x2=\"%d\" y1=\"%s\" y2=\"%s\" stroke=\"#dde1e6\"/>\n", svgLeft, svgWidth-svgRight, pixel(p.y(v)), pixel(p.y(v)))
		p.label(svgLeft-6, p.y(v)+4, "end", strconv.FormatFloat(v, 'f', -1, 64)+p.unit)
	}
}

// roof is a round number at or above v that four lines of a grid divide.
func roof(v float64) float64 {
	for step := 1.0; ; step *= 10 {
		for _, k := range []float64{4, 8, 20, 40} {
			if v <= k*step {
				return k * step
			}
		}
	}
}

func xmlEscape(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;").Replace(s)
}

// begin writes what stands before the panels, with a legend. Wide legends are broken.
func beginSVG(b *strings.Builder, c Chart, panels int, legend []string) (top int) {
	rows := 1
	x := svgLeft
	var keys strings.Builder
	for i, name := range legend {
		wide := 30 + 7*len([]rune(name))
		if x+wide > svgWidth-svgRight && x > svgLeft {
			x, rows = svgLeft, rows+1
		}
		y := 24 + rows*16
		fmt.Fprintf(&keys, "<rect x=\"%d\" y=\"%d\" width=\"10\" height=\"10\" fill=\"%s\"/>\n<text x=\"%d\" y=\"%d\">%s</text>\n", x, y-9, colour(name, i), x+15, y, xmlEscape(name))
		x += wide
	}
	top = svgHead + (rows-1)*16
	notes := strings.Split(c.Note, "\n")
	height := top + panels*panelHeight + svgFoot + (len(notes)-1)*noteHeight
	fmt.Fprintf(b, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" font-family=\"system-ui, -apple-system, 'Segoe UI', sans-serif\" font-size=\"11\" fill=\"#1d2126\">\n", svgWidth, height, svgWidth, height)
	fmt.Fprintf(b, "<title>%s</title>\n<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n", xmlEscape(c.Title), svgWidth, height)
	fmt.Fprintf(b, "<text x=\"%d\" y=\"20\" font-size=\"14\" font-weight=\"600\">%s</text>\n", svgLeft, xmlEscape(c.Title))
	b.WriteString(keys.String())
	for i, note := range notes {
		if note != "" {
			fmt.Fprintf(b, "<text x=\"%d\" y=\"%d\" fill=\"#5b636d\">%s</text>\n", svgLeft, height-12-(len(notes)-1-i)*noteHeight, xmlEscape(note))
		}
	}
	return top
}

// SVG draws the series: a frame for each group, and for each value too where more than four would share it; a line for each
// value. A share of fewer than [Few] is a hollow point, and its 95% interval stands behind every share as a band. Periods
// without anything to be a share of leave a gap. The same series gives the same bytes; text in it is escaped.
func (s *Series) SVG(c Chart) []byte {
	type frame struct {
		group, title string
		values       []int
	}
	var frames []frame
	for _, g := range s.Groups {
		if len(s.Values) <= 4 {
			f := frame{group: g, title: g}
			for i := range s.Values {
				f.values = append(f.values, i)
			}
			frames = append(frames, f)
			continue
		}
		for i, v := range s.Values {
			frames = append(frames, frame{group: g, title: strings.TrimPrefix(g+": "+v, ": "), values: []int{i}})
		}
	}
	legend := s.Values
	if len(s.Values) > 4 || len(s.Values) == 1 {
		legend = nil
	}
	var b strings.Builder
	if len(s.Points) == 0 || len(frames) == 0 {
		top := beginSVG(&b, c, 1, nil)
		(&panel{drawer: &b}).label(svgWidth/2, float64(top+40), "middle", "nothing found")
		b.WriteString("</svg>\n")
		return []byte(b.String())
	}
	type place struct{ group, value string }
	points := map[place][]Point{}
	var names []string
	most := 0.0
	for _, p := range s.Points {
		points[place{p.Group, p.Value}] = append(points[place{p.Group, p.Value}], p)
		if len(names) == 0 || names[len(names)-1] != p.Period {
			names = append(names, p.Period)
		}
		switch {
		case !c.Shares:
			most = max(most, float64(p.Count))
		case p.Of >= Few:
			most = max(most, 100*eval.Wilson(p.Count, p.Of).High)
		case p.Of > 0:
			most = max(most, 100*float64(p.Count)/float64(p.Of))
		}
	}
	most = roof(most)
	unit := ""
	if c.Shares {
		most, unit = min(most, 100), "%"
	}
	top := beginSVG(&b, c, len(frames), legend)
	for i, f := range frames {
		p := &panel{title: f.title, top: top + i*panelHeight, most: most, unit: unit, from: -0.5, to: float64(len(names)) - 0.5, drawer: &b}
		p.frame()
		every := (len(names)*60 + svgWidth - svgLeft - svgRight - 1) / (svgWidth - svgLeft - svgRight)
		for k := 0; k < len(names); k += every {
			p.label(p.x(float64(k)), p.y(0)+16, "middle", names[k])
		}
		for _, v := range f.values {
			i := v
			if len(f.values) == 1 {
				i = 0
			}
			p.line(points[place{f.group, s.Values[v]}], colour(s.Values[v], i), c.Shares)
		}
	}
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

// line draws one value over the periods.
func (p *panel) line(points []Point, ink string, shares bool) {
	value := func(k Point) float64 {
		if shares {
			return 100 * float64(k.Count) / float64(k.Of)
		}
		return float64(k.Count)
	}
	for at := 0; at < len(points); {
		if shares && points[at].Of == 0 {
			at++
			continue
		}
		end := at
		for end < len(points) && (!shares || points[end].Of > 0) {
			end++
		}
		var line, upper, lower []string
		for i := at; i < end; i++ {
			x := pixel(p.x(float64(i)))
			line = append(line, x+","+pixel(p.y(value(points[i]))))
			if shares {
				in := eval.Wilson(points[i].Count, points[i].Of)
				upper = append(upper, x+","+pixel(p.y(min(100*in.High, p.most))))
				lower = append(lower, x+","+pixel(p.y(min(100*in.Low, p.most))))
			}
		}
		slices.Reverse(lower)
		upper = append(upper, lower...)
		if shares && end-at > 1 {
			fmt.Fprintf(p.drawer, "<polygon points=\"%s\" fill=\"%s\" fill-opacity=\"0.13\"/>\n", strings.Join(upper, " "), ink)
		}
		fmt.Fprintf(p.drawer, "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.6\"/>\n", strings.Join(line, " "), ink)
		for i := at; i < end; i++ {
			fill := ink
			if shares && points[i].Of < Few {
				fill = "#ffffff"
			}
			fmt.Fprintf(p.drawer, "<circle cx=\"%s\" cy=\"%s\" r=\"2.6\" fill=\"%s\" stroke=\"%s\"/>\n", pixel(p.x(float64(i))), pixel(p.y(value(points[i]))), fill, ink)
		}
		at = end
	}
}

// SVG draws the share of patches that a maintainer has answered by a day, a frame for each list and period, as steps with
// their 95% intervals, up to days.
func (r *Responses) SVG(c Chart, days float64) []byte {
	type key struct{ period, list string }
	var frames []key
	curves := map[key][]Response{}
	for _, row := range r.Rows {
		k := key{row.Period, row.List}
		if curves[k] == nil {
			frames = append(frames, k)
		}
		curves[k] = append(curves[k], row)
	}
	var b strings.Builder
	top := beginSVG(&b, c, max(len(frames), 1), []string{"Rust", "other patches"})
	if len(frames) == 0 {
		(&panel{drawer: &b}).label(svgWidth/2, float64(top+40), "middle", "nothing found")
	}
	for i, k := range frames {
		p := &panel{title: strings.TrimPrefix(k.period+", "+k.list, ", "), top: top + i*panelHeight, most: 100, unit: "%", to: days, drawer: &b}
		p.frame()
		for n := range 7 {
			d := math.Round(days * float64(n) / 6)
			p.label(p.x(d), p.y(0)+16, "middle", strconv.FormatFloat(d, 'f', -1, 64)+" d")
		}
		for _, row := range curves[k] {
			i := 1
			if row.Group == "rust" {
				i = 0
			}
			p.steps(row.Curve, days, colour(row.Group, i))
		}
	}
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

// steps draws a curve as stairs.
func (p *panel) steps(c Curve, days float64, ink string) {
	end := min(days, c.Until)
	line := []string{pixel(p.x(0)) + "," + pixel(p.y(0))}
	upper, lower := []string{line[0]}, []string{line[0]}
	var at, high, low float64
	stair := func(day float64, s Step) {
		x := pixel(p.x(day))
		line = append(line, x+","+pixel(p.y(at)), x+","+pixel(p.y(100*s.Answered)))
		upper = append(upper, x+","+pixel(p.y(high)), x+","+pixel(p.y(100*s.High)))
		lower = append(lower, x+","+pixel(p.y(low)), x+","+pixel(p.y(100*s.Low)))
		at, high, low = 100*s.Answered, 100*s.High, 100*s.Low
	}
	var last Step
	for _, s := range c.Steps {
		if s.Days > end {
			break
		}
		stair(s.Days, s)
		last = s
	}
	stair(end, last)
	slices.Reverse(lower)
	upper = append(upper, lower...)
	fmt.Fprintf(p.drawer, "<polygon points=\"%s\" fill=\"%s\" fill-opacity=\"0.15\"/>\n", strings.Join(upper, " "), ink)
	fmt.Fprintf(p.drawer, "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.6\"/>\n", strings.Join(line, " "), ink)
}
