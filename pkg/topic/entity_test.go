package topic_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rustle/pkg/topic"
)

func TestEntities(t *testing.T) {
	t.Parallel()
	rules := topic.Default()
	tests := []struct {
		name string
		mail topic.Mail
		want []string
	}{
		{"nothing", topic.Mail{Title: "Rust"}, nil},
		{"phy in prose", topic.Mail{Title: "Rust support", Sentences: []string{"The phy of this board is connected over MDIO."}}, nil},
		{"nova the person", topic.Mail{Title: "Rust support", Sentences: []string{"Nova asked the same on the Rust list.", "I will ask Nova."}}, nil},
		{"binder the verb", topic.Mail{Title: "Rust support", Sentences: []string{"The glue is a good binder of the two.", "Put it in the binder."}}, nil},
		{"block the verb", topic.Mail{Title: "Rust support", Sentences: []string{"I do not want to block this series."}}, nil},
		{"drivers outside Rust", topic.Mail{Title: "nvme: fix a leak", Areas: []string{"nvme"}, Sentences: []string{"The NVMe driver leaks."}}, nil},
		{"only the list", topic.Mail{Title: "Rust support", Recipients: []string{"dri-devel@lists.freedesktop.org"}}, nil},
		{"one file of many", topic.Mail{
			Title: "rust: fix lints", Areas: []string{"rust"},
			Files: []string{"rust/kernel/a.rs", "rust/kernel/b.rs", "rust/kernel/c.rs", "rust/kernel/d.rs", "rust/kernel/e.rs", "rust/kernel/f.rs", "rust/kernel/pci.rs"},
		}, nil},
		{"syn is not sync", topic.Mail{Title: "rust: sync: fix docs", Areas: []string{"rust", "sync"}}, []string{"sync"}},
		{"nova the driver", topic.Mail{Title: "gpu: nova-core: add firmware", Areas: []string{"gpu", "nova-core"}}, []string{"nova"}},
		{"nova beside the GPU", topic.Mail{Title: "Rust", Sentences: []string{"Nova is the successor of nouveau."}}, []string{"nova"}},
		{"binder the driver", topic.Mail{Title: "Rust", Sentences: []string{"The Rust Binder driver passes all tests."}}, []string{"binder"}},
		{"phy driver", topic.Mail{Title: "Rust", Sentences: []string{"The ax88796b driver is the first PHY driver in Rust."}}, []string{"net-phy"}},
		{"files", topic.Mail{Title: "rust: more", Areas: []string{"rust"}, Files: []string{"rust/kernel/pci.rs", "rust/helpers/pci.c"}}, []string{"pci", "rust-helpers"}},
		{"tools", topic.Mail{Title: "Rust", Sentences: []string{"Neither gccrs nor rustc_codegen_gcc can build the kernel."}}, []string{"gccrs", "rustc-codegen-gcc"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, v := range rules.Read(&tt.mail).Entities() {
				got = append(got, v.Label)
			}
			slices.Sort(got)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("entities (-want +got):\n%s", diff)
			}
		})
	}
}
