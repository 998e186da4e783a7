package ledger

import (
	"context"
	"os"
	"testing"
	"time"
)

// A large file takes minutes to read. Nobody who pays meanwhile may have to wait
// for it: a run gives up after one.
func TestNobodyWaitsForAStatementToBeRead(t *testing.T) {
	t.Parallel()
	c := atCounter(t)
	other := c.open().(*Ledger) // as another process has it
	n := NewStatement{Merchant: c.merchant, Name: "a.csv", SHA256: "1", Origin: OfGateway, Format: "csv", FirstDay: today, LastDay: today, Actor: "maria"}
	noted := 0
	_, _, err := c.ledger().TakeStatement(t.Context(), n, func(yield func(NewLine, error) bool) {
		for number := range 3 {
			if !yield(NewLine{Number: number + 1, Day: today, Amount: pesos(1), Status: LinePaid}, nil) {
				return
			}
			for _, book := range []*Ledger{c.ledger(), other} {
				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
				if err := book.Note(ctx, 0, "run", "note", "paid meanwhile", nil); err != nil {
					t.Error(err)
				}
				cancel()
				noted++
			}
		}
	})
	must(t, err)
	if noted != 6 {
		t.Errorf("%d notes", noted)
	}
}

// What was read on the way in is nobody's afterwards.
func TestAStatementLeavesNothingBehind(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	c := atCounter(t)
	c.line(NewLine{TradeNo: "x", Amount: pesos(1)})
	s := c.statement(today, today)
	c.reconcile(MatchPolicy{}, s)
	left, err := os.ReadDir(folder)
	must(t, err)
	for _, one := range left {
		t.Error(one.Name())
	}
}
