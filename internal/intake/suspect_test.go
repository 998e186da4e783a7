package intake

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bulkpay/bulkpay/internal/samplegen"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// The ledger's suspicions come first and in its order: records hold their
// place.
func TestSuspicionsHaveTheirPlace(t *testing.T) {
	t.Parallel()
	for i, kind := range []ledger.Suspicion{ledger.SamePayout, ledger.SamePayee, ledger.OtherName, ledger.OtherAccount, PaidSince, Contradicted} {
		if rank(kind) != i {
			t.Errorf("%s has the place %d", kind, rank(kind))
		}
	}
	if rank(ledger.SamePayout) != rankSamePayout || rank(ledger.OtherAccount) != rankOtherAccount {
		t.Error("the places have other names")
	}
}

func TestPolicyIsAsItsTableSays(t *testing.T) {
	t.Parallel()
	for policy, want := range map[Policy][2]fate{
		"": {refused, held}, Refuse: {refused, held}, Hold: {held, held}, Skip: {leftOut, held}, Pay: {paid, paid},
	} {
		for _, kind := range Suspicions() {
			expected := want[1]
			if kind == ledger.SamePayout || kind == ledger.SamePayee {
				expected = want[0]
			}
			if got := policy.fate(kind); got != expected {
				t.Errorf("%q does %d to %s, want %d", policy, got, kind, expected)
			}
		}
	}
	for policy, reason := range map[Policy]string{"": "", Refuse: "", Hold: "", Skip: "", Pay: "thirteenth salary"} {
		if _, err := policy.check(reason); err != nil {
			t.Errorf("%q: %v", policy, err)
		}
	}
	if _, err := Pay.check(""); !errors.Is(err, ErrNoReason) {
		t.Errorf("pay without a reason: %v", err)
	}
	if _, err := Policy("maybe").check("x"); err == nil {
		t.Error("a policy that there is not")
	}
}

// sameThousand is one payroll as people hand it in again and again.
func (d *desk) sameThousand(rows []paypro.Values) map[string]string {
	d.Helper()
	shuffled := slices.Clone(rows)
	for i := range shuffled {
		k := (i*617 + 13) % len(shuffled)
		shuffled[i], shuffled[k] = shuffled[k], shuffled[i]
	}
	xlsx := filepath.Join(d.folder, "again.xlsx")
	d.must(samplegen.WriteXLSX(xlsx, "Nómina de noviembre", mexico(), samplegen.English, slices.Values(rows)))
	mixed := filepath.Join(d.folder, "mixed.xlsx")
	d.must(samplegen.WriteXLSX(mixed, "", mexico(), samplegen.Spanish, slices.Values(shuffled)))
	text, err := os.ReadFile(d.csv("plain.csv", slices.Values(rows)))
	d.must(err)
	saved := strings.ReplaceAll(strings.TrimPrefix(string(text), "\ufeff"), "\r\n", "\n")
	return map[string]string{
		"as CSV":   d.csv("again.csv", slices.Values(rows)),
		"as XLSX":  xlsx,
		"shuffled": d.csv("shuffled.csv", slices.Values(shuffled)),
		"shuffled, as XLSX with headers in another language": mixed,
		"saved by another program":                           d.write("saved.csv", []byte(saved+"\n\n")),
	}
}

func TestTheSameThousandRowsAreTheSameBatch(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, and long under the race detector")
	}
	t.Parallel()
	d := setup(t)
	rows := valid(1000, 11)
	batch, err := d.importSheet(d.csv("november.csv", slices.Values(rows)), d.order())
	d.must(err)
	for name, path := range d.sameThousand(rows) {
		e, _, suspects := d.examine(path)
		d.equal([]any{name, e.Content, e.Duplicates(), len(suspects)}, []any{name, batch.Content, 1000, 1000})
		d.equal(e.Earlier, []Earlier{{batch.Code, 1000}})
		found, err := d.book.BatchByContent(t.Context(), d.merchant.ID, e.Content)
		d.must(err)
		d.equal(found.Code, batch.Code)
	}
}

func TestOfAThousandRowsTheOneThatIsNewIsPaid(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, and long under the race detector")
	}
	t.Parallel()
	d := setup(t)
	rows := valid(1001, 11)
	batch, err := d.importSheet(d.csv("november.csv", slices.Values(rows[:1000])), d.order())
	d.must(err)
	// 999 of them in another order, with a new one in the middle.
	next := slices.Clone(rows[1:1000])
	slices.Reverse(next)
	next = slices.Insert(next, 500, rows[1000])
	path := d.csv("december.csv", slices.Values(next))
	e, _, suspects := d.examine(path)
	d.equal([]int{e.Duplicates(), len(suspects), e.Blocking(Refuse), e.Free(Refuse), e.Free(Skip), e.LeftOut(Skip)}, []int{999, 999, 999, 0, 1, 999})
	for i, s := range suspects {
		row, was := i+2, 1001-i
		if i >= 500 {
			row, was = i+3, 1001-i
		}
		if s.Row != row || s.Batch != batch.Code || s.BatchRow != was {
			t.Fatalf("suspect %d is %+v, want row %d, which was row %d", i, s, row, was)
		}
	}
	var refused *SuspectError
	if _, err := Import(t.Context(), d.book, d.open(path), e, d.order()); !errors.As(err, &refused) || refused.Row != 2 {
		t.Errorf("by default: %v", err)
	}
	d.equal(d.batches(), 1)
	second, err := Import(t.Context(), d.book, d.open(path), e, d.with(Skip, ""))
	d.must(err)
	summary, err := d.book.Summary(t.Context(), second.ID)
	d.must(err)
	waiting := summary.Bucket(ledger.BucketWaiting)
	d.equal([]any{waiting.Count, waiting.Sum.Plain(), summary.Bucket(ledger.BucketInvalid).Count, summary.Tied()},
		[]any{1, rows[1000]["amount"], 999, true})
	d.equal(d.lines(second)[0].Invalid.Problems,
		[]string{"december.csv: row 2 is the same payout as batch " + batch.Code + ", row 1001 (not sent yet)"})
}

