package topic

import (
	"cmp"
	"iter"
	"slices"
	"strings"
)

// A Mail is what the package needs to know of one message. Only Sentences is the author's own text;
// everything else is context.
type Mail struct {
	Title       string   // subject without "Re:" and brackets, areas included: "rust: alloc: add Vec"
	Prefixes    []string // words of the subject's brackets: "PATCH", "net-next", "rust"
	Areas       []string // "rust:" parts at the head of the title, without colons
	ThreadTitle string   // title of the thread's root; empty when unknown or equal to Title
	From        string   // address of the sender, lower case
	Recipients  []string // To and Cc addresses and list ids, lower case
	Files       []string // paths touched, from diff and diffstat
	Sentences   []string // the author's own prose
	Quotes      []string // what he quotes, piece by piece; only the first 4 KiB are read
	Patch       bool     // a posted patch or cover letter, not a reply
}

// A Verdict is a label with its score in 0..1 and the reasons for it, the strongest first.
type Verdict struct {
	Label string
	Score float64
	Hits  []Hit

	Policy bool // of an argument: see Topic.Policy
}

// maxQuoted is how many bytes of quoted text are read of one mail.
const maxQuoted = 4 << 10 // 4 KiB

// Limits of one reading: longer mail is pasted logs and tables, and says nothing new.
const (
	maxSentences  = 600
	maxTitleBytes = 1 << 10 // 1 KiB
	quotedChunk   = 1 << 10 // 1 KiB: fewer than maxTokens words of prose
	maxHits       = 5       // reasons kept for one verdict
)

// found is one match in the author's own text or in its context.
type found struct {
	sentence int32
	pattern  int32
	weight   float64
}

// tally adds up what was found for one topic.
type tally struct {
	own     []found
	sum     float64 // weights of distinct cues in the author's sentences
	title   float64
	thread  float64 // title of the thread's root
	quoted  float64
	place   float64
	context []context // titles, quotes, places
}

// context is a reason outside of the author's own text.
type context struct {
	source string // "title", "thread-title", "quote", "path", "area"
	by     string // the cue or pattern
	weight float64
}

// A Reading is the outcome of reading a mail. It belongs to the caller and is not safe for concurrent use.
//
// What the mail speaks of is read at once; the arguments, for which there are ten times as many cues, when they are
// asked for first: nobody argues about Rust in a thread that is not about it.
type Reading struct {
	rules    *Rules
	mail     *Mail
	entities []sighting // only those seen, in the order they were seen
	rust     rustCount
	level    Relevance
	argued   *argued // nil: not asked for yet
}

// argued is what a mail argues.
type argued struct {
	topics []tally
	words  int // of the author's sentences
}

// Read reads what the mail speaks of. The mail must not change while the reading is in use.
func (r *Rules) Read(m *Mail) *Reading {
	rd := &Reading{rules: r, mail: m}
	quoted := rd.speaksQuoted
	if !m.quotesAny(r.rustAnchors) {
		quoted = nil
	}
	rd.scan(rd.speaksTitle, rd.speaksSentence, quoted)
	area := m.area()
	rd.readEntityPlaces(area)
	rd.rust.places(rd, area)
	rd.level = rd.judge()
	return rd
}

// scan goes through all text of the mail: its own title and that of the thread, the author's sentences, what he quotes
// unless quoted is nil.
func (rd *Reading) scan(title func(sc *scan, own bool), sentence func(sc *scan, i int), quoted func(sc *scan)) {
	m := rd.mail
	sc := rd.rules.scans.Get().(*scan)
	defer rd.rules.scans.Put(sc)
	sc.read(m.title())
	title(sc, true)
	if t := m.threadTitle(); t != "" {
		sc.read(t)
		title(sc, false)
	}
	for i, s := range m.read() {
		sc.read(s)
		sentence(sc, i)
	}
	if quoted == nil {
		return
	}
	for part := range m.quoted() {
		sc.read(part)
		quoted(sc)
	}
}

// speaksTitle reads what a title speaks of.
func (rd *Reading) speaksTitle(sc *scan, own bool) {
	ms := sc.find(rustFamily)
	traps := rd.traps(ms)
	for _, m := range ms {
		if p := &rd.rules.patterns[m.pattern]; p.kind == rustTitle && !within(traps, m.first) && !within(traps, m.last) {
			rd.rust.title(own, p.expr)
		}
	}
	if !own {
		return
	}
	for _, m := range sc.find(entityFamily) {
		p := &rd.rules.patterns[m.pattern]
		rd.sight(p.owner).see(p.kind, -1, m.pattern)
	}
}

