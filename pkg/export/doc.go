// Package export writes records as data for other programs: JSON, JSON Lines, CSV, mbox, graphs, with a dictionary of the
// columns and a card that says where a file came from.
//
// In come sequences of [analysis.Record] and [analysis.ThreadSummary]; out goes one stream in the order of the sequence.
// Nothing is held back: memory does not grow with the number of records, but for [Network], which keeps the people.
//
//	n, err := export.Messages(w, export.CSV, records)
//
// Forms are contracts with scripts. JSON is the record itself with every list present, [] when empty, never null. CSV is
// RFC 4180 (CRLF, quotes doubled) in UTF-8 without a byte order mark, one header row, times in RFC 3339 UTC, lists joined
// by ";" (a ";" inside an item becomes ","). [Columns] and [Dictionary] name and explain every column; their order never
// changes, new ones come last.
//
// CSV holds the text of mail as it is. A cell that begins with "=", "+", "-" or "@" is a formula to a spreadsheet; changing
// the cell would falsify the data for everybody who reads it with a program, so that is an option ([CSVForSpreadsheets])
// and not the default. It puts an apostrophe before such a cell.
//
// Parquet is left out: the one pure Go writer would add more to the binary than the rest of this package, and DuckDB reads
// the JSON Lines directly; [Dictionary] holds the statement.
//
// What it does not do: it selects, sorts and fetches nothing. Bytes of original mail come from a function of the caller.
package export
