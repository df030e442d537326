package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"rustle/index"
	"rustle/index/query"
	"rustle/pkg/analysis"
	"rustle/pkg/archive"
	"rustle/pkg/export"
	"rustle/pkg/report"
)

type searchOptions struct {
	selection
	paging
	format
	sort     string
	facets   []string
	fields   []string
	null     bool
	threads  bool
	exitCode bool
}

// A scored is a record with what the search adds to it.
type scored struct {
	analysis.Record
	Score float64 `json:"score"`
}

func newSearch(c *command) *cobra.Command {
	var o searchOptions
	cmd := &cobra.Command{
		Use:   "search QUERY...",
		Short: "find mail",
		Long: `Search finds mail and prints it newest first, each with the sentence that proves
the tags asked for, or else with the place of the hit. ` + "`rustle help query`" + ` is the
manual of the query language; @NAME is the query saved under that name in the
configuration.

--facet counts what was found instead, by one or more of
` + wrap(strings.Join(index.Facets(), " "), 78, "") + `.
--fields prints single fields, named as in the JSON form, with tabs between them;
-0 ends each line with a NUL byte, for xargs. The form mbox is the original mail,
read from the archives.

Results go to stdout, the count to stderr.

` + exitHelp,
		Example: "  rustle search 'topic:dual-language-burden stance:oppose'\n" +
			"  rustle search f:torvalds '\"rust kernel policy\"' --sort rank\n" +
			"  rustle search is:rust --facet person,month\n" +
			"  rustle search signal:nak is:rust --fields date,from.addr,id",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return c.runSearch(cmd.Context(), o, args) },
	}
	f := cmd.Flags()
	o.selection.flags(f)
	o.paging.flags(f, 20)
	o.format.flags(f, "table", "oneline", "json", "jsonl", "csv", "markdown", "mbox")
	f.StringVar(&o.sort, "sort", "date", sortUsage)
	f.StringSliceVar(&o.facets, "facet", nil, "count by these, such as person,month")
	f.StringSliceVar(&o.fields, "fields", nil, "print these fields only, such as id,date,from.addr,subject")
	f.BoolVarP(&o.null, "null", "0", false, "end each line of --fields (default: the id) with a NUL byte")
	f.BoolVar(&o.threads, "threads", false, "one line per thread, with notmuch's fields in JSON")
	f.BoolVar(&o.exitCode, "exit-code", false, "exit with 3 when nothing matches")
	cmd.ValidArgsFunction = c.completeQuery
	completeFlags(cmd, map[string][]string{
		"format": o.format.allowed, "sort": sortNames(), "facet": index.Facets(), "fields": fieldNames[scored](),
	})
	return cmd
}

// check refuses what does not go together and fills in what follows.
func (o *searchOptions) check() error {
	if err := firstError(o.paging.check(), o.format.check(), checkFacets(o.facets)); err != nil {
		return err
	}
	if o.null && len(o.fields) == 0 {
		o.fields = []string{"id"}
		if o.threads {
			o.fields = []string{"thread"}
		}
	}
	lines := o.format.name == "table" || o.format.name == "oneline"
	switch {
	case o.null && !lines:
		return usagef("-0 ends lines, which --format %s does not have", o.format.name)
	case len(o.facets) > 0 && (o.threads || len(o.fields) > 0):
		return withHint(usagef("--facet counts mail; it does not go with --threads, --fields or -0"), "take one of them")
	case (len(o.facets) > 0 || len(o.fields) > 0) && (o.format.name == "markdown" || o.format.name == "mbox"):
		return withHint(usagef("--format %s is for whole mails", o.format.name), "choose one of table, json, jsonl, csv")
	case o.threads && len(o.fields) == 0 && !lines && o.format.name != "json" && o.format.name != "jsonl":
		return withHint(usagef("--threads has no form %s", o.format.name), "use --format jsonl, --fields, or `rustle export --what threads`")
	case o.threads:
		return checkFields[threadLine](o.fields)
	}
	return checkFields[scored](o.fields)
}

func (c *command) runSearch(ctx context.Context, o searchOptions, args []string) error {
	if err := o.check(); err != nil {
		return err
	}
	order, err := resultOrder(o.sort)
	if err != nil {
		return err
	}
	node, r, err := c.ask(o.selection, args)
	if err != nil {
		return err
	}
	defer r.Close()
	if order == index.ByRank && !index.Ranked(node) && len(o.facets) == 0 {
		c.notef("--sort rank is by words of the subject and the text; the query has none, so the newest come first")
	}
	if len(o.facets) > 0 {
		return c.searchFacets(ctx, r, node, o)
	}
	if o.threads {
		return c.searchThreads(ctx, r, node, order, o)
	}
	snippets := o.format.name == "table" && len(o.fields) == 0
	res, err := r.Search(ctx, node, index.SearchOptions{Limit: o.limit, Offset: o.offset, Sort: order, Snippets: snippets})
	if err != nil {
		return err
	}
	err = c.output(o.format.name, func(w io.Writer) error { return c.printHits(ctx, w, o, node, res.Hits) })
	if err != nil {
		return err
	}
	c.notef("%s", found(res.Total, len(res.Hits), o.offset, "mail"))
	if o.exitCode && res.Total == 0 {
		return errNothing
	}
	return nil
}

