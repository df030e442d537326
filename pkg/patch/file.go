package patch

import (
	"strings"
)

// A File is one file that a mail's patch or diffstat touches.
type File struct {
	Path     string // path after the change (before it, for a deletion); "..." at the start when only an abbreviated diffstat line names it
	Old      string // path before a rename or copy, else ""
	Added    int    // lines added; from a scaled diffstat graph the split is rounded, the sum exact
	Removed  int    // lines removed
	New      bool   // the patch creates it
	Deleted  bool   // the patch deletes it
	Binary   bool   // a binary change: no lines
	FromStat bool   // known from the diffstat only
	Pre      string // blob id before, as abbreviated in the mail, "" when none is given
	Post     string // blob id after
}

// Files returns the files that the diffs and diffstats in text touch, each once: git, "diff -u", bare "---"/"+++" pairs,
// combined merge diffs (paths only), binary patches, renames, quoted paths. Quoted text ("> ") is not looked at; see
// QuotedPaths.
//
// QUIRK: a hunk may be shorter than its header says (people trim), have its trailing white space
// stripped (an empty line is a context line), or have no line numbers ("@@ ... @@").
func Files(text string) []File {
	if text == "" {
		return nil
	}
	s := scanner{text: text, byPath: make(map[string]int)}
	s.run()
	return s.finish()
}

// Paths returns the paths of files, old names of renames included, each once, in order.
func Paths(files []File) []string {
	out := make([]string, 0, len(files))
	if len(files) == 0 {
		return out
	}
	seen := make(map[string]bool, len(files))
	for i := range files {
		for _, p := range [...]string{files[i].Path, files[i].Old} {
			if p != "" && !seen[p] {
				seen[p] = true
				out = append(out, p)
			}
		}
	}
	return out
}

// QuotedPaths returns the paths that diffs in quoted text ("> diff --git a/x b/x") name, at any depth,
// each once in order: the files a reply talks about. The text comes in pieces of whole lines.
func QuotedPaths(text []string) []string {
	var out []string
	var seen map[string]bool
	for _, piece := range text {
		if !strings.Contains(piece, "--git ") && !strings.Contains(piece, "+++ b/") && !strings.Contains(piece, "--- a/") {
			continue // what most people quote
		}
		for pos := 0; pos < len(piece); {
			line, next := lineAt(piece, pos)
			pos = next
			path := quotedPath(line)
			if path == "" || path == devNull || seen[path] {
				continue
			}
			if seen == nil {
				seen = make(map[string]bool)
			}
			seen[path] = true
			out = append(out, path)
		}
	}
	return out
}

// quotedPath returns the path that a quoted line of a diff names, else "".
func quotedPath(line string) string {
	body := unquote(line)
	switch {
	case len(body) == len(line):
	case strings.HasPrefix(body, "diff --git "):
		return gitPath(body[len("diff --git "):])
	case strings.HasPrefix(body, "+++ b/"), strings.HasPrefix(body, "--- a/"):
		return stripSide(headerPath(body[4:]))
	}
	return ""
}

// unquote takes the quote marks off a line.
func unquote(line string) string {
	for {
		t := strings.TrimLeft(line, " ")
		if t == "" || t[0] != '>' {
			return strings.TrimPrefix(line, " ")
		}
		line = t[1:]
	}
}

const devNull = "/dev/null"

type scanState uint8

const (
	outside  scanState = iota // prose, diffstat, trailers
	inHeader                  // after "diff --git", before the first "@@"
	between                   // after a hunk: another hunk or another file may follow
)

// A scanner walks over a text once, line by line.
type scanner struct {
	text    string
	files   []File
	byPath  map[string]int // path -> index in files
	cur     int            // index of the open file, -1 when none; valid in inHeader and between
	state   scanState
	stat    []File
	created map[string]bool // paths of "create mode" lines; value says created (true) or deleted (false)
	diff    bool            // there is a diff, not the diffstat alone
}

func (s *scanner) run() {
	s.cur = -1
	for pos := 0; pos < len(s.text); {
		line, next := lineAt(s.text, pos)
		switch {
		case line == "":
			s.leave()
		case s.state != outside && strings.HasPrefix(line, "@@"):
			next = s.hunk(line, next)
		case strings.HasPrefix(line, "diff "):
			s.diffLine(line)
		case strings.HasPrefix(line, "--- ") && strings.HasPrefix(s.text[next:], "+++ "):
			plus, after := lineAt(s.text, next)
			s.fileLines(line[4:], plus[4:])
			next = after
			s.diff = true
		case s.state == inHeader:
			s.headerLine(line)
		case strings.HasPrefix(line, "Index: ") && len(line) < 512:
			// svn and quilt announce the file; the "---" pair that follows names it again.
		case line[0] == ' ' && s.state == outside:
			s.statLine(line)
		default:
			s.leave()
		}
		pos = next
	}
}

