package people_test

import (
	"strings"
	"testing"

	"rustle/pkg/people"
)

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		people.New(people.DefaultOptions())
	}
}

func BenchmarkMerge(b *testing.B) {
	obs := make([]people.Observation, 0, 2000)
	for i := range 2000 {
		name := "Given" + string(rune('a'+i%26)) + " Family" + string(rune('a'+i/26%26)) + string(rune('a'+i/676))
		obs = append(obs, people.Observation{Name: name, Addr: strings.ReplaceAll(strings.ToLower(name), " ", ".") + "@example.org", Count: i})
	}
	d := people.Default()
	b.ReportAllocs()
	for b.Loop() {
		d.Merge(obs)
	}
}

func BenchmarkIdentify(b *testing.B) {
	d := people.Default()
	b.ReportAllocs()
	for b.Loop() {
		d.Identify("Miguel Ojeda", "miguel.ojeda.sandonis@gmail.com")
		d.Identify("Doe, Jo via B4 Relay", "devnull+jo.example.org@kernel.org")
	}
}

func BenchmarkRole(b *testing.B) {
	d := people.Default()
	p := d.Identify("Miguel Ojeda", "ojeda@kernel.org")
	files := []string{"rust/kernel/lib.rs", "drivers/gpu/drm/nova/nova.rs", "MAINTAINERS", "Documentation/rust/index.rst"}
	b.ReportAllocs()
	for b.Loop() {
		d.Role(p, files, []string{"rust", "drm/nova"}, []string{"rust-for-linux.vger.kernel.org"})
	}
}

func BenchmarkMatch(b *testing.B) {
	d := people.Default()
	content := strings.Repeat("+    let x = kernel::rust::thing(a, b)?;\n", 100)
	b.ReportAllocs()
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		d.Match([]string{"drivers/net/phy/ax88796b_rust.rs"}, content)
	}
}
