package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rustle/index"
	"rustle/index/query"
	"rustle/pkg/analysis"
	"rustle/pkg/export"
)

type searchOptions struct {
	selection
	paging
	format
	sort     string
	threads  bool
	exitCode bool
}

func newSearch(c *command) *cobra.Command {
	var o searchOptions
	cmd := &cobra.Command{
		Use:   "search QUERY...",
		Short: "find mail",
		Long: `Search finds mail and prints it newest first, each with the sentence that proves the tags
asked for, or else with the place of the hit. ` + "`rustle help query`" + ` is the manual of the query language.

Results go to stdout, the count to stderr.

` + exitHelp,
		Example: "  rustle search 'topic:dual-language-burden stance:oppose'\n  rustle search f:torvalds '\"rust kernel policy\"' --sort rank\n  rustle search signal:nak is:rust --format jsonl | jq -r .id",
		Args:    cobra.MinimumNArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return c.runSearch(cmd.Context(), o, args) },
	}
	f := cmd.Flags()
	o.selection.flags(f)
	o.paging.flags(f, 20)
	o.format.flags(f, "table", "oneline", "json", "jsonl", "csv")
	f.StringVar(&o.sort, "sort", "date", "order: date (newest first), rank, thread-size, heat")
	f.BoolVar(&o.threads, "threads", false, "one line per thread, with notmuch's fields in JSON")
	f.BoolVar(&o.exitCode, "exit-code", false, "exit with 3 when nothing matches")
	return cmd
}

func (c *command) runSearch(ctx context.Context, o searchOptions, args []string) error {
	if err := firstError(o.paging.check(), o.format.check()); err != nil {
		return err
	}
	node, err := c.parse(o.selection, args)
	if err != nil {
		return err
	}
	order, err := index.ParseSort(o.sort)
	if err != nil {
		return withHint(usageError{err}, "choose one of date, rank, thread-size, heat")
	}
	r, err := c.reader()
	if err != nil {
		return err
	}
	defer r.Close()
	if o.threads && o.format.name == "csv" {
		return withHint(usagef("--threads has no CSV form"), "use --format jsonl, or `rustle export --what threads --format csv`")
	}
	if o.threads {
		return c.searchThreads(ctx, r, node, order, o)
	}
	res, err := r.Search(ctx, node, index.SearchOptions{Limit: o.limit, Offset: o.offset, Sort: order, Snippets: o.format.name == "table"})
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := c.printHits(&out, o.format.name, node, res.Hits); err != nil {
		return err
	}
	if err := c.page(out.Bytes()); err != nil {
		return err
	}
	c.notef("%s", found(res.Total, len(res.Hits), o.offset, "mail"))
	if o.exitCode && res.Total == 0 {
		return errNothing
	}
	return nil
}

func found(total, shown, offset int, noun string) string {
	switch {
	case total == 0:
		return "nothing found"
	case shown == total:
		return plural(total, noun)
	case shown == 0:
		return plural(total, noun) + ", none this far down"
	}
	return fmt.Sprintf("%s, showing %d to %d (--limit, --offset)", plural(total, noun), offset+1, offset+shown)
}

func (c *command) printHits(w io.Writer, format string, node query.Node, hits []index.Hit) error {
	switch format {
	case "json", "jsonl":
		return scoredJSON(w, format, hits)
	case "csv":
		_, err := export.Messages(w, export.CSV, func(yield func(analysis.Record) bool) {
			for i := range hits {
				if !yield(hits[i].Record) {
					return
				}
			}
		})
		return err
	case "oneline":
		t := table{width: c.env.width, flex: 2}
		for _, h := range hits {
			t.row(c.day(h.Record.Date), safe(h.Record.Person), safe(h.Record.Subject), c.paint.paint(dim, safe(h.Record.ID)))
		}
		return t.write(w)
	}
	asked := askedTags(node)
	for _, h := range hits {
		if err := c.printHit(w, &h, asked); err != nil {
			return err
		}
	}
	return nil
}

