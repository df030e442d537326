package patch_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"rustle/pkg/patch"
)

func TestParseSubject(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		in   string
		want patch.Subject
	}{
		// No patches.
		{"empty", "", patch.Subject{}},
		{"white space", " \t ", patch.Subject{}},
		{"only a reply", "Re:", patch.Subject{Reply: true}},
		{"lone bracket", "[", patch.Subject{Title: "["}},
		{"bracket never closed", "[PATCH v2 rust", patch.Subject{Title: "[PATCH v2 rust"}},
		{"plain", "Rust in the tree", patch.Subject{Title: "Rust in the tree"}},
		{"technical topic", "[TECH TOPIC] Rust for drivers", patch.Subject{Tags: []string{"TECH TOPIC"}, Title: "Rust for drivers"}},
		{"summit counts proposals", "[MAINTAINERS SUMMIT] [1/4] Rust", patch.Subject{Tags: []string{"MAINTAINERS SUMMIT", "1/4"}, Title: "Rust"}},
		{"robot names a branch", "[next:master 12/345] x.c:1: error", patch.Subject{Tags: []string{"next:master 12/345"}, Title: "x.c:1: error", Areas: []string{"x.c:1"}}},
		{"robot after a commit", "[tip: core/rust] rust: x", patch.Subject{Tags: []string{"tip: core/rust"}, Title: "rust: x", Areas: []string{"rust"}}},
		{"request for comments alone", "[RFC] Rust policy", patch.Subject{RFC: true, Flags: []string{"RFC"}, Title: "Rust policy"}},
		{"list name", "[some-list] [TECH TOPIC] Rust", patch.Subject{Tags: []string{"some-list", "TECH TOPIC"}, Title: "Rust"}},
		{"old subject", "Re: New name (was: Re: [PATCH v2] old (name))", patch.Subject{Reply: true, Title: "New name", Was: "Re: [PATCH v2] old (name)"}},
		{"old subject in brackets", "New name [was Re: old]", patch.Subject{Title: "New name", Was: "Re: old"}},

		// Patches.
		{"single", "[PATCH] rust: fix x", patch.Subject{Patch: true, Version: 1, Title: "rust: fix x", Areas: []string{"rust"}}},
		{"cover", "[PATCH v3 00/17] Rust support", patch.Subject{Patch: true, Version: 3, Total: 17, Title: "Rust support"}},
		{"part", "[PATCH v3 02/17] x", patch.Subject{Patch: true, Version: 3, Part: 2, Total: 17, Title: "x"}},
		{"tree and flag", "[RFC PATCH net-next v2 1/5] net: phy: x", patch.Subject{
			Patch: true, RFC: true, Flags: []string{"RFC"}, Prefixes: []string{"net-next"}, Version: 2, Part: 1, Total: 5, Title: "net: phy: x", Areas: []string{"net", "phy"},
		}},
		{"tree after the word", "[PATCH rust v2] x", patch.Subject{Patch: true, Prefixes: []string{"rust"}, Version: 2, Title: "x"}},
		{"tree before the word", "[bpf-next PATCH v2 1/2] x", patch.Subject{Patch: true, Prefixes: []string{"bpf-next"}, Version: 2, Part: 1, Total: 2, Title: "x"}},
		{"resend", "[PATCH RESEND v2 1/2] x", patch.Subject{Patch: true, Resend: true, Flags: []string{"RESEND"}, Version: 2, Part: 1, Total: 2, Title: "x"}},
		{"resent twice", "[PATCH] [RESEND^2] x", patch.Subject{Patch: true, Resend: true, Flags: []string{"RESEND"}, Version: 1, Title: "x"}},
		{"glued version", "[PATCHv4 1/2] x", patch.Subject{Patch: true, Version: 4, Part: 1, Total: 2, Title: "x"}},
		{"glued flag", "[RFCv2 1/2] x", patch.Subject{Patch: true, RFC: true, Flags: []string{"RFC"}, Version: 2, Part: 1, Total: 2, Title: "x"}},
		{"slashes", "[RFC/PATCH 1/2] x", patch.Subject{Patch: true, RFC: true, Flags: []string{"RFC"}, Version: 1, Part: 1, Total: 2, Title: "x"}},
		{"two flags", "[PATCH RFC/RFT 1/2] x", patch.Subject{Patch: true, RFC: true, Flags: []string{"RFC", "RFT"}, Version: 1, Part: 1, Total: 2, Title: "x"}},
		{"version with a slash", "[PATCH v2/resend 0/8] x", patch.Subject{Patch: true, Resend: true, Flags: []string{"RESEND"}, Version: 2, Total: 8, Title: "x"}},
		{"dash", "[PATCH -v2 -tip] x", patch.Subject{Patch: true, Prefixes: []string{"tip"}, Version: 2, Title: "x"}},
		{"dash glued", "[PATCH-next] x", patch.Subject{Patch: true, Prefixes: []string{"next"}, Version: 1, Title: "x"}},
		{"capital version, comma", "[PATCH, V2] x", patch.Subject{Patch: true, Version: 2, Title: "x"}},
		{"lower case", "[patch 1/5] x", patch.Subject{Patch: true, Version: 1, Part: 1, Total: 5, Title: "x"}},
		{"dotted version", "[PATCH v2.1 7/7] x", patch.Subject{Patch: true, Version: 2, Part: 7, Total: 7, Title: "x"}},
		{"kernel version", "[PATCH v6.1 007/530] x", patch.Subject{Patch: true, Prefixes: []string{"v6.1"}, Version: 1, Part: 7, Total: 530, Title: "x"}},
		{"stable", "[PATCH AUTOSEL 6.6 2/30] x", patch.Subject{Patch: true, Flags: []string{"AUTOSEL"}, Prefixes: []string{"6.6"}, Version: 1, Part: 2, Total: 30, Title: "x"}},
		{"nested", "[PATCH [RFC] v2 1/2] x", patch.Subject{Patch: true, RFC: true, Flags: []string{"RFC"}, Version: 2, Part: 1, Total: 2, Title: "x"}},
		{"nested and unclosed", "[PATCH [RFC] 1/2 x", patch.Subject{Patch: true, RFC: true, Flags: []string{"RFC"}, Version: 1, Title: "1/2 x"}},
		{"flag apart", "[PATCH 00/13] [RFC] Rust", patch.Subject{Patch: true, RFC: true, Flags: []string{"RFC"}, Version: 1, Total: 13, Title: "Rust"}},
		{"flag first", "[RFC][PATCH 1/3] x", patch.Subject{Patch: true, RFC: true, Flags: []string{"RFC"}, Version: 1, Part: 1, Total: 3, Title: "x"}},
		{"tree apart", "[PATCH][next] x", patch.Subject{Patch: true, Prefixes: []string{"next"}, Version: 1, Title: "x"}},
		{"version apart", "[PATCH] [v3] x", patch.Subject{Patch: true, Version: 3, Title: "x"}},
		{"remark apart", "[PATCH] [for next only] x", patch.Subject{Patch: true, Tags: []string{"for next only"}, Version: 1, Title: "x"}},
		{"colon after", "[PATCH]: x", patch.Subject{Patch: true, Version: 1, Title: "x"}},
		{"no brackets", "PATCH: x", patch.Subject{Patch: true, Version: 1, Title: "x"}},
		{"version only", "[v3] kbuild: x", patch.Subject{Patch: true, Version: 3, Title: "kbuild: x", Areas: []string{"kbuild"}}},
		{"patchwork", "[v2,1/3] x", patch.Subject{Patch: true, Version: 2, Part: 1, Total: 3, Title: "x"}},
		{"words", "[PATCH 1 of 3] x", patch.Subject{Patch: true, Version: 1, Part: 1, Total: 3, Title: "x"}},
		{"open end", "[PATCH 2/n] x", patch.Subject{Patch: true, Version: 1, Part: 2, Title: "x"}},
		{"subject twice", "Subject: [PATCH] x", patch.Subject{Patch: true, Version: 1, Title: "x"}},

		// Replies.
		{"reply", "Re: [PATCH] x", patch.Subject{Reply: true, Patch: true, Version: 1, Title: "x"}},
		{"nested replies", "AW: Re: SV: RE[2]: [PATCH v2] x", patch.Subject{Reply: true, Patch: true, Version: 2, Title: "x"}},
		{"without spaces", "Re:Re:[PATCH] x", patch.Subject{Reply: true, Patch: true, Version: 1, Title: "x"}},
		{"gateway", "[EXTERNAL] Re: [EXT] [PATCH] x", patch.Subject{Reply: true, Patch: true, Version: 1, Title: "x"}},
		{"gateway stars", "***SPAM*** Re: x", patch.Subject{Reply: true, Title: "x"}},
		{"forward", "Fwd: WG: Re: [PATCH] x", patch.Subject{Forward: true, Reply: true, Patch: true, Version: 1, Title: "x"}},
		{"reply between", "[some-list] Re: [PATCH] x", patch.Subject{Reply: true, Patch: true, Tags: []string{"some-list"}, Version: 1, Title: "x"}},
		{"full-width colon", "回复：[PATCH] x", patch.Subject{Reply: true, Patch: true, Version: 1, Title: "x"}},
		{"applied in part", "Re: (subset) [PATCH 0/3] x", patch.Subject{Reply: true, Patch: true, Version: 1, Total: 3, Title: "x"}},

		// Pull requests.
		{"pull", "[GIT PULL] Rust for v6.13", patch.Subject{Pull: true, Version: 1, Title: "Rust for v6.13"}},
		{"pull counted", "Re: [GIT PULL v2 1/2] Rust", patch.Subject{Reply: true, Pull: true, Version: 2, Part: 1, Total: 2, Title: "Rust"}},
		{"pull short", "[PULL] drm-rust", patch.Subject{Pull: true, Version: 1, Title: "drm-rust"}},
		{"pull request", "[pull request] x", patch.Subject{Pull: true, Version: 1, Title: "x"}},
		{"pull for a tree", "[GIT PULL rust] x", patch.Subject{Pull: true, Prefixes: []string{"rust"}, Version: 1, Title: "x"}},
		{"pull with a series", "[GIT PULL][PATCH v5 0/8] x", patch.Subject{Patch: true, Version: 5, Total: 8, Title: "x"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := patch.ParseSubject(tt.in)
			if diff := cmp.Diff(tt.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("ParseSubject(%q) mismatch (-want +got):\n%s", tt.in, diff)
			}
		})
	}
}