// Held, left out, paid: what is kept says why, and names nobody.
func TestWhatIsKeptOfASuspectNamesRowsAndNobody(t *testing.T) {
	t.Parallel()
	d := setup(t)
	first, err := d.importSheet(d.sheet("first.csv", to("Ana", 1, 100)), d.order())
	d.must(err)
	path := d.sheet("second.csv", to("Ana", 1, 100, "again"), to("Bea", 1, 300), to("Ana", 9, 100), to("Eva", 7, 100), to("Eva", 7, 100))
	was := "batch " + first.Code + ", row 2 (not sent yet)"
	why := []string{
		"has the same account and amount as " + was,
		"has the account of " + was + " under another name",
		"has the name and amount of " + was + " with another account",
		"",
		"is the same payout as row 5",
	}
	e, _, suspects := d.examine(path)
	d.equal(e.Suspects, map[ledger.Suspicion]int{ledger.SamePayout: 1, ledger.SamePayee: 1, ledger.OtherName: 1, ledger.OtherAccount: 1})
	for _, s := range suspects {
		d.equal(s.Why(), why[s.Row-2])
	}
	batch, err := Import(t.Context(), d.book, d.open(path), e, d.with(Hold, ""))
	d.must(err)
	for i, line := range d.lines(batch) {
		d.equal([]any{line.Payout.State == ledger.Held, line.Payout.Message}, []any{why[i] != "", why[i]})
	}
	if !slices.Contains(batch.Assumed, "4 rows are held that look like payouts already made") {
		t.Errorf("it was not said: %q", batch.Assumed)
	}
}

func TestPayingSuspectsIsKeptWithItsReason(t *testing.T) {
	t.Parallel()
	d := setup(t)
	_, err := d.importSheet(d.sheet("first.csv", to("Ana", 1, 100)), d.order())
	d.must(err)
	path := d.sheet("second.csv", to("Ana", 1, 100), to("Zoe", 8, 100))
	e, _, _ := d.examine(path)
	if _, err := Import(t.Context(), d.book, d.open(path), e, d.with(Pay, "")); !errors.Is(err, ErrNoReason) {
		t.Errorf("without a reason: %v", err)
	}
	batch, err := Import(t.Context(), d.book, d.open(path), e, d.with(Pay, "a bonus"))
	d.must(err)
	d.equal([]any{batch.Overridden, batch.Reason, d.became(batch)}, []any{1, "a bonus", []string{"ready", "ready"}})
	if !slices.Contains(batch.Assumed, "1 row is paid that look like payouts already made") {
		t.Errorf("it was not said: %q", batch.Assumed)
	}
}

// Two people with one account, or one who has moved, are looked at once: what
// was paid is no near match the next month.
func TestPayeeOncePaidIsNoNearMatch(t *testing.T) {
	t.Parallel()
	d := setup(t)
	couple := []string{to("Ana", 1, 100), to("Beatriz", 1, 200)}
	path := d.sheet("november.csv", couple...)
	e, _, _ := d.examine(path)
	d.equal([]int{e.NearMatches(), e.Blocking(Refuse), e.Held(Refuse), e.Free(Refuse)}, []int{1, 0, 1, 1})
	batch, err := Import(t.Context(), d.book, d.open(path), e, d.order())
	d.must(err)
	d.equal(d.became(batch), []string{"ready", "held"})
	held := d.lines(batch)[1].Payout
	_, err = d.book.Release(t.Context(), held.TradeNo, "maria", "they share it")
	d.must(err)
	d.settle(batch, wasPaid)

	for _, later := range []time.Duration{20 * 24 * time.Hour, 2 * DuplicateWindow} {
		d.now = d.now.Add(later)
		e, _, suspects := d.examine(d.sheet("next.csv", to("ANA", 1, 150), to("Béatriz", 1, 250)))
		d.equal([]any{e.Free(Refuse), len(suspects)}, []any{2, 0})
		// A stranger at that account is one, and Ana with another account.
		_, _, suspects = d.examine(d.sheet("next.csv", to("Carla", 1, 160), to("Ana", 1, 150), to("Ana", 5, 150)))
		d.equal([]any{len(suspects), suspects[0].Row, suspects[0].Kind}, []any{2, 2, ledger.OtherName})
		d.equal([]any{suspects[1].Row, suspects[1].Kind, suspects[1].Twin}, []any{4, ledger.OtherAccount, 3})
	}
}

