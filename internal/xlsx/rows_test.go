package xlsx

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

func TestRowsAreToldAsTheyStand(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		rows string
		want []string
	}{
		"types": {
			`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>1500.5</v></c><c r="C1" t="n"><v>7</v></c><c r="D1" t="b"><v>1</v></c>` +
				`<c r="E1" t="e"><v>#N/A</v></c><c r="F1" t="inlineStr"><is><t>a</t></is></c><c r="G1" t="str"><v>b</v></c></row>`,
			[]string{`1: 0 text "uno" / 1 number "1500.5" / 2 number "7" / 3 bool "TRUE" / 4 fault "#N/A" / 5 text "a" / 6 text "b"`},
		},
		"dates": {
			`<row r="1"><c r="A1" s="1"><v>46347</v></c><c r="B1" s="2"><v>46347.5</v></c><c r="C1" s="3"><v>46347</v></c>` +
				`<c r="D1" t="d"><v>2026-11-21T00:00:00</v></c><c r="E1" t="d"><v>2026-11-21T08:30:00Z</v></c><c r="F1" s="1"><v>-1</v></c></row>`,
			[]string{`1: 0 date "2026-11-21" / 1 date "2026-11-21 12:00:00" / 2 number "46347" / 3 date "2026-11-21" / 4 date "2026-11-21 08:30:00" / 5 number "-1"`},
		},
		"formulas": {
			`<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>""</f><v></v></c><c r="C1"><f>B1</f></c>` +
				`<c r="D1"><f t="shared" si="0"/><v/></c><c r="E1" t="str"><f>A1</f><v>x</v></c><c r="F1" t="e"><f>NA()</f><v>#N/A</v></c></row>`,
			[]string{`1: 0 number "2" f / 2 text "" f / 3 text "" f / 4 text "x" f / 5 fault "#N/A" f`},
		},
		"texts": {
			`<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1" t="inlineStr"><is><r><rPr><b/></rPr><t>12</t></r><r><t xml:space="preserve"> 3</t></r>` +
				`<rPh sb="0" eb="1"><t>no</t></rPh><phoneticPr fontId="1"/></is></c><c r="C1" t="str"><v>a_x000D_b_x005F_x000D_</v></c>` +
				`<c r="D1" t="inlineStr"><is><t>a&amp;b&#x41;<![CDATA[<c>]]>` + "\r\n" + `</t></is></c><c r="E1" t="str"><v>_xD83D__xDE00__xD83D_</v></c></row>`,
			[]string{`1: 0 text " dos " / 1 text "12 3" rich / 2 text "a\rb_x000D_" / 3 text "a&bA<c>\n" / 4 text "😀_xD83D_"`},
		},
		"nothing in them": {
			`<row r="1" spans="1:3" s="1"><c r="A1" s="1"/><c r="B1" t="s"/><c r="C1"><v> </v></c><c r="D1" t="inlineStr"><is><t></t></is></c></row><row/>` +
				`<row r="3"><c r="XFD3" t="str"><v>x</v></c></row>`,
			[]string{`3: 16383 text "x"`},
		},
		"no references": {
			`<row><c><v>1</v></c><c><v>2</v></c></row><row><c/><c r="C2"><v>3</v></c><c><v>4</v></c></row><row r="1048576"><c><v>5</v></c></row>`,
			[]string{`1: 0 number "1" / 1 number "2"`, `2: 2 number "3" / 3 number "4"`, `1048576: 0 number "5"`},
		},
		"hidden": {
			`<row r="2" hidden="1"><c><v>1</v></c></row><row hidden="true"><c><v>2</v></c></row><row hidden="0" ht="0" customHeight="1"><c><v>3</v></c></row><row ht="15.5"><c><v>4</v></c></row>`,
			[]string{`2h: 0 number "1"`, `3h: 0 number "2"`, `4h: 0 number "3"`, `5: 0 number "4"`},
		},
		"foreign": {
			`<row r="1" xmlns:q="urn:q" q:a="1"><q:note>x<q:b/></q:note><c r="A1" q:r="B9"><q:z/><v>1</v><extLst><ext uri="u"><v>9</v></ext></extLst></c><extLst/></row>`,
			[]string{`1: 0 number "1"`},
		},
		"none": {``, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lines, _, err := read(plain(test.rows).zip(), Limits{})
			if err != nil || !slices.Equal(lines, test.want) {
				t.Errorf("%v\ngot  %s\nwant %s", err, strings.Join(lines, "\n     "), strings.Join(test.want, "\n     "))
			}
		})
	}
}

