package mail

import (
	"bytes"
	"mime"
)

// media is a parsed Content-Type or Content-Disposition.
type media struct {
	kind     string // "text/plain", "attachment"; lower case; empty when missing or no media type
	charset  string
	boundary string
	name     string // name or filename, decoded
	flowed   bool   // format=flowed
	delSp    bool   // delsp=yes
}

// parseMedia reads v tolerantly: unquoted values with odd characters, missing semicolons at the end, names
// with encoded words inside the quotes.
func parseMedia(v []byte, d *defects) media {
	var m media
	if len(v) == 0 {
		return m
	}
	head, rest, _ := bytes.Cut(v, []byte(";"))
	m.kind = string(bytes.ToLower(bytes.TrimSpace(head)))
	for len(rest) > 0 {
		var key, value []byte
		key, value, rest = param(rest)
		switch {
		case len(key) == 0:
		case key[len(key)-1] == '*' || bytes.IndexByte(key, '*') > 0:
			// RFC 2231: let the library put the pieces together.
			if _, params, err := mime.ParseMediaType(string(v)); err == nil {
				for _, k := range []string{"name", "filename"} {
					if s := params[k]; s != "" {
						m.name = string(appendText(nil, []byte(s), d))
					}
				}
				if m.boundary == "" {
					m.boundary = params["boundary"]
				}
			}
		case equalFold(key, "charset"):
			m.charset = string(bytes.Trim(value, "\"' ;:"))
		case equalFold(key, "boundary"):
			m.boundary = string(bytes.TrimRight(value, " \t"))
		case equalFold(key, "format"):
			m.flowed = equalFold(value, "flowed")
		case equalFold(key, "delsp"):
			m.delSp = equalFold(value, "yes")
		case equalFold(key, "name"), equalFold(key, "filename"):
			m.name = string(cut(appendText(nil, value, d), MaxName))
		}
	}
	return m
}

// param cuts the next "key=value" off a parameter list.
func param(v []byte) (key, value, rest []byte) {
	i := 0
	for i < len(v) && v[i] != '=' && v[i] != ';' {
		i++
	}
	key = bytes.TrimSpace(v[:i])
	if i == len(v) || v[i] == ';' {
		return nil, nil, v[min(i+1, len(v)):]
	}
	v = bytes.TrimLeft(v[i+1:], " \t\r\n")
	if len(v) > 0 && v[0] == '"' {
		var unquoted []byte
		for j := 1; j < len(v); j++ {
			switch v[j] {
			case '\\':
				if j+1 < len(v) {
					j++
					unquoted = append(unquoted, v[j])
				}
			case '"':
				_, rest, _ = bytes.Cut(v[j+1:], []byte(";"))
				return key, unquoted, rest
			case '\r', '\n':
			default:
				unquoted = append(unquoted, v[j])
			}
		}
		return key, unquoted, nil
	}
	value, rest, _ = bytes.Cut(v, []byte(";"))
	return key, bytes.TrimSpace(value), rest
}
