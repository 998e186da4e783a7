package intake

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/bulkpay/bulkpay/ledger"
)

// The model is a second reading of what [Policy] says: all rows in memory,
// every pair compared.

// entry is a row of a generated sheet.
type entry struct {
	row    int
	name   string
	to     uint64
	amount int
	remark string
	number string
}

func (e entry) line() string { return to(e.name, e.to, e.amount, e.remark, e.number) }

// people are the names as they are written, and who is meant.
var people = map[string]string{"Ana Peña": "ana", "ANA PENA": "ana", "Bea": "bea", "bea": "bea", "Eva Ruiz": "eva"}

func drawEntries(t *rapid.T, most int, numbers []string) []entry {
	names := []string{"Ana Peña", "ANA PENA", "Bea", "bea", "Eva Ruiz"}
	var all []entry
	for i := range rapid.IntRange(1, most).Draw(t, "rows") {
		e := entry{
			row: i + 2, name: rapid.SampledFrom(names).Draw(t, "name"), to: rapid.Uint64Range(1, 4).Draw(t, "account"),
			amount: rapid.IntRange(1, 3).Draw(t, "amount") * 100, remark: rapid.SampledFrom([]string{"", "x"}).Draw(t, "remark"),
		}
		if len(numbers) > 0 && rapid.IntRange(0, 2).Draw(t, "numbered") == 0 {
			e.number = rapid.SampledFrom(numbers).Draw(t, "number")
		}
		all = append(all, e)
	}
	return all
}

// alikeAs is the strongest suspicion between two rows, and its rank.
func alikeAs(a, b entry) (kind ledger.Suspicion, at int) {
	who, other := people[a.name], people[b.name]
	x, y := a, b
	x.row, x.number, y.row, y.number = 0, "", 0, ""
	switch {
	case x == y:
		return ledger.SamePayout, 0
	case a.to == b.to && a.amount == b.amount:
		return ledger.SamePayee, 1
	case a.to == b.to && who != other:
		return ledger.OtherName, 2
	case a.to != b.to && who == other && a.amount == b.amount:
		return ledger.OtherAccount, 3
	}
	return "", 9
}

// old is a payout of the batch before.
type old struct {
	entry
	payout ledger.Payout
}

// outcome is what the model expects of a row.
type outcome struct {
	standing standing
	suspect  Suspect
}

type model struct {
	batch string
	olds  []old
}

// trusts: everything paid to the name went to the account.
func (m model) trusts(e entry) bool {
	some := false
	for _, o := range m.olds {
		if o.payout.State == ledger.Succeeded && people[o.name] == people[e.name] {
			if o.to != e.to {
				return false
			}
			some = true
		}
	}
	return some
}

func (m model) named(number string) *old {
	for i := range m.olds {
		if m.olds[i].payout.TradeNo == number {
			return &m.olds[i]
		}
	}
	return nil
}

func (m model) expect(sheet []entry) []outcome {
	all := make([]outcome, len(sheet))
	as := slices.Clone(sheet) // what each row stands for
	seen := map[string]bool{}
	for i, e := range sheet {
		all[i].standing = fresh
		if e.number == "" {
			continue
		}
		o := m.named(e.number)
		switch {
		case o == nil || seen[e.number]:
			all[i].standing = invalid
		case o.payout.State == ledger.Failed:
			all[i].standing = repaired
		default:
			all[i].standing = known
			as[i] = o.entry
			as[i].row = e.row
		}
		seen[e.number] = true
	}
	for i := range sheet {
		if all[i].standing == fresh || all[i].standing == repaired {
			all[i].suspect = stronger(m.earlier(sheet[i]), m.inside(all, as, i))
		}
	}
	return all
}

// earlier is the strongest suspicion with the latest payout.
func (m model) earlier(e entry) Suspect {
	var best Suspect
	bestRank, bestSame := 9, false
	for _, o := range slices.Backward(m.olds) {
		kind, at := alikeAs(e, o.entry)
		same := e.amount == o.amount
		if o.payout.State == ledger.Failed || at > bestRank || at == bestRank && (kind != ledger.OtherName || bestSame || !same) {
			continue
		}
		if at >= 2 && m.trusts(e) || at == 9 {
			continue
		}
		bestRank, bestSame = at, same
		best = Suspect{e.row, kind, 0, m.batch, o.row, o.payout.TradeNo, o.payout.State, same, ""}
	}
	return best
}

// inside is the strongest suspicion with the first row; rows that cannot be
// suspects come before all others.
func (m model) inside(all []outcome, as []entry, i int) Suspect {
	best, bestRank := Suspect{}, 9
	for pass := range 2 {
		for k := range as {
			kind, at := alikeAs(as[i], as[k])
			noSuspect := all[k].standing == known || at >= 2 && all[k].standing != invalid && m.trusts(as[k])
			if k == i || all[k].standing == invalid || (pass == 0) != noSuspect || pass == 1 && k > i {
				continue
			}
			if at < bestRank && (at < 2 || !m.trusts(as[i])) {
				best, bestRank = Suspect{Row: as[i].row, Kind: kind, Twin: as[k].row}, at
			}
		}
	}
	return best
}

