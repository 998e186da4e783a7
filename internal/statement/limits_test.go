package statement_test

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/internal/statement"
)

// Whatever is too large is refused where it begins to be, and costs no memory.
func TestEverythingHasALimit(t *testing.T) {
	t.Parallel()
	mxn := statement.Options{Currency: money.MXN}
	long := strings.Repeat("x", 1<<20+64<<10)
	for name, one := range map[string]struct{ text, want string }{
		"a cell":               {"Date,Debit,Credit\n2026-11-21,1,\"" + long + "\"\n", "row 2: is longer than anything a statement has"},
		"columns":              {"Date,Debit,Credit\n2026-11-21,1" + strings.Repeat(",", 300) + "\n", "row 2: has more columns than any statement"},
		"an amount":            {"Date,Debit,Credit\n2026-11-21,12345678901234.00,\n", "row 2, column B (Debit): too large"},
		"a text of XML":        {camtHead + camtClose + "<Ntry>" + long + long, "is longer than anything a statement has"},
		"a tag of XML":         {camtHead + "<Ntry a=\"" + long + long + "\">", "is longer than anything a statement has"},
		"elements of XML":      {camtHead + "<Ntry>" + strings.Repeat("<a></a>", 11_000), "has more than 10000 elements in one a"},
		"elements of a head":   {camtHead + "<Ntry>" + strings.Repeat("<a></a><TxDtls></TxDtls>", 11_000), "has more than 10000 elements in one a"},
		"elements of an entry": {camtHead + "<Ntry><TxDtls>" + strings.Repeat("<a></a>", 11_000), "has more than 10000 elements in one a"},
		"statements of XML":    {camtHead + "</Stmt>" + strings.Repeat("<Stmt><Acct><Id><IBAN>000111222333</IBAN></Id></Acct></Stmt>", 10_000), "has more than 10000 statements"},
		"a line of MT940":      {swiftHead + ":61:" + long, "is longer than anything a statement has"},
		"lines of a field":     {swiftHead + ":61:2611211121D1,NTRFX\n:86:" + strings.Repeat("x\n", 200), "row 107, :86:: has too many lines"},
		"statements of MT940":  {strings.Repeat(":20:X\n:25:A\n:60F:C261121MXN1,\n:62F:C261121MXN1,\n-\n", 10_001), "has more than 10000 statements"},
		"an amount of MT940":   {swiftHead + ":61:2611211121D12345678901234567,NTRFX\n:62F:C261121MXN90,00\n-\n", "row 5, :61:: is not an amount: too large"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := at(t, one.text, mxn)
			if err == nil || !strings.Contains(err.Error(), one.want) {
				t.Errorf("%.300v, want %s", err, one.want)
			}
		})
	}
}

// Long texts that are none of a payout's numbers are cut, and nothing else is lost.
func TestLongTextsAreCut(t *testing.T) {
	t.Parallel()
	s, err := at(t, "Date,Debit,Credit,Reference,Narration\n2026-11-21,1,,\""+strings.Repeat("é", 5000)+"\",\""+strings.Repeat("y ", 50_000)+"\"\n2026-11-22,2,,a,b\n",
		statement.Options{Currency: money.MXN})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for l, err := range s.Lines() {
		if n++; err != nil || len(l.Narrative) > 16<<10 || len(l.References) != 1 || len(l.References[0]) > 1024 {
			t.Errorf("%d, %d, %v", len(l.Narrative), len(l.References), err)
		}
	}
	if n != 2 {
		t.Errorf("%d lines", n)
	}
}

func TestPagesOpenAndCloseWithInterimBalances(t *testing.T) {
	t.Parallel()
	bal := func(code, amount string) string {
		return `<Bal><Tp><CdOrPrtry><Cd>` + code + `</Cd></CdOrPrtry></Tp><Amt Ccy="MXN">` + amount + `</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>`
	}
	account := `<Acct><Id><IBAN>A1</IBAN></Id></Acct>`
	text := `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.04"><BkToCstmrStmt>` +
		"<Stmt>" + account + bal("PRCD", "99.00") + bal("OPBD", "100.00") + bal("ITBD", "90.00") + camtNtry + "</Stmt>" +
		"<Stmt>" + account + bal("ITBD", "90.00") + bal("ITBD", "80.00") + camtNtry + "</Stmt>" +
		"<Stmt>" + account + bal("CLBD", "70.00") + bal("ITBD", "80.00") + camtNtry + "</Stmt>" +
		"</BkToCstmrStmt></Document>"
	s, err := at(t, text, statement.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if h := s.Header(); h.Opening.Fixed() != "100.00" || h.Closing.Fixed() != "70.00" || h.Statements != 3 || len(s.Assumed()) != 0 {
		t.Errorf("%+v %q", h, s.Assumed())
	}
	s, err = at(t, strings.Replace(text, bal("ITBD", "80.00")+camtNtry, camtNtry, 1), statement.Options{})
	if err != nil || len(s.Assumed()) != 1 || !strings.Contains(s.Assumed()[0], "without balances") {
		t.Errorf("a page without its end: %v %q", err, s.Assumed())
	}
}

// UTF-16 is known without a mark, by the zeros of its digits.
func TestEncodings(t *testing.T) {
	t.Parallel()
	text := "Fecha;Narración;Cargo;Abono\n2026-11-21;Año;1,50;\n"
	wide := utf16.Encode([]rune(text))
	little, big := make([]byte, 2*len(wide)), make([]byte, 2*len(wide))
	for i, unit := range wide {
		binary.LittleEndian.PutUint16(little[2*i:], unit)
		binary.BigEndian.PutUint16(big[2*i:], unit)
	}
	for name, data := range map[string]string{"UTF-16LE": string(little), "UTF-16BE": string(big), "UTF-8": "\ufeff" + text} {
		s, err := at(t, data, statement.Options{Currency: money.MXN})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := short(t, s); len(got) != 1 || got[0] != "2026-11-21 1.50 booked  Año" || !strings.Contains(s.Assumed()[0], name) {
			t.Errorf("%s: %q, %q", name, got, s.Assumed())
		}
	}
	s, err := at(t, "Fecha;Narraci\xa2n;Cargo;Abono\n2026-11-21;A\xa4o;1,50;\n", statement.Options{Currency: money.MXN, Encoding: "cp850"})
	if err != nil || short(t, s)[0] != "2026-11-21 1.50 booked  Año" {
		t.Error(err)
	}
}

func TestDirectionsAndBalancesInTheirForms(t *testing.T) {
	t.Parallel()
	s, err := at(t, "Date,Amount,D/C,Balance\n2026-11-21,5.00,+,4.00 DR\n2026-11-21,1.00,-,5.00 DR\n2026-11-22,6.00,Haben,1.00 CR\n2026-11-22,1.00,s,0.00\n", statement.Options{Currency: money.MXN})
	if err != nil {
		t.Fatal(err)
	}
	if h := s.Header(); h.Opening.Fixed() != "-9.00" || h.Closing.Fixed() != "0.00" || h.Out.Fixed() != "2.00" || h.In.Fixed() != "11.00" {
		t.Errorf("%+v", h)
	}
	_, err = at(t, "Date,Amount,D/C,Balance\n2026-11-21,5.00,both,4.00\n2026-11-21,5.00,,x\n", statement.Options{Currency: money.MXN})
	if err == nil || !strings.Contains(err.Error(), "row 2, column C (D/C): does not say whether") || !strings.Contains(err.Error(), "row 3, column C (D/C): is empty") {
		t.Error(err)
	}
}
