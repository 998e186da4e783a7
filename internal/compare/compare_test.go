package compare

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/bulkpay/bulkpay/ingest"
	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/internal/samplegen"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// desk is a folder with sheets and a ledger beside it.
type desk struct {
	*testing.T
	folder   string
	book     *ledger.Ledger
	merchant ledger.Merchant
	now      time.Time
}

func setup(t *testing.T) *desk {
	t.Helper()
	d := &desk{T: t, folder: t.TempDir(), now: time.Date(2026, 7, 21, 9, 0, 0, 0, time.UTC)}
	var err error
	d.book, err = ledger.Create(t.Context(), filepath.Join(d.folder, "book.db"), ledger.Options{Now: func() time.Time { return d.now }})
	d.must(err)
	t.Cleanup(func() { d.must(d.book.Close()) })
	d.merchant, err = d.book.Merchant(t.Context(), ledger.Merchant{
		Name: "acme-mx", Area: mexico().Code, Currency: mexico().Currency, MerchantNo: "1", Gateway: "sandbox",
	})
	d.must(err)
	return d
}

func mexico() *paypro.Area {
	area, _ := paypro.LookupArea("mexico")
	return area
}

func (d *desk) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

func (d *desk) equal(found, expected any) {
	d.Helper()
	if diff := cmp.Diff(expected, found); diff != "" {
		d.Errorf("(-want +got)\n%s", diff)
	}
}

// row is who gets how much.
type row struct {
	name   string
	to     uint64
	amount int64
}

func clabe(n uint64) string { return samplegen.CLABE("646", n) }

// pay makes a batch of rows and pays all of it.
func (d *desk) pay(source string, rows ...row) ledger.Batch {
	d.Helper()
	d.now = d.now.Add(30 * 24 * time.Hour)
	ctx := d.Context()
	batch, err := d.book.Import(ctx, ledger.NewBatch{
		Merchant: d.merchant, Source: source, Original: ledger.Text(source), Actor: "maria", Content: func() string { return source },
	}, func(yield func(ledger.NewRow, error) bool) {
		for i, r := range rows {
			n := ledger.NewRow{
				Row: i + 2, Amount: money.FromMinor(money.MXN, r.amount*100), Readable: true, Fields: map[string]string{},
				PayeeName: r.name, PayeeAccount: clabe(r.to), Fingerprint: fmt.Append(make([]byte, 0, 32), source, i),
			}
			if !yield(n, nil) {
				return
			}
		}
	})
	d.must(err)
	lease, err := d.book.Acquire(ctx, d.merchant)
	d.must(err)
	defer func() { d.must(lease.Release()) }()
	claimed, err := d.book.Claim(ctx, lease, batch.ID, len(rows))
	d.must(err)
	var outcomes []ledger.Outcome
	for _, p := range claimed {
		outcomes = append(outcomes, ledger.Outcome{
			Payout: p, Attempt: p.Attempts, Kind: ledger.Paid, PlatformTradeNo: "P" + p.TradeNo, Evidence: []byte("{}"), Actor: ledger.ActorSubmit,
		})
	}
	_, err = d.book.Record(ctx, ledger.Policy{}, outcomes)
	d.must(err)
	return batch
}

// compare sets a sheet of rows, and more lines, beside the ledger.
func (d *desk) compare(o Options, rows []row, more ...string) *Comparison {
	d.Helper()
	text := "wayCode,customerName,customerAccountType,customerAccount,amount,tradeNo\n"
	for _, r := range rows {
		text += fmt.Sprintf("BANXICO,%s,CLABE,%s,%d,\n", r.name, clabe(r.to), r.amount)
	}
	for _, line := range more {
		text += line + "\n"
	}
	path := filepath.Join(d.folder, "sheet.csv")
	d.must(os.WriteFile(path, []byte(text), 0o600))
	sheet, err := ingest.Open(path, ingest.Options{Area: mexico(), Constants: samplegen.Constants()})
	d.must(err)
	defer sheet.Close()
	c, err := Sheet(d.Context(), sheet, d.book, d.merchant, o)
	d.must(err)
	return c
}

// in is what a list has, in a word each.
func in(l List) []string {
	all := []string{fmt.Sprint(l.Count, " ", l.Sum)}
	for _, r := range l.Rows {
		all = append(all, strings.TrimSpace(fmt.Sprint(r.Row, " ", r.Name, " ", r.Was, r.Usual, " ", r.Why)))
	}
	return all
}

