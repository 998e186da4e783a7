package journal

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
)

// TestNoMonthsAddUpToMoreOrLessThanTheWhole does to payouts whatever can be done to
// them, shows them in statements with fees and money that is back, has people
// confirm and undo matches, and cuts the history into months wherever it
// likes: together they are the whole, what was exported never changes, and when
// nothing is open any more nothing is in suspense.
func TestNoMonthsAddUpToMoreOrLessThanTheWhole(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("25 books on disk")
	}
	rapid.Check(t, func(rt *rapid.T) {
		m := &months{walk: &walk{desk: newDesk(rt, filepath.Join(t.TempDir(), "book.db"), "https://gateway.test")}}
		defer m.close()
		steps := []func(*rapid.T){
			m.imports, m.claims, m.answer, m.ask, m.contrary, m.contrary, m.deny, m.word, m.wait, m.recover, m.statement, m.statement, m.undo, m.confirm,
		}
		m.imports(rt)
		for i := range rapid.IntRange(5, 20).Draw(rt, "steps") {
			rapid.SampledFrom(steps).Draw(rt, "step")(rt)
			if i%2 == 0 { // it costs as much as all else
				m.export(rt)
			}
		}
		m.cut(rt)
		m.settle(rt)
		m.cut(rt)
	})
}

// months is a random history with statements.
type months struct {
	*walk
	statements int
	before     map[string]Entry // what was exported, by id
	day        string           // on which it was
}

// booked books with what statements of the gateway have shown.
func (m *months) booked(from, to string) (entries []Entry, result Result) {
	m.t.Helper()
	m.must(m.book.Snapshot(context.Background(), func(view ledger.View) (err error) {
		charges := Statements{View: view, Origin: ledger.OfGateway}
		scope := Scope{Merchant: m.merchant, From: from, To: to}
		result, err = Run(context.Background(), view, scope, Setting{DefaultAccounts, mexico}, charges, func(e Entry) error {
			entries = append(entries, e)
			return nil
		})
		return err
	}))
	return entries, result
}

// statement shows some payouts: as paid, with a fee beside the amount or within it, or as back.
func (m *months) statement(rt *rapid.T) {
	if len(m.batches) == 0 {
		return
	}
	var lines []ledger.NewLine
	for _, p := range m.payouts(rapid.SampledFrom(m.batches).Draw(rt, "batch")) {
		minor, _ := p.Amount.Minor()
		line := ledger.NewLine{Number: len(lines) + 2, Day: m.now(), Status: ledger.LinePaid, TradeNo: p.TradeNo}
		switch rapid.IntRange(0, 5).Draw(rt, "shown") {
		case 0:
			continue
		case 1:
			line.Fee = money.FromMinor(money.MXN, 350)
		case 2:
			minor += 120
		case 3:
			minor, line.Status = -minor, ledger.LineReturned
		case 4:
			line.TradeNo, line.Fee = p.TradeNo[:20], money.FromMinor(money.MXN, 210) // cut off: only proposed
		}
		line.Amount = money.FromMinor(money.MXN, minor)
		lines = append(lines, line)
	}
	m.statements++
	name := fmt.Sprintf("statement-%d.csv", m.statements)
	taken, _, err := m.book.TakeStatement(context.Background(), ledger.NewStatement{
		Merchant: m.merchant, Name: name, SHA256: name, Origin: ledger.OfGateway, Format: "csv", FirstDay: m.now(), LastDay: m.now(), Actor: "maria",
	}, func(yield func(ledger.NewLine, error) bool) {
		for _, line := range lines {
			if !yield(line, nil) {
				return
			}
		}
	})
	m.must(err)
	_, err = m.book.Reconcile(context.Background(), m.merchant, ledger.OfGateway, []int64{taken.ID}, ledger.MatchPolicy{FeeMinor: 200}, "maria")
	m.must(err)
}

// contrary has the gateway say of a payout that it is paid, and then that it
// is not.
func (m *months) contrary(rt *rapid.T) {
	m.claims(rt)
	if p, ok := m.any(rt); ok {
		m.hear(p, ledger.Paid, 0)
		if rapid.Bool().Draw(rt, "taken back") {
			m.later(30 * time.Hour)
			m.hear(p, ledger.NotPaid, 0)
		}
	}
}

// matches are those that stand so.
func (m *months) matches(standing ledger.Standing) (ids []int64) {
	for match, err := range m.book.SelectMatches(context.Background(), ledger.Filter{}) {
		m.must(err)
		if match.Standing == standing {
			ids = append(ids, match.ID)
		}
	}
	return ids
}

func (m *months) undo(rt *rapid.T) {
	if ids := m.matches(ledger.Confirmed); len(ids) > 0 {
		m.must(m.book.UndoMatch(context.Background(), rapid.SampledFrom(ids).Draw(rt, "match"), "maria", "another one's"))
	}
}

func (m *months) confirm(rt *rapid.T) {
	if ids := m.matches(ledger.Proposed); len(ids) > 0 {
		m.later(30 * time.Hour)
		// It may be matched otherwise by now, which is refused.
		_ = m.book.ConfirmMatch(context.Background(), rapid.SampledFrom(ids).Draw(rt, "match"), "maria", "seen")
	}
}

