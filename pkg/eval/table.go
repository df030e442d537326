package eval

import (
	"encoding/json"
	"io"
	"math"
	"strconv"
	"strings"
)

// Table writes the report as text of 80 columns: one line for each field, then the other figures, classes, baselines and parts of each.
func (r *Report) Table(w io.Writer) error {
	var b strings.Builder
	rows := make([][]string, 0, 1+len(r.Fields))
	rows = append(rows, []string{"field", "n", "threads", "metric", "value", "95% interval", "kappa"})
	for i := range r.Fields {
		f := &r.Fields[i]
		rows = append(rows, []string{
			f.Name, strconv.Itoa(f.N), strconv.Itoa(f.Threads), f.Metric, figure(&f.Value), interval(f.Interval), figure(f.Kappa),
		})
	}
	columns(&b, rows)
	for i := range r.Fields {
		r.Fields[i].table(&b)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (f *Field) table(b *strings.Builder) {
	b.WriteString("\n" + f.Name + ": " + strconv.Itoa(f.N) + " cases")
	if f.Missing > 0 {
		b.WriteString(", " + strconv.Itoa(f.Missing) + " labelled without a prediction")
	}
	b.WriteString("\n")
	line := func(name, value string) {
		if value != "" && value != "-" {
			b.WriteString("  " + name + " " + value + "\n")
		}
	}
	for _, k := range []struct {
		name string
		v    *float64
	}{
		{"macro-F1", f.MacroF1},
		{"micro-F1", f.MicroF1},
		{"precision", f.Precision},
		{"recall", f.Recall},
		{"quadratic kappa", f.Quadratic},
		{"average precision", f.AvgPrecision},
		{"accuracy", f.Accuracy},
		{"calibration error", f.Calibration},
	} {
		line(k.name, figure(k.v))
	}
	line("tags with evidence", evidence(f))
	rows := make([][]string, 0, 1+len(f.Classes))
	rows = append(rows, []string{"  class", "labelled", "predicted", "precision", "recall", "F1"})
	for _, k := range f.Classes {
		rows = append(rows, []string{"  " + k.Name, strconv.Itoa(k.Support), strconv.Itoa(k.Predicted), figure(&k.Precision), figure(&k.Recall), figure(&k.F1)})
	}
	if len(rows) > 1 {
		columns(b, rows)
	}
	if f.Confusion != nil && f.N > 0 {
		head := []string{"  labelled \\ predicted"}
		rows := [][]string{nil}
		for i, name := range f.Confusion.Classes {
			if f.Confusion.support(i)+f.Confusion.predicted(i) == 0 {
				continue
			}
			head = append(head, name)
			row := []string{"  " + name}
			for j := range f.Confusion.Classes {
				if f.Confusion.support(j)+f.Confusion.predicted(j) > 0 {
					row = append(row, strconv.Itoa(f.Confusion.Count[i][j]))
				}
			}
			rows = append(rows, row)
		}
		rows[0] = head
		columns(b, rows)
	}
	for _, c := range f.Coverage {
		line("at confidence "+strconv.FormatFloat(c.Threshold, 'f', 2, 64), figure(&c.Coverage)+" covered, accuracy "+figure(&c.Accuracy))
	}
	for _, k := range f.Baselines {
		line("baseline "+k.Name+":", f.Metric+" "+figure(&k.Value))
	}
	for _, k := range f.Slices {
		line(k.Name+":", f.Metric+" "+figure(&k.Value)+" on "+strconv.Itoa(k.N))
	}
}

// Errors writes the worst mistakes as text, a paragraph each.
func (r *Report) Errors(w io.Writer) error {
	var b strings.Builder
	for i := range r.Mistakes {
		m := &r.Mistakes[i]
		b.WriteString(m.Field + ": labelled " + orDash(m.Gold) + ", predicted " + orDash(m.Predicted))
		if m.Confidence > 0 {
			b.WriteString(" (" + figure(&m.Confidence) + ")")
		}
		b.WriteString("\n  " + m.URL + "\n  " + printable(m.Subject) + "\n")
		for _, e := range m.Evidence {
			b.WriteString("  because: " + printable(e) + "\n")
		}
		if m.GoldEvidence != "" {
			b.WriteString("  labeller: " + printable(m.GoldEvidence) + "\n")
		}
		b.WriteString("\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// JSON writes the report as one indented object; figures are rounded to four places.
func (r *Report) JSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(round(r))
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// printable folds white space and drops control characters.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || 0x80 <= r && r < 0xa0 {
			return -1
		}
		return r
	}, strings.Join(strings.Fields(s), " "))
}

func figure(f *float64) string {
	if f == nil {
		return "-"
	}
	return strconv.FormatFloat(*f, 'f', 3, 64)
}

func interval(i *Interval) string {
	if i == nil {
		return "-"
	}
	return figure(&i.Low) + " - " + figure(&i.High)
}

func evidence(f *Field) string {
	if f.Tags == 0 {
		return "-"
	}
	return strconv.FormatFloat(100*float64(f.WithEvidence)/float64(f.Tags), 'f', 1, 64) + "%"
}

// columns writes rows with cells padded to the width of their column; figures stand to the right.
func columns(b *strings.Builder, rows [][]string) {
	width := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, c := range row {
			width[i] = max(width[i], len([]rune(c)))
		}
	}
	figures := func(i int) bool { // a column of figures stands to the right, its head too
		c := rows[len(rows)-1][i]
		return i > 0 && len(rows) > 1 && c != "" && (c[0] >= '0' && c[0] <= '9' || c[0] == '-')
	}
	for _, row := range rows {
		var line strings.Builder
		for i, c := range row {
			pad := strings.Repeat(" ", width[i]-len([]rune(c)))
			switch {
			case i == 0:
				line.WriteString(c + pad)
			case figures(i):
				line.WriteString("  " + pad + c)
			default:
				line.WriteString("  " + c + pad)
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
}

// round returns a copy with every figure rounded.
func round(r *Report) *Report {
	four := func(f float64) float64 { return math.Round(f*1e4) / 1e4 }
	opt := func(f *float64) *float64 {
		if f == nil {
			return nil
		}
		return new(four(*f))
	}
	out := &Report{Fields: make([]Field, 0, len(r.Fields)), Mistakes: make([]Mistake, 0, len(r.Mistakes))}
	for _, f := range r.Fields {
		f.Value = four(f.Value)
		for _, p := range []**float64{&f.Accuracy, &f.MacroF1, &f.MicroF1, &f.Precision, &f.Recall, &f.Kappa, &f.Quadratic, &f.AvgPrecision, &f.Calibration} {
			*p = opt(*p)
		}
		if f.Interval != nil {
			f.Interval = &Interval{Low: four(f.Interval.Low), High: four(f.Interval.High)}
		}
		coverage := make([]Point, len(f.Coverage))
		for i, c := range f.Coverage {
			coverage[i] = Point{c.Threshold, four(c.Coverage), four(c.Accuracy)}
		}
		classes := make([]Class, len(f.Classes))
		for i, c := range f.Classes {
			c.Precision, c.Recall, c.F1 = four(c.Precision), four(c.Recall), four(c.F1)
			classes[i] = c
		}
		baselines := make([]Figure, len(f.Baselines))
		for i, k := range f.Baselines {
			baselines[i] = Figure{k.Name, four(k.Value)}
		}
		parts := make([]Slice, len(f.Slices))
		for i, k := range f.Slices {
			parts[i] = Slice{k.Name, k.N, four(k.Value)}
		}
		f.Coverage, f.Classes, f.Baselines, f.Slices = coverage, classes, baselines, parts
		out.Fields = append(out.Fields, f)
	}
	for _, m := range r.Mistakes {
		m.Confidence = four(m.Confidence)
		out.Mistakes = append(out.Mistakes, m)
	}
	return out
}
