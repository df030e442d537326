package eval

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
)

// SheetColumns are the columns of a label sheet: what identifies the mail, then what the labeller fills in.
func SheetColumns() []string {
	return []string{
		"message_id", "thread_root", "list", "date", "from", "subject", "url", "sampling", "weight", "text",
		"sentiment", "incivility", "stance", "explicit_signal", "arguments", "confidence", "evidence",
	}
}

// WriteSheet writes mails as a CSV sheet to label. It is blind: whatever labels the messages hold are left out, and so is
// everything else a tool thinks of them. A text is written with LF line ends. Every cell goes through guard, which disarms
// what a spreadsheet would run; nil changes nothing.
func WriteSheet(w io.Writer, messages []Message, guard func(string) string) error {
	c := csv.NewWriter(w)
	if err := c.Write(SheetColumns()); err != nil {
		return err
	}
	for i := range messages {
		m := &messages[i]
		row := []string{m.ID, m.Thread, m.List, m.Date, m.From, m.Subject, loreURL(m.ID), m.Sampling, "", m.Text, "", "", "", "", "", "", ""}
		if m.Weight > 0 {
			row[8] = strconv.FormatFloat(m.Weight, 'g', 6, 64)
		}
		for k := range row {
			if guard != nil {
				row[k] = guard(row[k])
			}
		}
		if err := c.Write(row); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// ReadSheet reads a sheet back. Columns are found by name and may stand in any order; only message_id must be there. A
// row without any label is left out. Arguments are joined by ";" or ","; "none" or "-" in that column means that the mail
// holds none, an empty cell in a row with other labels means the same.
//
// QUIRK: spreadsheets save with a byte order mark, with ";" between the cells, and with TRUE and FALSE in capitals.
//
// QUIRK: an apostrophe before a cell that would be a formula is no part of it: [WriteSheet] was told to put it there.
func ReadSheet(r io.Reader) ([]Message, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	text := strings.TrimPrefix(string(data), "\ufeff")
	c := csv.NewReader(strings.NewReader(text))
	c.FieldsPerRecord = -1
	head, _, _ := strings.Cut(text, "\n")
	if strings.Count(head, ";") > strings.Count(head, ",") {
		c.Comma = ';'
	}
	names, err := c.Read()
	if err != nil {
		return nil, &FormatError{Line: 1, Err: err}
	}
	column := map[string]int{}
	for i, n := range names {
		column[strings.ToLower(strings.TrimSpace(n))] = i
	}
	if _, ok := column["message_id"]; !ok {
		return nil, &FormatError{Line: 1, Err: errors.New("no column message_id")}
	}
	var out []Message
	for {
		row, err := c.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if bad := new(csv.ParseError); errors.As(err, &bad) {
			return out, &FormatError{Line: bad.StartLine, Err: bad.Err}
		}
		if err != nil {
			return out, err
		}
		line, _ := c.FieldPos(0)
		m, ok, err := sheetRow(row, column)
		if err != nil {
			return out, &FormatError{Line: line, Err: err}
		}
		if ok {
			out = append(out, m)
		}
	}
}

func sheetRow(row []string, column map[string]int) (Message, bool, error) {
	cell := func(name string) string {
		i, ok := column[name]
		if !ok || i >= len(row) {
			return ""
		}
		s := strings.TrimSpace(row[i])
		if bare, ok := strings.CutPrefix(s, "'"); ok && bare != "" && strings.ContainsRune("=+-@\t\r\n", rune(bare[0])) {
			return bare
		}
		return s
	}
	low := func(name string) string { return strings.ToLower(cell(name)) }
	m := Message{
		ID: trimID(cell("message_id")), Thread: trimID(cell("thread_root")), List: cell("list"), Date: cell("date"), From: cell("from"),
		Subject: cell("subject"), Sampling: cell("sampling"), Text: cell("text"), Evidence: cell("evidence"),
		Sentiment: low("sentiment"), Stance: low("stance"), Signal: low("explicit_signal"),
	}
	switch v := low("incivility"); v {
	case "1", "yes":
		m.Incivility = "true"
	case "0", "no":
		m.Incivility = "false"
	default:
		m.Incivility = v
	}
	args := low("arguments")
	if m.Sentiment+m.Incivility+m.Stance+m.Signal+args == "" {
		return m, false, nil
	}
	if _, ok := column["arguments"]; ok {
		m.Argued = true
		m.Arguments = distinct(strings.FieldsFunc(args, func(r rune) bool { return r == ';' || r == ',' || r == ' ' }))
		m.Arguments = slices.DeleteFunc(m.Arguments, func(s string) bool { return s == "none" || s == "-" })
	}
	if s := cell("confidence"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > 3 {
			return m, false, errors.New("confidence " + strconv.Quote(s) + ": want 1, 2 or 3")
		}
		m.Confidence = n
	}
	if s := cell("weight"); s != "" {
		f, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return m, false, errors.New("weight " + strconv.Quote(s) + ": want a number")
		}
		m.Weight = f
	}
	return m, true, m.check()
}
