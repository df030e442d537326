package export

import (
	"io"
	"strings"
)

// SchemaVersion counts changes of the columns and of the JSON. A program can pin it.
//
//	1  first form
const SchemaVersion = 1

// Table is one kind of export.
type Table string

// The tables.
const (
	MessageTable  Table = "messages"
	ThreadTable   Table = "threads"
	StanceTable   Table = "stances"
	PersonTable   Table = "people"
	SentenceTable Table = "sentences"
	EdgeTable     Table = "network"
)

// Tables lists the tables.
func Tables() []Table {
	return []Table{MessageTable, ThreadTable, StanceTable, PersonTable, SentenceTable, EdgeTable}
}

// Column describes one column of a CSV.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"` // string | integer | number | boolean | time | list
	Doc  string `json:"doc"`
}

// Columns returns the columns of a table in the order of its CSV, nil for an unknown table.
func Columns(t Table) []Column {
	switch t {
	case MessageTable:
		return described(messageTable())
	case ThreadTable:
		return described(threadTable())
	case StanceTable:
		return described(stanceTable())
	case PersonTable:
		return described(personTable())
	case SentenceTable:
		return described(sentenceTable())
	case EdgeTable:
		return described(edgeTable())
	}
	return nil
}

func described[T any](table []column[T]) []Column {
	out := make([]Column, 0, len(table))
	for _, c := range table {
		out = append(out, Column{Name: c.name, Type: c.kind, Doc: c.doc})
	}
	return out
}

// Dictionary writes the data dictionary as Markdown: every table, every column, and how to read the files.
func Dictionary(w io.Writer) error {
	var b strings.Builder
	b.WriteString("# Data dictionary\n\n" + dictionaryIntroduction)
	for _, t := range Tables() {
		b.WriteString("\n## " + string(t) + "\n\n" + tableDoc(t) + "\n\n| column | type | meaning |\n| --- | --- | --- |\n")
		for _, c := range Columns(t) {
			b.WriteString("| `" + c.Name + "` | " + c.Type + " | " + strings.ReplaceAll(c.Doc, "|", `\|`) + " |\n")
		}
	}
	b.WriteString("\n" + dictionaryReading)
	_, err := io.WriteString(w, b.String())
	return err
}

func tableDoc(t Table) string {
	switch t {
	case MessageTable:
		return "One row for each mail. JSON and JSON Lines hold the whole record, with the evidence for every tag; CSV is flat."
	case ThreadTable:
		return "One row for each conversation. JSON and JSON Lines hold the participants and the evidence too."
	case StanceTable:
		return "The stance ledger: one row for each person and thread with a stance, sure or unsure, or an explicit signal. Bots have none."
	case PersonTable:
		return "One row for each person in the records exported; the counts are of these records, not of the whole index."
	case SentenceTable:
		return "One row for each sentence that is evidence for a tag. A sentence that is evidence for two tags has two rows."
	case EdgeTable:
		return "The reply network: one row for each pair of people of whom one answered the other. Bots are left out."
	}
	return ""
}

const dictionaryIntroduction = `Every table comes as JSON Lines (one object a line), JSON (one array) and CSV. Names are stable; new ones come last.

* CSV: RFC 4180, UTF-8 without a byte order mark, CRLF between rows, one header row. Times are RFC 3339 in UTC. A list is
  joined by ";" (a ";" inside an item is written ","). An empty cell is an unknown or empty value.
* JSON: lists are always there, [] when empty. Scores are between 0 and 1.
* ` + "`evidence`" + ` is a list of {text, start, end, rule, weight}: the sentence, its bytes in the author's own text, what fired.
  start = end = 0 is evidence from headers or files.
* A position, a tone and incivility count from a score of 0.5 on; under it, the scores being calibrated, they are more likely
  wrong than right. An argument counts from 0.27; under it about half are wrong. The table of messages holds every label with its score.
  All other counts, here as in reports and lists of debates, leave the unsure ones out: in threads, stances, people and
  network, and in JSON the ` + "`stances`" + ` and ` + "`topics`" + ` of a thread. They stand beside them in the columns ` + "`unsure_…`" + `, in JSON in
  ` + "`unsure`" + ` and ` + "`unsure_topics`" + `, and as "(2 unsure)" in tables and reports. A mail whose tone is unsure counts as neutral.
* Tags are set by rules and small models and can be wrong; every one that is not neutral carries the sentence for it.
* Text of mail is not changed. A cell that begins with = + - or @ is a formula to a spreadsheet: for a spreadsheet use the
  form csv-spreadsheet, which puts an apostrophe before such cells, and not for analysis.
`

const dictionaryReading = `## Reading the files

DuckDB reads JSON Lines as it is, and writes Parquet:

    SELECT role, stance.label, count(*) FROM read_json_auto('messages.jsonl') GROUP BY ALL ORDER BY 3 DESC;
    SELECT t.id, count(*) FROM read_json_auto('messages.jsonl'), UNNEST(topics) AS u(t) GROUP BY 1 ORDER BY 2 DESC;
    COPY (SELECT * FROM read_json_auto('messages.jsonl')) TO 'messages.parquet' (FORMAT parquet);

R:

    messages <- read.csv("messages.csv", encoding = "UTF-8")
    topics <- strsplit(messages$topics, ";", fixed = TRUE)

Python:

    messages = pandas.read_json("messages.jsonl", lines=True)
    table = pandas.read_csv("messages.csv", keep_default_na=False)
`
