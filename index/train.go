package index

import (
	"cmp"
	"slices"
	"strings"

	"rustle/pkg/mail"
)

// Limits of a trained dictionary.
const (
	trainDocs   = 2000     // documents looked at
	trainSize   = 96 << 10 // bytes of the dictionary, without the general one
	shortestUse = 12       // bytes of a piece that is worth keeping
	longestUse  = 160
	fewestUses  = 2 // of two thousand mails: with 4, an index of a busy list is 0.9 % larger
)

// train makes a dictionary for the store of an archive from its first documents: recipients and lines
// that come again and again. Mails are small; what they share with each other is more than what they
// repeat of themselves. The most useful pieces come last, where they are cheapest to refer to.
func train(docs []Doc) []byte {
	type use struct {
		piece  string
		count  int
		thread string // last thread that had it: quotes of one thread count once
	}
	uses := map[string]*use{}
	note := func(piece, thread string) {
		if len(piece) < shortestUse || len(piece) > longestUse {
			return
		}
		u := uses[piece]
		if u == nil {
			u = &use{piece: clone(piece)}
			uses[u.piece] = u
		}
		if u.thread != thread || thread == "" {
			u.count++
			u.thread = thread
		}
	}
	for i := range docs[:min(len(docs), trainDocs)] {
		m, thread := docs[i].Mail, docs[i].Record.Thread
		for _, list := range [][]mail.Address{{m.From}, m.To, m.Cc} {
			for _, a := range list {
				note(string(appendPiece(appendPiece(nil, []byte(a.Name)), []byte(a.Addr))), "")
			}
		}
		for line := range strings.Lines(m.Text) {
			note(strings.TrimLeft(line, "> "), thread)
		}
	}
	list := make([]*use, 0, len(uses))
	for _, u := range uses {
		if u.count >= fewestUses {
			list = append(list, u)
		}
	}
	worth := func(u *use) int { return u.count * (len(u.piece) - 4) }
	slices.SortFunc(list, func(a, b *use) int { return cmp.Or(cmp.Compare(worth(b), worth(a)), cmp.Compare(a.piece, b.piece)) })
	size := 0
	for i, u := range list {
		if size += len(u.piece); size > trainSize {
			list = list[:i]
			break
		}
	}
	out := make([]byte, 0, size+len(dictionary))
	for _, u := range slices.Backward(list) {
		out = append(out, u.piece...)
	}
	return append(out, dictionary...)
}