func TestWhatIsNotAsItWasIsListed(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.pay("july.xlsx", row{"Ana Peña", 1, 1000}, row{"Bea", 2, 2000}, row{"Eva", 3, 3000}, row{"Iva", 4, 4000})
	d.pay("august.xlsx", row{"Ana Peña", 1, 1000}, row{"Bea", 2, 2000}, row{"Eva", 3, 3000}, row{"Iva", 4, 4000})
	batch := d.pay("september.xlsx", row{"Ana Peña", 1, 1000}, row{"Bea", 2, 2000}, row{"Eva", 3, 3000}, row{"Iva", 4, 4000}, row{"Olga", 5, 500})
	c := d.compare(Options{}, []row{
		{"ANA PENA", 1, 1200},  // a raise
		{"Bea", 22, 2000},      // another account
		{"Eva", 3, 30000},      // ten times as much
		{"Carla", 4, 4000},     // Iva's account
		{"Zoe", 8, 100},        // new
		{"Zoltan", 9, 900_000}, // new, and very much
	}, "BANXICO,Olga,CLABE,12,500,") // faulty, but there
	d.equal([]any{c.Sheet.Rows, c.Sheet.Sum, c.Before.Batch, c.Before.Rows, c.Before.Sum, c.Drift.Rows, c.Drift.Sum, *c.Drift.PerMille, c.Invalid, c.Known},
		[]any{6, "937300.00", batch.Code, 5, "10500.00", 1, "926800.00", int64(88267), 1, 0})
	d.equal(in(c.New), []string{"2 900100.00", "7 Zoltan", "6 Zoe"})
	d.equal(in(c.Changed), []string{"1 2000.00", "3 Bea " + "••••" + clabe(2)[14:]})
	d.equal(in(c.OtherName), []string{"1 4000.00", "5 Carla  as in batch " + batch.Code + ", row 5"})
	d.equal(in(c.Unusual), []string{
		"2 930000.00", "7 Zoltan 2000.00 450.0 times the median of the batch before", "4 Eva 3000.00 10.0 times",
	})
	d.equal(in(c.Vanished), []string{"0 0.00"})

	c = d.compare(Options{}, []row{{"Olga", 5, 500}, {"Bea", 2, 2000}})
	d.equal(in(c.Vanished), []string{"3 8000.00", "5 Iva", "4 Eva", "2 Ana Peña"})
	d.equal(c.Vanished.Rows[0].Account, "••••"+clabe(4)[14:])
}

func TestEverythingIsNewToAnEmptyLedger(t *testing.T) {
	t.Parallel()
	d := setup(t)
	c := d.compare(Options{}, []row{{"Ana", 1, 1}, {"Bea", 2, 1_000_000}})
	d.equal([]any{c.Before == nil, c.Drift == nil, c.New.Count, c.Unusual.Count}, []any{true, true, 2, 0})
	var page bytes.Buffer
	d.must(c.WriteText(&page, 80))
	if !strings.Contains(page.String(), "no batch before") || strings.Contains(page.String(), "any more") {
		t.Error(page.String())
	}
}

func TestAnotherBatchMayBeTheOneBefore(t *testing.T) {
	t.Parallel()
	d := setup(t)
	july := d.pay("july.xlsx", row{"Ana", 1, 1000}, row{"Bea", 2, 2000})
	d.pay("repair.xlsx", row{"Eva", 3, 50})
	c := d.compare(Options{Against: &july}, []row{{"Ana", 1, 1000}})
	d.equal([]any{c.Before.Batch, in(c.Vanished)}, []any{july.Code, []string{"1 2000.00", "3 Bea"}})
}

func TestRowsThatArePayoutsAlreadyAreNotCompared(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.pay("july.xlsx", row{"Ana", 1, 1000})
	var number string
	batch, err := d.book.PreviousBatch(t.Context(), d.merchant.ID, 0)
	d.must(err)
	for p, err := range d.book.Payees(t.Context(), batch.ID) {
		d.must(err)
		number = p.TradeNo
	}
	c := d.compare(Options{}, nil, "BANXICO,Zoe,CLABE,"+clabe(9)+",999999,"+number)
	d.equal([]any{c.Known, c.Sheet.Rows, c.New.Count, c.Vanished.Count}, []any{1, 0, 0, 0})
}

func TestListsNameTheLargestAndCountAll(t *testing.T) {
	t.Parallel()
	d := setup(t)
	var rows []row
	for i := range 100 {
		rows = append(rows, row{fmt.Sprintf("Payee %c%c", 'A'+i%26, 'a'+i/26), uint64(i + 1), int64(1 + (i*37)%100)})
	}
	c := d.compare(Options{Listed: 3}, rows)
	d.equal([]any{c.New.Count, c.New.Sum, len(c.New.Rows)}, []any{100, "5050.00", 3})
	d.equal([]string{c.New.Rows[0].Amount, c.New.Rows[1].Amount, c.New.Rows[2].Amount}, []string{"100.00", "99.00", "98.00"})
}

