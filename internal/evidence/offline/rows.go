package offline

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"io"
	"iter"
	"math"
	"slices"
	"strconv"

	"github.com/bulkpay/bulkpay/internal/evidence/pack"
	"github.com/bulkpay/bulkpay/internal/money"
	"github.com/bulkpay/bulkpay/internal/neutral"
)

// minor is an amount in whole minor units of the batch's currency.
func (c *checker) minor(text string) (int64, bool) {
	currency, ok := money.Lookup(c.batch.Currency)
	if !ok {
		return 0, false
	}
	amount, err := money.Parse(currency, text)
	if err != nil {
		return 0, false
	}
	return amount.Minor()
}

// rows goes through the sheet: every row against its events, the report and
// the trade numbers, and all of them together against the totals.
func (c *checker) rows() error {
	t := &tally{c: c, digest: sha256.New(), sums: map[string]*sum{}, whole: true}
	steps, stopSteps := iter.Pull2(c.steps.Sorted())
	defer stopSteps()
	told := &telling{next: steps}
	if err := told.more(); err != nil {
		return err
	}
	beside := []*beside{c.reported(), c.numbers()}
	for _, b := range beside {
		defer b.stop()
	}
	for row, err := range records[pack.Row](c, pack.RowsName) {
		if err != nil {
			return err
		}
		c.Rows++
		if err := t.add(row); err != nil {
			return err
		}
		if err := c.replay(row, told); err != nil {
			return err
		}
		for _, b := range beside {
			if err := b.compare(c, row); err != nil {
				return err
			}
		}
	}
	for _, b := range beside {
		if err := b.end(c); err != nil {
			return err
		}
	}
	if told.there && c.count(pack.RowsName) == 0 {
		if err := c.find(pack.RowsName, at("event", told.step.seq), "is about a payout that is in no row"); err != nil {
			return err
		}
	}
	return t.compare()
}

// telling is where the reading of sorted steps is.
type telling struct {
	next  func() ([]byte, error, bool)
	step  step
	there bool
}

func (t *telling) more() error {
	record, err, more := t.next()
	if t.there = more && err == nil; t.there {
		t.step = stepOf(record)
	}
	return err
}

// replay follows a payout through its events. Payouts of a batch were numbered
// in the order of its rows.
func (c *checker) replay(row pack.Row, told *telling) error {
	if row.PayoutID == 0 {
		return nil
	}
	r, trade := newReplay(), markOf(row.TradeNo)
	for told.there && told.step.payout <= row.PayoutID {
		if told.step.payout < row.PayoutID {
			if err := c.find(pack.RowsName, at("event", told.step.seq), "is about a payout that is in no row"); err != nil {
				return err
			}
		} else {
			r.take(told.step, trade)
		}
		if err := told.more(); err != nil {
			return err
		}
	}
	for _, why := range r.contradictions(row) {
		if err := c.find(pack.RowsName, at("row", row.Row), "%s", why); err != nil {
			return err
		}
	}
	return nil
}

// sum is what rows add up to.
type sum struct {
	rows  int
	minor int64
}

// tally adds the rows up.
type tally struct {
	c          *checker
	digest     hash.Hash
	sums       map[string]*sum
	all        sum
	unreadable int
	last       pack.Row
	whole      bool // every row could be added
}

func (t *tally) add(row pack.Row) error {
	where := at("row", row.Row)
	if row.Row <= t.last.Row {
		return t.c.find(pack.RowsName, where, "is there twice, or out of order")
	}
	if row.PayoutID != 0 && row.PayoutID <= t.last.PayoutID {
		return t.c.find(pack.RowsName, where, "has a payout that was not numbered after the one before")
	}
	payout := t.last.PayoutID
	if t.last = row; row.PayoutID == 0 {
		t.last.PayoutID = payout
	}
	name := bucket(row.State)
	if row.PayoutID == 0 != (name == "invalid" || name == "known") || !slices.Contains(buckets, name) {
		return t.c.find(pack.RowsName, where, "is in a state in which no such row is")
	}
	minor, readable := t.c.minor(row.Amount)
	if !readable && (row.Amount != "" || row.PayoutID != 0) || minor < 0 {
		t.whole = false
		return t.c.find(pack.RowsName, where, "has an amount that cannot be read")
	}
	if !readable {
		t.unreadable++
	}
	if t.sums[name] == nil {
		t.sums[name] = &sum{}
	}
	for _, to := range []*sum{t.sums[name], &t.all} {
		if to.minor > math.MaxInt64-minor {
			t.whole = false
			return t.c.find(pack.RowsName, where, "makes the sum overflow")
		}
		to.rows, to.minor = to.rows+1, to.minor+minor
	}
	return t.hash(row, minor, readable)
}

