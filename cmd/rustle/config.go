package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// A config is what config.toml and conf.d/*.toml say. Flags and environment win over it.
type config struct {
	Index       string                 `toml:"index"`
	Maintainers string                 `toml:"maintainers"`
	Mailmap     string                 `toml:"mailmap"`
	TimeZone    string                 `toml:"tz"`
	Sources     []sourceConfig         `toml:"source"`
	Reports     []reportConfig         `toml:"report"`
	Searches    map[string]savedSearch `toml:"search"`

	files []string // what was read, in order
}

// A sourceConfig names an archive that `rustle update` takes in.
type sourceConfig struct {
	Path  string `toml:"path"`  // absolute once read
	List  string `toml:"list"`  // empty: from List-Id or the archive's name
	Fetch bool   `toml:"fetch"` // run `git fetch` in the mirror first
}

// A reportConfig names a report that `rustle update` refreshes.
type reportConfig struct {
	Query string `toml:"query"`
	Dir   string `toml:"dir"`
}

type savedSearch struct {
	Query string `toml:"query"`
	Sort  string `toml:"sort"`
}

// loadConfig reads the configuration. A named file must exist; the default one may be missing.
func loadConfig(path string, named bool) (*config, error) {
	c := &config{Searches: map[string]savedSearch{}}
	files := []string{path}
	more, err := filepath.Glob(filepath.Join(filepath.Dir(path), "conf.d", "*.toml"))
	if err != nil {
		return nil, err
	}
	slices.Sort(more)
	for _, f := range append(files, more...) {
		err := c.read(f)
		if errors.Is(err, fs.ErrNotExist) && !named {
			continue
		}
		if err != nil {
			return nil, err
		}
		c.files = append(c.files, f)
	}
	return c, nil
}

// read adds one file. A key it does not know is an error: a mistyped key must not be ignored.
func (c *config) read(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("config: %w", err)
	}
	var one config
	meta, err := toml.Decode(string(text), &one)
	if parse := (toml.ParseError{}); errors.As(err, &parse) {
		return usagef("config %s: line %d: %s", path, parse.Position.Line, parse.Message)
	}
	if err != nil {
		return usagef("config %s: %w", path, err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		key := unknown[0]
		return withHint(usagef("config %s: line %d: unknown key %q", path, keyLine(string(text), key[len(key)-1]), key.String()),
			"known keys: index maintainers mailmap tz [[source]] path list fetch, [[report]] query dir, [search.NAME] query sort")
	}
	one.Index, one.Maintainers, one.Mailmap = home(one.Index), home(one.Maintainers), home(one.Mailmap)
	for _, s := range []struct{ to, from *string }{
		{&c.Index, &one.Index}, {&c.Maintainers, &one.Maintainers}, {&c.Mailmap, &one.Mailmap}, {&c.TimeZone, &one.TimeZone},
	} {
		if *s.from != "" {
			*s.to = *s.from
		}
	}
	for i := range one.Sources {
		if one.Sources[i].Path == "" {
			return withHint(usagef("config %s: line %d: a [[source]] without a path", path, tableLine(string(text), "[[source]]", i)), `add path = "..."`)
		}
		one.Sources[i].Path = beside(path, one.Sources[i].Path)
	}
	for i := range one.Reports {
		one.Reports[i].Dir = beside(path, one.Reports[i].Dir)
	}
	c.Sources = append(c.Sources, one.Sources...)
	c.Reports = append(c.Reports, one.Reports...)
	maps.Copy(c.Searches, one.Searches)
	return nil
}

// keyLine finds the line a key stands on; 0 when it cannot be told.
func keyLine(text, key string) int {
	n := 0
	for line := range strings.Lines(text) {
		n++
		left, _, _ := strings.Cut(line, "=")
		left = strings.Trim(strings.TrimSpace(left), `[]"'`)
		if left == key || strings.HasSuffix(left, "."+key) {
			return n
		}
	}
	return 0
}

// tableLine finds the line of the n-th table of a name, from 0; 0 when it cannot be told.
func tableLine(text, name string, n int) int {
	line := 0
	for l := range strings.Lines(text) {
		line++
		if strings.ReplaceAll(strings.TrimSpace(l), " ", "") == name {
			if n--; n < 0 {
				return line
			}
		}
	}
	return 0
}

// beside reads a path of a configuration file: ~ is the home directory, and a relative one starts at the
// file, because a timer runs in another directory than the user does.
func beside(config, path string) string {
	if path == "" {
		return ""
	}
	if path = home(path); !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(absolutePath(config)), path)
	}
	return filepath.Clean(path)
}

// home writes out ~ at the beginning of a path.
func home(path string) string {
	if rest, ok := strings.CutPrefix(path, "~"); ok && (rest == "" || rest[0] == '/') {
		if dir, err := os.UserHomeDir(); err == nil {
			return filepath.Join(dir, rest)
		}
	}
	return path
}
