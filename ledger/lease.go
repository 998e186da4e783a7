package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
	"github.com/google/uuid"
)

// A lease is renewed every leaseRenewal and ends by itself after leaseTerm,
// so that a run on another machine that died is succeeded within a minute.
const (
	leaseTerm    = time.Minute
	leaseRenewal = 15 * time.Second
)

// Lease is the right to pay for one merchant from one ledger. Release it
// when done. A killed process leaves a lease behind; on the same machine the
// next run takes it over at once, because the file lock died with its owner.
type Lease struct {
	l        *Ledger
	merchant int64
	holder   string
	lock     *flock.Flock
	stop     context.CancelFunc
	stopped  chan struct{}
	lost     chan struct{}
}

// Acquire takes the lease of a merchant and keeps renewing it, or says with
// ErrLocked who has it. A ledger that has forgotten what was sent from it has
// no lease to give: that is an [OldCopyError].
func (l *Ledger) Acquire(ctx context.Context, m Merchant) (*Lease, error) {
	lease, err := l.acquire(ctx, m)
	if err != nil {
		return nil, err
	}
	if err := l.CheckWitness(ctx); err != nil {
		return nil, errors.Join(err, lease.Release())
	}
	if err := l.dropMark(ctx); err != nil {
		return nil, errors.Join(err, lease.Release())
	}
	return lease, nil
}

func (l *Ledger) acquire(ctx context.Context, m Merchant) (*Lease, error) {
	path := l.path
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real // one book has one lock, by whatever name it was opened
	}
	lock := flock.New(fmt.Sprintf("%s.%d.lock", path, m.ID), flock.SetPermissions(0o600))
	locked, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	if !locked {
		return nil, fmt.Errorf("merchant %s: %w%s", m.Name, ErrLocked, l.holderOf(ctx, m))
	}
	lease := &Lease{l: l, merchant: m.ID, holder: uuid.NewString(), lock: lock, stopped: make(chan struct{}), lost: make(chan struct{})}
	if err := l.write(ctx, "lease", func(t *tx) error { return t.take(lease, m) }); err != nil {
		return nil, errors.Join(err, lock.Unlock())
	}
	var renewing context.Context
	renewing, lease.stop = context.WithCancel(context.WithoutCancel(ctx))
	go lease.renew(renewing)
	return lease, nil
}

func (t *tx) take(lease *Lease, m Merchant) error {
	var host string
	var pid int
	var expires int64
	err := t.QueryRowContext(t.ctx, "SELECT host, pid, expires_at FROM leases WHERE merchant_id = ?", m.ID).Scan(&host, &pid, &expires)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if err == nil && host != t.l.host && fromMillis(expires).After(t.now) {
		return fmt.Errorf("merchant %s: %w: process %d on %s, until %s", m.Name, ErrLocked, pid, host, fromMillis(expires).Format(time.TimeOnly))
	}
	_, err = t.ExecContext(t.ctx, `INSERT INTO leases (merchant_id, holder, host, pid, acquired_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (merchant_id) DO UPDATE SET holder = excluded.holder, host = excluded.host, pid = excluded.pid,
		acquired_at = excluded.acquired_at, expires_at = excluded.expires_at`,
		m.ID, lease.holder, t.l.host, os.Getpid(), millis(t.now), millis(t.now.Add(leaseTerm)))
	return err
}

// Whoever holds the file lock may not have written its row yet: for that long
// it is waited for, looked at so often.
const (
	holderPatience = time.Second
	holderLook     = 20 * time.Millisecond
)

// holderOf names who holds a merchant's lease, as well as the ledger knows. The
// row at first sight may be that of a run that was killed; the one that holds
// the lock now writes its own in a moment, and if none comes, the first is the
// one.
func (l *Ledger) holderOf(ctx context.Context, m Merchant) string {
	first, pid, host := l.leaseRow(ctx, m)
	for waited := time.Duration(0); waited < holderPatience && ctx.Err() == nil; waited += holderLook {
		time.Sleep(holderLook)
		if holder, itsPID, itsHost := l.leaseRow(ctx, m); holder != first && holder != "" {
			pid, host = itsPID, itsHost
			break
		}
	}
	if pid == 0 {
		return ""
	}
	return fmt.Sprintf(": process %d on %s", pid, host)
}

func (l *Ledger) leaseRow(ctx context.Context, m Merchant) (holder string, pid int, host string) {
	err := l.reader.QueryRowContext(ctx, "SELECT holder, pid, host FROM leases WHERE merchant_id = ?", m.ID).Scan(&holder, &pid, &host)
	if err != nil {
		return "", 0, "" // nobody, as far as anyone can say
	}
	return holder, pid, host
}

// Lost is closed when the lease could not be renewed in time or was taken
// over: nothing more may be sent.
func (lease *Lease) Lost() <-chan struct{} { return lease.lost }

func (lease *Lease) renew(ctx context.Context) {
	defer close(lease.stopped)
	ticker := time.NewTicker(leaseRenewal)
	defer ticker.Stop()
	renewed := lease.l.now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		renewal, cancel := context.WithTimeout(ctx, leaseRenewal)
		err := lease.l.write(renewal, "renew", func(t *tx) error {
			if err := t.holds(lease); err != nil {
				return err
			}
			_, err := t.ExecContext(ctx, "UPDATE leases SET expires_at = ? WHERE merchant_id = ?", millis(t.now.Add(leaseTerm)), lease.merchant)
			return err
		})
		cancel()
		switch {
		case err == nil:
			renewed = lease.l.now()
		case ctx.Err() != nil:
			return
		case errors.Is(err, ErrLeaseLost), lease.l.now().Sub(renewed) > leaseTerm-leaseRenewal:
			close(lease.lost)
			return
		}
	}
}

// Release gives the lease back. Calling it again does nothing.
func (lease *Lease) Release() error {
	if lease.lock == nil {
		return nil
	}
	lease.stop()
	<-lease.stopped
	err := lease.l.write(context.Background(), "release lease", func(t *tx) error {
		_, err := t.ExecContext(t.ctx, "DELETE FROM leases WHERE merchant_id = ? AND holder = ?", lease.merchant, lease.holder)
		return err
	})
	err = errors.Join(err, lease.lock.Unlock())
	lease.lock = nil
	return err
}

// holds makes a write conditional on the lease. Whoever wants it writes a
// holder of its own, so that the holder says it all: one whose time has run out
// while the machine slept, or whose clock has jumped, has lost nothing as long
// as nobody else has taken it.
func (t *tx) holds(lease *Lease) error {
	var n int
	if err := t.stmt(t.l.stmts.holding).QueryRowContext(t.ctx, lease.merchant, lease.holder).Scan(&n); err != nil {
		return err
	}
	if n != 1 {
		return ErrLeaseLost
	}
	return nil
}
