package body

import "strings"

// diffs decides diffs, diffstats and what belongs to them.
func (s *splitter) diffs() {
	for i := 0; i < len(s.lines); i++ {
		if !s.open(i) {
			continue
		}
		v := s.raw(i)
		switch v[0] {
		case 'd':
			if strings.HasPrefix(v, "diff --git ") || strings.HasPrefix(v, "diff -") && strings.Contains(v, "/") || strings.HasPrefix(v, "diff --cc ") {
				i = s.diff(i) - 1
			}
		case 'I':
			if strings.HasPrefix(v, "Index: ") {
				i = s.diff(i) - 1
			}
		case '-':
			switch {
			case strings.HasPrefix(v, "--- ") && s.open(i+1) && strings.HasPrefix(s.raw(i+1), "+++ "):
				i = s.diff(i) - 1
			case v == "---":
				s.ruleLine(i)
			default:
				i = s.looseDiff(i) - 1
			}
		case '+':
			i = s.looseDiff(i) - 1
		case '@':
			if hunk, _, _ := hunkHeader(v); hunk {
				i = s.diff(i) - 1
			}
		case ' ', '\t':
			s.statLine(i, v)
		case '*':
			if v == "***" || strings.HasPrefix(v, "*** ") && s.open(i+1) && strings.HasPrefix(s.raw(i+1), "--- ") {
				s.mark(i, Diff)
			}
		default:
			if isDigit(v[0]) {
				s.rangeLine(i, v)
				if statSummary(v) {
					s.mark(i, Diff)
				}
			}
		}
	}
	if s.o.Patch {
		s.patchParts()
	} else {
		s.pasted()
	}
}

// pasted decides the header and message of patches pasted into a mail or attached to it: what stands between the "From",
// "Subject:" or scissors line and the diff is the patch's, whoever wrote it, and not what the author says in this mail.
func (s *splitter) pasted() {
	for i := 0; i < len(s.lines); i++ {
		if !s.open(i) {
			continue
		}
		v := strings.TrimPrefix(s.raw(i), ">From ")
		if len(v) < s.lines[i].end-s.lines[i].start {
			v = s.raw(i)[1:] // the mark of an mbox writer
		}
		switch v[0] {
		case 'F':
			mbox := strings.HasPrefix(v, "From ") && len(v) > 46 && hexWord(v[5:]) == 40
			header := strings.HasPrefix(v, "From: ") && strings.Contains(v, "@") && (i == 0 || s.lines[i-1].blank || s.lines[i-1].done)
			if !mbox && !header {
				continue
			}
		case 'S':
			if !strings.HasPrefix(v, "Subject: ") || i > 0 && !s.lines[i-1].blank && !s.lines[i-1].done {
				continue
			}
		default:
			if !isScissors(v) {
				continue
			}
			if end := s.closingScissors(i); end > 0 {
				for k := i; k <= end; k++ {
					s.mark(k, Code)
				}
				i = end
				continue
			}
			s.mark(i, Diff)
		}
		if end := s.patchBody(i); end > 0 {
			s.markRange(i, end, Diff)
			i = end
		}
	}
}

// closingScissors returns the scissors line that ends what begins with the one at line i, 0 when there is none near or a
// diff stands between them.
func (s *splitter) closingScissors(i int) int {
	const longest = 120
	for k := i + 1; k < len(s.lines) && k < i+longest; k++ {
		if s.lines[k].blank {
			continue
		}
		if s.lines[k].done {
			return 0
		}
		if isScissors(s.raw(k)) {
			return k
		}
	}
	return 0
}

// patchBody returns the first line of the diff below the patch message that begins at line i, 0 when there is none.
func (s *splitter) patchBody(i int) int {
	const longest = 300
	for k := i + 1; k < len(s.lines) && k < i+longest; k++ {
		if s.isQuote(k) {
			return 0
		}
		if s.isKind(k, Diff) && (s.raw(k) == "---" || diffStart(s.raw(k)) || strings.HasPrefix(s.raw(k), "--- ")) {
			return k
		}
	}
	return 0
}

