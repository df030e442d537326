package report

import (
	"slices"
	"strings"
	"text/template"
	"time"

	"rustle/pkg/analysis"
)

// ThreadInput is all that a page about one thread is made from. The slices stay the caller's and are not changed.
type ThreadInput struct {
	Summary analysis.ThreadSummary
	Records []analysis.Record        // the thread's messages in any order; a second record with the same id is left out
	Others  []analysis.Record        // the mails that begin other revisions of its patch series, in other threads, in any order
	Pieces  []analysis.ThreadSummary // of a debate: the threads that are pieces of it, see [analysis.Part], in any order
	Topics  []TopicInfo              // the taxonomy; ids that it does not hold are shown as they are
	Method  Method

	Entities []EntityInfo // the systems that are known; ids that are not among them are shown as they are
}

// TopicInfo describes one argument of the taxonomy to the reader.
type TopicInfo struct {
	ID         string
	Name       string // for headings; empty: made from ID
	Definition string // one sentence, may be empty
	Polarity   string // pro | con | both | "": the side that as a rule puts it forward, told to the reader beside the definition
}

// Method says how the tags came about, for the note at the end of a page.
type Method struct {
	Tool        string   // name and version, e.g. "rustle v0.3.0"; empty: "rustle"
	Fingerprint string   // of the rules and models that tagged the mail
	Schema      string   // of the index the records come from
	Messages    int      // messages in that index; 0 leaves the count out
	Threads     int      // threads in that index; 0 leaves the count out
	Sources     []string // archives the index was made from, as the reader knows them (no local paths)
	Quality     []string // measured quality, a sentence each: "stance: macro-F1 0.57 on unseen lists"
	Maintainers string   // where roles come from: "MAINTAINERS of Linux 6.12"
}

// Options changes how a page is made. The zero value is the page for an appendix.
type Options struct {
	Anonymous bool               // replace people by pseudonyms, leave out links and ids
	Key       []byte             // secret behind the pseudonyms; the same key gives the same pseudonyms, nil is a public constant
	People    []Identity         // more names to replace than those who wrote in the thread; used with Anonymous
	Full      bool               // nothing ranked away: all participants, arguments, signals, weak quotations and the whole reply tree
	Template  *template.Template // own layout, executed with the *Page; nil is the built-in Markdown. See ParseTemplate
	Tree      int                // lines of the reply tree, about; 0 means 100, Full lifts it
	SVG       string             // relative name of the tone chart beside the page; empty: no image
	HTML      bool               // of a Collection: pages for a browser, not Markdown

	names map[string]string // of people, for pages; nil: made from the records of the thread
}

// Identity is one person with the names and addresses he is known by.
type Identity struct {
	Person string // canonical name
	Names  []string
	Addrs  []string
}

func (o Options) withDefaults() Options {
	if o.Tree == 0 {
		o.Tree = 100
	}
	return o
}

// conversation is the input in the one order that everything else works on: by date, then id.
type conversation struct {
	in       ThreadInput
	opts     Options
	records  []*analysis.Record
	number   map[string]int // id -> 1-based position in records
	topics   map[string]TopicInfo
	entities map[string]EntityInfo
	dated    bool // roles are those of the time of writing
	patched  bool // a change was up for a decision in the thread
	ledger   []analysis.Position
}

func newConversation(in ThreadInput, o Options) *conversation {
	o = o.withDefaults()
	dated := slices.ContainsFunc(in.Records, func(r analysis.Record) bool { return roleOfItsTime(&r) })
	if o.Anonymous {
		in = anonymise(in, o)
	}
	c := &conversation{in: in, opts: o, dated: dated, number: make(map[string]int, len(in.Records)), topics: make(map[string]TopicInfo, len(in.Topics)), entities: make(map[string]EntityInfo, len(in.Entities))}
	for _, e := range in.Entities {
		c.entities[e.ID] = e
	}
	for _, t := range in.Topics {
		c.topics[t.ID] = t
	}
	c.records = ordered(in.Records)
	if !o.Anonymous {
		c.rename()
	}
	c.patched = slices.ContainsFunc(c.records, aboutPatch)
	for i, r := range c.records {
		if r.Signal == signalApply && !c.patched { // "applied" says something else where there is nothing to apply
			plain := *r
			plain.Signal, plain.SignalBy = stanceNone, nil
			c.records[i] = &plain
		}
	}
	for i, r := range c.records {
		c.number[r.ID] = i + 1
	}
	return c
}

// roleOfItsTime says that a role was read from the MAINTAINERS of a release, "MAINTAINERS 6.9: RUST", and not from a snapshot.
func roleOfItsTime(r *analysis.Record) bool {
	file, _, _ := strings.Cut(r.RoleClaim.Source, ": ")
	release, ok := strings.CutPrefix(file, "MAINTAINERS ")
	return ok && !strings.Contains(release, "(snapshot)")
}

// shortNames returns the names that pages use instead of those with an address in them, where they are still told apart:
// who signs with one word is known by his address too, and a page need not print it.
func shortNames(records []*analysis.Record) map[string]string {
	owner, out := map[string]string{}, map[string]string{}
	for _, r := range records {
		name := author(r)
		short, addr, _ := strings.Cut(name, " <")
		if !strings.HasSuffix(addr, ">") || !strings.Contains(addr, "@") || strings.Contains(addr, " ") {
			short = name
		}
		if before, known := owner[short]; known && before != name {
			owner[short] = "" // two people
		} else {
			owner[short] = name
		}
	}
	for short, name := range owner {
		if name != "" && short != "" && name != short {
			out[name] = short
		}
	}
	return out
}

