package linear

// Rows are the weights of one hash space, ready to be added up for all heads at once: the weights that a bucket has for
// the heads of a model are the bytes of one word, so a bucket costs one load and four operations. Bytes hold 128 more than
// the weight, so that none is negative.
type rows []uint64

const (
	bias     = 128
	evenLane = 0x00ff00ff00ff00ff // every second byte, with room for a sum
	maxLane  = 256                // summands that the room holds: 255*256 < 1<<16
)

// newRows packs weights, which stand as Model keeps them: those of all heads of a bucket side by side.
func newRows(weights []int8, heads int) rows {
	if heads == 0 {
		return nil
	}
	r := make(rows, len(weights)/heads)
	for i, w := range weights {
		r[i/heads] |= uint64(uint8(int(w)+bias)) << (8 * (i % heads))
	}
	return r
}

// packed is a sum of rows, maxLane of them at most, with 16 bits for each head.
type packed struct {
	even, odd uint64 // heads 0, 2, 4, 6 and 1, 3, 5, 7, the first one lowest
	n         int    // rows, each of which brings the bias
}

// pack adds the rows of at most maxLane buckets up.
func (r rows) pack(buckets []uint32) packed {
	p := packed{n: len(buckets)}
	for _, b := range buckets {
		row := r[b]
		p.even += row & evenLane
		p.odd += row >> 8 & evenLane
	}
	return p
}

// sum adds the weights of the buckets for each head.
func (r rows) sum(buckets []uint32, into *[MaxHeads]int32) {
	for len(buckets) > 0 {
		n := min(len(buckets), maxLane)
		p := r.pack(buckets[:n])
		p.unpack(into)
		buckets = buckets[n:]
	}
}

// fits says that p has room for more.
func (p *packed) fits(more *packed) bool { return p.n+more.n <= maxLane }

// add adds what fits.
func (p *packed) add(more *packed) {
	p.even += more.even
	p.odd += more.odd
	p.n += more.n
}

// unpack adds the sum to that of each head.
func (p *packed) unpack(into *[MaxHeads]int32) {
	for k := 0; k < MaxHeads; k += 2 {
		into[k] += int32(p.even>>(8*k)&0xffff) - int32(bias*p.n)
		into[k+1] += int32(p.odd>>(8*k)&0xffff) - int32(bias*p.n)
	}
}