// diff decides the lines of the diff that begins at line i and returns the line behind it. Hunks are followed by the
// counts in their headers, so that their lines may look like anything.
func (s *splitter) diff(i int) int {
	last := i // last line that surely belongs to the diff
	for k := i; k < len(s.lines); {
		if s.lines[k].blank {
			// Blank lines between files, and context lines that lost their blank.
			next := s.nextText(k - 1)
			if next < len(s.lines) && !s.lines[next].done && diffStart(s.raw(next)) && next-k <= 3 {
				k = next
				continue
			}
			break
		}
		if s.lines[k].done {
			break
		}
		v := s.raw(k)
		if hunk, old, added := hunkHeader(v); hunk {
			k = s.hunk(k+1, old, added)
			last = k - 1
			continue
		}
		if !diffHeader(v) {
			// QUIRK: file headers wrapped by a mail program: a file name alone on the line below.
			if last == k-1 && k > i && diffHeader(s.raw(k-1)) && !strings.ContainsAny(v, " \t") && strings.Contains(v, "/") {
				last = k
				k++
				continue
			}
			break
		}
		last = k
		k++
	}
	for k := i; k <= last; k++ {
		l := &s.lines[k]
		l.kind, l.done, l.depth = Diff, true, 0 // " > x" may be a context line
	}
	return last + 1
}

// hunk returns the line behind the hunk whose lines begin at k. old and added are the counts of its header.
func (s *splitter) hunk(k, old, added int) int {
	for k < len(s.lines) && (old > 0 || added > 0) {
		l := &s.lines[k]
		if l.done && s.text[l.start] == '>' {
			break
		}
		if l.blank {
			// A context line whose blank was lost; not at the end of what is left of a cut hunk.
			next := s.nextText(k)
			if next == len(s.lines) || !hunkLine(s.text[s.lines[next].start:]) {
				break
			}
			old--
			added--
			k++
			continue
		}
		switch s.text[l.start] {
		case ' ', '\t':
			old--
			added--
		case '-':
			old--
		case '+':
			added--
		case '\\':
		default:
			// QUIRK: lines wrapped by a mail program inside a hunk, when the hunk goes on below.
			if k+1 == len(s.lines) || s.lines[k+1].blank || !hunkLine(s.text[s.lines[k+1].start:]) || strings.HasPrefix(s.text[l.start:], "@@ ") {
				return k
			}
		}
		k++
	}
	if k < len(s.lines) && strings.HasPrefix(s.raw(k), "\\ No newline") {
		k++
	}
	return k
}

func hunkLine(v string) bool {
	return v != "" && (v[0] == ' ' || v[0] == '+' || v[0] == '-' || v[0] == '\t' || v[0] == '\\')
}

// hunkHeader reads "@@ -1,2 +3,4 @@". Combined diffs ("@@@") and headers without numbers count with no lines.
func hunkHeader(v string) (ok bool, old, added int) {
	if !strings.HasPrefix(v, "@@") {
		return false, 0, 0
	}
	if strings.HasPrefix(v, "@@@ ") {
		return true, 0, 0
	}
	rest, found := strings.CutPrefix(v, "@@ -")
	if !found {
		return false, 0, 0
	}
	old, rest, ok = hunkRange(rest)
	if !ok {
		return false, 0, 0
	}
	rest, found = strings.CutPrefix(rest, " +")
	if !found {
		return false, 0, 0
	}
	added, _, ok = hunkRange(rest)
	return ok, old, added
}

// hunkRange reads "12,7" or "12", which stands for "12,1".
func hunkRange(v string) (n int, rest string, ok bool) {
	d := leadingDigits(v)
	if d == 0 || d > 9 {
		return 0, v, false
	}
	rest = v[d:]
	if !strings.HasPrefix(rest, ",") {
		return 1, rest, true
	}
	d = leadingDigits(rest[1:])
	if d == 0 || d > 7 {
		return 0, v, false
	}
	for _, c := range rest[1 : 1+d] {
		n = n*10 + int(c-'0')
	}
	return n, rest[1+d:], true
}

// diffStart reports whether v begins a file or a hunk.
func diffStart(v string) bool {
	hunk, _, _ := hunkHeader(v)
	return hunk || strings.HasPrefix(v, "diff --git ") || strings.HasPrefix(v, "Index: ") || strings.HasPrefix(v, "--- a/")
}

