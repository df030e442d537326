package train

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// origins say where the public sets come from and on which terms. Sets that are not named here are the
// user's own.
func origins() map[string]string {
	return map[string]string{
		"senti4sd_so":           "Stack Overflow posts, Calefato et al. 2018; MIT repository, text CC BY-SA",
		"github_gold":           "GitHub comments, Novielli et al. 2020; published as CC BY 4.0",
		"premo_pr":              "pull requests, Coutinho et al. 2024; research use",
		"ferreira_lkml_sent":    "kernel mail on rejected patches, Ferreira et al. 2021/2024; GPL-3.0 repository",
		"ferreira_lkml_tbdf":    "the same, 16 tone features; GPL-3.0 repository",
		"ferreira_lkml_email":   "the same, whole mails; GPL-3.0 repository",
		"ferreira_gh_sent":      "locked GitHub issues, Ferreira et al.; GPL-3.0 repository",
		"ehsani_gh":             "locked GitHub threads, Ehsani et al. 2024; MIT on the copy",
		"dwhp_code_review":      "code review, Rahman et al. 2024; research use",
		"toxicr":                "Gerrit comments, Sarker et al. 2023; GPL-3.0 repository",
		"linus_rants_target":    "excerpts 2012-2015; no licence stated",
		"kernel_stance_distant": "kernel replies labelled by their own tags and NAKs",
		"rust_mail_silver":      "Rust kernel replies, one rater",
		"written_stance":        "replies written for this project, to learn positions from",
		"written_tone":          "the same, for tone and incivility",
		setJudged:               "sentences of the indexed mail, labelled one by one; named by Message-ID and hash",
		setTechnical:            "sentences of the indexed mail without any phrase of tone, drawn at random, taken as neutral",
	}
}

// Card describes a model: what it was learned from, how, and how good such models are. f may be nil.
func (c *Corpus) Card(f *Figures) string {
	var b strings.Builder
	lists := map[string]int{}
	mails, judged, threads := 0, 0, 0
	for _, t := range c.threads {
		if t.tested {
			lists[t.list] += len(t.gold)
		}
		mails += len(t.gold)
		judged += len(t.mails) - len(t.gold)
		if t.label != nil {
			threads++
		}
	}
	fmt.Fprintf(&b, "# Model card\n\nMade by `rustle train` from labels up to %s, seed %d. What it reads: tone, incivility and position of a mail; whether a\nthread about Rust is a debate, and its heat. Signals (acks, NAKs, reviews) are rules and not learned.\n", c.o.Date, c.o.Seed)
	fmt.Fprintf(&b, "\n## Learned from\n\n| set | samples | origin, licence |\n|---|---|---|\n")
	count := map[string]int{}
	for i := range c.samples {
		count[c.samples[i].set]++
	}
	names := make([]string, 0, len(count))
	for name := range count {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		origin, ok := origins()[name]
		if !ok {
			origin = "not stated"
		}
		fmt.Fprintf(&b, "| %s | %d | %s |\n", name, count[name], origin)
	}
	fmt.Fprintf(&b, "| labelled mails | %d | mails of %s; learned from and tested on |\n", mails, listed(lists))
	fmt.Fprintf(&b, "| further labelled mails | %d | learned from only |\n", judged)
	fmt.Fprintf(&b, "| labelled threads | %d | learned from and tested on |\n", threads)
	fmt.Fprintf(&b, "\nLeft out because the index lacks their mail: %d labelled and %d further mails, %d threads, %d sentences.\n", c.Missing.Messages, c.Missing.Judged, c.Missing.Threads, c.Missing.Sentences)
	if f != nil {
		c.measured(&b, f)
	}
	b.WriteString(limits)
	return b.String()
}

func listed(lists map[string]int) string {
	out := make([]string, 0, len(lists))
	for l := range lists {
		if l != "" {
			out = append(out, l)
		}
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

const limits = `
## Limits

Labelled mail is in the final model, so figures on it are training figures; only the table tells what to expect, and of
it the column of other lists. The labels behind the embedded models were given by language models that read the
mail, not by people. Texts do not ship: the model holds weights of hash buckets, a few dense weights, and words and word pairs
seen in three rows of two sources or in twenty rows. Irony without marks, restated opinions and quiet displeasure are
often missed; quiet opposition is read as a condition.
`

// measured writes the table of figures: the mean over seeds with the lowest and the highest, and the
// figure from list to list.
func (c *Corpus) measured(b *strings.Builder, f *Figures) {
	fmt.Fprintf(b, "\n## Measured\n\nBy thread: cross-validation in %d parts, whole threads held out; mean, lowest and highest of %d seeds. Other list: each list\nread by models that have learned from no mail of it.\n\n| field | measure | by thread | other list |\n|---|---|---|---|\n", folds, len(f.Threads))
	for _, g := range f.Table() {
		sum := 0.0
		for _, x := range g.Threads {
			sum += x
		}
		list := "-"
		if !math.IsNaN(g.List) {
			list = fmt.Sprintf("%.3f", g.List)
		}
		fmt.Fprintf(b, "| %s | %s | %.3f (%.3f - %.3f) | %s |\n", g.Field, g.Measure, sum/float64(len(g.Threads)), slices.Min(g.Threads), slices.Max(g.Threads), list)
	}
}
