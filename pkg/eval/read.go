package eval

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
)

// maxLine is the longest line of a JSON Lines file, in bytes.
const maxLine = 64 << 20

// FormatError says which line of a label file cannot be read.
type FormatError struct {
	Line int
	Err  error
}

func (e *FormatError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

func (e *FormatError) Unwrap() error { return e.Err }

// ReadSet reads the label files of a directory that are there: messages, threads, subthreads and people, each with the
// ending .jsonl; messages.csv is read as a sheet. It is an error when none is there.
func ReadSet(fsys fs.FS) (Set, error) {
	var s Set
	found := false
	read := func(name string, into func(io.Reader) error) error {
		f, err := fsys.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		found = true
		if err := into(f); err != nil {
			return errors.Join(fmt.Errorf("%s: %w", name, err), f.Close())
		}
		return f.Close()
	}
	messages := func(from func(io.Reader) ([]Message, error)) func(io.Reader) error {
		return func(r io.Reader) error {
			m, err := from(r)
			s.Messages = append(s.Messages, m...)
			return err
		}
	}
	err := errors.Join(
		read("messages.jsonl", messages(ReadMessages)),
		read("messages.csv", messages(ReadSheet)),
		read("threads.jsonl", func(r io.Reader) (err error) { s.Threads, err = ReadThreads(r); return err }),
		read("subthreads.jsonl", func(r io.Reader) (err error) { s.Branches, err = ReadBranches(r); return err }),
		read("people.jsonl", func(r io.Reader) (err error) { s.People, err = ReadPeople(r); return err }),
	)
	if err == nil && !found {
		err = errors.New("no label files: want messages.jsonl, messages.csv, threads.jsonl, subthreads.jsonl or people.jsonl")
	}
	return s, err
}

// lines decodes each line that is not blank into a fresh T and hands it on. An unknown field is ignored: label files carry
// notes of their own.
func lines[T any](r io.Reader, take func(*T) error) error {
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, maxLine)
	n := 0
	for sc.Scan() {
		n++
		line := bytes.TrimSpace(sc.Bytes())
		if n == 1 {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		if len(line) == 0 {
			continue
		}
		var v T
		if err := json.Unmarshal(line, &v); err != nil {
			return &FormatError{Line: n, Err: err}
		}
		if err := take(&v); err != nil {
			return &FormatError{Line: n, Err: err}
		}
	}
	if err := sc.Err(); err != nil {
		return &FormatError{Line: n + 1, Err: err}
	}
	return nil
}

// flag reads 0, 1, true, false, "true", "false" and null.
//
// QUIRK: labels say 0 and 1 where records say "true" and "false".
type flag string

func (f *flag) UnmarshalJSON(b []byte) error {
	switch strings.Trim(string(b), `"`) {
	case "1", "true":
		*f = "true"
	case "0", "false":
		*f = "false"
	case "null", "":
		*f = ""
	default:
		return fmt.Errorf("incivility %s: want 0 or 1", b)
	}
	return nil
}

type messageLine struct {
	ID         string    `json:"message_id"`
	Root       string    `json:"thread_root"`
	List       string    `json:"list"`
	From       string    `json:"from"`
	Subject    string    `json:"subject"`
	Date       string    `json:"date"`
	Sentiment  string    `json:"sentiment"`
	Incivility flag      `json:"incivility"`
	Stance     string    `json:"stance"`
	Signal     string    `json:"explicit_signal"`
	Arguments  *[]string `json:"arguments"`
	Evidence   string    `json:"evidence"`
	Confidence int       `json:"confidence"`
	Sampling   string    `json:"sampling"`
}

// ReadMessages reads labels of mails, one JSON object a line. Only message_id must be there; what is missing is not
// labelled. A value that is none of [Values] is an error, because a slip of the pen would be scored as a class.
func ReadMessages(r io.Reader) ([]Message, error) {
	var out []Message
	err := lines(r, func(l *messageLine) error {
		m := Message{
			ID: trimID(l.ID), Thread: trimID(l.Root), List: l.List, From: l.From, Subject: l.Subject, Date: l.Date,
			Sentiment: l.Sentiment, Incivility: string(l.Incivility), Stance: l.Stance, Signal: l.Signal,
			Evidence: l.Evidence, Confidence: l.Confidence, Sampling: l.Sampling, Argued: l.Arguments != nil,
		}
		if l.Arguments != nil {
			m.Arguments = distinct(*l.Arguments)
		}
		out = append(out, m)
		return m.check()
	})
	return out, err
}

func (m *Message) check() error {
	if m.ID == "" {
		return errors.New("no message_id")
	}
	return errors.Join(known(FieldSentiment, m.Sentiment), known(FieldIncivility, m.Incivility), known(FieldStance, m.Stance), known(FieldSignal, m.Signal))
}

func known(field, value string) error {
	if value == "" || slices.Contains(Values(field), value) {
		return nil
	}
	return fmt.Errorf("%s %q: want one of %s", field, value, strings.Join(Values(field), ", "))
}

type threadLine struct {
	Root        string    `json:"root_message_id"`
	Sub         string    `json:"sub_root_message_id"`
	Outer       string    `json:"thread_root_message_id"`
	MissingRoot string    `json:"missing_root"`
	List        string    `json:"list"`
	Subject     string    `json:"subject"`
	Label       string    `json:"label"`
	Topics      *[]string `json:"topics"`
	Heat        *int      `json:"heat"`
	Messages    int       `json:"n_messages"`
	Confidence  int       `json:"confidence"`
	Basis       string    `json:"basis"`
}

// ReadThreads reads labels of threads, one JSON object a line; only root_message_id must be there.
func ReadThreads(r io.Reader) ([]Thread, error) { return readThreads(r, false) }

// ReadBranches reads labels of branches inside threads; only sub_root_message_id must be there.
func ReadBranches(r io.Reader) ([]Thread, error) { return readThreads(r, true) }

func readThreads(r io.Reader, branch bool) ([]Thread, error) {
	var out []Thread
	err := lines(r, func(l *threadLine) error {
		t := Thread{
			ID: trimID(l.Root), Root: trimID(l.MissingRoot), Parent: trimID(l.Outer), List: l.List, Subject: l.Subject,
			Label: threadLabel(l.Label), Heat: -1, Messages: l.Messages, Confidence: l.Confidence, Basis: l.Basis, Topical: l.Topics != nil,
		}
		if branch {
			t.ID = trimID(l.Sub)
		}
		if l.Topics != nil {
			t.Topics = distinct(*l.Topics)
		}
		if l.Heat != nil {
			t.Heat = *l.Heat
		}
		out = append(out, t)
		switch {
		case t.ID == "" && branch:
			return errors.New("no sub_root_message_id")
		case t.ID == "":
			return errors.New("no root_message_id")
		case t.Heat < -1 || t.Heat > 3:
			return fmt.Errorf("heat %d: want 0 to 3", t.Heat)
		}
		return known(FieldThread, t.Label)
	})
	return out, err
}

type personLine struct {
	Name      string   `json:"name"`
	Aliases   []string `json:"aliases"`
	Addresses []string `json:"addresses"`
	Role      string   `json:"role"`
	Evidence  string   `json:"evidence_message_id"`
	Strength  string   `json:"evidence_strength"`
}

// ReadPeople reads labelled roles, one JSON object a line; a name or an address must be there.
func ReadPeople(r io.Reader) ([]Person, error) {
	var out []Person
	err := lines(r, func(l *personLine) error {
		out = append(out, Person(*l))
		if l.Name == "" && len(l.Addresses) == 0 {
			return errors.New("neither name nor address")
		}
		return nil
	})
	return out, err
}

// recordLine is the part of an exported message that can be judged. It mirrors the contract of the export, not a type.
type recordLine struct {
	ID         string      `json:"id"`
	Thread     string      `json:"thread"`
	Lists      []string    `json:"lists"`
	Subject    string      `json:"subject"`
	Date       string      `json:"date"`
	Sentiment  verdictLine `json:"sentiment"`
	Incivility verdictLine `json:"incivility"`
	Stance     verdictLine `json:"stance"`
	Signal     string      `json:"signal"`
	SignalBy   []textLine  `json:"signal_evidence"`
	Topics     []tagLine   `json:"topics"`
	Text       string      `json:"text"`
}

type verdictLine struct {
	Label    string     `json:"label"`
	Score    float64    `json:"score"`
	Evidence []textLine `json:"evidence"`
}

type tagLine struct {
	ID       string     `json:"id"`
	Score    float64    `json:"score"`
	Evidence []textLine `json:"evidence"`
}

type textLine struct {
	Text string `json:"text"`
}

func texts(in []textLine) []string {
	out := make([]string, 0, len(in))
	for _, t := range in {
		out = append(out, t.Text)
	}
	return out
}

// ReadRecords reads predictions from exported messages, one JSON object a line.
func ReadRecords(r io.Reader) ([]Prediction, error) {
	var out []Prediction
	err := lines(r, func(l *recordLine) error {
		p := Prediction{
			Message: Message{
				ID: l.ID, Thread: l.Thread, Subject: l.Subject, Date: l.Date, Sentiment: l.Sentiment.Label,
				Incivility: l.Incivility.Label, Stance: l.Stance.Label, Signal: l.Signal, Argued: true, Text: l.Text,
			},
			Score: map[string]float64{
				FieldSentiment: l.Sentiment.Score, FieldIncivility: l.Incivility.Score, FieldStance: l.Stance.Score,
			},
			Reasons: map[string][]string{
				FieldSentiment: texts(l.Sentiment.Evidence), FieldIncivility: texts(l.Incivility.Evidence),
				FieldStance: texts(l.Stance.Evidence), FieldSignal: texts(l.SignalBy),
			},
		}
		if len(l.Lists) > 0 {
			p.List = l.Lists[0]
		}
		for _, t := range l.Topics {
			p.Arguments = append(p.Arguments, t.ID)
			p.Reasons[FieldArguments+"/"+t.ID] = texts(t.Evidence)
		}
		p.Arguments = distinct(p.Arguments)
		out = append(out, p)
		return p.check()
	})
	return out, err
}

type threadRecordLine struct {
	ID       string     `json:"id"`
	Subject  string     `json:"subject"`
	Label    string     `json:"label"`
	Score    float64    `json:"debate_score"`
	Heat     *int       `json:"heat"`
	Messages int        `json:"messages"`
	Topics   []tagLine  `json:"topics"`
	Evidence []textLine `json:"evidence"`
}

// ReadThreadRecords reads predictions from exported threads, one JSON object a line. The debate score p becomes the
// confidence in the label: p for a debate, 1-p for everything else.
func ReadThreadRecords(r io.Reader) ([]ThreadPrediction, error) {
	var out []ThreadPrediction
	err := lines(r, func(l *threadRecordLine) error {
		p := ThreadPrediction{
			Thread:  Thread{ID: l.ID, Subject: l.Subject, Label: threadLabel(l.Label), Heat: -1, Messages: l.Messages, Topical: true},
			Score:   1 - l.Score,
			Reasons: texts(l.Evidence),
		}
		if p.Label == "debate" {
			p.Score = l.Score
		}
		if l.Heat != nil {
			p.Heat = *l.Heat
		}
		for _, t := range l.Topics {
			p.Topics = append(p.Topics, t.ID)
		}
		p.Topics = distinct(p.Topics)
		out = append(out, p)
		if p.ID == "" {
			return errors.New("no id")
		}
		return known(FieldThread, p.Label)
	})
	return out, err
}

func trimID(s string) string {
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(s), "<"), ">")
}

// distinct returns the items sorted, each once, without empty ones.
func distinct(in []string) []string {
	out := make([]string, 0, len(in))
	for _, s := range in {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
