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

	"github.com/bulkpay/bulkpay/paypro"
	"github.com/xuri/excelize/v2"
)

// Language is the language of a sheet's headers.
type Language string

// The languages of headers. Wire is the gateway's own names.
const (
	Spanish Language = "es"
	English Language = "en"
	Wire    Language = "wire"
)

// Column is a column of a sheet that is written: the header, the field under
// it, and its width in a workbook.
type Column struct {
	Header string
	Field  string
	Width  float64
}

// Columns are the columns that people would make for an area.
func Columns(area *paypro.Area, language Language) []Column {
	columns, ok := layouts[area.Code]
	if !ok {
		panic("no sample columns for " + area.Name)
	}
	columns = slices.Clone(columns)
	for i := range columns {
		column := &columns[i]
		switch {
		case language == Wire:
			column.Header = column.Field
		case language == English && area.Code == "MX":
			column.Header = area.Field(column.Field).Label
		}
	}
	return columns
}

var layouts = map[string][]Column{
	"MX": {
		{"Banco", "wayCode", 16},
		{"Nombre del beneficiario", "customerName", 34},
		{"Tipo de cuenta", "customerAccountType", 16},
		{"CLABE o tarjeta", "customerAccount", 24},
		{"Importe", "amount", 12},
		{"Celular", "customerMobile", 14},
		{"Correo electrónico", "customerEmail", 38},
		{"RFC", "identity", 16},
		{"Concepto", "remark", 24},
	},
	"IN": {
		{"Employee Name", "name", 26},
		{"Mobile No.", "mobile", 14},
		{"Email ID", "email", 34},
		{"Bank Account No.", "bankNumber", 20},
		{"IFSC Code", "bankNCode", 16},
		{"Net Pay", "amount", 12},
		{"Remarks", "remark", 24},
	},
}

// LanguageOf is the language in which an area's sheets are written.
func LanguageOf(area *paypro.Area) Language {
	if area.Code == "MX" {
		return Spanish
	}
	return English
}

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
	sheet := map[Language]string{Spanish: "Nómina", English: "Payouts", Wire: "Sheet1"}[language]
	if err := book.SetSheetName("Sheet1", sheet); err != nil {
		return err
	}
	w := &sheetWriter{book: book, sheet: sheet, columns: Columns(area, language)}
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
	w.text = w.style(excelize.Style{NumFmt: 49})   // @
	w.numbers = w.style(excelize.Style{NumFmt: 3}) // #,##0
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
		case isRounded(value):
			// A number where text belongs, as Excel stores what was typed.
			w.do(w.book.SetCellDefault(w.sheet, cell, value))
			style = 0
		default:
			w.do(w.book.SetCellStr(w.sheet, cell, value))
		}
		w.do(w.book.SetCellStyle(w.sheet, cell, cell, style))
	}
}

func isRounded(value string) bool {
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
