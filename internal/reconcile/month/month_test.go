package month

import (
	"fmt"
	"iter"
	"os"
	"testing"

	"github.com/bulkpay/bulkpay/ledger"
)

func each(lines []ledger.NewLine) iter.Seq2[ledger.NewLine, error] {
	return func(yield func(ledger.NewLine, error) bool) {
		for _, line := range lines {
			if !yield(line, nil) {
				return
			}
		}
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// reconciled takes a month's statement in and matches it.
func reconciled(t *testing.T, m *Month) (ledger.MatchResult, []ledger.MatchLine) {
	t.Helper()
	ctx := t.Context()
	s, _, err := m.Book.TakeStatement(ctx, ledger.NewStatement{
		Merchant: m.Merchant, Name: "november.csv", SHA256: "1", Origin: ledger.OfGateway, Format: "csv", FirstDay: First, LastDay: Last, Actor: "maria",
	}, each(m.Lines))
	check(t, err)
	_, err = m.Book.Reconcile(ctx, m.Merchant, ledger.OfGateway, []int64{s.ID}, ledger.MatchPolicy{FeeMinor: Fee}, "maria")
	check(t, err)
	scope := ledger.MatchScope{Merchant: m.Merchant, Origin: ledger.OfGateway, Statements: []int64{s.ID}}
	result, err := m.Book.Matching(ctx, scope)
	check(t, err)
	var lines []ledger.MatchLine
	for line, err := range m.Book.Findings(ctx, scope) {
		check(t, err)
		lines = append(lines, line)
	}
	return result, lines
}

func made(t *testing.T, plan Plan) *Month {
	t.Helper()
	m, err := Make(t.Context(), t.TempDir(), plan)
	check(t, err)
	t.Cleanup(func() { check(t, m.Book.Close()) })
	return m
}

func TestEveryPlantedDefectIsFoundAndNoneIsInvented(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, and long under the race detector")
	}
	t.Parallel()
	plan := Plan{Seed: 1, Payouts: 5_000, Defects: 120}
	if os.Getenv("BULKPAY_LONG") != "" {
		plan.Payouts, plan.Defects = 50_000, 500
	}
	m := made(t, plan)
	result, lines := reconciled(t, m)
	if !result.Tied() {
		t.Errorf("not tied: %+v, want %+v", result.Total, result.Want)
	}
	score := m.Score(lines)
	t.Logf("%d payouts, %d lines\n%s", plan.Payouts, len(m.Lines), score)
	if len(m.Key) != plan.Defects {
		t.Errorf("%d defects planted, want %d", len(m.Key), plan.Defects)
	}
	for _, kind := range Defects() {
		if score.Kinds[kind][0] < 3 {
			t.Errorf("%s: planted %d times", kind, score.Kinds[kind][0])
		}
	}
	for i, fault := range score.Faults {
		if i < 30 {
			t.Error(fault)
		}
	}
}

func TestNoMonthIsReconciledWrong(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, and long under the race detector")
	}
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			m := made(t, Plan{Seed: 100 + seed, Payouts: 700, Defects: 40})
			result, lines := reconciled(t, m)
			if score := m.Score(lines); !result.Tied() || len(score.Faults) > 0 {
				t.Errorf("tied %v\n%s\n%v", result.Tied(), score, score.Faults)
			}
		})
	}
}

// Without defects, all that is left are disguises, and nobody need look.
func TestAMonthInOrderIsClean(t *testing.T) {
	t.Parallel()
	m := made(t, Plan{Seed: 7, Payouts: 1000})
	if result, lines := reconciled(t, m); !result.Tied() || !result.Clean() || len(lines) > 0 {
		t.Errorf("%+v\n%+v", result, lines)
	}
}
