package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Fetch brings mirrors of lore up to date: it runs `git fetch` in every repository at or below path. With
// epochs it also asks upstream whether the newest epoch of a list has a successor, and clones that. It is the
// only thing rustle does over a network. A repository that fails does not stop the others; the mail they
// brought is there all the same.
func Fetch(ctx context.Context, path string, epochs bool) error {
	var repos []string
	err := filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case !d.IsDir():
			return nil
		case isRepository(p):
			repos = append(repos, p)
			return fs.SkipDir
		}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("fetch %s: no such directory; make the mirror first, with git clone --mirror", path)
	}
	if err != nil {
		return fmt.Errorf("fetch %s: %w", path, err)
	}
	if len(repos) == 0 {
		return fmt.Errorf("fetch %s: no git repository there; take fetch = true away or name the mirror", path)
	}
	var failed []error
	for _, repo := range repos {
		if err := fetch(ctx, repo); err != nil {
			failed = append(failed, err)
			if ctx.Err() != nil {
				break
			}
			continue
		}
		if !epochs {
			continue
		}
		if err := nextEpochs(ctx, repo, repos); err != nil {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

// fetch brings one repository up to date.
//
// QUIRK: a repository made by `git clone --bare` has no refspec, and a plain fetch leaves its branches where
// they are; so the refspec is given here. A branch that is gone upstream stays: an archive forgets nothing.
func fetch(ctx context.Context, repo string) error {
	if out, err := git(ctx, repo, "rev-parse", "--is-bare-repository"); err != nil {
		return err
	} else if out != "true" {
		return fmt.Errorf("fetch %s: a clone with a working tree; mirror the list with git clone --mirror", repo)
	}
	_, err := git(ctx, repo, "fetch", "--quiet", "--no-tags", "origin", "+refs/heads/*:refs/heads/*")
	return err
}

var epochURL = regexp.MustCompile(`^(.*/)(\d{1,5})((?:\.git)?/?)$`)

// nextEpochs clones the epochs that came after the newest one of a list: lore begins a new repository
// when one has grown to a gigabyte, and mail would seem to have stopped.
func nextEpochs(ctx context.Context, repo string, all []string) error {
	dir, name := filepath.Split(repo)
	digits, ok := strings.CutSuffix(name, ".git")
	n, err := strconv.Atoi(digits)
	if !ok || err != nil {
		return nil //nolint:nilerr // no epoch: a repository with another name
	}
	url, err := git(ctx, repo, "config", "remote.origin.url")
	if err != nil {
		return err
	}
	m := epochURL.FindStringSubmatch(url)
	if m == nil || m[2] != digits {
		return nil
	}
	for n++; ; n++ {
		next := filepath.Join(dir, strconv.Itoa(n)+".git")
		if slices.Contains(all, next) {
			return nil // it is the newer one that is asked
		}
		from := m[1] + strconv.Itoa(n) + m[3]
		if _, err := git(ctx, repo, "ls-remote", "--exit-code", "--heads", from); err != nil {
			return ctx.Err() // most often there is none
		}
		tmp := next + ".new"
		if err := os.RemoveAll(tmp); err != nil {
			return fmt.Errorf("fetch %s: %w", next, err)
		}
		if _, err := git(ctx, repo, "clone", "--quiet", "--mirror", from, tmp); err != nil {
			return errors.Join(err, os.RemoveAll(tmp))
		}
		if err := os.Rename(tmp, next); err != nil {
			return fmt.Errorf("fetch %s: %w", next, err)
		}
	}
}

// fetchDelay is how long git gets to clean up when a fetch is called off.
const fetchDelay = 10 * time.Second

// git runs git in a repository and returns what it prints. It never asks anybody anything.
func git(ctx context.Context, repo string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"--git-dir", repo}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=true", "LC_ALL=C")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	// Git that is killed leaves its locks behind, at which every later fetch would fail; and it may be gone while a
	// helper of its own still holds the pipes.
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = fetchDelay
	err := cmd.Run()
	if err == nil {
		return strings.TrimSpace(stdout.String()), nil
	}
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if errors.Is(err, exec.ErrNotFound) {
		return "", fmt.Errorf("fetch %s: git is not installed", repo)
	}
	reason := strings.TrimSpace(stderr.String())
	if i := strings.IndexByte(reason, '\n'); i >= 0 {
		reason = reason[:i] // what follows is advice
	}
	if reason == "" {
		return "", fmt.Errorf("fetch %s: git %s: %w", repo, args[0], err)
	}
	return "", fmt.Errorf("fetch %s: git %s: %s", repo, args[0], reason)
}

func isRepository(dir string) bool {
	for _, name := range []string{"HEAD", "objects", "refs"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return false
		}
	}
	return true
}