func (s *scanner) leave() { s.state, s.cur = outside, -1 }

// open makes path the current file. A file met twice (a mail that holds a patch and a
// fix-up on top) keeps one entry.
func (s *scanner) open(path string) {
	i, ok := s.byPath[path]
	if !ok {
		i = len(s.files)
		s.files = append(s.files, File{Path: path})
		s.byPath[path] = i
	}
	s.cur = i
}

// diffLine opens the file that a "diff " line names.
func (s *scanner) diffLine(line string) {
	rest, git := strings.CutPrefix(line, "diff --git ")
	switch {
	case git:
		// The old path in this line differs from the new one for renames only, and those say so below.
		path := gitPath(rest)
		if path == "" {
			s.state, s.cur = inHeader, -1 // an ambiguous path: the "---" pair will tell
			return
		}
		s.open(path)
		s.state, s.diff = inHeader, true
	case strings.HasPrefix(line, "diff --cc "), strings.HasPrefix(line, "diff --combined "):
		_, path, _ := strings.Cut(line[len("diff --"):], " ")
		if path = headerPath(path); path != "" {
			s.open(path)
			s.state, s.diff = inHeader, true
		}
	case strings.HasPrefix(line, "diff -"):
		s.state, s.cur = inHeader, -1
	default:
		s.leave()
	}
}

// fileLines opens, or confirms, the file named by a "---"/"+++" pair.
func (s *scanner) fileLines(minus, plus string) {
	from, to := headerPath(minus), headerPath(plus)
	oldPath, newPath := sides(from, to)
	path := newPath
	if to == devNull {
		path = oldPath
	}
	if path == "" || path == devNull {
		s.leave()
		return
	}
	if s.cur < 0 || s.files[s.cur].Path != path {
		s.open(path)
	}
	f := &s.files[s.cur]
	f.New = f.New || from == devNull
	f.Deleted = f.Deleted || to == devNull
	s.state = inHeader
}

// headerLine reads the lines between "diff --git" and the first hunk.
func (s *scanner) headerLine(line string) {
	if s.cur < 0 {
		if !isLetter(line[0]) {
			s.leave()
		}
		return
	}
	f := &s.files[s.cur]
	switch {
	case strings.HasPrefix(line, "index "):
		pre, post := indexOIDs(line)
		if isHex(pre) && isHex(post) {
			f.Pre, f.Post = pre, post
		}
	case strings.HasPrefix(line, "new file mode"):
		f.New = true
	case strings.HasPrefix(line, "deleted file mode"):
		f.Deleted = true
	case strings.HasPrefix(line, "rename from "), strings.HasPrefix(line, "copy from "):
		_, p, _ := strings.Cut(line, "from ")
		if p = headerPath(p); p != f.Path {
			f.Old = p
		}
	case strings.HasPrefix(line, "rename to "), strings.HasPrefix(line, "copy to "),
		strings.HasPrefix(line, "similarity index"), strings.HasPrefix(line, "dissimilarity index"),
		strings.HasPrefix(line, "old mode"), strings.HasPrefix(line, "new mode"), strings.HasPrefix(line, "mode "):
	case strings.HasPrefix(line, "Binary files "), strings.HasPrefix(line, "GIT binary patch"):
		f.Binary = true
		s.state = between
	default:
		s.leave()
		return
	}
	s.diff = true
}

// hunk counts the lines of the hunk below its "@@" line, and returns where the next line to look at starts.
func (s *scanner) hunk(line string, next int) int {
	if s.cur < 0 {
		s.leave()
		return next
	}
	oldLeft, newLeft, counted, ok := hunkHeader(line)
	if !ok {
		s.leave()
		return next
	}
	f := &s.files[s.cur]
	p := next
	for p < len(s.text) {
		if counted && oldLeft <= 0 && newLeft <= 0 {
			break
		}
		l, after := lineAt(s.text, p)
		kind := byte(' ')
		if l != "" {
			kind = l[0]
		} else if !counted {
			break
		}
		switch kind {
		case ' ', '\t':
			// QUIRK: a context line may have lost its first column's space before a tab.
			oldLeft--
			newLeft--
		case '-':
			if counted && oldLeft <= 0 {
				kind = 0
				break
			}
			oldLeft--
			f.Removed++
		case '+':
			if counted && newLeft <= 0 {
				kind = 0
				break
			}
			newLeft--
			f.Added++
		case '\\':
		default:
			kind = 0
		}
		if kind == 0 {
			break
		}
		p = after
	}
	// "\ No newline at end of file" after the last line belongs to the hunk.
	if p < len(s.text) && s.text[p] == '\\' {
		_, p = lineAt(s.text, p)
	}
	s.state, s.diff = between, true
	return p
}

