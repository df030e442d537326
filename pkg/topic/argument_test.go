package topic_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rustle/pkg/topic"
)

func TestArguments(t *testing.T) {
	t.Parallel()
	rules := topic.Default()
	tests := []struct {
		text string
		want string // the first argument
	}{
		{"Half of our security holes are use-after-free bugs. Rust makes that whole class of bugs go away.", "memory-safety"},
		{"This function is unsound. The SAFETY comment does not hold when the reference is aliased, and that is UB.", "unsafe-soundness"},
		{"Every change to my C API breaks the Rust bindings. Who keeps the bindgen output and the helpers in step?", "ffi-boundary-bindings"},
		{"Requiring a specific rustc version is a problem. Debian stable ships an older compiler, and nightly features are no option.", "toolchain-versions"},
		{"A failed allocation must not panic in Rust. We need fallible interfaces that take GFP flags.", "no-std-alloc"},
		{"With two languages every tree-wide refactoring gets harder. Who fixes the Rust code when I change the C side? This is a maintenance burden.", "dual-language-burden"},
		{"Does ftrace work for Rust functions? And pahole chokes on the BTF of the Rust objects.", "debugging-tooling"},
		{"What about the architectures LLVM does not support? Until gccrs is ready, Rust leaves m68k and parisc behind.", "architecture-support"},
		{"The benchmark shows the Rust version is slower because the helpers are not inlined. With LTO the overhead is gone.", "performance-codegen"},
		{"How do Rust atomics fit the LKMM? The C11 memory model is no match for READ_ONCE and our data dependencies.", "memory-model"},
		{"The kernel-doc of this function should explain its preconditions. Please document the locking rules in the Rust docs, too.", "api-documentation-invariants"},
		{"The learning curve of Rust is steep. Will it attract new developers, or will the older ones be left behind?", "developer-onboarding"},
		{"A maintainer should be able to veto this. Where is the written policy, and who decides when the Rust experiment is over?", "culture-process"},
		{"Please show us a real driver in Rust for common hardware. Samples are no users.", "driver-adoption"},
		{"The abstraction should not need a refcount here. Why not make the Rust trait generic and use devres for the lifetime?", "subsystem-abstractions"},
		{"There is a single implementation of Rust and no language specification. What if the foundation changes the licence?", "licensing-and-governance"},
		{"We can do that in C as well, with __cleanup__ attributes. Rewriting the kernel in Rust will not happen, and C++ is no alternative.", "kernel-vs-rewrite"},
		{"Enabling Rust must not disable kCFI or the shadow call stack. Mixing the languages weakens the mitigations.", "security-mitigations"},
		{"With MODVERSIONS the mangled Rust symbol names are too long for genksyms, and the CRC says nothing about the layout.", "module-abi-symbols"},
		{"Kbuild cannot rebuild the Rust host programs when rustc flags change. The Makefile needs if_changed and a Kconfig symbol.", "build-integration"},
		{"No network access during make, please. Vendored crates from crates.io are a supply chain risk with too many dependencies. Rust or not.", "third-party-crates"},
		{"Run rustfmt on this, and Clippy complains about the `as` casts. The camel case in the Rust code hurts my eyes.", "syntax-style-lints"},
	}
	for _, tt := range tests {
		t.Run(tt.want, func(t *testing.T) {
			t.Parallel()
			var sentences []string
			for s := range strings.SplitSeq(tt.text, ". ") {
				sentences = append(sentences, s)
			}
			got := rules.Read(&topic.Mail{Title: "thoughts", Sentences: sentences}).Arguments(nil)
			if len(got) == 0 || got[0].Label != tt.want {
				t.Fatalf("arguments %v, want %s first", got, tt.want)
			}
			checkVerdicts(t, got, len(sentences))
		})
	}
}

func TestArgumentsNone(t *testing.T) {
	t.Parallel()
	rules := topic.Default()
	for _, s := range []string{
		"Applied, thanks.",
		"I will look at it next week.",
		"Can you rebase?",
	} {
		if got := rules.Read(&topic.Mail{Title: "mm: fix a leak", Sentences: []string{s}}).Arguments(nil); len(got) != 0 {
			t.Errorf("%q: %v", s, got)
		}
	}
	// Without Rust in the mail and in its thread nothing is an argument of this debate.
	m := &topic.Mail{Title: "kbuild: fix the Makefile", Sentences: []string{"Kbuild must not rebuild the Makefile targets."}}
	if got := rules.Read(m).Arguments(&topic.Context{}); len(got) != 0 {
		t.Errorf("arguments of mail without Rust: %v", got)
	}
}

