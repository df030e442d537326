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
	"runtime"
	"runtime/debug"
	"syscall"
)

func main() { os.Exit(run()) }

// run lets the first ^C end the command in good order and the second one kill it.
func run() int {
	collectLate()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	log.SetOutput(io.Discard) // bleve tells there what it also returns as an error
	return execute(ctx, os.Args[1:], systemEnv())
}

// collectLate puts off the first collection of garbage until the heap has 16 MB; from then on Go collects as it
// always does. Go's first is at 4 MB, which would cost a query a tenth of its few milliseconds, for memory that the
// end of the process frees. A GOGC of the user's is left alone.
func collectLate() {
	if os.Getenv("GOGC") != "" {
		return
	}
	const late = 400 // percent of the first 4 MB
	usual := debug.SetGCPercent(late)
	runtime.AddCleanup(new([64]byte), func(percent int) { debug.SetGCPercent(percent) }, usual)
}
