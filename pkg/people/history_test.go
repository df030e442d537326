package people_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rustle/pkg/people"
)

// kernel makes a repository with a MAINTAINERS file at each release.
type kernel struct {
	t   *testing.T
	dir string
}

func (k kernel) git(at string, args ...string) {
	k.t.Helper()
	cmd := exec.CommandContext(k.t.Context(), "git", append([]string{"-C", k.dir}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=T", "GIT_AUTHOR_EMAIL=t@example.org",
		"GIT_COMMITTER_NAME=T", "GIT_COMMITTER_EMAIL=t@example.org", "GIT_AUTHOR_DATE="+at+"T12:00:00Z", "GIT_COMMITTER_DATE="+at+"T12:00:00Z")
	if out, err := cmd.CombinedOutput(); err != nil {
		k.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func (k kernel) release(at, tag, file, text string) {
	k.t.Helper()
	if err := os.WriteFile(filepath.Join(k.dir, file), []byte(text), 0o644); err != nil {
		k.t.Fatal(err)
	}
	k.git(at, "add", ".")
	k.git(at, "commit", "-q", "--allow-empty", "-m", tag)
	k.git(at, "tag", "-a", "-m", tag, tag)
}

func newKernel(t *testing.T) kernel {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Fatal("the tests need git")
	}
	k := kernel{t, t.TempDir()}
	k.git("2020-01-01", "init", "-q", "-b", "main")
	return k
}

const (
	before = "Maintainers List\n----------------\n\nRUST\nM:\tDana Delta <dana@example.org>\nR:\tEve Epsilon <eve@example.org>\nF:\trust/\n\n" +
		"WIDGETS\nR:\tHal Theta <hal@example.org>\nF:\tlib/widget.c\n"
	after = "Maintainers List\n----------------\n\nRUST\nM:\tEve Epsilon <eve@kernel.example>\nF:\trust/\n\n" +
		"WIDGETS\nM:\tHal Theta <hal@example.org>\nF:\tlib/widget.c\n"
)

func TestOpenHistoryErrors(t *testing.T) {
	t.Parallel()
	empty := newKernel(t)
	empty.release("2020-02-01", "v6.1-rc1", "MAINTAINERS", before)
	other := newKernel(t)
	other.release("2020-02-01", "v1.0", "README", "not Linux\n")
	for _, tt := range []struct{ name, dir, want string }{
		{"no directory", filepath.Join(empty.dir, "nowhere"), "nowhere: git:"},
		{"no repository", t.TempDir(), "not a git repository"},
		{"no release", empty.dir, "no tag of a Linux release"},
		{"no MAINTAINERS", other.dir, "v1.0 has no MAINTAINERS"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h, err := people.OpenHistory(t.Context(), tt.dir, people.Options{})
			if err == nil || h != nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want it to hold %q", err, tt.want)
			}
		})
	}
}

func TestHistoryRole(t *testing.T) {
	t.Parallel()
	k := newKernel(t)
	k.release("2022-12-11", "v6.1", "MAINTAINERS", before)
	k.release("2023-02-01", "v6.2-rc1", "MAINTAINERS", "nothing\n")
	k.release("2023-02-10", "v6.1.9", "MAINTAINERS", "nothing\n")
	k.release("2024-11-17", "v6.12", "MAINTAINERS", after)
	h, err := people.OpenHistory(t.Context(), k.dir, people.Options{})
	if err != nil {
		t.Fatal(err)
	}
	today := people.New(people.Options{})
	for _, tt := range []struct{ name, addr, at, file, role, source string }{
		{"Nobody Known", "nobody@example.org", "2023-05-01", "rust/lib.rs", "developer", ""},
		{"Dana Delta", "dana@example.org", "2023-05-01", "rust/lib.rs", "rust-maintainer", "MAINTAINERS 6.1: RUST"},
		{"Dana Delta", "dana@example.org", "2025-01-01", "rust/lib.rs", "developer", ""},
		{"Dana Delta", "dana@example.org", "2021-01-01", "rust/lib.rs", "rust-maintainer", "MAINTAINERS 6.1: RUST (a later release)"},
		{"Eve Epsilon", "eve@example.org", "2023-05-01", "rust/lib.rs", "rust-maintainer", "MAINTAINERS 6.1: RUST (R:)"},
		{"Eve Epsilon", "eve@example.org", "2025-01-01", "rust/lib.rs", "rust-maintainer", "MAINTAINERS 6.12: RUST"},
		{"Hal Theta", "hal@example.org", "2024-11-17", "lib/widget.c", "reviewer", "MAINTAINERS 6.1: WIDGETS (R:)"},
		{"Hal Theta", "hal@example.org", "2024-11-18", "lib/widget.c", "maintainer", "MAINTAINERS 6.12: WIDGETS"},
		{"kernel test robot", "lkp@intel.com", "2024-11-18", "lib/widget.c", "bot", ""},
	} {
		at, err := time.Parse(time.DateOnly, tt.at)
		if err != nil {
			t.Fatal(err)
		}
		role, ok := h.Role(at, tt.name, tt.addr, today.Identify(tt.name, tt.addr), []string{tt.file}, nil, nil)
		if !ok || role.Name != tt.role || role.Source != tt.source {
			t.Errorf("%s on %s: %s %q %v, want %s %q", tt.name, tt.at, role.Name, role.Source, ok, tt.role, tt.source)
		}
	}
	old := h.Fingerprint()
	k.release("2025-01-20", "v6.13", "MAINTAINERS", after)
	again, err := people.OpenHistory(t.Context(), k.dir, people.Options{})
	if err != nil || again.Fingerprint() == old {
		t.Errorf("the fingerprint does not see a new release (%v)", err)
	}
	if err := os.RemoveAll(filepath.Join(k.dir, ".git")); err != nil {
		t.Fatal(err)
	}
	if _, ok := again.Role(time.Now(), "Eve Epsilon", "eve@example.org", people.Person{}, nil, nil, nil); ok {
		t.Error("a role from a repository that is gone")
	}
}