// TestArgumentsAreHisOwn holds what makes no argument of a reply: its subject, what it quotes, its thread. Who posts a patch wrote
// its subject.
func TestArgumentsAreHisOwn(t *testing.T) {
	t.Parallel()
	rules := topic.Default()
	thread := &topic.Context{Rust: 1, Topics: map[string]float64{"memory-model": 0.9}}
	const title, quoted = "rust: sync: atomic: add memory barriers", "The LKMM and the memory ordering of Rust atomics do not fit."
	tests := []struct {
		name string
		mail topic.Mail
		want bool
	}{
		{"a bare tag", topic.Mail{Title: title}, false},
		{"an assent", topic.Mail{Title: title, Sentences: []string{"Fine with me."}}, false},
		{"a quotation", topic.Mail{Title: title, Sentences: []string{"Yes."}, Quotes: []string{quoted}}, false},
		{"a thread", topic.Mail{Title: "rust: more", ThreadTitle: title, Sentences: []string{"Yes."}}, false},
		{"a list of patches", topic.Mail{Title: "rust: more", Sentences: []string{"[1/2] " + title, "[12/13] " + title}}, false},
		{"his words", topic.Mail{Title: title, Sentences: []string{quoted}}, true},
		{"his patch", topic.Mail{Title: title, Patch: true, Areas: []string{"rust", "sync", "atomic"}}, true},
	}
	for _, tt := range tests {
		got := slices.ContainsFunc(rules.Read(&tt.mail).Arguments(thread), func(v topic.Verdict) bool { return v.Label == "memory-model" })
		if got != tt.want {
			t.Errorf("%s: %t, want %t", tt.name, got, tt.want)
		}
	}
}

// TestOtherMeaning holds words that look like an argument and are none.
func TestOtherMeaning(t *testing.T) {
	t.Parallel()
	rules := topic.Default()
	for id, sentences := range map[string][]string{
		"build-integration": {
			"Okay, I'll make that change.", "Does that make sense?", "Let us make Rust work first.", "Cc'ing Kbuild.", "Applied to linux-kbuild.",
			"Please add a Link tag.", "This is the host side of USB.", "I like that path.", "Built with the new series, no regression.",
		},
		"syntax-style-lints":           {"Looks good to me.", "Just a nit below.", "That would be better.", "We build this with Clippy and bindgen from nixpkgs."},
		"api-documentation-invariants": {"So what it really does is to wait.", "I wrote that in the cover letter.", "It is in the docs."},
		"licensing-and-governance":     {"The hypervisors may change.", "It goes in the gpl only section."},
		"architecture-support":         {"An Arc that supports Rust closures is fine.", "The um driver builds.", "An alpha release supports it."},
		"driver-adoption":              {"See the example of the spi driver.", "I would like an Ack of a user of this feature.", "Just rename binder.rs."},
		"toolchain-versions":           {"This is written in Rust.", "It is a bindgen issue.", "The rustc warning comes from there."},
		"subsystem-abstractions":       {"We should guard against that.", "The method is unused."},
		"third-party-crates":           {"I quote you.", "We met offline."},
		"performance-codegen":          {"Shifts bigger than the size of a word are bad.", "After two release cycles it went away."},
		"debugging-tooling":            {"The list is sparse."},
		"culture-process":              {"Add a Suggested-by and the link to GitHub.", "The series has ten patches."},
	} {
		for _, s := range sentences {
			for _, v := range rules.Read(&topic.Mail{Title: "rust: more", Sentences: []string{s}}).Arguments(nil) {
				if v.Label == id {
					t.Errorf("%q: %s, %.2f by %v", s, v.Label, v.Score, v.Hits)
				}
			}
		}
	}
}

