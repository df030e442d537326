// Package patch reads the conventions by which kernel developers write patches into mail: the
// bracketed subject, the trailers, the diff and the diffstat.
//
// In goes plain text: a decoded subject, or the text of one mail with LF line ends. Out come small
// structures that point back into that text. The grammar of a subject is
//
//	subject = *( reply / noise / bracket ) title
//	reply   = ( "Re" / "Fwd" / "AW" / "SV" / ... ) [ "[2]" ] ":"
//	bracket = "[" *( word / bracket ) "]"        ; "[RFC PATCH net-next v2 01/17]", "[GIT PULL]"
//	title   = area ": " area ": " text           ; "rust: kernel: add a driver"
//
// An example:
//
//	s := patch.ParseSubject("Re: [PATCH net-next v3 2/5] net: phy: add Rust bindings")
//	// s.Reply, s.Version == 3, s.Part == 2, s.Total == 5, s.Areas == [net phy]
//
// Every function is pure, safe for concurrent use, takes any input without panic and runs in time
// linear in its length.
//
// The package does not decide who gives a trailer or whether a patch is good, it does not apply
// diffs, and it does not look into quoted text except in QuotedPaths.
package patch
