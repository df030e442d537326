package thread

import "time"

// zeroTime is the date of a mail without one.
var zeroTime time.Time

// A forest is the tree of one component on small indices, before it becomes nodes.
type forest struct {
	id     []int32 // per node: its id in the builder
	parent []int32
	kids   []int32 // children that are left; -1 for a node that is taken out
	date   []int64 // of a placeholder: of the oldest mail below it
	ghost  []bool
}

const takenOut = int32(-1)

func (f *forest) gone(i int32) bool { return f.kids[i] == takenOut }

// dropLeaves takes out missing mails that nobody answers in the tree.
func (f *forest) dropLeaves() {
	for i := range f.id {
		for j := int32(i); j != none && f.ghost[j] && f.kids[j] == 0; {
			p := f.parent[j]
			f.kids[j], f.parent[j] = takenOut, none
			if p != none {
				f.kids[p]--
			}
			j = p
		}
	}
}

// datePlaceholders gives every missing mail the date of the oldest mail below it. It goes from the
// leaves up: a node's turn comes when all its children had theirs.
func (f *forest) datePlaceholders() {
	left := make([]int32, len(f.kids))
	copy(left, f.kids)
	ready := make([]int32, 0, len(left))
	for i, k := range left {
		if k == 0 {
			ready = append(ready, int32(i))
		}
	}
	for len(ready) > 0 {
		i := ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		p := f.parent[i]
		if p == none {
			continue
		}
		if f.ghost[p] {
			f.date[p] = min(f.date[p], f.date[i])
		}
		if left[p]--; left[p] == 0 {
			ready = append(ready, p)
		}
	}
}

// oldestAncestors returns for each node the top of its tree.
func (f *forest) oldestAncestors() []int32 {
	top := make([]int32, len(f.parent))
	for i, p := range f.parent {
		if top[i] = p; p == none {
			top[i] = int32(i)
		}
	}
	for i := range top {
		find(top, int32(i))
	}
	return top
}

// dropIdle takes out missing mails that join nothing: above the root with one answer, or with a missing
// mail as their only answer.
func (f *forest) dropIdle() {
	only := make([]int32, len(f.parent)) // the only child, where there is one
	for i, p := range f.parent {
		if p != none && !f.gone(int32(i)) {
			only[p] = int32(i)
		}
	}
	for i := range f.id {
		j := int32(i)
		// A top placeholder with one child: give way, and look at the child next.
		for f.ghost[j] && f.kids[j] == 1 && f.parent[j] == none {
			c := only[j]
			f.parent[c], f.kids[j] = none, takenOut
			j = c
		}
	}
	for i := range f.id {
		j := int32(i)
		if !f.ghost[j] || f.kids[j] != 1 {
			continue
		}
		if c := only[j]; f.ghost[c] {
			p := f.parent[j]
			f.parent[c] = p
			if p != none && only[p] == j {
				only[p] = c
			}
			f.parent[j], f.kids[j] = none, takenOut
		}
	}
}
