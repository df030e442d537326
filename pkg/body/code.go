package body

import "strings"

// codes decides code, tables and commands, paragraph by paragraph.
func (s *splitter) codes() {
	fence := false
	for i := 0; i < len(s.lines); i++ {
		if !s.open(i) {
			continue
		}
		v := s.at(i)
		if strings.HasPrefix(v, "```") || v == "~~~" {
			s.mark(i, Code)
			if !fence && s.fenceEnd(i) > 0 {
				end := s.fenceEnd(i)
				for k := i + 1; k <= end; k++ {
					if !s.lines[k].blank {
						s.mark(k, Code)
					}
				}
				i = end
			}
			fence = false
			continue
		}
		end := i + 1
		for end < len(s.lines) && s.open(end) {
			end++
		}
		s.paragraph(i, end)
		i = end - 1
	}
	s.between()
}

// dashedName reports whether v is "-Ada", "--Ada", "~ada" or "/ada", as some sign.
func dashedName(v string) bool {
	return strings.IndexByte("-~/", v[0]) >= 0 && strings.IndexByte(v, ' ') < 0 && isShortName(v)
}

// fenceEnd returns the line that ends a block fenced by ``` at line i, 0 when there is none near.
func (s *splitter) fenceEnd(i int) int {
	const longest = 200
	for k := i + 1; k < len(s.lines) && k < i+longest; k++ {
		if s.isQuote(k) {
			return 0
		}
		if !s.lines[k].blank && !s.lines[k].done && (strings.HasPrefix(s.at(k), "```") || s.at(k) == "~~~") {
			return k
		}
	}
	return 0
}

// paragraph decides the code among the lines from..to-1, none of them blank. Lines that go together vote: an indented
// run is code when half of it is.
func (s *splitter) paragraph(from, to int) {
	for i := from; i < to; {
		if isSnip(s.at(i)) {
			s.mark(i, Code)
			i++
			continue
		}
		if end := s.comment(i, to); end > 0 {
			s.markRange(i, end, Code)
			i = end
			continue
		}
		if s.lines[i].indent < 4 {
			if flushCode(s.at(i), s.raw(i)) || i > from && s.isKind(i-1, Code) && codePoints(s.at(i)) >= 2 && !sentenceLike(s.at(i)) {
				s.mark(i, Code)
			}
			i++
			continue
		}
		end, code := i, 0
		for end < to && s.lines[end].indent >= 4 {
			v := s.at(end)
			if codePoints(v)+1 >= 2 && !sentenceLike(v) && !dashedName(v) {
				code++
			}
			end++
		}
		bulleted := i > from && isBullet(s.at(i-1)) || isBullet(s.at(i))
		if code*2 >= end-i && code > 0 && (!bulleted || code == end-i) {
			s.markRange(i, end, Code)
		}
		for ; i < end; i++ {
			if isLink(s.at(i)) {
				s.mark(i, Code)
			}
		}
	}
	// The head of a function above its "{".
	for i := from; i+1 < to; i++ {
		if s.open(i) && s.isKind(i+1, Code) && s.raw(i+1) == "{" && strings.HasSuffix(s.raw(i), ")") {
			s.mark(i, Code)
		}
	}
	s.rejoin(from, to)
	// "{", "}" and short lines between code lines belong to it.
	for i := from + 1; i+1 < to; i++ {
		if s.open(i) && s.isKind(i-1, Code) && s.isKind(i+1, Code) && !sentenceLike(s.at(i)) {
			s.mark(i, Code)
		}
	}
}

// comment returns the line behind the comment of C that begins at line i and ends before line to, 0 when there is none.
func (s *splitter) comment(i, to int) int {
	const longest = 20
	if v := s.at(i); !strings.HasPrefix(v, "/*") {
		if (v == "//" || strings.HasPrefix(v, "// ")) && s.lines[i].indent >= 4 {
			return i + 1
		}
		return 0
	}
	for k := i; k < min(to, i+longest); k++ {
		if strings.HasSuffix(s.at(k), "*/") {
			return k + 1
		}
	}
	return 0
}

