package people

import (
	"cmp"
	"slices"
	"strings"
)

// The names of roles.
const (
	TopMaintainer  = "top-maintainer"  // merges the whole tree: M: of THE REST
	Maintainer     = "maintainer"      // M: of an entry
	Reviewer       = "reviewer"        // R: of an entry
	RustMaintainer = "rust-maintainer" // M: of a Rust entry, or a member of the Rust team: R: of RUST itself
	Developer      = "developer"       // everybody else
	Bot            = "bot"
)

// A Basis says how a role fits the mail, the strongest first.
type Basis string

// The bases of a role.
const (
	BasisFile    Basis = "file"    // the entry covers a file the mail is about
	BasisArea    Basis = "area"    // the entry fits an area word of the subject
	BasisList    Basis = "list"    // the mail went to the entry's list
	BasisPerson  Basis = "person"  // nothing in the mail shows it: what the person is elsewhere
	BasisUnknown Basis = "unknown" // no entry names the person
)

// A Role is what somebody is to a mail's subject matter.
type Role struct {
	Name      string // one of the constants above
	Subsystem string // name of the MAINTAINERS entry; "" for a developer or bot
	Source    string // "MAINTAINERS 6.12 (snapshot): RUST", with a remark when the mail does not touch the entry; "" without an entry
	Basis     Basis
}

// A claim is one M: or R: line of a person.
type claim struct {
	entry    int32
	reviewer bool
	first    bool // of the maintainers, or of the reviewers, of the entry
}

func (d *Directory) source() string {
	s := "MAINTAINERS"
	if m := d.opts.Maintainers; m != nil {
		if m.Release != "" {
			s += " " + m.Release
		}
		if m.Note != "" {
			s += " (" + m.Note + ")"
		}
	}
	return s
}

// Claims returns the names of the entries of which the person is maintainer and reviewer, in the order of
// the file.
func (d *Directory) Claims(p Person) (maintains, reviews []string) {
	g, ok := d.byID[p.ID]
	if !ok {
		return nil, nil
	}
	for _, c := range d.claims[g] {
		name := d.opts.Maintainers.Entries[c.entry].Name
		if c.reviewer {
			reviews = append(reviews, name)
		} else {
			maintains = append(maintains, name)
		}
	}
	return maintains, reviews
}

const theRest = "THE REST"

// isRust recognises entries of the Rust effort: "RUST", "RUST [ALLOC]", "ETHERNET PHY LIBRARY [RUST]".
func isRust(entry string) bool {
	return entry == rustEntry || strings.HasPrefix(entry, "RUST ") || strings.Contains(entry, "[RUST]")
}

const rustEntry = "RUST"

// Role returns what the person is to a mail that is about the given files (paths), areas (words of the
// subject, see patch.Subject.Areas) and went to the given lists (addresses or List-Ids). All may be
// empty.
//
// A file decides before an area, an area before a list, and what the mail shows before what it does not;
// then a Rust entry before another, M: before R:, and where no file decides the broader subsystem. Who
// merges the whole tree is that for every mail. A role that nothing in the mail shows says so in Source
// and Basis.
func (d *Directory) Role(p Person, files, areas, lists []string) Role {
	if p.Bot {
		return Role{Name: Bot, Basis: BasisUnknown}
	}
	g, ok := d.byID[p.ID]
	if !ok || len(d.claims[g]) == 0 {
		return Role{Name: Developer, Basis: BasisUnknown}
	}
	entries := d.opts.Maintainers.Entries
	claims := d.claims[g]
	for _, c := range claims {
		if e := &entries[c.entry]; e.Name == theRest && !c.reviewer {
			return Role{Name: TopMaintainer, Subsystem: theRest, Source: d.source() + ": " + theRest, Basis: BasisFile}
		}
	}
	ix := d.files()
	files = files[:min(len(files), maxMatchPaths)]
	keys := make([]string, 0, len(areas))
	for _, a := range areas {
		keys = append(keys, areaKey(a))
	}
	var listed []string // made when neither a file nor an area decides
	onList := func(e *entryIndex) bool {
		if listed == nil {
			listed = make([]string, 0, len(lists))
			for _, l := range lists {
				// Everything goes to linux-kernel: it shows nothing.
				if l = bareList(l); !isList(l, "linux-kernel.vger.kernel.org") {
					listed = append(listed, l)
				}
			}
		}
		return slices.ContainsFunc(e.lists, func(key string) bool {
			return slices.ContainsFunc(listed, func(l string) bool { return isList(l, key) })
		})
	}
	var best candidate
	for i, c := range claims {
		e, own := &entries[c.entry], &ix.entries[c.entry]
		cand := candidate{entry: e, name: Maintainer, basis: BasisPerson, order: c.entry}
		switch {
		case isRust(e.Name) && (!c.reviewer || e.Name == rustEntry):
			cand.name = RustMaintainer
		case c.reviewer:
			cand.name = Reviewer
		}
		cand.reviewer = c.reviewer
		cand.depth = own.depth(files)
		switch {
		case cand.depth > 0:
			cand.basis = BasisFile
		case slices.ContainsFunc(keys, func(a string) bool { return e.covers(own.name, a) }):
			cand.basis = BasisArea
		case onList(own):
			cand.basis = BasisList
		}
		cand.breadth = d.breadth[c.entry]
		cand.later = !c.first
		if i == 0 || compareCandidates(cand, best) < 0 {
			best = cand
		}
	}
	r := Role{Name: best.name, Subsystem: best.entry.Name, Source: d.source() + ": " + best.entry.Name, Basis: best.basis}
	if best.reviewer {
		r.Source += " (R:)"
	}
	if best.basis == BasisPerson {
		r.Source += " (not shown by the mail)"
	}
	return r
}

