// Command gen writes the workbooks of the corpus that excelize makes: they
// have what hand-made ones have not, such as styles, drop-downs and comments.
//
//	go run ./ingest/testdata/gen ingest/testdata/corpus
//
// What is expected of each stands beside it and is written by hand.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/xuri/excelize/v2"
)

var (
	header = []any{"Banco", "Nombre", "Tipo de cuenta", "Cuenta", "Monto"}
	ana    = []any{"BANORTE", "Ana Ruiz", "CLABE", "072180000012345672", 1500}
	jose   = []any{"BBVA MEXICO", "José Núñez", "CLABE", "012180000076543218", 2300}
	lucia  = []any{"SANTANDER", "Lucía Peña", "DebitCard", "4000001234567899", 890}
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "want the folder of the corpus")
		os.Exit(2)
	}
	for name, fill := range map[string]func(*excelize.File){
		"excelize.xlsx":          plain,
		"excelize-template.xlsx": template,
		"excelize-table.xlsx":    table,
		"excelize-streamed.xlsx": streamed,
		"excelize-hidden.xlsx":   hidden,
		"excelize-password.xlsx": plain,
	} {
		book := excelize.NewFile()
		fill(book)
		var options excelize.Options
		if name == "excelize-password.xlsx" {
			options.Password = "secret"
		}
		check(book.SaveAs(filepath.Join(os.Args[1], name), options))
		check(book.Close())
	}
}

// check ends the program: there is nothing to go on with.
func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func rows(book *excelize.File, first int, rows ...[]any) {
	for i, row := range rows {
		check(book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", first+i), &row))
	}
}

func plain(book *excelize.File) { rows(book, 1, header, ana, jose, lucia) }

// template has what a template has: text columns, a drop-down, a comment on a
// header, an example and a sheet of instructions.
func template(book *excelize.File) {
	example := []any{"BANORTE", "EXAMPLE: Maria Lopez", "CLABE", "646180000000000203", 1}
	rows(book, 1, header, example, ana, jose)
	text, err := book.NewStyle(&excelize.Style{NumFmt: 49, Font: &excelize.Font{Bold: true}})
	check(err)
	check(book.SetColStyle("Sheet1", "D", text))
	choice := excelize.NewDataValidation(true)
	choice.SetSqref("C2:C1000")
	check(choice.SetDropList([]string{"CLABE", "DebitCard"}))
	check(book.AddDataValidation("Sheet1", choice))
	check(book.AddComment("Sheet1", excelize.Comment{Cell: "D1", Author: "bulkpay", Text: "18 digits"}))
	check(book.SetPanes("Sheet1", &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
	_, err = book.NewSheet("Instructions")
	check(err)
	check(book.SetCellStr("Instructions", "A1", "Fill one row for each payout"))
}

// table is a table object with a filter that hides nothing, colours by a rule,
// and amounts with a currency in their format.
func table(book *excelize.File) {
	rows(book, 3, header, ana, jose, lucia)
	check(book.SetCellStr("Sheet1", "A1", "Nómina"))
	check(book.MergeCell("Sheet1", "A1", "E1"))
	check(book.AddTable("Sheet1", &excelize.Table{Range: "A3:E6", Name: "Pagos", StyleName: "TableStyleMedium2"}))
	format := `"$"#,##0.00`
	money, err := book.NewStyle(&excelize.Style{CustomNumFmt: &format})
	check(err)
	check(book.SetCellStyle("Sheet1", "E4", "E6", money))
	check(book.SetConditionalFormat("Sheet1", "E4:E6", []excelize.ConditionalFormatOptions{{
		Type: "data_bar", Criteria: "=", MinType: "min", MaxType: "max", BarColor: "#638EC6",
	}}))
}

// streamed is written row by row, with texts in the cells.
func streamed(book *excelize.File) {
	writer, err := book.NewStreamWriter("Sheet1")
	check(err)
	for i, row := range [][]any{header, ana, jose, lucia} {
		check(writer.SetRow(fmt.Sprintf("A%d", i+1), row))
	}
	check(writer.Flush())
}

// hidden has a hidden row, a hidden column and a sheet nobody sees.
func hidden(book *excelize.File) {
	rows(book, 1, append(header[:5:5], "Notas"), append(ana[:5:5], "x"), jose, lucia)
	check(book.SetRowVisible("Sheet1", 4, false))
	check(book.SetColVisible("Sheet1", "F", false))
	_, err := book.NewSheet("Oculta")
	check(err)
	check(book.SetSheetVisible("Oculta", false))
}
