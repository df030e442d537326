package people

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A History is MAINTAINERS at each release of Linux, from a git repository that has the tags: v5.10,
// v6.12, but no release candidates and no stable releases. Who stood in it at the release before a mail
// had that role when he wrote. It is safe for concurrent use.
type History struct {
	repo     string
	opts     Options // identities; Maintainers is that of no release
	releases []release
}

// release is one tag. Its directory is made when a mail first needs it.
type release struct {
	name string // "6.12"
	at   time.Time
	tag  string // object id
	dir  func() *Directory
}

// OpenHistory lists the releases of a repository, bare or not. What o says of identities (Mailmap, User)
// is used at every release. The error names the repository when git cannot read it or it has no release
// with a MAINTAINERS file.
func OpenHistory(ctx context.Context, repo string, o Options) (*History, error) {
	h := &History{repo: repo, opts: o}
	// QUIRK: the tags up to v2.6.11 are no commits and have no date; they are too old for any MAINTAINERS of use.
	out, err := h.git(ctx, "for-each-ref", "--format=%(refname:strip=2) %(objectname) %(creatordate:unix)", "refs/tags/v[0-9]*")
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		if len(f) != 3 || !isRelease(f[0]) {
			continue
		}
		unix, err := strconv.ParseInt(f[2], 10, 64)
		if err != nil || unix <= 0 {
			continue
		}
		r := release{name: f[0][1:], at: time.Unix(unix, 0).UTC(), tag: f[1]}
		r.dir = sync.OnceValue(func() *Directory { return h.directory(r.name, r.tag) })
		h.releases = append(h.releases, r)
	}
	slices.SortFunc(h.releases, func(a, b release) int { return cmp.Or(a.at.Compare(b.at), strings.Compare(a.name, b.name)) })
	if len(h.releases) == 0 {
		return nil, fmt.Errorf("%s: no tag of a Linux release such as v6.12; `git fetch --tags` brings them", repo)
	}
	newest := h.releases[len(h.releases)-1]
	if _, err := h.git(ctx, "cat-file", "-e", newest.tag+":MAINTAINERS"); err == nil {
		return h, nil
	}
	if name, err := h.git(ctx, "ls-tree", newest.tag, "MAINTAINERS"); err == nil && len(name) > 0 {
		return nil, fmt.Errorf("%s: the clone lacks the file MAINTAINERS of v%s, for it was made with --filter; `git fetch --refetch --no-filter` brings it", repo, newest.name)
	}
	return nil, fmt.Errorf("%s: v%s has no MAINTAINERS: this is no repository of Linux", repo, newest.name)
}

// isRelease recognises v6.12 and v2.6.39.
func isRelease(tag string) bool {
	rest, ok := strings.CutPrefix(tag, "v")
	parts := strings.Split(rest, ".")
	if !ok || len(parts) != 2 && (len(parts) != 3 || !strings.HasPrefix(rest, "2.6.")) {
		return false
	}
	return !slices.ContainsFunc(parts, func(p string) bool { return p == "" || strings.Trim(p, "0123456789") != "" })
}

// directory reads one release; nil when git cannot give it, for instance because the repository is gone meanwhile.
func (h *History) directory(name, tag string) *Directory {
	out, err := h.git(context.Background(), "cat-file", "blob", tag+":MAINTAINERS")
	if err != nil || len(out) > maxData {
		return nil
	}
	o := h.opts
	o.Maintainers = parseMaintainers(string(out))
	o.Maintainers.Release = name
	return New(o)
}

// before returns the last release before a time, the first of all for an older one.
func (h *History) before(at time.Time) (r *release, older bool) {
	n, _ := slices.BinarySearchFunc(h.releases, at, func(r release, t time.Time) int { return r.at.Compare(t) })
	return &h.releases[max(n-1, 0)], n == 0
}

// Role is Directory.Role at a time: by the MAINTAINERS of the release before it, whose number stands in
// Source. Mail older than all releases is read by the first, which Source says too. name and addr are what the
// mail shows, p is who that is. ok is false when the repository cannot be read any more.
func (h *History) Role(at time.Time, name, addr string, p Person, files, areas, lists []string) (role Role, ok bool) {
	r, older := h.before(at)
	d := r.dir()
	if d == nil {
		return Role{}, false
	}
	// Identities differ between releases: the address of then, or the one that is the person's today.
	who := d.Identify(name, addr)
	if g, known := d.byID[who.ID]; !known || len(d.claims[g]) == 0 {
		who = d.Identify(p.Name, p.Addr)
	}
	if p.Bot {
		who = p
	}
	role = d.Role(who, files, areas, lists)
	if older && role.Source != "" {
		role.Source += " (a later release)"
	}
	return role, true
}

// Fingerprint changes with the releases of the repository.
func (h *History) Fingerprint() string {
	var b strings.Builder
	for _, r := range h.releases {
		b.WriteString(r.name + " " + r.tag + " " + strconv.FormatInt(r.at.Unix(), 10) + "\n")
	}
	return b.String()
}

// git runs git in the repository, whichever one the environment names. It never asks anybody anything, nor fetches what
// a partial clone left out.
func (h *History) git(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", h.repo}, args...)...)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return name == "GIT_DIR" || name == "GIT_WORK_TREE" || name == "GIT_COMMON_DIR" || name == "GIT_NAMESPACE" || name == "GIT_OBJECT_DIRECTORY"
	})
	cmd.Env = append(cmd.Env, "GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=true", "GIT_NO_LAZY_FETCH=1", "LC_ALL=C")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if err == nil {
		return stdout.Bytes(), nil
	}
	if errors.Is(err, exec.ErrNotFound) {
		return nil, fmt.Errorf("%s: git is not installed", h.repo)
	}
	if reason, _, _ := strings.Cut(strings.TrimSpace(stderr.String()), "\n"); reason != "" {
		err = errors.New(strings.TrimPrefix(reason, "fatal: "))
	}
	return nil, fmt.Errorf("%s: git: %w", h.repo, err)
}
