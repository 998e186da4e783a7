package statement_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/internal/statement"
)

func TestProblemsAreFoundOneByOne(t *testing.T) {
	t.Parallel()
	_, err := at(t, "Date,Debit,Credit\n2026-11-21,x,\n", statement.Options{Currency: money.MXN})
	var first statement.Problem
	if !errors.As(err, &first) || first.Row != 2 || first.Column != "B" || first.Header != "Debit" || first.Field != "debit" || first.File != "s.txt" {
		t.Errorf("%+v", first)
	}
	var all *statement.Problems
	if !errors.As(err, &all) || all.Hint() != "" {
		t.Error("there is nothing to paste for a faulty amount")
	}
}

func TestWhatIsNoFileIsNoStatement(t *testing.T) {
	t.Parallel()
	if _, err := statement.Open(filepath.Join(t.TempDir(), "none.csv"), statement.Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if _, err := statement.Open(t.TempDir(), statement.Options{}); err == nil || !strings.Contains(err.Error(), "is a folder") {
		t.Error(err)
	}
}

// A damaged workbook is refused, wherever the damage is.
func TestDamagedWorkbooksAreRefused(t *testing.T) {
	t.Parallel()
	whole := must(os.ReadFile(workbook(t, map[string][][]any{"A": {{"Fecha", "Cargo", "Abono"}, {day("2026-11-02"), 1, nil}}})))
	for _, size := range []int{4, 100, len(whole) / 2, len(whole) - 1} {
		if _, err := at(t, string(whole[:size]), statement.Options{Currency: money.MXN}); err == nil || !strings.Contains(err.Error(), "s.txt: ") {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}

// What is printed of a header does not tell the account.
func TestHeadersMaskTheAccount(t *testing.T) {
	t.Parallel()
	s, err := at(t, camtHead+camtClose+camtNtry+camtFoot, statement.Options{Account: "2333"})
	if err != nil {
		t.Fatal(err)
	}
	h := s.Header()
	if want := "s.txt: camt.053 of a bank, account ••••2333, 2026-11-21 to 2026-11-21, 1 lines"; h.String() != want || h.Account != "000111222333" {
		t.Errorf("%s", h)
	}
}

// One of several accounts in a file can be chosen, and what was left out is said.
func TestOneAccountOfSeveral(t *testing.T) {
	t.Parallel()
	stmt := camtHead[strings.Index(camtHead, "<Stmt>"):] + camtClose + camtNtry + "</Stmt>"
	text := camtHead[:strings.Index(camtHead, "<Stmt>")] + strings.Replace(stmt, "000111222333", "000111224444", 1) + stmt +
		strings.ReplaceAll(stmt, "MXN", "USD") + "</BkToCstmrStmt></Document>"
	s, err := at(t, text, statement.Options{Account: "4444"})
	if err != nil || s.Header().Account != "000111224444" || s.Header().Lines != 1 || !strings.Contains(strings.Join(s.Assumed(), "\n"), "2 statements in the file are of another account") {
		t.Fatal(err)
	}
	s, err = at(t, text, statement.Options{Currency: statementUSD(t)})
	if err != nil || s.Header().Currency.Code != "USD" || s.Header().Account != "000111222333" {
		t.Error(err)
	}
}

func statementUSD(t *testing.T) money.Currency {
	t.Helper()
	of, ok := statement.LookupCurrency("USD")
	if !ok {
		t.Fatal("no dollars")
	}
	return of
}
