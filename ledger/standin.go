package ledger

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
)

// A payout that was called off may be paid anew by another one that stands in
// for it, and that one, called off too, by a third. Such a chain is one debt to
// one payee, and at most one payout of it is ever to be paid: a payout is
// replaced once, by one of a later batch, and only while all of its chain are
// called off.

// CalledOff tells whether a payout in this state may be paid anew: it was
// refused, failed, withdrawn or taken back.
func (s State) CalledOff() bool {
	return s == Rejected || s == Failed || s == Cancelled || s == Reversed
}

// ReplaceError refuses a payout that would stand in for one for which it
// cannot.
type ReplaceError struct {
	TradeNo string // of the payout that was to be replaced
	By      string // the payout that stands in for it already
	Live    string // the payout of its chain, or itself, that is not called off
	State   State  // how Live stands
}

func (e *ReplaceError) Error() string {
	switch {
	case e.By != "":
		return fmt.Sprintf("payout %s cannot be replaced: payout %s stands in for it already", e.TradeNo, e.By)
	case e.Live == e.TradeNo:
		return fmt.Sprintf("payout %s cannot be replaced: it is %s", e.TradeNo, e.State)
	case e.Live != "":
		return fmt.Sprintf("payout %s cannot be replaced: payout %s, for which it stands in, is %s", e.TradeNo, e.Live, e.State)
	}
	return fmt.Sprintf("payout %s cannot be replaced: it is none of an earlier batch of the merchant", e.TradeNo)
}

// Unwrap makes a number that is not there [ErrNotFound].
func (e *ReplaceError) Unwrap() error {
	if e.By == "" && e.Live == "" {
		return ErrNotFound
	}
	return nil
}

// chainSQL finds the chain that a payout is part of, the first of it first: a
// payout has a lower id than the one that stands in for it.
const chainSQL = wholeChain + "SELECT p.id, p.trade_no, p.state FROM chain c JOIN payouts p ON p.id = c.id ORDER BY p.id"

const wholeChain = `WITH RECURSIVE chain (id) AS (SELECT ?1
	UNION SELECT p.replaces FROM chain c JOIN payouts p ON p.id = c.id WHERE p.replaces IS NOT NULL
	UNION SELECT p.id FROM chain c JOIN payouts p ON p.replaces = c.id) `

// link is a payout of a chain.
type link struct {
	id      int64
	tradeNo string
	state   State
}

func (t *tx) chain(id int64) ([]link, error) {
	rows, err := t.stmt(t.l.stmts.chain).QueryContext(t.ctx, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // reading is over, and Err has spoken
	var chain []link
	for rows.Next() {
		var l link
		if err := rows.Scan(&l.id, &l.tradeNo, &l.state); err != nil {
			return nil, err
		}
		chain = append(chain, l)
	}
	return chain, rows.Err()
}

// replaced finds the id of the payout that a row is to stand in for, if it can
// be replaced; nil for no number.
func (i *importing) replaced(tradeNo string) (any, error) {
	if tradeNo == "" {
		return nil, nil
	}
	var id int64
	err := i.stmt(i.l.stmts.replaced).QueryRowContext(i.ctx, tradeNo, i.n.Merchant.ID, i.batch).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, &ReplaceError{TradeNo: tradeNo}
	}
	if err != nil {
		return nil, err
	}
	chain, err := i.chain(id)
	if err != nil {
		return nil, err
	}
	for _, l := range chain {
		switch {
		case l.id > id:
			return nil, &ReplaceError{TradeNo: tradeNo, By: l.tradeNo}
		case !l.state.CalledOff():
			return nil, &ReplaceError{TradeNo: tradeNo, Live: l.tradeNo, State: l.state}
		}
	}
	return id, nil
}

