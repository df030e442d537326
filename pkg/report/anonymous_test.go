package report_test

import (
	"encoding/json"
	"reflect"
	"regexp"
	"testing"

	"rustle/pkg/analysis"
	"rustle/pkg/report"
)

// label is what a record holds as one of a fixed set of words; everything else may be text.
var label = regexp.MustCompile(`^(Kind|Role|Label|Signal|Stance|Rule|ID|Thread|Parent|Hash|Person)$`)

// fill puts a text into every string of a value that is not a label, also into fields that are new since this test was
// written, and gives every empty list one element.
func fill(v reflect.Value, name, text string) {
	switch v.Kind() {
	case reflect.String:
		if !label.MatchString(name) {
			v.SetString(text)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && v.Type().PkgPath() != "time" {
				fill(v.Field(i), v.Type().Field(i).Name, text)
			}
		}
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		fill(v.Elem(), name, text)
	case reflect.Slice:
		if v.Len() == 0 {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		}
		for i := range v.Len() {
			fill(v.Index(i), name, text)
		}
	case reflect.Map:
		if v.Type().Key().Kind() == reflect.String && v.Type().Elem().Kind() == reflect.Int {
			v.Set(reflect.ValueOf(map[string]int{text: 1}).Convert(v.Type()))
		}
	default:
	}
}

// Whatever field of a record or summary holds a name, no anonymous page shows it.
func TestNoFieldNamesAnybody(t *testing.T) {
	t.Parallel()
	in := debate()
	const secret = "Written with Ada Quill <ada.quill@example.org>, see https://lore.kernel.org/r/b1@tamm.example of Boris."
	named := regexp.MustCompile(`(?i)\b(ada|quill|boris|tamm|chen|moreau|dora|hall|emil|okoye)\b`)
	people := map[string]string{}
	for _, r := range in.Records {
		people[r.From.Addr] = r.From.Name
	}
	for i := range in.Records {
		from := in.Records[i].From
		fill(reflect.ValueOf(&in.Records[i]).Elem(), "", secret)
		in.Records[i].From, in.Records[i].Lists, in.Records[i].Series = from, []string{"widgets"}, &analysis.Series{Version: 2, Total: 3}
	}
	in.Others = append(in.Others, in.Records[0])
	in.Others[0].ID, in.Others[0].Person = "other@example.org", "Emil Okoye"
	fill(reflect.ValueOf(&in.Summary).Elem(), "", secret)
	in.Pieces = append(in.Pieces, in.Summary)
	in.Summary.Lists = []string{"widgets"}
	o := report.Options{Anonymous: true, Full: true, SVG: "x.svg"}
	for name, person := range people {
		o.People = append(o.People, report.Identity{Person: person, Addrs: []string{name}})
	}
	page := report.Build(in, o)
	whole, err := json.Marshal(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{string(whole), page.Markdown(), string(page.SVG())} {
		if at := named.FindStringIndex(text); at != nil {
			t.Errorf("somebody is named: …%s…", text[max(at[0]-150, 0):min(at[1]+60, len(text))])
		}
	}
}
