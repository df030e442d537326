package people

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Options says what a Directory is made from. The zero value makes one that knows nobody.
type Options struct {
	Maintainers *Maintainers  // roles, and which names belong to which addresses; nil for none
	Mailmap     []MailmapLine // identities; nil for none
	User        *UserFile     // the user's own joins and splits; nil for none
}

// An Observation is a name and address as mail headers showed them together.
type Observation struct {
	Name  string // display name, "" for none
	Addr  string // in any case
	Count int    // how often; 0 counts as 1
}

// A Person is one identity.
type Person struct {
	// ID is unique in a Directory and the same for all names and addresses of the person. It is the name,
	// with the address behind it when others may share the name, "Wei Wang <wei@example.org>", unless
	// the person is the only one of that name in MAINTAINERS and .mailmap.
	ID    string
	Name  string   // canonical name; the address when no name is known
	Addr  string   // canonical address, lower case; "" for a person known by name only
	Bot   bool     // a robot: searchable, never counted
	Names []string // all spellings known, sorted; shared, do not change
	Addrs []string // all addresses known, sorted; shared, do not change
	Why   []Reason // how Identify came to this person; see Directory.Explain for the merges behind it
}

// A Reason is one step of an identification or one merge.
type Reason struct {
	Rule string // mailmap, maintainers, mail, address, name, via, robot, user
	Text string // a sentence for people
}

// A Directory answers who is who. Make one with Default, New or Merge.
type Directory struct {
	opts      Options
	seen      []Observation // sorted, each pair once
	addrs     map[string]int32
	names     map[string]int32
	pairs     map[string]int32 // pairKey of a commit name and address
	shared    map[string]bool  // addresses of many people
	persons   []Person
	merges    [][]merge
	claims    [][]claim
	breadth   []int // per entry of MAINTAINERS
	byID      map[string]int32
	files     func() *fileIndex
	unmerged  map[string]bool   // name keys and addresses that the user split
	nameCache map[string]folded // while the directory is built; nil afterwards
}

type folded struct {
	key     string
	unusual bool // see unusual
	full    bool // see nameKey
	split   bool // the user forbids merging by it
}

// New makes a Directory from files.
func New(o Options) *Directory {
	return build(o, nil)
}

// Merge returns a Directory that also knows the observed names and addresses and what they join. It
// starts from what d was made from, earlier observations included; d stays as it is. The order of
// observations does not matter.
func (d *Directory) Merge(observations []Observation) *Directory {
	return build(d.opts, append(slices.Clone(d.seen), observations...))
}

// merge is one reason why a name and addresses are one person.
type merge struct {
	rule  string
	name  string
	addr  string
	other string // second address or name
	count int
}

// A label is a name that a node was seen with.
type label struct {
	name     string
	priority int // user, mailmap, MAINTAINERS, mail
	count    int
}

const (
	fromMail = iota + 1
	fromMaintainers
	fromMailmap
	fromUser
)

// A builder joins nodes. A node is an address, a folded name, or a pair of both.
type builder struct {
	d      *Directory
	up     []int32
	labels [][]label
	addrOf []string // node -> address, "" for a name
	prio   []int    // node -> how trustworthy its address is as the canonical one
	weight []int
	edges  []edge
	known  map[Contact]contactNode
	claims []nodeClaim
	proper []string        // per line of the mailmap: its proper name, cleaned
	files  map[string]bool // addresses that stand in files; nil until asked for
}

// contactNode is what is known of a contact in MAINTAINERS, where most come many times.
type contactNode struct {
	node  int32 // -1 for none
	label int32 // index in labels[node], -1 for none
}

type nodeClaim struct {
	node  int32
	claim claim
}

type edge struct {
	node int32
	m    merge
}

