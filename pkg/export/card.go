package export

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"strconv"
	"time"
)

// Card says where an export came from, so that others can make it again and see whether anything drifted. It lies beside
// the file as NAME.card.json.
type Card struct {
	FormatVersion int          `json:"format_version"` // [SchemaVersion]
	File          string       `json:"file"`           // name of the export, without a path
	Table         Table        `json:"table"`
	Format        string       `json:"format"`
	Query         string       `json:"query"` // "" is everything
	Rows          int          `json:"rows"`
	Bytes         int64        `json:"bytes"`
	SHA256        string       `json:"sha256"` // of the export, hexadecimal
	Created       time.Time    `json:"created"`
	Tool          string       `json:"tool"`        // name and version
	Fingerprint   string       `json:"fingerprint"` // of rules and models
	Schema        string       `json:"schema"`      // of the index
	Messages      int          `json:"messages"`    // in the index
	Threads       int          `json:"threads"`     // in the index
	Sources       []CardSource `json:"sources"`
	Columns       []Column     `json:"columns"` // of the CSV form
	Limits        []string     `json:"limits"`
}

// CardSource is one archive that the index was made from, and how far it was read.
type CardSource struct {
	Name     string `json:"name"`
	Kind     string `json:"kind,omitempty"`
	List     string `json:"list,omitempty"`
	Position string `json:"position"` // byte offset, commit, or last file
	Messages int    `json:"messages,omitempty"`
}

// Limits are the sentences about what tags cannot say that every card carries.
func Limits() []string {
	return []string{
		"Stance, tone, incivility, arguments, signals and roles were set by rules and small models, not by people; each can be wrong.",
		"Sarcasm, irony and restated positions of others are often read wrongly.",
		"The mail is public writing by named people: check the quoted evidence before resting a claim about a person on a tag.",
	}
}

// Write writes the card as indented JSON. Empty lists are written as [].
func (c Card) Write(w io.Writer) error {
	c.FormatVersion = SchemaVersion
	c.Created = c.Created.UTC()
	full(&c.Sources)
	full(&c.Columns)
	full(&c.Limits)
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(c)
}

// ReadCard reads a card. A card of a later version is an error.
func ReadCard(r io.Reader) (Card, error) {
	var c Card
	if err := json.NewDecoder(r).Decode(&c); err != nil {
		return Card{}, fmt.Errorf("dataset card: %w", err)
	}
	if c.FormatVersion > SchemaVersion {
		return Card{}, fmt.Errorf("dataset card: version %d, this program knows %d", c.FormatVersion, SchemaVersion)
	}
	return c, nil
}

// Drift is one difference between a card and an export made again.
type Drift struct {
	What string `json:"what"` // rows | bytes | sha256 | fingerprint | schema | tool | messages | threads | source NAME
	Then string `json:"then"`
	Now  string `json:"now"`
}

// Verify compares a card with that of the same export made now. No drift means the same bytes; the other lines say what
// may be the reason. The name of the file and the date are not compared.
func Verify(then, now Card) []Drift {
	var out []Drift
	check := func(what, a, b string) {
		if a != b {
			out = append(out, Drift{what, a, b})
		}
	}
	check("sha256", then.SHA256, now.SHA256)
	check("rows", strconv.Itoa(then.Rows), strconv.Itoa(now.Rows))
	check("bytes", strconv.FormatInt(then.Bytes, 10), strconv.FormatInt(now.Bytes, 10))
	check("table", string(then.Table), string(now.Table))
	check("format", then.Format, now.Format)
	check("query", then.Query, now.Query)
	check("format_version", strconv.Itoa(then.FormatVersion), strconv.Itoa(now.FormatVersion))
	check("fingerprint", then.Fingerprint, now.Fingerprint)
	check("schema", then.Schema, now.Schema)
	check("tool", then.Tool, now.Tool)
	check("messages", strconv.Itoa(then.Messages), strconv.Itoa(now.Messages))
	check("threads", strconv.Itoa(then.Threads), strconv.Itoa(now.Threads))
	seen := map[string]bool{}
	for _, s := range then.Sources {
		seen[s.Name] = true
		at := "not read"
		for _, t := range now.Sources {
			if t.Name == s.Name {
				at = t.Position
			}
		}
		check("source "+s.Name, s.Position, at)
	}
	for _, s := range now.Sources {
		if !seen[s.Name] {
			check("source "+s.Name, "not read", s.Position)
		}
	}
	return out
}

// Digest counts and hashes what is written through it, for the card.
type Digest struct {
	w     io.Writer
	h     hash.Hash
	bytes int64
}

// NewDigest returns a writer that hands everything on to w.
func NewDigest(w io.Writer) *Digest { return &Digest{w: w, h: sha256.New()} }

// Write implements io.Writer.
func (d *Digest) Write(p []byte) (int, error) {
	n, err := d.w.Write(p)
	_, _ = d.h.Write(p[:n]) // never fails
	d.bytes += int64(n)
	return n, err
}

// Bytes is how much went through.
func (d *Digest) Bytes() int64 { return d.bytes }

// SHA256 is the hash of what went through, hexadecimal.
func (d *Digest) SHA256() string { return hex.EncodeToString(d.h.Sum(nil)) }
