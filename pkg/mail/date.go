package mail

import (
	"bytes"
	"time"
)

// minYear is the first year a mail of these archives can be from.
const minYear = 1990

// maxYear bounds years without a look at the clock.
const maxYear = 2100

// maxAhead is how far a Date may lie after the topmost Received before it is taken for a wrong clock.
const maxAhead = 7 * 24 * time.Hour

// parseDate reads an RFC 5322 date in the forms that occur, to UTC.
//
// QUIRK: weekday wrong or missing, two-digit and three-digit years, zones that are missing, unknown or beyond
// +-1400 (read as UTC), ctime order (Mon Apr 29 05:10:07 2019), 29-Apr-2019, ISO 8601.
func parseDate(v []byte, d *defects) (time.Time, bool) {
	p := dateParts{day: -1, month: -1, year: -1, hour: -1}
	v = v[:min(len(v), 200)]
	for i := 0; i < len(v); {
		c := v[i]
		switch {
		case isSpace(c) || c == ',':
			i++
		case c == '(':
			i = skipComment(v, i)
		default:
			j := i
			for j < len(v) && !isSpace(v[j]) && v[j] != ',' && v[j] != '(' {
				j++
			}
			if !p.word(v[i:j]) {
				return time.Time{}, false
			}
			i = j
		}
	}
	if p.day < 1 || p.day > 31 || p.month < 1 || p.year < 0 || p.hour > 24 || p.min > 59 || p.sec > 60 {
		return time.Time{}, false
	}
	if p.short {
		d.add(DefectTwoDigitYear)
	}
	if p.hour < 0 {
		p.hour = 0
	}
	if p.pm && p.hour < 12 {
		p.hour += 12
	}
	if !p.zoned || p.offset < -14*3600 || p.offset > 14*3600 {
		d.add(DefectBadZone)
		p.offset = 0
	}
	t := time.Date(p.year, time.Month(p.month), p.day, p.hour, p.min, p.sec, 0, time.UTC)
	return t.Add(-time.Duration(p.offset) * time.Second), true
}

type dateParts struct {
	day, month, year, hour, min, sec int
	offset                           int // seconds east of UTC
	zoned, short, pm                 bool
}

// word takes one blank-separated word of a date. It reports whether the date can still be read.
func (p *dateParts) word(w []byte) bool {
	c := w[0]
	switch {
	case (c == '+' || c == '-') && len(w) > 1 && isDigit(w[1]):
		return p.zone(w)
	case !isDigit(c):
		return p.letters(w)
	}
	if colon := bytes.IndexByte(w, ':'); colon > 0 && bytes.IndexByte(w[:colon], '-') < 0 {
		return p.clock(w)
	}
	if dash := bytes.IndexByte(w, '-'); dash > 0 {
		// 2019-04-29, 2019-04-29T05:10:07Z, 29-Apr-2019.
		first, rest := w[:dash], w[dash+1:]
		second, third, _ := bytes.Cut(rest, []byte("-"))
		if len(second) == 0 || len(third) == 0 {
			return false
		}
		if len(first) == 4 {
			n, digits := number(third)
			p.year, p.month, p.day = atoi(first), atoi(second), n
			if rest := third[digits:]; len(rest) > 1 && rest[0] == 'T' {
				return p.clock(rest[1:])
			}
			return p.month >= 1 && p.month <= 12
		}
		return p.word(first) && p.word(second) && p.word(third)
	}
	n, digits := number(w)
	if digits < len(w) && w[digits] != '.' {
		// 3rd, 2019Z and the like.
		if digits > 2 {
			return false
		}
	}
	switch {
	case digits >= 5:
		return false
	case digits == 4 && p.year < 0:
		p.year = n
	case digits <= 2 && p.day < 0 && n >= 1 && n <= 31:
		p.day = n
	case digits == 2 && p.year < 0:
		p.short = true
		p.year = 1900 + n
		if n < 50 {
			p.year = 2000 + n
		}
	case digits == 3 && p.year < 0:
		// QUIRK: programs that print the years since 1900.
		p.short = true
		p.year = 1900 + n
	case digits == 4 && !p.zoned:
		return p.zone(append([]byte{'+'}, w...))
	default:
		return false
	}
	return true
}

