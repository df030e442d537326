package linear

import "strings"

// Cut cuts the folded text of a training row at the ends of its sentences, roughly, and returns at most
// limit of them. Mail is cut better elsewhere, with its lines still known.
func Cut(text string, limit int) []string {
	var out []string
	start := 0
	for i := 0; i+2 < len(text) && len(out) < limit; i++ {
		c := text[i]
		if (c == '.' || c == '?' || c == '!') && text[i+1] == ' ' && i-start > 12 && (text[i+2] >= 'A' && text[i+2] <= 'Z' || text[i+2] == '"') {
			out = append(out, text[start:i+1])
			start = i + 2
		}
	}
	if rest := strings.TrimSpace(text[start:]); rest != "" && len(out) < limit {
		out = append(out, rest)
	}
	return out
}
