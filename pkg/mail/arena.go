package mail

import "strings"

// An arena packs the many short strings of a header into few allocations.
type arena struct{ b strings.Builder }

func newArena(size int) *arena {
	a := &arena{}
	a.b.Grow(size)
	return a
}

// keep returns p as a string of the arena.
func (a *arena) keep(p []byte) string {
	if len(p) == 0 {
		return ""
	}
	if a.b.Cap()-a.b.Len() < len(p) {
		// Strings handed out stay valid: they point into the old buffer.
		a.b = strings.Builder{}
		a.b.Grow(max(512, len(p)))
	}
	n := a.b.Len()
	a.b.Write(p)
	return a.b.String()[n:]
}
