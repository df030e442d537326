package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rustle/index"
	"rustle/index/query"
	"rustle/pkg/archive"
)

// both are queries that rustle and notmuch can express. They must find the same mails, or why says
// where the two mean different things and more names the one that may find more, or both.
var both = []struct {
	rustle, notmuch string // notmuch: "" is the same text
	more, why       string
}{
	{rustle: "*"},
	{rustle: "bindgen", more: "rustle", why: byPart},
	{rustle: "gen_pool_alloc"},
	{rustle: "regressions", more: "notmuch", why: proseStems},
	{rustle: "abstraction", more: "both", why: proseStems},
	{rustle: "abstractions", more: "both", why: proseStems},
	{rustle: "maintainer bindgen", more: "both", why: proseStems},
	{rustle: "driver review", more: "both", why: proseStems},
	{rustle: `"memory safety"`, more: "notmuch", why: "a phrase of notmuch goes on from one line of a patch to the next"},
	{rustle: `"device property"`},
	{rustle: "bindgen OR cbindgen", more: "rustle", why: byPart},
	{rustle: "unsaf*", more: "rustle", why: byPart},
	{rustle: "b4"},
	{rustle: "GFP_KERNEL", more: "rustle", why: "rustle reads patches that are attached"},
	{rustle: "drivers/gpu"},
	{rustle: "f:torvalds", notmuch: "from:torvalds"},
	{rustle: "f:anke.petersen-vogt@bigcorp.test", notmuch: "from:anke.petersen-vogt@bigcorp.test"},
	{rustle: `f:"Greg KH"`, notmuch: `from:"Greg KH"`},
	{rustle: "tc:linux-rust", notmuch: "to:linux-rust", more: "notmuch", why: "to notmuch all addresses are one text: the phrase may begin in one and end in the next"},
	{rustle: "tc:rust-for-linux@vger.kernel.org", notmuch: "to:rust-for-linux@vger.kernel.org"},
	{rustle: "s:rust", notmuch: "subject:rust", more: "rustle", why: byPart},
	{rustle: `s:"rust kernel policy"`, notmuch: `subject:"rust kernel policy"`},
	{rustle: `s:"rate limiting" f:konrad`, notmuch: `subject:"rate limiting" from:konrad`},
	{rustle: "b:unsafe", notmuch: "body:unsafe", more: "rustle", why: byPart},
	{rustle: "d:2025-02", notmuch: "date:2025-02"},
	{rustle: "d:2026-03-02..2026-03-05", notmuch: "date:2026-03-02..2026-03-05"},
	{rustle: "d:..2025-12-31", notmuch: "date:..2025-12-31"},
	{rustle: "d:2025-02-20", notmuch: "date:2025-02-20"},
	{rustle: "mid:20260302-genalloc-v3-0-1c5e77d90a3b@fjordsilicon.test", notmuch: "id:20260302-genalloc-v3-0-1c5e77d90a3b@fjordsilicon.test"},
	{rustle: "rust d:2025-02 f:torvalds", notmuch: "rust date:2025-02 from:torvalds"},
	{rustle: "thread:{s:genalloc f:prewitt}", notmuch: `thread:"{subject:genalloc from:prewitt}"`},
	{rustle: "thread:{f:torvalds} thread:{s:rust}", notmuch: `thread:"{from:torvalds}" and thread:"{subject:rust}"`},
	{rustle: "(kconfig OR bindgen) d:2026", notmuch: "(kconfig or bindgen) date:2026", more: "rustle", why: byPart},
	{rustle: "s:/[Rr]ust.*policy/", notmuch: "subject:/[Rr]ust.*policy/"},

	{
		rustle: "regression", more: "notmuch",
		why: "rustle stems prose alone: the word in an address such as regressions@ is no form of it",
	},
	{rustle: "MAINTAINERS", more: "rustle", why: byPart},
	{rustle: "rust NOT bindgen", more: "both", why: byPart},
	{rustle: "rust -bindgen", notmuch: "rust and not bindgen", more: "both", why: byPart},
	{rustle: "rust AND (driver OR bindings)", notmuch: "rust and (driver or bindings)", more: "both", why: byPart},
	{
		rustle: "f:hprewitt@oldiron.test", notmuch: "from:hprewitt@oldiron.test", more: "rustle",
		why: "a mail without From is that of its Sender to rustle, and of nobody to notmuch",
	},
	{
		rustle: "f:/torvalds|prewitt|hellwig/", notmuch: "from:/torvalds|prewitt|hellwig/", more: "rustle",
		why: "a pattern of rustle takes upper and lower case as the same, one of notmuch does not",
	},
}