// What people have on their disks: bare and mirrored clones, worktrees, packed refs, few tags, a branch named like a tag.
func TestHistoryOfClones(t *testing.T) {
	t.Parallel()
	k := newKernel(t)
	k.release("2005-06-17", "v2.6.12", "MAINTAINERS", "Maintainers List\n----------------\n\nWIDGETS\nP:\tRen\xe9 Iota\nM:\trene@example.org\nS:\tMaintained\n")
	k.release("2022-12-11", "v6.1", "MAINTAINERS", before)
	k.release("2024-11-17", "v6.12", "MAINTAINERS", after)
	k.git("2024-11-18", "branch", "v6.12", "v6.1")
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	k.git("2024-11-19", "clone", "-q", "--bare", ".", at("bare"))
	k.git("2024-11-19", "clone", "-q", "--mirror", ".", at("mirror"))
	k.git("2024-11-19", "clone", "-q", "--depth", "1", "--branch", "main", "file://"+k.dir, at("shallow"))
	k.git("2024-11-19", "clone", "-q", "--depth", "1", "file://"+k.dir, at("tagged"))
	kernel{t, at("tagged")}.git("2024-11-19", "fetch", "-q", "--depth", "1", "--tags")
	k.git("2024-11-19", "clone", "-q", ".", at("packed"))
	packed := kernel{t, at("packed")}
	packed.git("2024-11-19", "pack-refs", "--all")
	packed.git("2024-11-19", "gc", "-q")
	packed.git("2024-11-19", "worktree", "add", "-q", "--detach", at("worktree"), "v6.1")
	k.git("2024-11-19", "config", "uploadpack.allowFilter", "true")
	k.git("2024-11-19", "clone", "-q", "--bare", "--filter=blob:none", "file://"+k.dir, at("partial"))

	eve, rene := people.Person{Name: "Eve Epsilon", Addr: "eve@kernel.example"}, people.Person{Name: "Ren\u00e9 Iota", Addr: "rene@example.org"}
	for _, c := range []struct {
		dir, want string
	}{
		{k.dir, ""},
		{filepath.Join(k.dir, ".git"), ""},
		{at("bare"), ""},
		{at("mirror"), ""},
		{at("packed"), ""},
		{at("worktree"), ""},
		{at("shallow"), "MAINTAINERS 6.12: RUST"}, // brings the tag of its one commit
		{at("partial"), "the clone lacks the file MAINTAINERS of v6.12"},
		{at("tagged"), ""},
	} {
		h, err := people.OpenHistory(t.Context(), c.dir, people.Options{})
		if err != nil {
			if c.want == "" || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v, want %q", c.dir, err, c.want)
			}
			continue
		}
		role, ok := h.Role(time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), eve.Name, eve.Addr, eve, []string{"rust/lib.rs"}, nil, nil)
		if !ok || role.Source != "MAINTAINERS 6.12: RUST" {
			t.Errorf("%s: in 2025 %+v %t", c.dir, role, ok)
		}
		if c.want != "" {
			continue
		}
		if role, ok = h.Role(time.Date(2006, 1, 1, 0, 0, 0, 0, time.UTC), rene.Name, "rene@elsewhere.example", rene, nil, nil, nil); !ok || role.Source != "MAINTAINERS 2.6.12: WIDGETS (not shown by the mail)" {
			t.Errorf("%s: in 2006 %+v %t", c.dir, role, ok)
		}
	}
}

// The environment of a hook names another repository; that one is not meant.
func TestHistoryIgnoresTheEnvironment(t *testing.T) {
	k, other := newKernel(t), newKernel(t)
	k.release("2024-11-17", "v6.12", "MAINTAINERS", after)
	other.release("2020-02-01", "v1.0", "README", "not Linux\n")
	t.Setenv("GIT_DIR", filepath.Join(other.dir, ".git"))
	t.Setenv("GIT_WORK_TREE", other.dir)
	if _, err := people.OpenHistory(t.Context(), k.dir, people.Options{}); err != nil {
		t.Error(err)
	}
}
