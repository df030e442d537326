package report

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"rustle/pkg/analysis"
)

// anonymise returns a copy of the input in which nobody's name, address or message id is left: people have pseudonyms,
// mails have numbers, and in subjects and sentences names, parts of names, nicknames, addresses and links are replaced.
// It rather replaces too much than too little: a first name that is also a word goes wherever it has a capital.
func anonymise(in ThreadInput, o Options) ThreadInput {
	records := ordered(in.Records)
	a := newPseudonyms(append(slices.Clone(records), ordered(in.Others)...), o)
	ids := map[string]string{}
	for i, r := range records {
		ids[r.ID] = "mail-" + strconv.Itoa(i+1)
	}
	var missing []string
	for _, r := range records {
		missing = append(missing, r.Parent, r.Thread)
	}
	missing = append(append(missing, in.Summary.Missing...), in.Summary.ID, in.Summary.Outcome.ID)
	slices.Sort(missing)
	n := 0
	for _, id := range slices.Compact(missing) {
		if id != "" && ids[id] == "" {
			n++
			ids[id] = "missing-" + strconv.Itoa(n)
		}
	}
	out := in
	out.Records = make([]analysis.Record, 0, len(records))
	for _, r := range records {
		out.Records = append(out.Records, a.record(*r, ids))
	}
	out.Others = nil
	for i, r := range ordered(in.Others) {
		if ids[r.ID] == "" {
			ids[r.ID] = "other-" + strconv.Itoa(i+1)
		}
		other := a.record(*r, ids)
		other.Thread = r.Thread // by which the pages of a set find each other; none shows it
		out.Others = append(out.Others, other)
	}
	out.Pieces = nil
	for i := range in.Pieces {
		p := &in.Pieces[i]
		out.Pieces = append(out.Pieces, analysis.ThreadSummary{ID: p.ID, First: p.First, Messages: p.Messages}) // of the id as of other.Thread
	}
	out.Summary = a.summary(in.Summary, ids)
	return out
}

// pseudonyms replaces people in text.
type pseudonyms struct {
	key    []byte
	person map[string]string // canonical name -> pseudonym
	addr   map[string]string // address in lower case -> pseudonym
	phrase map[string][]phrase
	whole  []whole // names in scripts that write no spaces
}

// phrase is a name as a sequence of folded words; it is filed under its first word, the longest first.
type phrase struct {
	words   []string
	becomes string
	capital bool // only when written with a capital
}

type whole struct{ name, becomes string }

func newPseudonyms(records []*analysis.Record, o Options) *pseudonyms {
	a := &pseudonyms{key: o.Key, person: map[string]string{}, addr: map[string]string{}, phrase: map[string][]phrase{}}
	known := map[string]*Identity{}
	byAddr := map[string]string{}
	learn := func(person string, names, addrs []string) {
		if person == "" {
			return
		}
		id := known[person]
		if id == nil {
			id = &Identity{Person: person}
			known[person] = id
		}
		id.Names = append(append(id.Names, person), names...)
		id.Addrs = append(id.Addrs, addrs...)
		for _, s := range addrs {
			if s = strings.ToLower(s); s != "" && byAddr[s] == "" {
				byAddr[s] = person
			}
		}
	}
	for _, id := range o.People {
		learn(clean(id.Person), id.Names, id.Addrs)
	}
	for _, r := range records {
		learn(author(r), []string{r.From.Name}, []string{r.From.Addr})
	}
	for _, r := range records { // those who only read
		for _, p := range append(slices.Clone(r.To), r.Cc...) {
			if isList(p.Addr) {
				continue
			}
			name := cmp.Or(byAddr[strings.ToLower(p.Addr)], clean(p.Name), clean(p.Addr))
			learn(name, []string{p.Name}, []string{p.Addr})
		}
	}
	order := slices.Sorted(maps.Keys(known))
	taken := map[string]int{}
	for _, person := range order {
		taken[a.code(person, 5)]++
	}
	for _, person := range order {
		n := 5
		if taken[a.code(person, n)] > 1 {
			n = 12
		}
		a.person[person] = "Person " + a.code(person, n)
	}
	a.index(order, known)
	return a
}

