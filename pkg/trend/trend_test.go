package trend_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rustle/pkg/analysis"
	"rustle/pkg/trend"
)

func record(day, person, role, tone, stance string, topics ...string) analysis.Record {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		at = time.Time{}
	}
	r := analysis.Record{
		Date: at, Person: person, Role: role, Lists: []string{"widgets"},
		Sentiment: analysis.Verdict{Label: tone}, Stance: analysis.Verdict{Label: stance},
	}
	for _, id := range topics {
		r.Topics = append(r.Topics, analysis.Tag{ID: id, Score: 0.7})
	}
	return r
}

func corpus() []analysis.Record {
	out := []analysis.Record{
		record("2024-01-10", "Ada", "maintainer", "negative", "oppose", "boundary"),
		record("2024-02-10", "Ada", "maintainer", "neutral", "none"),
		record("2024-02-11", "Boris", "developer", "positive", "support", "boundary", "style"),
		record("2024-07-01", "Boris", "developer", "neutral", "support", "boundary"),
		record("2024-07-02", "robot", "bot", "negative", "oppose"),
		record("", "Ada", "maintainer", "neutral", "none"),
	}
	out[0].Incivility.Label = "true"
	out[3].Topics = append(out[3].Topics, analysis.Tag{ID: "style", Score: 0.2}, analysis.Tag{ID: "cost", Score: 0.2})
	out[0].Entities = []analysis.Tag{{ID: "gpio"}}
	out[2].Entities = []analysis.Tag{{ID: "pwm"}, {ID: "gpio"}}
	out[4].Entities = []analysis.Tag{{ID: "pwm"}} // a robot's
	return out
}

