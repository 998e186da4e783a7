package template

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"github.com/bulkpay/bulkpay/internal/samplegen"
	"github.com/bulkpay/bulkpay/paypro"
	"github.com/google/go-cmp/cmp"
)

// The header is understood, whole, and the example is not taken for a payout.
func TestATemplateAsItIsHasNoRowAndNoFault(t *testing.T) {
	t.Parallel()
	everyTemplate(t, func(t *testing.T, area *paypro.Area, language string) {
		for _, format := range []string{XLSX, CSV} {
			path := saved(t, "payouts."+format, write(t, area, Options{Format: format, Language: language}))
			sheet, rows := read(t, path, area)
			if len(rows) != 0 {
				t.Errorf("%s: %d rows", format, len(rows))
			}
			ignored := func(note string) bool { return strings.Contains(note, "example, ignored") }
			if !slices.ContainsFunc(sheet.Notes(), ignored) {
				t.Errorf("%s: that the example was ignored goes unsaid: %q", format, sheet.Notes())
			}
			var fields []string
			for _, column := range sheet.Columns() {
				fields = append(fields, column.Field)
			}
			if diff := cmp.Diff(fillable(area), sorted(fields)); diff != "" {
				t.Errorf("%s: %s", format, diff)
			}
			if format == XLSX && sheet.Worksheet() != payouts {
				t.Errorf("worksheet %q", sheet.Worksheet())
			}
		}
	})
}

// fillable are the fields that a sheet has a column for.
func fillable(area *paypro.Area) []string {
	var names []string
	for i := range area.Fields {
		if role := area.Fields[i].Role; role != paypro.RoleNotify && role != paypro.RoleAddress {
			names = append(names, area.Fields[i].Name)
		}
	}
	return sorted(names)
}

func sorted(names []string) []string { return slices.Sorted(slices.Values(names)) }

func TestAFilledTemplateChecksClean(t *testing.T) {
	t.Parallel()
	everyTemplate(t, func(t *testing.T, area *paypro.Area, language string) {
		want := slices.Collect(samplegen.Rows(area, 25, 7))
		opened := book(t, area, language)
		fill(t, opened, area, want)
		_, rows := read(t, saved(t, "filled.xlsx", bytesOf(t, opened)), area)
		same(t, area, want, rows)
	})
}

// The same in a CSV, after which nothing may be different.
func TestAFilledCSVChecksClean(t *testing.T) {
	t.Parallel()
	everyTemplate(t, func(t *testing.T, area *paypro.Area, language string) {
		want := slices.Collect(samplegen.Rows(area, 25, 8))
		text := bytes.NewBuffer(write(t, area, Options{Format: CSV, Language: language}))
		writer := csv.NewWriter(text)
		for _, row := range want {
			var record []string
			for _, c := range layout(area, English, nil) {
				record = append(record, row[c.field.Name])
			}
			if err := writer.Write(record); err != nil {
				t.Fatal(err)
			}
		}
		writer.Flush()
		_, rows := read(t, saved(t, "filled.csv", text.Bytes()), area)
		same(t, area, want, rows)
	})
}

// The example is one that could be paid, but for its mark.
func TestTheExampleKeepsTheRules(t *testing.T) {
	t.Parallel()
	everyTemplate(t, func(t *testing.T, area *paypro.Area, language string) {
		banks, marks := paypro.ShippedBanks(area), 0
		row := paypro.Values{}
		for name, value := range samplegen.Constants() {
			if area.Field(name) != nil {
				row[name] = value
			}
		}
		for _, c := range layout(area, language, banks) {
			row[c.field.Name] = c.field.Canonical(unmarked(c.example))
			if strings.HasPrefix(c.example, Mark) {
				marks++
			}
		}
		if marks != 1 {
			t.Errorf("%d cells have the mark", marks)
		}
		for _, fault := range slices.Concat(area.Check(row), area.Warnings(row), banks.Check(area, row)) {
			t.Errorf("%s: %s, want %s", fault.Field, fault.Problem, fault.Want)
		}
	})
}

func TestCSVIsForExcel(t *testing.T) {
	t.Parallel()
	text := string(write(t, area(t, "mexico"), Options{Format: CSV}))
	want := "\ufeffNombre del beneficiario,Banco,Tipo de cuenta,CLABE o tarjeta,Importe,Celular,Correo electrónico,Identificación,Concepto\r\n" +
		Mark + " Maria Lopez Garcia,BANXICO,CLABE,"
	if !strings.HasPrefix(text, want) || strings.Count(text, "\r\n") != 2 {
		t.Errorf("%q", text)
	}
}

func TestTheSameTemplateHasTheSameBytes(t *testing.T) {
	t.Parallel()
	everyTemplate(t, func(t *testing.T, area *paypro.Area, language string) {
		for _, format := range []string{XLSX, CSV} {
			o := Options{Format: format, Language: language}
			if !bytes.Equal(write(t, area, o), write(t, area, o)) {
				t.Errorf("%s: not the same twice", format)
			}
		}
	})
}

func TestWhatThereIsNoTemplateFor(t *testing.T) {
	t.Parallel()
	for want, o := range map[string]Options{
		`no template for India in language "es": one of en`: {Language: "es"},
		`no template of format "ods": one of xlsx, csv`:     {Format: "ods"},
	} {
		var out bytes.Buffer
		err := Write(&out, area(t, "india"), o)
		if err == nil || err.Error() != want || out.Len() > 0 {
			t.Errorf("%v, and %d bytes", err, out.Len())
		}
	}
}

// An area that nothing here has heard of has a template too.
func TestANewAreaNeedsNothing(t *testing.T) {
	t.Parallel()
	known := area(t, "brazil")
	unknown := *known
	unknown.Code, unknown.Name = "ZZ", "Elsewhere"
	if diff := cmp.Diff([]string{English}, Languages(&unknown)); diff != "" {
		t.Error(diff)
	}
	got, want := layout(&unknown, English, nil), layout(known, English, nil)
	for i := range want {
		if got[i].header != want[i].header || got[i].header != got[i].field.Label {
			t.Errorf("column %d is called %q", i, got[i].header)
		}
	}
}

func TestTheOrderOfTheColumns(t *testing.T) {
	t.Parallel()
	for slug, want := range map[string]string{
		"mexico":   "customerName wayCode customerAccountType customerAccount amount customerMobile customerEmail identity remark",
		"pakistan": "name bankName accountType bankNumber amount customerCert email mobile remark",
		"brazil":   "name bankType bankNumber amount email mobile identityType userIdentity remark",
		"kenya":    "mobile amount remark",
	} {
		var names []string
		for _, c := range layout(area(t, slug), English, nil) {
			names = append(names, c.field.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: %s", slug, got)
		}
	}
}

// What the notes call right is what the rules say.
func TestRightIsWhatTheRulesSay(t *testing.T) {
	t.Parallel()
	mexico := area(t, "mexico")
	for name, want := range map[string]string{
		"customerAccountType": "one of CLABE, DebitCard",
		"customerAccount":     "CLABE: a CLABE of 18 digits\nDebitCard: a card number of 16 digits",
		"amount":              "a whole number above 0, digits only, for example 1500",
		"remark":              "at most 200 characters",
	} {
		if got := right(mexico, mexico.Field(name)); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := shortest(mexico, mexico.Field("customerAccount")); got != 16 {
		t.Errorf("the shortest account has %d digits", got)
	}
	for _, area := range paypro.Areas() {
		for i := range area.Fields {
			if field := &area.Fields[i]; right(area, field) == "" {
				t.Errorf("%s: nothing to say of %s", area.Name, field.Name)
			}
		}
	}
}
