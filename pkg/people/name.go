package people

import (
	"mime"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// cleanName takes off a display name what is not the name: quotes, "via B4 Relay", "(Oracle)", a company
// after a comma; and puts "Lastname, Firstname" in order. via says that somebody else's machine sent the
// mail, so that the address tells nothing.
func cleanName(name, addr string) (clean string, via bool) {
	if isPlain(name) {
		return spell(name), false
	}
	if len(name) > maxName {
		name = strings.ToValidUTF8(name[:maxName], "")
	}
	// QUIRK: some mailers put encoded words in quotes, where they are no encoded words by RFC 2047 and stay
	// as they are, though everybody reads them: "=?utf-8?q?Ren=C3=A9_Doe?=".
	if strings.Contains(name, "=?") {
		if decoded, err := new(mime.WordDecoder).DecodeHeader(strings.Trim(name, `"' `)); err == nil {
			name = decoded
		}
	}
	clean = strings.Trim(strings.TrimSpace(name), `"'<> `)
	if i := strings.Index(clean, " via "); i > 0 {
		clean, via = clean[:i], true
	}
	clean = strings.TrimSpace(dropBrackets(clean))
	// QUIRK: a company marks those who work for it from outside: "Jo Doe -X (jdoe - OTHER COMPANY at This)".
	clean = strings.TrimSuffix(clean, " -X")
	if before, after, ok := strings.Cut(clean, ","); ok {
		clean = orderName(strings.TrimSpace(before), strings.TrimSpace(after), addr)
	}
	clean = strings.Join(strings.Fields(clean), " ")
	if strings.Contains(clean, "@") {
		clean = "" // an address stands where the name belongs
	}
	return spell(clean), via
}

// spell gives a name in lower case only, of two words or more, its capitals: "jo doe" is written by Jo Doe on
// another machine.
func spell(name string) string {
	if !strings.Contains(name, " ") || strings.ToLower(name) != name {
		return name
	}
	words := strings.Fields(name)
	for i, w := range words {
		if r, size := utf8.DecodeRuneInString(w); !isParticle(w) {
			words[i] = string(unicode.ToUpper(r)) + w[size:]
		}
	}
	return strings.Join(words, " ")
}

// isPlain says that a name needs no cleaning, as most do: words of letters, dots and dashes with one space between.
func isPlain(name string) bool {
	if name == "" || len(name) > maxName || name[0] == ' ' || name[len(name)-1] == ' ' {
		return false
	}
	for i := range len(name) {
		switch c := name[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '.', c == '-':
		case c == ' ' && name[i-1] != ' ':
		default:
			return false
		}
	}
	return !strings.Contains(name, " via ")
}

// maxName bounds the bytes of a display name that are looked at.
const maxName = 300

// dropBrackets removes "(Oracle)", "[External]" and the like.
func dropBrackets(s string) string {
	if !strings.ContainsAny(s, "([") {
		return s
	}
	var b strings.Builder
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '(', '[':
			depth++
		case ')', ']':
			depth = max(0, depth-1)
		default:
			if depth == 0 {
				b.WriteByte(s[i])
			}
		}
	}
	if strings.TrimSpace(b.String()) == "" {
		return strings.Trim(s, "()[]") // nothing but brackets: "(none)"
	}
	return b.String()
}

// orderName decides what a comma in a name means: "Bird, Tim" is Tim Bird, "Jo Doe, some company" is Jo
// Doe.
func orderName(before, after, addr string) string {
	nb, na := len(strings.Fields(before)), len(strings.Fields(after))
	if before == "" || after == "" {
		return before + after
	}
	first, _, _ := strings.Cut(after, " ")
	local, _, _ := strings.Cut(addr, "@")
	switch {
	case strings.HasPrefix(strings.ToLower(local), strings.ToLower(first)) && len(first) > 1:
		// "Almeida Filho, Jo" <jo.almeida@example.org>
	case nb == 1 && na <= 3:
	case nb <= 3 && na <= 2 && isParticle(strings.Fields(before)[0]):
	default:
		return before
	}
	return after + " " + before
}

func isParticle(w string) bool {
	switch strings.ToLower(w) {
	case "van", "von", "de", "del", "della", "di", "da", "du", "la", "le", "el", "al", "ter", "ten", "zu", "dos", "bin":
		return true
	}
	return false
}

