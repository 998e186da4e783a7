package ingest

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

// rowsOf is a Mexican sheet with a row for each name.
func rowsOf(names ...string) string {
	text := "Banco,Nombre,Tipo de cuenta,Cuenta,Monto\n"
	for _, name := range names {
		text += strings.Replace(mexicanRow, "Ana Ruiz", name, 1) + "\n"
	}
	return text
}

func encoded(with encoding.Encoding, text string) []byte {
	return must(with.NewEncoder().Bytes([]byte(text)))
}

var (
	spanish = []string{"José Núñez", "MARÍA PEÑA", "Íñigo Ibáñez", "Ana Ruiz"}
	chinese = []string{"张伟", "王芳", "李秀英", "刘洋", "陈静", "杨勇", "赵敏"}
)

func TestEncodingsAreFound(t *testing.T) {
	t.Parallel()
	western, eastern := rowsOf(spanish...), rowsOf(chinese...)
	little := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	big := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	for name, test := range map[string]struct {
		content []byte
		told    string
		want    string
		names   []string
	}{
		"UTF-8":              {[]byte(western), "", "comma-separated, UTF-8", spanish},
		"UTF-8 marked":       {[]byte("\ufeff" + western), "", "comma-separated, UTF-8", spanish},
		"UTF-16LE marked":    {encoded(little, "\ufeff"+western), "", "comma-separated, UTF-16LE", spanish},
		"UTF-16BE marked":    {encoded(big, "\ufeff"+eastern), "", "comma-separated, UTF-16BE", chinese},
		"UTF-16LE":           {encoded(little, western), "", "comma-separated, UTF-16LE (by its bytes", spanish},
		"UTF-16BE":           {encoded(big, eastern), "", "comma-separated, UTF-16BE (by its bytes", chinese},
		"1252":               {encoded(charmap.Windows1252, western), "", "comma-separated, Windows-1252 (by its bytes", spanish},
		"GB18030":            {encoded(simplifiedchinese.GB18030, eastern), "", "comma-separated, GB18030 (by its bytes", chinese},
		"told 1252":          {encoded(charmap.Windows1252, western), "CP1252", "comma-separated, Windows-1252", spanish},
		"told UTF-16":        {encoded(big, "\ufeff"+western), "utf-16", "comma-separated, UTF-16BE", spanish},
		"told Korean":        {encoded(korean.EUCKR, rowsOf("김민수", "이영희")), "euc-kr", "comma-separated, EUC-KR", []string{"김민수", "이영희"}},
		"told Mac":           {encoded(charmap.Macintosh, western), "macintosh", "comma-separated, Macintosh", spanish},
		"no-break space":     {encoded(charmap.Windows1252, rowsOf("Ana\u00a0Ruiz")), "", "comma-separated, Windows-1252", []string{"Ana Ruiz"}},
		"signs beside words": {encoded(charmap.Windows1252, rowsOf("Joaquín D’Angelo Nº 1 – 2ª")), "", "comma-separated, Windows-1252", []string{"Joaquín D’Angelo Nº 1 – 2ª"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sheet := must(setup(t, "a.csv", test.content, Options{Encoding: test.told, Area: area("mexico")}))
			if assumed := strings.Join(sheet.Assumed(), "\n"); !strings.Contains(assumed, test.want) || test.told != "" && strings.Contains(assumed, "by its bytes") {
				t.Error(assumed)
			}
			for i, row := range drain(t, sheet) {
				if row.Name() != test.names[i] || len(row.Problems) > 0 || row.Number != i+2 {
					t.Errorf("row %d: %q %v", row.Number, row.Name(), row.Problems)
				}
			}
		})
	}
}

