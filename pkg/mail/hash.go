package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// hash computes Message.Hash. Two copies of one mail that went through different lists differ in Received,
// List-Id, transfer encoding, footers and blanks at line ends, and have the same hash. A list's tag in the
// subject is kept: it makes another mail of it. sent is what the Date field says, not what was taken in its place.
func hash(h *Header, text []byte, sent time.Time) string {
	digest := sha256.New() // its Write never fails
	buf := make([]byte, 0, 512)
	buf = append(buf, strings.ToLower(h.From.Addr)...)
	if h.From.Addr == "" {
		buf = append(buf, h.From.Name...)
	}
	buf = append(buf, 0)
	if !sent.IsZero() {
		buf = strconv.AppendInt(buf, sent.Unix(), 10)
	}
	buf = append(buf, 0)
	buf = append(buf, h.Subject...)
	buf = append(buf, 0)
	digest.Write(buf)

	// Runs of lines without blanks at their ends go through in one piece.
	text = trimFooters(text)
	start := 0
	for pos := 0; pos < len(text); {
		end := len(text)
		if i := bytes.IndexByte(text[pos:], '\n'); i >= 0 {
			end = pos + i
		}
		if end > pos && isSpace(text[end-1]) {
			digest.Write(text[start : pos+len(bytes.TrimRight(text[pos:end], " \t\r\v\f"))])
			start = end
		}
		pos = end + 1
	}
	digest.Write(text[min(start, len(text)):])
	var sum [sha256.Size]byte
	return hex.EncodeToString(digest.Sum(sum[:0])[:8])
}

// trimFooters cuts the footers that list software adds off the end of a text, and the blank lines there.
// It knows the rule of underscores of Mailman and the "To unsubscribe" paragraphs of Majordomo and others.
func trimFooters(text []byte) []byte {
	for {
		text = bytes.TrimRight(text, " \t\n")
		start := footerStart(text)
		if start < 0 {
			return text
		}
		text = text[:start]
	}
}

// footerStart returns the offset of a list footer at the end of text, or -1.
func footerStart(text []byte) int {
	const maxLines = 10
	end := len(text)
	sign := false
	for range maxLines {
		if end <= 0 {
			return -1
		}
		start := bytes.LastIndexByte(text[:end], '\n') + 1
		line := text[start:end]
		trimmed := bytes.TrimRight(line, " \t")
		switch {
		case footerSign(line):
			sign = true
		case sign && (isRule(trimmed) || string(trimmed) == "-" || string(trimmed) == "--"):
			return start
		case isRule(trimmed):
			return -1
		}
		if start == 0 {
			break
		}
		end = start - 1
	}
	return -1
}

// footerSign reports whether a line speaks for the list software.
func footerSign(line []byte) bool {
	const longest = 300
	if len(line) < 8 || len(line) > longest {
		return false
	}
	for i, c := range line {
		switch c | 0x20 {
		case 'm':
			if hasPrefixFold(line[i:], "mailing list") || hasPrefixFold(line[i:], "mailman/") || hasPrefixFold(line[i:], "majordomo") {
				return true
			}
		case 't':
			if hasPrefixFold(line[i:], "to unsubscribe") {
				return true
			}
		}
	}
	return false
}

// isRule reports whether a line is the row of underscores that Mailman draws.
func isRule(line []byte) bool {
	return len(line) >= 20 && line[0] == '_' && bytes.Count(line, []byte("_")) == len(line)
}
