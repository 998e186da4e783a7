package handback

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
)

// byHand is the least that is a workbook, with this worksheet.
func byHand(sheet string) map[string]string {
	return map[string]string{
		"[Content_Types].xml": `<Types xmlns="` + typesSpace + `"><Default Extension="xml" ContentType="application/xml"/>` +
			`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
			`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="` + sheetType + `"/></Types>`,
		"_rels/.rels": `<Relationships xmlns="` + relsSpace + `"><Relationship Id="rId1" Type="` + transitionalRels +
			`/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml": `<workbook xmlns="` + transitionalMain + `" xmlns:r="` + transitionalRels + `"><sheets>` +
			`<sheet name="` + sheetName + `" sheetId="7" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships xmlns="` + relsSpace + `"><Relationship Id="rId1" Type="` + transitionalRels +
			`/worksheet" Target="/xl/worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml": sheet,
	}
}

func worksheet(inside string) string {
	return `<worksheet xmlns="` + transitionalMain + `">` + inside + `</worksheet>`
}

func str(text string) string { return `<c t="str"><v>` + text + `</v></c>` }

// Rows and cells may leave out where they are. Then nothing may be put before
// them without saying it.
func TestRowsAndCellsWithoutReferences(t *testing.T) {
	t.Parallel()
	book := zipped(byHand(worksheet(`<sheetData><row>` + str("Banco") + str("Importe") + `</row><row>` + str("A") +
		`</row><row/><row r="6"><c r="B6"/>` + str("x") + `</row><row>` + str("B") + str("2") + `</row></sheetData>`)))
	o := Options{HeaderRow: 1, LastColumn: 1, Append: []Column{{Header: "status"}}, Values: func(row int) []string { return []string{"ok"} }}
	o.Marks = func(yield func(Mark) bool) {
		_ = yield(Mark{Row: 2, Column: 1, Problem: "is missing"}) && yield(Mark{Row: 3, Column: 0, Problem: "is missing"}) &&
			yield(Mark{Row: 5, Column: 0, Problem: "is missing"}) && yield(Mark{Row: 6, Column: 0, Problem: "is missing"})
	}
	f := opened(t, mark(t, book, o))
	// Column C of row 6 has something, so ours is the next.
	for cell, want := range map[string]string{
		"A1": "Banco", "B1": "Importe", "D1": "status", "A2": "A", "D2": "ok", "D3": "ok", "D5": "", "C6": "x", "D6": "ok", "A7": "B", "B7": "2", "D7": "ok",
	} {
		if is := must(f.GetCellValue(sheetName, cell)); is != want {
			t.Errorf("%s is %q, want %q", cell, is, want)
		}
	}
	for _, cell := range []string{"B2", "A3", "A5", "A6"} {
		if fillOf(t, f, cell) != faultFill[2:] {
			t.Errorf("%s is not marked", cell)
		}
	}
}

// A cell that is not there has the style of its row or column, and keeps it
// when it is made. Rows say how far they go.
func TestCellsThatAreMade(t *testing.T) {
	t.Parallel()
	all := byHand(worksheet(`<dimension ref="B1:C2"/><cols><col min="1" max="16384" width="9" style="2"/></cols><sheetData>` +
		`<row r="1" spans="2:3"><c r="B1"/></row><row r="2" s="1" customFormat="1" spans="2:3"><c r="B2"/></row></sheetData>`))
	xf := `<xf numFmtId="%" fontId="0" fillId="0" borderId="0"/>`
	all["xl/styles.xml"] = `<styleSheet xmlns="` + transitionalMain + `"><fonts><font/></fonts><cellXfs count="3">` +
		strings.ReplaceAll(xf, "%", "0") + strings.ReplaceAll(xf, "%", "3") + strings.ReplaceAll(xf, "%", "4") + `</cellXfs></styleSheet>`
	all["xl/_rels/workbook.xml.rels"] = strings.Replace(all["xl/_rels/workbook.xml.rels"], "</", `<Relationship Id="rId2" Type="`+
		transitionalRels+`/styles" Target="styles.xml"/></`, 1)
	o := Options{HeaderRow: 1, FirstColumn: 1, LastColumn: 2, Append: []Column{{Header: "status"}}}
	o.Marks = func(yield func(Mark) bool) {
		_ = yield(Mark{Row: 1, Column: 0, Problem: "is missing"}) && yield(Mark{Row: 2, Column: 0, Problem: "is missing"})
	}
	got := mark(t, zipped(all), o)
	f := opened(t, got)
	for cell, want := range map[string]int{"A1": 4, "A2": 3} {
		must(f.GetStyle(1)) // reads the styles
		if is := *f.Styles.CellXfs.Xf[must(f.GetCellStyle(sheetName, cell))].NumFmtID; is != want {
			t.Errorf("%s has number format %d, want %d", cell, is, want)
		}
	}
	for _, want := range []string{
		`<dimension ref="B1:D2"/>`, `<row r="1" spans="1:4">`, `<row r="2" s="1" customFormat="1" spans="1:3">`,
		`<col min="1" max="3" width="9" style="2"/><col min="4" max="4" width="14" customWidth="1" style="2"/><col min="5" max="16384" width="9" style="2"/>`,
	} {
		if xml := sheetXML(t, got); !strings.Contains(xml, want) {
			t.Errorf("no %s in %s", want, xml)
		}
	}
}

