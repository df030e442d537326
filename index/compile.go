package index

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/vellum/levenshtein"

	"rustle/index/query"
)

// compile makes conditions from a query. Conditions on threads are answered here and now, on the
// whole index: what remains of them is a set of thread ids.
func (r *Reader) compile(ctx context.Context, n query.Node) (condition, error) {
	switch n := n.(type) {
	case nil, query.All:
		return everything{}, nil
	case query.And:
		parts, err := r.compileAll(ctx, n.Nodes)
		return byCost(parts), err
	case query.Or:
		parts, err := r.compileAll(ctx, n.Nodes)
		return anyOf(parts), err
	case query.Not:
		c, err := r.compile(ctx, n.Node)
		return noneOf{c}, err
	case query.Term:
		return r.compileTerm(ctx, n)
	case query.Range:
		return r.compileRange(ctx, n)
	case query.Thread:
		return r.compileThread(ctx, n)
	}
	return nil, fmt.Errorf("index: unknown kind of query %T", n)
}

func (r *Reader) compileAll(ctx context.Context, nodes []query.Node) ([]condition, error) {
	out := make([]condition, 0, len(nodes))
	for _, n := range nodes {
		c, err := r.compile(ctx, n)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

func (r *Reader) compileTerm(ctx context.Context, t query.Term) (condition, error) {
	switch t.Field {
	case query.Any:
		return r.bare(t)
	case query.Subject:
		return subject(t)
	case query.Body:
		return r.body(t, everywhere)
	case query.Own:
		return r.body(t, inOwn|inDiff)
	case query.Quoted:
		return r.body(t, inQuoted)
	case query.Removed:
		return r.body(t, inRemoved)
	case query.Added:
		return r.body(t, inAdded)
	case query.Context:
		return r.body(t, inContext)
	case query.Hunk:
		return r.body(t, inHunk)
	case query.BodySubject:
		s, err := subject(t)
		if err != nil {
			return nil, err
		}
		b, err := r.body(t, everywhere)
		return anyOf{s, b}, err
	case query.From:
		return names(t, fFrom)
	case query.To:
		return names(t, fTo)
	case query.Cc:
		return names(t, fCc)
	case query.ToCc:
		return names(t, fTo, fCc)
	case query.Address:
		return anyone(t)
	case query.ListPart:
		return vocabulary(t, fList)
	case query.List:
		return exact(fList, t.Text), nil
	case query.IDPart:
		return messageIDs(t)
	case query.ID:
		return aSpan{fID, []byte(messagePrefix(t.Text)), after(messagePrefix(t.Text))}, nil
	case query.References:
		return exact(fRefs, t.Text), nil
	case query.Attachment:
		return vocabulary(t, fAttach)
	case query.File:
		return files(t)
	case query.BlobPre:
		return abbreviated(t, fPre), nil
	case query.BlobPost:
		return abbreviated(t, fPost), nil
	case query.Blob:
		return anyOf{abbreviated(t, fPre), abbreviated(t, fPost)}, nil
	case query.PatchID:
		return abbreviated(t, fPatchID), nil
	case query.Is:
		switch t.Text {
		case "debate":
			return r.threadsWith(ctx, exact(fLabel, "debate"))
		case "partial":
			return r.threadsWith(ctx, exact(fPartial, "true"))
		case "nak-standing", "stance-change":
			return r.threadsWith(ctx, exact(fMoves, t.Text))
		}
		return exact(fIs, t.Text), nil
	case query.Outcome:
		return r.threadsWith(ctx, exact(fOutcome, t.Text))
	case query.Topic:
		return exactOrPrefix(t, fTopic), nil
	case query.Entity:
		return exactOrPrefix(t, fEntity), nil
	case query.Stance:
		return exact(fStance, t.Text), nil
	case query.Signal:
		return exact(fSignal, t.Text), nil
	case query.Sentiment:
		return exact(fSentiment, t.Text), nil
	case query.Incivility:
		return exact(fIncivility, t.Text), nil
	case query.Role:
		return exact(fRole, t.Text), nil
	case query.Defect:
		return exactOrPrefix(t, fDefect), nil
	case query.PersonName:
		return vocabulary(t, fPerson)
	case query.Series:
		return vocabulary(t, fSeries)
	case query.Trailer:
		return vocabulary(t, fTrailer)
	default:
		return nil, fmt.Errorf("index: the field %q takes no word", t.Field)
	}
}

func exact(field, term string) condition { return aTerm{field, term, everywhere} }

func exactOrPrefix(t query.Term, field string) condition {
	if t.Form == query.Prefix {
		return aSpan{field, []byte(t.Text), after(t.Text)}
	}
	return exact(field, t.Text)
}

// abbreviated matches ids of which either side may be cut short: patches name blobs by their first
// digits, people paste whole ids.
func abbreviated(t query.Term, field string) condition {
	out := anyOf{aSpan{field, []byte(t.Text), after(t.Text)}}
	const shortest = 7
	for n := shortest; n < len(t.Text) && t.Form != query.Prefix; n++ {
		out = append(out, exact(field, t.Text[:n]))
	}
	return out
}

// noWords is the answer to a text in which there is nothing to look for.
func noWords(t query.Term) error {
	s := t.String()
	return &query.SyntaxError{Query: s, End: len(s), Msg: "there is no word in this to look for", Hint: "words are made of letters, digits and underscores"}
}

// tokens are the words of a term as they are indexed.
func tokens(t query.Term) ([]string, error) {
	w := words(t.Text)
	if len(w) == 0 {
		return nil, noWords(t)
	}
	return w, nil
}

// bare is a word without a field: subject, body, names, addresses and attachments.
func (r *Reader) bare(t query.Term) (condition, error) {
	s, err := subject(t)
	if err != nil {
		return nil, err
	}
	b, err := r.body(t, everywhere)
	if err != nil {
		return nil, err
	}
	n, err := anyone(t)
	if err != nil {
		return nil, err
	}
	a, err := vocabulary(t, fAttach)
	if err != nil {
		return nil, err
	}
	return anyOf{s, n, a, b}, nil
}

// wantsStem tells whether a word asks for all its forms: it is in lower case and not quoted.
func wantsStem(t query.Term) bool {
	first, _ := utf8.DecodeRuneInString(t.Text)
	return t.Form == query.Word && !unicode.IsUpper(first)
}

// forms are the index terms for a word: itself, wherever it stands, and those of its stem, which
// count in prose only.
func forms(t query.Term, word string) (anywhere string, prose []string) {
	if !wantsStem(t) {
		return word, nil
	}
	stem := stemOf(word)
	prose = []string{stemMark + stem}
	if stem != word && stemOf(stem) == stem { // a word that is its own stem has no twin
		prose = append(prose, stem)
	}
	return word, prose
}

func subject(t query.Term) (condition, error) {
	if t.Form == query.Pattern {
		return pattern(t, fSubjectX)
	}
	w, err := tokens(t)
	if err != nil {
		return nil, err
	}
	switch {
	case t.Form == query.Fuzzy:
		return fuzzy(t, w[0], fSubject, everywhere)
	case t.Form == query.Prefix && len(w) > 1:
		return vocabulary(t, fSubjectX)
	case t.Form == query.Prefix:
		return aSpan{fSubject, []byte(w[0]), after(w[0])}, nil
	case len(w) > 1:
		return inSubject{w}, nil
	}
	word, prose := forms(t, w[0])
	out := anyOf{exact(fSubject, word)}
	for _, term := range prose {
		out = append(out, exact(fSubject, term))
	}
	return out, nil
}

func (r *Reader) body(t query.Term, bits int) (condition, error) {
	w, err := tokens(t)
	if err != nil {
		return nil, err
	}
	switch {
	case t.Form == query.Fuzzy:
		return fuzzy(t, w[0], fBody, bits)
	case len(w) > 1:
		return inText{w, t.Form == query.Prefix, bits, r.unzip}, nil
	case t.Form == query.Prefix && bits == everywhere:
		return aSpan{fBody, []byte(w[0]), after(w[0])}, nil
	case t.Form == query.Prefix:
		return aScan{fBody, []byte(w[0]), after(w[0]), bits, nil, func(string) bool { return true }}, nil
	}
	word, prose := forms(t, w[0])
	out := anyOf{aTerm{fBody, word, bits}}
	for _, term := range prose {
		switch {
		case bits&inProse == 0:
		case bits == everywhere && term[:1] == stemMark: // stems stand nowhere else
			out = append(out, exact(fBody, term))
		default:
			out = append(out, aTerm{fBody, term, bits & inProse})
		}
	}
	return out, nil
}

// fuzzy is the words that differ from one by up to t.Edits letters, swapped neighbours counting one.
func fuzzy(t query.Term, word, field string, bits int) (condition, error) {
	b, err := levenshtein.NewLevenshteinAutomatonBuilder(uint8(t.Edits), true)
	if err != nil {
		return nil, fmt.Errorf("index: %w", err)
	}
	dfa, err := b.BuildDfa(word, uint8(t.Edits))
	if err != nil {
		return nil, fmt.Errorf("index: %s: %w", t, err)
	}
	return aFuzzy{field, bits, dfa}, nil
}

// addressOf is the whole address that a text is, "" when it is none.
func addressOf(text string) string {
	address := strings.ToLower(strings.Trim(strings.TrimSpace(text), "<>"))
	local, domain, _ := strings.Cut(address, "@")
	if local == "" || !strings.Contains(domain, ".") || strings.ContainsFunc(address, unicode.IsSpace) {
		return ""
	}
	return address
}

// anyone is a name or address in From, To or Cc. Single words and whole addresses, which every bare
// word asks for, have a field of their own.
func anyone(t query.Term) (condition, error) {
	if t.Form == query.Pattern || t.Form == query.Fuzzy {
		return names(t, fFrom, fTo, fCc)
	}
	w, err := tokens(t)
	if err != nil {
		return nil, err
	}
	word := w[0]
	if address := addressOf(t.Text); address != "" {
		word = address
	} else if len(w) > 1 {
		return names(t, fFrom, fTo, fCc)
	}
	if t.Form == query.Prefix {
		return aSpan{fWho, []byte(word), after(word)}, nil
	}
	return exact(fWho, word), nil
}

// names is a name or address in some fields. Words of a name and of an address are no phrase unless
// the text has both, as in "Ada Example <ada@example.org>".
func names(t query.Term, fields ...string) (condition, error) {
	if t.Form == query.Pattern || t.Form == query.Fuzzy {
		return vocabulary(t, fields...)
	}
	w, err := tokens(t)
	if err != nil {
		return nil, err
	}
	prefix := t.Form == query.Prefix
	ok := func(person string) bool {
		name, addr, _ := strings.Cut(person, " <")
		return holdsPhrase(name, w, prefix) || holdsPhrase(addr, w, prefix)
	}
	if address := addressOf(t.Text); address != "" {
		ok = func(person string) bool {
			_, addr, named := strings.Cut(person, " <")
			if !named {
				addr = person
			}
			addr = strings.TrimSuffix(addr, ">")
			return addr == address || prefix && strings.HasPrefix(addr, address)
		}
	} else if strings.Contains(t.Text, "<") {
		ok = func(person string) bool { return holdsPhrase(person, w, prefix) }
	}
	// Every word of a name or address stands in who as well: where one is missing, there is no need to look.
	whole := w
	if prefix {
		whole = w[:len(w)-1]
	}
	var all allOf
	for _, word := range whole {
		all = append(all, exact(fWho, word))
	}
	var out anyField
	for _, f := range fields {
		out = append(out, aScan{f, nil, nil, everywhere, w, folded(ok)})
	}
	return append(all, out), nil
}

// folded is a test of folded text for text as it stands; not safe for concurrent use.
func folded(ok func(string) bool) func(string) bool {
	var buf []byte
	return func(s string) bool {
		buf = appendFold(buf[:0], s)
		return ok(inPlace(buf))
	}
}

// vocabulary looks for a text in fields whose values are indexed whole: their words, one after the
// other.
func vocabulary(t query.Term, fields ...string) (condition, error) {
	if t.Form == query.Pattern {
		return pattern(t, fields...)
	}
	w, err := tokens(t)
	if err != nil {
		return nil, err
	}
	var out anyField
	for _, f := range fields {
		if t.Form == query.Fuzzy {
			c, err := fuzzyWithin(t, w[0], f)
			if err != nil {
				return nil, err
			}
			out = append(out, c)
			continue
		}
		out = append(out, aScan{f, nil, nil, everywhere, w, folded(func(term string) bool {
			return holdsPhrase(term, w, t.Form == query.Prefix)
		})})
	}
	return out, nil
}

// fuzzyWithin is fuzzy for values that hold several words.
func fuzzyWithin(t query.Term, word, field string) (c aScan, err error) {
	b, err := levenshtein.NewLevenshteinAutomatonBuilder(uint8(t.Edits), true)
	if err != nil {
		return c, fmt.Errorf("index: %w", err)
	}
	dfa, err := b.BuildDfa(word, uint8(t.Edits))
	if err != nil {
		return c, fmt.Errorf("index: %s: %w", t, err)
	}
	return aScan{field, nil, nil, everywhere, nil, func(term string) bool {
		return slices.ContainsFunc(words(term), func(w string) bool {
			ok, _ := dfa.MatchAndDistance(w)
			return ok
		})
	}}, nil
}

// pattern is a regular expression on fields whose values are indexed whole. It looks at capitals only
// when it has some. Go's expressions take linear time.
func pattern(t query.Term, fields ...string) (condition, error) {
	expr := t.Text
	if !strings.ContainsFunc(expr, unicode.IsUpper) {
		expr = "(?i)" + expr
	}
	re, err := regexp.Compile(expr)
	if err != nil {
		return nil, fmt.Errorf("index: %s: %w", t, err)
	}
	var out anyField
	for _, f := range fields {
		out = append(out, aScan{f, nil, nil, everywhere, nil, re.MatchString})
	}
	return out, nil
}

// messageIDs looks for a part of a Message-ID: words of it, or any piece of at least three
// characters, since ids have no words one could know.
func messageIDs(t query.Term) (condition, error) {
	var ok func(id string) bool
	var w []string
	if t.Form == query.Pattern {
		re, err := regexp.Compile(t.Text)
		if err != nil {
			return nil, fmt.Errorf("index: %s: %w", t, err)
		}
		ok = re.MatchString
	} else {
		part := strings.ToLower(query.MessageID(t.Text))
		if w = words(part); len(w) == 0 {
			return nil, noWords(t)
		}
		const piece = 3
		ok = func(id string) bool {
			id = strings.ToLower(id)
			if len(part) >= piece && !strings.Contains(id, w[0]) {
				return false
			}
			if t.Form == query.Prefix {
				return strings.HasPrefix(id, part)
			}
			return len(part) >= piece && strings.Contains(id, part) || holdsPhrase(id, w, false)
		}
	}
	all := typeMessage + "\x00"
	return aScan{fID, []byte(all), after(all), everywhere, w, func(key string) bool {
		id, _ := idOf(key)
		return ok(id)
	}}, nil
}

// files is a path touched by the patch.
func files(t query.Term) (condition, error) {
	text := strings.TrimPrefix(strings.TrimSpace(t.Text), "./")
	tree := fold(strings.TrimPrefix(text, "/"))
	below := aScan{fFile, nil, nil, everywhere, nil, folded(func(path string) bool { return strings.HasPrefix(path, tree) })}
	switch {
	case t.Form == query.Pattern:
		return pattern(t, fFile)
	case strings.HasSuffix(tree, "/"):
		return below, nil
	}
	c, err := vocabulary(t, fFile)
	if err != nil || t.Form != query.Prefix {
		return c, err
	}
	return anyOf{c, below}, nil
}

func (r *Reader) compileRange(ctx context.Context, n query.Range) (condition, error) {
	number := func(field string) condition {
		c := aSpan{field: field}
		if n.HasMin {
			c.start = []byte(numberTerm(n.Min))
		}
		if n.HasMax {
			c.end = after(numberTerm(n.Max))
		}
		return c
	}
	switch n.Field {
	case query.Date, query.DateTime:
		return aDate{n.Min, n.Max, n.HasMin, n.HasMax}, nil
	case query.Received:
		c := aSpan{field: fReceived}
		if n.HasMin {
			c.start = []byte(secondTerm(n.Min))
		}
		if n.HasMax {
			c.end = after(secondTerm(n.Max))
		}
		return c, nil
	case query.Size:
		return number(fSize), nil
	case query.Version:
		return number(fVersion), nil
	case query.Heat:
		return r.threadsWith(ctx, number(fHeat))
	case query.Participants:
		return r.threadsWith(ctx, number(fPeople))
	case query.Messages:
		return r.threadsWith(ctx, number(fMessages))
	default:
		return nil, fmt.Errorf("index: the field %q takes no range", n.Field)
	}
}

// fewThreads is the part of all documents below which it is faster to read the keys of threads than their values, which
// are packed by the thousand.
const fewThreads = 64

// threadsWith is the messages of the threads whose own document fulfils a condition.
func (r *Reader) threadsWith(ctx context.Context, c condition) (condition, error) {
	ids := map[string]struct{}{}
	for _, v := range r.views {
		bm, err := c.match(ctx, v, v.threads)
		if err != nil {
			return nil, err
		}
		bm = and(bm, v.threads)
		id := v.threadID
		if bm.GetCardinality() < v.seg.Count()/fewThreads {
			id = v.threadOfKey
		}
		for it := bm.Iterator(); it.HasNext(); {
			id, err := id(it.Next())
			if err != nil {
				return nil, err
			}
			ids[id] = struct{}{}
		}
	}
	return inThreads{ids}, nil
}

func (r *Reader) compileThread(ctx context.Context, n query.Thread) (condition, error) {
	if n.Query == nil {
		ids := map[string]struct{}{n.ID: {}}
		_, at, err := r.find(messagePrefix(n.ID))
		if err != nil {
			return nil, err
		}
		for _, p := range at {
			id, err := p.view.value(fThread, p.n)
			if err != nil {
				return nil, err
			}
			ids[string(id)] = struct{}{}
		}
		return inThreads{ids}, nil
	}
	found, err := r.matches(ctx, n.Query)
	if err != nil {
		return nil, err
	}
	ids, err := r.threadsOf(ctx, found)
	return inThreads{ids}, err
}
