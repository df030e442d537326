package people_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"rustle/pkg/people"
)

const maintainers = `List of maintainers
===================

	M: *Mail* patches to: FullName <address@domain>

Maintainers List
----------------

.. note:: not an entry

NET DRIVER FOR THINGS
M:	Al Alpha <al@example.org>
R:	Bea Beta <bea@example.org> (queues)
L:	net@example.org (moderated for non-subscribers)
S:	Maintained
F:	drivers/net/things/
F:	include/net/things.h
X:	drivers/net/things/old/
N:	[^a-z]thing
K:	\bthing_(up|down)\b

NETWORKING
M:	Cleo Gamma <cleo@example.org>
L:	net@example.org
L:	linux-kernel@vger.kernel.org
F:	net/
F:	drivers/net/
F:	drivers/net/*

RUST
M:	Dana Delta <dana@example.org>
R:	Eve Epsilon <eve@example.org>
L:	rust@example.org
F:	rust/
F:	scripts/*rust*
K:	\b(?i:rust)\b

RUST [ALLOC]
M:	Fay Zeta <fay@example.org>
R:	Gus Eta <gus@example.org>
F:	rust/kernel/alloc/

X86 ARCHITECTURE
M:	x86@example.org
M:	Dana Delta <dana@example.org>
F:	arch/x86/

THE REST
M:	Hal Theta <hal@example.org>
L:	linux-kernel@vger.kernel.org
F:	*
F:	*/
`

func directory(t *testing.T, mailmap, user string) *people.Directory {
	t.Helper()
	m, err := people.ParseMaintainers(strings.NewReader(maintainers))
	if err != nil {
		t.Fatal(err)
	}
	m.Release = "1.0"
	lines, err := people.ParseMailmap(strings.NewReader(mailmap))
	if err != nil {
		t.Fatal(err)
	}
	o := people.Options{Maintainers: m, Mailmap: lines}
	if user != "" {
		if o.User, err = people.ParseUserFile(strings.NewReader(user)); err != nil {
			t.Fatal(err)
		}
	}
	return people.New(o)
}

func TestParseMaintainers(t *testing.T) {
	t.Parallel()
	if _, err := people.ParseMaintainers(iotest.ErrReader(errors.New("boom"))); err == nil || !strings.Contains(err.Error(), "boom") {
		t.Errorf("error of the reader: %v", err)
	}
	for _, in := range []string{"", "\n\n", "M:\tnobody <n@example.org>\n", "Just a heading\n", "X:\n"} {
		m, err := people.ParseMaintainers(strings.NewReader(in))
		if err != nil || len(m.Entries) != 0 {
			t.Errorf("ParseMaintainers(%q) = %+v, %v", in, m, err)
		}
	}
	m, err := people.ParseMaintainers(strings.NewReader(maintainers))
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Entries) != 6 {
		t.Fatalf("%d entries, want 6", len(m.Entries))
	}
	want := people.Entry{
		Name:        "NET DRIVER FOR THINGS",
		Maintainers: []people.Contact{{Name: "Al Alpha", Addr: "al@example.org"}},
		Reviewers:   []people.Contact{{Name: "Bea Beta", Addr: "bea@example.org"}},
		Lists:       []string{"net@example.org"},
		Status:      "Maintained",
		Files:       []string{"drivers/net/things/", "include/net/things.h"},
		Excludes:    []string{"drivers/net/things/old/"},
		Names:       []string{"[^a-z]thing"},
		Contents:    []string{`\bthing_(up|down)\b`},
	}
	if diff := cmp.Diff(want, m.Entries[0]); diff != "" {
		t.Errorf("first entry (-want +got):\n%s", diff)
	}
	if c := m.Entries[4].Maintainers[0]; c.Name != "" || c.Addr != "x86@example.org" {
		t.Errorf("contact without a name: %+v", c)
	}
}

