package body

import "strings"

// logs decides kernel messages, traces, build output and configuration.
func (s *splitter) logs() {
	for i := range s.lines {
		if s.open(i) && isLog(s.at(i), int(s.lines[i].indent)) {
			s.mark(i, Log)
		}
	}
	// A blank or odd line between two log lines belongs to the log.
	for i := 1; i+1 < len(s.lines); i++ {
		if s.open(i) && s.isKind(i-1, Log) && s.isKind(i+1, Log) {
			s.mark(i, Log)
		}
	}
}

// isKind reports whether line i exists and is decided to be of kind k.
func (s *splitter) isKind(i int, k Kind) bool {
	return i >= 0 && i < len(s.lines) && s.lines[i].done && s.lines[i].kind == k
}

// isLog judges a line by its start. v has no white space in front.
func isLog(v string, indent int) bool {
	switch c := v[0]; {
	case c == '[':
		return stamp(v)
	case c == '<':
		return len(v) > 4 && isDigit(v[1]) && v[2] == '>' && v[3] == '['
	case c == '#':
		return strings.HasPrefix(v, "# CONFIG_") || numberedFrame(v) || strings.HasPrefix(v, "# bad: [") || strings.HasPrefix(v, "# good: [") || strings.HasPrefix(v, "# first bad commit")
	case c == '=':
		return len(v) > 20 && strings.Trim(v, "=") == ""
	case c == '?':
		return offsetOf(v)
	case c == '*':
		return strings.HasPrefix(v, "*** ") && strings.Contains(v, "rror")
	case c == '-':
		return strings.HasPrefix(v, "---[ end trace") || strings.HasPrefix(v, "--> ")
	case c == '|':
		return indent > 0 && (strings.Contains(v, "^") || strings.Contains(v, "~~"))
	case isDigit(c):
		return digitLog(v, indent)
	case isUpper(c):
		return upperLog(v, indent)
	case isAlpha(c):
		return lowerLog(v)
	}
	return place(v)
}

// stamp reports whether v begins with a time stamp of the kernel log: "[   12.345678]", or a task tag "[ T123]".
func stamp(v string) bool {
	end := strings.IndexByte(v, ']')
	if end < 4 || end > 24 {
		return false
	}
	inner := strings.TrimLeft(v[1:end], " ")
	d := leadingDigits(inner)
	if d == 0 || d == len(inner) || inner[d] != '.' {
		return false
	}
	return leadingDigits(inner[d+1:]) >= 3
}

// numberedFrame reports whether v is a frame of a debugger: "#0  0x... in f ()" or "#1: ffff... at: f+0x1/0x2".
func numberedFrame(v string) bool {
	d := leadingDigits(v[1:])
	return d > 0 && d < 4 && (strings.HasPrefix(v[1+d:], "  ") || strings.HasPrefix(v[1+d:], ": "))
}

// offsetOf reports whether v holds a code address such as "func+0x12/0x34".
func offsetOf(v string) bool {
	at := strings.Index(v, "+0x")
	return at >= 0 && strings.Contains(v[at:], "/0x")
}

// digitLog judges lines that begin with a digit: source lines of compiler messages, dumps.
func digitLog(v string, indent int) bool {
	d := leadingDigits(v)
	rest := v[d:]
	if indent > 0 && (strings.HasPrefix(rest, " | ") || strings.HasPrefix(rest, "\t")) {
		return true // "   12 | code"
	}
	n := 0
	for n < len(v) && isHex(v[n]) {
		n++
	}
	if n >= 8 && n < len(v) && (v[n] == ':' || v[n] == ' ' && n >= 16) || n >= 4 && strings.HasPrefix(v[n:], ":\t") {
		return n != 40 && n != 32 || !sentenceLike(v) // a commit that a sentence names
	}
	return n == 2 && len(v) > 8 && v[2] == ' ' && isHex(v[3]) && isHex(v[4]) && v[5] == ' ' && isHex(v[6]) && isHex(v[7]) && v[8] == ' '
}