// hunkHeader reads the line counts of "@@ -1,2 +3,4 @@ func". counted is false for headers without line numbers.
func hunkHeader(line string) (old, added int, counted, ok bool) {
	rest := line[2:]
	if strings.HasPrefix(rest, "@") {
		return 0, 0, false, false // a combined diff
	}
	ranges, _, _ := strings.Cut(rest, "@@")
	var fields [2]string
	n := 0
	for f := range strings.FieldsSeq(ranges) {
		if n < len(fields) {
			fields[n] = f
		}
		n++
	}
	if n != len(fields) || fields[0][0] != '-' || fields[1][0] != '+' {
		return 0, 0, false, true
	}
	old, ok1 := hunkLines(fields[0][1:])
	added, ok2 := hunkLines(fields[1][1:])
	return old, added, ok1 && ok2, true
}

// hunkLines reads the count of "12,7", or of "12", which stands for "12,1".
func hunkLines(s string) (n int, ok bool) {
	a, b, found := strings.Cut(s, ",")
	if a == "" || digits(a) != len(a) {
		return 0, false
	}
	if !found {
		return 1, true
	}
	if b == "" || digits(b) != len(b) {
		return 0, false
	}
	return atoi(b), true
}

// gitPath returns the new path of "a/old b/new". Paths with spaces are not quoted by git, so the split is
// only certain when both sides name one path; otherwise the result is "" unless there is one space.
func gitPath(s string) string {
	if strings.HasPrefix(s, `"`) || strings.HasSuffix(s, `"`) {
		a, rest, ok := cutQuoted(s)
		if !ok {
			return ""
		}
		b, _, ok := cutQuoted(strings.TrimPrefix(rest, " "))
		if !ok {
			return ""
		}
		_, path := sides(a, b)
		return path
	}
	if strings.Count(s, " ") == 1 {
		a, b, _ := strings.Cut(s, " ")
		_, path := sides(a, b)
		return path
	}
	mid := len(s) / 2
	if len(s)%2 == 1 && s[mid] == ' ' {
		if a, b := sides(s[:mid], s[mid+1:]); a == b {
			return b
		}
	}
	return ""
}

// cutQuoted takes one path, C-quoted or plain, off the start of s.
func cutQuoted(s string) (path, rest string, ok bool) {
	if !strings.HasPrefix(s, `"`) {
		path, rest, _ = strings.Cut(s, " ")
		return path, rest, path != ""
	}
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return unquoteC(s[1:i]), s[i+1:], true
		}
	}
	return "", "", false
}

// unquoteC undoes git's C-style quoting; bytes that do not form UTF-8 are replaced.
func unquoteC(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch c := s[i]; c {
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		case '0', '1', '2', '3':
			v, n := 0, 0
			for n < 3 && i+n < len(s) && s[i+n] >= '0' && s[i+n] <= '7' {
				v = v*8 + int(s[i+n]-'0')
				n++
			}
			b.WriteByte(byte(v))
			i += n - 1
		default:
			b.WriteByte(c)
		}
	}
	return strings.ToValidUTF8(b.String(), "\uFFFD")
}

// headerPath takes the timestamp and quotes off a path of a "---" or "+++" line.
func headerPath(s string) string {
	if strings.HasPrefix(s, `"`) {
		p, _, ok := cutQuoted(s)
		if !ok {
			return ""
		}
		return p
	}
	p, _, _ := strings.Cut(s, "\t")
	p = strings.TrimRight(p, " ")
	// QUIRK: "--- a/x.c 2001-02-03 04:05:06 +0000" with spaces for the tab.
	if i := strings.IndexByte(p, ' '); i > 0 && len(p) > i+5 && digits(p[i+1:]) == 4 && p[i+5] == '-' {
		p = p[:i]
	}
	return p
}

// sides strips the side prefixes off both paths of a pair: a/ and b/ (or i/ w/ c/ o/), or the first
// component of a "diff -u linux.orig/x linux/x". Without prefixes paths stay whole.
func sides(from, to string) (oldPath, newPath string) {
	oldPath, newPath = stripSide(from), stripSide(to)
	if oldPath != from || newPath != to || from == devNull || to == devNull {
		return oldPath, newPath
	}
	a, restA, okA := strings.Cut(from, "/")
	b, restB, okB := strings.Cut(to, "/")
	if okA && okB && a != b && strings.TrimSuffix(restA, ".orig") == restB {
		return restB, restB
	}
	return strings.TrimSuffix(from, ".orig"), to
}

func stripSide(p string) string {
	if len(p) > 2 && p[1] == '/' {
		switch p[0] {
		case 'a', 'b', 'i', 'w', 'c', 'o':
			return p[2:]
		}
	}
	return p
}

func isHex(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return s != ""
}
