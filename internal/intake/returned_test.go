package intake

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/bulkpay/bulkpay/ingest"
	"github.com/bulkpay/bulkpay/ledger"
)

// numbersOf are the trade numbers of a batch by row.
func (d *desk) numbersOf(batch ledger.Batch) map[int]string {
	d.Helper()
	numbers := map[int]string{}
	for _, line := range d.lines(batch) {
		if line.Payout != nil {
			numbers[line.Row] = line.Payout.TradeNo
		}
	}
	return numbers
}

// became is what each row of a batch is, in a word.
func (d *desk) became(batch ledger.Batch) []string {
	d.Helper()
	var all []string
	for _, line := range d.lines(batch) {
		switch {
		case line.Known != nil:
			all = append(all, "known")
		case line.Invalid != nil:
			all = append(all, "left out")
		default:
			all = append(all, string(line.Payout.State))
		}
	}
	return all
}

// A sheet of four: Ana is paid, Bea's payout failed, Eva's row had a fault and
// Iva's is in doubt. Handed back, it is repaired and given again.
func (d *desk) fourRows() (first ledger.Batch, numbers map[int]string) {
	d.Helper()
	path := d.sheet("november.csv", to("Ana", 1, 100), to("Bea", 2, 200), to("", 3, 300), to("Iva", 4, 400))
	first, err := d.importSheet(path, d.order())
	d.must(err)
	d.settle(first, func(p ledger.Payout) ledger.Outcome {
		switch p.PayeeName {
		case "Ana":
			return wasPaid(p)
		case "Bea":
			return wasNotPaid(p)
		}
		return ledger.Outcome{Kind: ledger.Doubt, Reason: "timeout"}
	})
	return first, d.numbersOf(first)
}

func TestRepairedRowsOfAReturnedSheetAreTakenAndPaidOnesNever(t *testing.T) {
	t.Parallel()
	d := setup(t)
	first, no := d.fourRows()
	path := d.sheet(
		"returned.csv",
		to("Ana Maria", 9, 999, "edited all around", no[2]), // paid, whatever it says now
		to("Bea", 22, 200, "", no[3]),                       // failed: with another account now
		to("Eva", 3, 300),                                   // its fault is gone
		to("Iva", 4, 400, "", no[5]),                        // may be paid
	)
	var knowns []Known
	e, err := Examine(t.Context(), path, d.open(path), d.past(), Seen{Known: func(k Known) error { knowns = append(knowns, k); return nil }})
	d.must(err)
	defer e.Close()
	d.equal([]int{e.Known, e.Edited, e.Repaired, e.Invalid, e.Valid(), len(e.Suspects), e.Free(Refuse)}, []int{2, 1, 1, 0, 2, 0, 2})
	d.equal(knowns, []Known{
		{Row: 2, TradeNo: no[2], Batch: first.Code, BatchRow: 2, State: ledger.Succeeded, Edited: true},
		{Row: 5, TradeNo: no[5], Batch: first.Code, BatchRow: 5, State: ledger.InDoubt},
	})
	batch, err := Import(t.Context(), d.book, d.open(path), e, d.order())
	d.must(err)
	d.equal(d.became(batch), []string{"known", "ready", "ready", "known"})
	line := d.lines(batch)[0]
	d.equal([]any{line.Known.TradeNo, line.Known.Notes, line.Known.PayeeName}, []any{no[2], []string{noteEdited}, "Ana"})
	if said := strings.Join(batch.Assumed, "\n"); !strings.Contains(said, "2 rows are known") || !strings.Contains(said, "1 row is repaired") {
		t.Errorf("it was not said: %s", said)
	}

	bea := d.lines(batch)[1].Payout
	d.equal([]string{bea.Replaces, d.lines(batch)[2].Payout.Replaces}, []string{no[3], ""})
}

