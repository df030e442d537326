package main

import (
	"cmp"
	"context"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"rustle/index"
	"rustle/index/query"
	"rustle/pkg/analysis"
	"rustle/pkg/export"
	"rustle/pkg/patch"
)

type stancesOptions struct {
	selection
	paging
	format
	series   bool
	exitCode bool
}

func newStances(c *command) *cobra.Command {
	var o stancesOptions
	cmd := &cobra.Command{
		Use:   "stances [QUERY...]",
		Short: "who took which position in which thread",
		Long: `Stances is the ledger of positions: for each person and thread the first and the last position
with the sentence it rests on, every change with both sentences, explicit signals and the fate of
a NAK: lifted when the same person later acks, reviews or applies the change or takes the NAK
back, overridden when somebody applies it all the same, else standing. It holds the people who
wrote a mail of the query, and counts all their mail in that thread; with --series also in the
threads of the other revisions of the same series. Positions are tags; the number is their score.
Under 0.5 one is more likely wrong than right: it is no first or last position and no change, but
counted as unsure, and the best of them is shown where a person has no other.

` + exitHelp,
		Example: "  rustle stances is:debate person:\"Christoph Hellwig\"\n  rustle stances --series signal:nak\n  rustle stances is:stance-change d:2025\n  rustle stances is:debate --format csv > stances.csv",
		RunE: func(cmd *cobra.Command, args []string) error {
			o.paging.all(cmd, o.format.name)
			return c.runStances(cmd.Context(), o, args)
		},
	}
	f := cmd.Flags()
	o.selection.flags(f)
	o.paging.flags(f, 50)
	o.format.flags(f, "table", "jsonl", "json", "csv")
	f.BoolVar(&o.series, "series", false, "one row for all revisions of a patch series")
	f.BoolVar(&o.exitCode, "exit-code", false, "exit with 3 when there are none")
	cmd.ValidArgsFunction = c.completeQuery
	return cmd
}

func (c *command) runStances(ctx context.Context, o stancesOptions, args []string) error {
	if err := firstError(o.paging.check(), o.format.check()); err != nil {
		return err
	}
	node, r, err := c.ask(o.selection, args)
	if err != nil {
		return err
	}
	defer r.Close()
	all, err := c.ledger(ctx, r, node, o.series)
	if err != nil {
		return err
	}
	rows := window(all, o.paging)
	err = c.output(o.format.name, func(w io.Writer) error {
		if o.format.name != "table" {
			_, err := export.StanceRows(w, export.Format(o.format.name), slices.Values(rows))
			return err
		}
		return c.stanceTable(w, rows)
	})
	if err != nil {
		return err
	}
	c.notef("%s", found(len(all), len(rows), o.offset, "row"))
	if o.exitCode && len(all) == 0 {
		return errNothing
	}
	return nil
}

// all lifts a default limit where the output is data: a file that ends early would tell a wrong story.
func (p *paging) all(cmd *cobra.Command, format string) {
	if format != "table" && !cmd.Flags().Changed("limit") {
		p.limit = 0
	}
}

// window is the page of a list that --limit and --offset ask for.
func window[T any](all []T, p paging) []T {
	out := all[min(p.offset, len(all)):]
	if p.limit > 0 {
		out = out[:min(p.limit, len(out))]
	}
	return out
}