// hash takes a row into the digest of the import, if the pack has all of it.
func (t *tally) hash(row pack.Row, minor int64, readable bool) error {
	if !t.c.Unmasked {
		return nil
	}
	if row.PayoutID == 0 {
		kind := byte('i')
		if !readable {
			kind = 'u'
		}
		notes, err := json.Marshal(append([]string{}, row.Notes...))
		if err != nil {
			return err
		}
		t.digestRow(kind, row.Row, minor, row.TradeNo, string(notes))
		return nil
	}
	i := row.Instructed
	if i == nil {
		t.whole = false
		return t.c.find(pack.RowsName, at("row", row.Row), "does not say what was instructed")
	}
	fingerprint, err := hex.DecodeString(i.Fingerprint)
	if err != nil {
		return t.c.find(pack.RowsName, at("row", row.Row), "has a fingerprint that cannot be read")
	}
	var keys [16]byte
	binary.BigEndian.PutUint64(keys[:8], uint64(i.AccountKey))
	binary.BigEndian.PutUint64(keys[8:], uint64(i.NameKey))
	t.digestRow('p', row.Row, minor, row.TradeNo, i.Fields, row.Payee, row.Account, row.Bank, string(fingerprint), string(keys[:]), row.Replaces)
	return nil
}

// digestRow is how a row stands in the digest: a letter, row and amount in 64
// bits, and each text after its length in 32 bits.
func (t *tally) digestRow(kind byte, row int, minor int64, texts ...string) {
	b := []byte{kind}
	b = binary.BigEndian.AppendUint64(b, uint64(row))
	b = binary.BigEndian.AppendUint64(b, uint64(minor))
	for _, text := range texts {
		b = binary.BigEndian.AppendUint32(b, uint32(len(text)))
		b = append(b, text...)
	}
	t.digest.Write(b) // a hash never returns an error
}

// compare holds the sums against batch.json and the import.
func (t *tally) compare() error {
	b, c := t.c.batch, t.c
	if len(b.Buckets) != len(buckets) {
		return c.find(pack.BatchName, "", "has other buckets than the equation")
	}
	for i, name := range buckets {
		want, got := b.Buckets[i], t.sums[name]
		if got == nil {
			got = &sum{}
		}
		minor, ok := c.minor(want.Sum)
		if want.Name != name || !ok || want.Rows != got.rows || minor != got.minor {
			if err := c.find(pack.BatchName, "bucket "+name, "has other rows or another sum than %s", pack.RowsName); err != nil {
				return err
			}
		}
	}
	minor, ok := c.minor(b.Sum)
	tied := ok && minor == t.all.minor && b.Rows == t.all.rows
	if !tied || !b.Tied {
		if err := c.find(pack.BatchName, "", "NOT TIED: the rows do not add up to the sheet"); err != nil {
			return err
		}
	}
	if b.Unreadable != t.unreadable {
		if err := c.find(pack.BatchName, "", "counts other unreadable amounts than there are"); err != nil {
			return err
		}
	}
	if c.Unmasked && t.whole && c.anchor != nil && hex.EncodeToString(t.digest.Sum(nil)) != c.anchor.Digest {
		return c.find(pack.RowsName, "", "a row, number, amount or instruction is not what was imported")
	}
	return nil
}

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
	want := besideRow{row: row.Row, tradeNo: row.TradeNo, platform: row.PlatFormTradeNo, state: row.State, amount: row.Amount}
	if b.payouts {
		want.amount = ""
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
		decoder := json.NewDecoder(bufio.NewReader(from))
		err := toRows(decoder)
		for err == nil && decoder.More() {
			var row struct {
				Row                                     int
				TradeNo, PlatFormTradeNo, State, Amount string
			}
			if err = decoder.Decode(&row); err == nil && !yield(besideRow{row.Row, row.TradeNo, row.PlatFormTradeNo, row.State, row.Amount}, nil) {
				return
			}
		}
		if err := c.broken(name, err); err != nil {
			yield(besideRow{}, err)
		}
	})
}

// toRows reads a document up to its rows, which are the last of its fields.
func toRows(decoder *json.Decoder) error {
	depth := 0
	for {
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
		lines := csv.NewReader(bufio.NewReader(from))
		lines.FieldsPerRecord, lines.ReuseRecord = 4, true
		for first := true; ; first = false {
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
			if !yield(besideRow{row: row, tradeNo: cells[1], platform: neutral.Restore(cells[2]), state: cells[3]}, nil) {
				return
			}
		}
	})
}
