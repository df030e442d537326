package patch

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxNumber bounds version, part and total: larger numbers in brackets are dates, bug numbers or jokes.
const maxNumber = 9999

// Limits that keep the time linear in the length of a hostile subject.
const (
	maxBracket = 300 // bytes of one bracket
	maxLead    = 40  // bytes in which the colon of a reply prefix must stand
)

// A Subject is a mail subject taken apart.
type Subject struct {
	Reply    bool     // it starts with Re: or its like in another language, anywhere before the title
	Forward  bool     // it starts with Fwd: or its like
	Patch    bool     // it posts, or answers, a patch
	Pull     bool     // it posts, or answers, a pull request; such mail is no Patch
	RFC      bool     // a request for comments
	Resend   bool     // RESEND or REPOST
	Version  int      // of the series: 1 for a patch or pull request that names none, 0 for other mail
	Part     int      // 0 is the cover letter when Total > 0
	Total    int      // 0 when the subject does not count, or counts "1/n"
	Prefixes []string // words in the patch's brackets that name a tree or subsystem: "net-next", "rust", "6.6"
	Flags    []string // RFC, RFT, RESEND, WIP, AUTOSEL, ... in upper case, sorted, each once
	Tags     []string // brackets that belong to no patch, verbatim without the brackets: "TECH TOPIC"
	Title    string   // what is left, white space folded, with a "(was: ...)" at the end taken off
	Was      string   // the older subject from "(was: ...)"
	Areas    []string // "rust: kernel: add x" gives [rust kernel], case kept
}

// Cover says that the subject announces a series: part 0 of a counted one.
func (s Subject) Cover() bool { return s.Patch && s.Total > 0 && s.Part == 0 }

// Key is the title in a form by which the covers (or single patches) of two revisions of one series
// compare equal: lower case, without quotes, punctuation at the ends and runs of white space. It is
// idempotent: ParseSubject(s.Key()).Key() == s.Key(). Two different series can have one key ("Cleanups"):
// never join by it alone.
func (s Subject) Key() string {
	var b strings.Builder
	b.Grow(len(s.Title))
	space := false
	for _, r := range s.Title {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r), r == '_', r == '/', r == '+', r == '#':
			if space && b.Len() > 0 {
				b.WriteByte(' ')
			}
			space = false
			b.WriteRune(foldRune(r))
		default:
			// Authors add and drop colons, dashes and quotes between revisions.
			space = true
		}
	}
	return b.String()
}

// foldRune lowers r such that folding twice changes nothing: a few runes have a lower case that is
// lowered again.
func foldRune(r rune) rune {
	for range 3 {
		l := unicode.ToLower(r)
		if l == r {
			break
		}
		r = l
	}
	return r
}

// ParseSubject takes a decoded subject apart. It never fails: a subject that follows no convention is
// all Title.
//
// QUIRK: these are accepted because real archives hold them: "[PATCHv2]", "[PATCH-v2]", "[PATCH -v2]",
// "[PATCH, v2]", "[PATCH V2]", "[PATCH v2.1]", "[PATCH 1 of 3]", "[PATCH 0/n]", "[PATCH [RFC] 1/2]",
// "[PATCH][RFC]", "[v3] title", "[v3,1/2] title" (patchwork), "[RFC 1/5] title", "PATCH: title",
// "Subject: [PATCH] title" and reply prefixes between brackets.
func ParseSubject(subject string) Subject {
	var s Subject
	rest := fold(subject)
	patchGroup := false // a group with the word PATCH or a counter has been seen
	for rest != "" {
		if n, kind := leadPrefix(rest); n > 0 {
			switch kind {
			case prefixReply:
				s.Reply = true
			case prefixForward:
				s.Forward = true
			case prefixNoise:
			}
			rest = strings.TrimLeft(rest[n:], " :")
			continue
		}
		inner, n := bracket(rest)
		if n == 0 {
			break
		}
		rest = strings.TrimLeft(rest[n:], " :")
		if isNoiseTag(inner) {
			continue
		}
		g, ok := readGroup(inner, patchGroup)
		if ok && g.bare && len(s.Tags) > 0 {
			// "[TECH TOPIC] [1/4] title" counts proposals, not patches.
			ok = false
		}
		if ok {
			s.merge(g)
			patchGroup = true
		} else {
			s.Tags = append(s.Tags, inner)
		}
	}
	if word, after, ok := strings.Cut(rest, ":"); ok && !s.Patch && !s.Pull {
		switch {
		case strings.EqualFold(word, "PATCH"):
			s.Patch = true
			rest = strings.TrimLeft(after, " :")
		case strings.EqualFold(word, "GIT PULL"):
			s.Pull = true
			rest = strings.TrimLeft(after, " :")
		case word == "RFC":
			s.RFC = true
			s.Flags = append(s.Flags, "RFC")
			rest = strings.TrimLeft(after, " :")
		}
	}
	if s.Pull && s.Patch {
		// QUIRK: "[GIT PULL][PATCH v5 0/8]" is a series that offers a tree as well.
		s.Pull = s.Total == 0
		s.Patch = !s.Pull
	}
	if (s.Patch || s.Pull) && s.Version == 0 {
		s.Version = 1
	}
	if !s.Patch && !s.Pull {
		s.Version, s.Part, s.Total = 0, 0, 0
	}
	slices.Sort(s.Flags)
	s.Flags = slices.Compact(s.Flags)
	s.Title, s.Was = cutWas(rest)
	s.Areas = Areas(s.Title)
	return s
}

