package thread

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"time"

	"rustle/pkg/mail"
)

// none marks the absence of an index.
const none = int32(-1)

// Build joins headers to threads, sorted by id. It consumes the sequence once and keeps the pointers.
//
// The tree: the parent of a mail is the last of its References that does not make a loop, else its
// In-Reply-To. A missing mail's parent is the id before it in the References of the oldest mail that
// names it. Where mails refer to each other in a circle, the oldest is the root.
//
// Missing mails become nodes when they join things: two answers to one missing mail, or an answer and
// the mail further up. A missing mail above the root with a single answer is only listed in
// Thread.Missing.
//
// QUIRK: a mail that refers to itself, ids without "@" that are nobody's Message-ID (the "y" typed at a
// prompt of git send-email), and addresses of people and lists (mail.Header.IsAddress) that are nobody's
// Message-ID are no references, wherever they stand. An In-Reply-To without angle brackets does not count either, as on
// lore.kernel.org: it is what people typed at the same prompt, and the archive's own threads show the
// mail apart.
func Build(headers iter.Seq[*mail.Header]) []*Thread {
	b := builder{index: make(map[string]int32)}
	b.collect(headers)
	b.refer()
	b.link()
	return b.threads()
}

// A builder works on indices: every id, present or referred to, has one.
type builder struct {
	index   map[string]int32
	ids     []string
	headers []*mail.Header // sorted by compareHeaders
	first   []int32        // per id: index of its first header, none when missing
	refs    []int32        // references of all headers, flat, oldest first, then In-Reply-To
	start   []int32        // per header: where its part of refs starts; one more at the end
	split   []int32        // per header: where In-Reply-To starts in refs
	group   []int32        // per id: union-find over membership
	parent  []int32        // per id: the tree
	claimed []int32        // per id: the parent it names, tree or not
	via     []Via
	top     []int32 // per id: union-find towards the root of the tree
	byDate  []int32 // present ids, oldest first
}

func (b *builder) intern(id string) int32 {
	i, ok := b.index[id]
	if !ok {
		i = int32(len(b.ids))
		b.index[id] = i
		b.ids = append(b.ids, id)
	}
	return i
}

// collect takes the headers in and gives the present ids their index.
func (b *builder) collect(headers iter.Seq[*mail.Header]) {
	for h := range headers {
		if h != nil {
			b.headers = append(b.headers, h)
		}
	}
	slices.SortStableFunc(b.headers, compareHeaders)
	for i, h := range b.headers {
		id := b.intern(h.ID)
		if int(id) == len(b.first) {
			b.first = append(b.first, int32(i))
			b.byDate = append(b.byDate, id)
		}
	}
}

// refer resolves references and joins the groups.
func (b *builder) refer() {
	present := int32(len(b.ids))
	b.start = make([]int32, 0, len(b.headers)+1)
	b.split = make([]int32, 0, len(b.headers))
	for _, h := range b.headers {
		own := b.index[h.ID]
		b.start = append(b.start, int32(len(b.refs)))
		irt := h.InReplyTo
		if slices.Contains(h.Defects, mail.DefectBareReference) {
			irt = nil
		}
		for _, list := range [...][]string{h.References, irt} {
			for _, ref := range list {
				if !b.usable(h, ref, present) {
					continue
				}
				if r := b.intern(ref); r != own {
					b.refs = append(b.refs, r)
				}
			}
			if len(b.split) < len(b.start) {
				b.split = append(b.split, int32(len(b.refs)))
			}
		}
	}
	b.start = append(b.start, int32(len(b.refs)))
	for len(b.first) < len(b.ids) {
		b.first = append(b.first, none)
	}
	b.group = make([]int32, len(b.ids))
	for i := range b.group {
		b.group[i] = int32(i)
	}
	for i, h := range b.headers {
		own := find(b.group, b.index[h.ID])
		for _, r := range b.refs[b.start[i]:b.start[i+1]] {
			if g := find(b.group, r); g != own {
				// The smaller index leads: indices of present ids are in canonical order.
				lo, hi := min(g, own), max(g, own)
				b.group[hi] = lo
				own = lo
			}
		}
	}
}

