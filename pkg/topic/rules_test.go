package topic_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rustle/pkg/topic"
)

// taxonomy lists the ids that labels and users' scripts rely on.
var taxonomy = []string{
	"memory-safety", "unsafe-soundness", "ffi-boundary-bindings", "toolchain-versions", "no-std-alloc",
	"dual-language-burden", "debugging-tooling", "architecture-support", "performance-codegen", "memory-model",
	"api-documentation-invariants", "developer-onboarding", "culture-process", "driver-adoption",
	"subsystem-abstractions", "licensing-and-governance", "kernel-vs-rewrite", "security-mitigations",
	"module-abi-symbols", "build-integration", "third-party-crates", "syntax-style-lints",
}

func TestDefault(t *testing.T) {
	t.Parallel()
	rules := topic.Default()
	got := map[string]bool{}
	for _, k := range rules.Topics() {
		got[k.ID] = true
		if k.Name == "" || k.Definition == "" || k.Polarity == "" {
			t.Errorf("topic %s: name, polarity or definition missing", k.ID)
		}
	}
	want := map[string]bool{}
	for _, id := range taxonomy {
		want[id] = true
		if _, ok := rules.Topic(id); !ok {
			t.Errorf("Topic(%q) is unknown", id)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("topics (-want +got):\n%s", diff)
	}
	if _, ok := rules.Topic("no-such-topic"); ok {
		t.Error("an unknown id is found")
	}
	if len(rules.Entities()) < 40 {
		t.Errorf("%d entities", len(rules.Entities()))
	}
}

const folios = `
[relevance]
title = ["folios?"]
words = ["folios?"]

[[topic]]
id = "naming"
polarity = "both"
strong = ["bad name"]
`

func TestLoad(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"no TOML", "topic = [", "line 1"},
		{"wrong type", folios + "cues = 3\n", "line 10"},
		{"unknown key", folios + "cuse = [\"x\"]\n", "line 10: topic.cuse: unknown key"},
		{"unknown table", folios + "[topics]\n", "topics"},
		{"no relevance", "[[topic]]\nid = \"a\"\npolarity = \"pro\"\ncues = [\"x\"]\n", "relevance: missing"},
		{"no id", folios + "[[topic]]\npolarity = \"pro\"\ncues = [\"x\"]\n", "topic.id: missing"},
		{"twice", folios + "[[topic]]\nid = \"naming\"\npolarity = \"pro\"\ncues = [\"x\"]\n", "topic.naming: given twice"},
		{"id with space", folios + "[[topic]]\nid = \"two words\"\npolarity = \"pro\"\ncues = [\"x\"]\n", "line 11: topic.two words: an id holds"},
		{"polarity", folios + "[[topic]]\nid = \"b\"\npolarity = \"against\"\ncues = [\"x\"]\n", `line 12: topic.b.polarity: "against" is none of pro, con, both, none`},
		{"no cues", folios + "[[topic]]\nid = \"b\"\npolarity = \"pro\"\n", "line 11: topic.b: has no cues"},
		{"bad cue", folios + "cues = [\n  \"good one\",\n  \"(never closed\",\n]\n", `line 12: topic.naming.cues: cue "(never closed": column 1: '(' is never closed`},
		{"frame kind", folios + "[[frame]]\nkind = \"irony\"\ncues = [\"haha\"]\n", `line 11: frame.kind: "irony" is none of`},
		{"entity without names", folios + "[[entity]]\nid = \"x\"\n", "line 11: entity.x: has no names"},
		{"clues without near", folios + "[[entity]]\nid = \"x\"\nclues = [\"x\"]\n", "clues need near words"},
		{"extends", "extends = \"other\"\n" + folios, `line 1: extends: "other" is none of default`},
		{"score", folios + "[score]\nluck = 1.0\n", "line 11: score.luck: unknown key"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r, err := topic.Load(strings.NewReader(tt.in))
			if err == nil || r != nil {
				t.Fatalf("Load accepts %q", tt.in)
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %q, want it to hold %q", err, tt.want)
			}
			if got := topic.Check(strings.NewReader(tt.in)); len(got) == 0 {
				t.Error("Check finds nothing")
			}
		})
	}
}

func TestCheckListsAll(t *testing.T) {
	t.Parallel()
	in := folios + "weak = [\"*\", \"ok\", \"..\"]\n[[topic]]\nid = \"b\"\npolarity = \"?\"\ncues = [\"a|b\"]\n"
	var lines []int
	for _, e := range topic.Check(strings.NewReader(in)) {
		lines = append(lines, e.Line)
	}
	if diff := cmp.Diff([]int{10, 10, 13, 14}, lines); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	if got := topic.Check(strings.NewReader(folios)); len(got) != 0 {
		t.Errorf("mistakes in a good file: %v", got)
	}
}

func TestLoadStandsAlone(t *testing.T) {
	t.Parallel()
	rules, err := topic.Load(strings.NewReader(folios))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(rules.Topics()); n != 1 {
		t.Errorf("%d topics, want 1", n)
	}
	rd := rules.Read(&topic.Mail{Title: "mm: introduce folios", Sentences: []string{"Folio is a bad name."}})
	if got := rd.Relevance().Level; got != topic.About {
		t.Errorf("level %v, want about", got)
	}
	if got := rd.Arguments(nil); len(got) != 1 || got[0].Label != "naming" {
		t.Errorf("arguments %v, want naming", got)
	}
}

func TestLoadExtends(t *testing.T) {
	t.Parallel()
	in := "extends = \"default\"\n" + folios + "\n[[topic]]\nid = \"memory-safety\"\nname = \"Replaced\"\npolarity = \"none\"\ncues = [\"x y z\"]\n"
	rules, err := topic.Load(strings.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(rules.Topics()), len(taxonomy)+1; got != want {
		t.Errorf("%d topics, want %d", got, want)
	}
	if k, _ := rules.Topic("memory-safety"); k.Name != "Replaced" {
		t.Errorf("name %q, want the replaced one", k.Name)
	}
	if rules.Fingerprint() == topic.Default().Fingerprint() {
		t.Error("the fingerprint does not see the change")
	}
	if rules.Fingerprint() == "" {
		t.Error("no fingerprint")
	}
}
