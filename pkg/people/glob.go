package people

import "strings"

// A pattern is one F: or X: line. scripts/get_maintainer.pl of the kernel defines what it matches:
//
//   - "*" is any run of characters, slashes too, "?" any one; "[...]" is a class;
//   - the pattern must match at the start of the path;
//   - ending in "/" it takes everything below; otherwise the path must have as many slashes as the pattern,
//     so that "drivers/net/*" does not reach below drivers/net.
//
// A pattern without wildcards that names a directory is read as if it ended in "/".
type pattern struct {
	text    string
	slashes int
	wild    bool
	tree    bool // ends in "/"
}

func newPattern(s string) pattern {
	// QUIRK: "./path" and a leading slash.
	s = strings.TrimPrefix(strings.TrimPrefix(s, "./"), "/")
	return pattern{
		text:    s,
		slashes: strings.Count(s, "/"),
		wild:    strings.ContainsAny(s, "*?["),
		tree:    strings.HasSuffix(s, "/"),
	}
}

// plain says that the pattern is the path of a file or, without its slash, of a directory.
func (p pattern) plain() bool { return !p.wild && !p.tree }

// takes says that the pattern of an F: line matches the path. Unlike get_maintainer.pl, a plain one takes no file whose
// name only begins so.
func (p *pattern) takes(path string) bool {
	if p.plain() {
		return p.text != "" && strings.HasPrefix(path, p.text) && (len(path) == len(p.text) || path[len(p.text)] == '/')
	}
	return p.match(path)
}

// dir returns the directory part before the first wildcard, with its slash, or "".
func (p pattern) dir() string {
	s := p.text
	if i := strings.IndexAny(s, "*?["); i >= 0 {
		s = s[:i]
	}
	return s[:strings.LastIndexByte(s, '/')+1]
}

// depth says how special the pattern is: more directories first, literal characters next.
func (p pattern) depth() int {
	d := p.slashes * 1000
	if !p.wild {
		d += 500
	}
	return d + min(len(p.text)-strings.Count(p.text, "*"), 400)
}

func (p pattern) match(path string) bool {
	if p.text == "" {
		return false
	}
	if !p.wild {
		switch {
		case !strings.HasPrefix(path, p.text):
			return false
		case p.tree || len(path) == len(p.text) || path[len(p.text)] == '/':
			return true
		}
		// QUIRK: a prefix is enough for get_maintainer.pl: "Makefile" takes Makefile.asm-headers.
		return strings.Count(path, "/") == p.slashes
	}
	if !p.tree && strings.Count(path, "/") != p.slashes {
		return false
	}
	return globPrefix(p.text, path)
}

// globPrefix says that the pattern matches some prefix of s. It goes back to the last "*" only, which is
// enough without an anchor at the end: the work is at most the product of both lengths.
func globPrefix(pat, s string) bool {
	p, i := 0, 0
	starP, starI := -1, 0
	for p < len(pat) {
		if pat[p] == '*' {
			starP, starI = p, i
			p++
			continue
		}
		if i < len(s) {
			if n, ok := globOne(pat[p:], s[i]); ok {
				p += n
				i++
				continue
			}
		}
		if starP < 0 || starI >= len(s) {
			return false
		}
		starI++
		p, i = starP+1, starI
	}
	return true
}

// globOne matches one byte against the start of a pattern and returns the bytes of the pattern used.
func globOne(pat string, c byte) (int, bool) {
	switch pat[0] {
	case '?':
		return 1, true
	case '[':
		end := strings.IndexByte(pat[1:], ']')
		if end <= 0 {
			return 1, c == '['
		}
		class := pat[1 : end+1]
		negate := class[0] == '^' || class[0] == '!'
		if negate {
			class = class[1:]
		}
		in := false
		for k := 0; k < len(class); k++ {
			if k+2 < len(class) && class[k+1] == '-' {
				in = in || class[k] <= c && c <= class[k+2]
				k += 2
				continue
			}
			in = in || class[k] == c
		}
		return end + 2, in != negate
	case '\\':
		if len(pat) > 1 {
			return 2, pat[1] == c
		}
	}
	return 1, pat[0] == c
}
