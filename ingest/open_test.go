package ingest

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func TestFilesThatCannotBeReadAreRefusedWithAWayOut(t *testing.T) {
	t.Parallel()
	book := workbookBytes(t, map[string][][]any{"Sheet1": {{"Banco", "Monto"}}})
	for name, test := range map[string]struct {
		content []byte
		want    string
	}{
		"empty.csv":      {nil, "is empty"},
		"blank.csv":      {[]byte("\ufeff \r\n\r\n"), "is empty"},
		"old.xls":        {oleOf("Root Entry", "Workbook"), "is an old Excel workbook (.xls); want"},
		"older.xls":      {oleOf("Root Entry", "Book"), "is an old Excel workbook (.xls); want"},
		"locked.xlsx":    {oleOf("Root Entry", "EncryptionInfo", "EncryptedPackage"), "protected by a password; want the file saved without"},
		"letter.doc":     {oleOf("Root Entry", "WordDocument"), "not a workbook"},
		"macro.xlsm":     {rewrite(t, book, "[Content_Types].xml", macroEnabled), "with macros"},
		"sheet.numbers":  {zipOf(t, "Index/Document.iwa", ""), "Apple Numbers file; want an .xlsx workbook (in Numbers"},
		"page.xls":       {[]byte("<html><table><tr><td>Banco"), "web page"},
		"doc.pdf":        {[]byte("%PDF-1.7\n"), "PDF"},
		"binary.csv":     {[]byte("a\x00b"), "neither a workbook nor text"},
		"archive.xlsx":   {zipOf(t, "readme.txt", "x"), "zip archive without a workbook"},
		"calc.ods":       {zipOf(t, "mimetype", "application/vnd.oasis.opendocument.spreadsheet", "content.xml", ""), "OpenDocument"},
		"letter.docx":    {zipOf(t, "word/document.xml", ""), "text document"},
		"binary.xlsb":    {zipOf(t, "xl/workbook.bin", ""), "binary workbook"},
		"hollow.xlsx":    {zipOf(t, "xl/workbook.xml", "<workbook"), "damaged workbook"},
		"truncated.xlsx": {book[:len(book)/2], "damaged workbook"},
		"noheader.csv":   {[]byte("a,b\n1,2\n"), "none of the first 20 rows names the columns"},
		"bomb.xlsx":      {bomb(t, book), "larger than any payout sheet"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := setup(t, name, test.content, Options{})
			if err == nil {
				t.Fatal("opened")
			}
			if !strings.HasPrefix(err.Error(), name+": ") || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "; want ") {
				t.Errorf("got %v", err)
			}
		})
	}
	if _, err := Open("testdata/no-such-file.csv", Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestDelimiterAndHeaderAreFound(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ content, delimiter, row string }{
		"comma":      {mexicanHeader + "\n" + mexicanRow, "comma", "header in row 1"},
		"bom":        {"\ufeff" + mexicanHeader + "\r\n" + mexicanRow + "\r\n", "comma", "header in row 1"},
		"semicolon":  {strings.ReplaceAll(mexicanHeader+"\n"+mexicanRow, ",", ";"), "semicolon", "header in row 1"},
		"tab":        {strings.ReplaceAll(mexicanHeader+"\n"+mexicanRow, ",", "\t"), "tab", "header in row 1"},
		"bar":        {strings.ReplaceAll(mexicanHeader+"\n"+mexicanRow, ",", "|"), "bar", "header in row 1"},
		"excel sep":  {"sep=;\n" + strings.ReplaceAll(mexicanHeader+"\n"+mexicanRow, ",", ";"), "semicolon", "header in row 2"},
		"title":      {"Nómina de noviembre,,,,\n\n\"Ana \"\"la\"\"\n S.A.\",,,,\n" + mexicanHeader + "\n" + mexicanRow, "comma", "header in row 5"},
		"bad quotes": {"Nómina \"noviembre\",,,,\n" + mexicanHeader + "\n" + mexicanRow, "comma", "header in row 2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sheet := must(setup(t, "a.csv", []byte(test.content), Options{}))
			assumed := strings.Join(sheet.Assumed(), "\n")
			if !strings.Contains(assumed, test.delimiter+"-separated, UTF-8") || !strings.Contains(assumed, test.row) {
				t.Error(assumed)
			}
			if rows := drain(t, sheet); len(rows) != 1 || len(rows[0].Problems) > 0 {
				t.Errorf("%+v", rows)
			}
		})
	}
}

