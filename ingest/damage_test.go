package ingest

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/bulkpay/bulkpay/internal/samplegen"
	"github.com/bulkpay/bulkpay/paypro"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"
)

// Excel's rules for an identifier typed into a cell that is not text, written
// down anew here: what it keeps, and what a CSV then has.

// excelKeeps is the number that Excel holds: no zeros in front, 15 digits.
func excelKeeps(id string) string {
	digits := strings.TrimLeft(id, "0")
	if len(digits) > 15 {
		digits = digits[:15] + strings.Repeat("0", len(digits)-15)
	}
	return digits
}

// excelGeneral is what a cell of the format General shows and a CSV gets: six
// digits and an exponent from twelve digits on.
func excelGeneral(id string) string {
	digits := excelKeeps(id)
	if len(digits) < 12 {
		return digits
	}
	value := must(strconv.ParseFloat(digits, 64))
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(value, 'E', 5, 64), "E")
	return strings.TrimRight(strings.TrimRight(mantissa, "0"), ".") + "E" + exponent
}

// identifiers of Mexican rows: valid by construction.
func drawAccounts(r *rapid.T, n int) []paypro.Values {
	rows := make([]paypro.Values, n)
	for i := range rows {
		row := paypro.Values{"wayCode": "BANORTE", "customerName": "Ana Ruiz", "amount": "1500"}
		if rapid.Bool().Draw(r, "card") {
			row["customerAccountType"], row["customerAccount"] = "DebitCard", samplegen.Card(rapid.Uint64Range(0, 999_999_999).Draw(r, "number"))
		} else {
			prefix := rapid.SampledFrom([]string{"002", "012", "044", "072", "127", "646"}).Draw(r, "bank")
			row["customerAccountType"], row["customerAccount"] = "CLABE", samplegen.CLABE(prefix, rapid.Uint64Range(0, 9_999_999).Draw(r, "number"))
		}
		rows[i] = row
	}
	return rows
}

var mexicanFields = []string{"wayCode", "customerName", "customerAccountType", "customerAccount", "amount"}

// sheetOf writes rows with the account as a channel changes it.
func sheetOf(rows []paypro.Values, change func(string) string) []byte {
	var text strings.Builder
	text.WriteString(strings.Join(mexicanFields, ",") + "\n")
	for _, row := range rows {
		cells := make([]string, len(mexicanFields))
		for i, field := range mexicanFields {
			if cells[i] = row[field]; field == "customerAccount" {
				cells[i] = change(cells[i])
			}
		}
		text.WriteString(strings.Join(cells, ",") + "\n")
	}
	return []byte(text.String())
}

func bookOf(t testing.TB, rows []paypro.Values, asNumber bool) []byte {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	must(0, book.SetSheetRow("Sheet1", "A1", &mexicanFields))
	for i, row := range rows {
		cells := make([]any, len(mexicanFields))
		for k, field := range mexicanFields {
			if cells[k] = row[field]; field == "customerAccount" && asNumber {
				cells[k] = must(strconv.ParseInt(excelKeeps(row[field]), 10, 64))
			}
		}
		must(0, book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+2), &cells))
	}
	return must(book.WriteToBuffer()).Bytes()
}

// Every identifier that a spreadsheet has damaged is caught, and none that it
// has not is blocked: over every way in which a sheet of valid accounts may
// have been saved.
func TestDamageIsCaughtAndNothingElse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		rows := drawAccounts(r, 25)
		for channel, content := range map[string][]byte{
			"text.xlsx":    bookOf(t, rows, false),
			"number.xlsx":  bookOf(t, rows, true),
			"general.csv":  sheetOf(rows, excelGeneral),
			"digits.csv":   sheetOf(rows, excelKeeps),
			"plain.csv":    sheetOf(rows, func(id string) string { return id }),
			"formulas.csv": sheetOf(rows, func(id string) string { return `="` + id + `"` }),
			"marked.csv":   sheetOf(rows, func(id string) string { return "'" + id }),
		} {
			for i, row := range drain(t, must(setup(t, channel, content, Options{Area: area("mexico")}))) {
				judge(r, channel, rows[i]["customerAccount"], row)
			}
		}
	})
}

