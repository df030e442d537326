package report

import (
	"strconv"
	"strings"
)

// SVG draws the tone over time: one bar for each stretch of time, split into positive, neutral and negative mails, with a
// dot for each uncivil one, a number where there are more than five; below, the shares of each role. The picture is a document of its own, needs nothing from outside, and is the same for the same
// page. A page without mail gives a picture that says so.
func (p *Page) SVG() []byte { return []byte(p.svg(true)) }

// Colours that people with any kind of colour vision tell apart, on light and on dark ground.
const (
	colourPositive = "#3b8eb5"
	colourNeutral  = "#b9bec4"
	colourNegative = "#d9822b"
	colourUncivil  = "#c0392b"
)

// mostDots is how many uncivil mails a bar shows as dots; the others are a number above them.
const mostDots = 5

type drawing struct{ strings.Builder }

func (d *drawing) tag(name string, attributes ...string) {
	d.WriteString("<" + name)
	for i := 0; i+1 < len(attributes); i += 2 {
		d.WriteString(" " + attributes[i] + `="` + xmlEscape(attributes[i+1]) + `"`)
	}
	d.WriteString(">")
}

func (d *drawing) shape(name string, attributes ...string) {
	d.tag(name, attributes...)
	d.WriteString("</" + name + ">\n")
}

func (d *drawing) text(s string, attributes ...string) {
	d.tag("text", attributes...)
	d.WriteString(xmlEscape(s) + "</text>\n")
}

func xmlEscape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;").Replace(s)
}

