package ingest

import (
	"strings"
	"testing"

	"github.com/bulkpay/bulkpay/internal/samplegen"
	"github.com/bulkpay/bulkpay/paypro"
)

// A bank that is not on the list warns, and stops the row if that was asked
// for; an account of another bank warns only.
func TestBanksAreLookedUp(t *testing.T) {
	t.Parallel()
	banks := must(paypro.ReadBanks(area("mexico"), strings.NewReader("code,prefix,name\nBANORTE,072,Banorte\nBBVA MEXICO,012,BBVA\n"), "banks.csv"))
	content := mexicanHeader + "\n" + mexicanRow + "\n" + strings.Replace(mexicanRow, "BANORTE", "BANKORTE", 1) + "\n" +
		strings.Replace(mexicanRow, "072180000012345012", samplegen.CLABE("012", 1234), 1) + "\nbad bank!,Ana Ruiz,CLABE,072180000012345012,1500\n"
	for _, test := range []struct {
		o    Options
		want string
	}{
		{Options{}, "2\n3\n4\n5 A:has characters that do not belong there\n"},
		{Options{Banks: banks}, "2\n3 (A:is not in the list of banks)\n4 (D:does not start like the accounts of the bank named)\n5 A:has characters that do not belong there\n"},
		{Options{Banks: banks, StrictBanks: true}, "2\n3 A:is not in the list of banks\n4 (D:does not start like the accounts of the bank named)\n5 A:has characters that do not belong there\n"},
	} {
		var got strings.Builder
		for _, row := range drain(t, must(setup(t, "a.csv", []byte(content), test.o))) {
			line := strings.TrimSuffix(summary([]Row{row}), "\n")
			for _, warning := range row.Warnings {
				line += " (" + warning.Column + ":" + warning.What + ")"
			}
			got.WriteString(line + "\n")
		}
		if got.String() != test.want {
			t.Errorf("%s", got.String())
		}
	}
}

// A phone number that is kept as a number has lost nothing if it is known to
// be one as it stands.
func TestPhoneNumbersKeptAsNumbers(t *testing.T) {
	t.Parallel()
	header := []any{"Banco", "Nombre", "Tipo de cuenta", "Cuenta", "Monto", "Celular"}
	content := workbookBytes(t, map[string][][]any{"A": {
		header,
		{"BANORTE", "Ana Ruiz", "CLABE", "072180000012345012", 1500, 5512345678},
		{"BANORTE", "Ana Ruiz", "CLABE", "072180000012345012", 1500, 12345678},
	}})
	rows := drain(t, must(setup(t, "a.xlsx", content, Options{})))
	if len(rows[0].Problems)+len(rows[0].Warnings) > 0 {
		t.Errorf("%v %v", rows[0].Problems, rows[0].Warnings)
	}
	if len(rows[1].Problems) > 0 || len(rows[1].Warnings) == 0 {
		t.Errorf("%v %v", rows[1].Problems, rows[1].Warnings)
	}
}