func judge(r *rapid.T, channel, id string, row Row) {
	blocked := len(row.Problems) > 0
	damaged := false
	switch channel {
	case "number.xlsx", "general.csv":
		damaged = true
	case "digits.csv":
		damaged = excelKeeps(id) != id
	}
	switch {
	case damaged && !blocked:
		r.Fatalf("%s: %s was not caught as %q", channel, id, row.Account())
	case !damaged && blocked && !(strings.HasSuffix(id, "000") && len(id) == 18 && (channel == "plain.csv" || channel == "digits.csv")):
		r.Fatalf("%s: %s is blocked: %v", channel, id, row.Problems)
	case !blocked && row.Account() != id:
		r.Fatalf("%s: %s is read as %s", channel, id, row.Account())
	}
	for _, problem := range row.Problems {
		if problem.Suggest != "" && problem.Suggest != id {
			r.Fatalf("%s: %s is proposed for %s", channel, problem.Suggest, id)
		}
	}
}

// One CLABE in a thousand ends in 000 by itself, and a CSV cannot tell.
func TestAnAccountThatEndsInZerosIsAskedAboutOnlyWhereItMustBe(t *testing.T) {
	t.Parallel()
	clabe, card, cut := "", "", ""
	for n := uint64(0); clabe == "" || card == "" || cut == ""; n++ {
		if id := samplegen.CLABE("072", n); strings.HasSuffix(id, "000") && clabe == "" {
			clabe = id
		}
		switch id := samplegen.Card(n); {
		case strings.HasSuffix(id, "0") && card == "":
			card = id
		case !strings.HasSuffix(id, "0") && cut == "":
			cut = id
		}
	}
	for _, test := range []struct{ kind, cell, what, suggest string }{
		{"CLABE", clabe, "ends in zeros from its 16th digit on: a spreadsheet that took it for a number would have put them there", ""},
		{"CLABE", `="` + clabe + `"`, "", ""},
		{"CLABE", `"=""` + clabe + `"""`, "", ""},
		{"DebitCard", card, "", ""}, // the check digit could not be another
		{"DebitCard", excelKeeps(cut), "ends in zeros from its 16th digit on, as a number that a spreadsheet has cut", ""},
		{"DebitCard", "#N/A", "holds an error of the spreadsheet such as #N/A", ""},
		{"DebitCard", "TRUE", "is TRUE or FALSE, not a number", ""},
		{"DebitCard", "01/03/2026", "is a date: a spreadsheet has made one of the number", ""},
		{"DebitCard", "1-Mar-26", "is a date: a spreadsheet has made one of the number", ""},
		{"CLABE", "6,4618E+17", "was turned into a rounded number by a spreadsheet", ""},
	} {
		content := mexicanHeader + "\nBANORTE,Ana Ruiz," + test.kind + ",\"" + strings.ReplaceAll(strings.Trim(test.cell, `"`), `"`, `""`) + "\",1500\n"
		if strings.HasPrefix(test.cell, "=") || strings.HasPrefix(test.cell, `"=`) {
			content = mexicanHeader + "\nBANORTE,Ana Ruiz," + test.kind + "," + test.cell + ",1500\n"
		}
		row := drain(t, must(setup(t, "a.csv", []byte(content), Options{})))[0]
		what, suggested := "", ""
		for _, problem := range row.Problems {
			what, suggested = what+problem.What, suggested+problem.Suggest
		}
		if what != test.what || suggested != test.suggest {
			t.Errorf("%s %q: %q, proposed %q", test.kind, test.cell, what, suggested)
		}
	}
}

