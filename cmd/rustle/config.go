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
	LinuxGit    string                 `toml:"linux_git"`
	Identities  string                 `toml:"identities"`
	Taxonomy    string                 `toml:"taxonomy"`
	Model       string                 `toml:"model"`
	TimeZone    string                 `toml:"tz"`
	MaxUnpacked string                 `toml:"max_unpacked"` // as --max-unpacked
	Sources     []sourceConfig         `toml:"source"`
	Reports     []reportConfig         `toml:"report"`
	Searches    map[string]savedSearch `toml:"search"`

	files []string // what was read, in order
}

// A sourceConfig names an archive that `rustle update` takes in.
type sourceConfig struct {
	Path   string `toml:"path"`   // absolute once read
	List   string `toml:"list"`   // empty: from List-Id or the archive's name
	Fetch  bool   `toml:"fetch"`  // run `git fetch` in the mirror first
	Epochs bool   `toml:"epochs"` // then clone the epochs that upstream has begun since, too
}

// A reportConfig names a set of pages that `rustle update` refreshes, as `rustle report --all` writes them.
type reportConfig struct {
	Query     string `toml:"query"`     // may hold @NAME of saved searches; empty: all debates
	Dir       string `toml:"dir"`       // absolute once read
	Anonymous bool   `toml:"anonymous"` // as --anonymous
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
			"known keys: index maintainers mailmap linux_git identities taxonomy model tz max_unpacked [[source]] path list fetch epochs, [[report]] query dir anonymous, [search.NAME] query sort")
	}
	one.Index, one.Maintainers, one.Mailmap = beside(path, one.Index), beside(path, one.Maintainers), beside(path, one.Mailmap)
	// A timer runs in another directory than the user does.
	one.LinuxGit, one.Identities = beside(path, one.LinuxGit), beside(path, one.Identities)
	one.Taxonomy, one.Model = beside(path, one.Taxonomy), beside(path, one.Model)
	for _, s := range []struct{ to, from *string }{
		{&c.Index, &one.Index},
		{&c.Maintainers, &one.Maintainers},
		{&c.Mailmap, &one.Mailmap},
		{&c.TimeZone, &one.TimeZone},
		{&c.MaxUnpacked, &one.MaxUnpacked},
		{&c.LinuxGit, &one.LinuxGit},
		{&c.Identities, &one.Identities},
		{&c.Taxonomy, &one.Taxonomy},
		{&c.Model, &one.Model},
	} {
		if *s.from != "" {
			*s.to = *s.from
		}
	}
	if err := one.checkTables(path, string(text)); err != nil {
		return err
	}
	for i := range one.Reports {
		if slices.ContainsFunc(c.Reports, func(r reportConfig) bool { return r.Dir == one.Reports[i].Dir }) {
			return twoReports(path, tableLine(string(text), "[[report]]", i))
		}
	}
	c.Sources = append(c.Sources, one.Sources...)
	c.Reports = append(c.Reports, one.Reports...)
	maps.Copy(c.Searches, one.Searches)
	return nil
}

// checkTables looks at the sources and reports of one file and makes their paths absolute.
func (c *config) checkTables(path, text string) error {
	for i := range c.Sources {
		s := &c.Sources[i]
		line := tableLine(text, "[[source]]", i)
		switch {
		case s.Path == "":
			return withHint(usagef("config %s: line %d: a [[source]] without a path", path, line), `add path = "..."`)
		case s.Epochs && !s.Fetch:
			return withHint(usagef("config %s: line %d: epochs without fetch", path, line), "add fetch = true: new epochs are looked for where the mirror is fetched from")
		}
		s.Path = beside(path, s.Path)
	}
	for i := range c.Reports {
		r := &c.Reports[i]
		line := tableLine(text, "[[report]]", i)
		if r.Dir == "" {
			return withHint(usagef("config %s: line %d: a [[report]] without a dir", path, line), `add dir = "...", the directory for its pages`)
		}
		r.Dir = beside(path, r.Dir)
		if slices.ContainsFunc(c.Reports[:i], func(other reportConfig) bool { return other.Dir == r.Dir }) {
			return twoReports(path, line)
		}
	}
	return nil
}

// twoReports is the error for pages that would remove each other.
func twoReports(path string, line int) error {
	return withHint(usagef("config %s: line %d: two [[report]] tables with the same dir", path, line), "give each its own")
}

// savedSearches puts saved searches in the place of @NAME wherever that stands as a word outside of quotes.
func (c *config) savedSearches(text string) (string, error) {
	return c.expand(text, nil)
}

// expand is savedSearches within the saved searches of these names.
func (c *config) expand(text string, within []string) (string, error) {
	var b strings.Builder
	quoted, start := false, true // start: of a word
	for i := 0; i < len(text); i++ {
		ch := text[i]
		if ch == '@' && start && !quoted {
			rest := text[i+1:]
			end := strings.IndexAny(rest, " \t\n()\"")
			if end < 0 {
				end = len(rest)
			}
			name := rest[:end]
			saved, ok := c.Searches[name]
			if ok || name != "" && !strings.ContainsAny(name, ".0123456789") { // @1700000000 is a date, @b.org a part of an address
				if !ok {
					return "", withHint(usagef("no saved search %q in the configuration", name), "add a table [search.%s] with a key query, or quote the word", name)
				}
				if slices.Contains(within, name) {
					return "", usagef("the saved search %q holds itself", name)
				}
				inner, err := c.expand(saved.Query, append(within, name))
				if err != nil {
					return "", err
				}
				b.WriteString("(" + inner + ")")
				i += end
				start = false
				continue
			}
		}
		if ch == '"' {
			quoted = !quoted
		}
		start = strings.IndexByte(" \t\n()+-", ch) >= 0
		b.WriteByte(ch)
	}
	return b.String(), nil
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