// Names and accounts of a sheet are compared as the ledger compares them.
func TestSpellingsAreTheSameInASheetAndInTheLedger(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{
		{"José Núñez", "JOSE NUNEZ"},
		{"José Núñez", "Jose\u0301 Nun\u0303ez"},
		{"Ana  María", "AnaMaria"},
		{"O'Neill-Ruiz", "oneill ruiz"},
		{"Łukasz Đorđe", "lukasz dorde"},
		{"Straße", "STRASSE"},
		{"Ana Ruiz", "Ana Ruis"},
		{"Ana Ruiz", "Ruiz Ana"},
		{"Ana", "Anna"},
	} {
		d := setup(t)
		// The same account under both names: alike if it is no other name.
		lines := []string{to(pair[0], 1, 100), to(pair[1], 1, 200)}
		_, _, inside := d.examine(d.sheet("both.csv", lines...))
		_, err := d.importSheet(d.sheet("one.csv", lines[0]), d.order())
		d.must(err)
		_, _, outside := d.examine(d.sheet("other.csv", lines[1]))
		if len(inside) != len(outside) {
			t.Errorf("%q and %q: %d in a sheet, %d in the ledger", pair[0], pair[1], len(inside), len(outside))
		}
	}
}

// Of two runs with rows in common the second sees what the first has made,
// though both have read their sheets before.
func TestOfTwoRunsAtOnceOnePaysARow(t *testing.T) {
	t.Parallel()
	d := setup(t)
	one, other := d.sheet("one.csv", to("Ana", 1, 100), to("Bea", 2, 100)), d.sheet("other.csv", to("Zoe", 8, 100), to("Bea", 2, 100))
	e1, _, _ := d.examine(one)
	e2, _, _ := d.examine(other)
	d.equal([]int{e1.Free(Refuse), e2.Free(Refuse)}, []int{2, 2})
	first, err := Import(t.Context(), d.book, d.open(one), e1, d.order())
	d.must(err)
	var suspect *SuspectError
	if _, err := Import(t.Context(), d.book, d.open(other), e2, d.order()); !errors.As(err, &suspect) || suspect.Batch != first.Code {
		t.Errorf("error %v", err)
	}
	batch, err := Import(t.Context(), d.book, d.open(other), e2, d.with(Skip, ""))
	d.must(err)
	d.equal(d.became(batch), []string{"ready", "left out"})
}

// To repeat a batch is a person's word about that batch and no other.
func TestRepeatIsAWordAboutOneBatch(t *testing.T) {
	t.Parallel()
	d := setup(t)
	salaries := []string{to("Ana", 1, 100), to("Bea", 2, 100), to("Eva", 3, 100)}
	path := d.sheet("salaries.csv", salaries...)
	first, err := d.importSheet(path, d.order())
	d.must(err)
	d.settle(first, wasPaid)
	d.now = d.now.Add(time.Hour)
	advance, err := d.importSheet(d.sheet("advance.csv", to("Bea", 2, 100)), d.with(Pay, "an advance"))
	d.must(err)

	repeat := d.order()
	repeat.Repeats, repeat.Reason = strings.ToLower(first.Code), "December is the same"
	var suspect *SuspectError
	if _, err := d.importSheet(path, repeat); !errors.As(err, &suspect) || suspect.Batch != advance.Code || suspect.Row != 3 {
		t.Fatalf("Bea has had hers: %v", err)
	}
	repeat.Policy = Hold
	batch, err := d.importSheet(path, repeat)
	d.must(err)
	d.equal([]any{d.became(batch), batch.Repeats}, []any{[]string{"ready", "held", "ready"}, first.Code})
}

// Cancelled in the middle, or stopped by an observer, nothing is left in the
// folder for temporary files.
func TestStoppedExaminationLeavesNoFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 170,000 rows")
	}
	d := setup(t)
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	t.Setenv("TMP", folder)
	path := d.csv("large.csv", doubled(90_000))
	ctx, cancel := context.WithCancel(t.Context())
	enough := errors.New("enough")
	for name, seen := range map[string]Seen{
		"cancelled": {Row: func(n int) {
			if n == 80_000 {
				cancel()
			}
		}},
		"enough": {Suspect: func(Suspect) error { return enough }},
	} {
		running := ctx
		if name == "enough" {
			running = t.Context()
		}
		e, err := Examine(running, path, d.open(path), Past{}, seen)
		if !errors.Is(err, context.Canceled) && !errors.Is(err, enough) {
			t.Errorf("%s: %v", name, err)
		}
		d.must(e.Close())
		if left, _ := filepath.Glob(filepath.Join(folder, "*")); len(left) > 0 {
			t.Errorf("%s: left behind: %v", name, left)
		}
	}
}
