package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rustle/index"
	"rustle/index/query"
	"rustle/pkg/analysis"
	"rustle/pkg/archive"
	"rustle/pkg/export"
	"rustle/pkg/ingest"
)

type exportOptions struct {
	selection
	format
	what, out string
	schema    bool
	verify    string
}

func newExport(c *command) *cobra.Command {
	var o exportOptions
	cmd := &cobra.Command{
		Use:   "export --what messages|threads|stances|people|sentences [QUERY...]",
		Short: "write records as data for R, Python, DuckDB",
		Long: `Export writes what the index knows in a stable machine-readable form, oldest first. With a
query only matching mail: threads that hold one, stances and people of those who wrote it,
sentences that are evidence in it. The same index gives the same bytes.

With -o FILE a card FILE.card.json says where the data came from: query, sources, counts, versions
of tool and rules, hash; the ending of FILE (.csv, .json, .jsonl, .mbox) says which form, unless
--format does. --verify CARD makes the export again and tells what drifted; --schema
prints the data dictionary. The forms mbox (mboxrd, original bytes) and perceval (JSON Lines as
Perceval's mbox backend writes them) are of messages; they read the archives, oldest mail first, a
packed one through an unpacked copy in $TMPDIR.

` + exitHelp,
		Example: "  rustle export is:rust -o rust.jsonl\n  rustle export --what threads --format csv is:debate | head\n  rustle export --verify rust.jsonl.card.json",
		RunE: func(cmd *cobra.Command, args []string) error {
			o.format.ofFile(cmd, o.out)
			switch {
			case o.schema:
				return export.Dictionary(c.env.stdout)
			case o.verify != "":
				return c.runVerify(cmd.Context(), o.verify, args)
			}
			return c.runExport(cmd.Context(), o, args)
		},
	}
	f := cmd.Flags()
	o.selection.flags(f)
	o.format.flags(f, "jsonl", "json", "csv", "csv-spreadsheet", "mbox", "perceval")
	f.StringVar(&o.what, "what", "messages", "messages, threads, stances, people or sentences")
	f.StringVarP(&o.out, "output", "o", "-", "file to write, with a card beside it; - is stdout")
	f.BoolVar(&o.schema, "schema", false, "print the data dictionary")
	f.StringVar(&o.verify, "verify", "", "make the export of this card again and compare")
	cmd.ValidArgsFunction = c.completeQuery
	return cmd
}

// whats are the tables that export writes. The network of replies is `people --graph`.
var whats = []export.Table{export.MessageTable, export.ThreadTable, export.StanceTable, export.PersonTable, export.SentenceTable}

func (o *exportOptions) check() error {
	if o.format.name == "parquet" {
		return withHint(usagef("--format parquet is left out: its writer would make the program a good deal larger"),
			"DuckDB makes it of JSON Lines: COPY (SELECT * FROM read_json_auto('FILE.jsonl')) TO 'FILE.parquet' (FORMAT parquet)")
	}
	if err := o.format.check(); err != nil {
		return err
	}
	if !slices.Contains(whats, export.Table(o.what)) {
		return withHint(usagef("--what %s is not known", o.what), "choose messages, threads, stances, people or sentences")
	}
	if (o.format.name == "mbox" || o.format.name == "perceval") && o.what != "messages" {
		return withHint(usagef("--format %s is a form of mail", o.format.name), "use it with --what messages, or choose jsonl or csv")
	}
	return nil
}

func (c *command) runExport(ctx context.Context, o exportOptions, args []string) error {
	if err := o.check(); err != nil {
		return err
	}
	node, r, err := c.ask(o.selection, args)
	if err != nil {
		return err
	}
	defer r.Close()
	return c.exportFile(ctx, r, o, node, "row")
}

