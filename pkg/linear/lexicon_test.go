package linear_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"rustle/pkg/linear"
)

func TestNewLexiconRejects(t *testing.T) {
	t.Parallel()
	for _, p := range []string{"", "^", "*", "word?", "$ a", "a ^ b", "a $ b", "a||b", "well-known", "^ a? b"} {
		if _, err := linear.NewLexicon([]linear.Phrase{{Pattern: p}}); err == nil {
			t.Errorf("pattern %q: no error", p)
		}
	}
}

func TestLexiconFind(t *testing.T) {
	t.Parallel()
	find := func(pattern, sentence string) []string {
		l, err := linear.NewLexicon([]linear.Phrase{{Pattern: pattern, ID: 7}})
		if err != nil {
			t.Fatal(err)
		}
		var r linear.Reader
		s := &r.Read([]string{sentence}, nil).Sentences[0]
		found := l.Find(s, nil)
		if found == nil {
			return nil
		}
		out := make([]string, 0, len(found))
		for _, m := range found {
			if m.ID != 7 {
				t.Errorf("id %d", m.ID)
			}
			end := len(sentence)
			if m.Last > m.First {
				end = int(s.Tokens[m.Last-1].End)
			}
			out = append(out, sentence[s.Tokens[m.First].Start:end])
		}
		return out
	}
	check := func(pattern, sentence string, want ...string) {
		t.Helper()
		if d := cmp.Diff(want, find(pattern, sentence)); d != "" {
			t.Errorf("%q in %q (-want +got):\n%s", pattern, sentence, d)
		}
	}
	check("no way", "There is no such way.")
	check("no way", "No way, and again no way.", "No way", "no way")
	check("a|b c", "b c, a c, d c", "b c", "a c")
	check("not a? hard no", "not hard no; not a hard no", "not hard no", "not a hard no")
	check("no way? out?", "No. No out, no way out. No", "No", "No out", "no way out", "No")
	check("no way? $", "No way! No", "No")
	check("no way? * out", "no far way out, no out", "no far way out", "no out")
	check("do _ care", "do not care; do care", "do not care")
	check("if * fixed", "if this is fixed", "if this is fixed")
	check("if * fixed", "if so, fixed")
	check("if ** fixed", "if so, it is fixed", "if so, it is fixed")
	check("if * fixed", "if one two three four fixed")
	check("^ nak", "NAK. No nak.", "NAK")
	check("^ nak", "(NAK)", "NAK")
	check("nak $", "that is a nak!", "nak")
	check("nak $", "that is a nak here")
	check("by <name>", "nacked by Ada", "by Ada")
	check("<name> said", "then Ada said so", "Ada said")
	check("see <url>", "see https://example.org", "see https://example.org")
	check("thanks !", "Thanks!", "Thanks!")
	check("don't", "I don\u2019t", "don\u2019t")
}
