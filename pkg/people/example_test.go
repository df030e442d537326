package people_test

import (
	"fmt"

	"rustle/pkg/people"
)

func ExampleDirectory_Identify() {
	d := people.Default()
	p := d.Identify("Greg KH", "greg@kroah.com")
	fmt.Println(p.Name)
	fmt.Println(p.Why[0].Text)
	fmt.Println(d.Identify("kernel test robot", "lkp@intel.com").Bot)
	// Output:
	// Greg Kroah-Hartman
	// greg@kroah.com is an address of Greg Kroah-Hartman
	// true
}

func ExampleDirectory_Role() {
	d := people.Default()
	p := d.Identify("Miguel Ojeda", "ojeda@kernel.org")
	r := d.Role(p, []string{"rust/kernel/lib.rs"}, nil, nil)
	fmt.Println(r.Name, r.Source)
	// Output: rust-maintainer MAINTAINERS 6.12 (snapshot): RUST
}

func ExampleDirectory_Merge() {
	d := people.New(people.Options{}).Merge([]people.Observation{
		{Name: "Josephine Doe", Addr: "jo@example.org", Count: 12},
		{Name: "Doe, Josephine", Addr: "jdoe@example.com"},
	})
	p := d.Identify("", "jdoe@example.com")
	fmt.Println(p.Name, p.Addrs)
	for _, r := range d.Explain(p) {
		fmt.Println(r.Text)
	}
	// Output:
	// Josephine Doe [jdoe@example.com jo@example.org]
	// mail from Josephine Doe <jdoe@example.com>, 1 time
	// mail from Josephine Doe <jo@example.org>, 12 times
	// "Josephine Doe" is an unusual full name, and stands with jdoe@example.com, jo@example.org
}