// printHit prints one result as a block: who and when, what, where to read on, and the proof.
func (c *command) printHit(w io.Writer, h *index.Hit, asked map[string]bool) error {
	r := &h.Record
	marks := strings.TrimSpace(c.stanceMark(r) + " " + c.toneMark(r))
	if marks != "" {
		marks = "  [" + marks + "]"
	}
	lines := []string{
		c.day(r.Date) + "  " + c.paint.paint(bold, who(r)) + marks,
		"    " + safe(r.Subject),
	}
	for _, p := range proofs(r, asked) {
		lines = append(lines, "    "+c.paint.paint(cyan, p.tag)+": \""+safe(p.text)+"\"")
	}
	if len(lines) == 2 && h.Snippet != "" {
		lines = append(lines, "    "+c.marked(h.Snippet))
	}
	lines = append(lines, "    "+c.paint.paint(dim, safe(r.ID)))
	for _, l := range lines {
		if _, err := fmt.Fprintln(w, cut(l, c.env.width)); err != nil {
			return err
		}
	}
	return nil
}

// marked shows the hits of a snippet, which index puts between SnippetOpen and SnippetClose.
func (c *command) marked(s string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, index.SnippetOpen)
		b.WriteString(safe(before))
		if !ok {
			return b.String()
		}
		hit, after, _ := strings.Cut(rest, index.SnippetClose)
		b.WriteString(c.paint.paint(bold, safe(hit)))
		s = after
	}
}

// A proof is the sentence behind a tag that the query asked for.
type proof struct{ tag, text string }

// askedTags are the tag fields that a query mentions outside a NOT: their evidence is the answer.
func askedTags(n query.Node) map[string]bool {
	asked := map[string]bool{}
	var walk func(query.Node)
	walk = func(n query.Node) {
		switch n := n.(type) {
		case query.And:
			for _, sub := range n.Nodes {
				walk(sub)
			}
		case query.Or:
			for _, sub := range n.Nodes {
				walk(sub)
			}
		case query.Term:
			asked[string(n.Field)] = true
			asked[string(n.Field)+":"+n.Text] = true
			asked[string(n.Field)+":*"] = asked[string(n.Field)+":*"] || n.Form == query.Prefix
		}
	}
	walk(n)
	return asked
}

func proofs(r *analysis.Record, asked map[string]bool) []proof {
	var out []proof
	add := func(tag string, evs []analysis.Evidence) {
		if len(evs) > 0 {
			out = append(out, proof{tag, evs[0].Text})
		}
	}
	for _, t := range r.Topics {
		if asked["topic:"+t.ID] || asked["topic:*"] {
			add(t.ID, t.Evidence)
		}
	}
	for _, t := range r.Entities {
		if asked["entity:"+t.ID] || asked["entity:*"] {
			add(t.ID, t.Evidence)
		}
	}
	if asked["stance"] && r.Stance.Label != "none" {
		add(r.Stance.Label, r.Stance.Evidence)
	}
	if asked["sentiment"] && r.Sentiment.Label != "neutral" {
		add(r.Sentiment.Label, r.Sentiment.Evidence)
	}
	if asked["incivility"] && r.Incivility.Label == "true" {
		add("uncivil", r.Incivility.Evidence)
	}
	if asked["signal"] && r.Signal != "none" {
		add(r.Signal, r.SignalBy)
	}
	return out
}

func (c *command) searchThreads(ctx context.Context, r *index.Reader, node query.Node, order index.Sort, o searchOptions) error {
	res, err := r.Threads(ctx, node, index.SearchOptions{Limit: o.limit, Offset: o.offset, Sort: order})
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if o.format.name == "table" || o.format.name == "oneline" {
		t := table{width: c.env.width, flex: 3}
		for _, h := range res.Hits {
			t.row(c.day(h.Summary.Last), fmt.Sprintf("%d/%d", h.Matched, h.Summary.Messages), label(c, &h.Summary), safe(h.Summary.Subject), c.paint.paint(dim, safe(h.Summary.ID)))
		}
		err = t.write(&out)
	} else {
		err = threadLines(&out, o.format.name, res.Hits)
	}
	if err != nil {
		return err
	}
	if err := c.page(out.Bytes()); err != nil {
		return err
	}
	c.notef("%s", found(res.Total, len(res.Hits), o.offset, "thread"))
	if o.exitCode && res.Total == 0 {
		return errNothing
	}
	return nil
}

