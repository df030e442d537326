// Package people tells who speaks: one person behind many names and addresses, whether it is a robot,
// and in which role somebody stands to the files a mail is about.
//
// In go display names and addresses as mail headers give them, the kernel's MAINTAINERS and .mailmap
// files, and observed pairs of names and addresses. Out come a Person with the reasons for every merge,
// and a Role with the entry of MAINTAINERS that shows it:
//
//	d := people.Default() // MAINTAINERS and .mailmap of Linux 6.12, embedded
//	p := d.Identify("Miguel Ojeda", "miguel.ojeda.sandonis@gmail.com")
//	r := d.Role(p, []string{"rust/kernel/lib.rs"}, nil, nil)
//	// p.Name == "Miguel Ojeda", r.Name == "rust-maintainer", r.Source == "MAINTAINERS 6.12 (snapshot): RUST"
//
// Two names or addresses belong to one person when .mailmap says so, when they share an address, or when
// they share a full name that is not common ("Wei Wang" is, single words are). A file of the user's
// can join and split by hand. Nothing else merges: similar spelling, equal domains and guesses do not.
//
// A Directory never changes after it was made and is safe for concurrent use. What it answers is a pure
// function of what it was made from; the order of observations does not matter.
//
// Roles change: a History reads MAINTAINERS at every release from a git repository of Linux and answers by the
// one before the mail. The embedded file is a snapshot, and Role.Source says so.
//
// The package does not read mail: what mail itself shows of a role ("applied to my tree") is for the caller to
// judge.
package people
