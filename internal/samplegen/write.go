package samplegen

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bulkpay/bulkpay/paypro"
	"github.com/xuri/excelize/v2"
)

// Language is the language of a sheet's headers.
type Language string

// The languages of headers. Wire is the gateway's own names.
const (
	English    Language = "en"
	Arabic     Language = "ar"
	Bengali    Language = "bn"
	Indonesian Language = "id"
	Korean     Language = "ko"
	Portuguese Language = "pt"
	Spanish    Language = "es"
	Vietnamese Language = "vi"
	Wire       Language = "wire"
)

// Column is a column of a sheet that is written: the header, the field under
// it, and its width in a workbook.
type Column struct {
	Header string
	Field  string
	Width  float64
}

// Columns are the columns that people would make for an area: in its own
// language, in English, or by the gateway's names.
func Columns(area *paypro.Area, language Language) []Column {
	m := makerOf(area)
	columns := slices.Clone(m.columns)
	for i := range columns {
		column := &columns[i]
		switch language {
		case m.language:
		case Wire:
			column.Header = column.Field
		case English:
			column.Header = area.Field(column.Field).Label
		default:
			panic("no columns in " + string(language) + " for " + area.Name)
		}
	}
	return columns
}

// LanguageOf is the language in which an area's sheets are written.
func LanguageOf(area *paypro.Area) Language { return makerOf(area).language }

// WriteCSV writes a sheet as Excel's "CSV UTF-8" does: with a byte order mark,
// commas and CRLF.
func WriteCSV(w io.Writer, area *paypro.Area, language Language, rows iter.Seq[paypro.Values]) error {
	out := bufio.NewWriterSize(w, 64<<10)
	out.WriteString("\ufeff")
	writer := csv.NewWriter(out)
	writer.UseCRLF = true
	columns := Columns(area, language)
	record := make([]string, len(columns))
	for i, column := range columns {
		record[i] = column.Header
	}
	if err := writer.Write(record); err != nil {
		return err
	}
	for row := range rows {
		for i, column := range columns {
			record[i] = row[column.Field]
		}
		if err := writer.Write(record); err != nil {
			return err
		}
	}
	writer.Flush()
	if err := writer.Error(); err != nil {
		return err
	}
	return out.Flush()
}

// WriteXLSX writes a workbook as a finance team would keep it: a bold header
// that stays in place, wide columns, ids as text, amounts as numbers. title,
// if any, stands above the header with an empty row between.
func WriteXLSX(path, title string, area *paypro.Area, language Language, rows iter.Seq[paypro.Values]) error {
	book := excelize.NewFile()
	defer book.Close()
	sheet := map[Language]string{LanguageOf(area): makerOf(area).sheet, Wire: "Sheet1"}[language]
	if sheet == "" {
		sheet = "Payouts"
	}
	if err := book.SetSheetName("Sheet1", sheet); err != nil {
		return err
	}
	w := &sheetWriter{book: book, sheet: sheet, columns: Columns(area, language), cents: area.Decimals() > 0}
	w.styles()
	top := 1
	if title != "" {
		w.set(1, 1, title)
		top = 3
	}
	w.header(top)
	number := top
	for row := range rows {
		number++
		w.row(number, row)
	}
	if w.err != nil {
		return w.err
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = book.WriteTo(file)
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	return err
}

// sheetWriter keeps the first error, so that the layout reads as a list.
type sheetWriter struct {
	book                *excelize.File
	sheet               string
	columns             []Column
	bold, text, numbers int
	dates               int
	cents               bool // amounts have decimals
	err                 error
}

func (w *sheetWriter) do(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *sheetWriter) style(style excelize.Style) int {
	id, err := w.book.NewStyle(&style)
	w.do(err)
	return id
}

func (w *sheetWriter) styles() {
	w.bold = w.style(excelize.Style{
		Font:      &excelize.Font{Bold: true, Color: "FFFFFF"},
		Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"1F4E78"}},
		Alignment: &excelize.Alignment{Vertical: "center", WrapText: true},
	})
	w.text = w.style(excelize.Style{NumFmt: 49})                                          // @
	w.numbers = w.style(excelize.Style{NumFmt: map[bool]int{false: 3, true: 4}[w.cents]}) // #,##0, #,##0.00
	w.dates = w.style(excelize.Style{NumFmt: 14})                                         // a date, as the reader's country writes it
}

func (w *sheetWriter) set(column, row int, value any) {
	w.do(w.book.SetCellValue(w.sheet, cellName(column, row), value))
}

func (w *sheetWriter) header(row int) {
	for i, column := range w.columns {
		w.set(i+1, row, column.Header)
		name, _ := excelize.ColumnNumberToName(i + 1)
		w.do(w.book.SetColWidth(w.sheet, name, name, column.Width))
	}
	w.do(w.book.SetCellStyle(w.sheet, cellName(1, row), cellName(len(w.columns), row), w.bold))
	w.do(w.book.SetRowHeight(w.sheet, row, 22))
	w.do(w.book.SetPanes(w.sheet, &excelize.Panes{
		Freeze: true, YSplit: row, TopLeftCell: cellName(1, row+1), ActivePane: "bottomLeft",
	}))
}

func (w *sheetWriter) row(number int, values paypro.Values) {
	for i, column := range w.columns {
		value := values[column.Field]
		cell, style := cellName(i+1, number), w.text
		switch whole, err := strconv.Atoi(value); {
		case value == "":
		case value == "#N/A":
			w.do(w.book.SetCellFormula(w.sheet, cell, "NA()"))
			w.do(w.book.SetCellDefault(w.sheet, cell, value))
		case column.Field == "amount" && err == nil && strconv.Itoa(whole) == value:
			w.set(i+1, number, whole)
			style = w.numbers
		case column.Field == "amount" && w.cents && isDecimal(value):
			w.do(w.book.SetCellDefault(w.sheet, cell, value))
			style = w.numbers
		case isRounded(value):
			// A number where text belongs, as Excel stores what was typed.
			w.do(w.book.SetCellDefault(w.sheet, cell, value))
			style = 0
		case isDate(value):
			date, _ := time.Parse(time.DateOnly, value)
			w.set(i+1, number, date)
			style = w.dates
		default:
			w.do(w.book.SetCellStr(w.sheet, cell, value))
		}
		w.do(w.book.SetCellStyle(w.sheet, cell, cell, style))
	}
}

func isDecimal(value string) bool {
	units, cents, _ := strings.Cut(value, ".")
	return len(cents) == 2 && units != "" && strings.Trim(units+cents, "0123456789") == ""
}

func isDate(value string) bool {
	_, err := time.Parse(time.DateOnly, value)
	return err == nil
}

// isRounded tells whether a value is what is left of a number: written with an
// exponent, or a CLABE without its zero in front and with zeros at the end.
func isRounded(value string) bool {
	if _, err := strconv.ParseUint(value, 10, 64); err == nil && len(value) == 17 && strings.HasSuffix(value, "00") {
		return true
	}
	var mantissa, exponent float64
	n, _ := fmt.Sscanf(value, "%fE+%f", &mantissa, &exponent)
	return n > 0 && slices.Contains([]byte(value), 'E') && slices.Contains([]byte(value), '+')
}

func cellName(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		panic(err) // a column or row below 1
	}
	return name
}
