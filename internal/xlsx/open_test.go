package xlsx

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

const oneRow = `<row><c t="s"><v>0</v></c></row>`

func TestWorkbooksOfManyWriters(t *testing.T) {
	t.Parallel()
	strict := strings.NewReplacer(
		"http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main",
		"http://schemas.openxmlformats.org/officeDocument/2006/relationships", "http://purl.oclc.org/ooxml/officeDocument/relationships")
	prefixed := strings.NewReplacer("<worksheet xmlns=", "<x:worksheet xmlns:x=", "</", "</x:", "<", "<x:")
	renamed := func(rename func(string) string) parts {
		out := parts{}
		for name, content := range plain(oneRow) {
			out[rename(name)] = content
		}
		return out
	}
	all := func(change func(string) string) parts {
		out := plain(oneRow)
		for name, content := range out {
			out[name] = change(content)
		}
		return out
	}
	for name, file := range map[string]parts{
		"plain":      plain(oneRow),
		"strict":     all(strict.Replace),
		"mark":       all(func(s string) string { return "\ufeff" + s }),
		"comments":   all(func(s string) string { return strings.Replace(s, "><", "><!-- a - b --><?pi x?>\n<", 3) }),
		"prefixes":   plain("").with("xl/worksheets/sheet1.xml", prefixed.Replace(`<worksheet `+sheetNS+`><sheetData>`+oneRow+`</sheetData></worksheet>`)),
		"backslash":  renamed(func(s string) string { return strings.ReplaceAll(s, "/", `\`) }),
		"upper case": renamed(strings.ToUpper),
		"absolute": plain(oneRow).with("xl/_rels/workbook.xml.rels", relationships("rId1", "worksheet", "/xl/worksheets/sheet1.xml",
			"rId2", "sharedStrings", "../xl/./sharedStrings.xml")),
		"template":   plain(oneRow).with("[Content_Types].xml", strings.Replace(plain("")["[Content_Types].xml"], "sheet.main", "template.main", 1)),
		"no styles":  plain(oneRow).with("xl/_rels/workbook.xml.rels", relationships("rId1", "worksheet", "worksheets/sheet1.xml", "r", "sharedStrings", "sharedStrings.xml")),
		"folders":    plain(oneRow).with("xl/", "", "docProps/", ""),
		"pronounced": plain(oneRow).with("xl/sharedStrings.xml", `<sst `+sheetNS+`><si><t>uno</t><rPh sb="0" eb="1"><t>x</t></rPh></si><extLst/></sst>`),
	} {
		lines, _, err := read(file.zip(), Limits{})
		if err != nil || !slices.Equal(lines, []string{`1: 0 text "uno"`}) {
			t.Errorf("%s: %v %v", name, lines, err)
		}
	}
}

func TestWorkbooksThatAreRefused(t *testing.T) {
	t.Parallel()
	types := func(kind string) parts {
		return plain(oneRow).with("[Content_Types].xml", strings.Replace(plain("")["[Content_Types].xml"], mainType, kind, 1))
	}
	macros := `<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>`
	main := plain("")["xl/workbook.xml"]
	for name, test := range map[string]struct {
		file parts
		kind ErrorKind
		what string
	}{
		"macros":          {types("application/vnd.ms-excel.sheet.macroEnabled.main+xml"), KindMacro, "macros"},
		"macro template":  {types("application/vnd.ms-excel.template.macroEnabled.main+xml"), KindMacro, "macros"},
		"macros denied":   {plain("").with("xl/vbaProject.bin", "x", "[Content_Types].xml", strings.Replace(plain("")["[Content_Types].xml"], "</Types>", macros, 1)), KindMacro, "macros"},
		"binary":          {types("application/vnd.ms-excel.sheet.binary.macroEnabled.main"), KindBinary, "binary"},
		"binary untyped":  {parts{"xl/workbook.bin": "x"}, KindBinary, "binary"},
		"document":        {types("application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml").with("xl/workbook.xml", ""), KindNotWorkbook, "without a workbook"},
		"nothing":         {parts{"a": "b"}, KindNotWorkbook, "without a workbook"},
		"no types":        {plain(oneRow).with("[Content_Types].xml", ""), KindDamaged, "which of its parts"},
		"no relations":    {plain(oneRow).with("_rels/.rels", ""), KindDamaged, "which of its parts"},
		"no workbook":     {plain(oneRow).with("xl/workbook.xml", "", "xl/_rels/workbook.xml.rels", "<"), KindDamaged, "xl/_rels/workbook.xml.rels"},
		"no sheets":       {plain("").with("xl/workbook.xml", `<workbook `+sheetNS+`><sheets/></workbook>`), KindDamaged, "has no worksheets"},
		"sheet gone":      {plain("").with("xl/worksheets/sheet1.xml", ""), KindDamaged, "sheet that is not there"},
		"sheet elsewhere": {plain("").with("xl/workbook.xml", strings.Replace(main, "rId1", "rId9", 1)), KindDamaged, "sheet that is not there"},
		"texts gone":      {plain(oneRow).with("xl/sharedStrings.xml", ""), KindDamaged, "is not there"},
		"styles gone":     {plain(oneRow).with("xl/styles.xml", ""), KindDamaged, "is not there"},
		"texts broken":    {plain(oneRow).with("xl/sharedStrings.xml", "<sst "+sheetNS+"><si><t>uno</t>"), KindDamaged, "ends early"},
		"texts strange":   {plain(oneRow).with("xl/sharedStrings.xml", "<sst "+sheetNS+"><sj/></sst>"), KindDamaged, "cannot be understood"},
		"styles broken":   {plain(oneRow).with("xl/styles.xml", "<styleSheet "+sheetNS+"><cellXfs><xf numFmtId='x'/></cellXfs></styleSheet>"), KindDamaged, "cell formats"},
		"no namespace":    {plain("").with("xl/worksheets/sheet1.xml", "<worksheet><sheetData/></worksheet>"), KindDamaged, "no worksheet"},
		"UTF-16":          {plain("").with("xl/worksheets/sheet1.xml", "\xff\xfe<\x00w\x00"), KindDamaged, "UTF-8"},
		"UTF-16 unmarked": {plain("").with("xl/worksheets/sheet1.xml", "\x00<\x00w"), KindDamaged, "UTF-8"},
		"Latin 1":         {plain("").with("xl/worksheets/sheet1.xml", `<?xml version="1.0" encoding="ISO-8859-1"?><worksheet/>`), KindDamaged, "UTF-8"},
		"type declared":   {plain("").with("xl/worksheets/sheet1.xml", `<!DOCTYPE a [<!ENTITY b "c">]><worksheet/>`), KindDamaged, "document type"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := read(test.file.zip(), Limits{})
			refusal := (*Error)(nil)
			if !errors.As(err, &refusal) || refusal.Kind != test.kind || !strings.Contains(err.Error(), test.what) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestMissingTextsMatterOnlyIfTheyAreUsed(t *testing.T) {
	t.Parallel()
	noTexts := relationships("rId1", "worksheet", "worksheets/sheet1.xml")
	if lines, _, err := read(plain(`<row><c><v>1</v></c></row>`).with("xl/_rels/workbook.xml.rels", noTexts).zip(), Limits{}); err != nil || len(lines) != 1 {
		t.Error(lines, err)
	}
	if _, _, err := read(plain(oneRow).with("xl/_rels/workbook.xml.rels", noTexts).zip(), Limits{}); err == nil || !strings.Contains(err.Error(), "row 1: refers to a text") {
		t.Error(err)
	}
}

func TestSheetsAreListedAsTheirTabsAre(t *testing.T) {
	t.Parallel()
	file := plain("").with(
		"xl/workbook.xml", `<workbook `+sheetNS+` `+relationNS+`><sheets><sheet name="Gráfico" r:id="c"/><sheet name="Uno &amp; dos" r:id="a"/>`+
			`<sheet name="Oculta" state="hidden" r:id="b"/><sheet name="Muy oculta" state="veryHidden" r:id="a"/><sheet name="D" r:id="d"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels", relationships("a", "worksheet", "worksheets/sheet1.xml", "b", "worksheet", "worksheets/Hoja2.xml",
			"c", "chartsheet", "chartsheets/sheet1.xml", "d", "dialogsheet", "dialogsheets/sheet1.xml"),
		"xl/worksheets/Hoja2.xml", "<a/>")
	got := fmt.Sprint(must(openBytes(file.zip(), Limits{})).Sheets())
	want := `[{Uno & dos false false xl/worksheets/sheet1.xml} {Oculta true false xl/worksheets/Hoja2.xml} {Muy oculta true true xl/worksheets/sheet1.xml}]`
	if got != want {
		t.Error(got)
	}
}

func TestTheArchiveItself(t *testing.T) {
	t.Parallel()
	good := plain(oneRow).zip()
	doubled := func(names ...string) []byte {
		var out bytes.Buffer
		archive := zip.NewWriter(&out)
		for _, name := range names {
			must(archive.Create(name))
		}
		must(0, archive.Close())
		return out.Bytes()
	}
	locked := bytes.Clone(good)
	locked[bytes.LastIndex(locked, []byte("PK\x01\x02"))+8] |= 1
	for name, test := range map[string]struct {
		file []byte
		kind ErrorKind
	}{
		"empty":                 {nil, KindDamaged},
		"cut":                   {good[:len(good)-30], KindDamaged},
		"no archive":            {[]byte("Banco,Monto\n"), KindDamaged},
		"a part twice":          {doubled("xl/workbook.xml", "xl/workbook.xml"), KindDamaged},
		"twice but for case":    {doubled("xl/workbook.xml", "XL/workbook.xml"), KindDamaged},
		"twice but for slashes": {doubled("xl/workbook.xml", `xl\workbook.xml`), KindDamaged},
		"locked":                {locked, KindEncrypted},
	} {
		_, err := openBytes(test.file, Limits{})
		refusal := (*Error)(nil)
		if !errors.As(err, &refusal) || refusal.Kind != test.kind {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// Whatever bit of an archive is flipped, the rows are the ones that were
// written, or there is an error. Only what zip and XML do not look at may pass.
func TestNoFlippedBitChangesARow(t *testing.T) {
	t.Parallel()
	good := plain(`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>1500</v></c></row><row r="2"><c r="A2" t="s"><v>1</v></c></row>`).zip()
	want, _, err := read(good, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range good {
		for _, bit := range []int{i % 8, (i + 5) % 8} {
			file := bytes.Clone(good)
			file[i] ^= 1 << bit
			got, _, err := read(file, Limits{})
			if err == nil && !slices.Equal(got, want) {
				t.Errorf("byte %d, bit %d: %v", i, bit, got)
			}
		}
		if got, _, err := read(good[:i], Limits{}); err == nil {
			t.Errorf("cut to %d bytes: %v", i, got)
		}
	}
}