func build(o Options, seen []Observation) *Directory {
	size := len(o.Mailmap) + len(seen) // a guess at the number of people
	if o.Maintainers != nil {
		size += len(o.Maintainers.Entries)
	}
	d := &Directory{
		opts:      o,
		seen:      tidy(seen),
		addrs:     make(map[string]int32, size),
		names:     make(map[string]int32, size),
		pairs:     make(map[string]int32),
		shared:    make(map[string]bool),
		unmerged:  make(map[string]bool),
		nameCache: make(map[string]folded, size),
		byID:      make(map[string]int32, size),
	}
	b := &builder{
		d:      d,
		up:     make([]int32, 0, 2*size),
		labels: make([][]label, 0, 2*size),
		addrOf: make([]string, 0, 2*size),
		prio:   make([]int, 0, 2*size),
		weight: make([]int, 0, 2*size),
		edges:  make([]edge, 0, 2*size),
		known:  make(map[Contact]contactNode, size),
	}
	if o.User != nil {
		for _, s := range o.User.splits() {
			d.unmerged[s] = true
		}
	}
	b.findShared()
	for i := range o.Mailmap {
		b.mailmap(&o.Mailmap[i], b.proper[i])
	}
	if o.Maintainers != nil {
		for i := range o.Maintainers.Entries {
			e := &o.Maintainers.Entries[i]
			d.breadth = append(d.breadth, e.breadth())
			for k, c := range e.Maintainers {
				b.contact(c, claim{entry: int32(i), first: k == 0})
			}
			for k, c := range e.Reviewers {
				b.contact(c, claim{entry: int32(i), reviewer: true, first: k == 0})
			}
		}
	}
	for _, s := range d.seen {
		b.pair(s.Name, s.Addr, fromMail, merge{rule: "mail", count: s.Count})
	}
	if o.User != nil {
		b.user(o.User)
	}
	b.finish()
	d.files = sync.OnceValue(func() *fileIndex { return newFileIndex(o.Maintainers) })
	return d
}

// tidy sorts observations and joins equal ones.
func tidy(seen []Observation) []Observation {
	out := slices.Clone(seen)
	for i := range out {
		out[i].Name, out[i].Addr = strings.TrimSpace(out[i].Name), lower(strings.TrimSpace(out[i].Addr))
		out[i].Count = max(1, out[i].Count)
	}
	slices.SortFunc(out, func(a, b Observation) int {
		return cmp.Or(strings.Compare(a.Addr, b.Addr), strings.Compare(a.Name, b.Name))
	})
	n := 0
	for _, o := range out {
		if n > 0 && out[n-1].Name == o.Name && out[n-1].Addr == o.Addr {
			out[n-1].Count += o.Count
			continue
		}
		out[n] = o
		n++
	}
	return out[:n]
}

// fold cleans and folds a display name. While the directory is built results are kept.
func (d *Directory) fold(clean string) folded {
	if f, ok := d.nameCache[clean]; ok {
		return f
	}
	key, full := nameKey(clean)
	f := folded{key: key, full: full, unusual: unusual(key, full)}
	if d.unmerged[key] {
		f.unusual, f.split = false, true
	}
	if d.nameCache != nil {
		d.nameCache[clean] = f
	}
	return f
}

// How many unrelated full names make an address one of many people. Somebody may once send for a colleague from an
// address that MAINTAINERS or the mailmap gives to one person; of one that only mail shows two are enough.
const (
	sharedBy     = 3
	sharedByMail = 2
)

// findShared looks for addresses that many people write from, and for the addresses of teams: those to
// which the mailmap leads two people.
func (b *builder) findShared() {
	team := make(map[string]string) // address -> key of the first name
	b.proper = make([]string, len(b.d.opts.Mailmap))
	for i := range b.d.opts.Mailmap {
		l := &b.d.opts.Mailmap[i]
		// Some are written "Lastname, Firstname".
		b.proper[i], _ = cleanName(l.Name, cmp.Or(l.Addr, l.CommitAddr))
		f := b.d.fold(b.proper[i])
		if l.Addr == "" || !f.full {
			continue
		}
		if first, ok := team[l.Addr]; !ok {
			team[l.Addr] = f.key
		} else if first != f.key && !related(strings.Split(first, " "), strings.Split(f.key, " ")) {
			b.d.shared[l.Addr] = true
		}
	}
	seen := b.d.seen
	for i := 0; i < len(seen); {
		j := i + 1
		for j < len(seen) && seen[j].Addr == seen[i].Addr {
			j++
		}
		if n := b.unrelated(seen[i:j]); n >= sharedBy || n >= sharedByMail && !b.filed(seen[i].Addr) {
			b.d.shared[seen[i].Addr] = seen[i].Addr != ""
		}
		i = j
	}
	if b.d.opts.User != nil { // who names an address knows whose it is
		for _, j := range b.d.opts.User.Join {
			for _, m := range j.Members {
				_, addr := splitMember(m)
				delete(b.d.shared, addr)
			}
		}
	}
}

