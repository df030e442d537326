package query

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// span is a stretch of time, start included, end not.
type span struct{ start, end time.Time }

// Why a date is refused, as hints.
const (
	hintDate = "dates look like 2025, 2025-02, 2025-02-03, 20250203, 2025-02-03T14:30, 2.weeks.ago, last.month, yesterday or @1738540800"
	hintBare = "`m` is minutes to some tools and months to others: write 3min or 3mo"
)

var (
	errDate   = errors.New("not a date")
	errBareM  = errors.New("a bare `m` is no unit")
	errNoNow  = errors.New("relative dates need to know the present time")
	errBounds = errors.New("this date does not exist")
)

// dates reads the words for times. Whole says that a moment so many days, weeks, months or years
// ago stands for its whole day.
type dates struct {
	now   time.Time
	zone  *time.Location
	whole bool
}

// parse reads one date. Absolute forms cover the unit they name: 2025-02 is all of February.
func (d dates) parse(s string) (span, error) {
	low := strings.ToLower(strings.TrimSpace(s))
	if rest, ok := strings.CutPrefix(low, "@"); ok {
		n, err := strconv.ParseInt(rest, 10, 64)
		if err != nil || n < -1<<40 || n > 1<<40 { // some thirty thousand years
			return span{}, errDate
		}
		t := time.Unix(n, 0)
		return span{t, t.Add(time.Second)}, nil
	}
	if low == "" {
		return span{}, errDate
	}
	if len(low) >= 4 && digits(low[:4]) {
		if sp, err := d.absolute(low); !errors.Is(err, errDate) {
			return sp, err
		}
	}
	return d.relative(low)
}

// absolute reads ISO 8601 forms, with or without dashes, and their beginnings.
func (d dates) absolute(s string) (span, error) {
	date, clock, hasClock := strings.Cut(s, "t")
	if !hasClock {
		date, clock, hasClock = strings.Cut(s, " ")
	}
	if !hasClock && len(s) == 14 && digits(s) { // lore's dt: form, YYYYMMDDhhmmss
		date, clock, hasClock = s[:8], s[8:], true
	}
	var part [3]int
	n := 0
	switch {
	case len(date) == 8 && digits(date):
		part[0], part[1], part[2], n = number(date[:4]), number(date[4:6]), number(date[6:]), 3
	default:
		for f := range strings.SplitSeq(date, "-") {
			if n == 3 || !digits(f) || (n == 0) != (len(f) == 4) || len(f) > 4 || n > 0 && len(f) > 2 {
				return span{}, errDate
			}
			part[n] = number(f)
			n++
		}
	}
	if hasClock && n != 3 {
		return span{}, errDate
	}
	year, month, day := part[0], time.Month(max(part[1], 1)), max(part[2], 1)
	if year == 0 || n > 1 && (part[1] < 1 || part[1] > 12) || n > 2 && (part[2] < 1 || part[2] > daysIn(year, month)) {
		return span{}, errBounds
	}
	if hasClock {
		return d.clock(year, month, day, clock)
	}
	start := time.Date(year, month, day, 0, 0, 0, 0, d.zone)
	switch n {
	case 1:
		return span{start, start.AddDate(1, 0, 0)}, nil
	case 2:
		return span{start, start.AddDate(0, 1, 0)}, nil
	}
	return span{start, start.AddDate(0, 0, 1)}, nil
}

// clock reads hh:mm, hh:mm:ss, hhmmss and an optional zone: z, +hh:mm, +hhmm.
func (d dates) clock(year int, month time.Month, day int, s string) (span, error) {
	zone := d.zone
	if rest, ok := strings.CutSuffix(s, "z"); ok {
		s, zone = rest, time.UTC
	} else if i := strings.LastIndexAny(s, "+-"); i > 0 {
		off := strings.ReplaceAll(s[i+1:], ":", "")
		if len(off) != 4 || !digits(off) || number(off[:2]) > 14 || number(off[2:]) > 59 {
			return span{}, errDate
		}
		seconds := number(off[:2])*3600 + number(off[2:])*60
		if s[i] == '-' {
			seconds = -seconds
		}
		s, zone = s[:i], time.FixedZone("", seconds)
	}
	compact := s
	if strings.Contains(s, ":") {
		fields := strings.Split(s, ":")
		for _, f := range fields {
			if len(f) != 2 {
				return span{}, errDate
			}
		}
		compact = strings.Join(fields, "")
	}
	if !digits(compact) {
		return span{}, errDate
	}
	unit := time.Second
	switch len(compact) {
	case 4:
		unit = time.Minute
		compact += "00"
	case 6:
	default:
		return span{}, errDate
	}
	h, m, sec := number(compact[:2]), number(compact[2:4]), number(compact[4:])
	if h > 23 || m > 59 || sec > 59 {
		return span{}, errBounds
	}
	start := time.Date(year, month, day, h, m, sec, 0, zone)
	return span{start, start.Add(unit)}, nil
}

// relative reads the words that need to know the present: today, 2.weeks.ago, 1w2d, last.month,
// friday, january.
func (d dates) relative(s string) (span, error) {
	words := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("._ ", r) })
	if len(words) == 0 {
		return span{}, errDate
	}
	now := d.now.In(d.zone)
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, d.zone)
	sp, err := d.named(words, now, today)
	if errors.Is(err, errDate) {
		sp, err = d.ago(words, now)
	}
	if err == nil && d.now.IsZero() {
		return span{}, errNoNow
	}
	return sp, err
}

