package intake

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"iter"
	"time"

	"github.com/bulkpay/bulkpay/ingest"
	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/ledger"
	"github.com/bulkpay/bulkpay/paypro"
)

// DuplicateWindow is how far back a row is looked for among earlier batches
// unless a person says otherwise: a month's sheet and its repair, but not last
// quarter's salaries.
const DuplicateWindow = 45 * 24 * time.Hour

// Past is where rows are looked for that were imported before. The zero
// value looks nowhere.
type Past struct {
	Book       *ledger.Ledger
	MerchantID int64
	Since      time.Time

	// Most is the largest amount that is paid without a person's word; of no
	// currency, there is no limit.
	Most money.Amount
}

// above tells whether an amount is beyond a limit.
func above(limit, amount money.Amount) bool {
	return limit.Currency() == amount.Currency() && amount.Cmp(limit) > 0
}

// open prepares the search; the zero value finds nothing.
func (p Past) open(ctx context.Context) (*past, error) {
	if p.Book == nil {
		return &past{window: &ledger.Lookback{}, ever: &ledger.Lookback{}}, nil
	}
	window, err := p.Book.LookBack(ctx, p.MerchantID, p.Since)
	if err != nil {
		return nil, err
	}
	ever, err := p.Book.LookBack(ctx, p.MerchantID, time.Time{})
	return &past{there: true, window: window, ever: ever}, err
}

// past answers what the ledger knows.
type past struct {
	there  bool // there is a ledger
	window *ledger.Lookback
	ever   *ledger.Lookback
}

func (p *past) close() {
	_ = p.window.Close() // it was only read
	_ = p.ever.Close()
}

// standing is what a row is.
type standing byte

const (
	noPayout standing = iota // the sheet's own total, and there is something wrong with it
	invalid
	fresh    // to be paid
	repaired // to be paid: the payout it was is called off
	known    // a payout already
)

// judged is a row and what is known of it.
type judged struct {
	ingest.Row
	fingerprint [32]byte
	standing    standing
	was         ledger.Traded // the payout that the row's number stands for
	edited      bool          // it says something else than was

	asked, trusted bool // by [reading.trusts]
}

// reading is one reading of a sheet.
type reading struct {
	sheet   *ingest.Sheet
	past    *past
	numbers *numbers
	area    *paypro.Area

	content ingest.Digest // of the rows in any order
	rows    int
	file    hash.Hash // over the rows in their order, and what ingest found
	ledger  hash.Hash // over what the ledger said of each
}

func newReading(sheet *ingest.Sheet, past *past) *reading {
	return &reading{
		sheet: sheet, past: past, area: sheet.Area(), numbers: newNumbers(sheet),
		file: sha256.New(), ledger: sha256.New(),
	}
}

// readings is what two readings of a sheet must have in common.
type readings struct{ file, ledger string }

func (r *reading) sums() readings {
	return readings{string(r.file.Sum(nil)), string(r.ledger.Sum(nil))}
}

// all reads the sheet to its end. An error ends it.
func (r *reading) all(ctx context.Context) iter.Seq2[judged, error] {
	return func(yield func(judged, error) bool) {
		for row, err := range r.sheet.Rows() {
			if err == nil {
				err = ctx.Err()
			}
			var j judged
			if err == nil {
				j, err = r.judge(ctx, row)
			}
			if !yield(j, err) || err != nil {
				return
			}
		}
	}
}

// judge finds out what a row is.
func (r *reading) judge(ctx context.Context, row ingest.Row) (judged, error) {
	j := judged{Row: row, fingerprint: row.Fingerprint(), standing: fresh}
	r.note(j)
	if row.Totals {
		j.standing = noPayout
		return j, nil
	}
	r.content.Add(row)
	r.rows++
	if len(row.Problems) > 0 {
		j.standing = invalid
	}
	if row.TradeNo != "" && r.past.there {
		if err := r.returned(ctx, &j); err != nil {
			return j, err
		}
	}
	r.ledger.Write([]byte{byte(j.standing)})
	return j, nil
}

// note takes a row, as the file has it, into the digest of this reading.
func (r *reading) note(j judged) {
	var space [96]byte
	text := binary.BigEndian.AppendUint64(space[:0], uint64(j.Number))
	text = append(text, j.fingerprint[:]...)
	text = binary.BigEndian.AppendUint32(text, uint32(len(j.Problems)))
	text = binary.BigEndian.AppendUint32(text, uint32(len(j.TradeNo)))
	r.file.Write(append(text, j.TradeNo...))
}

// identity is what makes the row like another one. That of a payout is what
// was paid, whatever the row says by now.
func (r *reading) identity(ctx context.Context, j *judged) (identity, error) {
	id := identity{row: j.Number, fingerprint: j.fingerprint}
	name, account, amount := j.Name(), j.Account(), j.Amount
	if j.standing == known {
		name, account, amount = j.was.Name, j.was.Account, j.was.Amount
		id.known, id.fingerprint = true, [32]byte(j.was.Fingerprint)
	}
	id.name, id.account = ledger.FoldName(name), ledger.FoldAccount(account)
	id.amount, _ = amount.Minor() // of a row without faults it is whole
	trusted, err := r.trusts(ctx, j)
	id.trusted = trusted
	return id, err
}

// suspects asks the ledger what the row looks like, the strongest suspicion
// first.
func (r *reading) suspects(ctx context.Context, j *judged) ([]Suspect, error) {
	found, err := r.past.window.Suspects(ctx, ledger.Sought{
		Fingerprint: j.fingerprint[:], Name: j.Name(), Account: j.Account(), Amount: j.Amount,
	})
	if err != nil {
		return nil, err
	}
	var all []Suspect
	for _, s := range found {
		near := !IsDuplicate(s.Kind)
		if near {
			if near, err = r.trusts(ctx, j); err != nil {
				return nil, err
			}
		}
		if !near {
			all = append(all, outside(j.Number, s.Kind, s))
		}
	}
	if j.standing == repaired {
		doubts, err := r.doubts(ctx, j)
		return append(all, doubts...), err
	}
	return all, nil
}

func outside(row int, kind ledger.Suspicion, s ledger.Suspect) Suspect {
	return Suspect{Row: row, Kind: kind, Batch: s.Batch, BatchRow: s.Row, TradeNo: s.TradeNo, State: s.State, SameAmount: s.SameAmount, StandIn: s.StandIn}
}

// trusts tells whether all that was ever paid to the row's name went to its
// account. Such a row is no near match of anything.
func (r *reading) trusts(ctx context.Context, j *judged) (bool, error) {
	name, account := j.Name(), j.Account()
	if !r.past.there || name == "" || account == "" || j.standing == known {
		return false, nil
	}
	if !j.asked {
		last, ok, err := r.past.ever.LastPaid(ctx, name)
		if err != nil {
			return false, err
		}
		j.asked, j.trusted = true, ok && ledger.FoldAccount(last.Account) == ledger.FoldAccount(account)
	}
	return j.trusted, nil
}

func content(digest *ingest.Digest) string {
	sum := digest.Sum()
	return hex.EncodeToString(sum[:])
}
