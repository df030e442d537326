package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"rustle/pkg/analysis"
)

// maxIndent is the deepest level that the tree still indents.
const maxIndent = 24

// node is a mail or a missing parent in the reply tree.
type node struct {
	r        *analysis.Record // nil: missing
	children []*node
	keep     bool
	size     int // mails in it
}

// tree lays out the replies. When the thread is longer than the page allows, the mails that the page cites and the most
// telling others are kept with the way to them; the rest is counted. It returns the lines and the mails not shown.
func (c *conversation) tree(cited map[int]bool) ([]Branch, int) {
	roots, nodes := c.nodes()
	if len(nodes) == 0 {
		return nil, 0
	}
	parent := map[*node]*node{}
	var walk func(n *node)
	walk = func(n *node) {
		if n.r != nil {
			n.size = 1
		}
		for _, k := range n.children {
			parent[k] = n
			walk(k)
			n.size += k.size
		}
	}
	for _, r := range roots {
		walk(r)
	}
	c.choose(nodes, parent, cited)
	lines := &treeLines{c: c}
	for _, r := range roots {
		lines.add(r, nil, true, true)
	}
	return lines.out, lines.hidden
}

// nodes builds the tree from the parents of the records. Records in a cycle, which no true archive holds, hang from the
// first of them.
func (c *conversation) nodes() (roots, all []*node) {
	byID := make(map[string]*node, len(c.records))
	for _, r := range c.records {
		n := &node{r: r}
		byID[r.ID] = n
		all = append(all, n)
	}
	ghosts := map[string]*node{}
	for _, n := range all {
		switch p := byID[n.r.Parent]; {
		case n.r.Parent == "" || p == n:
			roots = append(roots, n)
		case p == nil:
			g := ghosts[n.r.Parent]
			if g == nil {
				g = &node{}
				ghosts[n.r.Parent] = g
				roots = append(roots, g)
			}
			g.children = append(g.children, n)
		default:
			p.children = append(p.children, n)
		}
	}
	reached := map[*node]bool{}
	var reach func(n *node)
	reach = func(n *node) {
		reached[n] = true
		for _, k := range n.children {
			reach(k)
		}
	}
	for _, r := range roots {
		reach(r)
	}
	for _, n := range all {
		if reached[n] {
			continue
		}
		p := byID[n.r.Parent]
		p.children = slices.DeleteFunc(p.children, func(k *node) bool { return k == n })
		roots = append(roots, n)
		reach(n)
	}
	// The root of the whole thread first; the others in the order of their first mail.
	slices.SortStableFunc(roots, func(a, b *node) int { return cmp.Compare(c.firstNumber(a), c.firstNumber(b)) })
	return roots, all
}

func (c *conversation) firstNumber(n *node) int {
	if n.r != nil {
		return c.number[n.r.ID]
	}
	least := len(c.records) + 1
	for _, k := range n.children {
		least = min(least, c.number[k.r.ID])
	}
	return least
}

// choose marks the nodes to show.
func (c *conversation) choose(nodes []*node, parent map[*node]*node, cited map[int]bool) {
	kept := 0
	keep := func(n *node) {
		for ; n != nil && !n.keep; n = parent[n] {
			n.keep = true
			kept++
		}
	}
	if c.opts.Full || len(nodes) <= c.opts.Tree {
		for _, n := range nodes {
			keep(n)
		}
		return
	}
	order := slices.Clone(nodes)
	weight := func(n *node) float64 {
		w := displeasure(n.r)
		if cited[c.number[n.r.ID]] {
			w += 100
		}
		if signal(n.r) != "" {
			w += 3
		}
		if stance(n.r) != "" {
			w += 1 + n.r.Stance.Score
		}
		if isMaintainer(n.r.Role) {
			w += 0.5
		}
		return w
	}
	slices.SortStableFunc(order, func(a, b *node) int { return cmp.Compare(weight(b), weight(a)) })
	cost := func(n *node) int {
		k := 0
		for ; n != nil && !n.keep && k <= c.opts.Tree; n = parent[n] {
			k++
		}
		return k
	}
	for _, n := range order {
		if k := cost(n); k > 0 && kept+k <= c.opts.Tree*3/5 { // the rest of the lines is for the counts of what is hidden
			keep(n)
		}
	}
	if kept == 0 && len(order) > 0 {
		keep(order[0])
	}
}

type treeLines struct {
	c      *conversation
	out    []Branch
	hidden int
}

// add writes a node and what is below it. open says, level by level, whether a line goes on beside it.
func (t *treeLines) add(n *node, open []bool, last, root bool) {
	b := Branch{Prefix: prefix(open, last, root)}
	if n.r == nil {
		b.Text = "(mail missing from the data)"
	} else {
		ref := t.c.ref(n.r)
		b.Ref = &ref
		b.Text = t.c.treeText(n.r, root)
		b.Marks = marks(n.r)
	}
	if n.r != nil || slices.ContainsFunc(n.children, func(k *node) bool { return k.keep }) {
		t.out = append(t.out, b)
	}
	var shown, hidden []*node
	for _, k := range n.children {
		if k.keep {
			shown = append(shown, k)
		} else {
			hidden = append(hidden, k)
		}
	}
	if !root && len(open) <= maxIndent {
		open = append(slices.Clone(open), !last)
	}
	for i, k := range shown {
		t.add(k, open, i == len(shown)-1 && len(hidden) == 0, false)
	}
	if len(hidden) > 0 {
		t.rest(hidden, open)
	}
}

// rest writes one line for branches that are only counted.
func (t *treeLines) rest(hidden []*node, open []bool) {
	names := map[string]int{}
	mails := 0
	var walk func(n *node)
	walk = func(n *node) {
		if n.r != nil {
			names[author(n.r)]++
			mails++
		}
		for _, k := range n.children {
			walk(k)
		}
	}
	for _, n := range hidden {
		walk(n)
	}
	t.hidden += mails
	t.out = append(t.out, Branch{Prefix: prefix(open, true, false), Text: "… " + count(mails, "more mail") + " by " + some(byCount(names), 3)})
}

func prefix(open []bool, last, root bool) string {
	if root {
		return ""
	}
	var b strings.Builder
	for i, o := range open {
		if i >= maxIndent {
			break
		}
		if o {
			b.WriteString("│ ")
		} else {
			b.WriteString("  ")
		}
	}
	if len(open) > maxIndent {
		b.WriteString("· ")
	}
	if last {
		b.WriteString("└ ")
	} else {
		b.WriteString("├ ")
	}
	return b.String()
}

// treeText is what a line says of a mail: number, day, author, and the subject where it is not the thread's own.
func (c *conversation) treeText(r *analysis.Record, root bool) string {
	s := "[" + strconv.Itoa(c.number[r.ID]) + "] " + r.Date.UTC().Format("2006-01-02") + " " + author(r)
	parent := c.byID(r.Parent)
	if root || parent == nil || title(parent.Subject) != title(r.Subject) {
		s += ": " + cut(title(r.Subject), 72)
	}
	return s
}

// marks are the signs behind a line of the tree.
func marks(r *analysis.Record) []string {
	var m []string
	if isBot(r) {
		return []string{"bot"}
	}
	switch stance(r) {
	case stanceSupport:
		m = append(m, "+")
	case stanceConditional:
		m = append(m, "~")
	case stanceOppose:
		m = append(m, "-")
	}
	if s := signal(r); s != "" {
		m = append(m, strings.ToUpper(clean(s)))
	}
	switch {
	case uncivil(r):
		m = append(m, "!!")
	case negative(r):
		m = append(m, "!")
	}
	return m
}
