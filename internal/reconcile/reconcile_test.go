package reconcile

import (
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/internal/reconcile/month"
	"github.com/bulkpay/bulkpay/internal/statement"
	"github.com/bulkpay/bulkpay/internal/statement/statementgen"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/report"
)

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func made(t *testing.T, plan month.Plan) *month.Month {
	t.Helper()
	m, err := month.Make(t.Context(), t.TempDir(), plan)
	check(t, err)
	t.Cleanup(func() { check(t, m.Book.Close()) })
	return m
}

// written writes a month's statement as a file.
func written(t *testing.T, m *month.Month, format statement.Format, kind statement.Kind) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "november."+strings.ReplaceAll(string(format), ".", ""))
	file, err := os.Create(path)
	check(t, err)
	h := statement.Header{
		Kind: kind, Currency: money.MXN, Account: "012180001234567897", First: statement.DayOf(month.First), Last: statement.DayOf(month.Last),
		Opening: money.FromMinor(money.MXN, 1_000_000_000_00), HasOpening: true,
	}
	check(t, statementgen.Write(file, format, h, linesOf(m)))
	check(t, file.Close())
	return path
}

func linesOf(m *month.Month) iter.Seq[statement.Line] {
	return func(yield func(statement.Line) bool) {
		for _, n := range m.Lines {
			l := statement.Line{
				Day: statement.DayOf(n.Day), Amount: n.Amount, Fee: n.Fee, Status: statement.Status(n.Status), TradeNo: n.TradeNo, PlatFormTradeNo: n.PlatformTradeNo,
				Narrative: n.Narrative, Counterparty: n.Account,
			}
			if !yield(l) {
				return
			}
		}
	}
}

// What was planted is found just the same when the statement comes out of a
// file.
func TestAFileIsReconciledLikeItsLines(t *testing.T) {
	t.Parallel()
	m := made(t, month.Plan{Seed: 11, Payouts: 800, Defects: 57, NoAccounts: true})
	path := written(t, m, statement.CSV, statement.KindGateway)
	done, err := Files(t.Context(), m.Book, []string{path}, Options{Merchant: m.Merchant, Policy: ledger.MatchPolicy{FeeMinor: month.Fee}, Actor: "maria"})
	check(t, err)
	result := done.Results[0]
	if !result.Tied() || result.Clean() || result.Matched.Confirmed == 0 || done.Files[0].Again {
		t.Errorf("%+v", result)
	}
	var lines []ledger.MatchLine
	for line, err := range m.Book.Findings(t.Context(), result.Scope) {
		check(t, err)
		lines = append(lines, line)
	}
	if score := m.Score(lines); len(score.Faults) > 0 {
		t.Errorf("%s\n%v", score, score.Faults)
	}
	again, err := Files(t.Context(), m.Book, []string{path}, Options{Merchant: m.Merchant, Policy: ledger.MatchPolicy{FeeMinor: month.Fee}, Actor: "maria"})
	check(t, err)
	if !again.Files[0].Again || again.Results[0].Matched.Confirmed != 0 {
		t.Errorf("again: %+v", again.Results[0].Matched)
	}
	if diff := cmp.Diff(fmt.Sprint(result.Rows), fmt.Sprint(again.Results[0].Rows)); diff != "" {
		t.Error(diff)
	}
}

func TestADryRunLeavesNothing(t *testing.T) {
	t.Parallel()
	m := made(t, month.Plan{Seed: 12, Payouts: 200, Defects: 19})
	path := written(t, m, statement.CSV, statement.KindGateway)
	var seen ledger.MatchResult
	check(t, DryRun(t.Context(), m.Book, time.Now, func(book *ledger.Ledger) error {
		done, err := Files(t.Context(), book, []string{path}, Options{Merchant: m.Merchant, Actor: "maria"})
		if err == nil {
			seen = done.Results[0].MatchResult
		}
		return err
	}))
	if !seen.Tied() || seen.Total.Lines == 0 {
		t.Errorf("%+v", seen)
	}
	for s, err := range m.Book.Statements(t.Context(), m.Merchant.ID) {
		check(t, err)
		t.Errorf("%s was taken in", s.Name)
	}
}