// diffHeader reports whether v is a line of a file's header in a diff.
func diffHeader(v string) bool {
	if v == "" {
		return false
	}
	switch v[0] {
	case 'd':
		return strings.HasPrefix(v, "diff -") || strings.HasPrefix(v, "deleted file mode ")
	case 'i':
		return strings.HasPrefix(v, "index ") && strings.Contains(v, "..")
	case '-':
		return strings.HasPrefix(v, "--- ")
	case '+':
		return strings.HasPrefix(v, "+++ ")
	case 'n':
		return strings.HasPrefix(v, "new file mode ") || strings.HasPrefix(v, "new mode ")
	case 'o':
		return strings.HasPrefix(v, "old mode ")
	case 's':
		return strings.HasPrefix(v, "similarity index ")
	case 'r':
		return strings.HasPrefix(v, "rename ")
	case 'c':
		return strings.HasPrefix(v, "copy ")
	case 'B':
		return strings.HasPrefix(v, "Binary files ")
	case 'G':
		return v == "GIT binary patch"
	case 'I':
		return strings.HasPrefix(v, "Index: ")
	case '=':
		return strings.Count(v, "=") == len(v) && len(v) > 20
	}
	return false
}

// looseDiff decides lines that begin with "+" or "-" without a hunk header above them: pieces of code pasted into a
// reply. Lists with "- item" and "+ item" look alike, so a run counts only when its lines look like code. It returns
// the line behind the run.
func (s *splitter) looseDiff(i int) int {
	end, signs, strong := i, 0, 0
	for end < len(s.lines) && s.open(end) {
		v := s.raw(end)
		switch {
		case (v[0] == '+' || v[0] == '-') && len(v) > 1 && v != "--" && v[1] != v[0]:
			signs++
			rest := v[1:]
			switch {
			case rest[0] == '\t', strings.HasPrefix(rest, "    "):
				strong++
			case rest[0] != ' ' && !isDigit(rest[0]) && codePoints(rest) >= 2:
				strong++
			case rest[0] == '#' && len(rest) > 1 && isAlpha(rest[1]):
				strong++
			}
		case v == "+" || v == "-":
			signs++
		case v[0] == '\t' || s.lines[end].indent >= 1 && end > i:
			// context between the signs
		default:
			if end == i {
				return i + 1
			}
			goto done
		}
		end++
	}
done:
	run := end
	// Context lines at the end are no evidence for anything.
	for end > i && s.raw(end - 1)[0] != '+' && s.raw(end - 1)[0] != '-' {
		end--
	}
	if strong > 0 && strong*2 >= signs && (signs >= 2 || strong == signs && s.raw(i)[0] == '+') {
		s.markRange(i, end, Diff)
		return end
	}
	return run
}

// statLine decides a line of a diffstat, and lines such as " create mode 100644 f".
func (s *splitter) statLine(i int, v string) {
	t := strings.TrimLeft(v, " \t")
	indent := len(v) - len(t)
	if indent > 4 {
		return
	}
	switch {
	case statFile(t), statSummary(t):
		s.mark(i, Diff)
	case strings.HasPrefix(t, "create mode "), strings.HasPrefix(t, "delete mode "), strings.HasPrefix(t, "mode change "):
		s.mark(i, Diff)
	case (strings.HasPrefix(t, "rename ") || strings.HasPrefix(t, "copy ") || strings.HasPrefix(t, "rewrite ")) && strings.HasSuffix(t, "%)"):
		s.mark(i, Diff)
	case isDigit(t[0]):
		s.rangeLine(i, t)
	}
}

// statFile reports whether t is " path | 12 ++--" without the blank in front.
func statFile(t string) bool {
	bar := strings.LastIndexByte(t, '|')
	if bar < 2 || t[bar-1] != ' ' {
		return false
	}
	// The name has no blanks, apart from a rename, and the number comes right behind the bar.
	name := strings.TrimRight(t[:bar], " ")
	if strings.Contains(name, " ") && !strings.Contains(name, " => ") || name == "" || isDigit(name[0]) && !strings.Contains(name, "/") {
		return false
	}
	rest := strings.TrimLeft(t[bar+1:], " ")
	if strings.HasPrefix(rest, "Bin ") {
		return true
	}
	d := leadingDigits(rest)
	if d == 0 {
		return false
	}
	rest = strings.TrimLeft(rest[d:], " ")
	return strings.Trim(rest, "+-") == ""
}

// statSummary reports whether t is "3 files changed, 5 insertions(+)".
func statSummary(t string) bool {
	d := leadingDigits(t)
	return d > 0 && (strings.HasPrefix(t[d:], " file changed") || strings.HasPrefix(t[d:], " files changed"))
}

