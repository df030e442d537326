package patch_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"rustle/pkg/patch"
)

func TestTrailers(t *testing.T) {
	t.Parallel()
	check := func(in string, want ...string) {
		t.Helper()
		var got []string
		for _, tr := range patch.Trailers(in) {
			got = append(got, tr.Token+"|"+tr.Value)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("Trailers(%q) mismatch (-want +got):\n%s", in, diff)
		}
	}
	// None.
	check("")
	check("\n\n")
	check("> Acked-by: A B <a@example.org>")
	check("+Acked-by: A B <a@example.org>")
	check("I would give an Acked-by: but no.")
	check("the problem is caused by: a bug")
	check("Note: x\nWarning: y\nSee also: z")
	check("Reviewed-by")
	check("Reviewed-by:")
	check("Reviewed-by me, and that is that")
	check("X-Scanned-By: some filter")
	check("From: A B <a@example.org>\nSent: Monday\nTo: C\nCc: D <d@example.org>\nSubject: x")

	// The usual.
	check("Acked-by: A B <a@example.org>", "Acked-by|A B <a@example.org>")
	check("Prose before.\n\nReviewed-by: A B <a@example.org>\nTested-by: C <c@example.org>\n\nAnd after.",
		"Reviewed-by|A B <a@example.org>", "Tested-by|C <c@example.org>")
	check("Fixes: 0123456789ab (\"rust: x\")\nLink: https://example.org/x\nCloses: https://example.org/y\nCc: stable@example.org # 6.6+",
		`Fixes|0123456789ab ("rust: x")`, "Link|https://example.org/x", "Closes|https://example.org/y", "Cc|stable@example.org # 6.6+")
	check("Assisted-by: some tool", "Assisted-by|some tool")
	check("Reviewed-and-tested-by: A <a@example.org>\r\nAcked-by: B <b@example.org>\r\n",
		"Reviewed-and-tested-by|A <a@example.org>", "Acked-by|B <b@example.org>")

	// As people write them.
	check("Tested-by; A <a@example.org>", "Tested-by|A <a@example.org>")
	check("NAKed-by: A <a@example.org>", "Nacked-by|A <a@example.org>")
	check("nack'ed-by: A <a@example.org>", "Nacked-by|A <a@example.org>")
	check("acked-By:A <a@example.org>", "Acked-by|A <a@example.org>")
	check("ACKED-BY : A <a@example.org>", "Acked-by|A <a@example.org>")
	check("Reviewed by: A <a@example.org>", "Reviewed-by|A <a@example.org>")
	check("Reviewed-by A B <a@example.org>", "Reviewed-by|A B <a@example.org>")
	check("  Reviewed-by: A <a@example.org>", "Reviewed-by|A <a@example.org>")
	check("Reviewed-by: A Very Long Name Indeed\n <a@example.org>\nrest", "Reviewed-by|A Very Long Name Indeed <a@example.org>")
	check("Fixes: 0123456789ab (\"rust: a long\ntitle\")\nCc: B <b@example.org>", `Fixes|0123456789ab ("rust: a long title")`, "Cc|B <b@example.org>")
	check("Link:\n  https://example.org/x", "Link|https://example.org/x")
}

func TestTrailerRange(t *testing.T) {
	t.Parallel()
	text := "Thanks.\r\nReviewed-by: A\n<a@example.org>\nbye"
	got := patch.Trailers(text)
	if len(got) != 1 {
		t.Fatalf("%d trailers, want 1", len(got))
	}
	if s := text[got[0].Start:got[0].End]; s != "Reviewed-by: A\n<a@example.org>" {
		t.Errorf("range covers %q", s)
	}
}

func TestSplitPerson(t *testing.T) {
	t.Parallel()
	check := func(in, name, addr string) {
		t.Helper()
		if n, a := patch.SplitPerson(in); n != name || a != addr {
			t.Errorf("SplitPerson(%q) = %q, %q, want %q, %q", in, n, a, name, addr)
		}
	}
	check("", "", "")
	check("<", "", "")
	check("<>", "", "")
	check("A <", "A", "")
	check("A B <a at example.org>", "A B", "")
	check("A B", "A B", "")
	check("A B <A.B@Example.org>", "A B", "a.b@example.org")
	check("<a@example.org>", "", "a@example.org")
	check("a@example.org", "", "a@example.org")
	check("a@example.org (A B)", "A B", "a@example.org")
	check(`"B, A" <a@example.org> # RUST`, "B, A", "a@example.org")
	check("A B a@example.org", "A B", "a@example.org")
	check("A B <mailto:a@example.org>", "A B", "a@example.org")
}

func FuzzTrailers(f *testing.F) {
	f.Add("Reviewed-by: A\n<a@example.org>\n")
	f.Add("Fixes: x (\"\n\")\nLink:\n http\nCc:\nTo:")
	f.Add("A-by;\r\n\r\n-by: \xff")
	f.Fuzz(func(t *testing.T, in string) {
		last := 0
		for _, tr := range patch.Trailers(in) {
			if tr.Start < last || tr.End < tr.Start || tr.End > len(in) {
				t.Fatalf("range %d..%d after %d of %d", tr.Start, tr.End, last, len(in))
			}
			last = tr.End
			if tr.Token == "" || tr.Value == "" {
				t.Fatalf("empty trailer %+v", tr)
			}
			tr.Name()
			tr.Addr()
		}
	})
}

func BenchmarkTrailers(b *testing.B) {
	text := ""
	for range 20 {
		text += "This is a line of prose, as they stand in mail about patches.\n> and a quoted line\n\tindented: code\n"
	}
	text += "Reviewed-by: A B <a@example.org>\n"
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		patch.Trailers(text)
	}
}