// unrelated counts the full names of an address that have nothing in common with each other. A name in brackets counts
// for what it is related to: "Regression tracking (Jo Doe)" is Jo Doe. Nor does it count in another script, where
// nobody can compare it.
func (b *builder) unrelated(seen []Observation) int {
	var clusters [][]string
	for _, o := range seen {
		clean, via := cleanName(o.Name, o.Addr)
		f := b.d.fold(clean)
		if bot, _ := botOf(o.Name, o.Addr); bot != "" {
			continue // one that borrows the address
		}
		if via || !f.full || !isASCII(f.key) || len(clusters) >= sharedBy {
			continue
		}
		words := strings.Split(f.key, " ")
		whole := words
		if strings.ContainsAny(o.Name, "([") {
			whole = foldWords(o.Name, nil)
		}
		near := func(c []string) bool { return related(c, whole) }
		if i := slices.IndexFunc(clusters, near); i >= 0 {
			clusters[i] = append(clusters[i], words...)
			continue
		}
		clusters = append(clusters, whole)
	}
	return len(clusters)
}

// filed says that a file names the address.
func (b *builder) filed(addr string) bool {
	if b.files == nil {
		b.files = map[string]bool{}
		for i := range b.d.opts.Mailmap {
			l := &b.d.opts.Mailmap[i]
			b.files[l.Addr], b.files[l.CommitAddr] = true, true
		}
		if m := b.d.opts.Maintainers; m != nil {
			for i := range m.Entries {
				for _, list := range [...][]Contact{m.Entries[i].Maintainers, m.Entries[i].Reviewers} {
					for _, c := range list {
						b.files[c.Addr] = true
					}
				}
			}
		}
	}
	return b.files[addr]
}

// related says that two names share a word other than a title.
func related(a, b []string) bool {
	return slices.ContainsFunc(a, func(w string) bool {
		switch w {
		case "mr", "mrs", "ms", "dr", "prof":
			return false
		}
		return slices.Contains(b, w)
	})
}

// personal says that the address stands for one person.
func (d *Directory) personal(addr string) bool {
	return addr != "" && !d.shared[addr] && !d.unmerged[addr] && !isGateway(addr)
}

func (b *builder) node(m map[string]int32, key, addr string) int32 {
	n, ok := m[key]
	if !ok {
		n = int32(len(b.up))
		m[key] = n
		b.up = append(b.up, n)
		b.labels = append(b.labels, nil)
		b.addrOf = append(b.addrOf, addr)
		b.prio = append(b.prio, 0)
		b.weight = append(b.weight, 0)
	}
	return n
}

func (b *builder) find(x int32) int32 {
	for b.up[x] != x {
		b.up[x] = b.up[b.up[x]]
		x = b.up[x]
	}
	return x
}

func (b *builder) union(x, y int32) {
	x, y = b.find(x), b.find(y)
	if x != y {
		b.up[max(x, y)] = min(x, y)
	}
}

func (b *builder) label(n int32, name string, priority, count int) {
	if name == "" {
		return
	}
	b.labels[n] = addLabel(b.labels[n], label{name: name, priority: priority, count: count})
}

// addLabel counts a label. A person has few.
func addLabel(labels []label, l label) []label {
	for i := range labels {
		if labels[i].name == l.name && labels[i].priority == l.priority {
			labels[i].count += l.count
			return labels
		}
	}
	return append(labels, l)
}

func (b *builder) rank(n int32, priority, count int) {
	b.prio[n] = max(b.prio[n], priority)
	b.weight[n] += count
}

func pairKey(key, addr string) string { return key + "\x00" + addr }

func (d *Directory) pairOf(key, addr string) (int32, bool) {
	if len(d.pairs) == 0 || key == "" {
		return 0, false
	}
	n, ok := d.pairs[pairKey(key, addr)]
	return n, ok
}

// contact notes an M: or R: line.
func (b *builder) contact(c Contact, cl claim) {
	k, ok := b.known[c]
	switch {
	case !ok:
		k = contactNode{node: b.pair(c.Name, c.Addr, fromMaintainers, merge{rule: "maintainers"}), label: -1}
		if k.node >= 0 {
			clean, _ := cleanName(c.Name, c.Addr)
			k.label = int32(slices.IndexFunc(b.labels[k.node], func(l label) bool { return l.name == clean && l.priority == fromMaintainers }))
		}
		b.known[c] = k
	case k.node >= 0:
		b.rank(k.node, fromMaintainers, 1)
		if k.label >= 0 {
			b.labels[k.node][k.label].count++
		}
	}
	if k.node >= 0 {
		b.claims = append(b.claims, nodeClaim{k.node, cl})
	}
}