// exportFile writes an export, and its card beside a file. Unit is what a row of it is called.
func (c *command) exportFile(ctx context.Context, r *index.Reader, o exportOptions, node query.Node, unit string) error {
	card, err := c.card(ctx, r, o, node)
	if err != nil {
		return err
	}
	err = c.writeFile(o.out, func(w io.Writer) error {
		d := export.NewDigest(w)
		var err error
		card.Rows, err = c.exportTo(ctx, d, r, o, node)
		card.Bytes, card.SHA256 = d.Bytes(), d.SHA256()
		return err
	})
	if err != nil {
		return err
	}
	c.notef("%s", plural(card.Rows, unit))
	if o.out == "" || o.out == "-" {
		return nil
	}
	card.File = filepath.Base(o.out)
	if err := c.writeFile(o.out+".card.json", card.Write); err != nil {
		return err
	}
	c.notef("wrote %s and %s", o.out, o.out+".card.json")
	return nil
}

// exportTo writes what the options ask for and returns how many rows.
func (c *command) exportTo(ctx context.Context, w io.Writer, r *index.Reader, o exportOptions, node query.Node) (int, error) {
	var broken error
	records := ended(r.All(ctx, node), &broken)
	var from archive.Finder
	defer from.Close()
	f := export.Format(o.format.name)
	var n int
	var err error
	switch {
	case f == "mbox":
		n, err = export.Mbox(w, records, func(r *analysis.Record) ([]byte, error) { return original(ctx, &from, r) })
	case f == "perceval":
		n, err = c.perceval(ctx, w, r, node)
	case o.what == "threads":
		threads := func(yield func(analysis.ThreadSummary) bool) {
			for s := range ended(r.AllThreads(ctx, node), &broken) {
				if !yield(*s) {
					return
				}
			}
		}
		n, err = export.Threads(w, f, threads)
	case export.Table(o.what) == export.EdgeTable:
		edges := export.Network(records)
		n = len(edges)
		switch o.format.name {
		case "graphml":
			err = export.GraphML(w, edges)
		case "dot":
			err = export.DOT(w, edges)
		default:
			_, err = export.Edges(w, f, edges)
		}
	case o.what == "stances":
		var rows []export.Stance
		if rows, err = c.ledger(ctx, r, node, false); err == nil {
			n, err = export.StanceRows(w, f, slices.Values(rows))
		}
	case o.what == "people":
		n, err = export.People(w, f, records)
	case o.what == "sentences":
		n, err = export.Sentences(w, f, records)
	default:
		n, err = export.Messages(w, f, records)
	}
	return n, errors.Join(err, broken)
}

// ended turns a sequence with a final error into one without; the error is in broken afterwards.
func ended[T any](seq iter.Seq2[T, error], broken *error) iter.Seq[T] {
	return func(yield func(T) bool) {
		for v, err := range seq {
			if err != nil {
				*broken = err
				return
			}
			if !yield(v) {
				return
			}
		}
	}
}

// perceval writes mail in Perceval's form. The time of fetching is that of the last ingest, so that
// the same index gives the same bytes.
func (c *command) perceval(ctx context.Context, w io.Writer, r *index.Reader, node query.Node) (int, error) {
	entries, err := ingest.Ledger(c.indexDir())
	if err != nil {
		return 0, err
	}
	var fetched time.Time
	var names []string
	for _, e := range entries {
		names = append(names, orElse(e.List, filepath.Base(e.Path)))
		if e.LastRun.After(fetched) {
			fetched = e.LastRun
		}
	}
	slices.Sort(names)
	var broken error
	var from archive.Finder
	defer from.Close()
	text := ""
	records := func(yield func(analysis.Record) bool) {
		for d := range ended(r.Documents(ctx, node), &broken) {
			text = d.Mail.Text
			if !yield(d.Record) {
				return
			}
		}
	}
	n, err := export.Perceval(w, records, strings.Join(slices.Compact(names), ","), fetched.Truncate(time.Second),
		func(r *analysis.Record) ([]byte, error) { return original(ctx, &from, r) },
		func(*analysis.Record) (string, error) { return text, nil })
	return n, errors.Join(err, broken)
}