func TestAreas(t *testing.T) {
	t.Parallel()
	check := func(title string, want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, patch.Areas(title), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("Areas(%q) mismatch (-want +got):\n%s", title, diff)
		}
	}
	check("")
	check(":")
	check(": x")
	check("a whole sentence of words: and more")
	check("add support for x")
	check("rust: kernel: add x", "rust", "kernel")
	check("x86, kasan: fix y", "x86", "kasan")
	check("perf tools: fix y", "perf tools")
	check("net: phy: make it so: really", "net", "phy")
	check(`Revert "rust: z"`, "rust")
	check("fixup! rust/alloc: z", "rust/alloc")
	check("a: b: c: d: e: f: g: h", "a", "b", "c", "d", "e", "f")
}

func TestKey(t *testing.T) {
	t.Parallel()
	same := func(a, b string) {
		t.Helper()
		if x, y := patch.ParseSubject(a).Key(), patch.ParseSubject(b).Key(); x != y {
			t.Errorf("keys differ: %q and %q", x, y)
		}
	}
	same("[PATCH 0/3] Rust: Add  DMA support", "Re: [PATCH v2 0/4] rust: add DMA support.")
	same(`[RFC] "Rust" support`, "[PATCH 00/13] Rust support")
	if a, b := patch.ParseSubject("[PATCH] rust: a").Key(), patch.ParseSubject("[PATCH] rust: b").Key(); a == b {
		t.Errorf("different titles share the key %q", a)
	}
}

