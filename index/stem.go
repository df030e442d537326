package index

import (
	"github.com/blevesearch/go-porterstemmer"
)

// stemMark begins the index terms that are stems, so that they cannot be taken for words.
const stemMark = "\x01"

// stemOf is the English stem of a folded word, the word itself when it has none. Only plain words
// have one: identifiers, numbers and other alphabets never do.
func stemOf(word string) string {
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

// twinOf is the index term for the stem of a word, "" when the word is its own stem.
func twinOf(word string) string {
	if stem := stemOf(word); stem != word {
		return stemMark + stem
	}
	return ""
}

func clone(s string) string { return string([]byte(s)) }
