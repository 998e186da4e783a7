package evidence

import (
	"encoding/hex"
	"errors"
	"io"
	"iter"
	"strconv"
	"strings"

	"github.com/bulkpay/bulkpay/internal/evidence/pack"
	"github.com/bulkpay/bulkpay/internal/neutral"
	"github.com/bulkpay/bulkpay/internal/visible"
	"github.com/bulkpay/bulkpay/ledger"
)

// errMoved cannot happen while the view stands still.
var errMoved = errors.New("the ledger moved while the pack was written")

// addRows adds every row of the sheet as it stands, and on the way the numbers
// of payouts and the rows that were left out.
func (w *writing) addRows() error {
	numbersAside, err := newAside()
	if err != nil {
		return err
	}
	defer numbersAside.Close() //nolint:errcheck // it is dropped
	leftAside, err := newAside()
	if err != nil {
		return err
	}
	defer leftAside.Close() //nolint:errcheck // it is dropped
	numbers, err := newTable(numbersAside, "row", "tradeNo", "platFormTradeNo", "state")
	if err != nil {
		return err
	}
	left, err := newTable(leftAside, "row", "amount", "state", "tradeNo", "why")
	if err != nil {
		return err
	}
	err = w.add(pack.RowsName, "every row of the sheet as it stands, one JSON object a line", func(to io.Writer) error {
		return w.rows(to, func(row pack.Row) error {
			if row.PayoutID == 0 {
				return left.write(strconv.Itoa(row.Row), row.Amount, row.State, row.TradeNo, stranger(strings.Join(row.Notes, "; ")))
			}
			return numbers.write(strconv.Itoa(row.Row), row.TradeNo, stranger(row.PlatFormTradeNo), row.State)
		})
	})
	if err == nil {
		err = w.addAside(pack.NumbersName, "which tradeNo of ours is which platFormTradeNo of the gateway's", numbersAside, numbers.flush)
	}
	if err == nil {
		err = w.addAside(pack.LeftOutName, "the result of the check: rows that no payout was made of, and why", leftAside, left.flush)
	}
	return err
}

// stranger makes a cell of somebody else's text, for eyes; rows.jsonl has it as
// it is.
func stranger(text string) string { return neutral.Cell(visible.Line(text)) }

func (w *writing) rows(to io.Writer, see func(pack.Row) error) error {
	out := newLines(to)
	next, stop := iter.Pull2(w.v.Instructions(w.ctx, w.summary.Batch.ID))
	defer stop()
	for line, err := range w.v.Lines(w.ctx, w.summary.Batch.ID) {
		if err != nil {
			return err
		}
		row, err := w.row(line, next)
		if err != nil {
			return err
		}
		if err := errors.Join(out.write(row), see(row)); err != nil {
			return err
		}
	}
	return out.buffer.Flush()
}

func (w *writing) row(line ledger.Line, next func() (ledger.Instruction, error, bool)) (pack.Row, error) {
	if line.Payout == nil {
		return leftOut(line), nil
	}
	return w.payout(line.Payout, next)
}

func (w *writing) payout(p *ledger.Payout, next func() (ledger.Instruction, error, bool)) (pack.Row, error) {
	i, err, more := next()
	if err != nil {
		return pack.Row{}, err
	}
	if !more || i.Row != p.Row {
		return pack.Row{}, errMoved
	}
	m, err := w.masks(ledger.Person{Name: p.PayeeName, Account: p.PayeeAccount, Fields: []byte(i.Fields)})
	if err != nil {
		return pack.Row{}, err
	}
	message, _ := m.apply(p.Message)
	row := pack.Row{
		Row: p.Row, State: string(p.State), Amount: p.Amount.Fixed(), PayoutID: p.ID, TradeNo: p.TradeNo, PlatFormTradeNo: p.PlatformTradeNo,
		Payee: m.name(p.PayeeName), Account: m.account(p.PayeeAccount), Bank: p.Bank,
		Reason: p.Reason, Code: p.Code, Message: message, Flagged: p.Flagged, Attempts: p.Attempts, Unsent: p.Unsent,
		SubmittedAt: stamp(p.SubmittedAt), FinalAt: stamp(p.FinalAt), Replaces: p.Replaces, ReplacedBy: p.ReplacedBy,
	}
	if p.State.CalledOff() {
		if row.ShownPaid, err = w.v.ShownPaid(w.ctx, p.ID); err != nil {
			return row, err
		}
	}
	if w.o.Unmasked {
		row.Instructed = &pack.Instructed{
			Fields: i.Fields, AccountKey: i.AccountKey, NameKey: i.NameKey, Fingerprint: hex.EncodeToString(i.Fingerprint),
		}
	}
	return row, nil
}