// pair notes that a name and an address were seen together. It returns the node of the person, -1 when
// neither tells who that is.
func (b *builder) pair(name, addr string, priority int, m merge) int32 {
	if priority == fromMail {
		if bot, _ := botOf(name, addr); bot != "" {
			return -1 // robots are recognised by their looks alone and never join people
		}
	}
	clean, via := cleanName(name, addr)
	f := b.d.fold(clean)
	if n, ok := b.d.pairOf(f.key, addr); ok {
		b.label(n, clean, priority, max(1, m.count))
		return n
	}
	var an, nn int32 = -1, -1
	if !via && b.d.personal(addr) && (priority > fromMail || !b.stranger(addr, f)) {
		an = b.node(b.d.addrs, addr, addr)
		b.rank(an, priority, max(1, m.count))
		b.label(an, clean, priority, max(1, m.count))
	}
	if key := nameEvidence(f, addr); key != "" {
		nn = b.node(b.d.names, key, "")
		if an < 0 {
			b.label(nn, clean, priority, max(1, m.count))
		}
	}
	if an >= 0 && nn >= 0 {
		b.union(an, nn)
	}
	if an >= 0 && (nn >= 0 || priority == fromMail) {
		m.name, m.addr = clean, addr
		b.edges = append(b.edges, edge{an, m})
	}
	if an >= 0 {
		return an
	}
	return nn
}

// stranger says that mail from an address that the files give to somebody carries a full name that is nothing like his:
// somebody else sent from his account.
func (b *builder) stranger(addr string, f folded) bool {
	n, ok := b.d.addrs[addr]
	if !ok || !f.full || !isASCII(f.key) {
		return false
	}
	words, named := strings.Split(f.key, " "), false
	for _, l := range b.labels[n] {
		if l.priority == fromMail {
			continue
		}
		if owner := b.d.fold(l.name); related(words, strings.Split(owner.key, " ")) {
			return false
		}
		named = true
	}
	return named
}

// mailmap applies one line, whose proper name is given cleaned.
func (b *builder) mailmap(l *MailmapLine, name string) {
	if b.d.unmerged[l.CommitAddr] {
		return
	}
	var n int32
	if l.CommitName != "" {
		// Only this name at this address is meant.
		f := b.d.fold(l.CommitName)
		n = b.node(b.d.pairs, pairKey(f.key, l.CommitAddr), "")
	} else {
		n = b.node(b.d.addrs, l.CommitAddr, l.CommitAddr)
	}
	m := merge{rule: "mailmap", name: l.Name, addr: l.CommitAddr, other: l.Addr}
	if l.Addr != "" && b.d.personal(l.Addr) {
		p := b.node(b.d.addrs, l.Addr, l.Addr)
		b.rank(p, fromMailmap, 1)
		b.union(n, p)
	}
	b.edges = append(b.edges, edge{n, m})
	b.label(n, name, fromMailmap, 1)
	if key := nameEvidence(b.d.fold(name), l.CommitAddr); key != "" {
		b.union(n, b.node(b.d.names, key, ""))
	}
}

// nameEvidence returns the key under which a name joins addresses: the folded name when it is unusual;
// for a common full name the name together with the local part of the address, when that is telling
// ("Mark Brown" as broonie@ here and broonie@ there); else "".
func nameEvidence(f folded, addr string) string {
	switch {
	case f.unusual:
		return f.key
	case f.split || !f.full:
		return ""
	}
	local, _, _ := strings.Cut(addr, "@")
	if len(local) < 5 || !isASCII(local) || strings.ContainsAny(local, "+.") {
		return ""
	}
	switch local {
	case "admin", "contact", "developer", "devel", "kernel", "kernel-dev", "linux", "linux-kernel", "office", "patches", "support":
		return ""
	}
	for w := range strings.SplitSeq(f.key, " ") {
		// jsmith@, weiwang@, david99@ say no more than the name.
		if len(w) > 1 && strings.Contains(local, w) {
			return ""
		}
	}
	return f.key + "\x01" + local
}

