package sentiment

import (
	"fmt"

	"rustle/pkg/linear"
)

// A recipe says how one published set becomes samples: what each of its labels teaches, with which
// weight. A text may teach several heads, so one label may give several samples.
type recipe struct {
	weight float64
	labels map[string][]string // label of the set -> labels of samples
	cut    int                 // texts are whole mails: cut them, keep so many sentences; 0 keeps the text whole
	thin   map[string]int      // label of the set -> use every n-th row only
}

// recipes of the sets that the embedded model is learned from. A set that is not listed is taken as it
// is: its labels must be those of Sample.
func recipes() map[string]recipe {
	tone := map[string][]string{Positive: {Positive}, Neutral: {Neutral}, Negative: {Negative}}
	civility := map[string][]string{"civil": {"civil"}, "uncivil": {"uncivil"}, "toxic": {"uncivil"}, "non-toxic": {"civil"}}
	return map[string]recipe{
		"senti4sd_so":        {weight: 1, labels: tone},
		"github_gold":        {weight: 1, labels: tone},
		"premo_pr":           {weight: 1, labels: tone},
		"toxicr":             {weight: 1, labels: civility},
		"ehsani_gh":          {weight: 0.5, labels: civility},
		"dwhp_code_review":   {weight: 0.5, labels: civility},
		"ferreira_lkml_sent": {weight: 1, labels: civility},
		"ferreira_gh_sent":   {weight: 0.5, labels: map[string][]string{"civil": {"calm"}, "uncivil": {"displeased"}}},
		"ferreira_lkml_tbdf": {weight: 1, labels: map[string][]string{
			"bitter_frustration": {"displeased"}, "mocking": {"displeased"}, "name_calling": {"displeased"}, "impatience": {"displeased"},
			"irony": {"displeased"}, "vulgarity": {"displeased"}, "threat": {"displeased"}, "commanding": {"displeased"}, "oppression": {"displeased"},
			"appreciation_excitement": {Positive, "calm"}, "considerateness": {"calm"}, "friendly_joke": {"calm"}, "humility": {"calm"},
			"sincere_apologies": {"calm"}, "hope_to_get_feedback": {"calm"},
		}},
		"linus_rants_target": {weight: 1, labels: map[string][]string{
			"code": {Negative, "displeased"}, "both": {"uncivil", "displeased"}, "person": {"uncivil", "displeased"},
		}},
		"ferreira_lkml_email": {weight: 0.3, cut: 6, labels: map[string][]string{"technical": {"calm"}, "civil": {}, "uncivil": {}}},
		// All of it that is not uncivil was written to be civil.
		"written_tone": {weight: 1, labels: map[string][]string{
			"uncivil": {"uncivil"}, "displeased": {"displeased", "civil"}, "calm": {"calm", "civil"},
			Positive: {Positive, "civil"}, Neutral: {Neutral, "civil"},
		}},
		// A mail with a NAK is displeased somewhere.
		"kernel_stance_distant": {
			weight: 0.3, cut: 40, labels: map[string][]string{"oppose": {"displeased"}, "none": {"calm"}, "support": {"calm"}},
			thin: map[string]int{"none": 4, "support": 4},
		},
	}
}

// SampleTable turns a set with the columns label and text into samples. name is the set's file name
// without extension.
func SampleTable(name string, t *linear.Table) ([]Sample, error) {
	label, text := t.Column("label"), t.Column("text")
	if label < 0 || text < 0 {
		return nil, fmt.Errorf("sentiment: set %s: no column label or text", name)
	}
	r, known := recipes()[name]
	seen := map[string]int{}
	var out []Sample
	for n, row := range t.Rows {
		labels := r.labels[row[label]]
		if !known {
			labels, r.weight = []string{row[label]}, 1
			if sampleTargets(row[label]) == [4]int8{} {
				return nil, fmt.Errorf("sentiment: set %s: row %d: unknown label %q", name, n+1, row[label])
			}
		}
		seen[row[label]]++
		if k := r.thin[row[label]]; k > 1 && seen[row[label]]%k != 0 {
			continue
		}
		texts := []string{row[text]}
		if r.cut > 0 {
			texts = linear.Cut(row[text], r.cut)
		}
		for _, x := range texts {
			for _, l := range labels {
				out = append(out, Sample{Text: x, Label: l, Source: name, Weight: r.weight})
			}
		}
	}
	return out, nil
}
