package topic

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
)

// An Error is one mistake in a rules file.
type Error struct {
	Line int    // 1-based; 0 when the mistake has no one place
	Key  string // dotted key, e.g. "topic.memory-safety.cues"
	Msg  string
}

func (e *Error) Error() string {
	var b strings.Builder
	if e.Line > 0 {
		b.WriteString("line " + strconv.Itoa(e.Line) + ": ")
	}
	if e.Key != "" {
		b.WriteString(e.Key + ": ")
	}
	b.WriteString(e.Msg)
	return b.String()
}

// The structs below are the form of a rules file, see data/*.toml.
type fileSource struct {
	Extends   string             `toml:"extends"` // "default": add to, and replace by id, the embedded rules
	Topics    []topicSource      `toml:"topic"`
	Frames    []frameSource      `toml:"frame"`
	Entities  []entitySource     `toml:"entity"`
	Relevance relevanceSource    `toml:"relevance"`
	Score     map[string]float64 `toml:"score"`
}

type topicSource struct {
	ID         string   `toml:"id"`
	Name       string   `toml:"name"`
	Polarity   string   `toml:"polarity"`
	Definition string   `toml:"definition"`
	Policy     bool     `toml:"policy"`
	Strong     []string `toml:"strong"`
	Cues       []string `toml:"cues"`
	Weak       []string `toml:"weak"`
	Title      []string `toml:"title"`
	Paths      []string `toml:"paths"`
	Areas      []string `toml:"areas"`
}

type frameSource struct {
	Kind string   `toml:"kind"`
	Cues []string `toml:"cues"`
}

type entitySource struct {
	ID     string   `toml:"id"`
	Name   string   `toml:"name"`
	Kind   string   `toml:"kind"`
	Names  []string `toml:"names"`
	Near   []string `toml:"near"`
	Clues  []string `toml:"clues"`
	Paths  []string `toml:"paths"`
	Areas  []string `toml:"areas"`
	Lists  []string `toml:"lists"`
	People []string `toml:"people"`
	Rust   bool     `toml:"rust"`
}

type relevanceSource struct {
	Title []string `toml:"title"`
	Names []string `toml:"names"`
	Words []string `toml:"words"`
	Weak  []string `toml:"weak"`
	Traps []string `toml:"traps"`
	Paths []string `toml:"paths"`
	Areas []string `toml:"areas"`
	Lists []string `toml:"lists"`
}

// decode reads one rules file. Mistakes of form come back as *Error, joined.
func decode(src string) (*fileSource, error) {
	f := &fileSource{}
	md, err := toml.Decode(src, f)
	if err != nil {
		if pe, ok := errors.AsType[toml.ParseError](err); ok {
			return nil, &Error{Line: pe.Position.Line, Key: pe.LastKey, Msg: parseMessage(pe)}
		}
		return nil, &Error{Msg: err.Error()}
	}
	errs := []error(nil)
	for _, k := range md.Undecoded() {
		errs = append(errs, &Error{Line: findKey(src, k), Key: k.String(), Msg: "unknown key"})
	}
	return f, errors.Join(errs...)
}

func parseMessage(pe toml.ParseError) string {
	if pe.Message != "" {
		return pe.Message
	}
	// The message of a type mismatch has no text of its own; Error() puts the place in front of it.
	msg := pe.Error()
	if _, rest, ok := strings.Cut(msg, ": "); ok && strings.HasPrefix(msg, "toml: ") {
		msg = rest
	}
	if strings.HasPrefix(msg, "line ") {
		if _, rest, ok := strings.Cut(msg, ": "); ok {
			msg = rest
		}
	}
	return msg
}

// findKey returns the line of the first assignment to, or table named by, the last part of k.
func findKey(src string, k toml.Key) int {
	last := k[len(k)-1]
	n := 0
	for line := range strings.Lines(src) {
		n++
		line = strings.TrimSpace(line)
		name, _, assigned := strings.Cut(line, "=")
		if assigned && strings.Trim(strings.TrimSpace(name), `"'`) == last {
			return n
		}
		if strings.HasPrefix(line, "[") && strings.Trim(line, "[] ") == k.String() {
			return n
		}
	}
	return 0
}

// findString returns the line of the string value after the line that holds anchor.
func findString(src, anchor, value string) int {
	n, on := 0, anchor == ""
	for line := range strings.Lines(src) {
		n++
		if !on {
			on = quoted(line, anchor)
		}
		if on && quoted(line, value) {
			return n
		}
	}
	if anchor != "" {
		return findString(src, "", value)
	}
	return 0
}

func quoted(line, value string) bool {
	return strings.Contains(line, `"`+value+`"`) || strings.Contains(line, "'"+value+"'") ||
		strings.Contains(line, strconv.Quote(value))
}

func notOneOf(got string, want ...string) string {
	return fmt.Sprintf("%q is none of %s", got, strings.Join(want, ", "))
}