// rangeLine decides a line of a range-diff: "1:  0123abc ! 1:  4567def subject" or "-:  ------- > 3:  ...".
func (s *splitter) rangeLine(i int, t string) {
	d := leadingDigits(t)
	if d == 0 || d > 4 || !strings.HasPrefix(t[d:], ":  ") {
		return
	}
	rest := strings.TrimLeft(t[d+1:], " ")
	n := 0
	for n < len(rest) && (isHex(rest[n]) || rest[n] == '-') {
		n++
	}
	rest = strings.TrimLeft(rest[n:], " ")
	if n >= 7 && rest != "" && strings.IndexByte("=!<>", rest[0]) >= 0 {
		s.mark(i, Diff)
		// What changed stands below, indented by at least four blanks.
		for k := i + 1; k < len(s.lines) && (s.lines[k].blank || s.lines[k].indent >= 4); k++ {
			if !s.lines[k].blank {
				s.mark(k, Diff)
			}
		}
	}
}

// isScissors reports whether v is a line such as "-- >8 --" that sets a patch off from the talk before it.
func isScissors(v string) bool {
	return len(v) < 80 && (strings.Contains(v, ">8") || strings.Contains(v, "8<")) && strings.Contains(v, "--") &&
		strings.Trim(v, "-><8 %:=") == "" || strings.Contains(v, "- >8 -") || strings.Contains(v, "- 8< -")
}

// ruleLine decides a "---" of its own: it sets off the notes of a patch when a diffstat or a diff follows.
func (s *splitter) ruleLine(i int) {
	if s.o.Patch {
		s.mark(i, Diff)
		return
	}
	for k := i + 1; k < len(s.lines) && k < i+60; k++ {
		if s.lines[k].blank || s.lines[k].done {
			continue
		}
		v := s.raw(k)
		if strings.HasPrefix(v, "diff --git ") || strings.HasPrefix(v, "--- a/") || (v[0] == ' ' && statFile(strings.TrimLeft(v, " "))) {
			s.mark(i, Diff)
			return
		}
	}
}

// patchParts decides what only a posted patch has: in-body headers at the top, base-commit lines.
func (s *splitter) patchParts() {
	first := s.nextText(-1)
	if first < len(s.lines) && s.open(first) && strings.HasPrefix(s.raw(first), "From: ") && strings.Contains(s.raw(first), "@") {
		for k := first; s.open(k); k++ {
			v := s.raw(k)
			if k > first && !strings.HasPrefix(v, "Date: ") && !strings.HasPrefix(v, "Subject: ") && !isBlank(v[0]) {
				break
			}
			s.mark(k, Attribution)
		}
	}
	for i := range s.lines {
		if !s.open(i) {
			continue
		}
		v := s.raw(i)
		s.shortlog(i, v)
		switch v[0] {
		case 'R':
			if strings.HasPrefix(v, "Range-diff ") && v[len(v)-1] == ':' {
				s.mark(i, Diff)
			}
		case 'F', '>':
			// The output of git format-patch below words to the readers.
			if rest, ok := strings.CutPrefix(strings.TrimPrefix(v, ">"), "From "); ok && hexWord(rest) == 40 {
				for k := i; s.open(k); k++ {
					s.mark(k, Attribution)
				}
			}
		case 'b':
			if strings.HasPrefix(v, "base-commit: ") {
				s.mark(i, Footer)
			}
		case 'c':
			if strings.HasPrefix(v, "change-id: ") {
				s.mark(i, Footer)
			}
		case 'p':
			if strings.HasPrefix(v, "prerequisite-") && strings.Contains(v, "-id: ") {
				s.mark(i, Footer)
			}
		}
	}
}

// shortlog decides the list of a cover letter that says who has which patches in the series: "Ada Example (2):" and the
// titles below, indented by two blanks.
func (s *splitter) shortlog(i int, v string) {
	if !strings.HasSuffix(v, "):") || !s.open(i+1) || s.lines[i+1].indent != 2 {
		return
	}
	open := strings.LastIndexByte(v, '(')
	if open < 2 || leadingDigits(v[open+1:]) != len(v)-open-3 || v[open-1] != ' ' {
		return
	}
	s.mark(i, Diff)
	for k := i + 1; s.open(k) && s.lines[k].indent >= 2; k++ {
		s.mark(k, Diff)
	}
}
