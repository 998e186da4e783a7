package ingest

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestColumnsAreWhatTheyAreToldToBe(t *testing.T) {
	t.Parallel()
	const content = "Inst.,Monto,A quién,Clase,Cuenta,Neto real,\nBANORTE,9,Ana Ruiz,CLABE,072180000012345012,1500,\n"
	sheet := must(setup(t, "a.csv", []byte(content), Options{Area: area("mexico"), Map: map[string]string{
		"INST": "wayCode", "a quien": "customername", "D": "customerAccountType", "neto real ": "amount",
	}}))
	rows := drain(t, sheet)
	if len(rows) != 1 || len(rows[0].Problems) > 0 || rows[0].Values["amount"] != "1500" || rows[0].Name() != "Ana Ruiz" {
		t.Errorf("%+v", rows)
	}
	assumed := strings.Join(sheet.Assumed(), "\n")
	for _, want := range []string{
		"column A `Inst.` is wayCode, as told", "column B `Monto` is ignored: its field is told to be column F",
		"column D `Clase` is customerAccountType, as told", "column E `Cuenta` is customerAccount\n",
	} {
		if !strings.Contains(assumed, want) {
			t.Errorf("no %q in\n%s", want, assumed)
		}
	}
	ignoring := map[string]string{"Referencia": "-", "Nota": ""}
	sheet = must(setup(t, "a.csv", []byte(mexicanHeader+",Concepto,Referencia,Nota\n"+mexicanRow+",a,b,c\n"), Options{Map: ignoring}))
	if got := drain(t, sheet)[0].Values["remark"]; got != "a" {
		t.Errorf("the remark is %q", got)
	}
	if assumed := strings.Join(sheet.Assumed(), "\n"); !strings.Contains(assumed, "column G `Referencia` is ignored, as told") {
		t.Error(assumed)
	}
}

// A header none of whose names is known is found by what was told, by letters
// too.
func TestAToldHeaderIsFound(t *testing.T) {
	t.Parallel()
	const content = "Pagos\n\nx1,x2,x3,x4,x5\n" + mexicanRow + "\n"
	fields := []string{"wayCode", "customerName", "customerAccountType", "customerAccount", "amount"}
	names, letters := map[string]string{}, map[string]string{}
	for i, field := range fields {
		names["X"+string(rune('1'+i))], letters[columnLetter(i)] = field, field
	}
	for _, told := range []map[string]string{names, letters} {
		sheet := must(setup(t, "a.csv", []byte(content), Options{Area: area("mexico"), Map: told}))
		if rows := drain(t, sheet); sheet.HeaderRow() != 3 || len(rows) != 1 || len(rows[0].Problems) > 0 {
			t.Errorf("%v: header in row %d, %+v", told, sheet.HeaderRow(), rows)
		}
	}
}

func TestToldColumnsThatCannotBe(t *testing.T) {
	t.Parallel()
	const content = mexicanHeader + ",Apodo,tradeNo\n" + mexicanRow + "\n"
	for name, test := range map[string]struct {
		told map[string]string
		want string
	}{
		"no such field":  {map[string]string{"Apodo": "nickname"}, `--map gives "Apodo" a field that Mexico does not have; want one of wayCode, amount, customerName,`},
		"no such header": {map[string]string{"Alias": "remark"}, `--map names a column "Alias" that is not there; want one of "Banco", "Nombre", "Tipo de cuenta", "Cuenta", "Monto", "Apodo", "tradeNo", or its letter`},
		"no such letter": {map[string]string{"ZZ": "remark"}, `--map names a column "ZZ" that is not there`},
		"twice":          {map[string]string{"Apodo": "remark", "Nombre": "remark"}, "column F (Apodo): is remark, and so is column B (Nombre)"},
		"ours":           {map[string]string{"Trade No": "remark"}, `--map takes a field from "Trade No", which is never taken from a sheet`},
	} {
		_, err := setup(t, "a.csv", []byte(content), Options{Area: area("mexico"), Map: test.told})
		if err == nil || !strings.Contains(err.Error(), "a.csv: row 1") || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNearMatchesAreProposed(t *testing.T) {
	t.Parallel()
	const content = "Banco,Nombre,Tipo de cuenta,Acount No,Inporte,Cosa\n"
	_, err := setup(t, "a.csv", []byte(content), Options{Area: area("mexico")})
	var problems Problems
	if !errors.As(err, &problems) || len(problems) != 2 {
		t.Fatal(err)
	}
	for i, want := range []string{
		"a.csv: row 1, column E (Inporte): did you mean amount? No column has this required field; want --map \"Inporte=amount\" if so; if not, a column called",
		"a.csv: row 1, column D (Acount No): did you mean customerAccount? No column has this required field; want --map \"Acount No=customerAccount\" if so",
	} {
		if !strings.HasPrefix(problems[i].Error(), want) {
			t.Error(problems[i])
		}
	}
	_, err = setup(t, "a.csv", []byte(content), Options{})
	if err == nil || !strings.Contains(err.Error(), "column D (Acount No): did you mean customerAccount?; want --map") || !strings.Contains(err.Error(), "for Mexico amount, customerAccount") {
		t.Error(err)
	}
}

func TestEdits(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"account", "account", 0},
		{"acount", "account", 1},
		{"accuont", "account", 1},
		{"akkount", "account", 2},
		{"amoutn", "amount", 1},
		{"abcdefgh", "account", 3},
		{"no", "to", 3},
		{"mail", "mall", 1},
		{"mail", "ball", 3},
		{"", "x", 3},
		{"cuentas", "cuenta", 1},
	} {
		if got, back := editsBetween(test.a, test.b), editsBetween(test.b, test.a); got != test.want || back != test.want {
			t.Errorf("%s, %s: %d and %d, want %d", test.a, test.b, got, back, test.want)
		}
	}
}