func TestOptionsRefused(t *testing.T) {
	t.Parallel()
	for _, o := range []trend.Options{{}, {Of: "messages"}, {Of: "heat", By: "year"}, {Of: "messages", By: "day"}, {Of: "stance", By: "year", Split: "kind"}} {
		if _, err := trend.Messages(slices.Values(corpus()), o); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
	if _, err := trend.Threads(nil, trend.Options{Of: "heat", By: "year", Split: "person"}); err == nil {
		t.Error("threads were split by person")
	}
}

func TestMessages(t *testing.T) {
	t.Parallel()
	rows := func(o trend.Options) []string {
		s, err := trend.Messages(slices.Values(corpus()), o)
		if err != nil {
			t.Fatal(err)
		}
		if s.Undated != 1 {
			t.Errorf("%d undated mails, want 1", s.Undated)
		}
		var out []string
		for _, p := range s.Points {
			row := fmt.Sprintf("%s %s %s %d/%d", p.Period, p.Group, p.Value, p.Count, p.Of)
			if p.Unsure > 0 {
				row += fmt.Sprintf("+%d", p.Unsure)
			}
			out = append(out, row)
		}
		return out
	}
	for _, c := range []struct {
		name string
		o    trend.Options
		want []string
	}{
		{"empty quarters are there", trend.Options{Of: "messages", By: "quarter"}, []string{"2024-Q1  messages 3/3", "2024-Q2  messages 0/0", "2024-Q3  messages 1/1"}},
		{"a share of the period by role", trend.Options{Of: "messages", By: "year", Split: "role"}, []string{"2024 developer messages 2/4", "2024 maintainer messages 2/4"}},
		{"positions among mails that take one", trend.Options{Of: "stance", By: "year"}, []string{"2024  support 2/3", "2024  conditional 0/3", "2024  oppose 1/3"}},
		{"none is sure", trend.Options{Of: "stance", By: "year", Sure: 0.5}, []string{"2024  support 0/0+2", "2024  conditional 0/0", "2024  oppose 0/0+1"}},
		{"unsure of a person without another position", trend.Options{Of: "stance", By: "quarter", Split: "person", Sure: 0.5}, []string{
			"2024-Q1 Ada support 0/0", "2024-Q1 Ada conditional 0/0", "2024-Q1 Ada oppose 0/0+1",
			"2024-Q1 Boris support 0/0+1", "2024-Q1 Boris conditional 0/0", "2024-Q1 Boris oppose 0/0",
			"2024-Q2 Ada support 0/0", "2024-Q2 Ada conditional 0/0", "2024-Q2 Ada oppose 0/0",
			"2024-Q2 Boris support 0/0", "2024-Q2 Boris conditional 0/0", "2024-Q2 Boris oppose 0/0",
			"2024-Q3 Ada support 0/0", "2024-Q3 Ada conditional 0/0", "2024-Q3 Ada oppose 0/0",
			"2024-Q3 Boris support 0/0+1", "2024-Q3 Boris conditional 0/0", "2024-Q3 Boris oppose 0/0",
		}},
		{"one group", trend.Options{Of: "stance", By: "year", Split: "person", Top: 1}, []string{"2024 Boris support 2/2", "2024 Boris conditional 0/2", "2024 Boris oppose 0/2"}},
		{"systems", trend.Options{Of: "entities", By: "year"}, []string{"2024  gpio 2/2", "2024  pwm 1/2"}},
		{"mails of a system", trend.Options{Of: "messages", By: "year", Split: "entity"}, []string{"2024 gpio messages 2/4", "2024 pwm messages 1/4"}},
		{"arguments", trend.Options{Of: "topics", By: "year"}, []string{"2024  boundary 3/3", "2024  style 1/3+1", "2024  cost 0/3+1"}},
		{"mails of an argument", trend.Options{Of: "messages", By: "year", Split: "topic"}, []string{"2024 boundary messages 3/4", "2024 style messages 1/4"}},
		{"tones", trend.Options{Of: "sentiment", By: "year"}, []string{"2024  positive 1/4", "2024  neutral 2/4", "2024  negative 1/4", "2024  uncivil 1/4"}},
		{"no tone is sure", trend.Options{Of: "sentiment", By: "year", Sure: 0.5}, []string{"2024  positive 0/4+1", "2024  neutral 4/4", "2024  negative 0/4+1", "2024  uncivil 0/4+1"}},
	} {
		if diff := cmp.Diff(c.want, rows(c.o)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// What does not count is told, but not what a robot wrote.
func TestUnsure(t *testing.T) {
	t.Parallel()
	for sure, want := range map[float64]map[string]int{0: {}, 0.5: {"oppose": 1, "support": 2}} {
		s, err := trend.Messages(slices.Values(corpus()), trend.Options{Of: "stance", By: "year", Sure: sure})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, s.Unsure); diff != "" {
			t.Errorf("sure from %v (-want +got):\n%s", sure, diff)
		}
	}
}

func TestThreads(t *testing.T) {
	t.Parallel()
	threads := []analysis.ThreadSummary{
		{Label: "debate", Heat: 2, First: time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC), Lists: []string{"widgets"}},
		{Label: "rust", Heat: 9, First: time.Date(2024, 4, 1, 0, 0, 0, 0, time.UTC), Lists: []string{"widgets"}},
	}
	s, err := trend.Threads(slices.Values(threads), trend.Options{Of: "debates", By: "year"})
	if err != nil {
		t.Fatal(err)
	}
	if p := s.Points[0]; p.Count != 1 || p.Of != 2 {
		t.Errorf("point = %+v, want 1 debate of 2 threads", p)
	}
	s, err = trend.Threads(slices.Values(threads), trend.Options{Of: "heat", By: "year", Split: "list"})
	if err != nil {
		t.Fatal(err)
	}
	if p := s.Points[3]; p.Value != "hostile" || p.Count != 1 || p.Group != "widgets" {
		t.Errorf("point = %+v, want a hostile thread: heat is bounded", p)
	}
}

// The order of the input does not matter, nothing is counted twice, and no count is above what it is a share of.
func TestSeriesProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		records := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) analysis.Record {
			day := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 900).Draw(t, "day"))
			return record(day.Format(time.DateOnly), rapid.SampledFrom([]string{"Ada", "Boris", "Chen"}).Draw(t, "person"), "developer",
				rapid.SampledFrom([]string{"positive", "neutral", "negative"}).Draw(t, "tone"), rapid.SampledFrom([]string{"none", "support", "oppose"}).Draw(t, "stance"))
		}), 0, 30).Draw(t, "records")
		o := trend.Options{Of: rapid.SampledFrom(trend.OfMessages()).Draw(t, "of"), By: rapid.SampledFrom(trend.Periods()).Draw(t, "by"), Split: rapid.SampledFrom([]string{"", "person", "list"}).Draw(t, "split")}
		s, err := trend.Messages(slices.Values(records), o)
		if err != nil {
			t.Fatal(err)
		}
		slices.Reverse(records)
		again, err := trend.Messages(slices.Values(records), o)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(s, again); diff != "" {
			t.Fatalf("the order matters:\n%s", diff)
		}
		sum := 0
		for _, p := range s.Points {
			if p.Count > p.Of {
				t.Fatalf("%+v", p)
			}
			sum += p.Count
		}
		if o.Of == "messages" && sum != len(records) {
			t.Fatalf("%d mails counted, %d given", sum, len(records))
		}
	})
}

func ExampleMessages() {
	s, _ := trend.Messages(slices.Values(corpus()), trend.Options{Of: "sentiment", By: "year", Split: "role"})
	for _, p := range s.Points {
		if p.Value == "negative" {
			fmt.Println(p.Period, p.Group, p.Count, "of", p.Of)
		}
	}
	// Output:
	// 2024 developer 0 of 2
	// 2024 maintainer 1 of 2
}
