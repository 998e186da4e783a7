package report

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/xuri/excelize/v2"
)

// columnName is the letter of a column of the rows.
func columnName(key string) string {
	for i, c := range columns {
		if c.key == key {
			name, _ := excelize.ColumnNumberToName(i + 1) // there are fewer columns than Excel has
			return name
		}
	}
	panic("no column " + key)
}

// quoted is a worksheet's name in a formula.
func quoted(name string) string { return "'" + strings.ReplaceAll(name, "'", "''") + "'" }

// plainName is a merchant's name that stands for nothing but itself in
// a formula and in a criterion.
var plainName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)

// counted is a formula that counts the rows of a part with a status, which
// stands in a cell, over all worksheets. It is "" where a spreadsheet would not
// count what we count: the merchant's name would be a pattern there.
func (s *xlsxSink) counted(h *head, cell string) string {
	return s.overSheets(h, cell, "COUNTIFS(", "")
}

// summed is the same for the sum of amounts. It is "" if an amount is not
// a number there because it has too many digits.
func (s *xlsxSink) summed(h *head, cell string) string {
	if s.rows.inexact {
		return ""
	}
	formula := s.overSheets(h, cell, "SUMIFS(", "amount")
	if formula == "" {
		return ""
	}
	return fmt.Sprintf("ROUND(%s,%d)", formula, h.currency.Decimals)
}

func (s *xlsxSink) overSheets(h *head, cell, function, key string) string {
	merchant := h.Summary.Batch.Merchant.Name
	if len(s.parts) > 1 && !plainName.MatchString(merchant) {
		return ""
	}
	statuses, merchants := s.rows.ranges(columnName("status")), s.rows.ranges(columnName("merchant"))
	var sums []string
	if key != "" {
		sums = s.rows.ranges(columnName(key))
	}
	var terms []string
	for i := range statuses {
		term := function
		if key != "" {
			term += sums[i] + ","
		}
		term += statuses[i] + "," + cell
		if len(s.parts) > 1 {
			term += "," + merchants[i] + `,"` + merchant + `"`
		}
		terms = append(terms, term+")")
	}
	return strings.Join(terms, "+")
}
