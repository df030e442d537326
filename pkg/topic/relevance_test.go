package topic_test

import (
	"strings"
	"testing"

	"rustle/pkg/topic"
)

// TestRelevanceTraps holds what looks like Rust and is not.
func TestRelevanceTraps(t *testing.T) {
	t.Parallel()
	rules := topic.Default()
	for _, s := range []string{
		"I trust the firmware less every day.",
		"This makes the parser more robust.",
		"It is frustrating to bisect this.",
		"Rusty Russell wrote the first version of the module loader.",
		"Stephen Rust reported the same oops.",
		"On spinning rust the readahead still matters.",
		"The old box has spun rust in it, no SSD.",
		"Nobody keeps logs on rust disks any more.",
		"config: x86_64-rhel-8.3-rust (attached)",
		"compiler: clang-18, config x86_64-rhel-9.4-rust",
		"CONFIG_CC_VERSION_TEXT and RUSTC_VERSION differ between the two files.",
		"My perl is rusty.",
		"My memory of that code is a bit rusty.",
		"The case has rusted through.",
		"Crust and thrust, as they say.",
		"We need a truststore for the keys.",
		"Trustees of the foundation met.",
		"This entrusts user space with too much.",
		"antitrust rules do not apply to patches",
		"The metal started to rust.",
	} {
		if got := rules.Read(&topic.Mail{Title: s, Sentences: []string{s}}).Relevance(); got.Level != topic.Absent {
			t.Errorf("%q: %v by %v", s, got.Level, got.Hits)
		}
	}
}

// Words count in quotes however they are written, and whatever cues a user adds.
func TestQuotedWords(t *testing.T) {
	t.Parallel()
	own, err := topic.Load(strings.NewReader("extends = \"default\"\n[relevance]\nnames = [\"go 7\", \"ferris_*\"]\nwords = [\"won't oxi?\", \"=ÖrE\"]\n"))
	if err != nil {
		t.Fatal(err)
	}
	lone, err := topic.Load(strings.NewReader("extends = \"default\"\n[relevance]\nwords = [\"ox\"]\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		rules  *topic.Rules
		quoted string
		want   topic.Level
	}{
		{topic.Default(), "> There is dust in it, and a robust crate.", topic.Absent},
		{topic.Default(), "> Do it in (RUST)", topic.Aside},
		{topic.Default(), ">rust’s way", topic.Aside},
		{topic.Default(), "> call it “Rust”", topic.Aside},
		{topic.Default(), "> c++/rust", topic.Aside},
		{topic.Default(), "> needs rustc-1.78", topic.Aside},
		{topic.Default(), "> CONFIG_RUST_IS_AVAILABLE=y", topic.Aside},
		{topic.Default(), "> the pin-init library", topic.Aside},
		{topic.Default(), strings.Repeat("> line\n", 1<<10) + "> Rust", topic.Absent},
		{own, "> go 8", topic.Absent},
		{own, "> Go 7", topic.Aside},
		{own, "> FERRIS_NEXT", topic.Aside},
		{own, "> it won’t oxi", topic.Aside},
		{own, "> an ÖrE", topic.Aside},
		{lone, "> no horse", topic.Absent},
		{lone, "> an ox", topic.Aside},
	} {
		got := tt.rules.Read(&topic.Mail{Title: "mm: fix a leak", Quotes: []string{"", tt.quoted}, Sentences: []string{"No."}}).Relevance()
		if got.Level != tt.want {
			t.Errorf("%.40q: %v by %v, want %v", tt.quoted, got.Level, got.Hits, tt.want)
		}
	}
}

func TestRelevance(t *testing.T) {
	t.Parallel()
	rules := topic.Default()
	list := []string{"rust-for-linux@vger.kernel.org"}
	tests := []struct {
		name string
		mail topic.Mail
		want topic.Level
	}{
		{"empty", topic.Mail{}, topic.Absent},
		{"plain patch", topic.Mail{Title: "mm: fix a leak", Areas: []string{"mm"}, Files: []string{"mm/slab.c"}, Patch: true}, topic.Absent},
		{"one word in passing", topic.Mail{Title: "mm: fix a leak", Sentences: []string{
			"This one is easy.", "The fix is in the tree.", "We could wait for Rust.", "Or not.", "Please resend.",
		}}, topic.Aside},
		{"only the list", topic.Mail{Title: "mm: fix a leak", Recipients: list, Sentences: []string{"Looks good."}}, topic.Aside},
		{"one file of many", topic.Mail{
			Title: "treewide: rename x to y", Patch: true,
			Files: []string{"a.c", "b.c", "c.c", "d.c", "e.c", "f.c", "rust/helpers/x.c"},
		}, topic.Aside},
		{"weak words", topic.Mail{Title: "doc", Sentences: []string{"Every crate is here.", "Crates travel by ship.", "A crate was lost.", "The end."}}, topic.Aside},
		{"quoted only", topic.Mail{Title: "mm: fix a leak", Quotes: []string{"> Do it in Rust then"}, Sentences: []string{"No."}}, topic.Aside},
		{"part of a quoted word", topic.Mail{Title: "mm: fix a leak", Quotes: []string{"> The trusty old pinctrl code"}, Sentences: []string{"No."}}, topic.Absent},
		{"area", topic.Mail{Title: "rust: add x", Areas: []string{"rust"}}, topic.About},
		{"inner area", topic.Mail{Title: "gpu: nova-core: fix y", Areas: []string{"gpu", "nova-core"}}, topic.About},
		{"bracket", topic.Mail{Title: "fix y", Prefixes: []string{"PATCH", "rust"}}, topic.About},
		{"title", topic.Mail{Title: "Kbuild: Rust support"}, topic.About},
		{"tool in title", topic.Mail{Title: "kbuild: update bindgen flags"}, topic.About},
		{"files", topic.Mail{Title: "fix y", Files: []string{"drivers/x/y.rs"}}, topic.About},
		{"list and word", topic.Mail{Title: "fix y", Recipients: list, Sentences: []string{"Does the Rust side need this?"}}, topic.About},
		{"reply in a thread", topic.Mail{Title: "new subject", ThreadTitle: "Rust kernel policy", Sentences: []string{"I disagree."}}, topic.About},
		{"words alone", topic.Mail{Title: "languages", Sentences: []string{"Rust prevents this.", "In Rust it would not compile.", "Rust code is short.", "So be it."}}, topic.About},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := rules.Read(&tt.mail).Relevance()
			if got.Level != tt.want {
				t.Errorf("%v (%.2f) by %v, want %v", got.Level, got.Score, got.Hits, tt.want)
			}
			if got.Level != topic.Absent && got.Level != topic.Aside && len(got.Hits) == 0 {
				t.Error("no reason given")
			}
		})
	}
}