// export books everything and holds it against what was exported before: that
// never changes, and whatever is new is of no day that was over by then.
func (m *months) export(rt *rapid.T) ([]Entry, Result) {
	all, whole := m.booked("", "")
	if !whole.Tied() {
		rt.Fatalf("not tied: %+v", whole.Controls)
	}
	now := map[string]Entry{}
	for _, e := range all {
		if _, twice := now[e.ID]; twice {
			rt.Fatalf("%s is there twice", e.ID)
		}
		if _, old := m.before[e.ID]; !old && e.Day < m.day {
			rt.Fatalf("%s: %s: is of %s, and was not there on %s", e.ID, e.Text, e.Day, m.day)
		}
		now[e.ID] = e
	}
	for id, e := range m.before {
		if diff := cmp.Diff(e, now[id], comparing); diff != "" {
			rt.Fatalf("an entry changed after it was exported:\n%s", diff)
		}
	}
	m.before, m.day = now, dayOf(m.now(), mexico)
	return all, whole
}

// cut holds the whole against its parts.
func (m *months) cut(rt *rapid.T) {
	all, whole := m.export(rt)
	m.parts(rt, all, whole)
}

// parts adds the periods up between which the history is cut.
func (m *months) parts(rt *rapid.T, all []Entry, whole Result) {
	first, last := dayOf(time.Date(2026, 1, 30, 20, 0, 0, 0, time.UTC), mexico), dayOf(m.now(), mexico)
	cuts := []string{first}
	for day := m.now(); len(cuts) < 4; day = day.AddDate(0, 0, -rapid.IntRange(1, 9).Draw(rt, "days")) {
		if cut := dayOf(day, mexico); cut > first && !slices.Contains(cuts, cut) {
			cuts = append(cuts, cut)
		} else if cut < first {
			break
		}
	}
	slices.Sort(cuts)
	balance, got := map[Role]money.Amount{}, map[string]Entry{}
	for i, from := range cuts {
		to := last
		if i+1 < len(cuts) {
			at, err := time.Parse(dayLayout, cuts[i+1])
			m.must(err)
			to = at.AddDate(0, 0, -1).Format(dayLayout)
		}
		entries, result := m.booked(from, to)
		for _, e := range entries {
			if _, twice := got[e.ID]; twice || e.Day < from || e.Day > to {
				rt.Fatalf("%s of %s is in the period from %s to %s, or in two", e.ID, e.Day, from, to)
			}
			got[e.ID] = e
			m.add(balance, e)
		}
		for _, b := range result.Balances {
			if sum := balance[b.Role]; !b.Closing.Equal(orZero(sum)) {
				rt.Fatalf("%s: the entries up to %s add up to %s, and it closes with %s", b.Role, to, sum, b.Closing)
			}
		}
	}
	if len(got) != len(all) {
		rt.Fatalf("the parts have %d entries, the whole has %d", len(got), len(all))
	}
	for _, b := range whole.Balances {
		if !b.Closing.Equal(orZero(balance[b.Role])) {
			rt.Fatalf("%s: the parts add up to %s, the whole to %s", b.Role, balance[b.Role], b.Closing)
		}
	}
}

// add books an entry as a bookkeeper does who has the lines and nothing else.
func (m *months) add(balance map[Role]money.Amount, e Entry) {
	lines := e.Lines()
	for _, role := range Roles() {
		for _, line := range lines {
			if DefaultAccounts.Of(role) != line.Account {
				continue
			}
			sum, err := orZero(balance[role]).Add(line.Debit)
			m.must(err)
			balance[role], err = sum.Sub(line.Credit)
			m.must(err)
		}
	}
}

func orZero(a money.Amount) money.Amount {
	if a.Currency() == (money.Currency{}) {
		return money.FromMinor(money.MXN, 0)
	}
	return a
}

// settle has somebody say of everything what became of it: then nothing is in
// suspense, and undoing every match leaves neither fees nor returns.
func (m *months) settle(rt *rapid.T) {
	ctx := context.Background()
	for _, batch := range m.batches {
		for range 9 { // held, released, and in doubt again
			m.run(batch, 9)
			m.must(m.recovered())
			for _, p := range m.payouts(batch) {
				switch p.State {
				case ledger.Held, ledger.Ready, ledger.Submitting, ledger.InDoubt, ledger.Processing:
					_, _ = m.book.Resolve(ctx, p.TradeNo, rapid.SampledFrom([]ledger.Kind{ledger.SaidPaid, ledger.SaidNotPaid}).Draw(rt, "said"), "person:maria", "seen")
					_, _ = m.book.Cancel(ctx, p.TradeNo, "person:maria", "no")
				}
			}
		}
		for _, p := range m.payouts(batch) {
			if p.State == ledger.InDoubt || p.State == ledger.Held || p.State == ledger.Ready || p.State == ledger.Submitting {
				rt.Fatalf("%s is still %s", p.TradeNo, p.State)
			}
		}
	}
	for ids := m.matches(ledger.Confirmed); len(ids) > 0; ids = m.matches(ledger.Confirmed) {
		m.must(m.book.UndoMatch(ctx, ids[0], "maria", "start again"))
	}
	_, result := m.booked("", "")
	for _, role := range []Role{Suspense, Fees} {
		if !result.Balance(role).Closing.IsZero() {
			rt.Fatalf("nothing is open, and %s is %s", role, result.Balance(role).Closing)
		}
	}
}

func (m *months) recovered() error {
	_, err := m.book.Recover(context.Background(), m.lease)
	return err
}
