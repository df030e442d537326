package linear

// Kind says what a token is.
type Kind uint8

// The kinds of tokens. Everything but a Word has one hash for the whole kind (or, for marks, one per
// mark): file names, versions and addresses must not become features.
const (
	Word     Kind = iota
	Name          // a capitalised word inside a sentence, "Miguel": its spelling is hidden from the heads, not from phrases
	Number        // 42, 0x1f, v3, 6.12
	Code          // foo_bar(), ptr->x, a::b, drivers/net/phy.c, `anything in backquotes`, someone@example.org
	URL           // http://...
	Mark          // punctuation that carries meaning: . , ; : ! ? ... ( ) "
	Emoticon      // :-) ;-) :-( and emoji
)

// A Token is one word or mark of a sentence. Hash identifies its lower-case spelling; offsets are bytes
// in the sentence.
type Token struct {
	Hash       uint64
	Start, End int32
	Kind       Kind
	Upper      bool // two letters or more, all of them capitals
	plain      bool // nothing but ASCII letters: tokens of one Hash are spelled the same, but for case
}

// maxTokens bounds the tokens read of one sentence. What is longer is a pasted table or log.
const maxTokens = 400

const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

// hashWord is FNV-1a over s in ASCII lower case, with U+2019 read as the apostrophe.
//
// QUIRK: mailers write U+2019 for "'"; both must give "don't".
func hashWord(s string) uint64 {
	h := uint64(fnvOffset)
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		case c == 0xe2 && i+2 < len(s) && s[i+1] == 0x80 && s[i+2] == 0x99:
			c = '\''
			i += 2
		}
		h = (h ^ uint64(c)) * fnvPrime
	}
	return h
}

// Hashes of whole kinds. The spellings contain a space, so no word of a text can equal them.
func kindHash(k Kind) uint64 {
	switch k {
	case Name:
		return hashWord(" name")
	case Number:
		return hashWord(" number")
	case Code:
		return hashWord(" code")
	case URL:
		return hashWord(" url")
	case Emoticon:
		return hashWord(" smile")
	case Word, Mark:
	}
	return 0
}

// appendTokens appends the tokens of s to dst.
func appendTokens(dst []Token, s string) []Token {
	first := true // at the begin of a sentence or after a full stop: a capital says nothing there
	base := len(dst)
	for i := 0; i < len(s) && len(dst)-base < maxTokens; {
		c := s[i]
		switch {
		case c <= ' ':
			i++
		case c == '`':
			end := backquoted(s, i)
			dst = append(dst, Token{Hash: kindHash(Code), Start: int32(i), End: int32(end), Kind: Code})
			i, first = end, false
		case wordByte(c):
			t, ok := plainWord(s, i, first)
			if !ok {
				t = classify(s, i, chunkEnd(s, i), first)
			}
			if t.Hash != 0 {
				dst = append(dst, t)
			}
			i, first = int(t.End), false
		default:
			t := mark(s, i)
			i = int(t.End)
			if t.Kind == Mark || t.Kind == Emoticon {
				if t.Hash == 0 {
					break // punctuation without meaning
				}
				first = first || t.Kind == Emoticon || c == '.' || c == '!' || c == '?' || c == ':' || c == '"' || c == '('
			}
			dst = append(dst, t)
		}
	}
	return dst
}

// plainWord reads a chunk that is nothing but ASCII letters, as most are; false when it is not. It says what classify
// would.
func plainWord(s string, i int, first bool) (Token, bool) {
	t := Token{Start: int32(i), Hash: fnvOffset, plain: true}
	lower, upper, inner := 0, 0, 0
	end := i
	for ; end < len(s) && letter(s[end]); end++ {
		c := s[end]
		if c >= 'a' {
			lower++
		} else {
			if end > i && s[end-1] >= 'a' {
				inner++
			}
			upper++
			c += 'a' - 'A'
		}
		t.Hash = (t.Hash ^ uint64(c)) * fnvPrime
	}
	if end == i || end < len(s) && !endsChunk(s, end) {
		return Token{}, false
	}
	t.End = int32(end)
	t.Upper = upper >= 2 && lower == 0
	switch {
	case inner > 0 && end-i > 3:
		t.Kind, t.Hash = Code, kindHash(Code)
	case upper > 0 && lower > 0 && !first && s[i] <= 'Z' && !pronoun(s[i:end]):
		t.Kind = Name
	}
	return t, true
}

