package reconcile

import (
	"context"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/report"
)

// Matching is what some results are to a report. All of it is read from one
// view, so that it agrees with itself.
func Matching(ctx context.Context, v ledger.View, scopes []ledger.MatchScope) (*report.Matching, error) {
	m := &report.Matching{}
	counts := map[string]*report.Class{}
	for _, scope := range scopes {
		result, err := v.Matching(ctx, scope)
		if err != nil {
			return nil, err
		}
		for _, id := range scope.Statements {
			s, err := v.Statement(ctx, id)
			if err != nil {
				return nil, err
			}
			m.Statements = append(m.Statements, report.Statement{
				Name: s.Name, SHA256: s.SHA256, Format: s.Format, Kind: string(s.Origin), FirstDay: s.FirstDay, LastDay: s.LastDay,
				Account: s.Account, Lines: s.Lines, Out: s.Moved.Sum, Fees: s.Fees, ReadAt: s.ReadAt,
			})
		}
		if err := addClasses(counts, result); err != nil {
			return nil, err
		}
		if scope.BatchID == 0 {
			m.Equations = append(m.Equations, Equations(scope, result)...)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(counts)) {
		if class := counts[key]; class.Count > 0 {
			m.Classes = append(m.Classes, *class)
		}
	}
	m.Lines = func(ctx context.Context) iter.Seq2[report.MatchLine, error] { return shown(ctx, v, scopes) }
	return m, nil
}

// className is a class as reports call it: what is in order for a reason of
// its own is matched, too.
func className(c ledger.MatchClass) string {
	switch c {
	case ledger.ClassPeriod, ledger.ClassElse, ledger.ClassRepeated:
		return report.Matched
	}
	return strings.ReplaceAll(string(c), "_", " ")
}

func addClasses(counts map[string]*report.Class, result ledger.MatchResult) error {
	for _, row := range result.Rows {
		name := className(row.Class)
		key := name + " " + row.Here.Currency().Code // never a sum of two currencies
		class := counts[key]
		if class == nil {
			class = &report.Class{Name: name}
			counts[key] = class
		}
		sum := row.Here
		if row.Class == ledger.ClassUnknown || row.Class == ledger.ClassDoubled {
			sum = row.There
		}
		class.Count += row.Listed
		if row.Class == ledger.ClassElse {
			class.Count += row.Payouts
		}
		for _, one := range []struct {
			to  *money.Amount
			add money.Amount
		}{{&class.Sum, sum}, {&class.Here, row.Here}, {&class.There, row.There}} {
			var err error
			if *one.to, err = one.to.Add(one.add); err != nil {
				return err
			}
		}
	}
	return nil
}

// inOrder are the classes that nobody need look at; elsewhere is a payout whose
// line is on another statement.
var inOrder = []ledger.MatchClass{ledger.ClassMatched, ledger.ClassPeriod, ledger.ClassRepeated}

// shown yields the lines of all scopes: first what a person must look at, then
// what is in order.
func shown(ctx context.Context, v ledger.View, scopes []ledger.MatchScope) iter.Seq2[report.MatchLine, error] {
	return func(yield func(report.MatchLine, error) bool) {
		for _, classes := range [][]ledger.MatchClass{nil, inOrder} {
			for _, scope := range scopes {
				for line, err := range v.Findings(ctx, scope, classes...) {
					if !yield(asShown(line), err) || err != nil {
						return
					}
				}
			}
		}
	}
}

func asShown(l ledger.MatchLine) report.MatchLine {
	m := report.MatchLine{
		Match: l.MatchID, Class: className(l.Class), Rule: string(l.Rule), Score: l.Score, Standing: string(l.Standing), Reason: Reason(l), Fee: l.Fee,
	}
	if l.TradeNo != "" {
		m.Ours = &report.OurSide{TradeNo: l.TradeNo, Batch: l.Batch, Row: l.Row, Bucket: l.State.Bucket(), Amount: l.Here}
	}
	if l.Number > 0 {
		m.There = &report.TheirSide{Statement: l.Statement, Line: l.Number, Reference: l.Named, Status: string(l.Status), Day: l.Day, Amount: l.There}
	}
	switch {
	case l.Group > 0:
		asGroup(&m, l)
	case m.Ours != nil && m.There != nil:
		if difference, err := l.There.Sub(l.Here); err == nil {
			m.Difference = difference
		}
	}
	return m
}

// asGroup says what is one. The line of several payouts has its amount once,
// and so has the payout of several lines: the columns of a report can be added
// up. So has the group its difference.
func asGroup(m *report.MatchLine, l ledger.MatchLine) {
	m.Group = strconv.FormatInt(l.Group, 10)
	switch {
	case !l.Again:
		m.Difference = l.GroupOver
	case l.Form == ledger.LumpLine:
		m.There.Amount = money.Amount{}
	default:
		m.Ours.Amount = money.Amount{}
	}
}

// Equations are the tie-out with statements: what they say of themselves is
// the sum of the classes, and so is what the ledger paid in their days.
func Equations(scope ledger.MatchScope, r ledger.MatchResult) []report.Equation {
	there := report.Equation{
		Name: report.StatementEquation, Of: scope.Merchant.Name, Counts: true,
		Left: report.Term{Name: "on the statement", Count: r.Want.Lines, Sum: r.Want.There},
	}
	here := report.Equation{
		Name: report.StatementEquation, Of: scope.Merchant.Name, Counts: true,
		Left: report.Term{Name: "paid here in its days", Count: r.Want.Payouts, Sum: r.Want.Here},
	}
	for _, row := range r.Rows {
		name := strings.ReplaceAll(string(row.Class), "_", " ")
		if row.Lines > 0 || !row.There.IsZero() {
			there.Terms = append(there.Terms, report.Term{Name: name, Count: row.Lines, Sum: row.There})
		}
		if row.Payouts > 0 || !row.Here.IsZero() {
			here.Terms = append(here.Terms, report.Term{Name: name, Count: row.Payouts, Sum: row.Here})
		}
	}
	return []report.Equation{there, here}
}