// usable says that ref can be the id of a mail. Ids below present are Message-IDs in the data.
func (b *builder) usable(h *mail.Header, ref string, present int32) bool {
	if ref == "" {
		return false
	}
	if i, ok := b.index[ref]; ok && i < present {
		return true
	}
	return strings.Contains(ref, "@") && !h.IsAddress(ref)
}

// find returns the representative of x and shortens the path to it.
func find(up []int32, x int32) int32 {
	root := x
	for up[root] != root {
		root = up[root]
	}
	for up[x] != root {
		up[x], x = root, up[x]
	}
	return root
}

// link builds the tree.
func (b *builder) link() {
	n := len(b.ids)
	b.parent = make([]int32, n)
	b.claimed = make([]int32, n)
	b.via = make([]Via, n)
	b.top = make([]int32, n)
	for i := range n {
		b.parent[i], b.claimed[i], b.top[i] = none, none, int32(i)
	}
	// Newest first: in a circle the oldest is left without a parent and becomes the root.
	for _, id := range slices.Backward(b.byDate) {
		// Mails that share an id stand next to each other in no particular place of headers; the first
		// one decides.
		i := b.first[id]
		refs, irt := b.refs[b.start[i]:b.split[i]], b.refs[b.split[i]:b.start[i+1]]
		switch {
		case len(refs) > 0:
			b.claimed[id] = refs[len(refs)-1]
		case len(irt) > 0:
			b.claimed[id] = irt[0]
		}
		b.attachFirst(id, slices.Backward(refs), ViaReferences)
		b.attachFirst(id, slices.All(irt), ViaInReplyTo)
	}
	// What the oldest mail says about a missing one counts.
	for i := range b.headers {
		refs := b.refs[b.start[i]:b.split[i]]
		for k := len(refs) - 1; k > 0; k-- {
			child, parent := refs[k], refs[k-1]
			if b.first[child] == none && b.parent[child] == none && b.attach(child, parent) {
				b.claimed[child], b.via[child] = parent, ViaImplied
			}
		}
	}
}

// attachFirst gives id the first candidate as parent that makes no loop, unless it has one.
func (b *builder) attachFirst(id int32, candidates iter.Seq2[int, int32], via Via) {
	if b.parent[id] != none {
		return
	}
	for _, p := range candidates {
		if b.attach(id, p) {
			b.via[id] = via
			return
		}
	}
}

// attach makes child, which has no parent yet, a child of parent unless that makes a loop: then parent
// stands in the tree below child.
func (b *builder) attach(child, parent int32) bool {
	if find(b.top, parent) == child {
		return false
	}
	b.parent[child] = parent
	b.top[child] = parent
	return true
}

// threads cuts the forest into components and finishes each.
func (b *builder) threads() []*Thread {
	size := make([]int32, len(b.ids))
	for i := range b.ids {
		size[find(b.group, int32(i))]++
	}
	where := make([]int32, len(b.ids)) // per group leader: where its members start
	var at int32
	count := 0
	for i, s := range size {
		where[i] = at
		at += s
		if s > 0 {
			count++
		}
	}
	members := make([]int32, len(b.ids))
	next := slices.Clone(where)
	for i := range b.ids {
		g := b.group[i] // the leader itself, since find has shortened every path above
		members[next[g]] = int32(i)
		next[g]++
	}
	variants := b.variants()
	out := make([]*Thread, 0, count)
	local := make([]int32, len(b.ids)) // per id: its place in the component
	for g, s := range size {
		if s > 0 {
			out = append(out, b.thread(members[where[g]:where[g]+s], local, variants))
		}
	}
	slices.SortFunc(out, func(x, y *Thread) int { return strings.Compare(x.ID, y.ID) })
	return out
}