// Who was paid in another way since is looked at, whatever was paid before.
func TestRepairedRowWhoseAccountWasPaidSinceIsHeld(t *testing.T) {
	t.Parallel()
	d := setup(t)
	_, err := d.importSheet(d.sheet("october.csv", to("Bea", 2, 200)), d.order())
	d.must(err)
	november, err := d.importSheet(d.sheet("november.csv", to("Bea", 2, 201)), d.order())
	d.must(err)
	d.settle(november, wasNotPaid)
	no := d.numbersOf(november)
	e, _, suspects := d.examine(d.sheet("returned.csv", to("Bea", 2, 201, "", no[2])))
	d.equal([]int{e.Free(Refuse), len(suspects)}, []int{1, 0}) // what was paid before is not since
	d.now = d.now.Add(2 * DuplicateWindow)
	december, err := d.importSheet(d.sheet("december.csv", to("Bea", 2, 150), to("Ana", 9, 10)), d.order())
	d.must(err)
	for name, line := range map[string]string{
		"to the account it had":     to("Bea", 5, 201, "", no[2]),
		"to its account":            to("Bea", 2, 201, "", no[2]),
		"to the account it has now": to("Ana", 9, 201, "", no[2]),
		"with another amount":       to("Bea", 2, 777, "", no[2]),
	} {
		e, _, suspects := d.examine(d.sheet("returned.csv", line))
		if len(suspects) != 1 || suspects[0].Kind != PaidSince || suspects[0].Batch != december.Code || e.Held(Refuse) != 1 {
			t.Errorf("%s: %v", name, suspects)
		}
	}
}

// The window of a sheet reaches back to the batch of its oldest number, though
// that number stands for a later payout by now.
func TestOldNumberThatWasReplacedStillReachesBack(t *testing.T) {
	t.Parallel()
	d := setup(t)
	first, no := d.fourRows()
	d.now = d.now.Add(2 * DuplicateWindow)
	_, err := d.importSheet(d.sheet("copy.csv", to("Bea", 22, 200, "", no[3])), d.order())
	d.must(err)
	// In the old copy Ana's number was lost.
	_, _, suspects := d.examine(d.sheet("old copy.csv", to("Ana", 1, 100), to("Bea", 2, 200, "", no[3])))
	if len(suspects) != 1 || suspects[0].Row != 2 || suspects[0].Kind != ledger.SamePayout || suspects[0].Batch != first.Code {
		t.Errorf("suspects %v", suspects)
	}
}

// A repaired row is no duplicate of the payout that failed.
func TestRepairedRowMayBeTheSameAsWhatFailed(t *testing.T) {
	t.Parallel()
	d := setup(t)
	_, no := d.fourRows()
	path := d.sheet("returned.csv", to("Bea", 2, 200, "", no[3]), to("Ana", 1, 100, "", no[2]))
	e, _, suspects := d.examine(path)
	d.equal([]int{e.Repaired, len(suspects), e.Free(Refuse)}, []int{1, 0, 1})
	batch, err := Import(t.Context(), d.book, d.open(path), e, d.order())
	d.must(err)
	d.equal(d.became(batch), []string{"ready", "known"})
}

func TestSheetInWhichNothingIsNewIsTheBatchItWas(t *testing.T) {
	t.Parallel()
	d := setup(t)
	first, no := d.fourRows()
	for name, lines := range map[string][]string{
		"all known":               {to("Iva", 4, 400, "", no[5]), to("Ana", 1, 100, "", no[2])},
		"known and still a fault": {to("Ana", 1, 101, "", no[2]), to("", 3, 300)},
		"known, made faulty":      {to("", 7, 0, "", no[2])},
	} {
		path := d.sheet("again.csv", lines...)
		e, _, _ := d.examine(path)
		d.equal([]any{e.Resumes(), e.Valid()}, []any{first.Code, 0})
		if _, err := Import(t.Context(), d.book, d.open(path), e, d.order()); !errors.Is(err, ErrKnown) {
			t.Errorf("%s: %v", name, err)
		}
	}
	d.equal(d.batches(), 1)

	// Rows of two batches: the later one goes on.
	path := d.sheet("repaired.csv", to("Ana", 1, 100, "", no[2]), to("Eva", 3, 300))
	second, err := d.importSheet(path, d.order())
	d.must(err)
	e, _, _ := d.examine(d.sheet("third.csv", to("Eva", 3, 301, "", d.numbersOf(second)[3]), to("Ana", 1, 100, "", no[2])))
	earlier := []Earlier{{first.Code, 1}, {second.Code, 1}}
	slices.SortFunc(earlier, func(a, b Earlier) int { return strings.Compare(a.Batch, b.Batch) })
	d.equal([]any{e.Resumes(), e.Earlier}, []any{second.Code, earlier})
}

