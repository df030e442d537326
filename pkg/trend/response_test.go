package trend_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rustle/pkg/analysis"
	"rustle/pkg/trend"
)

// remission are the weeks of remission of two groups of 21 patients, the example of every textbook since Freireich et al.,
// Blood 21 (1963): its curve, median and test are known.
func remission() [2][]trend.Wait {
	var g [2][]trend.Wait
	for _, d := range []float64{6, 6, 6, 7, 10, 13, 16, 22, 23} {
		g[0] = append(g[0], trend.Wait{Days: d, Over: true})
	}
	for _, d := range []float64{6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35} {
		g[0] = append(g[0], trend.Wait{Days: d})
	}
	for _, d := range []float64{1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23} {
		g[1] = append(g[1], trend.Wait{Days: d, Over: true})
	}
	return g
}

func TestKaplanMeier(t *testing.T) {
	t.Parallel()
	g := remission()
	c := trend.KaplanMeier(g[0])
	want := map[float64]float64{0: 1, 6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448, 35: 0.448}
	for day, open := range want {
		if s, ok := c.At(day); !ok || math.Abs(1-s.Answered-open) > 0.001 {
			t.Errorf("day %v: %.3f, %v", day, 1-s.Answered, ok)
		}
	}
	if _, ok := c.At(36); ok {
		t.Error("the curve goes on after the last patient was seen")
	}
	if c.N != 21 || c.Events != 9 || c.Median != 23 || c.MedianLow != 13 || !math.IsInf(c.MedianHigh, 1) {
		t.Errorf("%+v", c)
	}
	if m := trend.KaplanMeier(g[1]); m.Median != 8 || m.MedianLow != 4 || m.MedianHigh != 11 {
		t.Errorf("median %v (%v to %v)", m.Median, m.MedianLow, m.MedianHigh)
	}
	if x := trend.LogRank(g); math.Abs(x.ChiSquared-16.79) > 0.01 || x.P > 0.0001 || x.P < 0.00001 {
		t.Errorf("log-rank %+v", x)
	}
	empty := trend.KaplanMeier(nil)
	if _, ok := empty.At(0); ok || !math.IsInf(empty.Median, 1) || trend.LogRank([2][]trend.Wait{}).P != 1 {
		t.Errorf("%+v", empty)
	}
}

func TestKaplanMeierProperties(t *testing.T) {
	t.Parallel()
	waits := rapid.SliceOf(rapid.Custom(func(t *rapid.T) trend.Wait {
		return trend.Wait{Days: rapid.Float64Range(-1, 20).Draw(t, "days"), Over: rapid.Bool().Draw(t, "over")}
	}))
	rapid.Check(t, func(t *rapid.T) {
		a, b := waits.Draw(t, "a"), waits.Draw(t, "b")
		c := trend.KaplanMeier(a)
		before := 0.0
		for _, s := range c.Steps {
			if s.Answered < before || s.Answered > 1+1e-9 || s.Low > s.Answered+1e-9 || s.High < s.Answered-1e-9 || s.Low < 0 || s.High > 1 {
				t.Fatalf("%+v after %v", s, before)
			}
			before = s.Answered
		}
		if c.MedianLow > c.Median || c.Median > c.MedianHigh {
			t.Fatalf("median %v outside %v to %v", c.Median, c.MedianLow, c.MedianHigh)
		}
		slices.Reverse(a)
		if diff := cmp.Diff(c, trend.KaplanMeier(a)); diff != "" {
			t.Fatalf("the order counts: %s", diff)
		}
		x, y := trend.LogRank([2][]trend.Wait{a, b}), trend.LogRank([2][]trend.Wait{b, a})
		if math.Abs(x.P-y.P) > 1e-6 || x.P < 0 || x.P > 1 {
			t.Fatalf("%+v against %+v", x, y)
		}
	})
}

// mails makes a thread; the first is the root.
func posted(id, person, subject, day string, rust bool, answers ...analysis.Record) []analysis.Record {
	r := record(day, person, "developer", "neutral", "none")
	r.ID, r.Thread, r.Kind, r.Subject, r.Rust, r.Files = id, id, "patch", subject, rust, []string{"rust/widget.rs"}
	r.To = []analysis.Person{{Name: "Boris", Addr: "boris@widgets.example"}, {Name: "Cleo", Addr: "cleo@widgets.example"}}
	out := []analysis.Record{r}
	for i, a := range answers {
		a.ID, a.Thread, a.Parent, a.Kind, a.Depth = id+string(rune('a'+i)), id, id, "reply", 1
		out = append(out, a)
	}
	return out
}

