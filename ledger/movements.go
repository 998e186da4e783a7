package ledger

import (
	"context"
	"database/sql"
	"iter"
	"time"

	"github.com/bulkpay/bulkpay/internal/money"
)

// Movement is an event that may have moved the money of a payout, or what is
// known of it, with all that must be known to account for it. Everything in it
// is as it was known by then, so that it reads the same whenever it is read.
type Movement struct {
	Seq      int64
	At       time.Time
	Kind     string
	From, To State
	Actor    string
	Hash     []byte

	Batch           string // code
	Row             int
	TradeNo         string
	PlatformTradeNo string // "": not known by then
	Amount          money.Amount

	// Sends is how many requests may have reached the gateway before the event.
	Sends int
	// Heard tells whether the gateway had shown before the event that it knows
	// the number.
	Heard bool
}

// Within is what to account for: one batch, or all batches of a merchant.
type Within struct {
	MerchantID int64
	BatchID    int64 // 0: all of the merchant's
}

// The first request of a payout moves nothing that is known: it is left out,
// and with it a third of a history. What shows that the gateway knows what is
// held is no change of state. What was sent once, as most are, needs no look at
// what came before each event; and all numbers of the gateway in a payout's
// history are the same.
//
// That the gateway knows a number may have been learned by the way, without an
// event. Then a request that was never sent leaves a doubt all the same: that
// is an event.
const movementsSQL = `SELECT e.seq, e.at, e.kind, e.from_state, e.to_state, e.actor, e.hash,
	b.code, p.row, p.trade_no, p.amount_minor, m.currency,
	coalesce(nullif(e.platform_trade_no, ''), (SELECT n.platform_trade_no FROM events n WHERE n.payout_id = e.payout_id AND n.payout_id > 0
		AND n.seq <= e.seq AND n.platform_trade_no <> '' ORDER BY n.seq LIMIT 1), ''),
	iif(p.attempts = 1 AND p.unsent = 0 AND e.from_state NOT IN ('ready', 'held'), 1, coalesce((SELECT sum(iif(s.kind = 'submitted', 1, -(s.kind = 'not_sent' AND s.from_state = 'submitting' AND s.to_state <> 'submitting')))
		FROM events s WHERE s.payout_id = e.payout_id AND s.payout_id > 0 AND s.seq < e.seq), 0)),
	NOT (p.attempts = 1 AND e.from_state = 'submitting') AND EXISTS (SELECT 1 FROM events k WHERE k.payout_id = e.payout_id AND k.payout_id > 0
		AND k.seq < e.seq AND k.kind IN ('paid', 'accepted', 'not_paid', 'conflict')),
	EXISTS (SELECT 1 FROM events u WHERE p.unsent > 0 AND u.payout_id = e.payout_id AND u.payout_id > 0
		AND u.seq < e.seq AND u.kind = 'not_sent' AND u.to_state = 'in_doubt')
	FROM events e JOIN payouts p ON p.id = e.payout_id
	JOIN batches b ON b.id = p.batch_id JOIN merchants m ON m.id = p.merchant_id
	WHERE e.payout_id > 0 AND (e.from_state <> e.to_state OR e.to_state = 'held')
	AND NOT (e.kind = 'submitted' AND e.attempt = 1)`

// Movements streams what moved: of one batch in the order of its payouts, each
// with its own history; of a merchant in the order in which it happened.
func (v View) Movements(ctx context.Context, within Within) iter.Seq2[Movement, error] {
	if within.BatchID == 0 {
		return query(ctx, v.q, scanMovement, movementsSQL+" AND p.merchant_id = ? ORDER BY e.seq", within.MerchantID)
	}
	return func(yield func(Movement, error) bool) {
		var low, high sql.NullInt64
		err := v.q.QueryRowContext(ctx, rangeSQL, within.BatchID).Scan(&low, &high)
		if err != nil || !low.Valid {
			if err != nil {
				yield(Movement{}, cancelled(ctx, err))
			}
			return
		}
		query(ctx, v.q, scanMovement, movementsSQL+` AND e.payout_id BETWEEN ? AND ? AND p.batch_id = ?
			ORDER BY e.payout_id, e.seq`, low.Int64, high.Int64, within.BatchID)(yield)
	}
}

func scanMovement(rows *sql.Rows) (Movement, error) {
	var m Movement
	var at, minor int64
	var currency string
	var doubtful bool
	err := rows.Scan(&m.Seq, &at, &m.Kind, &m.From, &m.To, &m.Actor, &m.Hash,
		&m.Batch, &m.Row, &m.TradeNo, &minor, &currency, &m.PlatformTradeNo, &m.Sends, &m.Heard, &doubtful)
	if err != nil {
		return m, err
	}
	m.At = fromMillis(at)
	m.Heard = m.Heard || doubtful && m.Sends == 0
	m.Amount, err = amount(currency, minor)
	return m, err
}

// After is how often the payout may have been sent, and whether the gateway
// had shown that it knows it, once the event had happened.
func (m Movement) After() (sends int, heard bool) {
	sends, heard = m.Sends, m.Heard
	switch Kind(m.Kind) {
	case Kind(kindSubmitted):
		sends++
	case NotSent:
		if m.From == Submitting && m.To != Submitting {
			sends--
			heard = heard || m.To == InDoubt && sends == 0
		}
	case Paid, Accepted, NotPaid, Conflict:
		heard = true
	}
	return sends, heard
}

// Tally is how many payouts stand alike.
type Tally struct {
	State State
	Sends int  // requests that may have reached the gateway; 2 stands for more, too
	Heard bool // the gateway has shown that it knows them

	// Contradicted is that of [Payout.Contradicted], or a statement shows as
	// paid what was called off: see [View.ShownPaid].
	Contradicted bool

	Count int
	Sum   money.Amount
}

// Contradicted tells whether answers about the payout contradict one another
// and no person has said since which holds: whatever its state says, nobody
// should act on it before having looked.
func (p Payout) Contradicted() bool {
	return p.Flagged && p.Reason != ReasonSaidPaid && p.Reason != ReasonSaidNotPaid
}

const talliesSQL = `SELECT p.state, min(p.attempts - p.unsent, 2) AS sends, p.known,
	p.flagged AND p.reason NOT IN ('said_paid', 'said_not_paid') OR ` + shownPaid + ` AS contradicted, count(*), sum(p.amount_minor), m.currency
	FROM payouts p JOIN merchants m ON m.id = p.merchant_id WHERE `

// Tallies counts payouts as they stand now, from the payouts themselves and
// not from their history, so that the two can be held against one another.
func (v View) Tallies(ctx context.Context, within Within) iter.Seq2[Tally, error] {
	where, id := "p.merchant_id = ?", within.MerchantID
	if within.BatchID != 0 {
		where, id = "p.batch_id = ?", within.BatchID
	}
	return query(ctx, v.q, scanTally, talliesSQL+where+" GROUP BY p.state, sends, p.known, contradicted, m.currency ORDER BY p.state, sends, p.known, contradicted", id)
}

func scanTally(rows *sql.Rows) (Tally, error) {
	var s Tally
	var minor int64
	var currency string
	if err := rows.Scan(&s.State, &s.Sends, &s.Heard, &s.Contradicted, &s.Count, &minor, &currency); err != nil {
		return s, err
	}
	sum, err := amount(currency, minor)
	s.Sum = sum
	return s, err
}
