package main

import (
	"io"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/term"
)

// An env is all that a command may know of the process it runs in. Tests make their own.
type env struct {
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	getenv func(string) string
	now    func() time.Time
	tty    bool // stdout is a terminal: colour, pager, width
	errTTY bool // stderr is a terminal: progress bars
	width  int  // columns of the terminal; 0 when stdout is none: never cut
}

func systemEnv() *env {
	e := &env{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
		getenv: os.Getenv, now: time.Now, //nolint:forbidigo // the one place that touches the process
		tty: term.IsTerminal(int(os.Stdout.Fd())), errTTY: term.IsTerminal(int(os.Stderr.Fd())),
	}
	if e.tty {
		if w, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil {
			e.width = w
		}
	}
	return e
}

// dir gives the XDG directory that the variable names, or its default below the home directory.
func (e *env) dir(variable string, fallback ...string) string {
	if d := e.getenv(variable); filepath.IsAbs(d) {
		return d
	}
	return filepath.Join(append([]string{e.getenv("HOME")}, fallback...)...)
}