const proseStems = "rustle stems prose alone, by Porter; notmuch also code, patches and addresses, by Porter's second stemmer"

const byPart = "rustle finds identifiers by part: get_maintainers.pl and CONFIG_RUST hold the word, to notmuch each is one word"

// TestNotmuch asks rustle and notmuch the same about the mail in testdata, or in the archive that
// MBOX names.
func TestNotmuch(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("notmuch")
	if err != nil {
		t.Skip("notmuch is not installed")
	}
	dir := t.TempDir()
	e := systemEnv()
	e.stdout, e.stderr = io.Discard, io.Discard
	at := filepath.Join(dir, "index")
	from := cmp.Or(os.Getenv("MBOX"), "../../testdata/archives")
	if code := execute(t.Context(), []string{"--index", at, "ingest", from}, e); code != exitDone {
		t.Fatalf("ingest %s: exit code %d", from, code)
	}
	r, err := index.Open(at)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	known := fillMaildir(t, r, filepath.Join(dir, "mail"))

	settings := filepath.Join(dir, "notmuch-config")
	text := fmt.Sprintf("[database]\npath=%s\n[user]\nprimary_email=nobody@example.org\n[new]\ntags=\n[search]\nexclude_tags=\n", filepath.Join(dir, "mail"))
	if err := os.WriteFile(settings, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	notmuch := func(args ...string) string {
		cmd := exec.CommandContext(t.Context(), program, args...)
		cmd.Env = append(os.Environ(), "NOTMUCH_CONFIG="+settings, "TZ=UTC")
		var stderr strings.Builder
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("notmuch %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
		}
		return string(out)
	}
	notmuch("new", "--quiet")

	var table strings.Builder
	for _, q := range both {
		theirText := cmp.Or(q.notmuch, q.rustle)
		node, err := query.Parse(q.rustle, query.Options{})
		if err != nil {
			t.Fatal(err)
		}
		res, err := r.Search(t.Context(), node, index.SearchOptions{})
		if err != nil {
			t.Fatal(err)
		}
		ours := map[string]bool{}
		for i := range res.Hits {
			if id := res.Hits[i].Record.ID; known[id] {
				ours[id] = true
			}
		}
		theirs := map[string]bool{}
		for id := range strings.FieldsSeq(notmuch("search", "--output=messages", "--", theirText)) {
			theirs[strings.TrimPrefix(id, "id:")] = true
		}
		ourMore, theirMore := without(ours, theirs), without(theirs, ours)
		fmt.Fprintf(&table, "%-60s %6d %6d %6d %6d  %s\n", q.rustle, len(ours), len(theirs), len(ourMore), len(theirMore), q.why)
		if len(ourMore) > 0 && q.more != "rustle" && q.more != "both" {
			t.Errorf("%s finds what notmuch %s does not, without a reason: %q", q.rustle, theirText, ourMore[:min(len(ourMore), 3)])
		}
		if len(theirMore) > 0 && q.more != "notmuch" && q.more != "both" {
			t.Errorf("%s misses what notmuch %s finds, without a reason: %q", q.rustle, theirText, theirMore[:min(len(theirMore), 3)])
		}
	}
	t.Logf("%-60s %6s %6s %6s %6s\n%s", "query", "rustle", "notm.", "more", "less", table.String())
}

// fillMaildir writes the original mails into a maildir and returns their ids. Mail without an id of
// its own is left out: the two programs make up different ones.
func fillMaildir(t *testing.T, r *index.Reader, dir string) map[string]bool {
	t.Helper()
	for _, sub := range []string{"cur", "new", "tmp"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	known := map[string]bool{}
	var from archive.Finder
	defer from.Close()
	for rec, err := range r.All(t.Context(), query.All{}) {
		if err != nil {
			t.Fatal(err)
		}
		if slices.Contains(rec.Defects, "no-message-id") {
			continue
		}
		raw, err := original(t.Context(), &from, &rec)
		if err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("%06d.rustle:2,", len(known))
		if err := os.WriteFile(filepath.Join(dir, "cur", name), raw, 0o600); err != nil {
			t.Fatal(err)
		}
		known[rec.ID] = true
	}
	return known
}

// without are the members of a that b lacks, in order.
func without(a, b map[string]bool) []string {
	var out []string
	for id := range a {
		if !b[id] {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}