// A numeric cell passes only if no zero can have been in front of it.
func TestNumericCellsOfIdentifiers(t *testing.T) {
	t.Parallel()
	header := []any{"Name", "Mobile", "Email", "Account No", "IFSC", "Net pay"}
	valid := []any{"Asha Verma", "9123456789", "asha@example.com", "10094038292", "IDFB0043121", 1500}
	for _, test := range []struct {
		column        int
		value         any
		what, suggest string
	}{
		{1, 9123456789, "", ""},
		{1, 919123456789, "has the country code 91 in front", "9123456789"},
		{3, 10094038292, "is kept as a number: zeros in front of it would be lost", ""},
		{3, 94038292, "is kept as a number and has lost the zeros in front", ""},
		{3, 1234567890123456, "is kept as a number, of which a spreadsheet keeps 15 digits: the rest are lost", ""},
		{3, 10094038292.5, "is kept as a number with a sign or decimals", ""},
		{3, true, "was turned into TRUE or FALSE by a spreadsheet", ""},
		{3, "1.00940382E+10", "was turned into a rounded number by a spreadsheet", ""},
		{3, "1009 4038 292", "has spaces or dashes between the digits", "10094038292"},
		{3, "１００９４０３８２９２", "", ""},
		{4, "IDFBO043121", "has the letter O where the fifth character must be a zero", "IDFB0043121"},
		{4, "idfb0043121", "has small letters", "IDFB0043121"},
		{2, "asha@example,com", "is not an e-mail address", "asha@example.com"},
		{1, "+91 91234 56789", "has a country code", "9123456789"},
		{1, "09123456789", "has a leading 0", "9123456789"},
	} {
		row := append([]any(nil), valid...)
		row[test.column] = test.value
		read := drain(t, must(setup(t, "a.xlsx", workbookBytes(t, map[string][][]any{"A": {header, row}}), Options{Area: area("india")})))[0]
		what, suggested := "", ""
		for _, problem := range read.Problems {
			what, suggested = what+problem.What, suggested+problem.Suggest
		}
		if what != test.what || suggested != test.suggest {
			t.Errorf("%v: %q, proposed %q", test.value, what, suggested)
		}
	}
}

func TestADateThatWasAnIdentifier(t *testing.T) {
	t.Parallel()
	book := excelize.NewFile()
	defer book.Close()
	must(0, book.SetSheetRow("Sheet1", "A1", &[]any{"Banco", "Nombre", "Tipo de cuenta", "Cuenta", "Monto"}))
	must(0, book.SetSheetRow("Sheet1", "A2", &[]any{"BANORTE", "Ana Ruiz", "CLABE", 45000, 1500}))
	style := must(book.NewStyle(&excelize.Style{NumFmt: 14}))
	must(0, book.SetCellStyle("Sheet1", "D2", "E2", style))
	rows := drain(t, must(setup(t, "a.xlsx", must(book.WriteToBuffer()).Bytes(), Options{})))
	if got := summary(rows); got != "2 D:was turned into a date by a spreadsheet E:is a date\n" {
		t.Error(got)
	}
}

// Accounts of 16 digits without a check digit end in a zero once in ten; a
// column that is whole otherwise says that nothing was cut.
func TestAColumnThatIsWholeSpeaksForItsRows(t *testing.T) {
	t.Parallel()
	const header, row = "name,mobile,email,bank account,ifsc,amount\n", "Asha Verma,9123456789,asha@example.com,%s,IDFB0043121,1500\n"
	for _, test := range []struct {
		whole    int
		problems int
		warnings int
	}{{0, 1, 0}, {3, 1, 0}, {9, 0, 1}} {
		content := header + fmt.Sprintf(row, "4012345678901230")
		for i := range test.whole {
			content += fmt.Sprintf(row, fmt.Sprintf("401234567890123%d", i+1))
		}
		first := drain(t, must(setup(t, "a.csv", []byte(content), Options{Area: area("india")})))[0]
		if len(first.Problems) != test.problems || len(first.Warnings) != test.warnings {
			t.Errorf("beside %d whole ones: %v, warned %v", test.whole, first.Problems, first.Warnings)
		}
	}
}

