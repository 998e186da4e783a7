package ledger

import (
	"errors"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

func TestTwoRunsNeverHoldOneMerchant(t *testing.T) {
	t.Parallel()
	d := setup(t)
	second := d.open()
	if _, err := second.Acquire(t.Context(), d.merchant); !errors.Is(err, ErrLocked) {
		t.Fatalf("second: %v", err)
	}
	other, err := second.Acquire(t.Context(), d.register("other-mx"))
	must(t, err) // another merchant is another run
	must(t, other.Release())
	must(t, d.lease.Release())
	must(t, d.lease.Release()) // again: nothing
	taken, err := second.Acquire(t.Context(), d.merchant)
	must(t, err)
	must(t, taken.Release())
	d.lease, err = d.Acquire(t.Context(), d.merchant)
	must(t, err)
}

// leased writes a lease that a process elsewhere holds, and returns where
// the book is. No lock file is held, as on a share on which locks do not
// reach the other machine.
func leased(t *testing.T, host string) *desk {
	t.Helper()
	d := setup(t)
	must(t, d.lease.Release())
	_, err := raw(t, d.ledger().Path()).Exec("INSERT INTO leases (merchant_id, holder, host, pid, acquired_at, expires_at) VALUES (?, 'x', ?, 7, 1, ?)",
		d.merchant.ID, host, d.clock.now().Add(leaseTerm).UnixMilli())
	must(t, err)
	return d
}

func TestARunOnAnotherMachineIsNeverRobbed(t *testing.T) {
	t.Parallel()
	d := leased(t, "there")
	if _, err := d.Acquire(t.Context(), d.merchant); !errors.Is(err, ErrLocked) {
		t.Fatal(err)
	}
	d.clock.advance(leaseTerm - time.Millisecond)
	if _, err := d.Acquire(t.Context(), d.merchant); !errors.Is(err, ErrLocked) {
		t.Fatal(err)
	}
	d.clock.advance(time.Millisecond)
	d.acquire() // its term is over
}

func TestADeadRunOnThisMachineNeverBlocksTheNext(t *testing.T) {
	t.Parallel()
	leased(t, "here").acquire()
}

// inBubble opens a book whose clock is the bubble's.
func inBubble(t *testing.T) (*Ledger, *Lease, Batch) {
	t.Helper()
	l := openSQLite(t, filepath.Join(t.TempDir(), "book.db"), Options{Host: "here"})
	d := &desk{store: l, t: t}
	d.merchant = d.register("acme-mx")
	b := d.batch(1)
	lease, err := l.Acquire(t.Context(), d.merchant)
	must(t, err)
	t.Cleanup(func() { must(t, lease.Release()) })
	return l, lease, b
}

func TestALeaseThatIsRenewedNeverEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, lease, b := inBubble(t)
		time.Sleep(time.Hour + time.Second)
		select {
		case <-lease.Lost():
			t.Fatal("lost")
		default:
		}
		claimed, err := l.Claim(t.Context(), lease, b.ID, 1)
		must(t, err)
		equal(t, "claimed", len(claimed), 1)
	})
}

func TestALeaseThatWasTakenOverNeverStaysUnnoticed(t *testing.T) {
	t.Parallel()
	for name, loss := range map[string]string{
		"taken over": "UPDATE leases SET holder = 'another', host = 'there'",
		"deleted":    "DELETE FROM leases",
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l, lease, b := inBubble(t)
				_, err := l.writer.Exec(loss)
				must(t, err)
				start := time.Now()
				<-lease.Lost()
				if waited := time.Since(start); waited > leaseRenewal {
					t.Errorf("noticed after %v", waited)
				}
				if _, err := l.Claim(t.Context(), lease, b.ID, 1); !errors.Is(err, ErrLeaseLost) {
					t.Errorf("claim: %v", err)
				}
			})
		})
	}
}

// A clock that jumped, or a machine that slept, lets a lease run out that
// nobody else has taken.
func TestALeaseThatRanOutIsHeldUntilAnotherTakesIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, lease, b := inBubble(t)
		_, err := l.writer.Exec("UPDATE leases SET expires_at = 1")
		must(t, err)
		if claimed, err := l.Claim(t.Context(), lease, b.ID, 1); err != nil || len(claimed) != 1 {
			t.Errorf("claimed %d, %v", len(claimed), err)
		}
		select {
		case <-lease.Lost():
			t.Error("lost to nobody")
		case <-time.After(3 * leaseTerm):
		}
		var expires int64
		must(t, l.writer.QueryRow("SELECT expires_at FROM leases").Scan(&expires))
		if !fromMillis(expires).After(time.Now()) {
			t.Error("not renewed")
		}
	})
}

func TestALeaseThatCannotBeRenewedIsNeverHeldPastItsTerm(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, lease, _ := inBubble(t)
		_, err := l.writer.Exec("CREATE TRIGGER stuck BEFORE UPDATE ON leases BEGIN SELECT raise(ABORT, 'disk full'); END")
		must(t, err)
		start := time.Now()
		<-lease.Lost()
		if waited := time.Since(start); waited > leaseTerm {
			t.Errorf("given up after %v, the term is %v", waited, leaseTerm)
		}
	})
}
