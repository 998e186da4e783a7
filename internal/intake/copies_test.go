package intake

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/bulkpay/bulkpay/ledger"
)

// What one copy of a sheet has repaired, no older copy ever pays again: not
// with its name, its amount and its account edited, nor when it is given once
// more after the second payout failed as well and a third was made.
func TestOldCopyOfARepairedSheetNeverPaysAgain(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, and long under the race detector")
	}
	t.Parallel()
	for _, policy := range Policies() {
		d := setup(t)
		_, no := d.fourRows()
		old := func(name string, account uint64, amount int) string { // Bea's row of the first copy
			return d.sheet("old copy.csv", to(name, account, amount, "", no[3]), to("Ana", 1, 100, "", no[2]))
		}
		second, err := d.importSheet(old("Bea", 22, 200), d.with(policy, "reason"))
		d.must(err)
		d.equal(d.became(second), []string{"ready", "known"})
		d.neverAgain(second, policy, old)
		d.settle(second, wasNotPaid)

		// Again it failed, and again it is repaired: by the first copy, edited
		// all over, which now replaces the second payout.
		third, err := d.importSheet(old("Beatriz", 33, 350), d.with(policy, "reason"))
		d.must(err)
		d.equal(d.lines(third)[0].Payout.Replaces, d.lines(second)[0].Payout.TradeNo)
		d.neverAgain(third, policy, old)
		d.settle(third, wasPaid)
		d.neverAgain(third, policy, old)

		// So it is with the copy that the second batch was handed back with.
		number := d.lines(second)[0].Payout.TradeNo
		d.neverAgain(third, policy, func(name string, account uint64, amount int) string {
			return d.sheet("second copy.csv", to(name, account, amount, "", number))
		})
	}
}

// neverAgain gives a copy of a sheet with one row edited in every way: it is
// known to be the payout in the first row of the latest batch.
func (d *desk) neverAgain(latest ledger.Batch, policy Policy, copied func(name string, account uint64, amount int) string) {
	d.Helper()
	is := d.lines(latest)[0].Payout
	before := d.batches()
	for _, name := range []string{"Bea", "Beatriz", "Zoe"} {
		for _, account := range []uint64{2, 22, 33, 44} {
			for _, amount := range []int{200, 350, 777} {
				path := copied(name, account, amount)
				e, _, suspects := d.examine(path)
				if e.Valid() != 0 || len(suspects) != 0 || e.Resumes() != latest.Code {
					d.Fatalf("%s, %d, %d: %+v, %v", name, account, amount, e, suspects)
				}
				if _, err := Import(d.Context(), d.book, d.open(path), e, d.with(policy, "reason")); !errors.Is(err, ErrKnown) {
					d.Fatalf("%s, %d, %d: %v", name, account, amount, err)
				}
				// Beside a row that is new it is left out, and says as what.
				path = copied(name, account, amount)
				text, err := os.ReadFile(path)
				d.must(err)
				path = d.write("more.csv", append(text, to("Uma", 77, 70)+"\n"...))
				known := d.knowns(path)
				if k := known[0]; k.TradeNo != is.TradeNo || k.For == is.TradeNo || k.For == "" || k.Batch != latest.Code || k.State != is.State {
					d.Fatalf("known %+v", k)
				}
			}
		}
	}
	d.equal(d.batches(), before)
}

func (d *desk) knowns(path string) (all []Known) {
	d.Helper()
	e, err := Examine(d.Context(), path, d.open(path), d.past(), Seen{Known: func(k Known) error { all = append(all, k); return nil }})
	d.must(err)
	d.must(e.Close())
	return all
}

// What is kept of an old copy's row says why nothing is paid for it.
func TestKnownRowOfAnOldCopySaysWhatStandsInForIt(t *testing.T) {
	t.Parallel()
	d := setup(t)
	_, no := d.fourRows()
	second, err := d.importSheet(d.sheet("copy.csv", to("Bea", 22, 200, "", no[3])), d.order())
	d.must(err)
	batch, err := d.importSheet(d.sheet("copy.csv", to("Bea", 2, 200, "", no[3]), to("Uma", 77, 70)), d.order())
	d.must(err)
	is, line := d.lines(second)[0].Payout, d.lines(batch)[0]
	d.equal([]any{d.became(batch), line.Known.TradeNo, line.Known.Batch, line.Known.Notes},
		[]any{[]string{"known", "ready"}, is.TradeNo, second.Code, []string{noteReplaced}})
}