func (s *Subject) merge(g group) {
	s.Patch = s.Patch || g.patch
	s.Pull = s.Pull || g.pull
	if s.Version == 0 {
		s.Version = g.version
	}
	if s.Total == 0 && s.Part == 0 {
		s.Part, s.Total = g.part, g.total
	}
	s.Prefixes = append(s.Prefixes, g.prefixes...)
	s.Flags = append(s.Flags, g.flags...)
	s.Tags = append(s.Tags, g.tags...)
	for _, f := range g.flags {
		s.RFC = s.RFC || f == "RFC"
		s.Resend = s.Resend || f == "RESEND"
	}
}

// A group is one bracket taken apart.
type group struct {
	patch, pull          bool
	counted              bool
	bare                 bool // a counter or version is all that makes it a patch
	version, part, total int
	prefixes, flags      []string
	tags                 []string
}

// readGroup reads the inside of a bracket. It reports false when the bracket belongs to no patch:
// "TECH TOPIC", "kbuild:kbuild 3/5" (a robot names a branch), "RFC" alone is accepted as a flag.
// after says that a patch bracket came before it, which lets "[v3]" and "[next]" through.
func readGroup(inner string, after bool) (group, bool) {
	var g group
	words := splitGroup(inner)
	var unknown []string
	robot := false
	for i := 0; i < len(words); i++ {
		w := words[i]
		if next := i + 2; next < len(words) && strings.EqualFold(words[i+1], "of") {
			// "1 of 3"
			part, ok1 := number(w)
			total, ok2 := number(words[next])
			if ok1 && ok2 && !g.counted {
				g.part, g.total, g.counted = part, total, true
				i = next
				continue
			}
		}
		u := strings.ToUpper(w)
		if u == "GIT" && i+1 < len(words) {
			switch strings.ToUpper(words[i+1]) {
			case "PULL", "PATCHES", "PATCH":
				g.pull = strings.ToUpper(words[i+1]) != "PATCH"
				g.patch = !g.pull
				i++
				continue
			}
		}
		if v, tree, ok := splitPatchWord(w); ok {
			g.patch = true
			if v > 0 && g.version == 0 {
				g.version = v
			}
			if tree != "" {
				g.prefixes = append(g.prefixes, tree)
			}
			continue
		}
		if u == "PULL" {
			g.pull = true
			if i+1 < len(words) && strings.HasPrefix(strings.ToUpper(words[i+1]), "REQ") {
				i++
			}
			continue
		}
		if f, v, ok := flagWord(u); ok {
			g.flags = append(g.flags, f...)
			if v > 0 && g.version == 0 {
				g.version = v
			}
			continue
		}
		if v, ok := versionWord(w); ok && g.version == 0 {
			g.version = v
			continue
		}
		if part, total, ok := counter(w); ok && !g.counted {
			g.part, g.total, g.counted = part, total, true
			continue
		}
		if strings.Contains(w, ":") {
			robot = true
		}
		unknown = append(unknown, w)
	}
	switch {
	case robot && !g.patch && !g.pull:
		return group{}, false
	case g.patch, g.pull:
		g.prefixes = append(g.prefixes, unknown...)
	case g.counted && len(unknown) <= 2 && (len(g.flags) > 0 || !slices.ContainsFunc(unknown, isShout)):
		// "[RFC 1/5]", "[v2,1/3]", "[net-next v2 1/3]"
		g.patch = true
		g.bare = len(g.flags) == 0 && g.version == 0
		g.prefixes = unknown
	case g.version > 0 && len(unknown) == 0:
		// "[v3] kbuild: ..."
		g.patch = true
	case after && len(unknown) == 1 && !isShout(unknown[0]):
		g.prefixes = unknown
	case after && len(unknown) > 0:
		g.tags = append(g.tags, inner)
	case len(g.flags) > 0 && len(unknown) == 0:
		// "[RFC]" alone flags whatever it stands on.
	default:
		return group{}, false
	}
	return g, true
}