func TestThreadRelevance(t *testing.T) {
	t.Parallel()
	about, aside, absent := topic.Relevance{Level: topic.About, Score: 1}, topic.Relevance{Level: topic.Aside, Score: 0.3}, topic.Relevance{}
	many := func(r topic.Relevance, n int) []topic.Relevance {
		var out []topic.Relevance
		for range n {
			out = append(out, r)
		}
		return out
	}
	tests := []struct {
		name string
		in   []topic.Relevance
		want topic.Level
	}{
		{"empty", nil, topic.Absent},
		{"no rust", many(absent, 5), topic.Absent},
		{"one aside", append(many(absent, 20), aside), topic.Aside},
		{"one branch of many", append(many(absent, 40), many(about, 3)...), topic.Aside},
		{"root alone", []topic.Relevance{about}, topic.About},
		{"root by hard rule", append(many(about, 5), many(aside, 20)...), topic.About},
		{"root by hard rule, drifted away", append([]topic.Relevance{about}, many(absent, 60)...), topic.Aside},
		{"hidden subject", append([]topic.Relevance{aside}, many(about, 10)...), topic.About},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := topic.ThreadRelevance(tt.in); got.Level != tt.want {
				t.Errorf("%v (%.2f), want %v", got.Level, got.Score, tt.want)
			}
		})
	}
}

func TestLevelString(t *testing.T) {
	t.Parallel()
	got := strings.Join([]string{topic.Absent.String(), topic.Aside.String(), topic.About.String()}, " ")
	if got != "none aside about" {
		t.Errorf("levels %q", got)
	}
}