// rename gives the records the names of people that pages show.
func (c *conversation) rename() {
	names := c.opts.names
	if names == nil {
		names = shortNames(c.records)
	}
	for i, r := range c.records {
		if short := names[author(r)]; short != "" {
			named := *r
			named.Person = short
			c.records[i] = &named
		}
	}
}

// ordered returns the records by date, id and content hash, the first of each id only.
func ordered(in []analysis.Record) []*analysis.Record {
	all := make([]*analysis.Record, len(in))
	for i := range in {
		all[i] = &in[i]
	}
	slices.SortFunc(all, func(a, b *analysis.Record) int {
		if n := a.Date.Compare(b.Date); n != 0 {
			return n
		}
		if n := strings.Compare(a.ID, b.ID); n != 0 {
			return n
		}
		return strings.Compare(a.Hash, b.Hash)
	})
	seen := make(map[string]bool, len(all))
	return slices.DeleteFunc(all, func(r *analysis.Record) bool {
		dup := seen[r.ID]
		seen[r.ID] = true
		return dup
	})
}

// aboutPatch says whether a mail is a patch or, by its subject, an answer to one.
func aboutPatch(r *analysis.Record) bool {
	if r.Kind == "patch" || r.Kind == "cover" || r.Kind == "merge-request" || r.Series != nil && !r.Series.Inferred {
		return true
	}
	for rest := r.Subject; ; {
		_, after, open := strings.Cut(rest, "[")
		inside, next, closed := strings.Cut(after, "]")
		if !open || !closed {
			return false
		}
		for word := range strings.FieldsSeq(strings.ToUpper(inside)) {
			if word == "PATCH" || word == "RFC" || word == "PULL" {
				return true
			}
		}
		rest = next
	}
}

// byID returns the record of a message of the thread, nil for a missing one.
func (c *conversation) byID(id string) *analysis.Record {
	n := c.number[id]
	if n == 0 {
		return nil
	}
	return c.records[n-1]
}

// people returns the records that people wrote; bots never count.
func (c *conversation) people() []*analysis.Record {
	out := make([]*analysis.Record, 0, len(c.records))
	for _, r := range c.records {
		if !isBot(r) {
			out = append(out, r)
		}
	}
	return out
}

func isBot(r *analysis.Record) bool { return r.Role == roleBot || r.Kind == roleBot }

// author is how a page names the writer of a mail.
func author(r *analysis.Record) string {
	for _, s := range []string{r.Person, r.From.Name, r.From.Addr} {
		if s = clean(s); s != "" {
			return s
		}
	}
	return "unknown sender"
}

func (c *conversation) ref(r *analysis.Record) Ref {
	return Ref{
		Number: c.number[r.ID], ID: r.ID, URL: c.url(r.ID), Date: r.Date.UTC(),
		Person: author(r), Role: r.Role, Subject: clean(r.Subject),
	}
}

func (c *conversation) url(id string) string {
	if c.opts.Anonymous || id == "" {
		return ""
	}
	return LoreURL(id)
}

func (c *conversation) topicName(id string) string {
	if t := c.topics[id]; t.Name != "" {
		return t.Name
	}
	return strings.ReplaceAll(clean(id), "-", " ")
}

// Labels of the records that a page speaks about.
const (
	stanceSupport     = "support"
	stanceConditional = "conditional"
	stanceOppose      = "oppose"
	stanceNone        = "none"

	tonePositive = "positive"
	toneNegative = "negative"

	signalAck    = "ack"
	signalReview = "review"
	signalTest   = "test"
	signalNak    = "nak"
	signalApply  = "apply"

	roleBot = "bot"
)

// stance returns the stance of a mail that counts, "" for none and for one that is not sure.
func stance(r *analysis.Record) string {
	if l := r.Stands(); l != stanceNone {
		return l
	}
	return ""
}

func signal(r *analysis.Record) string {
	if r.Signal == stanceNone {
		return ""
	}
	return r.Signal
}

// negative and uncivil speak of mails that count as such, as stance does.
func negative(r *analysis.Record) bool { return r.Tone() == toneNegative }
func uncivil(r *analysis.Record) bool  { return r.Uncivil() }

// isMaintainer says whether the role is one that decides on patches.
func isMaintainer(role string) bool {
	switch role {
	case "top-maintainer", "maintainer", "rust-maintainer":
		return true
	}
	return false
}

func roleName(role string) string {
	switch role {
	case "":
		return "role unknown"
	case "rust-maintainer":
		return "Rust maintainer"
	}
	return strings.ReplaceAll(clean(role), "-", " ")
}

// roleRank orders roles as a reader expects them.
func roleRank(role string) int {
	if i := slices.Index(roleOrder(), role); i >= 0 {
		return i
	}
	return len(roleOrder())
}

func roleOrder() []string {
	return []string{"top-maintainer", "maintainer", "rust-maintainer", "reviewer", "developer", roleBot}
}

func between(t, from, to time.Time) bool { return !t.Before(from) && t.Before(to) }
