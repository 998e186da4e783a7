package ingest

import (
	"testing"

	"github.com/bulkpay/bulkpay/paypro"
)

// A header that could mean two fields would pay by the wrong column.
func TestNoHeaderMeansTwoFieldsOfAnArea(t *testing.T) {
	t.Parallel()
	for _, area := range paypro.Areas() {
		owner := map[string]string{}
		for i := range area.Fields {
			field := &area.Fields[i]
			for _, name := range fieldNames(area, field) {
				plain, numbered := headerKeys(name)
				if plain == "" || plain == "numero" || ownNames[plain] {
					t.Errorf("%s: %s: %q cannot be a header", area.Slug, field.Name, name)
				}
				for _, key := range []string{plain, numbered} {
					if other, taken := owner[key]; taken && other != field.Name {
						t.Errorf("%s: %q means %s and %s", area.Slug, name, other, field.Name)
					}
					owner[key] = field.Name
				}
			}
		}
	}
}

func TestHeadersPeopleWrite(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ area, header, field string }{
		{"mexico", "N° de Cuenta", "customerAccount"},
		{"mexico", "Nº de cuenta", "customerAccount"},
		{"mexico", "N.º DE CUENTA", "customerAccount"},
		{"mexico", "№ de cuenta", "customerAccount"},
		{"mexico", "No. de cuenta", "customerAccount"},
		{"mexico", "Núm. de cuenta", "customerAccount"},
		{"mexico", "numero_de_cuenta", "customerAccount"},
		{"mexico", "Número de cuenta *", "customerAccount"},
		{"mexico", "CUSTOMERACCOUNT", "customerAccount"},
		{"mexico", "customer_account", "customerAccount"},
		{"mexico", "Nro. de tarjeta", "customerAccount"},
		{"mexico", "\u00a0Importe (MXN)\u200b", "amount"},
		{"mexico", "Correo electro\u0301nico", "customerEmail"},
		{"mexico", "No.", ""},
		{"mexico", "Saldo", ""},
		{"mexico", "", ""},
		{"india", "A/C No.", "bankNumber"},
		{"india", "Account N°", "bankNumber"},
		{"india", "BANKCODE", "bankNCode"},
		{"india", "bank_n_code", "bankNCode"},
		{"india", "e-Mail", "email"},
		{"india", "Net Pay (INR)", "amount"},
	} {
		got := ""
		if i := tableFor(area(test.area)).lookup(test.header); i >= 0 {
			got = area(test.area).Fields[i].Name
		}
		if got != test.field {
			t.Errorf("%s: %q is %q, want %q", test.area, test.header, got, test.field)
		}
	}
}

func FuzzHeader(f *testing.F) {
	for _, seed := range []string{"", "N° de cuenta", "customerAccount", "İ", "ß", "\xff", "º", "n.º", "Ⅷ", "D", "tradeNo", "Acount No"} {
		f.Add(seed, "D", "amount")
		f.Add("Monto", seed, "customerAccount")
		f.Add("Monto", "Monto", seed)
	}
	f.Fuzz(func(t *testing.T, header, key, field string) {
		plain, numbered := headerKeys(header)
		if again, _ := headerKeys(plain); again != plain {
			t.Errorf("%q: %q becomes %q", header, plain, again)
		}
		if (plain == "") != (numbered == "") {
			t.Errorf("%q: %q and %q", header, plain, numbered)
		}
		if runes := []rune(shown(header)); len(runes) > 41 {
			t.Errorf("shown with %d characters", len(runes))
		}
		all := parseTold(map[string]string{key: field})
		for _, area := range paypro.Areas() {
			m := newMapping(tableFor(area), []string{header, "Monto", "x", ""}, all)
			claimed := map[string]int{}
			for i, column := range m.columns {
				switch key, _ := headerKeys(column.Header); {
				case column.Field == "":
				case ownNames[key] || area.Field(column.Field) == nil:
					t.Fatalf("%q is %s in %s", column.Header, column.Field, area.Slug)
				default:
					if claimed[column.Field]++; claimed[column.Field] == 1 && m.byField[indexOf(area, column.Field)] != i {
						t.Fatalf("%s has another column", column.Field)
					}
				}
			}
			m.problems(1, nil)
			toldProblems(m, all, 1)
			m.nearMatches(m.unclaimed())
		}
	})
}

func indexOf(area *paypro.Area, field string) int {
	for i := range area.Fields {
		if area.Fields[i].Name == field {
			return i
		}
	}
	return -1
}
