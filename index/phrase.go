package index

import (
	"context"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// inSubject is words one after the other in the subject, by their positions.
type inSubject struct{ words []string }

func (inSubject) cost() int { return costRange }

func (c inSubject) match(ctx context.Context, v *view, within *roaring.Bitmap) (*roaring.Bitmap, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for _, w := range c.words {
		bm, err := v.term(fSubject, w)
		if err != nil {
			return nil, err
		}
		within = roaring.And(within, bm)
	}
	// Where the phrase can still begin, word by word.
	begins := map[uint32][]int{}
	for k, w := range c.words {
		err := v.positions(fSubject, w, within, func(n uint32, pos []int) {
			if k == 0 {
				begins[n] = slices.Clone(pos)
				return
			}
			begins[n] = slices.DeleteFunc(begins[n], func(b int) bool { return !slices.Contains(pos, b+k) })
		})
		if err != nil {
			return nil, err
		}
	}
	out := roaring.New()
	for n, b := range begins {
		if len(b) > 0 {
			out.Add(n)
		}
	}
	return out, nil
}

// inText is words one after the other in the body. The index says which mails hold all of them; the
// stored text says whether they stand together.
type inText struct {
	words  []string
	prefix bool // the last one is only the beginning of a word
	bits   int
	unzip  *unpacker
}

func (inText) cost() int { return costText }

// mailsPerPart is how many mails to look into are worth a goroutine.
const mailsPerPart = 32

func (c inText) match(ctx context.Context, v *view, within *roaring.Bitmap) (*roaring.Bitmap, error) {
	whole := c.words
	if c.prefix {
		whole = whole[:len(whole)-1]
	}
	for _, w := range whole {
		bm, err := v.where(fBody, w, c.bits, within)
		if err != nil {
			return nil, err
		}
		if within = roaring.And(within, bm); within.IsEmpty() {
			return within, nil
		}
	}
	for n := minNeighbours; n <= maxNeighbours; n++ {
		for i := range len(whole) - n + 1 {
			term := neighbourTerm(whole[i : i+n])
			if term == "" {
				continue
			}
			bm, err := v.term(fPairs, term)
			if err != nil {
				return nil, err
			}
			within = roaring.And(within, bm)
			if n == len(c.words) && c.bits == everywhere {
				return within, nil // the term is the phrase
			}
		}
	}
	candidates := within.ToArray()
	found := make([]bool, len(candidates))
	err := sideBySide(ctx, len(candidates), mailsPerPart, func() func(i int) error {
		var buf, folded []byte
		return func(i int) error {
			return v.blob(candidates[i], func(blob []byte) error {
				m, grown, err := c.unzip.message(blob, buf)
				buf = grown
				if err == nil {
					found[i], folded = c.in(&m, folded)
				}
				return err
			})
		}
	})
	out := roaring.New()
	for i, n := range candidates {
		if found[i] {
			out.Add(n)
		}
	}
	return out, err
}

// in looks into a mail; buf is for the folded text, given back grown for the next one.
func (c inText) in(m *message, buf []byte) (ok bool, grown []byte) {
	for run := range stretches(m.text, m.parts) {
		if run.bits&c.bits == 0 {
			continue
		}
		buf = appendFold(buf[:0], run.text)
		if holdsPhrase(inPlace(buf), c.words, c.prefix) {
			return true, buf
		}
	}
	return false, buf
}