// scoredJSON prints records with what the search adds to them.
func scoredJSON(w io.Writer, format string, hits []index.Hit) error {
	type scored struct {
		analysis.Record
		Score float64 `json:"score"`
	}
	rows := make([]scored, len(hits))
	for i := range hits {
		rows[i] = scored{export.Message(hits[i].Record), hits[i].Score}
	}
	return writeJSON(w, format, rows)
}

// A threadLine is a thread with the field names of `notmuch search --format=json`, and ours.
type threadLine struct {
	Thread    string   `json:"thread"`
	Timestamp int64    `json:"timestamp"` // of the newest mail, seconds since 1970
	Date      string   `json:"date"`      // the same, RFC 3339
	Matched   int      `json:"matched"`
	Total     int      `json:"total"`
	Authors   string   `json:"authors"`
	Subject   string   `json:"subject"`
	Tags      []string `json:"tags"`
	Score     float64  `json:"score"`
}

func threadLines(w io.Writer, format string, hits []index.ThreadHit) error {
	rows := make([]threadLine, len(hits))
	for i := range hits {
		s := &hits[i].Summary
		names := make([]string, 0, len(s.Participants))
		for _, p := range s.Participants {
			names = append(names, p.Person)
		}
		tags := []string{s.Label}
		for _, t := range s.Topics {
			tags = append(tags, t.ID)
		}
		rows[i] = threadLine{
			Thread: s.ID, Timestamp: s.Last.Unix(), Date: s.Last.Format(time.RFC3339), Matched: hits[i].Matched, Total: s.Messages,
			Authors: strings.Join(names, ", "), Subject: s.Subject, Tags: tags, Score: hits[i].Score,
		}
	}
	return writeJSON(w, format, rows)
}

// writeJSON prints rows as one array, or one object a line.
func writeJSON[T any](w io.Writer, format string, rows []T) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	if format == "json" {
		enc.SetIndent("", " ")
		return enc.Encode(rows)
	}
	for i := range rows {
		if err := enc.Encode(rows[i]); err != nil {
			return err
		}
	}
	return nil
}

func label(c *command, s *analysis.ThreadSummary) string {
	if s.Label == "debate" {
		return c.heat(s.Heat) + " debate"
	}
	return s.Label
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func newCount(c *command) *cobra.Command {
	var s selection
	var threads, exitCode bool
	cmd := &cobra.Command{
		Use:     "count [QUERY...]",
		Short:   "count mail or threads",
		Long:    "Count prints how many mails match the query, or all of them without one.\n\n" + exitHelp,
		Example: "  rustle count is:rust signal:nak\n  rustle count --threads is:debate",
		RunE: func(cmd *cobra.Command, args []string) error {
			node, err := c.parse(s, args)
			if err != nil {
				return err
			}
			r, err := c.reader()
			if err != nil {
				return err
			}
			defer r.Close()
			n, err := r.Count(cmd.Context(), node, threads)
			if err != nil {
				return err
			}
			if _, err := fmt.Fprintln(c.env.stdout, n); err != nil {
				return err
			}
			if exitCode && n == 0 {
				return errNothing
			}
			return nil
		},
	}
	s.flags(cmd.Flags())
	cmd.Flags().BoolVar(&threads, "threads", false, "count threads that hold a matching mail")
	cmd.Flags().BoolVar(&exitCode, "exit-code", false, "exit with 3 when nothing matches")
	return cmd
}
