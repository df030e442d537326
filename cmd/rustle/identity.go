package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"rustle/index"
	"rustle/index/query"
	"rustle/pkg/ingest"
	"rustle/pkg/people"
)

// A spelling is a name and address as mail shows them, with who that is in the index.
type spelling struct {
	name, addr, person string
	bot                bool
	mails              int
}

// spellings are those of all mail in the index, the most used first.
func (c *command) spellings(ctx context.Context, r *index.Reader) ([]spelling, error) {
	type key struct{ name, addr, person string }
	all := map[key]*spelling{}
	for rec, err := range r.All(ctx, query.All{}) {
		if err != nil {
			return nil, err
		}
		k := key{rec.From.Name, strings.ToLower(rec.From.Addr), personOf(&rec)}
		s := all[k]
		if s == nil {
			s = &spelling{name: k.name, addr: k.addr, person: k.person, bot: rec.Kind == "bot"}
			all[k] = s
		}
		s.mails++
	}
	out := make([]spelling, 0, len(all))
	for _, s := range all {
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b spelling) int {
		return cmp.Or(cmp.Compare(b.mails, a.mails), cmp.Compare(a.person, b.person), cmp.Compare(a.addr, b.addr), cmp.Compare(a.name, b.name))
	})
	return out, nil
}

// explainPerson says how the mail of a person came to be one person's.
func (c *command) explainPerson(ctx context.Context, r *index.Reader, identities, text string) error {
	name, err := c.findPerson(ctx, r, text)
	if err != nil {
		return err
	}
	a, err := c.analyzerFor(rules{identities: identities})
	if err != nil {
		return err
	}
	all, err := c.spellings(ctx, r)
	if err != nil {
		return err
	}
	d, err := ingest.People(ctx, r, a)
	if err != nil {
		return err
	}
	return c.output("table", func(w io.Writer) error {
		fmt.Fprintf(w, "%s\n\nfound in mail as\n", c.paint.paint(bold, safe(name)))
		t := table{right: []bool{true}}
		var now people.Person
		for _, s := range all {
			if s.person != name {
				continue
			}
			p := d.Identify(s.name, s.addr)
			why := ""
			if len(p.Why) > 0 {
				why = p.Why[0].Rule + ": " + p.Why[0].Text
			}
			if p.ID != name {
				why = "now " + p.ID + "; `rustle retag` applies that. " + why
			} else {
				now = p
			}
			t.row("  "+strconv.Itoa(s.mails), safe(shownAddress(s.name, s.addr)), safe(why))
		}
		if err := t.write(w); err != nil {
			return err
		}
		if reasons := d.Explain(now); len(d.Find(now.ID)) > 0 && len(reasons) > 0 {
			fmt.Fprintf(w, "\njoined because\n")
			for _, reason := range reasons {
				fmt.Fprintf(w, "  %s: %s\n", reason.Rule, safe(reason.Text))
			}
		}
		for _, j := range joins(all) {
			if slices.ContainsFunc(j.members, func(s spelling) bool { return s.person == name }) {
				fmt.Fprintf(w, "\nmay be one person, but was not joined (%s)\n", safe(j.why))
				for _, s := range j.members {
					fmt.Fprintf(w, "  %s, %s\n", safe(shownAddress(s.name, s.addr)), plural(s.mails, "mail"))
				}
			}
		}
		return nil
	})
}

func shownAddress(name, addr string) string {
	if name == "" {
		return addr
	}
	return name + " <" + addr + ">"
}

// A join is a guess that people of the index are one.
type join struct {
	why     string
	members []spelling
}

// joins guesses: the same address under two names that have nothing in common, and an address without a name that is
// made of the name of somebody else. Both are wrong too often to be done unasked: addresses change hands.
func joins(all []spelling) []join {
	byAddr := map[string][]spelling{}
	named := map[string]spelling{} // by the letters of the name
	for _, s := range all {
		if s.bot || s.addr == "" {
			continue
		}
		byAddr[s.addr] = append(byAddr[s.addr], s)
		if letters := lettersOf(s.name); len(letters) >= 8 && strings.Contains(s.name, " ") {
			if _, ok := named[letters]; !ok {
				named[letters] = s
			}
		}
	}
	var out []join
	for _, addr := range slices.Sorted(maps.Keys(byAddr)) {
		group := byAddr[addr]
		first := group[0]
		persons := map[string]bool{}
		for _, s := range group {
			persons[s.person] = true
		}
		switch {
		case len(persons) == 2 && !people.Gateway(addr): // more of them share it
			out = append(out, join{"the same address " + addr, group})
		case first.name == "" || strings.Contains(first.person, "@"):
			local, _, _ := strings.Cut(addr, "@")
			for _, cut := range []string{lettersOf(local), strings.TrimSuffix(lettersOf(local), "linux"), strings.TrimSuffix(lettersOf(local), "kernel")} {
				if s, ok := named[cut]; ok && s.person != first.person {
					out = append(out, join{"the address " + addr + " spells the name", append([]spelling{s}, group...)})
					break
				}
			}
		}
	}
	return out
}

func lettersOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, strings.ToLower(s))
}

// suggestJoins writes the guesses as a file for --identities.
func (c *command) suggestJoins(ctx context.Context, r *index.Reader, text string) error {
	all, err := c.spellings(ctx, r)
	if err != nil {
		return err
	}
	name := ""
	if text != "" {
		if name, err = c.findPerson(ctx, r, text); err != nil {
			return err
		}
	}
	n := 0
	err = c.output("table", func(w io.Writer) error {
		fmt.Fprint(w, "# Guesses: delete what is not so. `rustle retag --identities FILE` applies the rest.\n")
		for _, j := range joins(all) {
			if name != "" && !slices.ContainsFunc(j.members, func(s spelling) bool { return s.person == name }) {
				continue
			}
			n++
			best := slices.MaxFunc(j.members, func(a, b spelling) int {
				full := func(s spelling) int { return min(strings.Count(strings.TrimSpace(s.name), " "), 1) }
				return cmp.Or(cmp.Compare(full(a), full(b)), cmp.Compare(a.mails, b.mails), cmp.Compare(b.person, a.person))
			})
			var members []string
			fmt.Fprintf(w, "\n# %s\n", safe(j.why))
			for _, s := range j.members {
				fmt.Fprintf(w, "#   %s, %s\n", safe(shownAddress(s.name, s.addr)), plural(s.mails, "mail"))
				for _, m := range []string{strconv.Quote(safe(s.addr)), strconv.Quote(safe(s.name))} {
					if m != `""` && !slices.Contains(members, m) && m != strconv.Quote(safe(best.name)) {
						members = append(members, m)
					}
				}
			}
			fmt.Fprintf(w, "[[join]]\nname = %s\nmembers = [%s]\n", strconv.Quote(safe(cmp.Or(best.name, best.person))), strings.Join(members, ", "))
		}
		return nil
	})
	if err == nil {
		c.notef("%s", found(n, n, 0, "possible join"))
	}
	return err
}
