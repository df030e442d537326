package index

import (
	"github.com/blevesearch/go-porterstemmer"
)

// stemMark begins the index terms that are stems, so that they cannot be taken for words.
const stemMark = "\x01"

// A stemmer remembers what it has stemmed: a batch repeats a few thousand words all the time. It is
// not safe for concurrent use.
type stemmer struct{ known map[string]string }

const maxStems = 1 << 16 // words remembered before starting over

// stem is the English stem of a folded word, the word itself when it has none. Only plain words
// have one: identifiers, numbers and other alphabets never do.
func (s *stemmer) stem(word string) string {
	if len(word) < 3 || len(word) > 30 {
		return word
	}
	for i := range len(word) {
		if c := word[i]; c < 'a' || c > 'z' {
			return word
		}
	}
	return string(porterstemmer.StemWithoutLowerCasing([]rune(word)))
}

// twin is the index term for the stem of a word, "" when the word is its own stem.
func (s *stemmer) twin(word string) string {
	if t, ok := s.known[word]; ok {
		return t
	}
	t := ""
	if stem := s.stem(word); stem != word {
		t = stemMark + stem
	}
	if s.known == nil || len(s.known) >= maxStems {
		s.known = make(map[string]string, 1024)
	}
	// The word is part of a mail's text, which the memory must not keep alive.
	s.known[clone(word)] = t
	return t
}

func clone(s string) string { return string([]byte(s)) }
