package offline

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"strconv"

	"github.com/bulkpay/bulkpay/internal/evidence/pack"
	"github.com/bulkpay/bulkpay/internal/neutral"
	"github.com/bulkpay/bulkpay/internal/visible"
)

// besideRow is what another member says of a row.
type besideRow struct {
	row                              int
	tradeNo, platform, state, amount string
}

// beside is another member that goes through the rows in their order.
type beside struct {
	member  string
	next    func() (besideRow, error, bool)
	stop    func()
	payouts bool // it has payouts only
	silent  bool // the member is not there, or out of step

	want func(pack.Row) besideRow // what it must say; nil: what the row says
}

// compare holds a row against what the member says of it.
func (b *beside) compare(c *checker, row pack.Row) error {
	if b.silent || b.payouts && row.PayoutID == 0 {
		return nil
	}
	got, err, more := b.next()
	if err != nil {
		return err
	}
	want := besideRow{row: row.Row, tradeNo: row.TradeNo, platform: visible.Line(row.PlatFormTradeNo), state: row.State, amount: row.Amount}
	if b.payouts {
		want.amount = ""
	}
	if b.want != nil {
		want = b.want(row)
	}
	if more && got == want {
		return nil
	}
	b.silent = true
	return c.find(b.member, at("row", row.Row), "is missing, or says something else than %s", pack.RowsName)
}

func (b *beside) end(c *checker) error {
	if b.silent {
		return nil
	}
	if got, err, more := b.next(); err != nil || more {
		return errors.Join(err, c.find(b.member, at("row", got.row), "is not in %s", pack.RowsName))
	}
	return nil
}

func (c *checker) beside(member string, payouts bool, rows iter.Seq2[besideRow, error]) *beside {
	b := &beside{member: member, payouts: payouts}
	b.next, b.stop = iter.Pull2(rows)
	_, there := c.archive.Entry(member)
	b.silent = !there
	return b
}

// reported are the rows of the report in JSON.
func (c *checker) reported() *beside {
	name := pack.ReportsFolder + c.batch.Code + ".json"
	return c.beside(name, false, func(yield func(besideRow, error) bool) {
		from := c.open(name)
		defer from.Close() //nolint:errcheck // it was only read
		held := &guard{Reader: from, left: pack.MaxLine}
		decoder := json.NewDecoder(held)
		err := toRows(decoder, held.pause)
		for err == nil && decoder.More() {
			held.pause()
			var row struct {
				Row                                     int
				TradeNo, PlatFormTradeNo, State, Amount string
			}
			if err = decoder.Decode(&row); err == nil && !yield(besideRow{row.Row, row.TradeNo, visible.Line(row.PlatFormTradeNo), row.State, row.Amount}, nil) {
				return
			}
		}
		if err := c.broken(name, err); err != nil {
			yield(besideRow{}, err)
		}
	})
}

// toRows reads a document up to its rows, which are the last of its fields.
func toRows(decoder *json.Decoder, pause func()) error {
	depth := 0
	for {
		pause()
		token, err := decoder.Token()
		if err != nil {
			if errors.Is(err, io.EOF) {
				return io.ErrUnexpectedEOF
			}
			return err
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		case "rows":
			if depth != 1 {
				continue
			}
			if token, err = decoder.Token(); err != nil || token == json.Delim('[') {
				return err
			}
		}
	}
}

// numbers are the lines of trade-numbers.csv.
func (c *checker) numbers() *beside {
	return c.beside(pack.NumbersName, true, func(yield func(besideRow, error) bool) {
		from := c.open(pack.NumbersName)
		defer from.Close() //nolint:errcheck // it was only read
		held := &guard{Reader: from, left: pack.MaxLine}
		lines := csv.NewReader(held)
		lines.FieldsPerRecord, lines.ReuseRecord = 4, true
		for first := true; ; first = false {
			held.pause()
			cells, err := lines.Read()
			switch syntax := (*csv.ParseError)(nil); {
			case errors.Is(err, io.EOF):
				return
			case errors.As(err, &syntax):
				err = pack.ErrDamaged
				fallthrough
			case err != nil:
				if err := c.broken(pack.NumbersName, err); err != nil {
					yield(besideRow{}, err)
				}
				return
			case first:
				continue
			}
			row, _ := strconv.Atoi(cells[0]) // another row than the one it is beside
			if !yield(besideRow{row: row, tradeNo: cells[1], platform: visible.Line(neutral.Restore(cells[2])), state: cells[3]}, nil) {
				return
			}
		}
	})
}