// isList says whether an address is one of a mailing list by the host: its name is no person's and stands in many sentences.
func isList(addr string) bool {
	_, host, _ := strings.Cut(strings.ToLower(addr), "@")
	return strings.HasPrefix(host, "lists.") || strings.HasPrefix(host, "vger.") || host == "googlegroups.com" || strings.HasSuffix(host, ".googlegroups.com")
}

// code is a keyed hash as letters and digits.
func (a *pseudonyms) code(person string, n int) string {
	key := a.key
	if key == nil {
		key = []byte("rustle pseudonyms")
	}
	h := hmac.New(sha256.New, key)
	_, _ = h.Write([]byte(fold(person))) // never fails
	enc := base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)
	return enc.EncodeToString(h.Sum(nil))[:n]
}

// index files every form of every name.
func (a *pseudonyms) index(order []string, known map[string]*Identity) {
	becomes := map[string]map[string]bool{} // the words joined -> pseudonyms
	capital := map[string]bool{}
	file := func(words []string, pseudonym string, needsCapital bool) {
		k := strings.Join(words, " ")
		if k == "" {
			return
		}
		if becomes[k] == nil {
			becomes[k] = map[string]bool{}
			capital[k] = needsCapital
		}
		becomes[k][pseudonym] = true
		capital[k] = capital[k] && needsCapital
	}
	common, never := commonWords(), neverNames()
	single := func(w, pseudonym string) {
		if len([]rune(w)) >= 3 && !never[w] && !isDigits(w) {
			file([]string{w}, pseudonym, common[w])
		}
	}
	for _, person := range order {
		id, pseudonym := known[person], a.person[person]
		for _, name := range id.Names {
			if strings.Contains(name, "@") {
				continue
			}
			words := foldedWords(name)
			if len(words) > maxNameWords { // no name but a sentence, as spam has it: its words are everybody's
				file(words, pseudonym, false)
				continue
			}
			if len(words) > 1 {
				file(words, pseudonym, false)
				last := words[len(words)-1]
				file(append([]string{last}, words[:len(words)-1]...), pseudonym, false)
				file([]string{words[0], last}, pseudonym, false)
				file([]string{last, words[0]}, pseudonym, false)
			}
			for _, w := range words {
				single(w, pseudonym)
			}
			if c := clean(name); strings.IndexFunc(c, func(r rune) bool {
				return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai)
			}) >= 0 {
				a.whole = append(a.whole, whole{c, pseudonym})
			}
		}
		for _, addr := range id.Addrs {
			addr = strings.ToLower(strings.TrimSpace(addr))
			if addr == "" {
				continue
			}
			a.addr[addr] = pseudonym
			local, _, _ := strings.Cut(addr, "@")
			local, _, _ = strings.Cut(local, "+")
			words := foldedWords(local)
			if len(words) == 1 {
				single(words[0], pseudonym)
			} else if len(words) > 1 {
				file(words, pseudonym, false)
			}
		}
	}
	for _, k := range slices.Sorted(maps.Keys(becomes)) {
		p := phrase{words: strings.Split(k, " "), becomes: "[name]", capital: capital[k]}
		if len(becomes[k]) == 1 {
			for only := range becomes[k] {
				p.becomes = only
			}
		}
		a.phrase[p.words[0]] = append(a.phrase[p.words[0]], p)
	}
	for _, list := range a.phrase {
		slices.SortStableFunc(list, func(x, y phrase) int { return cmp.Compare(len(y.words), len(x.words)) })
	}
	slices.SortStableFunc(a.whole, func(x, y whole) int {
		return cmp.Or(cmp.Compare(len(y.name), len(x.name)), strings.Compare(x.name, y.name))
	})
}

// maxNameWords is how many words a name has at most.
const maxNameWords = 5

func isDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// commonWords are names that are everyday words too; they count as names only with a capital. Own list.
func commonWords() map[string]bool {
	return wordSet("will mark bill rob robin rich grant may april june august dean art ray jack frank drew chase hope joy faith grace king love young long best rice white brown " +
		"green black gray grey wood woods stone hill field west north south east page case cook baker miller smith price hand post light cross bush rose max pat sue don gene guy " +
		"miles ash glen heather ivy pearl rusty sunny dawn eve lance pierce wade ward reed rush sharp short small strong swift sweet wise wolf fox bird bell berg ball bond day " +
		"knight lord major mason noble page parish park pool power rock root sage shade singer stark storm summer sky star wall water waters weber winter winters zander andy fan " +
		"every have has had this that these those your you our their they them what when where which who how why not but are was were been would should could can must more most " +
		"limited information fields private family law swift pascal " +
		"some any all each than then there here into over under down out off again also only just very please offer live said text work post name system general tracking " +
		"hang han hu li lin song sun sung tan tang wan wang yang ping ming ding bing jing king king's job jobs bug bugs harry nick rod van von der den del las los les mac")
}

