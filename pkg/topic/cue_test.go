package topic_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rustle/pkg/topic"
)

// withCues returns rules whose only entity, x, has these names.
func withCues(cues ...string) (*topic.Rules, error) {
	quoted := make([]string, len(cues))
	for i, c := range cues {
		quoted[i] = strconv.Quote(c)
	}
	return topic.Load(strings.NewReader("[relevance]\nwords = [\"rust\"]\n[[entity]]\nid = \"x\"\nnames = [" + strings.Join(quoted, ", ") + "]\n"))
}

func TestCueMistakes(t *testing.T) {
	t.Parallel()
	check := func(cue, want string) {
		t.Helper()
		_, err := withCues(cue)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("cue %q: error %v, want %q", cue, err, want)
		}
	}
	check("", "may match nothing")
	check("()", "may match nothing")
	check("(a)?", "may match nothing")
	check("(a", "never closed")
	check("a)", "')' without '('")
	check("a|b", "'|' outside parentheses")
	check("*", "not one word")
	check("ab*", "3 letters are needed")
	check("=Ab*", "do not go together")
	check("=nova", "needs a capital letter")
	check("_ a", "starts with a wildcard")
	check(".. a", "starts with a wildcard")
	check("a ..", "ends with a gap")
	check("a .. .. b", "two gaps in a row")
	check("a ..9 b", "1 to 6 words")
	check("a ..0 b", "1 to 6 words")
	check("a ..99999999999999999999 b", "1 to 6 words")
	check("a .. b .. c .. d", "more than 2 gaps")
	check("a b c d e f g h i j k l m n o p q", "more than 16 words")
	check("((((((a))))))", "nested too deeply")
	check(strings.Repeat("a", 500), "longer than 400 bytes")
	check(strings.Repeat("(a|b|c|d|e|f|g|h) ", 6), "readings")
	check("(a b|..)s", "need a word")
	check("don't'", "not one word")
}

func TestCue(t *testing.T) {
	t.Parallel()
	check := func(cue, text string, want bool) {
		t.Helper()
		rules, err := withCues(cue)
		if err != nil {
			t.Fatalf("cue %q: %v", cue, err)
		}
		got := len(rules.Read(&topic.Mail{Sentences: []string{text}}).Entities()) > 0
		if got != want {
			t.Errorf("cue %q in %q: %v, want %v", cue, text, got, want)
		}
	}
	check("rust", "I trust robust code, frustrating as it is", false)
	check("rust", "Rust.", true)
	check("memory safe", "memory-safe", true)
	check("memory-safe", "Memory safe!", true)
	check("memory safe", "memory is safe", false)
	check("memory .. safe", "memory is not always safe", true)
	check("memory .. safe", "memory that is not always safe", false)
	check("memory ..5 safe", "memory that is not always safe", true)
	check("memory .. safe", "memory safe", true)
	check("a _ c", "a b c", true)
	check("a _ c", "a c", false)
	check("leak*", "it leaks", true)
	check("leak*", "the leakiest", true)
	check("leak*", "lea", false)
	check("bindings?", "a binding", true)
	check("bindings?", "two bindings", true)
	check("bindings?", "bindingss", false)
	check("file ?systems?", "filesystems", true)
	check("file ?systems?", "a file system", true)
	check("optimi(z|s)er", "optimiser", true)
	check("optimi(z|s)er", "optimizer", true)
	check("(bug|memory error)s?", "memory errors", true)
	check("(bug|memory error)s?", "memory bugs", true)
	check("(bug|memory error)s?", "memory", false)
	check("(bug|leak)*", "leakage", true)
	check("the (old)? compiler", "the compiler", true)
	check("the (old|) compiler", "the old compiler", true)
	check("=Nova", "Nova", true)
	check("=Nova", "nova NOVA", false)
	check("c++", "in C++ too", true)
	check("c++", "in C too", false)
	check("don't", "we don’t", true)
	check("rust", "Rust's rules", true)
	check("github", "see https://github.com/x for it", false)
	check("really", "“really”", true)
	check("=UB", "sub UB", true)
	check("über", "ÜBER", false) // letter case is ASCII only
	check("read_once", "READ_ONCE()", true)
}

func TestCueOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.SampledFrom([]string{"alpha", "beta", "gamma", "delta"})
		cue := rapid.Custom(func(t *rapid.T) string {
			w := rapid.SliceOfN(word, 1, 3).Draw(t, "words")
			return strings.Join(w, rapid.SampledFrom([]string{" ", " .. ", " _ "}).Draw(t, "between"))
		})
		cues := rapid.SliceOfNDistinct(cue, 1, 8, rapid.ID[string]).Draw(t, "cues")
		text := strings.Join(rapid.SliceOfN(word, 0, 20).Draw(t, "text"), " ")
		found := func(cues []string) []string {
			rules, err := withCues(cues...)
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, v := range rules.Read(&topic.Mail{Sentences: []string{text}}).Entities() {
				for _, h := range v.Hits {
					out = append(out, h.Rule)
				}
			}
			slices.Sort(out)
			return out
		}
		want := found(cues)
		got := found(rapid.Permutation(cues).Draw(t, "order"))
		// More than five reasons are cut, and which ones may differ.
		if len(cues) <= 5 {
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("order matters (-want +got):\n%s", diff)
			}
		} else if len(want) != len(got) {
			t.Errorf("%d and %d hits", len(want), len(got))
		}
	})
}

func FuzzCue(f *testing.F) {
	for _, s := range []string{"memory (safe|safety)", "a .. b", "leak*", "(a|b)s? c", "=Nova", "file ?system", "optimi(z|s)e*", "((a|b) c|)d", "'", "a ?", "c++"} {
		f.Add(s, "memory safe leaks in a big b file system")
	}
	f.Fuzz(func(t *testing.T, cue, text string) {
		rules, err := withCues(cue)
		if err != nil {
			if rules != nil {
				t.Error("rules beside an error")
			}
			return
		}
		for _, v := range rules.Read(&topic.Mail{Sentences: []string{text}, Title: text}).Entities() {
			for _, h := range v.Hits {
				if h.Sentence < -1 || h.Sentence > 0 {
					t.Errorf("hit in sentence %d", h.Sentence)
				}
			}
		}
	})
}
