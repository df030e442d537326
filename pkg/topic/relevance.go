package topic

import (
	"strconv"
	"strings"
)

// Level says how much a mail has to do with Rust.
type Level uint8

// Levels of relevance.
const (
	Absent Level = iota // nothing but chance letters
	Aside               // Rust is mentioned in passing, or only a list or file says so
	About               // the mail belongs to a discussion about Rust in the kernel, or is a Rust change
)

func (l Level) String() string {
	switch l {
	case Aside:
		return "aside"
	case About:
		return "about"
	default:
		return "none"
	}
}

// Relevance is how much a mail has to do with Rust, and why.
type Relevance struct {
	Level Level
	Score float64 // 0..1
	Hits  []Hit
}

// aboutScore is the score from which on a mail or thread is About.
const aboutScore = 0.5

// rustCount gathers what relevance is judged by.
type rustCount struct {
	names, words, weak     int  // sentences that hold such
	early                  bool // one of them is among the first
	nameHits               []Hit
	titleBy, threadBy      string
	quoted                 int // matches in quoted text
	files, rustFiles       int
	fileBy, areaBy, listBy string
}

// sentence counts the Rust words of one sentence, less those that a trap explains.
func (c *rustCount) sentence(rd *Reading, i int, ms []match) {
	traps := rd.traps(ms)
	name, word, weak := "", "", ""
	for _, m := range ms {
		p := &rd.rules.patterns[m.pattern]
		if p.kind < rustName || p.kind > rustWeak || within(traps, m.first) || within(traps, m.last) {
			continue
		}
		switch p.kind {
		case rustName:
			name = p.expr
		case rustWord:
			word = p.expr
		default:
			weak = p.expr
		}
	}
	if name+word != "" && i < earlySentences {
		c.early = true
	}
	switch {
	case name != "":
		c.names++
		c.hit(i, "name: "+name, 1)
	case word != "":
		c.words++
		c.hit(i, "word: "+word, 0.5)
	case weak != "":
		c.weak++
		c.hit(i, "weak: "+weak, 0.2)
	}
}

// earlySentences is where a cover letter says what it is for.
const earlySentences = 6

func (c *rustCount) hit(i int, rule string, w float64) {
	if len(c.nameHits) < maxHits {
		c.nameHits = append(c.nameHits, Hit{i, "relevance " + rule, w})
	}
}

func (c *rustCount) title(own bool, expr string) {
	if own {
		c.titleBy = expr
	} else {
		c.threadBy = expr
	}
}

func (c *rustCount) places(rd *Reading, area string) {
	m, src := rd.mail, &rd.rules.rustPlaces
	c.files = len(m.Files)
	for _, f := range m.Files {
		if by, ok := firstMatch(src.paths, f); ok {
			c.rustFiles++
			if c.fileBy == "" {
				c.fileBy = by
			}
		}
	}
	if area != "" {
		c.areaBy, _ = firstMatch(src.areas, area)
	}
	for _, p := range m.Prefixes {
		if c.areaBy == "" {
			c.areaBy, _ = firstMatch(src.areas, strings.ToLower(p))
		}
	}
	for _, a := range m.Recipients {
		if by, ok := firstMatch(src.lists, a); ok {
			c.listBy = by
			break
		}
	}
}

// Relevance judges the mail by itself. The hits belong to the reading.
func (rd *Reading) Relevance() Relevance { return rd.level }

// judge makes the relevance of what was counted. The hard rules come first: the subject says Rust, the files
// touched are mostly Rust, the Rust list is addressed and the text speaks of Rust. Then the words.
func (rd *Reading) judge() Relevance {
	c := &rd.rust
	var hits []Hit
	score := 0.0
	add := func(rule string, w float64) {
		hits = append(hits, Hit{-1, rule, w})
		score = max(score, w)
	}
	if c.areaBy != "" {
		add("relevance area: "+c.areaBy, 1)
	}
	if c.titleBy != "" {
		add("relevance title: "+c.titleBy, 1)
	}
	if c.rustFiles > 0 {
		part := float64(c.rustFiles) / float64(c.files)
		w := 0.4
		if part >= 0.5 || part >= 0.2 && c.listBy != "" {
			w = 1
		}
		add("relevance path: "+c.fileBy+" ("+strconv.Itoa(c.rustFiles)+" of "+strconv.Itoa(c.files)+")", w)
	}
	speaks := c.names*2 + c.words
	n := len(rd.mail.Sentences)
	if c.listBy != "" {
		// A patch that goes to the Rust list among others is about Rust when it says so at once or often.
		w := 0.3
		switch {
		case speaks > 0 && (!rd.mail.Patch || c.early || speaks*6 >= n):
			w = 0.8
		case speaks > 0:
			w = 0.4
		}
		add("relevance list: "+c.listBy, w)
	}
	if c.threadBy != "" {
		w := 0.6
		if speaks > 0 {
			w = 0.9
		}
		add("relevance thread-title: "+c.threadBy, w)
	}
	switch {
	case speaks >= 4 && speaks*5 >= n:
		score = max(score, 0.7)
	case c.names+c.words >= 2 && speaks*4 >= n, c.names > 0 && n <= 2:
		score = max(score, 0.55)
	case speaks > 0:
		score = max(score, 0.3)
	case c.quoted > 0:
		add("relevance quoted: "+strconv.Itoa(c.quoted)+" times", 0.2)
	case c.weak >= 3:
		score = max(score, 0.15)
	}
	hits = append(hits, c.nameHits...)
	level := Absent
	switch {
	case score >= aboutScore:
		level = About
	case score > 0:
		level = Aside
	}
	return Relevance{Level: level, Score: score, Hits: hits}
}

// ThreadRelevance judges a thread by its messages, the root first. A thread is about Rust when its
// root is by hard rules, or when a good part of its messages are; Rust as one item of a long list, or
// in one branch of many, is an aside.
func ThreadRelevance(messages []Relevance) Relevance {
	if len(messages) == 0 {
		return Relevance{}
	}
	about, some := 0, 0
	for _, m := range messages {
		switch m.Level {
		case About:
			about++
			some++
		case Aside:
			some++
		default:
		}
	}
	root := messages[0]
	share := float64(about) / float64(len(messages))
	rule := "relevance share: " + strconv.Itoa(about) + " of " + strconv.Itoa(len(messages))
	score := 0.0
	switch {
	case root.Score >= 0.9 && share >= 0.1:
		score = 0.9
	case root.Score >= 0.75 && share >= 0.13:
		score = 0.7
	case len(messages) == 1:
		score = root.Score
	case share >= 0.4:
		score = 0.5 + share/2
	case share > 0:
		score = min(0.45, 0.1+share)
	case some > 0:
		score = 0.1
	}
	out := Relevance{Score: score, Hits: append([]Hit{{-1, rule, share}}, root.Hits...)}
	switch {
	case score >= aboutScore:
		out.Level = About
	case score > 0:
		out.Level = Aside
	}
	return out
}
