package people

import (
	"cmp"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"sync"
)

// A Match says that an entry of MAINTAINERS is responsible for a path or a text.
type Match struct {
	Entry   *Entry
	Path    string // the path that matched; "" for a K: pattern
	Letter  byte   // F, N or K
	Pattern string
	depth   int
}

// A fileIndex finds the patterns that can match a path without trying them all.
type fileIndex struct {
	m        *Maintainers
	byDir    map[string][]filePattern // literal directory -> patterns with wildcards, and trees
	byFile   map[string][]filePattern // whole patterns without wildcards
	names    []regexPattern
	contents []regexPattern
	entries  []entryIndex // as in m
}

// An entryIndex is an entry of MAINTAINERS as roles are found by it.
type entryIndex struct {
	name     string // lower case
	files    []pattern
	excludes []pattern
	names    []regexPattern
	lists    []string // keys, see listKey
}

// excluded says that an X: line takes the path out of the entry.
func (e *entryIndex) excluded(path string) bool {
	return slices.ContainsFunc(e.excludes, func(x pattern) bool { return x.match(path) })
}

// depth returns how special the best pattern is by which the entry takes one of the paths, 0 for none.
func (e *entryIndex) depth(paths []string) int {
	best := 0
	for _, path := range paths {
		depth := 0
		for i := range e.files {
			if p := &e.files[i]; p.takes(path) {
				depth = max(depth, p.depth(), 1)
			}
		}
		for i := range e.names {
			if depth == 0 && e.names[i].match(path, lower(path)) {
				depth = 1
			}
		}
		if depth > best && !e.excluded(path) {
			best = depth
		}
	}
	return best
}

type filePattern struct {
	pattern
	entry int32
}

type regexPattern struct {
	entry int32
	text  string
	needs []string // see needs
	re    func() *regexp.Regexp
}

func newFileIndex(m *Maintainers) *fileIndex {
	if m == nil {
		m = new(Maintainers)
	}
	ix := &fileIndex{
		m:       m,
		byDir:   make(map[string][]filePattern, 4096),
		byFile:  make(map[string][]filePattern, 8192),
		entries: make([]entryIndex, len(m.Entries)),
	}
	for i := range m.Entries {
		e, own := &m.Entries[i], &ix.entries[i]
		own.name = lower(e.Name)
		for _, l := range e.Lists {
			own.lists = append(own.lists, listKey(l))
		}
		for _, s := range e.Files {
			p := filePattern{newPattern(s), int32(i)}
			own.files = append(own.files, p.pattern)
			switch {
			case p.text == "":
			case p.plain():
				ix.byFile[p.text] = append(ix.byFile[p.text], p)
			default:
				d := p.dir()
				ix.byDir[d] = append(ix.byDir[d], p)
			}
		}
		for _, s := range e.Excludes {
			own.excludes = append(own.excludes, newPattern(s))
		}
		for _, s := range e.Names {
			r := newRegex(int32(i), s)
			ix.names, own.names = append(ix.names, r), append(own.names, r)
		}
		for _, s := range e.Contents {
			ix.contents = append(ix.contents, newRegex(int32(i), s))
		}
	}
	return ix
}

// newRegex prepares an expression; it is compiled when it is first needed.
//
// QUIRK: some K: lines write "\+" for a quantifier, as basic expressions do; in Perl, and here, it is a
// plus sign. An expression that Go cannot read (look-ahead) matches nothing.
func newRegex(entry int32, s string) regexPattern {
	r := regexPattern{entry: entry, text: s}
	r.re = func() *regexp.Regexp { return nil }
	if tree, err := syntax.Parse(s, syntax.Perl); err == nil {
		r.needs = needs(tree)
		r.re = sync.OnceValue(func() *regexp.Regexp {
			re, err := regexp.Compile(s)
			if err != nil {
				return nil
			}
			return re
		})
	}
	return r
}