// output collects results and pages them. Forms for programs hold mail as it is; when they go to a
// terminal all the same, what could command it is taken out.
func (c *command) output(format string, write func(io.Writer) error) error {
	var out bytes.Buffer
	if err := write(&out); err != nil {
		return err
	}
	if c.env.tty && format != "table" && format != "oneline" {
		return c.page([]byte(safeLines(out.String())))
	}
	return c.page(out.Bytes())
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

func (c *command) printHits(ctx context.Context, w io.Writer, o searchOptions, node query.Node, hits []index.Hit) error {
	records := func(yield func(analysis.Record) bool) {
		for i := range hits {
			if !yield(hits[i].Record) {
				return
			}
		}
	}
	if len(o.fields) > 0 {
		return writeFields(w, o.format.name, o.null, o.fields, scoredHits(hits))
	}
	switch o.format.name {
	case "json", "jsonl":
		return writeJSON(w, o.format.name, scoredHits(hits))
	case "csv":
		_, err := export.Messages(w, export.CSV, records)
		return err
	case "mbox":
		var from archive.Finder
		defer from.Close()
		_, err := export.Mbox(w, records, func(r *analysis.Record) ([]byte, error) { return original(ctx, &from, r) })
		return err
	case "oneline":
		t := table{width: c.env.width, flex: 2}
		for _, h := range hits {
			t.row(c.day(h.Record.Date), c.shortName(&h.Record), safe(h.Record.Subject), c.idCell(h.Record.ID))
		}
		return t.write(w)
	}
	asked := askedTags(node)
	for _, h := range hits {
		item := c.printHit
		if o.format.name == "markdown" {
			item = c.markdownHit
		}
		if err := item(w, &h, asked); err != nil {
			return err
		}
	}
	return nil
}

// shortName is the sender; on a terminal no longer than leaves room for the subject.
func (c *command) shortName(r *analysis.Record) string {
	const widest = 20
	if c.env.width == 0 {
		return safe(r.Person)
	}
	return cut(safe(r.Person), widest)
}

// idCell is the id at the end of a line; a narrow terminal shows the subject instead.
func (c *command) idCell(id string) string {
	const wide = 120
	if c.env.width > 0 && c.env.width < wide {
		return ""
	}
	return c.paint.paint(dim, safe(id))
}

// printHit prints one result as a block: who and when, what, where to read on, and the proof.
func (c *command) printHit(w io.Writer, h *index.Hit, asked map[string]bool) error {
	const indent = "    "
	r := &h.Record
	marks := strings.TrimSpace(c.stanceMark(r) + " " + c.toneMark(r))
	if marks != "" {
		marks = "  [" + marks + "]"
	}
	name := who(r)
	if c.env.width > 0 {
		name = cut(name, max(c.env.width-len("2006-01-02  ")-ansi.StringWidth(marks), 12))
	}
	lines := []string{c.day(r.Date) + "  " + c.paint.paint(bold, name) + marks, indent + safe(r.Subject)}
	for _, p := range proofs(r, asked) {
		// The whole sentence: a proof cut short proves nothing.
		text := p.tag + ": \"" + safe(p.text) + "\""
		if c.env.width > 0 {
			text = wrap(text, max(c.env.width-len(indent)-2, 20), indent+"  ")
		}
		lines = append(lines, indent+c.paint.paint(cyan, p.tag)+strings.TrimPrefix(text, p.tag))
	}
	if len(lines) == 2 && h.Snippet != "" {
		lines = append(lines, indent+c.marked(h.Snippet, c.env.width-len(indent)))
	}
	lines = append(lines, indent+c.paint.paint(dim, safe(r.ID)))
	for block := range strings.SplitSeq(strings.Join(lines, "\n"), "\n") {
		if _, err := fmt.Fprintln(w, cut(block, c.env.width)); err != nil {
			return err
		}
	}
	return nil
}

// markdownHit prints one result as an item of a list, with a link and the proof.
func (c *command) markdownHit(w io.Writer, h *index.Hit, asked map[string]bool) error {
	r := &h.Record
	var marks []string
	if r.Signal != "none" && r.Signal != "" {
		marks = append(marks, r.Signal)
	}
	if p := r.Stands(); p != "none" {
		marks = append(marks, p)
	}
	if tone := r.Tone(); tone != "neutral" {
		marks = append(marks, tone)
	}
	line := "- " + c.day(r.Date) + " " + report.Escape(who(r))
	if len(marks) > 0 {
		line += " (" + strings.Join(marks, ", ") + ")"
	}
	line += ": [" + report.Escape(orElse(r.Subject, "no subject")) + "](" + report.LoreURL(r.ID) + ")\n"
	for _, p := range proofs(r, asked) {
		line += "\n  > " + report.Escape(p.tag) + ": “" + report.Escape(p.text) + "”\n"
	}
	_, err := io.WriteString(w, line)
	return err
}

// marked shows the hits of a snippet, which index puts between SnippetOpen and SnippetClose. When
// it is wider than columns, what stands before the first hit gives way.
func (c *command) marked(s string, columns int) string {
	var b strings.Builder
	if lead, _, ok := strings.Cut(s, index.SnippetOpen); ok && columns > 0 && ansi.StringWidth(s) > columns {
		if most := columns / 3; ansi.StringWidth(lead) > most {
			kept := ansi.TruncateLeft(lead, ansi.StringWidth(lead)-most, "")
			_, kept, _ = strings.Cut(kept, " ") // begin with a whole word
			s = "… " + kept + s[len(lead):]
		}
	}
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
	scored := func(tag string, isUnsure bool, v analysis.Verdict) {
		if isUnsure {
			tag += ", unsure (" + score(v.Score) + ")"
		}
		add(tag, v.Evidence)
	}
	sure, doubtful := r.Arguments()
	for i, t := range slices.Concat(sure, doubtful) {
		if asked["topic:"+t.ID] || asked["topic:*"] {
			scored(t.ID, i >= len(sure), analysis.Verdict{Score: t.Score, Evidence: t.Evidence})
		}
	}
	for _, t := range r.Entities {
		if asked["entity:"+t.ID] || asked["entity:*"] {
			add(t.ID, t.Evidence)
		}
	}
	if asked["stance"] && r.Stance.Label != "none" {
		scored(r.Stance.Label, r.Unsure() != "", r.Stance)
	}
	if asked["sentiment"] && r.Sentiment.Label != "neutral" {
		scored(r.Sentiment.Label, r.UnsureTone() != "", r.Sentiment)
	}
	if asked["incivility"] && r.Incivility.Label == "true" {
		scored("uncivil", r.UnsureUncivil(), r.Incivility)
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
	err = c.output(o.format.name, func(w io.Writer) error {
		switch {
		case len(o.fields) > 0:
			return writeFields(w, o.format.name, o.null, o.fields, threadLines(res.Hits))
		case o.format.name == "json", o.format.name == "jsonl":
			return writeJSON(w, o.format.name, threadLines(res.Hits))
		}
		t := table{width: c.env.width, flex: 3}
		for _, h := range res.Hits {
			t.row(c.day(h.Summary.Last), fmt.Sprintf("%d/%d", h.Matched, h.Summary.Messages), label(c, &h.Summary), safe(h.Summary.Subject), c.idCell(h.Summary.ID))
		}
		return t.write(w)
	})
	if err != nil {
		return err
	}
	c.notef("%s", found(res.Total, len(res.Hits), o.offset, "thread"))
	if o.exitCode && res.Total == 0 {
		return errNothing
	}
	return nil
}

func scoredHits(hits []index.Hit) []scored {
	rows := make([]scored, len(hits))
	for i := range hits {
		rows[i] = scored{export.Message(hits[i].Record), hits[i].Score}
	}
	return rows
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

func threadLines(hits []index.ThreadHit) []threadLine {
	rows := make([]threadLine, len(hits))
	for i := range hits {
		s := &hits[i].Summary
		names := make([]string, 0, len(s.Participants))
		for _, p := range s.Participants {
			names = append(names, p.Person)
		}
		tags := []string{s.Label}
		for _, t := range s.Topics {
			if t.Messages > 0 {
				tags = append(tags, t.ID)
			}
		}
		rows[i] = threadLine{
			Thread: s.ID, Timestamp: s.Last.Unix(), Date: s.Last.Format(time.RFC3339), Matched: hits[i].Matched, Total: s.Messages,
			Authors: strings.Join(names, ", "), Subject: s.Subject, Tags: tags, Score: hits[i].Score,
		}
	}
	return rows
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
			node, r, err := c.ask(s, args)
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
	cmd.ValidArgsFunction = c.completeQuery
	return cmd
}