// splitGroup cuts the inside of a bracket at spaces, commas and brackets, and leading dashes off the words.
func splitGroup(s string) []string {
	words := strings.FieldsFunc(s, func(r rune) bool {
		return r == ' ' || r == ',' || r == '[' || r == ']' || r == ';'
	})
	out := make([]string, 0, len(words)+1)
	for _, w := range words {
		// QUIRK: "[PATCH -v2]", "[PATCH -next]": the dash is a habit from quilt.
		if w = strings.TrimLeft(w, "-"); w == "" {
			continue
		}
		// QUIRK: "[RFC/PATCH 1/2]", "[RFC-PATCH]", "[PATCH/RFC]".
		if i := strings.IndexAny(w, "/-"); i > 0 {
			a, b := strings.ToUpper(w[:i]), strings.ToUpper(w[i+1:])
			if (a == "PATCH" && flagName(b) != "") || (b == "PATCH" && flagName(a) != "") {
				out = append(out, a, b)
				continue
			}
		}
		out = append(out, w)
	}
	return out
}

// splitPatchWord recognises PATCH, PATCHES, PATCHSET, PATCHv2 and PATCH-next in any case.
func splitPatchWord(w string) (version int, tree string, ok bool) {
	if len(w) < 5 || !strings.EqualFold(w[:5], "PATCH") {
		return 0, "", false
	}
	rest := w[5:]
	switch {
	case len(rest) >= 3 && strings.EqualFold(rest[:3], "SET"):
		rest = rest[3:]
	case len(rest) >= 2 && strings.EqualFold(rest[:2], "ES"):
		rest = rest[2:]
	}
	trimmed := strings.Trim(rest, "-_:")
	if trimmed == "" {
		return 0, "", true
	}
	if v, ok := versionWord(trimmed); ok {
		return v, "", true
	}
	if rest[0] == '-' {
		return 0, trimmed, true // QUIRK: "[PATCH-next]"
	}
	return 0, "", false
}

// flagWord recognises words such as RFC, "RFC/RFT", "RFCv2" and "RESEND^2"; u is in upper case.
func flagWord(u string) (flags []string, version int, ok bool) {
	for part := range strings.SplitSeq(u, "/") {
		name := part
		if i := strings.IndexAny(part, "^("); i > 0 {
			name = part[:i]
		}
		if f := flagName(name); f != "" {
			flags = append(flags, f)
			continue
		}
		if v, okv := versionWord(name); okv && version == 0 {
			version = v // QUIRK: "v2/resend"
			continue
		}
		// "RFCV2", "RFC-V2"
		i := strings.LastIndexByte(name, 'V')
		if i <= 0 {
			return nil, 0, false
		}
		v, okv := versionWord(name[i:])
		f := flagName(strings.TrimRight(name[:i], "-_."))
		if !okv || f == "" {
			return nil, 0, false
		}
		flags, version = append(flags, f), v
	}
	return flags, version, len(flags) > 0
}