// rejoin gives back to the prose what is full of names but part of a wrapped sentence: a line or two without the ends of
// statements, in one paragraph with prose that does not introduce them by a colon. Indented lines must go on with the text
// of a list item. A link is part of a sentence that goes on below it.
func (s *splitter) rejoin(from, to int) {
	prose := func(i int) bool { return i >= from && i < to && s.open(i) }
	for i := from; i < to; {
		if !s.isKind(i, Code) {
			i++
			continue
		}
		end, strong := i, false
		for end < to && s.isKind(end, Code) {
			strong = strong || statement(s.at(end)) || s.lines[end].indent >= 4 && codePoints(s.at(end)) >= 4
			end++
		}
		above := prose(i-1) && s.at(i - 1)[len(s.at(i-1))-1] != ':'
		below := prose(end) && (i == from || above) && !isBullet(s.at(end))
		if s.lines[i].indent >= 4 {
			above = above && s.hangs(i)
			below = false
		}
		if end-i <= 2 && !strong && (above || below) || end == i+1 && (above || i == from) && prose(end) && s.within(i, above) {
			for k := i; k < end; k++ {
				s.lines[k].kind, s.lines[k].done = Prose, false
			}
		}
		i = end
	}
}

// hangs reports whether line i stands below the text of the list item or of the indented line above it.
func (s *splitter) hangs(i int) bool {
	above, v := &s.lines[i-1], s.at(i-1)
	n := bullet(v)
	for n > 0 && n < len(v) && v[n] == ' ' {
		n++
	}
	return int(s.lines[i].indent) == int(above.indent)+n
}

// within reports whether line i is a link inside of a sentence: the line above, when there is one, has not ended it, the
// line below begins none.
func (s *splitter) within(i int, above bool) bool {
	if link := strings.TrimRight(s.at(i), ",;"); link == "" || !isLink(link) {
		return false
	}
	if v := s.at(i + 1); !isLower(v[0]) || !above && !sentenceLike(v) {
		return false
	}
	return !above || strings.IndexByte(".?!", s.at(i - 1)[len(s.at(i-1))-1]) < 0
}

// statement reports whether a line is code, a command, a link or a mark of something left out by itself, whatever stands around it.
func statement(v string) bool {
	switch v[len(v)-1] {
	case ';', '{', '}', '\\':
		return true
	}
	return strings.HasPrefix(v, "$ ") || strings.HasPrefix(v, "#") || strings.HasPrefix(v, "//") || strings.HasPrefix(v, "```") || isLink(v) || isSnip(v) || isArt(v) || isPrompt(v)
}

// between decides indented lines between two pieces of code, blank lines or none between them.
func (s *splitter) between() {
	for i := range s.lines {
		if !s.open(i) || s.lines[i].indent < 4 || sentenceLike(s.at(i)) || isBullet(s.at(i)) {
			continue
		}
		if s.isKind(s.prevText(i), Code) && s.isKind(s.nextText(i), Code) {
			s.mark(i, Code)
		}
	}
}

// plain reports whether v is words with at most commas, full stops and apostrophes, as most prose is. No code looks so,
// whatever its words are.
func plain(v string) bool {
	if !isAlpha(v[0]) {
		return false
	}
	for i := range len(v) {
		switch c := v[i]; {
		case isAlpha(c), c == ',', c == '.', c == '\'':
		case c == ' ' && v[i-1] != ' ':
		default:
			return false
		}
	}
	return true
}