// ledger is the rows of the people who wrote a mail of the query, in the threads where they did, by
// the date of a thread's first matching mail. Whole threads are read: a NAK may be lifted, and a
// position changed, in a mail that does not match.
func (c *command) ledger(ctx context.Context, r *index.Reader, node query.Node, series bool) ([]export.Stance, error) {
	wrote := map[string]map[string]bool{}
	var threads []string
	for rec, err := range r.All(ctx, node) {
		if err != nil {
			return nil, err
		}
		if wrote[rec.Thread] == nil {
			wrote[rec.Thread] = map[string]bool{}
			threads = append(threads, rec.Thread)
		}
		wrote[rec.Thread][personOf(&rec)] = true
	}
	groups := make([][]string, len(threads))
	for i, id := range threads {
		groups[i] = []string{id}
	}
	if series {
		var err error
		if groups, err = revisions(ctx, r, threads); err != nil {
			return nil, err
		}
	}
	var out []export.Stance
	for _, group := range groups {
		var records []analysis.Record
		people := map[string]bool{}
		for _, id := range group {
			more, err := r.ThreadRecords(id)
			if err != nil {
				return nil, err
			}
			records = append(records, more...)
			maps.Copy(people, wrote[id])
		}
		for _, s := range export.Ledger(records) {
			if people[s.Person] {
				out = append(out, s)
			}
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// revisions groups threads with those that hold the other revisions of their series: patches of the same person
// under the same title. A thread without a patch stays alone.
func revisions(ctx context.Context, r *index.Reader, threads []string) ([][]string, error) {
	type key struct{ title, person string }
	keyOf := func(id string) (k key, err error) {
		records, err := r.ThreadRecords(id)
		if err != nil || len(records) == 0 {
			return k, err
		}
		root := &records[0]
		for i := range records { // they come by date; the root has no depth
			if records[i].Depth == 0 {
				root = &records[i]
				break
			}
		}
		if s := patch.ParseSubject(root.Subject); s.Patch && !s.Reply {
			k = key{s.Key(), personOf(root)}
		}
		return k, nil
	}
	wanted := map[key]int{} // place in groups
	titles := map[string]bool{}
	var groups [][]string
	for _, id := range threads {
		k, err := keyOf(id)
		if err != nil {
			return nil, err
		}
		if k == (key{}) {
			groups = append(groups, []string{id})
			continue
		}
		n, ok := wanted[k]
		if !ok {
			n = len(groups)
			wanted[k] = n
			groups = append(groups, nil)
			titles[k.title] = true
		}
		groups[n] = append(groups[n], id)
	}
	for s, err := range r.AllThreads(ctx, query.All{}) {
		if err != nil {
			return nil, err
		}
		if !titles[patch.ParseSubject(s.Subject).Key()] {
			continue
		}
		k, err := keyOf(s.ID)
		if err != nil {
			return nil, err
		}
		if n, ok := wanted[k]; ok && !slices.Contains(groups[n], s.ID) {
			groups[n] = append(groups[n], s.ID)
		}
	}
	return groups, nil
}

func (c *command) stanceTable(w io.Writer, rows []export.Stance) error {
	thread := ""
	for i := range rows {
		s := &rows[i]
		var b strings.Builder
		if s.Thread != thread {
			if thread != "" {
				b.WriteByte('\n')
			}
			thread = s.Thread
			more := ""
			if n := len(s.Threads); n > 1 {
				more = ", in " + plural(n, "revision")
			}
			b.WriteString(c.folded("", c.paint.paint(bold, bareTitle(s.Subject))+"  "+c.paint.paint(dim, safe(s.Thread))+more))
		}
		b.WriteString(c.stanceRow(s))
		if _, err := io.WriteString(w, b.String()); err != nil {
			return err
		}
	}
	return nil
}

// stanceRow is what the ledger says of one person.
func (c *command) stanceRow(s *export.Stance) string {
	return c.folded("  ", safe(s.Person)+roleSuffixPlain(s.Role)+", "+plural(s.Messages, "mail")+": "+c.positions(s)) + c.stanceLines(s)
}

// stanceLines shows the sentences of a row: both of every change, else the one of the last stance; then those of a NAK and
// of what became of it.
func (c *command) stanceLines(s *export.Stance) string {
	var b strings.Builder
	for i, ch := range s.Changes {
		if i == 0 {
			b.WriteString(c.stanceLine(s.First, s.FirstScore, s.FirstDate, ch.FromText, ch.FromID))
		} else if ch.FromID != s.Changes[i-1].ToID { // he said it again meanwhile
			b.WriteString(c.stanceLine(ch.From, -1, "", ch.FromText, ch.FromID))
		}
		if i == len(s.Changes)-1 && ch.ToID == s.LastID {
			break // the last line says it, with its score
		}
		b.WriteString(c.stanceLine(ch.To, -1, ch.Date, ch.ToText, ch.ToID))
	}
	if s.Last != "none" {
		b.WriteString(c.stanceLine(s.Last, s.LastScore, s.LastDate, s.LastText, s.LastID))
	} else if s.UnsureStance != "" {
		b.WriteString(c.stanceLine(s.UnsureStance+", unsure", s.UnsureScore, s.UnsureDate, s.UnsureText, s.UnsureID))
	}
	if s.Nak != "" {
		if s.NakID != s.LastID {
			b.WriteString(c.stanceLine("NAK", -1, "", s.NakText, s.NakID))
		}
		if s.FateID != "" {
			b.WriteString(c.stanceLine("NAK "+s.Nak, -1, "", s.FateText, s.FateID))
		}
	}
	return b.String()
}

// positions sums up a row: the position, or the way it went, signals and the fate of a NAK; then the mails by position where
// there are several, or unsure ones.
func (c *command) positions(s *export.Stance) string {
	var parts []string
	if s.First != "none" {
		way := c.stanceWord(s.First)
		for _, ch := range s.Changes {
			way += " > " + c.stanceWord(ch.To)
		}
		parts = append(parts, way)
	}
	for _, signal := range s.Signals {
		kind, at, _ := strings.Cut(signal, "@")
		parts = append(parts, kind+" "+at[:min(10, len(at))])
	}
	if s.Nak != "" {
		parts = append(parts, "NAK "+s.Nak)
	}
	said := strings.Join(parts, ", ")
	if n := s.Counts().Total(); n.Sure < 2 && n.Unsure == 0 {
		return said
	}
	return strings.TrimPrefix(said+"; "+s.Counts().Taken(), "; ")
}

func (c *command) stanceWord(s string) string {
	switch s {
	case "support":
		return c.paint.paint(green, s)
	case "conditional":
		return c.paint.paint(yellow, s)
	case "oppose":
		return c.paint.paint(red, s)
	}
	return s
}

func (c *command) stanceLine(label string, score float64, at, text, id string) string {
	if text == "" {
		return ""
	}
	head := strings.TrimSpace(at[:min(10, len(at))] + " " + label)
	if score >= 0 {
		head += " (" + strconv.FormatFloat(score, 'f', 2, 64) + ")"
	}
	return c.folded("    ", head+": "+safe(text)) + c.folded("      ", c.paint.paint(dim, safe(id)))
}

func roleSuffixPlain(role string) string {
	if role == "" || role == "developer" {
		return ""
	}
	return " (" + role + ")"
}

// bareTitle is a subject without reply prefixes, in its own spelling.
func bareTitle(subject string) string {
	s := strings.TrimSpace(safe(subject))
	for len(s) >= 3 && strings.EqualFold(s[:3], "re:") {
		s = strings.TrimSpace(s[3:])
	}
	return s
}

func personOf(r *analysis.Record) string { return cmp.Or(r.Person, r.From.Name, r.From.Addr) }
