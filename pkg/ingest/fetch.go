package ingest

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Fetch runs `git fetch` in every repository at or below path, which is how a mirror of lore is
// brought up to date. It is the only thing rustle does over a network. The first repository that
// fails ends it; the mail that others brought is there all the same.
func Fetch(ctx context.Context, path string) error {
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
	if err != nil {
		return err
	}
	if len(repos) == 0 {
		return fmt.Errorf("fetch %s: no git repository there; take away `fetch = true` or name the mirror", path)
	}
	for _, repo := range repos {
		cmd := exec.CommandContext(ctx, "git", "--git-dir", repo, "fetch", "--quiet", "--prune")
		cmd.Env = append(os.Environ(), "GIT_TERMINAL_PROMPT=0")
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		if err := cmd.Run(); err != nil {
			reason := strings.TrimSpace(stderr.String())
			if i := strings.LastIndexByte(reason, '\n'); i >= 0 {
				reason = reason[i+1:]
			}
			return fmt.Errorf("fetch %s: %s: %w", repo, reason, err)
		}
	}
	return nil
}

func isRepository(dir string) bool {
	for _, name := range []string{"HEAD", "objects", "refs"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return false
		}
	}
	return true
}
