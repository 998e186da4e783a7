package journal

import (
	"bytes"
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// sample has an entry of each kind.
func sample() []Entry {
	base := Entry{
		Day: "2026-01-31", Merchant: "acme-mx", Batch: "MX-20260131-7K3QF", Row: 2, TradeNo: "BP20260131120000AAAAAAAAAAAA",
		PlatformTradeNo: "202601310000000001", Count: 1, accounts: DefaultAccounts,
	}
	var entries []Entry
	for i, step := range []step{
		steps[[2]Position{Owed, Settled}], steps[[2]Position{Owed, Suspend}], steps[[2]Position{Suspend, Settled}],
		steps[[2]Position{Suspend, Owed}], steps[[2]Position{Settled, CameBack}],
		{Fee, Fees, Gateway, "fee, bank.csv line 7"},
		{Returned, Gateway, Reversals, "the money is back, bank.csv line 8"},
	} {
		e := base
		e.ID, e.Event, e.Kind = fmt.Sprintf("BP%d-9F3A7C", i+10), int64(i+10), step.kind
		e.Text = fmt.Sprintf("%s row %d %s: %s", e.Batch, e.Row, e.TradeNo, step.text)
		switch i {
		case 1:
			e.PlatformTradeNo = ""
		case 2:
			e.Word, e.Text = "person:maria", e.Text+", on a person's word"
		case 3:
			e.PlatformTradeNo = "=cmd|' /C calc'!A0\"; x:1, \n\\" // a stranger's
		}
		entries = append(entries, e.post(step.debit, step.credit, pesos(int64(150050+i))))
	}
	return entries
}

func written(t *testing.T, format Format, entries []Entry) string {
	t.Helper()
	var b bytes.Buffer
	w, err := NewWriter(format, &b, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if err := w.Write(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestLayouts(t *testing.T) {
	t.Parallel()
	for _, format := range Formats() {
		got := written(t, format, sample())
		path := filepath.Join("testdata", string(format)+".golden")
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.ReplaceAll(string(want), "\r\n", "\n"), got); diff != "" {
			t.Errorf("%s (-want +got); -update writes it anew:\n%s", format, diff)
		}
	}
}

// booking is what every layout must say, read back from it.
type booking struct{ id, day, account, amount string }

func bookings(entries []Entry) []booking {
	var all []booking
	for _, e := range entries {
		for _, side := range e.Lines() {
			amount, _, _ := strings.Cut(signed(side), " ")
			all = append(all, booking{e.ID, e.Day, side.Account, amount})
		}
	}
	return all
}

func TestEveryLayoutSaysTheSame(t *testing.T) {
	t.Parallel()
	entries := sample()
	for format, read := range map[Format]func(*testing.T, string) []booking{
		CSV: readPlain, QuickBooks: readQuickBooks, Xero: readXero, Odoo: readOdoo, HLedger: readHLedger, Beancount: readBeancount,
	} {
		if diff := cmp.Diff(bookings(entries), read(t, written(t, format, entries)), cmp.AllowUnexported(booking{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", format, diff)
		}
	}
}

// records reads a CSV by its header.
func records(t *testing.T, text string) []map[string]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var all []map[string]string
	for _, row := range rows[1:] {
		record := map[string]string{}
		for i, name := range rows[0] {
			record[name] = row[i]
		}
		all = append(all, record)
	}
	return all
}

func sided(debit, credit string) string {
	if debit != "" && debit != "0" {
		return debit
	}
	return "-" + credit
}

func readPlain(t *testing.T, text string) []booking {
	var all []booking
	for _, r := range records(t, text) {
		all = append(all, booking{r["entry"], r["date"], r["account"], sided(r["debit"], r["credit"])})
	}
	return all
}

func readQuickBooks(t *testing.T, text string) []booking {
	var all []booking
	for _, r := range records(t, text) {
		day := r["JournalDate"]
		all = append(all, booking{r["JournalNo"], day[6:] + "-" + day[:2] + "-" + day[3:5], r["AccountName"], sided(r["Debits"], r["Credits"])})
	}
	return all
}

func readXero(t *testing.T, text string) []booking {
	var all []booking
	for _, r := range records(t, text) {
		day, id := r["*Date"], strings.Fields(r["*Narration"])[0]
		all = append(all, booking{id, day[6:] + "-" + day[3:5] + "-" + day[:2], r["*AccountCode"], r["*Amount"]})
	}
	return all
}

func readOdoo(t *testing.T, text string) []booking {
	var all []booking
	var id, day string
	for _, r := range records(t, text) {
		if r["id"] != "" {
			id, day = r["ref"], r["date"]
		}
		all = append(all, booking{id, day, r["line_ids/account_id"], sided(r["line_ids/debit"], r["line_ids/credit"])})
	}
	return all
}

// readHLedger reads as hledger's manual says: a date, a mark and a code begin
// a transaction; two blanks part an account from its amount; what follows a
// semicolon is a comment; a blank line ends the transaction.
func readHLedger(t *testing.T, text string) []booking {
	t.Helper()
	head := regexp.MustCompile(`^(\d{4}-\d\d-\d\d) \* \(([^)]+)\) [^;|]+$`)
	comment := regexp.MustCompile(`^    ; ([a-zA-Z]+: [^,:]*(, |$))+$`)
	posting := regexp.MustCompile(`^    ([^; ](?:[^ ;]| [^ ;])*)  (-?\d+\.\d\d) ([A-Z]{3})$`)
	return readText(t, text, head, comment, posting)
}

// readBeancount reads as beancount's grammar says: a date, a flag, two strings
// and a link; metadata in quotes; postings.
func readBeancount(t *testing.T, text string) []booking {
	t.Helper()
	head := regexp.MustCompile(`^(\d{4}-\d\d-\d\d) \* "bulkpay" "[^"\\]+" \^([A-Za-z0-9\-_/.]+)$`)
	metadata := regexp.MustCompile(`^  [a-z][a-zA-Z0-9\-_]+: "[^"\\]*"$`)
	posting := regexp.MustCompile(`^  ((?:Assets|Liabilities|Equity|Income|Expenses)(?::[A-Z0-9][A-Za-z0-9-]*)+)  (-?\d+\.\d\d) ([A-Z]{3})$`)
	return readText(t, text, head, metadata, posting)
}

func readText(t *testing.T, text string, head, comment, posting *regexp.Regexp) []booking {
	t.Helper()
	var all []booking
	for entry := range strings.SplitSeq(strings.TrimSuffix(text, "\n\n"), "\n\n") {
		lines := strings.Split(entry, "\n")
		begin := head.FindStringSubmatch(lines[0])
		if begin == nil {
			t.Fatalf("%q begins no transaction", lines[0])
		}
		for _, line := range lines[1:] {
			found := posting.FindStringSubmatch(line)
			switch {
			case found != nil:
				all = append(all, booking{begin[2], begin[1], found[1], found[2]})
			case !comment.MatchString(line):
				t.Fatalf("%q is neither a posting nor a comment", line)
			}
		}
	}
	return all
}

func TestNoCellBecomesAFormula(t *testing.T) {
	t.Parallel()
	for _, format := range []Format{CSV, QuickBooks, Xero, Odoo} {
		for _, record := range records(t, written(t, format, sample())) {
			for name, cell := range record {
				amount := format == Xero && name == "*Amount" // below zero: a number, and nobody else's
				if cell != "" && strings.ContainsRune("=+-@\t", rune(cell[0])) && !amount {
					t.Errorf("%s: %s begins with %q", format, name, cell[:1])
				}
			}
		}
	}
}

func TestFormatsAreFoundByName(t *testing.T) {
	t.Parallel()
	for _, format := range Formats() {
		if got, ok := ParseFormat(strings.ToUpper(string(format))); !ok || got != format {
			t.Errorf("%s: %s, %t", format, got, ok)
		}
	}
	if _, ok := ParseFormat("sap"); ok {
		t.Error("there is no sap")
	}
	if _, err := NewWriter("sap", nil, Options{}); err == nil {
		t.Error("there is no writer for sap")
	}
}

func TestTotalsAddUpWhatIsOver(t *testing.T) {
	t.Parallel()
	var entries []Entry
	for _, day := range []string{"2026-01-31", "2026-01-30", "2026-02-01"} {
		for _, e := range append(sample(), sample()...) {
			e.Day = day
			entries = append(entries, e)
		}
	}
	var b bytes.Buffer
	to, err := NewWriter(CSV, &b, Options{})
	if err != nil {
		t.Fatal(err)
	}
	totals := &Totals{To: to, Today: "2026-02-01"}
	for _, e := range entries {
		if err := totals.Write(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := totals.Close(); err != nil {
		t.Fatal(err)
	}
	if totals.Left != 14 {
		t.Errorf("%d left for tomorrow", totals.Left)
	}
	all := records(t, b.String())
	if len(all) != 2*2*7 {
		t.Fatalf("%d lines", len(all))
	}
	ids := map[string]int{}
	for _, r := range all {
		ids[r["entry"]]++
		if r["tradeNo"] != "" || r["platFormTradeNo"] != "" || r["payouts"] != "2" || len(r["entry"]) > 21 {
			t.Errorf("%v", r)
		}
	}
	if len(ids) != 14 || !slices.IsSortedFunc(all, func(a, b map[string]string) int { return strings.Compare(a["date"], b["date"]) }) {
		t.Errorf("%v", ids)
	}
	if paid := all[slices.IndexFunc(all, func(r map[string]string) bool { return r["kind"] == "paid" })]; paid["debit"] != "3001.00" || paid["text"] != "MX-20260131-7K3QF: 2 payouts paid" {
		t.Errorf("%v", paid)
	}
}
