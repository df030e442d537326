package people

import "strings"

// A Memo remembers who wrote or was named last: the same few people write most mail of a list, and each of them takes a
// dozen pieces of memory to identify. The zero value is ready; it serves one Directory at a time and is not safe for
// concurrent use.
type Memo struct {
	of   *Directory
	seen map[mailbox]Person
}

type mailbox struct{ name, addr string }

// These bound a Memo, to half a megabyte or so of common names; a full one begins anew.
const (
	maxSeen = 1 << 10
	maxBox  = 256 // bytes of a name with its address; longer ones are not remembered
)

// Identify is d.Identify. The slices of the Person are shared, do not change them.
func (m *Memo) Identify(d *Directory, name, addr string) Person {
	if m.of != d {
		*m = Memo{of: d, seen: map[mailbox]Person{}}
	}
	if p, ok := m.seen[mailbox{name, addr}]; ok {
		return p
	}
	if len(name)+len(addr) > maxBox {
		return d.Identify(name, addr)
	}
	if len(m.seen) == maxSeen {
		clear(m.seen)
	}
	box := mailbox{strings.Clone(name), strings.Clone(addr)} // the mail they stand in may go
	p := d.Identify(box.name, box.addr)
	m.seen[box] = p
	return p
}
