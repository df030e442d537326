package patch

import (
	"cmp"
	"slices"
	"strings"
)

// statLine reads one line of a diffstat: " path | 12 ++--", " path | Bin 0 -> 9 bytes",
// " create mode 100644 path". Other lines are ignored.
func (s *scanner) statLine(line string) {
	body := strings.TrimLeft(line, " ")
	if len(line)-len(body) > 2 || body == "" {
		return
	}
	if mode, ok := strings.CutPrefix(body, "create mode "); ok {
		s.noteMode(mode, true)
		return
	}
	if mode, ok := strings.CutPrefix(body, "delete mode "); ok {
		s.noteMode(mode, false)
		return
	}
	name, rest, ok := strings.Cut(body, "|")
	if !ok || len(name) < 2 || name[len(name)-1] != ' ' {
		return
	}
	name = strings.TrimRight(name, " ")
	rest = strings.TrimSpace(rest)
	f := File{FromStat: true}
	switch n := digits(rest); {
	case strings.HasPrefix(rest, "Bin"):
		f.Binary = true
	case n > 0 && n < 10:
		total := atoi(rest[:n])
		graph := strings.TrimSpace(rest[n:])
		plus := strings.Count(graph, "+")
		if plus+strings.Count(graph, "-") != len(graph) {
			return
		}
		f.Added, f.Removed = splitGraph(total, plus, len(graph))
	default:
		return
	}
	f.Old, f.Path = statPaths(name)
	if f.Path == "" || strings.Contains(f.Path, " ") && !strings.Contains(f.Path, "/") {
		return // a table in prose
	}
	s.stat = append(s.stat, f)
}

// splitGraph shares a file's total of changed lines in the proportion of its graph.
func splitGraph(total, plus, width int) (added, removed int) {
	if width == 0 || total <= 0 {
		return total, 0
	}
	added = int((int64(total)*int64(plus) + int64(width)/2) / int64(width))
	return added, total - added
}

func (s *scanner) noteMode(mode string, created bool) {
	if _, path, ok := strings.Cut(mode, " "); ok && path != "" {
		if s.created == nil {
			s.created = make(map[string]bool)
		}
		s.created[headerPath(path)] = created
	}
}

// statPaths reads the name of a diffstat line: "path", "old => new", "dir/{old => new}/file".
func statPaths(name string) (old, path string) {
	if strings.HasPrefix(name, `"`) {
		p, _, _ := cutQuoted(name)
		return "", p
	}
	a, b, ok := strings.Cut(name, " => ")
	if !ok {
		return "", name
	}
	open := strings.LastIndexByte(a, '{')
	end := strings.IndexByte(b, '}')
	switch {
	case end < 0:
		return strings.TrimSpace(a), strings.TrimSpace(b)
	case open < 0:
		// QUIRK: the start was cut off: "...x.dts => y.dts}".
		return "", ellipsis + b[:end] + b[end+1:]
	}
	head, from := a[:open], a[open+1:]
	to, tail := b[:end], b[end+1:]
	return cleanJoin(head, from, tail), cleanJoin(head, to, tail)
}

// cleanJoin joins the parts of "dir/{ => sub}/file", where one part may be empty.
func cleanJoin(head, mid, tail string) string {
	if mid == "" {
		tail = strings.TrimPrefix(tail, "/")
	}
	return head + mid + tail
}

// finish adds the files that only the diffstat names and hands out the result.
func (s *scanner) finish() []File {
	full := s.completer()
	for i := range s.stat {
		f := s.stat[i]
		if short, ok := strings.CutPrefix(f.Path, ellipsis); ok {
			f.Path = cmp.Or(full(short), f.Path)
		}
		if _, ok := s.byPath[f.Path]; ok {
			continue
		}
		if created, ok := s.created[f.Path]; ok {
			f.New, f.Deleted = created, !created
		}
		s.byPath[f.Path] = len(s.files)
		s.files = append(s.files, f)
	}
	return s.files
}

// ellipsis starts a path that a diffstat has cut: ".../kernel/dma.rs", "...very_long_name.rs".
const ellipsis = "..."

// completer returns a function from the end of a path to the one full path, known from the diff and the
// "create mode" lines, that ends so; "" when none or several do. With a diff in the mail any will do: its
// files are known without the diffstat.
func (s *scanner) completer() func(short string) string {
	var known []string // reversed, sorted: paths with one end stand together
	return func(short string) string {
		if known == nil {
			known = make([]string, 0, len(s.files)+len(s.created)+1)
			for i := range s.files {
				known = append(known, reverse(s.files[i].Path))
			}
			for p := range s.created {
				if _, ok := s.byPath[p]; !ok {
					known = append(known, reverse(p))
				}
			}
			slices.Sort(known)
		}
		end := reverse(short)
		i, _ := slices.BinarySearch(known, end)
		if i == len(known) || !strings.HasPrefix(known[i], end) {
			return ""
		}
		if i+1 < len(known) && strings.HasPrefix(known[i+1], end) && !s.diff {
			return ""
		}
		return reverse(known[i])
	}
}

// reverse returns the bytes of s in reverse.
func reverse(s string) string {
	b := []byte(s)
	slices.Reverse(b)
	return string(b)
}