func (rd *Reading) speaksSentence(sc *scan, i int) {
	rd.rust.sentence(rd, i, sc.find(rustFamily))
	for _, f := range sc.find(entityFamily) {
		p := &rd.rules.patterns[f.pattern]
		if !built(sc.text, sc.toks[f.last]) {
			rd.sight(p.owner).see(p.kind, i, f.pattern)
		}
	}
}

func (rd *Reading) speaksQuoted(sc *scan) {
	for _, f := range sc.find(rustFamily) {
		if rd.rules.patterns[f.pattern].kind.spoken() {
			rd.rust.quoted++
		}
	}
}

// arguments returns what the mail argues, which it reads when that is asked for first.
func (rd *Reading) arguments() *argued {
	if rd.argued != nil {
		return rd.argued
	}
	rd.argued = &argued{topics: make([]tally, len(rd.rules.topics))}
	rd.scan(rd.arguesTitle, rd.arguesSentence, rd.arguesQuoted)
	rd.arguesPlaces(rd.mail.area())
	return rd.argued
}

// title returns what is read of the subject.
func (m *Mail) title() string { return m.Title[:min(len(m.Title), maxTitleBytes)] }

// threadTitle returns what is read of the thread's subject, "" when that is the mail's own.
func (m *Mail) threadTitle() string {
	if m.ThreadTitle == m.Title {
		return ""
	}
	return m.ThreadTitle[:min(len(m.ThreadTitle), maxTitleBytes)]
}

// read returns the sentences that are read.
func (m *Mail) read() []string { return m.Sentences[:min(len(m.Sentences), maxSentences)] }

// quotesAny says that a cue of the anchors may be found in what is read of the quotes.
func (m *Mail) quotesAny(a *anchors) bool {
	left := maxQuoted
	for _, part := range m.Quotes {
		part = part[:min(len(part), left)]
		if left -= len(part); a.may(part) {
			return true
		}
	}
	return false
}

// quotes returns what is read of the quotes as one text, at most maxQuoted bytes.
func (m *Mail) quotes() string {
	size := 0
	for _, part := range m.Quotes {
		size += len(part) + 1
	}
	var all strings.Builder
	all.Grow(min(size, maxQuoted))
	for _, part := range m.Quotes {
		all.WriteString(part[:min(len(part), maxQuoted-all.Len())])
		if !strings.HasSuffix(part, "\n") && all.Len() < maxQuoted {
			all.WriteByte('\n')
		}
	}
	return all.String()
}

// quoted cuts what is read of the quotes into stretches of at most maxTokens words, at line ends.
func (m *Mail) quoted() iter.Seq[string] {
	return func(yield func(string) bool) {
		for part := range strings.SplitSeq(m.quotes(), "\n\n") {
			for part != "" {
				n := len(part)
				if n > quotedChunk {
					n = quotedChunk
					if i := strings.LastIndexByte(part[:n], '\n'); i > 0 {
						n = i + 1
					}
				}
				if !yield(part[:n]) {
					return
				}
				part = part[n:]
			}
		}
	}
}

// area returns the areas as one text, in lower case.
func (m *Mail) area() string { return strings.ToLower(strings.Join(m.Areas, ": ")) }

// framed returns the stretches in which a match is somebody else's argument, or is denied: from a
// frame to the next turn ("but", "however"), semicolon, colon or parenthesis, or to the end.
func (rd *Reading) framed(sc *scan, ms []match) []span {
	var out []span
	for _, m := range ms {
		switch rd.rules.patterns[m.pattern].kind {
		case restatement, denial:
			out = append(out, span{m.last, int32(len(sc.toks))})
		default:
		}
	}
	for i := range out {
		for _, m := range ms {
			if rd.rules.patterns[m.pattern].kind == turn && m.first > out[i].from {
				out[i].to = min(out[i].to, m.first)
			}
		}
		for k := out[i].from + 1; k < out[i].to; k++ {
			if sc.toks[k].brk {
				out[i].to = k
				break
			}
		}
	}
	return out
}

type span struct{ from, to int32 }

func within(spans []span, at int32) bool {
	return slices.ContainsFunc(spans, func(s span) bool { return at > s.from && at < s.to })
}

// traps returns the words that look like Rust and are not.
func (rd *Reading) traps(ms []match) []span {
	var out []span
	for _, m := range ms {
		if rd.rules.patterns[m.pattern].kind == rustTrap {
			out = append(out, span{m.first - 1, m.last + 1})
		}
	}
	return out
}

