package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"rustle/index"
	"rustle/index/query"
	"rustle/pkg/analysis"
)

// A library makes the screens of the browser from the index.
type library struct {
	ctx    context.Context // of the whole run: a key brings none
	c      *command
	reader *index.Reader
	query  query.Node
}

// threads is the list of what was found.
func (l *library) threads(res index.ThreadResults) *screen {
	title := "rustle: " + plural(res.Total, "thread")
	if len(res.Hits) < res.Total {
		title += fmt.Sprintf(", the first %d (--limit)", len(res.Hits))
	}
	if text := l.query.String(); text != "" && text != "*" {
		title += " with " + safe(text)
	}
	return &screen{
		title: title,
		render: func(width int) ([]line, error) {
			t := table{width: width - len("> "), flex: 3}
			ids := make([]string, len(res.Hits))
			for i := range res.Hits {
				s := &res.Hits[i].Summary
				ids[i] = s.ID
				t.row(l.c.day(s.Last), fmt.Sprintf("%d/%d", res.Hits[i].Matched, s.Messages), label(l.c, s), safe(s.Subject))
			}
			return tableLines(&t, ids)
		},
		open: func(at line) (*screen, error) { return l.thread(at.id) },
	}
}

// thread is the tree of a thread, with the cursor on the first mail that matches.
func (l *library) thread(id string) (*screen, error) {
	summary, err := l.reader.Thread(id)
	if err != nil {
		return nil, err
	}
	if summary == nil {
		return nil, errors.New("the index lacks the thread " + id)
	}
	records, err := l.reader.ThreadRecords(id)
	if err != nil {
		return nil, err
	}
	matched, err := l.matched(id)
	if err != nil {
		return nil, err
	}
	tree := branches(records)
	s := &screen{
		title: safe(summary.Subject) + " (" + plural(summary.Messages, "mail") + "; " + ansi.Strip(labelText(l.c, summary)) + ")",
		render: func(width int) ([]line, error) {
			t := table{width: width - len("> "), flex: 3}
			ids := make([]string, len(tree))
			subject := ""
			for i, b := range tree {
				date, marks, who := l.c.treeLine(b, &subject)
				star := ""
				if b.record != nil {
					ids[i] = b.record.ID
					if matched[b.record.ID] {
						star = l.c.paint.paint(yellow, "*")
					}
				}
				t.row(star, date, marks, who)
			}
			return tableLines(&t, ids)
		},
		open: func(at line) (*screen, error) { return l.mail(at.id) },
	}
	for i, b := range tree {
		if b.record != nil && matched[b.record.ID] {
			s.cursor = i
			break
		}
	}
	return s, nil
}

// matched are the mails of a thread that the query itself finds; none when it finds everything.
func (l *library) matched(id string) (map[string]bool, error) {
	if _, all := l.query.(query.All); all {
		return nil, nil
	}
	node := query.AllOf(l.query, query.Thread{ID: id})
	res, err := l.reader.Search(l.ctx, node, index.SearchOptions{})
	if err != nil {
		return nil, err
	}
	found := map[string]bool{}
	for i := range res.Hits {
		found[res.Hits[i].Record.ID] = true
	}
	return found, nil
}

// mail is one mail as `rustle show` prints it.
func (l *library) mail(id string) (*screen, error) {
	if id == "" {
		return nil, errors.New("the archive lacks this mail")
	}
	records, err := l.reader.Records(id)
	if err != nil {
		return nil, err
	}
	if len(records) == 0 {
		return nil, errors.New("the index lacks the mail " + id)
	}
	return &screen{
		title: mailTitle(&records[0]),
		text:  true,
		render: func(width int) ([]line, error) {
			var out bytes.Buffer
			err := l.c.showAll(&out, l.reader, records)
			return textLines(out.String(), width), err
		},
	}, nil
}

func mailTitle(r *analysis.Record) string { return safe(r.Person) + ": " + safe(r.Subject) }

// tableLines are the lines of a table with the ids of its rows.
func tableLines(t *table, ids []string) ([]line, error) {
	var out bytes.Buffer
	if err := t.write(&out); err != nil {
		return nil, err
	}
	lines := make([]line, 0, len(ids))
	for text := range strings.Lines(out.String()) {
		i := len(lines)
		lines = append(lines, line{styled: strings.TrimSuffix(text, "\n"), id: ids[i], whole: strings.Join(t.rows[i], " ")})
	}
	return lines, nil
}
