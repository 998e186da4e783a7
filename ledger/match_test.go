package ledger

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bulkpay/bulkpay/internal/money"
)

// counter is a desk with statements.
type counter struct {
	*desk
	lines []NewLine
	files int
}

// today is the day on which the desk's clock starts.
var today = time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)

func atCounter(t testing.TB) *counter {
	t.Helper()
	return &counter{desk: setup(t)}
}

// paidFor imports payouts of these amounts, which become as the kinds say.
func (c *counter) paidFor(kind Kind, minor ...int64) []Payout {
	c.t.Helper()
	var rows []NewRow
	for i, m := range minor {
		rows = append(rows, row(i+2, m))
	}
	batch := c.imported(rows...)
	claimed, err := c.Claim(c.t.Context(), c.lease, batch.ID, len(minor))
	must(c.t, err)
	for _, p := range claimed {
		c.calls++
		_, err := c.Record(c.t.Context(), Policy{}, []Outcome{{
			Payout: p, Kind: kind, Reason: string(kind), PlatformTradeNo: fmt.Sprintf("gw%014d", c.calls), Actor: ActorSubmit, Attempt: p.Attempts, Evidence: []byte("{}"),
		}})
		must(c.t, err)
	}
	return c.payouts(batch)
}

func (c *counter) line(n NewLine) {
	n.Number = len(c.lines) + 2
	if n.Day.IsZero() {
		n.Day = today
	}
	if n.Status == "" {
		n.Status = LinePaid
	}
	c.lines = append(c.lines, n)
}

// statement takes in the lines so far.
func (c *counter) statement(first, last time.Time) Statement {
	c.t.Helper()
	c.files++
	name := fmt.Sprintf("statement-%d.csv", c.files)
	s, again, err := c.ledger().TakeStatement(c.t.Context(), NewStatement{
		Merchant: c.merchant, Name: name, SHA256: name, Origin: OfGateway, Format: "csv", FirstDay: first, LastDay: last, Actor: "maria",
	}, each(c.lines))
	must(c.t, err)
	if again {
		c.t.Fatalf("%s was there", name)
	}
	c.lines = nil
	return s
}

func each[T any](items []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, item := range items {
			if !yield(item, nil) {
				return
			}
		}
	}
}

func (c *counter) scope(s ...Statement) MatchScope {
	scope := MatchScope{Merchant: c.merchant, Origin: OfGateway}
	for _, one := range s {
		scope.Statements = append(scope.Statements, one.ID)
	}
	return scope
}

// reconcile matches and demands that both sides are accounted for.
func (c *counter) reconcile(policy MatchPolicy, s ...Statement) MatchResult {
	c.t.Helper()
	_, err := c.ledger().Reconcile(c.t.Context(), c.merchant, OfGateway, c.scope(s...).Statements, policy, "maria")
	must(c.t, err)
	result, err := c.ledger().Matching(c.t.Context(), c.scope(s...))
	must(c.t, err)
	if !result.Tied() {
		c.t.Errorf("not tied: %+v, want %+v", result.Total, result.Want)
	}
	return result
}

// found are the classes of all lines and left payouts, each with why.
func (c *counter) found(s ...Statement) []string {
	c.t.Helper()
	var texts []string
	for line, err := range c.ledger().Findings(c.t.Context(), c.scope(s...), MatchClasses()...) {
		must(c.t, err)
		text := fmt.Sprintf("%d %s", line.Number, line.Class)
		if line.MatchID != 0 {
			text += fmt.Sprintf(" %s %s %s %d", line.Standing, line.Form, line.Rule, line.Score)
		}
		if line.Note != "" {
			text += " " + line.Note
		}
		texts = append(texts, text)
	}
	return texts
}

