package query

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Limits on a query, against accidents and attacks.
const (
	maxLength  = 1 << 14 // bytes of a query
	maxDepth   = 64      // parentheses and braces inside each other
	maxTerms   = 1024    // conditions in all
	maxPattern = 200     // bytes of a /pattern/
)

// Options give a query what it cannot know.
type Options struct {
	Now      time.Time          // the present, for relative dates; they are refused when it is zero
	Location *time.Location     // zone of dates that name none; nil is UTC
	Values   map[Field][]string // values of fields whose list is open here, such as topics; a value outside is an error; a field that is missing takes any
}

// Parse reads a query. A blank one is [All]. The error is always a *[SyntaxError].
func Parse(s string, o Options) (Node, error) {
	if o.Location == nil {
		o.Location = time.UTC
	}
	p := &parser{src: s, opt: o}
	if len(s) > maxLength {
		return nil, p.errorf(0, 0, "this query is longer than 16384 bytes", "split it, or use fewer words")
	}
	if !utf8.ValidString(s) {
		at := strings.IndexFunc(s, func(r rune) bool { return r == utf8.RuneError })
		return nil, p.errorf(at, at, "not valid UTF-8", "set the terminal to UTF-8")
	}
	if at := strings.IndexFunc(s, func(r rune) bool { return unicode.IsControl(r) && !unicode.IsSpace(r) }); at >= 0 {
		return nil, p.errorf(at, at+1, "control character", "leave it out")
	}
	if strings.TrimSpace(s) == "" {
		return All{}, nil
	}
	n, err := p.or(Any, 0)
	if err != nil {
		return nil, err
	}
	if p.space(); p.pos < len(s) { // or stops only at a closing parenthesis or brace
		return nil, p.errorf(p.pos, p.pos+1, "this closes nothing", "put text with parentheses into quotes: \"f(x)\"")
	}
	return n, nil
}

type parser struct {
	src   string
	pos   int
	opt   Options
	terms int
	stop  byte // '}' inside thread:{...}, which ends words there
}

func (p *parser) errorf(pos, end int, msg, hint string) *SyntaxError {
	pos = min(pos, len(p.src))
	return &SyntaxError{Query: p.src, Pos: pos, End: min(max(pos, end), len(p.src)), Msg: msg, Hint: hint}
}

func (p *parser) space() {
	for p.pos < len(p.src) {
		r, n := utf8.DecodeRuneInString(p.src[p.pos:])
		if !unicode.IsSpace(r) {
			return
		}
		p.pos += n
	}
}

// peek is the next byte, 0 at the end.
func (p *parser) peek() byte {
	if p.pos < len(p.src) {
		return p.src[p.pos]
	}
	return 0
}

// ends tells whether a group or the query ends here.
func (p *parser) ends() bool {
	c := p.peek()
	return p.pos >= len(p.src) || c == ')' || p.stop != 0 && c == p.stop
}

// operator takes the given word if it stands here alone.
func (p *parser) operator(word string) bool {
	p.space()
	rest, ok := strings.CutPrefix(p.src[p.pos:], word)
	if !ok {
		return false
	}
	if r, n := utf8.DecodeRuneInString(rest); n > 0 && !unicode.IsSpace(r) && r != '(' && r != ')' && (p.stop == 0 || r != rune(p.stop)) {
		return false
	}
	p.pos += len(word)
	return true
}

// or reads conditions joined by OR. Field is what words without one belong to.
func (p *parser) or(field Field, depth int) (Node, error) {
	if depth > maxDepth {
		return nil, p.errorf(p.pos, p.pos+1, "too many parentheses inside each other", "64 is the limit")
	}
	var nodes []Node
	required := -1
	for {
		n, plus, err := p.and(field, depth)
		if err != nil {
			return nil, err
		}
		if plus >= 0 && required < 0 {
			required = plus
		}
		if o, ok := n.(Or); ok {
			nodes = append(nodes, o.Nodes...)
		} else {
			nodes = append(nodes, n)
		}
		at := p.pos
		if !p.operator("OR") {
			p.pos = at
			break
		}
		if p.space(); p.ends() {
			return nil, p.errorf(at+strings.Index(p.src[at:], "OR"), p.pos, "nothing after OR", "write what else may match: a OR b")
		}
	}
	if len(nodes) == 1 {
		return nodes[0], nil
	}
	if required >= 0 {
		return nil, p.errorf(required, required+1, "`+` cannot ask for something that OR leaves open", "write a (b OR c) instead of +a b OR c")
	}
	return Or{nodes}, nil
}