func TestSuggestions(t *testing.T) {
	t.Parallel()
	clabe := samplegen.CLABE("002", 7654321)
	for _, test := range []struct{ area, field, value, want string }{
		{"mexico", "customerAccount", strings.TrimLeft(clabe, "0"), clabe},
		{"mexico", "customerAccount", clabe[:6] + " " + clabe[6:12] + "-" + clabe[12:], clabe},
		{"mexico", "customerAccount", strings.Replace(clabe, "0", "O", 1), clabe},
		{"mexico", "customerAccount", clabe[:17], ""},
		{"mexico", "customerAccountType", "CLAVE", "CLABE"},
		{"mexico", "customerAccountType", "Debit Cart", "DebitCard"},
		{"mexico", "customerAccountType", "efectivo", ""},
		{"mexico", "wayCode", "banorte", "BANORTE"},
		{"mexico", "customerName", "Ana\u202eRuiz", "AnaRuiz"},
		{"mexico", "customerName", "Ana\nRuiz", "Ana Ruiz"},
		{"mexico", "amount", "1,5", ""},
		{"vietnam", "accountName", "Nguyễn Thế Việt", "NGUYEN THE VIET"},
	} {
		a := area(test.area)
		row := paypro.Values{"customerAccountType": "CLABE", test.field: test.value}
		got := suggest(a, a.Field(test.field), test.value, row)
		if got != test.want && !strings.EqualFold(got, test.want) {
			t.Errorf("%s %s %q: %q, want %q", test.area, test.field, test.value, got, test.want)
		}
	}
}

// FuzzDamage makes a valid identifier of any number and channel.
func FuzzDamage(f *testing.F) {
	for kind := range byte(3) {
		f.Add(uint64(1234567), kind)
		f.Add(uint64(0), kind)
		f.Add(uint64(9_999_990), kind)
	}
	f.Fuzz(func(t *testing.T, number uint64, sort byte) {
		row := paypro.Values{"customerAccountType": "CLABE"}
		field, id := area("mexico").Field("customerAccount"), samplegen.CLABE("012", number%10_000_000)
		switch sort % 3 {
		case 1:
			row["customerAccountType"], id = "DebitCard", samplegen.Card(number%1_000_000_000)
		case 2:
			field, id = area("india").Field("bankNCode"), fmt.Sprintf("SBIN0%06d", number%1_000_000)
		}
		blocked := func(value string, kind kind) bool {
			about := subject{field: field, value: value, kind: kind, row: row, failing: !passes(field, value, row)}
			found, ok := about.damage()
			if ok && found.suggest != "" && found.suggest != id {
				t.Fatalf("%s is proposed for %s", found.suggest, id)
			}
			return about.failing || ok && !found.warning
		}
		if blocked(id, kindText) {
			t.Fatalf("%s as text is blocked", id)
		}
		if blocked(id, kindPlain) && !(len(id) == 18 && strings.HasSuffix(id, "000")) {
			t.Fatalf("%s in a CSV is blocked", id)
		}
		if sort%3 == 2 {
			return // a spreadsheet leaves letters alone
		}
		if kept := excelKeeps(id); !blocked(kept, kindNumber) || kept != id && !blocked(kept, kindPlain) || !blocked(excelGeneral(id), kindPlain) {
			t.Fatalf("%s as %s or %s is not caught", id, kept, excelGeneral(id))
		}
	})
}

// A header may be what a shell would run; the hint that repeats it runs none of
// it.
func TestAHeaderInAHintIsNeverACommand(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"Nombre del banco": `"Nombre del banco"`, "it's": `"it's"`, "$(touch x)": "'$(touch x)'", "`id`": "'`id`'", `a"; id; "`: `'a"; id; "'`,
	} {
		if got := inQuotes(header); got != want && runtime.GOOS != "windows" {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