// variants returns, per id, the headers beside the first.
func (b *builder) variants() map[int32][]*mail.Header {
	var out map[int32][]*mail.Header
	if len(b.byDate) == len(b.headers) {
		return out
	}
	out = make(map[int32][]*mail.Header)
	for i, h := range b.headers {
		if id := b.index[h.ID]; b.first[id] != int32(i) {
			out[id] = append(out[id], h)
		}
	}
	return out
}

// thread builds one Thread of the given ids. local is scratch space.
func (b *builder) thread(ids, local []int32, variants map[int32][]*mail.Header) *Thread {
	t := new(Thread)
	for i, id := range ids {
		local[id] = int32(i)
	}
	f := forest{
		id:     ids,
		parent: make([]int32, len(ids)),
		date:   make([]int64, len(ids)),
		kids:   make([]int32, len(ids)),
		ghost:  make([]bool, len(ids)),
	}
	for i, id := range ids {
		f.parent[i] = none
		if p := b.parent[id]; p != none {
			f.parent[i] = local[p]
			f.kids[local[p]]++
		}
		if h := b.first[id]; h == none {
			f.ghost[i] = true
			f.date[i] = dateKey(zeroTime)
			t.Missing = append(t.Missing, b.ids[id])
		} else {
			f.date[i] = dateKey(b.headers[h].Date)
		}
	}
	slices.Sort(t.Missing)
	f.dropLeaves()
	f.datePlaceholders()
	oldest := f.oldestAncestors()
	f.dropIdle()

	nodes := make([]Node, len(ids))
	for i, id := range ids {
		n := &nodes[i]
		n.ID = b.ids[id]
		if h := b.first[id]; h != none {
			n.Header = b.headers[h]
			n.Variants = variants[id]
		}
		if c := b.claimed[id]; c != none {
			n.ParentID = b.ids[c]
		}
		if f.parent[i] != none {
			n.Via = b.via[id]
		}
	}
	less := func(x, y int32) int {
		return cmp.Or(cmp.Compare(f.date[x], f.date[y]), strings.Compare(nodes[x].ID, nodes[y].ID))
	}
	order := make([]int32, 0, len(ids))
	for i := range ids {
		if !f.gone(int32(i)) {
			order = append(order, int32(i))
		}
	}
	slices.SortFunc(order, less)
	// Appending in sorted order leaves every list of children sorted.
	kids := make([]int, len(ids))
	for _, i := range order {
		if p := f.parent[i]; p != none {
			kids[p]++
		}
	}
	for _, i := range order {
		n := &nodes[i]
		p := f.parent[i]
		if p == none {
			t.Roots = append(t.Roots, n)
			continue
		}
		n.Parent = &nodes[p]
		if n.Parent.Children == nil {
			n.Parent.Children = make([]*Node, 0, kids[p])
		}
		n.Parent.Children = append(n.Parent.Children, n)
	}
	t.Root = t.Roots[0]
	for i := range nodes {
		if &nodes[i] == t.Root {
			top := oldest[i]
			t.ID, t.Partial = nodes[top].ID, f.ghost[top]
		}
	}
	t.walk(len(order))
	t.findSeries()
	return t
}

// walk fills in what follows from the tree: order, depth, dates.
func (t *Thread) walk(n int) {
	t.Nodes = make([]*Node, 0, n)
	stack := make([]*Node, 0, 16)
	for _, r := range slices.Backward(t.Roots) {
		stack = append(stack, r)
	}
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if n.Parent != nil {
			n.Depth = n.Parent.Depth + 1
		}
		t.Nodes = append(t.Nodes, n)
		for _, c := range slices.Backward(n.Children) {
			stack = append(stack, c)
		}
		if n.Header == nil {
			continue
		}
		if t.Messages++; t.Messages == 1 {
			t.Subject = n.Header.Subject
		}
		t.noteDate(n.Header.Date)
		for _, v := range n.Variants {
			t.noteDate(v.Date)
		}
	}
}

func (t *Thread) noteDate(d time.Time) {
	if d.IsZero() {
		return
	}
	if t.First.IsZero() || d.Before(t.First) {
		t.First = d
	}
	if d.After(t.Last) {
		t.Last = d
	}
}