// and reads conditions that stand side by side or are joined by AND. Plus is the place of the
// first + on this level, -1 without.
func (p *parser) and(field Field, depth int) (n Node, plus int, err error) {
	var nodes []Node
	plus = -1
	for {
		p.space()
		if p.ends() {
			break
		}
		if at := p.pos; p.operator("OR") {
			if len(nodes) == 0 {
				return nil, 0, p.errorf(at, p.pos, "nothing before OR", "write a OR b, or \"OR\" for the word")
			}
			p.pos = at
			break
		}
		at := p.pos
		if p.operator("AND") {
			if p.space(); len(nodes) == 0 || p.ends() {
				return nil, 0, p.errorf(at, at+3, "AND needs something on both sides", "write a AND b, or \"AND\" for the word")
			}
			if again := p.pos; p.operator("AND") || p.operator("OR") {
				return nil, 0, p.errorf(again, p.pos, "two operators in a row", "write a AND b")
			}
		}
		if p.peek() == '+' && plus < 0 {
			plus = p.pos
		}
		c, err := p.unary(field, depth)
		if err != nil {
			return nil, 0, err
		}
		if a, ok := c.(And); ok {
			nodes = append(nodes, a.Nodes...)
		} else {
			nodes = append(nodes, c)
		}
	}
	switch len(nodes) {
	case 0:
		if p.pos < len(p.src) && depth > 0 {
			return nil, 0, p.errorf(p.pos, p.pos+1, "nothing between these brackets", "write a condition, or leave the brackets out")
		}
		return nil, 0, p.errorf(p.pos, p.pos, "a condition is missing here", "write a word, or * for everything")
	case 1:
		return nodes[0], plus, nil
	}
	return And{nodes}, plus, nil
}

func (p *parser) unary(field Field, depth int) (Node, error) {
	negate := false
	start := p.pos
	if depth > maxDepth {
		return nil, p.errorf(start, start+1, "too many signs in a row", "64 is the limit")
	}
	for n := 0; ; n++ {
		at := p.pos
		if n > maxDepth {
			return nil, p.errorf(at, at+1, "too many signs in a row", "64 is the limit")
		}
		var sign string
		switch {
		case p.operator("NOT"):
			sign = "NOT"
			p.space()
		case p.peek() == '-', p.peek() == '+':
			sign = p.src[p.pos : p.pos+1]
			p.pos++
		}
		if sign == "" {
			p.pos = at
			break
		}
		if r, _ := utf8.DecodeRuneInString(p.src[p.pos:]); p.ends() || unicode.IsSpace(r) {
			return nil, p.errorf(at, at+len(sign), "nothing after "+sign, "a sign stands directly before what it is about: -word; quote it to search for it")
		}
		if sign == "+" {
			continue
		}
		if negate { // a second no, kept as it was said
			p.pos = at
			inner, err := p.unary(field, depth+1)
			if err != nil {
				return nil, err
			}
			return Not{inner}, nil
		}
		negate = true
	}
	n, err := p.primary(field, depth)
	if err != nil || !negate {
		return n, err
	}
	return Not{n}, nil
}

