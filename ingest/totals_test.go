package ingest

import (
	"strings"
	"testing"
)

func TestTotalsRows(t *testing.T) {
	t.Parallel()
	const a, b = "BANORTE,Ana Ruiz,CLABE,072180000012345012,1500\n", "BANORTE,Eva Paz,CLABE,072180000012345012,500\n"
	for name, test := range map[string]struct {
		rows string
		want string // the summary
		sum  string // of Totals, "" without
		note string
	}{
		"agrees":             {a + b + ",,,TOTAL,2000\n", "2\n3\n", "2,000.00 MXN", "row 4 is the total, and agrees"},
		"in another column":  {a + b + ",Total a pagar:,,,\"2,000.00\"\n", "2\n3\n", "2,000.00 MXN", "agrees"},
		"with a count":       {a + b + "2 pagos,Gran total,,,2000\n", "2\n3\n", "2,000.00 MXN", "agrees"},
		"wrong count":        {a + b + "3 pagos,Gran total,,,2000\n", "2\n3\n4 :counts 3 rows, and there are 2\n", "2,000.00 MXN", ""},
		"count alone":        {a + b + "Total 2 rows,,,,\n", "2\n3\n", "", ""},
		"Portuguese":         {a + b + "Soma,,,,2000\n", "2\n3\n", "2,000.00 MXN", "agrees"},
		"Vietnamese":         {a + b + "Tổng cộng,,,,2000\n", "2\n3\n", "2,000.00 MXN", "agrees"},
		"too much":           {a + b + "Total,,,,2500\n", "2\n3\n4 :says that the total is 2,500.00 MXN, and the 2 rows add up to 2,000.00 MXN: 500.00 MXN more\n", "2,500.00 MXN", ""},
		"too little":         {a + b + "Total,,,,1500\n", "2\n3\n4 :says that the total is 1,500.00 MXN, and the 2 rows add up to 2,000.00 MXN: 500.00 MXN less\n", "1,500.00 MXN", ""},
		"not a number":       {a + b + "Total,,,,many\n", "2\n3\n4 E:is not a plain number\n", "", ""},
		"an error":           {a + b + "Total,,,,#REF!\n", "2\n3\n4 E:has no total: the formula has no result\n", "", ""},
		"rows below":         {a + "Total,,,,1500\n" + b, "2\n4 :stands below a total\n", "1,500.00 MXN", "agrees"},
		"a signature":        {a + b + "Total,,,,2000\n,,,,\n,Elaboró: Eva Paz,,,\n", "2\n3\n", "2,000.00 MXN", "row 6 stands below the total with neither account nor amount: ignored"},
		"subtotals":          {a + "Subtotal,,,,1500\n" + b + "Total,,,,2000\n", "2\n3 :is a subtotal among the payouts\n4\n", "2,000.00 MXN", "agrees"},
		"a faulty row":       {a + ",Eva Paz,CLABE,072180000012345012,500\nTotal,,,,2000\n", "2\n3 A:is empty\n", "2,000.00 MXN", "agrees"},
		"an unread amount":   {a + "BANORTE,Eva Paz,CLABE,072180000012345012,x\nTotal,,,,2000\n", "2\n3 E:is not a plain number\n", "2,000.00 MXN", "could not be compared: 1 amounts"},
		"a payee named so":   {a + "BANORTE,Total Play,CLABE,072180000012345012,500\n", "2\n3\n", "", ""},
		"no word":            {a + b + ",,,,2000\n", "2\n3\n4 A:is empty B:is empty C:is empty D:is empty\n", "", ""},
		"a name and no more": {a + ",Total,,,\n", "2\n3 A:is empty C:is empty D:is empty E:is empty\n", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sheet := must(setup(t, "a.csv", []byte(mexicanHeader+"\n"+test.rows), Options{}))
			for range 2 {
				if got := summary(drain(t, sheet)); got != test.want {
					t.Errorf("%s", got)
				}
			}
			totals, ok := sheet.Totals()
			if got := totals.Sum.String(); test.sum != "" && (!ok || !totals.HasSum || got != test.sum) || test.sum == "" && totals.HasSum {
				t.Errorf("%+v", totals)
			}
			if notes := strings.Join(sheet.Notes(), "\n"); !strings.Contains(notes, test.note) {
				t.Error(notes)
			}
		})
	}
}

func TestCounts(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]int{"40 rows": 40, "Total: 1,000 rows": 1000, "1.234.567 pagos": 1234567, "1 000 filas": 1000, "40": -1, "rows": -1, "4 0 rows": -1, "40 pesos": -1} {
		got, ok := countIn(cell)
		if !ok {
			got = -1
		}
		if got != want {
			t.Errorf("%q: %d", cell, got)
		}
	}
}

func TestExamplesAreIgnored(t *testing.T) {
	t.Parallel()
	content := mexicanHeader + ",Concepto\nBANORTE,EXAMPLE: Ana,CLABE,1,1,\n" + mexicanRow + ",\nexample: x,,,,,\n" + mexicanRow + ",for example: x\n"
	sheet := must(setup(t, "a.csv", []byte(content), Options{}))
	if got := summary(drain(t, sheet)); got != "3\n5\n" {
		t.Error(got)
	}
	if notes := strings.Join(sheet.Notes(), "\n"); notes != "rows 2, 4: an example, ignored" {
		t.Error(notes)
	}
}
