package topic

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed data/*.toml
var embedded embed.FS

// Polarity says which side usually puts an argument forward.
type Polarity string

// Polarities of a topic.
const (
	Pro     Polarity = "pro"  // for Rust in the kernel
	Con     Polarity = "con"  // against it, or as a condition
	Both    Polarity = "both" // seen on both sides
	Neutral Polarity = "none" // a subject without a side
)

// A Topic is one argument of the taxonomy.
type Topic struct {
	ID         string
	Name       string
	Polarity   Polarity
	Definition string
	Policy     bool // it is about whether and at what price, as against how: such arguments make a debate
	Cues       int  // phrases and places that find it
}

// An Entity is one system the debates are about.
type Entity struct {
	ID   string
	Name string
	Kind string // driver, subsystem, abstraction, infrastructure, tool, project
	Cues int    // names and places that find it
}

type patternKind uint8

const (
	topicCue    patternKind = iota // owner: topic
	topicTitle                     // owner: topic, counts in titles only
	entityName                     // owner: entity
	entityNear                     // owner: entity: makes a doubtful name certain
	entityClue                     // owner: entity: names it only beside a near word
	rustName                       // names Rust for certain
	rustWord                       // the word Rust and its kin
	rustWeak                       // words of the language that other languages know too
	rustTitle                      // in titles
	rustTrap                       // words around "rust" that are not the language
	restatement                    // what follows is somebody else's position
	denial                         // what follows is said not to be the point
	turn                           // ends the reach of the two above
)

// A family of patterns is looked for by itself: mail that has nothing to do with Rust is asked what it speaks of, never what it
// argues.
type family uint8

const (
	rustFamily family = iota
	entityFamily
	argumentFamily // with the frames around arguments
	families
)

func (k patternKind) family() family {
	switch k {
	case entityName, entityNear, entityClue:
		return entityFamily
	case rustName, rustWord, rustWeak, rustTitle, rustTrap:
		return rustFamily
	case topicCue, topicTitle, restatement, denial, turn:
	}
	return argumentFamily
}

// spoken says that such a pattern counts where it is quoted.
func (k patternKind) spoken() bool { return k == rustName || k == rustWord }

// A pattern is one cue with its meaning.
type pattern struct {
	kind   patternKind
	owner  int
	weight float64
	expr   string
}

// Weights of the three strengths of a topic's cues.
const (
	strongWeight = 3.0
	cueWeight    = 1.5
	weakWeight   = 0.6
)

// Rules is a compiled taxonomy with its relevance rules and entities. It is immutable and safe for
// concurrent use.
type Rules struct {
	Catalog
	src                       *fileSource
	patterns                  []pattern
	matchers                  [families]*matcher
	rustAnchors               *anchors // of the names and words that count where they are quoted
	topicPlaces, entityPlaces []places
	rustPlaces                places

	entityPaths, entityAreas, entityPeople placeIndex // the last with their lists

	model model
	scans sync.Pool
}

// Default returns the embedded rules.
func Default() *Rules { return defaultRules() }

var defaultRules = sync.OnceValue(func() *Rules {
	r, err := compile(embeddedSource())
	if err != nil {
		panic("topic: embedded rules: " + err.Error())
	}
	return r
})

// embeddedSource decodes data/*.toml once; nobody changes the result.
var embeddedSource = sync.OnceValue(func() *fileSource {
	all := &fileSource{}
	names, err := embedded.ReadDir("data")
	if err != nil {
		panic("topic: " + err.Error())
	}
	for _, n := range names {
		b, err := embedded.ReadFile("data/" + n.Name())
		if err != nil {
			panic("topic: " + err.Error())
		}
		f, err := decode(string(b))
		if err != nil {
			panic("topic: data/" + n.Name() + ": " + err.Error())
		}
		all = merge(all, f)
	}
	return all
})

// Source returns the embedded rules as one TOML file, comments included: what Load would take.
func Source() string {
	names, err := embedded.ReadDir("data")
	if err != nil {
		panic("topic: " + err.Error())
	}
	var b strings.Builder
	for _, n := range names {
		text, err := embedded.ReadFile("data/" + n.Name())
		if err != nil {
			panic("topic: data/" + n.Name() + ": " + err.Error())
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.Write(text)
	}
	return b.String()
}

// maxRulesBytes bounds a rules file; the embedded ones have about 60 KB each.
const maxRulesBytes = 4 << 20 // 4 MiB

// Load reads rules from TOML. A file that says extends = "default" adds its topics, entities, frames
// and relevance rules to the embedded ones, and replaces topics and entities of the same id; any other
// file stands alone, with the embedded frames and scores where it gives none. The error joins one
// *[Error] per mistake, with line and key.
func Load(r io.Reader) (*Rules, error) {
	f, err := load(r)
	if err != nil {
		return nil, err
	}
	return compile(f)
}

func load(r io.Reader) (*fileSource, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxRulesBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read rules: %w", err)
	}
	if len(b) > maxRulesBytes {
		return nil, &Error{Msg: "larger than " + strconv.Itoa(maxRulesBytes>>20) + " MiB"}
	}
	src := string(b)
	f, err := decode(src)
	if f == nil {
		return nil, err
	}
	mistakes := check(f, src)
	if err := errors.Join(err, errors.Join(mistakes...)); err != nil {
		return nil, err
	}
	base := embeddedSource()
	if f.Extends == "default" {
		f = merge(base, f)
	} else {
		if len(f.Frames) == 0 {
			f.Frames = base.Frames
		}
		score := maps.Clone(base.Score)
		maps.Copy(score, f.Score)
		f.Score = score
	}
	return f, nil
}

// Check returns every mistake in a rules file, in the order of its lines; none when Load would accept it.
func Check(r io.Reader) []*Error {
	_, err := Load(r)
	var out []*Error
	collect(err, &out)
	slices.SortStableFunc(out, func(a, b *Error) int { return cmp.Compare(a.Line, b.Line) })
	return out
}

func collect(err error, out *[]*Error) {
	if err == nil {
		return
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range many.Unwrap() {
			collect(e, out)
		}
		return
	}
	if one, ok := errors.AsType[*Error](err); ok {
		*out = append(*out, one)
		return
	}
	*out = append(*out, &Error{Msg: err.Error()})
}

// merge returns a with b added; topics and entities of b replace those of a with the same id.
func merge(a, b *fileSource) *fileSource {
	out := &fileSource{
		Topics:   replaceByID(a.Topics, b.Topics, func(t topicSource) string { return t.ID }),
		Entities: replaceByID(a.Entities, b.Entities, func(e entitySource) string { return e.ID }),
		Frames:   slices.Concat(a.Frames, b.Frames),
		Relevance: relevanceSource{
			Title: slices.Concat(a.Relevance.Title, b.Relevance.Title),
			Names: slices.Concat(a.Relevance.Names, b.Relevance.Names),
			Words: slices.Concat(a.Relevance.Words, b.Relevance.Words),
			Weak:  slices.Concat(a.Relevance.Weak, b.Relevance.Weak),
			Traps: slices.Concat(a.Relevance.Traps, b.Relevance.Traps),
			Paths: slices.Concat(a.Relevance.Paths, b.Relevance.Paths),
			Areas: slices.Concat(a.Relevance.Areas, b.Relevance.Areas),
			Lists: slices.Concat(a.Relevance.Lists, b.Relevance.Lists),
		},
		Score: map[string]float64{},
	}
	maps.Copy(out.Score, a.Score)
	maps.Copy(out.Score, b.Score)
	return out
}

func replaceByID[T any](a, b []T, id func(T) string) []T {
	out := slices.Clone(a)
	for _, x := range b {
		i := slices.IndexFunc(out, func(y T) bool { return id(y) == id(x) })
		if i >= 0 {
			out[i] = x
		} else {
			out = append(out, x)
		}
	}
	return out
}

// cueList is one list of cues in a source, with what its patterns mean.
type cueList struct {
	key    string // dotted, for errors
	anchor string // id of the table it stands in
	cues   []string
	kind   patternKind
	owner  int
	weight float64
}

func (f *fileSource) cueLists() []cueList {
	var out []cueList
	for i, t := range f.Topics {
		at := "topic." + t.ID + "."
		out = append(out,
			cueList{at + "strong", t.ID, t.Strong, topicCue, i, strongWeight},
			cueList{at + "cues", t.ID, t.Cues, topicCue, i, cueWeight},
			cueList{at + "weak", t.ID, t.Weak, topicCue, i, weakWeight},
			cueList{at + "title", t.ID, t.Title, topicTitle, i, strongWeight})
	}
	for i, e := range f.Entities {
		at := "entity." + e.ID + "."
		out = append(out,
			cueList{at + "names", e.ID, e.Names, entityName, i, 1},
			cueList{at + "clues", e.ID, e.Clues, entityClue, i, 1},
			cueList{at + "near", e.ID, e.Near, entityNear, i, 1})
	}
	for _, fr := range f.Frames {
		kind := turn
		switch fr.Kind {
		case "restatement":
			kind = restatement
		case "denial":
			kind = denial
		}
		out = append(out, cueList{"frame." + fr.Kind, fr.Kind, fr.Cues, kind, 0, 0})
	}
	return append(out,
		cueList{"relevance.title", "", f.Relevance.Title, rustTitle, 0, 1},
		cueList{"relevance.names", "", f.Relevance.Names, rustName, 0, 1},
		cueList{"relevance.words", "", f.Relevance.Words, rustWord, 0, 1},
		cueList{"relevance.weak", "", f.Relevance.Weak, rustWeak, 0, 1},
		cueList{"relevance.traps", "", f.Relevance.Traps, rustTrap, 0, 1})
}

func check(f *fileSource, src string) []error {
	var errs []error
	bad := func(line int, key, msg string) { errs = append(errs, &Error{Line: line, Key: key, Msg: msg}) }
	if f.Extends != "" && f.Extends != "default" {
		bad(findString(src, "", f.Extends), "extends", notOneOf(f.Extends, "default"))
	}
	if v := &f.Relevance; f.Extends == "" && len(v.Title)+len(v.Names)+len(v.Words)+len(v.Paths)+len(v.Areas)+len(v.Lists) == 0 {
		bad(0, "relevance", "missing: no mail could ever belong to the debate (or say extends = \"default\")")
	}
	seen := map[string]bool{}
	for _, t := range f.Topics {
		line := findString(src, "", t.ID)
		checkID(bad, seen, line, "topic", t.ID)
		switch Polarity(t.Polarity) {
		case Pro, Con, Both, Neutral:
		case "":
			bad(line, "topic."+t.ID+".polarity", "missing: it is one of pro, con, both, none")
		default:
			bad(findString(src, t.ID, t.Polarity), "topic."+t.ID+".polarity", notOneOf(t.Polarity, "pro", "con", "both", "none"))
		}
		if len(t.Strong)+len(t.Cues)+len(t.Weak)+len(t.Title)+len(t.Paths)+len(t.Areas) == 0 {
			bad(line, "topic."+t.ID, "has no cues, title, paths or areas: it can never be found")
		}
	}
	clear(seen)
	for _, e := range f.Entities {
		line := findString(src, "", e.ID)
		checkID(bad, seen, line, "entity", e.ID)
		if len(e.Names)+len(e.Clues)+len(e.Paths)+len(e.Areas)+len(e.Lists) == 0 {
			bad(line, "entity."+e.ID, "has no names, clues, paths, areas or lists: it can never be found")
		}
		if len(e.Clues) > 0 && len(e.Near) == 0 {
			bad(line, "entity."+e.ID+".clues", "clues need near words beside them")
		}
	}
	for _, fr := range f.Frames {
		switch fr.Kind {
		case "restatement", "denial", "turn":
		default:
			bad(findString(src, "", fr.Kind), "frame.kind", notOneOf(fr.Kind, "restatement", "denial", "turn"))
		}
	}
	for _, l := range f.cueLists() {
		for _, c := range l.cues {
			if _, err := parseCue(c); err != nil {
				bad(findString(src, l.anchor, c), l.key, "cue "+strconv.Quote(c)+": "+err.Error())
			}
		}
	}
	for name := range f.Score {
		if _, ok := modelNames()[name]; !ok {
			bad(findKey(src, []string{"score", name}), "score."+name, "unknown key")
		}
	}
	return errs
}

func checkID(bad func(int, string, string), seen map[string]bool, line int, kind, id string) {
	switch {
	case id == "":
		bad(0, kind+".id", "missing")
	case seen[id]:
		bad(line, kind+"."+id, "given twice")
	case strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "":
		bad(line, kind+"."+id, "an id holds lower-case letters, digits, '-' and '_' only")
	}
	seen[id] = true
}

func compile(f *fileSource) (*Rules, error) {
	r := &Rules{Catalog: *newCatalog(f), src: f}
	for _, t := range f.Topics {
		r.topicPlaces = append(r.topicPlaces, places{paths: newPlaces(t.Paths), areas: newPlaces(t.Areas)})
	}
	for _, e := range f.Entities {
		r.entityPlaces = append(r.entityPlaces, places{newPlaces(e.Paths), newPlaces(e.Areas), newPlaces(e.Lists), newPlaces(e.People)})
	}
	for i := range r.entityPlaces {
		where := &r.entityPlaces[i]
		r.entityPaths.add(i, where.paths)
		r.entityAreas.add(i, where.areas)
		r.entityPeople.add(i, where.lists)
		r.entityPeople.add(i, where.people)
	}
	lists := f.cueLists()
	size := 0
	for _, l := range lists {
		size += len(l.cues)
	}
	var cues [families][][][]element // of each family, by pattern
	for i := range cues {
		cues[i] = make([][][]element, size)
	}
	for _, l := range lists {
		for _, c := range l.cues {
			seqs, err := parseCue(c)
			if err != nil {
				return nil, &Error{Key: l.key, Msg: "cue " + strconv.Quote(c) + ": " + err.Error()}
			}
			cues[l.kind.family()][len(r.patterns)] = seqs
			r.patterns = append(r.patterns, pattern{l.kind, l.owner, l.weight, c})
		}
	}
	v := &f.Relevance
	r.rustPlaces = places{paths: newPlaces(v.Paths), areas: newPlaces(v.Areas), lists: newPlaces(v.Lists)}
	for i := range cues {
		r.matchers[i] = newMatcher(cues[i])
	}
	var spoken [][][]element
	for i, p := range r.patterns {
		if p.kind.spoken() {
			spoken = append(spoken, cues[rustFamily][i])
		}
	}
	r.rustAnchors = newAnchors(spoken)
	r.model = newModel(f.Score)
	r.scans.New = func() any { return newScan(&r.matchers) }
	return r, nil
}

// codeVersion is raised when the code, not the data, changes results.
const codeVersion = 2

// Fingerprint changes when rules change that can change a result.
func (r *Rules) Fingerprint() string {
	h := fnv.New64a()
	// Maps print in the order of their keys, so equal rules give equal bytes.
	_, _ = h.Write(fmt.Appendf(nil, "%d %v", codeVersion, *r.src))
	return strconv.FormatUint(h.Sum64(), 16)
}