func TestParseMailmap(t *testing.T) {
	t.Parallel()
	in := "# comment\n\nno address\n<broken\n<only@example.org>\n" +
		"Jo Doe <jo@example.org>\n" +
		"<new@example.org> <Old@Example.org>\n" +
		"Jo Doe <new@example.org> <old@example.org> # why\r\n" +
		"Jo Doe <new@example.org> J. D. <old@example.org>\n"
	got, err := people.ParseMailmap(strings.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	want := []people.MailmapLine{
		{Name: "Jo Doe", CommitAddr: "jo@example.org"},
		{Addr: "new@example.org", CommitAddr: "old@example.org"},
		{Name: "Jo Doe", Addr: "new@example.org", CommitAddr: "old@example.org"},
		{Name: "Jo Doe", Addr: "new@example.org", CommitName: "J. D.", CommitAddr: "old@example.org"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ParseMailmap (-want +got):\n%s", diff)
	}
	if _, err := people.ParseMailmap(iotest.ErrReader(errors.New("boom"))); err == nil {
		t.Error("the error of the reader is lost")
	}
}

func TestIdentifyName(t *testing.T) {
	t.Parallel()
	d := people.New(people.Options{})
	check := func(name, addr, want string) {
		t.Helper()
		if got := d.Identify(name, addr); got.ID != want || got.Bot {
			t.Errorf("Identify(%q, %q) = %q, want %q", name, addr, got.ID, want)
		}
	}
	check("", "", "")
	check("", "jo@example.org", "jo@example.org")
	check("", " Jo@Example.org ", "jo@example.org")
	check("jo@example.org", "jo@example.org", "jo@example.org")
	check("Jo", "jo@example.org", "Jo <jo@example.org>")
	check("Wei Wang", "wei@example.org", "Wei Wang <wei@example.org>")
	check("Josephine Doe", "jo@example.org", "Josephine Doe")
	check(`"Josephine Doe"`, "jo@example.org", "Josephine Doe")
	check("Josephine  Doe (Some Company)", "jo@example.org", "Josephine Doe")
	check("[EXT] Josephine Doe", "jo@example.org", "Josephine Doe")
	check("Doe, Josephine", "jo@example.org", "Josephine Doe")
	check("Doe, Josephine K", "jo@example.org", "Josephine K Doe")
	check("van Doe, Josephine", "jo@example.org", "Josephine van Doe")
	check("Roe Doe, Josephine", "josephine.doe@example.org", "Josephine Roe Doe")
	check("Josephine Doe, some company", "jo@example.org", "Josephine Doe")
	check("Josephine Doe via B4 Relay", "devnull+jo.example.org@kernel.org", "Josephine Doe")
	check("(none)", "jo@example.org", "none <jo@example.org>")
	check(strings.Repeat("é", 1000), "", strings.Repeat("é", 150))
}

func TestIdentifyBot(t *testing.T) {
	t.Parallel()
	d := people.Default()
	check := func(name, addr, want string) {
		t.Helper()
		p := d.Identify(name, addr)
		if got := p.ID; p.Bot != (want != "") || p.Bot && got != want {
			t.Errorf("Identify(%q, %q) = %q, robot %v, want %q", name, addr, got, p.Bot, want)
		}
	}
	// People.
	check("Josephine Doe", "lkp@intel.com", "")
	check("Abbott Botham", "abbott@example.org", "")
	check("Robottom Smithers", "rob@example.org", "")
	check("Ci Luccini", "ci@example.org", "")
	check("Josephine Doe", "jo+bot@example.org", "")
	check("Marci Doe", "marci@example.org", "")
	check("", "abbott@example.org", "")
	// Robots.
	check("kernel test robot", "lkp@intel.com", "kernel test robot")
	check("kernel test robot", "somebody.real@intel.com", "kernel test robot")
	check("kbuild test robot", "lkp@intel.com", "kernel test robot")
	check("", "lkp@intel.com", "kernel test robot")
	check("syzbot", "syzbot+0123@syzkaller.appspotmail.com", "syzbot")
	check("", "patchwork-bot+netdevbpf@kernel.org", "patchwork-bot")
	check("", "pr-tracker-bot@kernel.org", "pr-tracker-bot")
	check("tip-bot2 for Josephine Doe", "tip-bot2@linutronix.de", "tip-bot2")
	check("", "bot+bpf-ci@kernel.org", "bpf-ci")
	check("Sashiko", "sashiko-bot@kernel.org", "Sashiko")
	check("KernelCI bot", "bot@kernelci.org", "KernelCI")
	check("Media CI", "ci@example.org", "Media CI")
	check("", "some-ci@example.org", "some-ci")
	check("Mail Delivery System", "mailer-daemon@example.org", "mailer-daemon")
}

func TestIdentify(t *testing.T) {
	t.Parallel()
	d := directory(t, "Josephine Doe <jo@example.org> <old@example.org>\n"+
		"Bob Builder <bob@example.org> Shared Desk <desk@example.org>\n"+
		"Tim Tester <team@example.org> <tim@example.org>\nUma Unger <team@example.org> <uma@example.org>\n"+
		"<new@example.org> <before@example.org>\n"+
		"Mark Brown <speedy@example.org>\n", "")
	d = d.Merge([]people.Observation{
		{Name: "J. Doe", Addr: "jo@home.example"},
		{Name: "Jo", Addr: "jo@home.example", Count: 5},
		{Name: "Josephine Doe", Addr: "jo@home.example"},
		{Name: "Josephine Doe via B4 Relay", Addr: "devnull+jo.example.org@kernel.org"},
		{Name: "Björn Bärnson", Addr: "bb@example.org"},
		{Name: "Wei Wang", Addr: "wei@a.example"},
		{Name: "Wei Wang", Addr: "wei@b.example"},
		{Name: "Zoe Zander", Addr: "list@example.org"},
		{Name: "Yan Yonder", Addr: "list@example.org"},
		{Name: "Xaver Xylo", Addr: "list@example.org"},
		{Name: "Old Surname", Addr: "renamed@example.org"},
		{Name: "Old Newname", Addr: "renamed@example.org", Count: 3},
		{Name: "mark brown", Addr: "speedy@elsewhere.example"},
		{Name: "kernel test robot", Addr: "al@example.org"},
	})
	check := func(name, addr, want, rule string) {
		t.Helper()
		p := d.Identify(name, addr)
		if p.ID != want || p.Why[0].Rule != rule {
			t.Errorf("Identify(%q, %q) = %q by %v, want %q by %s", name, addr, p.ID, p.Why, want, rule)
		}
	}
	check("Jo", "jo@example.org", "Josephine Doe", "address")
	check("", "old@example.org", "Josephine Doe", "address")
	check("", "jo@home.example", "Josephine Doe", "address")
	check("Doe, Josephine", "jo@work.example", "Josephine Doe", "name")
	check("Josephine K. Doe", "jo@work.example", "Josephine Doe", "name")
	check("josephine DOE", "jo@work.example", "Josephine Doe", "name")
	check("Josephine Doe via B4 Relay", "devnull+jo.example.org@kernel.org", "Josephine Doe", "via")
	check("Josephine", "jo@work.example", "Josephine <jo@work.example>", "mail")
	check("Bjorn Barnson", "other@example.org", "Björn Bärnson", "name")
	check("Shared Desk", "desk@example.org", "Bob Builder", "mailmap")
	check("Other Person", "desk@example.org", "Other Person", "mail")
	check("Tim Tester", "team@example.org", "Tim Tester", "name")
	check("Uma Unger", "team@example.org", "Uma Unger", "name")
	check("", "uma@example.org", "Uma Unger", "address")
	check("", "before@example.org", "new@example.org", "address")
	check("Wei Wang", "wei@a.example", "Wei Wang <wei@a.example>", "address")
	check("Wei Wang", "wei@b.example", "Wei Wang <wei@b.example>", "address")
	check("Wei Wang", "wei@c.example", "Wei Wang <wei@c.example>", "mail")
	check("Zoe Zander", "list@example.org", "Zoe Zander", "name")
	check("", "list@example.org", "list@example.org", "mail")
	check("", "renamed@example.org", "Old Newname", "address")
	check("Old Surname", "x@example.org", "Old Newname", "name")
	check("Al Alpha", "al@example.org", "Al Alpha", "address")
	check("Bea Beta", "al@example.org", "Bea Beta", "name")
	check("Someone Else", "al@example.org", "Al Alpha", "address")
	check("Mark Brown", "speedy@third.example", "Mark Brown", "name")
	check("Mark Brown", "speedy@elsewhere.example", "Mark Brown", "address")
	check("Mark Brown", "markus@example.org", "Mark Brown <markus@example.org>", "mail")
}

func TestExplain(t *testing.T) {
	t.Parallel()
	d := directory(t, "Al Alpha <al@example.org> <al@old.example>\n", "").Merge([]people.Observation{{Name: "Al Alpha", Addr: "al@home.example", Count: 2}})
	got := d.Explain(d.Identify("", "al@home.example"))
	want := []people.Reason{
		{Rule: "mail", Text: "mail from Al Alpha <al@home.example>, 2 times"},
		{Rule: "mailmap", Text: ".mailmap: Al Alpha <al@example.org> <al@old.example>"},
		{Rule: "maintainers", Text: "MAINTAINERS 1.0 lists Al Alpha <al@example.org>"},
		{Rule: "name", Text: `"Al Alpha" is an unusual full name, and stands with al@example.org, al@home.example, al@old.example`},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Explain (-want +got):\n%s", diff)
	}
	if got := d.Explain(d.Identify("Not Known", "n@example.org")); len(got) != 1 || got[0].Rule != "mail" {
		t.Errorf("Explain of a stranger = %v", got)
	}
	for _, q := range []string{"Al Alpha", "alpha, al", "AL@old.example"} {
		if ps := d.Find(q); len(ps) != 1 || ps[0].ID != "Al Alpha" {
			t.Errorf("Find(%q) = %v", q, ps)
		}
	}
	if ps := d.Find("nobody at all"); len(ps) != 0 {
		t.Errorf("Find of nobody = %v", ps)
	}
	if ps := d.Find(""); len(ps) != 0 {
		t.Errorf("Find of nothing = %v", ps)
	}
	if ps := d.People(); !slices.IsSortedFunc(ps, func(a, b people.Person) int { return strings.Compare(a.ID, b.ID) }) {
		t.Error("People is not sorted")
	}
}

func TestUserFile(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{
		"[[join]]\nname = \"A\"\n", "[[join]]\nmembers = [\"a\"]\n", "[[split]]\n", "[[join]]\nname = \"A\"\nmember = [\"a\"]\n", "[[", "join = 1",
	} {
		if _, err := people.ParseUserFile(strings.NewReader(bad)); err == nil || !strings.HasPrefix(err.Error(), "people file: ") {
			t.Errorf("ParseUserFile(%q): %v", bad, err)
		}
	}
	obs := []people.Observation{
		{Name: "Jo", Addr: "jo@example.org"},
		{Name: "Josephine Doe", Addr: "doe@example.org"},
		{Name: "Sandra Unusual", Addr: "sandra@a.example"},
		{Name: "Sandra Unusual", Addr: "sandra@b.example"},
		{Name: "Otto Ordinary", Addr: "desk@example.org"},
		{Name: "Olga Ordinary", Addr: "desk@example.org"},
	}
	d := directory(t, "", `
[[join]]
name = "Josephine D. Doe"
members = ["jo@example.org", "Josephine Doe", "Nickname"]
[[split]]
name = "Sandra Unusual"
[[split]]
addr = "Desk@example.org"
`).Merge(obs)
	check := func(name, addr, want string) {
		t.Helper()
		if got := d.Identify(name, addr).ID; got != want {
			t.Errorf("Identify(%q, %q) = %q, want %q", name, addr, got, want)
		}
	}
	check("Jo", "jo@example.org", "Josephine D. Doe")
	check("", "doe@example.org", "Josephine D. Doe")
	check("Nickname", "elsewhere@example.org", "Josephine D. Doe")
	check("Sandra Unusual", "sandra@a.example", "Sandra Unusual <sandra@a.example>")
	check("Sandra Unusual", "sandra@b.example", "Sandra Unusual <sandra@b.example>")
	check("Otto Ordinary", "desk@example.org", "Otto Ordinary")
	check("Olga Ordinary", "desk@example.org", "Olga Ordinary")
}

// A role by file and the match of that file are found on two ways; both must say the same of everybody.
func TestRoleByFileAgreesWithMatch(t *testing.T) {
	t.Parallel()
	d := people.Default()
	paths := []string{
		"rust/kernel/lib.rs", "rust/", "rust", "Makefile", "Makefile.asm-headers", "MAINTAINERS", "drivers/net/phy/ax88796b_rust.rs", "drivers/net/phy",
		"drivers/gpu/drm/nova/nova.rs", "scripts/kconfig/conf.c", "scripts/Makefile.build", "arch/x86/include/asm/io.h", "include/linux/rust_binder.h",
		"tools/testing/selftests/bpf/prog.c", "kernel/module/main.c", "Documentation/devicetree/bindings/net/x.yaml", "fs/ext4/", "nowhere/at/all.c", "", "/etc",
	}
	everybody := d.People()
	for _, path := range paths {
		matched := map[string]bool{}
		for _, m := range d.Match([]string{path}, "") {
			matched[m.Entry.Name] = true
		}
		for _, p := range everybody {
			maintains, reviews := d.Claims(p)
			if slices.Contains(maintains, "THE REST") {
				continue
			}
			want := slices.ContainsFunc(append(maintains, reviews...), func(e string) bool { return matched[e] })
			r := d.Role(p, []string{path}, nil, nil)
			if got := r.Basis == people.BasisFile; got != want || got && !matched[r.Subsystem] {
				t.Fatalf("%s and %q: role %+v, matched %v", p.ID, path, r, want)
			}
		}
	}
}

func TestRole(t *testing.T) {
	t.Parallel()
	d := directory(t, "", "")
	type in struct {
		who                 string
		files, areas, lists []string
	}
	tests := []struct {
		name string
		in   in
		want people.Role
	}{
		{"stranger", in{who: "nobody@example.org", files: []string{"rust/lib.rs"}}, people.Role{Name: people.Developer, Basis: people.BasisUnknown}},
		{"robot", in{who: "lkp@intel.com"}, people.Role{Name: people.Bot, Basis: people.BasisUnknown}},
		{"the top", in{who: "hal@example.org"}, people.Role{Name: people.TopMaintainer, Subsystem: "THE REST", Source: "MAINTAINERS 1.0: THE REST", Basis: people.BasisFile}},
		{"file", in{who: "al@example.org", files: []string{"drivers/net/things/a.c"}}, people.Role{Name: people.Maintainer, Subsystem: "NET DRIVER FOR THINGS", Source: "MAINTAINERS 1.0: NET DRIVER FOR THINGS", Basis: people.BasisFile}},
		{"excluded file", in{who: "al@example.org", files: []string{"drivers/net/things/old/a.c"}}, people.Role{Name: people.Maintainer, Subsystem: "NET DRIVER FOR THINGS", Source: "MAINTAINERS 1.0: NET DRIVER FOR THINGS (not shown by the mail)", Basis: people.BasisPerson}},
		{"reviewer", in{who: "bea@example.org", files: []string{"drivers/net/things/a.c"}}, people.Role{Name: people.Reviewer, Subsystem: "NET DRIVER FOR THINGS", Source: "MAINTAINERS 1.0: NET DRIVER FOR THINGS (R:)", Basis: people.BasisFile}},
		{"area", in{who: "al@example.org", areas: []string{"things"}}, people.Role{Name: people.Maintainer, Subsystem: "NET DRIVER FOR THINGS", Source: "MAINTAINERS 1.0: NET DRIVER FOR THINGS", Basis: people.BasisArea}},
		{"another area", in{who: "al@example.org", areas: []string{"block"}}, people.Role{Name: people.Maintainer, Subsystem: "NET DRIVER FOR THINGS", Source: "MAINTAINERS 1.0: NET DRIVER FOR THINGS (not shown by the mail)", Basis: people.BasisPerson}},
		{"list", in{who: "cleo@example.org", lists: []string{"net.example.org"}}, people.Role{Name: people.Maintainer, Subsystem: "NETWORKING", Source: "MAINTAINERS 1.0: NETWORKING", Basis: people.BasisList}},
		{"a list of everything", in{who: "cleo@example.org", lists: []string{"linux-kernel.vger.kernel.org"}}, people.Role{Name: people.Maintainer, Subsystem: "NETWORKING", Source: "MAINTAINERS 1.0: NETWORKING (not shown by the mail)", Basis: people.BasisPerson}},
		{"rust", in{who: "dana@example.org", files: []string{"rust/kernel/lib.rs"}}, people.Role{Name: people.RustMaintainer, Subsystem: "RUST", Source: "MAINTAINERS 1.0: RUST", Basis: people.BasisFile}},
		{"rust, elsewhere", in{who: "dana@example.org"}, people.Role{Name: people.RustMaintainer, Subsystem: "RUST", Source: "MAINTAINERS 1.0: RUST (not shown by the mail)", Basis: people.BasisPerson}},
		{"another hat", in{who: "dana@example.org", files: []string{"arch/x86/kernel/setup.c"}}, people.Role{Name: people.Maintainer, Subsystem: "X86 ARCHITECTURE", Source: "MAINTAINERS 1.0: X86 ARCHITECTURE", Basis: people.BasisFile}},
		{"rust team", in{who: "eve@example.org", files: []string{"scripts/generate_rust_target.rs"}}, people.Role{Name: people.RustMaintainer, Subsystem: "RUST", Source: "MAINTAINERS 1.0: RUST (R:)", Basis: people.BasisFile}},
		{"part of rust", in{who: "fay@example.org", files: []string{"rust/kernel/alloc/kvec.rs"}}, people.Role{Name: people.RustMaintainer, Subsystem: "RUST [ALLOC]", Source: "MAINTAINERS 1.0: RUST [ALLOC]", Basis: people.BasisFile}},
		{"reviewer of a part", in{who: "gus@example.org", files: []string{"rust/kernel/alloc/kvec.rs"}}, people.Role{Name: people.Reviewer, Subsystem: "RUST [ALLOC]", Source: "MAINTAINERS 1.0: RUST [ALLOC] (R:)", Basis: people.BasisFile}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := d.Role(d.Identify("", tt.in.who), tt.in.files, tt.in.areas, tt.in.lists)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Role (-want +got):\n%s", diff)
			}
		})
	}
	m, r := d.Claims(d.Identify("", "dana@example.org"))
	if diff := cmp.Diff([]string{"RUST", "X86 ARCHITECTURE"}, m); diff != "" || len(r) != 0 {
		t.Errorf("Claims: %s, reviews %v", diff, r)
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	entry := func(lines string) *people.Directory {
		m, err := people.ParseMaintainers(strings.NewReader("ENTRY\n" + lines))
		if err != nil {
			t.Fatal(err)
		}
		return people.New(people.Options{Maintainers: m})
	}
	check := func(lines, path, content string, want bool) {
		t.Helper()
		var paths []string
		if path != "" {
			paths = []string{path}
		}
		if got := len(entry(lines).Match(paths, content)) > 0; got != want {
			t.Errorf("%q matches %q %q: %v, want %v", lines, path, content, got, want)
		}
	}
	// The rules that the head of MAINTAINERS explains.
	check("F:\tdrivers/net/\n", "drivers/net/a.c", "", true)
	check("F:\tdrivers/net/\n", "drivers/net/b/a.c", "", true)
	check("F:\tdrivers/net/\n", "drivers/netx/a.c", "", false)
	check("F:\tdrivers/net/*\n", "drivers/net/a.c", "", true)
	check("F:\tdrivers/net/*\n", "drivers/net/b/a.c", "", false)
	check("F:\t*/net/*\n", "arch/net/a.c", "", true)
	check("F:\t*/net/*\n", "arch/x86/net/a.c", "", false)
	check("F:\tnet/\nX:\tnet/ipv6/\n", "net/core/a.c", "", true)
	check("F:\tnet/\nX:\tnet/ipv6/\n", "net/ipv6/a.c", "", false)
	check("N:\t[^a-z]tegra\n", "drivers/tegra.c", "", true)
	check("N:\t[^a-z]tegra\n", "drivers/integrator.c", "", false)
	check("K:\t\\b(printk|pr_(info|err))\\b\n", "", "+\tpr_err(\"x\");", true)
	check("K:\t\\b(printk|pr_(info|err))\\b\n", "", "+\tpr_errx(\"x\");", false)
	check("K:\t\\b(?i:rust)\\b\n", "", "some Rust here", true)
	check("K:\t\\b(?i:rust)\\b\n", "", "some trust here", false)
	// Corners.
	check("F:\t*\nF:\t*/\n", "Makefile", "", true)
	check("F:\t*\nF:\t*/\n", "a/b/c", "", true)
	check("F:\ta/b\n", "a/b/c", "", true)
	check("F:\ta/b.c\n", "a/b.c", "", true)
	check("F:\ta/b.[ch]\n", "a/b.h", "", true)
	check("F:\ta/b.[ch]\n", "a/b.o", "", false)
	check("F:\ta/da9[01]??-*.c\n", "a/da9012-x.c", "", true)
	check("F:\ta/da9[01]??-*.c\n", "a/da9212-x.c", "", false)
	check("F:\ta/[^x]*\n", "a/b", "", true)
	check("F:\ta/[^x]*\n", "a/x", "", false)
	check("F:\ta/[b\n", "a/[b", "", true)
	check("F:\ta*b*c*d\n", "axxbyyczzd", "", true)
	check("F:\ta*b*c*d\n", "axxbyycz", "", false)
	check("N:\t(unclosed\n", "(unclosed", "", false)
	check("N:\tbcm113*\n", "x/bcm11", "", true)
	check("F:\tx\n", "", "", false)

	ms := directory(t, "", "").Match([]string{"drivers/net/things/a.c"}, "thing_up(x)")
	var got []string
	for _, m := range ms {
		got = append(got, string(m.Letter)+" "+m.Entry.Name)
	}
	want := []string{"F NET DRIVER FOR THINGS", "F NETWORKING", "F THE REST", "K NET DRIVER FOR THINGS"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Match (-want +got):\n%s", diff)
	}
}

// TestMatchTime would not end in time if a pattern could blow up.
func TestMatchTime(t *testing.T) {
	t.Parallel()
	m, err := people.ParseMaintainers(strings.NewReader("E\nF:\t" + strings.Repeat("*a", 500) + "b\nN:\t(a*)*b\n"))
	if err != nil {
		t.Fatal(err)
	}
	people.New(people.Options{Maintainers: m}).Match([]string{strings.Repeat("a", 20_000)}, "")
}

func TestDefault(t *testing.T) {
	t.Parallel()
	d := people.Default()
	check := func(name, addr, id, role string) {
		t.Helper()
		p := d.Identify(name, addr)
		if r := d.Role(p, nil, nil, nil); p.ID != id || r.Name != role {
			t.Errorf("Identify(%q, %q) = %q, %s, want %q, %s", name, addr, p.ID, r.Name, id, role)
		}
	}
	check("", "torvalds@linux-foundation.org", "Linus Torvalds", people.TopMaintainer)
	check("Greg KH", "gregkh@linuxfoundation.org", "Greg Kroah-Hartman", people.Maintainer)
	check("Miguel Ojeda", "miguel.ojeda.sandonis@gmail.com", "Miguel Ojeda", people.RustMaintainer)
	check("Josephine Doe", "jo@example.org", "Josephine Doe", people.Developer)
}

// TestMergeProperties holds that identities are a pure function of the set of observations.
func TestMergeProperties(t *testing.T) {
	t.Parallel()
	base := directory(t, "Ada Aleph <ada@x.example> <ada@y.example>\nBo Beth <bo@x.example> Odd Name <ada@z.example>\n", "")
	rapid.Check(t, func(t *rapid.T) {
		obs := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) people.Observation {
			return people.Observation{
				Name:  rapid.SampledFrom([]string{"", "Ada", "Ada Aleph", "Aleph, Ada", "Bo Beth", "Odd Name", "Wei Wang", "Cy Gimel via B4 Relay", "Cy Gimel", "kernel test robot"}).Draw(t, "name"),
				Addr:  rapid.SampledFrom([]string{"", "ada@x.example", "ada@y.example", "ada@z.example", "bo@x.example", "cy@x.example", "devnull+cy@kernel.org", "al@example.org"}).Draw(t, "addr"),
				Count: rapid.IntRange(0, 3).Draw(t, "count"),
			}
		}), 0, 12).Draw(t, "observations")
		describe := func(d *people.Directory) []string {
			var out []string
			for _, o := range obs {
				p := d.Identify(o.Name, o.Addr)
				out = append(out, p.ID+" "+p.Addr+" "+strings.Join(p.Addrs, ",")+" "+strings.Join(p.Names, ",")+" "+p.Why[0].Text)
				for _, r := range d.Explain(p) {
					out = append(out, r.Rule+r.Text)
				}
			}
			return out
		}
		want := describe(base.Merge(obs))
		mixed := rapid.Permutation(obs).Draw(t, "order")
		if diff := cmp.Diff(want, describe(base.Merge(mixed)), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("the order of observations changes identities (-want +got):\n%s", diff)
		}
		cut := rapid.IntRange(0, len(obs)).Draw(t, "cut")
		if diff := cmp.Diff(want, describe(base.Merge(obs[cut:]).Merge(obs[:cut])), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("merging in two steps differs (-want +got):\n%s", diff)
		}
		// Everybody has one ID, and it finds him again.
		d := base.Merge(obs)
		ids := make(map[string]bool)
		for _, p := range d.People() {
			if ids[p.ID] {
				t.Fatalf("ID %q twice", p.ID)
			}
			ids[p.ID] = true
			if f := d.Find(p.ID); len(f) != 1 || f[0].ID != p.ID {
				t.Fatalf("Find(%q) = %v", p.ID, f)
			}
		}
	})
}