// endsChunk says that the sign at i, behind letters, surely ends a chunk.
func endsChunk(s string, i int) bool {
	switch s[i] {
	case ' ', '\n', '\t', ',', ';', '?', '!', ')', ']', '>', '"':
		return true
	case '.':
		return i+1 == len(s) || !wordByte(s[i+1])
	}
	return false
}

// backquoted returns the end of the span in backquotes that starts at i; an open one is a single mark.
func backquoted(s string, i int) int {
	for j := i + 1; j < len(s) && j < i+120; j++ {
		if s[j] == '`' {
			return j + 1
		}
	}
	return i + 1
}

func wordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c >= 0x80
}

// general says that a character of General Punctuation, U+2010 to U+203F, starts at i.
func general(s string, i int) bool {
	return s[i] == 0xe2 && i+2 < len(s) && s[i+1] == 0x80 && s[i+2] >= 0x90 && s[i+2] <= 0xbf
}

// chunkEnd finds where the word, path, call or address that starts at i ends.
func chunkEnd(s string, i int) int {
	if hasPrefixFold(s[i:], "http://") || hasPrefixFold(s[i:], "https://") {
		for i < len(s) && s[i] > ' ' && s[i] != '>' {
			i++
		}
		return i
	}
	start := i
	for i < len(s) {
		c := s[i]
		switch {
		case general(s, i):
			// Only the apostrophe U+2019 between letters belongs to a word.
			if s[i+2] != 0x99 || i == start || i+3 >= len(s) || !letter(s[i+3]) {
				if i == start {
					return i + 3
				}
				return i
			}
			i += 3
		case emoji(c) && i == start:
			return min(i+4, len(s))
		case emoji(c):
			return i
		case wordByte(c):
			i++
		case i+1 >= len(s):
			return i
		case c == '\'' && letter(s[i+1]):
			i++
		case c == '.' && wordByte(s[i+1]) && i > start: // 6.12, foo.c, e.g
			i++
		case (c == '/' || c == '@') && wordByte(s[i+1]) && i > start:
			i++
		case c == '*' && i > start && letter(s[i-1]) && letter(s[i+1]): // "sh*t"
			i++
		case c == '-' && i+2 < len(s) && s[i+1] == '>' && wordByte(s[i+2]): // ptr->x
			i += 2
		case c == ':' && i+2 < len(s) && s[i+1] == ':' && wordByte(s[i+2]): // a::b
			i += 2
		case c == '(' && s[i+1] == ')': // foo()
			return i + 2
		default:
			return i
		}
	}
	return i
}

// emoji says that c begins a character beyond U+FFFF in UTF-8.
func emoji(c byte) bool { return c >= 0xf0 && c <= 0xf4 }

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// classify decides what the chunk s[i:end] is.
func classify(s string, i, end int, first bool) Token {
	w := s[i:end]
	t := Token{Start: int32(i), End: int32(end)}
	if emoji(w[0]) || general(s, i) {
		t.Kind = Emoticon
		if !emoji(w[0]) {
			t.Kind = Mark
			if w[2] == 0xa6 {
				t.Hash = hashWord("...")
			}
			return t
		}
		t.Hash = hashWord(w)
		return t
	}
	var lower, upper, digit, inner, apart int
	dotted := false
	for j := range len(w) {
		switch c := w[j]; {
		case c >= 'a' && c <= 'z', c >= 0x80:
			lower++
		case c >= 'A' && c <= 'Z':
			if j > 0 && w[j-1] >= 'a' && w[j-1] <= 'z' {
				inner++
			}
			upper++
		case c >= '0' && c <= '9':
			digit++
		case c == '\'':
		case c == '.':
			dotted = true
		default:
			apart++ // _ / @ : - > (
		}
	}
	letters := lower + upper
	t.Upper = upper >= 2 && lower == 0
	switch {
	case letters > 4 && hasPrefixFold(w, "http") && apart > 2:
		t.Kind = URL
	case starred(w):
		t.Kind, t.Hash = Word, hashWord("#$%!")
		return t
	case slashPair(w):
		t.Kind = Word // "ack/nack", "and/or": two words with a slash read as one
	case apart > 0:
		t.Kind = Code
	case digit > 0 && (letters == 0 || letters == 1 || w[0] >= '0' && w[0] <= '9'):
		t.Kind = Number
	case digit > 0, dotted && end-i > 4 && letters > 3, inner > 0 && end-i > 3 && !t.Upper:
		t.Kind = Code
	case upper > 0 && lower > 0 && !first && w[0] >= 'A' && w[0] <= 'Z' && !pronoun(w):
		t.Kind = Name
		t.Hash = hashWord(w)
		return t
	default:
		t.Kind = Word
	}
	if t.Kind == Word {
		t.Hash = hashWord(w)
	} else {
		t.Hash = kindHash(t.Kind)
	}
	return t
}

