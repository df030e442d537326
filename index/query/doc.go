// Package query is the search language: text comes in, a tree of conditions goes out.
//
//	n, err := query.Parse(`s:dma f:"Miguel Ojeda" d:2025-02 -is:bot`, query.Options{})
//
// The words are those of lore.kernel.org (s: f: dfn: d: ...), with the names notmuch uses as
// aliases and some of our own (topic: stance: heat: ...). [Fields] is the whole table, for help and
// completion. Bare words are ANDed; AND, OR, NOT, + and - and parentheses combine; "phrases",
// trailing *, word~ and word~2, field:/pattern/ and a..b ranges are the forms of a value:
//
//	query   = and { "OR" and }
//	and     = unary { [ "AND" ] unary }
//	unary   = [ "NOT" | "-" | "+" ] primary
//	primary = "(" query ")" | [ field ":" ] value | "*"
//	value   = word [ "*" | "~" [ "1" | "2" ] ] | '"' text '"' | "/" pattern "/" | [ bound ] ".." [ bound ]
//	        | "(" query ")"                          every word inside belongs to the field
//	        | "{" query "}"                          thread: only
//
// Nothing is ever ignored or taken for something weaker: what is not understood is a [*SyntaxError]
// with the place and a corrected example. Every tree prints as a query that parses to the same tree.
//
// The package knows nothing of how a condition is answered: cutting words, stemming and the index
// are package index. It reads no clock either; relative dates need [Options].Now.
package query
