package ledger

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
)

// Lookback searches the earlier payouts of a merchant: is a row one of them,
// does it look like one, and what was paid to whom. The zero value finds
// nothing. It is for one goroutine; close it when done.
//
// What lies in its window is found out at the first question. Asked from
// within the rows of an [Ledger.Import], which no other import can overtake,
// it therefore knows every batch that came before.
type Lookback struct {
	view     View
	merchant int64
	currency money.Currency
	since    int64
	begun    bool
	first    int64 // id of the first payout in the window; 0: there is none
}

// LookBack prepares a search among the payouts of the first batch that was
// imported at or after since and of all that came after it.
func (l *Ledger) LookBack(ctx context.Context, merchantID int64, since time.Time) (*Lookback, error) {
	b := &Lookback{view: l.View, merchant: merchantID, since: millis(since)}
	var code string
	err := l.reader.QueryRowContext(ctx, "SELECT currency FROM merchants WHERE id = ?", merchantID).Scan(&code)
	if errors.Is(err, sql.ErrNoRows) {
		return &Lookback{}, nil // a merchant that is not in the book has no past
	}
	if err != nil {
		return nil, cancelled(ctx, err)
	}
	zero, err := amount(code, 0)
	b.currency = zero.Currency()
	return b, err
}

// Close ends the search.
func (b *Lookback) Close() error {
	b.view = View{}
	return nil
}

const firstInWindowSQL = `SELECT coalesce(min((SELECT p.id FROM payouts p WHERE p.batch_id = b.id ORDER BY p.row LIMIT 1)), 0)
	FROM batches b WHERE b.merchant_id = ? AND b.created_at >= ?`

// empty tells whether there is nothing to search. Payouts get their ids in
// the order of time, so that an index which ends in the id reads nothing that
// is older than the window.
func (b *Lookback) empty(ctx context.Context) (bool, error) {
	if b.view.q == nil {
		return true, nil
	}
	if !b.begun {
		if err := b.view.q.QueryRowContext(ctx, firstInWindowSQL, b.merchant, b.since).Scan(&b.first); err != nil {
			return false, cancelled(ctx, err)
		}
		b.begun = true
	}
	return b.first == 0, nil
}

// Suspicion is why a row looks like an earlier payout.
type Suspicion string

// The suspicions, the strongest first. The account decides about the first
// three, in any spelling of it, and names are compared without case, accents,
// spaces and punctuation.
const (
	SamePayout   Suspicion = "same payout"   // every field of the row is the same
	SamePayee    Suspicion = "same payee"    // the same account and amount
	OtherName    Suspicion = "other name"    // the same account under another name, whatever the amount
	OtherAccount Suspicion = "other account" // the same name and amount to another account
)

// Suspicions lists all suspicions, the strongest first.
func Suspicions() []Suspicion {
	return []Suspicion{SamePayout, SamePayee, OtherName, OtherAccount}
}

// Sought is a row whose like is searched for.
type Sought struct {
	Fingerprint []byte // of its content
	Name        string
	Account     string
	Amount      money.Amount
}

// Suspect is an earlier payout that a row looks like.
type Suspect struct {
	Kind       Suspicion
	Batch      string // code of its batch
	Row        int    // its row there
	TradeNo    string
	State      State
	At         time.Time // when it became final; before that, when it was last sent; before that, when it was imported
	SameAmount bool
	StandIn    string // number of the payout that stands in for it, if it was called off
}

// suspectsAtMost bounds how many payouts to one account or name are gone
// through for what only resembles the row, so that a million payouts to one
// account cannot make every lookup read a million. The same account and
// amount are found however many there are.
const suspectsAtMost = 1000

// atMostSQL has the bound as a number: with a parameter for a limit, SQLite
// plans the statement anew each time it runs, which takes ten times as long as
// running it.
var atMostSQL = " LIMIT " + strconv.Itoa(suspectsAtMost)

// mayBePaid leaves out what was called off: it may be paid again. What a
// statement shows as paid all the same may not.
const mayBePaid = "(p.state NOT IN " + calledOff + " OR " + shownPaid + ")"

const calledOff = "('rejected', 'failed', 'cancelled', 'reversed')"