// needs returns strings in lower case of which every match holds at least one, whatever its case; nil when none are
// known. They let most patterns be refused without running an expression.
func needs(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		return []string{strings.ToLower(string(re.Rune))}
	case syntax.OpCapture, syntax.OpPlus:
		return needs(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return needs(re.Sub[0])
		}
	case syntax.OpConcat:
		var best []string
		for _, sub := range re.Sub {
			if n := needs(sub); n != nil && shortest(n) > shortest(best) {
				best = n
			}
		}
		return best
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			n := needs(sub)
			if n == nil {
				return nil
			}
			all = append(all, n...)
		}
		return all
	default:
	}
	return nil
}

func shortest(s []string) int {
	if len(s) == 0 {
		return 0
	}
	return len(slices.MinFunc(s, func(a, b string) int { return cmp.Compare(len(a), len(b)) }))
}

// match says that the expression matches s; low is s in lower case.
func (r *regexPattern) match(s, low string) bool {
	if r.needs != nil && !slices.ContainsFunc(r.needs, func(n string) bool { return strings.Contains(low, n) }) {
		return false
	}
	re := r.re()
	return re != nil && re.MatchString(s)
}

// path appends the matches of one path.
func (ix *fileIndex) path(out []Match, path string) []Match {
	first := len(out)
	add := func(entry int32, letter byte, text string, depth int) {
		e := &ix.m.Entries[entry]
		for i := first; i < len(out); i++ {
			if out[i].Entry == e {
				if depth > out[i].depth {
					out[i].Pattern, out[i].depth, out[i].Letter = text, depth, letter
				}
				return
			}
		}
		if ix.entries[entry].excluded(path) {
			return
		}
		out = append(out, Match{Entry: e, Path: path, Letter: letter, Pattern: text, depth: depth})
	}
	for end := len(path); end > 0; end-- {
		if end < len(path) && path[end] != '/' {
			continue
		}
		for _, p := range ix.byFile[path[:end]] {
			add(p.entry, 'F', p.text, p.depth())
		}
		if end < len(path) {
			for _, p := range ix.byDir[path[:end+1]] {
				if p.match(path) {
					add(p.entry, 'F', p.text, p.depth())
				}
			}
		}
	}
	for _, p := range ix.byDir[""] {
		if p.match(path) {
			add(p.entry, 'F', p.text, p.depth())
		}
	}
	low := lower(path)
	for i := range ix.names {
		if r := &ix.names[i]; r.match(path, low) {
			add(r.entry, 'N', r.text, 1)
		}
	}
	return out
}

// maxMatchPaths bounds the paths of one mail that are looked at; treewide patches name thousands.
const maxMatchPaths = 400

// Match returns the entries responsible for the paths (F:, X:, N:) and, when content is not empty, for the
// text of a patch (K:), the most special first. Every entry comes once per path. At most 400 paths are looked at.
func (d *Directory) Match(paths []string, content string) []Match {
	ix := d.files()
	var out []Match
	for _, p := range paths[:min(len(paths), maxMatchPaths)] {
		out = ix.path(out, strings.TrimPrefix(p, "/"))
	}
	if content != "" {
		low := lower(content)
		for i := range ix.contents {
			if r := &ix.contents[i]; r.match(content, low) {
				out = append(out, Match{Entry: &ix.m.Entries[r.entry], Letter: 'K', Pattern: r.text})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Match) int {
		return cmp.Or(cmp.Compare(b.depth, a.depth), strings.Compare(a.Entry.Name, b.Entry.Name))
	})
	return out
}

// listKey makes a list's address and its List-Id equal: "rust-for-linux.vger.kernel.org".
func listKey(s string) string { return strings.Replace(bareList(s), "@", ".", 1) }

func bareList(s string) string { return lower(strings.Trim(strings.TrimSpace(s), "<>")) }

// isList reports whether the key of a bare list is key, and makes none.
func isList(bare, key string) bool {
	at := strings.IndexByte(bare, '@')
	if at < 0 || len(bare) != len(key) {
		return bare == key
	}
	return bare[:at] == key[:at] && key[at] == '.' && bare[at+1:] == key[at+1:]
}
