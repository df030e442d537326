package archive_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"rustle/pkg/archive"
)

// Two mails go into a file; later a third is added, and only that one is new.
func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "archive")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "rust-for-linux.mbox")
	sent := time.Date(2025, 2, 3, 10, 0, 0, 0, time.UTC)

	var mbox bytes.Buffer
	var cursor archive.Cursor
	for _, batch := range [][]string{{"Subject: one\n\nFrom here on it is Rust.\n", "Subject: two\n\nYes.\n"}, {"Subject: three\n\nNo.\n"}} {
		for _, mail := range batch {
			if err := archive.WriteMboxrd(&mbox, "ada@example.org", sent, []byte(mail)); err != nil {
				fmt.Println(err)
			}
		}
		if err := os.WriteFile(path, mbox.Bytes(), 0o600); err != nil {
			fmt.Println(err)
		}
		sources, err := archive.Open(ctx, path, archive.Options{})
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, s := range sources {
			fmt.Println(s.Kind(), s.List())
			for raw, err := range s.Messages(ctx, cursor) {
				if err != nil {
					fmt.Println(err)
					return
				}
				fmt.Printf("%d %q\n", raw.Position.Offset, raw.Bytes)
			}
			cursor = s.Cursor()
		}
	}
	// Output:
	// mbox rust-for-linux
	// 0 "Subject: one\n\nFrom here on it is Rust.\n"
	// 87 "Subject: two\n\nYes.\n"
	// mbox rust-for-linux
	// 153 "Subject: three\n\nNo.\n"
}
