package index // internal: the cutting of words has no face of its own outside

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rustle/pkg/analysis"
	"rustle/pkg/mail"
)

func TestWords(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                                 "",
		"--- ... ___":                      "",
		"Hello, World!":                    "hello|world",
		"isn't it Linus's or the Joneses'": "isn't|it|linus|or|the|joneses",
		"don’t":                            "don't",
		"it's":                             "it",
		"'quoted'":                         "quoted",
		"snake_case __init x_":             "snake_case|__init|x_",
		"a.b a-b a/b a::b":                 "a|b|a|b|a|b|a|b",
		"rust/kernel/dma.rs:12":            "rust|kernel|dma|rs|12",
		"ojeda@kernel.org":                 "ojeda|kernel|org",
		"v6.12-rc1":                        "v6|12|rc1",
		"Zażółć Ærø naïve ﬁle":             "zazołc|ærø|naive|file",
		"漢字kana カナ":                        "漢|字|kana|カ|ナ",
		"e\u0301te\u0301":                  "ete",
		"a\u00adb":                         "a|b",
		"\x00\xff\xfe a":                   "a",
	} {
		want = strings.NewReplacer("ł", "l", "ø", "o").Replace(want)
		if diff := cmp.Diff(want, strings.Join(words(in), "|")); diff != "" {
			t.Errorf("%q (-want +got):\n%s", in, diff)
		}
	}
}

func TestTitle(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "Re:": "", "plain": "plain", "Re: [PATCH v2 1/2] a: b": "a: b", "[PATCH] Re: [RFC] x [y]": "x [y]", "Fwd: AW: x": "x",
		"[unclosed": "[unclosed", "Reply": "Reply", "re:x": "x",
	} {
		if got := title(in); got != want {
			t.Errorf("title(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestStem(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"drivers": "driver", "driver": "", "v6": "", "dma_alloc": "", "naïve": "", "an": "", "maintainers": "maintain", "organization": "organ"} {
		if want != "" {
			want = stemMark + want
		}
		if got := twinOf(in); got != want {
			t.Errorf("twin(%q) = %q, want %q", in, got, want)
		}
	}
}

// Folding and cutting find the same words wherever the text begins, and a phrase made of neighbours
// is always there.
func TestPhraseOfNeighbours(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`([a-zA-Zé_']{0,6}[ .,/>\n-]{1,3}){1,20}`).Draw(t, "text")
		w := words(text)
		if len(w) == 0 {
			return
		}
		from := rapid.IntRange(0, len(w)-1).Draw(t, "from")
		to := rapid.IntRange(from+1, len(w)).Draw(t, "to")
		if !holdsPhrase(fold(text), w[from:to], false) {
			t.Fatalf("%q does not hold %q", text, w[from:to])
		}
		absent := append(slices.Clone(w), "zzz")
		if holdsPhrase(fold(text), absent, false) {
			t.Fatalf("%q holds %q", text, absent)
		}
		for _, word := range w {
			if f := fold(word); f != word {
				t.Fatalf("folding %q again gives %q", word, f)
			}
		}
	})
}

// Terms for numbers and times sort as they count and come back.
func TestNumberTerms(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64Range(0, numberMax).Draw(t, "a"), rapid.Int64Range(0, numberMax).Draw(t, "b")
		if (a < b) != (numberTerm(a) < numberTerm(b)) || numberOf([]byte(numberTerm(a))) != a {
			t.Fatalf("numbers %d and %d", a, b)
		}
		a, b = rapid.Int64Range(-secondZero+1, secondZero).Draw(t, "s"), rapid.Int64Range(-secondZero+1, secondZero).Draw(t, "r")
		if (a < b) != (secondTerm(a) < secondTerm(b)) || secondOf([]byte(secondTerm(a))) != a {
			t.Fatalf("times %d and %d", a, b)
		}
		if d := dayOf(a); d*secondsOfDay > a || (d+1)*secondsOfDay <= a {
			t.Fatalf("day of %d is %d", a, d)
		}
		if strings.ContainsRune(secondTerm(a)+numberTerm(max(a, 0)), 0xff) {
			t.Fatal("0xff separates doc values")
		}
	})
}

func TestNeighbours(t *testing.T) {
	t.Parallel()
	terms := map[string]string{}
	for a := range pairCodes() {
		for b := range pairCodes() {
			term := neighbourTerm([]string{a, b})
			if term == "" {
				continue
			}
			if other, ok := terms[term]; ok {
				t.Fatalf("%s %s has the term of %s", a, b, other)
			}
			terms[term] = a + " " + b
		}
	}
	for words, want := range map[string]bool{
		"of the": false, "kernel zebra": false, "zebra": false, "the kernel": true,
		"in the kernel": false, "the zebra kernel": false, "the linux kernel": true, "linux kernel of": true,
	} {
		if term := neighbourTerm(strings.Fields(words)); (term != "") != want {
			t.Errorf("%s: term %q", words, term)
		}
	}
}

func TestStretches(t *testing.T) {
	t.Parallel()
	diff := "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@ f\n-old\n+new\n+er\n same\n\ndiff --git a/y b/y\n"
	text := "own\n> q\n" + diff + "bye\n"
	parts := []Part{{Own, 0, 4}, {Quoted, 4, 8}, {Diff, 8, 8 + len(diff)}, {Other, 8 + len(diff), len(text)}}
	want := []stretch{
		{"own\n", inOwn},
		{"> q\n", inQuoted},
		{"diff --git a/x b/x\n--- a/x\n+++ b/x\n", inOther},
		{"@@ -1 +1 @@ f\n", inHunk},
		{"-old\n", inRemoved},
		{"+new\n+er\n", inAdded},
		{" same\n\n", inContext},
		{"diff --git a/y b/y\n", inOther},
		{"bye\n", inOther},
	}
	if d := cmp.Diff(want, slices.Collect(stretches(text, parts)), cmp.AllowUnexported(stretch{})); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// A blob that is not ours gives an error and never a panic; one that is comes back.
func FuzzBlob(f *testing.F) {
	pk, err := newPacker(generalDict, []byte(dictionary))
	if err != nil {
		f.Fatal(err)
	}
	m := &mail.Message{Text: "text\n> quote\n", Size: 3, Hash: "h"}
	m.ID = "a@b"
	rec := &analysis.Record{ID: "a@b", Hash: "h", Words: 7}
	var d digest
	if err := pk.message(&d, rec, m, []Part{{Own, 0, 5}, {Quoted, 5, 13}}); err != nil {
		f.Fatal(err)
	}
	unzip, err := newUnpacker(nil)
	if err != nil {
		f.Fatal(err)
	}
	raw, err := unzip.dec.DecodeAll(d.blob, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte{blobVersion})
	f.Add([]byte{blobVersion, 0, 3, 255, 255, 255, 255, 127})
	f.Fuzz(func(t *testing.T, raw []byte) {
		msg, _, err := unzip.message(pk.enc.EncodeAll(raw, nil), nil)
		if err != nil {
			return
		}
		at := 0
		for _, p := range msg.parts {
			if p.Start < at || p.End < p.Start || p.End > len(msg.text) {
				t.Fatalf("part %v of %d bytes", p, len(msg.text))
			}
			at = p.End
		}
		for range stretches(msg.text, msg.parts) { // only that it ends
		}
		var r analysis.Record
		_ = msg.decodeRecord(&r)
		_, _ = msg.decodeMail()
	})
}