// standInSQL is the number of the payout that is paid, or may be, in the place
// of one that was called off; empty if there is none. That one may have another
// amount or account: who finds the old one would not find it.
const standInSQL = `CASE WHEN ` + mayBePaid + ` THEN '' ELSE coalesce((
	WITH RECURSIVE after (id) AS (SELECT r.id FROM payouts r WHERE r.replaces = p.id
		UNION SELECT r.id FROM after a JOIN payouts r ON r.replaces = a.id)
	SELECT r.trade_no FROM after a JOIN payouts r ON r.id = a.id WHERE r.state NOT IN ` + calledOff + ` LIMIT 1), '') END`

const suspectColumns = `b.code, p.row, p.trade_no, p.state, p.amount_minor,
	coalesce(nullif(p.final_at, 0), nullif(p.submitted_at, 0), b.created_at) AS at`

// The parts of the searches: ?1 is the merchant, ?2 the account's key, ?3 the
// amount, ?4 the first payout in the window.
const (
	toAccountSQL = "p.merchant_id = ?1 AND p.account_key = ?2 AND p.id >= ?4"
	ofBatchSQL   = " JOIN batches b ON b.id = p.batch_id WHERE " + mayBePaid

	// What was called off is a duplicate, too, if another one is paid for it.
	ofDebtSQL = " JOIN batches b ON b.id = p.batch_id WHERE (" + mayBePaid + " OR " + standInSQL + " <> '')"
)

// suspectsSQL finds one payout for each suspicion but the first. ?5 is the
// name's key.
var suspectsSQL = `SELECT * FROM (SELECT 'same payee', ` + suspectColumns + `, ` + standInSQL + `
		FROM payouts p` + ofDebtSQL + ` AND ` + toAccountSQL + ` AND p.amount_minor = ?3
		ORDER BY p.id DESC LIMIT 1)
	UNION ALL SELECT * FROM (SELECT 'other name', ` + suspectColumns + `, ''
		FROM (SELECT * FROM payouts p WHERE ` + toAccountSQL + atMostSQL + `) p` + ofBatchSQL + `
			AND ?5 <> 0 AND p.name_key <> 0 AND p.name_key <> ?5
		ORDER BY p.amount_minor = ?3 DESC, p.id DESC LIMIT 1)
	UNION ALL SELECT * FROM (SELECT 'other account', ` + suspectColumns + `, ''
		FROM (SELECT * FROM payouts p WHERE p.merchant_id = ?1 AND p.name_key = ?5 AND p.amount_minor = ?3 AND p.id >= ?4
			ORDER BY p.id DESC` + atMostSQL + `) p` + ofBatchSQL + `
			AND ?5 <> 0 AND p.account_key <> ?2
		ORDER BY p.id DESC LIMIT 1)`

// samePayoutSQL is asked only when there is a payout of that account and
// amount at all. ?5 is the fingerprint.
var samePayoutSQL = `SELECT 'same payout', ` + suspectColumns + `, ` + standInSQL + `
	FROM (SELECT * FROM payouts p WHERE ` + toAccountSQL + ` AND p.amount_minor = ?3
		ORDER BY p.id DESC` + atMostSQL + `) p JOIN instructions i ON i.payout_id = p.id` + ofDebtSQL + ` AND i.fingerprint = ?5
	ORDER BY p.id DESC LIMIT 1`

// Suspects finds the earlier payouts that a row looks like, the strongest
// suspicion first and the latest payout of each. Only payouts count that have
// been or may still be paid, or for which another one stands in that does.
func (b *Lookback) Suspects(ctx context.Context, s Sought) ([]Suspect, error) {
	if empty, err := b.empty(ctx); empty || err != nil {
		return nil, err
	}
	minor, ok := s.Amount.Minor()
	if !ok || s.Amount.Currency() != b.currency {
		return nil, money.ErrCurrency
	}
	args := []any{b.merchant, accountKey(b.merchant, s.Account, s.Fingerprint), minor, b.first}
	scan := scanSuspect(minor)
	var found []Suspect
	for suspect, err := range query(ctx, b.view.q, scan, suspectsSQL, append(args, nameKey(b.merchant, s.Name))...) {
		if err != nil {
			return nil, err
		}
		found = append(found, suspect)
	}
	if len(found) == 0 || found[0].Kind != SamePayee || len(s.Fingerprint) == 0 {
		return found, nil
	}
	same, err := first(query(ctx, b.view.q, scan, samePayoutSQL, append(args, s.Fingerprint)...))
	switch {
	case errors.Is(err, ErrNotFound):
		return found, nil
	case err != nil:
		return nil, err
	case same.TradeNo == found[0].TradeNo:
		found[0] = same // no payout is named for the weaker reason, too
		return found, nil
	}
	return append([]Suspect{same}, found...), nil
}