// flushCode judges a line that is not indented, where code needs strong signs.
func flushCode(v, raw string) bool {
	if plain(v) {
		return false
	}
	switch v {
	case "{", "}", "};", "});", "})", "},":
		return true
	}
	if wordless(v) {
		return true
	}
	switch v[0] {
	case '$':
		if strings.HasPrefix(v, "$ ") {
			return true
		}
	case '#':
		if strings.HasPrefix(v, "#include ") || strings.HasPrefix(v, "#define ") || strings.HasPrefix(v, "#ifdef ") || strings.HasPrefix(v, "#endif") || strings.HasPrefix(v, "#ifndef ") || strings.HasPrefix(v, "#[") {
			return true
		}
	}
	if isArt(v) || isLink(v) || isPrompt(v) {
		return true
	}
	points := codePoints(v)
	if isBlank(raw[0]) {
		points++
	}
	return points >= 4 && !sentenceLike(v)
}

// frameSigns stand around words that say what was left out.
const frameSigns = "[]<>(){}*-=~_ "

func isFrame(c byte) bool { return strings.IndexByte(frameSigns, c) >= 0 }

// isSnip reports whether v says that something was left out: "[...]", "<snip>", "[ trimmed ]".
func isSnip(v string) bool {
	if !isFrame(v[0]) && !isFrame(v[len(v)-1]) {
		return v == "..." || v == "…"
	}
	inner := strings.Trim(v, frameSigns)
	if inner == "" {
		return v == "[]" || v == "()"
	}
	const longest = len("snip snip")
	if len(inner) > longest {
		return false
	}
	switch strings.ToLower(inner) {
	case "...", "..", "…", "snip", "snipped", "snip snip", "cut", "trimmed", "skip", "skipped":
		return true
	}
	return false
}

// wordless reports whether v holds names, paths and numbers, but no plain word.
func wordless(v string) bool {
	if dashedName(v) {
		return false
	}
	names := 0
	for word := range strings.FieldsSeq(v) {
		plain := len(word) > 1
		for i := range len(word) {
			if c := word[i]; !isAlpha(c) && c < 0x80 && strings.IndexByte(",.!?:;'\"()", c) < 0 {
				plain = false
			}
		}
		if plain {
			return false
		}
		if strings.ContainsAny(word, "/_=") {
			names++
		}
	}
	return names > 0 && v[len(v)-1] != '?'
}

// isPrompt reports whether v is a command behind a prompt of root or of a user at a host.
func isPrompt(v string) bool {
	if strings.HasPrefix(v, "# ") {
		first, _, _ := strings.Cut(v[2:], " ")
		return isCommand(first)
	}
	if strings.HasPrefix(v, "root# ") || strings.HasPrefix(v, "root$ ") {
		return true
	}
	at := strings.IndexByte(v, '@')
	if at < 1 || at > 20 {
		return false
	}
	sign := strings.IndexAny(v, "$#")
	return sign > at && sign < 60 && strings.Count(v[:sign], " ") <= 1 && strings.IndexByte(":~/] ", v[sign-1]) >= 0
}

// isArt reports whether v is a rule or a row of a table: no letters, or bars all over.
func isArt(v string) bool {
	letters, digits, bars := 0, 0, 0
	for i := range len(v) {
		switch c := v[i]; {
		case isAlpha(c) || c >= 0x80:
			letters++
		case isDigit(c):
			letters++
			digits++
		case c == '|':
			bars++
		}
	}
	if letters == 0 {
		return v == "#" || v == "$" || v == "^" || len(v) >= 4 && strings.Trim(v, ".!?:;)(-") != "" || len(v) >= 8
	}
	if bars >= 2 && v[0] == '|' || bars >= 3 && strings.Count(v, " | ") >= 3 {
		return true
	}
	return (digits >= 3 || strings.Contains(v, "   ")) && isRow(v) // no row has fewer numbers, or columns without room between them
}

// isRow reports whether v is a row of a table of numbers: three or more of them, and few words.
func isRow(v string) bool {
	numbers, others := 0, 0
	for word := range strings.FieldsSeq(v) {
		switch d := leadingDigits(word); {
		case d > 0 && strings.Trim(word[d:], "0123456789.,%abcdefxKMGBnums+-") == "":
			numbers++
		default:
			others++
		}
	}
	return numbers >= 3 && numbers > others || others+numbers >= 4 && strings.Count(v, "   ") >= others+numbers-2
}

