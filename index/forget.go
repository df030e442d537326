package index

import (
	segment "github.com/blevesearch/scorch_segment_api/v2"
	zap "github.com/blevesearch/zapx/v17"
)

// forgetAfter is after how many stored documents a Reader gives mapped memory back. No query shows so many.
const forgetAfter = 256

// forgetSegment gives back what is mapped of a segment. Every page of a file that was looked at once, and those around
// it, stay with the process until the file is closed: in the end the index as a whole.
func forgetSegment(s segment.Segment) {
	if onDisk, ok := s.(*zap.Segment); ok {
		forget(onDisk.Data())
	}
}

// Forget gives back the memory that r took to look at its files. A Reader that is kept while others work needs it; it
// answers as before, and somewhat slower the first time. A Reader of many mails does so now and then by itself.
func (r *Reader) Forget() {
	r.read = 0
	for _, v := range r.views {
		forgetSegment(v.seg)
	}
}

// tire counts a stored document that is read.
func (r *Reader) tire() {
	if r.read++; r.read == forgetAfter {
		r.Forget()
	}
}

// forget gives back what is mapped of the segments of a store.
func (s *store) forget() {
	snap, err := s.snapshot()
	if err != nil {
		return // the next write says so
	}
	for _, seg := range snap.Segments() {
		forgetSegment(seg.Segment())
	}
	_ = snap.Close()
}
