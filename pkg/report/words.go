package report

import (
	"strconv"
	"strings"
	"time"
)

// count writes a number with its noun: "1 mail", "2 mails", "1,204 mails".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if before, ok := strings.CutSuffix(noun, "person"); ok {
		return thousands(n) + " " + before + "people"
	}
	if strings.HasSuffix(noun, "ch") {
		return thousands(n) + " " + noun + "es"
	}
	if strings.HasSuffix(noun, "y") && !strings.HasSuffix(noun, "ay") {
		return thousands(n) + " " + strings.TrimSuffix(noun, "y") + "ies"
	}
	return thousands(n) + " " + noun + "s"
}

func thousands(n int) string {
	s := strconv.Itoa(n)
	if n < 0 {
		return s
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// percent writes a share without a false show of precision.
func percent(part, whole int) string {
	if whole <= 0 {
		return "0%"
	}
	if part > 0 && part*200 < whole {
		return "under 1%"
	}
	return strconv.Itoa((part*200+whole)/(2*whole)) + "%"
}

// join writes a list as prose: "a, b and c".
func join(items []string) string {
	switch len(items) {
	case 0:
		return ""
	case 1:
		return items[0]
	}
	return strings.Join(items[:len(items)-1], ", ") + " and " + items[len(items)-1]
}

// some names the first n of a list and counts the rest: "a, b and 3 others".
func some(items []string, n int) string {
	if len(items) <= n+1 {
		return join(items)
	}
	return strings.Join(items[:n], ", ") + " and " + strconv.Itoa(len(items)-n) + " others"
}

func date(t time.Time) string {
	if t.IsZero() {
		return "an unknown date"
	}
	return t.UTC().Format("2 January 2006")
}

func shortDate(t time.Time) string {
	if t.IsZero() {
		return "no date"
	}
	return t.UTC().Format("2006-01-02")
}

// dates writes a span of days.
func dates(from, to time.Time) string {
	if shortDate(from) == shortDate(to) {
		return "on " + date(from)
	}
	if from.UTC().Year() == to.UTC().Year() {
		return "from " + from.UTC().Format("2 January") + " to " + date(to)
	}
	return "from " + date(from) + " to " + date(to)
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	r := []rune(s)
	return strings.ToUpper(string(r[0])) + string(r[1:])
}

// number writes small numbers as words at the start of a sentence and in prose.
func number(n int) string {
	words := []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}
	if n >= 0 && n < len(words) {
		return words[n]
	}
	return thousands(n)
}