func (c *counter) sees(s Statement, want ...string) {
	c.t.Helper()
	if diff := cmp.Diff(want, c.found(s)); diff != "" {
		c.t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestALineIsMatchedByItsNumber(t *testing.T) {
	c := atCounter(t)
	p := c.paidFor(Paid, 100, 200, 300, 400)
	c.line(NewLine{TradeNo: strings.ToLower(p[0].TradeNo), Amount: pesos(100)})
	c.line(NewLine{PlatformTradeNo: p[1].PlatformTradeNo, Amount: pesos(200)})
	c.line(NewLine{Narrative: "SPEI " + p[2].TradeNo[:11] + " " + p[2].TradeNo[11:] + " gracias", Amount: pesos(300), Status: LineBooked})
	c.line(NewLine{Narrative: "ref:" + p[3].PlatformTradeNo, Amount: pesos(400), Status: LineBooked})
	s := c.statement(today, today)
	result := c.reconcile(MatchPolicy{}, s)
	c.sees(s, "2 matched confirmed main trade_no 100", "3 matched confirmed main platform_no 99", "4 matched confirmed main narrative 95", "5 matched confirmed main narrative 95")
	if !result.Clean() || result.Row(ClassMatched).Lines != 4 || result.Row(ClassMatched).Payouts != 4 || !result.Total.Here.Equal(pesos(1000)) {
		t.Errorf("%+v", result)
	}
}

func TestWhatDiffersIsSeen(t *testing.T) {
	c := atCounter(t)
	paid, failed, open := c.paidFor(Paid, 100, 200, 300, 400, 500), c.paidFor(NotPaid, 600, 700), c.paidFor(Accepted, 800, 900)
	c.line(NewLine{TradeNo: paid[0].TradeNo, Amount: pesos(101)})
	c.line(NewLine{TradeNo: paid[1].TradeNo, Amount: pesos(200), Status: LineFailed})
	c.line(NewLine{TradeNo: paid[2].TradeNo, Amount: pesos(300)})
	c.line(NewLine{TradeNo: paid[2].TradeNo, Amount: pesos(300)})
	c.line(NewLine{TradeNo: failed[0].TradeNo, Amount: pesos(600)})
	c.line(NewLine{TradeNo: failed[1].TradeNo, Amount: pesos(700), Status: LineFailed})
	c.line(NewLine{TradeNo: open[0].TradeNo, Amount: pesos(800)})
	c.line(NewLine{TradeNo: open[1].TradeNo, Amount: pesos(900), Status: LineOpen})
	c.line(NewLine{TradeNo: "BP20261101000000AAAAAAAAAAAA", Amount: pesos(12)})
	c.line(NewLine{TradeNo: paid[4].TradeNo, Amount: pesos(500), Status: LineOpen})
	c.line(NewLine{TradeNo: paid[3].TradeNo, Amount: pesos(400), Status: LineOpen, Day: today.AddDate(0, 0, 9)}) // it may still come
	s := c.statement(today.AddDate(0, 0, -20), today.AddDate(0, 0, 9))
	result := c.reconcile(MatchPolicy{}, s)
	c.sees(s,
		"2 amount_differs confirmed main trade_no 100", "3 status_differs confirmed attempt trade_no 100",
		"4 matched confirmed main trade_no 100", "5 doubled_there confirmed extra trade_no 100",
		"6 status_differs confirmed main trade_no 100", "7 matched confirmed attempt trade_no 100",
		"8 status_differs confirmed main trade_no 100", "9 matched confirmed attempt trade_no 100",
		"10 unknown_to_us", "11 status_differs confirmed attempt trade_no 100", "12 timing confirmed attempt trade_no 100",
	)
	if row := result.Row(ClassStatus); result.Clean() || row.Payouts != 2 || !row.Here.Equal(pesos(700)) || row.Still != 2 {
		t.Errorf("%+v", result)
	}
}

func TestMoneyThatCameBackIsNoPayment(t *testing.T) {
	c := atCounter(t)
	paid := c.paidFor(Paid, 100, 200)
	_, err := c.Resolve(t.Context(), paid[0].TradeNo, SaidNotPaid, "maria", "came back")
	must(t, err)
	for _, p := range paid {
		c.line(NewLine{TradeNo: p.TradeNo, Amount: p.Amount})
		c.line(NewLine{TradeNo: p.TradeNo, Amount: minus(p.Amount), Status: LineReturned})
	}
	s := c.statement(today, today)
	c.reconcile(MatchPolicy{}, s)
	c.sees(s, "2 matched confirmed main trade_no 100", "3 matched confirmed return trade_no 100",
		"4 matched confirmed main trade_no 100", "5 status_differs confirmed return trade_no 100")
}

func minus(a money.Amount) money.Amount {
	minor, _ := a.Minor()
	return pesos(-minor)
}

func TestSeveralPayoutsInOneLineAndSeveralLinesOfOnePayout(t *testing.T) {
	c := atCounter(t)
	a, b, d := c.paidFor(Paid, 100, 250), c.paidFor(Paid, 1000), c.paidFor(Paid, 11, 12, 13, 14)
	c.line(NewLine{Narrative: a[0].TradeNo + " " + a[1].TradeNo, Amount: pesos(350)})
	c.line(NewLine{TradeNo: b[0].TradeNo, Amount: pesos(400)})
	c.line(NewLine{TradeNo: b[0].TradeNo, Amount: pesos(600)})
	c.line(NewLine{Narrative: "payroll", Amount: pesos(50), Status: LineBooked})
	s := c.statement(today, today)
	result := c.reconcile(MatchPolicy{}, s)
	lump, rest := "2 matched confirmed lump narrative 90", "5 matched confirmed lump lump 75"
	c.sees(s, lump, lump, "3 matched confirmed split trade_no 100", "4 matched confirmed split trade_no 100", rest, rest, rest, rest)
	if row := result.Row(ClassMatched); row.Listed != 8 {
		t.Errorf("%d listed", row.Listed)
	}
	if row := result.Row(ClassMatched); row.Lines != 4 || row.Payouts != 7 || !row.There.Equal(row.Here) || !result.Clean() {
		t.Errorf("%+v", result)
	}
	_ = d
}

// Whoever adds up what is listed never counts money of a group twice, and a
// group that does not add up says by how much.
func TestAGroupIsNeverListedTwiceAsMoney(t *testing.T) {
	c := atCounter(t)
	a, b := c.paidFor(Paid, 100, 250), c.paidFor(Paid, 1000)
	c.paidFor(Paid, 7)
	c.line(NewLine{Narrative: a[0].TradeNo + " " + a[1].TradeNo, Amount: pesos(350)})
	c.line(NewLine{TradeNo: b[0].TradeNo, Amount: pesos(400)})
	c.line(NewLine{TradeNo: b[0].TradeNo, Amount: pesos(600)})
	c.line(NewLine{Narrative: "another's", Amount: pesos(50), Status: LineBooked})
	s := c.statement(today, today)
	result := c.reconcile(MatchPolicy{}, s)
	there, here := pesos(0), pesos(0)
	groups := map[int64]int{}
	for line, err := range c.ledger().Findings(t.Context(), c.scope(s), MatchClasses()...) {
		must(t, err)
		if line.Group > 0 {
			if groups[line.Group]++; !line.GroupOver.IsZero() || line.Again != (groups[line.Group] > 1) {
				t.Errorf("%+v", line)
			}
		}
		var errs [2]error
		if line.Number > 0 && !(line.Again && line.Form == LumpLine) {
			there, errs[0] = there.Add(line.There)
		}
		if line.TradeNo != "" && !(line.Again && line.Form == SplitLine) {
			here, errs[1] = here.Add(line.Here)
		}
		must(t, errors.Join(errs[:]...))
	}
	if len(groups) != 2 || !there.Equal(result.Want.There) || !here.Equal(result.Want.Here) {
		t.Errorf("%v: %s there, want %s; %s here, want %s", groups, there, result.Want.There, here, result.Want.Here)
	}
}

// A batch of which a lump pays a part has that part listed, and what the whole
// group differs by.
func TestALumpOfTwoBatchesIsListedWithEach(t *testing.T) {
	c := atCounter(t)
	a, b := c.paidFor(Paid, 100, 250), c.paidFor(Paid, 1000, 5)
	c.line(NewLine{Narrative: a[0].TradeNo + " " + b[0].TradeNo + " " + b[1].TradeNo, Amount: pesos(1105)})
	s := c.statement(today, today)
	c.reconcile(MatchPolicy{}, s)
	scope := c.scope(s)
	scope.BatchID = b[0].BatchID
	var numbers []string
	for line, err := range c.ledger().Findings(t.Context(), scope, ClassMatched) {
		must(t, err)
		numbers = append(numbers, line.TradeNo)
		if line.Group == 0 || !line.GroupOver.IsZero() || line.Again != (len(numbers) > 1) {
			t.Errorf("%+v", line)
		}
	}
	if diff := cmp.Diff([]string{b[0].TradeNo, b[1].TradeNo}, numbers); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	result, err := c.ledger().Matching(t.Context(), scope)
	must(t, err)
	if row := result.Row(ClassMatched); row.Listed != 2 {
		t.Errorf("%+v", row)
	}
}

// Whose account a statement is of stands in the history, which nobody changes.
func TestAStatementKeepsItsAccount(t *testing.T) {
	c := atCounter(t)
	s, _, err := c.ledger().TakeStatement(t.Context(), NewStatement{
		Merchant: c.merchant, Name: "bank.csv", SHA256: "one", Origin: OfBank, Format: "csv", FirstDay: today, LastDay: today, Account: "••••7897", Actor: "maria",
	}, each([]NewLine{}))
	must(t, err)
	c.line(NewLine{Amount: pesos(1)})
	other := c.statement(today, today)
	if s.Account != "••••7897" || other.Account != "" {
		t.Errorf("%q, %q", s.Account, other.Account)
	}
	for one, err := range c.ledger().Statements(t.Context(), c.merchant.ID) {
		must(t, err)
		if (one.ID == s.ID) != (one.Account == s.Account) {
			t.Errorf("%+v", one)
		}
	}
	// Whoever spoils the history is found by verify, and keeps nobody from reading.
	c.tampered = true
	for _, text := range []string{"DROP TRIGGER events_do_not_change", "UPDATE events SET evidence = CAST('{' AS BLOB) WHERE kind = '" + kindStatement + "'"} {
		_, err := c.ledger().writer.ExecContext(t.Context(), text)
		must(t, err)
	}
	if one, err := c.ledger().Statement(t.Context(), s.ID); err != nil || one.Account != "" {
		t.Errorf("%+v, %v", one, err)
	}
}

func TestAccountAndAmountMatchOnlyWithoutAChoice(t *testing.T) {
	c := atCounter(t)
	p := c.paidFor(Paid, 100, 200, 300)
	c.later(time.Hour)
	twin := c.imported(row(2, 100), row(3, 999)) // the same account and amount as the first
	claimed, err := c.Claim(t.Context(), c.lease, twin.ID, 2)
	must(t, err)
	for _, one := range claimed {
		_, err := c.Record(t.Context(), Policy{}, []Outcome{{Payout: one, Kind: Paid, Reason: "paid", PlatformTradeNo: "tw" + one.TradeNo, Actor: ActorSubmit, Attempt: 1, Evidence: []byte("{}")}})
		must(t, err)
	}
	c.line(NewLine{Account: " " + p[0].PayeeAccount[:9] + " " + p[0].PayeeAccount[9:], Amount: pesos(100), Status: LineBooked})
	c.line(NewLine{Account: p[1].PayeeAccount, Amount: pesos(200), Status: LineBooked, Day: today.AddDate(0, 0, 2)})
	c.line(NewLine{Account: p[2].PayeeAccount, Amount: pesos(300), Status: LineBooked, Day: today.AddDate(0, 0, 5)})
	s := c.statement(today, today.AddDate(0, 0, 8))
	c.reconcile(MatchPolicy{}, s)
	c.sees(s, "2 unknown_to_us proposed main account 50 several_candidates", "3 matched confirmed main account 80", "4 unknown_to_us",
		"2 missing_there proposed main account 50 several_candidates", "0 missing_there", "0 missing_there", "0 missing_there")
}

func TestAFeeIsTolerated(t *testing.T) {
	c := atCounter(t)
	p := c.paidFor(Paid, 10000, 20000, 30000)
	c.line(NewLine{TradeNo: p[0].TradeNo, Amount: pesos(10580)})
	c.line(NewLine{TradeNo: p[1].TradeNo, Amount: pesos(20000), Fee: pesos(580)})
	c.line(NewLine{TradeNo: p[2].TradeNo, Amount: pesos(30901)})
	s := c.statement(today, today)
	result := c.reconcile(MatchPolicy{FeeMinor: 600, FeeShare: 0.03}, s)
	c.sees(s, "2 matched confirmed main trade_no 100", "3 matched confirmed main trade_no 100", "4 amount_differs confirmed main trade_no 100")
	if !result.Fees.Equal(pesos(1160)) {
		t.Errorf("fees %s", result.Fees)
	}
}

func TestWhatIsMatchedIsNotMatchedAgain(t *testing.T) {
	c := atCounter(t)
	p := c.paidFor(Paid, 100, 200, 300)
	c.line(NewLine{TradeNo: p[0].TradeNo, PlatformTradeNo: p[0].PlatformTradeNo, Amount: pesos(100)})
	c.line(NewLine{TradeNo: p[1].TradeNo, Amount: pesos(200)})
	first := c.statement(today.AddDate(0, 0, -20), today)
	before := c.reconcile(MatchPolicy{}, first)
	if before.Row(ClassTiming).Payouts != 1 {
		t.Errorf("%+v", before)
	}
	again := c.reconcile(MatchPolicy{}, first)
	if diff := cmp.Diff(fmt.Sprint(before), fmt.Sprint(again)); diff != "" {
		t.Error(diff)
	}
	c.line(NewLine{TradeNo: p[0].TradeNo, PlatformTradeNo: p[0].PlatformTradeNo, Amount: pesos(100)}) // the files overlap
	c.line(NewLine{TradeNo: p[1].TradeNo, Amount: pesos(200), Day: today.AddDate(0, 0, 1)})           // paid once more
	c.line(NewLine{TradeNo: p[2].TradeNo, Amount: pesos(300), Day: today.AddDate(0, 0, 1)})           // it was timing
	second := c.statement(today.AddDate(0, 0, 1), today.AddDate(0, 0, 9))
	c.reconcile(MatchPolicy{}, second)
	c.sees(second, "2 repeated confirmed repeat trade_no 100", "3 doubled_there confirmed extra trade_no 100", "4 other_period confirmed main trade_no 100")
	if result, err := c.ledger().Matching(t.Context(), c.scope(first)); err != nil || result.Row(ClassElse).Payouts != 1 || !result.Tied() {
		t.Errorf("%+v, %v", result, err)
	}
	both := c.reconcile(MatchPolicy{}, first, second)
	if both.Row(ClassMatched).Payouts != 3 || both.Row(ClassDoubled).Lines != 1 {
		t.Errorf("%+v", both)
	}
}

func TestAPersonConfirmsAndUndoes(t *testing.T) {
	c := atCounter(t)
	p := c.paidFor(Paid, 100, 200)
	c.line(NewLine{TradeNo: p[0].TradeNo[:20], Amount: pesos(100)})
	c.line(NewLine{TradeNo: p[1].TradeNo, Amount: pesos(200)})
	s := c.statement(today, today)
	c.reconcile(MatchPolicy{}, s)
	lines := all(t, c.ledger().Findings(t.Context(), c.scope(s), MatchClasses()...))
	must(t, c.ledger().ConfirmMatch(t.Context(), lines[0].MatchID, "maria", "same time, same amount"))
	must(t, c.ledger().UndoMatch(t.Context(), lines[1].MatchID, "maria", "that is another one"))
	var refused *MatchError
	if err := c.ledger().UndoMatch(t.Context(), lines[1].MatchID, "maria", "again"); !errors.As(err, &refused) {
		t.Errorf("%v", err)
	}
	result := c.reconcile(MatchPolicy{}, s)
	c.sees(s, "2 matched confirmed main trade_no 60 number_truncated", "3 unknown_to_us", "0 timing")
	if result.Clean() {
		t.Error("clean")
	}
	_, err := c.ledger().MatchByHand(t.Context(), s.ID, 3, p[1].TradeNo, "maria", "it was that one after all")
	must(t, err)
	c.sees(s, "2 matched confirmed main trade_no 60 number_truncated", "3 matched confirmed main person 100")
	if _, err := c.ledger().MatchByHand(t.Context(), s.ID, 3, p[1].TradeNo, "maria", "again"); !errors.As(err, &refused) {
		t.Errorf("%v", err)
	}
}

func TestStatementsAreTakenOnce(t *testing.T) {
	c := atCounter(t)
	n := NewStatement{Merchant: c.merchant, Name: "a.csv", SHA256: "1", Origin: OfBank, Format: "mt940", FirstDay: today, LastDay: today, Actor: "maria"}
	lines := []NewLine{{Number: 1, Day: today, Amount: pesos(5), Status: LineBooked}}
	first, again, err := c.ledger().TakeStatement(t.Context(), n, each(lines))
	must(t, err)
	if again {
		t.Error("again")
	}
	second, again, err := c.ledger().TakeStatement(t.Context(), n, each([]NewLine{}))
	must(t, err)
	if diff := cmp.Diff(fmt.Sprint(first), fmt.Sprint(second)); diff != "" || !again || first.Moved.Count != 1 {
		t.Errorf("again %v %s", again, diff)
	}
	n.SHA256 = "2"
	broken := errors.New("line 3 cannot be read")
	if _, _, err := c.ledger().TakeStatement(t.Context(), n, func(yield func(NewLine, error) bool) {
		_ = yield(lines[0], nil) && yield(NewLine{}, broken)
	}); !errors.Is(err, broken) {
		t.Error(err)
	}
	if got := slices.Collect(keys(c.ledger().Statements(t.Context(), c.merchant.ID))); len(got) != 1 {
		t.Errorf("%v", got)
	}
}

func keys(seq iter.Seq2[Statement, error]) iter.Seq[string] {
	return func(yield func(string) bool) {
		for s := range seq {
			if !yield(s.Name) {
				return
			}
		}
	}
}

// Whoever changes a statement in the file is found out.
func TestAnAlteredStatementIsFound(t *testing.T) {
	for name, text := range map[string]string{
		"an amount":    "UPDATE statement_lines SET amount_minor = amount_minor + 1 WHERE number = 2",
		"a number":     "UPDATE statement_lines SET trade_no = 'BP1' WHERE number = 3",
		"a line less":  "DELETE FROM statement_lines WHERE number = 3",
		"its total":    "UPDATE statements SET paid_minor = paid_minor + 1",
		"all of it":    "DELETE FROM statements",
		"its digest":   "UPDATE statements SET digest = zeroblob(32)",
		"a match":      "UPDATE matches SET origin = 'bank'",
		"whose it was": "UPDATE statements SET origin = 'bank'",
	} {
		t.Run(name, func(t *testing.T) {
			c := atCounter(t)
			p := c.paidFor(Paid, 100, 200)
			c.line(NewLine{TradeNo: p[0].TradeNo, Amount: pesos(100)})
			c.line(NewLine{TradeNo: "unknown", Amount: pesos(7)})
			s := c.statement(today, today)
			c.reconcile(MatchPolicy{}, s)
			c.tampered = true
			db := c.ledger().writer
			for _, trigger := range []string{"statements_are_kept", "statements_do_not_change", "statement_lines_are_kept", "statement_lines_do_not_change", "matches_keep_what_they_say"} {
				_, err := db.ExecContext(t.Context(), "DROP TRIGGER "+trigger)
				must(t, err)
			}
			_, err := db.ExecContext(t.Context(), "PRAGMA foreign_keys = 0")
			must(t, err)
			_, err = db.ExecContext(t.Context(), text)
			must(t, err)
			found, err := c.Verify(t.Context())
			must(t, err)
			if len(found.Findings) == 0 {
				t.Error("nothing found")
			}
		})
	}
}