func threads() [][]analysis.Record {
	answer := func(day, person, role string) analysis.Record { return record(day, person, role, "neutral", "none") }
	return [][]analysis.Record{
		posted("1", "Ada", "[PATCH] rust: widget", "2024-03-01", true, answer("2024-03-02", "robot", "bot"), answer("2024-03-03", "Dora", "reviewer"), answer("2024-03-05", "Boris", "maintainer")),
		posted("2", "Emil", "[PATCH] widget: fix", "2024-03-01", false),                                               // v2 came
		posted("3", "Emil", "[PATCH v2] widget: fix", "2024-03-11", false, answer("2024-03-12", "Emil", "developer")), // only he himself
		posted("4", "Boris", "[PATCH] widget: other", "2024-03-20", false, answer("2024-03-21", "Boris", "maintainer")),
		{record("2024-03-31", "Ada", "developer", "neutral", "none")}, // no patch; the data end here
		posted("5", "Ada", "[PATCH] undated", "", true),
	}
}

func TestAnswerTimes(t *testing.T) {
	t.Parallel()
	known := func(p analysis.Person, files, _ []string) (string, bool) { return p.Name, len(files) > 0 }
	r := trend.AnswerTimes(slices.Values(threads()), trend.ResponseOptions{Maintains: known})
	if r.Patches != 4 || r.Superseded != 1 || r.Undated != 1 {
		t.Errorf("%d patches, %d superseded, %d undated", r.Patches, r.Superseded, r.Undated)
	}
	type row struct {
		group     string
		n, events int
		median    float64
		until     float64
	}
	var got []row
	for _, k := range r.Rows {
		got = append(got, row{k.Group, k.Curve.N, k.Curve.Events, k.Curve.Median, k.Curve.Until})
	}
	want := []row{{"rust", 1, 1, 4, 4}, {"other", 3, 0, math.Inf(1), 20}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(row{})); diff != "" {
		t.Error(diff)
	}
	people := map[string][2]int{}
	for _, m := range r.Maintainers {
		people[m.Person] = [2]int{m.Patches, m.Answered}
	}
	if diff := cmp.Diff(map[string][2]int{"Boris": {3, 1}, "Cleo": {4, 0}}, people); diff != "" {
		t.Error(diff)
	}
	// A patch that does not count still tells when the next version came and how long the list was watched.
	some := trend.AnswerTimes(slices.Values(threads()), trend.ResponseOptions{Counts: func(first *analysis.Record) bool { return first.ID == "2" || first.ID == "5" }})
	if some.Patches != 1 || some.Superseded != 1 || len(some.Rows) != 1 || some.Rows[0].Curve.N != 1 || some.Rows[0].Curve.Until != 10 {
		t.Errorf("one patch of all: %+v", some)
	}
	if by := trend.AnswerTimes(slices.Values(threads()), trend.ResponseOptions{By: "month"}); len(by.Rows) != 2 || by.Rows[0].Period != "2024-03" {
		t.Errorf("by month: %+v", by.Rows)
	}
}

func TestPictures(t *testing.T) {
	t.Parallel()
	hostile := corpus()
	for i := range hostile {
		hostile[i].Person = `</text><script>alert(1)</script>"` + hostile[i].Person + "\x01"
	}
	var pictures [][]byte
	for _, o := range []trend.Options{
		{Of: "sentiment", By: "quarter", Split: "person"},
		{Of: "topics", By: "month"},
		{Of: "messages", By: "release", Zone: time.UTC},
		{Of: "messages", By: "year", Split: "role"},
	} {
		for _, records := range [][]analysis.Record{hostile, nil} {
			s, err := trend.Messages(slices.Values(records), o)
			if err != nil {
				t.Fatal(err)
			}
			c := trend.Chart{Title: "a <b> & c", Note: "note", Shares: o.Of != "messages"}
			if !bytes.Equal(s.SVG(c), s.SVG(c)) {
				t.Error("two pictures of one series")
			}
			pictures = append(pictures, s.SVG(c))
		}
	}
	r := trend.AnswerTimes(slices.Values(threads()), trend.ResponseOptions{})
	pictures = append(pictures, r.SVG(trend.Chart{Title: "answers"}, 60), (&trend.Responses{}).SVG(trend.Chart{}, 60))
	for i, p := range pictures {
		if bytes.Contains(p, []byte("<script")) || bytes.Contains(p, []byte("NaN")) || bytes.Contains(p, []byte("Inf")) {
			t.Errorf("picture %d: %s", i, p)
		}
		d := xml.NewDecoder(bytes.NewReader(p))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("picture %d is no XML: %v", i, err)
			}
		}
	}
}