// neverNames are parts of header names that name nobody.
func neverNames() map[string]bool {
	return wordSet("rust linux kernel list lists maintainer maintainers the and for via with from team bot robot test tests mail mailing dev devel info contact admin support patch patches " +
		"patchwork subsystem project group com org net edu gov www http https lkml gmail inc ltd corp corporation company foundation oracle intel google amd arm nvidia samsung microsoft " +
		"kbuild kunit llvm clang gcc gpio x86 x86_64 arm64 docs doc documentation script scripts security testing " +
		"redhat suse hat red int char void unsafe safe code lore git driver drivers github noreply notifications stable next")
}

func wordSet(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// fold makes forms of one name equal: lower case, no accents.
func fold(s string) string {
	s = strings.Map(func(r rune) rune {
		switch r {
		case 'ø', 'Ø':
			return 'o'
		case 'ł', 'Ł':
			return 'l'
		case 'đ', 'Đ':
			return 'd'
		case 'ı':
			return 'i'
		}
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(strings.ToValidUTF8(s, "")))
	return strings.ReplaceAll(s, "ß", "ss")
}

func isWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r)
}

func foldedWords(s string) []string {
	return strings.FieldsFunc(fold(s), func(r rune) bool { return !isWord(r) })
}

// text replaces everybody in a line of text.
func (a *pseudonyms) text(s string) string {
	s = clean(s)
	for _, w := range a.whole {
		s = strings.ReplaceAll(s, w.name, w.becomes)
	}
	words := strings.Split(s, " ")
	for i, w := range words {
		switch {
		case strings.Contains(w, "://") || strings.Contains(strings.ToLower(w), "www."):
			words[i] = "[link]"
		case strings.Contains(strings.Trim(w, "@"), "@"):
			words[i] = a.address(w)
		}
	}
	return a.unsigned(a.names(strings.Join(words, " ")))
}

// address replaces a word with an address in it.
func (a *pseudonyms) address(w string) string {
	bare := strings.ToLower(strings.Trim(w, "<>()[]{}\"'`.,;:!?“”‘’"))
	bare = strings.TrimPrefix(bare, "mailto:")
	if p, ok := a.addr[bare]; ok {
		return p
	}
	return "[address]"
}

// token is a word of a text with its place.
type token struct {
	start, end int
	folded     string
	upper      bool
}

func tokens(s string) []token {
	var out []token
	start := -1
	flush := func(end int) {
		if start >= 0 {
			w := s[start:end]
			out = append(out, token{start, end, fold(w), unicode.IsUpper([]rune(w)[0])})
			start = -1
		}
	}
	for i, r := range s {
		if isWord(r) {
			if start < 0 {
				start = i
			}
		} else {
			flush(i)
		}
	}
	flush(len(s))
	return out
}

func (a *pseudonyms) names(s string) string {
	toks := tokens(s)
	var b strings.Builder
	at := 0
	for i := 0; i < len(toks); {
		p, n := a.match(s, toks[i:])
		if n == 0 {
			i++
			continue
		}
		b.WriteString(s[at:toks[i].start])
		b.WriteString(p)
		at = toks[i+n-1].end
		i += n
	}
	b.WriteString(s[at:])
	return b.String()
}

// match returns the pseudonym for the longest name at the start of the tokens, and how many of them it takes.
func (a *pseudonyms) match(s string, toks []token) (string, int) {
	for _, p := range a.phrase[toks[0].folded] {
		if len(p.words) > len(toks) || p.capital && !toks[0].upper {
			continue
		}
		same := true
		for k, w := range p.words {
			if toks[k].folded != w || k > 0 && !glue(s[toks[k-1].end:toks[k].start]) {
				same = false
				break
			}
		}
		if same {
			return p.becomes, len(p.words)
		}
	}
	return "", 0
}

