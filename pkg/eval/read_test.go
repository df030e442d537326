package eval_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"rustle/pkg/eval"
)

func TestReadMessages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, in string
		line     int
	}{
		{"no JSON", "{\"message_id\":\"a\"}\nnonsense", 2},
		{"no id", "\n{\"sentiment\":\"neutral\"}", 2},
		{"slip of the pen", `{"message_id":"a","stance":"suport"}`, 1},
		{"incivility out of range", `{"message_id":"a","incivility":2}`, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := eval.ReadMessages(strings.NewReader(c.in))
			var bad *eval.FormatError
			if !errors.As(err, &bad) || bad.Line != c.line {
				t.Errorf("error = %v, want one of line %d", err, c.line)
			}
		})
	}
	t.Run("missing fields are not labelled", func(t *testing.T) {
		t.Parallel()
		got, err := eval.ReadMessages(strings.NewReader("\ufeff{\"message_id\":\"<a@b>\",\"note\":1}\r\n{\"message_id\":\"b\",\"incivility\":1,\"arguments\":[\"y\",\"x\",\"x\"],\"confidence\":2}"))
		want := []eval.Message{{ID: "a@b"}, {ID: "b", Incivility: "true", Argued: true, Arguments: []string{"x", "y"}, Confidence: 2}}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("error %v (-want +got):\n%s", err, diff)
		}
	})
}

func TestReadSet(t *testing.T) {
	t.Parallel()
	if _, err := eval.ReadSet(fstest.MapFS{}); err == nil {
		t.Error("an empty directory gave no error")
	}
	set, err := eval.ReadSet(fstest.MapFS{
		"threads.jsonl":    {Data: []byte(`{"root_message_id":"r","label":"rust","heat":2,"topics":[],"missing_root":"g"}`)},
		"subthreads.jsonl": {Data: []byte(`{"sub_root_message_id":"s","thread_root_message_id":"r","label":"debate"}`)},
		"people.jsonl":     {Data: []byte(`{"name":"N","addresses":["n@x"],"role":"maintainer"}`)},
	})
	want := eval.Set{
		Threads:  []eval.Thread{{ID: "r", Root: "g", Label: "rust-nondebate", Heat: 2, Topical: true, Topics: []string{}}},
		Branches: []eval.Thread{{ID: "s", Parent: "r", Label: "debate", Heat: -1}},
		People:   []eval.Person{{Name: "N", Addresses: []string{"n@x"}, Role: "maintainer"}},
	}
	if diff := cmp.Diff(want, set); err != nil || diff != "" {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
}

func TestSheet(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	in := []eval.Message{{ID: "a@b", Thread: "r", Subject: "one, \"two\"", Text: "line\nline", Sampling: "random", Weight: 2.5, Stance: "oppose", Arguments: []string{"x"}, Argued: true}}
	if err := eval.WriteSheet(&b, in, nil); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "oppose") {
		t.Error("the sheet shows a label")
	}
	blank, err := eval.ReadSheet(strings.NewReader(b.String()))
	if err != nil || len(blank) != 0 {
		t.Errorf("an empty sheet gave %v, %v", blank, err)
	}
	filled := strings.Replace(b.String(), ",,,,,,,\n", ",Negative,TRUE,oppose,none,culture-process; memory-safety,3,why\n", 1)
	got, err := eval.ReadSheet(strings.NewReader("\ufeff" + filled))
	want := []eval.Message{{
		ID: "a@b", Thread: "r", Subject: "one, \"two\"", Text: "line\nline", Sampling: "random", Weight: 2.5,
		Sentiment: "negative", Incivility: "true", Stance: "oppose", Signal: "none", Argued: true,
		Arguments: []string{"culture-process", "memory-safety"}, Confidence: 3, Evidence: "why",
	}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
	for _, c := range []struct{ in, want string }{
		{"", "line 1: EOF"},
		{"id\nx", "line 1: no column message_id"},
		{"message_id,sentiment\na,sad", "line 2: sentiment \"sad\": want one of positive, neutral, negative"},
		{"message_id;sentiment;confidence\na;neutral;9", "line 2: confidence \"9\": want 1, 2 or 3"},
		{"message_id,sentiment\n\"a,neutral", "line 2: extraneous or missing \" in quoted-field"},
	} {
		if _, err := eval.ReadSheet(strings.NewReader(c.in)); err == nil || err.Error() != c.want {
			t.Errorf("ReadSheet(%q) error = %v, want %s", c.in, err, c.want)
		}
	}
}

func TestGuardedSheet(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	in := []eval.Message{{ID: "+1@b", Thread: "-r", From: "=cmd|' /C calc'!A0", Subject: "'quoted'", Text: "@all: no"}}
	guard := func(s string) string {
		if strings.HasPrefix(s, "+") || strings.HasPrefix(s, "-") || strings.HasPrefix(s, "=") || strings.HasPrefix(s, "@") {
			return "'" + s
		}
		return s
	}
	if err := eval.WriteSheet(&b, in, guard); err != nil {
		t.Fatal(err)
	}
	if want := "'+1@b,'-r,,,'=cmd|' /C calc'!A0,'quoted',https://lore.kernel.org/r/%2B1@b,,,'@all: no,"; !strings.Contains(b.String(), want) {
		t.Errorf("the sheet lacks %s:\n%s", want, b.String())
	}
	got, err := eval.ReadSheet(strings.NewReader(strings.Replace(b.String(), ",,,,,,,\n", ",neutral,,,,,,\n", 1)))
	want := []eval.Message{{ID: "+1@b", Thread: "-r", From: "=cmd|' /C calc'!A0", Subject: "'quoted'", Text: "@all: no", Sentiment: "neutral", Argued: true, Arguments: []string{}}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
}

func FuzzReadMessages(f *testing.F) {
	f.Add([]byte(`{"message_id":"a","incivility":0}`))
	f.Add([]byte("message_id,stance\na,support\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, read := range []func() ([]eval.Message, error){
			func() ([]eval.Message, error) { return eval.ReadMessages(bytes.NewReader(b)) },
			func() ([]eval.Message, error) { return eval.ReadSheet(bytes.NewReader(b)) },
		} {
			got, err := read()
			if err != nil {
				continue
			}
			for _, m := range got {
				if m.ID == "" {
					t.Errorf("a message without an id: %+v", m)
				}
			}
		}
	})
}