func (p *dateParts) letters(w []byte) bool {
	if len(w) >= 3 {
		if m := monthOf(w); m > 0 && (p.month < 0 || p.day < 0) {
			p.month = m
			return true
		}
		if isWeekday(w) {
			return true
		}
	}
	switch {
	case equalFold(w, "pm"):
		p.pm = true
		return true
	case equalFold(w, "am") || equalFold(w, "at"):
		return true
	case p.hour < 0:
		return true // words before the time of day say nothing we need
	case p.zoned:
		return true // zone name after the number
	}
	p.zoned = true
	switch {
	case equalFold(w, "gmt"), equalFold(w, "utc"), equalFold(w, "ut"), equalFold(w, "z"):
	case (hasPrefixFold(w, "gmt") || hasPrefixFold(w, "utc")) && len(w) > 4 && (w[3] == '+' || w[3] == '-'):
		p.zoned = false
		return p.zone(w[3:])
	case equalFold(w, "edt"):
		p.offset = -4 * 3600
	case equalFold(w, "est"), equalFold(w, "cdt"):
		p.offset = -5 * 3600
	case equalFold(w, "cst"), equalFold(w, "mdt"):
		p.offset = -6 * 3600
	case equalFold(w, "mst"), equalFold(w, "pdt"):
		p.offset = -7 * 3600
	case equalFold(w, "pst"):
		p.offset = -8 * 3600
	case equalFold(w, "bst"), equalFold(w, "cet"), equalFold(w, "met"):
		p.offset = 3600
	case equalFold(w, "cest"), equalFold(w, "mest"), equalFold(w, "eet"):
		p.offset = 2 * 3600
	case equalFold(w, "jst"):
		p.offset = 9 * 3600
	default:
		p.zoned = false
	}
	return true
}

func (p *dateParts) clock(w []byte) bool {
	var n [3]int
	for k := range n {
		v, digits := number(w)
		if digits == 0 || digits > 2 {
			return k > 0
		}
		n[k] = v
		w = w[digits:]
		if len(w) == 0 || w[0] != ':' || k == 2 {
			break
		}
		w = w[1:]
	}
	p.hour, p.min, p.sec = n[0], n[1], n[2]
	if len(w) > 1 && w[0] == '.' {
		_, digits := number(w[1:])
		w = w[1+digits:]
	}
	if len(w) == 0 {
		return true
	}
	if (w[0] == '+' || w[0] == '-') && len(w) > 1 && isDigit(w[1]) {
		return p.zone(w)
	}
	return p.letters(w)
}

func (p *dateParts) zone(w []byte) bool {
	if p.zoned {
		return true
	}
	digits := bytes.ReplaceAll(w[1:], []byte(":"), nil)
	n, used := number(digits)
	if used == 0 {
		return true
	}
	p.zoned = true
	switch {
	case used <= 2:
		p.offset = n * 3600
	case n%100 > 59:
		p.offset = 100 * 3600 // out of range: reported by the caller
	default:
		p.offset = (n/100)*3600 + (n%100)*60
	}
	if w[0] == '-' {
		p.offset = -p.offset
	}
	return true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// number reads the decimal digits w starts with, at most nine.
func number(w []byte) (n, digits int) {
	for digits < len(w) && digits < 9 && isDigit(w[digits]) {
		n = n*10 + int(w[digits]-'0')
		digits++
	}
	return n, digits
}

func atoi(w []byte) int {
	n, digits := number(w)
	if digits != len(w) {
		return -1
	}
	return n
}

// monthOf reads the first three letters of an English month name: 1 is January, 0 is none.
func monthOf(w []byte) int {
	const names = "janfebmaraprmayjunjulaugsepoctnovdec"
	for m := range 12 {
		if hasPrefixFold(w, names[3*m:3*m+3]) {
			return m + 1
		}
	}
	return 0
}

func isWeekday(w []byte) bool {
	const names = "montuewedthufrisatsun"
	for d := range 7 {
		if hasPrefixFold(w, names[3*d:3*d+3]) {
			return true
		}
	}
	return false
}

// receivedDate reads the time of a Received field: what follows its last semicolon.
func receivedDate(v []byte) (time.Time, bool) {
	semi := bytes.LastIndexByte(v, ';')
	if semi < 0 {
		return time.Time{}, false
	}
	t, ok := parseDate(v[semi+1:], &defects{})
	if !ok || t.Year() < minYear || t.Year() > maxYear {
		return time.Time{}, false
	}
	return t, true
}
