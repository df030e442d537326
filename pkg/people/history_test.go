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