func FuzzParseMaintainers(f *testing.F) {
	f.Add(maintainers)
	f.Add("A\nF:\t[\nF:\t*?[a-]\nN:\t(\nK:\t\\\nX:\t\nM:\t<\nR:\t>@<\n")
	f.Fuzz(func(t *testing.T, in string) {
		m, err := people.ParseMaintainers(strings.NewReader(in))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range m.Entries {
			if e.Name == "" {
				t.Fatal("an entry without a name")
			}
		}
		var b strings.Builder
		if _, err := m.WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		d := people.New(people.Options{Maintainers: m})
		d.Match([]string{"a/b/c.rs", "", "/", "[", in}, in)
		for _, p := range d.People() {
			d.Role(p, []string{"a/b"}, []string{"a"}, nil)
		}
	})
}

func FuzzParseMailmap(f *testing.F) {
	f.Add("Jo Doe <new@example.org> J. D. <old@example.org>\n<a@b> <c@d>\n")
	f.Add("<>\n< > <>\nA <> <x>\n\xff <\xfe>")
	f.Fuzz(func(t *testing.T, in string) {
		lines, err := people.ParseMailmap(strings.NewReader(in))
		if err != nil {
			t.Fatal(err)
		}
		d := people.New(people.Options{Mailmap: lines})
		for _, l := range lines {
			d.Identify(l.CommitName, l.CommitAddr)
		}
		seen := make(map[string]bool)
		for _, p := range d.People() {
			if seen[p.ID] {
				t.Fatalf("ID %q twice", p.ID)
			}
			seen[p.ID] = true
		}
	})
}

