package stance

import (
	"fmt"
	"slices"

	"rustle/pkg/linear"
)

// perAuthor bounds the rows of one author and label of a set, so that no one's way of writing becomes the
// head.
const perAuthor = 20

// SampleTable turns a set with the columns label and text into samples; the columns list and author are
// used when they are there. name is the set's file name without extension.
func SampleTable(name string, t *linear.Table) ([]Sample, error) {
	label, text := t.Column("label"), t.Column("text")
	if label < 0 || text < 0 {
		return nil, fmt.Errorf("stance: set %s: no column label or text", name)
	}
	list, author := t.Column("list"), t.Column("author")
	seen := map[string]int{}
	var out []Sample
	for n, row := range t.Rows {
		if !slices.Contains(stanceLabels(), row[label]) {
			return nil, fmt.Errorf("stance: set %s: row %d: unknown label %q", name, n+1, row[label])
		}
		source := name
		if list >= 0 {
			source += "/" + row[list]
		}
		if author >= 0 {
			key := row[author] + " " + row[label]
			if seen[key]++; seen[key] > perAuthor {
				continue
			}
		}
		out = append(out, Sample{Text: row[text], Label: row[label], Source: source})
	}
	return out, nil
}