// pronoun says that w is "I", "I'm", "I've" ...: a capital that is no name.
func pronoun(w string) bool {
	return w[0] == 'I' && (len(w) == 1 || w[1] == '\'' || w[1] == 0xe2)
}

// starred says that w is a short word with one or two stars in place of letters.
func starred(w string) bool {
	stars := 0
	for i := range len(w) {
		switch {
		case w[i] == '*':
			stars++
		case !letter(w[i]):
			return false
		}
	}
	return stars > 0 && stars <= 2 && len(w) >= 4 && len(w) <= 9
}

// slashPair says that w is letters, one slash, letters, all short.
func slashPair(w string) bool {
	slash := 0
	for i := range len(w) {
		switch {
		case w[i] == '/' && i > 0 && i < len(w)-1:
			slash++
		case !letter(w[i]):
			return false
		}
	}
	return slash == 1 && len(w) <= 12
}

func hasPrefixFold(s, prefix string) bool {
	if len(s) < len(prefix) {
		return false
	}
	for i := range len(prefix) {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != prefix[i] {
			return false
		}
	}
	return true
}

// mark reads the punctuation or emoticon at i. Hash 0 means: without meaning.
func mark(s string, i int) Token {
	t := Token{Start: int32(i), End: int32(i + 1), Kind: Mark}
	switch c := s[i]; c {
	case ':', ';', '=':
		if n, sad := emoticon(s, i); n > 0 {
			t.End, t.Kind = int32(i+n), Emoticon
			switch {
			case sad:
				t.Hash = hashWord(":(")
			case c == ';':
				t.Hash = hashWord(";)")
			default:
				t.Hash = hashWord(":)")
			}
			return t
		}
		if c != '=' {
			t.Hash = hashWord(s[i : i+1])
		}
	case '.':
		n := run(s, i, '.')
		t.End = int32(i + n)
		if n > 1 {
			t.Hash = hashWord("...")
		} else {
			t.Hash = hashWord(".")
		}
	case '!', '?':
		n := 1
		for i+n < len(s) && (s[i+n] == '!' || s[i+n] == '?') {
			n++
		}
		t.End = int32(i + n)
		t.Hash = hashWord("!?")
		if n == 1 {
			t.Hash = hashWord(s[i : i+1])
		}
	case ',', '(', ')', '"':
		t.Hash = hashWord(s[i : i+1])
	case '+': // "+1"
		if i+1 < len(s) && s[i+1] == '1' && (i+2 == len(s) || !wordByte(s[i+2])) {
			t.End, t.Kind, t.Hash = int32(i+2), Word, hashWord("+1")
		}
	case '#', '$', '%', '*', '&': // "sh*t" begins with a letter; "#%^$ing" with these
		if n := grawlix(s, i); n > 0 {
			t.End, t.Kind, t.Hash = int32(i+n), Word, hashWord("#$%!")
		}
	}
	return t
}

// grawlix returns the length of a masked swear word at i, 0 when there is none.
func grawlix(s string, i int) int {
	n, kinds := 0, 0
	for i+n < len(s) && n < 8 {
		c := s[i+n]
		if c != '#' && c != '$' && c != '%' && c != '*' && c != '&' && c != '@' && c != '^' && c != '!' {
			break
		}
		if n > 0 && c != s[i+n-1] {
			kinds++
		}
		n++
	}
	if n < 4 || kinds < 2 {
		return 0
	}
	return n
}

func run(s string, i int, c byte) int {
	n := 0
	for i+n < len(s) && s[i+n] == c {
		n++
	}
	return n
}

// emoticon returns the length of the face at i, 0 when there is none, and whether it is a sad one.
func emoticon(s string, i int) (n int, sad bool) {
	j := i + 1
	if j < len(s) && (s[j] == '-' || s[j] == 'o' || s[j] == '\'') {
		j++
	}
	if j >= len(s) {
		return 0, false
	}
	switch s[j] {
	case ')', 'D', 'P', 'p', ']':
		if (s[j] == 'D' || s[j] == 'P' || s[j] == 'p') && j+1 < len(s) && wordByte(s[j+1]) {
			return 0, false
		}
	case '(', '[', '/':
		if s[j] != '(' && j == i+1 {
			return 0, false
		}
		sad = true
	default:
		return 0, false
	}
	if s[j] == ']' && j == i+1 {
		return 0, false
	}
	return j + 1 - i, sad
}
