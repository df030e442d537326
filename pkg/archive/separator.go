package archive

import "bytes"

// loreLine is the separator that public-inbox writes before every mail.
const loreLine = "From mboxrd@z Thu Jan  1 00:00:00 1970"

// maxSeparator is the longest line, in bytes, that is considered as a separator.
const maxSeparator = 1024

// isLore reports whether line is public-inbox's separator.
func isLore(line []byte) bool {
	return string(trimEOL(line)) == loreLine
}

// isSeparator reports whether line reads as "From SENDER DATE" in one of the forms that mail
// software has written:
//
//	From a@example.org Thu Jan  1 00:00:00 1970
//	From a@example.org Thu Jan  1 00:00:00 +0000 1970
//	From a@example.org Thu Jan  1 00:00 PST 1970 remote from host
//	From a at example.org  Thu Jan  1 00:00:00 1970
//	From a@example.org Thu, 1 Jan 1970 00:00:00 +0000
//
// The date has to run to the end of the line, which keeps prose out.
func isSeparator(line []byte) bool {
	if len(line) > maxSeparator || !bytes.HasPrefix(line, fromPrefix) {
		return false
	}
	rest := trimEOL(line[len(fromPrefix):])
	sender := 0
	for {
		var word []byte
		word, rest = nextWord(rest)
		if len(word) == 0 {
			return false
		}
		if sender > 0 && isWeekday(word) && (isAsctime(rest) || isRFC5322(rest)) {
			return true
		}
		sender++
	}
}

// isAsctime reports whether s is "Jan  2 15:04[:05]", then the year with zones on either side.
func isAsctime(s []byte) bool {
	month, s := nextWord(s)
	day, s := nextWord(s)
	clock, s := nextWord(s)
	if !isMonth(month) || !isDay(day) || !isClock(clock) {
		return false
	}
	year := false
	for {
		var word []byte
		word, s = nextWord(s)
		switch {
		case len(word) == 0:
			return year
		case isYear(word) && !year:
			year = true
		case year && string(word) == "remote": // QUIRK: UUCP's "remote from HOST" at the end.
			return true
		case !isZone(word):
			return false
		}
	}
}

// isRFC5322 reports whether s is "2 Jan 2006 15:04[:05]" and then only zones.
func isRFC5322(s []byte) bool {
	day, s := nextWord(s)
	month, s := nextWord(s)
	year, s := nextWord(s)
	clock, s := nextWord(s)
	if !isDay(day) || !isMonth(month) || !isYear(year) || !isClock(clock) {
		return false
	}
	for {
		var word []byte
		word, s = nextWord(s)
		if len(word) == 0 {
			return true
		}
		if !isZone(word) {
			return false
		}
	}
}

func isWeekday(w []byte) bool {
	if len(w) == 4 && w[3] == ',' {
		w = w[:3]
	}
	switch string(w) {
	case "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun":
		return true
	}
	return false
}

func isMonth(w []byte) bool {
	switch string(w) {
	case "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec":
		return true
	}
	return false
}

func isDay(w []byte) bool {
	n, ok := number(w, 2)
	return ok && n >= 1 && n <= 31
}

func isYear(w []byte) bool {
	_, ok := number(w, 4)
	return ok && len(w) == 4
}

// isClock reports whether w is 15:04 or 15:04:05; the hour may have one digit.
func isClock(w []byte) bool {
	hour, w, ok := bytes.Cut(w, colon)
	if !ok {
		return false
	}
	minute, second, more := bytes.Cut(w, colon)
	h, ok := number(hour, 2)
	if !ok || h > 23 {
		return false
	}
	m, ok := number(minute, 2)
	if !ok || len(minute) != 2 || m > 59 {
		return false
	}
	if !more {
		return true
	}
	s, ok := number(second, 2)
	return ok && len(second) == 2 && s <= 60
}

// isZone reports whether w is +0100, GMT, PST8PDT or (CET).
func isZone(w []byte) bool {
	if len(w) == 5 && (w[0] == '+' || w[0] == '-') {
		_, ok := number(w[1:], 4)
		return ok
	}
	if len(w) > 2 && w[0] == '(' && w[len(w)-1] == ')' {
		w = w[1 : len(w)-1]
	}
	if len(w) > 7 {
		return false
	}
	for _, c := range w {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return w[0] >= 'A'
}

// number reads 1 to most decimal digits.
func number(w []byte, most int) (int, bool) {
	if len(w) == 0 || len(w) > most {
		return 0, false
	}
	n := 0
	for _, c := range w {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// nextWord cuts the next word, ended by space or tab, from s.
func nextWord(s []byte) (word, rest []byte) {
	i := 0
	for i < len(s) && (s[i] == ' ' || s[i] == '\t') {
		i++
	}
	j := i
	for j < len(s) && s[j] != ' ' && s[j] != '\t' {
		j++
	}
	return s[i:j], s[j:]
}

// trimEOL cuts the line end from line: LF and any number of CR before it.
//
// QUIRK: gateways that turn LF into CRLF twice leave CR CR LF behind.
func trimEOL(line []byte) []byte {
	return trimCR(bytes.TrimSuffix(line, lf))
}

// emptyLine returns the length of the empty line that b starts with, 0 if it does not.
func emptyLine(b []byte) int {
	for i, c := range b {
		if c == '\n' {
			return i + 1
		}
		if c != '\r' {
			break
		}
	}
	return 0
}
