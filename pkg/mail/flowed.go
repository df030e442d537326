package mail

import "bytes"

// unflow joins the lines of format=flowed text (RFC 3676): a line that ends with a blank goes on in the next
// one of the same quote depth. Stuffed blanks are taken off; quote marks stay as written.
//
// QUIRK: quote marks apart ("> >") count as two levels. Nothing is joined from the first line of a diff on: a
// context line that ends with a blank is no paragraph. Programs that send patches as format=flowed without stuffing
// their lines are told by the context lines, and keep them.
func unflow(text []byte, delSp bool) []byte {
	out := make([]byte, 0, len(text))
	open, openDepth := false, 0 // the last line written waits for its continuation
	diff, bare := false, false
	for len(text) > 0 {
		line, rest := text, []byte(nil)
		newline := false
		if i := bytes.IndexByte(text, '\n'); i >= 0 {
			line, rest, newline = text[:i], text[i+1:], true
		}
		text = rest
		prefix, depth := quotePrefix(line)
		content := line[prefix:]
		if depth == 0 && !diff && startsDiff(content) {
			diff = true
			bare = !stuffedDiff(rest)
		}
		signature := bytes.Equal(content, []byte("-- ")) || bytes.Equal(content, []byte(" -- "))
		if open {
			if depth != openDepth || signature {
				out = append(out, '\n')
				open = false
			}
		}
		stuffed := content
		if len(stuffed) > 0 && stuffed[0] == ' ' && !(bare && depth == 0) && (depth > 0 || open || !bytes.HasPrefix(stuffed, []byte(" >"))) {
			// In plain text, which this becomes, only the blank tells " >" from a quote: it stays.
			stuffed = stuffed[1:]
		}
		if !open {
			out = append(out, line[:prefix]...)
			if depth > 0 && len(content) > len(stuffed) {
				out = append(out, ' ') // "> text": the stuffed blank is also the usual one behind the mark
			}
		}
		flowed := len(stuffed) > 0 && stuffed[len(stuffed)-1] == ' ' && !signature && !diff && newline
		if flowed && delSp {
			stuffed = stuffed[:len(stuffed)-1]
		}
		out = append(out, stuffed...)
		open, openDepth = flowed, depth
		if !flowed && newline {
			out = append(out, '\n')
		}
	}
	if open {
		out = append(out, '\n')
	}
	return out
}

// quotePrefix measures the quote marks at the start of a line: their bytes and their number.
func quotePrefix(line []byte) (n, depth int) {
	for n < len(line) {
		switch {
		case line[n] == '>':
			n++
		case depth > 0 && line[n] == ' ' && n+1 < len(line) && line[n+1] == '>':
			n += 2
		default:
			return n, depth
		}
		depth++
	}
	return n, depth
}

func startsDiff(line []byte) bool {
	line = bytes.TrimPrefix(line, []byte(" "))
	return bytes.HasPrefix(line, []byte("diff --git ")) || bytes.HasPrefix(line, []byte("@@ -")) || bytes.HasPrefix(line, []byte("--- a/"))
}

// stuffedDiff reports whether the context lines of the diff that begins rest carry a stuffed blank before their own.
func stuffedDiff(rest []byte) bool {
	const look = 40
	for range look {
		line, after, found := bytes.Cut(rest, []byte("\n"))
		if len(line) > 1 && line[0] == ' ' && line[1] != ' ' {
			return false
		}
		if !found {
			break
		}
		rest = after
	}
	return true
}