// A file in which one guess is as good as another is not guessed at.
func TestEncodingsThatAreNotClearAreAskedAbout(t *testing.T) {
	t.Parallel()
	for name, content := range map[string][]byte{
		"Korean":             encoded(korean.EUCKR, rowsOf("김민수", "이영희", "박지성")),
		"Mac":                encoded(charmap.Macintosh, rowsOf(spanish...)),
		"DOS":                encoded(charmap.CodePage850, rowsOf(spanish...)),
		"Arabic":             encoded(charmap.Windows1256, rowsOf("محمد أحمد", "فاطمة علي")),
		"Russian":            encoded(charmap.Windows1251, rowsOf("Иван Петров", "Анна")),
		"Greek":              encoded(charmap.Windows1253, rowsOf("Γιώργος", "Μαρία")),
		"Japanese":           encoded(japanese.ShiftJIS, rowsOf("田中太郎", "スズキ")),
		"Taiwan":             encoded(traditionalchinese.Big5, rowsOf("陳怡君", "林志明", "黃淑芬")),
		"UTF-8 with a fault": []byte(rowsOf("José", "María", "Jos\xe9", "Peña")),
		"either":             encoded(charmap.Windows1252, rowsOf("MUÑÓZ")),
		"cut off":            []byte(rowsOf("Ana") + "BANORTE,Jos\xc3"),
	} {
		_, err := setup(t, "a.csv", content, Options{Area: area("mexico")})
		if err == nil || !strings.Contains(err.Error(), "; or --encoding with one of utf-8, utf-16le,") || !strings.Contains(err.Error(), "a.csv: row ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := setup(t, "a.csv", []byte(rowsOf("Ana")), Options{Encoding: "klingon"})
	if err == nil || !strings.Contains(err.Error(), "--encoding with one of") || strings.Contains(err.Error(), "klingon") {
		t.Error(err)
	}
}

// The one accent of a sheet may stand on its last line: the whole file is in
// one encoding, and it is settled before a row is given out.
func TestTheEncodingIsSettledOverTheWholeFile(t *testing.T) {
	t.Parallel()
	padding := strings.Repeat(mexicanRow+"\n", 3000) // beyond what is looked at first
	sheet := must(setup(t, "a.csv", encoded(charmap.Windows1252, mexicanHeader+"\n"+padding+"BANORTE,José,CLABE,072180000012345012,1\n"), Options{}))
	if !strings.Contains(strings.Join(sheet.Assumed(), "\n"), "Windows-1252 (by its bytes") {
		t.Error(sheet.Assumed())
	}
	rows := drain(t, sheet)
	if last := rows[len(rows)-1]; last.Name() != "José" || last.Number != 3002 {
		t.Errorf("%d %q", last.Number, last.Name())
	}
	_, err := setup(t, "a.csv", []byte(mexicanHeader+"\n"+padding+"BANORTE,Jos\x8f,CLABE,072180000012345012,1\n"), Options{})
	if err == nil || !strings.Contains(err.Error(), "a.csv: row 3002: has bytes that are not UTF-8, and in which encoding they are is not clear") {
		t.Error(err)
	}
}

// Told to be UTF-8, a file is read up to the byte that is not.
func TestAWrongByteEndsTheReading(t *testing.T) {
	t.Parallel()
	for told, want := range map[string]string{
		"utf-8": "a.csv: row 3: has bytes that are not UTF-8", "utf-16": "has bytes that mean nothing", "euc-kr": "a.csv: row 3: has bytes that mean nothing",
	} {
		content := []byte(rowsOf("Ana", "Jos\xff"))
		if told == "utf-16" {
			content = append(encoded(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), strings.TrimSuffix(rowsOf("Ana"), "\n")), '\n')
		}
		sheet, err := setup(t, "a.csv", content, Options{Encoding: told})
		if err == nil {
			for _, err = range sheet.Rows() {
			}
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", told, err)
		}
	}
}

// Whatever ends the lines, they are counted as an editor counts them.
func TestLineEnds(t *testing.T) {
	t.Parallel()
	lines := []string{"Nómina", mexicanHeader, mexicanRow, "", mexicanRow, "\"BANORTE\",\"Ana\",\"CLABE\",072180000012345012,1", mexicanRow}
	for name, ends := range map[string][]string{"LF": {"\n"}, "CRLF": {"\r\n"}, "CR": {"\r"}, "mixed": {"\r\n", "\r", "\n"}} {
		var text bytes.Buffer
		for i, line := range lines {
			text.WriteString(line + ends[i%len(ends)])
		}
		rows := drain(t, must(setup(t, "a.csv", text.Bytes(), Options{})))
		if got := summary(rows); got != "3\n5\n6\n7\n" {
			t.Errorf("%s: %q", name, got)
		}
	}
	// The same where a read ends between CR and LF.
	for pad := 4080; pad < 4110; pad++ {
		content := strings.Repeat("x", pad-len(mexicanHeader)-2) + "\r\n" + mexicanHeader + "\r\n" + mexicanRow + "\r\n"
		if got := summary(drain(t, must(setup(t, "a.csv", []byte(content), Options{})))); got != "3\n" {
			t.Fatalf("%d: %q", pad, got)
		}
	}
}

func TestDialects(t *testing.T) {
	t.Parallel()
	header, row := strings.ReplaceAll(mexicanHeader, ",", ";"), strings.ReplaceAll(mexicanRow, ",", ";")
	for name, test := range map[string]struct {
		content string
		o       Options
		want    string
	}{
		"sep":                {"sep=;\r\n" + header + "\n" + row, Options{}, "semicolon-separated, UTF-8, the delimiter as the first line says"},
		"sep in quotes":      {"\"sep=;\"\n" + header + "\n" + row, Options{}, "the delimiter as the first line says"},
		"sep of its own":     {"SEP=^\n" + strings.ReplaceAll(header+"\n"+row, ";", "^"), Options{}, "`^`-separated"},
		"told":               {header + "\n" + row, Options{Delimiter: ";"}, "semicolon-separated"},
		"told by name":       {strings.ReplaceAll(header+"\n"+row, ";", "|"), Options{Delimiter: "pipe"}, "bar-separated"},
		"told tab":           {strings.ReplaceAll(header+"\n"+row, ";", "\t"), Options{Delimiter: "tab"}, "tab-separated"},
		"trailing delimiter": {header + ";;\n" + row + ";;", Options{}, "semicolon-separated"},
		"bare formulas":      {header + "\nBANORTE;=\"Ana Ruiz\";CLABE;=\"072180000012345012\";=\"1500\"\n", Options{}, "semicolon"},
		"quoted formulas":    {header + "\n\"BANORTE\";\"=\"\"Ana Ruiz\"\"\";CLABE;\"=\"\"072180000012345012\"\"\";1500\n", Options{}, "semicolon"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sheet := must(setup(t, "a.csv", []byte(test.content), test.o))
			if assumed := strings.Join(sheet.Assumed(), "\n"); !strings.Contains(assumed, test.want) {
				t.Error(assumed)
			}
			rows := drain(t, sheet)
			if len(rows) != 1 || len(rows[0].Problems) > 0 || rows[0].Account() != "072180000012345012" || rows[0].Name() != "Ana Ruiz" {
				t.Errorf("%+v", rows)
			}
		})
	}
	for _, delimiter := range []string{"x", ",,", "colon"} {
		if _, err := setup(t, "a.csv", []byte(header), Options{Delimiter: delimiter}); err == nil || !strings.Contains(err.Error(), "--delimiter with one of") {
			t.Error(err)
		}
	}
}

// The bare form of ="…" is put into quotation marks, and nothing else changes.
func TestFormulaReader(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`a,="01",b`:                `a,"=""01""",b`,
		`="01"`:                    `"=""01"""`,
		"=\"01\"\n=\"02\"\r\n":     "\"=\"\"01\"\"\"\n\"=\"\"02\"\"\"\r\n",
		`"=""01""",2`:              `"=""01""",2`,
		`"a ,=""1""",="2"`:         `"a ,=""1""","=""2"""`,
		`a="1",=b,=,="1"x`:         `a="1",=b,=,"=""1"""x`,
		`="a""b",c`:                `"=""a""""b""",c`,
		"=":                        "=",
		"\"x\n=\"\"1\"\"\",=\"2\"": "\"x\n=\"\"1\"\"\",\"=\"\"2\"\"\"",
	} {
		for _, size := range []int{1, 7, 4096} {
			reader := newFormulaReader(strings.NewReader(in), ',')
			reader.in = make([]byte, size)
			var out bytes.Buffer
			must(out.ReadFrom(reader))
			if out.String() != want {
				t.Errorf("%q by %d: %q, want %q", in, size, out.String(), want)
			}
		}
	}
}