func (p *parser) primary(field Field, depth int) (Node, error) {
	if p.terms++; p.terms > maxTerms {
		return nil, p.errorf(p.pos, p.pos+1, "too many conditions", "1024 is the limit")
	}
	for _, op := range []string{"AND", "OR", "NOT"} {
		if at := p.pos; p.operator(op) {
			return nil, p.errorf(at, p.pos, "a condition is missing before "+op, fmt.Sprintf("write \"%s\" for the word", op))
		}
	}
	switch p.peek() {
	case '(':
		return p.group(field, depth)
	case '"':
		return p.value(field, p.pos, depth)
	}
	if name, ok := p.fieldName(); ok {
		start := p.pos
		info, known := Lookup(name)
		if !known {
			return nil, p.unknown(start, name)
		}
		if field != Any && field != info.Name {
			return nil, p.errorf(start, start+len(name)+1, fmt.Sprintf("`%s:` inside a group of `%s:`", name, field), fmt.Sprintf("close the group first: %s:(a b) %s:c", field, info.Name))
		}
		p.pos += len(name) + 1
		return p.value(info.Name, start, depth)
	}
	if field == Any && p.src[p.pos] == '*' {
		w, _ := p.scanWord()
		if w == "*" {
			return All{}, nil
		}
		return nil, p.errorf(p.pos-len(w), p.pos, "a word cannot begin with *", "the star stands at the end: driver*")
	}
	return p.value(field, p.pos, depth)
}

func (p *parser) group(field Field, depth int) (Node, error) {
	open := p.pos
	p.pos++
	n, err := p.or(field, depth+1)
	if err != nil {
		return nil, err
	}
	if p.space(); p.peek() != ')' {
		return nil, p.errorf(open, open+1, "this parenthesis is not closed", "add a `)`: a (b OR c)")
	}
	p.pos++
	if !p.boundary() {
		return nil, p.errorf(p.pos, p.pos+1, "a space is missing after the parenthesis", "write (a OR b) c")
	}
	return n, nil
}

// boundary tells whether what stands here may follow a closed value.
func (p *parser) boundary() bool {
	r, _ := utf8.DecodeRuneInString(p.src[p.pos:])
	return p.ends() || unicode.IsSpace(r)
}

// fieldName looks for `name:` here. `std::sync`, `https://` and `12:30` are no fields.
func (p *parser) fieldName() (string, bool) {
	rest := p.src[p.pos:]
	i := 0
	for i < len(rest) && (rest[i] >= 'a' && rest[i] <= 'z' || rest[i] >= 'A' && rest[i] <= 'Z' || i > 0 && (rest[i] == '-' || rest[i] == '_')) {
		i++
	}
	if i == 0 || i >= len(rest) || rest[i] != ':' {
		return "", false
	}
	after := rest[i+1:]
	if strings.HasPrefix(after, ":") || strings.HasPrefix(after, "//") {
		return "", false
	}
	return rest[:i], true
}