func TestNumberThatIsWrongIsAFaultOfItsRow(t *testing.T) {
	t.Parallel()
	d := setup(t)
	_, no := d.fourRows()
	path := d.sheet(
		"returned.csv",
		to("Ana", 1, 100, "", no[2]),
		to("Zoe", 8, 800, "", no[2]), // a copied line
		to("Ivo", 9, 900, "", "BP20261121203512K7Q2M9F4X1ZT"),
		to("Bea", 2, 200, "", no[3]),
		to("Bea", 2, 200, "", no[3]), // a copied line of a failed payout
	)
	e, problems, _ := d.examine(path)
	d.equal([]int{e.Invalid, e.Problems, e.Known, e.Repaired, e.Valid()}, []int{3, 3, 1, 1, 1})
	var texts []string
	for _, p := range problems {
		texts = append(texts, p.Error())
	}
	d.equal(texts, []string{
		"returned.csv: row 3, column G (tradeNo): stands for the payout that row 2 has already; want each payout once; clear the cell if the row is to be paid as well",
		"returned.csv: row 4, column G (tradeNo): is not the number of a payout in this ledger; want the number as it was handed back; clear the cell to pay the row as a new one",
		"returned.csv: row 6, column G (tradeNo): stands for the payout that row 5 has already; want each payout once; clear the cell if the row is to be paid as well",
	})
	// Without a ledger nothing can be said of numbers.
	e, err := Examine(t.Context(), path, d.open(path), Past{}, Seen{})
	d.must(err)
	d.equal([]int{e.Invalid, e.Known}, []int{0, 0})
	d.must(e.Close())
}

// Another merchant's numbers are unknown numbers.
func TestNumbersOfAnotherMerchantAreNotKnown(t *testing.T) {
	t.Parallel()
	d := setup(t)
	_, no := d.fourRows()
	d.newMerchant(7)
	e, problems, _ := d.examine(d.sheet("theirs.csv", to("Ana", 1, 100, "", no[2])))
	d.equal([]int{e.Known, e.Invalid, len(problems)}, []int{0, 1, 1})
}

// A row that has lost its number is what it was, also long after the window.
func TestLostNumberIsFoundHoweverLongAgo(t *testing.T) {
	t.Parallel()
	d := setup(t)
	first, no := d.fourRows()
	d.now = d.now.Add(2 * DuplicateWindow)
	path := d.sheet("returned.csv", to("Iva", 4, 400), to("Ana", 1, 100, "", no[2]), to("Zoe", 8, 800))
	e, _, suspects := d.examine(path)
	if len(suspects) != 1 || suspects[0].Row != 2 || suspects[0].Kind != ledger.SamePayout || suspects[0].Batch != first.Code {
		t.Fatalf("suspects %v", suspects)
	}
	if _, err := Import(t.Context(), d.book, d.open(path), e, d.order()); err == nil {
		t.Error("imported")
	}
	batch, err := Import(t.Context(), d.book, d.open(path), e, d.with(Skip, ""))
	d.must(err)
	d.equal(d.became(batch), []string{"left out", "known", "ready"})
}

// A copy of a paid line with its number cleared is a duplicate of it.
func TestCopyOfAPaidLineIsADuplicate(t *testing.T) {
	t.Parallel()
	d := setup(t)
	_, no := d.fourRows()
	path := d.sheet("returned.csv", to("Ana", 1, 100), to("Ana", 1, 555, "edited", no[2]))
	_, _, suspects := d.examine(path)
	if len(suspects) != 1 || suspects[0].Row != 2 || suspects[0].Kind != ledger.SamePayout {
		t.Errorf("suspects %v", suspects)
	}
}

// A payout that was called off and is paid after all, between the two
// readings, is not paid again.
func TestAnswerBetweenTheReadingsStopsTheImport(t *testing.T) {
	t.Parallel()
	d := setup(t)
	first, no := d.fourRows()
	path := d.sheet("returned.csv", to("Bea", 2, 200, "", no[3]))
	e, _, _ := d.examine(path)
	d.equal(e.Free(Refuse), 1)
	bea, err := d.book.Payout(t.Context(), no[3])
	d.must(err)
	_, err = d.book.Record(t.Context(), ledger.Policy{}, []ledger.Outcome{{
		Payout: bea, Kind: ledger.Paid, PlatformTradeNo: bea.PlatformTradeNo, Evidence: []byte("{}"), Actor: ledger.ActorSettle,
	}})
	d.must(err)
	if _, err := Import(t.Context(), d.book, d.open(path), e, d.order()); !errors.Is(err, ErrMoved) {
		t.Errorf("error %v", err)
	}
	d.equal(d.batches(), 1)
	again, _, _ := d.examine(path)
	d.equal(again.Resumes(), first.Code)
}

