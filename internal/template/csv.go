package template

import (
	"encoding/csv"
	"io"
)

// writeCSV writes the header and the example, with the byte order mark
// without which Excel takes UTF-8 for something else.
func writeCSV(w io.Writer, columns []column) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	var headers, examples []string
	for _, c := range columns {
		headers = append(headers, c.header)
		examples = append(examples, c.example)
	}
	writer := csv.NewWriter(w)
	writer.UseCRLF = true
	return writer.WriteAll([][]string{headers, examples})
}
