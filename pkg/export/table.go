package export

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"rustle/pkg/analysis"
)

// Format is the form of an export.
type Format string

// The formats.
const (
	JSONL              Format = "jsonl"           // one object a line
	JSON               Format = "json"            // one array
	CSV                Format = "csv"             // RFC 4180
	CSVForSpreadsheets Format = "csv-spreadsheet" // CSV with an apostrophe before what a spreadsheet would run
)

// Formats lists the formats that every table can be written in.
func Formats() []Format { return []Format{JSONL, JSON, CSV, CSVForSpreadsheets} }

// ParseFormat finds a format by name.
func ParseFormat(name string) (Format, error) {
	if f := Format(name); slices.Contains(Formats(), f) {
		return f, nil
	}
	names := make([]string, 0, len(Formats()))
	for _, f := range Formats() {
		names = append(names, string(f))
	}
	return "", fmt.Errorf("unknown format %q, one of: %s", name, strings.Join(names, " "))
}

// Messages writes records, one row or object each, in the order of the sequence. It returns how many.
func Messages(w io.Writer, f Format, records iter.Seq[analysis.Record]) (int, error) {
	return write(w, f, messageTable(), records, func(r analysis.Record) any { return Message(r) })
}

// Threads writes thread summaries, one row or object each, in the order of the sequence. It returns how many.
func Threads(w io.Writer, f Format, threads iter.Seq[analysis.ThreadSummary]) (int, error) {
	return write(w, f, threadTable(), threads, func(s analysis.ThreadSummary) any { return Thread(s) })
}

// Sentences writes one row for each sentence that is evidence for a tag of a record. It returns how many rows.
func Sentences(w io.Writer, f Format, records iter.Seq[analysis.Record]) (int, error) {
	return write(w, f, sentenceTable(), sentencesOf(records), func(s Sentence) any { return s })
}

// Stances writes the stance ledger: one row for each person and thread with a stance, sure or unsure, or a signal, in the order of first
// mention. The sequence must hold the records of a thread next to each other; inside it they may come in any order.
// It returns how many rows.
func Stances(w io.Writer, f Format, records iter.Seq[analysis.Record]) (int, error) {
	return write(w, f, stanceTable(), stancesOf(records), func(s Stance) any { return s })
}

// People writes one row for each person, bots included, by name. It returns how many rows.
func People(w io.Writer, f Format, records iter.Seq[analysis.Record]) (int, error) {
	return write(w, f, personTable(), peopleOf(records), func(p Person) any { return p })
}

// StanceRows writes rows of the ledger that the caller chose, as Stances does.
func StanceRows(w io.Writer, f Format, rows iter.Seq[Stance]) (int, error) {
	return write(w, f, stanceTable(), rows, func(s Stance) any { return s })
}

// PersonRows writes rows of the table of people that the caller chose, as People does.
func PersonRows(w io.Writer, f Format, rows iter.Seq[Person]) (int, error) {
	return write(w, f, personTable(), rows, func(p Person) any { return p })
}

// Persons returns the rows of the table of people by name, bots included. Addresses are in lower case.
func Persons(records iter.Seq[analysis.Record]) []Person { return slices.Collect(peopleOf(records)) }

// column is one column of a flat table.
type column[T any] struct {
	name, kind, doc string
	cell            func(*T) string
}

// write is the one place where rows become bytes.
func write[T any](w io.Writer, f Format, table []column[T], rows iter.Seq[T], object func(T) any) (int, error) {
	b := bufio.NewWriterSize(w, 1<<16)
	var n int
	var err error
	switch f {
	case JSONL, JSON:
		n, err = writeJSON(b, f == JSON, rows, object)
	case CSV, CSVForSpreadsheets:
		n, err = writeCSV(b, f == CSVForSpreadsheets, table, rows)
	default:
		return 0, fmt.Errorf("export: unknown format %q", f)
	}
	if err == nil {
		err = b.Flush()
	}
	if err != nil {
		return n, fmt.Errorf("export: row %d: %w", n, err)
	}
	return n, nil
}

func writeJSON[T any](b *bufio.Writer, array bool, rows iter.Seq[T], object func(T) any) (int, error) {
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	if array {
		_, _ = b.WriteString("[") // the error of a bufio.Writer stays and comes back from Flush
	}
	n := 0
	for r := range rows {
		if array && n > 0 {
			_, _ = b.WriteString(",")
		}
		if err := enc.Encode(object(r)); err != nil {
			return n, err
		}
		n++
	}
	if array {
		_, _ = b.WriteString("]\n")
	}
	return n, nil
}

func writeCSV[T any](b *bufio.Writer, guard bool, table []column[T], rows iter.Seq[T]) (int, error) {
	cells := make([]string, len(table))
	for i, c := range table {
		cells[i] = c.name
	}
	if err := writeRow(b, cells); err != nil {
		return 0, err
	}
	n := 0
	for r := range rows {
		for i, c := range table {
			cells[i] = c.cell(&r)
			if guard {
				cells[i] = Guard(cells[i])
			}
		}
		if err := writeRow(b, cells); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// writeRow writes one record of RFC 4180. encoding/csv turns the line ends inside a field into CRLF, which would change
// the data; here a field keeps its bytes, but for NUL, which no reader takes.
func writeRow(b *bufio.Writer, cells []string) error {
	for i, c := range cells {
		if i > 0 {
			_ = b.WriteByte(',')
		}
		c = strings.ReplaceAll(c, "\x00", "\uFFFD")
		c = strings.ToValidUTF8(c, "\uFFFD")
		if !strings.ContainsAny(c, ",\"\r\n") && !strings.HasPrefix(c, " ") && (c != "" || len(cells) > 1) {
			_, _ = b.WriteString(c)
			continue
		}
		_ = b.WriteByte('"')
		_, _ = b.WriteString(strings.ReplaceAll(c, `"`, `""`))
		_ = b.WriteByte('"')
	}
	_, err := b.WriteString("\r\n")
	return err
}

// Guard disarms a cell that a spreadsheet would run as a formula, with an apostrophe before it. Numbers keep their sign.
func Guard(s string) string {
	if s == "" || !strings.ContainsRune("=+-@\t\r\n", rune(s[0])) {
		return s
	}
	if s[0] == '-' && len(s) > 1 && strings.Trim(s[1:], "0123456789.") == "" {
		return s
	}
	return "'" + s
}

// list joins items for a cell.
func list(items []string) string {
	out := make([]string, len(items))
	for i, s := range items {
		out[i] = strings.ReplaceAll(s, ";", ",")
	}
	return strings.Join(out, ";")
}