func scanSuspect(minor int64) func(*sql.Rows) (Suspect, error) {
	return func(rows *sql.Rows) (Suspect, error) {
		var s Suspect
		var was, at int64
		err := rows.Scan(&s.Kind, &s.Batch, &s.Row, &s.TradeNo, &s.State, &was, &at, &s.StandIn)
		s.At, s.SameAmount = fromMillis(at), was == minor
		return s, err
	}
}

// laterSQL: ?2 is the account's key, ?3 the number. The payout may itself stand
// in for others: what was paid to the account of one of those since then counts
// as well.
const laterSQL = `WITH RECURSIVE debt (id) AS (SELECT id FROM payouts WHERE trade_no = ?3
		UNION SELECT p.replaces FROM debt d JOIN payouts p ON p.id = d.id WHERE p.replaces IS NOT NULL)
	SELECT * FROM (SELECT '', ` + suspectColumns + `, '' FROM payouts p` + ofBatchSQL + `
		AND p.merchant_id = ?1 AND p.account_key = ?2
		AND p.id > (SELECT id FROM payouts WHERE trade_no = ?3) AND p.batch_id > (SELECT batch_id FROM payouts WHERE trade_no = ?3)
		LIMIT 1)
	UNION ALL SELECT * FROM (SELECT '', ` + suspectColumns + `, '' FROM debt d JOIN payouts o ON o.id = d.id
		JOIN payouts p ON p.account_key = o.account_key AND p.id > o.id` + ofBatchSQL + `
		AND p.merchant_id = ?1 AND p.batch_id > o.batch_id
		LIMIT 1)`

// Later finds a payout in a batch that was imported after the one of the payout
// with this number, to an account, or to the account of that payout or of one
// that it stands in for; of any amount and however long ago. Only payouts count
// that have been or may still be paid: somebody whose payout was called off may
// have been paid since. Its kind is empty.
func (b *Lookback) Later(ctx context.Context, tradeNo, account string) (Suspect, bool, error) {
	if b.view.q == nil {
		return Suspect{}, false, nil
	}
	var key int64 // of no account
	if FoldAccount(account) != "" {
		key = accountKey(b.merchant, account, nil)
	}
	found, err := first(query(ctx, b.view.q, scanSuspect(-1), laterSQL, b.merchant, key, tradeNo))
	if errors.Is(err, ErrNotFound) {
		return Suspect{}, false, nil
	}
	return found, err == nil, err
}

// PaidTo is where the latest payout to somebody went.
type PaidTo struct {
	Account string // unmasked
	Bank    string
	At      time.Time
	TradeNo string
}

var lastPaidSQL = `SELECT i.payee_name, i.payee_account, i.bank, p.final_at, p.trade_no, p.state
	FROM payouts p JOIN instructions i ON i.payout_id = p.id
	WHERE p.merchant_id = ? AND p.name_key = ? AND p.id >= ?` + atMostSQL

// LastPaid finds where the latest succeeded payout to a name went. It is
// found only if all succeeded payouts to that name within the window went to
// one account: a value that is proposed to a person must not be another
// person's.
func (b *Lookback) LastPaid(ctx context.Context, name string) (PaidTo, bool, error) {
	key := nameKey(b.merchant, name)
	if empty, err := b.empty(ctx); empty || err != nil || key == 0 {
		return PaidTo{}, false, err
	}
	type candidate struct {
		PaidTo
		name  string
		state State
	}
	scan := func(rows *sql.Rows) (candidate, error) {
		var c candidate
		var at int64
		err := rows.Scan(&c.name, &c.Account, &c.Bank, &at, &c.TradeNo, &c.state)
		c.At = fromMillis(at)
		return c, err
	}
	folded := FoldName(name)
	var latest PaidTo
	var found, seen int
	for c, err := range query(ctx, b.view.q, scan, lastPaidSQL, b.merchant, key, b.first) {
		if err != nil {
			return PaidTo{}, false, err
		}
		seen++
		if c.state != Succeeded || FoldName(c.name) != folded {
			continue
		}
		if found > 0 && FoldAccount(c.Account) != FoldAccount(latest.Account) {
			return PaidTo{}, false, nil
		}
		if found++; !c.At.Before(latest.At) {
			latest = c.PaidTo
		}
	}
	// Of so many the rest is not known.
	all := found > 0 && seen < suspectsAtMost
	if !all {
		latest = PaidTo{}
	}
	return latest, all, nil
}
