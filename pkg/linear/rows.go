package linear

// Rows are the weights of one hash space, ready to be added up for all heads at once: the weights that a bucket has for
// eight heads are the bytes of one word, so a bucket costs one load and four operations. Bytes hold 128 more than the
// weight, so that none is negative.
type rows struct {
	packed []uint64
	wide   int // words of a bucket: one for every eight heads
}

const (
	lanes    = 8
	bias     = 128
	evenLane = 0x00ff00ff00ff00ff // every second byte, with room for a sum
	maxLane  = 256                // summands that the room holds: 255*256 < 1<<16
)

// newRows packs weights, which stand as Model keeps them: those of all heads of a bucket side by side.
func newRows(weights []int8, heads int) rows {
	r := rows{wide: (heads + lanes - 1) / lanes}
	if heads == 0 {
		return r
	}
	r.packed = make([]uint64, len(weights)/heads*r.wide)
	for i, w := range weights {
		bucket, k := i/heads, i%heads
		r.packed[bucket*r.wide+k/lanes] |= uint64(uint8(int(w)+bias)) << (8 * (k % lanes))
	}
	return r
}

// sum adds the weights of the buckets for each head.
func (r *rows) sum(buckets []uint32, into *[maxHeads]int32) {
	for at := range r.wide {
		out := into[at*lanes : at*lanes+lanes]
		for from := 0; from < len(buckets); from += maxLane {
			var even, odd uint64
			part := buckets[from:min(from+maxLane, len(buckets))]
			for _, b := range part {
				row := r.packed[int(b)*r.wide+at]
				even += row & evenLane
				odd += row >> 8 & evenLane
			}
			for k := 0; k < lanes; k += 2 {
				out[k] += int32(even>>(8*k)&0xffff) - int32(bias*len(part))
				out[k+1] += int32(odd>>(8*k)&0xffff) - int32(bias*len(part))
			}
		}
	}
}
