package trend_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rustle/pkg/analysis"
	"rustle/pkg/trend"
)

func TestReleases(t *testing.T) {
	t.Parallel()
	all := trend.Releases()
	if len(all) != 40 || all[0].Name != "v5.0" || all[len(all)-1].Name != "v6.19" {
		t.Fatalf("%d releases: %v", len(all), all)
	}
	for i, r := range all[1:] {
		if weeks := r.Day.Sub(all[i].Day).Hours() / 24 / 7; weeks < 8 || weeks > 12 {
			t.Errorf("%s came %.1f weeks after %s", r.Name, weeks, all[i].Name)
		}
	}
}

func TestParseReleases(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, err string }{
		{"v7.0", "line 1: a release is a name and a day"},
		{"# new\nv7.0 12.4.2026", `line 2: "12.4.2026" is no day`},
		{"v7.0 2026-04-12\nv7.0 2026-06-14", "line 2: v7.0 stands there twice"},
		{"v7.1 2026-04-12\nv7.0 2026-04-12", "line 2: v7.0 is not later than v7.1"},
		{"\n# nothing\n", ""},
		{"v7.0 2026-04-12\n", ""},
	} {
		_, err := trend.ParseReleases(strings.NewReader(c.in))
		switch {
		case err == nil && c.err != "":
			t.Errorf("%q was taken", c.in)
		case err != nil && (c.err == "" || !strings.Contains(err.Error(), c.err)):
			t.Errorf("%q: %v", c.in, err)
		}
	}
	more, err := trend.ParseReleases(strings.NewReader("v6.19 2026-02-09\nv7.0 2026-04-12"))
	if err != nil {
		t.Fatal(err)
	}
	merged := trend.MergeReleases(trend.Releases(), more)
	if n := len(merged); n != 41 || merged[n-1].Name != "v7.0" || merged[n-2].Day.Day() != 9 {
		t.Errorf("merged: %v", merged)
	}
}

func FuzzParseReleases(f *testing.F) {
	f.Add("v7.0 2026-04-12\n# x\n")
	f.Fuzz(func(t *testing.T, text string) {
		all, err := trend.ParseReleases(strings.NewReader(text))
		if err != nil && all != nil {
			t.Fatal("releases beside an error")
		}
		for i := 1; i < len(all); i++ {
			if !all[i].Day.After(all[i-1].Day) {
				t.Fatal("days do not rise")
			}
		}
	})
}

// A mail on the day of a tag belongs to the next release: what was made before it is in the tag.
func TestByRelease(t *testing.T) {
	t.Parallel()
	day := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	o := trend.Options{Of: "messages", By: "release", Releases: []trend.Release{{"v1", day("2024-01-10")}, {"v2", day("2024-03-10")}, {"v3", day("2024-05-10")}}}
	var records []analysis.Record
	for _, d := range []string{"2024-01-09", "2024-01-10", "2024-03-09", "2024-03-10", "2024-06-01"} {
		records = append(records, record(d, "Ada", "developer", "neutral", "none"))
	}
	s, err := trend.Messages(slices.Values(records), o)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, p := range s.Points {
		got[p.Period] = p.Count
	}
	if diff := cmp.Diff(map[string]int{"before v1": 1, "v2": 2, "v3": 1, "after v3": 1}, got); diff != "" {
		t.Error(diff)
	}
}
