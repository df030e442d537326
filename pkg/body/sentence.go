package body

import "strings"

// MaxSentences is the most sentences of a mail that are told apart, a megabyte or so of prose; the longest of real
// mail have some thousands. All later stages keep something for each.
const MaxSentences = 20_000

// sentences cuts the prose blocks into sentences.
func (t *Text) sentences() {
	quote := -1
	size := 0
	for _, b := range t.Blocks {
		if b.Kind == Prose {
			size += b.End - b.Start
		}
	}
	t.Sentences = make([]Sentence, 0, min(size/60+1, MaxSentences))
	for i, b := range t.Blocks {
		switch b.Kind {
		case Quote:
			quote = i
		case Prose:
			t.cutProse(b.Own, b.Own+b.End-b.Start, quote)
		case Attribution, Diff, Trailer, Signature, Footer, Greeting, Closing, Log, Code:
		}
	}
	if len(t.Sentences) == 0 {
		t.Sentences = nil
	}
}

// cutProse cuts Own[from:to]. Every line of it that has a letter stands in sentences whole.
//
// Blank lines and list items break. A full stop, question or exclamation mark breaks when white space follows, unless
// the word before is an abbreviation or an initial, or a small letter follows a number ("v2. of"). Versions and file names
// have no white space behind their dots. A line that ends with a colon breaks at its end. All other wrapped lines join.
// What is left without a letter, such as "[1]" behind a full stop, belongs to the sentence before it, or else to the one
// behind it, in the same paragraph.
func (t *Text) cutProse(from, to, quote int) {
	own := t.Own[:to]
	start := from
	before := -1 // the sentence that a piece without letters can belong to
	bare := from // Own[start:bare] is known to have no letter
	emit := func(end int, gap bool) {
		a, b := start, end
		for a < b && isWhite(own[a]) {
			a++
		}
		for b > a && isWhite(own[b-1]) {
			b--
		}
		switch {
		case a == b:
		case !hasLetter(own[max(a, bare):b]) && !isVote(own[a:b]):
			if before >= 0 {
				t.Sentences[before].End = b
			} else if !gap {
				start, bare = a, b
				return
			}
		case len(t.Sentences) < MaxSentences:
			before = len(t.Sentences)
			t.Sentences = append(t.Sentences, Sentence{Start: a, End: b, Answers: quote})
		default:
			t.Cut = true
			before = -1
		}
		start = end
		if gap {
			before = -1
		}
	}
	for i := from; i < to; {
		c := own[i]
		switch {
		case c == '\n':
			line := i + 1
			for line < to && isBlank(own[line]) {
				line++
			}
			switch {
			case line < to && own[line] == '\n', line < to && isBullet(own[line:min(to, line+8)]):
				emit(i+1, true)
			case i > from && own[i-1] == ':':
				emit(i+1, false)
			}
			i++
		case c == '.' || c == '?' || c == '!':
			end := i + 1
			for end < to && (own[end] == '.' || own[end] == '?' || own[end] == '!') {
				end++
			}
			for end < to && strings.IndexByte("\"')]}*_`", own[end]) >= 0 {
				end++
			}
			if end < to && !isWhite(own[end]) {
				if strings.HasPrefix(own[end:], "”") || strings.HasPrefix(own[end:], "’") {
					end += len("”")
				} else {
					i = end
					continue
				}
			}
			end = smiley(own, end)
			if breaks(own[start:i], own[i:end], own[end:]) {
				emit(end, false)
			}
			i = end
		case (c == ':' || c == ';') && i > from && isWhite(own[i-1]):
			// A smiley ends a sentence when a capital follows.
			end := smileyAt(own, i)
			if end > i && (end == to || isWhite(own[end])) {
				if next := strings.TrimLeft(own[end:], " \t\n"); next != "" && isUpper(next[0]) {
					emit(end, false)
				}
				i = end
				continue
			}
			i++
		default:
			i++
		}
	}
	emit(to, true)
}

// hasLetter reports whether v holds a letter, of any script.
func hasLetter(v string) bool {
	for i := range len(v) {
		if isAlpha(v[i]) || v[i] >= 0x80 {
			return true
		}
	}
	return false
}

// isVote reports whether v says something without a letter.
func isVote(v string) bool { return v == "+1" || v == "-1" || v == "++" || v == "--" }

// breaks reports whether the marks that follow before end a sentence; after is what comes behind them.
func breaks(before, marks, after string) bool {
	next := strings.TrimLeft(after, " \t\n")
	if next == "" {
		return true
	}
	small := isLower(next[0])
	if last := marks[len(marks)-1]; small && last != '.' && last != '?' && last != '!' {
		return false // (really?) and on, "Why?" he asked, we (all? ;-) agree
	}
	if marks[0] != '.' {
		return true
	}
	if strings.HasPrefix(marks, "..") {
		return !small
	}
	word := before[strings.LastIndexAny(before, " \t\n(")+1:]
	switch {
	case word == "":
		return !small
	case isAbbreviation(word):
		// "etc." may end a sentence, "e.g." never does.
		return !small && (word == "etc" || word == "al") && isUpper(next[0])
	case len(word) == 1 && isUpper(word[0]) && word != "I":
		return false // an initial
	case (word == "No" || word == "no") && isDigit(next[0]):
		return false
	case isDigit(word[len(word)-1]) && small:
		return false // "v2. of", "no 3. and"
	case (isNumber(word) || len(word) == 1 && isLower(word[0])) && strings.TrimLeft(before[:len(before)-len(word)], " \t\n") == "":
		return false // "1. First", "a. First"
	}
	return true
}

// isNumber reports whether w consists of digits.
func isNumber(w string) bool { return leadingDigits(w) == len(w) }

// isAbbreviation reports whether w, without its last dot, is an abbreviation.
func isAbbreviation(w string) bool {
	switch strings.ToLower(strings.Trim(w, "\"'`*[")) {
	case "e.g", "i.e", "eg", "ie", "vs", "cf", "etc", "approx", "resp", "incl", "excl", "fig", "sec", "ch", "mr", "mrs", "ms", "dr", "prof", "jr", "sr", "st", "a.k.a", "w.r.t", "aka", "viz", "al", "esp", "orig", "ca", "n.b", "nb", "p.s", "ver", "vol", "ed", "max", "min", "misc", "dept", "inc", "ltd", "corp", "u.s", "a.m", "p.m", "s.t", "i.o.w", "f.e":
		return true
	}
	return false
}

// smiley returns the offset behind a smiley that follows white space at i, else i.
func smiley(own string, i int) int {
	k := i
	for k < len(own) && isBlank(own[k]) {
		k++
	}
	if k == i {
		return i
	}
	if end := smileyAt(own, k); end > k && (end == len(own) || isWhite(own[end])) {
		return end
	}
	return i
}

// smileyAt returns the offset behind the smiley at i, else i.
func smileyAt(own string, i int) int {
	if i >= len(own) || strings.IndexByte(":;8=", own[i]) < 0 {
		return i
	}
	k := i + 1
	if k < len(own) && (own[k] == '-' || own[k] == '\'' || own[k] == 'o') {
		k++
	}
	if k < len(own) && strings.IndexByte(")(DPp/|\\O", own[k]) >= 0 {
		for k < len(own) && (own[k] == ')' || own[k] == '(') {
			k++
		}
		if own[k-1] != ')' && own[k-1] != '(' {
			k++
		}
		return k
	}
	return i
}

func isWhite(c byte) bool { return c == ' ' || c == '\n' || c == '\t' }
