package topic

import (
	"slices"
	"strings"
)

// sighting gathers what speaks for one entity.
type sighting struct {
	entity int
	names  []seen // certain names
	clues  []seen // names that need company
	places []Hit  // files, areas and lists
	near   bool   // company for the clues
}

// seen is a name in a sentence; -1 is the title.
type seen struct {
	sentence int
	pattern  int32
}

// Weights of the reasons for an entity; a mail is about it from entityThreshold on.
const (
	entityThreshold  = 0.5
	entityTitleScore = 0.9  // named in the title
	entityPathScore  = 1.0  // its files are touched
	entityPathBase   = 0.25 // when a small part of the files is; a tree-wide patch is not about each of them
	entityAreaScore  = 1.0  // its prefix stands in the subject
	entityListScore  = 0.3  // its list is addressed
	entityFromScore  = 0.2  // one of its people writes or is addressed
	entityNameScore  = 0.5  // named once in the text
	entityMoreScore  = 0.1  // each further sentence
)

// sight returns the sighting of an entity; the pointer is good until the next call.
func (rd *Reading) sight(entity int) *sighting {
	for i := range rd.entities {
		if rd.entities[i].entity == entity {
			return &rd.entities[i]
		}
	}
	rd.entities = append(rd.entities, sighting{entity: entity})
	return &rd.entities[len(rd.entities)-1]
}

func (s *sighting) see(kind patternKind, sentence int, pattern int32) {
	switch {
	case kind == entityNear:
		s.near = true
	case kind == entityClue && len(s.clues) < maxHits:
		s.clues = append(s.clues, seen{sentence, pattern})
	case kind == entityName && len(s.names) < maxHits:
		s.names = append(s.names, seen{sentence, pattern})
	}
}

func (rd *Reading) readEntityPlaces(area string) {
	m := rd.mail
	add := func(entity int, source, by string, w float64) {
		s := rd.sight(entity)
		s.places = append(s.places, Hit{-1, source + " " + rd.rules.entities[entity].ID + ": " + by, w})
		s.near = true
	}
	seen := rd.placed(area)
	for i := range rd.rules.entityPlaces {
		if !seen[i] {
			continue
		}
		where := &rd.rules.entityPlaces[i]
		if n, by := share(where.paths, m.Files); n > 0 {
			add(i, "path", by, min(entityPathScore, entityPathBase+n))
		}
		if area != "" {
			if by, ok := firstMatch(where.areas, area); ok {
				add(i, "area", by, entityAreaScore)
			}
		}
		for _, on := range [...]struct {
			source string
			places []place
			among  []string
			score  float64
		}{{"list", where.lists, m.Recipients, entityListScore}, {"people", where.people, m.Recipients, entityFromScore}, {"people", where.people, []string{m.From}, entityFromScore}} {
			if len(on.places) == 0 {
				continue
			}
			for _, a := range on.among {
				if by, ok := firstMatch(on.places, a); ok {
					add(i, on.source, by, on.score)
					break
				}
			}
		}
	}
}

// placed tells which entities have a place that fits something of the mail.
func (rd *Reading) placed(area string) []bool {
	m, r := rd.mail, rd.rules
	seen := make([]bool, len(r.entityPlaces))
	for _, f := range m.Files {
		r.entityPaths.mark(seen, f)
	}
	if area != "" {
		r.entityAreas.mark(seen, area)
	}
	for _, a := range m.Recipients {
		r.entityPeople.mark(seen, a)
	}
	r.entityPeople.mark(seen, m.From)
	return seen
}

// Entities returns the systems the mail is about, the surest first. Entities that exist without Rust
// too (GPIO, NVMe, ...) are named only in a mail that has to do with Rust.
func (rd *Reading) Entities() []Verdict {
	rust := rd.level.Level == About
	var out []Verdict
	for i := range rd.entities {
		s := &rd.entities[i]
		src := &rd.rules.src.Entities[s.entity]
		if src.Rust && !rust {
			continue
		}
		v := Verdict{Label: src.ID, Hits: slices.Clone(s.places)}
		for _, h := range s.places {
			v.Score = max(v.Score, h.Weight)
		}
		names := s.names
		if s.near || len(names) > 0 {
			names = slices.Concat(names, s.clues)
		}
		for n, k := range names {
			h := Hit{k.sentence, "name " + src.ID + ": " + rd.rules.patterns[k.pattern].expr, entityNameScore}
			switch {
			case k.sentence < 0:
				h.Weight = entityTitleScore
			case n > 0:
				h.Weight = entityMoreScore
			}
			v.Score += h.Weight
			v.Hits = append(v.Hits, h)
		}
		v.Score = min(v.Score, 1)
		if v.Score < entityThreshold {
			continue
		}
		slices.SortStableFunc(v.Hits, func(a, b Hit) int {
			switch {
			case a.Weight > b.Weight:
				return -1
			case a.Weight < b.Weight:
				return 1
			}
			return 0
		})
		v.Hits = joined(v.Hits)
		v.Hits = v.Hits[:min(len(v.Hits), maxHits)]
		out = append(out, v)
	}
	slices.SortStableFunc(out, func(a, b Verdict) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return strings.Compare(a.Label, b.Label)
	})
	return out
}
