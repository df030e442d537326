package export

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha1" // the form asks for it; nothing rests on its strength
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"
	"unicode/utf8"

	"rustle/pkg/analysis"
)

// percevalVersion is the version of the mbox form of Perceval that is written.
const percevalVersion = "0.13.0"

// perceval is one item in the form of Perceval's mbox backend, which Kaiaulu and GrimoireLab read.
type perceval struct {
	Backend    string         `json:"backend_name"`
	Version    string         `json:"backend_version"`
	Category   string         `json:"category"`
	Fields     any            `json:"classified_fields_filtered"`
	Data       map[string]any `json:"data"`
	Origin     string         `json:"origin"`
	Perceval   string         `json:"perceval_version"`
	Search     map[string]any `json:"search_fields"`
	Tag        string         `json:"tag"`
	Fetched    float64        `json:"timestamp"`
	Updated    float64        `json:"updated_on"`
	Identifier string         `json:"uuid"`
}

// Perceval writes the mails as JSON Lines in the form of Perceval's mbox backend. The headers are as in the original mail,
// not decoded; origin names the data set; fetched is the time the caller fetched or exported it, for "timestamp". body takes the text of a mail;
// a body of nil leaves the text out. It returns how many lines.
func Perceval(w io.Writer, records iter.Seq[analysis.Record], origin string, fetched time.Time, fetch Fetch, body func(r *analysis.Record) (string, error)) (int, error) {
	b := bufio.NewWriterSize(w, 1<<16)
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	n := 0
	for r := range records {
		raw, err := fetch(&r)
		if err != nil {
			return n, fmt.Errorf("export: mail %s: %w", r.ID, err)
		}
		data := headers(raw)
		data["Message-ID"] = cmp.Or(headerText(data["Message-ID"]), "<"+r.ID+">")
		data["unixfrom"] = strings.TrimPrefix(strings.TrimSuffix(Separator, "\n"), "From ")
		text := ""
		if body != nil {
			if text, err = body(&r); err != nil {
				return n, fmt.Errorf("export: mail %s: %w", r.ID, err)
			}
		}
		data["body"] = map[string]string{"plain": text}
		item := perceval{
			Backend: "MBox", Version: percevalVersion, Category: "message", Data: data, Origin: origin, Perceval: "1.0.0",
			Search: map[string]any{"item_id": data["Message-ID"]}, Tag: origin,
			Fetched: float64(fetched.Unix()), Updated: float64(r.Date.Unix()), Identifier: identifier(origin, headerText(data["Message-ID"])),
		}
		if err := enc.Encode(item); err != nil {
			return n, fmt.Errorf("export: mail %s: %w", r.ID, err)
		}
		n++
	}
	return n, b.Flush()
}

func headerText(v any) string {
	s, _ := v.(string)
	return s
}

// identifier is Perceval's uuid: SHA-1 over origin and item joined by ":".
func identifier(origin, item string) string {
	h := sha1.Sum([]byte(origin + ":" + item))
	return hex.EncodeToString(h[:])
}

// headers returns the header of a mail: the last value of each name, continuation lines joined, as Perceval does.
func headers(raw []byte) map[string]any {
	out := map[string]any{}
	name, value := "", ""
	put := func() {
		if name != "" {
			out[canonical(name)] = value
		}
	}
	for line := range bytes.Lines(raw) {
		text := strings.TrimRight(string(line), "\r\n")
		if text == "" {
			break
		}
		if text[0] == ' ' || text[0] == '\t' {
			value += "\n" + text
			continue
		}
		put()
		n, v, ok := strings.Cut(text, ":")
		if !ok {
			name = ""
			continue
		}
		name, value = n, strings.TrimSpace(v)
	}
	put()
	for k, v := range out {
		if s := headerText(v); !utf8.ValidString(s) {
			out[k] = strings.ToValidUTF8(s, "\uFFFD")
		}
	}
	return out
}

// canonical writes a header name with capitals, but for those that have their own spelling.
func canonical(name string) string {
	switch low := strings.ToLower(name); low {
	case "message-id":
		return "Message-ID"
	case "mime-version":
		return "MIME-Version"
	case "dkim-signature":
		return "DKIM-Signature"
	default:
		parts := strings.Split(low, "-")
		for i, p := range parts {
			if p != "" && p[0] < utf8.RuneSelf {
				parts[i] = strings.ToUpper(p[:1]) + p[1:]
			}
		}
		return strings.Join(parts, "-")
	}
}
