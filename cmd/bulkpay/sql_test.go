package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	_ "modernc.org/sqlite" // as other people's tools open the ledger

	"github.com/bulkpay/bulkpay/internal/export"
	"github.com/bulkpay/bulkpay/internal/mask"
	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

var sqlDocument = filepath.Join("..", "..", "docs", "sql.md")

// outside opens a ledger as somebody with another program should.
func outside(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro&_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// asked is what a query gives, a text for each row.
func asked(t *testing.T, db *sql.DB, query string, args ...any) []string {
	t.Helper()
	rows, err := db.Query(query, args...)
	if err != nil {
		t.Fatalf("%v: %s", err, query)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	lines := []string{}
	for rows.Next() {
		cells := make([]sql.NullString, len(columns))
		to := make([]any, len(columns))
		for i := range cells {
			to[i] = &cells[i]
		}
		if err := rows.Scan(to...); err != nil {
			t.Fatal(err)
		}
		texts := make([]string, len(cells))
		for i, cell := range cells {
			texts[i] = cell.String
		}
		lines = append(lines, strings.Join(texts, "|"))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}

func line(cells ...any) string {
	texts := make([]string, len(cells))
	for i, cell := range cells {
		texts[i] = fmt.Sprint(cell)
	}
	return strings.Join(texts, "|")
}

// TestSQLDocument holds docs/sql.md to the views: each has its table, each
// column its line, in order.
func TestSQLDocument(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(sqlDocument)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "book.db")
	book, err := ledger.Create(t.Context(), path, ledger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	db := outside(t, path)
	for _, view := range asked(t, db, "SELECT name FROM sqlite_schema WHERE type = 'view'") {
		_, section, found := strings.Cut(string(text), "\n### "+view+"\n")
		if !found {
			t.Errorf("docs/sql.md has no heading ### %s", view)
			continue
		}
		section, _, _ = strings.Cut(section, "\n##")
		var documented []string
		for _, row := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\| (.+) \\|$").FindAllStringSubmatch(section, -1) {
			documented = append(documented, row[1])
		}
		if diff := cmp.Diff(asked(t, db, "SELECT name FROM pragma_table_info(?)", view), documented); diff != "" {
			t.Errorf("docs/sql.md, %s: the columns differ (-view +document):\n%s", view, diff)
		}
		// Tools that ask for types get them for every column.
		if untyped := asked(t, db, "SELECT name FROM pragma_table_info(?) WHERE type NOT IN ('TEXT', 'INTEGER', 'INT', 'NUM')", view); len(untyped) > 0 {
			t.Errorf("%s: no type: %v", view, untyped)
		}
	}
}

// documented are the queries of docs/sql.md by their titles.
func documentedQueries(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(sqlDocument)
	if err != nil {
		t.Fatal(err)
	}
	_, text2, _ := strings.Cut(string(text), "\n## Ten queries\n")
	queries := map[string]string{}
	for _, found := range regexp.MustCompile("(?s)\n### ([^\n]+)\n(?:[^`]*?)\n```sql\n(.*?)```").FindAllStringSubmatch(text2, -1) {
		queries[found[1]] = found[2]
	}
	if len(queries) != 10 {
		t.Fatalf("there are %d queries", len(queries))
	}
	return queries
}

// exported reads what a command exports.
func exported[T any](t *testing.T, tr trial, args ...string) []T {
	t.Helper()
	said := call(t, tr.with(append([]string{"--json", "export"}, args...)...)...)
	var rows []T
	if err := json.Unmarshal([]byte(said.out), &rows); err != nil || said.code != exitDone {
		t.Fatalf("%v: %v: %s", args, err, said.err)
	}
	return rows
}

// busy is a simulation in which everything has happened: all outcomes, a sheet
// paid twice on a person's word, a statement.
func busy(t *testing.T) trial {
	t.Helper()
	tr := newTrial(t)
	call(t, tr.with("run", filepath.Join(samples(t), "outcomes-mexico.csv"), "--deadline", "3s")...)
	sheet := tr.sheet(t, "twice.csv", "mexico", 3, 4321)
	for _, args := range [][]string{{"run", sheet}, {"run", sheet, "--again", "last", "--reason", "meant twice"}} {
		if said := call(t, tr.with(args...)...); said.code != exitDone {
			t.Fatalf("%v: %s%s", args, said.out, said.err)
		}
	}
	held := exported[export.PayoutRow](t, tr, "payouts", "--state", "held")
	if len(held) > 0 {
		call(t, tr.with("resolve", held[0].TradeNo, "--paid", "--reason", "the bank says so")...)
	}
	tr.statement(t)
	return tr
}

func (tr trial) path() string { return filepath.Join(tr.folder, "sim", "ledger.db") }

// statement takes in one with three lines, two of which are nothing of ours.
func (tr trial) statement(t *testing.T) {
	t.Helper()
	book, err := ledger.Open(t.Context(), tr.path(), ledger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	m, err := book.MerchantNamed(t.Context(), "sandbox-mexico")
	if err != nil {
		t.Fatal(err)
	}
	ours := exported[export.PayoutRow](t, tr, "payouts", "--state", "succeeded", "--limit", "1")[0]
	amount, err := money.Parse(money.MXN, ours.Amount)
	if err != nil {
		t.Fatal(err)
	}
	today := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	lines := []ledger.NewLine{
		{Number: 2, Day: today, Amount: amount, Status: ledger.LinePaid, TradeNo: ours.TradeNo},
		{Number: 3, Day: today, Amount: money.FromMinor(money.MXN, 12345), Status: ledger.LinePaid, TradeNo: "other", EntryRef: "E-3", Narrative: "to Ana"},
		{Number: 4, Day: today, Amount: money.FromMinor(money.MXN, -5), Status: ledger.LineReturned, EntryRef: "E-4"},
	}
	s, _, err := book.TakeStatement(t.Context(), ledger.NewStatement{
		Merchant: m, Name: "orders.csv", SHA256: strings.Repeat("0", 64), Origin: ledger.OfGateway, Format: "csv",
		FirstDay: today, LastDay: today, Actor: "person:test",
	}, func(yield func(ledger.NewLine, error) bool) {
		for _, line := range lines {
			if !yield(line, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := book.Reconcile(t.Context(), m, ledger.OfGateway, []int64{s.ID}, ledger.MatchPolicy{}, "person:test"); err != nil {
		t.Fatal(err)
	}
}

// What the ledger says in SQL is what the commands say.
func TestSQLSaysWhatTheCommandsSay(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, and long under the race detector")
	}
	t.Parallel()
	tr := busy(t)
	t.Run("queries", func(t *testing.T) { queriesSayTheSame(t, tr) })
	t.Run("views", func(t *testing.T) { viewsHaveTheSame(t, tr) })
	t.Run("statements", func(t *testing.T) { statementsHaveTheSame(t, tr) })
}

// queriesSayTheSame runs the queries of the document.
func queriesSayTheSame(t *testing.T, tr trial) {
	unmasked := exported[export.PayoutRow](t, tr, "payouts", "--unmasked") // an event, and so first
	db, queries := outside(t, tr.path()), documentedQueries(t)
	payouts := exported[export.PayoutRow](t, tr, "payouts")
	events := exported[export.EventRow](t, tr, "events")
	var one export.PayoutRow
	for _, p := range payouts {
		if p.PlatFormTradeNo != "" && p.State == "succeeded" {
			one = p
		}
	}
	examples := strings.NewReplacer("sbx2ec988a969f34f38228db106fa6d1", one.PlatFormTradeNo, "BP20261121090000XXXXXXXXXXXX", one.TradeNo)
	for title, want := range map[string][]string{
		"Does every batch tie out?":                              tiedOut(t, tr),
		"What is open, and since when?":                          openPayouts(payouts),
		"What was paid, day by day?":                             paidByDay(t, payouts),
		"What was not paid, by the gateway's code?":              notPaidByCode(payouts),
		"Which payout is the gateway's number?":                  {line(one.Batch, one.Row, one.TradeNo, one.State, one.Amount, one.Account)},
		"What happened to a payout?":                             happened(events, one.TradeNo),
		"What did people decide, and why?":                       decided(events),
		"Which account was paid the same amount more than once?": paidTwice(unmasked),
		"Which lines of statements are nothing of ours?": {
			line(1, 3, today(), "123.45", "MXN", "other", "E-3"), line(1, 4, today(), "-0.05", "MXN", "", "E-4"),
		},
	} {
		query, ok := queries[title]
		delete(queries, title)
		if !ok || len(want) == 0 {
			t.Errorf("%s: no such query, or nothing to be found by it", title)
			continue
		}
		if diff := cmp.Diff(want, asked(t, db, examples.Replace(query))); diff != "" {
			t.Errorf("%s (-commands +query):\n%s", title, diff)
		}
	}
	speed := queries["How long does the gateway take?"]
	if got := asked(t, db, speed); len(queries) != 1 || len(got) != 1 || !near(got[0], payouts) {
		t.Errorf("%d queries left; the gateway takes %v", len(queries), got)
	}
}

// viewsHaveTheSame: every payout, event and number is in its view as the export
// has it.
func viewsHaveTheSame(t *testing.T, tr trial) {
	db := outside(t, tr.path())
	at := func(at *time.Time) string {
		if at == nil {
			return ""
		}
		return at.Format("2006-01-02T15:04:05.000Z")
	}
	one := map[bool]int{true: 1}
	var want []string
	for _, p := range exported[export.PayoutRow](t, tr, "payouts") {
		want = append(want, line(p.Merchant, p.Area, p.Batch, p.Row, p.TradeNo, p.PlatFormTradeNo, p.State, p.Bucket, p.Amount,
			strings.TrimLeft(strings.Replace(p.Amount, ".", "", 1), "0"), p.Currency, p.Account, p.Bank, p.Reason, p.Code, p.Message,
			one[p.Flagged], p.Sends, p.Asks, p.Replaces, p.ReplacedBy, at(p.CreatedAt), at(p.SubmittedAt), at(p.FinalAt), at(p.UpdatedAt)))
	}
	if diff := cmp.Diff(want, asked(t, db, "SELECT * FROM v_payouts ORDER BY created_at, row")); diff != "" {
		t.Errorf("v_payouts (-export +view):\n%s", diff)
	}
	want = nil
	for _, e := range exported[export.EventRow](t, tr, "events", "--evidence") {
		row := fmt.Sprint(e.Row)
		if e.TradeNo == "" {
			row = ""
		}
		want = append(want, line(e.Seq, at(e.At), e.Merchant, e.Batch, row, e.TradeNo, e.Kind, e.From, e.To, e.Attempt, e.Actor, e.Reason, e.Code,
			e.Message, e.PlatFormTradeNo, one[e.Flagged], e.Evidence, e.Hash))
	}
	if diff := cmp.Diff(want, asked(t, db, "SELECT * FROM v_events ORDER BY seq")); diff != "" {
		t.Errorf("v_events (-export +view):\n%s", diff)
	}
	var numbers []string
	for _, n := range exported[export.MappingRow](t, tr, "mapping") {
		numbers = append(numbers, line(n.Merchant, n.Batch, n.Row, n.TradeNo, n.PlatFormTradeNo, n.State))
	}
	slices.Sort(numbers)
	got := asked(t, db, "SELECT * FROM trade_numbers")
	slices.Sort(got)
	if diff := cmp.Diff(numbers, got); diff != "" {
		t.Errorf("trade_numbers (-export +view):\n%s", diff)
	}
}

// statementsHaveTheSame: matches and lines, too.
func statementsHaveTheSame(t *testing.T, tr trial) {
	db := outside(t, tr.path())
	var matches []string
	for _, m := range exported[export.MatchRow](t, tr, "matches", "--from", today()) {
		matches = append(matches, line(m.Match, m.Standing, m.Form, m.Rule, m.Score, m.Note, m.Origin, m.StatementID, m.Line, m.Day, m.Status, m.LineAmount,
			m.Fee, m.Merchant, m.Batch, m.Row, m.TradeNo, m.State, m.Amount, m.Currency, m.Event))
	}
	got := asked(t, db, `SELECT match, standing, form, rule, score, note, origin, statement, number, day, status, line_amount,
		fee, merchant, batch, row, trade_no, state, amount, currency, event FROM v_matches ORDER BY match`)
	if diff := cmp.Diff(matches, got); diff != "" || len(matches) != 1 || !strings.HasPrefix(matches[0], "1|confirmed|main|trade_no|100|") {
		t.Errorf("v_matches (-export +view):\n%s", diff)
	}
	var lines []string
	for _, l := range exported[export.LineRow](t, tr, "lines", "--to", today()) {
		lines = append(lines, line(l.StatementID, l.Merchant, l.Origin, l.Line, l.Day, l.Status, l.Amount, l.Fee, l.Currency, l.TradeNo,
			l.PlatFormTradeNo, l.EntryRef, l.Confirmed))
	}
	got = asked(t, db, `SELECT statement, merchant, origin, number, day, status, amount, fee, currency, trade_no,
		platform_trade_no, entry_ref, matches FROM v_statement_lines ORDER BY statement, number`)
	if diff := cmp.Diff(lines, got); diff != "" || len(lines) != 3 {
		t.Errorf("v_statement_lines (-export +view):\n%s", diff)
	}
	unmatched := exported[export.LineRow](t, tr, "lines", "--unmatched", "--merchant", "sandbox-mexico")
	if len(unmatched) != 2 || unmatched[0].Line != 3 || unmatched[1].Line != 4 || unmatched[0].Narrative != "" {
		t.Errorf("unmatched are %+v", unmatched)
	}
	if ours := exported[export.LineRow](t, tr, "lines", "--trade-no", "other"); len(ours) != 1 || ours[0].EntryRef != "E-3" {
		t.Errorf("by number: %+v", ours)
	}
	if found := asked(t, db, "SELECT name, origin, lines, paid_lines, fees, currency, first_day = last_day FROM v_statements"); !slices.Equal(found, []string{"orders.csv|gateway|3|3|0.00|MXN|1"}) {
		t.Errorf("v_statements has %v", found)
	}
}

// Every currency has its decimals, and every account is masked as everywhere
// else, or altogether.
func TestViewsKnowEveryCurrencyAndMask(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, and long under the race detector")
	}
	t.Parallel()
	path := filepath.Join(t.TempDir(), "book.db")
	book, err := ledger.Create(context.Background(), path, ledger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	accounts := []string{
		"646180157000000004", "", "1", "123", "BR12 3456-7890", "ana@example.com", "+55 (11) 91234-5678", "a.b-c/d_e+f", "žluťoučký", "12345678901", "••••",
	}
	for _, area := range paypro.Areas() {
		m, err := book.Merchant(t.Context(), ledger.Merchant{Name: area.Slug, Area: area.Code, Currency: area.Currency, MerchantNo: "1", Gateway: area.Code})
		if err != nil {
			t.Fatal(err)
		}
		_, err = book.Import(t.Context(), ledger.NewBatch{
			Merchant: m, Source: "s", Original: ledger.Text(area.Slug), Actor: "test", Content: func() string { return area.Slug },
		}, func(yield func(ledger.NewRow, error) bool) {
			for i, account := range accounts {
				row := ledger.NewRow{
					Row: i + 2, Readable: true, Amount: money.FromMinor(area.Currency, int64(math.Pow10(i))), PayeeName: "n", PayeeAccount: account,
					Fields: map[string]string{"a": "b"}, Fingerprint: []byte(account),
				}
				if !yield(row, nil) {
					return
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		got := asked(t, outside(t, path), "SELECT amount, account FROM v_payouts WHERE merchant = ? ORDER BY row", area.Slug)
		for i, account := range accounts {
			amount := money.FromMinor(area.Currency, int64(math.Pow10(i))).Fixed()
			if got[i] != line(amount, mask.Account(account)) && got[i] != line(amount, "••••") {
				t.Errorf("%s: %q is %s, want %s %s", area.Slug, account, got[i], amount, mask.Account(account))
			}
			if i == 0 && !strings.HasSuffix(got[i], "••••0004") {
				t.Errorf("an account of digits is %s", got[i])
			}
		}
	}
}