// Sheets with planted duplicates, near matches, numbers of payouts that are
// paid, failed, copied and unknown, after a batch of the same people: exactly
// those are found that the model finds, each with the payout it resembles, and
// each is paid, held, left out or refused as the policy says.
func TestExactlyThePlantedSuspectsAreFound(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, and long under the race detector")
	}
	t.Parallel()
	d := setup(t)
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		d.newMerchant(n)
		m := d.drawPast(t, n)
		var numbers []string
		for _, o := range m.olds {
			numbers = append(numbers, o.payout.TradeNo)
		}
		if len(numbers) > 0 {
			numbers = append(numbers, "BP20261121000000UNKNOWN00000")
		}
		sheet := drawEntries(t, 9, numbers)
		expected := m.expect(sheet)
		path := d.sheet("next.csv", linesOf(sheet)...)
		e, _, found := d.examine(path)
		var suspects []Suspect
		counts := map[standing]int{}
		for _, o := range expected {
			counts[o.standing]++
			if o.suspect.Kind != "" {
				suspects = append(suspects, o.suspect)
			}
		}
		if diff := cmp.Diff(suspects, found); diff != "" {
			t.Fatalf("suspects (-want +got)\n%s", diff)
		}
		if e.Invalid != counts[invalid] || e.Known != counts[known] || e.Repaired != counts[repaired] ||
			e.Duplicates()+e.NearMatches() != len(suspects) {
			t.Fatalf("examined %+v, want %v", e, counts)
		}
		d.importAs(t, rapid.SampledFrom(Policies()).Draw(t, "policy"), path, e, expected)
	})
}

func linesOf(sheet []entry) []string {
	var lines []string
	for _, e := range sheet {
		lines = append(lines, e.line())
	}
	return lines
}

// newMerchant lets one ledger serve many histories.
func (d *desk) newMerchant(n int) {
	d.Helper()
	m := d.merchant
	m.ID, m.Name, m.MerchantNo = 0, fmt.Sprintf("acme-%d", n), strconv.Itoa(1000+n)
	var err error
	d.merchant, err = d.book.Merchant(d.Context(), m)
	d.must(err)
}

// drawPast makes a batch, or none, in which some payouts were paid, some
// failed and some wait.
func (d *desk) drawPast(t *rapid.T, n int) model {
	if rapid.IntRange(0, 3).Draw(t, "past") == 0 {
		return model{}
	}
	was := drawEntries(t, 6, nil)
	path := d.sheet(fmt.Sprintf("past-%d.csv", n), linesOf(was)...)
	batch, err := d.importSheet(path, d.with(Pay, "they are wanted"))
	d.must(err)
	how := rapid.SliceOfN(rapid.IntRange(0, 2), len(was), len(was)).Draw(t, "outcomes")
	i := -1
	d.settle(batch, func(p ledger.Payout) ledger.Outcome {
		i++
		return []func(ledger.Payout) ledger.Outcome{wasPaid, wasNotPaid, func(p ledger.Payout) ledger.Outcome {
			return ledger.Outcome{Kind: ledger.Doubt, Reason: "timeout"}
		}}[how[i]](p)
	})
	m := model{batch: batch.Code}
	for i, line := range d.lines(batch) {
		m.olds = append(m.olds, old{was[i], *line.Payout})
	}
	return m
}

// importAs imports the sheet and holds the batch against the model.
func (d *desk) importAs(t *rapid.T, policy Policy, path string, e Examined, expected []outcome) {
	order := d.with(policy, "")
	if policy == Pay {
		order.Reason = "they are wanted"
	}
	before := d.batches()
	batch, err := Import(d.Context(), d.book, d.open(path), e, order)
	var suspect *SuspectError
	switch {
	case e.Resumes() != "":
		if !errors.Is(err, ErrKnown) {
			t.Fatalf("nothing is new, and: %v", err)
		}
	case errors.Is(err, ledger.ErrDuplicate): // by chance the same rows
		return
	case e.Blocking(policy) > 0:
		if !errors.As(err, &suspect) {
			t.Fatalf("duplicates, and: %v", err)
		}
	case err != nil:
		t.Fatal(err)
	}
	if err != nil {
		if d.batches() != before {
			t.Fatal("refused and imported")
		}
		return
	}
	free := 0
	for i, line := range d.lines(batch) {
		want, got := expected[i].fate(policy), fateOf(line)
		if got != want {
			t.Fatalf("%s: row %d is %s, want %s", policy, line.Row, got, want)
		}
		if got == "paid" && expected[i].suspect.Kind == "" {
			free++
		}
	}
	if policy != Pay && free != e.Free(policy) {
		t.Fatalf("%d rows are free to pay, it was said %d", free, e.Free(policy))
	}
}

// fate is what the table at [Policy] says of a row.
func (o outcome) fate(policy Policy) string {
	switch {
	case o.standing == known:
		return "known"
	case o.standing == invalid || policy == Skip && IsDuplicate(o.suspect.Kind):
		return "left out"
	case o.suspect.Kind != "" && policy != Pay:
		return "held"
	}
	return "paid"
}

// fateOf is what became of it.
func fateOf(line ledger.Line) string {
	switch {
	case line.Known != nil:
		return "known"
	case line.Invalid != nil:
		return "left out"
	case line.Payout.State == ledger.Held:
		return "held"
	}
	return "paid"
}

// Whatever the number of rows, the sorted search finds what the comparison of
// all pairs finds.
func TestRowsOfASheetAreComparedAsEveryPairWouldBe(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sheet := drawEntries(t, 60, nil)
		w, err := newWithin()
		if err != nil {
			t.Fatal(err)
		}
		defer w.close()
		f := newFindings()
		defer f.close()
		all := make([]outcome, len(sheet))
		for i, e := range sheet {
			all[i].standing = fresh
			id := identity{row: e.row, account: clabe(e.to), name: people[e.name], amount: int64(e.amount)}
			copy(id.fingerprint[:], fmt.Sprint(e.name, e.to, e.amount, e.remark))
			if err := w.add(id); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.find(context.Background(), f.addInside); err != nil {
			t.Fatal(err)
		}
		var got, want []Suspect
		for s, err := range f.all() {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, s)
		}
		for i := range sheet {
			if s := (model{}).inside(all, sheet, i); s.Kind != "" {
				want = append(want, s)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
	})
}
