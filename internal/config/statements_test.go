package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bulkpay/bulkpay/internal/statement"
)

func TestProfilesAreRead(t *testing.T) {
	t.Parallel()
	c := parse(t, minimal+`
[statements.bbva]
kind = "bank"
currency = "MXN"
account = "012180015000000004"
dates = ["DD/MM/YYYY"]
decimal = "point"
out = "negative"
out_words = ["Cargo"]
in_words = ["Abono"]
fee_inside = true
skip_rows = 3
sheet = "Movimientos"
encoding = "windows-1252"
delimiter = "semicolon"

[statements.bbva.columns]
day = "Fecha"
narrative = ["Concepto", "Referencia ampliada"]
amount = "C:"

[statements.bbva.statuses]
"Aplicado" = "paid"

[statements.other]
`)
	want := &statement.Profile{
		Name: "bbva", Kind: statement.KindBank, Currency: "MXN", Account: "012180015000000004", Dates: []string{"DD/MM/YYYY"},
		Decimal: "point", Out: "negative", OutWords: []string{"Cargo"}, InWords: []string{"Abono"}, FeeInside: true, SkipRows: 3,
		Sheet: "Movimientos", Encoding: "windows-1252", Delimiter: "semicolon",
		Columns: map[statement.Field]statement.Headers{
			statement.FieldDay: {"Fecha"}, statement.FieldNarrative: {"Concepto", "Referencia ampliada"}, statement.FieldAmount: {"C:"},
		},
		Statuses: map[string]statement.Status{"Aplicado": statement.StatusPaid},
	}
	got, err := c.Profile("bbva")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if all := c.Profiles(); len(all) != 2 || all[0].Name != "bbva" || all[1].Name != "other" {
		t.Errorf("profiles %v", all)
	}
	if p, err := c.Profile("paypro"); err != nil || p.Kind != statement.KindGateway {
		t.Error(p, err)
	}
	if _, err := c.Profile("bbav"); err == nil || !strings.Contains(err.Error(), "paypro, bbva, other") {
		t.Error(err)
	}
	var none *Config
	if _, err := none.Profile("paypro"); err != nil || none.Profiles() != nil {
		t.Error(err)
	}
}

// Nothing of a profile is passed over: a misspelt word would read money the wrong way round.
func TestAllFaultsOfProfilesAreSaid(t *testing.T) {
	t.Parallel()
	_, err := Parse([]byte(`
[statements.paypro]
[statements.x]
kind = "shop"
currency = "peso"
dates = ["DD/MM", "DD/MM/YYYY", "MM/DD/YYYY"]
decimal = ","
out = "minus"
out_words = ["a"]
in_words = ["a"]
skip_rows = -1
encoding = "rot13"
delimiter = "none"
[statements.x.columns]
dya = "Fecha"
amount = "Importe"
debit = [" "]
[statements.x.statuses]
ok = "fine"
`), "bulkpay.toml")
	if err == nil {
		t.Fatal("nothing is wrong with it")
	}
	for _, want := range []string{
		"bulkpay.toml: statements paypro: the name is that of the built-in profile",
		"statements x: kind is gateway or bank", `currency "peso" is not`, `"DD/MM" does not say`, "the day first and the month first",
		"decimal is point or comma", "out is positive or negative", `"a" is in out_words and in in_words`, "skip_rows is a number",
		`encoding "rot13"`, "delimiter is comma", "there is no field dya", "debit has a header without a name", "not in both", `"ok" is to be "fine"`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in\n%v", want, err)
		}
	}
	if _, err := Parse([]byte("[statements.x]\ndate = \"x\"\n"), "bulkpay.toml"); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("an unknown key: %v", err)
	}
}

// The document names every key and every field, and its example is read.
func TestStatementsDocument(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(filepath.Join("..", "..", "docs", "statements.md"))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(content), "\r\n", "\n")
	_, example, found := strings.Cut(text, "```toml\n")
	example, _, closed := strings.Cut(example, "```")
	if !found || !closed {
		t.Fatal("the document has no example of a profile")
	}
	if p, err := parse(t, example).Profile("bbva"); err != nil || len(p.Columns) != 5 || len(p.Dates) != 1 {
		t.Errorf("%+v, %v", p, err)
	}
	for _, field := range statement.Fields() {
		if !strings.Contains(text, "`"+string(field)+"`") {
			t.Errorf("the document has no field %s", field)
		}
	}
	for _, status := range statement.Statuses() {
		if !strings.Contains(text, "*"+string(status)+"*") {
			t.Errorf("the document does not say what %s means", status)
		}
	}
	of := reflect.TypeFor[statement.Profile]()
	for i := range of.NumField() {
		if key := of.Field(i).Tag.Get("toml"); key != "-" && !strings.Contains(text, "`"+key+"`") {
			t.Errorf("the document has no key %s", key)
		}
	}
}
