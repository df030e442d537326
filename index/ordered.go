package index

import "unicode/utf8"

// An ordered is an automaton that accepts text in which pieces of ASCII stand one after the other, with anything
// between them. Folded text is meant by text beyond ASCII, of which it accepts all. It spares a scan of a dictionary
// to look at most terms.
type ordered struct {
	next [][utf8.RuneSelf]uint8 // state -> byte -> state; the last state is the one that accepts
}

// maxOrdered is how many letters of the pieces are looked for; states are bytes.
const maxOrdered = 64

// newOrdered makes one of folded pieces. What follows upon a letter beyond ASCII or upon maxOrdered letters is not
// looked for.
func newOrdered(pieces []string) *ordered {
	a := &ordered{}
	for _, piece := range pieces {
		begin := len(a.next)
		back := begin // the state after the same text without its first letter
		for i := range len(piece) {
			c := piece[i]
			if c >= utf8.RuneSelf || len(a.next) == maxOrdered {
				return a.accept()
			}
			var row [utf8.RuneSelf]uint8
			if i == 0 {
				for b := range row {
					row[b] = uint8(begin)
				}
			} else {
				row = a.next[back]
				back = int(row[c])
			}
			row[c] = uint8(len(a.next) + 1)
			if 'a' <= c && c <= 'z' {
				row[c-'a'+'A'] = row[c]
			}
			a.next = append(a.next, row)
		}
	}
	return a.accept()
}

// accept adds the state that accepts.
func (a *ordered) accept() *ordered {
	var row [utf8.RuneSelf]uint8
	for b := range row {
		row[b] = uint8(len(a.next))
	}
	a.next = append(a.next, row)
	return a
}

func (a *ordered) last() int { return len(a.next) - 1 }

// Start is the state of the empty text.
func (a *ordered) Start() int { return 0 }

// IsMatch says whether a state accepts.
func (a *ordered) IsMatch(state int) bool { return state == a.last() }

// CanMatch says whether a state may still lead to one that accepts.
func (a *ordered) CanMatch(int) bool { return true }

// WillAlwaysMatch says whether a state accepts whatever follows.
func (a *ordered) WillAlwaysMatch(state int) bool { return state == a.last() }

// Accept is the state after one more byte.
func (a *ordered) Accept(state int, b byte) int {
	if b >= utf8.RuneSelf {
		return a.last()
	}
	return int(a.next[state][b])
}