// Where the gateway has said both, a person looks first.
func TestContraryAnswersHoldTheRepairedRow(t *testing.T) {
	t.Parallel()
	d := setup(t)
	first, no := d.fourRows()
	ana, err := d.book.Payout(t.Context(), no[2])
	d.must(err)
	_, err = d.book.Record(t.Context(), ledger.Policy{}, []ledger.Outcome{{Payout: ana, Kind: ledger.NotPaid, Known: true, Evidence: []byte("{}"), Actor: ledger.ActorSettle}})
	d.must(err)
	path := d.sheet("returned.csv", to("Ana", 1, 100, "", no[2]))
	e, _, suspects := d.examine(path)
	d.equal(suspects, []Suspect{{2, Contradicted, 0, first.Code, 2, no[2], ledger.Reversed, true, ""}})
	batch, err := Import(t.Context(), d.book, d.open(path), e, d.order())
	d.must(err)
	d.equal(d.became(batch), []string{"held"})
}

// Which number stands in which row is part of what was examined.
func TestNumberThatMovesInBetweenIsAChange(t *testing.T) {
	t.Parallel()
	d := setup(t)
	_, no := d.fourRows()
	lines := []string{to("Ana", 1, 100, "", no[2]), to("Bea", 2, 200, "", no[3]), to("Zoe", 8, 800)}
	path := d.sheet("returned.csv", lines...)
	e, _, _ := d.examine(path)
	for name, changed := range map[string][]string{
		"the numbers change places": {to("Ana", 1, 100, "", no[3]), to("Bea", 2, 200, "", no[2]), lines[2]},
		"a number is gone":          {lines[0], to("Bea", 2, 200), lines[2]},
		"the rows change places":    {lines[0], lines[2], lines[1]},
	} {
		d.sheet("returned.csv", changed...)
		if _, err := Import(t.Context(), d.book, d.open(path), e, d.with(Pay, "whatever they are")); !errors.Is(err, ErrChanged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	d.equal(d.batches(), 1)
}

func TestNumbersAreRememberedByPage(t *testing.T) {
	t.Parallel()
	n := &numbers{at: ingest.Problem{}, batches: map[string]map[int]*[numbersAtOnce]int32{}}
	for i := range 3 * numbersAtOnce {
		if first := n.seen("A", i, i+10); first != 0 {
			t.Fatalf("%d was seen in row %d", i, first)
		}
	}
	if got := []int{n.seen("A", numbersAtOnce, 1), n.seen("B", numbersAtOnce, 1), n.seen("A", 0, 1)}; got[0] != numbersAtOnce+10 || got[1] != 0 || got[2] != 10 {
		t.Errorf("seen %v", got)
	}
}

// The row as it was, without its number, in another sheet: what it was has
// failed, but is paid under another number, with another amount. Nothing else
// in the ledger looks like the row.
func TestAnOldRowIsADuplicateOfWhatIsPaidForItWithAnotherAmount(t *testing.T) {
	t.Parallel()
	d := setup(t)
	first, no := d.fourRows()
	repaired, err := d.importSheet(d.sheet("returned.csv", to("Bea", 2, 201, "", no[3])), d.order())
	d.must(err)
	d.equal(d.became(repaired), []string{"ready"})
	path := d.sheet("december.csv", to("Bea", 2, 200), to("Zoe", 8, 800))
	e, _, suspects := d.examine(path)
	d.equal(suspects, []Suspect{{2, ledger.SamePayout, 0, first.Code, 3, no[3], ledger.Failed, true, d.numbersOf(repaired)[2]}})
	if why := suspects[0].Why(); !strings.Contains(why, "(failed, and paid anew as BP") {
		t.Error(why)
	}
	batch, err := Import(t.Context(), d.book, d.open(path), e, d.with(Hold, ""))
	d.must(err)
	d.equal(d.became(batch), []string{"held", "ready"})
}