func TestAFileThatCannotBeReadIsNotTakenIn(t *testing.T) {
	t.Parallel()
	m := made(t, month.Plan{Seed: 13, Payouts: 50})
	good := written(t, m, statement.CSV, statement.KindGateway)
	bad := filepath.Join(t.TempDir(), "bad.csv")
	check(t, os.WriteFile(bad, []byte("tradeNo,orderAmount,status,successTime\nBP1,much,0000,2026-11-03\n"), 0o600))
	_, err := Files(t.Context(), m.Book, []string{bad, good}, Options{Merchant: m.Merchant, Actor: "maria"})
	var problems *statement.Problems
	if !errors.As(err, &problems) {
		t.Errorf("%v", err)
	}
	for s := range m.Book.Statements(t.Context(), m.Merchant.ID) {
		t.Errorf("%s was taken in", s.Name)
	}
}

// Every line that is shown has a reason, and what must not be paid again says
// so.
func TestEveryFindingHasAReason(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, and long under the race detector")
	}
	t.Parallel()
	m := made(t, month.Plan{Seed: 14, Payouts: 1500, Defects: 114})
	path := written(t, m, statement.CSV, statement.KindGateway)
	done, err := Files(t.Context(), m.Book, []string{path}, Options{Merchant: m.Merchant, Policy: ledger.MatchPolicy{FeeMinor: month.Fee}, Actor: "maria"})
	check(t, err)
	check(t, m.Book.Snapshot(t.Context(), func(v ledger.View) error {
		matching, err := Matching(t.Context(), v, []ledger.MatchScope{done.Results[0].Scope})
		if err != nil {
			return err
		}
		counted := map[string]int{}
		for line, err := range matching.Lines(t.Context()) {
			if err != nil {
				return err
			}
			counted[line.Class]++
			if line.Reason.Format == "" || line.Ours == nil && line.There == nil {
				t.Errorf("%+v", line)
			}
			paidThere := line.Class == report.StatusDiffers && line.There != nil && line.There.Status == "paid" && line.Ours.Bucket != ledger.BucketReversed && line.Ours.Bucket != ledger.BucketSucceeded
			if paidThere && !strings.Contains(string(line.Reason.Format), "Do not pay again") {
				t.Errorf("%+v", line)
			}
		}
		for _, class := range matching.Classes {
			if class.Count != counted[class.Name] {
				t.Errorf("%s: %d counted, %d shown", class.Name, class.Count, counted[class.Name])
			}
		}
		return nil
	}))
}

// Whose account it is, is shown; the account never is.
func TestAStatementsAccountIsKeptMasked(t *testing.T) {
	t.Parallel()
	m := made(t, month.Plan{Seed: 15, Payouts: 30})
	path := written(t, m, statement.Camt, statement.KindBank)
	done, err := Files(t.Context(), m.Book, []string{path}, Options{Merchant: m.Merchant, Actor: "maria"})
	check(t, err)
	check(t, m.Book.Snapshot(t.Context(), func(v ledger.View) error {
		matching, err := Matching(t.Context(), v, []ledger.MatchScope{done.Results[0].Scope})
		if err == nil && (len(matching.Statements) != 1 || matching.Statements[0].Account != "••••7897") {
			t.Errorf("%+v", matching.Statements)
		}
		return err
	}))
}

// A file with two accounts is two statements: to have taken the one is not to have
// taken the other.
func TestEachAccountOfAFileIsTakenIn(t *testing.T) {
	t.Parallel()
	m := made(t, month.Plan{Seed: 15, Payouts: 15})
	var text strings.Builder
	for i, account := range []string{"012180001234567897", "012180007654321098"} {
		fmt.Fprintf(&text, ":20:STARTUMSE\r\n:25:%s\r\n:28C:%d/1\r\n:60F:C261101MXN1000,00\r\n:61:2611031103D%d,00NTRFNONREF\r\n:86:rent\r\n:62F:C261130MXN%d,00\r\n-\r\n", account, i+1, i+1, 999-i)
	}
	path := filepath.Join(t.TempDir(), "bank.sta")
	check(t, os.WriteFile(path, []byte(text.String()), 0o600))
	for i, account := range []string{"7897", "1098", "7897"} {
		done, err := Files(t.Context(), m.Book, []string{path}, Options{Merchant: m.Merchant, Actor: "maria", Statement: statement.Options{Account: account}})
		check(t, err)
		if file := done.Files[0]; file.Again != (i == 2) || !strings.HasPrefix(file.Statement.Part, "account ") || strings.Contains(file.Statement.Part, account) {
			t.Errorf("account %s: again %v, part %q", account, file.Again, file.Statement.Part)
		}
	}
}
