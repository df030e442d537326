package topic_test

import (
	"slices"
	"strings"
	"testing"

	"rustle/pkg/topic"
)

// benchMail is a reply of usual length: the median kernel reply has about 80 words of its own.
func benchMail() *topic.Mail {
	return &topic.Mail{
		Title:       "rust: sync: add a lock abstraction",
		Areas:       []string{"rust", "sync"},
		ThreadTitle: "rust: add more abstractions",
		Recipients:  []string{"rust-for-linux@vger.kernel.org", "linux-kernel@vger.kernel.org", "ada@example.org"},
		Files:       []string{"rust/kernel/sync/lock.rs", "rust/helpers/spinlock.c"},
		Sentences: []string{
			"I am not convinced that this is the right place for the check.",
			"The C side already takes the lock before it calls into the driver, so the guard would be taken twice on the hot path.",
			"If the reference count drops to zero in the meantime, the callback runs with a dangling pointer, and the SAFETY comment does not cover that case.",
			"Could you please add a test, and explain in the commit message why the helper cannot be inlined?",
			"Otherwise this looks good to me, but I would like to hear what the maintainers of the locking code think before it goes in.",
		},
		Quotes: slices.Repeat([]string{"> We need this abstraction because every driver in Rust has to take the lock in its probe function.\n"}, 8),
	}
}

// BenchmarkRead reads what a mail speaks of, BenchmarkArguments also what it argues.
func BenchmarkRead(b *testing.B) { benchmarkRead(b, func(*topic.Reading) {}) }

func BenchmarkArguments(b *testing.B) {
	benchmarkRead(b, func(rd *topic.Reading) { _ = rd.Arguments(nil) })
}

func benchmarkRead(b *testing.B, more func(*topic.Reading)) {
	rules, m := topic.Default(), benchMail()
	n := len(m.Title) + len(m.ThreadTitle)
	for _, part := range m.Quotes {
		n += len(part)
	}
	for _, s := range m.Sentences {
		n += len(s)
	}
	b.SetBytes(int64(n))
	b.ReportAllocs()
	for b.Loop() {
		rd := rules.Read(m)
		_ = rd.Relevance()
		_ = rd.Entities()
		more(rd)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
}

// BenchmarkReadHostile reads a text that follows the trie as deep as it can.
func BenchmarkReadHostile(b *testing.B) {
	rules := topic.Default()
	m := &topic.Mail{Title: "Rust", Sentences: []string{strings.Repeat("rust code in rust code c code ", 60)}}
	b.SetBytes(int64(len(m.Sentences[0])))
	b.ReportAllocs()
	for b.Loop() {
		_ = rules.Read(m).Arguments(nil)
	}
}

func BenchmarkLoad(b *testing.B) {
	in := "extends = \"default\"\n" + folios
	b.ReportAllocs()
	for b.Loop() {
		if _, err := topic.Load(strings.NewReader(in)); err != nil {
			b.Fatal(err)
		}
	}
}