// Two numbers of one row in one sheet are one payout.
func TestTwoRowsThatWereOneRowAreNeverBothPaid(t *testing.T) {
	t.Parallel()
	d := setup(t)
	_, no := d.fourRows()
	second, err := d.importSheet(d.sheet("copy.csv", to("Bea", 22, 200, "", no[3])), d.order())
	d.must(err)
	d.settle(second, wasNotPaid)
	newer := d.lines(second)[0].Payout.TradeNo
	e, problems, _ := d.examine(d.sheet("both.csv", to("Bea", 22, 200, "", newer), to("Beatriz", 2, 250, "", no[3])))
	d.equal([]int{e.Repaired, e.Invalid, e.Free(Refuse)}, []int{1, 1, 1})
	d.equal(problems[0].Error(), "both.csv: row 3, column G (tradeNo): stands for the payout that row 2 has already; want each payout once; clear the cell if the row is to be paid as well")
}

// Two runs at once with copies of one sheet make one payout of a repaired row.
func TestOfTwoCopiesAtOnceOneRepairsARow(t *testing.T) {
	t.Parallel()
	d := setup(t)
	_, no := d.fourRows()
	one, other := d.sheet("one.csv", to("Bea", 22, 200, "", no[3])), d.sheet("other.csv", to("Zoe", 23, 250, "", no[3]))
	e1, _, _ := d.examine(one)
	e2, _, _ := d.examine(other)
	d.equal([]int{e1.Free(Refuse), e2.Free(Refuse)}, []int{1, 1})
	_, err := Import(t.Context(), d.book, d.open(one), e1, d.order())
	d.must(err)
	if _, err := Import(t.Context(), d.book, d.open(other), e2, d.with(Pay, "it is wanted")); !errors.Is(err, ErrMoved) {
		t.Errorf("the second: %v", err)
	}
	d.equal(d.batches(), 2)
}

// An answer that comes late, after the row was repaired, and says that the
// first payout was made: its row is paid, in whatever copy it stands.
func TestRowThatWasPaidAfterAllIsKnown(t *testing.T) {
	t.Parallel()
	d := setup(t)
	first, no := d.fourRows()
	second, err := d.importSheet(d.sheet("copy.csv", to("Bea", 22, 200, "", no[3])), d.order())
	d.must(err)
	standIn := d.lines(second)[0].Payout
	was, err := d.book.Payout(t.Context(), no[3])
	d.must(err)
	_, err = d.book.Record(t.Context(), ledger.Policy{}, []ledger.Outcome{{
		Payout: was, Kind: ledger.Paid, PlatformTradeNo: was.PlatformTradeNo, Evidence: []byte("{}"), Actor: ledger.ActorSettle,
	}})
	d.must(err)
	d.equal(d.became(second), []string{"held"})
	_, err = d.book.Cancel(t.Context(), standIn.TradeNo, "maria", "the first was paid")
	d.must(err)
	for _, number := range []string{no[3], standIn.TradeNo} {
		path := d.sheet("again.csv", to("Zoe", 44, 999, "", number))
		e, _, _ := d.examine(path)
		d.equal([]any{e.Valid(), e.Resumes()}, []any{0, first.Code})
		d.equal(d.knowns(path)[0].TradeNo, no[3])
	}
}

// copies are the copies of one sheet that lie about, and which row of the first
// every payout is of.
type copies struct {
	sheets [][]entry // number: of the payout that the row was when it was handed back
	origin [][]int   // for each row of a copy, the row of the first
	debts  map[string]int
	latest []ledger.Batch
}

// handedBack adds the copy that a batch is handed back with.
func (c *copies) handedBack(t *rapid.T, d *desk, batch ledger.Batch, sheet []entry, origin []int) {
	sheet = slices.Clone(sheet)
	for i, line := range d.lines(batch) {
		switch {
		case line.Payout != nil:
			sheet[i].number = line.Payout.TradeNo
			c.debts[line.Payout.TradeNo] = origin[i]
		case line.Known != nil:
			sheet[i].number = line.Known.TradeNo
			if c.debts[line.Known.TradeNo] != origin[i] {
				t.Fatalf("row %d is taken for the payout of another row", line.Row)
			}
		}
	}
	c.sheets, c.origin = append(c.sheets, sheet), append(c.origin, origin)
	c.latest = append(c.latest, batch)
}

// edited is a copy as somebody gives it again: some of its rows, in any order,
// each with anything changed but its number.
func (c *copies) edited(t *rapid.T) (sheet []entry, origin []int) {
	which := rapid.IntRange(0, len(c.sheets)-1).Draw(t, "copy")
	places := make([]int, len(c.sheets[which]))
	for i := range places {
		places[i] = i
	}
	places = rapid.Permutation(places).Draw(t, "order")[:rapid.IntRange(1, len(places)).Draw(t, "rows")]
	for i, e := range drawEntries(t, len(places), nil) {
		was := c.sheets[which][places[i]]
		if rapid.Bool().Draw(t, "unedited") {
			e = was
		}
		e.row, e.number = i+2, was.number
		sheet, origin = append(sheet, e), append(origin, c.origin[which][places[i]])
	}
	return sheet, origin
}

