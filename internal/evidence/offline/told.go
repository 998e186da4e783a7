package offline

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/bulkpay/bulkpay/internal/evidence/pack"
)

// toldTransaction is what a payment status report says of a row, as far as it
// is held against the row.
type toldTransaction struct {
	Row      string `xml:"OrgnlInstrId"`
	EndToEnd string `xml:"OrgnlEndToEndId"`
	Status   string `xml:"TxSts"`
	Amount   string `xml:"OrgnlTxRef>Amt>InstdAmt"`
}

// maxTold bounds what is read up to a row's end, and with it how deep elements
// can be in one another.
const maxTold = 1 << 20

// lasting remembers why its reader ended: what else is wrong with XML is said
// in many ways.
type lasting struct {
	Reader *guard
	err    error
}

func (l *lasting) Read(p []byte) (n int, err error) {
	n, err = l.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		l.err = err
	}
	return n, err
}

func (l *lasting) why() error {
	if l.err != nil {
		return l.err
	}
	return pack.ErrDamaged
}

// noEndToEnd is the id of a row that is no payout of the batch.
const noEndToEnd = "NOTPROVIDED"

// toBank are the rows of the bank's message: whoever reads there that a row is
// rejected may pay it again.
func (c *checker) toBank() *beside {
	b := c.beside(pack.StatusName, false, func(yield func(besideRow, error) bool) {
		from := c.open(pack.StatusName)
		defer from.Close() //nolint:errcheck // it was only read
		held := &lasting{Reader: &guard{Reader: from}}
		decoder := xml.NewDecoder(held)
		for {
			held.Reader.left = maxTold
			row, err := nextTold(decoder)
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				err = held.why()
				if err := c.broken(pack.StatusName, err); err != nil {
					yield(besideRow{}, err)
				}
				return
			}
			if !yield(row, nil) {
				return
			}
		}
	})
	b.want = toldOf
	return b
}

// nextTold reads up to the end of the next row; io.EOF is the end of the whole.
func nextTold(decoder *xml.Decoder) (besideRow, error) {
	for {
		token, err := decoder.Token()
		if err != nil {
			return besideRow{}, err
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "TxInfAndSts" {
			continue
		}
		var t toldTransaction
		if err := decoder.DecodeElement(&t, &start); err != nil {
			return besideRow{}, err
		}
		number, _ := strings.CutPrefix(t.Row, "row-")
		row, _ := strconv.Atoi(number) // another row than the one it is beside
		return besideRow{row: row, tradeNo: t.EndToEnd, state: t.Status, amount: t.Amount}, nil
	}
}

// toldOf is what a bank's message must say of a row, said here a second time.
func toldOf(row pack.Row) besideRow {
	want := besideRow{row: row.Row, tradeNo: row.TradeNo, state: "PDNG", amount: row.Amount}
	if row.PayoutID == 0 {
		want.tradeNo = noEndToEnd
	}
	contradicted := row.Flagged && row.Reason != "said_paid" && row.Reason != "said_not_paid" || row.ShownPaid != ""
	switch row.State {
	case "succeeded":
		want.state = "ACSC"
	case "processing":
		want.state = "ACSP"
	case "reversed", "invalid", "known":
		want.state = "RJCT"
	case "failed", "rejected":
		if !contradicted {
			want.state = "RJCT"
		}
	case "cancelled":
		if !contradicted {
			want.state = "CANC"
		}
	}
	return want
}