func flagName(u string) string {
	switch u {
	case "RFC", "RFT", "WIP", "POC", "DRAFT", "AUTOSEL", "BUGFIX", "REGRESSION", "REVERT", "TEST", "RFH", "FYI", "TRIVIAL":
		return u
	case "RESEND", "REPOST", "RESENT", "RE-SEND", "RESUBMIT", "REBASED":
		if u == "REBASED" {
			return u
		}
		return "RESEND"
	}
	return ""
}

// versionWord recognises "v2", "V02" and "v2.1". It refuses kernel versions such as "v6.1", which are
// written the same way: dotted revisions stay below v4.
func versionWord(w string) (int, bool) {
	if len(w) < 2 || (w[0] != 'v' && w[0] != 'V') {
		return 0, false
	}
	major, minor, dotted := strings.Cut(w[1:], ".")
	v, ok := number(major)
	if !ok || v == 0 {
		return 0, false
	}
	if dotted {
		if m, ok := number(minor); !ok || v > 3 || m > 9 {
			return 0, false
		}
	}
	return v, true
}

// counter recognises "02/17", "3/n" and "0/?".
func counter(w string) (part, total int, ok bool) {
	a, b, found := strings.Cut(w, "/")
	if !found {
		return 0, 0, false
	}
	part, ok = number(a)
	if !ok {
		return 0, 0, false
	}
	switch b {
	case "n", "N", "x", "X", "?", "??", "many":
		return part, 0, true
	}
	total, ok = number(b)
	return part, total, ok && total > 0
}

// number reads a short run of ASCII digits.
func number(s string) (int, bool) {
	if s == "" || len(s) > 4 {
		return 0, false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n <= maxNumber
}

// isShout says that the word has capitals only, as in TECH or BISECTED: an exclamation, not a tree's name.
func isShout(w string) bool {
	letters := 0
	for _, r := range w {
		if unicode.IsLower(r) {
			return false
		}
		if unicode.IsUpper(r) {
			letters++
		}
	}
	return letters > 1
}

// bracket returns the inside of the balanced bracket at the start of s and the bytes it takes, or 0.
func bracket(s string) (inner string, n int) {
	if s == "" || s[0] != '[' {
		return "", 0
	}
	s = s[:min(len(s), maxBracket)]
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '[':
			depth++
		case ']':
			if depth--; depth == 0 {
				return strings.TrimSpace(s[1:i]), i + 1
			}
		}
	}
	// QUIRK: "[PATCH [RFC] 1/2 title": one bracket is never closed. Take the first that closes.
	if i := strings.IndexByte(s, ']'); i > 0 {
		return strings.TrimSpace(s[1:i]), i + 1
	}
	return "", 0
}

type prefixKind uint8

const (
	prefixReply prefixKind = iota
	prefixForward
	prefixNoise
)

// leadPrefix returns the length of a reply or forward prefix at the start of s with its colon, or 0.
func leadPrefix(s string) (n int, kind prefixKind) {
	if s[0] == ':' {
		return 1, prefixNoise
	}
	s = s[:min(len(s), maxLead)]
	colon := strings.IndexByte(s, ':')
	width := 1
	if i := strings.Index(s, "："); i >= 0 && (colon < 0 || i < colon) {
		// QUIRK: full-width colon of Chinese mail programs.
		colon, width = i, len("：")
	}
	if colon <= 0 {
		return noisePrefix(s)
	}
	word := strings.TrimSpace(s[:colon])
	// "Re[2]", "Re(2)", "Re^2"
	if i := strings.IndexAny(word, "[(^"); i > 0 {
		digits := strings.Trim(word[i:], "[]()^")
		if _, ok := number(digits); !ok {
			return 0, 0
		}
		word = strings.TrimSpace(word[:i])
	}
	switch strings.ToLower(word) {
	case "re", "aw", "sv", "antw", "antwort", "回复", "答复", "回覆", "답장", "ynt", "odp", "отв", "ha", "αντ":
		return colon + width, prefixReply
	case "fwd", "fw", "wg", "转发", "轉寄", "doorst":
		return colon + width, prefixForward
	case "subject", "external", "[external]", "ext":
		return colon + width, prefixNoise
	}
	// Short words that are words of other languages and could be areas: in capitals only.
	switch word {
	case "VS", "RES", "REF", "RIF", "R", "BLS", "ATB", "REP":
		return colon + width, prefixReply
	case "TR", "VB", "ENC", "RV", "I", "YNT":
		return colon + width, prefixForward
	}
	return noisePrefix(s)
}

