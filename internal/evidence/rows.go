package evidence

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"iter"

	"github.com/bulkpay/bulkpay/internal/evidence/pack"
	"github.com/bulkpay/bulkpay/ledger"
)

// errMoved cannot happen while the view stands still.
var errMoved = errors.New("the ledger moved while the pack was written")

// lines writes records in JSON, one a line.
type lines struct {
	buffer  *bufio.Writer
	encoder *json.Encoder
}

func newLines(to io.Writer) *lines {
	buffer := bufio.NewWriter(to)
	encoder := json.NewEncoder(buffer)
	encoder.SetEscapeHTML(false)
	return &lines{buffer, encoder}
}

func (l *lines) write(record any) error { return l.encoder.Encode(record) }

// addRows adds every row of the sheet as it stands.
func (w *writing) addRows() error {
	return w.add(pack.RowsName, "every row of the sheet as it stands, one JSON object a line", func(to io.Writer) error {
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
			if err := out.write(row); err != nil {
				return err
			}
		}
		return out.buffer.Flush()
	})
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
	if w.o.Unmasked {
		row.Instructed = &pack.Instructed{
			Fields: i.Fields, AccountKey: i.AccountKey, NameKey: i.NameKey, Fingerprint: hex.EncodeToString(i.Fingerprint),
		}
	}
	return row, nil
}
