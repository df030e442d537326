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
		{"PHY the layer", topic.Mail{Title: "Rust support", Sentences: []string{"The PHY layer decides the link speed.", "Its phy address is 3."}}, nil},
		{"block drivers from entering", topic.Mail{Title: "Rust support", Sentences: []string{"Nobody wants to block driver authors.", "It may block device probing."}}, nil},
		{"sync the verb", topic.Mail{Title: "Rust support", Sentences: []string{"Let us sync after the merge window.", "I sync my tree daily."}}, nil},
		{"quote the verb", topic.Mail{Title: "Rust support", Sentences: []string{"Please quote the part about crates that you answer."}}, nil},
		{"Tyr the god", topic.Mail{Title: "Rust support", Sentences: []string{"Tyr lost a hand for less than this."}}, nil},
		{"Asahi the beer", topic.Mail{Title: "Rust support", Sentences: []string{"I owe you an Asahi."}}, nil},
		{"a QR code", topic.Mail{Title: "Rust support", Sentences: []string{"The slides have a QR code on the last page."}}, nil},
		{"a linker", topic.Mail{Title: "rust: fix the build", Areas: []string{"rust"}, Sentences: []string{"ld: io_uring/io_uring.o: in function `io_fill':", "80554 5904 drivers/android/binder.o"}}, nil},
		{"a configuration", topic.Mail{Title: "rust: fix the build", Areas: []string{"rust"}, Sentences: []string{"# end of NVME driver Support", "# CONFIG_NVME_RUST driver is not set"}}, nil},
		{"an address", topic.Mail{Title: "Rust support", Sentences: []string{"See https://example.org/rust-binder/puzzlefs for the slides."}}, nil},
		{"devices", topic.Mail{Title: "Rust support", Sentences: []string{"My laptop has an NVMe disk.", "The GPIO pins are not wired.", "It needs a PWM fan."}}, nil},
		{"gem and page", topic.Mail{Title: "Rust support", Sentences: []string{"This patch is a gem.", "Turn the page.", "Time is short."}}, nil},
		{"its people alone", topic.Mail{Title: "Rust support", From: "dakr@kernel.org", Sentences: []string{"I agree."}}, nil},
		{"a file of six", topic.Mail{
			Title: "rust: enable a lint", Areas: []string{"rust"},
			Files: []string{"Makefile2", "drivers/gpu/drm/drm_panic_qr.rs", "rust/kernel/a.rs", "rust/kernel/b.rs", "rust/kernel/c.rs", "rust/kernel/d.rs"},
		}, nil},
		{"nova said by its people", topic.Mail{Title: "Rust support", From: "dakr@kernel.org", Sentences: []string{"That is what nova does."}}, []string{"nova"}},
		{"tyr beside the GPU", topic.Mail{Title: "Rust support", Sentences: []string{"Tyr shares the firmware with panthor."}}, []string{"tyr"}},
		{"a real block driver", topic.Mail{Title: "Rust support", Sentences: []string{"Write a real block driver first."}}, []string{"block"}},
		{"the panic screen", topic.Mail{Title: "Rust support", Sentences: []string{"The panic screen shows a QR code."}}, []string{"drm-panic-qr"}},
		{"network drivers", topic.Mail{Title: "Rust support", Sentences: []string{"Nobody has a Rust network driver yet."}}, []string{"net-driver"}},
		{"VFS and files", topic.Mail{Title: "Rust support", Sentences: []string{"The Rust bindings of file_operations and the dentry cache differ."}}, []string{"file-operations", "vfs"}},
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
