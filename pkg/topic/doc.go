// Package topic says what a mail argues about: whether it belongs to the Rust-in-the-kernel
// discussion at all, which arguments of a closed taxonomy its author puts forward, and which systems
// (drivers, crates, tools) it is about. It also pools the arguments of messages into the topics of a
// thread.
//
// In goes a [Mail]: subject, recipients, touched files and the author's own sentences, as plain
// strings. Out come verdicts, each with the rule that fired and the sentence it fired on. The
// knowledge is data: TOML with topics, cues, relevance rules and entities, embedded and replaceable.
//
//	rules := topic.Default()
//	r := rules.Read(&topic.Mail{Title: "rust: alloc: add a fallible Vec", Areas: []string{"rust", "alloc"},
//		Sentences: []string{"A failed allocation must not panic."}})
//	r.Relevance().Level      // About
//	r.Arguments(nil)[0].ID   // "no-std-alloc"
//
// All cues of a family (Rust, systems, arguments) are compiled into one trie over words; a sentence is walked once for
// each, without regular expressions, and only from words with which a cue begins. What a mail argues is looked for when
// it is asked for, so mail that has nothing to do with Rust costs a third: of 1,400 bytes of prose and quotes about 20
// microseconds, and 65 with its arguments (one core at 2.1 GHz, November 2026, on a busy machine).
//
// Relevance of a thread comes from [ThreadRelevance], its topics from [Rules.Pool]. Arguments are best
// read twice: first without a [Context], to pool the thread's topics, then with it; the [Reading] is
// kept in between, so the text is walked once.
//
// The package does not cut mail into sentences, does not judge tone or stance, and sees no irony: an
// argument quoted in mockery counts as put forward unless a frame ("you say that") marks it.
package topic
