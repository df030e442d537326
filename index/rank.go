package index

import (
	"math"

	"github.com/RoaringBitmap/roaring/v2"

	"rustle/index/query"
)

// Ranking is BM25 over two fields, with fixed averages so that a score does not change when other
// mail comes in: words of the author's own text, their number against its length, and words of the
// subject. Quoted text, patches, names and numbers decide only whether a mail is found.
const (
	rankSaturation = 1.2  // how soon repeating a word stops to help
	rankLength     = 0.5  // how much a long text counts against it, 0 to 1
	rankMeanLength = 128  // words of own text in a mail
	rankSubject    = 7    // a word of the subject counts as so many in the text
	rankNoise      = 0.25 // the same for Re: and [PATCH ...]
)

// ranker scores messages against the words of a query that ask for text.
type ranker struct{ words []rankWord }

// rankWord is one word of the query: its index terms, stems among them.
type rankWord struct {
	terms   []string
	body    bool
	subject bool
	idf     float64
}

// Ranked says whether a query has words to rank by. ByRank is ByDate otherwise: the scores of tags are in the records
// alone, and to read those of all matches would take seconds.
func Ranked(n query.Node) bool {
	for t := range query.Terms(n) {
		if subject, body := ranks(t); subject || body {
			return true
		}
	}
	return false
}

// ranks says whether the words of a term count where they stand in the subject, and in the text.
func ranks(t query.Term) (subject, body bool) {
	if t.Form != query.Word && t.Form != query.Phrase {
		return false, false
	}
	switch t.Field {
	case query.Any, query.BodySubject:
		return true, true
	case query.Subject:
		return true, false
	case query.Body, query.Own:
		return false, true
	default:
		return false, false
	}
}

func (r *Reader) newRanker(n query.Node) *ranker {
	out := &ranker{}
	docs, _ := r.counts()
	for t := range query.Terms(n) {
		subject, body := ranks(t)
		if !subject && !body {
			continue
		}
		for _, w := range words(t.Text) {
			word, prose := forms(t, w)
			rw := rankWord{terms: append(prose, word), body: body, subject: subject}
			df := r.frequency(rw)
			rw.idf = math.Log1p((float64(docs) - df + 0.5) / (df + 0.5))
			out.words = append(out.words, rw)
		}
	}
	return out
}

// frequency is in how many messages a word stands, about.
func (r *Reader) frequency(w rankWord) float64 {
	most := 0.0
	for _, term := range w.terms {
		n := 0.0
		for _, v := range r.views {
			for _, f := range []string{fBody, fSubject} {
				if bm, err := v.term(f, term); err == nil {
					n += float64(bm.GetCardinality())
				}
			}
		}
		most = max(most, n)
	}
	docs, _ := r.counts()
	return min(most, float64(docs))
}

// score sets the weight of the matches of a segment, given in the order of the bitmap, with the
// lengths of their own text as powers of two.
func (k *ranker) score(v *view, found *roaring.Bitmap, list []candidate, lengths []byte) error {
	at := make([]int32, v.seg.Count())
	for i, c := range list {
		at[c.n] = int32(i)
	}
	tf := make([]float64, len(list))
	for _, w := range k.words {
		clear(tf)
		for _, term := range w.terms {
			if w.body {
				err := v.frequencies(fBody, term, found, func(n uint32, freq int) {
					i := at[n]
					length := float64(uint(1)<<lengths[i]) * 0.75 // the middle of the power of two
					tf[i] += float64(freq&inOwn) / (1 - rankLength + rankLength*length/rankMeanLength)
				})
				if err != nil {
					return err
				}
			}
			if w.subject {
				err := v.frequencies(fSubject, term, found, func(n uint32, freq int) {
					add := rankNoise
					if freq == titleWord {
						add = rankSubject
					}
					tf[at[n]] += add
				})
				if err != nil {
					return err
				}
			}
		}
		for i, f := range tf {
			list[i].weight += w.idf * f / (f + rankSaturation)
		}
	}
	for i := range list { // sums in another order must not change the order of results
		list[i].weight = math.Round(list[i].weight*1e4) / 1e4
	}
	return nil
}
