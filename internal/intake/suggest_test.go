package intake

import (
	"strings"
	"testing"

	"github.com/bulkpay/bulkpay/ingest"
)

func TestWhatASpreadsheetLeavesOfAnAccount(t *testing.T) {
	t.Parallel()
	for damaged, may := range map[string]bool{
		"":                     true,
		"#N/A":                 true,
		"2026-11-21":           true,
		"21/11/2026":           true,
		"TRUE":                 true,
		"1.218E+16":            true, // 012180000000001234 without its zero
		"1,2180000000001E+16":  true,
		"12180000000001200":    true, // rounded to fifteen digits
		"12180000000001234":    true, // its zero is lost
		"01218000000000123":    true, // the last digit is lost
		"0121 8000 0000 0000":  true,
		"012180000000001234":   false, // it is the account
		"1.3E+16":              false,
		"12180000000001300":    false,
		"22180000000001234":    false,
		"012180000000001235":   false, // a slip of the finger
		"O12180000000001234":   false,
		"0":                    false, // nothing to compare
		"0121800000000012345":  false,
		"somebody's IBAN DE12": false,
	} {
		if got := mayHaveBeen(damaged, "012180000000001234"); got != may {
			t.Errorf("%q may have been it: %v", damaged, got)
		}
	}
}

// The value last paid is proposed, for a person to look at, and printed
// nowhere.
func TestDamagedAccountGetsTheOneLastPaid(t *testing.T) {
	t.Parallel()
	d := setup(t)
	batch, err := d.importSheet(d.sheet("november.csv", to("Ana", 1, 100), to("Bea", 2, 100), to("Eva", 3, 100), to("Eva", 33, 500)), d.with(Pay, "all of them"))
	d.must(err)
	d.settle(batch, wasPaid)
	damaged := func(name, account string) string {
		return "BANXICO," + name + ",CLABE," + account + ",100,,"
	}
	wrong := "646180000000000001" // the check digit is another
	path := d.sheet(
		"december.csv",
		damaged("Ana", "6.4618E+17"),
		damaged("BEA", clabe(2)[:15]+"000"),
		damaged("Ana", wrong),
		damaged("Zoe", "6.4618E+17"), // nobody knows her
		damaged("Eva", "6.4618E+17"), // she has two
		damaged("", "6.4618E+17"),
		"BANXICO,Ana,DebitCard,6.4618E+17,100,,", // no CLABE is a card
		damaged("Ana", "7.1218E+17"),             // it was another account
		damaged("Ana", "#N/A"),
		damaged("Ana", ""),
	)
	_, problems, _ := d.examine(path)
	got := map[int]string{}
	for _, p := range problems {
		if p.Suggest != "" {
			got[p.Row] = p.Suggest
		}
		if strings.Contains(p.Error(), clabe(1)) || strings.Contains(p.Error(), clabe(2)) {
			t.Errorf("it is printed: %v", p)
		}
	}
	d.equal(got, map[int]string{2: clabe(1), 3: clabe(2), 10: clabe(1), 11: clabe(1)})

	// Without a ledger nothing is known.
	e, err := Examine(t.Context(), path, d.open(path), Past{}, Seen{Problem: func(p ingest.Problem) error {
		if p.Suggest != "" {
			t.Error("a suggestion out of nothing")
		}
		return nil
	}})
	d.must(err)
	d.must(e.Close())
}