// user applies the user's joins.
func (b *builder) user(u *UserFile) {
	for _, j := range u.Join {
		first := int32(-1)
		for _, member := range append([]string{j.Name}, j.Members...) {
			name, addr := splitMember(member)
			var nodes []int32
			if addr != "" {
				nodes = append(nodes, b.node(b.d.addrs, addr, addr))
			}
			if f := b.d.fold(name); f.key != "" && addr == "" {
				nodes = append(nodes, b.node(b.d.names, f.key, ""))
			}
			for _, n := range nodes {
				if first < 0 {
					first = n
				}
				b.union(first, n)
				b.label(n, j.Name, fromUser, 1)
				b.edges = append(b.edges, edge{n, merge{rule: "user", name: j.Name, other: member}})
			}
		}
	}
}

// finish turns the groups of nodes into persons.
func (b *builder) finish() {
	group := make([]int32, len(b.up)) // root -> person + 1
	number := make([]int32, len(b.up))
	type draft struct {
		labels []label
		addrs  []int32
	}
	var drafts []draft
	for n := range b.up {
		r := b.find(int32(n))
		g := group[r] - 1
		if g < 0 {
			g = int32(len(drafts))
			group[r] = g + 1
			drafts = append(drafts, draft{})
		}
		number[n] = g
		dr := &drafts[g]
		if b.addrOf[n] != "" {
			dr.addrs = append(dr.addrs, int32(n))
		}
		for _, l := range b.labels[n] {
			dr.labels = addLabel(dr.labels, l)
		}
	}
	for _, m := range [...]map[string]int32{b.d.addrs, b.d.names, b.d.pairs} {
		for k, n := range m {
			m[k] = number[n]
		}
	}
	d := b.d
	d.merges = b.grouped(number, len(drafts))
	persons := make([]Person, len(drafts))
	trusted := make([]bool, len(drafts)) // named by a file, not by mail alone
	sameName := make(map[string]int)
	sameTrusted := make(map[string]int)
	for g := range drafts {
		p := &persons[g]
		labels := drafts[g].labels
		p.Name = b.bestName(labels)
		for _, l := range labels {
			p.Names = append(p.Names, l.name)
			trusted[g] = trusted[g] || l.priority > fromMail
		}
		slices.Sort(p.Names)
		p.Names = slices.Compact(p.Names)
		slices.SortFunc(drafts[g].addrs, func(x, y int32) int {
			return cmp.Or(cmp.Compare(b.prio[y], b.prio[x]), cmp.Compare(b.weight[y], b.weight[x]), strings.Compare(b.addrOf[x], b.addrOf[y]))
		})
		for i, n := range drafts[g].addrs {
			if i == 0 {
				p.Addr = b.addrOf[n]
			}
			p.Addrs = append(p.Addrs, b.addrOf[n])
		}
		slices.Sort(p.Addrs)
		sameName[p.Name]++
		if trusted[g] {
			sameTrusted[p.Name]++
		}
	}
	for g := range persons {
		p := &persons[g]
		unique := d.fold(p.Name).unusual && sameName[p.Name] == 1
		if trusted[g] {
			// Of several Mark Browns the one that MAINTAINERS lists needs no address.
			unique = sameTrusted[p.Name] == 1
		}
		p.ID = personID(p.Name, p.Addr, unique)
		for n := 2; ; n++ {
			if _, taken := d.byID[p.ID]; !taken {
				break
			}
			// Odd data: an address that looks like a name. Persons stand in a fixed order.
			p.ID = personID(p.Name, p.Addr, false) + " #" + strconv.Itoa(n)
		}
		if p.Name == "" {
			p.Name = p.Addr
		}
		d.byID[p.ID] = int32(g)
	}
	d.persons = persons
	d.nameCache = nil
	d.claims = make([][]claim, len(persons))
	for _, c := range b.claims {
		g := number[c.node]
		d.claims[g] = append(d.claims[g], c.claim)
	}
}

// grouped hands out the merges of each person as parts of one slice.
func (b *builder) grouped(number []int32, persons int) [][]merge {
	start := make([]int, persons+1)
	for _, e := range b.edges {
		start[number[e.node]+1]++
	}
	for g := range persons {
		start[g+1] += start[g]
	}
	all := make([]merge, len(b.edges))
	out := make([][]merge, persons)
	for g := range persons {
		out[g] = all[start[g]:start[g]:start[g+1]]
	}
	for _, e := range b.edges {
		g := number[e.node]
		out[g] = append(out[g], e.m)
	}
	return out
}