// noisePrefix returns the length of a gateway's mark that is not in square brackets, such as "***SPAM***".
func noisePrefix(s string) (int, prefixKind) {
	if strings.HasPrefix(s, "(subset) ") {
		return len("(subset) "), prefixNoise // b4 says that it applied a part of the series
	}
	if s[0] != '*' {
		return 0, 0
	}
	body := strings.TrimLeft(s, "*")
	end := strings.IndexByte(body, '*')
	if end < 0 || !isNoiseTag(strings.TrimSpace(body[:end])) {
		return 0, 0
	}
	after := strings.TrimLeft(body[end:], "*")
	return len(s) - len(after), prefixNoise
}

// isNoiseTag recognises what mail gateways add to a subject.
func isNoiseTag(inner string) bool {
	switch strings.ToLower(strings.Trim(inner, "*! ")) {
	case "external", "ext", "external email", "external mail", "external sender", "caution: external email",
		"caution external email", "warning: external email", "spam", "suspected spam", "possible spam",
		"marketing mail", "newsletter", "non-dod source", "external!", "外部邮件", "unverified sender":
		return true
	}
	return false
}

// cutWas takes "(was: old subject)" off the end of a title.
func cutWas(title string) (rest, was string) {
	title = strings.TrimSpace(title)
	open := "("
	switch {
	case strings.HasSuffix(title, ")"):
	case strings.HasSuffix(title, "]"):
		open = "["
	default:
		return title, ""
	}
	// The old subject may itself hold parentheses: look for the one that says "was".
	for j := strings.LastIndex(title, open); j >= 0; j = strings.LastIndex(title[:j], open) {
		word := title[j+1:]
		if len(word) > 4 && strings.EqualFold(word[:3], "was") && (word[3] == ':' || word[3] == ' ') {
			return strings.TrimSpace(title[:j]), strings.Trim(word[3:len(word)-1], ": ")
		}
	}
	return title, ""
}

// Areas returns the area words of a title, outermost first: "rust: kernel: add x" gives [rust kernel],
// "x86, kasan: fix y" [x86 kasan], `Revert "rust: z"` [rust]. At most six are returned.
//
// An area is one word before a colon and a space; the first may be two words ("perf tools: ...").
func Areas(title string) []string {
	const maxAreas = 6
	for {
		t := strings.TrimSpace(title)
		for _, p := range []string{"fixup!", "squash!", "amend!", "Revert ", "Reapply ", `"`, "“"} {
			t = strings.TrimSpace(strings.TrimPrefix(t, p))
		}
		if t == title {
			break
		}
		title = t
	}
	var areas []string
	for first := true; len(areas) < maxAreas; first = false {
		part, rest, ok := strings.Cut(title, ": ")
		if !ok {
			break
		}
		words := 1
		if first {
			words = 2
		}
		var got []string
		for a := range strings.SplitSeq(part, ",") {
			a = strings.TrimSpace(a)
			if a == "" || len(a) > 48 || strings.Count(a, " ") >= words || strings.ContainsAny(a, `"'()<>`) {
				return areas
			}
			got = append(got, a)
		}
		if strings.Contains(part, ": ") || len(got) == 0 {
			break
		}
		areas = append(areas, got...)
		title = strings.TrimSpace(rest)
	}
	return areas[:min(len(areas), maxAreas)]
}

// fold joins runs of white space and control characters to one space and drops invalid UTF-8.
func fold(s string) string {
	clean := true
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c == 0x7f || c >= utf8.RuneSelf || (c == ' ' && (i == 0 || i == len(s)-1 || s[i-1] == ' ')) {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range strings.ToValidUTF8(s, "") {
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			space = true
			continue
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(r)
	}
	return b.String()
}