func (p *parser) unknown(start int, name string) *SyntaxError {
	word := name + ":"
	p.pos = start + len(word)
	rest, _ := p.scanWord()
	word += rest
	quoted := fmt.Sprintf("for the text itself write \"%s\"", strings.ReplaceAll(strings.ReplaceAll(word, `\`, `\\`), `"`, `\"`))
	hint := "`rustle help query` lists the fields; " + quoted
	if s := suggest(name); len(s) > 0 {
		info, _ := Lookup(string(s[0]))
		names := make([]string, len(s))
		for i, f := range s {
			names[i] = "`" + string(f) + ":`"
		}
		hint = fmt.Sprintf("did you mean %s, as in %s? %s", strings.Join(names, " or "), info.Example, strings.ToUpper(quoted[:1])+quoted[1:])
	}
	return p.errorf(start, start+len(name), fmt.Sprintf("unknown field `%s`", name), hint)
}

// scanWord takes everything up to white space or a parenthesis that it does not open itself. Open is
// the offset of a parenthesis that is open at the end, -1 without.
func (p *parser) scanWord() (word string, open int) {
	start := p.pos
	var opened []int
	for p.pos < len(p.src) {
		r, n := utf8.DecodeRuneInString(p.src[p.pos:])
		if unicode.IsSpace(r) {
			break
		}
		if r == '(' {
			opened = append(opened, p.pos)
		}
		if r == ')' {
			if len(opened) == 0 {
				break
			}
			opened = opened[:len(opened)-1]
		}
		if p.stop != 0 && r == rune(p.stop) {
			break
		}
		p.pos += n
	}
	if len(opened) > 0 {
		return p.src[start:p.pos], opened[0]
	}
	return p.src[start:p.pos], -1
}

// value reads what a field asks for. Start is where the field's name stands.
func (p *parser) value(field Field, start, depth int) (Node, error) {
	info, named := Lookup(string(field))
	if !named {
		info = Info{Kind: KindText, Prefix: true, Fuzzy: true, Example: "driver"}
	}
	example := info.Example
	if p.boundary() && p.peek() != '(' {
		return nil, p.errorf(start, p.pos, fmt.Sprintf("`%s:` needs a value directly after the colon", field), "for example "+example)
	}
	at := p.pos
	switch c := p.peek(); {
	case c == '(' && named && p.pos > start:
		if info.Kind == KindThread {
			return nil, p.errorf(at, at+1, "thread: takes a query in braces", "write thread:{f:alice s:dma}")
		}
		return p.group(field, depth)
	case c == '{' && info.Kind == KindThread:
		return p.subquery(depth)
	case c == '"':
		text, err := p.quoted()
		if err != nil {
			return nil, err
		}
		if inner, ok := strings.CutPrefix(text, "{"); ok && info.Kind == KindThread && strings.HasSuffix(inner, "}") {
			return p.notmuchSubquery(at, strings.TrimSuffix(inner, "}"), depth)
		}
		return p.typed(info, text, Phrase, at)
	case c == '/':
		// A path is the likelier meaning of a slash unless another one ends the value.
		if n, err := p.pattern(info, named, at); n != nil || err != nil {
			return n, err
		}
	}
	word, open := p.scanID(info.Kind)
	if open >= 0 {
		return nil, p.errorf(open, open+1, "this parenthesis is not closed", "put text with parentheses into quotes: \"f(x)\"")
	}
	if i := strings.IndexByte(word, '"'); i >= 0 {
		return nil, p.errorf(at+i, at+i+1, "a quote inside a word", `quote the whole, with \" for the quote: "a\"b"`)
	}
	if !named && slices.Contains([]string{"XOR", "NEAR", "ADJ", "WITH", "SAME"}, word) {
		return nil, p.errorf(at, p.pos, fmt.Sprintf("the operator %s is not supported", word), fmt.Sprintf("use AND, OR, NOT, or \"%s\" for the word", word))
	}
	return p.typed(info, word, Word, at)
}

// scanID is scanWord, but brackets around an id say where it ends.
func (p *parser) scanID(k Kind) (word string, open int) {
	if (k == KindThread || k == KindID) && p.peek() == '<' {
		if i := strings.IndexAny(p.src[p.pos:], "> "); i > 0 && p.src[p.pos+i] == '>' {
			p.pos += i + 1
			if p.boundary() {
				return p.src[p.pos-i-1 : p.pos], -1
			}
			p.pos -= i + 1
		}
	}
	return p.scanWord()
}

func (p *parser) quoted() (string, error) {
	open := p.pos
	var b strings.Builder
	for p.pos++; p.pos < len(p.src); p.pos++ {
		c := p.src[p.pos]
		switch {
		case c == '\\' && p.pos+1 < len(p.src) && (p.src[p.pos+1] == '"' || p.src[p.pos+1] == '\\'):
			p.pos++
			b.WriteByte(p.src[p.pos])
		case c == '"':
			p.pos++
			if strings.TrimSpace(b.String()) == "" {
				return "", p.errorf(open, p.pos, "nothing between the quotes", "write the words: \"memory safety\"")
			}
			if !p.boundary() {
				return "", p.errorf(p.pos, p.pos+1, "a quoted text ends at its quote", "put a space after it; * and ~ work on single words only")
			}
			return b.String(), nil
		default:
			b.WriteByte(c)
		}
	}
	return "", p.errorf(open, open+1, "this quote is not closed", fmt.Sprintf("add a `\"` at the end: %s\"", strings.TrimRight(p.src[open:min(len(p.src), open+40)], `\ `)))
}

// pattern reads /pattern/. Without a closing slash at the end of the value there is none: both
// results are nil and nothing is consumed.
func (p *parser) pattern(info Info, named bool, at int) (Node, error) {
	end := 0
	for i := at + 1; i < len(p.src) && end == 0; i++ {
		switch p.src[i] {
		case '\\':
			i++
		case '/':
			if r, n := utf8.DecodeRuneInString(p.src[i+1:]); n == 0 || unicode.IsSpace(r) || r == ')' || p.stop != 0 && r == rune(p.stop) {
				end = i
			}
		case ' ':
			if !named { // a bare /word/ is refused below, a bare path is none of this
				i = len(p.src)
			}
		}
	}
	if end == 0 {
		if named && info.Pattern && info.Kind == KindText {
			return nil, p.errorf(at, at+1, "this pattern is not closed", "add a `/` at its end, or quote text that begins with a slash")
		}
		return nil, nil
	}
	expr := unescapeSlashes(p.src[at+1 : end])
	switch {
	case !named && strings.Contains(expr, "/"):
		return nil, nil // /usr/lib/ is a path
	case !info.Pattern:
		text := p.src[at : end+1]
		name := "a bare word"
		if named {
			name = "`" + string(info.Name) + ":`"
		}
		return nil, p.errorf(at, end+1, name+" takes no /pattern/", fmt.Sprintf("%s take one, as in s:%s; for a path write \"%s\"", patternFields(), text, text))
	case len(expr) == 0 || len(expr) > maxPattern:
		return nil, p.errorf(at, end+1, "a pattern has 1 to 200 bytes", "for example s:/dma.*coherent/")
	}
	if _, err := regexp.Compile(expr); err != nil {
		_, msg, _ := strings.Cut(err.Error(), "error parsing regexp: ")
		return nil, p.errorf(at, end+1, "this pattern is not valid: "+msg, "for example s:/dma.*coherent/")
	}
	p.pos = end + 1
	return Term{Field: info.Name, Text: expr, Form: Pattern}, nil
}

// unescapeSlashes undoes \/ and leaves every other escape to the pattern.
func unescapeSlashes(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
			if s[i] != '/' {
				b.WriteByte('\\')
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func patternFields() string {
	var names []string
	for i := range fieldTable {
		if fieldTable[i].Pattern {
			names = append(names, string(fieldTable[i].Name)+":")
		}
	}
	return strings.Join(names, " ")
}

func (p *parser) subquery(depth int) (Node, error) {
	open := p.pos
	p.pos++
	stop := p.stop
	p.stop = '}'
	n, err := p.or(Any, depth+1)
	if err != nil {
		return nil, err
	}
	p.stop = stop
	if p.space(); p.peek() != '}' {
		return nil, p.errorf(open, open+1, "this brace is not closed", "add a `}`: thread:{f:alice s:dma}")
	}
	p.pos++
	if !p.boundary() {
		return nil, p.errorf(p.pos, p.pos+1, "a space is missing after the brace", "write thread:{f:alice} s:dma")
	}
	return Thread{Query: n}, nil
}

// notmuchSubquery reads thread:"{query}", which people have to write in notmuch.
func (p *parser) notmuchSubquery(at int, inner string, depth int) (Node, error) {
	sub := &parser{src: inner, opt: p.opt, terms: p.terms, stop: '}'}
	n, err := sub.or(Any, depth+1)
	if err == nil {
		if sub.space(); sub.pos < len(inner) {
			err = sub.errorf(sub.pos, sub.pos+1, "this closes nothing", "")
		}
	}
	p.terms = sub.terms
	if se, ok := errors.AsType[*SyntaxError](err); ok {
		return nil, p.errorf(at, p.pos, "inside the braces: "+se.Msg, se.Hint)
	}
	return Thread{Query: n}, nil
}

// typed makes the node for a value of a field, after its kind.
func (p *parser) typed(info Info, text string, form Form, at int) (Node, error) {
	bad := func(msg, hint string) (Node, error) { return nil, p.errorf(at, p.pos, msg, hint) }
	switch info.Kind {
	case KindDate:
		return p.date(info, text, at)
	case KindSize, KindCount:
		return p.count(info, text, at)
	case KindThread:
		id := MessageID(text)
		if id == "" || strings.ContainsAny(id, "{}") {
			return bad("not a Message-ID", "write thread:ID or thread:{query}, for example "+info.Example)
		}
		return Thread{ID: id}, nil
	default:
	}
	if form == Phrase {
		switch info.Kind {
		case KindValue:
			if v, ok := p.valueOf(info, text); ok {
				return Term{Field: info.Name, Text: v, Form: Word}, nil
			}
			return nil, p.noValue(info, text, at)
		case KindID:
			text, form = exactID(info.Name, text), Phrase
			if text == "" {
				return bad("not an id", "for example "+info.Example)
			}
		default:
		}
		return Term{Field: info.Name, Text: text, Form: form}, nil
	}
	if i := strings.IndexByte(text, '*'); i >= 0 {
		switch {
		case i == 0 && len(text) == 1:
			return bad("a lone * says nothing about a field", "leave the field out, or give a beginning: "+info.Example)
		case i != len(text)-1:
			return bad("a * stands only at the end of a word", "for example driver*; quote the text to search for a star")
		case !info.Prefix:
			return bad(fmt.Sprintf("`%s:` takes no *", info.Name), "for example "+info.Example)
		}
		return p.term(info, text[:i], Prefix, 0, at)
	}
	if i := strings.LastIndexByte(text, '~'); i > 0 && (i == len(text)-1 || digits(text[i+1:])) {
		edits := map[string]int{"": 1, "1": 1, "2": 2}[text[i+1:]]
		switch {
		case !info.Fuzzy:
			return bad(fmt.Sprintf("`%s:` takes no ~", info.Name), "for example "+info.Example)
		case edits == 0:
			return bad("a word may differ by one or two letters only", "write word~ or word~2")
		}
		for _, r := range text[:i] {
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' {
				return bad("~ works on a single word", "write bindgen~; quote the text to search for a ~")
			}
		}
		return p.term(info, text[:i], Fuzzy, edits, at)
	}
	return p.term(info, text, Word, 0, at)
}

func (p *parser) term(info Info, text string, form Form, edits, at int) (Node, error) {
	if info.Kind == KindValue {
		if form == Prefix {
			text = strings.ToLower(text)
		} else {
			v, ok := p.valueOf(info, text)
			if !ok {
				return nil, p.noValue(info, text, at)
			}
			text = v
		}
	}
	if info.Kind == KindID {
		text = exactID(info.Name, text)
		if text == "" {
			return nil, p.errorf(at, p.pos, "not an id", "for example "+info.Example)
		}
		if form == Word {
			form = Phrase // exact either way; the quotes keep any id readable
		}
	}
	if text == "" {
		return nil, p.errorf(at, p.pos, "a word is missing here", "for example "+info.Example)
	}
	return Term{Field: info.Name, Text: text, Form: form, Edits: edits}, nil
}

// exactID undoes the ways an id is written down.
func exactID(f Field, s string) string {
	if f == ID || f == References {
		return MessageID(s)
	}
	return strings.ToLower(strings.Trim(strings.TrimSpace(s), "<>"))
}

// valueOf finds a value in its closed list, in any case. Without a list any is taken.
func (p *parser) valueOf(info Info, s string) (string, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	list := info.Values
	if list == nil {
		list = p.opt.Values[info.Name]
	}
	ok := list == nil && s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(`()"{}*~/`, r) || r == '-' && s[0] == '-'
	})
	return s, ok || slices.Contains(list, s)
}

func (p *parser) noValue(info Info, text string, at int) error {
	list := info.Values
	if list == nil {
		list = p.opt.Values[info.Name]
	}
	hint := "for example " + info.Example
	if list != nil {
		hint = "it is one of " + strings.Join(list, " ")
		if v := nearest(text, list); v != "" {
			hint = fmt.Sprintf("did you mean %s:%s? %s", info.Name, v, "It"+hint[2:])
		}
	}
	return p.errorf(at, p.pos, fmt.Sprintf("`%s:` has no value `%s`", info.Name, text), hint)
}

func (p *parser) date(info Info, text string, at int) (Node, error) {
	d := dates{now: p.opt.Now, zone: p.opt.Location, whole: info.Name == Date}
	r, err := d.rangeOf(info.Name, text)
	switch {
	case errors.Is(err, errBareM):
		return nil, p.errorf(at, p.pos, err.Error(), hintBare)
	case err != nil:
		return nil, p.errorf(at, p.pos, err.Error(), hintDate)
	case r.HasMin && r.HasMax && r.Min > r.Max:
		from, to, _ := cutRange(text)
		return nil, p.errorf(at, p.pos, "this range ends before it begins", fmt.Sprintf("turn it round: %s:%s..%s", info.Name, to, from))
	}
	return r, nil
}

func (p *parser) count(info Info, text string, at int) (Node, error) {
	bad := func(msg, hint string) (Node, error) { return nil, p.errorf(at, p.pos, msg, hint) }
	r := Range{Field: info.Name}
	from, to, isRange := cutRange(text)
	if !isRange {
		to = from
	}
	if from == "" && to == "" {
		return bad("a range needs at least one end", "for example "+info.Example)
	}
	for _, bound := range []struct {
		text string
		to   *int64
		has  *bool
	}{{from, &r.Min, &r.HasMin}, {to, &r.Max, &r.HasMax}} {
		if bound.text == "" {
			continue
		}
		n, ok := amount(bound.text, info.Kind == KindSize)
		if !ok {
			hint := "for example " + info.Example
			if strings.ContainsAny(bound.text, "<>=") {
				hint = "write a range with two dots, as in " + info.Example
			}
			return bad(fmt.Sprintf("`%s` is not a number", bound.text), hint)
		}
		*bound.to, *bound.has = n, true
	}
	if r.HasMin && r.HasMax && r.Min > r.Max {
		return bad("this range ends before it begins", fmt.Sprintf("turn it round: %s:%s..%s", info.Name, to, from))
	}
	return r, nil
}

// amount reads a number; sizes take k, M and G, with or without a B, as powers of 1024.
func amount(s string, size bool) (int64, bool) {
	shift := 0
	if size {
		s = strings.ToLower(s)
		if len(s) > 1 {
			s = strings.TrimSuffix(s, "b")
		}
		if s != "" {
			switch s[len(s)-1] {
			case 'k':
				shift = 10
			case 'm':
				shift = 20
			case 'g':
				shift = 30
			}
		}
		if shift > 0 {
			s = s[:len(s)-1]
		}
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || !digits(s) || n > (1<<62)>>shift {
		return 0, false
	}
	return n << shift, true
}

// MessageID undoes the ways people write a Message-ID down: bare, in <brackets>, after id: or mid:,
// or as a link to an archive such as lore (percent-encoded too). It is "" when nothing is left.
func MessageID(s string) string {
	for {
		before := s
		s = strings.TrimSpace(s)
		s = strings.TrimPrefix(strings.TrimPrefix(s, "id:"), "mid:")
		s = fromLink(s)
		s = strings.TrimSuffix(strings.TrimPrefix(s, "<"), ">")
		if s == before {
			return s
		}
	}
}

// fromLink finds the id in https://host/list/ID/... or https://host/r/ID: the part with an @, or for
// ids without one the part behind the list. Other text it leaves alone.
func fromLink(s string) string {
	rest, ok := cutScheme(s)
	if !ok {
		return s
	}
	rest, _, _ = strings.Cut(rest, "?")
	rest, _, _ = strings.Cut(rest, "#")
	for part := range strings.SplitSeq(rest, "/") {
		if id, err := url.PathUnescape(part); err == nil && strings.Contains(strings.Trim(id, "<>"), "@") && utf8.ValidString(id) {
			return id
		}
	}
	if parts := strings.Split(rest, "/"); len(parts) > 2 && parts[2] != "" {
		if id, err := url.PathUnescape(parts[2]); err == nil && utf8.ValidString(id) {
			return id
		}
	}
	return s
}

func cutScheme(s string) (string, bool) {
	for _, scheme := range []string{"https://", "http://"} {
		if len(s) > len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) {
			return s[len(scheme):], true
		}
	}
	return s, false
}
