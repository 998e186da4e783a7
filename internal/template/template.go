// Package template writes the sheet that a person fills in for an area.
//
//	err := template.Write(file, area, template.Options{Format: template.XLSX})
//
// # The workbook
//
// The sheet Payouts has one column for each field that a sheet can have;
// what the configuration fills in (callback address, payer's IP address) has
// none. Identifiers are kept as text by the format of their column, for as
// many rows as a sheet has, because Excel would round them; amounts are
// numbers. Closed lists are drop-downs. Each header has a note that says what
// belongs below it and whether it is required. The sheet warns and never
// refuses: what may be paid is for `bulkpay check` to say, and a warning that
// blocks a good value would only teach people to work around the sheet.
//
// The sheet How to fill in says all of it in plain words. What it and the
// notes call right is asked of the area's own rules, so they cannot disagree.
//
// # The example row
//
// The row below the header shows a payout that nobody can be paid with: one
// of its cells starts with [Mark], and a row with such a cell is ignored when
// the sheet is read.
//
// # A new area
//
// An area needs nothing here: its columns are called by the labels of its
// fields. What they are called in the area's language is a table in
// headers.go.
package template

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/bulkpay/bulkpay/paypro"
)

// The formats of a template.
const (
	XLSX = "xlsx"
	CSV  = "csv"
)

// Mark starts a cell of the example row. Rows that have it are not read.
const Mark = "EXAMPLE:"

// Options say what is written. The zero value is a workbook in the language
// of the area.
type Options struct {
	// Format is [XLSX], also if empty, or [CSV].
	Format string
	// Language is that of the headers, one of [Languages]; if empty, the
	// first of them.
	Language string
	// Banks are those to choose from; if nil, those that come with bulkpay.
	// Where neither has any, any code may be written.
	Banks *paypro.Banks
}

// Write writes the template of an area.
func Write(w io.Writer, area *paypro.Area, o Options) error {
	if o.Language == "" {
		o.Language = Languages(area)[0]
	}
	if !slices.Contains(Languages(area), o.Language) {
		return fmt.Errorf("no template for %s in language %q: one of %s", area.Name, o.Language, strings.Join(Languages(area), ", "))
	}
	if o.Banks == nil {
		o.Banks = paypro.ShippedBanks(area)
	}
	columns := layout(area, o.Language, o.Banks)
	switch o.Format {
	case XLSX, "":
		return writeWorkbook(w, area, o.Language, columns)
	case CSV:
		return writeCSV(w, columns)
	}
	return fmt.Errorf("no template of format %q: one of %s, %s", o.Format, XLSX, CSV)
}