// Of styles that are equal a cell gets back the very one it had.
func TestEqualStyles(t *testing.T) {
	t.Parallel()
	const xf = `<xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0"/>`
	s := must(parseStyles([]byte(`<styleSheet xmlns="` + transitionalMain + `"><cellXfs count="3">` + xf + xf + xf + `</cellXfs></styleSheet>`)))
	at := s.marked(1, false)
	again := must(parseStyles(must(s.bytes())))
	if is := again.base(at); at != 3 || is != 1 {
		t.Errorf("style %d was %d", at, is)
	}
	if is := again.base(7); is != 7 {
		t.Errorf("a style that is not there was %d", is)
	}
}

func TestElementsComeInTheirOrder(t *testing.T) {
	t.Parallel()
	sheet := worksheet(`<cols/><sheetData/><pageMargins left="1" right="1" top="1" bottom="1" header="1" footer="1"/>` +
		`<tableParts count="0"/><extLst/>`)
	got := sheetXML(t, mark(t, zipped(byHand(sheet)), Options{
		Marks:  func(yield func(Mark) bool) { yield(Mark{Row: 1, Column: 0, Problem: "is missing"}) },
		Append: []Column{{Header: "status"}}, HeaderRow: 1,
	}))
	at := -1
	for _, part := range []string{"<cols><col ", "<sheetData><row ", "<pageMargins", "<legacyDrawing ", "<tableParts", "<extLst"} {
		next := strings.Index(got, part)
		if next <= at {
			t.Errorf("%s is out of place: %s", part, got)
		}
		at = next
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	good := worksheet(`<sheetData><row r="1"><c r="A1"/></row></sheetData>`)
	with := func(part, text string) []byte {
		all := byHand(good)
		all[part] = text
		return zipped(all)
	}
	without := func(part string) []byte {
		all := byHand(good)
		delete(all, part)
		return zipped(all)
	}
	sheet := func(text string) []byte { return with("xl/worksheets/sheet1.xml", text) }
	const book = "xl/workbook.xml"
	for name, test := range map[string]struct {
		book []byte
		want string
	}{
		"empty":           {nil, "not a workbook"},
		"text":            {[]byte("Banco,Cuenta\n"), "not a workbook"},
		"cut off":         {zipped(byHand(good))[:200], "not a workbook"},
		"another zip":     {zipped(map[string]string{"a.txt": "a"}), "lacks the part workbook.xml"},
		"no sheet":        {without("xl/worksheets/sheet1.xml"), "lacks the part of its worksheet"},
		"no types":        {without("[Content_Types].xml"), "lacks the list of its parts"},
		"no sheets":       {with(book, `<workbook xmlns="`+transitionalMain+`"/>`), "has no worksheet"},
		"other document":  {with(book, `<document xmlns="urn:x"><sheets/></document>`), "not a workbook"},
		"chart":           {sheet(`<chartsheet xmlns="` + transitionalMain + `"><sheetData/></chartsheet>`), "unknown kind"},
		"unknown space":   {sheet(`<worksheet xmlns="urn:x"><sheetData/></worksheet>`), "unknown kind"},
		"no cells":        {sheet(worksheet("")), "without cells"},
		"twice":           {sheet(worksheet("<sheetData/><sheetData/>")), "two tables"},
		"not closed":      {sheet(worksheet("<sheetData>")), "damaged"},
		"not XML":         {sheet("<<<"), "damaged"},
		"entities":        {sheet(`<!DOCTYPE x [<!ENTITY a "b">]>` + good), "damaged"},
		"UTF-16":          {sheet("\xff\xfe<\x00w\x00"), "damaged"},
		"Latin 1":         {sheet(`<?xml version="1.0" encoding="ISO-8859-1"?>` + good), "damaged"},
		"rows backwards":  {sheet(worksheet(`<sheetData><row r="2"/><row r="1"/></sheetData>`)), "out of order"},
		"cells backwards": {sheet(worksheet(`<sheetData><row r="1"><c r="B1"/><c r="A1"/></row></sheetData>`)), "out of order"},
		"another row's":   {sheet(worksheet(`<sheetData><row r="1"><c r="A2"/></row></sheetData>`)), "out of order"},
		"row 0":           {sheet(worksheet(`<sheetData><row r="0"/></sheetData>`)), "out of order"},
		"column XFE":      {sheet(worksheet(`<sheetData><row r="1"><c r="XFE1"/></row></sheetData>`)), "out of order"},
		"long tag":        {sheet(worksheet(`<sheetData><row r="1" x="` + strings.Repeat("x", 2<<20) + `"/></sheetData>`)), "larger"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			err := workbook(context.Background(), bytes.NewReader(test.book), int64(len(test.book)), &b, Options{
				Marks: func(yield func(Mark) bool) { yield(Mark{Row: 1, Column: 0, Problem: "is missing"}) },
			})
			var refusal *Refusal
			if !errors.As(err, &refusal) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
}

func TestNoSuchWorksheet(t *testing.T) {
	t.Parallel()
	book := salaries(t, 3)
	for _, o := range []Options{{Sheet: "Otra"}, {Part: "xl/worksheets/sheet9.xml"}} {
		err := workbook(context.Background(), bytes.NewReader(book), int64(len(book)), &bytes.Buffer{}, o)
		if err == nil || !strings.Contains(err.Error(), "no such worksheet") {
			t.Errorf("error %v", err)
		}
	}
	// By part is by name.
	o := salariesOptions(someMarks...)
	a := mark(t, book, o)
	o = salariesOptions(someMarks...)
	o.Sheet, o.Part = "", "/XL/worksheets/sheet1.xml"
	if b := mark(t, book, o); !bytes.Equal(a, b) {
		t.Error("another outcome")
	}
}

func TestStopping(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	book := salaries(t, 3)
	err := workbook(ctx, bytes.NewReader(book), int64(len(book)), &bytes.Buffer{}, salariesOptions(someMarks...))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if err := csvText(ctx, strings.NewReader("a\n"), &bytes.Buffer{}, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// A conversation keeps its own text elsewhere: the copy of it in the comment
// is left alone, and the cell is coloured and listed.
func TestConversationsStay(t *testing.T) {
	t.Parallel()
	all := parts(t, salaries(t, 12))
	all["xl/comments1.xml"] = strings.Replace(all["xl/comments1.xml"], "<author>Ana</author>", "<author>tc={1F}</author>", 1)
	if !strings.Contains(all["xl/comments1.xml"], "tc={1F}") {
		t.Fatal(all["xl/comments1.xml"])
	}
	f := opened(t, mark(t, zipped(all), salariesOptions(someMarks...)))
	if is := commentsOf(f)["B5"]; is != "ask her" {
		t.Errorf("the comment says %q", is)
	}
	if is := fillOf(t, f, "B5"); is != warningFill[2:] {
		t.Errorf("B5 is filled %q", is)
	}
}

func TestTextsOfAnyKind(t *testing.T) {
	t.Parallel()
	nasty := "=1+1 <b>&amp; \x00\x1b _x0041_ \u202e \"'\n\ttab \xff " + strings.Repeat("é", 40_000)
	got := mark(t, salaries(t, 3), Options{
		Sheet: sheetName, HeaderRow: 3, LastColumn: 5, Headers: []string{nasty}, Title: nasty[:40], Notes: []string{nasty[:40]},
		Marks: func(yield func(Mark) bool) {
			yield(Mark{Row: 4, Column: 0, Problem: nasty, Want: nasty, Suggest: nasty})
		},
		Append: []Column{{Header: "reason"}}, Values: func(int) []string { return []string{nasty} },
	})
	f := opened(t, got)
	want := "=1+1 <b>&amp; \uFFFD\uFFFD _x0041_ \u202e \"'\n\ttab \uFFFD éé"
	for sheet, cell := range map[string]string{sheetName: "G4", "bulkpay": "D7"} {
		is := must(f.GetCellValue(sheet, cell))
		if !strings.HasPrefix(is, want) || len([]rune(is)) > maxText || !strings.HasSuffix(is, "é…") {
			t.Errorf("%s is %.60q… of %d", cell, is, len([]rune(is)))
		}
		if formula := must(f.GetCellFormula(sheet, cell)); formula != "" {
			t.Errorf("%s is a formula", cell)
		}
	}
}