func (rd *Reading) arguesSentence(sc *scan, i int) {
	rd.argued.words += len(sc.toks)
	if listed(sc.text) {
		return
	}
	ms := sc.find(argumentFamily)
	if len(ms) == 0 {
		return
	}
	frames := rd.framed(sc, ms)
	ms = slices.DeleteFunc(ms, func(m match) bool {
		return rd.rules.patterns[m.pattern].kind != topicCue || within(frames, m.first)
	})
	for _, m := range rd.apart(ms) {
		p := &rd.rules.patterns[m.pattern]
		t := &rd.argued.topics[p.owner]
		w := p.weight
		if slices.ContainsFunc(t.own, func(f found) bool { return f.pattern == m.pattern }) {
			w *= repeated
		}
		t.own = append(t.own, found{int32(i), m.pattern, w})
		t.sum += w
	}
}

// apart leaves out, in place, every match that covers, or is covered by, a heavier one of the same topic, or a longer one of the
// same weight: "memory model" is one cue, though "model" is one too.
func (rd *Reading) apart(ms []match) []match {
	lighter := func(a, b match) bool { // a than b
		p, q := &rd.rules.patterns[a.pattern], &rd.rules.patterns[b.pattern]
		if p.owner != q.owner || (a.first < b.first || a.last > b.last) && (b.first < a.first || b.last > a.last) {
			return false
		}
		return cmp.Or(cmp.Compare(p.weight, q.weight), cmp.Compare(a.last-a.first, b.last-b.first), cmp.Compare(b.pattern, a.pattern)) < 0
	}
	out := ms[:0]
next:
	for i, m := range ms {
		for _, k := range out {
			if lighter(m, k) {
				continue next
			}
		}
		for _, k := range ms[i+1:] {
			if lighter(m, k) {
				continue next
			}
		}
		out = append(out, m)
	}
	return out
}

// built says that the word belongs to the path of an object file, or to a line of a kernel configuration.
//
// QUIRK: output of linkers and tables of sizes end up as prose: "ld: io_uring/io_uring.o: in function", "# end of
// NVME Support", "# Enable PHYLIB to see the clocks". They do not speak of io_uring, NVMe or PHYs.
func built(text string, t token) bool {
	if strings.HasPrefix(text, "# ") {
		return true
	}
	word := text[t.end:]
	if n := strings.IndexAny(word, " \t\n"); n >= 0 {
		word = word[:n]
	}
	word = strings.TrimRight(word, ".,:;)'`\"")
	return strings.HasSuffix(word, ".o") || strings.HasSuffix(word, ".a") || strings.Contains(word, ".o:")
}

// listed says that the sentence is an entry of a list of patches.
//
// QUIRK: who applies a series names its patches, "[1/2] rust: kconfig: add a symbol", by hand or by b4. The subjects are
// the words of who wrote the patches.
func listed(text string) bool {
	n := 1
	for n < len(text) && (text[n] >= '0' && text[n] <= '9' || text[n] == '/') {
		n++
	}
	return n > 1 && n < len(text) && text[0] == '[' && text[n] == ']' && strings.IndexByte(text[:n], '/') > 0
}

// repeated is what a cue is worth when the mail has used it before.
const repeated = 0.25

func (rd *Reading) arguesTitle(sc *scan, own bool) {
	ms := slices.DeleteFunc(sc.find(argumentFamily), func(m match) bool {
		p := &rd.rules.patterns[m.pattern]
		return p.kind != topicCue && p.kind != topicTitle || p.weight < strongWeight // a common word says nothing in a title
	})
	for _, m := range rd.apart(ms) {
		p := &rd.rules.patterns[m.pattern]
		t := &rd.argued.topics[p.owner]
		if own {
			t.title += p.weight
			t.context = append(t.context, context{"title", p.expr, p.weight})
		} else {
			t.thread += p.weight
			t.context = append(t.context, context{"thread-title", p.expr, p.weight / 2})
		}
	}
}

func (rd *Reading) arguesQuoted(sc *scan) {
	for _, m := range sc.find(argumentFamily) {
		p := &rd.rules.patterns[m.pattern]
		if p.kind != topicCue {
			continue
		}
		t := &rd.argued.topics[p.owner]
		t.quoted += p.weight
		if len(t.context) < maxHits {
			t.context = append(t.context, context{"quote", p.expr, p.weight / 4})
		}
	}
}

// arguesPlaces applies the rules about files and areas.
func (rd *Reading) arguesPlaces(area string) {
	for i := range rd.argued.topics {
		t, where := &rd.argued.topics[i], &rd.rules.topicPlaces[i]
		if n, by := share(where.paths, rd.mail.Files); n > 0 {
			t.place += n
			t.context = append(t.context, context{"path", by, n})
		}
		if area == "" {
			continue
		}
		if by, ok := firstMatch(where.areas, area); ok {
			t.place++
			t.context = append(t.context, context{"area", by, 1})
		}
	}
}
