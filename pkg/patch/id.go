package patch

import (
	"crypto/sha1" // git defines its patch id by SHA-1; nothing here is secret
	"encoding/hex"
	"hash"
	"strings"
)

// ID returns the stable patch id of the first patch in text, 40 hex digits, equal to what
// `git patch-id --stable` prints for it, or "" when text holds no patch that git would take (it wants a
// "diff " line).
//
// The id does not change with white space, line numbers or the order of files, so a patch that is sent
// again, or applied, has the id of the mail. Text before the first "diff --git" line is skipped, as is
// what follows the last hunk.
func ID(text string) string {
	start := firstDiff(text)
	if start < 0 {
		return ""
	}
	return patchID(text[start:])
}

// firstDiff returns the offset of the first line that opens a diff, or -1. A line of prose that starts
// with "diff " is skipped when a git diff follows.
func firstDiff(text string) int {
	if i := lineStart(text, "diff --git "); i >= 0 {
		return i
	}
	return lineStart(text, "diff ")
}

// lineStart returns the offset of the first line with the given prefix, or -1.
func lineStart(text, prefix string) int {
	for pos := 0; pos < len(text); {
		i := strings.Index(text[pos:], prefix)
		if i < 0 {
			return -1
		}
		if i += pos; i == 0 || text[i-1] == '\n' {
			return i
		}
		pos = i + 1
	}
	return -1
}

// patchID follows get_one_patchid of git's builtin/patch-id.c, whose decisions define the id. before
// and after count the lines left in the hunk; -1 stands for "in a file's header".
func patchID(text string) string {
	var (
		sum    [sha1.Size]byte
		buf    []byte
		pre    string
		post   string
		before = -1
		after  = -1
		length int
		isBin  bool
		h      = sha1.New()
	)
scan:
	for pos := 0; pos < len(text); {
		end := len(text)
		if i := strings.IndexByte(text[pos:], '\n'); i >= 0 {
			end = pos + i + 1
		}
		line := text[pos:end]
		pos = end
		if i := strings.IndexByte(line, 0); i >= 0 {
			line = line[:i] // git works on C strings
		}
		commit, isCommit := strings.CutPrefix(line, "commit ")
		if !isCommit {
			commit, isCommit = strings.CutPrefix(line, "From ")
		}
		if !isCommit && strings.HasPrefix(line, "\\ ") && len(line) > 12 {
			continue
		}
		if startsWithOID(commit) {
			break
		}
		if length == 0 && !strings.HasPrefix(line, "diff ") {
			continue
		}
		if before == -1 {
			switch {
			case strings.HasPrefix(line, "GIT binary patch"), strings.HasPrefix(line, "Binary files"):
				isBin, before = true, 0
				h.Write([]byte(pre))
				h.Write([]byte(post))
				flushHunk(&sum, h)
				continue
			case strings.HasPrefix(line, "index "):
				pre, post = indexOIDs(line)
				continue
			case strings.HasPrefix(line, "--- "):
				before, after = 1, 1
			case line == "" || !isLetter(line[0]):
				break scan
			}
		}
		if isBin {
			if strings.HasPrefix(line, "diff ") {
				isBin, before = false, -1
			}
			continue
		}
		if before == 0 && after == 0 {
			if strings.HasPrefix(line, "@@ -") {
				before, after = hunkCounts(line, after)
				continue
			}
			if !strings.HasPrefix(line, "diff ") {
				break
			}
			flushHunk(&sum, h)
			before, after = -1, -1
		}
		if line != "" {
			if line[0] == '-' || line[0] == ' ' {
				before--
			}
			if line[0] == '+' || line[0] == ' ' {
				after--
			}
		}
		buf = buf[:0]
		for i := range len(line) {
			switch line[i] {
			case ' ', '\t', '\n', '\r':
			default:
				buf = append(buf, line[i])
			}
		}
		length += len(buf)
		h.Write(buf)
	}
	flushHunk(&sum, h)
	if length == 0 {
		return ""
	}
	return hex.EncodeToString(sum[:])
}

// flushHunk adds the hash of one file's diff to the sum, as a 160-bit little-endian number with the
// carry out of the top dropped, and starts the next.
func flushHunk(sum *[sha1.Size]byte, h hash.Hash) {
	var one [sha1.Size]byte
	h.Sum(one[:0])
	h.Reset()
	carry := uint16(0)
	for i := range sum {
		carry += uint16(sum[i]) + uint16(one[i])
		sum[i] = byte(carry)
		carry >>= 8
	}
}

func startsWithOID(s string) bool {
	const hexDigits = 40
	if len(s) < hexDigits {
		return false
	}
	for i := range hexDigits {
		c := s[i]
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') {
			return false
		}
	}
	return true
}

// indexOIDs reads "index pre..post mode".
func indexOIDs(line string) (pre, post string) {
	const maxHex = 64
	pre, post, ok := strings.Cut(strings.TrimPrefix(line, "index "), "..")
	if !ok {
		return "", ""
	}
	if i := strings.IndexByte(post, ' '); i >= 0 {
		post = post[:i]
	} else {
		post = strings.TrimSuffix(post, "\n")
	}
	return pre[:min(len(pre), maxHex)], post[:min(len(post), maxHex)]
}

// hunkCounts reads the two counts of "@@ -a,b +c,d @@" the way git does: an after that it cannot read
// keeps its value.
func hunkCounts(line string, after int) (before, a int) {
	q := line[len("@@ -"):]
	n := digits(q)
	if n < len(q) && q[n] == ',' {
		q = q[n+1:]
		n = digits(q)
		before = atoi(q[:n])
	} else {
		before = 1
	}
	if n == 0 || !strings.HasPrefix(q[n:], " +") {
		return before, after
	}
	r := q[n+2:]
	n = digits(r)
	if n < len(r) && r[n] == ',' {
		r = r[n+1:]
		after = atoi(r[:digits(r)])
	} else {
		after = 1
	}
	return before, after
}

func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// atoi reads decimal digits and stops counting well below an overflow.
func atoi(s string) int {
	n := 0
	for i := range len(s) {
		if n = n*10 + int(s[i]-'0'); n > 1<<30 {
			return 1 << 30
		}
	}
	return n
}
