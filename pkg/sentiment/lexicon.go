package sentiment

import (
	_ "embed"
	"fmt"
	"math"
	"strings"

	"rustle/pkg/linear"
)

//go:embed data/lexicon.txt
var lexiconText string

// A Lexicon holds groups of phrases and turns a sentence into dense features: how often each group
// occurs, and marks such as "!" or a smiley. It implements linear.Densifier; read-only and safe for
// concurrent use.
type Lexicon struct {
	Groups  []string // names, in the order of the features
	phrases *linear.Lexicon
	at      groupIndex
	marks   markHashes
}

type groupIndex struct{ thanks, praise, displeasure, negation, assent, technical, harsh int }

type markHashes struct{ bang, bangs, query, dots, smile, wink, sad uint64 }

// The features after the groups, in order.
const (
	featBang    = iota // !
	featBangs          // !! ?! ???
	featQuery          // ?
	featDots           // ...
	featSmile          // :-)
	featWink           // ;-)
	featSad            // :-(
	featCaps           // words in capitals that are no abbreviation of the field
	featNegated        // praise or assent within three words after a negation
	featLength         // logarithm of the number of tokens
	featShort          // six words or fewer
	featCode           // share of code, paths, numbers
	featStress         // *stressed* words
	featCount
)

// ParseLexicon reads groups of phrases: "[name]" begins a group, each other line is one pattern in the
// language of linear.Lexicon, "#" begins a comment line. The groups thanks, praise, displeasure,
// negation, assent, technical and harsh must be there: the dense features refer to them.
func ParseLexicon(text string) (*Lexicon, error) {
	l := &Lexicon{}
	var phrases []linear.Phrase
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "# ") || line == "#":
		case strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]"):
			l.Groups = append(l.Groups, line[1:len(line)-1])
		case len(l.Groups) == 0:
			return nil, fmt.Errorf("lexicon: line %d: pattern before the first [group]", n)
		default:
			phrases = append(phrases, linear.Phrase{Pattern: line, ID: len(l.Groups) - 1})
		}
	}
	var err error
	if l.phrases, err = linear.NewLexicon(phrases); err != nil {
		return nil, fmt.Errorf("lexicon: %w", err)
	}
	for name, at := range map[string]*int{
		"thanks": &l.at.thanks, "praise": &l.at.praise, "displeasure": &l.at.displeasure, "negation": &l.at.negation,
		"assent": &l.at.assent, "technical": &l.at.technical, "harsh": &l.at.harsh,
	} {
		if *at = l.group(name); *at < 0 {
			return nil, fmt.Errorf("lexicon: no group [%s]", name)
		}
	}
	l.marks = markHashes{
		bang: linear.PhraseHash("!"), bangs: linear.PhraseHash("!?"), query: linear.PhraseHash("?"), dots: linear.PhraseHash("..."),
		smile: linear.PhraseHash(":)"), wink: linear.PhraseHash(";)"), sad: linear.PhraseHash(":("),
	}
	return l, nil
}

func (l *Lexicon) group(name string) int {
	for i, g := range l.Groups {
		if g == name {
			return i
		}
	}
	return -1
}

// Width returns the number of dense features.
func (l *Lexicon) Width() int { return len(l.Groups) + featCount }

// FeatureNames returns a name for each dense feature.
func (l *Lexicon) FeatureNames() []string {
	names := make([]string, 0, l.Width())
	for _, g := range l.Groups {
		names = append(names, "lexicon-"+g)
	}
	return append(names, "bang", "bangs", "query", "dots", "smile", "wink", "sad", "caps", "negated", "length", "short", "code", "stress")
}

// Densify writes the dense features of s.
func (l *Lexicon) Densify(s *linear.Sentence, into []float32) {
	var room [64]linear.Match
	found := l.phrases.Find(s, room[:0])
	// One phrase of a group per stretch of words: overlapping patterns must not count twice.
	var last [64]int
	for i := range last {
		last[i] = -1
	}
	negated := 0
	for _, m := range found {
		if m.ID >= len(last) || m.First < last[m.ID] {
			continue
		}
		last[m.ID] = m.Last
		if (m.ID == l.at.praise || m.ID == l.at.assent) && l.negatedBefore(found, m.First, m.Last) {
			negated++
			continue
		}
		into[m.ID]++
	}
	for g := range l.Groups {
		into[g] = min(into[g], 3)
	}
	f := into[len(l.Groups):]
	f[featNegated] = float32(min(negated, 2))
	words, code := 0, 0
	for i := range s.Tokens {
		t := &s.Tokens[i]
		switch t.Kind {
		case linear.Mark:
			switch t.Hash {
			case l.marks.bang:
				f[featBang]++
			case l.marks.bangs:
				f[featBangs]++
			case l.marks.query:
				f[featQuery]++
			case l.marks.dots:
				f[featDots]++
			}
		case linear.Emoticon:
			switch t.Hash {
			case l.marks.smile:
				f[featSmile]++
			case l.marks.wink:
				f[featWink]++
			case l.marks.sad:
				f[featSad]++
			}
		case linear.Code, linear.URL, linear.Number:
			code++
			words++
		case linear.Word, linear.Name:
			words++
			if t.Upper && t.End-t.Start >= 4 {
				f[featCaps]++
			}
		}
	}
	for i := range featCaps + 1 {
		f[i] = min(f[i], 3)
	}
	f[featLength] = float32(math.Log1p(float64(words))) / 3
	f[featStress] = float32(min(stressed(s.Text), 3))
	if words <= 6 {
		f[featShort] = 1
	}
	if words > 0 {
		f[featCode] = float32(code) / float32(words)
	}
}

// stressed counts words set between stars, "you *do* know".
func stressed(text string) int {
	n := 0
	for i := 0; i+2 < len(text); i++ {
		if text[i] != '*' || i > 0 && text[i-1] != ' ' && text[i-1] != '(' && text[i-1] != '\n' {
			continue
		}
		j := i + 1
		for j < len(text) && j < i+30 && (text[j] >= 'a' && text[j] <= 'z' || text[j] >= 'A' && text[j] <= 'Z' || text[j] == '\'') {
			j++
		}
		if j > i+1 && j < len(text) && text[j] == '*' {
			n++
			i = j
		}
	}
	return n
}

// negatedBefore says that a negation stands within the three tokens before first, outside the match.
func (l *Lexicon) negatedBefore(found []linear.Match, first, last int) bool {
	for _, m := range found {
		if m.First >= last {
			break
		}
		if m.ID == l.at.negation && m.First < first && m.Last >= first-2 {
			return true
		}
	}
	return false
}

// Plain says that nothing in s speaks of tone: no phrase of praise, thanks, displeasure and the like,
// no exclamation mark. Training takes plain sentences of kernel mail as neutral ones.
func (l *Lexicon) Plain(s *linear.Sentence) bool {
	into := make([]float32, l.Width())
	l.Densify(s, into)
	for g, name := range l.Groups {
		switch name {
		case "hedge", "apology", "technical", "second", "please", "emphatic", "negation", "approval", "rhetorical", "contradiction", "surprise", "refusal", "process":
			continue
		}
		if into[g] > 0 {
			return false
		}
	}
	f := into[len(l.Groups):]
	return f[featBang]+f[featBangs] == 0
}

// DefaultLexicon returns the embedded lexicon.
func DefaultLexicon() (*Lexicon, error) { return ParseLexicon(lexiconText) }
