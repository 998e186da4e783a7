package statement_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/internal/statement"
)

// short is what a test looks at in lines.
func short(t *testing.T, s *statement.Statement) []string {
	t.Helper()
	var out []string
	for l, err := range s.Lines() {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, strings.TrimRight(fmt.Sprintf("%s %s %s %s%s %s", l.Day, l.Amount.Fixed(), l.Status, l.TradeNo, strings.Join(l.References, "+"), l.Narrative), " "))
	}
	return out
}

func TestProfilesGoBeforeNames(t *testing.T) {
	t.Parallel()
	mxn := statement.Options{Currency: money.MXN}
	columns := func(of ...string) map[statement.Field]statement.Headers {
		all := map[statement.Field]statement.Headers{}
		for _, one := range of {
			field, headers, _ := strings.Cut(one, "=")
			all[statement.Field(field)] = strings.Split(headers, "|")
		}
		return all
	}
	for name, one := range map[string]struct {
		text    string
		profile statement.Profile
		want    []string
	}{
		"other names, a sign, a comma, skipped rows": {
			"Fecha;Importe\nall that\nWhen;Much;What\n01/02/2026;1.500,50;a\n02/02/2026;-3;b\n",
			statement.Profile{Columns: columns("day=when", "amount=MUCH", "narrative=What"), Dates: []string{"DD/MM/YYYY"}, Decimal: "comma", Out: "positive", SkipRows: 2},
			[]string{"2026-02-01 1500.50 booked  a", "2026-02-02 -3.00 booked  b"},
		},
		"months first, names of its own for the rest": {
			"Date,Debit,Credit,Narration\n01/02/2026,5,,a\n", statement.Profile{Dates: []string{"01/02/2006"}}, []string{"2026-01-02 5.00 booked  a"},
		},
		"columns by letters and no header, both directions by words": {
			"a title\n2026-02-01,5,OUT!,r1\n2026-02-01,6,Abono,r2\n",
			statement.Profile{Columns: columns("day=A:", "amount=B:", "direction=C:", "reference=D:"), OutWords: []string{"out!"}, SkipRows: 1},
			[]string{"2026-02-01 5.00 booked r1", "2026-02-01 -6.00 booked r2"},
		},
		"a balance of another kind is left alone": {
			"Date,Debit,Credit,Balance\n2026-02-01,5,,1\n2026-02-02,5,,7\n2026-02-03,5,,7\n",
			statement.Profile{Columns: columns("balance=-")},
			[]string{"2026-02-01 5.00 booked", "2026-02-02 5.00 booked", "2026-02-03 5.00 booked"},
		},
		"orders with words of their own, the fee inside": {
			"No,Sum,Cost,What\nBP20261121101500ABCDEFGHJKMN,105,5,SENT\nBP20261121101501ABCDEFGHJKMN,10,0,gone\n",
			statement.Profile{
				Kind: statement.KindGateway, FeeInside: true, Columns: columns("tradeNo=No", "amount=Sum", "fee=Cost", "status=What"),
				Statuses: map[string]statement.Status{"sent": statement.StatusPaid, "Gone": statement.StatusReturned},
			},
			[]string{" 100.00 paid BP20261121101500ABCDEFGHJKMN", " -10.00 returned BP20261121101501ABCDEFGHJKMN"},
		},
		"quotes as banks leave them, a header of two lines, delimiters at the ends": {
			"\"Date\n(day)\",Narration,Debit,Credit\n2026-02-01,5\" disk,1.00,,\n2026-02-02,\"say \"\"a\"\"\",2.00,,\n",
			statement.Profile{},
			[]string{"2026-02-01 1.00 booked  5\" disk", "2026-02-02 2.00 booked  say \"a\""},
		},
		"a narrative of two lines": {
			"Date,Narration,Debit,Credit\n2026-02-01,\"a\nb, c\",1.00,\n", statement.Profile{}, []string{"2026-02-01 1.00 booked  a b, c"},
		},
		"alternatives, the first that is filled": {
			"A,B,Debit,Credit\n2026-02-01,,1,\n,2026-02-02,2,\n",
			statement.Profile{Columns: columns("day=A|B")},
			[]string{"2026-02-01 1.00 booked", "2026-02-02 2.00 booked"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			one.profile.Name = "own"
			if faults := one.profile.Check(); len(faults) > 0 {
				t.Fatal(faults)
			}
			asked := mxn
			asked.Profile = &one.profile
			s, err := at(t, one.text, asked)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(one.want, short(t, s)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if h := s.Header(); h.Profile != "own" {
				t.Errorf("profile %q", h.Profile)
			}
		})
	}
}

// Of several profiles the first whose columns are all there is used; one that was asked for and
// does not fit is refused with what it misses.
func TestWhichProfileIsUsed(t *testing.T) {
	t.Parallel()
	own := func(name, day string) *statement.Profile {
		return &statement.Profile{Name: name, Columns: map[statement.Field]statement.Headers{statement.FieldDay: {day}, "debit": {"Debit"}}}
	}
	text := "When,Debit,Credit\n2026-02-01,5,\n"
	s, err := at(t, text, statement.Options{Currency: money.MXN, Profiles: []*statement.Profile{{Name: "none"}, own("a", "Day"), own("b", "When")}})
	if err != nil || s.Header().Profile != "b" {
		t.Error(s, err)
	}
	_, err = at(t, text, statement.Options{Currency: money.MXN, Profile: own("a", "Day")})
	if err == nil || !strings.Contains(err.Error(), "missing: day of the profile a") {
		t.Error(err)
	}
	for want, o := range map[string]statement.Options{
		"the delimiter that was asked for":  {Delimiter: "none"},
		"the encoding that was asked for":   {Encoding: "rot13"},
		"is in INR by its profile; want a ": {Profile: &statement.Profile{Name: "x", Currency: "INR", Dates: []string{"YYYY-MM-DD"}}},
	} {
		o.Currency = money.MXN
		if _, err := at(t, "Date,Debit,Credit\n2026-02-01,5,\n", o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// workbook writes cells as they are: texts, numbers, times.
func workbook(t *testing.T, sheets map[string][][]any) string {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	style := must(book.NewStyle(&excelize.Style{NumFmt: 14}))
	for name, rows := range sheets {
		must(book.NewSheet(name))
		for r, row := range rows {
			for c, value := range row {
				cell := must(excelize.CoordinatesToCellName(c+1, r+1))
				must(0, book.SetCellValue(name, cell, value))
				if _, ok := value.(time.Time); ok {
					must(0, book.SetCellStyle(name, cell, cell, style))
				}
			}
		}
	}
	must(0, book.DeleteSheet("Sheet1"))
	path := filepath.Join(t.TempDir(), "s.xlsx")
	must(0, book.SaveAs(path))
	return path
}

func day(text string) time.Time { return must(time.Parse(time.DateOnly, text)) }

func TestWorkbooksKeepTheirKinds(t *testing.T) {
	t.Parallel()
	path := workbook(t, map[string][][]any{
		"Notes": {{"nothing"}},
		"Movimientos": {
			{"Banco Ejemplo"},
			{"Fecha", "Cargo", "Abono", "Saldo", "Referencia"},
			{day("2026-11-02"), 1500.5, nil, 8499.5, "0001"},
			{day("2026-11-03"), nil, 0.1, 8499.6, 12},
		},
	})
	s := must(statement.Open(path, statement.Options{Currency: money.MXN}))
	defer s.Close()
	if diff := cmp.Diff([]string{"2026-11-02 1500.50 booked 0001", "2026-11-03 -0.10 booked 12"}, short(t, s)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if h := s.Header(); h.Format != statement.XLSX || h.Opening.Fixed() != "10000.00" || h.Closing.Fixed() != "8499.60" {
		t.Errorf("%+v", h)
	}
	if _, err := statement.Open(path, statement.Options{Currency: money.MXN, Worksheet: "notes"}); err == nil {
		t.Error("a sheet without a table is a statement")
	}
	if _, err := statement.Open(path, statement.Options{Currency: money.MXN, Worksheet: "x"}); err == nil || !strings.Contains(err.Error(), "has no worksheet") {
		t.Error(err)
	}
}

func TestWhatAWorkbookHasDestroyedIsRefused(t *testing.T) {
	t.Parallel()
	for want, rows := range map[string][][]any{
		"has dates and texts in one column": {{"Fecha", "Cargo", "Abono"}, {day("2026-11-02"), 1, nil}, {"03/04/2026", 1, nil}},
		"column A (tradeNo): is a number whose last digits": {
			{"tradeNo", "orderAmount", "status", "successTime"}, {123456789012345678, 1, "0000", day("2026-11-02")},
		},
		"column B (Cargo): is not an amount": {{"Fecha", "Cargo", "Abono"}, {day("2026-11-02"), day("2026-11-02"), nil}},
		"column A (Fecha): is not a date":    {{"Fecha", "Cargo", "Abono"}, {46000, 1, nil}},
	} {
		_, err := statement.Open(workbook(t, map[string][][]any{"A": rows}), statement.Options{Currency: money.MXN})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "sheet A, row ") {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// A workbook that Excel has opened and saved has codes without their zeros.
func TestCodesWithoutTheirZerosAreKnown(t *testing.T) {
	t.Parallel()
	path := workbook(t, map[string][][]any{"A": {
		{"tradeNo", "orderAmount", "payAmount", "status", "successTime"},
		{"A1", 1, 1, 0, day("2026-11-02")},
		{"A2", 1, 0, 29, nil},
		{"A3", 1, 0, 15, nil},
		{"A4", 2, 1, 1, day("2026-11-02")},
	}})
	s := must(statement.Open(path, statement.Options{Currency: money.MXN}))
	defer s.Close()
	want := []string{"2026-11-02 1.00 paid A1", "2026-11-02 1.00 failed A2", "2026-11-02 1.00 open A3", "2026-11-02 1.00 paid A4"}
	if diff := cmp.Diff(want, short(t, s)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// An order without an amount is no title: it would be lost.
func TestAnOrderWithoutAnAmountIsAFault(t *testing.T) {
	t.Parallel()
	_, err := at(t, "tradeNo,orderAmount,status,successTime\nA1,,00029,\nA2,1,0000,2026-11-02\n", statement.Options{Currency: money.MXN})
	if err == nil || !strings.Contains(err.Error(), "row 2, column B (orderAmount): is empty") {
		t.Error(err)
	}
}
