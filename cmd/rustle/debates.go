package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"rustle/index"
	"rustle/index/query"
	"rustle/pkg/analysis"
	"rustle/pkg/export"
)

type debatesOptions struct {
	selection
	paging
	format
	sort     string
	branches bool
	exitCode bool
}

func newDebates(c *command) *cobra.Command {
	var o debatesOptions
	cmd := &cobra.Command{
		Use:   "debates [QUERY...]",
		Short: "list the debates about Rust",
		Long: `Debates lists the threads in which people contest whether, how or at what price Rust enters
the kernel, with dates, size, heat, positions, how they ended and the arguments put forward.
Positions are mails of people whose position has a score of 0.5 or more, here as in thread, stances,
people, reports and exports of threads; "(2 unsure)" are those with a lower one. A query narrows
the list: debates that hold a matching mail.

--branches also names the discussions inside large threads: the mail that opens each, its size,
label, heat and arguments, the sentences that label and heat rest on, where it heated up, which
takes two, and who cooled it. A sentence stands at the innermost discussion that shows it; those
around it point there.

` + exitHelp,
		Example: "  rustle debates\n  rustle debates l:ksummit --since 2025 --sort heat\n  rustle debates topic:toolchain-versions --format jsonl",
		RunE:    func(cmd *cobra.Command, args []string) error { return c.runDebates(cmd.Context(), o, args) },
	}
	f := cmd.Flags()
	o.selection.flags(f)
	o.paging.flags(f, 20)
	o.format.flags(f, "table", "json", "jsonl", "csv")
	f.StringVar(&o.sort, "sort", "thread-size", "order: thread-size (largest first), heat, date (newest first)")
	f.BoolVar(&o.branches, "branches", false, "name the discussions inside large threads")
	f.BoolVar(&o.exitCode, "exit-code", false, "exit with 3 when there are none")
	cmd.ValidArgsFunction = c.completeQuery
	return cmd
}

func (c *command) runDebates(ctx context.Context, o debatesOptions, args []string) error {
	if err := firstError(o.paging.check(), o.format.check()); err != nil {
		return err
	}
	order, err := index.ParseSort(o.sort)
	if err != nil {
		return withHint(usageError{err}, "choose one of thread-size, heat, date")
	}
	node, r, err := c.ask(o.selection, args)
	if err != nil {
		return err
	}
	defer r.Close()
	res, err := r.Threads(ctx, query.And{Nodes: []query.Node{query.Term{Field: query.Is, Text: "debate"}, node}}, index.SearchOptions{Limit: o.limit, Offset: o.offset, Sort: order})
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if o.format.name == "table" {
		for i := range res.Hits {
			if err := c.debate(&out, o.offset+i+1, &res.Hits[i].Summary); err != nil {
				return err
			}
			if o.branches {
				c.threadBranches(&out, &res.Hits[i].Summary)
			}
		}
	} else {
		_, err := export.Threads(&out, export.Format(o.format.name), func(yield func(analysis.ThreadSummary) bool) {
			for i := range res.Hits {
				if !yield(res.Hits[i].Summary) {
					return
				}
			}
		})
		if err != nil {
			return err
		}
	}
	if err := c.page(out.Bytes()); err != nil {
		return err
	}
	c.notef("%s", found(res.Total, len(res.Hits), o.offset, "debate"))
	if o.exitCode && res.Total == 0 {
		return errNothing
	}
	return nil
}

// threadBranches prints the discussions inside a thread, those within others further in.
func (c *command) threadBranches(w io.Writer, s *analysis.ThreadSummary) {
	depth := map[string]int{}
	for i := range s.Branches {
		b := &s.Branches[i]
		if b.Within != "" {
			depth[b.ID] = depth[b.Within] + 1
		}
		pad := strings.Repeat("  ", depth[b.ID]+3)
		label := "not about Rust"
		switch b.Label {
		case "debate":
			label = "debate"
		case "rust":
			label = "Rust work"
		}
		fmt.Fprint(w, c.folded(pad, fmt.Sprintf("%s %s, %s, %s: %s, %s", c.day(b.Date), safe(b.Person), plural(b.Messages, "mail"), plural(b.People, "person"), label, c.heat(b.Heat))))
		if !strings.EqualFold(bareTitle(b.Subject), bareTitle(s.Subject)) {
			fmt.Fprint(w, c.folded(pad+"  ", c.paint.paint(bold, bareTitle(b.Subject))))
		}
		if topics := topicIDs(b.Topics, 5); topics != "" {
			fmt.Fprint(w, c.folded(pad+"  ", topics))
		}
		fmt.Fprint(w, c.folded(pad+"  ", c.paint.paint(dim, safe(b.ID))))
		shown := func(head string, e *analysis.ThreadEvidence) {
			pad, text := pad+"  ", e.Text
			rule, by, _ := strings.Cut(e.Rule, ": ")
			if e.End <= e.Start { // no sentence says it
				text = by
			}
			fmt.Fprint(w, c.folded(pad, head+safe(text)), c.folded(pad+"  ", c.paint.paint(dim, safe(rule)+", "+safe(e.ID))))
		}
		pointed := map[string]bool{}
		where := func(head string, e *analysis.ThreadEvidence) {
			if in := toldWithin(s.Branches, i, e); in != nil {
				if pointed[head+in.ID] {
					return
				}
				pointed[head+in.ID] = true
				fmt.Fprint(w, c.folded(pad+"  ", head+"shown below, in what "+safe(in.Person)+" opened on "+c.day(in.Date)), c.folded(pad+"    ", c.paint.paint(dim, safe(in.ID))))
				return
			}
			shown(head, e)
		}
		heated := b.Heated
		for k := range b.Evidence {
			if e := &b.Evidence[k]; sameSentence(e, b.Heated) {
				heated = e // with all rules that fired on it
			} else {
				where("- ", e)
			}
		}
		if heated != nil {
			where("heats up: ", heated)
		}
		if b.Cooled != nil {
			where("cooled by: ", b.Cooled)
		}
	}
}

// toldWithin returns the innermost branch within branch i that shows the same sentence; nil for none.
func toldWithin(branches []analysis.Branch, i int, e *analysis.ThreadEvidence) *analysis.Branch {
	same := func(o *analysis.ThreadEvidence) bool { return sameSentence(e, o) }
	var found *analysis.Branch
	for b := range analysis.Inner(branches, i) {
		if same(b.Heated) || same(b.Cooled) || slices.ContainsFunc(b.Evidence, func(o analysis.ThreadEvidence) bool { return same(&o) }) {
			found = b
		}
	}
	return found
}

// sameSentence says that both are of one sentence of one mail; b may be nil.
func sameSentence(a, b *analysis.ThreadEvidence) bool {
	return b != nil && a.ID == b.ID && a.Start == b.Start && a.End == b.End
}