// personID makes the ID of a person. unique says that the name alone will do.
func personID(name, addr string, unique bool) string {
	switch {
	case name == "":
		return addr
	case unique || addr == "":
		return name
	}
	return name + " <" + addr + ">"
}

// bestName chooses the canonical name: from the most trusted source, a full name before a nickname, then
// the most frequent, then the longest.
func (b *builder) bestName(labels []label) string {
	switch len(labels) {
	case 0:
		return ""
	case 1:
		return labels[0].name
	}
	best := slices.MaxFunc(labels, func(x, y label) int {
		full := func(l label) int { // Jo Doe before Jo D., and both before Jo
			f := b.d.fold(l.name)
			if !f.full {
				return 0
			}
			long := 0
			for w := range strings.SplitSeq(f.key, " ") {
				long += min(utf8.RuneCountInString(w)-1, 1)
			}
			return 1 + min(long, 2)
		}
		return cmp.Or(
			cmp.Compare(x.priority, y.priority), cmp.Compare(full(x), full(y)), cmp.Compare(capital(x.name), capital(y.name)), cmp.Compare(x.count, y.count),
			cmp.Compare(len(x.name), len(y.name)), strings.Compare(y.name, x.name),
		)
	})
	return best.name
}

// capital is 1 for a name written with capitals at the start of words only, as names are.
func capital(name string) int {
	for w := range strings.FieldsSeq(name) {
		r, _ := utf8.DecodeRuneInString(w)
		if unicode.IsLower(r) && !isParticle(w) || len(w) > 3 && isASCII(w) && strings.ToUpper(w) == w {
			return 0
		}
	}
	return 1
}

// Identify returns who a display name and an address are. It always returns somebody: a person nobody
// knows is made from the name, or from the address when there is no name.
//
// The address decides first, unless a gateway sent the mail ("Jo Doe via B4 Relay") or many people share
// it; then the name, if it is full and unusual. When address and name are known as two people, the name
// wins if it is nothing like the names of the address's owner: somebody sends from another's account.
func (d *Directory) Identify(name, addr string) Person {
	addr = lower(strings.TrimSpace(addr))
	if bot, why := botOf(name, addr); bot != "" {
		p := Person{ID: bot, Name: bot, Addr: addr, Bot: true, Why: []Reason{{"robot", why}}}
		if addr != "" {
			p.Addrs = []string{addr}
		}
		return p
	}
	clean, via := cleanName(name, addr)
	f := d.fold(clean)
	if g, ok := d.pairOf(f.key, addr); ok {
		return d.person(g, Reason{"mailmap", "the mailmap names " + clean + " <" + addr + ">"})
	}
	byAddr, okAddr := int32(0), false
	if !via && d.personal(addr) {
		byAddr, okAddr = d.addrs[addr]
	}
	byName, okName := d.names[nameEvidence(f, addr)]
	if !okName && f.key != "" {
		byName, okName = d.names[f.key]
		okName = okName && d.userNamed(byName)
	}
	switch {
	case okAddr && okName && byAddr != byName && f.full && !d.calls(byAddr, f.key):
		return d.person(byName, Reason{"name", quote(clean) + " is not a name of " + d.persons[byAddr].ID + ", whose address it comes from"})
	case okAddr:
		return d.person(byAddr, Reason{"address", addr + " is an address of " + d.persons[byAddr].ID})
	case okName:
		r := Reason{"name", quote(clean) + " is an unusual full name"}
		if !f.unusual {
			r.Text = quote(clean) + " is common, but not with this local part of the address"
		}
		if via {
			r = Reason{"via", "sent through a gateway for " + quote(clean)}
		}
		return d.person(byName, r)
	}
	p := Person{Name: clean, Addr: addr, Why: []Reason{{"mail", "known from mail only; others may share the name, so the address belongs to it"}}}
	if f.unusual {
		p.Why = []Reason{{"mail", "known from mail only; " + quote(clean) + " is an unusual full name, so all addresses with it are one person's"}}
	}
	if via || isGateway(addr) {
		p.Why = []Reason{{"via", "sent through a gateway for " + quote(clean)}}
	}
	p.ID = personID(clean, addr, f.unusual)
	if clean == "" {
		p.Name = addr
	} else {
		p.Names = []string{clean}
	}
	if addr != "" {
		p.Addrs = []string{addr}
	}
	return p
}

