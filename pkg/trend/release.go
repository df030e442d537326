package trend

import (
	"bufio"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Release is a mainline release of the kernel.
type Release struct {
	Name string    // v6.12
	Day  time.Time // of its tag, midnight UTC
}

//go:embed releases.txt
var releases string

// Releases returns the embedded releases, the oldest first: v5.0 to v6.19, after the tags at kernel.org.
func Releases() []Release {
	out, err := ParseReleases(strings.NewReader(releases))
	if err != nil {
		return nil // never: a test reads the data
	}
	return out
}

// ParseReleases reads lines of a name and a day (v6.12 2024-11-17), the oldest first; empty lines and those that begin with #
// are passed over. A line that is neither, a name given twice and days that do not rise are errors with the number of the line.
func ParseReleases(r io.Reader) ([]Release, error) {
	var out []Release
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		words := strings.Fields(lines.Text())
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		if len(words) != 2 {
			return nil, fmt.Errorf("line %d: a release is a name and a day: v6.12 2024-11-17", n)
		}
		day, err := time.Parse(time.DateOnly, words[1])
		if err != nil {
			return nil, fmt.Errorf("line %d: %q is no day: write 2024-11-17", n, words[1])
		}
		if slices.ContainsFunc(out, func(k Release) bool { return k.Name == words[0] }) {
			return nil, fmt.Errorf("line %d: %s stands there twice", n, words[0])
		}
		if len(out) > 0 && !day.After(out[len(out)-1].Day) {
			return nil, fmt.Errorf("line %d: %s is not later than %s before it", n, words[0], out[len(out)-1].Name)
		}
		out = append(out, Release{words[0], day})
	}
	return out, lines.Err()
}

// MergeReleases adds releases to others by date; one that both hold is taken from more.
func MergeReleases(base, more []Release) []Release {
	out := slices.Clone(more)
	for _, k := range base {
		if !slices.ContainsFunc(more, func(m Release) bool { return m.Name == k.Name }) {
			out = append(out, k)
		}
	}
	slices.SortStableFunc(out, func(a, b Release) int { return a.Day.Compare(b.Day) })
	return out
}

// calendar cuts time into periods.
type calendar struct {
	by       string
	releases []Release
	zone     *time.Location
}

// begin is the beginning of the period that holds t. The time before the first release begins at the year 1.
func (c calendar) begin(t time.Time) time.Time {
	t = t.In(c.zone)
	if c.by != "release" {
		return begin(t, c.by)
	}
	var at time.Time
	for _, k := range c.releases {
		if d := c.day(k); !d.After(t) {
			at = d
		}
	}
	return at
}

func (c calendar) day(k Release) time.Time {
	y, m, d := k.Day.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, c.zone)
}

// next is the beginning of the period after the one that begins at t; false when there is none.
func (c calendar) next(t time.Time) (time.Time, bool) {
	if c.by != "release" {
		return next(t, c.by), true
	}
	for _, k := range c.releases {
		if d := c.day(k); d.After(t) {
			return d, true
		}
	}
	return time.Time{}, false
}

// name names the period that begins at t. A release gives its name to the time in which it was made: from the tag before it
// to its own. What comes before the first and after the last release is named so.
func (c calendar) name(t time.Time) string {
	if c.by != "release" {
		return name(t, c.by)
	}
	switch at, ok := c.next(t); {
	case len(c.releases) == 0:
		return "no release"
	case !ok:
		return "after " + c.releases[len(c.releases)-1].Name
	case t.IsZero():
		return "before " + c.releases[0].Name
	default:
		for _, k := range c.releases {
			if c.day(k).Equal(at) {
				return k.Name
			}
		}
	}
	return ""
}