// isLink reports whether v is a reference such as "[1] https://..." or a link alone, which is no sentence.
func isLink(v string) bool {
	if strings.IndexByte("[<>()hgL", v[0]) < 0 {
		return false
	}
	if v[0] == '[' {
		end := strings.IndexByte(v, ']')
		if end < 0 || end > 6 {
			return false
		}
		v = strings.TrimLeft(v[end+1:], ": ")
	}
	v = strings.Trim(v, "<>()")
	if strings.HasPrefix(v, "http://") || strings.HasPrefix(v, "https://") || strings.HasPrefix(v, "git://") || strings.HasPrefix(v, "Link: http") {
		return strings.IndexByte(v, ' ') < 0 || strings.HasPrefix(v, "Link: http")
	}
	return false
}

func isCommand(w string) bool {
	switch w {
	case "make", "git", "cargo", "rustc", "rustup", "sudo", "apt", "apt-get", "dnf", "cd", "echo", "export", "gcc", "clang", "b4", "modprobe", "insmod", "rmmod", "cat", "grep", "sed", "awk", "ls", "mount", "perf", "dmesg",
		"objdump", "nm", "readelf", "pahole", "tar", "cp", "mv", "rm", "mkdir", "python3", "python", "perl", "bash", "sh", "wget", "curl", "qemu-system-x86_64", "ssh", "ld", "bindgen", "find", "diff", "patch", "file", "strace", "gdb", "test", "for", "while", "if":
		return true
	}
	return strings.HasPrefix(w, "./") || strings.HasPrefix(w, "scripts/")
}

// codePoints weighs the signs of code in a line without its indentation.
func codePoints(v string) int {
	points := 0
	if v[0] == '$' && len(v) > 1 && strings.IndexByte("(@<", v[1]) >= 0 {
		points += 2
	}
	last := v[len(v)-1]
	switch last {
	case ';':
		points += 2
	case '{':
		points += 3
	case '}':
		points += 2
	case '\\':
		points++
	case ')':
		if !strings.Contains(v, " (") {
			points++
		}
	}
	switch v[0] {
	case '#':
		if len(v) > 1 && (isLower(v[1]) || v[1] == '[') {
			points += 3
		}
	case '/':
		if strings.HasPrefix(v, "//") && strings.IndexByte(v, ' ') > 0 || strings.HasPrefix(v, "/*") {
			points += 3
		}
	case '}':
		points += 3
	case '$':
		if len(v) > 1 && (v[1] == ' ' || v[1] == '(') {
			points += 3
		}
	case '*':
		if strings.HasSuffix(v, "*/") {
			points += 3
		}
	case '-', '+':
		if len(v) > 2 && v[1] == v[0] && isAlpha(v[2]) {
			points++ // an option
		}
	}
	operators := 0
	for i := 1; i+1 < len(v); i++ {
		switch v[i] {
		case '=':
			switch {
			case v[i+1] == '=' || strings.IndexByte("!<>+-*/|&^", v[i-1]) >= 0 || v[i+1] == '>' || v[i-1] == ':':
				operators += 2
				i++
			case v[i-1] == ' ' && v[i+1] == ' ':
				operators++
			case isWord(v[i-1]) && isWord(v[i+1]):
				operators++
			}
		case '-':
			if v[i+1] == '>' {
				operators += 2
				i++
			}
		case ':':
			if v[i+1] == ':' {
				operators++
				i++
			}
		case '&':
			if v[i+1] == '&' || isAlpha(v[i+1]) {
				operators++
			}
		case '|':
			if v[i+1] == '|' {
				operators++
			}
		case '(':
			if isWord(v[i-1]) || v[i-1] == '_' || v[i-1] == '!' {
				operators++
			}
		case '$':
			if strings.IndexByte("(@<^{", v[i+1]) >= 0 {
				operators += 2
			}
		case '[':
			if isWord(v[i-1]) {
				operators++
			}
		case '_':
			if isWord(v[i-1]) && isWord(v[i+1]) && i < 40 {
				operators++
				i += 12 // one name counts once
			}
		case '*':
			if v[i-1] == ' ' && isAlpha(v[i+1]) {
				operators++
			}
		}
		if operators >= 4 {
			break
		}
	}
	points += min(operators, 4)
	word := v
	if end := strings.IndexAny(v, " (:<!;"); end > 0 {
		word = v[:end]
	}
	switch word {
	case "static", "struct", "const", "unsigned", "extern", "inline", "typedef", "u8", "u16", "u32", "u64", "fn", "pub", "impl", "let", "mut", "void", "int", "char", "bool", "enum", "union", "#define", "goto", "EXPORT_SYMBOL_GPL", "EXPORT_SYMBOL", "MODULE_LICENSE", "obj-y", "ifdef", "ifeq", "endif", "config", "depends", "select", "tristate":
		points++
	case "return", "if", "for", "while", "switch", "case", "break", "continue", "else", "unsafe", "use", "mod", "match", "do":
		if points > 0 || last == ';' || last == '{' {
			points++
		}
	default:
		if isCommand(word) && strings.IndexAny(v, "=/-.") > 0 {
			points += 2
		}
	}
	if strings.IndexByte(v, ' ') < 0 && len(v) > 3 && strings.ContainsAny(v, "_/.=-0123456789") {
		points += 2 // a name, a path, a version alone
	}
	return points
}