// holdStandIns holds what is to be sent in the place of a payout that may have
// been paid after all; now is what says so, "about which there are contrary
// answers".
func (t *tx) holdStandIns(policy Policy, was Payout, actor, now string) error {
	chain, err := t.chain(was.ID)
	if err != nil {
		return err
	}
	for _, l := range chain {
		if l.id <= was.ID || l.state != Ready {
			continue
		}
		payout, err := t.reload(l.id)
		if err == nil {
			_, err = t.hold(policy, payout, actor, fmt.Sprintf("stands in for payout %s, %s now", was.TradeNo, now))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// holdIfPaid holds a payout that is to be sent once more if a statement shows it
// as paid, or if another one, for which it stands in, may have been paid meanwhile.
func (t *tx) holdIfPaid(policy Policy, payout Payout, actor string) (Payout, error) {
	held, err := t.holdIfMoved(policy, payout, actor)
	if err != nil || held.State != Ready || payout.Replaces == "" {
		return held, err
	}
	chain, err := t.chain(payout.ID)
	if err != nil {
		return payout, err
	}
	for _, l := range chain {
		if l.id < payout.ID && !l.state.CalledOff() {
			return t.hold(policy, payout, actor, fmt.Sprintf("stands in for payout %s, which is %s", l.tradeNo, l.state))
		}
	}
	return payout, nil
}

// hold lets a person decide about what was never sent. What was sent, and is
// denied, no word can move.
func (t *tx) hold(policy Policy, payout Payout, actor, why string) (Payout, error) {
	o := Outcome{Payout: payout, Kind: Hold, Reason: ReasonSuspect, Message: why, Actor: actor}
	if payout.heardOf() {
		o.Reason, o.Message = ReasonSpent, ""
	}
	applied, err := t.applyOne(policy, o)
	return applied.Payout, err
}

// Traded is the payout that a number stands for: the one that has it, or one
// of its chain.
type Traded struct {
	TradeNo     string
	Batch       string // code of its batch
	Row         int    // its row there
	State       State
	Flagged     bool // it, or another one of its chain: an answer, or a statement, says otherwise
	Amount      money.Amount
	Fingerprint []byte
	Name        string
	Account     string // unmasked
	Bank        string
	At          time.Time // as of [Suspect]

	For      string // the number that was asked for, if it is another one of the chain
	ForBatch string // code of the batch of that one
}

const tradedColumns = suspectColumns + `, p.flagged OR ` + shownPaid + `, i.fingerprint, i.payee_name, i.payee_account, i.bank, p.id,
	p.replaces IS NOT NULL OR EXISTS (SELECT 1 FROM payouts r WHERE r.replaces = p.id)`

const tradedJoins = " JOIN instructions i ON i.payout_id = p.id JOIN batches b ON b.id = p.batch_id"

const (
	tradedSQL      = "SELECT " + tradedColumns + " FROM payouts p" + tradedJoins + " WHERE p.trade_no = ? AND p.merchant_id = ?"
	tradedChainSQL = wholeChain + "SELECT " + tradedColumns + " FROM chain c JOIN payouts p ON p.id = c.id" + tradedJoins + " ORDER BY p.id"
)

// tradedLink is a payout and whether others are linked to it.
type tradedLink struct {
	Traded
	id     int64
	linked bool
}

// Trade finds what a number of the merchant stands for, however long ago it was
// given. Replaced payouts lead to the last of their chain. If any payout of
// the chain may be paid, though, be it one that was called off and replaced
// and of which an answer now says otherwise, the number stands for that one.
// So the state decides: if it is not called off, whoever has the number is paid
// or will be; if it is, this payout is the one to be replaced.
func (b *Lookback) Trade(ctx context.Context, tradeNo string) (Traded, bool, error) {
	if b.view.q == nil {
		return Traded{}, false, nil
	}
	asked, err := first(query(ctx, b.view.q, b.scanTraded, tradedSQL, tradeNo, b.merchant))
	if errors.Is(err, ErrNotFound) {
		return Traded{}, false, nil
	}
	if err != nil || !asked.linked {
		return asked.Traded, err == nil, err
	}
	var found Traded
	flagged := false
	for l, err := range query(ctx, b.view.q, b.scanTraded, tradedChainSQL, asked.id) {
		if err != nil {
			return Traded{}, false, err
		}
		flagged = flagged || l.Flagged
		if found.TradeNo == "" || found.State.CalledOff() || !l.State.CalledOff() {
			found = l.Traded
		}
	}
	found.Flagged = flagged
	if found.TradeNo != asked.TradeNo {
		found.For, found.ForBatch = asked.TradeNo, asked.Batch
	}
	return found, true, nil
}

func (b *Lookback) scanTraded(rows *sql.Rows) (tradedLink, error) {
	var t tradedLink
	var minor, at int64
	err := rows.Scan(&t.Batch, &t.Row, &t.TradeNo, &t.State, &minor, &at,
		&t.Flagged, &t.Fingerprint, &t.Name, &t.Account, &t.Bank, &t.id, &t.linked)
	t.Amount, t.At = money.FromMinor(b.currency, minor), fromMillis(at)
	t.Fingerprint = bytes.Clone(t.Fingerprint)
	return t, err
}
