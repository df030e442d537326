package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"rustle/index"
	"rustle/index/query"
	"rustle/pkg/ingest"
)

// Exit codes, the same for every command.
const (
	exitDone        = 0
	exitFailure     = 1
	exitUsage       = 2
	exitNothing     = 3 // --exit-code and nothing matched or nothing was new
	exitSkipped     = 4 // ingest --strict and a message had to be skipped
	exitBusy        = 75
	exitInterrupted = 130
)

const exitHelp = `Exit codes: 0 done, also with no hits; 1 failure; 2 usage or query error;
3 nothing matched (with --exit-code); 4 a message was skipped (ingest --strict);
75 busy, try again; 130 interrupted.`

var (
	errNothing = errors.New("nothing")
	errSkipped = errors.New("some mail could only be kept in part")
)

// usageError is a command line that cannot be carried out.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// hintError carries the way out beside what went wrong.
type hintError struct {
	err  error
	hint string
}

func (e hintError) Error() string { return e.err.Error() }
func (e hintError) Unwrap() error { return e.err }

func withHint(err error, format string, args ...any) error {
	return hintError{err, fmt.Sprintf(format, args...)}
}

// exitCode is the one place where an error becomes an exit code.
func exitCode(err error) int {
	var usage usageError
	var syntax *query.SyntaxError
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.Is(err, errNothing):
		return exitNothing
	case errors.Is(err, errSkipped):
		return exitSkipped
	case errors.Is(err, index.ErrBusy):
		return exitBusy
	case errors.As(err, &usage), errors.As(err, &syntax):
		return exitUsage
	}
	return exitFailure
}

// joined takes apart what errors.Join put together; an error by itself is its only part.
func joined(err error) []error {
	several, ok := err.(interface{ Unwrap() []error }) // only the outermost: what is wrapped is one failure
	if !ok || !strings.Contains(err.Error(), "\n") {
		return []error{err}
	}
	var all []error
	for _, e := range several.Unwrap() {
		all = append(all, joined(e)...)
	}
	return all
}

// explainError is the one place where an error becomes a message: one line that names the thing,
// and a second with the way out when there is one.
func explainError(w io.Writer, err error) {
	if all := joined(err); len(all) > 1 && !errors.Is(err, context.Canceled) {
		for _, e := range all {
			explainError(w, e)
		}
		return
	}
	var syntax *query.SyntaxError
	var hint hintError
	var schema *index.SchemaError
	switch {
	case err == nil, errors.Is(err, errNothing):
		return
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(w, "rustle: interrupted; what was published before stays, the next run completes the rest")
		return
	case errors.As(err, &syntax):
		fmt.Fprintf(w, "rustle: %s\n", syntax.Explain())
		return
	}
	fmt.Fprintf(w, "rustle: %s\n", safe(err.Error()))
	switch {
	case errors.As(err, &hint):
		fmt.Fprintf(w, "        %s\n", safe(hint.hint))
	case errors.Is(err, index.ErrBusy):
		fmt.Fprintln(w, "        another rustle is writing to this index; try again when it is done")
	case errors.Is(err, index.ErrNoIndex):
		fmt.Fprintln(w, "        make one with `rustle ingest PATH`, or name another with --index DIR")
	case errors.As(err, &schema):
		if schema.Have > schema.Want {
			fmt.Fprintln(w, "        a newer rustle wrote it: update this program, or name another index with --index DIR")
			return
		}
		fmt.Fprintln(w, "        rebuild it with `rustle reindex`, which reads the recorded sources again")
	case errors.Is(err, index.ErrCorrupt):
		fmt.Fprintln(w, "        `rustle reindex` builds it anew from the recorded sources; `rustle index check` names the damaged files")
	case errors.Is(err, ingest.ErrLedger):
		fmt.Fprintln(w, "        remove that file and name the archives again with `rustle ingest PATH...`; known mail is not added twice")
	}
}