// upperLog judges lines that begin with a capital.
func upperLog(v string, indent int) bool {
	if strings.HasPrefix(v, "CONFIG_") {
		return strings.Contains(v, "=") && wordCount(v) == 1
	}
	n := 0
	for n < len(v) && (isUpper(v[n]) || isDigit(v[n]) || v[n] == '_') {
		n++
	}
	if indent >= 1 && n >= 2 && n <= 12 && strings.HasPrefix(v[n:], "  ") {
		// "  CC      init/main.o", "  RUSTC L rust/core.o"
		return true
	}
	if indent >= 1 && strings.HasPrefix(v[n:], " [M] ") {
		return true
	}
	for _, start := range [...]string{
		"BUG: ", "WARNING: ", "ERROR: ", "INFO: task ", "INFO: rcu", "Oops:", "Oops [", "Oops -", "Call Trace:", "Call trace:", "RIP: ", "RSP: ", "RAX: ", "RBP: ", "R10: ", "R13: ", "RDX: ", "EIP: ", "EAX: ", "CR2: ",
		"Code: ", "Modules linked in:", "CPU: ", "Hardware name: ", "Workqueue: ", "Kernel panic", "Unable to handle ", "PC is at ", "LR is at ", "PKRU: ", "FS:  ", "CS:  ", "DR0: ", "DR3: ", "Tainted: ",
		"In file included from ", "Entering directory ", "Segmentation fault", "Backtrace:", "Stack traceback", "KASAN: ", "UBSAN: ", "KCSAN: ",
	} {
		if strings.HasPrefix(v, start) {
			return start != "WARNING: " && start != "ERROR: " && start != "CPU: " && start != "Code: " && start != "BUG: " || logRest(v[len(start):])
		}
	}
	if strings.HasPrefix(v, "R0") && len(v) > 5 && isDigit(v[2]) && v[3] == ':' {
		return true
	}
	return place(v) || offsetOf(v) && wordCount(v) <= 8
}

// logRest tells the rest of a log line from the rest of a sentence that begins like one.
func logRest(rest string) bool {
	return offsetOf(rest) || strings.Contains(rest, ": ") || strings.Contains(rest, ".c") || strings.Contains(rest, "\"") || strings.Contains(rest, "[") || leadingDigits(rest) > 0 || strings.Contains(rest, "0x") ||
		len(rest) > 4 && isHex(rest[0]) && isHex(rest[1]) && rest[2] == ' '
}

// lowerLog judges lines that begin with a small letter.
func lowerLog(v string) bool {
	switch v[0] {
	case 'm':
		if strings.HasPrefix(v, "make[") || strings.HasPrefix(v, "make: ") {
			return true
		}
	case 'e':
		if strings.HasPrefix(v, "error[E") || strings.HasPrefix(v, "error: ") {
			return true
		}
	case 'w':
		if strings.HasPrefix(v, "warning: ") {
			return true
		}
	case 'n':
		if strings.HasPrefix(v, "note: ") && strings.ContainsAny(v, "`_()") {
			return true
		}
	case 'h':
		if strings.HasPrefix(v, "help: ") && strings.ContainsAny(v, "`_") {
			return true
		}
	case 'f':
		if strings.HasPrefix(v, "from ") && place(v[5:]) {
			return true
		}
	case 'l':
		if strings.HasPrefix(v, "ld: ") || strings.HasPrefix(v, "ld.lld: ") || strings.HasPrefix(v, "ld.lld-") || strings.HasPrefix(v, "lr : ") {
			return true
		}
	case 'c':
		if strings.HasPrefix(v, "collect2: ") || strings.HasPrefix(v, "cc1: ") || strings.HasPrefix(v, "clang: ") && strings.Contains(v, "error") || strings.HasPrefix(v, "commit ") && hexWord(v[7:]) >= 40 {
			return true
		}
	case 'p':
		if strings.HasPrefix(v, "pc : ") || strings.HasPrefix(v, "pstate: ") {
			return true
		}
	case 's':
		if strings.HasPrefix(v, "sp : ") {
			return true
		}
	case 'v':
		if strings.HasPrefix(v, "vim +") {
			return true
		}
	case 'x':
		// Registers: "x29: ffff...".
		d := leadingDigits(v[1:])
		if d > 0 && d < 3 && strings.HasPrefix(v[1+d:], ": ") && hexWord(v[3+d:]) == 16 {
			return true
		}
	}
	return place(v) || offsetOf(v) && wordCount(v) <= 8
}

func hexWord(v string) int {
	n := 0
	for n < len(v) && isHex(v[n]) {
		n++
	}
	return n
}

// place reports whether v begins with a place in a file as compilers and search tools print it: "f.c:12:3: " or
// "f.c:12: error".
func place(v string) bool {
	colon := strings.IndexByte(v, ':')
	if colon < 2 || colon > 160 || colon+1 == len(v) || strings.IndexByte(v[:colon], ' ') >= 0 {
		return false
	}
	name, rest := v[:colon], v[colon+1:]
	file := strings.IndexByte(name, '/') >= 0 || strings.IndexByte(name, '.') > 0
	d := leadingDigits(rest)
	if d == 0 {
		// "vmlinux.o: warning: objtool: ...", "ld.lld: error: ..."
		rest = strings.TrimLeft(rest, " ")
		if strings.HasPrefix(rest, "error: ") || strings.HasPrefix(rest, "fatal: ") || strings.HasPrefix(rest, "fatal error: ") {
			return true
		}
		return file && (strings.HasPrefix(rest, "warning: ") || strings.HasPrefix(rest, "In function ") || strings.HasPrefix(rest, "undefined reference"))
	}
	return file && len(rest) > d && (rest[d] == ':' || rest[d] == ',') || file && len(rest) == d && strings.IndexByte(name, '/') >= 0
}