// card says where an export comes from; rows, bytes, hash and file are the caller's.
func (c *command) card(ctx context.Context, r *index.Reader, o exportOptions, node query.Node) (export.Card, error) {
	st, err := r.Stats(ctx)
	if err != nil {
		return export.Card{}, err
	}
	entries, err := ingest.Ledger(c.indexDir())
	if err != nil {
		return export.Card{}, err
	}
	card := export.Card{
		FormatVersion: export.SchemaVersion, Table: export.Table(o.what), Format: o.format.name, Query: queryText(node), Created: c.env.now().UTC().Truncate(time.Second),
		Tool: "rustle " + toolVersion(), Fingerprint: st.Fingerprint, Schema: strconv.Itoa(st.Schema), Messages: st.Messages, Threads: st.Threads,
		Columns: export.Columns(export.Table(o.what)), Limits: export.Limits(),
	}
	for _, e := range entries {
		position := "nothing read"
		if !e.Newest.IsZero() {
			position = "newest mail " + e.Newest.UTC().Format(time.RFC3339)
		}
		card.Sources = append(card.Sources, export.CardSource{Name: filepath.Base(e.Path), List: e.List, Position: position, Messages: e.Mails})
	}
	return card, nil
}

// queryText is the query in its canonical form, dates made absolute; "" is everything.
func queryText(node query.Node) string {
	if node == nil {
		return ""
	}
	return node.String()
}

// runVerify makes the export of a card again. A difference is a failure: scripts rest on it.
func (c *command) runVerify(ctx context.Context, path string, args []string) error {
	if len(args) > 0 {
		return withHint(usagef("--verify takes the query from the card, not %q", strings.Join(args, " ")), "leave the words out")
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	then, err := export.ReadCard(file)
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	o := exportOptions{what: string(then.Table), format: format{name: then.Format, allowed: []string{"jsonl", "json", "csv", "csv-spreadsheet", "mbox", "perceval"}}}
	if then.Table == export.EdgeTable {
		err = graphForm(o.format.name)
	} else {
		err = o.check()
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	var words []string
	if then.Query != "" {
		words = []string{then.Query}
	}
	node, r, err := c.ask(selection{}, words)
	if err != nil {
		return err
	}
	defer r.Close()
	now, err := c.card(ctx, r, o, node)
	if err != nil {
		return err
	}
	d := export.NewDigest(io.Discard)
	if now.Rows, err = c.exportTo(ctx, d, r, o, node); err != nil {
		return err
	}
	now.Bytes, now.SHA256 = d.Bytes(), d.SHA256()
	drift := export.Verify(then, now)
	if beside, ok, err := hashBeside(path, then.File); err != nil {
		return err
	} else if ok && beside != then.SHA256 {
		drift = append(drift, export.Drift{What: "file " + then.File, Then: then.SHA256, Now: beside})
	}
	if len(drift) == 0 {
		c.notef("%s: the same %s, byte for byte", path, plural(now.Rows, "row"))
		return nil
	}
	t := table{}
	t.row("WHAT", "THEN", "NOW")
	for _, x := range drift {
		t.row(safe(x.What), safe(x.Then), safe(x.Now))
	}
	if err := t.write(c.env.stdout); err != nil {
		return err
	}
	return fmt.Errorf("%s: the export is no longer the same", path)
}

// hashBeside hashes the file that lies beside a card; false when it is not there.
func hashBeside(card, name string) (string, bool, error) {
	if name == "" || filepath.Base(name) != name {
		return "", false, nil
	}
	f, err := os.Open(filepath.Join(filepath.Dir(card), name))
	if errors.Is(err, os.ErrNotExist) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	d := export.NewDigest(io.Discard)
	_, err = io.Copy(d, f)
	return d.SHA256(), true, errors.Join(err, f.Close())
}