func TestThePageIsAPageAndTellsNoAccount(t *testing.T) {
	t.Parallel()
	d := setup(t)
	var before, now []row
	for i := range 60 {
		name := fmt.Sprintf("María de los Ángeles Hernández Villaseñor %c%c", 'A'+i%26, 'a'+i/26)
		before = append(before, row{name, uint64(i + 1), 1000}, row{"gone " + name, uint64(i + 200), 1000})
		now = append(now, row{name, uint64(i + 1 + 1000*(i%2)), int64(1000 + 9000*(i%3))}, row{"new " + name, uint64(i + 400), 10_000_000})
	}
	d.pay("before.xlsx", before...)
	c := d.compare(Options{}, now)
	text, err := json.Marshal(c)
	d.must(err)
	for _, columns := range []int{80, 0, 100, 200} {
		var page bytes.Buffer
		d.must(c.WriteText(&page, columns))
		lines := strings.Split(page.String(), "\n")
		if len(lines) > 70 {
			t.Errorf("%d lines of %d columns", len(lines), columns)
		}
		for _, line := range lines {
			if n := columnsOf(line); n > min(max(columns, minWidth), maxWidth) {
				t.Errorf("%d columns of %d: %s", n, columns, line)
			}
		}
		for _, r := range slices.Concat(before, now) {
			if strings.Contains(page.String(), clabe(r.to)) || bytes.Contains(text, []byte(clabe(r.to))) {
				t.Fatal("an account is not masked")
			}
		}
	}
}

func TestPageReadsWell(t *testing.T) {
	t.Parallel()
	d := setup(t)
	d.pay("august.xlsx", row{"Ana Peña", 1, 1000}, row{"Bea", 2, 2000}, row{"Eva", 3, 3000})
	batch := d.pay("september.xlsx", row{"Ana Peña", 1, 1000}, row{"Bea", 2, 2000}, row{"Eva", 3, 3000})
	c := d.compare(Options{}, []row{{"Ana Peña", 1, 1000}, {"Bea", 22, 2000}, {"王小明", 7, 1500}, {"Ana Peña", 1, 5000}})
	var page bytes.Buffer
	d.must(c.WriteText(&page, 110))
	d.equal(page.String(), `sheet.csv beside batch `+batch.Code+` (september.xlsx, 19 Sep 2026)

                     rows                    MXN
  before                3               6,000.00
  this sheet            4               9,500.00
  difference           +1              +3,500.00  +58.3 %

new payees: 1, 1,500.00 MXN
  row 4       王小明                  ••••0070       1,500.00

changed account: 1, 2,000.00 MXN
  row 3       Bea                     ••••0229       2,000.00  was ••••0025

account paid under another name: none

unusual amount: 1, 5,000.00 MXN
  row 5       Ana Peña                ••••0012       5,000.00  usually 1,000.00  5.0 times

not in this sheet any more: 1, 3,000.00 MXN
  row 4       Eva                     ••••0038       3,000.00
`)
}

func TestNamesCannotDriveATerminal(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Ana\x1b[31m Peña": "Ana[31m Peña", "a\u202eb": "ab", "  Ana \t Peña ": "Ana Peña", "": "",
		strings.Repeat("ñ", 40): strings.Repeat("ñ", 21) + "…", strings.Repeat("王", 40): strings.Repeat("王", 10) + "…",
	} {
		if got := shown(name); got != want {
			t.Errorf("%q is shown as %q, want %q", name, got, want)
		}
	}
}

// Who has vanished is who a comparison of all pairs finds.
func TestVanishedIsWhoIsMissingByNameAndAccount(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) []row {
			return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) row {
				return row{rapid.SampledFrom([]string{"", "Ana", "ANA", "Bea", "Eva"}).Draw(t, "name"), rapid.Uint64Range(0, 4).Draw(t, "account"), 5}
			}), 0, 8).Draw(t, label)
		}
		account := func(r row) string {
			if r.to == 0 {
				return ""
			}
			return clabe(r.to)
		}
		here, before := draw("here"), draw("before")
		b, err := newBoth()
		if err != nil {
			t.Fatal(err)
		}
		defer b.close()
		for _, r := range here {
			if err := b.here(r.name, account(r)); err != nil {
				t.Fatal(err)
			}
		}
		var want, got []int
		for i, r := range before {
			if err := b.before(ledger.Payee{Name: r.name, Account: account(r), Row: i + 2, Amount: money.FromMinor(money.MXN, 5)}); err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(here, func(h row) bool {
				return r.name != "" && strings.EqualFold(h.name, r.name) || r.to != 0 && h.to == r.to
			}) {
				want = append(want, i+2)
			}
		}
		err = b.gone(func(row int, amount int64) error {
			if amount != 5 {
				t.Fatalf("the amount is %d", amount)
			}
			got = append(got, row)
			return nil
		})
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("%v: vanished %v, want %v", err, got, want)
		}
	})
}