// sentenceLike reports whether v reads like prose: at least four plain words in a row.
func sentenceLike(v string) bool {
	run, best := 0, 0
	i := 0
	for i < len(v) {
		for i < len(v) && v[i] == ' ' {
			i++
		}
		start := i
		plain := true
		for i < len(v) && v[i] != ' ' {
			c := v[i]
			if !isAlpha(c) && c != '\'' && c != ',' && c != '.' && c < 0x80 {
				plain = false
			}
			i++
		}
		if start == i {
			break
		}
		if plain && (i-start > 1 || v[start] == 'a' || v[start] == 'I') && !isKeyword(v[start:i]) {
			run++
			best = max(best, run)
		} else {
			run = 0
		}
	}
	return best >= 4
}

func isKeyword(w string) bool {
	switch w {
	case "static", "struct", "const", "unsigned", "int", "char", "void", "long", "inline", "extern", "return", "else", "let", "mut", "fn", "pub", "impl", "unsafe", "bool", "enum", "union", "goto", "depends", "select", "config", "default":
		return true
	}
	return false
}

// isBullet reports whether v begins an item of a list.
func isBullet(v string) bool {
	return bullet(v) > 0
}

// bullet returns the length of the mark of a list item v begins with, one blank included, 0 when it begins none.
func bullet(v string) int {
	if len(v) < 3 {
		return 0
	}
	switch c := v[0]; {
	case (c == '-' || c == '*' || c == '+' || c == 'o') && v[1] == ' ':
		return 2
	case strings.HasPrefix(v, "• "), strings.HasPrefix(v, "– "), strings.HasPrefix(v, "— "):
		return strings.IndexByte(v, ' ') + 1
	case strings.HasPrefix(v, "-> "), strings.HasPrefix(v, "=> "), strings.HasPrefix(v, "-- "), strings.HasPrefix(v, "** "):
		return 3
	case isDigit(c) || c == '(' && (isDigit(v[1]) || isAlpha(v[1])) || c == '[' && isDigit(v[1]):
		open := 0
		if c == '(' || c == '[' {
			open = 1
		}
		d := leadingDigits(v[open:])
		if d == 0 && open == 1 {
			d = 1
		}
		if d > 3 {
			return 0
		}
		k := open + d
		if k+1 < len(v) && (v[k] == '.' && open == 0 || v[k] == ')' || v[k] == ']' && open == 1 || v[k] == ':' && open == 0) && v[k+1] == ' ' {
			return k + 2
		}
	case isLower(c) && (v[1] == ')' || v[1] == '.') && v[2] == ' ':
		return 3
	}
	return 0
}