func (p *Page) svg(standalone bool) string {
	const (
		width, height            = 720, 260
		left, right, top, bottom = 44, 12, 34, 44
	)
	d := &drawing{}
	bins := p.Tone.filled().Bins
	full := height
	if len(bins) > 0 && len(p.Tone.Roles) > 1 {
		full += rolesHead + rolesRow*len(p.Tone.Roles)
	}
	attributes := []string{
		"xmlns", "http://www.w3.org/2000/svg", "viewBox", "0 0 720 " + strconv.Itoa(full), "role", "img",
		"font-family", "system-ui, -apple-system, 'Segoe UI', sans-serif", "font-size", "11", "fill", "currentColor",
	}
	if standalone {
		attributes = append(attributes, "width", "720", "height", strconv.Itoa(full), "color", "#333333")
	}
	d.tag("svg", attributes...)
	d.WriteString("\n<title>" + xmlEscape("Mails by tone, per "+p.Tone.Unit+": "+p.Title) + "</title>\n")
	if standalone {
		d.shape("rect", "width", "720", "height", strconv.Itoa(full), "fill", "#ffffff")
	}
	if len(bins) == 0 {
		d.text("no mail", "x", "360", "y", "130", "text-anchor", "middle")
		d.WriteString("</svg>\n")
		return d.String()
	}
	most := 0
	for _, b := range bins {
		most = max(most, b.Mails)
	}
	step := gridStep(most)
	roof := (most + step - 1) / step * step
	plot := height - top - bottom
	y := func(n int) int { return height - bottom - n*plot/roof }
	for n := 0; n <= roof; n += step {
		d.shape("line", "x1", strconv.Itoa(left), "x2", strconv.Itoa(width-right), "y1", strconv.Itoa(y(n)), "y2", strconv.Itoa(y(n)),
			"stroke", "currentColor", "stroke-opacity", "0.15")
		d.text(strconv.Itoa(n), "x", strconv.Itoa(left-6), "y", strconv.Itoa(y(n)+4), "text-anchor", "end", "fill-opacity", "0.7")
	}
	room := width - left - right
	every := (len(bins)*74 + room - 1) / room // labels that fit
	for i, b := range bins {
		x0, x1 := left+i*room/len(bins), left+(i+1)*room/len(bins)
		gap := min(max((x1-x0)/8, 1), 12)
		bar := min(max(x1-x0-2*gap, 2), 60)
		x := x0 + (x1-x0-bar)/2
		low := 0
		for _, part := range []struct {
			n      int
			colour string
		}{{b.Negative, colourNegative}, {b.Neutral, colourNeutral}, {b.Positive, colourPositive}} {
			if part.n > 0 {
				d.shape("rect", "x", strconv.Itoa(x), "y", strconv.Itoa(y(low+part.n)), "width", strconv.Itoa(bar),
					"height", strconv.Itoa(y(low)-y(low+part.n)), "fill", part.colour)
				low += part.n
			}
		}
		dots := min(b.Uncivil, mostDots)
		rows := dots + one(b.Uncivil > dots)
		base := max(y(b.Mails)-6, top+8*(rows-1)) // over a bar that leaves no room they stand in it
		for k := range dots {
			d.shape("circle", "cx", strconv.Itoa(x+bar/2), "cy", strconv.Itoa(base-k*8), "r", "3", "fill", colourUncivil, "stroke", "#ffffff", "stroke-width", "0.8")
		}
		if more := b.Uncivil - dots; more > 0 {
			d.text("+"+strconv.Itoa(more), "x", strconv.Itoa(x+bar/2), "y", strconv.Itoa(base-8*dots+3), "text-anchor", "middle", "fill", colourUncivil)
		}
		if i%every == 0 {
			d.text(strings.TrimPrefix(b.Label, "week of "), "x", strconv.Itoa(x+bar/2), "y", strconv.Itoa(height-bottom+16), "text-anchor", "middle", "fill-opacity", "0.7")
		}
	}
	x := left
	for _, k := range []struct{ name, colour string }{
		{"negative", colourNegative}, {"neutral", colourNeutral}, {"positive", colourPositive}, {"uncivil mail", colourUncivil},
	} {
		if k.colour == colourUncivil {
			d.shape("circle", "cx", strconv.Itoa(x+5), "cy", "15", "r", "3", "fill", k.colour)
		} else {
			d.shape("rect", "x", strconv.Itoa(x), "y", "10", "width", "10", "height", "10", "fill", k.colour)
		}
		d.text(k.name, "x", strconv.Itoa(x+16), "y", "19")
		x += 40 + 6*len(k.name)
	}
	d.text("mails per "+p.Tone.Unit, "x", strconv.Itoa(width-right), "y", "19", "text-anchor", "end", "fill-opacity", "0.7")
	if full > height {
		d.roles(p.Tone.Roles, height)
	}
	d.WriteString("</svg>\n")
	return d.String()
}

const rolesHead, rolesRow = 18, 20 // pixels

// roles draws the shares of the tones for each role as bars of one length.
func (d *drawing) roles(roles []RoleTone, top int) {
	const left, room = 200, 508
	d.text("by role, with the number of mails", "x", "44", "y", strconv.Itoa(top+6), "fill-opacity", "0.7")
	for i, r := range roles {
		y := top + rolesHead + i*rolesRow
		d.text(upperFirst(roleName(r.Role))+" ("+strconv.Itoa(r.Mails)+")", "x", strconv.Itoa(left-8), "y", strconv.Itoa(y+9), "text-anchor", "end")
		done := 0
		for _, part := range []struct {
			n      int
			colour string
		}{{r.Negative, colourNegative}, {r.Neutral, colourNeutral}, {r.Positive, colourPositive}} {
			from, to := left+done*room/max(r.Mails, 1), left+(done+part.n)*room/max(r.Mails, 1)
			if part.n > 0 {
				d.shape("rect", "x", strconv.Itoa(from), "y", strconv.Itoa(y), "width", strconv.Itoa(to-from), "height", "12", "fill", part.colour)
			}
			done += part.n
		}
	}
}

// gridStep is a round distance between the lines of a grid: 1, 2 or 5 times a power of ten, four to eight lines.
func gridStep(most int) int {
	step := 1
	for {
		for _, k := range []int{1, 2, 5} {
			if most <= 6*k*step {
				return k * step
			}
		}
		step *= 10
	}
}