// TestNestedCues holds that words are counted for one cue of a topic only.
func TestNestedCues(t *testing.T) {
	t.Parallel()
	in := strings.Replace(folios, `"bad name"`, `"bad name", "(bad|poor) name", "name", "a bad name for .. folios"`, 1)
	if in == folios {
		t.Fatal("the rules have no such cue")
	}
	rules, err := topic.Load(strings.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	got := rules.Read(&topic.Mail{Title: "folios", Sentences: []string{"That is a bad name for most folios."}}).Arguments(nil)
	want := []topic.Hit{{Sentence: 0, Rule: "cue naming: a bad name for .. folios", Weight: 3}}
	if len(got) != 1 {
		t.Fatalf("arguments %v", got)
	}
	if diff := cmp.Diff(want, got[0].Hits); diff != "" {
		t.Errorf("hits (-want +got):\n%s", diff)
	}
}

// TestFrames holds sentences in which a cue is not the author's own argument.
func TestFrames(t *testing.T) {
	t.Parallel()
	rules := topic.Default()
	check := func(sentence string, want bool) {
		t.Helper()
		rd := rules.Read(&topic.Mail{Title: "Rust", Sentences: []string{sentence}})
		got := slices.ContainsFunc(rd.Arguments(nil), func(v topic.Verdict) bool {
			return v.Label == "memory-model" && slices.ContainsFunc(v.Hits, func(h topic.Hit) bool { return h.Sentence == 0 })
		})
		if got != want {
			t.Errorf("%q: %v, want %v", sentence, got, want)
		}
	}
	check("The memory model of Rust does not match the LKMM.", true)
	check("You say that the memory model of Rust does not match the LKMM.", false)
	check("Some people claim that the memory model of Rust does not match the LKMM.", false)
	check("You say that it is slow, but the memory model of Rust does not match the LKMM.", true)
	check("You say that it is slow; the memory model of Rust does not match the LKMM.", true)
	check("This has nothing to do with the memory model or the LKMM.", false)
	check("It is not about the LKMM, however the memory ordering of Rust atomics is.", true)
}

func TestArgumentsContext(t *testing.T) {
	t.Parallel()
	rules := topic.Default()
	m := &topic.Mail{Title: "Rust", Sentences: []string{"The licence is one thing.", "I agree with that."}}
	plain := rules.Read(m).Arguments(nil)
	prior := rules.Read(m).Arguments(&topic.Context{Rust: 1, Topics: map[string]float64{"licensing-and-governance": 0.9}})
	if len(plain) == 0 || len(prior) == 0 {
		t.Fatalf("arguments %v and %v", plain, prior)
	}
	if prior[0].Label != "licensing-and-governance" || prior[0].Score <= plain[0].Score {
		t.Errorf("the thread's topic adds nothing: %v, then %v", plain, prior)
	}
	last := prior[0].Hits[len(prior[0].Hits)-1]
	if diff := cmp.Diff(topic.Hit{Sentence: -1, Rule: "thread licensing-and-governance", Weight: 0.9}, last); diff != "" {
		t.Errorf("reason (-want +got):\n%s", diff)
	}
}

// TestHits holds that a sentence is one reason however many cues stand in it, and that no cue is named twice.
func TestHits(t *testing.T) {
	t.Parallel()
	m := &topic.Mail{Title: "Rust and volatile", Sentences: []string{"So what.", "The seqlocks of the kernel rely on data dependencies, and volatile is no help."}}
	got := topic.Default().Read(m).Arguments(nil)
	if len(got) == 0 {
		t.Fatal("no arguments")
	}
	want := []topic.Hit{
		{Sentence: 1, Rule: "cue memory-model: seqlock*; (data|address|control) dependenc*; volatile", Weight: 9},
		{Sentence: -1, Rule: "title memory-model: volatile", Weight: 3},
	}
	if diff := cmp.Diff(want, got[0].Hits); diff != "" {
		t.Errorf("hits (-want +got):\n%s", diff)
	}
}

// checkVerdicts holds what every list of arguments promises.
func checkVerdicts(t *testing.T, vs []topic.Verdict, sentences int) {
	t.Helper()
	if len(vs) > topic.MaxArguments {
		t.Errorf("%d arguments", len(vs))
	}
	for i, v := range vs {
		if v.Score <= 0 || v.Score > 1 || i > 0 && v.Score > vs[i-1].Score {
			t.Errorf("score %v at %d", v.Score, i)
		}
		if len(v.Hits) == 0 {
			t.Errorf("%s has no evidence", v.Label)
		}
		shown := map[string]bool{}
		for _, h := range v.Hits {
			if h.Sentence < -1 || h.Sentence >= sentences || h.Rule == "" {
				t.Errorf("%s: hit %+v of %d sentences", v.Label, h, sentences)
			}
			source, _, _ := strings.Cut(h.Rule, ": ")
			if at := fmt.Sprint(h.Sentence, source); shown[at] {
				t.Errorf("%s: sentence %d is shown twice by %s", v.Label, h.Sentence, source)
			} else {
				shown[at] = true
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("rust: alloc: add KVec", "rust", "Memory must not be leaked. You say that C++ is better; I do not.", "> quoted\n\n> text", "rust/kernel/alloc.rs")
	f.Add("", "", "\x00\xff\xe2\x80\x99's https://", "", "*")
	f.Add("a", "b", strings.Repeat("memory is not is not ", 100), strings.Repeat("(;", 2000), "x/")
	f.Fuzz(func(t *testing.T, title, area, text, quoted, file string) {
		rules := topic.Default()
		sentences := strings.SplitAfter(text, ".")
		m := &topic.Mail{Title: title, Areas: []string{area}, Sentences: sentences, Quotes: strings.SplitAfter(quoted, ">"), Files: []string{file}, Recipients: []string{file}}
		rd := rules.Read(m)
		got := rd.Arguments(nil)
		checkVerdicts(t, got, len(sentences))
		if diff := cmp.Diff(got, rules.Read(m).Arguments(nil)); diff != "" {
			t.Errorf("two readings differ:\n%s", diff)
		}
		for _, v := range rd.Entities() {
			if v.Score <= 0 || v.Score > 1 || len(v.Hits) == 0 {
				t.Errorf("entity %+v", v)
			}
		}
		if r := rd.Relevance(); r.Score < 0 || r.Score > 1 {
			t.Errorf("relevance %v", r.Score)
		}
	})
}