type candidate struct {
	entry    *Entry
	name     string
	reviewer bool
	basis    Basis
	depth    int  // how special the pattern is that covers a file
	breadth  int  // see Entry.breadth
	later    bool // not the first M: or R: of the entry
	order    int32
}

func compareCandidates(a, b candidate) int {
	strength := func(x Basis) int {
		return slices.Index([]Basis{BasisFile, BasisArea, BasisList, BasisPerson}, x)
	}
	rank := func(c candidate) int {
		switch c.name {
		case RustMaintainer:
			return 0
		case Maintainer:
			return 1
		}
		return 2
	}
	boolean := func(x bool) int {
		if x {
			return 1
		}
		return 0
	}
	return cmp.Or(
		cmp.Compare(strength(a.basis), strength(b.basis)),
		cmp.Compare(rank(a), rank(b)),
		cmp.Compare(boolean(a.reviewer), boolean(b.reviewer)),
		cmp.Compare(b.depth, a.depth),
		cmp.Compare(a.breadth, b.breadth),
		cmp.Compare(boolean(a.later), boolean(b.later)),
		cmp.Compare(len(b.entry.Files), len(a.entry.Files)),
		cmp.Compare(a.order, b.order),
	)
}

// breadth says how much of the tree an entry takes, the least for the most: the directories above its
// highest tree of code, drivers below subsystems.
func (e *Entry) breadth() int {
	least := 100
	for _, f := range e.Files {
		n := 2 * strings.Count(f, "/")
		top, _, _ := strings.Cut(f, "/")
		switch top {
		case "Documentation", "LICENSES", "include", "samples", "scripts", "tools":
			n += 8 // mostly goes with something else
		}
		if !strings.HasSuffix(f, "/") {
			n += 5 // a single file
		}
		least = min(least, n)
	}
	if strings.HasSuffix(e.Name, "DRIVER") {
		least += 20
	}
	return least
}

// areaKey returns an area word as covers takes it.
func areaKey(area string) string { return lower(strings.Trim(area, "/ ")) }

// covers says that an area word of a subject means the entry, whose name in lower case is name: it is a word of the
// name, or a directory or file name of one of its patterns ("kunit", "drm/msm", "modpost").
func (e *Entry) covers(name, area string) bool {
	if len(area) < 2 || e.Name == theRest {
		return false
	}
	if containsWord(name, area) {
		return true
	}
	for _, p := range e.Files {
		// The area as the last part or parts of the path, with or without an extension. Paths that areas
		// name are in lower case.
		p = strings.TrimRight(p, "/")
		if i := strings.LastIndex(p, area); i >= 0 && (i == 0 || p[i-1] == '/') {
			if rest := p[i+len(area):]; rest == "" || rest[0] == '.' && !strings.Contains(rest, "/") {
				return true
			}
		}
	}
	return false
}

// containsWord says that w occurs in s between characters that are no letters or digits.
func containsWord(s, w string) bool {
	alnum := func(c byte) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' }
	for from := 0; ; {
		i := strings.Index(s[from:], w)
		if i < 0 {
			return false
		}
		i += from
		if (i == 0 || !alnum(s[i-1])) && (i+len(w) == len(s) || !alnum(s[i+len(w)])) {
			return true
		}
		from = i + 1
	}
}
