package linear

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
)

// A Table is a labelled set as people keep it: tab-separated values with a header, one text per line.
type Table struct {
	Header []string
	Rows   [][]string // each as long as the header
}

// maxLine bounds a line of a table: 4 MiB.
const maxLine = 4 << 20

// ReadTable reads a tab-separated file. A row with another number of fields than the header is an
// error that names its line.
func ReadTable(r io.Reader) (*Table, error) {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 64<<10), maxLine)
	t := &Table{}
	for n := 1; s.Scan(); n++ {
		line := strings.TrimSuffix(s.Text(), "\r")
		if n == 1 {
			t.Header = strings.Split(line, "\t")
			continue
		}
		row := strings.Split(line, "\t")
		if len(row) != len(t.Header) {
			return nil, fmt.Errorf("read table: line %d: %d fields, want %d", n, len(row), len(t.Header))
		}
		t.Rows = append(t.Rows, row)
	}
	if err := s.Err(); err != nil {
		return nil, fmt.Errorf("read table: %w", err)
	}
	return t, nil
}

// Column returns the index of the column called name, -1 when there is none.
func (t *Table) Column(name string) int { return slices.Index(t.Header, name) }