func TestAllFaultsOfAHeaderAreToldAtOnce(t *testing.T) {
	t.Parallel()
	content := "tradeNo,Monto,Importe,Nombre,Notas internas\n1,2,3,4,5\n"
	_, err := setup(t, "a.csv", []byte(content), Options{Area: area("mexico"), Constants: map[string]string{"ipAddress": "::1"}})
	var problems Problems
	if !errors.As(err, &problems) {
		t.Fatal(err)
	}
	text := problems.Error()
	for _, want := range []string{
		"a.csv: row 1, column C (Importe): is amount, and so is column B (Monto)",
		"a.csv: row 1, wayCode: no column has this required field; want a column called \"wayCode\", \"Bank\",",
		"\"institucion bancaria\"",
		"a.csv: row 1, customerAccountType: ",
		"a.csv: row 1, customerAccount: ",
		"a.csv: row 1, notifyUrl: ", "or a setting for all rows",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if len(problems) != 5 {
		t.Error(text)
	}
}

func TestTheAreaIsGuessedOnlyIfOneFits(t *testing.T) {
	t.Parallel()
	both := "bank code,bank account no,customer name,mobile,email,amount\n"
	for name, test := range map[string]struct{ content, want string }{
		"none": {"Banco,Monto\n", "missing are: for "},
		"both": {both, "the header fits more than one area; want --area with one of indonesia, nigeria, southkorea"},
	} {
		if _, err := setup(t, "a.csv", []byte(test.content), Options{}); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := setup(t, "a.csv", []byte(both), Options{Area: area("nigeria")}); err != nil {
		t.Error(err)
	}
}

func TestConstantsAreCheckedOnce(t *testing.T) {
	t.Parallel()
	for constant, want := range map[string]string{"notifyUrl": "is not a web address", "notifyURL": "a field that no area has"} {
		_, err := setup(t, "a.csv", []byte(mexicanHeader), Options{Area: area("mexico"), Constants: map[string]string{
			"notifyUrl": "https://pay.example.com/", constant: "nowhere",
		}})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "nowhere") {
			t.Errorf("%s: %v", constant, err)
		}
	}
}

func TestAWorksheetIsChosenOnlyIfOneFits(t *testing.T) {
	t.Parallel()
	table := [][]any{{"Banco", "Nombre", "Tipo de cuenta", "Cuenta", "Monto"}, {"BANORTE", "Ana Ruiz", "CLABE", "072180000012345012", 1500}}
	notes := [][]any{{"Notas"}, {"Pagar el lunes"}}
	for name, test := range map[string]struct {
		sheets           map[string][][]any
		worksheet, taken string
		err              string
	}{
		"only one":  {map[string][][]any{"Hoja1": table}, "", "Hoja1", ""},
		"one fits":  {map[string][][]any{"Leeme": notes, "Nómina": table}, "", "Nómina", ""},
		"two fit":   {map[string][][]any{"Octubre": table, "Noviembre": table}, "", "", `--sheet with one of "Noviembre", "Octubre"`},
		"named":     {map[string][][]any{"Octubre": table, "Noviembre": table}, "noviembre", "Noviembre", ""},
		"not there": {map[string][][]any{"Octubre": table}, "Mayo", "", `has no worksheet of that name; want --sheet with one of "Octubre"`},
		"unfit":     {map[string][][]any{"Octubre": table, "Notas": notes}, "Notas", "", "sheet Notas: none of the first 20 rows"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sheet, err := setup(t, "a.xlsx", workbookBytes(t, test.sheets), Options{Worksheet: test.worksheet})
			switch {
			case test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)):
				t.Errorf("got %v", err)
			case test.err == "" && err != nil:
				t.Error(err)
			case test.err == "" && (sheet.Worksheet() != test.taken || len(drain(t, sheet)) != 1):
				t.Errorf("took %q", sheet.Worksheet())
			}
		})
	}
}

func TestColumnsAndWhatIsSaidOfThem(t *testing.T) {
	t.Parallel()
	sheet := must(setup(t, "a.csv", []byte("tradeNo,,Apodo,"+mexicanHeader+",\n"), Options{}))
	if got := fmt.Sprintf("%d %s %s", len(sheet.Columns()), sheet.Columns()[3].Letter, sheet.Columns()[3].Field); got != "8 D wayCode" {
		t.Error(got)
	}
	assumed := strings.Join(sheet.Assumed(), "\n")
	for _, want := range []string{
		"the area is Mexico, by its columns", "column A `tradeNo` is ignored: it is never taken from a sheet",
		"column B is ignored: it has no header", "column C `Apodo` is ignored: no field is called that",
		"column D `Banco` is wayCode", "notifyUrl is the same for all rows, as set",
	} {
		if !strings.Contains(assumed, want) {
			t.Errorf("no %q in\n%s", want, assumed)
		}
	}
	if strings.Contains(assumed, "ipAddress") {
		t.Error("a constant of another area is said to be used")
	}
}

// oleOf is as much of a container of old Office programs as tells what is in it.
func oleOf(names ...string) []byte {
	file := append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 3*sniffBytes-100)...)
	for _, name := range names {
		file = append(append(file, wide(name)...), make([]byte, 64)...)
	}
	return file
}

func macroEnabled(types string) string {
	return strings.ReplaceAll(types, "spreadsheetml.sheet.main+xml", "macroEnabled.main+xml")
}

// bomb is a workbook one part of which says that it unzips to 3 GB.
func bomb(t testing.TB, book []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for _, part := range must(zip.NewReader(bytes.NewReader(book), int64(len(book)))).File {
		must(0, archive.Copy(part))
	}
	part := must(archive.CreateRaw(&zip.FileHeader{Name: "xl/media/a.png", UncompressedSize64: 3 << 30, CompressedSize64: 1, Method: zip.Deflate}))
	must(part.Write([]byte{0}))
	must(0, archive.Close())
	return out.Bytes()
}

// workbookBytes makes a workbook with its sheets in order of their names.
func workbookBytes(t testing.TB, sheets map[string][][]any) []byte {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	for i, name := range sortedKeys(sheets) {
		if i == 0 {
			must(0, book.SetSheetName("Sheet1", name))
		} else {
			must(book.NewSheet(name))
		}
		for r, row := range sheets[name] {
			must(0, book.SetSheetRow(name, fmt.Sprintf("A%d", r+1), &row))
		}
	}
	return must(book.WriteToBuffer()).Bytes()
}

// zipOf makes an archive of parts given as name, content, name, content…
func zipOf(t testing.TB, parts ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for i := 0; i < len(parts); i += 2 {
		must(must(archive.Create(parts[i])).Write([]byte(parts[i+1])))
	}
	must(0, archive.Close())
	return out.Bytes()
}
