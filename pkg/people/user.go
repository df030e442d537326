package people

import (
	"fmt"
	"io"
	"strings"

	"github.com/BurntSushi/toml"
)

// A UserFile is what the user knows better, from TOML:
//
//	[[join]]                       # these are one person
//	name = "Jo Doe"                # the canonical name
//	members = ["jo@example.org", "Jo D.", "J. Doe <doe@example.com>"]
//
//	[[split]]                      # never merge by these
//	name = "Sam Lee"               # a name that several people share
//	addr = "team@example.org"      # an address that several people use
type UserFile struct {
	Join  []Join  `toml:"join"`
	Split []Split `toml:"split"`
}

// A Join makes one person of its members.
type Join struct {
	Name    string   `toml:"name"`    // canonical name
	Members []string `toml:"members"` // names, addresses, or "Name <addr>", which means the address
}

// A Split forbids merging by a name, an address or both.
type Split struct {
	Name string `toml:"name"`
	Addr string `toml:"addr"`
}

// ParseUserFile reads a user's file. Errors say the line or the key that is wrong; unknown keys are
// errors.
func ParseUserFile(r io.Reader) (*UserFile, error) {
	var u UserFile
	md, err := toml.NewDecoder(io.LimitReader(r, maxData)).Decode(&u)
	if err != nil {
		return nil, fmt.Errorf("people file: %w", err)
	}
	if keys := md.Undecoded(); len(keys) > 0 {
		return nil, fmt.Errorf("people file: unknown key %q; known are join.name, join.members, split.name and split.addr", keys[0].String())
	}
	for i, j := range u.Join {
		if strings.TrimSpace(j.Name) == "" || len(j.Members) == 0 {
			return nil, fmt.Errorf("people file: join %d needs a name and members", i+1)
		}
	}
	for i, s := range u.Split {
		if strings.TrimSpace(s.Name) == "" && strings.TrimSpace(s.Addr) == "" {
			return nil, fmt.Errorf("people file: split %d needs a name or an addr", i+1)
		}
	}
	return &u, nil
}

// splits returns the folded names and the addresses that must not merge.
func (u *UserFile) splits() []string {
	var out []string
	for _, s := range u.Split {
		if key, _ := nameKey(s.Name); key != "" {
			out = append(out, key)
		}
		if s.Addr != "" {
			out = append(out, lower(strings.TrimSpace(s.Addr)))
		}
	}
	return out
}

// splitMember reads a member of a join.
func splitMember(s string) (name, addr string) {
	if n, a, _, ok := cutAngle(s); ok {
		return n, a
	}
	s = strings.TrimSpace(s)
	if strings.Contains(s, "@") {
		return "", lower(s)
	}
	return s, ""
}
