package index

import (
	"context"
	"path"
	"time"

	"rustle/index/query"
)

// Stats describe an index.
type Stats struct {
	Generation  string    `json:"generation"`
	Schema      int       `json:"schema"`
	Fingerprint string    `json:"fingerprint"`
	Messages    int       `json:"messages"`
	Threads     int       `json:"threads"`
	First       time.Time `json:"first,omitzero"` // day of the oldest and newest mail
	Last        time.Time `json:"last,omitzero"`  //
	Segments    int       `json:"segments"`
	Deleted     int       `json:"deleted"` // documents whose room only compaction gives back
	Bytes       int64     `json:"bytes"`
	Files       []File    `json:"files"`   // by name
	Defects     []Count   `json:"defects"` // messages by what was wrong with the raw mail
}

// File is a file of the published generation.
type File struct {
	Name  string `json:"name"`
	Bytes int64  `json:"bytes"`
}

// Stats counts what is there.
func (r *Reader) Stats(ctx context.Context) (s Stats, err error) {
	defer guard(&err)
	s = Stats{Generation: r.gen, Schema: r.meta.Schema, Fingerprint: r.meta.Fingerprint, Segments: len(r.views)}
	s.Messages, s.Threads = r.counts()
	for _, v := range r.views {
		s.Deleted += int(v.seg.Count())
	}
	s.Deleted -= s.Messages + s.Threads
	for _, name := range r.meta.fileNames() {
		s.Files = append(s.Files, File{path.Base(name), r.meta.Files[name]})
		s.Bytes += r.meta.Files[name]
	}
	days, err := r.Facet(ctx, query.All{}, "day")
	if err != nil {
		return s, err
	}
	if len(days) > 0 {
		// Written by us in this very form.
		s.First, _ = time.Parse(time.DateOnly, days[0].Value)
		s.Last, _ = time.Parse(time.DateOnly, days[len(days)-1].Value)
	}
	s.Defects, err = r.Facet(ctx, query.All{}, "defect")
	return s, err
}
