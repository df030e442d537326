package analysis

import (
	"strconv"
	"strings"
)

// A Count is how many mails hold a tag, or people take a position: those that count, for positions by [Record.Stands], and
// those tagged with it but unsure, by [Record.Unsure]. A person is unsure when no mail of his counts; his last unsure one says
// how he leans.
type Count struct{ Sure, Unsure int }

// String is how every table, page and list writes a count: "7", or "7 (2 unsure)".
func (c Count) String() string {
	s := strconv.Itoa(c.Sure)
	if c.Unsure > 0 {
		s += " (" + strconv.Itoa(c.Unsure) + " unsure)"
	}
	return s
}

// Short is how a narrow table writes it, under a legend that says what stands in brackets: "7", or "7 (2)".
func (c Count) Short() string {
	if c.Unsure == 0 {
		return strconv.Itoa(c.Sure)
	}
	return strconv.Itoa(c.Sure) + " (" + strconv.Itoa(c.Unsure) + ")"
}

// Counts are those of the three positions.
type Counts struct{ Support, Conditional, Oppose Count }

// Add counts a mail.
func (c *Counts) Add(r *Record) {
	if k := c.of(r.Stands()); k != nil {
		k.Sure++
	}
	if k := c.of(r.Unsure()); k != nil {
		k.Unsure++
	}
}

// CountsOf puts together what stands in a record: numbers by position, those that count and those that are unsure.
func CountsOf(sure, unsure map[string]int) Counts {
	var c Counts
	for _, l := range []string{support, conditional, oppose} {
		*c.of(l) = Count{sure[l], unsure[l]}
	}
	return c
}

// Of returns the count of a position, zero for any other word.
func (c Counts) Of(position string) Count {
	if k := c.of(position); k != nil {
		return *k
	}
	return Count{}
}

func (c *Counts) of(position string) *Count {
	switch position {
	case support:
		return &c.Support
	case conditional:
		return &c.Conditional
	case oppose:
		return &c.Oppose
	}
	return nil
}

// Unsure returns the unsure ones by position, as records hold them: every position is there.
func (c Counts) Unsure() map[string]int {
	return map[string]int{support: c.Support.Unsure, conditional: c.Conditional.Unsure, oppose: c.Oppose.Unsure}
}

// Total adds the positions up.
func (c Counts) Total() Count {
	return Count{c.Support.Sure + c.Conditional.Sure + c.Oppose.Sure, c.Support.Unsure + c.Conditional.Unsure + c.Oppose.Unsure}
}

// Taken names the positions that anybody takes or may take: "support 7 (2 unsure), oppose 0 (3 unsure)"; "" for none.
func (c Counts) Taken() string {
	var parts []string
	for _, l := range []string{support, conditional, oppose} {
		if k := c.Of(l); k != (Count{}) {
			parts = append(parts, l+" "+k.String())
		}
	}
	return strings.Join(parts, ", ")
}

// String names all positions in their order: "support 7 (2 unsure), conditional 1, oppose 0 (3 unsure)".
func (c Counts) String() string {
	return support + " " + c.Support.String() + ", " + conditional + " " + c.Conditional.String() + ", " + oppose + " " + c.Oppose.String()
}

// Tones are the counts of mails that are not neutral in tone, and of those that are uncivil.
type Tones struct{ Positive, Negative, Uncivil Count }

// Add counts a mail.
func (t *Tones) Add(r *Record) {
	for _, k := range [...]struct {
		n            *Count
		sure, unsure bool
	}{
		{&t.Positive, r.Tone() == positive, r.UnsureTone() == positive},
		{&t.Negative, r.Tone() == negative, r.UnsureTone() == negative},
		{&t.Uncivil, r.Uncivil(), r.UnsureUncivil()},
	} {
		if k.sure {
			k.n.Sure++
		}
		if k.unsure {
			k.n.Unsure++
		}
	}
}

// Sum adds the counts of other mails.
func (t *Tones) Sum(o Tones) {
	for _, k := range [...]struct{ to, of *Count }{{&t.Positive, &o.Positive}, {&t.Negative, &o.Negative}, {&t.Uncivil, &o.Uncivil}} {
		k.to.Sure += k.of.Sure
		k.to.Unsure += k.of.Unsure
	}
}

// TonesOf puts together what stands in a record, as CountsOf does.
func TonesOf(sure, unsure map[string]int) Tones {
	of := func(k string) Count { return Count{sure[k], unsure[k]} }
	return Tones{of(positive), of(negative), of("uncivil")}
}

// Unsure returns the unsure ones, as records hold them: every one is there.
func (t Tones) Unsure() map[string]int {
	return map[string]int{positive: t.Positive.Unsure, negative: t.Negative.Unsure, "uncivil": t.Uncivil.Unsure}
}
