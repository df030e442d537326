package export

import (
	"slices"

	"rustle/pkg/analysis"
)

// Message returns the record with an empty list for every absent one, so that its JSON holds [] and never null.
// The lists that are there are shared with r, not copied; tags are.
func Message(r analysis.Record) analysis.Record {
	full(&r.To)
	full(&r.Cc)
	full(&r.Lists)
	full(&r.Sources)
	full(&r.References)
	full(&r.InReplyTo)
	full(&r.Trailers)
	full(&r.Files)
	full(&r.Defects)
	r.Topics = tags(r.Topics)
	r.Entities = tags(r.Entities)
	return r
}

// Thread does for a summary what [Message] does for a record; absent maps become empty too.
func Thread(s analysis.ThreadSummary) analysis.ThreadSummary {
	full(&s.Lists)
	full(&s.Participants)
	full(&s.Topics)
	full(&s.Entities)
	full(&s.Series)
	full(&s.Evidence)
	full(&s.Branches)
	s.Branches = slices.Clone(s.Branches)
	for i := range s.Branches {
		full(&s.Branches[i].Topics)
		full(&s.Branches[i].Evidence)
	}
	for _, m := range []*map[string]int{&s.Stances, &s.Unsure, &s.Signals, &s.Roles} {
		if *m == nil {
			*m = map[string]int{}
		}
	}
	return s
}

func full[T any](s *[]T) {
	if *s == nil {
		*s = []T{}
	}
}

func tags(in []analysis.Tag) []analysis.Tag {
	out := make([]analysis.Tag, len(in))
	for i, t := range in {
		full(&t.Evidence)
		out[i] = t
	}
	return out
}
