package xlsx

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// must is for what cannot fail in a test that is set up right.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

const (
	sheetNS    = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	relationNS = `xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	officeRel  = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	mainType   = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
)

// parts is a workbook by the names of its parts.
type parts map[string]string

// plain is a workbook of one worksheet with the rows given.
func plain(rows string) parts {
	return withSheet(`<worksheet ` + sheetNS + `><sheetData>` + rows + `</sheetData></worksheet>`)
}

// withSheet is a workbook of one worksheet.
func withSheet(sheet string) parts {
	return parts{
		"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
			`<Default Extension="xml" ContentType="application/xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="` + mainType + `"/></Types>`,
		"_rels/.rels": relationships("rId1", "officeDocument", "xl/workbook.xml"),
		"xl/workbook.xml": `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\r\n" +
			`<workbook ` + sheetNS + ` ` + relationNS + `><sheets><sheet name="Pagos" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": relationships("rId1", "worksheet", "worksheets/sheet1.xml",
			"rId2", "sharedStrings", "sharedStrings.xml", "rId3", "styles", "styles.xml"),
		"xl/worksheets/sheet1.xml": sheet,
		"xl/sharedStrings.xml":     `<sst ` + sheetNS + `><si><t>uno</t></si><si><t xml:space="preserve"> dos </t></si></sst>`,
		"xl/styles.xml": `<styleSheet ` + sheetNS + `><numFmts count="2"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/>` +
			`<numFmt numFmtId="165" formatCode="&quot;day&quot; 0"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>` +
			`<cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>`,
	}
}

// with replaces parts; "" takes one away.
func (p parts) with(changes ...string) parts {
	for i := 0; i < len(changes); i += 2 {
		if p[changes[i]] = changes[i+1]; changes[i+1] == "" {
			delete(p, changes[i])
		}
	}
	return p
}

// relationships makes a part of them from id, kind, target, id…
func relationships(list ...string) string {
	out := `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	for i := 0; i < len(list); i += 3 {
		out += fmt.Sprintf(`<Relationship Id=%q Type=%q Target=%q/>`, list[i], officeRel+list[i+1], list[i+2])
	}
	return out + `</Relationships>`
}

func (p parts) zip() []byte {
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for name, content := range p {
		must(must(archive.Create(name)).Write([]byte(content)))
	}
	must(0, archive.Close())
	return out.Bytes()
}

func openBytes(file []byte, limits Limits) (*Book, error) {
	return Open(bytes.NewReader(file), int64(len(file)), limits)
}

// read reads all rows of the first worksheet, one line for each:
//
//	3h: A text "a" / B number "1"
func read(file []byte, limits Limits) (lines []string, rows *Rows, err error) {
	book, err := openBytes(file, limits)
	if err != nil {
		return nil, nil, err
	}
	if rows, err = book.Rows(0); err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			return lines, rows, nil
		}
		if err != nil {
			return lines, rows, err
		}
		lines = append(lines, rowLine(row))
	}
}

func rowLine(row *Row) string {
	line := fmt.Sprint(row.Number)
	if row.Hidden {
		line += "h"
	}
	for i, cell := range row.Cells {
		sep := " / "
		if i == 0 {
			sep = ": "
		}
		line += fmt.Sprintf("%s%d %s %q", sep, cell.Column, cell.Kind, cell.Text)
		if cell.Formula {
			line += " f"
		}
		if cell.Rich {
			line += " rich"
		}
	}
	return line
}
