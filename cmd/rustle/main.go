// Rustle is the RUST List Explorer: it takes in Linux-kernel mail archives, threads the mail, tags
// debates about Rust and the positions people take in them with the sentence that proves each tag,
// and answers questions about it from a terminal.
//
// See README.md for a session and `rustle help` for the manual.
package main

import (
	"context"
	"io"
	"log"
	"os"
	"os/signal"
	"syscall"
)

func main() { os.Exit(run()) }

// run lets the first ^C end the command in good order and the second one kill it.
func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	log.SetOutput(io.Discard) // bleve tells there what it also returns as an error
	return execute(ctx, os.Args[1:], systemEnv())
}
