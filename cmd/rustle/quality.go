package main

import (
	"cmp"
	"fmt"
	"os"
	"strconv"
	"strings"

	"rustle/pkg/linear"
	"rustle/pkg/stance"
)

// quality says how good tags like those of the index are: the figures of the card of the models that made
// them, from list to list where the card has them. fingerprint is that of the rules behind the index.
func (c *command) quality(fingerprint string) []string {
	a, err := c.analyzer()
	if err != nil || a.Fingerprint() != fingerprint {
		return []string{"not known here, because the mail was tagged by other rules or models than those of this program; “rustle retag” brings the tags up to date"}
	}
	card, labels := stance.Default().Card(), "by labels that language models gave, not people"
	if c.config.Model != "" {
		labels = "by the labels that it was trained with"
		if card, err = cardOf(c.config.Model); err != nil {
			return nil
		}
	}
	return cardQuality(card, labels)
}

// cardOf reads the card of a model file.
func cardOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // only read
	b, err := linear.ReadBundle(f)
	if err != nil {
		return "", err
	}
	return b.Card, nil
}

// learnedFrom returns the lists whose labelled mail the models of a card were learned from.
func learnedFrom(card string) []string {
	for row := range strings.Lines(card) {
		if _, cell, ok := strings.Cut(row, "| mails of "); ok && strings.HasPrefix(row, "| labelled mails |") {
			names, _, _ := strings.Cut(cell, ";")
			return strings.Split(names, ", ")
		}
	}
	return nil
}

// cardQuality puts the table "Measured" of a model card into a sentence. A card without one says that nothing was measured.
func cardQuality(card, labels string) []string {
	_, table, _ := strings.Cut(card, "\n## Measured\n")
	table, _, _ = strings.Cut(table, "\n## ")
	type field struct {
		name           string
		lists, threads []string
	}
	var fields []field
	for row := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(row), "|"), "|")
		if len(cells) != 4 {
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		mean, _, _ := strings.Cut(cells[2], " ")
		thread, ok := figure(mean)
		if !ok || cells[1] == "calibration error" { // the heading of the table; and what a reader needs no page for
			continue
		}
		if len(fields) == 0 || fields[len(fields)-1].name != cells[0] {
			fields = append(fields, field{name: cells[0]})
		}
		f := &fields[len(fields)-1]
		if list, ok := figure(cells[3]); ok {
			f.lists = append(f.lists, cells[1]+" "+list)
		}
		f.threads = append(f.threads, cells[1]+" "+thread)
	}
	var lists, threads []string
	for _, f := range fields {
		if len(f.lists) > 0 {
			lists = append(lists, f.name+" "+strings.Join(f.lists, ", "))
		}
		threads = append(threads, f.name+" "+strings.Join(f.threads, ", "))
	}
	switch {
	case len(lists) > 0:
		return []string{fmt.Sprintf("on a list from which the models have learned nothing, %s: %s", labels, strings.Join(lists, "; "))}
	case len(threads) > 0:
		return []string{fmt.Sprintf("on threads from which the models have learned nothing, %s: %s", labels, strings.Join(threads, "; "))}
	}
	return []string{"not measured; the card of the models holds no figures"}
}

// figure rounds a measure to two digits, as a page shows it.
func figure(s string) (string, bool) {
	x, err := strconv.ParseFloat(cmp.Or(s, "-"), 64)
	if err != nil {
		return "", false
	}
	return strconv.FormatFloat(x, 'f', 2, 64), true
}
