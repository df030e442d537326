package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"reflect"
	"slices"
	"strings"
	"time"
)

// A row is one result reduced to the fields that were asked for, in their order.
type row struct {
	names  []string
	values []json.RawMessage // nil where the result lacks the field
}

// MarshalJSON keeps the order of the fields.
func (r row) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	for i, name := range r.names {
		b.WriteByte("{,"[min(i, 1)])
		key, err := json.Marshal(name)
		if err != nil {
			return nil, err
		}
		b.Write(key)
		b.WriteByte(':')
		if r.values[i] == nil {
			b.WriteString("null")
		}
		b.Write(r.values[i])
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// plainJSON is json.Marshal without the escapes that only HTML needs.
func plainJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimRight(b.Bytes(), "\n"), err
}

// writeFields prints the fields of rows. Names are those of the JSON form, a dot leads inwards:
// id, from.addr, topics.id. Without a format made for programs a row is a line with tabs between
// the values, or ends with NUL.
func writeFields[T any](w io.Writer, format string, null bool, names []string, rows []T) error {
	picked := make([]row, len(rows))
	for i := range rows {
		text, err := plainJSON(rows[i])
		if err != nil {
			return err
		}
		picked[i] = row{names, make([]json.RawMessage, len(names))}
		for j, name := range names {
			if picked[i].values[j], err = descend(text, strings.Split(name, ".")); err != nil {
				return err
			}
		}
	}
	switch format {
	case "json", "jsonl":
		return writeJSON(w, format, picked)
	case "csv":
		records := [][]string{names}
		for _, r := range picked {
			records = append(records, r.cells())
		}
		return writeCSV(w, records)
	}
	end := "\n"
	if null {
		end = "\x00"
	}
	var b strings.Builder
	for _, r := range picked {
		cells := r.cells()
		for i := range cells {
			cells[i] = safe(cells[i])
		}
		b.WriteString(strings.Join(cells, "\t") + end)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// writeCSV writes RFC 4180, with the line ends of `rustle export`.
func writeCSV(w io.Writer, records [][]string) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	return out.WriteAll(records)
}

// descend follows a path of names; in a list it follows it in every element.
func descend(v json.RawMessage, path []string) (json.RawMessage, error) {
	if len(path) == 0 || len(v) == 0 {
		return v, nil
	}
	switch v[0] {
	case '{':
		var object map[string]json.RawMessage
		if err := json.Unmarshal(v, &object); err != nil {
			return nil, err
		}
		return descend(object[path[0]], path[1:])
	case '[':
		var list []json.RawMessage
		if err := json.Unmarshal(v, &list); err != nil {
			return nil, err
		}
		for i := range list {
			var err error
			if list[i], err = descend(list[i], path); err != nil {
				return nil, err
			}
		}
		return plainJSON(list)
	}
	return nil, nil
}

func (r row) cells() []string {
	out := make([]string, len(r.values))
	for i, v := range r.values {
		out[i] = cell(v)
	}
	return out
}

// cell says a value in one cell: a list joined by ";", of a tag its id, of a verdict the label, of a
// person the address.
func cell(raw json.RawMessage) string {
	var text string
	var list []json.RawMessage
	var object map[string]json.RawMessage
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return ""
	case json.Unmarshal(raw, &text) == nil:
		return text
	case json.Unmarshal(raw, &list) == nil:
		out := make([]string, 0, len(list))
		for _, e := range list {
			out = append(out, strings.ReplaceAll(cell(e), ";", ","))
		}
		return strings.Join(out, ";")
	case json.Unmarshal(raw, &object) == nil:
		for _, key := range []string{"id", "label", "addr", "path"} {
			if v, ok := object[key]; ok {
				return cell(v)
			}
		}
	}
	return string(raw)
}

// checkFields refuses names that the JSON form of T does not have.
func checkFields[T any](names []string) error {
	for _, name := range names {
		t := reflect.TypeFor[T]()
		for part := range strings.SplitSeq(name, ".") {
			known := jsonFields(t)
			at := slices.IndexFunc(known, func(f jsonField) bool { return f.name == part })
			if at < 0 {
				all := fieldNames[T]()
				return withHint(usagef("--fields: no field %q", name), "choose of %s; a dot leads inwards, as in from.addr", strings.Join(all, " "))
			}
			t = known[at].of
		}
	}
	return nil
}

// fieldNames are the names on the first level of the JSON form of T.
func fieldNames[T any]() []string {
	fields := jsonFields(reflect.TypeFor[T]())
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	return names
}

type jsonField struct {
	name string
	of   reflect.Type
}

func jsonFields(t reflect.Type) []jsonField {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[time.Time]() {
		return nil
	}
	var out []jsonField
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" {
			out = append(out, jsonFields(f.Type)...)
		} else if name != "" && name != "-" {
			out = append(out, jsonField{name, f.Type})
		}
	}
	return out
}
