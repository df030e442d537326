package body_test

import (
	"os"
	"testing"

	"rustle/pkg/body"
)

func benchText(b *testing.B) string {
	b.Helper()
	var all []byte
	for _, name := range []string{"interleaved", "diff-in-reply", "trailers", "code", "logs", "sentences"} {
		text, err := os.ReadFile("testdata/" + name + ".txt")
		if err != nil {
			b.Fatal(err)
		}
		all = append(all, text...)
	}
	return string(all)
}

func BenchmarkSplit(b *testing.B) {
	text := benchText(b)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		body.Split(text, body.Options{Author: "Ada Example"})
	}
}

func BenchmarkSplitWithParent(b *testing.B) {
	text := benchText(b)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		body.Split(text, body.Options{Author: "Ada Example", Parent: text})
	}
}