func FuzzIdentify(f *testing.F) {
	f.Add("Doe, Jo (X) via B4 Relay", "devnull+a.b@kernel.org")
	f.Add("\"<>[](),", "@")
	f.Fuzz(func(t *testing.T, name, addr string) {
		d := people.Default()
		p := d.Identify(name, addr)
		q := d.Identify(name, addr)
		if p.ID != q.ID || len(p.Why) == 0 {
			t.Fatalf("%+v, then %+v", p, q)
		}
		d.Role(p, []string{name}, []string{addr}, []string{name})
		d.Explain(p)
		d.Find(name)
	})
}

// An address joins what it stands with; an address of several people, of a list, a gateway or a robot joins nobody, and
// who sends from the account of somebody else is not him.
func TestMergeByAddress(t *testing.T) {
	t.Parallel()
	d := people.New(people.Options{Maintainers: &people.Maintainers{Entries: []people.Entry{
		{Name: "WIDGETS", Maintainers: []people.Contact{{Name: "Wren Tallow", Addr: "wren@tallow.test"}}},
	}}}).Merge([]people.Observation{
		{Addr: "lark@fen.test"},
		{Name: "Lark Fenwick", Addr: "lark@fen.test"},
		{Name: "lark", Addr: "lark@fen.test", Count: 90},
		{Name: "Tern O. Gullet", Addr: "tern@gull.test"},
		{Name: "T. Gullet", Addr: "tern@gull.test", Count: 9},
		{Name: "丁燕", Addr: "tern@gull.test"},
		{Name: "Hana Example", Addr: "team@work.test"},
		{Name: "Ivo Sampleton", Addr: "team@work.test"},
		{Name: "Hana Example", Addr: "hana@home.test"},
		{Name: "Mr Hans Scamford", Addr: "spam@spam.test"},
		{Name: "Mr Otto Trickle", Addr: "spam@spam.test"},
		{Name: "Regression tracking (Rook Corvid)", Addr: "track@rook.test"},
		{Name: "Rook Corvid", Addr: "track@rook.test"},
		{Name: "Dove Pidgin", Addr: "wren@tallow.test"},
		{Name: "Dove Pidgin", Addr: "dove@pidgin.test"},
		{Name: "wren", Addr: "wren@tallow.test"},
		{Name: "Kite Harrier", Addr: "linux-widgets@vger.kernel.org"},
		{Addr: "linux-widgets@vger.kernel.org"},
		{Name: "kernel test robot", Addr: "lark@fen.test"},
		{Name: "Snipe Curlew via B4 Relay", Addr: "devnull+snipe.curlew.test@kernel.org"},
		{Name: "Snipe Curlew", Addr: "snipe@curlew.test"},
		{Name: "Jay C", Addr: "jay@c.test", Count: 20},
		{Name: "Jay Corbie", Addr: "jay@c.test"},
	})
	for _, c := range []struct{ name, addr, want string }{
		{"", "lark@fen.test", "Lark Fenwick"},
		{"lark", "LARK@fen.test", "Lark Fenwick"},
		{"丁燕", "tern@gull.test", "Tern O. Gullet"},
		{"Hana Example", "team@work.test", "Hana Example"},
		{"Ivo Sampleton", "team@work.test", "Ivo Sampleton"},
		{"", "team@work.test", "team@work.test"},
		{"Mr Otto Trickle", "spam@spam.test", "Mr Otto Trickle"},
		{"Regression tracking (Rook Corvid)", "track@rook.test", "Rook Corvid"},
		{"Dove Pidgin", "wren@tallow.test", "Dove Pidgin"},
		{"wren", "wren@tallow.test", "Wren Tallow"},
		{"Kite Harrier", "linux-widgets@vger.kernel.org", "Kite Harrier"},
		{"", "linux-widgets@vger.kernel.org", "linux-widgets@vger.kernel.org"},
		{"kernel test robot", "lark@fen.test", "kernel test robot"},
		{"Snipe Curlew via B4 Relay", "devnull+snipe.curlew.test@kernel.org", "Snipe Curlew"},
		{"Jay C", "jay@c.test", "Jay Corbie"},
	} {
		if got := d.Identify(c.name, c.addr).ID; got != c.want {
			t.Errorf("%q <%s> is %q, want %q", c.name, c.addr, got, c.want)
		}
	}
	var said []string
	for _, r := range d.Explain(d.Identify("", "lark@fen.test")) {
		said = append(said, r.Rule+": "+r.Text)
	}
	want := []string{
		"address: lark@fen.test stands with the names Lark Fenwick, lark",
		"mail: mail from <lark@fen.test>, 1 time",
		"mail: mail from Lark Fenwick <lark@fen.test>, 1 time",
		"mail: mail from lark <lark@fen.test>, 90 times",
	}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Errorf("reasons (-want +got):\n%s", diff)
	}
}