// TestNoRowIsEverPaidTwiceWhateverCopyIsGiven: a sheet is handed back, repaired
// and given again, from any of its copies, edited in any way, under any policy,
// while payouts are paid, fail, stay in doubt, are released and cancelled. Of
// all payouts that one row ever was, one at most is not called off.
func TestNoRowIsEverPaidTwiceWhateverCopyIsGiven(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, and long under the race detector")
	}
	t.Parallel()
	d := setup(t)
	n, chains := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		d.newMerchant(n)
		c := &copies{debts: map[string]int{}}
		sheet := drawEntries(t, 3, nil)
		batch, err := d.importSheet(d.sheet("first.csv", linesOf(sheet)...), d.with(Pay, "they are wanted"))
		d.must(err)
		c.handedBack(t, d, batch, sheet, []int{0, 1, 2}[:len(sheet)])
		for range rapid.IntRange(1, 5).Draw(t, "times") {
			for _, batch := range c.latest {
				d.live(t, batch)
			}
			sheet, origin := c.edited(t)
			path := d.sheet("copy.csv", linesOf(sheet)...)
			order := d.with(rapid.SampledFrom(Policies()).Draw(t, "policy"), "they are wanted")
			batch, err := d.importSheet(path, order)
			var suspect *SuspectError
			switch {
			case errors.Is(err, ErrKnown), errors.Is(err, ledger.ErrDuplicate), errors.As(err, &suspect):
			case err != nil:
				t.Fatal(err)
			default:
				c.handedBack(t, d, batch, sheet, origin)
			}
			chains = max(chains, c.check(t, d))
		}
	})
	if chains < 2 && !testing.Short() { // a few checks may not come that far
		t.Errorf("no row was ever more than %d payouts", chains)
	}
}

// live lets payouts of a batch come to an end, or not.
func (d *desk) live(t *rapid.T, batch ledger.Batch) {
	ctx := d.Context()
	switch rapid.IntRange(0, 3).Draw(t, "held") {
	case 0:
		_, err := d.book.ReleaseAll(ctx, batch.ID, "maria", "they are meant")
		d.must(err)
	case 1:
		_, err := d.book.CancelHeld(ctx, batch.ID, "maria", "they are not")
		d.must(err)
	}
	d.settle(batch, func(p ledger.Payout) ledger.Outcome {
		switch rapid.IntRange(0, 5).Draw(t, "outcome") {
		case 0:
			return wasPaid(p)
		case 1:
			return ledger.Outcome{Kind: ledger.Doubt, Reason: "timeout"}
		}
		return wasNotPaid(p)
	})
}

// check counts the payouts of each row, and gives the most that any had.
func (c *copies) check(t *rapid.T, d *desk) (most int) {
	all, live := map[int]int{}, map[int][]string{}
	for number, row := range c.debts {
		p, err := d.book.Payout(d.Context(), number)
		d.must(err)
		if all[row]++; !p.State.CalledOff() {
			live[row] = append(live[row], fmt.Sprintf("%s (%s, row %d of batch %d)", number, p.State, p.Row, p.BatchID))
		}
		most = max(most, all[row])
	}
	for row, payouts := range live {
		if len(payouts) > 1 {
			t.Fatalf("row %d is paid by %v", row, payouts)
		}
	}
	return most
}

// What a person has cancelled may have been paid by other means: the row in
// the sheet that came back waits for a person, and is not simply paid.
func TestRowThatAPersonCancelledIsHeld(t *testing.T) {
	t.Parallel()
	d := setup(t)
	batch, err := d.importSheet(d.sheet("sheet.csv", to("Bea", 22, 200, "", ""), to("Zoe", 23, 250, "", "")), d.order())
	d.must(err)
	bea := d.lines(batch)[0].Payout
	_, err = d.book.Cancel(t.Context(), bea.TradeNo, "maria", "paid in cash")
	d.must(err)
	path := d.sheet("back.csv", to("Bea", 22, 200, "", bea.TradeNo))
	e, _, _ := d.examine(path)
	d.equal([]int{e.Suspects[CalledOff], e.Free(Refuse), e.Held(Refuse)}, []int{1, 0, 1})
	again, err := d.importSheet(path, d.order())
	d.must(err)
	d.equal(d.became(again), []string{"held"})
}