// nameKey folds a clean name so that spellings of one name compare equal: without case, accents,
// punctuation, single letters between the names and the order of the words. full says that it is a full
// name, of two words at least.
func nameKey(clean string) (key string, full bool) {
	var buf [8]string
	words := foldWords(clean, buf[:0])
	long := 0
	for _, w := range words {
		if utf8.RuneCountInString(w) > 1 {
			long++
		}
	}
	if long >= 2 {
		words = slices.DeleteFunc(words, func(w string) bool { return utf8.RuneCountInString(w) == 1 })
	}
	slices.Sort(words)
	return strings.Join(words, " "), len(words) >= 2 && long >= 1
}

// foldWords splits a name to folded words.
func foldWords(s string, words []string) []string {
	if !isASCII(s) {
		s = norm.NFKD.String(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	flush := func() {
		if b.Len() > 0 {
			words = append(words, b.String())
			b.Reset()
		}
	}
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteByte(byte(r))
		case r >= 'A' && r <= 'Z':
			b.WriteByte(byte(r) | 0x20)
		case r == '\'', r == '’', r == '`', unicode.Is(unicode.Mn, r):
			// Ts'o and Tso are one name; accents go.
		case r == 'ß':
			b.WriteString("ss")
		case r == 'ł', r == 'Ł':
			b.WriteByte('l')
		case r == 'ø', r == 'Ø':
			b.WriteByte('o')
		case r == 'đ', r == 'Đ', r == 'ð', r == 'Ð':
			b.WriteByte('d')
		case r == 'ı':
			b.WriteByte('i')
		case r == 'æ', r == 'Æ':
			b.WriteString("ae")
		case r >= utf8.RuneSelf && unicode.IsLetter(r):
			b.WriteRune(unicode.ToLower(r))
		default:
			flush()
		}
	}
	flush()
	return words
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// unusual says that two people are unlikely to share the name: it is full and not made of a frequent given
// name and a frequent family name only. key comes from nameKey.
func unusual(key string, full bool) bool {
	if !full || len(key) < 5 {
		return false
	}
	for w := range strings.SplitSeq(key, " ") {
		if !isFrequent(w) {
			return true
		}
	}
	return false
}

// isFrequent knows names, romanised ones first of all, that many kernel developers share.
func isFrequent(w string) bool {
	switch w {
	// Family names.
	case "wang", "li", "lee", "zhang", "liu", "chen", "yang", "huang", "zhao", "wu", "zhou", "xu", "sun", "ma", "zhu", "hu",
		"guo", "he", "lin", "gao", "luo", "zheng", "liang", "xie", "tang", "song", "han", "feng", "deng", "cao", "peng",
		"xiao", "cheng", "yuan", "pan", "dong", "yu", "cai", "jiang", "du", "ye", "wei", "su", "lu", "ding", "ren",
		"shen", "yao", "cui", "tan", "fan", "jin", "shi", "qian", "bai", "xia", "fang", "kong", "mao", "qin",
		"kim", "park", "choi", "jung", "kang", "cho", "yoon", "jang", "lim", "nguyen", "tran", "pham", "le",
		"kumar", "singh", "sharma", "gupta", "patel", "khan", "das", "rao", "shah", "jain",
		"smith", "jones", "brown", "williams", "johnson", "miller", "davis", "wilson", "taylor", "muller", "mueller", "schmidt",
		"ivanov", "petrov", "sato", "suzuki", "tanaka":
		return true
	// Given names.
	case "jun", "ming", "tao", "jie", "hui", "hao", "bo", "bin", "lei", "gang", "jian", "jing", "kai", "ling", "long", "min", "na",
		"peter", "ping", "qi", "qiang", "rui", "ting", "xin", "xing", "yan", "yi", "ying", "yong", "yue", "zhen", "zhi", "wen", "hua", "hong", "dan",
		"yun", "ning", "cong", "chao", "chun", "fei", "heng", "jia", "kun", "meng", "nan", "pei", "qing", "rong", "shuai", "tian", "xiang", "yuxin",
		"john", "david", "michael", "james", "robert", "paul", "mark", "daniel", "thomas", "chris", "andrew", "kevin", "eric", "alex", "martin", "jason", "brian", "steve", "tom", "ben", "sam", "jack", "tony",
		"amit", "rahul", "ravi", "sanjay", "anil", "vijay", "raj", "deepak", "manish", "rajesh", "suresh", "ashish":
		return true
	}
	return false
}