// An area that wants little must not take a sheet that another explains.
func TestTheAreaThatExplainsTheMostIsTaken(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"name,mobile,email,account no,ifsc,amount":             "india",
		"Name,Mobile,Email,Account No,Bank Name,IFSC,Amount":   "india",
		"name,mobile,email,account no,ifcs code,amount":        "",
		"Banco,Nombre,Tipo de cuenta,Cuenta,Monto":             "mexico",
		"bank code,bank account no,customer name,amount":       "",
		"nombre,celular,correo,banco,cuenta,monto,tipo cuenta": "mexico",
	} {
		sheet, err := setup(t, "a.csv", []byte(header+"\n"), Options{})
		got := ""
		if err == nil {
			got = sheet.Area().Slug
		}
		if got != want {
			t.Errorf("%s: %q, %v", header, got, err)
		}
	}
}

// A sheet handed back and given again: what was appended is never payable, and
// the number is told.
func TestASheetHandedBack(t *testing.T) {
	t.Parallel()
	content := mexicanHeader + ",tradeNo,platFormTradeNo,status,reason,bulkpay faults\n" + mexicanRow + ", BP1 ,P1,succeeded,paid,\n" + mexicanRow + ",,,,,x\n" + ",,,,,BP2,,,,\n"
	plain := drain(t, must(setup(t, "a.csv", []byte(mexicanHeader+"\n"+mexicanRow+"\n"), Options{})))
	sheet := must(setup(t, "a.csv", []byte(content), Options{}))
	rows := drain(t, sheet)
	if len(rows) != 2 || rows[0].TradeNo != "BP1" || rows[1].TradeNo != "" {
		t.Fatalf("%+v", rows)
	}
	if diff := cmp.Diff(plain[0].Values, rows[0].Values); diff != "" || rows[0].Fingerprint() != plain[0].Fingerprint() {
		t.Error("what was appended changes the row", diff)
	}
	for _, column := range sheet.Columns()[5:] {
		if column.Field != "" {
			t.Errorf("%s is %s", column, column.Field)
		}
	}
}

func TestPayeeFingerprints(t *testing.T) {
	t.Parallel()
	content := mexicanHeader + ",Concepto\n" + mexicanRow + ",a\n" + strings.Replace(mexicanRow, "Ana", "Eva", 1) + ",b\n" +
		strings.Replace(mexicanRow, "1500", "1501", 1) + ",a\n" + strings.Replace(mexicanRow, "12345012", "12345025", 1) + ",a\n" +
		strings.Replace(mexicanRow, "1500", "1500.00", 1) + ",a\n"
	rows := drain(t, must(setup(t, "a.csv", []byte(content), Options{})))
	prints := map[[32]byte][]int{}
	for _, row := range rows {
		prints[row.PayeeFingerprint()] = append(prints[row.PayeeFingerprint()], row.Number)
	}
	if diff := cmp.Diff([]int{2, 3, 6}, prints[rows[0].PayeeFingerprint()]); diff != "" || len(prints) != 3 {
		t.Error(diff, prints)
	}
	if rows[0].Fingerprint() != rows[4].Fingerprint() {
		t.Error("the same amount written otherwise is another row")
	}
	if rows[0].Bank() != "BANORTE" || rows[0].Account() != "072180000012345012" {
		t.Error("a role has another value")
	}
	if got := (&Row{Values: maps.Clone(rows[0].Values)}).Account(); got != "" {
		t.Error("a row of no sheet has an account")
	}
}
