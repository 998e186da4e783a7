package ledger

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/bulkpay/bulkpay/internal/money"
)

var errDied = errors.New("the process died")

// life is everything that is written about a sheet, each write under the name
// by which the seam knows it; it ends at the first error.
func life(ctx context.Context, book *Ledger) (written []string, err error) {
	m, err := book.Merchant(ctx, Merchant{Name: "acme-mx", Area: "MX", Currency: money.MXN, MerchantNo: "1", Gateway: "sandbox"})
	if err != nil {
		return written, err
	}
	written = append(written, "merchant")
	lease, err := book.Acquire(ctx, m)
	if err != nil {
		return written, err
	}
	var batch Batch
	var claimed []Payout
	var pass Pass
	payouts := func(n int) Payout { return claimed[n] }
	steps := []struct {
		name string
		do   func() error
	}{
		{"lease", func() error { return nil }},
		{"recover", func() error { _, err := book.Recover(ctx, lease); return err }},
		{"import", func() (err error) {
			batch, err = book.Import(ctx, NewBatch{Merchant: m, Actor: "maria", Original: Text("content"), Content: func() string { return "content" }},
				rowsOf(row(2, 100), row(3, 200), suspect(4, 300, "like row 2"), suspect(5, 400, "like row 2")))
			return err
		}},
		{"claim", func() (err error) { claimed, err = book.Claim(ctx, lease, batch.ID, 2); return err }},
		{"record", func() error {
			_, err := book.Record(ctx, retry, []Outcome{answer(payouts(0), Paid), answer(payouts(1), Doubt)})
			return err
		}},
		{"stop", func() error { return book.Stop(ctx, batch.ID, ActorSubmit, "enough") }},
		{"word", func() error { _, err := book.Resolve(ctx, payouts(1).TradeNo, SaidPaid, "maria", "seen"); return err }},
		{"ask again", func() (err error) { pass, _, err = book.AskAgain(ctx, batch.ID, "maria", ""); return err }},
		{"record", func() error {
			one, two := asked(payouts(0), Paid), asked(payouts(1), Paid)
			one.Pass, two.Pass = pass.ID, pass.ID
			_, err := book.Record(ctx, retry, []Outcome{one, two})
			return err
		}},
		{"finish pass", func() error { _, err := book.FinishPass(ctx, pass, ActorSettle); return err }},
		{"words", func() error { _, err := book.ReleaseAll(ctx, batch.ID, "maria", "meant"); return err }},
		{"note", func() error { return book.Note(ctx, batch.ID, "maria", "looked", "", nil) }},
		{"mark", func() error {
			s, err := book.Summary(ctx, batch.ID)
			return errors.Join(err, book.MarkReported(ctx, s))
		}},
		{"release lease", lease.Release},
	}
	for _, step := range steps {
		if err := step.do(); err != nil {
			// The dead write nothing, but what they held of the machine is free.
			return written, errors.Join(err, ended(lease.Release()))
		}
		written = append(written, step.name)
	}
	return written, nil
}

// ended holds what a dead ledger says of a write.
func ended(err error) error {
	if !errors.Is(err, errDied) {
		return fmt.Errorf("written after the end: %w", err)
	}
	return nil
}

// TestAProcessMayDieAtEveryCommit ends a life before and after each of its
// commits. The book then has exactly what was committed, in order, and
// another process goes on with it.
func TestAProcessMayDieAtEveryCommit(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	var names []string
	var heads []string // of the history after each commit
	path := filepath.Join(t.TempDir(), "book.db")
	var book *Ledger
	book = seamed(t, path, func(write string, committed bool) error {
		if committed {
			names, heads = append(names, write), append(heads, headOf(t, book))
		}
		return nil
	})
	written, err := life(ctx, book)
	must(t, err)
	equal(t, "names of commits", names, written)
	for k := range names {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, committed %v", names[k], after), func(t *testing.T) {
				t.Parallel()
				dieAt(t, k, after, names, heads)
			})
		}
	}
}

func dieAt(t *testing.T, k int, after bool, names, heads []string) {
	n, path := 0, filepath.Join(t.TempDir(), "book.db")
	book := seamed(t, path, func(write string, committed bool) error {
		if committed && !after || !committed && after {
			return nil
		}
		if n++; n == k+1 {
			equal(t, "write", write, names[k])
			return errDied
		}
		return nil
	})
	_, err := life(t.Context(), book)
	if !errors.Is(err, errDied) {
		t.Fatalf("lived on: %v", err)
	}
	must(t, ended(book.Note(t.Context(), 0, "maria", "from the grave", "", nil)))
	equal(t, "asked after the end", n, k+1)
	want := ""
	if at := k - 1 + map[bool]int{true: 1}[after]; at >= 0 {
		want = heads[at]
	}
	other := openSQLite(t, path, Options{Now: newClock().now, Host: "here"})
	if got := headOf(t, other); want != "" && got != want {
		t.Errorf("history ends at %s, want %s", got, want)
	}
	v, err := other.Verify(t.Context())
	must(t, err)
	equal(t, "findings", v.Findings, nil)
	if slices.Index(names, "lease") < k { // the lock died with its owner
		m, err := other.MerchantNamed(t.Context(), "acme-mx")
		must(t, err)
		lease, err := other.Acquire(t.Context(), m)
		must(t, err)
		must(t, lease.Release())
	}
}

func seamed(t *testing.T, path string, commit func(string, bool) error) *Ledger {
	t.Helper()
	return openSQLite(t, path, Options{Now: newClock().now, Random: seeded(9), Host: "here", Commit: commit})
}

func headOf(t *testing.T, book *Ledger) string {
	t.Helper()
	var head string
	must(t, book.reader.QueryRowContext(t.Context(), "SELECT hex(hash) || (SELECT count(*) FROM leases) || (SELECT count(*) FROM report_marks) FROM head").Scan(&head))
	return head
}

// TestNoOtherWriteSlipsInBetween: what another goroutine commits after the
// commit at which the process ended would be written by a dead one.
func TestNoOtherWriteSlipsInBetween(t *testing.T) {
	t.Parallel()
	times := 20
	if testing.Short() {
		times = 5 // each is long under the race detector
	}
	for range times {
		deaths := 0
		book := seamed(t, filepath.Join(t.TempDir(), "book.db"), func(_ string, committed bool) error {
			if committed {
				deaths++
				return errDied
			}
			return nil
		})
		done := make(chan error, 8)
		for range cap(done) {
			go func() { done <- book.Note(context.Background(), 0, "maria", "looked", "", nil) }()
		}
		for range cap(done) {
			must(t, ended(<-done))
		}
		var events int
		must(t, book.reader.QueryRowContext(t.Context(), "SELECT count(*) FROM events").Scan(&events))
		equal(t, "written, and died", []int{events, deaths}, []int{1, 1})
	}
}