func (d dates) named(words []string, now, today time.Time) (span, error) {
	day := func(offset int) (span, error) {
		return span{today.AddDate(0, 0, offset), today.AddDate(0, 0, offset+1)}, nil
	}
	if len(words) == 1 {
		switch words[0] {
		case "now":
			t := now.Truncate(time.Second)
			return span{t, t.Add(time.Second)}, nil
		case "today":
			return day(0)
		case "yesterday":
			return day(-1)
		case "tomorrow":
			return day(1)
		}
		for i := range 7 { // the latest such day, today excluded
			if name := strings.ToLower(time.Weekday(i).String()); words[0] == name || words[0] == name[:3] {
				return day(-((int(today.Weekday())-i+6)%7 + 1))
			}
		}
		for m := time.January; m <= time.December; m++ { // the latest month of that name that has begun
			if name := strings.ToLower(m.String()); words[0] == name || words[0] == name[:3] {
				year := today.Year()
				if m > today.Month() {
					year--
				}
				start := time.Date(year, m, 1, 0, 0, 0, 0, d.zone)
				return span{start, start.AddDate(0, 1, 0)}, nil
			}
		}
	}
	if len(words) == 2 && (words[0] == "last" || words[0] == "this") {
		back := 0
		if words[0] == "last" {
			back = -1
		}
		switch words[1] {
		case "day":
			return day(back)
		case "week": // Monday to Sunday
			monday := today.AddDate(0, 0, -(int(today.Weekday())+6)%7+7*back)
			return span{monday, monday.AddDate(0, 0, 7)}, nil
		case "month":
			first := time.Date(today.Year(), today.Month()+time.Month(back), 1, 0, 0, 0, 0, d.zone)
			return span{first, first.AddDate(0, 1, 0)}, nil
		case "year":
			first := time.Date(today.Year()+back, time.January, 1, 0, 0, 0, 0, d.zone)
			return span{first, first.AddDate(1, 0, 0)}, nil
		}
		if back < 0 {
			return d.named(words[1:], now, today) // last.friday
		}
	}
	return span{}, errDate
}

// ago reads counts with units, 2.weeks.ago as well as 1w2d, as a time before now.
func (d dates) ago(words []string, now time.Time) (span, error) {
	if words[len(words)-1] == "ago" {
		words = words[:len(words)-1]
	}
	s := strings.Join(words, "")
	t, coarse, found := now, true, false
	for s != "" {
		i := 0
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i++
		}
		j := i
		for j < len(s) && s[j] >= 'a' && s[j] <= 'z' {
			j++
		}
		if i == 0 || i > 5 || j == i {
			return span{}, errDate
		}
		n := number(s[:i])
		switch s[i:j] {
		case "m":
			return span{}, errBareM
		case "s", "sec", "secs", "second", "seconds":
			t, coarse = t.Add(-time.Duration(n)*time.Second), false
		case "min", "mins", "minute", "minutes":
			t, coarse = t.Add(-time.Duration(n)*time.Minute), false
		case "h", "hour", "hours":
			t, coarse = t.Add(-time.Duration(n)*time.Hour), false
		case "d", "day", "days":
			t = t.AddDate(0, 0, -n)
		case "w", "week", "weeks":
			t = t.AddDate(0, 0, -7*n)
		case "mo", "month", "months":
			t = monthsBefore(t, n)
		case "y", "yr", "year", "years":
			t = monthsBefore(t, 12*n)
		default:
			return span{}, errDate
		}
		s, found = s[j:], true
	}
	if !found {
		return span{}, errDate
	}
	if t.Year() < 1 && !d.now.IsZero() {
		return span{}, errBounds
	}
	if coarse && d.whole {
		t = time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, d.zone)
		return span{t, t.AddDate(0, 0, 1)}, nil
	}
	t = t.Truncate(time.Second)
	return span{t, t.Add(time.Second)}, nil
}

// monthsBefore stays inside the month: one month before 31 March is the last day of February.
func monthsBefore(t time.Time, n int) time.Time {
	first := time.Date(t.Year(), t.Month()-time.Month(n), 1, t.Hour(), t.Minute(), t.Second(), 0, t.Location())
	return first.AddDate(0, 0, min(t.Day(), daysIn(first.Year(), first.Month()))-1)
}

func daysIn(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// rangeOf reads "date", "date..date", "date.." or "..date".
func (d dates) rangeOf(field Field, s string) (Range, error) {
	r := Range{Field: field}
	from, to, isRange := cutRange(s)
	if !isRange {
		to = from
	}
	if from == "" && to == "" {
		return r, errDate
	}
	if from != "" {
		sp, err := d.parse(from)
		if err != nil {
			return r, fmt.Errorf("%q: %w", from, err)
		}
		r.Min, r.HasMin = sp.start.Unix(), true
	}
	if to != "" {
		sp, err := d.parse(to)
		if err != nil {
			return r, fmt.Errorf("%q: %w", to, err)
		}
		r.Max, r.HasMax = sp.end.Unix()-1, true
	}
	return r, nil
}

// cutRange splits at the two dots.
func cutRange(s string) (from, to string, isRange bool) {
	return strings.Cut(s, "..")
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// number reads a string of digits short enough not to overflow.
func number(s string) int {
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}