func quote(s string) string { return strconv.Quote(s) }

// Resolve is Identify with a mark that changes whenever the outcome may have changed for a record of the person's
// mail: who it is, or what the files say of him.
func (d *Directory) Resolve(name, addr string) (p Person, mark uint64) {
	p = d.Identify(name, addr)
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%q %q %q %t", p.ID, p.Name, p.Addr, p.Bot) // never fails
	if g, ok := d.byID[p.ID]; ok {
		for _, c := range d.claims[g] {
			_, _ = fmt.Fprintf(h, " %d %t %t", c.entry, c.reviewer, c.first)
		}
	}
	return p, h.Sum64()
}

// userNamed says that the user listed a name of the person: then also a common one will do.
func (d *Directory) userNamed(g int32) bool {
	return slices.ContainsFunc(d.merges[g], func(m merge) bool { return m.rule == "user" })
}

// calls says that a folded name is like a name of the person.
func (d *Directory) calls(g int32, key string) bool {
	words := strings.Split(key, " ")
	return slices.ContainsFunc(d.persons[g].Names, func(n string) bool {
		k, _ := nameKey(n)
		return related(strings.Split(k, " "), words)
	})
}

func (d *Directory) person(g int32, why Reason) Person {
	p := d.persons[g]
	p.Why = []Reason{why}
	return p
}

// People returns everybody the directory knows, robots aside, sorted by ID.
func (d *Directory) People() []Person {
	out := slices.Clone(d.persons)
	slices.SortFunc(out, func(a, b Person) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// Find returns the people that a query names: an ID, an address, or a name in any spelling.
func (d *Directory) Find(query string) []Person {
	query = strings.TrimSpace(query)
	if g, ok := d.byID[query]; ok {
		return []Person{d.persons[g]}
	}
	if g, ok := d.addrs[lower(query)]; ok {
		return []Person{d.persons[g]}
	}
	clean, _ := cleanName(query, "")
	key, _ := nameKey(clean)
	if key == "" {
		return nil
	}
	var out []Person
	for _, p := range d.persons {
		if slices.ContainsFunc(p.Names, func(n string) bool { k, _ := nameKey(n); return k == key }) {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b Person) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// Explain returns the reasons why the person's names and addresses are one, sorted. A person that the
// directory does not know has none beside Person.Why.
func (d *Directory) Explain(p Person) []Reason {
	g, ok := d.byID[p.ID]
	if !ok || p.Bot {
		return slices.Clone(p.Why)
	}
	out := make([]Reason, 0, len(d.merges[g]))
	names, addrs := map[string][]string{}, map[string][]string{} // of an address; of a name
	for _, m := range d.merges[g] {
		out = append(out, d.reason(m))
		key, full := nameKey(m.name)
		if key == "" || m.addr == "" {
			continue
		}
		names[m.addr] = append(names[m.addr], m.name)
		if unusual(key, full) {
			addrs[m.name] = append(addrs[m.name], m.addr)
		}
	}
	for addr, list := range names {
		if list = distinct(list); len(list) > 1 {
			out = append(out, Reason{"address", addr + " stands with the names " + strings.Join(list, ", ")})
		}
	}
	for name, list := range addrs {
		if list = distinct(list); len(list) > 1 {
			out = append(out, Reason{"name", quote(name) + " is an unusual full name, and stands with " + strings.Join(list, ", ")})
		}
	}
	slices.SortFunc(out, func(a, b Reason) int {
		return cmp.Or(strings.Compare(a.Rule, b.Rule), strings.Compare(a.Text, b.Text))
	})
	return slices.Compact(out)
}

func distinct(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

func (d *Directory) reason(m merge) Reason {
	who := m.name + " <" + m.addr + ">"
	switch m.rule {
	case "mailmap":
		if m.other != "" {
			return Reason{m.rule, ".mailmap: " + strings.TrimSpace(m.name+" <"+m.other+"> <"+m.addr+">")}
		}
		return Reason{m.rule, ".mailmap: " + who}
	case "maintainers":
		return Reason{m.rule, d.source() + " lists " + who}
	case "user":
		return Reason{m.rule, "joined by the user: " + m.other}
	default:
		times := " times"
		if m.count == 1 {
			times = " time"
		}
		return Reason{m.rule, "mail from " + strings.TrimSpace(who) + ", " + strconv.Itoa(m.count) + times}
	}
}