// glue says whether what stands between two words can stand inside a name.
func glue(s string) bool { return len(s) <= 4 && strings.Trim(s, " .,-_'’\"()") == "" }

// unsigned drops the name after "Something-by:" when no pseudonym took its place.
func (a *pseudonyms) unsigned(s string) string {
	i := strings.Index(strings.ToLower(s), "-by:")
	if i < 0 {
		return s
	}
	rest := strings.TrimSpace(s[i+len("-by:"):])
	if rest == "" || strings.HasPrefix(rest, "Person ") || strings.HasPrefix(rest, "[") {
		return s
	}
	return s[:i+len("-by:")] + " [name]"
}

// record makes a record of what pages need and nothing else: a field that is new some day stays out until it is looked at.
// The subsystem of a role is left out, for it often has one maintainer only.
func (a *pseudonyms) record(r analysis.Record, ids map[string]string) analysis.Record {
	name := a.person[author(&r)]
	verdict := func(v analysis.Verdict) analysis.Verdict {
		v.Evidence = a.evidence(v.Evidence)
		return v
	}
	return analysis.Record{
		Person: name, From: analysis.Person{Name: name}, Role: anonymousRole(r.Role),
		ID: ids[r.ID], Parent: ids[r.Parent], Thread: ids[r.Thread], Depth: r.Depth, Date: r.Date, Hash: r.Hash,
		Subject: a.text(r.Subject), Kind: r.Kind, Series: r.Series, Lists: r.Lists, Words: r.Words, Rust: r.Rust,
		Topics: a.tags(r.Topics), Entities: a.tags(r.Entities), RustBy: a.evidence(r.RustBy),
		Sentiment: verdict(r.Sentiment), Incivility: verdict(r.Incivility), Stance: verdict(r.Stance),
		Signal: r.Signal, SignalBy: a.evidence(r.SignalBy), Settles: a.evidence(r.Settles),
	}
}

// anonymousRole hides the role that only one person has.
func anonymousRole(role string) string {
	if role == "top-maintainer" {
		return "maintainer"
	}
	return role
}

func (a *pseudonyms) tags(in []analysis.Tag) []analysis.Tag {
	out := slices.Clone(in)
	for i := range out {
		out[i].Evidence = a.evidence(out[i].Evidence)
	}
	return out
}

func (a *pseudonyms) evidence(in []analysis.Evidence) []analysis.Evidence {
	out := slices.Clone(in)
	for i := range out {
		out[i].Text = a.text(out[i].Text)
	}
	return out
}

// summary makes a summary of what pages need, as record does.
func (a *pseudonyms) summary(s analysis.ThreadSummary, ids map[string]string) analysis.ThreadSummary {
	out := analysis.ThreadSummary{
		ID: ids[s.ID], Subject: a.text(s.Subject), Lists: s.Lists, Messages: s.Messages, First: s.First, Last: s.Last, Partial: s.Partial,
		Label: s.Label, DebateScore: s.DebateScore, Heat: s.Heat, Topics: s.Topics, Entities: s.Entities,
		Outcome: analysis.Outcome{Label: s.Outcome.Label, ID: ids[s.Outcome.ID], Evidence: a.evidence(s.Outcome.Evidence)},
	}
	out.PartOf = s.PartOf // of its id as of other.Thread, see anonymise
	event := func(e *analysis.ThreadEvidence) *analysis.ThreadEvidence {
		if e == nil {
			return nil
		}
		return &analysis.ThreadEvidence{ID: ids[e.ID], Evidence: a.evidence([]analysis.Evidence{e.Evidence})[0]}
	}
	for _, b := range s.Branches {
		shown := make([]analysis.ThreadEvidence, 0, len(b.Evidence))
		for i := range b.Evidence {
			shown = append(shown, *event(&b.Evidence[i]))
		}
		out.Branches = append(out.Branches, analysis.Branch{
			ID: ids[b.ID], Within: ids[b.Within], Subject: a.text(b.Subject), Date: b.Date, Messages: b.Messages, People: b.People,
			Label: b.Label, DebateScore: b.DebateScore, Heat: b.Heat, Topics: b.Topics, Evidence: shown, Heated: event(b.Heated), Cooled: event(b.Cooled),
		})
	}
	for _, id := range s.Missing {
		out.Missing = append(out.Missing, ids[id])
	}
	return out
}