// The mark of a person changes when he is somebody else or has other claims, and with nothing else.
func TestResolve(t *testing.T) {
	t.Parallel()
	none := people.New(people.Options{})
	mark := func(d *people.Directory, name, addr string) uint64 {
		_, m := d.Resolve(name, addr)
		return m
	}
	before := mark(none, "", "wren@tallow.test")
	if before == 0 || before != mark(none, "", "WREN@tallow.test") {
		t.Error("no mark, or one that depends on case")
	}
	if named := none.Merge([]people.Observation{{Name: "Wren Tallow", Addr: "wren@tallow.test"}}); mark(named, "", "wren@tallow.test") == before {
		t.Error("a name leaves the mark as it was")
	}
	if other := none.Merge([]people.Observation{{Addr: "wren@tallow.test", Count: 7}, {Name: "Lark Fenwick", Addr: "lark@fen.test"}}); mark(other, "", "wren@tallow.test") != before {
		t.Error("mail of others changes the mark")
	}
	entry := people.Entry{Name: "WIDGETS", Maintainers: []people.Contact{{Addr: "wren@tallow.test"}}}
	if claims := people.New(people.Options{Maintainers: &people.Maintainers{Entries: []people.Entry{entry}}}); mark(claims, "", "wren@tallow.test") == before {
		t.Error("a claim leaves the mark as it was")
	}
}

// A Memo that serves two directories, and more people than it has room for, knows them as their directory does.
func TestMemo(t *testing.T) {
	t.Parallel()
	var memo people.Memo
	dirs := []*people.Directory{directory(t, "", ""), directory(t, "Dana D. <dana@example.org> <d@example.org>\n", "")}
	for _, d := range dirs {
		for i := range 3000 {
			name, addr := "Dana Delta", []string{"dana@example.org", "d@example.org", "", "DANA@example.org"}[i%4]
			if i%3 == 0 {
				name = fmt.Sprintf("Pat Number%d", i)
			}
			if i%100 == 0 {
				name = strings.Repeat("Pat ", 100) + "Delta"
			}
			if diff := cmp.Diff(d.Identify(name, addr), memo.Identify(d, name, addr)); diff != "" {
				t.Fatalf("%q <%s> (-directory +memo):\n%s", name, addr, diff)
			}
		}
	}
}
