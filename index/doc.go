// Package index keeps analysed mail on disk and finds it again; it is the only package that knows bleve.
//
// In come documents (a Record, the parsed mail, and which part of its text is what) and thread
// summaries; out come records, mails, threads and counts for a query.Node:
//
//	w, err := index.OpenWriter(dir, index.WriterOptions{Fingerprint: rules})
//	err = w.Put(docs...)
//	err = w.PutThread(&summary)
//	err = w.Commit(ctx, map[string][]byte{"cursor": state})
//	err = w.Close()
//
//	r, err := index.Open(dir)
//	res, err := r.Search(ctx, node, index.SearchOptions{Limit: 20})
//
// # On disk
//
//	DIR/lock             held by the one writer
//	DIR/gate             held shared while a reader opens, alone while an old generation is removed
//	DIR/CURRENT          name of the published generation and checksum of its meta.json, replaced by rename
//	DIR/gen-000007/      a bleve index (scorch), the dictionary its store was compressed with, and meta.json:
//	                     schema, rules, counts, sizes and checksums of files
//
// A writer makes the next generation from hard links to the published one's segment files, which
// bleve never changes, and a copy of root.bolt, which it does. Readers open CURRENT read-only and
// keep what they opened; they never wait. A crash leaves a generation that nobody published, which
// the next writer removes. Cursors travel in the last batch of documents, so both or neither count.
//
// # Documents
//
// One per message and one per thread, in these fields. Only "blob" is stored, everything else is
// searchable alone: record, mail and block ranges together, compressed by zstd, because what a
// Record repeats of its mail then costs nothing.
//
//	type                 "m" or "t"
//	subject              words of the subject, with positions; twice as frequent when they are no noise
//	subjx                the subject as it stands, for patterns
//	body                 words of the text; the frequency says in which parts the word stands
//	pairs                two or three neighbours in the body that are all frequent words, for phrases
//	who                  words of names and addresses in From, To and Cc, and whole addresses
//	from to cc           "Name <addr>" whole
//	list attach file     whole
//	refs                 ids in References and In-Reply-To
//	when                 Date in seconds and length of the own text, with doc values; day: the day
//	recv size version    numbers, big-endian, so that ranges are ranges of the dictionary
//	thread               id of the thread, with doc values
//	kind is topic entity stance signal sentiment incivility role person series trailer pre post patchid defect
//	heat nmsg npart      of threads: counts; last: newest mail, with doc values
//	label outcome partial
//
// A word is indexed in lower case, without accents, exactly as it stands; in prose its stem is
// indexed beside it under a prefix byte when it differs. A query word in lower case asks for stems,
// a Capitalised or "quoted" one for the exact form. snake_case is indexed whole and by part. There
// are no positions in the body: phrases are looked for in the stored text of the few mails that
// hold all the words, which keeps the index at half the size: 141 MB for linux-kbuild to July 2026
// (31,699 mails, 318 MB of mbox, the store of all mail included).
//
// The package does not analyse mail, read archives or print anything.
package index

// SchemaVersion is the version of everything under "On disk" and "Documents".
//
//	1: first.
//	2: no pairs of two function words; other codes for pairs.
//	3: what people did in a thread, branches and authors of threads.
//	4: three frequent words together.
const SchemaVersion = 4