// Nothing is skipped: what cannot be told as it stands ends the reading, with
// the row.
func TestDamageIsToldWithItsRow(t *testing.T) {
	t.Parallel()
	good := `<row r="4"><c r="A4"><v>1</v></c></row>`
	for name, test := range map[string]struct {
		rows string
		row  int
		what string
	}{
		"row twice":          {good + `<row r="4"/>`, 4, "rows out of order"},
		"row back":           {good + `<row r="3"/>`, 4, "rows out of order"},
		"row zero":           {`<row r="0"/>`, 0, "rows out of order"},
		"row none":           {good + `<row r="x"/>`, 4, "rows out of order"},
		"row too far":        {good + `<row r="1048577"/>`, 4, "rows out of order"},
		"row past the end":   {`<row r="1048576"/><row/>`, 1048576, "rows out of order"},
		"cell of another":    {good + `<row r="5"><c r="A6"/></row>`, 5, "cells out of order"},
		"cell back":          {`<row r="5"><c r="B5"/><c r="A5"/></row>`, 5, "cells out of order"},
		"cell twice":         {`<row r="5"><c r="B5"/><c r="B5"/></row>`, 5, "cells out of order"},
		"cell too far":       {`<row r="5"><c r="XFE5"/></row>`, 5, "cells out of order"},
		"cell past the end":  {`<row r="5"><c r="XFD5"/><c/></row>`, 5, "cells out of order"},
		"cell odd":           {`<row r="5"><c r="A05"/></row>`, 5, "cells out of order"},
		"no such text":       {good + `<row r="5"><c r="A5" t="s"><v>2</v></c></row>`, 5, "a text that is not there"},
		"text below":         {`<row r="5"><c t="s"><v>-1</v></c></row>`, 5, "a text that is not there"},
		"no such format":     {`<row r="5"><c s="4"/></row>`, 5, "a cell format that is not there"},
		"unknown type":       {`<row r="5"><c t="q"><v>1</v></c></row>`, 5, "a cell that cannot be understood"},
		"no number":          {`<row r="5"><c><v>12a</v></c></row>`, 5, "a number that is none"},
		"infinite":           {`<row r="5"><c><v>1E999</v></c></row>`, 5, "a number that is none"},
		"hexadecimal":        {`<row r="5"><c><v>0x10</v></c></row>`, 5, "a number that is none"},
		"no bool":            {`<row r="5"><c t="b"><v>2</v></c></row>`, 5, "a cell that cannot be understood"},
		"no date":            {`<row r="5"><c t="d"><v>2026-02-30</v></c></row>`, 5, "a date that is none"},
		"two values":         {`<row r="5"><c><v>1</v><v>2</v></c></row>`, 5, "a cell that cannot be understood"},
		"value and text":     {`<row r="5"><c t="inlineStr"><v>1</v><is><t>2</t></is></c></row>`, 5, "a cell that cannot be understood"},
		"text in a number":   {`<row r="5"><c><is><t>2</t></is></c></row>`, 5, "a cell that cannot be understood"},
		"stray text":         {good + `<row r="5">1500<c/></row>`, 5, "text where none belongs"},
		"stray between":      {good + `1500<row r="5"/>`, 5, "text where none belongs"},
		"element in a value": {`<row r="5"><c><v><b/></v></c></row>`, 5, "not well-formed"},
		"cell outside":       {good + `<c r="A5"/>`, 4, "no spreadsheet writes"},
		"unknown in a row":   {`<row r="5"><d/></row>`, 5, "no spreadsheet writes"},
		"alternatives":       {`<row r="5"><m:AlternateContent xmlns:m="http://schemas.openxmlformats.org/markup-compatibility/2006"/></row>`, 5, "no spreadsheet writes"},
		"two plain texts":    {`<row r="5"><c t="inlineStr"><is><t>1</t><t>2</t></is></c></row>`, 5, "a text that cannot be understood"},
		"plain and run":      {`<row r="5"><c t="inlineStr"><is><t>1</t><r><t>2</t></r></is></c></row>`, 5, "a text that cannot be understood"},
		"crossed tags":       {good + `<row r="5"><c><v>1</c></v></row>`, 5, "closes an element"},
		"cut off":            {good + `<row r="5"><c><v>1`, 5, "closes an element"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := read(plain(test.rows).zip(), Limits{})
			damage := (*Error)(nil)
			if !errors.As(err, &damage) || damage.Kind != KindDamaged || damage.Row != test.row || !strings.Contains(err.Error(), test.what) ||
				damage.Part != "xl/worksheets/sheet1.xml" {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestTheEndOfASheetIsLookedAt(t *testing.T) {
	t.Parallel()
	row := `<row r="1"><c><v>1</v></c></row>`
	for name, test := range map[string]struct{ sheet, what string }{
		"cut behind the rows": {`<worksheet ` + sheetNS + `><sheetData>` + row + `</sheetData>`, "ends early"},
		"cut in a tag":        {`<worksheet ` + sheetNS + `><sheetData>` + row + `</sheetData><pageMargins left="0`, "ends early"},
		"text behind":         {`<worksheet ` + sheetNS + `><sheetData>` + row + `</sheetData></worksheet>x`, "text where none belongs"},
		"two roots":           {`<worksheet ` + sheetNS + `><sheetData>` + row + `</sheetData></worksheet><worksheet/>`, "not well-formed"},
		"rows twice":          {`<worksheet ` + sheetNS + `><sheetData>` + row + `</sheetData><sheetData/></worksheet>`, "rows out of order"},
		"merged odd":          {`<worksheet ` + sheetNS + `><sheetData/><mergeCells><mergeCell ref="B2:A1"/></mergeCells></worksheet>`, "merged cells"},
	} {
		_, _, err := read(withSheet(test.sheet).zip(), Limits{})
		if err == nil || !strings.Contains(err.Error(), test.what) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestAnErrorComesAgain(t *testing.T) {
	t.Parallel()
	book := must(openBytes(plain(`<row r="2"/><row r="1"/>`).zip(), Limits{}))
	rows := must(book.Rows(0))
	defer rows.Close()
	_, first := rows.Next()
	_, second := rows.Next()
	if first == nil || !errors.Is(second, first) {
		t.Errorf("first %v, then %v", first, second)
	}
}

func TestWhatStandsAroundTheRows(t *testing.T) {
	t.Parallel()
	const columns = `<cols><col min="1" max="2" hidden="1"/><col min="3" max="3" width="9"/><col min="5" max="5" width="0"/></cols>`
	const hidden = `<sheetData><row hidden="1"><c><v>1</v></c></row></sheetData>`
	for name, test := range map[string]struct {
		inside   string
		filtered bool
	}{
		"filter":         {columns + hidden + `<autoFilter ref="A1:B2"/><mergeCells><mergeCell ref="A1:C2"/><mergeCell ref="D4"/></mergeCells>`, true},
		"filter mode":    {`<sheetPr filterMode="1"/>` + columns + hidden + `<mergeCells><mergeCell ref="A1:C2"/><mergeCell ref="D4"/></mergeCells>`, true},
		"no filter":      {columns + hidden + `<mergeCells><mergeCell ref="A1:C2"/><mergeCell ref="D4"/></mergeCells>`, false},
		"nothing hidden": {columns + `<sheetData/><autoFilter ref="A1:B2"/><mergeCells><mergeCell ref="A1:C2"/><mergeCell ref="D4"/></mergeCells>`, false},
	} {
		_, rows, err := read(withSheet(`<worksheet `+sheetNS+`>`+test.inside+`</worksheet>`).zip(), Limits{})
		if err != nil {
			t.Fatal(name, err)
		}
		got := fmt.Sprint(rows.HiddenColumns(), rows.Merged(), rows.Filtered())
		if want := fmt.Sprint([]Span{{0, 1}, {4, 4}}, []Range{{1, 0, 2, 2}, {4, 3, 4, 3}}, test.filtered); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

func TestTheCalendarOf1904(t *testing.T) {
	t.Parallel()
	file := plain(`<row><c s="1"><v>44885</v></c></row>`)
	file["xl/workbook.xml"] = strings.Replace(file["xl/workbook.xml"], "<sheets>", `<workbookPr date1904="1"/><sheets>`, 1)
	lines, rows, err := read(file.zip(), Limits{})
	if err != nil || !slices.Equal(lines, []string{`1: 0 date "2026-11-21"`}) || !rows.book.Date1904() {
		t.Error(lines, err)
	}
}

// Texts that were handed out stay what they were.
func TestTextsOutliveTheirRow(t *testing.T) {
	t.Parallel()
	book := must(openBytes(plain(`<row><c t="str"><v>first</v></c><c t="s"><v>0</v></c></row><row><c t="str"><v>other</v></c></row>`).zip(), Limits{}))
	rows := must(book.Rows(0))
	defer rows.Close()
	row := must(rows.Next())
	own, shared := row.Cells[0].Text, row.Cells[1].Text
	must(rows.Next())
	if _, err := rows.Next(); !errors.Is(err, io.EOF) || own != "first" || shared != "uno" {
		t.Error(own, shared, err)
	}
}
