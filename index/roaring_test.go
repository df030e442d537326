package index

import (
	"slices"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// What is written by hand is what the package of the format reads, and what it writes itself.
func TestRoaringIsWhatRoaringReads(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.SampledFrom([]uint32{0, 65_000, 1 << 20}).Draw(t, "from")
		step := rapid.Uint32Range(1, 70_000).Draw(t, "step")
		n := rapid.SampledFrom([]int{1, 2, 3, roaringList, roaringList + 1, 10_000}).Draw(t, "documents")
		if n > 10 {
			step = step%12 + 1
		}
		docs := make([]uint32, n)
		for i := range docs {
			docs[i] = from + uint32(i)*step
		}
		got := appendRoaring(nil, docs)
		if len(got) != roaringSize(docs) {
			t.Fatalf("%d bytes, roaringSize says %d", len(got), roaringSize(docs))
		}
		read := roaring.New()
		if _, err := read.FromBuffer(slices.Clone(got)); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(docs, read.ToArray()); d != "" {
			t.Fatalf("(-want +got):\n%s", d)
		}
		want, err := roaring.BitmapOf(docs...).ToBytes()
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("% x\nwant % x", got, want)
		}
	})
}
