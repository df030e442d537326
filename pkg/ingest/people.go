package ingest

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"maps"
	"slices"
	"strconv"
	"strings"

	"rustle/index"
	"rustle/index/query"
	"rustle/pkg/analysis"
	"rustle/pkg/people"
)

// Who is who depends on all mail: an address under two names joins them, one under many names joins nobody. So the
// index keeps which names and addresses stand in the From of its mail, and each increment looks again at the threads
// of those people who turn out to be somebody else.

// A speaker is a name and address in the From of mail.
type speaker struct {
	Name  string `json:"n,omitempty"`
	Addr  string `json:"a,omitempty"`
	Mails int    `json:"c"`
	Mark  uint64 `json:"m"` // of people.Directory.Resolve, when the records of his mail were written
}

func (s *speaker) key() analysis.Person { return analysis.Person{Name: s.Name, Addr: s.Addr} }

// The speakers lie in parts by their address, so that an increment writes few of them anew.
const (
	speakersPrefix = "people:"
	speakerParts   = 256
)

// speakersKey is where part n lies.
func speakersKey(n int) string { return speakersPrefix + strconv.FormatInt(int64(n), 16) }

// partOf is the part in which an address stands.
func partOf(addr string) int {
	return int(crc32.ChecksumIEEE([]byte(strings.ToLower(addr))) % speakerParts)
}

// speakers are those of the published mail. An index made before they were kept is read through.
func speakers(ctx context.Context, r *index.Reader) (map[analysis.Person]*speaker, error) {
	out := map[analysis.Person]*speaker{}
	for n := range speakerParts {
		key := speakersKey(n)
		text, err := r.Internal(key)
		if err != nil {
			return nil, err
		}
		if text == nil {
			continue
		}
		var part []*speaker
		if err := json.Unmarshal(text, &part); err != nil {
			return nil, fmt.Errorf("%w: %s: %w", index.ErrCorrupt, key, err)
		}
		for _, s := range part {
			out[s.key()] = s
		}
	}
	if len(out) > 0 {
		return out, nil
	}
	for rec, err := range r.All(ctx, query.All{}) {
		if err != nil {
			return nil, err
		}
		count(out, rec.From, 1)
	}
	return out, nil
}

func count(all map[analysis.Person]*speaker, from analysis.Person, mails int) {
	s := all[from]
	if s == nil {
		s = &speaker{Name: from.Name, Addr: from.Addr}
		all[from] = s
	}
	s.Mails += mails
}

func observations(all map[analysis.Person]*speaker) []people.Observation {
	seen := make([]people.Observation, 0, len(all))
	for _, s := range all {
		seen = append(seen, people.Observation{Name: s.Name, Addr: s.Addr, Count: s.Mails})
	}
	return seen
}

// People says who is who in an index, by the files behind a and the mail of the index.
func People(ctx context.Context, r *index.Reader, a *analysis.Analyzer) (*people.Directory, error) {
	all, err := speakers(ctx, r)
	if err != nil {
		return nil, err
	}
	return a.Knowing(observations(all)).People(), nil
}

// identify makes the analyzer of an increment, who knows the people of all mail with those of the changes, and adds
// to the changes the threads of known mail that is by somebody else now.
func (r *run) identify(ctx context.Context, c *changes) error {
	all, err := speakers(ctx, r.base)
	if err != nil {
		return err
	}
	for _, it := range c.fresh {
		count(all, analysis.Person{Name: it.header.From.Name, Addr: it.header.From.Addr}, 1)
	}
	for k, from := range c.lost {
		if c.gone[k] {
			count(all, from, -1)
		}
	}
	moved := r.resolve(all)
	found, err := r.base.ThreadsFrom(ctx, moved)
	c.touched = append(c.touched, found...)
	return err
}

// resolve makes the analyzer who knows these speakers. It notes what is to be written of them, and returns those who
// are not who they were when their mail was written.
func (r *run) resolve(all map[analysis.Person]*speaker) (moved []analysis.Person) {
	maps.DeleteFunc(all, func(_ analysis.Person, s *speaker) bool { return s.Mails <= 0 })
	r.analyzer = r.options.Analyzer.Knowing(observations(all))
	r.speakers = map[string][]*speaker{}
	for n := range speakerParts {
		r.speakers[speakersKey(n)] = nil
	}
	for _, s := range all {
		if _, mark := r.analyzer.People().Resolve(s.Name, s.Addr); mark != s.Mark {
			moved = append(moved, s.key())
			s.Mark = mark
		}
		key := speakersKey(partOf(s.Addr))
		r.speakers[key] = append(r.speakers[key], s)
	}
	for _, part := range r.speakers {
		slices.SortFunc(part, func(a, b *speaker) int {
			return strings.Compare(a.Addr+"\x00"+a.Name, b.Addr+"\x00"+b.Name)
		})
	}
	return moved
}

// speakersText are the parts that differ from what is published.
func (r *run) speakersText() (map[string][]byte, error) {
	out := map[string][]byte{}
	for key, part := range r.speakers {
		before, err := r.base.Internal(key)
		if err != nil {
			return nil, err
		}
		var text []byte // nil deletes
		if len(part) > 0 {
			if text, err = json.Marshal(part); err != nil {
				return nil, fmt.Errorf("%s: %w", key, err)
			}
		}
		if string(before) != string(text) {
			out[key] = text
		}
	}
	return out, nil
}