func FuzzParseSubject(f *testing.F) {
	for _, s := range []string{
		"", "Re: [PATCH v3 02/17] rust: x", "[RFC PATCH net-next v2 1/5] a: b: c", "[[", "]", "[PATCH [RFC] 1/2 x", "***SPAM*** [EXTERNAL] x (was: y)",
		"回复：x", "[GIT PULL][PATCH]", "Re[2]: x", "\xff[", "İ: ẞ", "[v3,1/2] (was (was: [x]))", "fixup! squash! Revert \"x: y\"",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		s := patch.ParseSubject(in)
		if s.Patch && s.Pull {
			t.Fatal("both a patch and a pull request")
		}
		if (s.Patch || s.Pull) != (s.Version > 0) {
			t.Fatalf("patch %v, pull %v, version %d", s.Patch, s.Pull, s.Version)
		}
		if s.Part < 0 || s.Total < 0 || s.Version < 0 {
			t.Fatalf("negative number in %+v", s)
		}
		key := s.Key()
		if again := patch.ParseSubject(key).Key(); again != key {
			t.Fatalf("key is not idempotent: %q, then %q", key, again)
		}
		if answer := patch.ParseSubject("Re: " + in); answer.Key() != key || !answer.Reply {
			t.Fatalf("reply has another key: %q, then %q", key, answer.Key())
		}
	})
}

func BenchmarkParseSubject(b *testing.B) {
	in := []string{"Re: [PATCH v3 02/17] rust: kernel: add abstractions for x", "[GIT PULL] Rust for v6.13", "Re: [TECH TOPIC] Rust for drivers", "[PATCH] x86: fix y"}
	n := 0
	for _, s := range in {
		n += len(s)
	}
	b.SetBytes(int64(n))
	b.ReportAllocs()
	for b.Loop() {
		for _, s := range in {
			patch.ParseSubject(s)
		}
	}
}

// TestParseSubjectTime would not end in time if the parser were quadratic.
func TestParseSubjectTime(t *testing.T) {
	t.Parallel()
	for _, unit := range []string{"re:", "[[x]", "[x]", "(was: ", "a: ", "[PATCH][", "***SPAM***", "：", "*", "\"", "Revert "} {
		patch.ParseSubject(strings.Repeat(unit, 200_000))
		patch.ParseSubject(strings.Repeat(unit, 200_000) + ")")
	}
}
